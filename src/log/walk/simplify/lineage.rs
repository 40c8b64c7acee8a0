//! What simplification knows of each commit: whether it is TREESAME, and who its parents are by now.

use std::collections::{HashMap, HashSet};

use smallvec::SmallVec;

use super::Simplify;
use crate::index::{History, Parents, Pos};
use crate::log::walk::{PARSED, Plan, States, UNINTERESTING};

pub(super) type ParentList = SmallVec<[Pos; 2]>;

/// It changes nothing, compared with the parents that count.
const TREESAME: u8 = 1;
/// It differs from its first parent.
const DIVERTS: u8 = 2;
/// It is an excluded tip, and so marks where the shown part of the history ends.
const BOTTOM: u8 = 4;
/// A commit named with `--ancestry-path` reaches it.
const NAMED_REACHES: u8 = 8;
/// `simplified` has its parents.
const SIMPLIFIED: u8 = 16;
/// `rewritten` has its parents.
const REWRITTEN: u8 = 32;
/// It was printed, and git has forgotten its parents.
const PRINTED: u8 = 64;
/// It is a merge of which `only` has the one parent that is followed.
const FOLLOWS_ONE: u8 = 128;

/// The state of a simplified walk, besides that of any walk.
pub(in crate::log::walk) struct Lineage<'a> {
    pub(super) history: &'a History<'a>,
    pub(super) rules: Simplify<'a>,
    pub(super) first_parent: bool,
    pub(super) max_age: Option<i64>,
    newest: Option<i64>,
    oldest: Option<i64>,
    marks: Vec<u8>,
    /// Positions; only the pages that are written to take memory.
    only: Vec<u32>,
    simplified: HashMap<Pos, ParentList>,
    rewritten: HashMap<Pos, ParentList>,
    /// With `--remove-empty`: commits that count as roots, because the paths disappear there.
    cut: HashSet<Pos>,
    /// Of merges, how many parents did not count when they were judged, if any. Kept where git has read ahead only.
    ignored: Option<HashMap<Pos, usize>>,
}

/// What a comparison of a commit with its parents comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Verdict {
    /// Whether it changes nothing.
    pub(super) tree_same: bool,
    /// The one parent that is followed from here on, when it has the same content.
    pub(super) only: Option<Pos>,
    /// Whether the first parent differs.
    diverts: bool,
}

/// What is known of a parent that a commit is compared with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compared {
    /// Whether it has the same content.
    pub(super) same: bool,
    /// Whether it counts: it is not excluded, or it is the excluded tip itself.
    pub(super) relevant: bool,
}

impl<'a> Lineage<'a> {
    pub(in crate::log::walk) fn new(history: &'a History<'a>, plan: &Plan<'_>, rules: Simplify<'a>) -> Self {
        let mut marks = vec![0; history.len() as usize];
        for start in plan.starts.iter().filter(|start| start.uninteresting) {
            marks[start.pos.index()] |= BOTTOM;
        }
        for pos in rules.ancestry_path.iter().flatten() {
            marks[pos.index()] |= NAMED_REACHES;
        }
        Lineage {
            history,
            rules,
            first_parent: plan.first_parent,
            max_age: plan.max_age,
            newest: plan.min_age,
            oldest: plan.max_age_filter,
            marks,
            only: vec![0; history.len() as usize],
            simplified: HashMap::new(),
            rewritten: HashMap::new(),
            cut: HashSet::new(),
            ignored: plan.read_ahead.then(HashMap::new),
        }
    }

    #[inline]
    fn has(&self, pos: Pos, mark: u8) -> bool {
        self.marks[pos.index()] & mark != 0
    }

    #[inline]
    pub(super) fn is_tree_same(&self, pos: Pos) -> bool {
        self.has(pos, TREESAME)
    }

    pub(super) fn set_tree_same(&mut self, pos: Pos, same: bool) {
        let marks = &mut self.marks[pos.index()];
        *marks = if same { *marks | TREESAME } else { *marks & !TREESAME };
    }

    /// Whether a commit named with `--ancestry-path` reaches it, as far as the walk has handed that down.
    pub(super) fn is_reached_from_named(&self, pos: Pos) -> bool {
        self.has(pos, NAMED_REACHES)
    }

    /// Hands down to a parent what it inherits from its child.
    #[inline]
    pub(in crate::log::walk) fn inherit(&mut self, parent: Pos, child: Pos) {
        self.marks[parent.index()] |= self.marks[child.index()] & NAMED_REACHES;
    }

    /// Whether `--show-pulls` keeps this merge: the change came in through a later parent.
    pub(super) fn is_shown_pull(&self, pos: Pos) -> bool {
        self.rules.show_pulls && self.has(pos, DIVERTS)
    }

    /// Whether the commit counts when a child is compared with it.
    #[inline]
    pub(super) fn is_relevant(&self, pos: Pos, states: &States) -> bool {
        !states.has(pos, UNINTERESTING) || self.has(pos, BOTTOM)
    }

    /// Its parents as things stand: those that are printed, once it was yielded.
    #[inline]
    pub(in crate::log::walk) fn parents(&self, pos: Pos) -> CurrentParents<'_> {
        if self.has(pos, REWRITTEN)
            && let Some(parents) = self.rewritten.get(&pos)
        {
            return CurrentParents::Stored(parents.iter());
        }
        self.unwritten_parents(pos)
    }

    /// Its parents before they were rewritten for the output: those that `--children`, `--merges` and the
    /// like look at.
    #[inline]
    pub(in crate::log::walk) fn unwritten_parents(&self, pos: Pos) -> CurrentParents<'_> {
        if self.has(pos, FOLLOWS_ONE) {
            return CurrentParents::One(Some(Pos(self.only[pos.index()])));
        }
        if self.has(pos, SIMPLIFIED)
            && let Some(parents) = self.simplified.get(&pos)
        {
            return CurrentParents::Stored(parents.iter());
        }
        CurrentParents::Header(self.history.parents(pos))
    }

    /// Those of them that a walk goes on to.
    #[inline]
    pub(in crate::log::walk) fn followed_parents(&self, pos: Pos) -> impl Iterator<Item = Pos> {
        self.unwritten_parents(pos).take(if self.first_parent { 1 } else { usize::MAX })
    }

    /// The parents that it names, none of them if history is cut there.
    fn named_parents(&self, pos: Pos) -> CurrentParents<'_> {
        match self.rules.remove_empty && self.cut.contains(&pos) {
            true => CurrentParents::One(None),
            false => CurrentParents::Header(self.history.parents(pos)),
        }
    }

    /// With `--remove-empty`: whether a parent whose content differs has none at all, so that history ends there.
    fn ends_history(&self, pos: Pos, parent: Pos) -> bool {
        let decorated = |decorated: &[bool]| decorated.get(pos.index()).copied().unwrap_or(false);
        self.rules.remove_empty
            && !self.rules.decorated.is_some_and(decorated)
            && self.rules.tree_same.is_some_and(|tree_same| tree_same.is_empty(parent))
    }

    fn cut(&mut self, pos: Pos) {
        self.cut.insert(pos);
        self.set_parents(pos, ParentList::new());
    }

    /// Whether its parents are not those that it names any more.
    pub(super) fn is_simplified(&self, pos: Pos) -> bool {
        self.has(pos, SIMPLIFIED | FOLLOWS_ONE)
    }

    pub(super) fn set_parents(&mut self, pos: Pos, parents: ParentList) {
        let marks = &mut self.marks[pos.index()];
        *marks = *marks & !FOLLOWS_ONE | SIMPLIFIED;
        self.simplified.insert(pos, parents);
    }

    /// Notes that a commit is printed next.
    pub(in crate::log::walk) fn print(&mut self, pos: Pos) {
        if !self.rules.reverse {
            self.marks[pos.index()] |= PRINTED;
        }
    }

    pub(super) fn is_printed(&self, pos: Pos) -> bool {
        self.has(pos, PRINTED)
    }

    pub(super) fn set_rewritten(&mut self, pos: Pos, parents: ParentList) {
        self.marks[pos.index()] |= REWRITTEN;
        self.rewritten.insert(pos, parents);
    }

    /// Whether a commit has the content of its parent.
    #[inline]
    pub(super) fn same(&self, pos: Pos, parent: Pos) -> bool {
        if let Some(decorated) = self.rules.decorated
            && decorated.get(pos.index()).copied().unwrap_or(false)
        {
            return false;
        }
        // Without paths only decoration makes a commit worth showing.
        self.rules.tree_same.is_none_or(|tree_same| tree_same.same(pos, parent))
    }

    /// Whether a commit without parents changes nothing. Decoration does not count here.
    pub(super) fn is_empty(&self, pos: Pos) -> bool {
        match self.rules.tree_same {
            Some(tree_same) => tree_same.is_empty(pos),
            None => self.history.tree(pos).is_empty_tree(),
        }
    }

    /// Compares a commit with its parents when the walk comes to it: finds out whether it is TREESAME and which
    /// parents are followed from here.
    #[inline]
    pub(in crate::log::walk) fn judge(&mut self, pos: Pos, states: &mut States) {
        if !self.rules.prunes() {
            return;
        }
        let mut parents = self.named_parents(pos);
        let Some(first) = parents.next() else {
            let empty = self.is_empty(pos);
            self.set_tree_same(pos, empty);
            return;
        };
        let second = parents.next();
        if second.is_none() {
            if self.rules.sparse {
                return;
            }
            // With one parent it makes no difference whether that one counts.
            states.add(first, PARSED);
            let same = self.same(pos, first);
            self.set_tree_same(pos, same);
            if !same && self.ends_history(pos, first) {
                self.cut(first);
            }
            return;
        }
        let mut ends = ParentList::new();
        let verdict = self.verdict(pos, |this, parent, compare| {
            if compare {
                states.add(parent, PARSED);
            }
            let same = compare && this.same(pos, parent);
            if compare && !same && this.ends_history(pos, parent) {
                ends.push(parent);
            }
            Compared { same, relevant: this.is_relevant(parent, states) }
        });
        ends.into_iter().for_each(|parent| self.cut(parent));
        let ignored = self.ignored.is_some().then(|| self.count_ignored(pos, states));
        if let (Some(known), Some(ignored)) = (&mut self.ignored, ignored.filter(|ignored| *ignored > 0)) {
            known.insert(pos, ignored);
        }
        self.set_tree_same(pos, verdict.tree_same);
        if verdict.diverts {
            self.marks[pos.index()] |= DIVERTS;
        }
        if let Some(only) = verdict.only {
            self.marks[pos.index()] |= FOLLOWS_ONE;
            self.only[pos.index()] = only.0;
        }
    }

    fn count_ignored(&self, pos: Pos, states: &States) -> usize {
        self.named_parents(pos).filter(|parent| !self.is_relevant(*parent, states)).count()
    }

    /// Whether all parents of a merge that are excluded were known to be when it was judged.
    pub(super) fn was_informed(&self, pos: Pos, states: &States) -> bool {
        self.ignored.as_ref().is_some_and(|known| {
            known.get(&pos).copied().unwrap_or_default() == self.count_ignored(pos, states)
        })
    }

    /// What comparing a merge with its parents comes to. `compare` says what is known of a parent; it is told
    /// whether the content matters.
    #[inline]
    pub(super) fn verdict(&self, pos: Pos, mut compare: impl FnMut(&Self, Pos, bool) -> Compared) -> Verdict {
        let follows_all = self.rules.follows_all();
        let mut verdict = Verdict::default();
        let (mut relevant_parents, mut relevant_change, mut irrelevant_change) = (false, false, false);
        for (nth, parent) in self.named_parents(pos).enumerate() {
            let ignored = nth == 1 && self.first_parent;
            let compared = compare(self, parent, !ignored);
            relevant_parents |= compared.relevant;
            if ignored {
                break;
            }
            if !compared.same {
                relevant_change |= compared.relevant;
                irrelevant_change |= !compared.relevant;
                verdict.diverts |= nth == 0;
            } else if !follows_all && compared.relevant {
                verdict.only = Some(parent);
                // The merge that brought the change to this line of history is worth showing.
                verdict.tree_same = !(self.rules.show_pulls && nth > 0);
                return verdict;
            }
        }
        // Where there are parents that count, the others can't make a commit worth showing.
        verdict.tree_same = if relevant_parents { !relevant_change } else { !irrelevant_change };
        verdict
    }

    /// Once it is known which commits are excluded: merges that looked different because of parents which don't
    /// count after all.
    pub(in crate::log::walk) fn judge_again(&mut self, list: &[Pos], states: &States) {
        if !self.rules.prunes() || self.rules.sparse || !self.rules.follows_all() || self.first_parent {
            return;
        }
        for &pos in list {
            let merge = self.named_parents(pos).nth(1).is_some();
            if merge && !states.has(pos, UNINTERESTING) && !self.is_tree_same(pos) {
                let verdict = self.verdict(pos, |this, parent, _| Compared {
                    same: this.same(pos, parent),
                    relevant: this.is_relevant(parent, states),
                });
                self.set_tree_same(pos, verdict.tree_same);
            }
        }
    }

    /// Whether the walk yields the commit.
    pub(in crate::log::walk) fn is_shown(&self, pos: Pos, states: &States) -> bool {
        if states.has(pos, UNINTERESTING) || !self.is_of_age(pos) {
            return false;
        }
        if !self.rules.prunes() || self.rules.sparse || !self.is_tree_same(pos) {
            return true;
        }
        if !self.rules.wants_ancestry() {
            return false;
        }
        // A merge that ties two lines of the shown history together.
        self.is_shown_pull(pos)
            || self.unwritten_parents(pos).filter(|parent| self.is_relevant(*parent, states)).nth(1).is_some()
    }

    fn is_of_age(&self, pos: Pos) -> bool {
        if self.newest.is_none() && self.oldest.is_none() {
            return true;
        }
        let date = self.history.committer_time(pos);
        self.newest.is_none_or(|newest| date <= newest) && self.oldest.is_none_or(|oldest| date >= oldest)
    }
}

/// The parents of a commit at some stage of simplification.
#[derive(Clone)]
pub enum CurrentParents<'a> {
    /// Those that the commit names.
    Header(Parents<'a>),
    /// The one of them that is followed.
    One(Option<Pos>),
    /// What has become of them.
    Stored(std::slice::Iter<'a, Pos>),
}

impl Iterator for CurrentParents<'_> {
    type Item = Pos;

    #[inline]
    fn next(&mut self) -> Option<Pos> {
        match self {
            CurrentParents::Header(parents) => parents.next(),
            CurrentParents::One(parent) => parent.take(),
            CurrentParents::Stored(parents) => parents.next().copied(),
        }
    }
}
