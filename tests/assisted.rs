//! Questions that the index and git answer together: git is given the commits that can be part of the answer, and looks at
//! no others. And what is answered while the index is not complete.

use std::process::Stdio;
use std::time::Duration;

use bstr::ByteSlice;
use rustix::process::{Pid, Signal, kill_process};

use crate::differential::compare::difference;
use crate::support::Environment;
use crate::support::recorder::Recorder;
use crate::support::repository::{Generated, Plan, args};
use crate::support::trace::Served;

/// Diffs decide what is shown, or only how: git judges the commits that changed the paths, whatever else there is.
#[test]
fn only_the_candidates_are_judged() {
    let mut env = Environment::new();
    let it = Generated::new(&env, "repository", Plan { commits: 120, ..Plan::plain(31, 0) });
    env.index_ok(&it.dir, "build");
    let path = "src/main.c";
    let listed = env.git_ok(&it.dir, &["log", "--all", "--raw", "--no-abbrev", "--format=", "--", path]);
    let line = listed.lines().find(|line| line.ends_with_str("\tsrc/main.c")).expect("it was changed");
    let find = format!("--find-object={}", line.split_str(" ").nth(3).expect("a blob").as_bstr());
    let all = env.git_ok(&it.dir, &["rev-list", "--count", "--all"]);
    let all: usize = all.trim_end().to_str().expect("digits").parse().expect("a number");
    let recorder = Recorder::start(&mut env);
    let mut shown = 0;
    for judged in [
        &["--diff-filter=M"][..],
        &["--diff-filter=AD", "--name-status"],
        &["-Sline"],
        &["-Gl.ne", "--stat"],
        &["-Sl.ne", "--pickaxe-regex", "--pickaxe-all", "-p"],
        &[&find],
        &[&find, "--raw"],
        &["-p"],
        &["--stat", "-M"],
    ] {
        for chosen in [
            &["--", path][..],
            &["--full-history", "--", path],
            &["--author=example.com", "--no-merges", "--", "src", ":!src/lib"],
            &["--date-order", "--", "*.c"],
            &["HEAD~3", "--first-parent", "--", "README", path],
            &["--skip=1", "-n2", "--", path],
        ] {
            let mut tips = vec!["--format=%H %s"];
            if !chosen.contains(&"HEAD~3") {
                tips.push("--all");
            }
            let words = args(&[&tips, judged, chosen].concat());
            let theirs = env.log(&it.dir, &words, None);
            // Those that the diffs judge are what is there without them, if they also count.
            let counted = chosen.contains(&"-n2") && !["-p", "--stat"].contains(&judged[0]);
            let candidates: Vec<&str> = chosen
                .iter()
                .copied()
                .filter(|word| !counted || !["--skip=1", "-n2"].contains(word))
                .collect();
            let tips = if tips.len() > 1 { "--all" } else { "--no-color" };
            // An object is looked for along all lines of history.
            let lines: &[&str] = if judged[0] == find { &["--full-history"] } else { &[] };
            let question = [&["log", "--format=%H", tips][..], lines, &candidates].concat();
            let candidates = env.git_ok(&it.dir, &question);
            let mut candidates: Vec<&str> = candidates.to_str().expect("hexadecimal").lines().collect();
            recorder.take();
            let (ours, trace) = env.fastlog(&it.dir, &words, None);
            let trace = trace.expect("a trace");
            assert_eq!(difference(&ours, &theirs, false), None, "{words:?}");
            assert_eq!(trace.served, Served::Assisted, "{words:?}: {}", trace.reason);
            let asked = recorder.take();
            // Another one may have been asked about names that are hard to match.
            let renders = |words: &str| words.starts_with("log --stdin ");
            let logs: Vec<_> = asked.iter().filter(|asked| renders(&asked.words)).collect();
            assert_eq!(logs.len(), 1, "{words:?}: {asked:?}");
            let mut given: Vec<&str> = logs[0].input.lines().collect();
            given.sort_unstable();
            candidates.sort_unstable();
            assert_eq!(given, candidates, "{words:?}");
            assert!(logs[0].words.contains("--no-walk"), "{words:?}: {}", logs[0].words);
            assert!(given.len() < all, "{words:?}: {} of {all}", given.len());
            shown += usize::from(!theirs.stdout.is_empty());
        }
    }
    assert!(shown >= 27, "only {shown} of 54 show anything");
}

/// Metadata come first: while it is found out what was done to paths, nobody waits for it who does not ask for it.
#[test]
fn questions_without_paths_do_not_wait_for_paths() {
    let env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(32, 150));
    let status = || env.optimize(&it.dir, &["index", "status"]).stdout;
    // Stopped right after the history was published; where that was too late, once more.
    let build = (0..100).find_map(|_| {
        it.remove_index();
        let mut build = env.ours("git-optimize", &it.dir, &["index", "build", "--quiet"]);
        let mut build = build.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("our program");
        while build.try_wait().expect("our child").is_none() && !it.index_dir().join("MANIFEST").exists() {
            std::thread::sleep(Duration::from_micros(200));
        }
        let pid = Pid::from_child(&build);
        if kill_process(pid, Signal::STOP).is_ok() && status().contains_str("paths of commits: 0\n") {
            return Some(build);
        }
        build.kill().expect("our child");
        build.wait().expect("our child");
        None
    });
    let mut build = build.expect("it was never stopped in time");
    for words in [&["--all"][..], &["--format=%h %s", "-n2"], &["--graph", "--author=Thor"]] {
        let theirs = env.log(&it.dir, &args(words), None);
        let (ours, trace) = env.fastlog(&it.dir, &args(words), None);
        let trace = trace.expect("a trace");
        assert_eq!(difference(&ours, &theirs, false), None, "{words:?}");
        assert_eq!((trace.served, &*trace.index), (Served::Native, "fresh"), "{words:?}: {}", trace.reason);
    }
    assert!(status().contains_str("paths of commits: 0\n"), "{}", status().as_bstr());
    build.kill().expect("our child");
    build.wait().expect("our child");
    env.index_ok(&it.dir, "update");
    assert!(!status().contains_str("paths of commits: 0\n"), "{}", status().as_bstr());
    let words = args(&["--format=%h %s", "--", "src"]);
    let theirs = env.log(&it.dir, &words, None);
    let (ours, trace) = env.fastlog(&it.dir, &words, None);
    assert_eq!(difference(&ours, &theirs, false), None);
    assert_eq!(trace.expect("a trace").served, Served::Native);
}
