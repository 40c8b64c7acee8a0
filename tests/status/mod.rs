//! `git faststatus` against `git status` in states that were made on purpose; `status_machine` has the random ones.

mod bad_input;
mod closed;
mod colors;
mod columns;
mod contents;
mod full_disk;
mod handed_over;
mod hooks;
mod in_progress;
mod index_forms;
mod intended;
mod json;
mod locks;
mod many;
mod mounted;
mod moving;
mod native;
mod own;
mod patterns;
mod races;
mod rebases;
mod refused_early;
mod regressions;
mod renames;
mod spelling;
mod submodules;
mod tracking;
mod writers;

use std::fs;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use crate::support::{Environment, Output, put_program};

/// Runs a shell script, which must succeed.
#[track_caller]
fn shell(env: &Environment, dir: &Path, script: &str) {
    env.run(env.command("sh", dir, &["-ec", script])).success(script);
}

/// A new repository that a script has worked on.
#[track_caller]
fn repository(env: &Environment, script: &str) -> PathBuf {
    let dir = env.path().join("repository");
    fs::create_dir(&dir).expect("a new directory");
    shell(env, &dir, "git init -q .");
    shell(env, &dir, script);
    dir
}

/// What was printed.
fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// From here on, git can't say how far commits are apart.
fn rev_list_fails(env: &mut Environment) {
    let script = "PATH=${PATH#*:}\ncase \" $* \" in *' rev-list '*) exit 1 ;; esac\nexec git \"$@\"";
    put_program(env, "git", script);
}

/// Who gave an answer, and why.
#[derive(Debug, PartialEq, Eq)]
struct Answered {
    served: String,
    reason: String,
}

/// Our answer, and who gave it.
#[track_caller]
fn ask(env: &Environment, dir: &Path, words: &[&str]) -> (Output, Answered) {
    let trace = env.path().join("status-trace");
    let _ = fs::remove_file(&trace);
    let mut command = env.ours("git-faststatus", dir, words);
    command.env("GIT_FAST_TRACE", &trace);
    let output = env.run(command);
    let line = fs::read_to_string(&trace)
        .unwrap_or_else(|err| panic!("no trace: {err}\n{}", output.stderr.as_bstr()));
    let value: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    (output, Answered { served: text("served"), reason: text("reason") })
}

/// git's answer, without its index being refreshed.
pub(crate) fn git_status(env: &Environment, dir: &Path, words: &[&str]) -> Output {
    let mut command = env.command("git", dir, &["status"]);
    command.args(words).env("GIT_OPTIONAL_LOCKS", "0");
    env.run(command)
}

/// Both are asked, ours twice: what the first time leaves behind must not change the second answer.
#[track_caller]
fn same(env: &Environment, dir: &Path, words: &[&str]) -> Answered {
    let their = git_status(env, dir, words);
    ask_and_compare(env, dir, words, &their);
    ask_and_compare(env, dir, words, &their)
}

#[track_caller]
fn ask_and_compare(env: &Environment, dir: &Path, words: &[&str], their: &Output) -> Answered {
    let (our, answered) = ask(env, dir, words);
    let show = |output: &Output| {
        format!("exit {}\n{}\n{}", output.code, output.stdout.as_bstr(), output.stderr.as_bstr())
    };
    assert!(!our.panicked() && !our.timed_out, "{}", our.stderr.as_bstr());
    assert!(
        (our.code, &our.stdout, &our.stderr) == (their.code, &their.stdout, &their.stderr),
        "status {}: {answered:?}\n--- ours: {}\n--- git's: {}",
        words.join(" "),
        show(&our),
        show(their),
    );
    answered
}

/// As [`same`], and the answer must be our own.
#[track_caller]
fn same_native(env: &Environment, dir: &Path, words: &[&str]) {
    let answered = same(env, dir, words);
    assert_eq!(answered, Answered { served: "native".into(), reason: String::new() }, "{}", words.join(" "));
}
