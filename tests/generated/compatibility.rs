//! docs/COMPATIBILITY.md and docs/COMPATIBILITY-status.md, from the tables of options.

use std::fmt::Write as _;

use bstr::ByteSlice;
use git_fast::cli::options::{Entry, Value};
use git_fast::log::options::modes::Mode;
use git_fast::log::options::table::{Kind, TABLE};
use git_fast::status::options::table as status;

use crate::support::Environment;

pub(super) fn log() -> String {
    let mut text = String::from(include_str!("compatibility.md"));
    for (title, kinds) in [
        ("Which commits, and in what order", &[Kind::Select, Kind::Not][..]),
        ("Filters on text", &[Kind::Grep]),
        ("How a commit is shown", &[Kind::Render]),
        ("Diff output", &[Kind::List, Kind::Diff, Kind::DiffFilter]),
        ("Known, and left to git", &[Kind::Git]),
    ] {
        let _ = write!(text, "\n## {title}\n\n| option | answered |\n| --- | --- |\n");
        for entry in TABLE.iter().filter(|entry| kinds.contains(&entry.kind)) {
            let _ = writeln!(text, "| `{}` | {} |", usage(entry), answered(entry.kind));
        }
    }
    for mode in Mode::SPECIAL {
        let about = match mode {
            Mode::Log => unreachable!("it has no options of its own"),
            Mode::Shortlog => {
                "Those of `git shortlog`; which commits, and filters on text, are as above. What only git \
                               can tell, `git shortlog` does."
            }
            Mode::LastModified => {
                "Those of `git last-modified`; one revision or range, and paths. What the index does \
                                   not tell, `git last-modified` does where git has it (since 2.52)."
            }
        };
        let _ =
            write!(text, "\n## With `{}`\n\n{about}\n\n| option | answered |\n| --- | --- |\n", mode.word());
        for entry in mode.table() {
            let _ = writeln!(text, "| `{}` | {} |", usage(entry), answered(entry.kind));
        }
    }
    assert!(text.as_bytes().is_ascii(), "{}", text.as_bytes().as_bstr());
    text
}

fn usage<Kind, Apply>(entry: &Entry<Kind, Apply>) -> String {
    let name = entry.name;
    match (entry.value, name.starts_with("--")) {
        _ if name == "-<number>" => name.to_owned(),
        (Value::None, _) => name.to_owned(),
        (Value::Optional, true) => format!("{name}[=<value>]"),
        (Value::Optional, false) => format!("{name}[<value>]"),
        (Value::Required, false) => format!("{name}<value>"),
        (Value::Required | Value::Attached, _) => format!("{name}=<value>"),
    }
}

fn answered(kind: Kind) -> &'static str {
    match kind {
        Kind::Select | Kind::Not | Kind::Grep | Kind::Render | Kind::List => "native",
        Kind::Diff | Kind::DiffFilter => "assisted",
        Kind::Git => "git",
        Kind::Own => "(our own)",
    }
}

pub(super) fn status() -> String {
    let mut text = String::from(include_str!("compatibility-status.md"));
    for (title, kind) in [("Options", status::Kind::Native), ("Known, and left to git", status::Kind::Git)] {
        let _ = write!(text, "\n## {title}\n\n| option | answered |\n| --- | --- |\n");
        let answered = if kind == status::Kind::Native { "native" } else { "git" };
        for entry in status::TABLE.iter().filter(|entry| entry.kind == kind) {
            let _ = writeln!(text, "| `{}` | {answered} |", usage(entry));
        }
    }
    text
}

/// Runs the installed git with each of these options in a repository of one commit; those that it does not know.
fn unknown_to_git<Kind, Apply>(command: &str, entries: &[&Entry<Kind, Apply>]) -> Vec<String> {
    let env = Environment::new();
    env.git_ok(env.path(), &["init", "-q", "."]);
    env.git_ok(env.path(), &["commit", "-q", "--allow-empty", "-m", "one"]);
    let complains = |entry: &&&Entry<Kind, Apply>| {
        let option = match (entry.value, entry.name.starts_with("--")) {
            _ if entry.name == "-<number>" => "-1".to_owned(),
            (Value::None | Value::Optional, _) => entry.name.to_owned(),
            (Value::Required | Value::Attached, true) => format!("{}=1", entry.name),
            (Value::Required | Value::Attached, false) => format!("{}1", entry.name),
        };
        // What it thinks of the value does not matter here.
        let said = env.git(env.path(), &[command, &option]).stderr;
        ["unrecognized argument", "unknown option", "unknown switch"]
            .iter()
            .any(|text| said.contains_str(text))
    };
    entries.iter().filter(complains).map(|entry| entry.name.to_owned()).collect()
}

#[test]
fn git_knows_the_options_that_are_listed() {
    let log: Vec<_> = TABLE.iter().filter(|entry| entry.kind != Kind::Own).collect();
    let status: Vec<_> = status::TABLE.iter().filter(|entry| entry.kind != status::Kind::Own).collect();
    let unknown = [unknown_to_git("log", &log), unknown_to_git("status", &status)].concat();
    assert!(unknown.is_empty(), "{}", unknown.join(" "));
}

/// What git says that it has, and is in no list of ours, has to be git's to answer.
#[test]
fn options_that_are_not_listed_are_answered_by_git() {
    let env = Environment::new();
    // The trace must not lie in the worktree.
    let dir = &env.path().join("repository");
    env.git_ok(env.path(), &["init", "-q", "repository"]);
    env.git_ok(dir, &["commit", "-q", "--allow-empty", "-m", "one"]);
    let listed = |command: &str, name: &str| match command {
        "log" => TABLE.iter().any(|entry| entry.name == name),
        _ => status::TABLE.iter().any(|entry| entry.name == name),
    };
    for command in ["log", "status"] {
        let known = env.git_ok(dir, &[command, "--git-completion-helper-all"]);
        let known = known.split_str(" ").map(|name| name.trim().to_str_lossy().into_owned());
        let mut tried = 0;
        for name in known.filter(|name| name.len() > 2) {
            let plain = name.trim_end_matches('=');
            if listed(command, plain) {
                continue;
            }
            tried += 1;
            let words = if name.ends_with('=') { format!("{name}1") } else { name.clone() };
            let trace = env.path().join("trace");
            let _ = std::fs::remove_file(&trace);
            let mut ours = env.ours(&format!("git-fast{command}"), dir, &[&words]);
            ours.env("GIT_FAST_TRACE", &trace);
            let ours = env.run(ours);
            let line = std::fs::read(&trace).expect("a line for each run");
            assert!(line.contains_str("\"served\":\"git\""), "{command} {words}: {}", line.as_bstr());
            std::fs::remove_file(&trace).expect("it was read");
            let theirs = env.git(dir, &[command, &words]);
            assert_eq!((ours.code, ours.stdout.as_bstr()), (theirs.code, theirs.stdout.as_bstr()), "{words}");
        }
        assert!(tried > 0, "git {command} lists no options");
    }
}
