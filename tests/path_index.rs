//! `git optimize index` and what was done to paths: what it says, and repositories in which trees are missing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use bstr::ByteSlice;

use crate::differential::compare::difference;
use crate::first_use::history;
use crate::support::repository::{Generated, Plan, args};
use crate::support::trace::Served;
use crate::support::{Environment, damage};

/// A line of `git optimize index status`.
#[track_caller]
fn status(env: &Environment, dir: &Path, name: &str) -> String {
    let text = env.optimize(dir, &["index", "status"]).success("status");
    let lines = text.to_str().expect("plain text").to_owned();
    let line = lines.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    line.unwrap_or_else(|| panic!("no {name} in {lines}")).to_owned()
}

fn commits(env: &Environment, dir: &Path) -> String {
    env.git_ok(dir, &["rev-list", "--count", "--all"]).trim_end().to_str().expect("digits").to_owned()
}

#[test]
fn build_update_verify_clear() {
    let env = Environment::new();
    let mut repository = Generated::new(&env, "repository", Plan::plain(21, 100));
    let dir = repository.dir.clone();
    env.index_ok(&dir, "build");
    assert_eq!(status(&env, &dir, "paths of commits"), status(&env, &dir, "commits"));
    repository.grow(&env, 30);
    env.index_ok(&dir, "update");
    assert_eq!(status(&env, &dir, "paths of commits"), status(&env, &dir, "commits"));
    assert_eq!(status(&env, &dir, "unknown"), "0");
    for args in [&["index", "verify", "--deep"][..], &["index", "verify", "--deep", "--all"]] {
        let said = env.optimize(&dir, args).success("verify");
        let all = format!("index: the paths of {} commits verified\n", status(&env, &dir, "commits"));
        assert!(said.ends_with(all.as_bytes()), "{}", said.as_bstr());
    }
    assert_eq!(env.optimize(&dir, &["index", "verify", "--all"]).code, 129, "--all needs --deep");
    let index = damage::index_dir(&dir.join(".git"));
    let files = || {
        let names = fs::read_dir(&index).expect("the index").map(|file| file.expect("a file").path());
        names.filter(|path| path.to_string_lossy().contains("/paths-")).collect::<Vec<_>>()
    };
    let file = files().pop().expect("a path segment");
    let mut bytes = fs::read(&file).expect("a path segment");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&file, bytes).expect("our own file");
    assert_eq!(env.optimize(&dir, &["index", "verify"]).code, 1);
    env.index_ok(&dir, "update");
    env.index_ok(&dir, "verify");
    env.index_ok(&dir, "clear");
    assert!(!index.exists());
}

/// More commits than one slice of the paths has, each of which changes one of a few files.
fn long_history(env: &Environment) -> (PathBuf, u32) {
    const COMMITS: u32 = 70_000;
    let dir = env.path().join("long");
    env.git_ok(env.path(), &["init", "-q", "long"]);
    let mut stream = String::new();
    for number in 0..COMMITS {
        let date = 1_000_000_000 + number;
        stream +=
            &format!("commit refs/heads/main\ncommitter C <c@example.com> {date} +0000\ndata 4\ntext\n");
        stream += &format!("M 100644 inline file-{}\ndata 5\n{:05}\n", number % 7, number % 100);
    }
    env.git_input(&dir, &["fast-import", "--quiet"], Some(stream.as_bytes()));
    (dir, COMMITS)
}

/// What was finished before somebody killed the process is there for questions, and is not made again.
#[test]
fn an_update_that_is_killed_keeps_its_finished_slices() {
    let env = Environment::new();
    let (dir, commits) = long_history(&env);
    let covered = || status(&env, &dir, "paths of commits").parse::<u32>().expect("a number");
    let halfway = |covered: u32| 0 < covered && covered < commits;
    let killed = (0..50).find_map(|_| {
        let mut update = env.ours("git-optimize", &dir, &["index", "update", "--quiet"]);
        let mut update = update.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("our program");
        while update.try_wait().expect("our child").is_none() {
            if dir.join(".git-fast/MANIFEST").exists() && halfway(covered()) {
                break;
            }
        }
        update.kill().expect("our child");
        update.wait().expect("our child");
        let covered = covered();
        if !halfway(covered) {
            env.index_ok(&dir, "clear");
        }
        halfway(covered).then_some(covered)
    });
    let kept = killed.expect("it was never killed in time");
    assert_eq!(status(&env, &dir, "commits"), commits.to_string());
    let said = env.optimize(&dir, &["index", "update"]).success("update");
    let expected = format!("index: up to date\nindex: added the paths of {} commits\n", commits - kept);
    assert_eq!(said.as_bstr(), expected.as_bytes().as_bstr());
    env.index_ok(&dir, "verify");
    let (served, reason) = ask(&env, &dir, &["--format=%h", "--", "file-3"]);
    assert_eq!(served, Served::Native, "{reason}");
    assert_eq!(env.optimize(&dir, &["index", "verify", "--deep"]).code, 0);
}

/// The hashes of the index are right, and the repository says something else.
#[test]
fn verify_finds_a_wrong_history() {
    let env = Environment::new();
    let dir = Generated::new(&env, "repository", Plan::plain(24, 20)).dir;
    let commit = |message: &str| {
        let name = env.git_ok(&dir, &["commit-tree", "-p", "main", "-m", message, "main^{tree}"]);
        name.trim_end().to_str().expect("hex").to_owned()
    };
    let file = |name: &str| dir.join(".git/objects").join(&name[..2]).join(&name[2..]);
    let (one, other) = (commit("one"), commit("other"));
    env.git_ok(&dir, &["update-ref", "refs/heads/one", &one]);
    env.index_ok(&dir, "build");
    env.index_ok(&dir, "verify");
    fs::remove_file(file(&one)).expect("loose");
    fs::copy(file(&other), file(&one)).expect("loose");
    let said = env.optimize(&dir, &["index", "verify"]);
    let expected = format!("error: index: commit {one}: its message differs\n");
    assert!(said.stderr.starts_with(expected.as_bytes()), "{}", said.stderr.as_bstr());
    assert_eq!(said.code, 1);
}

/// Clones that have no trees, or not all: nothing is fetched, and what can't be known is said to be unknown.
#[test]
fn partial_clones() {
    let env = Environment::new();
    let repository = Generated::new(&env, "repository", Plan::plain(22, 80));
    env.git_ok(&repository.dir, &["config", "uploadpack.allowFilter", "true"]);
    env.git_ok(&repository.dir, &["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let url = format!("file://{}", repository.dir.display());
    for (name, filter) in [("treeless", "tree:0"), ("rootless", "tree:1"), ("shallow-trees", "tree:2")] {
        let dir = env.path().join(name);
        let filter = format!("--filter={filter}");
        env.git_ok(env.path(), &["clone", "-q", "--mirror", &filter, &url, name]);
        let objects = || env.git_ok(&dir, &["count-objects", "-v"]);
        let before = objects();
        env.index_ok(&dir, "build");
        assert_eq!(objects(), before, "something was fetched");
        assert_eq!(status(&env, &dir, "paths of commits"), commits(&env, &dir));
        let unknown: u32 = status(&env, &dir, "unknown").parse().expect("a number");
        assert!(unknown > 0, "{name}");
        env.index_ok(&dir, "verify");
        assert_eq!(env.optimize(&dir, &["index", "verify", "--deep", "--all"]).code, 0);
        assert_eq!(objects(), before, "something was fetched");
        assert_eq!(ask(&env, &dir, &["--all", "--format=%h %s"]), (Served::Native, String::new()));
        // git fetches what it needs.
        let (served, reason) = ask(&env, &dir, &["--all", "--format=%h %s", "--", "src"]);
        assert!(served == Served::Git && reason.ends_with(" changed is not known"), "{reason}");
    }
}

/// Asks both programs, whose answers must be the same; who answered, and why.
#[track_caller]
fn ask(env: &Environment, dir: &Path, words: &[&str]) -> (Served, String) {
    let (ours, trace) = env.fastlog(dir, &args(words), None);
    let theirs = env.log(dir, &args(words), None);
    assert_eq!(difference(&ours, &theirs, false), None, "{words:?}");
    let trace = trace.expect("a trace");
    (trace.served, trace.reason)
}

/// What may be wrong with a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It is not there.
    Missing,
    /// Its object can't be decompressed.
    Damaged,
    /// Its last entry is cut off.
    Short,
    /// A file comes twice, and what follows is not in order.
    Unsorted,
}

/// A repository with the branches `main` and `side`, and a tree at `side~1` in which something is wrong.
fn with_a_fault(env: &Environment, fault: Fault) -> PathBuf {
    let dir = env.path().join(format!("{fault:?}"));
    fs::create_dir(&dir).expect("a new directory");
    env.git_ok(&dir, &["init", "-q"]);
    let commit = |branch: &str, number: usize| {
        fs::create_dir_all(dir.join("below")).expect("writable");
        for path in ["file", "below/file", branch] {
            fs::write(dir.join(path), format!("{branch} {number}\n")).expect("writable");
        }
        env.git_ok(&dir, &["add", "-A"]);
        env.git_ok(&dir, &["commit", "-q", "-m", &format!("{branch} {number}")]);
    };
    let name = |words: &[&str], input: Option<&[u8]>| {
        env.git_input(&dir, words, input).trim_end().to_str().expect("hexadecimal").to_owned()
    };
    (0..3).for_each(|number| commit("main", number));
    env.git_ok(&dir, &["checkout", "-q", "-b", "side", "HEAD~1"]);
    (0..2).for_each(|number| commit("side", number));
    env.git_ok(&dir, &["checkout", "-q", "main"]);
    let tree = name(&["rev-parse", "side~1^{tree}"], None);
    let file = dir.join(".git/objects").join(&tree[..2]).join(&tree[2..]);
    let good = env.git_ok(&dir, &["cat-file", "tree", &tree]);
    let malformed = match fault {
        Fault::Missing => {
            fs::remove_file(file).expect("a loose object");
            return dir;
        }
        Fault::Damaged => {
            let mut bytes = fs::read(&file).expect("a loose object");
            bytes.iter_mut().skip(8).for_each(|byte| *byte ^= 0x55);
            fs::remove_file(&file).expect("a loose object");
            fs::write(file, bytes).expect("writable");
            return dir;
        }
        Fault::Short => good[..good.len() - 3].to_vec(),
        Fault::Unsorted => {
            let file = good.find(b"100644 file").expect("an entry");
            [&good[file..], &good[file..], &good[..file]].concat()
        }
    };
    let tree = name(&["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], Some(&malformed));
    let first = name(&["commit-tree", "-p", "side~2", "-m", "side 0", &tree], None);
    let second = name(&["commit-tree", "-p", &first, "-m", "side 1", "side^{tree}"], None);
    env.git_ok(&dir, &["update-ref", "refs/heads/side", &second]);
    dir
}

/// Whoever would come to a commit whose tree can't be read is sent to git, which complains where it does; nobody else is.
#[test]
fn only_questions_that_meet_an_unknown_commit_are_git_s() {
    let env = Environment::new();
    for fault in [Fault::Missing, Fault::Damaged, Fault::Short, Fault::Unsorted] {
        let dir = with_a_fault(&env, fault);
        env.index_ok(&dir, "build");
        assert!(status(&env, &dir, "unknown").parse::<u32>().expect("a number") > 0);
        for words in [
            &["--oneline", "--", "file"][..],
            &["--oneline", "--name-status", "--full-history", "--", "below", "*e"],
            &["--graph", "--oneline", "HEAD~2..", "--", "below/file"],
            &["--oneline", "--follow", "--", "below/file"],
            &["--oneline", "--all"],
            &["--oneline", "side~2", "--", "file"],
        ] {
            let (served, reason) = ask(&env, &dir, words);
            assert_eq!(served, Served::Native, "{fault:?} {words:?}: {reason}");
        }
        for words in [
            &["--oneline", "side", "--", "file"][..],
            &["--oneline", "--all", "--", "file"],
            &["--oneline", "main..side", "--", "below"],
            &["--oneline", "side..main", "--", "below"],
            &["--oneline", "side...main", "--", "below"],
            &["--oneline", "--follow", "side", "--", "file"],
        ] {
            let (served, reason) = ask(&env, &dir, words);
            assert!(
                served == Served::Git && reason.ends_with(" changed is not known"),
                "{fault:?} {words:?}: {reason}"
            );
        }
        for (words, code) in [
            (&["--last-modified", "-r"][..], 0),
            (&["--last-modified", "-r", "side"], 128),
            (&["--contains-path=*"], 0),
            (&["--contains-path=*", "--all"], 128),
        ] {
            let (ours, _) = env.fastlog(&dir, &args(words), None);
            assert_eq!(ours.code, code, "{fault:?} {words:?}: {}", ours.stderr.as_bstr());
            assert!(
                code == 0 || ours.stderr.contains_str(" changed is not known"),
                "{}",
                ours.stderr.as_bstr()
            );
        }
    }
}

/// What has no blobs has all that is needed.
#[test]
fn blobless_clones() {
    let env = Environment::new();
    let repository = Generated::new(&env, "repository", Plan::plain(23, 80));
    env.git_ok(&repository.dir, &["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", repository.dir.display());
    env.git_ok(env.path(), &["clone", "-q", "--mirror", "--filter=blob:none", &url, "blobless"]);
    let dir = env.path().join("blobless");
    env.index_ok(&dir, "build");
    assert_eq!(status(&env, &dir, "unknown"), "0");
    assert_eq!(env.optimize(&dir, &["index", "verify", "--deep", "--all"]).code, 0);
}

/// A tree is not any more what it was when its paths were indexed. Of many commits `--deep` looks at some, the newest among
/// them, and with `--all` at each.
#[test]
fn verify_finds_wrong_paths() {
    const COMMITS: usize = 2500;
    let env = Environment::new();
    let dir = history(&env, COMMITS);
    let hex = |bytes: Vec<u8>| bytes.trim_end().to_str().expect("hex").to_owned();
    let blob = hex(env.git_ok(&dir, &["rev-parse", "main:file-1"]));
    let tree = |name: &str| {
        let mut entries = env.git_ok(&dir, &["ls-tree", "-z", "main"]);
        entries.extend(format!("100644 blob {blob}\t{name}\0").bytes());
        hex(env.git_input(&dir, &["mktree", "-z"], Some(&entries)))
    };
    let file = |name: &str| dir.join(".git/objects").join(&name[..2]).join(&name[2..]);
    let (before, after) = (tree("one"), tree("other"));
    let commit = hex(env.git_ok(&dir, &["commit-tree", "-p", "main", "-m", "the newest", &before]));
    env.git_ok(&dir, &["update-ref", "refs/heads/main", &commit]);
    env.index_ok(&dir, "build");
    let verify = |words: &[&str]| env.optimize(&dir, &[&["index", "verify"], words].concat());
    for (words, last) in [
        (&[][..], format!("index: {} commits verified\n", COMMITS + 1)),
        (&["--sample=100"], "index: 100 commits verified\n".to_owned()),
        (&["--deep"], "index: the paths of 2048 commits verified\n".to_owned()),
        (&["--deep", "--all"], format!("index: the paths of {} commits verified\n", COMMITS + 1)),
    ] {
        let said = verify(words).success("verify");
        assert!(said.ends_with(last.as_bytes()), "{words:?}: {}", said.as_bstr());
    }
    fs::remove_file(file(&before)).expect("loose");
    fs::copy(file(&after), file(&before)).expect("loose");
    assert_eq!(verify(&[]).code, 0, "the history is as it was");
    for words in [&["--deep"][..], &["--deep", "--all"]] {
        let said = verify(words);
        let expected = format!("error: index: commit {commit}: its changed paths differs\n");
        assert!(said.stderr.starts_with(expected.as_bytes()), "{words:?}: {}", said.stderr.as_bstr());
        assert_eq!(said.code, 1, "{words:?}");
    }
}
