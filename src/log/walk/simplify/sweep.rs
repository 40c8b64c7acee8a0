//! What [`FollowWalk`](super::FollowWalk) yields, for those who take all of it: which commits are shown does not depend
//! on when the walk comes to them as long as nothing is excluded and no parents are rewritten. So all that can be
//! reached is swept from the newest position down, without a queue, and only what is shown is put in order.
//!
//! Positions are nearly in the order of dates. What is newer than everything that is left to sweep is yielded at once,
//! so that others render it while the sweep goes on.

#[cfg(test)]
mod tests;

use super::Lineage;
use crate::index::{History, Pos};
use crate::log::walk::positions::Positions;
use crate::log::walk::take_order::{MANY, Ordered, TakeOrder, Times};
use crate::log::walk::{EXPANDED, Plan, SEEN, Start, States};

/// So many positions are swept at a time: a thirtieth of a millisecond.
pub(in crate::log::walk) const STRETCH: u32 = 4096;

/// The sweep.
pub(in crate::log::walk) struct Sweep<'a> {
    history: &'a History<'a>,
    starts: Vec<Start>,
    times: Times<'a>,
    reached: Positions,
    met: Positions,
    stretch: u32,
    /// From this position on everything was swept.
    swept: u32,
    /// How many commits were taken.
    taken: usize,
    /// By stretch: the newest date of those below.
    newest_below: Vec<i64>,
    /// What is shown and was not yielded, in the order of positions.
    found: Vec<Pos>,
    /// Whether the order of what was found is to be looked up when all is swept, as its times don't tell it.
    holds: bool,
    ready: Ordered,
}

impl Lineage<'_> {
    /// Whether a sweep yields what a walk does.
    pub(in crate::log::walk) fn can_sweep(&self, plan: &Plan<'_>) -> bool {
        // From where a commit is reached first is a matter of order, and whether it is a root by then.
        let sides = plan.starts.iter().any(|start| start.left);
        plan.takes_all && !plan.sources && !sides && !self.rules.rewrites() && !self.rules.remove_empty
    }

    /// Whether so few commits are shown that there is something to be saved by not walking over the others. Else a walk
    /// is quicker.
    pub(in crate::log::walk) fn shows_few(&self) -> bool {
        let few = self.history.len() as usize / MANY;
        !self.rules.sparse && self.rules.tree_same.is_some_and(|tree_same| tree_same.changes() <= few)
    }
}

impl<'a> Sweep<'a> {
    /// `stretch`: how many positions to sweep at a time, a multiple of 64.
    pub(in crate::log::walk) fn new(history: &'a History<'a>, plan: &Plan<'_>, stretch: u32) -> Self {
        let mut times = Times::new(history);
        let mut reached = Positions::new(history.len());
        for start in &plan.starts {
            times.start(start.pos);
            reached.insert(start.pos);
        }
        let mut newest = i64::MIN;
        let stretches = (0..history.len()).step_by(stretch as usize);
        let newest_below = stretches.map(|from| {
            let dates = (from..history.len().min(from.saturating_add(stretch)))
                .map(|pos| history.committer_time(Pos(pos)));
            let below = newest;
            newest = dates.fold(newest, i64::max);
            below
        });
        Sweep {
            history,
            starts: plan.starts.clone(),
            times,
            newest_below: newest_below.collect(),
            reached,
            met: Positions::new(history.len()),
            stretch,
            swept: history.len(),
            taken: 0,
            found: Vec::new(),
            holds: false,
            ready: Ordered::List(Vec::new().into_iter()),
        }
    }

    pub(in crate::log::walk) fn next(
        &mut self,
        lineage: &mut Lineage<'_>,
        states: &mut States,
    ) -> Option<Pos> {
        loop {
            let ready = self.ready.next(self.history, states, |pos| lineage.followed_parents(pos));
            if ready.is_some() || self.swept == 0 {
                return ready;
            }
            self.sweep_stretch(lineage, states);
            self.order_found(lineage, states);
        }
    }

    /// Goes through the next positions, and finds what is shown there.
    fn sweep_stretch(&mut self, lineage: &mut Lineage<'_>, states: &mut States) {
        // Whether commits that change nothing are passed over if they have one parent: that is what most commits are.
        let rules = &lineage.rules;
        let passes = rules.prunes() && !rules.sparse && !rules.wants_ancestry() && rules.decorated.is_none();
        let tree_same = rules.tree_same.filter(|_| passes);
        self.swept = (self.swept - 1) / self.stretch * self.stretch;
        let Sweep { history, times, reached, met, found, taken, .. } = self;
        reached.drain_down_to(self.swept, met, |pos, reached| {
            if lineage.max_age.is_some_and(|oldest| history.committer_time(pos) < oldest) {
                states.add(pos, SEEN);
                return;
            }
            states.add(pos, SEEN | EXPANDED);
            *taken += 1;
            let time = times.of(pos);
            if let Some(tree_same) = tree_same
                && let Some(parent) = history.only_parent(pos)
                && tree_same.same_as_first(pos, parent)
            {
                times.hand_down(pos, time, parent);
                reached.insert(parent);
                return;
            }
            lineage.judge(pos, states);
            for parent in lineage.followed_parents(pos) {
                times.hand_down(pos, time, parent);
                reached.insert(parent);
            }
            if lineage.is_shown(pos, states) {
                found.push(pos);
            }
        });
    }

    /// Has what is certain to come next ready: all of it at the end.
    fn order_found(&mut self, lineage: &Lineage<'_>, states: &States) {
        let parents = |pos| lineage.followed_parents(pos);
        let order = TakeOrder { times: &self.times, starts: &self.starts, states, parents };
        if self.swept == 0 {
            self.ready = order.sort(std::mem::take(&mut self.found), self.taken);
            return;
        }
        if self.holds || self.found.is_empty() {
            return;
        }
        let below = self.newest_below[(self.swept / self.stretch) as usize];
        let found = std::mem::take(&mut self.found);
        let (mut first, rest): (Vec<Pos>, Vec<Pos>) =
            found.into_iter().partition(|pos| self.times.of(*pos) > below);
        if order.sort_first(&mut first) {
            self.ready = Ordered::List(first.into_iter());
            self.found = rest;
        } else {
            self.holds = true;
            self.found = first;
            self.found.extend(rest);
            self.found.sort_unstable_by_key(|pos| std::cmp::Reverse(*pos));
        }
    }
}
