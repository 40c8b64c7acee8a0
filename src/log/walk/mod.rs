//! From tips to commits, in the order in which git yields them.
//!
//! Only history is read here: dates of commits, parents, and the marks that tips hand down. What is dropped for
//! other reasons (text, number of parents, `--until`) is `filter`'s, counting is `page`'s.
//!
//! git walks in one of three ways, and which one decides the answer when clocks were skewed, so each has its own
//! module: `date` takes the newest commit known and goes on to its parents; `limit` does so for ranges, and
//! stops a few commits after everything left is uninteresting; `topo` sorts what these two yield.

mod boundary;
mod date;
mod leap;
mod limit;
mod positions;
mod queue;
mod reach;
mod simplify;
mod take_order;
mod topo;
mod tree_same;

use std::collections::HashMap;

use crate::index::{Flags, History, Pos};

pub use boundary::boundary;
pub use positions::Positions;
pub(super) use queue::DateQueue;
pub use reach::reached;
pub use simplify::{CurrentParents, Simplify};
pub use tree_same::{Classes, TreeSame};

use super::options::{NoWalk, Order};
use simplify::{FollowWalk, Lineage, STRETCH, Sweep};

/// A tip, in the order of the command line.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    /// The commit.
    pub pos: Pos,
    /// Whether it and what it reaches are left out (`^tip`).
    pub uninteresting: bool,
    /// Whether it is the left side of `A...B`.
    pub left: bool,
    /// What [`Step::source`] says of the commits that are reached from it.
    pub source: u32,
}

/// How to walk.
#[derive(Debug, Clone, Default)]
pub struct Plan<'a> {
    /// The tips.
    pub starts: Vec<Start>,
    /// `--first-parent`.
    pub first_parent: bool,
    /// `--since`, seconds since the epoch: a line of history ends at the first older commit.
    pub max_age: Option<i64>,
    /// `--until`, which matters to a limited walk only for when it stops.
    pub min_age: Option<i64>,
    /// `--no-walk`: nothing but the tips.
    pub no_walk: Option<NoWalk>,
    /// `--since-as-filter`, which matters to a limited walk only for when it stops.
    pub max_age_filter: Option<i64>,
    /// The order.
    pub order: Order,
    /// Whether something needs the whole list before the first commit (`--children`, `--left-only` …).
    pub whole_list: bool,
    /// Whether all commits that the walk yields will be taken from it, however many they are.
    pub takes_all: bool,
    /// Whether git has read other commits than the tips before it begins: to find the merge bases of `A...B`, or
    /// because a revision was found by looking through commits (`A~3`, `A^{/text}`).
    pub read_ahead: bool,
    /// Whether to remember which tip each commit was reached from.
    pub sources: bool,
    /// Whether git goes by the generation numbers of a commit-graph.
    pub commit_graph: CommitGraph,
    /// How history is simplified, if there are paths or something else that simplifies it.
    pub simplify: Option<Simplify<'a>>,
}

/// What is known of git's commit-graph. With one, git sorts topologically as it walks, and what it leaves out it
/// leaves out of the sorted commits; without, it collects the commits, and sorts what is left of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CommitGraph {
    /// git has one, and goes by its generation numbers.
    Used,
    /// git has none, or does not use it.
    Unused,
    /// It can't be told.
    #[default]
    Unknown,
}

/// One commit of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The commit.
    pub pos: Pos,
    /// The mark that git prints: `<`, `>`, or `-` for a boundary.
    pub mark: u8,
    /// With `Plan::sources`: the `source` of the tip it was reached from.
    pub source: u32,
}

/// Why a walk can't be done here with git's exact answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsure {
    /// The answer would depend on when git stops looking.
    #[error("skewed committer dates across a limited walk")]
    Skew,
    /// The order would depend on whether git has a commit-graph.
    #[error("--first-parent in topological order from several tips")]
    FirstParentTopo,
    /// The order would depend on whether git has a commit-graph.
    #[error("--until in topological order")]
    UntilTopo,
    /// The simplification would depend on which commits git has read already, mostly on whether it has a
    /// commit-graph.
    #[error("simplification that depends on how far git has walked")]
    Timing,
    /// The order, and where parents lead, would depend on which commits the filters drop.
    #[error("rewritten parents of filtered commits")]
    FilteredRewrite,
    /// git says what is wrong.
    #[error("--ancestry-path without excluded tips")]
    NoBottom,
}

/// A walk: yields each commit once.
pub struct Walk<'a> {
    history: &'a History<'a>,
    inner: Inner<'a>,
    states: States,
    lineage: Option<Lineage<'a>>,
    first_parent: bool,
    /// Whether parents are still to be rewritten as commits are yielded.
    rewrites: bool,
}

enum Inner<'a> {
    Date(date::DateWalk<'a>),
    Follow(FollowWalk),
    Sweep(Box<Sweep<'a>>),
    List { list: Vec<Pos>, next: usize },
}

impl<'a> Walk<'a> {
    /// Prepares a walk. A plan with excluded tips, or one that needs the whole list, is walked to its end here.
    pub fn new(history: &'a History<'a>, plan: &Plan<'a>) -> Result<Self, Unsure> {
        let mut states = States::new(history.len() as usize, plan.sources);
        if let Some(no_walk) = plan.no_walk {
            let list = tips(history, plan, no_walk, &mut states);
            return Ok(Walk::plain(history, plan, Inner::List { list, next: 0 }, states));
        }
        let rules = plan.simplify.as_ref();
        let needs_list = plan.whole_list || rules.is_some_and(Simplify::needs_list);
        let excluding = plan.starts.iter().any(|start| start.uninteresting);
        let order = match plan.order {
            Order::Default if rules.is_some_and(Simplify::joins_merges) => Order::Topo,
            order => order,
        };
        let topological = order != Order::Default;
        let filters_by_date = plan.min_age.is_some() || plan.max_age_filter.is_some();
        let several = plan.first_parent && plan.starts.len() > 1;
        if topological && !needs_list && plan.commit_graph == CommitGraph::Unknown {
            if several {
                return Err(Unsure::FirstParentTopo);
            }
            if filters_by_date {
                return Err(Unsure::UntilTopo);
            }
        }
        // Only then it sorts as it walks.
        let incremental = topological && !needs_list && plan.commit_graph == CommitGraph::Used;
        let unfiltered = Plan { min_age: None, max_age_filter: None, ..plan.clone() };
        let plan = if incremental { &unfiltered } else { plan };
        if let Some(rules) = rules {
            return Walk::simplified(history, plan, rules, order, needs_list || excluding, states);
        }
        let limited = needs_list || excluding || plan.starts.iter().any(|start| start.left);
        let collected = topological && !incremental && (filters_by_date || several);
        let aged = topological && plan.max_age.is_some();
        if !limited && !aged && !collected {
            let walk = date::DateWalk::new(history, plan, &mut states);
            if !topological {
                return Ok(Walk::plain(history, plan, Inner::Date(walk), states));
            }
            let list = topo::reachable_sorted(history, plan, &mut states);
            return Ok(Walk::plain(history, plan, Inner::List { list, next: 0 }, states));
        }
        let mut list = in_range(history, plan, &mut states, None)?;
        if topological {
            let by_dates = needs_list || plan.commit_graph == CommitGraph::Unused;
            let tips = plan.starts.iter().filter(|start| !start.uninteresting).count();
            if !by_dates && plan.first_parent && excluding && tips > 1 {
                return Err(Unsure::FirstParentTopo);
            }
            if !by_dates && history.has_skewed() && !limit::is_exact(history, plan, &list) {
                return Err(Unsure::Skew);
            }
            let followed = if plan.first_parent && !by_dates { 1 } else { usize::MAX };
            list = topo::sort(&list, order, history, &mut states, |pos| history.parents(pos).take(followed));
        }
        Ok(Walk::plain(history, plan, Inner::List { list, next: 0 }, states))
    }

    fn plain(history: &'a History<'a>, plan: &Plan<'_>, inner: Inner<'a>, states: States) -> Self {
        Walk { history, inner, states, lineage: None, first_parent: plan.first_parent, rewrites: false }
    }

    fn simplified(
        history: &'a History<'a>,
        plan: &Plan<'a>,
        rules: &Simplify<'a>,
        order: Order,
        limited: bool,
        mut states: States,
    ) -> Result<Self, Unsure> {
        let topological = order != Order::Default;
        // git uses generation numbers only where it doesn't need the whole list.
        let needs_list = plan.whole_list || rules.needs_list() || plan.commit_graph == CommitGraph::Unused;
        let unbound = !plan.starts.iter().any(|start| start.uninteresting);
        if unbound && rules.ancestry_path.as_ref().is_some_and(Vec::is_empty) {
            return Err(Unsure::NoBottom);
        }
        // Else children are rewritten before their parents. Where commits were left out before the rest was sorted, that
        // need not be so.
        let sorted = topological && plan.min_age.is_none() && plan.max_age_filter.is_none();
        if rules.rewrites() && rules.filtered && !sorted {
            return Err(Unsure::FilteredRewrite);
        }
        let mut lineage = Lineage::new(history, plan, rules.clone());
        let mut rewrites = rules.rewrites();
        // What git has read makes a difference to what it does with it: commits that an excluded one reaches are marked at
        // once. With --first-parent the walk does not come to all of them.
        if plan.read_ahead && plan.first_parent && rewrites {
            return Err(Unsure::Timing);
        }
        if !limited && !topological {
            let inner = match lineage.shows_few() && lineage.can_sweep(plan) {
                true => Inner::Sweep(Box::new(Sweep::new(history, plan, STRETCH))),
                false => Inner::Follow(FollowWalk::new(history, plan, &mut states)),
            };
            let (lineage, first_parent) = (Some(lineage), plan.first_parent);
            return Ok(Walk { history, inner, states, lineage, first_parent, rewrites: false });
        }
        let mut list = in_range(history, plan, &mut states, Some(&mut lineage))?;
        // Without exclusions nothing depends on how git finds the commits.
        let by_dates = !topological || needs_list || (unbound && plan.max_age.is_none());
        // Where a path disappears, so does what exclusion would have reached behind that commit.
        let cuts = rules.remove_empty && !unbound;
        if (plan.read_ahead || !by_dates) && (cuts || lineage.depends_on_timing(&states, !by_dates)) {
            return Err(Unsure::Timing);
        }
        lineage.limit_to_ancestry(plan, &list, &mut states);
        lineage.judge_again(&list, &states);
        if topological {
            if !by_dates && history.has_skewed() && !limit::is_exact(history, plan, &list) {
                return Err(Unsure::Skew);
            }
            let followed = if plan.first_parent && !needs_list { 1 } else { usize::MAX };
            let parents = |pos| lineage.parents(pos).take(followed);
            list = topo::sort(&list, order, history, &mut states, parents);
            if rewrites && !needs_list && (!by_dates || plan.first_parent) {
                lineage.rewrite_all(plan, &list, &mut states).ok_or(Unsure::Timing)?;
                rewrites = false;
            }
            lineage.simplify_merges(&mut list, &states).ok_or(Unsure::Timing)?;
        }
        let (inner, lineage) = (Inner::List { list, next: 0 }, Some(lineage));
        Ok(Walk { history, inner, states, lineage, first_parent: plan.first_parent, rewrites })
    }

    /// Leaves out the first commits, at most `count` of them and perhaps none; how many. Before any was yielded.
    pub fn skip_ahead(&mut self, count: u64) -> u64 {
        match &mut self.inner {
            Inner::Date(walk) => walk.skip(count),
            Inner::Follow(_) | Inner::Sweep(_) | Inner::List { .. } => 0,
        }
    }

    /// What the walk knows of a commit that it has met.
    pub fn step(&self, pos: Pos) -> Step {
        Step {
            pos,
            mark: if self.states.has(pos, LEFT) { b'<' } else { b'>' },
            source: self.states.source(pos),
        }
    }

    /// Whether the commit is left out because a tip excludes it.
    pub fn is_uninteresting(&self, pos: Pos) -> bool {
        self.states.has(pos, UNINTERESTING)
    }

    /// Whether the walk yields this commit, or would if it went on, as far as that is known: it is neither
    /// excluded nor simplified away.
    pub fn is_shown(&self, pos: Pos) -> bool {
        match &self.lineage {
            Some(lineage) => lineage.is_shown(pos, &self.states),
            None => !self.is_uninteresting(pos),
        }
    }

    /// The parents of a yielded commit or one of the boundary, as `%P`, `--parents` and the graph show them:
    /// rewritten where that is asked for, and without those that simplification dropped.
    pub fn parents(&self, step: &Step) -> CurrentParents<'_> {
        match &self.lineage {
            // A filter has dropped it before its parents were rewritten, or it was never reached.
            Some(lineage) if step.mark == b'-' => lineage.unwritten_parents(step.pos),
            Some(lineage) => lineage.parents(step.pos),
            None if step.mark == b'-' && !self.is_read(step.pos) => CurrentParents::One(None),
            None => CurrentParents::Header(self.history.parents(step.pos)),
        }
    }

    /// Whether git has read the commit, and so knows its parents. With `--first-parent` it does not read all of the
    /// boundary.
    fn is_read(&self, pos: Pos) -> bool {
        !self.first_parent
            || match &self.inner {
                Inner::Date(walk) => walk.has_met(pos),
                Inner::Follow(_) | Inner::Sweep(_) | Inner::List { .. } => {
                    self.states.has(pos, PARSED | SEEN | MEMBER)
                }
            }
    }

    fn unwritten_parents(&self, pos: Pos) -> CurrentParents<'_> {
        match &self.lineage {
            Some(lineage) => lineage.unwritten_parents(pos),
            None => CurrentParents::Header(self.history.parents(pos)),
        }
    }

    /// How many parents a commit has for `--merges`, `--min-parents` and the like: simplification counts,
    /// rewriting doesn't.
    pub fn parent_count(&self, pos: Pos) -> usize {
        self.unwritten_parents(pos).count()
    }

    /// `--children`: the children of each commit, last one first. Of a walk that needs the whole list; else there
    /// are none.
    pub fn children(&self) -> HashMap<Pos, Vec<Pos>> {
        let mut children: HashMap<Pos, Vec<Pos>> = HashMap::new();
        if let Inner::List { list, .. } = &self.inner {
            // git puts each child in front of those that it found before.
            for &pos in list.iter().rev() {
                for parent in self.unwritten_parents(pos) {
                    children.entry(parent).or_default().push(pos);
                }
            }
        }
        children
    }

    /// The boundary of the commits in `shown`, in git's order.
    pub fn boundary(&self, shown: &[Step], order: Order) -> Vec<Step> {
        let found = boundary::parents_not_in(shown, |step| self.parents(step));
        boundary::sorted(self.history, &found, order, |pos| {
            self.unwritten_parents(pos).take(if self.is_read(pos) { usize::MAX } else { 0 })
        })
    }

    fn next_pos(&mut self) -> Option<Pos> {
        match &mut self.inner {
            Inner::Date(walk) => walk.next(&mut self.states),
            Inner::Follow(walk) => walk.next(self.lineage.as_mut()?, &mut self.states),
            Inner::Sweep(sweep) => sweep.next(self.lineage.as_mut()?, &mut self.states),
            Inner::List { list, next } => loop {
                let pos = *list.get(*next)?;
                *next += 1;
                let Some(lineage) = &mut self.lineage else {
                    if self.states.has(pos, UNINTERESTING) {
                        continue;
                    }
                    return Some(pos);
                };
                if !lineage.is_shown(pos, &self.states) {
                    continue;
                }
                if self.rewrites {
                    lineage.rewrite(pos, &mut self.states, |_, _, _| ());
                }
                return Some(pos);
            },
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let pos = self.next_pos()?;
        Some(self.step(pos))
    }
}

/// What a limited walk finds, unless that depends on what git has read before.
fn in_range(
    history: &History<'_>,
    plan: &Plan<'_>,
    states: &mut States,
    lineage: Option<&mut Lineage<'_>>,
) -> Result<Vec<Pos>, Unsure> {
    let list = limit::limited(history, plan, states, lineage);
    match plan.read_ahead && states.met_skew(history) {
        true => Err(Unsure::Skew),
        false => Ok(list),
    }
}

/// The tips themselves, each once.
fn tips(history: &History<'_>, plan: &Plan<'_>, no_walk: NoWalk, states: &mut States) -> Vec<Pos> {
    let mut list = Vec::new();
    for start in &plan.starts {
        if states.add_new(start.pos, SEEN) {
            states.set_source(start.pos, start.source);
            list.push(start.pos);
        }
    }
    if no_walk == NoWalk::Sorted {
        list.sort_by_key(|pos| std::cmp::Reverse(history.committer_time(*pos)));
    }
    list
}

/// What is known of each commit during a walk: one byte each, and its source where that is asked for.
struct States {
    flags: Vec<u8>,
    sources: Option<Vec<u32>>,
}

/// It is or was in the queue.
const SEEN: u8 = 1;
/// An excluded tip reaches it.
const UNINTERESTING: u8 = 2;
/// The left side of a symmetric difference reaches it.
const LEFT: u8 = 4;
/// Its parents have been looked at.
const EXPANDED: u8 = 8;
/// git has read it, and so knows its parents.
const PARSED: u8 = 16;
/// It is in the list being sorted.
const MEMBER: u8 = 32;
/// It is among the tips already.
const TIP: u8 = 64;

/// No source yet.
const NO_SOURCE: u32 = u32::MAX;

impl States {
    fn new(commits: usize, sources: bool) -> Self {
        States { flags: vec![0; commits], sources: sources.then(|| vec![NO_SOURCE; commits]) }
    }

    #[inline]
    fn has(&self, pos: Pos, flag: u8) -> bool {
        self.flags[pos.index()] & flag != 0
    }

    #[inline]
    fn add(&mut self, pos: Pos, flags: u8) {
        self.flags[pos.index()] |= flags;
    }

    /// Whether a commit that is older than a parent was walked over.
    fn met_skew(&self, history: &History<'_>) -> bool {
        let skewed = |pos| self.has(pos, EXPANDED) && history.flags(pos).contains(Flags::SKEWED);
        history.has_skewed() && (0..history.len()).map(Pos).any(skewed)
    }

    /// Adds a flag and says whether it is new.
    #[inline]
    fn add_new(&mut self, pos: Pos, flag: u8) -> bool {
        let flags = &mut self.flags[pos.index()];
        let new = *flags & flag == 0;
        *flags |= flag;
        new
    }

    fn source(&self, pos: Pos) -> u32 {
        self.sources.as_ref().map_or(NO_SOURCE, |sources| sources[pos.index()])
    }

    /// The first source that reaches a commit is the one that stays.
    fn set_source(&mut self, pos: Pos, source: u32) {
        if let Some(sources) = &mut self.sources
            && sources[pos.index()] == NO_SOURCE
        {
            sources[pos.index()] = source;
        }
    }
}
