//! `--last-modified` of what is in a directory: which entries are listed, and their commits, as text and as JSON.

use std::fs;

use bstr::ByteSlice;
use fastrand::Rng;
use serde_json::Value;

use super::{World, by_path, os, seed};
use crate::support::Environment;
use crate::support::repository::{Generated, Plan, args};
use crate::support::trace::Served;

/// Paths of which one is above another. In git, the last one that has a say decides whether a directory is opened.
pub(super) const OVERLAPPING: &[&[&str]] = &[
    &["src/"],
    &["src/", "README"],
    &["src/lib/", "doc/"],
    &["src", "src/lib"],
    &["src/lib", "src"],
    &["src/lib/", "src/"],
    &["src", "src/"],
    &["src/", "src"],
    &["src", "src/no/such"],
    &["src/no/such", "src"],
    &[".", "src/"],
    &["src/", "."],
];

/// Every directory of a few trees: what `git ls-tree` lists for it, and for each of that what `git log -1` finds.
#[test]
fn a_slash_asks_for_what_is_in_a_directory() {
    let mut rng = Rng::with_seed(seed() ^ 0xd1);
    let mut entries = 0;
    for number in 0..3 {
        let world = World::new(Plan {
            odd: false,
            commits: 70,
            submodules: number > 0,
            ..Plan::random(seed() * 100 + 10 + number)
        });
        let revisions = world.lines(&["rev-list", "--all"]);
        for _ in 0..3 {
            let revision = revisions[rng.usize(0..revisions.len())].as_str();
            let directories = world.git(&["ls-tree", "-rdz", "--name-only", revision]);
            for directory in directories.split(|byte| *byte == 0).filter(|path| !path.is_empty()) {
                let slash = [directory, b"/"].concat();
                let with = |words: &[&str]| {
                    let mut words = args(words);
                    words.push(os(&slash).to_owned());
                    words
                };
                let ours = by_path(&world.native_os(&with(&["--last-modified", "-z", revision, "--"])));
                let listed = with(&["ls-tree", "-z", "--name-only", revision, "--"]);
                let listed = world.env.git_ok(&world.repository.dir, &listed);
                let mut listed: Vec<&[u8]> =
                    listed.split(|byte| *byte == 0).filter(|path| !path.is_empty()).collect();
                listed.sort_unstable();
                let what = format!("seed {} repository {number}: {revision} {}", seed(), slash.as_bstr());
                assert_eq!(
                    ours.iter().map(|(path, _)| path.as_slice()).collect::<Vec<_>>(),
                    listed,
                    "{what}"
                );
                for (path, oid) in &ours {
                    assert_eq!(*oid, world.newest(revision, path, "%H"), "{what} {}", path.as_bstr());
                }
                entries += ours.len();
            }
        }
    }
    assert!(entries > 20, "only {entries} entries were in any directory");
}

/// A small tree in which each file has a commit of its own, and what git 2.55 lists of it.
#[test]
fn paths_above_other_paths() {
    let env = Environment::new();
    let repository = Generated::new(&env, "repository", Plan::plain(3, 1));
    let dir = repository.dir.clone();
    let world = World { env, repository };
    world.git(&["rm", "-rq", "--ignore-unmatch", "."]);
    let files = ["file", "a/file", "a/b/file", "a/b/c/file"];
    for path in files {
        fs::create_dir_all(dir.join(path).parent().expect("below")).expect("a writable worktree");
        fs::write(dir.join(path), path).expect("a writable worktree");
        world.git(&["add", "-A"]);
        world.git(&["commit", "-q", "-m", path]);
    }
    world.env.index_ok(&dir, "build");
    for (paths, expected) in [
        (&["a/"][..], &["a/b", "a/file"][..]),
        (&["a/b/"], &["a/b/c", "a/b/file"]),
        (&["a/", "file"], &["a/b", "a/file", "file"]),
        (&["a/file/", "no/such/"], &[]),
        (&["a", "a/"], &["a/b", "a/file"]),
        (&["a/", "a"], &["a"]),
        (&["a", "a/file"], &["a/b", "a/file"]),
        (&["a/file", "a"], &["a"]),
        (&["a", "a/no/such"], &["a/b", "a/file"]),
        (&["a", "a/b/file"], &["a/b/c", "a/b/file", "a/file"]),
        (&["a/", "a/b/"], &["a/b/c", "a/b/file", "a/file"]),
        (&["a/b/", "a/"], &["a/b/c", "a/b/file", "a/file"]),
        (&[".", "a/"], &["a/b", "a/file", "file"]),
        (&["a/", "."], &["a/b", "a/file", "file"]),
    ] {
        let ours = by_path(&world.native(&[&["--last-modified", "-z", "--"], paths].concat()));
        let expected: Vec<_> = expected
            .iter()
            .map(|path| (path.as_bytes().to_vec(), world.newest("HEAD", path.as_bytes(), "%H")))
            .collect();
        assert_eq!(ours, expected, "{paths:?}");
    }
    fs::create_dir_all(dir.join("a/b")).expect("a writable worktree");
    for (below, paths, like) in
        [("a", ".", "a/"), ("a/b", "..", "a/"), ("a", "b/", "a/b/"), ("a/b", ":/", ".")]
    {
        let ours = world.env.fastlog(&dir.join(below), &args(&["--last-modified", "--", paths]), None);
        assert_eq!(ours.1.expect("a trace").served, Served::Native, "{below} {paths}");
        let top = world.native(&["--last-modified", "--", like]);
        assert_eq!(ours.0.stdout.as_bstr(), top.as_bstr(), "{below} {paths}");
    }
}

/// JSON has the same paths and commits as the text, and what `git log` says of each commit.
#[test]
fn json_says_what_git_log_says() {
    let world = World::new(Plan { odd: false, commits: 70, ..Plan::random(seed() * 100 + 20) });
    let mut lines = 0;
    for words in [
        &["-r"][..],
        &["-r", "-t"],
        &[],
        &["--", "src/"],
        &["--", "src", "README"],
        &["-r", "--", "src", ":!*.txt"],
        &["-r", "HEAD~1", "--", "*.c"],
    ] {
        let revision = if words.contains(&"HEAD~1") { "HEAD~1" } else { "HEAD" };
        let text = by_path(&world.native(&[&["--last-modified", "-z"], words].concat()));
        let json = world.native(&[&["--last-modified", "--json"], words].concat());
        let json: Vec<Value> = json.lines().map(|line| serde_json::from_slice(line).expect("JSON")).collect();
        assert_eq!(json.len(), text.len(), "{words:?}");
        for (value, (path, oid)) in json.iter().zip(&text) {
            assert_eq!(value["path"], *path.to_str_lossy(), "{words:?}");
            assert_eq!((&value["oid"], &value["boundary"]), (&Value::from(&**oid), &Value::from(false)));
            let said = |person: &str, key: &str| value[person][key].as_str().expect("a text").to_owned();
            let time = |person: &str| value[person]["time"].as_i64().expect("a number").to_string();
            let ours = [
                value["oid"].as_str().expect("a name").to_owned(),
                said("author", "name"),
                said("author", "email"),
                time("author"),
                said("committer", "name"),
                said("committer", "email"),
                time("committer"),
                value["subject"].as_str().expect("a text").to_owned(),
            ];
            let theirs = world.newest(revision, path, "%H%x01%aN%x01%aE%x01%at%x01%cN%x01%cE%x01%ct%x01%s");
            assert_eq!(ours.join("\x01"), theirs, "{words:?} {}", path.as_bstr());
        }
        lines += json.len();
    }
    assert!(lines > 20, "only {lines} lines");
}
