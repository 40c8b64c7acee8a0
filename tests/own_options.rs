//! The options that `git log` has not.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::PermissionsExt;

use bstr::ByteSlice;
use serde_json::Value;

use crate::support::repository::{Generated, Plan, args};
use crate::support::trace::Served;
use crate::support::{Environment, Output};

struct World {
    env: Environment,
    repository: Generated,
}

impl World {
    /// Forty commits and an index.
    fn new() -> Self {
        let env = Environment::new();
        let repository = Generated::new(&env, "repository", Plan::plain(5, 40));
        env.index_ok(&repository.dir, "build");
        Self { env, repository }
    }

    fn git(&self, words: &[&str]) -> Output {
        self.env.git(&self.repository.dir, words)
    }

    /// Runs `git-fastlog`; its output, and how the trace says that it was served.
    #[track_caller]
    fn fastlog(&self, words: &[&str]) -> (Output, Served, String) {
        let (output, trace) = self.env.fastlog(&self.repository.dir, &args(words), None);
        assert!(!output.panicked() && !output.timed_out, "{words:?}: {}", output.stderr.as_bstr());
        let trace = trace.unwrap_or_else(|error| panic!("{words:?}: {error}\n{}", output.stderr.as_bstr()));
        (output, trace.served, trace.reason)
    }

    /// Runs `git-fastlog` where it ends before there is anything to trace.
    #[track_caller]
    fn refused(&self, words: &[&str], code: i32) -> String {
        let output = self.env.run(self.env.ours("git-fastlog", &self.repository.dir, words));
        assert_eq!((output.code, output.stdout.as_bstr()), (code, b"".as_bstr()), "{words:?}");
        String::from_utf8(output.stderr).expect("messages are UTF-8")
    }

    /// The commits of `--json` and the page's line behind them.
    #[track_caller]
    fn json(&self, words: &[&str]) -> (Vec<Value>, Value) {
        let (output, served, reason) = self.fastlog(words);
        assert_eq!((output.code, served), (0, Served::Native), "{words:?}: {reason}");
        let lines = output.stdout.lines();
        let mut values: Vec<Value> =
            lines.map(|line| serde_json::from_slice(line).expect("a line of JSON")).collect();
        let page = values.pop().expect("the page has a line");
        assert_eq!(page["count"], values.len(), "{words:?}");
        (values, page)
    }

    fn history(&self, words: &[&str]) -> Vec<String> {
        let text = self.env.git_ok(&self.repository.dir, &[&["log", "--format=%H"], words].concat());
        text.lines().map(|line| line.to_str_lossy().into_owned()).collect()
    }
}

fn oids(commits: &[Value]) -> Vec<String> {
    commits.iter().map(|commit| commit["oid"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn cross_check_says_nothing_where_answers_are_equal() {
    let world = World::new();
    for (ours, theirs) in [
        (&["--cross-check", "--all", "--graph"][..], &["--all", "--graph"][..]),
        (&["--cross-check", "--page=2", "--per-page", "3", "--stat"], &["--skip=3", "-n3", "--stat"]),
        (&["--page=2", "--cross-check"], &["--skip=30", "-n30"]),
        (&["--cross-check", "--", "src"], &["--", "src"]),
        (&["--cross-check", "no-such-revision"], &["no-such-revision"]),
    ] {
        let (output, ..) = world.fastlog(ours);
        let git = world.git(&[&["log"], theirs].concat());
        assert_eq!((output.code, output.stdout.as_bstr()), (git.code, git.stdout.as_bstr()), "{ours:?}");
        assert_eq!(output.stderr.as_bstr(), git.stderr.as_bstr(), "{ours:?}");
    }
    let words = args(&["--cross-check", "--stdin"]);
    let (output, trace) = world.env.fastlog(&world.repository.dir, &words, Some(b"HEAD~3\n"));
    assert_eq!(trace.expect("one line").served, Served::Git);
    assert_eq!(output.stdout.as_bstr(), world.git(&["log", "HEAD~3"]).stdout.as_bstr());
    assert_eq!((output.code, output.stderr.as_bstr()), (0, b"".as_bstr()));
}

/// With a git on PATH that says something else.
#[test]
fn cross_check_reports_a_difference() {
    let mut world = World::new();
    let git = world.git(&["log", "--format=%H", "-n3"]).success("git log");
    let other = world.env.path().join("other");
    fs::create_dir(&other).expect("a new directory");
    let real = world.env.real_git();
    let script =
        format!("#!/bin/sh\n{} \"$@\" | sed 2s/^./x/\ntest \"$1\" != log || exit 3\n", real.display());
    fs::write(other.join("git"), script).expect("a writable directory");
    fs::set_permissions(other.join("git"), fs::Permissions::from_mode(0o755)).expect("it is ours");
    world.env.put_first(&other);

    let (output, served, _) = world.fastlog(&["--cross-check", "--format=%H", "-n3"]);
    assert_eq!((output.code, served), (1, Served::Native));
    assert_eq!(output.stdout.as_bstr(), git.as_bstr(), "it is our answer that is printed");
    let second = git.lines().nth(1).expect("three lines").as_bstr();
    let expected = format!(
        "error: --cross-check: the answer differs from git's\nexit code: 0, git's: 3\n\
         first difference: byte 41 of standard output, in the line\n  ours: \"{second}\\n\"\n  git:  \"x{}\\n\"\n",
        second[1..].as_bstr()
    );
    assert_eq!(output.stderr.as_bstr(), expected.as_bytes().as_bstr());
}

#[test]
fn without_fallback_git_is_not_asked() {
    let mut world = World::new();
    for (words, reason) in [
        (&["--no-fallback", "--", ""][..], "only git can answer this: an empty pathspec"),
        (&["--no-fallback", "--no-such-option"], "only git can answer this: option --no-such-option"),
        (&["--no-fallback", "--no-index"], "only git can answer this: --no-index"),
    ] {
        let (output, served, _) = world.fastlog(words);
        assert_eq!((output.code, served), (128, Served::Git), "{words:?}");
        assert_eq!(output.stderr.as_bstr(), format!("fatal: {reason}\n").as_bytes().as_bstr());
        assert!(output.stdout.is_empty());
    }
    let (output, served, _) = world.fastlog(&["--no-fallback", "-n2"]);
    assert_eq!((output.code, served), (0, Served::Native));

    world.env.set_config(&[("fast.fallback", OsStr::new("false"))]);
    for words in [&["--", ""][..], &["--walk-reflogs"], &["--no-index"]] {
        let (output, ..) = world.fastlog(words);
        assert_eq!((output.code, output.stdout.as_bstr()), (128, b"".as_bstr()), "{words:?}");
        assert!(output.stderr.starts_with(b"fatal: only git can answer this: "), "{words:?}");
    }
    let (output, served, _) = world.fastlog(&["-n2"]);
    assert_eq!((output.code, served), (0, Served::Native));
}

#[test]
fn without_the_index_git_answers() {
    let world = World::new();
    let (output, served, reason) = world.fastlog(&["--no-index", "--all"]);
    assert_eq!((served, reason.as_str()), (Served::Git, "--no-index"));
    assert_eq!(output.stdout.as_bstr(), world.git(&["log", "--all"]).stdout.as_bstr());
    let (output, ..) = world.fastlog(&["--no-index", "--json"]);
    assert_eq!((output.code, output.stdout.as_bstr()), (128, b"".as_bstr()));
}

#[test]
fn json_says_what_git_says() {
    let world = World::new();
    let (commits, page) = world.json(&["--json", "--all"]);
    let format = "%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%s%x00%b%x01";
    let format = format!("--format={format}");
    let git = world.git(&["log", "--all", "--no-mailmap", &format]).success("git log");
    let (ours, _) = world.json(&["--json", "--all", "--no-mailmap"]);
    let records: Vec<&[u8]> = git.split_str("\x01\n").filter(|record| !record.is_empty()).collect();
    assert_eq!((commits.len(), ours.len()), (records.len(), records.len()));
    for (commit, record) in ours.iter().zip(records) {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let parents: Vec<String> = commit["parents"].as_array().expect("a list").iter().map(text).collect();
        let person =
            |who: &Value| format!("{}\0{}\0{}", text(&who["name"]), text(&who["email"]), who["time"]);
        let found = [
            text(&commit["oid"]),
            text(&commit["tree"]),
            parents.join(" "),
            person(&commit["author"]),
            person(&commit["committer"]),
            text(&commit["subject"]),
            text(&commit["body"]),
        ];
        assert_eq!(found.join("\0"), record.to_str_lossy());
    }
    let head = world.history(&["-n1"]);
    let (commits, _) = world.json(&["--json", "--decorate", "-n1"]);
    assert_eq!(oids(&commits), head);
    assert!(commits[0]["refs"].as_array().is_some_and(|refs| !refs.is_empty()), "{}", commits[0]);
    let all = serde_json::json!({"page": null, "count": ours.len(), "has_more": false, "cursor": null});
    assert_eq!(page, all);
    let (commits, _) = world.json(&["--json", "--color", "--grep=fix", "--graph", "--all"]);
    assert_eq!(oids(&commits), world.history(&["--grep=fix", "--topo-order", "--all"]));
    for question in
        [&["--all", "--", "src"][..], &["--full-history", "--", "*.c", ":!src/lib"], &["--", "README"]]
    {
        let (commits, page) = world.json(&[&["--json"], question].concat());
        assert_eq!(oids(&commits), world.history(question), "{question:?}");
        assert!(page["count"] != 0 && commits[0]["parents"].is_array(), "{question:?}");
    }
    let (output, ..) = world.fastlog(&["--json", "--stat", "-n2"]);
    assert_eq!((output.code, output.stdout.as_bstr()), (128, b"".as_bstr()), "git's text is no JSON");
    let (commits, page) = world.json(&["--json", "--page=2", "--per-page=7", "--all"]);
    assert_eq!(oids(&commits), world.history(&["--all", "--skip=7", "-n7"]));
    assert_eq!((&page["page"], &page["has_more"]), (&Value::from(2), &Value::from(true)));
    assert!(page["cursor"].is_string());
}

#[test]
fn cursors_walk_the_history_as_it_was() {
    let mut world = World::new();
    let before = world.history(&["--branches", "--topo-order"]);
    let words = ["--json", "--branches", "--topo-order", "--per-page=7"];
    let (commits, mut page) = world.json(&words);
    let mut walked = oids(&commits);
    let mut pages = 1;
    while let Some(token) = page["cursor"].as_str() {
        assert_eq!(page["has_more"], true);
        world.repository.grow(&world.env, 3);
        let cursor = format!("--cursor={token}");
        let (commits, next) = world.json(&[&words[..], &[&cursor]].concat());
        walked.extend(oids(&commits));
        page = next;
        pages += 1;
    }
    assert_eq!(page["has_more"], false);
    assert_eq!(walked, before);
    assert_eq!(pages, before.len().div_ceil(7));
    assert_ne!(world.history(&["--branches", "--topo-order"]), before, "there are new commits");
}

#[test]
fn a_cursor_belongs_to_its_command_line() {
    let world = World::new();
    let (_, page) = world.json(&["--json", "--all", "--per-page=5"]);
    let cursor = format!("--cursor={}", page["cursor"].as_str().expect("there is more"));
    let git = world.git(&["log", "--all", "--skip=5", "-n4"]).stdout;
    let (output, ..) = world.fastlog(&["--all", "--per-page=4", &cursor]);
    assert_eq!(output.stdout.as_bstr(), git.as_bstr(), "own options may be others");
    let message = world.refused(&["--all", "--oneline", "--per-page=5", &cursor], 129);
    assert_eq!(message, "error: --cursor: the cursor belongs to another command line\n");
    let message = world.refused(&["--all", "--cursor=00"], 129);
    assert_eq!(message, "error: --cursor: not a cursor of this version\n");
}

#[test]
fn counts_are_those_of_git() {
    let world = World::new();
    for (words, served) in [
        (&["--all"][..], Served::Native),
        (&["--no-merges", "HEAD"], Served::Native),
        (&["--author=a", "--all"], Served::Native),
        (&["--all", "--skip=3", "-n9", "--graph"], Served::Native),
        (&["--all", "--oneline", "--", "src"], Served::Native),
        (&["--no-index", "--merges", "--patch"], Served::Git),
    ] {
        let (output, how, reason) = world.fastlog(&[&["--count"], words].concat());
        let theirs: Vec<&str> = words
            .iter()
            .copied()
            .filter(|word| !["--no-index", "--oneline", "--patch", "--graph"].contains(word))
            .collect();
        let count = world.history(&theirs).len();
        assert_eq!((output.code, how), (0, served), "{words:?}: {reason}");
        assert_eq!(output.stdout.as_bstr(), format!("{count}\n").as_bytes().as_bstr(), "{words:?}");
    }
}

#[test]
fn pages_are_skip_and_max_count() {
    let mut world = World::new();
    let git = |world: &World, words: &[&str]| world.git(&[&["log", "--all"], words].concat()).stdout;
    world.env.set_config(&[("fastlog.pageSize", OsStr::new("4"))]);
    for (ours, theirs) in [
        (&["--page=3"][..], &["--skip=8", "-n4"][..]),
        (&["--per-page=6"], &["-n6"]),
        (&["--page", "2", "--per-page", "6"], &["--skip=6", "-n6"]),
        (&["--page=2", "-n1"], &["--skip=4", "-n1"]),
        (&["--page=2", "--", "src"], &["--skip=4", "-n4", "--", "src"]),
        (&["--page=99"], &["-n0"]),
    ] {
        let (output, ..) = world.fastlog(&[&["--all"], ours].concat());
        assert_eq!(output.stdout.as_bstr(), git(&world, theirs).as_bstr(), "{ours:?}");
    }
}

#[test]
fn wrong_command_lines_of_our_own() {
    let world = World::new();
    for words in [
        &["--page", "0"][..],
        &["--page=x"],
        &["--per-page=0"],
        &["--threads=0"],
        &["--page=1", "--cursor=00"],
        &["--json", "--count"],
        &["--cross-check", "--json"],
        &["--cross-check", "--count"],
        &["--cross-check", "--cursor=00"],
    ] {
        let message = world.refused(words, 129);
        assert!(message.starts_with("error: "), "{words:?}: {message}");
    }
}

#[test]
fn help() {
    let env = Environment::new();
    // git's programs print the same for -h and --help, but exit differently.
    for (program, words, code) in [
        ("git-fastlog", &["-h"][..], 129),
        ("git-fastlog", &["--help"], 0),
        ("git-fastlog", &["--oneline", "-h"], 129),
        ("git-faststatus", &["-h"], 129),
        ("git-optimize", &["-h"], 129),
        ("git-optimize", &["index", "--help"], 0),
    ] {
        let said = env.run(env.ours(program, env.path(), words));
        assert_eq!(said.code, code, "{program} {words:?}");
        assert!(said.stdout.contains_str("Usage: git"), "{program} {words:?}: {}", said.stdout.as_bstr());
    }
}

#[test]
fn statistics_and_trace_go_to_standard_error() {
    let world = World::new();
    let git = world.git(&["log"]).stdout;
    let (output, ..) = world.fastlog(&["--performance-stats", "--threads=1"]);
    assert_eq!(output.stdout.as_bstr(), git.as_bstr());
    let commits = format!("commits: {}", world.history(&[]).len());
    for line in ["served: native", "index: fresh", commits.as_str(), "wall: ", "peak memory: "] {
        assert!(
            output.stderr.lines().any(|l| l.starts_with_str(line)),
            "{line} in {}",
            output.stderr.as_bstr()
        );
    }

    for (words, served) in
        [(&[][..], "native"), (&["-n2", "--stat"], "assisted"), (&["--", "src"], "native"), (&["-g"], "git")]
    {
        let words: Vec<OsString> = args(words);
        let mut command = world.env.ours("git-fastlog", &world.repository.dir, &words);
        command.env("GIT_FAST_TRACE", "1");
        let output = world.env.run(command);
        let line: Value = serde_json::from_slice(&output.stderr).expect("one line of JSON");
        assert_eq!((&line["cmd"], &line["served"]), (&Value::from("fastlog"), &Value::from(served)));
        assert_eq!(
            output.stdout.as_bstr(),
            world.env.log(&world.repository.dir, &words, None).stdout.as_bstr()
        );
    }
}
