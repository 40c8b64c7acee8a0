//! `--simplify-merges`: over the finished list, from the oldest commit up, each commit is replaced by what it
//! stands for, and parents of merges that contribute nothing are dropped.

use std::collections::BinaryHeap;

use smallvec::SmallVec;

use super::Lineage;
use super::lineage::ParentList;
use crate::index::Pos;
use crate::log::walk::{States, UNINTERESTING};

/// What each commit stands for, by position.
struct StandIns(Vec<u32>);

/// A commit that nobody has looked at.
const UNKNOWN: u32 = u32::MAX;
/// A commit that will be looked at.
const AWAITED: u32 = u32::MAX - 1;

impl StandIns {
    fn get(&self, pos: Pos) -> Pos {
        let stand_in = self.0[pos.index()];
        if stand_in < AWAITED { Pos(stand_in) } else { pos }
    }
}

/// Which parents of a merge have its content, as they are dropped one by one.
type Sames = SmallVec<[bool; 4]>;

impl Lineage<'_> {
    /// Drops the commits of a finished list that others stand for, and gives the rest their simplified parents. `None`
    /// when that depends on when git learnt that a commit is excluded: a merge loses an excluded root without content if
    /// git has judged that one before.
    pub(in crate::log::walk) fn simplify_merges(
        &mut self,
        list: &mut Vec<Pos>,
        states: &States,
    ) -> Option<()> {
        if !self.rules.prunes() || !self.rules.joins_merges() {
            return Some(());
        }
        let mut stand_ins = StandIns(vec![UNKNOWN; self.history.len() as usize]);
        for pos in self.with_ancestors(list, states, &mut stand_ins) {
            if self.loses_excluded_root(pos, states, &stand_ins) {
                return None;
            }
            let simplified = self.simplify_one(pos, states, &stand_ins);
            stand_ins.0[pos.index()] = simplified.0;
        }
        list.retain(|&pos| stand_ins.get(pos) == pos);
        Some(())
    }

    /// The list and what it reaches above the excluded commits, parents before children.
    fn with_ancestors(&self, list: &[Pos], states: &States, stand_ins: &mut StandIns) -> Vec<Pos> {
        let mut pending = list.to_vec();
        let mut all = Vec::with_capacity(list.len());
        while let Some(pos) = pending.pop() {
            if std::mem::replace(&mut stand_ins.0[pos.index()], AWAITED) == AWAITED {
                continue;
            }
            all.push(pos);
            if !states.has(pos, UNINTERESTING) {
                let followed = if self.first_parent { 1 } else { usize::MAX };
                pending.extend(self.parents(pos).take(followed));
            }
        }
        all.sort_unstable();
        all
    }

    /// Whether a merge has an excluded root without content among its parents.
    fn loses_excluded_root(&self, pos: Pos, states: &States, stand_ins: &StandIns) -> bool {
        let is_excluded_root = |parent: Pos| {
            states.has(parent, UNINTERESTING)
                && self.parents(parent).next().is_none()
                && self.is_empty(parent)
        };
        let mut parents = self.parents(pos).map(|parent| stand_ins.get(parent));
        !states.has(pos, UNINTERESTING) && self.parents(pos).nth(1).is_some() && parents.any(is_excluded_root)
    }

    /// What a commit stands for, when that is known of its parents.
    fn simplify_one(&mut self, pos: Pos, states: &States, stand_ins: &StandIns) -> Pos {
        let before: ParentList = self.parents(pos).collect();
        if states.has(pos, UNINTERESTING) || before.is_empty() {
            return pos;
        }
        let mut parents = before.clone();
        if self.first_parent {
            parents[0] = stand_ins.get(parents[0]);
        } else {
            parents = self.join_parents(pos, &before, states, stand_ins);
        }
        if parents != before {
            self.set_parents(pos, parents);
        }
        if !self.is_tree_same(pos) || self.is_shown_pull(pos) {
            return pos;
        }
        self.sole_relevant_parent(pos, states).map_or(pos, |parent| stand_ins.get(parent))
    }

    fn join_parents(
        &mut self,
        pos: Pos,
        before: &ParentList,
        states: &States,
        stand_ins: &StandIns,
    ) -> ParentList {
        let mut parents = ParentList::new();
        let mut sames = Sames::new();
        for &parent in before {
            let stand_in = stand_ins.get(parent);
            if !parents.contains(&stand_in) {
                parents.push(stand_in);
                sames.push(before.len() > 1 && self.same(pos, parent));
            }
        }
        if parents.len() < before.len() && parents.len() == 1 {
            self.set_tree_same(pos, sames[0] && !self.rules.sparse);
        }
        if parents.len() > 1 {
            self.drop_idle_parents(pos, &mut parents, &mut sames, states);
        }
        parents
    }

    /// Drops the parents of a merge that others reach, and roots without content, but leaves one that the merge
    /// took its content from.
    fn drop_idle_parents(&mut self, pos: Pos, parents: &mut ParentList, sames: &mut Sames, states: &States) {
        let mut idle: SmallVec<[bool; 4]> = parents
            .iter()
            .map(|&parent| {
                let empty_root = self.parents(parent).next().is_none() && self.is_tree_same(parent);
                empty_root || self.is_reached(parent, parents)
            })
            .collect();
        let kept_same = sames.iter().zip(&idle).any(|(same, idle)| *same && !idle);
        if !kept_same && let Some(first) = sames.iter().zip(&idle).position(|(same, idle)| *same && *idle) {
            idle[first] = false;
        }
        if !idle.contains(&true) {
            return;
        }
        let kept = |nth: usize| !idle[nth];
        let mut nth = 0..;
        parents.retain(|_| nth.next().is_none_or(kept));
        let mut nth = 0..;
        sames.retain(|_| nth.next().is_none_or(kept));
        match parents.len() {
            0 => {
                let empty = self.is_empty(pos);
                self.set_tree_same(pos, empty);
            }
            1 => self.set_tree_same(pos, sames[0] && !self.rules.sparse),
            _ if !self.is_tree_same(pos) => {
                let changed = |relevant: bool| {
                    let of_kind = |parent: &Pos| self.is_relevant(*parent, states) == relevant;
                    parents.iter().zip(sames.iter()).any(|(parent, same)| of_kind(parent) && !same)
                };
                let any_relevant = parents.iter().any(|parent| self.is_relevant(*parent, states));
                let same = !changed(any_relevant);
                self.set_tree_same(pos, same);
            }
            _ => {}
        }
    }

    /// Whether another one of `heads` reaches `target`, by the parents as they are now.
    fn is_reached(&self, target: Pos, heads: &[Pos]) -> bool {
        let mut queue: BinaryHeap<Pos> = heads.iter().copied().filter(|head| *head > target).collect();
        let lowest = self.history.generation(target);
        let mut last = None;
        while let Some(pos) = queue.pop() {
            if last.replace(pos) == Some(pos) {
                continue;
            }
            if pos == target {
                return true;
            }
            queue.extend(self.parents(pos).filter(|&parent| {
                parent == target || parent > target && self.history.generation(parent) > lowest
            }));
        }
        false
    }
}
