//! Two runs at once, and others at work in the repository while a run is.

use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use fs2::FileExt;

use super::{
    DONE, Held, LOCKED, NOTHING, SKIPPED, contents, ends, errors, make_loose, sane, temporaries, ugly,
};
use crate::support::Environment;
use crate::support::damage::index_dir;

#[test]
fn the_second_run_says_who_is_at_work() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 51);
    env.index_ok(&it.dir, "build");
    let file = index_dir(&it.git_dir).join("optimize.lock");
    let held = std::fs::File::create(&file).expect("writable");
    std::fs::write(&file, r#"{"pid":4711,"since":"2026-01-02T03:04:05+00:00"}"#).expect("writable");
    held.lock_exclusive().expect("free");
    let output = env.optimize(&it.dir, &["run"]);
    assert_eq!(output.code, LOCKED);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(text, "error: process 4711 has been at work since 2026-01-02T03:04:05+00:00\n");
    FileExt::unlock(&held).expect("ours");
    // The file is still there, and means nothing.
    ends(env.optimize(&it.dir, &["run"]), DONE);
}

/// The same of one that is really at work.
#[test]
fn who_is_at_work_is_told_by_it() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 58);
    let held = Held::new(&mut env);
    let mut first =
        env.ours("git-optimize", &it.dir, &["run", "--quiet"]).spawn().expect("our programs are built");
    held.wait();
    let second = env.optimize(&it.dir, &["run"]);
    let text = errors(&second);
    held.let_go();
    assert_eq!(first.wait().expect("ours").code(), Some(DONE));
    assert_eq!(second.code, LOCKED, "{text}");
    let told = format!("error: process {} has been at work since ", first.id());
    let since = text.trim_end().strip_prefix(&told).unwrap_or_else(|| panic!("{text}"));
    let since: jiff::Timestamp = since.parse().expect("a time");
    let ago = jiff::Timestamp::now().duration_since(since).as_secs();
    assert!((0..60).contains(&ago), "{ago} seconds ago");
}

#[test]
fn runs_at_once_and_gits_own_maintenance() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 52);
    let before = contents(&env, &it.dir);
    let (env, dir) = (&env, it.dir.as_path());
    let codes: Vec<i32> = std::thread::scope(|scope| {
        let git = scope.spawn(|| {
            for task in ["gc", "incremental-repack", "pack-refs", "commit-graph"] {
                let output = env.git(dir, &["maintenance", "run", "--quiet", "--task", task]);
                assert_eq!(output.code, 0, "{task}: {}", errors(&output));
            }
        });
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| env.optimize(dir, &["run", "--full"]))).collect();
        let outputs: Vec<_> = runs.into_iter().map(|run| run.join().expect("no panic")).collect();
        git.join().expect("no panic");
        outputs.iter().for_each(sane);
        outputs.iter().map(|output| output.code).collect()
    });
    assert!(codes.iter().all(|code| [DONE, NOTHING, SKIPPED, LOCKED].contains(code)), "{codes:?}");
    let after = contents(env, dir);
    assert_eq!((after.objects, after.fsck, after.refs), (before.objects, before.fsck, before.refs));
    let end = env.optimize(dir, &["run"]);
    assert!([DONE, NOTHING].contains(&end.code), "{}", String::from_utf8_lossy(&end.stderr));
    assert_eq!(temporaries(&it.git_dir), Vec::<String>::new());
}

#[test]
fn a_running_gc_is_left_alone() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 53);
    let mut sleeper = env.command("sleep", &it.dir, &["60"]);
    let mut sleeper = sleeper.stdin(Stdio::null()).spawn().expect("sleep is there");
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    std::fs::write(it.git_dir.join("gc.pid"), format!("{} {host}\0", sleeper.id())).expect("writable");
    let text = ends(env.optimize(&it.dir, &["run"]), SKIPPED);
    assert!(text.contains("repack         skipped: git gc is running"), "{text}");
    sleeper.kill().expect("ours");
    sleeper.wait().expect("ours");
    ends(env.optimize(&it.dir, &["run"]), DONE);
}

/// `git maintenance` says by a lock file that it is at work. One that nobody has taken back for a day says nothing.
#[test]
fn a_running_maintenance_is_left_alone() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 56);
    let before = contents(&env, &it.dir);
    let lock = it.git_dir.join("objects/maintenance.lock");
    let file = std::fs::File::create(&lock).expect("writable");
    let packs = || std::fs::read_dir(it.git_dir.join("objects/pack")).expect("readable").count();
    let count = packs();
    let text = ends(env.optimize(&it.dir, &["run"]), SKIPPED);
    for task in ["multi-pack-index", "commit-graph", "repack"] {
        assert!(text.contains(&format!("{task:<14} skipped: git maintenance is running")), "{text}");
    }
    assert_eq!((packs(), lock.exists()), (count, true));
    // As git leaves it when it is killed: nobody has it open.
    file.set_modified(SystemTime::now() - Duration::from_secs(2 * 86_400)).expect("ours");
    drop(file);
    let text = ends(env.optimize(&it.dir, &["run"]), DONE);
    assert!(text.contains("temporaries    done: removed 1"), "{text}");
    assert!(!lock.exists() && packs() < count);
    assert_eq!(contents(&env, &it.dir), before);
    env.git_ok(&it.dir, &["maintenance", "run", "--quiet"]);
}

/// Commits, fetches, checkouts and status by others, for as long as runs follow one another.
#[test]
fn others_work_on() {
    const DURATION: Duration = Duration::from_secs(5);
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 54);
    let upstream = ugly(&mut env, "upstream", 55);
    env.git_ok(&it.dir, &["checkout", "-q", "-f", "main"]);
    env.git_ok(&it.dir, &["branch", "other", "main~3"]);
    env.git_ok(&it.dir, &["remote", "add", "up", &upstream.dir.display().to_string()]);
    let (done, problems) = (AtomicBool::new(false), Mutex::new(Vec::<String>::new()));
    let counts: [AtomicUsize; 5] = Default::default();
    let env = &env;
    let attempt = |kind: usize, dir: &Path, args: &[&str]| {
        let output = env.git(dir, args);
        counts[kind].fetch_add(1, Ordering::Relaxed);
        if output.code != 0 {
            let text = format!("git {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
            problems.lock().expect("no panic").push(text);
        }
    };
    let worktree = env.path().join("linked");
    env.git_ok(&it.dir, &["worktree", "add", "-q", &worktree.display().to_string(), "other"]);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                attempt(0, &it.dir, &["commit", "-q", "--allow-empty", "-m", "one more"]);
            }
        });
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                attempt(1, &worktree, &["checkout", "-q", "--detach", "main"]);
                attempt(1, &worktree, &["checkout", "-q", "other"]);
                attempt(2, &worktree, &["status", "--porcelain"]);
            }
        });
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                make_loose(env, &upstream.dir, 2);
                attempt(3, &it.dir, &["fetch", "-q", "up"]);
            }
        });
        let end = Instant::now() + DURATION;
        while Instant::now() < end {
            let output = env.optimize(&it.dir, &["run", "--full"]);
            sane(&output);
            counts[4].fetch_add(1, Ordering::Relaxed);
            if ![DONE, NOTHING, SKIPPED].contains(&output.code) {
                problems.lock().expect("no panic").push(String::from_utf8_lossy(&output.stderr).into_owned());
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    let problems = problems.into_inner().expect("no panic");
    assert!(problems.is_empty(), "{} problems, the first: {}", problems.len(), problems[0]);
    let counts = counts.map(AtomicUsize::into_inner);
    assert!(counts.iter().all(|count| *count > 0), "too little happened to prove anything: {counts:?}");
    let fsck = env.git(&it.dir, &["fsck", "--full", "--no-progress"]);
    assert_eq!(fsck.code, 0, "{}", String::from_utf8_lossy(&fsck.stderr));
}

/// What was in another's hands for a moment is not put off like something that fails.
#[test]
fn an_index_that_another_process_writes_is_updated_the_next_time() {
    let mut env = Environment::new();
    let mut it = ugly(&mut env, "repository", 55);
    ends(env.optimize(&it.dir, &["run"]), DONE);
    it.grow(&env, 5);
    let lock = std::fs::File::open(index_dir(&it.git_dir).join("lock")).expect("there is an index");
    lock.lock_exclusive().expect("free");
    assert_eq!(env.optimize(&it.dir, &["run", "--auto"]).code, SKIPPED);
    drop(lock);
    assert_eq!(env.optimize(&it.dir, &["run", "--auto"]).code, DONE);
    env.index_ok(&it.dir, "verify");
}
