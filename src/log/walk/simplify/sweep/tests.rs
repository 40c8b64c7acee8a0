use super::super::{FollowWalk, Simplify};
use super::*;
use crate::history::tests::random::Random;
use crate::index::Pos;
use crate::log::walk::leap::tests::{DATES, repository};
use crate::log::walk::{Classes, Start, TreeSame};

/// Compares with the walk that yields as it goes, which is compared with git elsewhere; how often few and how often many
/// commits had to be put in order.
fn compare(dates: usize) -> (usize, usize) {
    let (mut few, mut many) = (0, 0);
    for seed in 0..4 {
        let mut random = Random::new(seed);
        let (repo, tips) = repository(&mut random, DATES[dates].1);
        let nothing = History::new([]).unwrap();
        let segment = repo.build(&tips, &nothing).unwrap();
        let history = History::new([&segment]).unwrap();
        // Few contents, so that merges agree with some parent often, and in half of the histories few changes.
        let constancy = [1, 60][seed as usize % 2];
        let mut classes: Vec<u128> = Vec::new();
        for pos in (0..history.len()).map(Pos) {
            let inherited = history.first_parent(pos).map(|parent| classes[parent.index()]);
            let fresh = (random.below(constancy) == 0).then(|| random.below(3) as u128);
            classes.push(fresh.or(inherited).unwrap_or(1));
        }
        let classes = Classes { numbers: classes, changes: 0 };
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
            let mut sweep = Sweep::new(&history, &plan, [64, 128, STRETCH][case % 3]);
            let swept: Vec<Pos> = std::iter::from_fn(|| sweep.next(&mut lineage, &mut states)).collect();
            let mut lineage = Lineage::new(&history, &plan, rules);
            let mut states = States::new(history.len() as usize, false);
            let mut walk = FollowWalk::new(&history, &plan, &mut states);
            let walked: Vec<Pos> = std::iter::from_fn(|| walk.next(&mut lineage, &mut states)).collect();
            assert_eq!(swept, walked, "{}, seed {seed}, case {case}", DATES[dates].0);
            *(if swept.len() < history.len() as usize / 10 { &mut few } else { &mut many }) += 1;
        }
    }
    (few, many)
}

#[test]
fn sweeps_what_a_walk_yields() {
    for (dates, (name, _)) in DATES.iter().enumerate() {
        let (few, many) = compare(dates);
        assert!(few > 30 && many > 30, "{name}: {few} times few commits, {many} times many");
    }
}
