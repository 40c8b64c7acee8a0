//! What is recorded of invocations, and what is remembered.

use super::{DONE, ends, put_git, remove_git};
use crate::support::repository::{Generated, Plan, args};
use crate::support::{Environment, need};

fn stats(env: &Environment, it: &Generated, more: &[&str]) -> serde_json::Value {
    let text = ends(env.optimize(&it.dir, &[&["stats", "--json"], more].concat()), 0);
    serde_json::from_str(&text).expect("one value")
}

fn of<'v>(stats: &'v serde_json::Value, command: &str) -> Option<&'v serde_json::Value> {
    stats.as_array().expect("a list").iter().find(|summary| summary["command"] == command)
}

#[test]
fn every_invocation_counts_once() {
    let mut env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(91, 30));
    ends(env.optimize(&it.dir, &["run"]), DONE);
    assert_eq!(of(&stats(&env, &it, &[]), "fastlog"), None);
    for _ in 0..5 {
        env.fastlog(&it.dir, &args(&["--oneline"]), None).0.success("fastlog");
    }
    env.fastlog(&it.dir, &args(&["-g"]), None).0.success("fastlog");
    assert_eq!(env.fastlog(&it.dir, &args(&["-g", "--no-fallback"]), None).0.code, 128);
    env.run(env.ours("git-faststatus", &it.dir, &["--short"])).success("faststatus");
    let all = stats(&env, &it, &[]);
    assert_eq!(of(&all, "faststatus").expect("it ran")["count"], 1);
    let fastlog = of(&all, "fastlog").expect("it ran");
    let number = |key: &str| fastlog[key].as_u64().expect("a number");
    assert_eq!(
        (number("count"), number("native"), number("git"), number("errors")),
        (7, 5, 2, 1),
        "{fastlog}"
    );
    assert!(
        number("min_us") > 0 && number("min_us") <= number("p50_us") && number("p99_us") <= number("max_us")
    );
    assert!(number("peak_memory_kb") > 1000);
    assert!(of(&all, "optimize").expect("it ran")["count"].as_u64() >= Some(2));
    assert_eq!((number("cache_lookups"), fastlog["cache_hit_rate"].is_null()), (0, true));
    assert_eq!(of(&stats(&env, &it, &["--since", "1h"]), "fastlog"), Some(fastlog));
    let text = ends(env.optimize(&it.dir, &["stats", "--prometheus"]), 0);
    assert!(
        text.contains("git_fast_recorded_invocations{command=\"fastlog\",served=\"native\"} 5\n"),
        "{text}"
    );
    let page = include_str!("../../docs/JSON-optimize.md");
    let rows = page.lines().filter_map(|row| row.strip_prefix("| `git_fast_"));
    let documented: Vec<&str> = rows.filter_map(|row| Some(row.split_once('`')?.0)).collect();
    let kinds = text.lines().filter_map(|line| line.strip_prefix("# TYPE git_fast_"));
    let printed: Vec<&str> = kinds.filter_map(|line| line.strip_suffix(" gauge")).collect();
    assert_eq!(printed, documented, "left: printed; right: in docs/JSON-optimize.md");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        assert!(name.starts_with("git_fast_") && value.parse::<f64>().is_ok(), "{line}");
    }
    env.set_config(&[("fast.metrics", "false".as_ref())]);
    env.fastlog(&it.dir, &args(&["--oneline"]), None).0.success("fastlog");
    assert_eq!(of(&stats(&env, &it, &[]), "fastlog"), Some(fastlog));
}

/// What is longer ago is left out; and who wants nothing recorded has nothing recorded, by any of the three.
#[test]
fn the_last_while_and_nothing_at_all() {
    let mut env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(94, 20));
    ends(env.optimize(&it.dir, &["index", "build"]), 0);
    let run_all = |env: &Environment| {
        env.fastlog(&it.dir, &args(&["--oneline"]), None).0.success("fastlog");
        env.run(env.ours("git-faststatus", &it.dir, &["--short"])).success("faststatus");
        ends(env.optimize(&it.dir, &["index", "status"]), 0);
    };
    let counts = |env: &Environment, more: &[&str]| -> Vec<u64> {
        let all = stats(env, &it, more);
        let count =
            |command: &&str| of(&all, command).map_or(0, |found| found["count"].as_u64().expect("a number"));
        ["fastlog", "faststatus", "optimize"].iter().map(count).collect()
    };
    run_all(&env);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert_eq!(counts(&env, &["--since", "1s"]), [0, 0, 0]);
    env.fastlog(&it.dir, &args(&["--oneline"]), None).0.success("fastlog");
    assert_eq!(counts(&env, &["--since", "2s"])[..2], [1, 0]);
    assert_eq!(counts(&env, &["--since", "1h"])[..2], [2, 1]);
    env.set_config(&[("fast.metrics", "false".as_ref())]);
    let before = counts(&env, &[]);
    assert!(before.iter().all(|count| *count > 0), "{before:?}");
    run_all(&env);
    assert_eq!(counts(&env, &[]), before, "what is not to be recorded");
    env.set_config(&[]);
    run_all(&env);
    let after = counts(&env, &[]);
    assert!(after.iter().zip(&before).all(|(after, before)| after > before), "{after:?} {before:?}");
}

/// Writes down the name of each program that it is loaded into.
const STARTED: &str = r#"
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
__attribute__((constructor)) static void started(void) {
    const char *name = getenv("STARTED");
    FILE *file = name ? fopen(name, "a") : NULL;
    if (file) {
        fprintf(file, "%s\n", program_invocation_short_name);
        fclose(file);
    }
}
"#;

/// A remembered answer is given without any git, and only for the git that has given it.
#[test]
fn a_remembered_answer_is_of_one_git() {
    need("cc", "gcc");
    let mut env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(97, 20));
    ends(env.optimize(&it.dir, &["index", "build"]), 0);
    std::fs::write(env.path().join("started.c"), STARTED).expect("writable");
    let compile = ["-shared", "-fPIC", "-o", "started.so", "started.c"];
    env.run(env.command("cc", env.path(), &compile)).success("cc");
    let [library, started, asked] = ["started.so", "started", "asked"].map(|name| env.path().join(name));
    let take = |file: &std::path::Path| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let _ = std::fs::remove_file(file);
        text
    };
    let answer = |env: &Environment| {
        let mut command = env.ours("git-fastlog", &it.dir, &["-Sconstant", "--all"]);
        command.env("LD_PRELOAD", &library).env("STARTED", &started);
        let output = env.run(command).success("fastlog");
        (output, take(&started), take(&asked))
    };
    let theirs = env.git_ok(&it.dir, &["log", "-Sconstant", "--all"]);
    assert!(!theirs.is_empty());
    let (first, programs, _) = answer(&env);
    assert_eq!((first, programs.lines().last()), (theirs.clone(), Some("git")), "the first one is git's");
    for _ in 0..2 {
        assert_eq!(answer(&env), (theirs.clone(), "git-fastlog\n".to_owned(), String::new()));
    }
    // The same git, but for what it says that it is.
    let version = "case $1 in version|--version) echo git version 2.47.99; exit ;; esac";
    put_git(&mut env, &format!("echo \"$*\" >>'{}'\n{version}", asked.display()));
    for (is_asked, what) in [(true, "another git is asked"), (false, "and what it says is remembered, too")] {
        let (again, _, questions) = answer(&env);
        assert_eq!(again, theirs);
        assert_eq!(questions.contains("log "), is_asked, "{what}: {questions}");
    }
    remove_git(&env);
    assert_eq!(answer(&env), (theirs, "git-fastlog\n".to_owned(), String::new()));
}

#[test]
fn what_is_remembered_can_be_forgotten() {
    let env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(92, 30));
    ends(env.optimize(&it.dir, &["run"]), DONE);
    ends(env.optimize(&it.dir, &["report"]), 0);
    let text = ends(env.optimize(&it.dir, &["cache", "stats"]), 0);
    for name in [
        "report.json",
        "report.sums",
        "report.sizes",
        "optimize.json",
        "metrics",
        "git-fast.program",
        "together",
    ] {
        assert!(text.contains(name), "{name} is not in\n{text}");
    }
    let text = ends(env.optimize(&it.dir, &["cache", "clear", "--pattern", "report.*"]), 0);
    assert_eq!(text, "removed report.json\nremoved report.sums\nremoved report.sizes\n");
    ends(env.optimize(&it.dir, &["cache", "clear"]), 0);
    let status = env.optimize(&it.dir, &["index", "status"]).stdout;
    assert!(String::from_utf8_lossy(&status).contains("state: up to date"));
}

#[test]
fn remembered_answers_count_as_hits() {
    let env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(93, 20));
    ends(env.optimize(&it.dir, &["index", "build"]), 0);
    for _ in 0..4 {
        env.fastlog(&it.dir, &args(&["-Sline", "--all"]), None).0.success("fastlog");
    }
    ends(env.optimize(&it.dir, &["report"]), 0);
    let text = ends(env.optimize(&it.dir, &["report"]), 0);
    let all = stats(&env, &it, &[]);
    for (command, lookups, rate) in [("fastlog", 4, 0.75), ("optimize", 2, 0.5)] {
        let found = of(&all, command).expect("it ran");
        assert_eq!(
            (&found["cache_lookups"], &found["cache_hit_rate"]),
            (&lookups.into(), &rate.into()),
            "{found}"
        );
    }
    assert!(
        text.contains("fastlog: 4 runs, native 0%, assisted 75%, git 25%, index 100%, cache 75%"),
        "{text}"
    );
}
