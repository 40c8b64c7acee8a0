//! What [`FollowWalk`](super::FollowWalk) yields, for those who take all of it: which commits are shown does not depend
//! on when the walk comes to them as long as nothing is excluded and no parents are rewritten. So all that can be
//! reached is swept from the newest position down, without a queue, and only what is shown is put in order.

#[cfg(test)]
mod tests;

use super::Lineage;
use crate::index::History;
use crate::log::walk::positions::Positions;
use crate::log::walk::take_order::{MANY, Ordered, TakeOrder, Times};
use crate::log::walk::{EXPANDED, Plan, SEEN, States};

impl Lineage<'_> {
    /// Whether a sweep yields what a walk does.
    pub(in crate::log::walk) fn can_sweep(&self, plan: &Plan<'_>) -> bool {
        // From where a commit is reached first is a matter of order, and whether it is a root by then.
        let sides = plan.starts.iter().any(|start| start.left);
        plan.takes_all && !plan.sources && !sides && !self.rules.rewrites() && !self.rules.remove_empty
    }

    /// Whether so few commits are shown that there is something to be saved by not walking over the others. Else a walk
    /// is quicker: it need not come to its end before others render what it has yielded.
    pub(in crate::log::walk) fn shows_few(&self) -> bool {
        let few = self.history.len() as usize / MANY;
        !self.rules.sparse && self.rules.tree_same.is_some_and(|tree_same| tree_same.changes() <= few)
    }

    /// All commits that the walk shows, in its order.
    pub(in crate::log::walk) fn sweep(&mut self, plan: &Plan<'_>, states: &mut States) -> Ordered {
        let history: &History<'_> = self.history;
        let mut times = Times::new(history);
        let mut reached = Positions::new(history.len());
        for start in &plan.starts {
            times.start(start.pos);
            reached.insert(start.pos);
        }
        // Whether commits that change nothing are passed over if they have one parent: that is what most commits are.
        let passes = self.rules.prunes() && !self.rules.sparse && !self.rules.wants_ancestry();
        let tree_same = self.rules.tree_same.filter(|_| passes && self.rules.decorated.is_none());
        let (mut shown, mut taken) = (Vec::new(), 0);
        reached.drain_down(&mut Positions::new(history.len()), |pos, reached| {
            states.add(pos, SEEN);
            if self.max_age.is_some_and(|oldest| history.committer_time(pos) < oldest) {
                return;
            }
            states.add(pos, EXPANDED);
            taken += 1;
            let time = times.of(pos);
            if let Some(tree_same) = tree_same
                && let Some(parent) = history.only_parent(pos)
                && tree_same.same_as_first(pos, parent)
            {
                self.set_tree_same(pos, true);
                times.hand_down(pos, time, parent);
                reached.insert(parent);
                return;
            }
            self.judge(pos, states);
            for parent in self.followed_parents(pos) {
                times.hand_down(pos, time, parent);
                reached.insert(parent);
            }
            if self.is_shown(pos, states) {
                shown.push(pos);
            }
        });
        let parents = |pos| self.followed_parents(pos);
        let order = TakeOrder { times: &times, starts: &plan.starts, states, parents };
        order.sort(shown, taken)
    }
}
