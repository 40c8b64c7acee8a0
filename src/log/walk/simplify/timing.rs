//! Whether the answer depends on when git learns that a commit is excluded.
//!
//! A merge is simplified when the walk comes to it, by the parents that are not known to be excluded at that
//! moment. In topological order git walks by generation numbers when it has a commit-graph and by dates when it has
//! none, so it may learn of an exclusion sooner or later. Which of them it does can't be seen from here.

use smallvec::SmallVec;

use super::Lineage;
use super::lineage::Compared;
use crate::index::Pos;
use crate::log::walk::{EXPANDED, Plan, States, UNINTERESTING};

/// With more excluded parents than this a merge is not looked into.
const MOST_EXCLUDED: usize = 4;

impl Lineage<'_> {
    /// Whether the simplification of some commit that was walked depends on it. `later`: git may also learn of an
    /// exclusion later than the walk did, not only sooner.
    pub(in crate::log::walk) fn depends_on_timing(&self, states: &States, later: bool) -> bool {
        self.rules.prunes()
            && (0..self.history.len()).map(Pos).any(|pos| {
                states.has(pos, EXPANDED)
                    && self.history.parents(pos).nth(1).is_some()
                    && match states.has(pos, UNINTERESTING) {
                        // Simplified before that was known, so that exclusion did not reach all of its parents.
                        true => self.is_simplified(pos),
                        false => {
                            (later || !self.was_informed(pos, states))
                                && self.merge_depends_on_timing(pos, states)
                        }
                    }
            })
    }

    fn merge_depends_on_timing(&self, pos: Pos, states: &States) -> bool {
        let excluded: SmallVec<[Pos; 4]> =
            self.history.parents(pos).filter(|parent| !self.is_relevant(*parent, states)).collect();
        if excluded.is_empty() {
            return false;
        }
        if excluded.len() > MOST_EXCLUDED {
            return true;
        }
        let verdict_if = |known: usize| {
            self.verdict(pos, |this, parent, compare| {
                let nth = excluded.iter().position(|other| *other == parent);
                let relevant = nth.is_none_or(|nth| known >> nth & 1 == 0);
                Compared { same: compare && this.same(pos, parent), relevant }
            })
        };
        let first = verdict_if(0);
        // Whether a TREESAME merge is shown for the sake of its parents depends on which of them count, too.
        (first.tree_same && self.rules.wants_ancestry() && first.only.is_none())
            || (1..1 << excluded.len()).any(|known| verdict_if(known) != first)
    }

    /// Rewrites the parents of all shown commits of a finished list. `None` when that depends on it: a line of
    /// history that changes nothing leads to an excluded commit that git may not have met yet.
    pub(in crate::log::walk) fn rewrite_all(
        &mut self,
        plan: &Plan<'_>,
        list: &[Pos],
        states: &mut States,
    ) -> Option<()> {
        let known_at_once = self.excluded_at_once(plan);
        for &pos in list {
            if !self.is_shown(pos, states) {
                continue;
            }
            let direct: SmallVec<[Pos; 2]> = self.parents(pos).collect();
            self.rewrite(pos, states, |_, _, _| ());
            // Whether git has read a parent that is not followed, and so rewrites it, depends on how far ahead it
            // has walked.
            let first_known = self.rules.first_parent_suffices
                && !direct.iter().skip(1).any(|parent| states.has(*parent, EXPANDED))
                && self.parents(pos).next().is_some_and(|parent| !direct[1..].contains(&parent));
            if self.first_parent && direct.len() > 1 && !first_known {
                return None;
            }
            let unsure = |parent: Pos| {
                states.has(parent, UNINTERESTING)
                    && !direct.contains(&parent)
                    && !known_at_once.contains(&parent)
            };
            if self.parents(pos).any(unsure) {
                return None;
            }
        }
        Some(())
    }

    /// The excluded tips and their parents, which git has marked before it takes the first step.
    fn excluded_at_once(&self, plan: &Plan<'_>) -> std::collections::HashSet<Pos> {
        let tips = plan.starts.iter().filter(|start| start.uninteresting);
        tips.flat_map(|start| self.history.parents(start.pos).chain([start.pos])).collect()
    }
}
