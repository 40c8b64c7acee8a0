//! What is different where a person looks: pager, colour, decoration and dates by themselves, the hint of the next page,
//! and progress. The same question is put to git on a terminal of the same size.

use std::fs;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use crate::first_use;
use crate::support::Environment;
use crate::support::repository::{Generated, Plan, args};
use crate::support::terminal::Terminal;
use crate::support::trace::{self, Served};

struct World {
    env: Environment,
    repository: Generated,
}

impl World {
    fn new() -> Self {
        let env = Environment::new();
        let repository = Generated::new(&env, "repository", Plan::plain(61, 40));
        env.git_ok(&repository.dir, &["remote", "add", "origin", "."]);
        env.index_ok(&repository.dir, "build");
        let mut world = Self { env, repository };
        world.env.set("GIT_FAST_TRACE", world.trace());
        world
    }

    /// What `git log` and `git fastlog` write to a terminal.
    fn both(&self, words: &[&str]) -> (Vec<u8>, Vec<u8>) {
        let dir = self.repository.dir.as_path();
        let theirs = Terminal::start(&self.env, dir, "git", &[&["log"], words].concat()).whole().0;
        (ours(&self.env, dir, "git-fastlog", words).whole().0, theirs)
    }

    /// The same on both, and answered from the index.
    #[track_caller]
    fn check(&self, what: &str, words: &[&str]) -> Vec<u8> {
        self.check_served(Served::Native, what, words)
    }

    #[track_caller]
    fn check_served(&self, served: Served, what: &str, words: &[&str]) -> Vec<u8> {
        let _ = fs::remove_file(self.trace());
        let (ours, theirs) = self.both(words);
        assert_eq!(ours.as_bstr(), theirs.as_bstr(), "{what}: {words:?}");
        let trace = trace::read(&self.trace()).expect("a trace");
        assert_eq!(trace.served, served, "{what}: {words:?}: {}", trace.reason);
        ours
    }

    fn trace(&self) -> PathBuf {
        self.env.path().join("trace-of-a-terminal")
    }
}

fn ours(env: &Environment, dir: &Path, program: &str, words: &[&str]) -> Terminal {
    Terminal::start(env, dir, env.bin().join(program).to_str().expect("a plain path"), words)
}

#[test]
fn pager() {
    let mut world = World::new();
    let shown =
        |text: &[u8], mark: &str| text.starts_with_str(mark) || text.contains_str(format!("\n{mark}"));
    world.env.set("GIT_PAGER", "sed 's/^/by-environment:/'");
    let text = world.check("GIT_PAGER", &["-n3", "--oneline"]);
    assert!(shown(&text, "by-environment:"), "{}", text.as_bstr());

    world.env.set("GIT_PAGER", "");
    let text = world.check("an empty GIT_PAGER", &["-n3"]);
    assert!(!shown(&text, "by-"), "{}", text.as_bstr());
    world.env.set("GIT_PAGER", "cat");
    world.check("cat, which is none", &["-n3", "--all"]);
    // It is told how wide the terminal is, and has something to do where there is nothing to show.
    world.env.set("GIT_PAGER", "echo by-environment:$COLUMNS; cat");
    for words in [&["-n1", "--oneline"][..], &["-n0"], &["HEAD..HEAD"]] {
        let text = world.check("COLUMNS", words);
        assert!(shown(&text, "by-environment:"), "{words:?}: {}", text.as_bstr());
    }
    world.env.set("COLUMNS", "33");
    world.check("COLUMNS that are told", &["-n1", "--oneline"]);
    world.env.unset("COLUMNS");

    world.env.unset("GIT_PAGER");
    world.env.set("PAGER", "sed 's/^/by-PAGER:/'");
    let text = world.check("PAGER", &["-n3"]);
    assert!(shown(&text, "by-PAGER:"), "{}", text.as_bstr());
    world.env.git_ok(&world.repository.dir, &["config", "core.pager", "sed 's/^/by-setting:/'"]);
    let text = world.check("core.pager", &["-n3"]);
    assert!(shown(&text, "by-setting:"), "{}", text.as_bstr());
    world.env.git_ok(&world.repository.dir, &["config", "pager.log", "sed 's/^/by-command:/'"]);
    let text = world.check_served(Served::Git, "pager.log", &["-n3"]);
    assert!(shown(&text, "by-command:"), "{}", text.as_bstr());
    world.env.git_ok(&world.repository.dir, &["config", "pager.log", "false"]);
    let text = world.check_served(Served::Git, "pager.log=false", &["-n3"]);
    assert!(!shown(&text, "by-"), "{}", text.as_bstr());
    world.env.git_ok(&world.repository.dir, &["config", "--unset", "pager.log"]);
    world.env.git_ok(&world.repository.dir, &["config", "color.pager", "false"]);
    world.check_served(Served::Git, "color.pager", &["-n3"]);
}

#[test]
fn colour_decoration_and_dates() {
    let mut world = World::new();
    world.env.set("GIT_PAGER", "cat");
    let coloured = |text: &[u8]| text.contains_str("\x1b[");
    let text = world.check("by themselves", &["-n5", "--oneline", "--all"]);
    assert!(coloured(&text) && text.contains_str("HEAD"), "{}", text.as_bstr());
    for words in [
        &["-n9", "--all"][..],
        &["-n9", "--all", "--graph", "--oneline"],
        &["-n9", "--format=%C(auto)%h%d %C(red)%s%Creset"],
        &["-n9", "--all", "--date=auto:human"],
        &["-n9", "--all", "--date=auto:relative", "--format=%ad"],
        &["-n3", "--decorate=full"],
        &["-n3", "--no-decorate"],
        &["-n3", "--no-color"],
    ] {
        world.check("", words);
    }
    // git renders diffs, and in colour what text filters match.
    for words in [&["-n3", "--stat"][..], &["-n3", "-p", "--", "src"], &["-n9", "--grep=fix", "--all"]] {
        world.check_served(Served::Assisted, "", words);
    }
    let human = world.check("", &["-n1", "--date=auto:relative", "--format=%ad"]);
    assert!(human.contains_str("ago"), "{}", human.as_bstr());
    for (key, value) in
        [("color.ui", "false"), ("log.decorate", "false"), ("log.date", "auto:iso"), ("color.ui", "always")]
    {
        world.env.git_ok(&world.repository.dir, &["config", key, value]);
        world.check(&format!("{key}={value}"), &["-n5", "--all"]);
    }
    world.env.set("TERM", "dumb");
    world.env.git_ok(&world.repository.dir, &["config", "--unset-all", "color.ui"]);
    world.check("no colour at once", &["-n5", "--all"]);
}

/// Off a terminal, and then said to be shown by a pager after all.
#[test]
fn a_pager_that_is_in_use_already() {
    let mut world = World::new();
    let words = args(&["-n5", "--all", "--date=auto:relative"]);
    let ask = |world: &World| {
        let theirs = world.env.log(&world.repository.dir, &words, None);
        let (ours, trace) = world.env.fastlog(&world.repository.dir, &words, None);
        assert_eq!(ours.stdout.as_bstr(), theirs.stdout.as_bstr());
        assert_eq!(trace.expect("one line").served, Served::Native);
        ours.stdout
    };
    let before = ask(&world);
    assert!(!before.contains(&0x1b) && !before.contains_str("ago"), "{}", before.as_bstr());
    world.env.set("GIT_PAGER_IN_USE", "1");
    world.env.set("TERM", "xterm");
    let after = ask(&world);
    assert!(
        after.contains(&0x1b) && after.contains_str("ago") && after.contains_str("HEAD"),
        "{}",
        after.as_bstr()
    );
}

#[test]
fn the_next_page_is_hinted_at() {
    let mut world = World::new();
    world.env.set("GIT_PAGER", "cat");
    let dir = world.repository.dir.clone();
    let git =
        |words: &[&str]| Terminal::start(&world.env, &dir, "git", &[&["log"], words].concat()).whole().0;
    let hint = b"hint: next page: --cursor ";
    let (text, _) = ours(&world.env, &dir, "git-fastlog", &["--per-page=7", "--oneline"]).whole();
    let at = text.find(hint).unwrap_or_else(|| panic!("no hint: {}", text.as_bstr()));
    assert_eq!(text[..at].as_bstr(), git(&["-n7", "--oneline"]).as_bstr());
    let token = text[at + hint.len()..].trim().to_str().expect("hex digits").to_owned();
    let words = ["--per-page=1000", "--oneline", "--cursor", &token];
    let (text, _) = ours(&world.env, &dir, "git-fastlog", &words).whole();
    assert_eq!(text.as_bstr(), git(&["--skip=7", "--oneline"]).as_bstr(), "and there is no page behind it");
    // Only to people, and only about pages.
    let script = format!("exec {} --per-page=7 2>errors", world.env.bin().join("git-fastlog").display());
    let (text, _) = Terminal::start(&world.env, &dir, "sh", &["-c", &script]).whole();
    assert_eq!(text.as_bstr(), git(&["-n7"]).as_bstr());
    assert_eq!(fs::read(dir.join("errors")).expect("a file").as_bstr(), b"".as_bstr());
    let (output, _) = world.env.fastlog(&dir, &args(&["--per-page=7"]), None);
    assert_eq!(output.stderr.as_bstr(), b"".as_bstr());
    let (text, _) = ours(&world.env, &dir, "git-fastlog", &["-n7"]).whole();
    assert!(!text.contains_str("hint:"), "{}", text.as_bstr());
}

#[test]
fn progress() {
    let env = Environment::new();
    let dir = first_use::history(&env, 6000);
    // How many there are is known in advance.
    env.git_ok(&dir, &["commit-graph", "write", "--reachable"]);
    let (_, text) = ours(&env, &dir, "git-optimize", &["index", "build"]).whole();
    let shown = |what: &str| {
        let pattern = format!(r"{what}: [0-9,]+ of (about )?6,000 commits, [0-9,]+/s, [0-9smh]+ left");
        regex::Regex::new(&pattern).expect("a regular expression").is_match(&text)
    };
    assert!(shown("Indexing history") || shown("Indexing paths"), "no rate and no time left in {text:?}");
    assert!(text.contains("index: built, 6000 commits\n"), "{text:?}");

    let (bytes, _) = ours(&env, &dir, "git-optimize", &["index", "build", "--quiet"]).whole();
    assert_eq!(bytes.as_bstr(), b"".as_bstr(), "--quiet");

    let run = |words: &[&str]| env.optimize(&dir, &[&["index", "build"], words].concat());
    let built = "index: built, 6000 commits\nindex: added the paths of 6000 commits\n";
    let plain = run(&[]);
    assert_eq!((plain.code, plain.stderr.as_bstr()), (0, b"".as_bstr()), "not on a terminal");
    assert_eq!(plain.stdout.as_bstr(), built.as_bytes().as_bstr());
    let quiet = run(&["--quiet"]);
    assert_eq!((quiet.code, quiet.stdout.len(), quiet.stderr.len()), (0, 0, 0));
    assert_eq!(run(&["--quiet", "--progress"]).code, 129);
    let forced = run(&["--progress"]);
    assert_eq!(forced.stdout.as_bstr(), built.as_bytes().as_bstr());
    let lines = forced.stderr.to_str().expect("plain text");
    for what in ["Indexing history", "Indexing paths"] {
        let pattern = format!(r"(?m)^{what}: 6,000 .*commits, [0-9,]+/s, [0-9smh]+( left)?$");
        let last = regex::Regex::new(&pattern).expect("a regular expression");
        assert!(last.is_match(lines), "{what}: {lines:?}");
    }
    let control = |c: char| c.is_control() && c != '\n';
    assert!(!lines.contains(control), "{lines:?}");
}
