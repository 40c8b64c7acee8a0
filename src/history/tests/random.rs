//! Histories of random shape, from a seed.

use gix::hash::ObjectId;

use super::repo::TestRepo;

/// A small generator of numbers (xorshift64*), so that a seed is all it takes to repeat a case.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize) % end.max(1)
    }
}

/// Adds `count` commits that build on `all` (and are added to it), through `git fast-import`-free plumbing in one
/// process, and points a few refs at them.
pub(crate) fn grow(repo: &TestRepo, random: &mut Random, all: &mut Vec<ObjectId>, count: usize) {
    let tree = repo.empty_tree();
    for _ in 0..count {
        let parents = match random.below(20) {
            0 => 0,
            1..=3 => 2,
            4 => 3 + random.below(4),
            _ => 1,
        };
        let mut chosen = Vec::new();
        for _ in 0..parents.min(all.len()) {
            // Mostly recent ones.
            let back =
                if random.below(4) == 0 { random.below(all.len()) } else { random.below(all.len().min(5)) };
            chosen.push(all[all.len() - 1 - back]);
        }
        let n = all.len() as i64;
        let date =
            1_000_000_000 + n * 60 + if random.below(10) == 0 { -5000 } else { random.below(120) as i64 };
        let who = ["A U Thor", "C O Mitter", "Zoë", "", "X"][random.below(5)];
        let message = match random.below(4) {
            0 => String::new(),
            1 => format!("commit {n}"),
            _ => format!("commit {n}\n\n{}\n", "text ".repeat(random.below(200))),
        };
        let mut bytes = super::repo::commit_bytes(tree, &chosen, date, who, &message);
        if random.below(15) == 0 {
            let text = String::from_utf8(bytes).unwrap();
            let other =
                ["gpgsig x\n y\n\n", "encoding latin1\n\n", "parent x\n\n", "x y\n\n"][random.below(4)];
            bytes = text.replacen("\n\n", &format!("\n{other}"), 1).into_bytes();
        }
        all.push(repo.raw_commit(&bytes));
    }
    for i in 0..3 {
        repo.set_ref(&format!("refs/heads/b{i}"), all[all.len() - 1 - random.below(all.len().min(8))]);
    }
    repo.set_ref("refs/heads/main", all[all.len() - 1]);
}
