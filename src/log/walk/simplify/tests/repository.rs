//! Random repositories with a few small files, made by one `git fast-import` each.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use gix::ObjectId;
use gix::hash::Kind;

use super::Random;
use crate::history::{Options, build};
use crate::index::{History, Segment};
use crate::repo::commit_dates;

/// The files that come and go.
pub(super) const FILES: [&str; 5] = ["a", "b", "d/x", "d/y", "e/f/g"];
pub(super) const AUTHORS: [&str; 3] = ["Ann", "Bob", "Cy"];

/// What files a commit has, and which of a few contents.
type Content = BTreeMap<&'static str, usize>;

pub(super) struct Commit {
    parents: Vec<usize>,
    pub(super) content: Content,
    pub(super) author: usize,
    pub(super) date: i64,
}

pub(super) struct Repository {
    dir: tempfile::TempDir,
    /// In the order in which they were made: parents first.
    pub(super) commits: Vec<Commit>,
    pub(super) ids: Vec<ObjectId>,
    /// Which commits have a branch.
    pub(super) branches: Vec<usize>,
    /// Whether there is a commit-graph.
    pub(super) commit_graph: bool,
    /// Whether it has Bloom filters.
    pub(super) filters: bool,
    pub(super) segment: Segment,
}

impl Repository {
    pub(super) fn random(random: &mut Random) -> Repository {
        let commits = commits(random);
        let dir = tempfile::tempdir().unwrap();
        git(dir.path(), &["init", "-q", "-b", "main", "."], b"");
        let marks = dir.path().join("marks");
        let export = format!("--export-marks={}", marks.display());
        git(dir.path(), &["fast-import", "--quiet", &export], &stream(&commits));
        let mut ids = vec![Kind::Sha1.null(); commits.len()];
        for line in std::fs::read_to_string(marks).unwrap().lines() {
            let (mark, id) = line.split_once(' ').unwrap();
            ids[mark[1..].parse::<usize>().unwrap() - 1] = id.parse().unwrap();
        }
        let mut branches: Vec<usize> = (0..random.below(6)).map(|_| random.below(commits.len())).collect();
        branches.push(commits.len() - 1);
        let mut updates = Vec::new();
        for (nth, at) in branches.iter().enumerate() {
            let name = if nth + 1 == branches.len() { "main".into() } else { format!("b{nth}") };
            writeln!(updates, "update refs/heads/{name} {}", ids[*at]).unwrap();
        }
        git(dir.path(), &["update-ref", "--stdin"], &updates);
        let commit_graph = random.one_in(2);
        let filters = commit_graph && random.one_in(2);
        if commit_graph {
            // Of all commits, or of those that were there some time ago.
            let known = if random.one_in(3) { 1 + random.below(commits.len()) } else { commits.len() };
            let tips: String = ids[..known].iter().map(|id| format!("{id}\n")).collect();
            let args = ["commit-graph", "write", "--stdin-commits", "--changed-paths"];
            git(dir.path(), &args[..if filters { 4 } else { 3 }], tips.as_bytes());
        }
        let objects = gix::open_opts(dir.path(), gix::open::Options::isolated()).unwrap().objects.clone();
        let git_dir = dir.path().join(".git");
        let dates = |ids: &[ObjectId]| commit_dates("git".as_ref(), &git_dir, ids);
        let none = History::new([]).unwrap();
        let segment = build(&objects, Kind::Sha1, &ids, &none, &Options::new(&dates)).unwrap().unwrap();
        Repository { dir, commits, ids, branches, commit_graph, filters, segment }
    }

    /// What `git <args>` prints; `None` when it fails.
    pub(super) fn ask(&self, args: &[String]) -> Option<String> {
        let output = command(self.dir.path()).args(args).output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    }

    pub(super) fn keep(self) -> std::path::PathBuf {
        self.dir.keep()
    }
}

fn command(dir: &Path) -> Command {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command
        .current_dir(dir)
        .env("HOME", dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("LC_ALL", "C");
    command
}

fn git(dir: &Path, args: &[&str], input: &[u8]) {
    let mut child = command(dir).args(args).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    assert!(child.wait().unwrap().success(), "git {args:?}");
}

/// Mostly short lines of history that fork and join, with all that makes simplification hard.
fn commits(random: &mut Random) -> Vec<Commit> {
    let most = if random.one_in(4) { 180 } else { 50 };
    let count = 20 + random.below(most);
    let clock = random.below(4);
    let busy = 1 + random.below(4);
    let window = 2 + random.below(8);
    let mut all: Vec<Commit> = Vec::new();
    for n in 0..count {
        let wanted = match random.below(100) {
            0..3 => 0,
            3..28 => 2,
            28..32 => 3 + random.below(3),
            _ => 1,
        };
        let mut parents = Vec::new();
        for _ in 0..wanted {
            let back = if random.one_in(8) { all.len() } else { window.min(all.len()) };
            let parent = all.len().wrapping_sub(1 + random.below(back));
            if parent < all.len() && !parents.contains(&parent) {
                parents.push(parent);
            }
        }
        let content = content(random, &parents, &all, busy);
        let n = n as i64;
        let tick = match clock {
            0 => n * 60,
            1 => n / 5 * 60,
            2 if random.one_in(6) => n * 60 - random.below(3000) as i64,
            3 => random.below(3) as i64 * 60 + n,
            _ => n * 60,
        };
        let date = 1_200_000_000 + tick;
        all.push(Commit { parents, content, author: random.below(AUTHORS.len()), date });
    }
    all
}

fn content(random: &mut Random, parents: &[usize], all: &[Commit], busy: usize) -> Content {
    let mut content = Content::new();
    for file in FILES {
        let olds: Vec<Option<usize>> =
            parents.iter().map(|parent| all[*parent].content.get(file).copied()).collect();
        let merge = parents.len() > 1;
        let kept = match olds.first() {
            None => None,
            // A merge takes one side of each file, like a real one or like `-s ours`.
            Some(_) if merge && random.one_in(3) => olds[random.below(olds.len())],
            Some(first) if merge => olds.iter().copied().find(|old| old != first).unwrap_or(*first),
            Some(first) => *first,
        };
        let changes = if merge { random.one_in(20) } else { random.one_in(2 + busy * 2) };
        let new = match changes {
            true if random.one_in(5) => None,
            true => Some(random.below(4)),
            false => kept,
        };
        new.map(|new| content.insert(file, new));
    }
    content
}

fn stream(commits: &[Commit]) -> Vec<u8> {
    let mut out = Vec::new();
    for (n, commit) in commits.iter().enumerate() {
        let author = AUTHORS[commit.author];
        let message = format!("commit {n}\n");
        writeln!(out, "commit refs/import/{n}\nmark :{}", n + 1).unwrap();
        writeln!(out, "author {author} <a@example.com> {} +0000", commit.date + (n as i64 * 7919) % 500)
            .unwrap();
        writeln!(out, "committer {author} <a@example.com> {} +0000", commit.date).unwrap();
        writeln!(out, "data {}\n{message}", message.len()).unwrap();
        for (nth, parent) in commit.parents.iter().enumerate() {
            writeln!(out, "{} :{}", if nth == 0 { "from" } else { "merge" }, parent + 1).unwrap();
        }
        writeln!(out, "deleteall").unwrap();
        for (file, content) in &commit.content {
            writeln!(out, "M 100644 inline {file}\ndata 2\n{content}\n").unwrap();
        }
    }
    writeln!(out, "done").unwrap();
    out
}
