//! Every setting and every environment variable: for the manual pages, and for docs/CONFIG.md.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::support::Environment;

/// Which of the programs it concerns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    All,
    Log,
}

/// One setting.
pub(super) struct Setting {
    pub(super) key: &'static str,
    pub(super) program: For,
    pub(super) default: &'static str,
    /// A value that one might give it.
    pub(super) example: &'static str,
    pub(super) text: &'static str,
}

/// All of them, as docs/CONFIG.md has them.
pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        key: "fast.autoIndex",
        program: For::All,
        default: "true",
        example: "false",
        text: "Whether the index is built and updated by itself: for `git fastlog` at once in a small repository, in the \
               background in a large one. `git faststatus` builds none, and has one that lacks many commits updated in \
               the background. With `false`, only `git optimize` does it.",
    },
    Setting {
        key: "fast.fallback",
        program: For::All,
        default: "true",
        example: "false",
        text: "Whether git answers what can't be answered exactly from the index. With `false`, as with \
               `--no-fallback`, that is an error (exit code 128) with the reason.",
    },
    Setting {
        key: "fast.indexDir",
        program: For::All,
        default: "",
        example: "~/.cache/git-fast",
        text: "A directory in which each repository gets one for its index, instead of `.git-fast` beside `.git`. A \
               relative one counts from the git directory that all worktrees share.",
    },
    Setting {
        key: "fast.cacheTTL",
        program: For::Log,
        default: "30d",
        example: "7d",
        text: "How long answers of git to costly questions about fixed commits (`-S`, `-G`, `--follow`) are remembered: \
               a number with `s`, `m`, `h` or `d`. They are used only while nothing that they depend on has changed. \
               `0` remembers none.",
    },
    Setting {
        key: "fast.metrics",
        program: For::All,
        default: "true",
        example: "false",
        text: "Whether each invocation is recorded, beside the index, for `git optimize stats`.",
    },
    Setting {
        key: "fastlog.pageSize",
        program: For::Log,
        default: "30",
        example: "100",
        text: "How many commits are on a page of `git fastlog` without `--per-page`.",
    },
];

const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "GIT_FAST_TRACE",
        "Where one line of JSON about each run is written, which says who answered and why: `1` for standard error, `0` \
         for nowhere, or the name of a file to append to.",
    ),
    (
        "PATH",
        "The first `git` on it is the one whose answers are given. `git` itself puts its own directory first, so \
         `git fastlog` and `git-fastlog` may find different ones where two are installed.",
    ),
];

/// The section CONFIGURATION of a manual page.
pub(super) fn configuration(log: bool) -> String {
    let mut text = String::from(
        "In git's configuration, see git-config(1). What changes the output of git is read there, too.\n\n",
    );
    for setting in SETTINGS.iter().filter(|setting| log || setting.program == For::All) {
        let default = match setting.default {
            "" => String::new(),
            default => format!(" The default is `{default}`."),
        };
        let _ = write!(text, "`{}`\n: {}{default}\n\n", setting.key, setting.text);
    }
    text
}

/// The section ENVIRONMENT of a manual page.
pub(super) fn environment() -> String {
    ENVIRONMENT.iter().fold(String::new(), |text, (name, about)| text + &format!("`{name}`\n: {about}\n\n"))
}

/// docs/CONFIG.md.
pub(super) fn page() -> String {
    let mut rows = String::new();
    for setting in SETTINGS {
        let code = |text: &str| if text.is_empty() { "none".to_owned() } else { format!("`{text}`") };
        let Setting { key, default, example, text, .. } = setting;
        let _ = writeln!(rows, "| `{key}` | {} | `git config {key} {example}` | {text} |", code(default));
    }
    let variables = ENVIRONMENT
        .iter()
        .fold(String::new(), |rows, (name, about)| rows + &format!("| `{name}` | {about} |\n"));
    include_str!("config.md").replace("@SETTINGS@\n", &rows).replace("@ENVIRONMENT@\n", &variables)
}

/// Keys of ours in the sources are string literals.
#[test]
fn every_setting_in_the_source_is_documented() {
    let mut used = BTreeSet::new();
    keys(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut used);
    let documented: BTreeSet<String> = SETTINGS.iter().map(|setting| setting.key.to_owned()).collect();
    assert_eq!(used, documented, "left: in src/; right: in tests/generated/settings.rs");
}

/// The names in the first column of the table below a line of docs/CONFIG.md, and what the others say.
fn table(below: &str) -> Vec<(&'static str, &'static str)> {
    let (_, text) = include_str!("config.md").split_once(below).expect("the line is there");
    let rows = text.lines().skip_while(|line| !line.starts_with("| ---")).skip(1);
    let cells = |row: &'static str| row.trim_matches(['|', ' ']).split_once(" | ").expect("two columns");
    let rows = rows.take_while(|row| row.starts_with('|')).map(cells);
    rows.map(|(name, rest)| (name.trim_matches('`'), rest)).collect()
}

#[test]
fn recommended_settings_are_those_of_the_source() {
    let source = include_str!("../../src/optimize/doctor/config.rs");
    let advice = regex::Regex::new(r#"key: "(.*)",\s*value: "(.*)","#).expect("a regular expression");
    let used: Vec<(&str, &str)> =
        advice.captures_iter(source).map(|found| found.extract().1.into()).collect();
    let listed: Vec<(&str, &str)> = table("takes back exactly those")
        .into_iter()
        .map(|(key, rest)| (key, rest.split_once(" | ").expect("a value").0.trim_matches('`')))
        .collect();
    assert_eq!(used, listed, "left: in src/; right: in tests/generated/config.md");
}

#[test]
fn fields_of_the_trace_are_documented() {
    let env = Environment::new();
    env.git_ok(env.path(), &["init", "-q", "."]);
    let trace = env.path().join("trace");
    let mut command = env.ours("git-faststatus", env.path(), &["--short"]);
    command.env("GIT_FAST_TRACE", &trace);
    env.run(command).success("faststatus");
    let line: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&fs::read(trace).expect("it was written")).expect("one line of JSON");
    let printed: BTreeSet<&str> = line.keys().map(String::as_str).collect();
    let documented: BTreeSet<&str> =
        table("A line of `GIT_FAST_TRACE`").into_iter().map(|(key, _)| key).collect();
    assert_eq!(printed, documented, "left: printed; right: in tests/generated/config.md");
}

/// What happens without a setting is what happens with its default, and something else with another value.
#[test]
fn defaults_are_as_documented() {
    let env = Environment::new();
    let default = |key: &str| {
        let setting = SETTINGS.iter().find(|setting| setting.key == key).expect("it is documented");
        (setting.default, setting.example)
    };
    // A new repository each time, and what can be seen of the setting after one question.
    let mut number = 0;
    let mut seen = |key: &str, value: Option<&str>| {
        number += 1;
        let dir = env.path().join(number.to_string());
        env.git_ok(env.path(), &["init", "-q", &number.to_string()]);
        let commit = "commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 0\n\n";
        env.git_input(&dir, &["fast-import", "--quiet"], Some(commit.repeat(110).as_bytes()));
        if let Some(value) = value {
            env.git_ok(&dir, &["config", key, value]);
        }
        let page = env.run(env.ours("git-fastlog", &dir, &["--page", "1", "--oneline"])).stdout;
        let handed_over = env.run(env.ours("git-fastlog", &dir, &["--log-size", "-1"])).code;
        let there = |name: &str| dir.join(".git-fast").join(name).exists();
        match key {
            "fast.autoIndex" => there("MANIFEST").to_string(),
            "fast.metrics" => there("metrics").to_string(),
            "fast.fallback" => handed_over.to_string(),
            "fastlog.pageSize" => page.iter().filter(|byte| **byte == b'\n').count().to_string(),
            _ => unreachable!("{key} is not seen"),
        }
    };
    for key in ["fast.autoIndex", "fast.metrics", "fast.fallback", "fastlog.pageSize"] {
        let (default, example) = default(key);
        let without = seen(key, None);
        assert_eq!(seen(key, Some(default)), without, "{key} is not {default} by default");
        assert_ne!(seen(key, Some(example)), without, "{key} makes no difference");
    }
    // Nobody can wait for that.
    let source = include_str!("../../src/log/answers/mod.rs");
    assert_eq!(default("fast.cacheTTL").0, "30d");
    assert!(source.contains("const TTL: Duration = Duration::from_secs(30 * 86_400);"));
}

fn keys(dir: &Path, used: &mut BTreeSet<String>) {
    let key = regex::bytes::Regex::new(r#""(fast[a-z]*\.[A-Za-z]+)""#).expect("a regular expression");
    for entry in fs::read_dir(dir).expect("a readable folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            if name != "tests" {
                keys(&path, used);
            }
        } else if name != "tests.rs" {
            let source = fs::read(&path).expect("a readable file");
            let found = key.captures_iter(&source);
            used.extend(found.map(|found| String::from_utf8_lossy(&found[1]).into_owned()));
        }
    }
}
