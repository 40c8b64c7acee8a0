//! Snapshots and indexes that are damaged, foreign or from the future, places that are gone or closed: git's answer
//! or git's error, and nothing lost.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::{ask, git_status, repository, same, same_native, shell};
use crate::support::{Environment, damage};

/// Untracked and ignored files, changes of every kind.
const STATE: &str =
    "mkdir -p d/e build; for f in a b c d/f d/e/g; do echo $f >$f; done; echo build >.gitignore
    git add .; git commit -qm x; echo o >build/o; echo n >d/new; echo changed >a; rm b; echo s >c; git add c
    sleep 0.1; git-faststatus >/dev/null; sleep 0.1; git-faststatus --ignored >/dev/null";

fn snapshot(dir: &Path) -> PathBuf {
    dir.join(".git/git-fast.status")
}

#[test]
fn a_snapshot_with_any_byte_changed_or_any_end_cut_off() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    let good = fs::read(snapshot(&dir)).expect("there is a snapshot");
    let their = git_status(&env, &dir, &["-s", "--ignored"]).stdout;
    let mut rng = fastrand::Rng::with_seed(4);
    for turn in 0..60 {
        let mut bytes = good.clone();
        match turn % 3 {
            0 => bytes.truncate(rng.usize(0..good.len())),
            1 => bytes[rng.usize(0..good.len())] ^= 1 << rng.u8(0..8),
            // Damage under a hash that says that all is well.
            _ => {
                let at = rng.usize(40..good.len());
                bytes[at] = rng.u8(..);
                let hash = blake3::hash(&bytes[40..]);
                bytes[8..40].copy_from_slice(hash.as_bytes());
            }
        }
        fs::remove_file(snapshot(&dir)).expect("our own file");
        fs::write(snapshot(&dir), bytes).expect("a writable directory");
        let (output, answered) = ask(&env, &dir, &["-s", "--ignored"]);
        assert!(!output.panicked() && output.code == 0, "turn {turn}");
        // Whoever writes the hash may write names, too: the answer is then about another directory, no more.
        if turn % 3 < 2 {
            assert_eq!((output.stdout, answered.served.as_str()), (their.clone(), "native"), "turn {turn}");
        }
    }
}

#[test]
fn something_else_in_the_place_of_the_snapshot() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    let file = snapshot(&dir);
    let foreign: [fn(&Path); 5] = [
        |file| fs::create_dir(file).expect("a new directory"),
        |file| symlink("index", file).expect("a new link"),
        |file| symlink("git-fast.status", file).expect("a new link"),
        |file| fs::write(file, "").expect("a new file"),
        |file| fs::write(file, [0u8; 4096]).expect("a new file"),
    ];
    for place in foreign {
        let _ = fs::remove_file(&file).or_else(|_| fs::remove_dir(&file));
        place(&file);
        same_native(&env, &dir, &["-s", "--ignored"]);
    }
}

#[test]
fn the_snapshot_of_another_worktree() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    let other = env.path().join("other");
    shell(&env, env.path(), "cp -a repository other; rm -r other/d; echo new >other/new");
    shell(&env, &other, "git-faststatus >/dev/null; sleep 0.1; git-faststatus >/dev/null");
    fs::copy(snapshot(&other), snapshot(&dir)).expect("both are ours");
    same_native(&env, &dir, &["-s", "-uall", "--ignored"]);
}

#[test]
fn a_damaged_index_is_gits_to_complain_about() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    let index = dir.join(".git/index");
    let good = fs::read(&index).expect("there is an index");
    let mut rng = fastrand::Rng::with_seed(5);
    for turn in 0..60 {
        let mut bytes = good.clone();
        match turn % 4 {
            0 => bytes.truncate(rng.usize(0..good.len())),
            1 => bytes.extend((0..rng.usize(1..99)).map(|_| rng.u8(..))),
            // Modes, flags, names and extensions rather than stat data, where damage is just a change.
            _ => {
                let at = rng.usize(0..good.len() - 20);
                bytes[at] ^= 1 << rng.u8(0..8);
            }
        }
        damage::replace(&index, Some(&bytes));
        same(&env, &dir, &["--porcelain=v2"]);
    }
}

#[test]
fn an_index_from_a_newer_git() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    let index = dir.join(".git/index");
    let good = fs::read(&index).expect("there is an index");
    let mut newer = good.clone();
    newer[7] = 5;
    damage::replace(&index, Some(&newer));
    assert_eq!(same(&env, &dir, &["-s"]).served, "git");
    let end = good.len() - 20;
    for name in [b"NEWX", b"newx"] {
        let mut newer = good[..end].to_vec();
        newer.extend_from_slice(name);
        newer.extend_from_slice(&[0, 0, 0, 0]);
        newer.extend_from_slice(&[0; 20]);
        damage::replace(&index, Some(&newer));
        assert_eq!(same(&env, &dir, &["-s"]).served, "git");
    }
}

#[test]
fn a_worktree_that_is_deleted_under_it() {
    let env = Environment::new();
    repository(&env, STATE);
    let script = |program: &str| {
        let script = format!("cd gone; rm -rf ../gone; {program} -s");
        env.run(env.command("sh", env.path(), &["-c", &script]))
    };
    let prepare = || shell(&env, env.path(), "cp -a repository gone");
    prepare();
    let their = script("git status");
    prepare();
    let our = script("git-faststatus");
    assert!(!our.panicked());
    assert_eq!((our.code, our.stdout, our.stderr), (their.code, their.stdout, their.stderr));
}

/// Whoever is asked meanwhile sees some of it, or that it is no repository any more: what git says then it says as git.
#[test]
fn a_worktree_that_is_being_deleted() {
    let env = Environment::new();
    let script = "for d in 1 2 3 4 5 6 7 8 9; do mkdir -p $d/e; for f in 1 2 3 4 5 6 7 8 9; do echo $f >$d/e/$f; done; done
        git add .; git commit -qm x; echo n >1/new";
    let dir = repository(&env, script);
    let gone = env.path().join("gone");
    let mut during = 0;
    for turn in 0..16 {
        shell(&env, env.path(), "cp -a repository gone");
        let mut asked = 0;
        std::thread::scope(|scope| {
            let deleting = scope.spawn(|| {
                std::thread::sleep(std::time::Duration::from_millis(turn));
                // Whoever asks may leave a snapshot in a directory that is just being deleted.
                shell(&env, env.path(), "until rm -rf gone 2>/dev/null; do :; done");
            });
            while !deleting.is_finished() && gone.is_dir() {
                let script = "cd gone 2>/dev/null || exit 77; exec \"$@\" -s";
                let mut command = env.command("sh", env.path(), &["-c", script, "sh"]);
                match (turn + asked) % 4 {
                    0 => command.args(["git", "--no-optional-locks", "status"]),
                    _ => command.arg("git-faststatus"),
                };
                let output = env.run(command);
                asked += 1;
                assert!(!output.panicked() && !output.timed_out, "{output:?}");
                let errors = String::from_utf8_lossy(&output.stderr);
                let is_status = |line: &str| line.get(2..3) == Some(" ");
                match output.code {
                    77 => {}
                    0 => assert!(super::text(&output).lines().all(is_status), "{output:?}"),
                    128 => assert!(errors.contains("fatal: ") && output.stdout.is_empty(), "{output:?}"),
                    _ => panic!("{output:?}"),
                }
            }
        });
        during += asked;
    }
    assert!(during > 0, "nobody asked in time");
    same_native(&env, &dir, &["-s"]);
}

#[test]
fn what_may_not_be_read_or_written() {
    let mut env = Environment::new();
    let dir = repository(&env, STATE);
    env.drop_privileges();
    let mode = |path: &str, mode: u32| {
        fs::set_permissions(dir.join(path), fs::Permissions::from_mode(mode)).expect("a file of the test");
    };
    for (path, closed, open) in [
        ("d/e", 0o000, 0o755),
        ("d/e", 0o400, 0o755),
        ("d", 0o100, 0o755),
        ("a", 0o000, 0o644),
        (".gitignore", 0o000, 0o644),
        (".git", 0o500, 0o755),
        (".git/index", 0o000, 0o644),
        (".git/git-fast.status", 0o000, 0o600),
        (".git/info/exclude", 0o000, 0o644),
        (".git/HEAD", 0o000, 0o644),
        (".git/objects", 0o000, 0o755),
    ] {
        mode(path, closed);
        for words in [&["-s"][..], &["-s", "-uall", "--ignored"], &["-uno"], &[]] {
            same(&env, &dir, words);
        }
        mode(path, open);
        same(&env, &dir, &["-s"]);
    }
}

#[test]
fn a_full_disk() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    fs::remove_file(snapshot(&dir)).expect("there is a snapshot");
    // No process may write a file longer than nothing: what a full disk is to a new file. Pipes are not files.
    let script = |program: &str| {
        let script = format!("trap '' XFSZ; ulimit -f 0; {program} -s --ignored");
        let mut command = env.command("sh", &dir, &["-c", &script]);
        command.env("GIT_OPTIONAL_LOCKS", "0");
        env.run(command)
    };
    let (their, our) = (script("git status"), script("git-faststatus --no-fallback"));
    assert!(!our.panicked());
    assert_eq!((our.code, our.stdout, our.stderr), (their.code, their.stdout, their.stderr));
    assert!(!snapshot(&dir).exists());
    let left = damage::files(&dir.join(".git"));
    assert!(left.iter().all(|file| !file.to_string_lossy().contains("git-fast.status.")), "{left:?}");
    same_native(&env, &dir, &["-s"]);
}
