//! What is left to git for reasons that need no look at the worktree: these are found before one.

use super::{Answered, repository, same, same_native, shell};
use crate::support::Environment;

/// A worktree of which a scan can't tell everything, either: a repository in the place of a file.
const UNCLEAR: &str =
    "echo 0 >f; echo 0 >g; git add .; git commit -qm zero; echo 1 >g; git commit -qam one; git tag one
    rm f; git init -q f";

#[track_caller]
fn refused(env: &Environment, dir: &std::path::Path, words: &[&str], why: &str) {
    assert_eq!(same(env, dir, words), Answered { served: "git".into(), reason: why.into() });
}

#[test]
fn an_upstream_that_is_odd() {
    let env = Environment::new();
    let dir = repository(&env, UNCLEAR);
    refused(&env, &dir, &["-sb"], "a repository in the place of a file");
    shell(&env, &dir, "git config branch.main.remote .; git config branch.main.merge refs/tags/one");
    refused(&env, &dir, &["-sb"], "an odd branch.*.merge");
    refused(&env, &dir, &["--porcelain=v2", "-b"], "an odd branch.*.merge");
    refused(&env, &dir, &[], "an odd branch.*.merge");
    refused(&env, &dir, &["-s"], "a repository in the place of a file");
    // For an exit code it does not matter.
    shell(&env, &dir, "rm -rf f; git checkout -q f");
    let output = env.run(env.ours("git-faststatus", &dir, &["--exit-code", "--no-fallback"]));
    assert_eq!(output.code, 0);
}

#[test]
fn an_operation_of_which_only_git_speaks() {
    let env = Environment::new();
    let dir = repository(&env, UNCLEAR);
    shell(&env, &dir, "echo nothing >.git/CHERRY_PICK_HEAD");
    refused(&env, &dir, &[], "CHERRY_PICK_HEAD");
    refused(&env, &dir, &["-s"], "a repository in the place of a file");
    shell(&env, &dir, "rm -rf f .git/CHERRY_PICK_HEAD; git checkout -q f");
    same_native(&env, &dir, &[]);
}

#[test]
fn settings_of_submodules() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "git init -q m; git -C m commit -q --allow-empty -m x; git add m; git commit -qm m
         printf '[submodule \"a/../b\"]\\n\\tpath = m\\n' >.gitmodules",
    );
    shell(&env, &dir, UNCLEAR);
    refused(&env, &dir, &["-s"], "an odd .gitmodules");
    shell(&env, &dir, "rm .gitmodules");
    refused(&env, &dir, &["-s"], "submodules without .gitmodules");
    shell(&env, &dir, "git rm -q --cached .gitmodules");
    refused(&env, &dir, &["-s"], "a repository in the place of a file");
}
