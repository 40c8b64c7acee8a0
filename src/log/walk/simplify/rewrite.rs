//! Parent rewriting: what `--parents` and `--graph` show as the parents of a commit are its nearest ancestors
//! that changed something or tie lines of history together.

use super::Lineage;
use super::lineage::ParentList;
use crate::index::Pos;
use crate::log::walk::{States, UNINTERESTING};

impl Lineage<'_> {
    /// Rewrites the parents of a commit that is shown. `visit` is told of every ancestor that is looked at, before
    /// it is.
    pub(in crate::log::walk) fn rewrite(
        &mut self,
        pos: Pos,
        states: &mut States,
        mut visit: impl FnMut(&mut Self, &mut States, Pos),
    ) {
        let before: ParentList = self.parents(pos).collect();
        let mut after = ParentList::new();
        for &parent in &before {
            if let Some(shown) = self.nearest_shown(parent, states, &mut visit)
                && !after.contains(&shown)
            {
                after.push(shown);
            }
        }
        self.print(pos);
        if after != before {
            self.set_rewritten(pos, after);
        }
    }

    /// Follows a line of history down to a commit that is no mere link of it; `None` when it ends without one.
    fn nearest_shown(
        &mut self,
        mut pos: Pos,
        states: &mut States,
        visit: &mut impl FnMut(&mut Self, &mut States, Pos),
    ) -> Option<Pos> {
        loop {
            visit(self, states, pos);
            if states.has(pos, UNINTERESTING) || !self.is_tree_same(pos) {
                return Some(pos);
            }
            // With dates that are not in order a commit may be printed before its child. git log frees the parents
            // of what it has printed, and here takes it for a root.
            if self.is_printed(pos) {
                return None;
            }
            self.parents(pos).next()?;
            match self.sole_relevant_parent(pos, states) {
                Some(parent) => pos = parent,
                None => return Some(pos),
            }
        }
    }

    /// The parent that a TREESAME commit stands for, if there is exactly one that counts.
    pub(super) fn sole_relevant_parent(&self, pos: Pos, states: &States) -> Option<Pos> {
        let mut parents = self.parents(pos);
        let first = parents.next()?;
        if self.first_parent || parents.next().is_none() {
            return Some(first);
        }
        let mut relevant = self.parents(pos).filter(|parent| self.is_relevant(*parent, states));
        let sole = relevant.next()?;
        relevant.next().is_none().then_some(sole)
    }
}
