//! The plain walk: the newest commit known, then its parents. It yields as it goes, so that the first page costs
//! no more than the first page.

use super::leap::{Leap, WORTH};
use super::positions::Positions;
use super::queue::DateQueue;
use super::{Plan, States};
use crate::index::{History, Pos};

pub(super) struct DateWalk<'a> {
    history: &'a History<'a>,
    queue: DateQueue,
    /// What is or was in the queue.
    met: Positions,
    first_parent: bool,
    max_age: Option<i64>,
    sources: bool,
}

impl<'a> DateWalk<'a> {
    pub(super) fn new(history: &'a History<'a>, plan: &Plan<'_>, states: &mut States) -> Self {
        let (mut queue, mut met) = (DateQueue::default(), Positions::new(history.len()));
        for start in &plan.starts {
            states.set_source(start.pos, start.source);
            if met.insert_new(start.pos) {
                queue.push(history.committer_time(start.pos), start.pos);
            }
        }
        DateWalk {
            history,
            queue,
            met,
            first_parent: plan.first_parent,
            max_age: plan.max_age,
            sources: plan.sources,
        }
    }

    pub(super) fn next(&mut self, states: &mut States) -> Option<Pos> {
        loop {
            let pos = self.queue.peek()?;
            if self.max_age.is_some_and(|oldest| self.history.committer_time(pos) < oldest) {
                self.queue.pop();
                continue;
            }
            self.expand(pos, states);
            return Some(pos);
        }
    }

    /// Whether it is or was in the queue.
    pub(super) fn has_met(&self, pos: Pos) -> bool {
        self.met.has(pos)
    }

    /// Leaves out the next commits, at most `count` of them and perhaps none; how many.
    pub(super) fn skip(&mut self, count: u64) -> u64 {
        // Which tip reaches a commit first is a matter of order.
        if self.sources || count < WORTH {
            return 0;
        }
        let leap = Leap { history: self.history, first_parent: self.first_parent, max_age: self.max_age };
        leap.skip(count, &mut self.queue, &mut self.met)
    }

    /// Puts the parents of the newest commit in its place.
    fn expand(&mut self, pos: Pos, states: &mut States) {
        let source = states.source(pos);
        let mut replaced = false;
        for parent in self.history.parents(pos) {
            if self.sources {
                states.set_source(parent, source);
            }
            if self.met.insert_new(parent) {
                let date = self.history.committer_time(parent);
                if replaced {
                    self.queue.push(date, parent);
                } else {
                    self.queue.replace_top(date, parent);
                    replaced = true;
                }
            }
            if self.first_parent {
                break;
            }
        }
        if !replaced {
            self.queue.pop();
        }
    }
}
