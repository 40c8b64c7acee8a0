//! A set of commits that gives them back from the highest position down: children before their parents, and memory
//! read in one direction.

use crate::index::Pos;

/// The set.
pub struct Positions {
    words: Vec<u64>,
    /// No word above this one has a bit.
    highest: usize,
}

impl Positions {
    /// None of the positions below `end`.
    pub fn new(end: u32) -> Self {
        Positions { words: vec![0; (end as usize).div_ceil(64)], highest: 0 }
    }

    /// Adds one.
    #[inline]
    pub fn insert(&mut self, pos: Pos) {
        let word = pos.index() / 64;
        self.words[word] |= 1 << (pos.0 % 64);
        self.highest = self.highest.max(word);
    }

    /// Adds one, unless it is there; whether it was not.
    #[inline]
    pub fn insert_new(&mut self, pos: Pos) -> bool {
        let new = !self.has(pos);
        if new {
            self.insert(pos);
        }
        new
    }

    /// Takes one out, if it is there.
    pub(super) fn remove(&mut self, pos: Pos) {
        self.words[pos.index() / 64] &= !(1 << (pos.0 % 64));
    }

    /// Takes all of them out.
    pub(super) fn clear(&mut self) {
        self.words.fill(0);
        self.highest = 0;
    }

    /// Whether it is there.
    #[inline]
    pub fn has(&self, pos: Pos) -> bool {
        self.words[pos.index() / 64] >> (pos.0 % 64) & 1 != 0
    }

    /// Takes out all of them and adds them to `met`; those that are new there are visited, from the highest down. `visit`
    /// may add others below the one that it is given, again and again: they come once.
    #[inline]
    pub(super) fn drain_down(&mut self, met: &mut Positions, visit: impl FnMut(Pos, &mut Below<'_>)) {
        self.drain_down_to(0, met, visit);
    }

    /// The same with those at `lowest` and above, a multiple of 64.
    #[inline]
    pub(super) fn drain_down_to(
        &mut self,
        lowest: u32,
        met: &mut Positions,
        mut visit: impl FnMut(Pos, &mut Below<'_>),
    ) {
        let lowest = lowest as usize / 64;
        let mut below = Below { words: &mut self.words };
        for (at, met) in met.words.iter_mut().enumerate().take(self.highest + 1).skip(lowest).rev() {
            let mut unmet = !*met;
            while let Some(bit) = (below.words[at] & unmet).checked_ilog2() {
                unmet &= (1 << bit) - 1;
                visit(Pos(at as u32 * 64 + bit), &mut below);
            }
            *met |= std::mem::take(&mut below.words[at]);
        }
        met.highest = met.highest.max(self.highest);
        self.highest = self.highest.min(lowest.saturating_sub(1));
    }
}

/// What may be added while a set is drained.
pub(super) struct Below<'a> {
    words: &'a mut [u64],
}

impl Below<'_> {
    /// Adds one.
    #[inline]
    pub(super) fn insert(&mut self, pos: Pos) {
        self.words[pos.index() / 64] |= 1 << (pos.0 % 64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_is_added_on_the_way() {
        let mut set = Positions::new(1000);
        for pos in [999, 64, 3] {
            assert!(set.insert_new(Pos(pos)));
        }
        set.insert(Pos(7));
        set.remove(Pos(7));
        assert!(!set.insert_new(Pos(64)) && set.has(Pos(3)) && !set.has(Pos(7)));
        let mut met = Vec::new();
        let mut known = Positions::new(1000);
        known.insert(Pos(990));
        set.drain_down(&mut known, |pos, below| {
            met.push(pos.0);
            if pos.0 > 500 {
                [pos.0 - 1, 500, 64].into_iter().for_each(|added| below.insert(Pos(added)));
            }
        });
        // From one that was met already nothing goes on.
        let expected: Vec<u32> = (991..1000).rev().chain([500, 64, 3]).collect();
        assert_eq!(met, expected);
        assert!((0..1000).all(|pos| !set.has(Pos(pos))));
        assert!(expected.iter().chain(&[990]).all(|pos| known.has(Pos(*pos))) && !known.has(Pos(989)));
        [5, 127, 128, 700].into_iter().for_each(|pos| set.insert(Pos(pos)));
        let (mut met, mut known) = (Vec::new(), Positions::new(1000));
        for lowest in [640, 128, 64, 0] {
            set.drain_down_to(lowest, &mut known, |pos, below| {
                met.push((lowest, pos.0));
                if pos.0 > 600 {
                    below.insert(Pos(pos.0 - 50));
                }
            });
        }
        assert_eq!(met, [(640, 700), (640, 650), (128, 600), (128, 128), (64, 127), (0, 5)]);
        set.insert(Pos(5));
        set.clear();
        set.drain_down(&mut known, |pos, _| panic!("{pos:?}"));
    }
}
