//! `--ancestry-path`: only commits on a path between the named commits and the tips.

use super::Lineage;
use crate::index::Pos;
use crate::log::walk::{Plan, States, UNINTERESTING};

impl Lineage<'_> {
    /// Excludes the commits of a finished list that neither descend from a bottom commit nor are reached from a
    /// named one.
    pub(in crate::log::walk) fn limit_to_ancestry(&self, plan: &Plan<'_>, list: &[Pos], states: &mut States) {
        let Some(named) = &self.rules.ancestry_path else { return };
        let mut descends = vec![false; self.history.len() as usize];
        for &pos in named {
            descends[pos.index()] = true;
        }
        if named.is_empty() {
            plan.starts
                .iter()
                .filter(|start| start.uninteresting)
                .for_each(|start| descends[start.pos.index()] = true);
        }
        // Parents have smaller positions, so one pass from below reaches everything.
        let mut ascending = list.to_vec();
        ascending.sort_unstable();
        for &pos in &ascending {
            if !states.has(pos, UNINTERESTING) {
                let found = self.unwritten_parents(pos).any(|parent| descends[parent.index()]);
                descends[pos.index()] |= found;
            }
        }
        for &pos in list {
            if !descends[pos.index()] && !self.is_reached_from_named(pos) {
                states.add(pos, UNINTERESTING);
            }
        }
    }
}
