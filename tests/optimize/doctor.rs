//! What doctor finds, mends, sets and takes back; and clone, which ends with it.

use std::fs;
use std::time::{Duration, SystemTime};

use super::{DONE, NOTHING, ends, filtering, sane, ugly};
use crate::support::environment::give;
use crate::support::repository::{Generated, Plan};
use crate::support::{Environment, left_out, need};

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
    let kept = |env: &Environment| {
        let config = fs::read(it.git_dir.join("config")).expect("readable");
        (env.git_ok(&it.dir, &["count-objects", "-v"]), it.git_dir.join("packed-refs").exists(), config)
    };
    let before = kept(&env);
    ends(env.optimize(&it.dir, &["doctor", "--fix"]), DONE);
    assert!(!lock.exists());
    let status = String::from_utf8(env.optimize(&it.dir, &["index", "status"]).stdout).expect("text");
    assert!(status.contains("state: up to date"), "{status}");
    // What takes long, or is a matter of taste, is left to whoever reads this.
    assert_eq!(kept(&env), before);
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

fn findings(env: &Environment, it: &Generated) -> Vec<serde_json::Value> {
    let output = env.optimize(&it.dir, &["doctor", "--json"]);
    sane(&output);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().map(|line| serde_json::from_str(line).expect("an object in each line")).collect()
}

#[track_caller]
fn finding(env: &Environment, it: &Generated, check: &str) -> (String, String, String) {
    let all = findings(env, it);
    let found = all.iter().find(|finding| finding["check"] == check).expect("it is checked");
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    (text("level"), text("message"), text("command"))
}

/// Something that is not ours stands where the index would be: the index is elsewhere, nothing of it is followed or
/// written to, and the command that is given clears the way.
#[test]
fn what_stands_in_the_place_of_the_index() {
    let env = Environment::new();
    for (seed, before, foreign) in
        [(66, true, false), (67, false, false), (68, true, true), (69, false, true)]
    {
        if foreign && !rustix::process::geteuid().is_root() {
            left_out("a directory of another user", "only root can give one away");
            continue;
        }
        let it = Generated::new(&env, &format!("it's {seed}"), Plan::plain(seed, 5));
        if !before {
            env.index_ok(&it.dir, "build");
            fs::rename(it.dir.join(".git-fast"), it.dir.join("away")).expect("ours");
        }
        let (place, target) = (it.dir.join(".git-fast"), env.path().join(format!("target-{seed}")));
        if foreign {
            fs::create_dir(&place).expect("a new name");
            give(&place, 65_534);
        } else {
            fs::create_dir(&target).expect("a new name");
            std::os::unix::fs::symlink(&target, &place).expect("a new name");
        }
        env.index_ok(&it.dir, "build");
        let (level, message, command) = finding(&env, &it, "index place");
        let reason = if foreign { "it belongs to another user" } else { "it is not a directory" };
        assert_eq!(level, "advice");
        assert!(message.ends_with(&format!("because .git-fast can't be used: {reason}")), "{message}");
        assert!(message.contains(".git/git-fast"), "{message}");
        let inside = if foreign { &place } else { &target };
        assert_eq!(fs::read_dir(inside).expect("readable").count(), 0, "nothing was written there");
        env.run(env.command("sh", &it.dir, &["-c", &command])).success(&command);
        assert!(!place.is_symlink() && !place.exists());
        env.index_ok(&it.dir, "update");
        assert_eq!(finding(&env, &it, "index place").0, "ok");
    }
}

/// A place that can't be: that is said, with the place, and the command makes it another one.
#[test]
fn a_configured_place_that_is_no_directory() {
    let env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(71, 5));
    env.git_ok(&it.dir, &["config", "fast.indexDir", "/dev/null"]);
    let output = env.optimize(&it.dir, &["index", "build"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("fatal: cannot create the index in /dev/null: Not a directory"), "{said}");
    assert_eq!(output.code, 128);
    let (level, message, command) = finding(&env, &it, "index place");
    assert_eq!(level, "problem");
    assert!(message.contains("/dev/null/") && message.contains("Not a directory"), "{message}");
    env.run(env.command("sh", &it.dir, &["-c", &command])).success(&command);
    env.index_ok(&it.dir, "build");
    assert_eq!(finding(&env, &it, "index place").0, "ok");
}

/// Where locks fail, or keep nobody out, that is a problem, and the command moves the index elsewhere. The file system is
/// played by a library that takes the place of flock(2).
#[test]
fn where_locks_do_not_work() {
    need("cc", "gcc");
    let mut env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(70, 5));
    env.index_ok(&it.dir, "build");
    let source = "#include <errno.h>\nint flock(int file, int how) { errno = ENOLCK; return RESULT; }\n";
    fs::write(env.path().join("flock.c"), source).expect("writable");
    for (result, message) in [
        ("-1", "files can't be locked here: No locks available (os error 37)"),
        ("0", "two writers could hold one lock here"),
    ] {
        let library = env.path().join(format!("flock{result}.so"));
        let define = format!("-DRESULT={result}");
        let library = library.display().to_string();
        let compile =
            env.command("cc", env.path(), &["-shared", "-fPIC", &define, "-o", &library, "flock.c"]);
        env.run(compile).success("cc");
        env.set("LD_PRELOAD", &library);
        let (level, said, command) = finding(&env, &it, "locks");
        assert_eq!((level.as_str(), said.as_str()), ("problem", message));
        assert_eq!(env.optimize(&it.dir, &["doctor"]).code, 1);
        assert!(command.starts_with("git config fast.indexDir /"), "{command}");
        env.set("LD_PRELOAD", "");
        env.run(env.command("sh", &it.dir, &["-c", &command])).success(&command);
        env.index_ok(&it.dir, "build");
        let (_, place, _) = finding(&env, &it, "index place");
        assert!(command.ends_with(place.rsplit_once('/').expect("a path").0), "{command}: {place}");
        env.git_ok(&it.dir, &["config", "--unset", "fast.indexDir"]);
    }
}

/// Whatever is not as it should be comes with a command, and none has anything to be filled in.
#[test]
fn each_finding_has_its_command() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 60);
    let mut open = 0;
    for finding in findings(&env, &it).iter().filter(|finding| finding["level"] != "ok") {
        let command = finding["command"].as_str().unwrap_or_else(|| panic!("no command: {finding}"));
        assert!(
            command.starts_with("git ") && !command.contains('<') && !command.contains("..."),
            "{finding}"
        );
        open += 1;
    }
    assert!(open >= 6, "{open}");
}

/// What is to be done is done by running the commands as they stand, in a shell.
#[test]
fn the_commands_mend_what_they_are_for() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 60);
    let open = |env: &Environment| -> Vec<serde_json::Value> {
        findings(env, &it).into_iter().filter(|finding| finding["level"] != "ok").collect()
    };
    // What is worth doing may be so only after something else.
    for _ in 0..3 {
        for finding in open(&env) {
            let command = finding["command"].as_str().unwrap_or_else(|| panic!("no command: {finding}"));
            let output = env.run(env.command("sh", &it.dir, &["-c", command]));
            // 1: there was nothing to do, because one of the others has done it.
            assert!(matches!(output.code, 0 | 1), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
    assert_eq!(open(&env), Vec::<serde_json::Value>::new());
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

/// From 10,000 files on, what makes many files quicker is recommended, too.
#[test]
fn what_many_files_want_is_set_and_taken_back() {
    let env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(69, 3));
    let file = it.git_dir.join("config");
    let set = |files: usize| {
        let blob = env.git_input(&it.dir, &["hash-object", "-w", "--stdin"], Some(b"x"));
        let blob = String::from_utf8_lossy(&blob).trim().to_owned();
        let entries: String = (0..files).map(|number| format!("100644 {blob}\tf{number}\n")).collect();
        env.git_ok(&it.dir, &["read-tree", "--empty"]);
        env.git_input(&it.dir, &["update-index", "--index-info"], Some(entries.as_bytes()));
        let before = fs::read(&file).expect("readable");
        ends(env.optimize(&it.dir, &["doctor", "--apply-config"]), 0);
        let values = ["index.version", "checkout.workers"]
            .map(|key| env.git(&it.dir, &["config", "--local", key]).stdout);
        ends(env.optimize(&it.dir, &["doctor", "--revert-config"]), 0);
        assert_eq!(fs::read(&file).expect("readable"), before);
        values
    };
    assert_eq!(set(9_999), [b"".to_vec(), b"".to_vec()]);
    assert_eq!(set(10_000), [b"4\n".to_vec(), b"0\n".to_vec()]);
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
    clone(&[&url, "sparse", "--sparse", "src", "--sparse", "other"]);
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
    assert_eq!(env.git_ok(&env.path().join("sparse"), &["sparse-checkout", "list"]), b"other\nsrc\n");
    let partial = env.path().join("partial");
    assert_eq!(env.git_ok(&partial, &["config", "remote.origin.partialCloneFilter"]), b"blob:none\n");
    // Blobs that only older commits have are not there.
    let listed = env.git_ok(&partial, &["rev-list", "--objects", "--all", "--missing=print"]);
    assert!(listed.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"?")));
    for name in ["whole", "shallow", "partial", "sparse", "bare.git"] {
        let text = ends(env.optimize(&env.path().join(name), &["doctor"]), 0);
        assert!(text.contains("nothing to recommend"), "{name}: {text}");
    }
    assert_eq!(env.optimize(env.path(), &["clone", "file:///nonexistent/x", "no"]).code, 128);
    // In a whole clone there is nothing left to be done.
    ends(env.optimize(&env.path().join("whole"), &["--auto"]), NOTHING);
}
