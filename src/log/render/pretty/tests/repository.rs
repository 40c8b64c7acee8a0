//! A generated repository, and what git says about its commits.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::process::{Command, Stdio};

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::hash::oid;
use tempfile::TempDir;

use super::COLUMNS;
use super::generator::{Random, message};
use crate::log::commit::{Commit, Signature, Time};
use crate::log::sources::{Decoration, DecorationKind, Decorations, Note, Sources};

pub(super) struct Repository {
    directory: TempDir,
    commits: HashMap<ObjectId, Owned>,
    abbrev: HashMap<ObjectId, usize>,
    decorations: HashMap<ObjectId, Decorations>,
    people: HashMap<(BString, BString), (BString, BString)>,
    notes: HashMap<ObjectId, Vec<Note>>,
}

/// A commit that the walk gives out.
pub(super) struct Selected {
    pub(super) id: ObjectId,
    pub(super) mark: u8,
    pub(super) source: BString,
    pub(super) children: Vec<ObjectId>,
}

struct Owned {
    tree: ObjectId,
    parents: Vec<ObjectId>,
    author: (BString, BString, Time),
    committer: (BString, BString, Time),
    extra_headers: BString,
    message: BString,
}

const NAMES: [&[u8]; 13] = [
    b"A U Thor",
    b"\xe6\x97\xa5\xe6\x9c\xac \xe5\xa4\xaa\xe9\x83\x8e",
    b"o'Br\xc3\xafen, \"Q\" Jr.",
    b"caf\xe9",
    b"x",
    b"Committer With A Really Long Name Indeed",
    b"e\xcc\x81 z",
    b"%an %s",
    b"A. Name, That Is Longer Than Most (And Has All That Would Have To Be Quoted), \"Inc.\" [x]",
    b"Somebody \xc3\xa9 W\xc3\xb6rd With A Really Long Name Indeed And Then S\xc3\xb6me More Of It \xf0\x9f\x98\x80",
    b"nameofonlyonewordbutaverylongonethatdoesnotfitinalineofamailatallhowevermuchonewouldtry",
    b"=?UTF-8?q?x?=",
    b"Name Of Sixty Columns, Which May Just Fit In A Line Of Mail",
];
const EMAILS: [&[u8]; 8] = [
    b"a@example.com",
    b"",
    b"noat",
    b"a@b@c",
    b"caf\xc3\xa9@ex.org",
    b"@x",
    b"x@just.fits",
    b"a-long-address-with-many-parts@a-host-of-which-there-are-many.example.com",
];
const ZONES: [&str; 6] = ["+0000", "+0530", "-0330", "+1400", "-1200", "+0100"];

impl Repository {
    pub(super) fn new(seed: u64, commits: usize) -> Repository {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut repository = Repository {
            directory,
            commits: HashMap::new(),
            abbrev: HashMap::new(),
            decorations: HashMap::new(),
            people: HashMap::new(),
            notes: HashMap::new(),
        };
        repository.run(&["init", "-q", "-b", "main", "."], b"");
        let mailmap = "New Name <new@example.com> <a@example.com>\nJust Name <noat>\n<x@y> caf\u{e9} <@x>\n";
        std::fs::write(repository.directory.path().join("map"), mailmap).expect("the mailmap");
        for (key, value) in
            [("mailmap.file", "map"), ("notes.displayRef", "refs/notes/x"), ("core.abbrev", "4")]
        {
            repository.run(&["config", key, value], b"");
        }
        let stream = stream(&mut Random::new(seed), commits);
        repository.run(&["fast-import", "--quiet"], &stream);
        repository.add_headers();
        repository.read_commits();
        repository.read_answers();
        repository.read_notes();
        repository
    }

    /// git, in this repository, cut off from the user's settings.
    pub(super) fn git(&self) -> Command {
        let mut git = Command::new("git");
        git.current_dir(self.directory.path())
            .env("HOME", self.directory.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("COLUMNS", COLUMNS.to_string())
            .env("LC_ALL", "C");
        git
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let mut command = self.git();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("git starts");
        let mut stdin = child.stdin.take().expect("piped");
        let output = std::thread::scope(|scope| {
            scope.spawn(move || stdin.write_all(input).expect("git reads"));
            child.wait_with_output().expect("git ends")
        });
        assert!(output.status.success(), "git {arguments:?}");
        output.stdout
    }

    /// A tip with headers that `fast-import` doesn't write.
    fn add_headers(&self) {
        let main = self.run(&["rev-parse", "main^{tree}", "main"], b"");
        let mut lines = main.lines();
        let mut object = b"tree ".to_vec();
        object.extend_from_slice(lines.next().expect("a tree"));
        object.extend_from_slice(b"\nparent ");
        object.extend_from_slice(lines.next().expect("a commit"));
        object.extend_from_slice(
            b"\nauthor A <a> 1500000000 +0000\ncommitter B <b@c> 1700000000 -0800\n\
              gpgsig -----BEGIN\n \n encoding no\n -----END\nencoding utf-8\nother x\nencoding twice\n\n\
              Signed \xc3\xa9\n",
        );
        let id = self.run(&["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], &object);
        self.run(&["update-ref", "refs/heads/main", id.trim().to_str().expect("hex")], b"");
    }

    fn read_commits(&mut self) {
        let ids = self.run(&["rev-list", "--branches"], b"");
        let objects = self.run(&["cat-file", "--batch"], &ids);
        let mut rest = objects.as_slice();
        while let Some((head, after)) = rest.split_once_str("\n") {
            let mut words = head.fields();
            let id = parse_id(words.next().expect("an object name"));
            let len: usize = words.nth(1).and_then(|len| len.to_str().ok()?.parse().ok()).expect("a size");
            self.commits.insert(id, decode(&after[..len]));
            rest = &after[len + 1..];
        }
    }

    fn read_answers(&mut self) {
        let rows = |repository: &Repository, format: &str| -> Vec<Vec<BString>> {
            let format = format!("--format=tformat:{format}%x03");
            let output = repository.run(&["log", "--branches", "--clear-decorations", &format], b"");
            let records = output.split_str("\x03").map(|record| record.trim_start_with(|c| c == '\n'));
            let fields = |record: &[u8]| record.split_str("\0").map(BString::from).collect();
            records.filter(|record| !record.is_empty()).map(fields).collect()
        };
        for row in rows(self, "%H%x00%h%x00%T%x00%t") {
            for pair in row.chunks(2) {
                self.abbrev.insert(parse_id(&pair[0]), pair[1].len());
            }
        }
        for people in ["%an%x00%ae%x00%aN%x00%aE", "%cn%x00%ce%x00%cN%x00%cE"] {
            for row in rows(self, people) {
                let [name, email, mapped_name, mapped_email] = row.try_into().expect("four fields");
                self.people.insert((name, email), (mapped_name, mapped_email));
            }
        }
        let decorations = "%H%x00%(decorate:prefix=,suffix=,separator=%x01,pointer=%x02,tag=%x04)";
        for row in rows(self, decorations) {
            if !row[1].is_empty() {
                self.decorations.insert(parse_id(&row[0]), parse_decorations(&row[1]));
            }
        }
    }

    fn read_notes(&mut self) {
        for (notes_ref, label) in [("refs/notes/commits", None), ("refs/notes/x", Some("x".into()))] {
            let listed = self.run(&["notes", "--ref", notes_ref, "list"], b"");
            for line in listed.lines() {
                let (blob, commit) = line.split_once_str(" ").expect("two names");
                let text = self.run(&["cat-file", "blob", blob.to_str().expect("hex")], b"");
                let note = Note { label: label.clone(), text: text.into() };
                self.notes.entry(parse_id(commit)).or_default().push(note);
            }
        }
    }

    /// The commits of `git log <revisions>` in their order, boundary commits included.
    pub(super) fn select(&self, revisions: &[&str], children: bool) -> Vec<Selected> {
        let sides = revisions[0].contains("...");
        // As for git log, the order depends on whether the walk is limited.
        let mut arguments = vec!["log", "--format=%H %m %S"];
        if sides {
            arguments.extend(["--left-right", "--boundary"]);
        }
        arguments.extend(revisions);
        let listed = self.run(&arguments, b"");
        let mut found = Vec::new();
        for line in listed.lines() {
            let mut fields = line.splitn_str(3, " ");
            let mut field = || fields.next().unwrap_or_default();
            let (id, mark, source) = (parse_id(field()), field()[0], field().into());
            found.push(Selected { id, mark, source, children: Vec::new() });
        }
        if children {
            let mut arguments = vec!["rev-list", "--children"];
            if sides {
                arguments.push("--boundary");
            }
            arguments.extend(revisions);
            let listed = self.run(&arguments, b"");
            for line in listed.lines() {
                let mut ids = line.trim_start_with(|c| c == '-').fields().map(parse_id);
                let id = ids.next().expect("a commit");
                if let Some(selected) = found.iter_mut().find(|selected| selected.id == id) {
                    selected.children = ids.collect();
                }
            }
        }
        found
    }

    /// The commits with their parents as history simplification leaves them.
    pub(super) fn parents(&self, arguments: &[&str]) -> Vec<(ObjectId, Vec<ObjectId>)> {
        let listed = self.run(&[["rev-list", "--parents"].as_slice(), arguments].concat(), b"");
        let row = |line: &[u8]| {
            let mut ids = line.fields().map(parse_id);
            (ids.next().expect("a commit"), ids.collect())
        };
        listed.lines().map(row).collect()
    }

    pub(super) fn commit(&self, id: &oid) -> Commit<'_> {
        let (id, owned) = self.commits.get_key_value(id).expect("a commit that was read");
        Commit {
            id,
            tree: &owned.tree,
            parents: owned.parents.iter().map(AsRef::as_ref).collect(),
            author: borrow(&owned.author),
            committer: borrow(&owned.committer),
            extra_headers: owned.extra_headers.as_bstr(),
            message: owned.message.as_bstr(),
        }
    }
}

fn borrow((name, email, time): &(BString, BString, Time)) -> Signature<'_> {
    Signature { name: name.as_bstr(), email: email.as_bstr(), time: *time }
}

impl Sources for Repository {
    fn abbrev_len(&self, id: &oid) -> usize {
        self.abbrev[id]
    }

    fn decorations(&self, id: &oid) -> Option<&Decorations> {
        self.decorations.get(id)
    }

    fn mailmap<'a>(&'a self, name: &'a BStr, email: &'a BStr) -> (Cow<'a, BStr>, Cow<'a, BStr>) {
        let (name, email) = &self.people[&(name.to_owned(), email.to_owned())];
        (Cow::Borrowed(name.as_bstr()), Cow::Borrowed(email.as_bstr()))
    }

    fn notes(&self, id: &oid) -> Vec<Note> {
        self.notes.get(id).cloned().unwrap_or_default()
    }
}

fn parse_id(hex: &[u8]) -> ObjectId {
    ObjectId::from_hex(hex).expect("an object name")
}

fn parse_decorations(text: &[u8]) -> Decorations {
    let mut all = Decorations::default();
    let mut branch = None;
    for name in text.split_str("\x01") {
        let (name, on) = match name.split_once_str("\x02") {
            Some((name, on)) => (name, Some(on)),
            None => (name, None),
        };
        branch = branch.or(on);
        let (kind, name) = match name.strip_prefix(b"\x04") {
            Some(tag) => (DecorationKind::Tag, tag),
            None if name == b"HEAD" => (DecorationKind::Head, name),
            None if name == b"refs/stash" => (DecorationKind::Stash, name),
            None if name.starts_with(b"origin/") => (DecorationKind::RemoteBranch, name),
            None if name.starts_with(b"refs/") => (DecorationKind::Other, name),
            None => (DecorationKind::LocalBranch, name),
        };
        all.names.push(Decoration { kind, name: name.into() });
    }
    if let Some(branch) = branch {
        all.head_branch = Some(all.names.len());
        all.names.push(Decoration { kind: DecorationKind::LocalBranch, name: branch.into() });
    }
    all
}

fn decode(object: &[u8]) -> Owned {
    let (headers, message) = object.split_once_str("\n\n").expect("headers and message");
    let headers = [headers, b"\n"].concat();
    // Where the header says ISO-8859-1, the index gives texts as UTF-8.
    let reencoded = |text: &[u8]| -> BString {
        if headers.contains_str("\nencoding ISO-8859-1\n") {
            text.iter().map(|&byte| char::from(byte)).collect::<String>().into()
        } else {
            text.into()
        }
    };
    let person = |value: &[u8]| {
        let (name, rest) = value.split_once_str("<").expect("an address");
        let (email, rest) = rest.rsplit_once_str("> ").expect("a date");
        let (seconds, zone) = rest.split_once_str(" ").expect("a zone");
        let number = |text: &[u8]| text.to_str().expect("digits").parse::<i64>().expect("a number");
        let time = Time { seconds: number(seconds), zone: number(zone) as i32 };
        (reencoded(name.trim()), reencoded(email), time)
    };
    let mut parents = Vec::new();
    let (mut tree, mut author, mut committer) = (None, None, None);
    let mut rest = headers.as_slice();
    while committer.is_none() {
        let (line, after) = rest.split_once_str("\n").expect("a header line");
        let (key, value) = line.split_once_str(" ").expect("key and value");
        match key {
            b"tree" => tree = Some(parse_id(value)),
            b"parent" => parents.push(parse_id(value)),
            b"author" => author = Some(person(value)),
            _ => committer = Some(person(value)),
        }
        rest = after;
    }
    Owned {
        tree: tree.expect("a tree"),
        parents,
        author: author.expect("an author"),
        committer: committer.expect("a committer"),
        extra_headers: rest.into(),
        message: reencoded(message),
    }
}

/// What `fast-import` builds the repository from.
fn stream(random: &mut Random, commits: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut seconds = 100_000_000;
    for mark in 1..=commits {
        // Equal dates now and then, never descending.
        seconds += random.below(4) * 3_000_000;
        let branch =
            if mark <= 2 || mark == commits { "main" } else { random.pick(&["main", "main", "b0", "b1"]) };
        writeln!(out, "commit refs/heads/{branch}\nmark :{mark}").expect("memory");
        for role in ["author", "committer"] {
            write!(out, "{role} ").expect("memory");
            out.extend_from_slice(random.pick(&NAMES));
            out.extend_from_slice(b" <");
            out.extend_from_slice(random.pick(&EMAILS));
            writeln!(out, "> {seconds} {}", random.pick(&ZONES)).expect("memory");
        }
        let text = message(random);
        if random.one_in(12) && !text.contains(&0) {
            out.extend_from_slice(random.pick(&[b"encoding ISO-8859-1\n".as_slice(), b"encoding UTF-8\n"]));
        }
        data(&text, &mut out);
        if mark == 1 {
            writeln!(out, "M 644 inline start\ndata 0").expect("memory");
        } else if random.one_in(5) {
            // Some other commits: a merge, or the start of a branch.
            for _ in 0..random.below(3) + 1 {
                writeln!(out, "merge :{}", random.below(mark - 1) + 1).expect("memory");
            }
        }
        writeln!(out, "M 644 inline f{}\ndata <<E\n{mark}\nE\n", random.below(4)).expect("memory");
    }
    for (name, text) in [("commits", "first\n\n\nnote \n"), ("x", "tab\tx\n")] {
        writeln!(out, "commit refs/notes/{name}\ncommitter N <n> 1 +0000\ndata 0").expect("memory");
        for mark in 1..=commits {
            if !random.one_in(4) {
                continue;
            }
            out.extend_from_slice(b"N inline :");
            writeln!(out, "{mark}").expect("memory");
            let mut note =
                Vec::from(random.pick(&[text.as_bytes(), b"no newline", b"\n\n", b"a\0b\n\n", b"\xff\n"]));
            if random.one_in(5) {
                note.clear();
            }
            data(&note, &mut out);
        }
    }
    let names =
        ["heads/b0", "heads/b1", "tags/v1", "tags/v2", "tags/b0", "remotes/origin/main", "stash", "odd/ref"];
    for name in names.iter().chain(&names[2..]).skip(2) {
        let target = if random.one_in(2) { commits } else { random.below(commits) + 1 };
        let number = if *name == "stash" { String::new() } else { random.below(3).to_string() };
        writeln!(out, "reset refs/{name}{number}\nfrom :{target}\n").expect("memory");
    }
    for name in &names[..2] {
        // A branch that got no commit of its own.
        if !out.contains_str(format!("commit refs/{name}\n")) {
            writeln!(out, "reset refs/{name}\nfrom :1\n").expect("memory");
        }
    }
    writeln!(out, "tag annotated\nfrom :{commits}\ntagger T <t> 1 +0000\ndata 1\nx").expect("memory");
    out
}

fn data(text: &[u8], out: &mut Vec<u8>) {
    writeln!(out, "data {}", text.len()).expect("memory");
    out.extend_from_slice(text);
    out.push(b'\n');
}
