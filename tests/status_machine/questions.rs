//! Random questions, asked of both.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use bstr::ByteSlice;

use super::steps::World;
use super::{Tally, json, states};
use crate::support::Output;

/// One question.
pub(super) struct Question {
    words: Vec<&'static str>,
    /// Whether it is asked as JSON as well, and compared with another format of git's.
    json: bool,
    /// Where it is asked, relative to the top.
    place: PathBuf,
    /// Whether faststatus is asked before git.
    first: bool,
    /// What both find in their environment.
    variables: Vec<(&'static str, OsString)>,
}

impl fmt::Display for Question {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = if self.first { "before git" } else { "after git" };
        let (words, place) = (self.words.join(" "), &self.place);
        write!(out, "status {words} (in {place:?}, {when}, with {:?})", self.variables)
    }
}

const FORMATS: &[&[&str]] = &[
    &[],
    &[],
    &["-s"],
    &["--short", "-b"],
    &["-sb"],
    &["--porcelain"],
    &["--porcelain=v1", "-b"],
    &["--porcelain=v2"],
    &["--porcelain=v2", "-b"],
    &["--porcelain=v2", "--branch", "--show-stash"],
    &["--porcelain=2", "-z"],
    &["-z"],
    &["-sz"],
    &["--long"],
    &["-bz"],
];
const UNTRACKED: &[&[&str]] =
    &[&[], &[], &["-uno"], &["-unormal"], &["-uall"], &["-u"], &["--untracked-files=all"]];
const IGNORED: &[&[&str]] =
    &[&[], &[], &[], &["--ignored"], &["--ignored=traditional"], &["--ignored=matching"], &["--ignored=no"]];
const OTHERS: &[&[&str]] = &[
    &[],
    &[],
    &[],
    &[],
    &[],
    &[],
    &[],
    &[],
    &[],
    &[],
    &[],
    &[],
    &["--no-renames"],
    &["--renames"],
    &["-M50"],
    &["--find-renames=90%"],
    &["--show-stash"],
    &["--no-ahead-behind"],
    &["--ahead-behind"],
    &["--ignore-submodules"],
    &["--ignore-submodules=none"],
    &["--ignore-submodules=dirty"],
    &["--ignore-submodules=untracked"],
    &["--no-column"],
    &["--no-show-stash"],
    &["--no-branch"],
    &["--no-short"],
    &["--find-renames"],
    &["--no-find-renames"],
    &["--nonsense"],
    &["-v"],
    &["--column"],
    &["--", "dir"],
    &["a"],
    &["."],
    &["dir/sub", "x"],
    &["--", "dir/", "o ther/b"],
    &["build", "dir.c/a", "x-y"],
    &["../dir"],
    &["./dir/./sub//deep", "--no-renames"],
    &["module", "x/b"],
    &["*.c"],
    &[":/dir"],
    &["x/"],
];

/// Makes one up.
pub(super) fn random(world: &mut World) -> Question {
    let rng = &mut world.rng;
    let mut words = Vec::new();
    for list in [FORMATS, UNTRACKED, IGNORED, OTHERS] {
        words.extend_from_slice(rng.choice(list).expect("it is not empty"));
    }
    let first = rng.bool();
    let json = rng.u8(0..6) == 0;
    let place = match rng.u8(0..4) {
        0 => world.directories().into_iter().next().unwrap_or_default(),
        _ => PathBuf::new(),
    };
    let variables = match world.rng.u8(0..24) {
        0 => vec![("LC_ALL", "C".into())],
        1 => vec![("LC_ALL", "de_DE.UTF-8".into()), ("LANGUAGE", "de".into())],
        2 => vec![("GIT_INDEX_FILE", world.git_dir().join("index").into())],
        3 => vec![("GIT_INDEX_FILE", "other-index".into())],
        4 => vec![("GIT_DIR", world.git_dir().into()), ("GIT_WORK_TREE", world.dir.clone().into())],
        5 => vec![("GIT_WORK_TREE", world.dir.clone().into())],
        6 => [("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "color.ui"), ("GIT_CONFIG_VALUE_0", "always")]
            .map(|(name, value)| (name, value.into()))
            .into(),
        7 => vec![("GIT_LITERAL_PATHSPECS", "1".into())],
        _ => Vec::new(),
    };
    Question { words, json, place, first, variables }
}

/// Asks both; what differs.
pub(super) fn ask(world: &mut World, question: &Question, tally: &Tally) -> Result<(), String> {
    let dir = world.dir.join(&question.place);
    if !dir.is_dir() || world.is_closed(&dir) {
        return Ok(());
    }
    let trace = world.env.path().join("status-trace");
    let _ = fs::remove_file(&trace);
    let git = |world: &World, words: &[&str]| {
        let mut command = world.env.command("git", &dir, &["status"]);
        command.args(words).env("GIT_OPTIONAL_LOCKS", "0");
        command.envs(question.variables.iter().map(|(name, value)| (name, value)));
        world.env.run(command)
    };
    // Ours leaves the index alone without being told to.
    let ours = |world: &World, words: &[&str]| {
        let mut command = world.env.ours("git-faststatus", &dir, words);
        command.env("GIT_FAST_TRACE", &trace);
        command.envs(question.variables.iter().map(|(name, value)| (name, value)));
        world.env.run(command)
    };
    let index = index_of(world);
    let words = question.words.as_slice();
    let (our, their) = if question.first {
        let our = ours(world, words);
        (our, git(world, words))
    } else {
        let their = git(world, words);
        (ours(world, words), their)
    };
    if index_of(world) != index {
        return Err("the index was written".into());
    }
    let line =
        fs::read_to_string(&trace).map_err(|err| format!("no trace: {err}\n{}", our.stderr.as_bstr()))?;
    let value: serde_json::Value = serde_json::from_str(&line).map_err(|err| format!("{err} in {line}"))?;
    let reason = value["reason"].as_str().unwrap_or_default().to_owned();
    if value["served"] == "native" {
        states::note_upstream(world, &their.stdout);
        tally.native.fetch_add(1, Ordering::Relaxed);
    } else {
        tally.git.fetch_add(1, Ordering::Relaxed);
        *tally.reasons.lock().unwrap().entry(reason.clone()).or_default() += 1;
        if reason == "a filter program" {
            world.count("git's: a filter program");
        }
    }
    if let Some(text) = difference(&our, &their) {
        return Err(format!("{text}\nserved: {} ({reason})", value["served"]));
    }
    if question.json {
        world.count("asked: --json");
        let end = words.iter().position(|word| *word == "--").unwrap_or(words.len());
        let (options, paths) = words.split_at(end);
        let their = git(world, &[options, &["--porcelain=v2", "--branch", "-z"], paths].concat());
        let our = ours(world, &[&["--json", "--performance-stats"], words].concat());
        if our.stderr.lines().any(|line| line.starts_with(b"directories: ") && !line.contains_str(", 0 as")) {
            world.count("answered: from the snapshot");
        }
        return json::compare(&our, &their);
    }
    Ok(())
}

/// Everything about git's index that a write would change.
fn index_of(world: &World) -> Option<(Vec<u8>, SystemTime, u64)> {
    let file = world.git_dir().join("index");
    let meta = fs::metadata(&file).ok()?;
    Some((fs::read(file).ok()?, meta.modified().ok()?, meta.ino()))
}

fn difference(our: &Output, their: &Output) -> Option<String> {
    if our.panicked() || our.timed_out {
        return Some(format!("a panic or no end: {}", our.stderr.as_bstr()));
    }
    if (our.code, &our.stdout, &our.stderr) == (their.code, &their.stdout, &their.stderr) {
        return None;
    }
    let text = |output: &Output| {
        let (out, err) = (output.stdout.as_bstr(), output.stderr.as_bstr());
        format!("exit {}\n{out:?}\n{err:?}", output.code).replace("\\n", "\n  ").replace("\\0", "\n  ")
    };
    Some(format!("--- ours: {}\n--- git's: {}", text(our), text(their)))
}
