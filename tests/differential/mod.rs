//! git-fastlog against git log, on generated repositories and command lines, under every state of the index.
//!
//! - `GIT_FAST_DIFF_SEED=<n>`: another stream of cases (what a failure prints to replay it).
//! - `GIT_FAST_DIFF_CASES=<n>`: how many cases.
//! - `GIT_FAST_DIFF_CASE=<n>`: only this one.
//! - `GIT_FAST_TEST_REPO=<path>`: generated command lines on that repository, which is only read.
//! - `GIT_FAST_TEST_KEEP=1`: what the tests made stays in the temporary directory.
//! - `GIT_FAST_TEST_BIN_DIR=<dir>`: programs from there, a release build for example.

mod command_line;
pub(crate) mod compare;
mod formats;
mod pieces;
mod report;
mod shortlog;
mod survey;

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bstr::ByteSlice;
use fastrand::Rng;

use crate::concurrency::joined_segments;
use crate::support::process::shell;
use crate::support::repository::{Generated, Plan};
use crate::support::trace::Served;
use crate::support::{Environment, damage};
use command_line::CommandLine;
use compare::Verdict;
use report::Report;
use survey::Survey;

/// Cases that share one generated repository.
const PER_REPOSITORY: usize = 60;
/// How many cases an ordinary test run takes: about a minute on two cores.
const DEFAULT_CASES: usize = 3000;
/// In each of these states of the index at least this share of the cases must be answered without git. Of the command lines
/// more than half are made so that git has to answer, and half of the repositories are odd; what is left is 26 to 29 percent,
/// and hardly less where the index is behind than where it is fresh.
const MIN_NATIVE_PERCENT: usize = 20;
const MOSTLY_USED: [&str; 3] = ["fresh", "stale", "compacting"];
/// After so many failures the rest would say nothing new.
const MAX_FAILURES: usize = 12;

/// The state in which a case finds the index, in the order in which a repository goes through them.
const STATES: &[(&str, usize)] =
    &[("none", 8), ("fresh", 28), ("stale", 40), ("compacting", 50), ("damaged", 60)];

fn number(name: &str) -> Option<usize> {
    let value = env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name}={value} is not a number")))
}

/// What is to be run.
struct Run {
    seed: u64,
    only: Option<usize>,
    cases: usize,
    report: Mutex<Report>,
}

#[test]
fn answers_are_git_s() {
    let run = Run {
        seed: number("GIT_FAST_DIFF_SEED").unwrap_or(1) as u64,
        only: number("GIT_FAST_DIFF_CASE"),
        cases: number("GIT_FAST_DIFF_CASES").unwrap_or(DEFAULT_CASES),
        report: Mutex::default(),
    };
    let given = env::var_os("GIT_FAST_TEST_REPO");
    match &given {
        Some(path) => run.on_given_repository(Path::new(path)),
        None => run.on_generated_repositories(),
    }
    let report = run.report.into_inner().expect("no worker panicked");
    report.show(&format!("differential: seed {}, {} cases", run.seed, report.count(None, None)));
    assert!(report.failures.is_empty(), "{}", report.failures.join("\n"));
    if run.only.is_none() {
        assert!(report.count(Some("fresh"), None) > 0, "no case met a fresh index");
        for state in MOSTLY_USED {
            let (all, native) =
                (report.count(Some(state), None), report.count(Some(state), Some(Served::Native)));
            assert!(
                native * 100 >= all * MIN_NATIVE_PERCENT,
                "index {state}: only {native} of {all} cases were native"
            );
        }
    }
    if run.only.is_none() && given.is_none() {
        // Some questions are about what has not changed.
        let (refreshed, unchanged) = (report.found("stale", "refreshed"), report.found("stale", "fresh"));
        assert!(
            refreshed > unchanged / 2,
            "{refreshed} stale indexes were refreshed, {unchanged} used as they were"
        );
        assert!(report.criss_crosses > 0, "no repository has criss-cross merges");
    }
}

impl Run {
    fn on_generated_repositories(&self) {
        let all = match self.only {
            Some(case) => case / PER_REPOSITORY..case / PER_REPOSITORY + 1,
            None => 0..self.cases.div_ceil(PER_REPOSITORY),
        };
        self.in_parallel(all, |number| self.on_repository(number));
    }

    fn in_parallel(&self, all: std::ops::Range<usize>, work: impl Fn(usize) + Sync) {
        let next = AtomicUsize::new(all.start);
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        std::thread::scope(|scope| {
            for _ in 0..workers.min(all.len()) {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= all.end || self.has_failed_enough() {
                            return;
                        }
                        work(number);
                    }
                });
            }
        });
    }

    fn has_failed_enough(&self) -> bool {
        self.report.lock().expect("no worker panicked").failures.len() >= MAX_FAILURES
    }

    /// All cases of one generated repository, which goes through the states of its index meanwhile.
    fn on_repository(&self, number: usize) {
        let env = Environment::new();
        let seed = mix(self.seed, number as u64);
        let plan = Plan { criss_cross: number.is_multiple_of(3), ..Plan::random(seed) };
        let mut repository = Generated::new(&env, "repository", plan);
        let bases = env.git(&repository.dir, &["merge-base", "--all", "topic", "feature/x"]).stdout;
        self.report.lock().expect("no worker panicked").criss_crosses +=
            usize::from(bases.lines().count() == 2);
        pieces::make_directories(&repository);
        let mut survey = Survey::of(&env, &repository.dir);
        let mut last_state = "";
        for position in 0..PER_REPOSITORY {
            if self.has_failed_enough() {
                return;
            }
            let case = number * PER_REPOSITORY + position;
            let (state, _) =
                STATES[STATES.iter().position(|(_, end)| position < *end).expect("the last is the end")];
            let mut rng = Rng::with_seed(mix(seed, position as u64));
            let mut detail = String::new();
            let wanted = self.only.is_none_or(|only| only == case);
            match state {
                "none" if wanted => repository.remove_index(),
                "fresh" if last_state != state => env.index_ok(&repository.dir, "build"),
                "stale" if last_state != state => {
                    repository.grow(&env, rng.usize(1..12));
                    survey = Survey::of(&env, &repository.dir);
                }
                "compacting" if last_state != state => {
                    let mut joined = 0;
                    for _ in 0..6 {
                        repository.grow(&env, rng.usize(1..3));
                        let update = env.optimize(&repository.dir, &["index", "update"]);
                        joined += joined_segments(&update);
                        update.success("git-optimize index update");
                    }
                    assert_ne!(joined, 0, "so many small segments, and none is joined with another");
                }
                "damaged" if wanted => {
                    repository.remove_index();
                    env.index_ok(&repository.dir, "build");
                    detail = damage::random(&repository.index_dir(), &mut rng).unwrap_or_default();
                }
                _ => {}
            }
            last_state = state;
            if wanted {
                let line = CommandLine::random(&mut rng, &survey);
                let place = Place { dir: &repository.dir, case, state, detail: &detail };
                self.case(&env, &place, line);
            }
        }
    }

    /// Generated command lines on a repository that somebody named.
    fn on_given_repository(&self, path: &Path) {
        let dir = std::fs::canonicalize(path).expect("GIT_FAST_TEST_REPO is a directory");
        let mut env = Environment::new();
        let index: PathBuf = env.path().join("index");
        let anywhere = std::ffi::OsStr::new("*");
        env.set_config(&[("fast.indexDir", index.as_os_str()), ("safe.directory", anywhere)]);
        env.set_limit(Duration::from_secs(3600));
        env.index_ok(&dir, "build");
        env.set_limit(Duration::from_secs(60));
        // It may not have the directories in which questions are asked.
        let survey = Survey { worktree: false, ..Survey::of(&env, &dir) };
        let all = self.only.map_or(0..self.cases, |case| case..case + 1);
        self.in_parallel(all, |case| {
            let mut rng = Rng::with_seed(mix(self.seed, case as u64));
            let mut line = CommandLine::random(&mut rng, &survey);
            if rng.u8(0..4) > 0 && !matches!(line.mode, command_line::Mode::Page { .. }) {
                line.pieces.insert(0, vec![format!("-n{}", rng.usize(1..300)).into()]);
            }
            self.case(&env, &Place { dir: &dir, case, state: "fresh", detail: "" }, line);
        });
    }

    fn case(&self, env: &Environment, place: &Place<'_>, line: CommandLine) {
        let damaged = place.state == "damaged";
        let verdict = compare::compare(env, place.dir, &line, damaged);
        let mut report = self.report.lock().expect("no worker panicked");
        match verdict {
            Verdict::Same(trace) => report.add(place.state, trace),
            Verdict::GitTooSlow => report.too_slow += 1,
            Verdict::Different(what) => {
                drop(report);
                let (smallest, what) = shrink(env, place.dir, line.clone(), what, damaged);
                let text = self.failure(place, &line, &smallest, &what);
                self.report.lock().expect("no worker panicked").failures.push(text);
            }
        }
    }

    fn failure(&self, place: &Place<'_>, line: &CommandLine, smallest: &CommandLine, what: &str) -> String {
        let repository = match env::var_os("GIT_FAST_TEST_REPO") {
            Some(path) => format!("GIT_FAST_TEST_REPO={} ", path.to_string_lossy()),
            None => String::new(),
        };
        let (seed, case, state, detail) = (self.seed, place.case, place.state, place.detail);
        format!(
            "\n=== case {case} of seed {seed}, index: {state} {detail}\n\
             git-fastlog {}\nshrunk, in './{}':\n  git-fastlog {}\n  git log {}\n{what}\n\
             replay: {repository}GIT_FAST_DIFF_SEED={seed} GIT_FAST_DIFF_CASE={case} cargo test --test main answers_are\n",
            shell(&line.ours()),
            smallest.directory,
            shell(&smallest.ours()),
            shell(&smallest.theirs()),
        )
    }
}

/// Where a case runs.
struct Place<'a> {
    dir: &'a Path,
    case: usize,
    state: &'static str,
    detail: &'a str,
}

/// Drops pieces of the command line for as long as it still fails.
fn shrink(
    env: &Environment,
    dir: &Path,
    line: CommandLine,
    what: String,
    damaged: bool,
) -> (CommandLine, String) {
    let (mut line, mut what) = (line, what);
    loop {
        let fails = |less: CommandLine| match compare::compare(env, dir, &less, damaged) {
            Verdict::Different(what) => Some((less, what)),
            _ => None,
        };
        match line.smaller().into_iter().find_map(fails) {
            Some((smaller, difference)) => (line, what) = (smaller, difference),
            None => return (line, what),
        }
    }
}

/// Two numbers into one seed (the finalizer of SplitMix64 over their combination).
fn mix(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_add(0x632b_e59b_d9b4_e019);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
