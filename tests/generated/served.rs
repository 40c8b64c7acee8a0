//! What docs/COMPATIBILITY.md and docs/COMPATIBILITY-status.md say, held against the installed git and against our own
//! programs: git knows what is listed, what git knows is listed, and each is answered as the list says.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use bstr::ByteSlice;
use git_fast::cli::options::{Entry, Value};
use git_fast::log::options::modes::Mode;
use git_fast::log::options::table::{self as log, Kind};
use git_fast::status::options::table as status;

use super::compatibility::answered;
use crate::support::{Environment, Output};

/// A branch with a merge, another beside it, and an index.
struct World {
    env: Environment,
    dir: PathBuf,
}

impl World {
    fn new() -> Self {
        let env = Environment::new();
        // A trace must not lie in the worktree.
        let dir = env.path().join("repository");
        env.git_ok(env.path(), &["init", "-q", "repository"]);
        let world = Self { env, dir };
        world.commit("one");
        world.commit("two");
        world.git(&["switch", "-q", "-c", "topic", "HEAD~1"]);
        world.commit("three");
        world.git(&["switch", "-q", "main"]);
        world.git(&["merge", "-q", "--no-edit", "topic"]);
        world.git(&["switch", "-q", "topic"]);
        world.commit("four");
        world.git(&["switch", "-q", "main"]);
        world.env.index_ok(&world.dir, "build");
        world
    }

    fn git(&self, args: &[&str]) {
        self.env.git_ok(&self.dir, args);
    }

    fn commit(&self, name: &str) {
        fs::write(self.dir.join(name), format!("{name}\n")).expect("our own repository");
        self.git(&["add", "."]);
        self.git(&["commit", "-q", "-m", name]);
    }

    /// What our program prints, and who answered.
    fn ours(&self, program: &str, words: &[OsString]) -> (Output, String) {
        let trace = self.env.path().join("trace");
        let _ = fs::remove_file(&trace);
        let mut ours = self.env.ours(program, &self.dir, words);
        ours.env("GIT_FAST_TRACE", &trace);
        let output = self.env.run(ours);
        let line = fs::read(&trace).unwrap_or_default();
        let served = serde_json::from_slice(&line)
            .map_or("nobody".to_owned(), |line: serde_json::Value| line["served"].to_string());
        (output, served.trim_matches('"').to_owned())
    }
}

/// An option as it might be written, with what else it takes to be of use.
fn example<Kind, Apply>(entry: &Entry<Kind, Apply>, assisted: bool) -> Vec<OsString> {
    let (value, more): (&str, &[&str]) = match entry.name {
        "-<number>" => return vec!["-1".into()],
        "--default" => return ["--default", "main"].map(OsString::from).into(),
        "--not" => return ["HEAD", "--not", "HEAD~1"].map(OsString::from).into(),
        "--left-only" | "--right-only" => ("", &["main...topic"]),
        "--exclude" => ("heads/t*", &["--all"]),
        "--glob" | "--decorate-refs" | "--decorate-refs-exclude" => ("heads/*", &[]),
        "--since" | "--after" | "--until" | "--before" | "--since-as-filter" => ("2020-01-01", &[]),
        "--date" => ("iso", &[]),
        "--format" => ("%H %s", &[]),
        "--encoding" => ("UTF-8", &[]),
        "--group" => ("committer", &[]),
        "--ancestry-path" => ("", &["topic..main"]),
        // Less than the name of a file makes git print what it never wrote to.
        "--stat-name-width" => ("40", &[]),
        "--follow" => ("", &["--", "one"]),
        "--all-match"
        | "--invert-grep"
        | "-i"
        | "--regexp-ignore-case"
        | "--basic-regexp"
        | "-E"
        | "--extended-regexp"
        | "-F"
        | "--fixed-strings"
        | "-P"
        | "--perl-regexp" => ("", &["--grep=o"]),
        "--pickaxe-regex" | "--pickaxe-all" => ("", &["-So"]),
        "--diff-algorithm" => ("patience", &[]),
        "--diff-merges" => ("on", &[]),
        "--diff-filter" => ("A", &[]),
        "--find-object" => ("HEAD:one", &[]),
        "--combined-all-paths" => ("", &["-c"]),
        _ => ("1", &[]),
    };
    let mut words = vec![match entry.value {
        Value::None | Value::Optional => entry.name.to_owned(),
        Value::Required | Value::Attached if entry.name.starts_with("--") => {
            format!("{}={value}", entry.name)
        }
        Value::Required | Value::Attached => format!("{}{value}", entry.name),
    }];
    // git renders few commits only.
    words.extend(assisted.then(|| "-3".to_owned()));
    words.into_iter().chain(more.iter().map(|word| (*word).to_owned())).map(OsString::from).collect()
}

#[test]
fn options_are_answered_as_listed() {
    let world = World::new();
    let mut wrong = String::new();
    let mut check = |program: &str, theirs: Option<&[&str]>, words: Vec<OsString>, listed: &str| {
        let (ours, served) = world.ours(program, &words);
        if served != listed {
            wrong += &format!("{program} {words:?} is listed as {listed}, and {served} answered\n");
        }
        let Some(theirs) = theirs else { return };
        let mut command = world.env.command("git", &world.dir, theirs);
        command.args(words.iter().filter(|word| *word != "--shortlog"));
        let theirs = world.env.run(command);
        if (ours.code, &ours.stdout) != (theirs.code, &theirs.stdout) {
            wrong += &format!(
                "{program} {words:?}: {} instead of {}\n",
                ours.stdout.as_bstr(),
                theirs.stdout.as_bstr()
            );
        }
    };
    for entry in log::TABLE.iter().filter(|entry| entry.kind != Kind::Own) {
        let listed = answered(entry.kind);
        check("git-fastlog", Some(&["log"]), example(entry, listed == "assisted"), listed);
    }
    for mode in Mode::SPECIAL {
        for entry in mode.table() {
            let words = [vec![OsString::from(mode.word())], example(entry, false)].concat();
            let words = match mode {
                Mode::Shortlog if entry.name != "--follow" => [words, vec!["HEAD".into()]].concat(),
                _ => words,
            };
            let theirs: Option<&[&str]> = match mode {
                Mode::Shortlog if entry.name != "--follow" => Some(&["shortlog"]),
                // git before 2.52 has no such command, and without a revision shortlog reads its input.
                _ => None,
            };
            check("git-fastlog", theirs, words, answered(entry.kind));
        }
    }
    for entry in status::TABLE.iter().filter(|entry| entry.kind != status::Kind::Own) {
        let listed = if entry.kind == status::Kind::Native { "native" } else { "git" };
        check("git-faststatus", Some(&["status"]), example(entry, false), listed);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Which of these options the installed git does not know; what it thinks of the value does not matter here.
fn unknown_to_git<Kind, Apply>(world: &World, command: &str, entries: &[Entry<Kind, Apply>]) -> Vec<String> {
    let unknown = |entry: &&Entry<Kind, Apply>| {
        let mut git = world.env.command("git", &world.dir, &[command]);
        git.args(example(entry, false));
        let said = world.env.run(git).stderr;
        ["unrecognized argument", "unknown option", "unknown switch"]
            .iter()
            .any(|text| said.contains_str(text))
    };
    entries.iter().filter(unknown).map(|entry| entry.name.to_owned()).collect()
}

#[test]
fn git_knows_the_options_that_are_listed() {
    let world = World::new();
    let mut unknown = unknown_to_git(&world, "log", log::TABLE);
    unknown.retain(|name| !log::TABLE.iter().any(|entry| entry.kind == Kind::Own && entry.name == name));
    let mut status = unknown_to_git(&world, "status", status::TABLE);
    status.retain(|name| {
        !status::TABLE.iter().any(|entry| entry.kind == status::Kind::Own && entry.name == name)
    });
    assert!(unknown.is_empty() && status.is_empty(), "{unknown:?} {status:?}");
}

/// Words that start with two dashes in what git prints about a command.
fn options_in(text: &[u8]) -> BTreeSet<String> {
    let option = regex::bytes::Regex::new(r"--(\[no-\])?[a-z][-a-z]+").expect("a regular expression");
    let mut found = BTreeSet::new();
    for word in option.find_iter(text) {
        let word = word.as_bytes().to_str_lossy();
        match word.strip_prefix("--[no-]") {
            Some(name) => found.extend([format!("--{name}"), format!("--no-{name}")]),
            None => _ = found.insert(word.into_owned()),
        }
    }
    found
}

/// git has no list of all that `git log` takes. What it says of this command, of `git diff` and of `git rev-list` has the
/// most of it; what of that `git log` refuses to know is not its own.
#[test]
fn what_git_says_that_it_knows_is_listed() {
    let world = World::new();
    let said = |command: &str, option: &str| {
        let output = world.env.git(&world.dir, &[command, option]);
        options_in(&[output.stdout, output.stderr].concat())
    };
    let both = |command| &said(command, "--git-completion-helper-all") | &said(command, "-h");
    let log: BTreeSet<String> = ["log", "diff", "rev-list"].into_iter().flat_map(both).collect();
    assert!(log.len() > 130, "git says of itself only {log:?}");
    let missing = |command: &str, known: BTreeSet<String>, listed: &dyn Fn(&str) -> bool| -> Vec<String> {
        let unlisted = known.into_iter().filter(|name| !listed(name));
        let takes = |name: &String| {
            let refused = |words: &str| {
                let said = world.env.git(&world.dir, &[command, words]).stderr;
                said.contains_str("unrecognized argument") || said.contains_str("unknown option")
            };
            !(refused(name) && refused(&format!("{name}=1")))
        };
        unlisted.filter(takes).collect()
    };
    let log = missing("log", log, &|name| log::TABLE.iter().any(|entry| entry.name == name));
    let status =
        missing("status", both("status"), &|name| status::TABLE.iter().any(|entry| entry.name == name));
    assert!(log.is_empty() && status.is_empty(), "not listed: {log:?} {status:?}");
}

/// What neither git nor we know is git's to refuse.
#[test]
fn options_that_nobody_knows_are_answered_by_git() {
    let world = World::new();
    for command in ["log", "status"] {
        for word in ["--no-such-option", "--no-such-option=1", "--grap", "-Q"] {
            let (ours, served) = world.ours(&format!("git-fast{command}"), &[word.into()]);
            assert_eq!(served, "git", "{command} {word}");
            let theirs = world.env.git(&world.dir, &[command, word]);
            assert_eq!((ours.code, ours.stdout.as_bstr()), (theirs.code, theirs.stdout.as_bstr()), "{word}");
        }
    }
}
