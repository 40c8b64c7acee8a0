//! What a run does and says.

use std::fs;
use std::time::{Duration, SystemTime};

use super::{DONE, Held, NOTHING, SKIPPED, contents, ends, temporaries, ugly};
use crate::support::Environment;
use crate::support::damage::files;
use crate::support::repository::{Generated, Plan};

fn number(env: &Environment, dir: &std::path::Path, key: &str) -> u64 {
    let text = env.git_ok(dir, &["count-objects", "-v"]);
    let text = String::from_utf8_lossy(&text).into_owned();
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
    value.and_then(|value| value.parse().ok()).expect("git counts")
}

#[test]
fn an_ugly_repository_becomes_a_tidy_one_and_loses_nothing() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 21);
    let before = contents(&env, &it.dir);
    assert!(number(&env, &it.dir, "packs") > 10 && number(&env, &it.dir, "count") > 100);
    let plan = ends(env.optimize(&it.dir, &["--dry-run"]), DONE);
    for task in ["pack-refs      would run", "index          would run", "repack         would run", "cost: "]
    {
        assert!(plan.contains(task), "{task} is not in\n{plan}");
    }
    assert_eq!(contents(&env, &it.dir), before, "a dry run changes nothing");
    ends(env.optimize(&it.dir, &["run"]), DONE);
    assert_eq!(contents(&env, &it.dir), before);
    assert_eq!(number(&env, &it.dir, "count"), 0);
    assert!(number(&env, &it.dir, "packs") <= 2);
    let all: Vec<String> = files(&it.git_dir).iter().map(|path| path.display().to_string()).collect();
    let loose = crate::support::damage::files(&it.git_dir.join("refs/heads"));
    assert!(loose.is_empty(), "{loose:?}");
    for end in [".bitmap", "multi-pack-index", "commit-graph-chain", "packed-refs"] {
        assert!(all.iter().any(|name| name.ends_with(end)), "no {end}");
    }
    assert_eq!(temporaries(&it.git_dir), Vec::<String>::new());
    env.git_ok(&it.dir, &["multi-pack-index", "verify"]);
    env.git_ok(&it.dir, &["commit-graph", "verify"]);
    env.index_ok(&it.dir, "verify");
    ends(env.optimize(&it.dir, &["run"]), NOTHING);
    ends(env.optimize(&it.dir, &["--auto"]), NOTHING);
}

/// To find that there is nothing to do takes no object: here none can be read any more.
#[test]
fn auto_reads_no_object() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 24);
    ends(env.optimize(&it.dir, &["run"]), DONE);
    for pack in files(&it.git_dir).iter().filter(|path| path.extension().is_some_and(|end| end == "pack")) {
        let zeros = vec![0; fs::metadata(pack).expect("it is there").len() as usize];
        fs::remove_file(pack).and_then(|()| fs::write(pack, zeros)).expect("writable");
    }
    assert_ne!(env.git(&it.dir, &["cat-file", "-p", "main"]).code, 0);
    ends(env.optimize(&it.dir, &["--auto"]), NOTHING);
}

#[test]
fn full_keeps_unreachable_objects_apart() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 22);
    let before = contents(&env, &it.dir);
    ends(env.optimize(&it.dir, &["--full", "-q"]), DONE);
    assert_eq!(contents(&env, &it.dir), before);
    assert_eq!(number(&env, &it.dir, "count"), 0);
    let cruft =
        files(&it.git_dir).iter().filter(|path| path.extension().is_some_and(|end| end == "mtimes")).count();
    assert_eq!((number(&env, &it.dir, "packs"), cruft), (2, 1));
    ends(env.optimize(&it.dir, &["--full"]), DONE);
    assert_eq!(contents(&env, &it.dir), before);
}

/// A large pack is written anew only when all is to be one pack.
#[test]
fn a_large_pack_stays_unless_all_is_asked_for() {
    let env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(28, 120));
    env.git_ok(&it.dir, &["repack", "-a", "-d", "-q"]);
    let packs = || -> Vec<std::path::PathBuf> {
        let all = files(&it.git_dir.join("objects/pack")).into_iter();
        all.filter(|path| path.extension().is_some_and(|end| end == "pack")).collect()
    };
    let [large] = &packs()[..] else { panic!("{:?}", packs()) };
    let large = large.clone();
    let dir = it.dir.clone();
    for number in 0..6 {
        let blob = env.git_input(&dir, &["hash-object", "-w", "--stdin"], Some(&[number, 7]));
        env.git_input(&dir, &["pack-objects", "-q", ".git/objects/pack/pack"], Some(&blob));
    }
    env.git_ok(&dir, &["prune-packed", "-q"]);
    assert_eq!(packs().len(), 7);
    let inode = |path: &std::path::Path| {
        fs::metadata(path).map(|meta| std::os::unix::fs::MetadataExt::ino(&meta)).expect("it is there")
    };
    let before = (inode(&large), contents(&env, &dir));
    ends(env.optimize(&dir, &["run"]), DONE);
    assert_eq!((packs().len(), packs().contains(&large)), (2, true));
    assert_eq!((inode(&large), contents(&env, &dir)), before);
    ends(env.optimize(&dir, &["run"]), NOTHING);
    ends(env.optimize(&dir, &["run", "--full"]), DONE);
    assert!(!packs().contains(&large));
    // What is reached, and what is not.
    assert_eq!((packs().len(), contents(&env, &dir)), (2, before.1));
}

/// New commits come into a layer of their own, and each layer has filters for paths.
#[test]
fn the_commit_graph_grows_by_layers_with_filters() {
    let mut env = Environment::new();
    let mut it = Generated::new(&env, "repository", Plan::plain(29, 120));
    let info = it.git_dir.join("objects/info/commit-graphs");
    let layers = || -> Vec<Vec<u8>> {
        let chain = fs::read_to_string(info.join("commit-graph-chain")).expect("there is one");
        chain
            .lines()
            .map(|hash| fs::read(info.join(format!("graph-{hash}.graph"))).expect("a layer"))
            .collect()
    };
    ends(env.optimize(&it.dir, &["run"]), DONE);
    let first = layers();
    env.set_config(&[("fastimport.unpackLimit", "1".as_ref())]);
    it.grow(&env, 10);
    ends(env.optimize(&it.dir, &["run"]), DONE);
    let both = layers();
    assert_eq!((first.len(), both.len()), (1, 2));
    assert_eq!(both[0], first[0], "what was there is not written anew");
    for layer in &both {
        for chunk in [&b"BIDX"[..], b"BDAT"] {
            assert!(layer.windows(4).take(200).any(|window| window == chunk), "a layer has no filters");
        }
    }
    env.git_ok(&it.dir, &["commit-graph", "verify"]);
    // git uses them, and for the newest commits, too.
    let trace = env.path().join("trace");
    env.set("GIT_TRACE2_PERF", trace.as_os_str());
    env.git_ok(&it.dir, &["log", "--all", "--oneline", "--", "no/such/path"]);
    let trace = fs::read_to_string(trace).expect("git has written it");
    let statistics =
        trace.lines().find(|line| line.contains("statistics:{\"filter_not_present\"")).expect("git says so");
    assert!(statistics.contains("\"filter_not_present\":0,"), "{statistics}");
    assert!(!statistics.contains("\"definitely_not\":0,"), "{statistics}");
    let end = env.optimize(&it.dir, &["run", "--full"]);
    assert_eq!((end.code, layers().len()), (DONE, 1));
}

#[test]
fn one_task_by_its_name_and_no_other() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 23);
    let before = contents(&env, &it.dir);
    let packs = number(&env, &it.dir, "packs");
    ends(env.optimize(&it.dir, &["--task", "loose-objects"]), DONE);
    assert_eq!(contents(&env, &it.dir), before);
    assert_eq!((number(&env, &it.dir, "count"), number(&env, &it.dir, "packs")), (0, packs + 1));
    assert!(!it.git_dir.join("packed-refs").exists());
    let output = env.optimize(&it.dir, &["--task", "nonsense"]);
    assert_eq!(output.code, 129);
    assert!(String::from_utf8_lossy(&output.stderr).contains("loose-objects"));
    for task in [
        "reflog",
        "rerere",
        "worktrees",
        "temporaries",
        "commit-graph",
        "pack-refs",
        "index",
        "repack",
        "bitmap",
        "multi-pack-index",
    ] {
        ends(env.optimize(&it.dir, &["--task", task]), DONE);
        assert_eq!(contents(&env, &it.dir), before, "{task}");
    }
}

#[test]
fn a_bitmap_is_a_task_of_its_own() {
    let mut env = Environment::new();
    let mut it = ugly(&mut env, "repository", 20);
    let git_dir = it.git_dir.clone();
    let bitmaps = || {
        let all = files(&git_dir);
        all.iter().filter(|path| path.extension().is_some_and(|end| end == "bitmap")).count()
    };
    env.git_ok(&it.dir, &["config", "repack.writeBitmaps", "false"]);
    ends(env.optimize(&it.dir, &["run"]), DONE);
    assert_eq!((number(&env, &it.dir, "packs"), bitmaps()), (1, 0));
    ends(env.optimize(&it.dir, &["run"]), NOTHING);
    env.git_ok(&it.dir, &["config", "--unset", "repack.writeBitmaps"]);
    // Where there is a worktree, who waits for it asks for it.
    ends(env.optimize(&it.dir, &["--auto"]), if it.dir == it.git_dir { DONE } else { NOTHING });
    // What is not in packs yet must not be in its way.
    it.grow(&env, 5);
    let before = contents(&env, &it.dir);
    assert!(number(&env, &it.dir, "count") >= 10);
    ends(env.optimize(&it.dir, &["--task", "bitmap"]), DONE);
    assert_eq!(bitmaps(), 1);
    env.git_ok(&it.dir, &["rev-list", "--test-bitmap", "HEAD"]);
    assert_eq!(contents(&env, &it.dir), before);
}

#[test]
fn what_faststatus_remembers_is_made_once() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 19);
    let dir = env.path().join("worktree");
    env.git_ok(&it.dir, &["worktree", "add", "-q", "--detach", &dir.to_string_lossy()]);
    let git_dir = it.git_dir.join("worktrees/worktree");
    ends(env.optimize(&dir, &["--auto"]), DONE);
    assert!(!git_dir.join("git-fast.status").exists(), "nobody waits for it");
    let text = ends(env.optimize(&dir, &["run"]), DONE);
    assert!(
        text.contains("status         done: written") && git_dir.join("git-fast.status").exists(),
        "{text}"
    );
    ends(env.optimize(&dir, &["run"]), NOTHING);
    env.git_ok(&dir, &["status"]);
}

/// A branch that was rewritten leaves its commits in the index; when they are many, it is built anew.
#[test]
fn vanished_commits_are_dropped_when_they_are_many() {
    let env = Environment::new();
    let dir = env.path().join("repository");
    env.git_ok(env.path(), &["init", "-q", "-b", "main", "repository"]);
    let mut stream = String::new();
    for (branch, count) in [("main", 3_000), ("gone", 9_000)] {
        for number in 0..count {
            let time = 1_600_000_000 + number;
            stream.push_str(&format!(
                "commit refs/heads/{branch}\ncommitter C <c@x> {time} +0000\ndata 2\n{branch:.2}\n"
            ));
        }
    }
    env.git_input(&dir, &["fast-import", "--quiet"], Some(stream.as_bytes()));
    env.git_ok(&dir, &["config", "gc.pruneExpire", "never"]);
    let commits = || {
        let text = ends(env.optimize(&dir, &["index", "status"]), DONE);
        text.lines().find(|line| line.contains("commits")).expect("it says how many").to_owned()
    };
    let gone = env.git_ok(&dir, &["rev-parse", "gone"]);
    let gone = String::from_utf8_lossy(&gone).trim().to_owned();
    for how in [&["run", "--task", "index"][..], &["run"], &["--auto", "--quiet"]] {
        env.git_ok(&dir, &["branch", "-q", "-f", "gone", &gone]);
        ends(env.optimize(&dir, &["run", "--task", "index"]), DONE);
        assert!(commits().contains("12000"), "{how:?}: {}", commits());
        env.git_ok(&dir, &["branch", "-q", "-D", "gone"]);
        let text = ends(env.optimize(&dir, how), DONE);
        assert_eq!(text.contains("built, 3000 commits"), !how.contains(&"--quiet"), "{text}");
        assert!(commits().contains("3000"), "{how:?}: {}", commits());
        env.index_ok(&dir, "verify");
    }
}

#[test]
fn json_has_one_object_in_each_line() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 24);
    let text = ends(env.optimize(&it.dir, &["run", "--json"]), DONE);
    let events: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("an object in each line")).collect();
    let has = |event: &str, key: &str, value: &str| {
        events.iter().any(|line| line["event"] == event && line[key] == value)
    };
    assert!(
        has("start", "task", "repack") && has("end", "task", "repack") && has("progress", "phase", "paths")
    );
    // How far it is of how much: git's own, of all that tells any, and ours.
    for (task, phase) in [("index", "paths"), ("repack", "Counting objects"), ("repack", "Writing objects")] {
        let told = |line: &&serde_json::Value| line["task"] == task && line["phase"] == phase;
        let line = events.iter().rfind(told).unwrap_or_else(|| panic!("no {phase}: {text}"));
        assert!(line["event"] == "progress" && line["done"] == line["total"], "{line}");
    }
    let last = events.last().expect("there are some");
    assert!(last["event"] == "summary" && last["outcome"] == "done" && last["failed"] == 0, "{last}");
}

#[test]
fn no_time_no_work_and_the_next_run_goes_on() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 25);
    let before = contents(&env, &it.dir);
    let text = ends(env.optimize(&it.dir, &["--time-budget", "0s"]), SKIPPED);
    assert!(text.contains("the next run goes on"), "{text}");
    assert_eq!(contents(&env, &it.dir), before);
    for budget in ["5ms", "20ms", "60ms"] {
        let output = env.optimize(&it.dir, &["--time-budget", budget]);
        assert!(
            [DONE, NOTHING, SKIPPED].contains(&output.code),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(contents(&env, &it.dir), before, "{budget}");
    }
    let end = env.optimize(&it.dir, &["run"]);
    assert!([DONE, NOTHING].contains(&end.code), "{} {}", end.code, String::from_utf8_lossy(&end.stdout));
    assert_eq!(temporaries(&it.git_dir), Vec::<String>::new());
}

#[test]
fn detached_it_goes_on_in_the_background() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 26);
    let before = contents(&env, &it.dir);
    let held = Held::new(&mut env);
    ends(env.optimize(&it.dir, &["--auto", "--detach"]), DONE);
    assert!(number(&env, &it.dir, "packs") > 10, "it waits for nothing");
    held.let_go();
    let end = std::time::Instant::now() + Duration::from_secs(50);
    while number(&env, &it.dir, "packs") > 2 {
        assert!(std::time::Instant::now() < end, "nothing happens");
        std::thread::sleep(Duration::from_millis(50));
    }
    while env.optimize(&it.dir, &["--auto"]).code != NOTHING {
        assert!(std::time::Instant::now() < end, "it does not end");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(contents(&env, &it.dir), before);
}

#[test]
fn debris_is_aged_out_and_what_may_be_needed_stays() {
    let env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(27, 10));
    ends(env.optimize(&it.dir, &["run"]), DONE);
    let old = SystemTime::now() - Duration::from_secs(3 * 86_400);
    let debris = [
        "objects/pack/tmp_pack_abc",
        "objects/pack/.tmp-77-pack-x.idx",
        "objects/ab/tmp_obj_x",
        "gc.log",
        "packed-refs.lock",
        "packed-refs.new",
        "refs/heads/x.lock",
        "objects/maintenance.lock",
        "git-fast.key.x1Yz",
        "git-fast.tmp.x1Yz",
    ];
    let put = |name: &str, when: Option<SystemTime>| {
        let path = it.git_dir.join(name);
        fs::create_dir_all(path.parent().expect("a file has one")).expect("writable");
        let file = fs::File::create(path).expect("writable");
        if let Some(when) = when {
            file.set_modified(when).expect("ours");
        }
        file
    };
    let there = |names: &[&str]| names.iter().filter(|name| it.git_dir.join(name).exists()).count();
    for name in debris {
        put(name, None);
    }
    let text = ends(env.optimize(&it.dir, &["run"]), NOTHING);
    assert_eq!(there(&debris), debris.len(), "{text}");
    let text = ends(env.optimize(&it.dir, &["run", "--dry-run"]), NOTHING);
    assert!(text.contains("10 that are less than a day old"), "{text}");
    for name in debris {
        put(name, Some(old));
    }
    // Somebody holds this one: this test.
    let _held = put("HEAD.lock", Some(old));
    // A pack is no debris, however old, and neither is what is like one in name only.
    put("objects/pack/pack-1234.keep", Some(old));
    fs::File::open(it.git_dir.join("git-fast.key")).and_then(|file| file.set_modified(old)).expect("the key");
    let text = ends(env.optimize(&it.dir, &["run"]), DONE);
    assert!(text.contains("removed 10; left 1") && text.contains("a process has it open"), "{text}");
    assert_eq!(
        (there(&debris), there(&["HEAD.lock", "objects/pack/pack-1234.keep", "git-fast.key"])),
        (0, 3)
    );
}
