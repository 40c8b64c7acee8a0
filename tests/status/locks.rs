//! git's index is never locked and never written, whoever answers.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::{ask_and_compare, git_status, repository, shell};
use crate::support::Environment;

/// git would write what it has found out about files that seem to have changed.
const STATE: &str = "mkdir d e; for f in a b d/c e/g; do echo $f >$f; done; git add .; git commit -qm x
    git update-index --force-untracked-cache; sleep 0.1; touch a d/c; echo 2 >b; echo n >d/n; echo s >s; git add s
    touch -d '1 hour ago' e/g";

/// Everything about the index that a write would change.
fn identity(dir: &Path) -> (Vec<u8>, i64, i64, u64) {
    let file = dir.join(".git/index");
    let meta = fs::metadata(&file).expect("there is an index");
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
