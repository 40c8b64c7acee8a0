//! git-fastlog --shortlog against git shortlog. `GIT_FAST_DIFF_SEED=<n>`: another stream of cases.

use std::ffi::OsString;

use bstr::ByteSlice;
use fastrand::Rng;

use super::compare::difference;
use super::survey::Survey;
use super::{mix, number, pieces};
use crate::support::process::shell;
use crate::support::repository::{Generated, Plan, args};
use crate::support::trace::Served;
use crate::support::{Environment, Output, process};

const REPOSITORIES: u64 = 14;
const CASES: u64 = 50;

/// From here on the options are git's.
const LEFT_TO_GIT: usize = 18;

/// Options of `git shortlog` itself.
const OWN: &[&[&str]] = &[
    &["-s"],
    &["-n"],
    &["-e"],
    &["-c"],
    &["-sn"],
    &["-sne"],
    &["-nsc"],
    &["--summary"],
    &["--numbered"],
    &["--email"],
    &["--committer"],
    &["--group=author"],
    &["--group", "committer"],
    &["-c", "--group=author"],
    &["-w"],
    &["-w30"],
    &["-w30,2,4"],
    &["-w20,3"],
    &["-w0"],
    &["-w10,20"],
    &["--group=trailer:signed-off-by"],
    &["--group=format:%as"],
    &["--format=%h %s"],
    &["--no-summary"],
    &["-n3"],
    &["-z"],
    &["--source"],
    &["--no-mailmap"],
];

fn shortlog(env: &Environment, repository: &Generated, args: &[OsString]) -> Output {
    let mut command = env.command("git", &repository.dir, &["shortlog"]);
    command.args(args);
    process::run(command, None, std::time::Duration::from_secs(60))
}

/// Without a revision git would read standard input.
fn with_head(env: &Environment, repository: &Generated, words: &[OsString]) -> bool {
    let (options, names): (Vec<&OsString>, Vec<&OsString>) =
        words.iter().partition(|word| word.as_encoded_bytes().starts_with(b"-"));
    let silent = ["--not", "--ignore-missing"];
    let is_silent = |word: &&OsString| {
        silent.iter().any(|option| *word == option) || word.as_encoded_bytes().starts_with(b"--exclude")
    };
    if !options.iter().all(is_silent) {
        return false;
    }
    let mut command = env.command("git", &repository.dir, &["rev-parse", "--revs-only"]);
    command.args(names);
    env.run(command).stdout.is_empty()
}

#[test]
fn summaries_are_git_s() {
    let seed = number("GIT_FAST_DIFF_SEED").unwrap_or(1) as u64;
    let (mut native, mut fresh) = (0, 0);
    for number in 0..REPOSITORIES {
        let env = Environment::new();
        let seed = mix(seed ^ 0x5407, number);
        let mut repository = Generated::new(&env, "repository", Plan::random(seed));
        let mut survey = Survey::of(&env, &repository.dir);
        let mut rng = Rng::with_seed(seed);
        for case in 0..CASES {
            match case {
                8 => env.index_ok(&repository.dir, "build"),
                44 => {
                    repository.grow(&env, 5);
                    survey = Survey::of(&env, &repository.dir);
                }
                _ => {}
            }
            let mut words = Vec::new();
            for _ in 0..[0, 1, 1, 2][rng.usize(0..4)] {
                words.extend(pieces::revision(&mut rng, &survey));
            }
            let head = words.is_empty() || with_head(&env, &repository, &words);
            for _ in 0..rng.usize(0..5) {
                let piece = match rng.u8(0..20) {
                    0..=10 => args(OWN[rng.usize(0..LEFT_TO_GIT)]),
                    11..=12 => args(OWN[rng.usize(0..OWN.len())]),
                    13..=14 => pieces::limit(&mut rng),
                    15..=16 => pieces::filter(&mut rng, &survey),
                    17..=18 => pieces::fixed(&mut rng, pieces::WALK),
                    _ => pieces::fixed(&mut rng, pieces::LOOKS),
                };
                words.extend(piece);
            }
            if rng.u8(0..4) == 0 {
                words.push("--".into());
                words.push(pieces::path(&mut rng, &survey));
            }
            let theirs: Vec<OsString> =
                head.then(|| "HEAD".into()).into_iter().chain(words.iter().cloned()).collect();
            let theirs = shortlog(&env, &repository, &theirs);
            let ours = [args(&["--shortlog"]), words].concat();
            let (output, trace) = env.fastlog(&repository.dir, &ours, None);
            if let Some(what) = difference(&output, &theirs, false) {
                panic!(
                    "git-fastlog {}\nseed {seed}, case {case}: {what}\n{trace:?}\nreplay: GIT_FAST_DIFF_SEED",
                    shell(&ours)
                );
            }
            if (8..44).contains(&case) {
                fresh += 1;
                native += usize::from(trace.expect("a trace").served == Served::Native);
            }
        }
    }
    assert!(native * 3 >= fresh, "only {native} of {fresh} were native");
}

/// A `-n` with a count, groups of two people, tags of mails, and the word `--shortlog` as a value.
#[test]
fn summaries_of_what_is_easily_mistaken() {
    let env = Environment::new();
    let repository = Generated::new(&env, "repository", Plan::plain(11, 6));
    let message = |text: &str| {
        env.git_ok(&repository.dir, &["commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", text]);
    };
    for text in [
        "[PATCH] a",
        "  [PATCH v2 3/4]  b",
        "[PATCH",
        "[PATCHED]c",
        "[PATCH]",
        "[patch] d",
        "\n\n  e\nf\n\ng",
        "[PATCH\nx] y",
    ] {
        message(text);
    }
    env.index_ok(&repository.dir, "build");
    for (words, native) in [
        (&["HEAD"][..], true),
        (&["-n", "-3", "HEAD"], true),
        (&["-ns", "--max-count=3", "HEAD"], true),
        (&["-n3", "HEAD"], false),
        (&["--committer=x", "HEAD"], false),
        (&["-c", "--group=author", "-e", "HEAD"], true),
        (&["-w24,1,7", "HEAD"], true),
        (&["-s", "HEAD~3..HEAD", "--reverse"], true),
        (&["--reverse", "HEAD"], true),
        (&["-s", "HEAD", "--", "src"], true),
        (&["HEAD", "--", "src", "README"], true),
        // A count behind --no-walk walks in git log, not here.
        (&["--no-walk", "--max-count=2", "--all", "HEAD"], true),
        (&["--no-walk", "-2", "HEAD", "HEAD~3", "HEAD~1"], true),
        (&["-2", "--no-walk=unsorted", "HEAD~3", "HEAD", "HEAD~1"], true),
        (&["--default", "HEAD~3"], false),
    ] {
        let theirs = shortlog(&env, &repository, &args(words));
        let ours = args(&[&["--shortlog"], words].concat());
        let (output, trace) = env.fastlog(&repository.dir, &ours, None);
        assert_eq!(difference(&output, &theirs, false), None, "{words:?}");
        let served = trace.expect("a trace");
        assert_eq!(served.served == Served::Native, native, "{words:?}: {}", served.reason);
    }
    let (output, _) = env.fastlog(&repository.dir, &args(&["--grep", "--shortlog"]), None);
    assert_eq!((output.code, output.stdout.as_bstr()), (0, b"".as_bstr()), "it is a pattern here");
    // HEAD, where git would read standard input.
    let head = shortlog(&env, &repository, &args(&["-s", "HEAD"])).stdout;
    for words in [&["--shortlog", "-s"][..], &["--no-index", "--shortlog", "-s"]] {
        let (output, _) = env.fastlog(&repository.dir, &args(words), Some(b"Author: No Body <no@body>\n"));
        assert_eq!(output.stdout.as_bstr(), head.as_bstr(), "{words:?}");
    }
    assert!(!head.is_empty());
}
