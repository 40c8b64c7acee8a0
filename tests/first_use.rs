//! The first question about a repository without an index: it makes one in an instant, or git answers while a process in
//! the background makes it, or nothing at all is made.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bstr::ByteSlice;

use crate::support::repository::{Generated, Plan, args, remove_dir};
use crate::support::trace::{Served, Trace};
use crate::support::{Environment, damage};

/// Commits of a history that is not small, and how often it is packed: the indices of its packs have more than 4 MiB.
const COMMITS: usize = 6000;
const PACKS: usize = 12;

/// How long an index of that may take to come, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks both; who answered.
#[track_caller]
fn ask(env: &Environment, dir: &Path, question: &[&str]) -> Trace {
    let theirs = env.log(dir, &args(question), None);
    let (ours, trace) = env.fastlog(dir, &args(question), None);
    assert_eq!((ours.code, ours.stdout.as_bstr()), (theirs.code, theirs.stdout.as_bstr()), "{question:?}");
    assert_eq!(ours.stderr.as_bstr(), theirs.stderr.as_bstr(), "{question:?}");
    trace.expect("one line")
}

/// Names of all files and directories that an index brings about.
fn made(dir: &Path) -> Vec<PathBuf> {
    let dirs = [dir.to_owned(), dir.join(".git")];
    let entries = dirs.iter().flat_map(|dir| fs::read_dir(dir).expect("readable"));
    let paths = entries.map(|entry| entry.expect("readable").path());
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().contains("git-fast");
    paths.filter(name).collect()
}

/// A line of this many commits that change a file each.
pub(crate) fn history(env: &Environment, commits: usize) -> PathBuf {
    let dir = env.path().join("history");
    fs::create_dir(&dir).expect("a new name");
    env.git_ok(&dir, &["init", "-q", "."]);
    let mut stream = String::new();
    for number in 0..commits {
        let (text, time) = (number.to_string(), 1_500_000_000 + 60 * number);
        stream += &format!(
            "commit refs/heads/main\ncommitter A <a@example.com> {time} +0000\ndata {}\n",
            text.len()
        );
        stream += &format!("{text}\nM 100644 inline file-{}\ndata {}\n{text}\n", number % 50, text.len());
    }
    let file = env.path().join("stream");
    fs::write(&file, stream).expect("a writable directory");
    // Small objects that are never read again: how they are packed does not matter.
    env.git_from_file(&dir, &["-c", "pack.compression=0", "fast-import", "--quiet", "--depth=0"], &file);
    fs::remove_file(file).expect("just written");
    dir
}

#[test]
fn a_small_history_is_indexed_on_the_spot() {
    let env = Environment::new();
    let dir = Generated::new(&env, "repository", Plan::plain(41, 40)).dir;
    assert_eq!(made(&dir), Vec::<PathBuf>::new());
    // On a machine that is very busy it may take too long the first time.
    let built = (0..20).find_map(|_| {
        let first = ask(&env, &dir, &["--all"]);
        if first.index == "built" {
            return Some(first);
        }
        remove_dir(&damage::index_dir(&dir.join(".git")));
        let _ = fs::remove_file(dir.join(".git/git-fast.attempt"));
        None
    });
    assert_eq!(built.expect("it is built").served, Served::Native);
    let second = ask(&env, &dir, &["--all"]);
    assert_eq!((second.served, second.index.as_str()), (Served::Native, "fresh"), "{}", second.reason);
    let deadline = Instant::now() + PATIENCE;
    while ask(&env, &dir, &["--oneline", "--", "src"]).served != Served::Native {
        assert!(Instant::now() < deadline, "the index lacks paths");
        std::thread::sleep(Duration::from_millis(20));
    }
    env.index_ok(&dir, "verify");
}

#[test]
fn a_small_history_is_not_indexed_where_that_is_not_wanted() {
    let env = Environment::new();
    let dir = Generated::new(&env, "repository", Plan::plain(42, 40)).dir;
    env.git_ok(&dir, &["config", "fast.autoIndex", "false"]);
    for _ in 0..2 {
        let trace = ask(&env, &dir, &["--all"]);
        assert_eq!(
            (trace.served, trace.index.as_str(), trace.reason.as_str()),
            (Served::Git, "none", "no index")
        );
        assert_eq!(made(&dir), Vec::<PathBuf>::new());
    }
    env.index_ok(&dir, "build");
    assert_eq!(ask(&env, &dir, &["--all"]).index, "fresh");
}

/// A process as the system describes it.
#[derive(Debug)]
struct Process {
    number: i64,
    session: i64,
    niceness: i64,
}

impl Process {
    fn of(number: &str) -> Option<Process> {
        let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
        let fields = stat.rsplit_once(')')?.1.split_whitespace().skip(1);
        let fields: Vec<i64> = fields.map(|field| field.parse().unwrap_or(0)).collect();
        let number = stat.split(' ').next()?.parse().ok()?;
        Some(Process { number, session: fields[2], niceness: fields[15] })
    }
}

/// The process in the background that works on the repository in `dir`.
fn background(dir: &Path) -> Option<Process> {
    let processes = fs::read_dir("/proc").expect("a Linux system").flatten();
    let mut numbers = processes.filter_map(|entry| entry.file_name().into_string().ok());
    let number = numbers.find(|number| {
        let proc = PathBuf::from(format!("/proc/{number}"));
        let words = fs::read(proc.join("cmdline")).unwrap_or_default();
        words.contains_str("\0index\0update\0--quiet\0--detached\0")
            && fs::read_link(proc.join("cwd")).is_ok_and(|cwd| cwd == dir)
    });
    Process::of(&number?)
}

#[test]
fn a_large_history_is_answered_by_git_while_it_is_indexed() {
    let env = Environment::new();
    let dir = history(&env, COMMITS);
    let packs = dir.join(".git/objects/pack");
    for file in damage::files(&packs) {
        let ending = file.extension().expect("a pack, or something about it").to_string_lossy().into_owned();
        for number in 1..PACKS {
            fs::hard_link(&file, packs.join(format!("pack-{number:040x}.{ending}"))).expect("a new name");
        }
    }
    let indices = damage::files(&packs).into_iter();
    let indices = indices.filter(|file| file.extension().is_some_and(|extension| extension == "idx"));
    let bytes: u64 = indices.map(|file| fs::metadata(file).expect("just written").len()).sum();
    assert!(bytes > 4 << 20, "{bytes} bytes of pack indices are those of a small history");
    let question = ["-n5", "--oneline"];
    let by_git = |trace: Trace| {
        let found = (trace.served, trace.index.as_str(), trace.reason.as_str());
        assert_eq!(found, (Served::Git, "none", "no index"));
    };

    // With an indexer that only tells how it was called.
    let (bin, calls) = (env.path().join("programs"), env.path().join("calls"));
    // Other programs write these: while a file is open for writing in this process, and so in those that other tests start
    // just now, it can't be run.
    let script = "mkdir \"$1\" && cp \"$2/git-fastlog\" \"$1\" && echo \"$3\" >\"$1/git-optimize\" &&
        chmod +x \"$1/git-optimize\"";
    let indexer = format!("#!/bin/sh\necho \"$@\" >>'{}'", calls.display());
    let mut command = env.command("sh", &dir, &["-c", script, "sh"]);
    command.arg(&bin).arg(env.bin()).arg(indexer);
    env.run(command).success("programs");
    let theirs = env.git_ok(&dir, &["log", "-n5", "--oneline"]);
    let ask_copy = |settings: &[&str]| {
        let mut command = env.command(bin.join("git-fastlog"), &dir, &question);
        command.env("GIT_CONFIG_COUNT", settings.len().to_string());
        for (number, setting) in settings.iter().enumerate() {
            command
                .env(format!("GIT_CONFIG_KEY_{number}"), setting)
                .env(format!("GIT_CONFIG_VALUE_{number}"), "false");
        }
        assert_eq!(env.run(command).success("git-fastlog").as_bstr(), theirs.as_bstr());
    };
    ask_copy(&["fast.autoIndex"]);
    // Were it started, it would have come by now: below it does.
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!((calls.exists(), made(&dir)), (false, Vec::new()), "nothing is started, and nothing made");
    ask_copy(&[]);
    let deadline = Instant::now() + PATIENCE;
    while fs::read_to_string(&calls).unwrap_or_default().is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    // What has just been tried is not tried again at once.
    ask_copy(&[]);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(fs::read_to_string(&calls).expect("it was called"), "index update --quiet --detached\n");
    fs::remove_file(dir.join(".git/git-fast.attempt")).expect("it was noted");

    // With the real one.
    by_git(ask(&env, &dir, &question));
    let deadline = Instant::now() + PATIENCE;
    let mut seen = Vec::new();
    let fresh = loop {
        seen.extend(background(&dir));
        let (_, trace) = env.fastlog(&dir, &args(&question), None);
        let trace = trace.expect("one line");
        if trace.served == Served::Native {
            break trace;
        }
        by_git(trace);
        assert!(Instant::now() < deadline, "no index comes; seen in the background: {:?}", seen.last());
    };
    assert_eq!(fresh.index, "fresh");
    let own = Process::of("self").expect("a Linux system");
    let apart = |seen: &Process| seen.number == seen.session && seen.niceness > own.niceness;
    assert!(seen.iter().any(apart), "in no session of its own, or not niced: {:?}", seen.last());
    for question in [&["--format=%H %P %ct %s"][..], &["--oneline", "--graph"], &["-n3"]] {
        assert_eq!(ask(&env, &dir, question).served, Served::Native, "{question:?}");
    }
}

/// Adds this many commits to main, each a file of its own.
fn add_loose(env: &Environment, dir: &Path, commits: usize) {
    let mut stream = String::from("reset refs/heads/main\n");
    if env.git(dir, &["rev-parse", "-q", "--verify", "main"]).code == 0 {
        stream += "from refs/heads/main^0\n";
    }
    for number in 0..commits {
        let (text, time) = (number.to_string(), 1_500_000_000 + number);
        stream += "commit refs/heads/main\ncommitter A <a@example.com> ";
        stream += &format!("{time} +0000\ndata {}\n{text}\n", text.len());
    }
    let file = env.path().join("stream");
    fs::write(&file, stream).expect("a writable directory");
    let unpacked = format!("fastimport.unpackLimit={}", commits + 2);
    env.git_from_file(dir, &["-c", &unpacked, "-c", "core.fsync=none", "fast-import", "--quiet"], &file);
    fs::remove_file(file).expect("just written");
}

#[test]
fn a_history_that_only_seems_small_is_answered_by_git_while_it_is_indexed() {
    let env = Environment::new();
    let dir = env.path().join("loose");
    fs::create_dir(&dir).expect("a new name");
    env.git_ok(&dir, &["init", "-q", "."]);
    let question = ["-n5", "--oneline"];
    // Without packs it is small. How many commits take too long all the same depends on the machine.
    let mut commits = 5000;
    let first = loop {
        add_loose(&env, &dir, commits);
        remove_dir(&damage::index_dir(&dir.join(".git")));
        let _ = fs::remove_file(dir.join(".git/git-fast.attempt"));
        let trace = ask(&env, &dir, &question);
        if trace.index != "built" {
            break trace;
        }
        assert!(commits < 100_000, "this many commits are read on the spot");
        commits *= 2;
    };
    assert!(damage::files(&dir.join(".git/objects/pack")).is_empty());
    let found = (first.served, first.index.as_str(), first.reason.as_str());
    assert_eq!(found, (Served::Git, "none", "no index"), "it was tried, and took too long");
    // Trying has made the place for the index.
    assert!(damage::index_dir(&dir.join(".git")).is_dir());
    let deadline = Instant::now() + PATIENCE;
    let fresh = loop {
        let trace = ask(&env, &dir, &question);
        if trace.served == Served::Native {
            break trace;
        }
        assert_eq!((trace.served, trace.index.as_str()), (Served::Git, "none"), "{}", trace.reason);
        assert!(Instant::now() < deadline, "no index comes: {}", trace.reason);
    };
    assert_eq!(fresh.index, "fresh", "built in the background");
    assert_eq!(ask(&env, &dir, &["--format=%H %P %ct %s"]).served, Served::Native);
}
