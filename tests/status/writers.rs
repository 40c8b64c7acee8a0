//! Others write while we look: git in the repository, our own processes at the snapshot, builders at the index of the
//! history. Meanwhile any answer is right that names what could be there; afterwards only git's is.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use bstr::ByteSlice;

use super::races::End;
use super::{ask, git_status, repository, same_native};
use crate::support::recorder::Recorder;
use crate::support::{Environment, Output};

/// Our answer, and whether git gave it. Unlike [`ask`], several may be asked for at once: `asker` tells their traces apart.
#[track_caller]
fn ask_as(env: &Environment, dir: &Path, asker: usize, words: &[&str]) -> (Output, bool) {
    let trace = env.path().join(format!("trace-{asker}"));
    let _ = fs::remove_file(&trace);
    let mut command = env.ours("git-faststatus", dir, words);
    command.env("GIT_FAST_TRACE", &trace);
    let output = env.run(command);
    let by_git = fs::read_to_string(&trace).is_ok_and(|line| line.contains(r#""served":"git""#));
    assert!(!output.panicked() && !output.timed_out, "{words:?}: {}", output.stderr.as_bstr());
    (output, by_git)
}

/// What each of them asks again and again.
const FORMATS: [&[&str]; 4] =
    [&["-s", "-b"], &["--porcelain=v2", "--branch", "-uall", "-z"], &[], &["--json", "--ignored"]];

/// Everything that git's own commands do to the index, refs, objects and files. Each turn ends as it began.
const WORK: [(&str, &str); 6] = [
    ("add", "echo $1 >a; echo $1 >d/n$1; git add -A; git rm -qf d/n$1; git checkout -q HEAD -- a"),
    ("commit", "echo $1 >a; git mv b c; git commit -qam $1; git mv c b; git commit -qm back"),
    (
        "stash",
        "echo $1 >a; echo $1 >d/f; git add a; git stash -q; git stash pop -q; git checkout -qf HEAD -- a d",
    ),
    (
        "reset",
        "echo reset $1 >a; git commit -qam $1; git reset -q HEAD~1; git reset -q --hard; git reset -q --soft HEAD",
    ),
    ("gc", "git commit -q --allow-empty -m $1; git pack-refs --all; git gc -q --prune=now"),
    ("checkout", "git checkout -q other; git checkout -q -; git checkout -q --detach; git checkout -q main"),
];

#[test]
fn git_at_work() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "mkdir d; for f in a b d/f d/g; do echo $f >$f; done; echo '*.o' >.gitignore; echo o >d/o.o; git add .
         git commit -qm x; git branch other; git branch -q -u other; git checkout -q other; echo other >a; rm b
         git commit -qam other; git checkout -q main; echo untracked >u",
    );
    let asked: [AtomicUsize; FORMATS.len()] = Default::default();
    let natively = AtomicUsize::new(0);
    for (what, script) in WORK {
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for (number, words) in FORMATS.iter().enumerate() {
                let (env, dir, done, asked, natively) = (&env, &dir, &done, &asked[number], &natively);
                scope.spawn(move || {
                    while !done.load(Ordering::Relaxed) {
                        let (output, by_git) = ask_as(env, dir, number, words);
                        let what_git_says = by_git && output.code == 128 && output.stdout.is_empty();
                        let said = output.stderr.as_bstr();
                        assert!(
                            output.code == 0 && said.is_empty() || what_git_says,
                            "{what}: {words:?}: exit {}: {said}",
                            output.code
                        );
                        if words.contains(&"--json") && output.code == 0 {
                            let object = serde_json::from_slice::<serde_json::Value>(&output.stdout);
                            assert!(object.is_ok_and(|object| object["changes"].is_array()), "{what}");
                        }
                        asked.fetch_add(1, Ordering::Relaxed);
                        natively.fetch_add(usize::from(!by_git), Ordering::Relaxed);
                    }
                });
            }
            let _end = End(&done);
            for turn in 0..5 {
                let turn = turn.to_string();
                let command = env.command("sh", &dir, &["-ec", script, "sh", &turn]);
                env.run(command).success(what);
            }
        });
        for words in FORMATS.iter().filter(|words| !words.contains(&"--json")) {
            same_native(&env, &dir, words);
        }
    }
    let asked: Vec<usize> = asked.into_iter().map(AtomicUsize::into_inner).collect();
    assert!(asked.iter().all(|count| *count >= WORK.len()), "{asked:?}");
    assert!(natively.into_inner() * 2 > asked.iter().sum(), "most can be told without git");
}

/// The files beside the snapshot that have to do with it.
fn remembered(dir: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(dir.join(".git")).expect("our own directory");
    let names =
        names.map(|entry| entry.expect("our own directory").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.contains("git-fast")).collect()
}

#[test]
fn eight_of_us_at_once() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "for d in 1 2 3 4 5 6 7 8; do mkdir $d; for f in 1 2 3; do echo x >$d/f$f; done; done; git add .
         git commit -qm x; touch -d '1 hour ago' */*",
    );
    let snapshots = ["git-fast.status", "git-fast.status-contents"].map(|name| dir.join(".git").join(name));
    // Every snapshot has an inode of its own as long as the one before is there.
    let mut seen: [BTreeSet<(u64, i64, i64)>; 2] = Default::default();
    let busy = AtomicUsize::new(8);
    std::thread::scope(|scope| {
        for asker in 0..8 {
            let (env, dir, busy) = (&env, &dir, &busy);
            scope.spawn(move || {
                // Also where this fails, somebody has come to an end.
                struct Leave<'a>(&'a AtomicUsize);
                impl Drop for Leave<'_> {
                    fn drop(&mut self) {
                        self.0.fetch_sub(1, Ordering::Relaxed);
                    }
                }
                let _leave = Leave(busy);
                for turn in 0..20 {
                    let words: &[&str] = if (asker + turn) % 2 == 0 { &["-s"] } else { &["-s", "-uall"] };
                    let (output, _) = ask_as(env, dir, asker, words);
                    assert_eq!((output.code, output.stderr.as_bstr()), (0, b"".as_bstr()), "{words:?}");
                    for line in output.stdout.lines() {
                        let path = line.get(3..).unwrap_or_default().as_bstr();
                        let could_be = match line.get(..3) {
                            Some(b"?? ") => path.len() == 7 && path[1..].starts_with(b"/new-"),
                            Some(b" M ") => path == "1/f1" || path == "5/f1",
                            _ => false,
                        };
                        assert!(could_be, "{:?}", line.as_bstr());
                    }
                }
            });
        }
        let mut turn = 0;
        while busy.load(Ordering::Relaxed) > 0 {
            // What has just been changed is not remembered: now and then it is left alone.
            let name = dir.join(format!("{}/new-{}", 1 + turn % 4, turn % 3));
            let _ = if turn % 2 == 0 { fs::remove_file(name) } else { fs::write(name, "x") };
            if turn % 10 == 0 {
                fs::write(dir.join(format!("{}/f1", 1 + turn / 10 % 2 * 4)), format!("{}\n", turn / 10 % 4))
                    .expect("a writable file");
            }
            for (file, seen) in snapshots.iter().zip(&mut seen) {
                seen.extend(
                    fs::metadata(file).ok().map(|meta| (meta.ino(), meta.ctime(), meta.ctime_nsec())),
                );
            }
            std::thread::sleep(Duration::from_millis(20));
            turn += 1;
        }
    });
    // Contents are compared less often, on a busy machine.
    assert!(seen[0].len() > 3 && !seen[1].is_empty(), "written again and again: {seen:?}");
    let known = ["git-fast.program", "git-fast.status", "git-fast.status-contents"];
    assert_eq!(remembered(&dir), known.map(String::from).into());
    // Both can be read, and what they say is true.
    for file in &snapshots {
        let bytes = git_fast::index::Bytes::copy(&fs::read(file).expect("a snapshot"));
        assert!(git_fast::status::snapshot::Snapshot::new(bytes).is_some(), "{}", file.display());
    }
    same_native(&env, &dir, &["-s"]);
    same_native(&env, &dir, &["-s", "-uall", "--ignored"]);
    same_native(&env, &dir, &["--porcelain=v2"]);
}

#[test]
fn killed_while_it_remembers() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "for d in $(seq 40); do mkdir $d; echo x >$d/f; done; git add .; git commit -qm x; touch -d '1 hour ago' */*
         sleep 0.1",
    );
    let ours = || env.ours("git-faststatus", &dir, &["-s", "-uall"]);
    let snapshot = dir.join(".git/git-fast.status");
    let mut rng = fastrand::Rng::with_seed(20_261_129);
    // Killed sooner if it was done the last time, and later if it was not.
    let (mut killed, mut done, mut patience) = (0, 0, 5000);
    for turn in 0..1000 {
        if turn >= 60 && killed >= 10 && done >= 10 {
            break;
        }
        // All has to be read anew, and each file is compared.
        let _ = fs::remove_file(&snapshot);
        fs::write(dir.join(format!("{}/f", 1 + turn % 40)), "y\n").expect("a writable file");
        let mut child = ours().stdout(Stdio::null()).spawn().expect("our own program");
        std::thread::sleep(Duration::from_micros(rng.u64(patience / 2..=patience)));
        let _ = child.kill();
        if child.wait().expect("our own child").success() {
            done += 1;
            patience = (patience - patience / 10).max(100);
        } else {
            killed += 1;
            patience += patience / 10;
        }
        if let Ok(bytes) = fs::read(&snapshot) {
            let bytes = git_fast::index::Bytes::copy(&bytes);
            assert!(git_fast::status::snapshot::Snapshot::new(bytes).is_some(), "turn {turn}");
        }
        if turn % 10 == 9 {
            same_native(&env, &dir, &["-s", "-uall"]);
        }
    }
    assert!(killed >= 10 && done >= 10, "{killed} killed, {done} too late");
    // What they have left has a name by which maintenance knows it, and is in nobody's way.
    let known = |name: &String| {
        ["git-fast.status", "git-fast.status-contents", "git-fast.program"].contains(&name.as_str())
            || name.starts_with("git-fast.") && name["git-fast.".len()..].contains('.')
    };
    assert!(remembered(&dir).iter().all(known), "{:?}", remembered(&dir));
    same_native(&env, &dir, &["--porcelain=v2", "--ignored"]);
}

#[test]
fn the_index_of_the_history_comes_and_goes() {
    let mut env = Environment::new();
    let dir = repository(
        &env,
        "for n in 1 2 3 4 5; do git commit -q --allow-empty -m $n; done; git branch up; git branch -q -u up
         for n in 6 7 8; do git commit -q --allow-empty -m $n; done; git checkout -q up
         for n in 9 10; do git commit -q --allow-empty -m $n; done; git checkout -q main",
    );
    let recorder = Recorder::start(&mut env);
    let questions: [&[&str]; 3] = [&["-sb"], &["--porcelain=v2", "-b"], &[]];
    let theirs = questions.map(|words| git_status(&env, &dir, words));
    assert_eq!(theirs[0].stdout.as_bstr(), "## main...up [ahead 3, behind 2]\n");
    let (done, built) = (AtomicBool::new(false), AtomicUsize::new(0));
    // How often git counted, and how often the index did.
    let mut counted = [0; 2];
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                for action in ["build", "update", "build", "clear"] {
                    let output = env.optimize(&dir, &["index", action]);
                    assert!(!output.panicked() && !output.timed_out, "{action}: {}", output.stderr.as_bstr());
                }
                built.fetch_add(1, Ordering::Relaxed);
            }
        });
        let _end = End(&done);
        let mut turn = 0;
        while turn < 60 || turn < 600 && (built.load(Ordering::Relaxed) < 5 || counted.contains(&0)) {
            let at = turn % questions.len();
            drop(recorder.take());
            let (our, answered) = ask(&env, &dir, questions[at]);
            let by_git = recorder.take().iter().any(|asked| asked.words.starts_with("rev-list --count"));
            counted[usize::from(!by_git)] += 1;
            assert_eq!(answered.served, "native");
            assert_eq!(
                (our.code, our.stdout.as_bstr(), our.stderr.as_bstr()),
                (theirs[at].code, theirs[at].stdout.as_bstr(), theirs[at].stderr.as_bstr()),
            );
            turn += 1;
        }
    });
    assert!(built.into_inner() >= 5 && !counted.contains(&0), "{counted:?}");
}
