//! git's index is never locked and never written, whoever answers.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{ask_and_compare, git_status, repository, shell};
use crate::support::Environment;

/// git would write what it has found out about files that seem to have changed.
const STATE: &str = "mkdir d e; for f in a b d/c e/g; do echo $f >$f; done; git add .; git commit -qm x
    git update-index --force-untracked-cache; sleep 0.1; touch a d/c; echo 2 >b; echo n >d/n; echo s >s; git add s
    touch -d '1 hour ago' e/g";

/// Everything about an index that a write would change.
type Identity = (Vec<u8>, i64, i64, u64);

fn identity(dir: &Path) -> Identity {
    identity_of(&dir.join(".git/index"))
}

fn identity_of(file: &Path) -> Identity {
    let meta = fs::metadata(file).expect("there is an index");
    (fs::read(file).expect("there is an index"), meta.mtime(), meta.mtime_nsec(), meta.ino())
}

#[test]
fn an_index_that_somebody_has_locked_is_read() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    let (before, lock) = (identity(&dir), dir.join(".git/index.lock"));
    fs::write(&lock, "somebody's").expect("a new file");
    for words in [&["-s"][..], &[], &["--porcelain=v2", "-b"], &["-s", "--ignored", "-uall"], &["-s", "d"]] {
        let their = git_status(&env, &dir, words);
        for _ in 0..2 {
            let answered = ask_and_compare(&env, &dir, words, &their);
            assert_eq!((answered.served.as_str(), answered.reason.as_str()), ("native", ""), "{words:?}");
        }
    }
    assert_eq!(fs::read(&lock).expect("it is still there"), b"somebody's");
    assert_eq!(identity(&dir), before);
}

#[test]
fn the_index_is_never_written() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    // The last two make the answer git's.
    let states = [
        ("true", "native"),
        ("git update-index --index-version 4", "native"),
        ("git config core.untrackedCache true", "native"),
        ("git update-index --split-index", "git"),
        ("git update-index --no-split-index; git config core.fsmonitor no-such-program", "git"),
    ];
    for (script, who) in states {
        shell(&env, &dir, script);
        shell(&env, &dir, "touch a d/c");
        let before = identity(&dir);
        for words in [
            &["-s"][..],
            &[],
            &["--json"],
            &["--summary"],
            &["--exit-code"],
            &["--exit-code", "-s"],
            &["--verify", "-s"],
            &["--no-index", "-uall", "--ignored"],
            &["--cross-check", "-s"],
            &["-v"],
            &["--worktrees"],
        ] {
            let output = env.run(env.ours("git-faststatus", &dir, words));
            assert!(output.code <= 1 && !output.panicked(), "{words:?}: {output:?}");
            assert!(identity(&dir) == before, "{words:?} writes the index ({script})");
            assert!(!dir.join(".git/index.lock").exists());
        }
        let their = git_status(&env, &dir, &["-s"]);
        assert_eq!(ask_and_compare(&env, &dir, &["-s"], &their).served, who, "{script}");
        assert!(identity(&dir) == before, "{script}");
    }
    // git itself would have written: without that, nothing is shown here.
    shell(&env, &dir, "git config --unset core.fsmonitor; touch a d/c");
    let before = identity(&dir);
    shell(&env, &dir, "git status >/dev/null");
    assert!(identity(&dir) != before);
}

/// A submodule in a submodule, two linked worktrees, and one of them with the submodule; files in all of them seem to
/// have changed, so that git would write what it has found out.
#[cfg(target_os = "linux")]
const FAMILY: &str = "mkdir ../origin; cd ../origin; git init -q .; echo 1 >f; git add .; git commit -qm 1
    mkdir ../inner; cd ../inner; git init -q .; echo 1 >f; git add .; git commit -qm 1
    cd ../origin; git submodule --quiet add ../inner n; git commit -qm 2; cd ../repository
    git submodule --quiet add ../origin m; git submodule --quiet update --init --recursive m
    echo f >f; echo g >g; mkdir d; echo d >d/f; git add .; git commit -qm x
    git worktree add -q -b one ../one; git worktree add -q --detach ../two
    git -C ../one submodule --quiet update --init --recursive
    git branch up; git branch -q -u up; git commit -q --allow-empty -m y; sleep 0.1; git mv g h
    touch f m/f m/n/f ../one/f ../one/m/f ../two/f; echo n >m/new; echo 2 >../two/g; pwd >../list; echo ../one >>../list";

#[cfg(target_os = "linux")]
#[test]
fn no_lock_is_taken_anywhere_not_even_for_a_moment() {
    use crate::support::damage;
    use crate::support::watch::Watch;

    let env = Environment::new();
    let dir = repository(&env, FAMILY);
    let indexes = || -> Vec<PathBuf> {
        let files = damage::files(&dir.join(".git")).into_iter();
        files.filter(|file| file.file_name().is_some_and(|name| name == "index")).collect()
    };
    let identities = || -> Vec<(PathBuf, Identity)> {
        indexes().into_iter().map(|file| (file.clone(), identity_of(&file))).collect()
    };
    assert_eq!(
        indexes().len(),
        7,
        "that of the worktree, two linked ones, two submodules, and those of `one`"
    );
    let questions: &[&[&str]] = &[
        &["-s"],
        &[],
        &["--porcelain=v2", "-b", "-uall", "--ignored"],
        &["-uno", "--no-renames"],
        &["--json"],
        &["--summary"],
        &["--exit-code"],
        &["--exit-code", "-s"],
        &["--verify", "-s"],
        &["--no-index", "-s"],
        &["--cross-check", "-s"],
        &["-s", "--performance-stats"],
        &["--worktrees"],
        &["--worktrees", "--json"],
        &["--repos-from", "../list"],
        // Handed over.
        &["-v"],
        &["-s", "--column"],
        &["-s", "*"],
        &["--ignore-submodules=none", "-s"],
        &["--nonsense"],
    ];
    // What makes all answers git's, at the end.
    let states = [
        "true",
        "git update-index --untracked-cache",
        "git update-index --split-index",
        "git config submodule.m.ignore none",
    ];
    for script in states {
        shell(&env, &dir, script);
        shell(&env, &dir, "touch f m/f m/n/f ../one/f ../one/m/f ../two/f");
        let before = identities();
        let mut watch = Watch::start(&[dir.join(".git")]);
        for place in [
            &dir,
            &dir.join("d"),
            &dir.join("m"),
            &dir.join("m/n"),
            &env.path().join("one"),
            &env.path().join("two"),
        ] {
            for words in questions {
                if words.contains(&"--repos-from") && place != &dir {
                    continue;
                }
                let output = env.run(env.ours("git-faststatus", place, words));
                let refused = words.contains(&"--nonsense") && output.code == 129;
                assert!((output.code <= 1 || refused) && !output.panicked(), "{words:?}: {output:?}");
                let appeared = watch.take();
                let is_lock = |path: &&PathBuf| path.extension().is_some_and(|end| end == "lock");
                let locks: Vec<_> = appeared.iter().filter(is_lock).collect();
                assert!(locks.is_empty(), "{words:?} in {} ({script}): {locks:?}", place.display());
            }
        }
        assert!(identities() == before, "{script}");
        // git itself would have locked and written, in the submodules as well.
        drop(env.git_ok(&dir, &["status", "-s"]));
        let locked = watch.take();
        for expected in ["index.lock", "modules/m/index.lock", "modules/m/modules/n/index.lock"] {
            assert!(locked.contains(&dir.join(".git").join(expected)), "{expected}: {locked:?}");
        }
    }
}
