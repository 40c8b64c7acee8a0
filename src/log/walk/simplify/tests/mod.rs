//! Compares simplified walks with what the git on PATH prints, over random histories and options.

mod case;
mod repository;

use self::case::Case;
use self::repository::Repository;
use crate::index::History;

/// How many questions are asked of each history.
const CASES: usize = 80;

/// A small generator of numbers, replayable from its seed (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 33) as usize % end.max(1)
    }

    fn one_in(&mut self, end: usize) -> bool {
        self.below(end) == 0
    }
}

/// How the cases of one history came out.
#[derive(Default)]
struct Tally {
    same: usize,
    unsure: std::collections::BTreeMap<String, usize>,
    refused: usize,
    differing: Vec<String>,
    /// For each option: how many questions with it git answers, and how many of them are answered here.
    options: std::collections::BTreeMap<String, (usize, usize)>,
}

#[allow(clippy::print_stderr)]
fn compare(seed: u64, tally: &mut Tally) {
    let mut random = Random(seed);
    let repository = Repository::random(&mut random);
    let history = History::new([&repository.segment]).unwrap();
    let before = tally.differing.len();
    for nth in 0..CASES {
        let case = Case::random(&mut random, &repository);
        let Some(expected) = case.expected(&repository) else {
            tally.refused += 1;
            continue;
        };
        let answer = case.answer(&repository, &history);
        for option in case.options() {
            let (asked, answered) = tally.options.entry(option.to_owned()).or_default();
            *asked += 1;
            *answered += usize::from(answer.is_ok());
        }
        match answer {
            Err(reason) => *tally.unsure.entry(format!("{reason:?}")).or_default() += 1,
            Ok(answer) if answer == expected => tally.same += 1,
            Ok(answer) => tally.differing.push(format!(
                "seed {seed}, case {nth}: git {}\n--- ours\n{answer}--- git\n{expected}",
                case.args(&repository).join(" ")
            )),
        }
    }
    drop(history);
    if tally.differing.len() > before && std::env::var_os("SIMPLIFY_KEEP").is_some() {
        eprintln!("seed {seed} is in {}", repository.keep().display());
    }
}

#[test]
#[allow(clippy::print_stderr)]
fn simplifies_like_git() {
    // SIMPLIFY_SEEDS=first+count replays a failure or looks at more histories.
    let seeds = std::env::var("SIMPLIFY_SEEDS").unwrap_or("1+5".to_owned());
    let (first, count) = seeds.split_once('+').unwrap();
    let (first, count): (u64, u64) = (first.parse().unwrap(), count.parse().unwrap());
    let mut tally = Tally::default();
    for seed in first..first + count {
        compare(seed, &mut tally);
    }
    let Tally { same, unsure, refused, differing, options } = tally;
    eprintln!("{same} same, {unsure:?} left to git, {refused} refused by git, {} differ", differing.len());
    for other in differing.iter().skip(3) {
        eprintln!("{}", other.lines().next().unwrap_or_default());
    }
    assert!(differing.is_empty(), "{}", differing[..differing.len().min(3)].join("\n"));
    assert!(same > (unsure.values().sum::<usize>() + refused) * 2, "too much is left to git");
    // Also of none of the options that are asked for often enough to tell. (Sides are not, and mostly in skewed histories.)
    let few: Vec<_> =
        options.iter().filter(|(_, (asked, answered))| *asked >= 20 && answered * 3 < asked * 2).collect();
    assert!(few.is_empty() && options.len() > 20, "too much is left to git: {few:?} of {options:?}");
}

/// To find the merge bases of skewed histories git has read commits, and so excludes others than a walk that has not.
#[test]
fn sides_of_skewed_histories() {
    let mut tally = Tally::default();
    [307, 342, 687].into_iter().for_each(|seed| compare(seed, &mut tally));
    assert!(tally.differing.is_empty(), "{}", tally.differing.join("\n"));
    assert!(tally.unsure.contains_key("Skew"), "what git would find can't be told");
}

/// With a commit-graph, git sorts as it walks, and comes to tips of which another has been excluded in its own order.
#[test]
fn first_parents_of_several_tips_in_topological_order() {
    let mut tally = Tally::default();
    compare(698, &mut tally);
    assert!(tally.differing.is_empty(), "{}", tally.differing.join("\n"));
}
