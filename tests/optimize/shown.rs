//! What is seen of a run, a report or a clone while it is at work: bars at a terminal, events as they happen.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use super::{DONE, Held, ends, errors, filtering, put_git, remove_git, sane, ugly};
use crate::support::Environment;
use crate::support::repository::{Generated, Plan};
use crate::support::terminal::Terminal;

#[test]
fn bars_at_a_terminal() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 231);
    let url = filtering(&it, &env);
    let mut terminal = Terminal::start(&env, &it.dir, "git-optimize", &["run"]);
    terminal.wait_for("Indexing: ");
    // Of git: as it is.
    terminal.wait_for("Writing objects: 100%");
    terminal.wait_for("done in ");
    let mut terminal = Terminal::start(&env, env.path(), "git-optimize", &["clone", &url, "clone"]);
    terminal.wait_for("Receiving objects: 100%");
    terminal.wait_for("set fetch.writeCommitGraph");
    terminal.wait_for("Indexing: ");
    ends(env.optimize(&it.dir, &["index", "clear"]), 0);
    let mut terminal = Terminal::start(&env, &it.dir, "git-optimize", &["report"]);
    let bars = [
        "Indexing history: ",
        " commits, ",
        "/s, ",
        "Indexing paths: ",
        "Reading sizes: ",
        " objects, ",
        "/s, ",
        " left",
    ];
    for part in bars {
        terminal.wait_for(part);
    }
    let shown = terminal.wait_for("recommendations");
    assert!(shown.contains("overall") && shown.contains("storage"), "{shown}");
}

/// No terminal, no bars, but lines for who asks; and quiet is quiet at a terminal, too.
#[test]
fn bars_elsewhere() {
    let env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(232, 30));
    let report = |more: &[&str]| {
        ends(env.optimize(&it.dir, &["index", "clear", "-q"]), 0);
        let output = env.optimize(&it.dir, &[&["report", "--json"], more].concat());
        sane(&output);
        let _: Value = serde_json::from_slice(&output.stdout).expect("one object and nothing else");
        errors(&output)
    };
    assert_eq!(report(&[]), "");
    assert_eq!(report(&["--quiet"]), "");
    let said = report(&["--progress"]);
    let mut titles: Vec<&str> = said.lines().filter_map(|line| Some(line.split_once(": ")?.0)).collect();
    titles.dedup();
    assert_eq!(titles, ["Indexing history", "Indexing paths", "Reading sizes"], "{said}");
    assert!(said.lines().all(|line| line.contains("/s, ")), "{said}");
    assert_eq!(env.optimize(&it.dir, &["report", "--progress", "--quiet"]).code, 129);
    ends(env.optimize(&it.dir, &["index", "clear", "-q"]), 0);
    let mut terminal = Terminal::start(&env, &it.dir, "git-optimize", &["report", "--quiet"]);
    let shown = terminal.wait_for("recommendations");
    assert!(!shown.contains("Indexing") && !shown.contains("Reading"), "{shown}");
}

/// Events come while git is still at work, not when all is done.
#[test]
fn events_arrive_as_they_happen() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 233);
    let held = Held::new(&mut env);
    let mut command = env.ours("git-optimize", &it.dir, &["run", "--json"]);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("our programs are built");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut next = || -> Option<Value> {
        let line = lines.next()?.expect("it is text");
        Some(serde_json::from_str(&line).expect("an object in each line"))
    };
    let mut seen = Vec::new();
    while seen
        .last()
        .is_none_or(|event: &Value| (&event["event"], &event["task"]) != (&"start".into(), &"repack".into()))
    {
        seen.push(next().expect("repack starts"));
    }
    assert!(seen.iter().any(|event| event["event"] == "end" && event["task"] == "index"), "{seen:?}");
    assert!(child.try_wait().expect("ours").is_none(), "it is at work");
    held.let_go();
    seen.extend(std::iter::from_fn(&mut next));
    assert!(child.wait().expect("ours").success());
    let ended = seen.iter().position(|event| event["event"] == "end" && event["task"] == "repack");
    let progress = seen.iter().rposition(|event| event["event"] == "progress" && event["task"] == "repack");
    assert!(ended.is_some() && progress < ended, "{seen:?}");
    let last = seen.last().expect("there are some");
    assert_eq!((&last["event"], &last["outcome"]), (&"summary".into(), &"done".into()));
}

/// What a plan promises, and what came of it, in words and as numbers; git counts, too.
#[test]
fn before_and_after() {
    let mut env = Environment::new();
    let counted = |env: &Environment, it: &Generated| {
        let text = env.git_ok(&it.dir, &["count-objects", "-v"]);
        let text = String::from_utf8_lossy(&text).into_owned();
        let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        (value("packs").expect("it is there").to_owned(), value("count").expect("it is there").to_owned())
    };
    for (json, seed) in [(false, 234), (true, 235)] {
        let it = ugly(&mut env, &format!("repository-{seed}"), seed);
        let plan = ends(env.optimize(&it.dir, &["run", "-n"]), DONE);
        let mut lines = plan.lines().peekable();
        let mut planned = 0;
        while let Some(line) = lines.next() {
            if line.contains(" would run: ") {
                let more = lines.next().expect("cost and gain");
                let (cost, gain) = more.trim().split_once("; gain: ").expect("both");
                assert!(
                    cost.len() > "cost: ".len() && cost.starts_with("cost: ") && gain.len() > 5,
                    "{more}"
                );
                planned += 1;
            }
        }
        assert!(planned >= 5, "{plan}");
        let events = ends(env.optimize(&it.dir, &["run", "-n", "--json"]), DONE);
        let promised = events.lines().map(|line| serde_json::from_str::<Value>(line).expect("an object"));
        let promised = promised.filter(|event| event["need"] == "yes");
        let filled = promised.filter(|event| {
            ["reason", "cost", "gain"]
                .iter()
                .all(|key| event[key].as_str().is_some_and(|text| !text.is_empty()))
        });
        assert_eq!(filled.count(), planned);
        let before = counted(&env, &it);
        let text = ends(env.optimize(&it.dir, if json { &["run", "--json"] } else { &["run"] }), DONE);
        let after = counted(&env, &it);
        assert_ne!(before, after);
        let last = text.lines().last().expect("a summary");
        if json {
            let last: Value = serde_json::from_str(last).expect("an object");
            let of = |key: &str| (last[key]["before"].to_string(), last[key]["after"].to_string());
            assert_eq!((of("packs"), of("loose")), ((before.0, after.0), (before.1, after.1)), "{last}");
        } else {
            let change =
                format!("; packs {} → {}, loose objects {} → {}", before.0, after.0, before.1, after.1);
            assert!(last.starts_with("done in ") && last.ends_with(&change), "{last}");
        }
    }
}

/// A git that is at work when the time is over is stopped, with all that it has started; nothing of it stays behind, and
/// the next run does the rest.
#[test]
fn a_running_git_is_stopped_when_the_time_is_over() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 236);
    let before = super::contents(&env, &it.dir);
    ends(env.optimize(&it.dir, &["--task", "index"]), DONE);
    let pids = env.path().join("pids");
    let slow =
        format!("case \" $* \" in *' repack '*) sleep 300 & echo $$ $! >>'{}'; wait; esac", pids.display());
    put_git(&mut env, &slow);
    // On a busy machine the time may be over before git begins.
    let started = [2, 8, 32].iter().find_map(|seconds| {
        let begin = std::time::Instant::now();
        let budget = format!("{seconds}s");
        let args = ["--task", "repack", "--time-budget", &budget];
        let text = ends(env.optimize(&it.dir, &args), super::SKIPPED);
        assert!(begin.elapsed().as_secs() < seconds + 30, "{:?}", begin.elapsed());
        assert!(
            text.contains("repack         skipped: the time budget is used up; the next run goes on"),
            "{text}"
        );
        fs::read_to_string(&pids).ok()
    });
    let started = started.expect("git was at work");
    for pid in started.split_whitespace() {
        let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        assert!(state.is_empty() || state.contains(") Z "), "{state}");
    }
    assert_eq!(started.split_whitespace().count(), 2, "{started}");
    assert_eq!(super::contents(&env, &it.dir), before);
    remove_git(&env);
    let text = ends(env.optimize(&it.dir, &["run"]), DONE);
    assert!(text.contains("repack         done: "), "{text}");
    assert_eq!(super::temporaries(&it.git_dir), Vec::<String>::new());
    assert_eq!(super::contents(&env, &it.dir), before);
}
