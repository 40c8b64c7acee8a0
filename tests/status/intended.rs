//! Files that are only intended to be added, and renames between them and files that are gone.

use std::path::Path;

use super::{ask, repository, same, same_native, shell, text};
use crate::support::Environment;

const FILES: &str =
    "mkdir d; seq 1 40 >old; seq 100 150 >d/other; seq 200 260 >third; echo x >small; git add .
    git commit -qm x";

const QUESTIONS: [&[&str]; 10] = [
    &[],
    &["-s"],
    &["--porcelain", "-z"],
    &["--porcelain=v2"],
    &["--porcelain=v2", "-z", "-b"],
    &["-s", "--no-renames"],
    &["--porcelain=v2", "-M95%"],
    &["-s", "-M100%"],
    &["--find-renames=20", "-uno"],
    &["--renames", "-uall", "--ignored"],
];

/// All questions, also from below, where paths are relative.
#[track_caller]
fn all(env: &Environment, dir: &Path) {
    for words in QUESTIONS {
        same_native(env, dir, words);
        same_native(env, &dir.join("d"), words);
    }
}

#[test]
fn renames_in_the_worktree() {
    let env = Environment::new();
    let dir = repository(&env, FILES);
    for (script, line) in [
        ("mv old new; git add -N new", " R old -> new\n"),
        ("seq 1 35 >new", " R old -> new\n"),
        ("echo n >tiny; git add -N tiny", " A tiny\n"),
        ("mv d/other 'd/with space'; git add -N 'd/with space'", " R d/other -> \"d/with space\"\n"),
        // Something else is staged.
        ("git mv small large; echo s >s; git add s", "R  small -> large\n"),
        ("seq 200 270 >third; git add third; rm third; seq 200 270 >moved; git add -N moved", "M  third\n"),
        ("touch d/x.tmp; cp new copy; git add -N copy", " copy\n"),
        // A file that looks changed and is not.
        ("touch large s", " R third -> moved\n"),
        ("git config status.renameLimit 100", " R third -> moved\n"),
        ("git config --unset status.renameLimit; git config diff.renames false", " A new\n"),
        ("git config status.renames true; echo '* -diff' >.gitattributes", " R old -> copy\n"),
        ("rm -r d/with* copy; mkdir copy; echo f >copy/f", " R old -> new\n"),
    ] {
        shell(&env, &dir, script);
        all(&env, &dir);
        let said = text(&ask(&env, &dir, &["-s"]).0);
        assert!(said.contains(line), "{script}: {line:?} in {said}");
    }
    let object: serde_json::Value =
        serde_json::from_slice(&ask(&env, &dir, &["--json"]).0.stdout).expect("JSON");
    assert!(object["changes"].as_array().is_some_and(|changes| !changes.is_empty()));
}

#[test]
fn json_names_the_original() {
    let env = Environment::new();
    let dir = repository(&env, &format!("{FILES}; mv old new; git add -N new"));
    let (output, answered) = ask(&env, &dir, &["--json"]);
    assert_eq!(answered.served, "native");
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let expected = serde_json::json!([
        {"path": "new", "staged": null, "unstaged": "R", "original": "old", "similarity": 100},
    ]);
    assert_eq!(object["changes"], expected);
    // git's answer, understood, is the same.
    shell(&env, &dir, "git update-index --split-index");
    let (output, answered) = ask(&env, &dir, &["--json"]);
    assert_eq!(answered.served, "git");
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("JSON")["changes"],
        expected
    );
}

#[test]
fn paths_that_are_wanted() {
    let env = Environment::new();
    let dir = repository(&env, &format!("{FILES}; mv old new; mv third d/third; git add -N new d/third"));
    for paths in [&["old"][..], &["new"], &["old", "new"], &["d"], &["d", "third"], &["small"]] {
        for words in [&["-s"][..], &["--porcelain=v2"], &[]] {
            same_native(&env, &dir, &[words, &["--"], paths].concat());
        }
    }
}

/// What is left to git.
#[test]
fn copies_and_what_is_staged_at_the_same_path() {
    let env = Environment::new();
    let dir =
        repository(&env, &format!("{FILES}; mv old new; git add -N new; git config status.renames copies"));
    assert_eq!(same(&env, &dir, &["-s"]).reason, "files intended to be added that may be copied");
    shell(
        &env,
        &dir,
        "git config --unset status.renames; git reset -q --hard; git rm -q --cached third; git add -N third",
    );
    shell(&env, &dir, "mv old third");
    for words in [&["-s"][..], &["--porcelain=v2"], &[]] {
        same(&env, &dir, words);
    }
    // Of too many, git would warn.
    shell(
        &env,
        &dir,
        "git reset -q --hard; mv old new; mv third moved; echo >>new; echo >>moved; git add -N new moved
         git config status.renameLimit 1",
    );
    assert_eq!(same(&env, &dir, &["-s"]).reason, "git finds no renames");
}

#[test]
fn submodules_that_are_only_intended_are_gits() {
    let env = Environment::new();
    let dir = repository(
        &env,
        &format!(
            "{FILES}; git init -q inner; git -C inner commit -q --allow-empty -m x; git add -N inner 2>/dev/null"
        ),
    );
    for words in QUESTIONS {
        let answered = same(&env, &dir, words);
        assert_eq!(answered.reason, "a submodule that is only intended to be added", "{words:?}");
    }
}
