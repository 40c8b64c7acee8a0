//! A commit as the renderers see it: borrowed from the index (or from an in-memory overlay), never copied.

use bstr::BStr;
use gix::hash::oid;
use smallvec::SmallVec;

pub use crate::index::{Signature, Time};

/// One commit. All texts are in the log output encoding; for a format string in UTF-8, as far as they can be.
#[derive(Debug, Clone)]
pub struct Commit<'a> {
    /// Its name.
    pub id: &'a oid,
    /// Its tree.
    pub tree: &'a oid,
    /// Its parents, in order.
    pub parents: SmallVec<[&'a oid; 2]>,
    /// The `author` header.
    pub author: Signature<'a>,
    /// The `committer` header.
    pub committer: Signature<'a>,
    /// Every header line after `committer`, verbatim with its newline (`encoding`, `gpgsig`, `mergetag`, …); the
    /// `encoding` stays here even though the texts have been converted.
    pub extra_headers: &'a BStr,
    /// Everything after the blank line that ends the headers.
    pub message: &'a BStr,
}

/// What of a commit is shown besides names and message: what is not is left empty, because it would have to be read from
/// somewhere else for each commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// [`Commit::author`] and [`Commit::committer`].
    pub people: bool,
    /// [`Commit::extra_headers`].
    pub headers: bool,
    /// [`Commit::parents`], or those that the walk gave it.
    pub parents: bool,
}

impl Needs {
    /// Everything.
    pub const ALL: Needs = Needs { people: true, headers: true, parents: true };
}
