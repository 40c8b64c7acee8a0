//! History simplification: which parents a walk follows, which commits it shows, and with which parents, given
//! only which commits agree on the limiting paths ([`super::TreeSame`]).
//!
//! The rules are those of git-log(1), "History Simplification", and where it is silent what git was seen to do.
//! `lineage` keeps what is known of each commit and decides about one commit at a time; `follow` is the walk that
//! yields as it goes, `sweep` what takes its place for those who take everything; `ancestry` and `merges` look at the
//! finished list of a limited walk; `rewrite` gives the commits that are shown the nearest shown ancestors as parents.

mod ancestry;
mod follow;
mod lineage;
mod merges;
mod rewrite;
mod sweep;
#[cfg(test)]
mod tests;
mod timing;

pub(super) use follow::FollowWalk;
pub use lineage::CurrentParents;
pub(super) use lineage::Lineage;
pub(super) use sweep::{STRETCH, Sweep};

use super::TreeSame;
use crate::index::Pos;

/// How history is simplified. The default value, with `tree_same` given, is what plain `git log -- <path>` does.
#[derive(Debug, Clone, Default)]
pub struct Simplify<'a> {
    /// Which commits agree on the paths; `None` without paths.
    pub tree_same: Option<&'a dyn TreeSame>,
    /// `--simplify-by-decoration`: by position, whether a ref decorates the commit.
    pub decorated: Option<&'a [bool]>,
    /// `--full-history`.
    pub full_history: bool,
    /// `--sparse`.
    pub sparse: bool,
    /// `--simplify-merges`.
    pub merges: bool,
    /// `--show-pulls`.
    pub show_pulls: bool,
    /// `--remove-empty`. What git makes of it where its commit-graph has Bloom filters is not known here.
    pub remove_empty: bool,
    /// `--ancestry-path`: the commits that were named; none of them means the excluded tips.
    pub ancestry_path: Option<Vec<Pos>>,
    /// `--graph` or `--parents`: commits are shown with their nearest shown ancestors.
    pub rewrite_parents: bool,
    /// With `--first-parent`: whether only the first parent is looked at when commits are printed, as a graph does
    /// and `%P` and `--parents` don't.
    pub first_parent_suffices: bool,
    /// `--children`.
    pub children: bool,
    /// `--reverse`: nothing is printed before the walk is over.
    pub reverse: bool,
    /// Whether what is not part of the plan drops some of the yielded commits: `--skip`, filters on text or the
    /// number of parents.
    pub filtered: bool,
}

impl Simplify<'_> {
    /// Whether git needs the whole list before the first commit.
    pub(super) fn needs_list(&self) -> bool {
        self.joins_merges() || self.children || self.ancestry_path.is_some()
    }

    /// Whether `--simplify-merges` is on, which `--simplify-by-decoration` includes. Both sort topologically.
    pub fn joins_merges(&self) -> bool {
        self.merges || self.decorated.is_some()
    }

    /// Whether commits are compared with their parents at all.
    fn prunes(&self) -> bool {
        self.tree_same.is_some() || self.decorated.is_some()
    }

    /// Whether all parents are followed, whatever they agree on.
    fn follows_all(&self) -> bool {
        self.full_history || self.joins_merges() || self.ancestry_path.is_some()
    }

    /// Whether shown commits are tied together: merges stay, and parents are rewritten.
    fn wants_ancestry(&self) -> bool {
        self.rewrite_parents || self.joins_merges() || self.children
    }

    /// Whether parents are rewritten to what is shown.
    pub(super) fn rewrites(&self) -> bool {
        self.prunes() && !self.sparse && self.wants_ancestry()
    }
}
