//! What killed git processes leave: what is removed, and what may be somebody's yet.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, SystemTime};

use super::{DONE, NOTHING, SKIPPED, ends};
use crate::support::Environment;
use crate::support::repository::{Generated, Plan};

/// Locks and temporaries of git's that no test of [`super::run`] has.
const LEFT: &[&str] =
    &["index.lock", "config.lock", "shallow.lock", "gc.pid", "objects/tmp_objdir-incoming-x"];

fn age(path: &Path, days: u64) {
    let when = SystemTime::now() - Duration::from_secs(days * 86_400);
    fs::File::open(path).and_then(|file| file.set_modified(when)).expect("ours");
}

/// The process id of nobody any more.
fn dead(env: &Environment) -> u32 {
    let mut child = env.command("true", env.path(), &[""; 0]).spawn().expect("true is there");
    child.wait().expect("ours");
    child.id()
}

fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Puts all of [`LEFT`] there, so many days old.
fn put(env: &Environment, it: &Generated, days: u64) {
    for name in LEFT {
        let path = it.git_dir.join(name);
        if name.contains("objdir") {
            fs::create_dir_all(path.join("pack")).expect("writable");
            for inner in [path.join("pack/tmp_pack_1"), path.join("pack"), path.clone()] {
                if !inner.exists() {
                    fs::write(&inner, "half").expect("writable");
                }
                age(&inner, days);
            }
            continue;
        }
        fs::write(&path, format!("{} {}\0", dead(env), host())).expect("writable");
        age(&path, days);
    }
}

fn there(it: &Generated) -> Vec<&'static str> {
    LEFT.iter().copied().filter(|name| it.git_dir.join(name).exists()).collect()
}

fn repository(env: &Environment, seed: u64) -> Generated {
    let it = Generated::new(env, "repository", Plan::plain(seed, 10));
    env.git_ok(&it.dir, &["checkout", "-q", "-f", "main"]);
    ends(env.optimize(&it.dir, &["run"]), DONE);
    it
}

#[test]
fn what_is_old_goes_and_git_works_again() {
    let env = Environment::new();
    let it = repository(&env, 211);
    put(&env, &it, 0);
    ends(env.optimize(&it.dir, &["run"]), NOTHING);
    assert_eq!(there(&it), LEFT);
    put(&env, &it, 2);
    assert_eq!(env.git(&it.dir, &["commit", "-q", "--allow-empty", "-m", "locked out"]).code, 128);
    let text = ends(env.optimize(&it.dir, &["run"]), DONE);
    assert!(text.contains("removed 5 ("), "{text}");
    assert_eq!(there(&it), [""; 0]);
    env.git_ok(&it.dir, &["commit", "-q", "--allow-empty", "-m", "free"]);
    env.git_ok(&it.dir, &["config", "user.x", "y"]);
}

/// While an index is built its files are nobody's debris, however closely one looks.
#[test]
fn what_is_being_written_is_no_problem() {
    let env = Environment::new();
    let it = repository(&env, 215);
    let path = it.index_dir().join("tmp-being-written");
    let writer = fs::File::create(&path).expect("writable");
    let text = ends(env.optimize(&it.dir, &["doctor"]), 0);
    assert!(!text.contains("problem"), "{text}");
    ends(env.optimize(&it.dir, &["run", "--full"]), DONE);
    assert!(path.exists());
    drop(writer);
    let text = ends(env.optimize(&it.dir, &["doctor"]), 1);
    assert!(text.contains("problem  temporaries    1 left behind"), "{text}");
    ends(env.optimize(&it.dir, &["run"]), DONE);
    assert!(!path.exists());
}

/// A killed `index clear` leaves what it has put aside.
#[test]
fn what_was_being_cleared_goes() {
    let env = Environment::new();
    let it = repository(&env, 216);
    let aside = it.git_dir.join("git-fast.removed.tmp");
    fs::create_dir(&aside).expect("a new directory");
    fs::write(aside.join("paths.seg"), "half").expect("writable");
    ends(env.optimize(&it.dir, &["run"]), NOTHING);
    assert!(aside.exists());
    age(&aside.join("paths.seg"), 2);
    age(&aside, 2);
    ends(env.optimize(&it.dir, &["run"]), DONE);
    assert!(!aside.exists());
}

/// A push that goes on for long writes into its quarantine, not into the directory that holds it.
#[test]
fn a_quarantine_is_as_old_as_what_was_written_last() {
    let env = Environment::new();
    let it = repository(&env, 212);
    put(&env, &it, 2);
    age(&it.git_dir.join("objects/tmp_objdir-incoming-x/pack/tmp_pack_1"), 0);
    ends(env.optimize(&it.dir, &["run"]), DONE);
    assert_eq!(there(&it), ["objects/tmp_objdir-incoming-x"]);
}

/// The process that `gc.pid` names lives, or can't be looked at from here.
#[test]
fn a_gc_that_may_run_keeps_its_mark() {
    let env = Environment::new();
    let it = repository(&env, 213);
    let mark = it.git_dir.join("gc.pid");
    for text in [format!("{} {}\0", std::process::id(), host()), format!("{} elsewhere\0", dead(&env))] {
        fs::write(&mark, &text).expect("writable");
        age(&mark, 2);
        ends(env.optimize(&it.dir, &["run"]), NOTHING);
        assert_eq!(fs::read_to_string(&mark).expect("it stays"), text);
    }
}

/// git closes a lock file as soon as it has written it, and may keep it for as long as it runs: while any git is at work in
/// the repository, wherever it was started and whatever it has open, nothing of it is taken away.
#[test]
fn what_a_living_git_may_own_stays() {
    let env = Environment::new();
    let it = repository(&env, 214);
    let git_dir = it.git_dir.display().to_string();
    let option = format!("--git-dir={git_dir}");
    let start = |dir: &Path, args: &[&str], variables: &[(&str, &str)]| -> Child {
        let mut command = env.command("git", dir, args);
        command.args(["cat-file", "--batch"]).envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("git is there")
    };
    for (dir, args, variables) in [
        (it.dir.as_path(), &[][..], &[][..]),
        (env.path(), &[option.as_str()], &[]),
        (env.path(), &["--git-dir", "repository/.git"], &[]),
        (env.path(), &[], &[("GIT_DIR", git_dir.as_str())]),
    ] {
        put(&env, &it, 2);
        let mut git = start(dir, args, variables);
        let text = ends(env.optimize(&it.dir, &["run"]), SKIPPED);
        let reason = format!("git is running (process {})", git.id());
        assert!(text.contains(&reason), "{reason} is not in\n{text}");
        assert_eq!(there(&it), LEFT, "{args:?}");
        git.kill().and_then(|()| git.wait()).expect("ours");
    }
    // One that works elsewhere is none of its business.
    let other = Generated::new(&env, "other", Plan::plain(215, 3));
    let mut git = start(&other.dir, &[], &[]);
    ends(env.optimize(&it.dir, &["run"]), DONE);
    assert_eq!(there(&it), [""; 0]);
    git.kill().and_then(|()| git.wait()).expect("ours");
}
