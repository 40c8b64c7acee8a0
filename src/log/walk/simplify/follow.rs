//! The simplified walk that yields as it goes: the newest commit known, then the parents that matter.

use super::Lineage;
use crate::index::{History, Pos};
use crate::log::walk::queue::DateQueue;
use crate::log::walk::{EXPANDED, LEFT, PARSED, Plan, SEEN, States};

pub(in crate::log::walk) struct FollowWalk {
    queue: DateQueue,
}

impl FollowWalk {
    pub(in crate::log::walk) fn new(history: &History<'_>, plan: &Plan<'_>, states: &mut States) -> Self {
        let mut queue = DateQueue::default();
        for start in &plan.starts {
            states.set_source(start.pos, start.source);
            states.add(start.pos, PARSED | if start.left { LEFT } else { 0 });
            if states.add_new(start.pos, SEEN) {
                queue.push(history.committer_time(start.pos), start.pos);
            }
        }
        FollowWalk { queue }
    }

    pub(in crate::log::walk) fn next(
        &mut self,
        lineage: &mut Lineage<'_>,
        states: &mut States,
    ) -> Option<Pos> {
        loop {
            let pos = self.queue.peek()?;
            let too_old = lineage.max_age.is_some_and(|oldest| lineage.history.committer_time(pos) < oldest);
            if too_old || !self.expand(pos, lineage, states, true) {
                self.queue.pop();
            }
            if too_old || !lineage.is_shown(pos, states) {
                continue;
            }
            if lineage.rules.rewrites() {
                // Looking for shown ancestors takes the walk ahead along the lines that lead to them.
                lineage.rewrite(pos, states, |lineage, states, ancestor| {
                    self.expand(ancestor, lineage, states, false);
                });
            }
            return Some(pos);
        }
    }

    /// Puts the parents of a commit into the queue, once. `replace`: the first one takes the place of the newest
    /// commit, which is `pos`. Returns whether it did.
    fn expand(
        &mut self,
        pos: Pos,
        lineage: &mut Lineage<'_>,
        states: &mut States,
        mut replace: bool,
    ) -> bool {
        if !states.add_new(pos, EXPANDED) {
            return false;
        }
        // With --first-parent the other parents are rewritten, too, but git has not read them: it takes them for
        // commits without parents that changed something, and never thinks again.
        if !states.has(pos, PARSED) {
            return false;
        }
        lineage.judge(pos, states);
        let source = states.source(pos);
        let left = if states.has(pos, LEFT) { LEFT } else { 0 };
        let mut replaced = false;
        for parent in lineage.unwritten_parents(pos) {
            states.set_source(parent, source);
            states.add(parent, PARSED | left);
            if states.add_new(parent, SEEN) {
                let date = lineage.history.committer_time(parent);
                if std::mem::take(&mut replace) {
                    self.queue.replace_top(date, parent);
                    replaced = true;
                } else {
                    self.queue.push(date, parent);
                }
            }
            if lineage.first_parent {
                break;
            }
        }
        replaced
    }
}
