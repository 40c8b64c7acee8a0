//! In the environments that git makes: hooks with an index of their own, variables that say where things are.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::{repository, same, same_native, shell};
use crate::support::Environment;

/// Asks both and fails where they differ, or where ours is not our own.
const HOOK: &str = r#"#!/bin/sh
for words in "-s" "--porcelain=v2 -b" "-uno" ""; do
    git status $words >"$LOG/git" 2>&1
    git faststatus --no-fallback $words >"$LOG/ours" 2>&1
    cmp "$LOG/git" "$LOG/ours" || exit 1
    echo "$words" >>"$LOG/asked"
done
git faststatus --exit-code; echo $? >>"$LOG/codes"
"#;

#[test]
fn a_pre_commit_hook_sees_what_will_be_committed() {
    let mut env = Environment::new();
    let log = env.path().join("log");
    fs::create_dir(&log).expect("a new directory");
    env.set("LOG", &log);
    let dir = repository(&env, "echo 1 >a; echo 1 >b; git add .; git commit -qm x");
    let hook = dir.join(".git/hooks/pre-commit");
    fs::create_dir_all(dir.join(".git/hooks")).expect("a writable directory");
    fs::write(&hook, HOOK).expect("a new file");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("our own file");
    // As it is, of all changes, of one path (an index of its own), and of parts in a subdirectory.
    shell(&env, &dir, "echo 2 >a; echo new >n; git add a; git commit -qm as-it-is");
    shell(&env, &dir, "echo 3 >a; echo 3 >b; git commit -qam all");
    shell(&env, &dir, "echo 4 >a; echo 4 >b; git add b; git commit -qm one a");
    shell(&env, &dir, "mkdir d; echo 5 >d/f; git add d; cd d; git commit -qm below");
    let asked = fs::read_to_string(log.join("asked")).expect("the hook ran");
    assert_eq!(asked.lines().count(), 16);
    let codes = fs::read_to_string(log.join("codes")).expect("the hook ran");
    assert_eq!(codes, "1\n1\n1\n1\n");
    same(&env, &dir, &["-s"]);
}

#[test]
fn another_index() {
    let mut env = Environment::new();
    let dir = repository(&env, "mkdir d; echo 1 >a; echo 1 >d/b; git add .; git commit -qm x");
    shell(&env, &dir, "cp .git/index other; git rm -q --cached a");
    env.set("GIT_INDEX_FILE", dir.join("other"));
    same_native(&env, &dir, &["-s"]);
    env.set("GIT_INDEX_FILE", "other");
    same_native(&env, &dir, &["-s"]);
    same(&env, &dir.join("d"), &["-s"]);
    env.set("GIT_INDEX_FILE", "nothing");
    same(&env, &dir, &["-s"]);
}

#[test]
fn variables_that_say_where_things_are() {
    let mut env = Environment::new();
    let dir = repository(&env, "mkdir d; echo 1 >a; git add .; git commit -qm x; echo 2 >a; echo n >d/n");
    shell(&env, env.path(), "mkdir elsewhere; echo 3 >elsewhere/a");
    let elsewhere = env.path().join("elsewhere");
    env.set("GIT_DIR", dir.join(".git"));
    same(&env, &elsewhere, &["-s"]);
    same(&env, &dir.join("d"), &["-s"]);
    env.set("GIT_WORK_TREE", &dir);
    same(&env, &dir.join("d"), &["-s"]);
    same(&env, &elsewhere, &["-s"]);
    env.set("GIT_WORK_TREE", &elsewhere);
    same(&env, &elsewhere, &["-s", "-uall"]);
    same(&env, &dir, &["-s"]);
}

#[test]
fn as_a_command_of_git() {
    let env = Environment::new();
    let dir = repository(&env, "mkdir d; echo 1 >a; git add .; git commit -qm x; echo 2 >a; echo n >d/n");
    for prefix in
        [&["-C", "d"][..], &["-c", "status.short=true"], &["--literal-pathspecs"], &["--no-optional-locks"]]
    {
        let words =
            |command: &'static str| -> Vec<&str> { prefix.iter().copied().chain([command]).collect() };
        let (our, their) = (env.git(&dir, &words("faststatus")), env.git(&dir, &words("status")));
        assert_eq!(
            (our.code, our.stdout, our.stderr),
            (their.code, their.stdout, their.stderr),
            "{prefix:?}"
        );
    }
}

/// What [`ANY_HOOK`] asks.
const QUESTIONS: [&str; 4] = ["-s", "--porcelain=v2 -b", "-uno --ignored -z", ""];

/// As [`HOOK`], for any hook: notes which it is, what it asked, and who answered; and what was wrong.
const ANY_HOOK: &str = r#"#!/bin/sh
export GIT_OPTIONAL_LOCKS=0
for words in "-s" "--porcelain=v2 -b" "-uno --ignored -z" ""; do
    git status $words >"$LOG/git" 2>&1; theirs=$?
    rm -f "$LOG/trace"
    GIT_FAST_TRACE=$LOG/trace git faststatus $words >"$LOG/ours" 2>&1; ours=$?
    cmp "$LOG/git" "$LOG/ours" >>"$LOG/wrong" 2>&1 && test $theirs = $ours ||
        { echo "${0##*/} $words: exit $ours, git's: $theirs"; cat "$LOG/git" "$LOG/ours"; } >>"$LOG/wrong"
    served=$(sed 's/.*"served":"\([a-z]*\)".*/\1/' "$LOG/trace")
    reason=$(sed 's/.*"reason":"\([^"]*\)".*/\1/' "$LOG/trace")
    echo "${0##*/}:$words:$served:$reason:${GIT_INDEX_FILE+its own index}" >>"$LOG/asked"
done
exit 0
"#;

/// A repository with a linked worktree and a submodule, and hooks in all of them that ask.
struct Hooks {
    env: Environment,
    dir: PathBuf,
    log: PathBuf,
}

/// A hook that ran: which, whether it had an index of its own, and why git answered, if it did, to what.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ran {
    hook: String,
    own_index: bool,
    by_git: Vec<(String, String)>,
}

impl Hooks {
    fn new() -> Self {
        let mut env = Environment::new();
        let (log, hooks) = (env.path().join("log"), env.path().join("hooks"));
        for dir in [&log, &hooks] {
            fs::create_dir(dir).expect("a new directory");
        }
        for name in [
            "pre-commit",
            "prepare-commit-msg",
            "commit-msg",
            "post-commit",
            "post-checkout",
            "post-rewrite",
            "pre-merge-commit",
            "post-merge",
            "pre-rebase",
            "exec",
        ] {
            let hook = hooks.join(name);
            fs::write(&hook, ANY_HOOK).expect("a new file");
            fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("our own file");
        }
        env.set("LOG", &log);
        let dir = repository(
            &env,
            "mkdir ../origin; git -C ../origin init -q .; echo 1 >../origin/f; mkdir ../origin/d; echo 1 >../origin/d/g
             git -C ../origin add .; git -C ../origin commit -qm 1
             git submodule --quiet add ../origin m; mkdir d; for f in a b d/f d/g; do echo 1 >$f; done; echo '*.o' >.gitignore
             git add .; git commit -qm 1; git branch up; git branch -q -u up; git worktree add -q -b linked ../linked
             git -C ../linked branch -q -u up; git branch other; echo o >x.o
             git config --global core.hooksPath \"$PWD/../hooks\"",
        );
        Self { env, dir, log }
    }

    /// Which hooks ran while the script did, in that order; what they asked must have been answered as git does.
    #[track_caller]
    fn during(&self, place: &str, script: &str) -> Vec<Ran> {
        for name in ["asked", "wrong"] {
            let _ = fs::remove_file(self.log.join(name));
        }
        shell(&self.env, &self.dir.join(place), script);
        let wrong = fs::read_to_string(self.log.join("wrong")).unwrap_or_default();
        assert!(wrong.is_empty(), "{script}: {wrong}");
        let asked = fs::read_to_string(self.log.join("asked")).unwrap_or_default();
        let asked: Vec<Vec<&str>> = asked.lines().map(|line| line.split(':').collect()).collect();
        let ran = |asked: &[Vec<&str>]| {
            let by_git = asked.iter().filter(|line| line[2] == "git");
            let by_git = by_git.map(|line| (line[1].to_owned(), line[3].to_owned())).collect();
            assert!(
                asked.iter().all(|line| line[0] == asked[0][0] && ["git", "native"].contains(&line[2])),
                "{asked:?}"
            );
            Ran { hook: asked[0][0].to_owned(), own_index: !asked[0][4].is_empty(), by_git }
        };
        asked.chunks(QUESTIONS.len()).map(ran).collect()
    }

    /// A commit, which all of its hooks see.
    #[track_caller]
    fn commit(&self, place: &str, script: &str) {
        let by_git = in_a_submodule(place);
        let all = ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"];
        let expected = all.map(|hook| Ran { hook: hook.into(), own_index: true, by_git: by_git.clone() });
        assert_eq!(self.during(place, script), expected, "{script} in {place}");
    }
}

/// In its hooks, git says where its repository is, and the repository where its worktree is: that is git's to tell.
fn in_a_submodule(place: &str) -> Vec<(String, String)> {
    let reason = "GIT_DIR with core.worktree";
    let all = QUESTIONS.map(|words| (words.to_owned(), reason.to_owned()));
    if place.starts_with('m') { all.into() } else { Vec::new() }
}

#[test]
fn commits_of_every_kind_wherever_they_are_made() {
    let hooks = Hooks::new();
    for place in [".", "../linked", "m", "d", "../linked/d", "m/d"] {
        // Names that both have, in the submodule as in the others.
        let file = if place.ends_with('d') { "g" } else { "d/g" };
        hooks
            .commit(place, &format!("echo 2 >>{file}; git add {file}; echo n >new; git commit -qm as-it-is"));
        hooks.commit(place, &format!("echo 3 >>{file}; git commit -qam all"));
        hooks.commit(place, &format!("echo 4 >>{file}; git add new; git commit -qm path -- {file}"));
        hooks.commit(place, &format!("echo 5 >>{file}; git commit -qm include -i {file}"));
        hooks.commit(place, "git rm -q new; git commit -qm gone; echo n >untracked");
        shell(&hooks.env, &hooks.dir.join(place), "rm untracked");
        same_native(&hooks.env, &hooks.dir.join(place), &["--porcelain=v2", "-b"]);
    }
}

#[test]
fn checkouts_and_worktrees() {
    let hooks = Hooks::new();
    for (place, script) in [
        (".", "echo 2 >a; git checkout -q other"),
        (".", "git checkout -q a"),
        (".", "git checkout -q --detach"),
        ("d", "git checkout -q main"),
        ("d", "git switch -q -c fresh; git branch -q -u up"),
        ("../linked", "git checkout -q -b elsewhere"),
        ("../linked/d", "git checkout -q linked"),
        ("m/d", "git checkout -q -b sub"),
        ("d", "git worktree add -q ../../another"),
    ] {
        let ran = hooks.during(place, script);
        let expected = Ran { hook: "post-checkout".into(), own_index: false, by_git: in_a_submodule(place) };
        assert_eq!(ran, [expected], "{script} in {place}");
    }
}

/// The hooks that ran, each with whether git had to answer in it.
fn names(ran: Vec<Ran>) -> Vec<(String, Vec<(String, String)>)> {
    ran.into_iter().map(|ran| (ran.hook, ran.by_git)).collect()
}

/// Hooks in which all was answered by ourselves.
fn natively(hooks: &[&str]) -> Vec<(String, Vec<(String, String)>)> {
    hooks.iter().map(|hook| ((*hook).to_owned(), Vec::new())).collect()
}

#[test]
fn merges_and_commits_that_are_made_again() {
    let hooks = Hooks::new();
    shell(
        &hooks.env,
        &hooks.dir,
        "git checkout -q other; echo 2 >b; git commit -qam b; git checkout -q main; echo 2 >a; git commit -qam a",
    );
    for place in ["d", "../linked/d"] {
        let during = |script: &str| names(hooks.during(place, script));
        assert_eq!(
            during("echo 9 >new; git add new; git commit -qm new --no-verify"),
            natively(&["prepare-commit-msg", "post-commit"])
        );
        // With something that is not committed, so that there is something to tell.
        assert_eq!(
            during("echo x >f; git merge -q --no-edit other"),
            natively(&["pre-merge-commit", "prepare-commit-msg", "commit-msg", "post-merge"])
        );
        assert_eq!(
            during("echo 2 >g; git commit -q --amend --no-edit -a"),
            natively(&["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "post-rewrite"])
        );
        let again = natively(&["prepare-commit-msg", "post-commit"]);
        assert_eq!(
            during("git reset -q --hard HEAD~1; git cherry-pick other >../out; rm ../out; echo x >f"),
            again
        );
        assert_eq!(during("git revert --no-edit HEAD >../out; rm ../out"), again);
    }
}

#[test]
fn during_a_rebase() {
    let hooks = Hooks::new();
    shell(
        &hooks.env,
        &hooks.dir,
        "echo 2 >b; git commit -qam b; git checkout -q other; echo 2 >a; git commit -qam a; echo 2 >d/f; git commit -qam f
         echo 3 >b; git commit -qam conflict; echo 2 >d/g; git commit -qam g",
    );
    let picked = ["prepare-commit-msg", "post-commit", "exec"];
    let during = |script: &str| names(hooks.during("d", script));
    let before = during("git config core.editor true; ! git rebase -q -x ../hooks/exec main 2>../out");
    let begun = [&["post-checkout"][..], &picked, &picked].concat();
    assert_eq!(before, natively(&[&["pre-rebase"], &begun[..]].concat()));
    for words in [&["-s"][..], &["--porcelain=v2", "-b"]] {
        same_native(&hooks.env, &hooks.dir, words);
    }
    let after = during("echo 4 >../b; git add ../b; git rebase --continue >../out");
    assert_eq!(after, natively(&[&picked[..], &picked, &["post-rewrite"]].concat()));
}
