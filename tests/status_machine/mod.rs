//! A state machine against the real git: random things happen to a repository, and after each of them
//! `git-faststatus` and `git status` are asked the same random questions. Their answers must be the same bytes.
//!
//! `GIT_FAST_STATUS_SEED` and `GIT_FAST_STATUS_CASE` replay, `GIT_FAST_STATUS_CASES` and `GIT_FAST_STATUS_STEPS` run
//! for longer.

pub(crate) mod json;
mod lists;
mod questions;
mod states;
mod steps;

use std::collections::BTreeMap;
use std::env;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use steps::World;

/// Without a seed from outside, every run tries the same.
const SEED: u64 = 20_261_121;
const CASES: usize = 32;
const STEPS: usize = 45;
/// In the first case, so many at least: what comes of much that has happened before.
const LONG: usize = 300;
/// At least this share of the answers, in percent, has to be our own: in the long case, a setting that makes all of them
/// git's may stay for long.
const NATIVE: usize = 30;

/// How often who answered, and why it was git.
#[derive(Default)]
struct Tally {
    native: AtomicUsize,
    git: AtomicUsize,
    reasons: Mutex<BTreeMap<String, usize>>,
    /// What was done, and what was asked in which state.
    done: Mutex<BTreeMap<String, usize>>,
}

fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[test]
#[allow(clippy::print_stdout, reason = "a seed that nobody sees replays nothing")]
fn status_is_gits_whatever_happens() {
    let seed = number("GIT_FAST_STATUS_SEED", SEED);
    let only = env::var("GIT_FAST_STATUS_CASE").ok().map(|_| number("GIT_FAST_STATUS_CASE", 0) as usize);
    let cases = number("GIT_FAST_STATUS_CASES", CASES as u64) as usize;
    // One that only a long run comes to is replayed as well.
    let cases = only.map_or(cases, |only| cases.max(only + 1));
    let steps = number("GIT_FAST_STATUS_STEPS", STEPS as u64) as usize;
    println!("seed {seed}, {cases} cases of {steps} steps");
    let tally = Tally::default();
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let case = next.fetch_add(1, Ordering::Relaxed);
                    if case >= cases {
                        break;
                    }
                    if only.is_some_and(|only| only != case) {
                        continue;
                    }
                    if let Err(text) = run(seed, case, steps, &tally) {
                        failures.lock().unwrap().push(text);
                    }
                }
            });
        }
    });
    let (native, git) = (tally.native.into_inner(), tally.git.into_inner());
    println!("{native} answers of our own, {git} of git's");
    for (reason, count) in tally.reasons.into_inner().unwrap() {
        println!("{count:6} {reason}");
    }
    let done = tally.done.into_inner().unwrap();
    println!("{done:#?}");
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    // Of another seed, more cases may be needed for all that is rare.
    if only.is_none() && seed == SEED && cases >= CASES && steps >= STEPS {
        let missing: Vec<_> = states::REQUIRED.iter().filter(|what| !done.contains_key(**what)).collect();
        assert!(missing.is_empty(), "never happened: {missing:?}");
    }
    assert!(only.is_some() || native * 100 >= (native + git) * NATIVE, "too few answers are our own");
}

fn run(seed: u64, case: usize, steps: usize, tally: &Tally) -> Result<(), String> {
    let steps = if case == 0 { steps.max(LONG) } else { steps };
    let mut world = World::new(seed, case);
    let mut history = Vec::new();
    for _ in 0..steps {
        history.push(world.step());
        let count = world.rng.usize(1..4);
        for _ in 0..count {
            let question = questions::random(&mut world);
            states::note(&mut world);
            let Err(what) = questions::ask(&mut world, &question, tally) else { continue };
            let history: Vec<String> =
                history.iter().enumerate().map(|(at, step)| format!("{at:4} {step}")).collect();
            return Err(format!(
                "\n=== case {case} of seed {seed}, in {}\n{}\n{question}\n{what}\n\
                 replay: GIT_FAST_STATUS_SEED={seed} GIT_FAST_STATUS_CASE={case} cargo test --test main status_is",
                world.dir.display(),
                history.join("\n"),
            ));
        }
    }
    world.open();
    let mut all = tally.done.lock().unwrap();
    for (what, count) in world.done {
        *all.entry(what).or_default() += count;
    }
    Ok(())
}
