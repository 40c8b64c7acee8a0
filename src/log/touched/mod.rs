//! What each commit has at one path, found from the commits that changed it against their first parent: a commit that
//! did not has what its first parent has.

mod forest;

use bstr::BStr;
use gix::objs::tree::EntryKind;

use crate::index::{Paths, Pos, Posting, Value};
pub(super) use forest::Forest;

/// One path through the history.
pub(super) struct PathHistory<'a> {
    postings: Vec<Posting<'a>>,
}

impl<'a> PathHistory<'a> {
    /// Reads what is known of a path.
    pub(super) fn of(paths: &Paths<'a>, path: &BStr) -> Self {
        PathHistory { postings: paths.postings(path).collect() }
    }

    /// The commits that changed it against their first parent, oldest position first.
    pub(super) fn postings(&self) -> &[Posting<'a>] {
        &self.postings
    }

    /// Which commit brought what `pos` has, along first parents: itself, or the nearest one that changed the path.
    pub(super) fn governor(&self, forest: &Forest, pos: Pos) -> Option<&Posting<'a>> {
        // Parents come first, so it is among those up to `pos`, and the last one of them that leads there.
        let end = self.postings.partition_point(|posting| posting.pos <= pos);
        self.postings[..end].iter().rev().find(|posting| forest.leads(posting.pos, pos))
    }

    /// What a commit has there.
    pub(super) fn value(&self, forest: &Forest, pos: Pos) -> Option<Value<'a>> {
        self.governor(forest, pos)?.new
    }
}

/// The value, if it is not a directory.
pub(super) fn leaf(value: Option<Value<'_>>) -> Option<Value<'_>> {
    value.filter(|value| value.kind != EntryKind::Tree)
}
