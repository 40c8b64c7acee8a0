//! A git that lacks what today's has: what needs it is skipped, with the reason, and the rest is done.

use std::fs;

use super::{DONE, NOTHING, SKIPPED, contents, ends, put_git, ugly};
use crate::support::Environment;
use crate::support::repository::{Generated, Plan};

/// A repository, and a git that says it is this version.
fn with_git_of(env: &mut Environment, seed: u64, version: &str) -> Generated {
    let it = ugly(env, "repository", seed);
    put_git_of(env, version);
    it
}

/// What it is asked to do is written down.
fn put_git_of(env: &mut Environment, version: &str) {
    let script = format!(
        "case $1 in version|--version) echo 'git version {version}'; exit ;; esac\necho \"$*\" >>'{}'",
        env.path().join("asked").display()
    );
    put_git(env, &script);
}

fn asked(env: &Environment) -> String {
    fs::read_to_string(env.path().join("asked")).expect("it was asked something")
}

#[test]
fn without_geometric_repacks() {
    let mut env = Environment::new();
    let it = with_git_of(&mut env, 221, "2.30.0");
    let before = contents(&env, &it.dir);
    let text = ends(env.optimize(&it.dir, &["run"]), SKIPPED);
    for line in [
        "repack         skipped: git 2.30.0 has no multi-pack bitmaps (",
        "bitmap         skipped: git 2.30.0 has no bitmap for several packs (",
        "multi-pack-index done: ",
        "commit-graph   done: ",
        "loose-objects  done: ",
        "pack-refs      done: ",
        "index          done: ",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    for task in ["repack", "bitmap"] {
        let text = ends(env.optimize(&it.dir, &["--task", task]), SKIPPED);
        assert!(text.contains(&format!("{task:<14} skipped: git 2.30.0 has no ")), "{text}");
    }
    ends(env.optimize(&it.dir, &["--full", "--task", "repack"]), SKIPPED);
    let plan = ends(env.optimize(&it.dir, &["--dry-run"]), DONE);
    assert!(plan.contains("repack         would be skipped: git 2.30.0"), "{plan}");
    // What can't be done is not pressing.
    ends(env.optimize(&it.dir, &["--auto"]), NOTHING);
    let asked = asked(&env);
    assert!(asked.contains("multi-pack-index write") && asked.contains("commit-graph write"), "{asked}");
    for option in [" repack ", "--geometric", "--write-midx", "bitmap-index", "--cruft"] {
        assert!(!asked.contains(option), "{option} is in\n{asked}");
    }
    assert_eq!(contents(&env, &it.dir), before);
}

#[test]
fn without_a_multi_pack_index_that_shows_progress() {
    let mut env = Environment::new();
    let it = with_git_of(&mut env, 222, "2.20.1");
    let before = contents(&env, &it.dir);
    let text = ends(env.optimize(&it.dir, &["run"]), SKIPPED);
    for line in [
        "multi-pack-index skipped: git 2.20.1 has no multi-pack index that shows its progress (",
        "commit-graph   skipped: git 2.20.1 has no changed-path filters (",
        "loose-objects  done: ",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    let asked = asked(&env);
    assert!(!asked.contains("multi-pack-index") && !asked.contains("commit-graph"), "{asked}");
    assert_eq!(contents(&env, &it.dir), before);
}

/// Each thing that is lacking is named, with a command that brings git up to date.
#[test]
fn doctor_says_what_is_lacking() {
    let mut env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(223, 5));
    for (version, lacks) in [
        ("2.30.0", Some("multi-pack bitmaps, cruft packs, geometric repacks with alternates")),
        ("2.36.9", Some("cruft packs, geometric repacks with alternates")),
        ("2.40.1 (Apple Git-154)", Some("geometric repacks with alternates")),
        ("2.41.0", None),
    ] {
        put_git_of(&mut env, version);
        let output = env.optimize(&it.dir, &["doctor", "--json"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let findings: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
        let git = findings.iter().find(|finding| finding["check"] == "git").expect("it is checked");
        let message = git["message"].as_str().expect("text");
        match lacks {
            None => assert_eq!((message, git["level"].as_str()), ("version 2.41.0", Some("ok"))),
            Some(lacks) => {
                assert_eq!(message, format!("version {version} lacks {lacks}"));
                assert_eq!(git["level"], "advice");
                assert!(git["command"].as_str().is_some_and(|command| command.contains("git")), "{git}");
            }
        }
    }
}
