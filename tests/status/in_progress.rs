//! The lines about what is going on, and where HEAD is.

use super::{ask, repository, same_native, shell};
use crate::support::Environment;

/// Two branches that have changed the same line, and a commit before them.
const SIDES: &str =
    "echo 0 >f; echo 0 >g; git add .; git commit -qm zero; echo 1 >f; git commit -qam one; git tag one
    git checkout -qb side; echo side >f; git commit -qam side; echo more >g; git commit -qam more
    git checkout -q main; echo main >f; git commit -qam main; echo n >new";

/// The long format, natively, contains `line`; so does git's, byte for byte.
#[track_caller]
fn says(env: &Environment, dir: &std::path::Path, line: &str) {
    for words in [&[][..], &["--long", "-uno"], &["--show-stash"]] {
        same_native(env, dir, words);
    }
    let (output, _) = ask(env, dir, &[]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains(line), "{line:?} in {said}");
    for words in [&["-sb"][..], &["--porcelain=v2", "-b"]] {
        same_native(env, dir, words);
    }
}

#[test]
fn a_merge() {
    let env = Environment::new();
    let dir = repository(&env, SIDES);
    shell(&env, &dir, "! git merge -q side");
    says(&env, &dir, "\nYou have unmerged paths.\n");
    shell(&env, &dir, "echo both >f; git add f");
    says(&env, &dir, "\nAll conflicts fixed but you are still merging.\n");
    shell(&env, &dir, "git config advice.statusHints false");
    says(&env, &dir, "\nAll conflicts fixed but you are still merging.\n");
}

#[test]
fn a_cherry_pick() {
    let env = Environment::new();
    let dir = repository(&env, SIDES);
    shell(&env, &dir, "! git cherry-pick side~1 2>/dev/null");
    says(&env, &dir, "\nYou are currently cherry-picking commit ");
    shell(&env, &dir, "echo both >f; git add f");
    says(&env, &dir, "\n  (all conflicts fixed: run \"git cherry-pick --continue\")\n");
    shell(&env, &dir, "git cherry-pick --abort; ! git cherry-pick side~1 side 2>/dev/null");
    says(&env, &dir, "\nYou are currently cherry-picking commit ");
}

#[test]
fn a_revert() {
    let env = Environment::new();
    let dir = repository(&env, SIDES);
    shell(&env, &dir, "! git revert --no-edit one 2>/dev/null");
    says(&env, &dir, "\nYou are currently reverting commit ");
    shell(&env, &dir, "echo both >f; git add f");
    says(&env, &dir, "\n  (all conflicts fixed: run \"git revert --continue\")\n");
}

#[test]
fn a_bisection() {
    let env = Environment::new();
    let dir = repository(&env, SIDES);
    shell(&env, &dir, "git bisect start >/dev/null");
    says(&env, &dir, "\nYou are currently bisecting, started from branch 'main'.\n");
    shell(&env, &dir, "git bisect bad >/dev/null; git bisect good main~2 >/dev/null");
    says(&env, &dir, "\nYou are currently bisecting, started from branch 'main'.\n");
    shell(&env, &dir, "git bisect reset 2>/dev/null; git checkout -q side~1; git bisect start >/dev/null");
    says(&env, &dir, "\nYou are currently bisecting, started from branch '");
}

#[test]
fn a_head_that_is_detached() {
    let env = Environment::new();
    let dir = repository(&env, SIDES);
    for (script, line) in [
        ("git checkout -q --detach", "HEAD detached at "),
        ("git checkout -q one", "HEAD detached at one\n"),
        ("git commit -q --allow-empty -m more", "HEAD detached from one\n"),
        ("git checkout -q side~1", "HEAD detached at "),
        ("git reset -q --hard main", "HEAD detached from "),
        ("git update-ref refs/remotes/origin/main main~1; git checkout -q origin/main", "HEAD detached at origin/main\n"),
        ("rm .git/logs/HEAD; git checkout -q main; git config core.logAllRefUpdates false; rm -f .git/logs/HEAD
          git checkout -q --detach", "Not currently on any branch.\n"),
    ] {
        shell(&env, &dir, script);
        says(&env, &dir, line);
    }
}

/// More of them: see `rebases`.
#[test]
fn one_after_the_other() {
    let env = Environment::new();
    let dir = repository(&env, SIDES);
    for (script, line) in [
        ("! git rebase -q side 2>/dev/null", "rebase in progress; onto "),
        (
            "git rebase --abort; git format-patch -q -1 --output=../patch side~1; ! git am -q ../patch 2>/dev/null",
            "\nYou are in the middle of an am session.\n",
        ),
        (
            "git am --abort; ! git merge -q side; cp .git/MERGE_HEAD .git/CHERRY_PICK_HEAD",
            "\nYou have unmerged paths.\n",
        ),
        (
            "rm .git/CHERRY_PICK_HEAD; git merge --abort; mkdir .git/sequencer; echo 'pick side' >.git/sequencer/todo",
            "\nCherry-pick currently in progress.\n",
        ),
    ] {
        shell(&env, &dir, script);
        says(&env, &dir, line);
    }
}
