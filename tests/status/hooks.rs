//! In the environments that git makes: hooks with an index of their own, variables that say where things are.

use std::fs;
use std::os::unix::fs::PermissionsExt;

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
