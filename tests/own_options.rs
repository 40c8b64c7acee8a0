//! The options that `git log` has not.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use bstr::ByteSlice;
use serde_json::Value;

use crate::support::repository::{Generated, Plan, args};
use crate::support::trace::Served;
use crate::support::{Environment, Output, put_program};

struct World {
    env: Environment,
    repository: Generated,
}

/// A repository in a world.
struct Place<'w> {
    env: &'w Environment,
    dir: &'w Path,
}

impl Place<'_> {
    /// The commits of `--json` and the page's line behind them.
    #[track_caller]
    fn json(&self, words: &[&str]) -> (Vec<Value>, Value) {
        let (output, trace) = self.env.fastlog(self.dir, &args(words), None);
        let served = trace.map(|trace| (trace.served, trace.reason));
        let errors = output.stderr.as_bstr();
        assert_eq!((output.code, &served), (0, &Ok((Served::Native, String::new()))), "{words:?}: {errors}");
        let lines = output.stdout.lines();
        let mut values: Vec<Value> =
            lines.map(|line| serde_json::from_slice(line).expect("a line of JSON")).collect();
        let page = values.pop().expect("the page has a line");
        assert_eq!(page["count"], values.len(), "{words:?}");
        (values, page)
    }

    /// The names of the commits that `git log` lists.
    fn names(&self, words: &[&str]) -> Vec<String> {
        let text = self.env.git_ok(self.dir, &[&["log", "--format=%H"], words].concat());
        text.lines().map(|line| line.to_str_lossy().into_owned()).collect()
    }
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

    fn place(&self) -> Place<'_> {
        Place { env: &self.env, dir: &self.repository.dir }
    }

    #[track_caller]
    fn json(&self, words: &[&str]) -> (Vec<Value>, Value) {
        self.place().json(words)
    }

    fn history(&self, words: &[&str]) -> Vec<String> {
        self.place().names(words)
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
    let real = world.env.real_git();
    let script = format!("{} \"$@\" | sed 2s/^./x/\ntest \"$1\" != log || exit 3", real.display());
    put_program(&mut world.env, "git", &script);

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

/// A history with many refs, of which a cursor does not name those that others lead to; whatever its clock.
#[test]
fn cursors_where_there_are_many_tips() {
    let env = Environment::new();
    let mut rng = fastrand::Rng::with_seed(7);
    // A clock, and fewer tips than a cursor names then: of 322, or only what is not merged.
    for (clock, few) in [("steady", 90), ("coarse", 322), ("wild", 322)] {
        let dir = env.path().join(clock);
        fs::create_dir(&dir).expect("a new directory");
        env.git_ok(&dir, &["init", "-q", "."]);
        let mut stream = String::new();
        for number in 1..=900i64 {
            let time = 1_000_000_000
                + match clock {
                    "steady" => 100 * number,
                    "coarse" => number / 20,
                    _ => 100 * number + if rng.u8(0..6) == 0 { rng.i64(-30_000..30_000) } else { 0 },
                };
            let side = rng.u8(0..20);
            stream += &format!("commit refs/heads/b{side}\nmark :{number}\ncommitter A <a@b> {time} +0000\n");
            stream += &format!("data {}\n{number}\n", number.to_string().len());
            if number > 1 {
                let back = if rng.u8(0..10) == 0 { rng.i64(1..12) } else { 1 };
                stream += &format!("from :{}\n", (number - back).max(1));
            }
            if number > 20 && rng.u8(0..5) == 0 {
                stream += &format!("merge :{}\n", number - rng.i64(12..20));
            }
            stream += &format!("M 100644 inline f{}\ndata 1\n{}\n", number % 7, number % 10);
            if number % 3 == 0 {
                stream += &format!("reset refs/tags/t{number}\nfrom :{number}\n\n");
            }
        }
        let file = env.path().join("stream");
        fs::write(&file, stream).expect("a writable directory");
        env.git_from_file(&dir, &["fast-import", "--quiet", "--force"], &file);
        env.git_ok(&dir, &["symbolic-ref", "HEAD", "refs/heads/b0"]);
        env.index_ok(&dir, "build");
        let world = Place { env: &env, dir: &dir };
        let orders = [
            &["--all"][..],
            &["--all", "--topo-order"],
            &["--all", "--date-order"],
            &["--all", "--author-date-order", "--no-merges"],
        ];
        // These need every tip.
        let others = [
            &["--all", "--", "f3"][..],
            &["--all", "--full-history", "--", "f3"],
            &["--all", "--first-parent"],
            &["--all", "--since=1000030000"],
            &["--tags", "--not", "b1", "b2"],
        ];
        let others = if clock == "steady" { &others[..] } else { &[] };
        for words in orders.iter().chain(others) {
            let words = *words;
            let git = world.names(words);
            let (mut walked, mut cursor, mut longest) = (Vec::new(), None::<String>, 0);
            for size in ["1", "37", "9999"] {
                let token = cursor.map(|token| format!("--cursor={token}"));
                let size = format!("--per-page={size}");
                let own: Vec<&str> = ["--json", &size].into_iter().chain(token.as_deref()).collect();
                let (commits, page) = world.json(&[&own[..], words].concat());
                walked.extend(oids(&commits));
                cursor = page["cursor"].as_str().map(str::to_owned);
                longest = longest.max(cursor.as_ref().map_or(0, String::len));
                assert_eq!(page["has_more"].as_bool(), Some(cursor.is_some()), "{clock} {words:?}");
            }
            assert_eq!(walked, git, "{clock} {words:?}");
            let named = (longest.saturating_sub(34)) / 42;
            assert!(!orders.contains(&words) || named < few, "{clock} {words:?}: {named} tips");
        }
    }
}

/// Tips that nothing leads to, as many as a cursor names, and one more.
#[test]
fn cursors_at_the_limit_of_tips() {
    let env = Environment::new();
    let dir = env.path().join("repository");
    fs::create_dir(&dir).expect("a new directory");
    env.git_ok(&dir, &["init", "-q", "."]);
    let import = |from: usize, to: usize| {
        let mut stream = String::new();
        for number in from..to {
            stream += &format!("reset refs/heads/b{number}\ncommit refs/heads/b{number}\n");
            stream += &format!("committer A <a@b> {} +0000\ndata 1\nx\n", 1_000_000_000 + number);
        }
        let file = env.path().join("stream");
        fs::write(&file, stream).expect("a writable directory");
        env.git_from_file(&dir, &["fast-import", "--quiet"], &file);
        env.index_ok(&dir, "update");
    };
    import(0, 1024);
    let world = Place { env: &env, dir: &dir };
    let words = ["--json", "--branches", "--per-page=1000"];
    let (commits, page) = world.json(&words);
    let cursor = format!("--cursor={}", page["cursor"].as_str().expect("there are more"));
    let (rest, _) = world.json(&[&words[..], &[&cursor]].concat());
    assert_eq!([oids(&commits), oids(&rest)].concat(), world.names(&["--branches"]));
    import(1024, 1025);
    let (_, page) = world.json(&words);
    assert_eq!((&page["has_more"], &page["cursor"]), (&Value::from(true), &Value::Null));
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
fn a_page_has_thirty_commits() {
    let world = World::new();
    let all = world.history(&["--all"]).len();
    assert!(all > 30);
    for (page, count) in [("--page=1", 30), ("--page=2", all - 30)] {
        let (commits, trailer) = world.json(&["--json", "--all", page]);
        assert_eq!(
            (commits.len(), &trailer["has_more"]),
            (count, &Value::from(page == "--page=1")),
            "{page}"
        );
        let (output, ..) = world.fastlog(&["--all", "--oneline", page]);
        assert_eq!(output.stdout.lines().count(), count, "{page}");
    }
}

/// Threads are counted while the answer waits for its reader.
#[test]
fn as_many_threads_as_asked_for() {
    let env = Environment::new();
    let dir = crate::first_use::history(&env, 4000);
    env.index_ok(&dir, "build");
    let threads = |option: &str| {
        let mut command = env.ours("git-fastlog", &dir, &[option, "--format=%H"]);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("our programs are built");
        // It has begun, and what it writes is more than a pipe takes.
        child.stdout.as_mut().expect("piped").read_exact(&mut [0]).expect("there is an answer");
        let status = format!("/proc/{}/status", child.id());
        let count = || {
            let text = fs::read_to_string(&status).expect("it waits");
            let line =
                text.lines().find_map(|line| line.strip_prefix("Threads:")).expect("there are threads");
            line.trim().parse::<usize>().expect("a number")
        };
        // Larger chunks, which threads share, come after the first.
        let mut most = 0;
        for _ in 0..50 {
            most = most.max(count());
            std::thread::sleep(Duration::from_millis(4));
        }
        child.kill().expect("it is ours");
        child.wait().expect("it is ours");
        most
    };
    let one = threads("--threads=1");
    assert_eq!(threads("--threads=2"), one + 1);
    assert_eq!(threads("--threads=7"), one + 6);
    // Tens of thousands would stop the machine.
    assert_eq!(threads("--threads=65535"), one + 255);
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

/// The index is there: that is not what is missing.
#[test]
fn questions_that_only_git_could_answer_and_does_not_have() {
    let world = World::new();
    for (words, reason) in [
        (&["--json", "no-such-revision"][..], "revision 'no-such-revision'"),
        (&["--json", "-p"], "git has no --json, and only git could answer this: diff output"),
        (&["--json", "--bogus"], "--bogus"),
        (&["--json", "--no-index"], "--no-index"),
        (&["--contains-path", "*", "no-such-revision"], "revision 'no-such-revision'"),
        (&["--last-modified", "no-such-revision"], "revision 'no-such-revision'"),
    ] {
        let message = world.refused(words, 128);
        assert!(message.starts_with("fatal: ") && message.contains(reason), "{words:?}: {message}");
        assert!(!message.contains("index build"), "{words:?}: {message}");
    }
}

#[test]
fn where_the_trace_goes() {
    let world = World::new();
    for (value, is_said) in [
        ("1", true),
        ("true", true),
        ("2", true),
        ("0", false),
        ("false", false),
        ("", false),
        ("file", false),
    ] {
        let mut command = world.env.ours("git-fastlog", &world.repository.dir, &["-1"]);
        command.env("GIT_FAST_TRACE", value);
        let output = world.env.run(command);
        assert_eq!(!output.stderr.is_empty(), is_said, "{value}: {}", output.stderr.as_bstr());
        let is_file = !value.is_empty() && world.repository.dir.join(value).exists();
        assert_eq!(is_file, value == "file", "{value}");
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

/// The lines of `--performance-stats`.
#[track_caller]
fn statistics(world: &World, words: &[&str]) -> String {
    let git = world.git(&[&["log"], words].concat()).stdout;
    let (output, ..) = world.fastlog(&[&["--performance-stats"], words].concat());
    assert_eq!(output.stdout.as_bstr(), git.as_bstr(), "{words:?}");
    String::from_utf8(output.stderr).expect("plain text")
}

#[test]
fn statistics_say_what_was_read_and_what_it_cost() {
    let mut world = World::new();
    let check = |world: &World, words: &[&str], lines: &[&str]| {
        let said = statistics(world, words);
        for line in lines {
            let pattern = regex::Regex::new(&format!("(?m)^{line}$")).expect("a regular expression");
            assert!(pattern.is_match(&said), "{words:?}: no {line} in {said}");
        }
    };
    let costs = [
        r"wall: \d+\.\d ms",
        // Some of it is computed by this program in any case.
        r"cpu: (\d*[1-9]\d*\.\d|0\.[1-9]) ms, of other programs: \d+ ms",
        r"peak memory: \d{3,} kB",
    ];
    let commits = format!("commits: {}", world.history(&[]).len());
    check(&world, &[], &["served: native", "index: fresh", &commits]);
    check(&world, &[], &costs);
    let history = r"read: history 1 \(\d+\.\d kB\)";
    check(&world, &[], &[&format!("{history}, paths none, newer commits 0"), "cache: not asked"]);
    check(&world, &["--", "src"], &[&format!(r"{history}, paths 1 \(\d+\.\d kB\), newer commits 0")]);
    check(
        &world,
        &["-n2", "--stat"],
        &[r"served: assisted \(.*\)", "commits: 2", history_line(history).as_str()],
    );
    check(&world, &["-n2", "--stat"], &costs);
    let searched = ["-Sfix", "--oneline"];
    check(&world, &searched, &[r"served: git \(.*\)", "cache: miss"]);
    check(&world, &searched, &[r"served: assisted \(an answer of git, remembered\)", "cache: hit"]);
    check(&world, &["-g"], &[r"served: git \(.*\)", "index: none"]);
    let before = world.history(&["--all"]);
    world.repository.grow(&world.env, 2);
    let newer = world.history(&["--all"]).iter().filter(|name| !before.contains(name)).count();
    assert!(newer > 0);
    let read = format!("{history}, paths none, newer commits {newer}");
    check(&world, &["--all"], &["index: refreshed", &read]);
}

fn history_line(history: &str) -> String {
    format!("{history}, paths .*, newer commits 0")
}

#[test]
fn statistics_and_trace_go_to_standard_error() {
    let world = World::new();
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
