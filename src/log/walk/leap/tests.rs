use gix::ObjectId;
use gix::hash::Kind;

use super::*;
use crate::history::tests::random::Random;
use crate::history::tests::repo::{TestRepo, commit_bytes};

/// How commits are dated, by their number.
type Dating = fn(&mut Random, i64) -> i64;

/// Clocks of all kinds.
pub(in crate::log::walk) const DATES: [(&str, Dating); 8] = [
    ("in order", |random, n| n * 60 + random.below(60) as i64),
    ("some are equal", |random, n| (n + random.below(3) as i64) / 4 * 100),
    ("all are equal", |_, _| 7),
    ("skewed", |random, n| match random.below(6) {
        0 => n * 60 - random.below(20_000) as i64,
        1 => n * 60 + random.below(9_000) as i64,
        _ => n * 60,
    }),
    ("skewed and equal", |random, n| (n * 60 + random.below(3_000) as i64) / 1_000),
    ("backwards", |_, n| 40_000 - n * 60),
    ("anyhow", |random, _| random.below(40_000) as i64),
    ("ages apart", |random, n| [n, n + 2_000_000_000, n + (1 << 40)][random.below(3)]),
];

/// Commits in a few parallel lines.
pub(in crate::log::walk) fn repository(random: &mut Random, date: Dating) -> (TestRepo, Vec<ObjectId>) {
    let repo = TestRepo::new(Kind::Sha1);
    let tree = repo.empty_tree();
    let mut lines: Vec<ObjectId> = Vec::new();
    for n in 0..400 {
        let line = random.below(6);
        let mut parents: Vec<ObjectId> = lines.get(line).copied().into_iter().collect();
        if random.below(8) == 0 && !lines.is_empty() {
            parents.push(lines[random.below(lines.len())]);
        }
        parents.dedup();
        let when = 1_000_000_000 + date(random, n);
        let commit = repo.raw_commit(&commit_bytes(tree, &parents, when, "A", &format!("{n}")));
        match lines.get_mut(line) {
            Some(tip) => *tip = commit,
            None => lines.push(commit),
        }
    }
    (repo, lines)
}

/// What the walk yields after a leap of at most `count`, and how many it has left out.
fn leap(leap: &Leap<'_>, starts: &[Pos], count: u64) -> (u64, Vec<Pos>) {
    let mut met = Positions::new(leap.history.len());
    let mut queue = DateQueue::default();
    for &pos in starts {
        if met.insert_new(pos) {
            queue.push(leap.history.committer_time(pos), pos);
        }
    }
    let skipped = leap.skip(count, &mut queue, &mut met);
    let mut rest = Vec::new();
    while let Some(pos) = queue.pop() {
        if leap.max_age.is_some_and(|oldest| leap.history.committer_time(pos) < oldest) {
            continue;
        }
        rest.push(pos);
        for parent in leap.history.parents(pos).take(if leap.first_parent { 1 } else { usize::MAX }) {
            if met.insert_new(parent) {
                queue.push(leap.history.committer_time(parent), parent);
            }
        }
    }
    (skipped, rest)
}

/// Compares with git for all kinds of walks; how many leaps there were, and how many commits they left out.
fn compare((name, date): (&str, Dating)) -> (u64, u64) {
    let (mut leaps, mut total) = (0, 0);
    for seed in 0..3 {
        let mut random = Random::new(seed);
        let (repo, tips) = repository(&mut random, date);
        let nothing = History::new([]).unwrap();
        let segment = repo.build(&tips, &nothing).unwrap();
        let history = History::new([&segment]).unwrap();
        for (first_parent, max_age) in [(false, None), (true, None), (false, Some(1_000_009_000))] {
            let names: Vec<String> = tips.iter().map(ToString::to_string).collect();
            let age = max_age.map(|oldest| format!("--max-age={oldest}"));
            let mut args = vec!["rev-list"];
            args.extend(first_parent.then_some("--first-parent"));
            args.extend(age.as_deref());
            args.extend(names.iter().map(String::as_str));
            let out = String::from_utf8(repo.git(&args)).unwrap();
            let expected: Vec<Pos> = out
                .lines()
                .map(|id| history.lookup(&ObjectId::from_hex(id.as_bytes()).unwrap()).unwrap())
                .collect();
            let starts: Vec<Pos> = tips.iter().map(|tip| history.lookup(tip).unwrap()).collect();
            let walk = Leap { history: &history, first_parent, max_age };
            for count in [1, 70, 100, 150, 250, 350, 399, 400, 5000] {
                let (skipped, rest) = leap(&walk, &starts, count);
                let case = format!("{name}, seed {seed}, {args:?}, {count}");
                assert!(skipped <= count, "{case}: {skipped}");
                assert!(rest == expected[skipped as usize..], "{case}: after {skipped}");
                leaps += u64::from(skipped > 0);
                total += skipped;
            }
        }
    }
    (leaps, total)
}

#[test]
fn leaves_out_what_git_would() {
    let all = DATES.map(|dates| (dates.0, compare(dates)));
    let found = |name: &str| all.iter().find(|(other, _)| *other == name).unwrap().1;
    let (leaps, total) = found("in order");
    assert!(leaps > 40 && total > 5_000, "{leaps} leaps over {total} commits");
    let (leaps, _) = found("some are equal");
    assert!(leaps > 2, "{leaps} leaps");
    let (leaps, total) = found("skewed");
    assert!(leaps > 20, "{leaps} leaps over {total} commits");
}
