//! Readers, committers and builders at the same time, and builders that are killed: every answer is one that
//! git could have given at some moment of the question, and the index comes out sound.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bstr::ByteSlice;
use fastrand::Rng;

use crate::differential::compare::difference;
use crate::support::repository::{Generated, Plan, args};
use crate::support::{Environment, Output, damage};

/// How long the mixed run lasts.
const DURATION: Duration = Duration::from_secs(5);

/// No answer may take longer, whatever else is going on.
const LIMIT: Duration = Duration::from_secs(20);

/// What the readers ask, one each. Every new commit changes every answer, so that an answer tells at which moment it was
/// true.
const QUESTIONS: &[&[&str]] = &[
    &["--format=%H %s", "main"],
    &["--graph", "--oneline", "main"],
    &["--format=%h %ad", "main", "--", "tick"],
    &["-n5", "--stat", "main"],
    &["--author=A U", "--format=%H", "--topo-order", "main"],
];

#[test]
fn readers_writers_and_killed_builders() {
    let mut env = Environment::new();
    env.set_limit(LIMIT);
    let repository = Generated::new(&env, "repository", Plan::plain(5, 200));
    let dir = repository.dir.as_path();
    env.index_ok(dir, "build");
    let trees = [tree_with(&env, dir, "tick\n"), tree_with(&env, dir, "tock\n")];
    let seen = Mutex::new(vec![ask_git(&env, dir)]);
    let done = AtomicBool::new(false);
    // Builders that were killed, of them those that were at work, and segments that became one with others.
    let (kills, interrupted, joined) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let answers: Vec<AtomicUsize> = QUESTIONS.iter().map(|_| AtomicUsize::new(0)).collect();
    let problems = Mutex::new(Vec::<String>::new());
    let problem = |text: String| problems.lock().expect("no panic").push(text);
    std::thread::scope(|scope| {
        for (number, question) in QUESTIONS.iter().enumerate() {
            let (answers, env, done, seen) = (&answers[number], &env, &done, &seen);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    let before = seen.lock().expect("no panic").len() - 1;
                    let (output, _) = env.fastlog(dir, &args(question), None);
                    answers.fetch_add(1, Ordering::Relaxed);
                    // A commit that has just been made is in `seen` only a moment later: the lock orders the two.
                    let seen = seen.lock().expect("no panic");
                    let right = seen[before..].iter().any(|answers| answers[number] == output.stdout);
                    if output.code != 0 || output.panicked() || output.timed_out || !right {
                        let errors = output.stderr.as_bstr();
                        problem(format!("{question:?}, asked at {before}: exit {}, {errors}", output.code));
                    }
                }
            });
        }
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                // Each adds a segment, or joins it with those before it, until a build makes one of all.
                for action in ["update", "update", "update", "build"] {
                    let output = env.optimize(dir, &["index", action]);
                    joined.fetch_add(joined_segments(&output), Ordering::Relaxed);
                    // Another builder may be at work: that is no error of this one, but it must say so and end.
                    if output.panicked() || output.timed_out {
                        problem(format!("{action}: {}", output.stderr.as_bstr()));
                    }
                }
            }
        });
        scope.spawn(|| {
            let mut rng = Rng::with_seed(5);
            while !done.load(Ordering::Relaxed) {
                let at_work = kill_a_builder(&env, dir, &mut rng);
                interrupted.fetch_add(usize::from(at_work), Ordering::Relaxed);
                kills.fetch_add(1, Ordering::Relaxed);
            }
        });
        // For as long as it takes until everybody has had a turn or two.
        let (end, last) = (Instant::now() + DURATION, Instant::now() + 12 * DURATION);
        let few = || {
            let answers = answers.iter().any(|count| count.load(Ordering::Relaxed) < 5);
            answers || [&interrupted, &joined].iter().any(|count| count.load(Ordering::Relaxed) < 5)
        };
        for tree in trees.iter().cycle() {
            if Instant::now() > end && !(few() && Instant::now() < last) {
                break;
            }
            commit(&env, dir, tree, &seen);
        }
        done.store(true, Ordering::Relaxed);
    });
    let problems = problems.into_inner().expect("no panic");
    assert!(problems.is_empty(), "{} problems, the first: {}", problems.len(), problems[0]);
    let answers: Vec<usize> = answers.into_iter().map(AtomicUsize::into_inner).collect();
    let (kills, interrupted, joined) = (kills.into_inner(), interrupted.into_inner(), joined.into_inner());
    let enough = answers.iter().all(|count| *count >= 5) && interrupted >= 5 && joined >= 5;
    assert!(
        enough && interrupted > kills / 5,
        "too little happened to prove anything: {answers:?}, {interrupted} of {kills} builders killed at work, {joined} segments joined"
    );
    let seen = seen.into_inner().expect("no panic");
    for pair in seen.windows(2) {
        assert!(
            (0..QUESTIONS.len()).all(|number| pair[0][number] != pair[1][number]),
            "an answer stays the same"
        );
    }
    sound_afterwards(&env, dir);
}

/// The tree of main with this in the file `tick`.
fn tree_with(env: &Environment, dir: &Path, content: &str) -> String {
    let hex = |bytes: Vec<u8>| bytes.trim_end().to_str().expect("hex").to_owned();
    let blob = hex(env.git_input(dir, &["hash-object", "-w", "--stdin"], Some(content.as_bytes())));
    let mut entries = env.git_ok(dir, &["ls-tree", "-z", "main"]);
    entries.extend(format!("100644 blob {blob}\ttick\0").bytes());
    hex(env.git_input(dir, &["mktree", "-z"], Some(&entries)))
}

/// Makes a commit on main. Readers' answers are judged only after it is known, so the lock is held meanwhile.
fn commit(env: &Environment, dir: &Path, tree: &str, seen: &Mutex<Vec<Vec<Vec<u8>>>>) {
    {
        let mut seen = seen.lock().expect("no panic");
        let new = env.git_ok(dir, &["commit-tree", "-p", "main", "-m", "one more", tree]);
        env.git_ok(dir, &["update-ref", "refs/heads/main", new.trim_end().to_str().expect("hex")]);
        seen.push(ask_git(env, dir));
    }
    std::thread::sleep(Duration::from_millis(30));
}

fn ask_git(env: &Environment, dir: &Path) -> Vec<Vec<u8>> {
    QUESTIONS.iter().map(|question| env.log(dir, &args(question), None).success("git log")).collect()
}

/// How many segments an update says that it has joined with what it adds.
pub(crate) fn joined_segments(update: &Output) -> usize {
    let said = update.stdout.to_str_lossy();
    let number = said.split_once("(joined with ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
    number.unwrap_or(0)
}

/// Starts a builder and kills it after a moment; whether it was still at work.
fn kill_a_builder(env: &Environment, dir: &Path, rng: &mut Rng) -> bool {
    let action = if rng.bool() { "build" } else { "update" };
    kill_soon(env.ours("git-optimize", dir, &["index", action]), rng)
}

/// Starts one of our programs and kills it after a moment; whether it was still at work.
fn kill_soon(mut command: Command, rng: &mut Rng) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = quiet.spawn().expect("our programs are built");
    std::thread::sleep(Duration::from_micros(rng.u64(0..30_000)));
    child.kill().expect("the child is ours");
    child.wait().expect("the child is ours").code().is_none()
}

/// Asks both.
#[track_caller]
fn same_answer(env: &Environment, dir: &Path, question: &[&str]) {
    let theirs = env.log(dir, &args(question), None);
    let (ours, trace) = env.fastlog(dir, &args(question), None);
    let text = difference(&ours, &theirs, false);
    assert!(text.is_none(), "{}\n{trace:?}", text.unwrap_or_default());
}

/// The index that is there is sound, and every kind of answer is right; and again when it is built anew.
fn sound_afterwards(env: &Environment, dir: &Path) {
    env.index_ok(dir, "verify");
    for _ in ["as it was left", "built again"] {
        for question in
            [&["--all", "--format=%H %P %an %ad %s"][..], &["--oneline", "--", "src"], &["--graph"]]
        {
            same_answer(env, dir, question);
        }
        env.index_ok(dir, "build");
        env.index_ok(dir, "verify");
    }
}

#[test]
fn killed_builders_leave_a_usable_index() {
    let env = Environment::new();
    let mut repository = Generated::new(&env, "repository", Plan::plain(6, 300));
    let dir = repository.dir.clone();
    let mut rng = Rng::with_seed(6);
    let (end, last) = (Instant::now() + Duration::from_secs(3), Instant::now() + Duration::from_secs(60));
    let (mut survived, mut interrupted) = (0, 0);
    while Instant::now() < end || interrupted < 10 && Instant::now() < last {
        // What is published stays, and stays sound, whoever is killed.
        let published = repository.index_dir().join("MANIFEST").exists();
        match kill_a_builder(&env, &dir, &mut rng) {
            true => interrupted += 1,
            false => survived += 1,
        }
        if published {
            env.index_ok(&dir, "verify");
        }
        if rng.u8(0..4) == 0 {
            repository.grow(&env, 2);
        }
        same_answer(&env, &dir, &["--oneline", "--all"]);
    }
    assert!(
        interrupted >= 10 && interrupted > survived / 4,
        "{interrupted} were interrupted, {survived} were not"
    );
    sound_afterwards(&env, &dir);
}

/// The first question builds the index on the spot: whoever asks is killed meanwhile.
#[test]
fn killed_while_building_on_the_spot() {
    let env = Environment::new();
    let repository = Generated::new(&env, "repository", Plan::plain(10, 300));
    let (dir, index) = (repository.dir.as_path(), repository.index_dir());
    let mut rng = Rng::with_seed(10);
    let last = Instant::now() + Duration::from_secs(60);
    let mut interrupted = 0;
    while interrupted < 10 {
        assert!(Instant::now() < last, "only {interrupted} were killed while they built");
        repository.remove_index();
        let _ = fs::remove_file(repository.git_dir.join("git-fast.attempt"));
        let _ = fs::remove_file(repository.git_dir.join("git-fast.key"));
        let killed = kill_soon(env.ours("git-fastlog", dir, &["--oneline", "--all"]), &mut rng);
        match index.join("MANIFEST").exists() {
            true => env.index_ok(dir, "verify"),
            false => interrupted += usize::from(killed && index.exists()),
        }
        same_answer(&env, dir, &["--oneline", "--all"]);
    }
    sound_afterwards(&env, dir);
    let left = damage::files(&index);
    let debris =
        |file: &&PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("tmp-"));
    assert_eq!(left.iter().find(debris), None, "the next writer removes it");
}

/// `git clean -fdx` and `git stash --all` take the index away from readers and writers.
#[test]
fn the_index_is_taken_away_again_and_again() {
    let mut env = Environment::new();
    env.set_limit(LIMIT);
    let repository = Generated::new(&env, "repository", Plan::plain(9, 120));
    let dir = repository.dir.as_path();
    env.git_ok(dir, &["reset", "-q", "--hard"]);
    // Where it is kept is decided once, and not while it is taken away.
    env.index_ok(dir, "build");
    let answers = ask_git(&env, dir);
    let (done, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    let problems = Mutex::new(Vec::<String>::new());
    let problem = |text: String| problems.lock().expect("no panic").push(text);
    let mut taken = 0;
    std::thread::scope(|scope| {
        for (question, expected) in QUESTIONS.iter().zip(&answers) {
            let (env, done, asked) = (&env, &done, &asked);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    let (output, trace) = env.fastlog(dir, &args(question), None);
                    asked.fetch_add(1, Ordering::Relaxed);
                    if output.code != 0 || output.panicked() || output.timed_out || output.stdout != *expected
                    {
                        let errors = output.stderr.as_bstr();
                        problem(format!("{question:?}: exit {}, {errors}, {trace:?}", output.code));
                    }
                }
            });
        }
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let output = env.optimize(dir, &["index", "update"]);
                if output.panicked() || output.timed_out {
                    problem(format!("update: {}", output.stderr.as_bstr()));
                }
            }
        });
        let (end, last) = (Instant::now() + DURATION, Instant::now() + 12 * DURATION);
        while Instant::now() < end || taken < 10 && Instant::now() < last {
            if !repository.index_dir().exists() {
                std::thread::sleep(Duration::from_millis(1));
                continue;
            }
            // Files come and go while these look: they may fail.
            match taken % 3 {
                0 => drop(env.git(dir, &["stash", "push", "-q", "--all"])),
                _ => drop(env.git(dir, &["clean", "-q", "-ffdx"])),
            }
            let _ = env.git(dir, &["update-ref", "-d", "refs/stash"]);
            taken += 1;
        }
        done.store(true, Ordering::Relaxed);
    });
    let problems = problems.into_inner().expect("no panic");
    assert!(problems.is_empty(), "{} problems, the first: {}", problems.len(), problems[0]);
    // It comes back to where it was.
    assert!(!repository.git_dir.join("git-fast").exists());
    let asked = asked.into_inner();
    assert!(
        taken >= 10 && asked >= 20,
        "too little happened to prove anything: {taken} times, {asked} answers"
    );
    env.index_ok(dir, "update");
    sound_afterwards(&env, dir);
}

#[test]
fn builders_at_once() {
    let env = Environment::new();
    let repository = Generated::new(&env, "repository", Plan::plain(7, 300));
    let dir = repository.dir.as_path();
    let outputs: Vec<Output> = std::thread::scope(|scope| {
        let builders: Vec<_> =
            (0..4).map(|_| scope.spawn(|| env.optimize(dir, &["index", "build"]))).collect();
        builders.into_iter().map(|builder| builder.join().expect("no panic")).collect()
    });
    for output in &outputs {
        assert!(!output.panicked() && !output.timed_out, "{}", output.stderr.as_bstr());
    }
    assert!(outputs.iter().any(|output| output.code == 0), "nobody built the index");
    sound_afterwards(&env, dir);
}

#[test]
fn a_reader_goes_away() {
    // A pager that is left early closes the pipe: git dies of SIGPIPE and says nothing, and so do we.
    let env = Environment::new();
    let repository = Generated::new(&env, "repository", Plan::plain(8, 400));
    env.index_ok(&repository.dir, "build");
    let script = "(\"$@\" --format=%H%n%B -p --all; echo $? >&2) | head -c 10";
    let end_of = |program: &[&str]| {
        let mut command = env.command("sh", &repository.dir, &["-c", script, "sh"]);
        command.args(program);
        let output = env.run(command);
        (output.stderr.as_bstr().to_string(), output.stdout.len())
    };
    let ours =
        env.ours("git-fastlog", &repository.dir, &[""; 0]).get_program().to_string_lossy().into_owned();
    assert_eq!(end_of(&[&ours]), end_of(&["git", "log"]));
}
