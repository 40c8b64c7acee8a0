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
mod limit;
mod queue;
mod reach;
mod topo;

use crate::index::{History, Pos};

pub use boundary::boundary;
pub use reach::reached;

use super::options::Order;

/// A tip, in the order of the command line.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    /// The commit.
    pub pos: Pos,
    /// Whether it and what it reaches are left out (`^tip`).
    pub uninteresting: bool,
    /// Whether it is the left side of `A...B`.
    pub left: bool,
    /// Whether `A...B` was given and this is one of its merge bases, found by walking down from its sides.
    pub source: u32,
}

/// How to walk.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The tips.
    pub starts: Vec<Start>,
    /// `--first-parent`.
    pub first_parent: bool,
    /// `--exclude-first-parent-only`.
    pub exclude_first_parent_only: bool,
    /// `--since`, seconds since the epoch: a line of history ends at the first older commit.
    pub max_age: Option<i64>,
    /// `--until`, which matters to a limited walk only for when it stops.
    pub min_age: Option<i64>,
    /// The order.
    pub order: Order,
    /// Whether something needs the whole list before the first commit (`--children`, `--left-only` …).
    pub whole_list: bool,
    /// Whether to remember which tip each commit was reached from.
    pub sources: bool,
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
}

/// A walk: yields each commit once.
pub struct Walk<'a> {
    inner: Inner<'a>,
    states: States,
}

enum Inner<'a> {
    Date(date::DateWalk<'a>),
    List(std::vec::IntoIter<Pos>),
}

impl<'a> Walk<'a> {
    /// Prepares a walk. A plan with excluded tips, or one that needs the whole list, is walked to its end here.
    pub fn new(history: &'a History<'a>, plan: &Plan) -> Result<Self, Unsure> {
        let mut states = States::new(history.len() as usize, plan.sources);
        let limited = plan.whole_list || plan.starts.iter().any(|start| start.uninteresting || start.left);
        let topological = plan.order != Order::Default;
        if topological && plan.first_parent && plan.starts.len() > 1 {
            return Err(Unsure::FirstParentTopo);
        }
        if topological && plan.min_age.is_some() {
            return Err(Unsure::UntilTopo);
        }
        let aged = topological && plan.max_age.is_some();
        if !limited && !aged {
            let walk = date::DateWalk::new(history, plan, &mut states);
            if !topological {
                return Ok(Walk { inner: Inner::Date(walk), states });
            }
            let list = topo::reachable_sorted(history, plan, &mut states);
            return Ok(Walk { inner: Inner::List(list.into_iter()), states });
        }
        let mut list = limit::limited(history, plan, &mut states);
        if topological {
            if history.has_skewed() && !limit::is_exact(history, plan, &list) {
                return Err(Unsure::Skew);
            }
            list = topo::sort(history, &list, plan.order, &mut states);
        }
        list.retain(|&pos| !states.has(pos, UNINTERESTING));
        Ok(Walk { inner: Inner::List(list.into_iter()), states })
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
}

impl Iterator for Walk<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let pos = match &mut self.inner {
            Inner::Date(walk) => walk.next(&mut self.states)?,
            Inner::List(list) => list.next()?,
        };
        Some(self.step(pos))
    }
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
