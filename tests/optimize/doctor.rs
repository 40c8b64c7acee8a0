//! What doctor finds, mends, sets and takes back; and clone, which ends with it.

use std::fs;
use std::time::{Duration, SystemTime};

use super::{DONE, NOTHING, ends, filtering, ugly};
use crate::support::Environment;
use crate::support::repository::{Generated, Plan};

#[test]
fn finds_and_mends() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 61);
    let lock = it.git_dir.join("packed-refs.lock");
    let file = fs::File::create(&lock).expect("writable");
    file.set_modified(SystemTime::now() - Duration::from_secs(200_000)).expect("ours");
    drop(file);
    let output = env.optimize(&it.dir, &["doctor", "--json"]);
    assert_eq!(output.code, 1, "a stale lock is a problem");
    let findings: Vec<serde_json::Value> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object in each line"))
        .collect();
    let find =
        |check: &str| findings.iter().find(|finding| finding["check"] == check).expect("it is checked");
    assert_eq!(
        (&find("temporaries")["level"], &find("temporaries")["fixable"]),
        (&"problem".into(), &true.into())
    );
    assert_eq!(find("repack")["command"], "git optimize --task repack");
    assert_eq!(find("index")["fixable"], true);
    ends(env.optimize(&it.dir, &["doctor", "--fix"]), DONE);
    assert!(!lock.exists());
    let text = ends(env.optimize(&it.dir, &["doctor"]), 0);
    assert!(text.contains("ok       temporaries"), "{text}");
    assert!(text.contains("ok       locks          they work"), "{text}");
}

#[test]
fn a_tracked_index_directory_is_in_the_way() {
    let env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(62, 5));
    env.git_ok(&it.dir, &["checkout", "-q", "-f", "main"]);
    fs::create_dir(it.dir.join(".git-fast")).expect("a new name");
    fs::write(it.dir.join(".git-fast/MANIFEST"), "planted").expect("writable");
    env.git_ok(&it.dir, &["add", "-f", ".git-fast"]);
    env.git_ok(&it.dir, &["commit", "-q", "-m", "plant"]);
    env.optimize(&it.dir, &["run"]);
    let output = env.optimize(&it.dir, &["doctor"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.code, 1, "{text}");
    assert!(text.contains("git rm -r -q --cached .git-fast"), "{text}");
    assert!(it.git_dir.join("git-fast/MANIFEST").exists(), "the index is out of the way");
}

#[test]
fn what_is_set_is_taken_back_and_nothing_else() {
    let env = Environment::new();
    for (name, own) in [
        ("plain", ""),
        ("some", "[fetch]\n\tprune = true\n; a note\n[core \"x\"]\n\ty = 1\n"),
        ("decided", "[core]\n\tuntrackedCache = false\n[fetch]\n\twriteCommitGraph = false\n"),
    ] {
        let it = Generated::new(&env, name, Plan::plain(63, 5));
        let file = it.git_dir.join("config");
        let mut config = fs::read_to_string(&file).expect("readable");
        config.push_str(own);
        fs::write(&file, &config).expect("writable");
        for _ in 0..2 {
            ends(env.optimize(&it.dir, &["doctor", "--apply-config"]), 0);
        }
        let set = fs::read_to_string(&file).expect("readable");
        assert!(set.contains("writeBitmapLookupTable = true"), "{set}");
        assert_eq!(set.contains("untrackedCache = true"), name != "decided", "{set}");
        let text = ends(env.optimize(&it.dir, &["doctor"]), 0);
        assert!(text.contains("nothing to recommend"), "{text}");
        ends(env.optimize(&it.dir, &["doctor", "--revert-config"]), 0);
        assert_eq!(fs::read_to_string(&file).expect("readable"), config, "{name}");
        assert!(!it.git_dir.join("git-fast.config.json").exists());
        assert_eq!(ends(env.optimize(&it.dir, &["doctor", "--revert-config"]), 0), "nothing was set\n");
    }
}

#[test]
fn what_was_changed_since_stays() {
    let env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(64, 5));
    ends(env.optimize(&it.dir, &["doctor", "--apply-config"]), 0);
    env.git_ok(&it.dir, &["config", "fetch.writeCommitGraph", "false"]);
    let text = ends(env.optimize(&it.dir, &["doctor", "--revert-config"]), 0);
    assert!(text.contains("left fetch.writeCommitGraph"), "{text}");
    assert_eq!(env.git_ok(&it.dir, &["config", "fetch.writeCommitGraph"]), b"false\n");
    assert_eq!(env.git(&it.dir, &["config", "--local", "core.untrackedCache"]).code, 1);
}

#[test]
fn clones_of_all_kinds() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "original", 65);
    let url = filtering(&it, &env);
    let head = env.git_ok(&it.dir, &["rev-parse", "main"]);
    let clone = |args: &[&str]| ends(env.optimize(env.path(), &[&["clone"], args].concat()), 0);
    clone(&[&url, "whole"]);
    clone(&[&url, "shallow", "--depth", "3"]);
    clone(&[&url, "partial", "--filter", "blob:none"]);
    clone(&[&url, "sparse", "--sparse", "src"]);
    clone(&[&url, "bare.git", "--bare"]);
    for name in ["whole", "shallow", "partial", "sparse", "bare.git"] {
        let dir = env.path().join(name);
        assert_eq!(env.git_ok(&dir, &["rev-parse", "main"]), head, "{name}");
        assert_eq!(env.git_ok(&dir, &["config", "--local", "fetch.writeCommitGraph"]), b"true\n", "{name}");
        assert_eq!(env.git(&dir, &["fsck", "--no-progress"]).code, 0, "{name}");
        let status = String::from_utf8(env.optimize(&dir, &["index", "status"]).stdout).expect("text");
        assert_eq!(status.contains("state: up to date"), name != "shallow", "{name}: {status}");
    }
    assert_eq!(
        env.git_ok(&env.path().join("shallow"), &["rev-list", "--count", "--first-parent", "main"]),
        b"3\n"
    );
    assert_eq!(env.git_ok(&env.path().join("sparse"), &["sparse-checkout", "list"]), b"src\n");
    assert_eq!(env.optimize(env.path(), &["clone", "file:///nonexistent/x", "no"]).code, 128);
    // In a whole clone there is nothing left to be done.
    ends(env.optimize(&env.path().join("whole"), &["--auto"]), NOTHING);
}
