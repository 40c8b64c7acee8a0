//! `git optimize`: what it does, what it leaves alone, and what is left when it is killed. Every test compares the
//! repository with what `git fsck` and `git cat-file` said of it before.

mod browser;
mod coexist;
mod damaged;
mod debris;
mod doctor;
mod expiry;
mod figures;
mod json;
mod killed;
mod lost;
mod old_git;
mod report;
mod run;
mod schedule;
mod shown;
mod stats;
mod surroundings;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::support::repository::{Generated, Plan};
use crate::support::{Environment, Output, put_program};

/// Exit codes of `git optimize run`.
const DONE: i32 = 0;
const FAILED: i32 = 1;
const NOTHING: i32 = 2;
const SKIPPED: i32 = 3;
const LOCKED: i32 = 4;

/// A repository that wants maintenance: many packs, loose objects (some of which nothing reaches), loose refs.
fn ugly(env: &mut Environment, name: &str, seed: u64) -> Generated {
    env.set_config(&[("fastimport.unpackLimit", "1".as_ref())]);
    let mut it = Generated::new(env, name, Plan::plain(seed, 40));
    for _ in 0..12 {
        it.grow(env, 5);
    }
    env.set_config(&[]);
    make_loose(env, &it.dir, 120);
    it
}

/// A `git` that does what this script says before it does what it was asked to.
fn put_git(env: &mut Environment, script: &str) {
    let script = format!("{script}\nexec {} \"$@\"", env.real_git().display());
    put_program(env, "git", &script);
}

/// A `git` that does not repack before somebody says so.
struct Held {
    begun: PathBuf,
    go: PathBuf,
}

impl Held {
    fn new(env: &mut Environment) -> Held {
        let held = Held { begun: env.path().join("begun"), go: env.path().join("go") };
        let (begun, go) = (held.begun.display(), held.go.display());
        let wait = format!(": >'{begun}'; while [ ! -e '{go}' ]; do sleep 0.02; done");
        put_git(env, &format!("case \" $* \" in *' repack '*) {wait} ;; esac"));
        held
    }

    /// Waits until it would repack.
    fn wait(&self) {
        let end = Instant::now() + Duration::from_secs(50);
        while !self.begun.exists() {
            assert!(Instant::now() < end, "it does not begin");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn let_go(&self) {
        fs::write(&self.go, "").expect("writable");
    }
}

/// Back to the real one.
fn remove_git(env: &Environment) {
    fs::remove_file(env.path().join("programs/git")).expect("it was put there");
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Lets clones leave objects out. Returns its address.
fn filtering(it: &Generated, env: &Environment) -> String {
    env.git_ok(&it.dir, &["config", "uploadpack.allowFilter", "true"]);
    format!("file://{}", it.dir.display())
}

/// Adds loose objects and refs: blobs that nothing reaches, and commits that refs do.
fn make_loose(env: &Environment, dir: &Path, count: usize) {
    make_loose_on(env, dir, "main", count);
}

fn make_loose_on(env: &Environment, dir: &Path, parent: &str, count: usize) {
    let stamp =
        fs::read_dir(dir).map_or(0, Iterator::count) + env.git_ok(dir, &["count-objects", "-v"]).len();
    let mut paths = String::new();
    let scratch = env.path().join("scratch");
    fs::create_dir_all(&scratch).expect("a writable directory");
    for number in 0..count {
        let file = scratch.join(format!("blob-{number}"));
        fs::write(&file, format!("{} {stamp} {number}\n", dir.display())).expect("a writable directory");
        paths.push_str(&format!("{}\n", file.display()));
    }
    env.git_input(dir, &["hash-object", "-w", "--stdin-paths"], Some(paths.as_bytes()));
    for number in 0..40 {
        let message = format!("loose {stamp} {number}");
        let commit =
            env.git_ok(dir, &["commit-tree", "-p", parent, "-m", &message, &format!("{parent}^{{tree}}")]);
        let commit = String::from_utf8_lossy(&commit).trim().to_owned();
        env.git_ok(dir, &["update-ref", &format!("refs/heads/loose/{stamp}-{number}"), &commit]);
    }
}

/// All that must not change: every object, every ref, and what fsck says.
#[derive(Debug, PartialEq, Eq)]
struct Contents {
    objects: Vec<String>,
    refs: Vec<u8>,
    fsck: (i32, Vec<String>),
}

fn lines(text: &[u8]) -> Vec<String> {
    let mut lines: Vec<String> = String::from_utf8_lossy(text).lines().map(str::to_owned).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

fn contents(env: &Environment, dir: &Path) -> Contents {
    let objects = env.git(dir, &["cat-file", "--batch-all-objects", "--batch-check", "--unordered"]);
    let fsck = env.git(dir, &["fsck", "--full", "--no-progress", "--unreachable", "--no-reflogs"]);
    Contents {
        objects: lines(&objects.stdout),
        refs: env.git(dir, &["for-each-ref"]).stdout,
        fsck: (fsck.code, lines(&[fsck.stdout, fsck.stderr].concat())),
    }
}

/// Files that a finished run leaves nowhere.
fn temporaries(git_dir: &Path) -> Vec<String> {
    let index = crate::support::damage::index_dir(git_dir);
    let all = [git_dir, index.as_path()].into_iter().flat_map(crate::support::damage::files);
    let is_temporary = |name: &str| {
        let name = name.rsplit('/').next().unwrap_or(name);
        let lock = name.ends_with(".lock") && name != "optimize.lock";
        lock || name == "packed-refs.new"
            || name.starts_with("tmp_")
            || name.starts_with(".tmp-")
            || name.starts_with("tmp-")
    };
    all.map(|path| path.display().to_string()).filter(|name| is_temporary(name)).collect()
}

#[track_caller]
fn sane(output: &Output) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.panicked() && !output.timed_out, "exit {}: {errors}", output.code);
}

#[track_caller]
fn ends(output: Output, code: i32) -> String {
    sane(&output);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.code, code, "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    text
}
