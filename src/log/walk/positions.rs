//! A set of commits that gives them back from the highest position down: children before their parents, and memory
//! read in one direction.

use crate::index::Pos;

/// The set.
pub struct Positions {
    words: Vec<u64>,
    /// No word above this one has a bit.
    highest: usize,
    len: u64,
}

impl Positions {
    /// None of the positions below `end`.
    pub fn new(end: u32) -> Self {
        Positions { words: vec![0; (end as usize).div_ceil(64)], highest: 0, len: 0 }
    }

    /// How many there are.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Adds one that is not there.
    pub(super) fn insert(&mut self, pos: Pos) {
        let word = pos.index() / 64;
        self.words[word] |= 1 << (pos.0 % 64);
        self.highest = self.highest.max(word);
        self.len += 1;
    }

    /// Adds one, unless it is there; whether it was not.
    pub fn insert_new(&mut self, pos: Pos) -> bool {
        let new = !self.has(pos);
        if new {
            self.insert(pos);
        }
        new
    }

    /// Takes one out, if it is there.
    pub(super) fn remove(&mut self, pos: Pos) {
        if self.has(pos) {
            self.words[pos.index() / 64] ^= 1 << (pos.0 % 64);
            self.len -= 1;
        }
    }

    /// Whether it is there.
    #[inline]
    pub fn has(&self, pos: Pos) -> bool {
        self.words[pos.index() / 64] >> (pos.0 % 64) & 1 != 0
    }

    /// Takes out all of them, from the highest down. `visit` may add others below the one that it is given.
    #[inline]
    pub(super) fn drain_down(&mut self, mut visit: impl FnMut(Pos, &mut Below<'_>)) {
        let (mut left, mut at) = (std::mem::take(&mut self.len), self.highest);
        let mut below = Below { words: &mut self.words, added: 0 };
        while left > 0 {
            let word = below.words[at];
            if word == 0 {
                at -= 1;
                continue;
            }
            let bit = word.ilog2();
            below.words[at] = word ^ 1 << bit;
            visit(Pos(at as u32 * 64 + bit), &mut below);
            left = left - 1 + std::mem::take(&mut below.added);
        }
        self.highest = 0;
    }
}

/// What may be added while a set is drained.
pub(super) struct Below<'a> {
    words: &'a mut [u64],
    added: u64,
}

impl Below<'_> {
    /// Adds one that is not there.
    #[inline]
    pub(super) fn insert(&mut self, pos: Pos) {
        self.words[pos.index() / 64] |= 1 << (pos.0 % 64);
        self.added += 1;
    }
}
