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
pub(super) mod tests;

use super::positions::Positions;
use super::queue::DateQueue;
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
    /// Takes at most `count` commits from the walk with this queue, which has not begun, and says how many. `met` is what
    /// is or was in the queue.
    pub(super) fn skip(&self, count: u64, queue: &mut DateQueue, met: &mut Positions) -> u64 {
        let before = queue.take_all();
        let mut waiting: Vec<Waiting> = before
            .iter()
            .zip(0..)
            .map(|(&pos, since)| Waiting { date: self.history.committer_time(pos), since, pos })
            .collect();
        if let Some(taken) = self.run(count, &mut waiting, met) {
            for commit in &waiting {
                queue.push(commit.date, commit.pos);
            }
            return taken;
        }
        met.clear();
        for pos in before {
            met.insert(pos);
            queue.push(self.history.committer_time(pos), pos);
        }
        0
    }

    /// Takes commits from `waiting` and moves their parents there, which is in the order of the queue at the end; how
    /// many it has taken. `None` when the order is not certain, or when it were too many.
    fn run(&self, count: u64, waiting: &mut Vec<Waiting>, met: &mut Positions) -> Option<u64> {
        let mut taken = 0;
        let mut reached = Positions::new(self.history.len());
        let first = waiting.len() as u32;
        // Nothing above has been taken or can be reached.
        let mut above = waiting.iter().map(|commit| commit.pos.0 + 1).max().unwrap_or(0);
        let mut in_order = true;
        for since in (first..).take(STEPS) {
            let left = count - taken;
            if above == 0 || (in_order && left <= LEFT.max(count / 256)) {
                break;
            }
            // Positions are nearly in order of date: newer than the date at a position are nearly those above it.
            let step = u32::try_from(left - left / 128).unwrap_or(u32::MAX);
            above = above.saturating_sub(step.max(1));
            let sample = above.saturating_sub(SAMPLE)..=above;
            let typical = sample.map(|pos| self.history.committer_time(Pos(pos))).max().unwrap_or(i64::MIN);
            let date = self.max_age.map_or(typical, |oldest| typical.max(oldest.saturating_sub(1)));
            taken += self.take_newer(date, since, waiting, &mut reached, met);
            if taken > count {
                return None;
            }
            waiting.sort_unstable_by_key(|commit| (std::cmp::Reverse(commit.date), commit.since));
            let known = |pair: &[Waiting]| (pair[0].date, pair[0].since) != (pair[1].date, pair[1].since);
            in_order = waiting.windows(2).all(known);
        }
        in_order.then_some(taken)
    }

    /// Takes everything that is reached over commits newer than `date`; how many that are. `reached` is empty before and
    /// after.
    fn take_newer(
        &self,
        date: i64,
        since: u32,
        waiting: &mut Vec<Waiting>,
        reached: &mut Positions,
        met: &mut Positions,
    ) -> u64 {
        waiting.retain(|commit| {
            if commit.date > date {
                met.remove(commit.pos);
                reached.insert(commit.pos);
            }
            commit.date <= date
        });
        let mut taken = 0;
        // Others may lead to what a smaller step has met.
        reached.drain_down(met, |pos, reached| {
            let (when, mut parents) = self.history.date_and_parents(pos);
            if when <= date {
                waiting.push(Waiting { date: when, since, pos });
                return;
            }
            taken += 1;
            match self.first_parent {
                true => parents.next().into_iter().for_each(|parent| reached.insert(parent)),
                false => parents.for_each(|parent| reached.insert(parent)),
            }
        });
        taken
    }
}
