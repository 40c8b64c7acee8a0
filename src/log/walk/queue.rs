//! git's queue of commits: the newest committer date first, and the first one in among equals.

use std::collections::BinaryHeap;

use crate::index::Pos;

/// Commits by date, newest first, ties first-in first-out.
#[derive(Default)]
pub(in crate::log) struct DateQueue {
    heap: BinaryHeap<u128>,
    inserted: u32,
}

/// Everything that orders an entry in one integer: the date, then who came first, then the commit.
fn key(date: i64, inserted: u32, pos: Pos) -> u128 {
    let date = (date as u64) ^ (1 << 63);
    (u128::from(date) << 64) | (u128::from(!inserted) << 32) | u128::from(pos.0)
}

fn pos_of(key: u128) -> Pos {
    Pos(key as u32)
}

impl DateQueue {
    pub(in crate::log) fn push(&mut self, date: i64, pos: Pos) {
        self.heap.push(key(date, self.inserted, pos));
        self.inserted += 1;
    }

    pub(in crate::log) fn pop(&mut self) -> Option<Pos> {
        self.heap.pop().map(pos_of)
    }

    pub(in crate::log) fn peek(&self) -> Option<Pos> {
        self.heap.peek().copied().map(pos_of)
    }

    /// Takes out the newest commit and puts `pos` in, at the cost of one of the two.
    pub(super) fn replace_top(&mut self, date: i64, pos: Pos) {
        if let Some(mut top) = self.heap.peek_mut() {
            *top = key(date, self.inserted, pos);
        }
        self.inserted += 1;
    }

    /// Empties it: the commits in the order in which they would have been popped.
    pub(super) fn take_all(&mut self) -> Vec<Pos> {
        std::mem::take(&mut self.heap).into_sorted_vec().into_iter().rev().map(pos_of).collect()
    }

    /// All commits in the queue, in no order.
    pub(in crate::log) fn iter(&self) -> impl Iterator<Item = Pos> + '_ {
        self.heap.iter().copied().map(pos_of)
    }
}
