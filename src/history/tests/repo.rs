//! Repositories for the tests, made by the real git, and what that git says about them.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gix::hash::{Kind, ObjectId};

use crate::history::{Options, build};
use crate::index::{Flags, History, Pos, Segment};
use crate::repo::commit_dates;

/// A repository in a temporary directory.
pub(crate) struct TestRepo {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) kind: Kind,
}

impl TestRepo {
    /// An empty repository with the given object format.
    pub(crate) fn new(kind: Kind) -> TestRepo {
        let repo = TestRepo { dir: tempfile::tempdir().unwrap(), kind };
        repo.git(&["init", "-q", &format!("--object-format={kind}"), "-b", "main", "."]);
        repo
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn git_dir(&self) -> PathBuf {
        self.path().join(".git")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.args(args).current_dir(self.path());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("GIT_") {
                command.env_remove(name);
            }
        }
        command
            .env("HOME", self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("LC_ALL", "C");
        command
    }

    /// Runs git and gives its standard output.
    pub(crate) fn git(&self, args: &[&str]) -> Vec<u8> {
        self.git_with(args, b"")
    }

    /// Runs git with something on its standard input.
    pub(crate) fn git_with(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        let mut child =
            self.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git can be run");
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().ok();
        assert!(output.status.success(), "git {args:?}");
        output.stdout
    }

    pub(crate) fn odb(&self) -> gix::OdbHandle {
        self.open().objects.clone()
    }

    pub(crate) fn open(&self) -> gix::Repository {
        gix::open_opts(self.git_dir(), gix::open::Options::isolated()).unwrap()
    }

    /// Writes a commit object byte for byte as given, however odd it is (`git hash-object --literally` in one
    /// process).
    pub(crate) fn raw_commit(&self, bytes: &[u8]) -> ObjectId {
        self.write(gix::objs::Kind::Commit, bytes)
    }

    pub(crate) fn empty_tree(&self) -> ObjectId {
        self.write(gix::objs::Kind::Tree, b"")
    }

    pub(crate) fn write(&self, kind: gix::objs::Kind, bytes: &[u8]) -> ObjectId {
        let objects = self.git_dir().join("objects");
        let store = gix::odb::loose::Store::at(objects, self.kind);
        gix::objs::Write::write_buf(&store, kind, bytes).unwrap()
    }

    /// A well-formed commit.
    pub(crate) fn commit(&self, parents: &[ObjectId], date: i64, who: &str, message: &str) -> ObjectId {
        self.raw_commit(&commit_bytes(self.empty_tree(), parents, date, who, message))
    }

    pub(crate) fn set_ref(&self, name: &str, id: ObjectId) {
        self.git(&["update-ref", name, &id.to_string()]);
    }

    /// Every commit that the refs reach.
    pub(crate) fn all(&self) -> Vec<ObjectId> {
        let out = self.git(&["rev-list", "--all"]);
        out.split(|byte| *byte == b'\n')
            .filter(|l| !l.is_empty())
            .map(|l| ObjectId::from_hex(l).unwrap())
            .collect()
    }

    /// What the refs point to.
    pub(crate) fn tips(&self) -> Vec<ObjectId> {
        let out = self.git(&["for-each-ref", "--format=%(objectname)"]);
        out.split(|byte| *byte == b'\n')
            .filter(|l| !l.is_empty())
            .map(|l| ObjectId::from_hex(l).unwrap())
            .collect()
    }

    /// A segment of what the tips reach beyond `known`.
    pub(crate) fn build(&self, tips: &[ObjectId], known: &History<'_>) -> Option<Segment> {
        let git_dir = self.git_dir();
        let dates = |ids: &[ObjectId]| commit_dates("git".as_ref(), &git_dir, ids);
        build(&self.odb(), self.kind, tips, known, &Options::new(&dates)).unwrap()
    }

    /// Compares everything that `history` says with what git says, for the commits that the refs reach. Returns how
    /// many commits were compared.
    pub(crate) fn compare(&self, history: &History<'_>) -> usize {
        let format = "--format=%H%x01%T%x01%P%x01%an%x01%ae%x01%ad%x01%cn%x01%ce%x01%cd%x01%e";
        let out =
            self.git(&["log", "--all", "-z", "--date=raw", "--no-mailmap", "--no-show-signature", format]);
        let times: HashMap<ObjectId, i64> =
            String::from_utf8(self.git(&["rev-list", "--all", "--timestamp"]))
                .unwrap()
                .lines()
                .map(|line| line.split_once(' ').unwrap())
                .map(|(time, id)| {
                    (
                        ObjectId::from_hex(id.as_bytes()).unwrap(),
                        time.parse::<u64>().unwrap().min(i64::MAX as u64) as i64,
                    )
                })
                .collect();
        let mut count = 0;
        for record in out.split(|byte| *byte == 0).filter(|record| !record.is_empty()) {
            let fields: Vec<&[u8]> = record.split(|byte| *byte == 1).collect();
            let id = ObjectId::from_hex(fields[0]).unwrap();
            let pos = history.lookup(&id).unwrap_or_else(|| panic!("{id} is not found"));
            self.compare_one(history, pos, &fields);
            assert_eq!(history.committer_time(pos), times[&id], "date of {id}");
            count += 1;
        }
        count
    }

    fn compare_one(&self, history: &History<'_>, pos: Pos, fields: &[&[u8]]) {
        let id = history.oid(pos).to_owned();
        assert_eq!(id.to_string().as_bytes(), fields[0]);
        assert_eq!(history.tree(pos).to_string().as_bytes(), fields[1], "tree of {id}");
        let parents: Vec<Pos> = history.parents(pos).collect();
        let names: Vec<String> = parents.iter().map(|parent| history.oid(*parent).to_string()).collect();
        assert_eq!(names.join(" ").as_bytes(), fields[2], "parents of {id}");
        assert_eq!(history.first_parent(pos), parents.first().copied());
        assert!(parents.iter().all(|parent| *parent < pos));
        let level = parents.iter().map(|parent| history.generation(*parent)).max().unwrap_or(0) + 1;
        assert_eq!(history.generation(pos), level, "generation of {id}");
        let flags = history.flags(pos);
        let skewed =
            parents.iter().any(|parent| history.committer_time(*parent) > history.committer_time(pos));
        assert_eq!(flags.contains(Flags::SKEWED), skewed, "skew of {id}");
        let raw = self.git(&["cat-file", "commit", &id.to_string()]);
        if flags.contains(Flags::ODD) {
            let parts: [&[u8]; 3] = [history.extra_headers(pos), b"\n", history.message(pos)];
            let rebuilt = parts.concat();
            assert!(rebuilt == raw || rebuilt[..rebuilt.len() - 1] == raw, "odd {id}");
            return;
        }
        let (author, committer) = (history.author(pos), history.committer(pos));
        let time = |time: crate::index::Time| format!("{} {:+05}", time.seconds, time.zone);
        assert_eq!(author.name, fields[3], "author of {id}");
        assert_eq!(author.email, fields[4], "author of {id}");
        assert_eq!(time(author.time).as_bytes(), fields[5], "author of {id}");
        assert_eq!(committer.name, fields[6], "committer of {id}");
        assert_eq!(committer.email, fields[7], "committer of {id}");
        assert_eq!(time(committer.time).as_bytes(), fields[8], "committer of {id}");
        // A header without a value is one, but %e cannot tell.
        if memchr::memmem::find(&raw, b"\nencoding \n").is_none() {
            let encoding = String::from_utf8_lossy(fields[9]).to_lowercase();
            let utf8 = matches!(&*encoding, "" | "utf-8" | "utf8");
            assert_eq!(flags.contains(Flags::ENCODING), !utf8, "encoding of {id}");
        }
        assert_eq!(history.identity(history.author_id(pos)), (author.name, author.email));
        assert_eq!(history.identity(history.committer_id(pos)), (committer.name, committer.email));
        assert_eq!(history.author_time(pos), author.time.seconds);
        let mut rebuilt = format!("tree {}\n", history.tree(pos)).into_bytes();
        names.iter().for_each(|name| rebuilt.extend_from_slice(format!("parent {name}\n").as_bytes()));
        for (label, who) in [("author", author), ("committer", committer)] {
            let when = time(who.time);
            let parts: [&[u8]; 7] =
                [label.as_bytes(), b" ", who.name, b" <", who.email, b"> ", when.as_bytes()];
            rebuilt.extend_from_slice(&parts.concat());
            rebuilt.push(b'\n');
        }
        rebuilt.extend_from_slice(history.extra_headers(pos));
        rebuilt.push(b'\n');
        rebuilt.extend_from_slice(history.message(pos));
        assert_eq!(rebuilt, raw, "bytes of {id}");
    }
}

/// The bytes of a well-formed commit.
pub(crate) fn commit_bytes(
    tree: ObjectId,
    parents: &[ObjectId],
    date: i64,
    who: &str,
    message: &str,
) -> Vec<u8> {
    // Small numbers are easy to tell apart, but times close to 1970 are odd.
    let date = if date < 1_000_000 { date + 1_000_000_000 } else { date };
    let mut text = format!("tree {tree}\n");
    parents.iter().for_each(|parent| text.push_str(&format!("parent {parent}\n")));
    let email = who.to_lowercase().replace(' ', ".");
    text.push_str(&format!("author {who} <{email}@example.com> {} +0530\n", date - 100));
    text.push_str(&format!("committer {who} <{email}@example.com> {date} -0330\n\n{message}"));
    text.into_bytes()
}
