//! Rebases and `git am` in progress: what is done and to be done, and how to go on.

use std::path::Path;

use super::{Answered, ask, repository, same, same_native, shell, text};
use crate::support::Environment;

/// A branch with four commits, of which the first changes what `main` has changed, too.
const BRANCHES: &str = r#"
    echo 0 >f; echo 0 >g; mkdir sub; echo s >sub/s; git add .; git commit -qm zero
    echo 1 >f; git commit -qam one; git tag one; git checkout -qb side; echo side >f; git commit -qam 'the side'
    echo more >g; git commit -qam '  more   words '; echo x >h; git add h; git commit -qm third
    echo y >h; git commit -qam "fourth	with a tab"; git checkout -q main; echo main >f; git commit -qam main
    git checkout -q side"#;

/// What is asked in each situation; advice and colours change only what is asked for people.
const QUESTIONS: [&[&str]; 7] = [
    &[],
    &["--long", "-uno"],
    &["--show-stash", "-uall"],
    &["-s", "-b"],
    &["-s"],
    &["--porcelain", "-b"],
    &["--porcelain=v2", "-b"],
];

/// All questions are answered natively, also without advice and in colour; the long answer has `line` in it.
#[track_caller]
fn says(env: &Environment, dir: &Path, line: &str) {
    for words in QUESTIONS {
        same_native(env, dir, words);
    }
    let said = text(&ask(env, dir, &[]).0);
    assert!(said.contains(line), "{line:?} in {said}");
    shell(
        env,
        dir,
        "git config advice.statusHints false; git config color.ui always; git config color.status.header blue",
    );
    same_native(env, dir, &[]);
    shell(env, dir, "git config --unset advice.statusHints; git config --unset color.ui");
}

/// In a new repository, after `script`.
#[track_caller]
fn after(script: &str, line: &str) {
    let env = Environment::new();
    let dir = repository(&env, BRANCHES);
    shell(&env, &dir, script);
    says(&env, &dir, line);
}

/// A script that edits the list of commands with sed, and begins.
fn edited(sed: &str, options: &str) -> String {
    format!("GIT_SEQUENCE_EDITOR='sed -i -e {sed}' git rebase -q -i {options} >/dev/null 2>&1 </dev/null")
}

#[test]
fn a_conflict_and_its_resolution() {
    let env = Environment::new();
    let dir = repository(&env, BRANCHES);
    shell(&env, &dir, "! git rebase -q main >/dev/null 2>&1");
    says(&env, &dir, "Last command done (1 command done):\n   pick ");
    says(&env, &dir, "\nYou are currently rebasing branch 'side' on '");
    says(&env, &dir, "\n  (fix conflicts and then run \"git rebase --continue\")\n");
    shell(&env, &dir, "echo both >f; git add f");
    says(&env, &dir, "\n  (all conflicts fixed: run \"git rebase --continue\")\n");
    shell(&env, &dir, "git commit -qm resolved");
    says(&env, &dir, "\nYou are currently editing a commit while rebasing branch 'side' on '");
    shell(
        &env,
        &dir,
        "echo n >sub/n; echo m >>sub/s; GIT_EDITOR=: git rebase --continue >/dev/null 2>&1 || true",
    );
    says(&env, &dir, "interactive rebase in progress; onto ");
    for words in QUESTIONS {
        same_native(&env, &dir.join("sub"), words);
    }
}

#[test]
fn stops_that_were_asked_for() {
    after(
        &edited("1s/pick/edit/", "one"),
        "\nYou are currently editing a commit while rebasing branch 'side' on '",
    );
    after(&edited("1s/pick/edit/", "one"), "\nNext commands to do (3 remaining commands):\n   pick ");
    after(&edited("4s/pick/edit/", "one"), "\nNo commands remaining.\n");
    after(&edited("3s/pick/e/", "one"), "\nLast commands done (3 commands done):\n");
    after(&edited("3s/pick/e/", "one"), "\n  (see more in file .git/rebase-merge/done)\n");
    after(&edited("3s/pick/e/", "one"), "\nNext command to do (1 remaining command):\n");
    after(&edited("2ibreak", "one"), "\n   break\n");
    after(&edited("1ib", "one"), "\n   break\n");
    after("! git rebase -q -x false one >/dev/null 2>&1", "\n   exec false\n");
    after(
        "git config rebase.abbreviateCommands true; ! git rebase -q -x 'exit 1' one >/dev/null 2>&1",
        "\n   exec exit 1\n",
    );
    after(
        "git config rebase.abbreviateCommands true; ! git rebase -q main >/dev/null 2>&1",
        "\nNext commands to do (3 remaining commands):\n",
    );
    after(
        &format!("git config rebase.instructionFormat '%an: %s'; {}", edited("2s/pick/edit/", "one")),
        " A U Thor: ",
    );
    after(&edited("1s/pick/drop/ -e 2ibreak", "one"), "\n   drop ");
}

#[test]
fn commits_that_are_split() {
    let split = edited("2s/pick/edit/", "one") + "; git reset -q HEAD^";
    after(&split, "\nYou are currently splitting a commit while rebasing branch 'side' on '");
    after(&split, "\n  (Once your working directory is clean, run \"git rebase --continue\")\n");
    // There is nothing left to be done with a clean worktree, whatever is staged.
    after(&(split.clone() + "; git add g"), "\nYou are currently editing a commit ");
    after(&(split.clone() + "; git commit -qam again; echo >>g"), "\nYou are currently ");
    // Of what it has added, git sees nothing that would be dirty.
    after(
        &(edited("1s/pick/edit/", "HEAD~2") + "; git reset -q HEAD^"),
        "\nYou are currently editing a commit ",
    );
    after(
        &(edited("1s/pick/edit/", "HEAD~3") + "; git reset -q HEAD^"),
        "\nYou are currently splitting a commit ",
    );
    after(
        &format!("git checkout -q --detach; {split}"),
        "\nYou are currently splitting a commit during a rebase.\n",
    );
    after(&(edited("1s/pick/edit/", "HEAD~2") + "; echo >>g"), "\nYou are currently editing a commit ");
    after(
        &(edited("1s/pick/edit/", "HEAD~2") + "; git commit -q --amend -m new; echo >>g"),
        "\nYou are currently ",
    );
    after(&(split + "; rm .git/ORIG_HEAD"), "\nYou are currently editing a commit ");
}

#[test]
fn messages_and_commits_that_are_joined() {
    // An editor that fails stops there.
    let failing = |sed: &str| format!("export GIT_EDITOR=false; ! {}", edited(sed, "one"));
    after(&failing("2s/pick/reword/"), "\nYou are currently ");
    after(&failing("2s/pick/squash/"), "\n   squash ");
    after(&failing("2s/pick/fixup\\ -c/"), "\n   fixup -c ");
    let conflict = "! GIT_SEQUENCE_EDITOR='sed -i -e 2s/pick/fixup/ -e 3s/pick/s/' git rebase -q -i main";
    after(&format!("{conflict} >/dev/null 2>&1"), "interactive rebase in progress; onto ");
    after(
        "git commit -q --allow-empty -m 'fixup! third'
         ! GIT_SEQUENCE_EDITOR=: git rebase -q -i --autosquash main >/dev/null 2>&1",
        "\nNext commands to do (4 remaining commands):\n",
    );
}

#[test]
fn merges_that_are_made_again() {
    const MERGED: &str =
        "git checkout -q one; git checkout -qb merged; git merge -q --no-ff -m 'a merge' side~1
        echo z >z; git add z; git commit -qm z";
    after(
        &format!("{MERGED}; {}", edited("1ibreak", "-r zero 2>/dev/null || true; true")),
        "On branch merged\n",
    );
    after(&format!("{MERGED}; {}", edited("1ibreak", "-r one~1")), "\n   label onto\n");
    after(&format!("{MERGED}; {}", edited("/^reset/ibreak", "-r one~1")), "\n   label onto\n");
    after(&format!("{MERGED}; {}", edited("/^merge/ibreak", "-r one~1")), "\n   merge -C ");
    // One that conflicts.
    const CONFLICT: &str =
        "git checkout -qb merged main; ! git merge -q side >/dev/null; echo both >f; git add f
        git commit -qm merged; ! git rebase -q -r --onto one~1 one >/dev/null 2>&1";
    after(CONFLICT, "interactive rebase in progress; onto ");
    after(
        "git checkout -qb merged main; ! git merge -q side >/dev/null; echo both >f; git add f; git commit -qm merged
         ! git rebase -q -r -f one >/dev/null 2>&1; test -f .git/MERGE_HEAD",
        "\nYou have unmerged paths.\n",
    );
    after(
        "git checkout -qb merged main; ! git merge -q side >/dev/null; echo both >f; git add f; git commit -qm merged
         ! git rebase -q -r -f one >/dev/null 2>&1; echo new >f; git add f",
        "\nAll conflicts fixed but you are still merging.\n",
    );
}

#[test]
fn from_the_root_and_from_nowhere() {
    after(
        &edited("2ibreak", "--root"),
        "\nYou are currently editing a commit while rebasing branch 'side' on '",
    );
    after(&format!("! {}", edited("2ibreak", "--root --onto main")), "interactive rebase in progress; onto ");
    after(&edited("1ibreak", "-r --root"), "\n   label onto\n");
    after(
        "git checkout -q --detach; ! git rebase -q main >/dev/null 2>&1",
        "\nYou are currently rebasing.\n",
    );
    after(
        "git checkout -q one; ! git rebase -q main side >/dev/null 2>&1",
        "\nYou are currently rebasing branch 'side'",
    );
    after(
        "git checkout -qb a/b; ! git rebase -q main >/dev/null 2>&1",
        "\nYou are currently rebasing branch 'a/b'",
    );
    // HEAD on a branch again, though it goes on.
    after(
        "! git rebase -q main >/dev/null 2>&1; git checkout -qf one; git checkout -q main",
        "On branch main\nLast command",
    );
}

#[test]
fn refs_among_the_commands() {
    let begin = |sed: &str| format!("git branch up side~3; {}", edited(sed, "--update-refs one"));
    after(&begin("2ibreak"), "\n   update-ref ");
    after(&(begin("2ibreak") + "; git update-ref -d refs/heads/up"), "\n   update-ref refs/heads/up\n");
}

#[test]
fn comments_in_the_lists() {
    for (key, value) in [("core.commentChar", ";"), ("core.commentString", "//"), ("core.commentChar", "%")] {
        let script = format!("git config {key} '{value}'; {}", edited("2s/pick/edit/", "one"));
        after(&script, "\nNext commands to do (2 remaining commands):\n");
        after(
            &format!("{}; git config {key} '{value}'", edited("2s/pick/edit/", "one")),
            "\nNext commands to do (",
        );
    }
    let last = "git config core.commentChar '%'; git config --add core.commentChar '!'";
    after(
        &format!("{last}; {}", edited("2s/pick/edit/", "one")),
        "\nNext commands to do (2 remaining commands):\n",
    );
}

#[test]
fn the_other_backend() {
    after("! git rebase -q --apply main >/dev/null 2>&1", "rebase in progress; onto ");
    after(
        "! git rebase -q --apply main >/dev/null 2>&1; echo x >f; git add f",
        "\n  (all conflicts fixed: run \"git",
    );
    after(
        "git checkout -q --detach; ! git rebase -q --apply main >/dev/null 2>&1",
        "\nYou are currently rebasing.\n",
    );
}

#[test]
fn mails() {
    const BROKEN: &str = "git checkout -q main; git format-patch -q -1 --output=../patch side~3; ! git am -q ../patch 2>/dev/null";
    after(BROKEN, "\nYou are in the middle of an am session.\n");
    after(
        "git checkout -q main; git format-patch -q -1 --output=../patch side~3; ! git am -q -3 ../patch 2>/dev/null >&2",
        "\n  (fix conflicts and then run \"git am --continue\")\n",
    );
    after("git checkout -q main; git commit -q --allow-empty -m empty; git format-patch -q -1 --always --output=../patch
           git reset -q --hard HEAD~; ! git am -q ../patch 2>/dev/null >&2", "\nThe current patch is empty.\n");
    after(&format!("git checkout -q --detach; {BROKEN}; git checkout -q --detach"), "HEAD detached at ");
}

#[test]
fn sequences_between_two_commits() {
    let between =
        "git checkout -q main; ! git cherry-pick side~3 side~2 side~1 >/dev/null 2>&1; echo both >f";
    after(&format!("{between}; git commit -qam picked"), "\nCherry-pick currently in progress.\n");
    after(
        &format!("{between}; git commit -qam picked; ! git merge -q side >/dev/null"),
        "\nYou have unmerged paths.\n",
    );
    let between = "! git revert --no-edit side~3 side~1 side~2 >/dev/null 2>&1; git rm -qf h; echo s >f; git commit -qam reverted || true";
    after(
        &format!(
            "git checkout -q main; git merge -q -X ours -m m side; echo 2 >f; git commit -qam f; {between}"
        ),
        "\nRevert currently in progress.\n",
    );
}

#[test]
fn several_at_once() {
    const REBASE: &str = "! git rebase -q main >/dev/null 2>&1";
    after(
        &format!("git bisect start >/dev/null; {REBASE}"),
        "\nYou are currently bisecting, started from branch 'side'.\n",
    );
    after(
        &format!("{REBASE}; git rev-parse one >.git/CHERRY_PICK_HEAD"),
        "\nYou are currently rebasing branch ",
    );
    after(&format!("{REBASE}; git rev-parse one >.git/REVERT_HEAD"), "\nYou are currently rebasing branch ");
    after(&format!("{REBASE}; git rev-parse one >.git/MERGE_HEAD"), "\nYou have unmerged paths.\n");
    after(&format!("{REBASE}; git rev-parse one >.git/MERGE_HEAD; mkdir .git/rebase-apply; echo refs/heads/x >.git/rebase-apply/head-name
        git rev-parse one >.git/rebase-apply/onto"), "\nYou have unmerged paths.\n");
    after(
        &format!("{REBASE}; mkdir .git/rebase-apply; touch .git/rebase-apply/applying"),
        "\nYou are in the middle of an am session.\n",
    );
    after(
        "git rev-parse one >.git/MERGE_HEAD; cp .git/MERGE_HEAD .git/CHERRY_PICK_HEAD",
        "\nAll conflicts fixed but",
    );
    after(
        "git rev-parse one >.git/CHERRY_PICK_HEAD; cp .git/CHERRY_PICK_HEAD .git/REVERT_HEAD",
        "\nYou are currently cherry-picking commit",
    );
    after(
        "git rev-parse one >.git/REVERT_HEAD; mkdir .git/sequencer; echo 'pick side' >.git/sequencer/todo; echo >>g; git add g",
        "\nCherry-pick currently in progress.\n",
    );
    after(
        "git rev-parse one >.git/CHERRY_PICK_HEAD; mkdir .git/sequencer; echo 'revert side' >.git/sequencer/todo; echo >>g; git add g",
        "\nYou are currently cherry-picking commit",
    );
    after(
        "mkdir .git/rebase-apply; touch .git/rebase-apply/applying; git rev-parse one >.git/CHERRY_PICK_HEAD; echo >>g; git add g",
        "\nYou are in the middle of an am session.\n",
    );
}

#[test]
fn lists_that_are_damaged() {
    let stopped = edited("3s/pick/edit/", "one");
    for (script, line) in [
        ("rm .git/rebase-merge/git-rebase-todo", "\ngit-rebase-todo is missing.\n"),
        ("rm .git/rebase-merge/done", "\nNo commands done.\n"),
        (": >.git/rebase-merge/done", "\nNo commands done.\n"),
        ("rm .git/rebase-merge/head-name", "\nYou are currently editing a commit during a rebase.\n"),
        ("rm .git/rebase-merge/interactive", "rebase in progress; onto "),
        (
            "printf '\\n \\n#x\\n #y\\r\\n  noop  \\nexec  a  b ' >.git/rebase-merge/git-rebase-todo",
            "\n   #y\n   noop\n",
        ),
        (
            "printf 'pick\\nreset [new root]\\n' >.git/rebase-merge/git-rebase-todo",
            "\n   pick\n   reset [new root]\n",
        ),
        (
            "printf 'pick 1111111111111111111111111111111111111111 x\\n' >.git/rebase-merge/git-rebase-todo",
            "\n   pick 1111111 x\n",
        ),
    ] {
        after(&format!("{stopped}; {script}"), line);
    }
}

/// What a command names may be anything that git reads.
#[test]
fn names_that_only_git_reads() {
    let env = Environment::new();
    let dir = repository(&env, BRANCHES);
    shell(&env, &dir, &edited("3s/pick/edit/", "one"));
    let gits = |script: &str, why: &str| {
        shell(&env, &dir, script);
        for words in [&[][..], &["--long", "-uno"]] {
            let Answered { served, reason } = same(&env, &dir, words);
            assert!(served == "git" && reason.contains(why), "{script}: {served}, {reason}");
        }
        same_native(&env, &dir, &["-sb"]);
    };
    for word in [
        "side~1",
        "HEAD^",
        "$(git rev-parse --short HEAD)",
        "$(git describe --tags --long)",
        ":/zero",
        "side@{1}",
    ] {
        gits(
            &format!("echo \"pick {word} x\" >.git/rebase-merge/git-rebase-todo"),
            "names in a list of commands",
        );
    }
    gits("echo 'pick HEAD~ x' >.git/rebase-merge/git-rebase-todo", "names in a list");
    gits("echo 'pick ORIG_HEAD x' >.git/rebase-merge/git-rebase-todo", "a file in the git dir");
    gits(
        "id=$(git rev-parse one); git update-ref refs/heads/$id $id; echo \"pick $id x\" >.git/rebase-merge/git-rebase-todo",
        "names in a list",
    );
    gits("printf 'pick\\0one x\\n' >.git/rebase-merge/git-rebase-todo", "NUL");
    gits(
        "echo noop >.git/rebase-merge/git-rebase-todo; git config core.commentChar auto",
        "core.commentchar",
    );
    gits("git config --unset core.commentChar; rm .git/rebase-merge/onto", "a rebase onto nothing");
    gits(
        "rm -r .git/rebase-merge; mkdir .git/sequencer; echo '# pick x' >.git/sequencer/todo",
        "an odd sequence",
    );
}

#[test]
fn linked_worktrees_and_directories_elsewhere() {
    let mut env = Environment::new();
    let dir = repository(&env, BRANCHES);
    shell(
        &env,
        &dir,
        "git worktree add -q ../linked -b third side; git init -q --separate-git-dir=../elsewhere .",
    );
    let linked = env.path().join("linked");
    let stopped = edited("3s/pick/edit/", "one");
    for dir in [&linked, &dir] {
        shell(&env, dir, &stopped);
        says(&env, dir, "/rebase-merge/done)\n");
        for words in QUESTIONS {
            same_native(&env, &dir.join("sub"), words);
        }
    }
    // Told by a variable, git names the directory as it was told.
    env.set("GIT_DIR", env.path().join("elsewhere"));
    let answered = same(&env, &dir, &[]);
    assert_eq!((answered.served.as_str(), answered.reason.as_str()), ("git", "how git names its directory"));
    shell(&env, &dir, "git config advice.statusHints false");
    same_native(&env, &dir, &[]);
}

#[test]
fn object_names_that_are_longer() {
    let mut env = Environment::new();
    env.set("GIT_DEFAULT_HASH", "sha256");
    let dir = repository(&env, BRANCHES);
    shell(&env, &dir, "! git rebase -q main >/dev/null 2>&1");
    says(&env, &dir, "\nYou are currently rebasing branch 'side' on '");
    shell(&env, &dir, "git config core.abbrev 20");
    says(&env, &dir, "\nLast command done (1 command done):\n   pick ");
    shell(&env, &dir, "git config core.abbrev no");
    says(&env, &dir, "\nLast command done (1 command done):\n   pick ");
}
