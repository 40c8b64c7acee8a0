//! Makes repositories from a seed, with everything in them that history can hold. The same seed makes the
//! same repository; [`Generated::grow`] adds commits to it later.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use fastrand::Rng;

use super::Environment;
use super::environment::NOW;
use super::text::{self, MAILMAP, PATHS, PEOPLE};

/// What a repository is like; everything that is not said here is drawn from the seed.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Of the repository.
    pub seed: u64,
    /// How many commits it starts with.
    pub commits: usize,
    /// Without a worktree.
    pub bare: bool,
    /// `sha1` or `sha256`.
    pub object_format: &'static str,
    /// Whether objects that git itself would not write may occur, and configuration that changes output.
    pub odd: bool,
    /// Whether it always ends with two branches that have merged each other.
    pub criss_cross: bool,
    /// Whether there are submodules, which are nowhere to be found.
    pub submodules: bool,
}

impl Plan {
    /// A plain repository for tests that are about something else.
    pub(crate) fn plain(seed: u64, commits: usize) -> Self {
        Self {
            seed,
            commits,
            bare: false,
            object_format: "sha1",
            odd: false,
            criss_cross: false,
            submodules: false,
        }
    }

    /// A repository with everything left to chance.
    pub(crate) fn random(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        Self {
            seed,
            commits: [3, 12, 40, 40, 80, 160][rng.usize(0..6)],
            bare: rng.u8(0..4) == 0,
            object_format: if rng.u8(0..4) == 0 { "sha256" } else { "sha1" },
            // The others have nothing in them that has to be left to git: there our own answers are tried most.
            odd: rng.bool(),
            criss_cross: false,
            submodules: false,
        }
    }
}

/// The mode of a submodule. Its content is the name of a commit.
const SUBMODULE: &str = "160000";

type Tree = BTreeMap<Vec<u8>, (&'static str, Vec<u8>)>;

struct CommitState {
    time: i64,
    tree: Tree,
}

/// How the clock of the history runs.
#[derive(Clone, Copy)]
enum Clock {
    Steady,
    Coarse,
    Skewed,
    Wild,
}

/// A generated repository.
pub(crate) struct Generated {
    /// Where to run commands: the worktree, or the bare repository.
    pub dir: PathBuf,
    /// Its git directory.
    pub git_dir: PathBuf,
    pub(super) plan: Plan,
    pub(super) rng: Rng,
    clock: Clock,
    commits: Vec<CommitState>,
    /// For each branch the mark (1-based position in `commits`) of its tip.
    branches: Vec<(&'static str, usize)>,
    seen_paths: usize,
}

const BRANCHES: &[&str] = &["main", "topic", "feature/x", "wip-ü", "release-1.0", "HEAD-like", "v1.0"];

impl Generated {
    /// Makes the repository below the root of `env`.
    pub(crate) fn new(env: &Environment, name: &str, plan: Plan) -> Self {
        let dir = env.path().join(name);
        let format = format!("--object-format={}", plan.object_format);
        let mut args = vec!["init", "-q", &format];
        if plan.bare {
            args.push("--bare");
        }
        fs::create_dir(&dir).expect("a new name");
        args.push(".");
        env.git_ok(&dir, &args);
        let git_dir = if plan.bare { dir.clone() } else { dir.join(".git") };
        let mut rng = Rng::with_seed(plan.seed ^ 0x5eed);
        let clock = match rng.u8(0..8) {
            _ if !plan.odd => Clock::Steady,
            0..=2 => Clock::Steady,
            3..=4 => Clock::Coarse,
            5..=6 => Clock::Skewed,
            _ => Clock::Wild,
        };
        let seen_paths = rng.usize(5..PATHS.len());
        let commits = plan.commits;
        let mut made =
            Self { dir, git_dir, plan, rng, clock, commits: Vec::new(), branches: Vec::new(), seen_paths };
        if made.plan.odd {
            super::oddities::configure(&mut made, env);
        }
        made.grow(env, commits);
        made.other_refs(env);
        if made.plan.odd {
            super::oddities::extras(&mut made, env);
        }
        made
    }

    /// Adds `count` commits to random branches, in one run of `git fast-import`.
    pub(crate) fn grow(&mut self, env: &Environment, count: usize) {
        let mut stream = Vec::new();
        for _ in 0..count {
            let parents = self.choose_parents();
            self.commit(&mut stream, &parents);
        }
        if self.plan.criss_cross {
            self.criss_cross(&mut stream);
        }
        for (name, mark) in &self.branches {
            line(&mut stream, &format!("reset refs/heads/{name}\nfrom :{mark}\n"));
        }
        let file = self.git_dir.join("stream");
        fs::write(&file, &stream).expect("a writable repository");
        let marks = self.git_dir.join("marks").display().to_string();
        let import = format!("--import-marks-if-exists={marks}");
        let export = format!("--export-marks={marks}");
        let args = ["fast-import", "--quiet", "--force", "--date-format=raw-permissive", &import, &export];
        env.git_from_file(&self.dir, &args, &file);
        fs::remove_file(file).expect("just written");
    }

    /// The second and the third branch, each merged into the other from where it was: their tips have two merge bases.
    fn criss_cross(&mut self, stream: &mut Vec<u8>) {
        while self.branches.len() < 3 {
            self.branches.push((BRANCHES[self.branches.len()], self.commits.len()));
        }
        let tips = [self.branches[1].1, self.branches[2].1];
        let [one, other] = tips.map(|tip| self.commit(stream, &[tip]));
        self.branches[1].1 = self.commit(stream, &[one, other]);
        self.branches[2].1 = self.commit(stream, &[other, one]);
    }

    /// Its mark.
    fn commit(&mut self, stream: &mut Vec<u8>, parents: &[usize]) -> usize {
        let mark = self.commits.len() + 1;
        let time = self.next_time(parents);
        let tree = self.next_tree(parents);
        if parents.is_empty() {
            line(stream, "reset refs/gen/tmp");
        }
        line(stream, &format!("commit refs/gen/tmp\nmark :{mark}"));
        let author_time = match self.rng.u8(0..4) {
            0 => time - self.rng.i64(0..100_000).min(time.max(0)),
            _ => time,
        };
        self.person(stream, "author", author_time);
        self.person(stream, "committer", time);
        let (message, encoding) = if self.plan.odd || self.rng.u8(0..4) == 0 {
            text::message(&mut self.rng)
        } else {
            (format!("{}\n", text::subject(&mut self.rng)).into_bytes(), None)
        };
        if let Some(encoding) = encoding {
            line(stream, &format!("encoding {encoding}"));
        }
        data(stream, &message);
        for (number, parent) in parents.iter().enumerate() {
            line(stream, &format!("{} :{parent}", if number == 0 { "from" } else { "merge" }));
        }
        line(stream, "deleteall");
        for (path, (mode, content)) in &tree {
            let is_submodule = *mode == SUBMODULE;
            let object = if is_submodule { content.as_slice() } else { b"inline" };
            stream.extend([format!("M {mode} ").as_bytes(), object, b" "].concat());
            stream.extend(text::quote_path(path));
            stream.push(b'\n');
            if !is_submodule {
                data(stream, content);
            }
        }
        stream.push(b'\n');
        self.commits.push(CommitState { time, tree });
        self.advance(parents, mark);
        mark
    }

    /// Which branch tips (or older commits) the next commit grows from.
    fn choose_parents(&mut self) -> Vec<usize> {
        if self.commits.is_empty() || self.rng.u8(0..60) == 0 {
            return Vec::new();
        }
        let count = match self.rng.u8(0..40) {
            0..=7 => 2,
            8 => self.rng.usize(3..6),
            _ => 1,
        };
        let mut parents = Vec::new();
        for _ in 0..count {
            let parent = match self.rng.u8(0..10) {
                0 => self.rng.usize(1..=self.commits.len()),
                1..=3 => self.commits.len(),
                _ => self.branches[self.rng.usize(0..self.branches.len())].1,
            };
            if !parents.contains(&parent) {
                parents.push(parent);
            }
        }
        parents
    }

    /// Moves the branch that the commit was made on, or starts one.
    fn advance(&mut self, parents: &[usize], mark: usize) {
        let on = parents.first().and_then(|p| self.branches.iter().position(|(_, tip)| tip == p));
        match on {
            Some(at) => self.branches[at].1 = mark,
            None if self.branches.len() < BRANCHES.len() => {
                self.branches.push((BRANCHES[self.branches.len()], mark));
            }
            None => {
                let at = self.rng.usize(0..self.branches.len());
                self.branches[at].1 = mark;
            }
        }
    }

    fn next_time(&mut self, parents: &[usize]) -> i64 {
        let newest = parents.iter().map(|p| self.commits[p - 1].time).max().unwrap_or(NOW - 40_000_000);
        match self.clock {
            Clock::Steady => newest + self.rng.i64(1..400_000),
            Clock::Coarse => newest + self.rng.i64(0..2),
            Clock::Skewed => (newest + self.rng.i64(-300_000..400_000)).max(0),
            Clock::Wild => match self.rng.u8(0..12) {
                0 => 0,
                1 => self.rng.i64(0..100),
                2 => (1 << 31) + self.rng.i64(-2..3),
                3 => (1 << 32) + self.rng.i64(-2..3),
                4 => 1 << 40,
                5 => NOW + self.rng.i64(-100..100_000),
                _ => (newest + self.rng.i64(-300_000..400_000)).max(0),
            },
        }
    }

    fn person(&mut self, stream: &mut Vec<u8>, role: &str, time: i64) {
        const ZONES: &[&str] =
            &["+0000", "+0100", "-0800", "+0530", "-0330", "+1400", "-0000", "+1245", "-1200"];
        const ODD_ZONES: &[&str] = &["+9999", "-2500", "+0061", "+0001"];
        let people = if self.plan.odd { PEOPLE.len() } else { 3 };
        let (name, mail) = PEOPLE[self.rng.usize(0..people)];
        let zones = if self.plan.odd && self.rng.u8(0..20) == 0 { ODD_ZONES } else { ZONES };
        let zones = if self.plan.odd { zones } else { &ZONES[..6] };
        let zone = zones[self.rng.usize(0..zones.len())];
        stream.extend(role.bytes());
        stream.push(b' ');
        if !name.is_empty() {
            stream.extend(name);
            stream.push(b' ');
        }
        stream.push(b'<');
        stream.extend(mail);
        line(stream, &format!("> {time} {zone}"));
    }

    /// The first parent's tree with a few changes; at a merge each path may come from any parent.
    fn next_tree(&mut self, parents: &[usize]) -> Tree {
        let Some(first) = parents.first() else {
            let mut tree = Tree::new();
            for _ in 0..self.rng.usize(0..6) {
                self.change(&mut tree);
            }
            return tree;
        };
        let mut tree = self.commits[first - 1].tree.clone();
        for other in &parents[1..] {
            let other = self.commits[other - 1].tree.clone();
            match self.rng.u8(0..6) {
                0 => tree = other,
                1 => {}
                _ => {
                    for (path, entry) in other {
                        if self.rng.bool() {
                            insert(&mut tree, path, entry);
                        }
                    }
                }
            }
        }
        let changes =
            if parents.len() > 1 { [0, 0, 0, 1][self.rng.usize(0..4)] } else { self.rng.usize(0..4) };
        for _ in 0..changes {
            self.change(&mut tree);
        }
        tree
    }

    fn change(&mut self, tree: &mut Tree) {
        let existing: Vec<Vec<u8>> = tree.keys().cloned().collect();
        let path = PATHS[self.rng.usize(0..self.seen_paths)].to_vec();
        match self.rng.u8(0..12) {
            0 if !existing.is_empty() => {
                tree.remove(&existing[self.rng.usize(0..existing.len())]);
            }
            1..=2 if !existing.is_empty() => {
                let entry = tree.remove(&existing[self.rng.usize(0..existing.len())]).expect("it exists");
                insert(tree, path, entry);
            }
            3 if !existing.is_empty() => {
                let entry = tree[&existing[self.rng.usize(0..existing.len())]].clone();
                insert(tree, path, entry);
            }
            4 if !existing.is_empty() => {
                let at = &existing[self.rng.usize(0..existing.len())];
                let mode = ["100644", "100755", "120000"][self.rng.usize(0..3)];
                tree.get_mut(at).expect("it exists").0 = mode;
            }
            5 if self.plan.submodules => {
                let digits = if self.plan.object_format == "sha1" { 40 } else { 64 };
                let commit = format!("{:0digits$x}", self.rng.u8(1..9));
                insert(tree, path, (SUBMODULE, commit.into_bytes()));
            }
            _ => {
                let content =
                    if path == b".mailmap" { MAILMAP.to_vec() } else { self.content(tree.get(&path)) };
                insert(tree, path, ("100644", content));
            }
        }
    }

    fn content(&mut self, old: Option<&(&'static str, Vec<u8>)>) -> Vec<u8> {
        // A few contents come back again and again: histories revert.
        if self.rng.u8(0..4) == 0 {
            return format!("constant {}\n", self.rng.u8(0..4)).into_bytes();
        }
        let mut bytes = old.map(|(_, content)| content.clone()).unwrap_or_default();
        for _ in 0..self.rng.usize(1..8) {
            bytes.extend(text::subject(&mut self.rng).bytes());
            bytes.push(b'\n');
        }
        bytes
    }

    /// Tags, remotes, notes, reflogs and refs in odd places.
    fn other_refs(&mut self, env: &Environment) {
        let mut stream = Vec::new();
        let some = |rng: &mut Rng, count: usize| rng.usize(1..=count);
        let total = self.commits.len();
        for name in [
            "refs/remotes/origin/main",
            "refs/remotes/origin/topic",
            "refs/remotes/fork/x",
            "refs/pull/1/head",
        ] {
            let mark = some(&mut self.rng, total);
            line(&mut stream, &format!("reset {name}\nfrom :{mark}\n"));
        }
        for name in
            ["refs/tags/light", "refs/tags/v1.0", "refs/custom/deep/er/ref", "refs/bisect/bad", "refs/stash"]
        {
            if self.rng.bool() {
                let mark = some(&mut self.rng, total);
                line(&mut stream, &format!("reset {name}\nfrom :{mark}\n"));
            }
        }
        for name in ["v0.1", "v0.2", "release/é"] {
            let mark = some(&mut self.rng, total);
            line(
                &mut stream,
                &format!("tag {name}\nfrom :{mark}\ntagger T A Gger <tagger@example.com> {NOW} +0000"),
            );
            data(&mut stream, b"an annotated tag\n");
        }
        // Not everywhere: where there are notes, hardly a question is asked that does not have to look for them.
        let all_notes = [("refs/notes/commits", 4), ("refs/notes/review", 8)];
        let kinds = if self.plan.odd { [0, 0, 0, 1, 2][self.rng.usize(0..5)] } else { 0 };
        for (notes, rate) in all_notes.into_iter().take(kinds) {
            line(&mut stream, &format!("commit {notes}\ncommitter N <n@example.com> {NOW} +0000"));
            data(&mut stream, b"notes\n");
            for mark in 1..=total {
                if self.rng.u8(0..rate) == 0 {
                    line(&mut stream, &format!("N inline :{mark}"));
                    let (mut note, _) = text::message(&mut self.rng);
                    note.truncate(200);
                    data(&mut stream, if note.is_empty() { b"a note" } else { &note });
                }
            }
            stream.push(b'\n');
        }
        let marks = format!("--import-marks={}", self.git_dir.join("marks").display());
        let args = ["fast-import", "--quiet", "--force", "--date-format=raw-permissive", &marks];
        let file = self.git_dir.join("stream");
        fs::write(&file, &stream).expect("a writable repository");
        env.git_from_file(&self.dir, &args, &file);
        fs::remove_file(file).expect("just written");
        env.git_ok(&self.dir, &["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
        // A reflog for the current branch, and so for HEAD.
        for back in ["main", "main~1", "main~2", "main"] {
            let tip = env.git(&self.dir, &["rev-parse", "-q", "--verify", back]);
            if tip.code == 0 {
                let tip = String::from_utf8(tip.stdout).expect("hex");
                let args = ["update-ref", "--create-reflog", "-m", "reset: moving", "HEAD", tip.trim()];
                env.git_ok(&self.dir, &args);
            }
        }
    }
}

/// The tree with this entry: a file takes the place of a directory of its name, and the other way round.
fn insert(tree: &mut Tree, path: Vec<u8>, entry: (&'static str, Vec<u8>)) {
    let mut below = path.clone();
    below.push(b'/');
    tree.retain(|known, _| {
        !known.starts_with(&below) && !path.starts_with(&[known.as_slice(), b"/"].concat())
    });
    tree.insert(path, entry);
}

fn line(stream: &mut Vec<u8>, text: &str) {
    stream.extend(text.bytes());
    stream.push(b'\n');
}

fn data(stream: &mut Vec<u8>, bytes: &[u8]) {
    stream.extend(format!("data {}\n", bytes.len()).bytes());
    stream.extend(bytes);
    stream.push(b'\n');
}

/// Turns words into arguments.
pub(crate) fn args(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

impl Generated {
    /// Where its index is kept.
    pub(crate) fn index_dir(&self) -> PathBuf {
        super::damage::index_dir(&self.git_dir)
    }

    /// Removes the index, if there is one.
    pub(crate) fn remove_index(&self) {
        remove_dir(&self.index_dir());
    }
}

/// Removes a directory that may not be there. A process in the background may be writing to it meanwhile.
pub(crate) fn remove_dir(dir: &Path) {
    for _ in 0..100 {
        match fs::remove_dir_all(dir) {
            Ok(()) => return,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) if error.kind() == std::io::ErrorKind::DirectoryNotEmpty => {}
            Err(error) => panic!("{}: {error}", dir.display()),
        }
    }
    panic!("{}: it fills up again and again", dir.display());
}
