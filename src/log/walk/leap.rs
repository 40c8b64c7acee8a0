//! Skips many commits of a [`DateWalk`](super::date::DateWalk) without putting them in order.
//!
//! The walk takes the newest commit that waits, always. So when it first takes one that is not newer than some date
//! `D`, it has taken exactly what can be reached from where it was over commits newer than `D`, in whatever order and
//! however skewed the dates are, and what waits is their other parents. Both can be found in any order, for a
//! fraction of what the queue costs.
//!
//! Only one thing is lost: who came first among waiting commits with equal dates. Several dates `D`, one after the
//! other, tell it mostly; otherwise nothing is skipped here.

#[cfg(test)]
mod tests;

use super::queue::DateQueue;
use super::{SEEN, States};
use crate::index::{History, Pos};

/// Fewer commits are not worth it.
pub(super) const WORTH: u64 = 1024;
/// When so few are left, or in so many steps, the search for the next `D` ends.
const LEFT: u64 = 64;
const STEPS: usize = 32;
/// So many commits are looked at to find a typical date.
const SAMPLE: u32 = 16;

/// A commit that waits.
#[derive(Clone, Copy)]
struct Waiting {
    date: i64,
    /// Who waits since a smaller step came first. Different for those that waited from the start.
    since: u32,
    pos: Pos,
}

/// The walk.
pub(super) struct Leap<'a> {
    pub(super) history: &'a History<'a>,
    pub(super) first_parent: bool,
    /// The walk takes nothing that is older.
    pub(super) max_age: Option<i64>,
}

impl Leap<'_> {
    /// Takes at most `count` commits from the walk with this queue, and says how many.
    pub(super) fn skip(&self, count: u64, queue: &mut DateQueue, states: &mut States) -> u64 {
        let before = queue.take_all();
        let mut waiting: Vec<Waiting> = before
            .iter()
            .zip(0..)
            .map(|(&pos, since)| Waiting { date: self.history.committer_time(pos), since, pos })
            .collect();
        let mut taken = Vec::new();
        if self.run(count, &mut waiting, &mut taken, states) {
            for commit in &waiting {
                queue.push(commit.date, commit.pos);
            }
            return taken.len() as u64;
        }
        for pos in waiting.iter().map(|commit| commit.pos).chain(taken) {
            states.flags[pos.index()] &= !SEEN;
        }
        for pos in before {
            states.add(pos, SEEN);
            queue.push(self.history.committer_time(pos), pos);
        }
        0
    }

    /// Moves commits from `waiting` to `taken` and their parents to `waiting`, which is in the order of the queue at
    /// the end. False when that is not certain, or when it were too many.
    fn run(&self, count: u64, waiting: &mut Vec<Waiting>, taken: &mut Vec<Pos>, states: &mut States) -> bool {
        let first = waiting.len() as u32;
        // Nothing above has been taken or can be reached.
        let mut above = waiting.iter().map(|commit| commit.pos.0 + 1).max().unwrap_or(0);
        let mut in_order = true;
        for since in (first..).take(STEPS) {
            let left = count - taken.len() as u64;
            if above == 0 || (in_order && left <= LEFT.max(count / 64)) {
                break;
            }
            // Positions are nearly in order of date: newer than the date at a position are nearly those above it.
            let step = u32::try_from(left - left / 128).unwrap_or(u32::MAX);
            above = above.saturating_sub(step.max(1));
            let sample = above.saturating_sub(SAMPLE)..=above;
            let typical = sample.map(|pos| self.history.committer_time(Pos(pos))).max().unwrap_or(i64::MIN);
            let date = self.max_age.map_or(typical, |oldest| typical.max(oldest.saturating_sub(1)));
            if !self.take_newer(date, count, since, waiting, taken, states) {
                return false;
            }
            waiting.sort_unstable_by_key(|commit| (std::cmp::Reverse(commit.date), commit.since));
            let known = |pair: &[Waiting]| (pair[0].date, pair[0].since) != (pair[1].date, pair[1].since);
            in_order = waiting.windows(2).all(known);
        }
        in_order
    }

    /// Takes everything that is reached over commits newer than `date`. False when that is more than `count`.
    fn take_newer(
        &self,
        date: i64,
        count: u64,
        since: u32,
        waiting: &mut Vec<Waiting>,
        taken: &mut Vec<Pos>,
        states: &mut States,
    ) -> bool {
        let mut next = taken.len();
        waiting.retain(|commit| {
            if commit.date > date {
                taken.push(commit.pos);
            }
            commit.date <= date
        });
        while let Some(&pos) = taken.get(next) {
            next += 1;
            for parent in self.history.parents(pos).take(if self.first_parent { 1 } else { usize::MAX }) {
                if states.add_new(parent, SEEN) {
                    let parent_date = self.history.committer_time(parent);
                    if parent_date > date {
                        taken.push(parent);
                    } else {
                        waiting.push(Waiting { date: parent_date, since, pos: parent });
                    }
                }
            }
        }
        taken.len() as u64 <= count
    }
}
