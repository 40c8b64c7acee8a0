//! Repositories that are laid out in unusual ways: `git fastlog` and `git faststatus` are in the same one, and the same
//! worktree, as git is.

use std::fs;
use std::path::PathBuf;

use crate::differential::compare::difference;
use crate::status::git_status;
use crate::support::repository::args;
use crate::support::trace::Served;
use crate::support::{Environment, Output};

/// One repository: what to call it, how to make it (in an empty directory), where in there to ask, and with which
/// environment.
type Row = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

/// A repository of two commits, of which one file is changed.
const PLAIN: &str = "git init -q r && cd r && echo 1 >f && git add f && git commit -qm one && echo 2 >f && \
                     git commit -qam two && echo 3 >f && git-optimize index build";

const ROWS: &[Row] = &[
    ("plain", "", "r", &[]),
    ("said to be bare", "git config core.bare true", "r", &[]),
    ("said to be bare, from inside", "git config core.bare true", "r/.git", &[]),
    ("core.bare is no boolean", "git config core.bare maybe", "r", &[]),
    ("nothing said of bare", "git config --unset core.bare", "r", &[]),
    ("nothing said of bare, from inside", "git config --unset core.bare", "r/.git", &[]),
    ("from inside of .git", "", "r/.git", &[]),
    ("from far inside of .git", "", "r/.git/objects", &[]),
    ("a worktree elsewhere", "mkdir ../w && git config core.worktree ../../w", "r", &[]),
    ("a worktree elsewhere, from there", "mkdir ../w && git config core.worktree ../../w", "w", &[]),
    (
        "a worktree elsewhere, nothing said of bare",
        "mkdir ../w && git config core.worktree \"$PWD/../w\" && git config --unset core.bare",
        "r",
        &[],
    ),
    ("a worktree that is itself", "git config core.worktree ..", "r", &[]),
    ("a worktree of a bare one", "git config core.worktree .. && git config core.bare true", "r", &[]),
    ("a worktree that is missing", "git config core.worktree ../../none", "r", &[]),
    ("a .git file", "mv .git ../g && echo 'gitdir: ../g' >.git", "r", &[]),
    (
        "a .git file for another worktree",
        "mv .git ../g && echo 'gitdir: ../g' >.git && mkdir ../w && git config core.worktree ../w",
        "r",
        &[],
    ),
    ("a git dir of another name", "mv .git ../g", "g", &[]),
    ("bare", "cd .. && git clone -q --bare r b.git && cd b.git && git-optimize index build", "b.git", &[]),
    (
        "bare, without saying so",
        "cd .. && git clone -q --bare r b && cd b && git config --unset core.bare",
        "b",
        &[],
    ),
    (
        "bare, saying that it is not",
        "cd .. && git clone -q --bare r b && cd b && git config core.bare false",
        "b",
        &[],
    ),
    ("linked", "git worktree add -q ../l", "l", &[]),
    ("linked, from inside", "git worktree add -q ../l", "r/.git/worktrees/l", &[]),
    ("linked to a bare one", "git worktree add -q ../l && git config core.bare true", "l", &[]),
    (
        "linked where another worktree is configured",
        "git worktree add -q ../l && mkdir ../w && git config core.worktree ../../w",
        "l",
        &[],
    ),
    (
        "linked, with a configuration of its own",
        "git config extensions.worktreeConfig true && git worktree add -q ../l && cd ../l && git config --worktree core.worktree \"$PWD\"",
        "l",
        &[],
    ),
    (
        "linked, said to be bare in its own",
        "git config extensions.worktreeConfig true && git worktree add -q ../l && cd ../l && git config --worktree core.bare true",
        "l",
        &[],
    ),
    (
        "a main worktree with a configuration of its own",
        "git config extensions.worktreeConfig true && git config --worktree core.bare true",
        "r",
        &[],
    ),
    ("linked to what is gone", "git worktree add -q ../l && rm -rf .git", "l", &[]),
    (
        "a commondir that leads nowhere",
        "git worktree add -q ../l && echo ../nowhere >.git/worktrees/l/commondir",
        "l",
        &[],
    ),
    ("an empty commondir", "git worktree add -q ../l && >.git/worktrees/l/commondir", "l", &[]),
    ("without objects", "rm -rf .git/objects", "r", &[]),
    ("without refs", "rm -rf .git/refs", "r", &[]),
    ("without a HEAD", "rm .git/HEAD", "r", &[]),
    ("without a configuration", "rm .git/config", "r", &[]),
    ("a configuration that is a directory", "rm .git/config && mkdir .git/config", "r", &[]),
    (
        "an unknown extension",
        "git config core.repositoryFormatVersion 1 && git config extensions.foo.bar true",
        "r",
        &[],
    ),
    (
        "an unknown object format",
        "git config core.repositoryFormatVersion 1 && git config extensions.objectFormat sha3",
        "r",
        &[],
    ),
    (
        "the other object format",
        "git config core.repositoryFormatVersion 1 && git config extensions.objectFormat sha256",
        "r",
        &[],
    ),
    ("format 2", "git config core.repositoryFormatVersion 2", "r", &[]),
    ("GIT_DIR", "", "r", &[("GIT_DIR", ".git")]),
    ("GIT_DIR from elsewhere", "mkdir ../w", "w", &[("GIT_DIR", "../r/.git")]),
    ("GIT_DIR of a bare one", "cd .. && git clone -q --bare r b", "r", &[("GIT_DIR", "../b")]),
    ("GIT_DIR of no repository", "mkdir ../w", "r", &[("GIT_DIR", "../w")]),
    (
        "GIT_DIR of a linked worktree",
        "git worktree add -q ../l",
        "l",
        &[("GIT_DIR", "../r/.git/worktrees/l")],
    ),
    ("GIT_DIR and GIT_WORK_TREE", "", "r", &[("GIT_DIR", ".git"), ("GIT_WORK_TREE", ".")]),
    ("replaced", "git replace HEAD HEAD~1", "r", &[]),
    ("replaced, not for this command", "git replace HEAD HEAD~1", "r", &[("GIT_NO_REPLACE_OBJECTS", "1")]),
    (
        "replaced, which is turned off",
        "git replace HEAD HEAD~1 && git config core.useReplaceRefs false",
        "r",
        &[],
    ),
    (
        "replaced by what is missing",
        "git update-ref refs/replace/$(git rev-parse HEAD) $(git rev-parse HEAD~1) && rm -f .git/objects/$(git rev-parse HEAD~1 | sed 's!..!&/!')",
        "r",
        &[],
    ),
    (
        "replaced by what another ref names",
        "git branch old HEAD~1 && git symbolic-ref refs/replace/$(git rev-parse HEAD) refs/heads/old",
        "r",
        &[],
    ),
    ("replaced by a name that is none", "git update-ref refs/replace/none HEAD", "r", &[]),
];

fn told(name: &str, what: &str, ours: &Output, theirs: &Output) -> Option<String> {
    difference(ours, theirs, true).map(|text| format!("{name}: git {what}: {text}"))
}

/// The repository of a row, and where to ask.
fn made(&(name, script, at, variables): &Row) -> (Environment, PathBuf) {
    let mut env = Environment::new();
    let top = env.path().join("layouts");
    fs::create_dir(&top).expect("a new directory");
    let script = if script.is_empty() { PLAIN.to_owned() } else { format!("{PLAIN} && {script}") };
    env.run(env.command("sh", &top, &["-ec", &script])).success(name);
    for (variable, value) in variables {
        env.set(variable, *value);
    }
    (env, top.join(at))
}

fn differences(row: &Row) -> Vec<String> {
    let ((env, dir), name) = (made(row), row.0);
    let mut found = Vec::new();
    for words in [&["--oneline", "-n1"][..], &["--format=%H %an %s"], &["--oneline", "--", "f"]] {
        let (ours, _) = env.fastlog(&dir, &args(words), None);
        found.extend(told(name, &format!("log {words:?}"), &ours, &env.log(&dir, &args(words), None)));
    }
    for words in [&["--short", "--branch"][..], &[]] {
        let ours = env.run(env.ours("git-faststatus", &dir, words));
        found.extend(told(name, &format!("status {words:?}"), &ours, &git_status(&env, &dir, words)));
    }
    found
}

#[test]
fn are_gits() {
    let found: Vec<String> = ROWS.iter().flat_map(differences).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The usual layouts are not left to git.
#[test]
fn are_answered_here() {
    for name in
        ["plain", "a .git file", "bare", "linked", "linked to a bare one", "GIT_DIR and GIT_WORK_TREE"]
    {
        let (env, dir) = made(ROWS.iter().find(|row| row.0 == name).expect("a row"));
        let (_, trace) = env.fastlog(&dir, &args(&["--oneline"]), None);
        let trace = trace.expect("a trace");
        assert_eq!(trace.served, Served::Native, "{name}: {}", trace.reason);
    }
}
