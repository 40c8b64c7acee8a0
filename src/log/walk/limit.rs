//! The limited walk of ranges: interesting commits are collected while excluded tips mark what they reach, and
//! it ends a few commits after only excluded ones are left.
//!
//! Where dates are in order the result is what the range means. Where they are not, it is whatever git finds
//! before it stops, so the stopping rule is part of the answer: documented in git's
//! `Documentation/technical/commit-graph.adoc` as the reason for generation numbers, and seen by running it.

use smallvec::SmallVec;

use super::queue::DateQueue;
use super::{CurrentParents, EXPANDED, LEFT, Lineage, PARSED, Plan, SEEN, States, UNINTERESTING};
use crate::index::{History, Pos};

/// How many excluded commits in a row git looks at before it believes that nothing interesting follows.
const SLOP: u32 = 5;

struct Limiter<'a, 'p, 'l> {
    history: &'a History<'a>,
    plan: &'p Plan<'a>,
    /// Simplifies while it walks.
    lineage: Option<&'p mut Lineage<'l>>,
    queue: DateQueue,
    /// An interesting commit that was in the queue when last looked.
    known_interesting: Option<Pos>,
}

/// The commits of the range, in the order of the walk. Some may have turned uninteresting after they were taken.
pub(super) fn limited<'a>(
    history: &'a History<'a>,
    plan: &Plan<'a>,
    states: &mut States,
    lineage: Option<&mut Lineage<'_>>,
) -> Vec<Pos> {
    let queue = DateQueue::default();
    let mut limiter = Limiter { history, plan, lineage, queue, known_interesting: None };
    // git has read all tips before it looks at the first.
    for start in &plan.starts {
        states.set_source(start.pos, start.source);
        states.add(start.pos, PARSED | if start.left { LEFT } else { 0 });
    }
    for start in &plan.starts {
        if start.uninteresting {
            states.add(start.pos, UNINTERESTING);
            limiter.exclude_parents(start.pos, states);
        }
    }
    for start in &plan.starts {
        if states.add_new(start.pos, SEEN) {
            limiter.queue.push(history.committer_time(start.pos), start.pos);
        }
    }
    limiter.run(states)
}

impl Limiter<'_, '_, '_> {
    fn run(&mut self, states: &mut States) -> Vec<Pos> {
        let mut list = Vec::new();
        let mut slop = SLOP;
        let mut last_date = i64::MAX;
        while let Some(pos) = self.queue.pop() {
            if self.known_interesting == Some(pos) {
                self.known_interesting = None;
            }
            let date = self.history.committer_time(pos);
            if self.plan.max_age.is_some_and(|oldest| date < oldest) {
                states.add(pos, UNINTERESTING);
            }
            self.expand(pos, states);
            if states.has(pos, UNINTERESTING) {
                self.exclude_parents(pos, states);
                slop = self.slop_left(last_date, slop, states);
                if slop == 0 {
                    break;
                }
                continue;
            }
            if self.plan.min_age.is_some_and(|newest| date > newest) {
                continue;
            }
            if self.plan.max_age_filter.is_some_and(|oldest| date < oldest) {
                continue;
            }
            last_date = date;
            list.push(pos);
        }
        list
    }

    fn slop_left(&mut self, last_date: i64, slop: u32, states: &States) -> u32 {
        let Some(next) = self.queue.peek() else { return 0 };
        if last_date <= self.history.committer_time(next) || self.any_interesting(states) {
            return SLOP;
        }
        slop - 1
    }

    fn any_interesting(&mut self, states: &States) -> bool {
        if self.known_interesting.is_some_and(|pos| !states.has(pos, UNINTERESTING)) {
            return true;
        }
        self.known_interesting = self.queue.iter().find(|&pos| !states.has(pos, UNINTERESTING));
        self.known_interesting.is_some()
    }

    fn enqueue(&mut self, pos: Pos, states: &mut States) {
        if states.add_new(pos, SEEN) {
            self.queue.push(self.history.committer_time(pos), pos);
        }
    }

    fn expand(&mut self, pos: Pos, states: &mut States) {
        if !states.add_new(pos, EXPANDED) {
            return;
        }
        if states.has(pos, UNINTERESTING) {
            self.expand_excluded(pos, states);
        } else {
            self.expand_included(pos, states);
        }
    }

    fn expand_excluded(&mut self, pos: Pos, states: &mut States) {
        let parents: SmallVec<[Pos; 2]> = self.excluded_edges(pos).collect();
        for parent in parents {
            states.add(parent, PARSED | UNINTERESTING);
            self.exclude_parents(parent, states);
            self.enqueue(parent, states);
        }
    }

    fn expand_included(&mut self, pos: Pos, states: &mut States) {
        let left = if states.has(pos, LEFT) { LEFT } else { 0 };
        let source = states.source(pos);
        let parents: SmallVec<[Pos; 2]> = match &mut self.lineage {
            Some(lineage) => {
                lineage.judge(pos, states);
                lineage.unwritten_parents(pos).collect()
            }
            None => self.history.parents(pos).collect(),
        };
        for parent in parents {
            states.add(parent, PARSED | left);
            states.set_source(parent, source);
            if let Some(lineage) = &mut self.lineage {
                lineage.inherit(parent, pos);
            }
            self.enqueue(parent, states);
            if self.plan.first_parent {
                break;
            }
        }
    }

    /// Marks the parents of an excluded commit, and theirs as far as git has read the commits. Those that
    /// simplification has dropped before are not reached.
    fn exclude_parents(&self, pos: Pos, states: &mut States) {
        let mut pending: Vec<Pos> = self.excluded_edges(pos).collect();
        while let Some(pos) = pending.pop() {
            if states.add_new(pos, UNINTERESTING) && states.has(pos, PARSED) {
                pending.extend(self.excluded_edges(pos));
            }
        }
    }

    fn excluded_edges(&self, pos: Pos) -> impl Iterator<Item = Pos> + '_ {
        match &self.lineage {
            Some(lineage) => lineage.unwritten_parents(pos),
            None => CurrentParents::Header(self.history.parents(pos)),
        }
    }
}

/// Whether nothing in `list` is reachable from an excluded tip, however long one looks: then git's answer does
/// not depend on which of its algorithms it uses.
pub(super) fn is_exact(history: &History<'_>, plan: &Plan<'_>, list: &[Pos]) -> bool {
    if plan.max_age.is_some() {
        return false;
    }
    let Some(&lowest) = list.iter().min() else { return true };
    let mut excluded = vec![false; history.len() as usize];
    let mut pending: Vec<Pos> =
        plan.starts.iter().filter(|start| start.uninteresting).map(|start| start.pos).collect();
    while let Some(pos) = pending.pop() {
        // Parents have lower positions, so nothing below the lowest commit of the list matters.
        if pos >= lowest && !std::mem::replace(&mut excluded[pos.index()], true) {
            pending.extend(history.parents(pos));
        }
    }
    !list.iter().any(|pos| excluded[pos.index()])
}
