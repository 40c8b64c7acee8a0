use super::super::{FollowWalk, Simplify};
use super::*;
use crate::history::tests::random::Random;
use crate::log::walk::leap::tests::{DATES, repository};
use crate::log::walk::{Classes, Start, TreeSame};

/// Compares with the walk that yields as it goes, which is compared with git elsewhere; how often a sweep gave up, and
/// how many commits it put in order.
fn compare(dates: usize) -> (usize, usize) {
    let (mut gave_up, mut sorted) = (0, 0);
    for seed in 0..3 {
        let mut random = Random::new(seed);
        let (repo, tips) = repository(&mut random, DATES[dates].1);
        let nothing = History::new([]).unwrap();
        let segment = repo.build(&tips, &nothing).unwrap();
        let history = History::new([&segment]).unwrap();
        // Few contents, so that merges agree with some parent often.
        let classes = Classes((0..history.len()).map(|_| random.below(3) as u128).collect());
        for case in 0..48 {
            let start = |pos| Start { pos, uninteresting: false, left: false, source: 0 };
            let count = 1 + random.below(tips.len());
            let mut starts: Vec<Start> =
                tips[..count].iter().map(|tip| start(history.lookup(tip).unwrap())).collect();
            starts.rotate_left(random.below(count));
            let rules = Simplify {
                tree_same: Some(&classes as &dyn TreeSame),
                full_history: case & 1 != 0,
                sparse: case & 2 != 0,
                show_pulls: case & 4 != 0,
                ..Simplify::default()
            };
            let oldest = history.committer_time(Pos(random.below(history.len() as usize) as u32));
            let plan = Plan {
                starts,
                first_parent: random.below(4) == 0,
                max_age: (case & 8 != 0).then_some(oldest),
                takes_all: true,
                ..Plan::default()
            };
            let mut lineage = Lineage::new(&history, &plan, rules.clone());
            assert!(lineage.can_sweep(&plan));
            let mut states = States::new(history.len() as usize, false);
            let swept = lineage.sweep(&plan, &mut states);
            let mut lineage = Lineage::new(&history, &plan, rules);
            let mut states = States::new(history.len() as usize, false);
            let mut walk = FollowWalk::new(&history, &plan, &mut states);
            let walked: Vec<Pos> = std::iter::from_fn(|| walk.next(&mut lineage, &mut states)).collect();
            match swept {
                None => gave_up += 1,
                Some(swept) => {
                    assert_eq!(swept, walked, "{}, seed {seed}, case {case}", DATES[dates].0);
                    sorted += swept.len();
                }
            }
        }
    }
    (gave_up, sorted)
}

#[test]
fn sweeps_what_a_walk_yields() {
    for (dates, (name, _)) in DATES.iter().enumerate() {
        let (gave_up, sorted) = compare(dates);
        // Where dates are equal by the dozen, who came first may be a long story.
        assert!(gave_up < 36 && sorted > 2_000, "{name}: gave up {gave_up} times, {sorted} commits");
    }
}
