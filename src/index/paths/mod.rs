//! What commits did to paths: for each commit, every path (of a file, link, submodule or directory, but not the root)
//! about which its tree says something else than its first parent's tree, or than nothing for a root commit. One such
//! row is a *posting*. Found by path ([`Paths::postings`]) and by commit ([`Paths::changes`]).
//!
//! Path segments are files beside the history's. Each covers a run of positions; together they cover the positions from
//! 0 on, but not necessarily all. Where the rows come from is none of this module's business: somebody fills a
//! [`Slice`]. `docs/gitformat-fastindex.md` describes every byte.

mod join;
mod layout;
mod merge;
mod segment;
mod slice;
mod table;
#[cfg(test)]
mod tests;
mod write;

use bstr::BStr;
use gix::hash::oid;
use gix::objs::tree::EntryKind;

use super::ids::Pos;

pub use join::Paths;
pub use layout::{NONE, PathHeader, kind_number, tags};
pub use merge::merge_paths;
pub use segment::PathSegment;
pub use slice::{PathId, Slice, ValueId};
pub use table::{PathTable, Postings};
pub use write::write_paths;

/// What a tree says about a path. The kind is what git makes of the mode when it reads a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Value<'a> {
    /// Directory, file, executable file, link or submodule.
    pub kind: EntryKind,
    /// The object's name.
    pub id: &'a oid,
}

/// What a commit did to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Posting<'a> {
    /// The commit.
    pub pos: Pos,
    /// What its first parent's tree says; `None`: nothing.
    pub old: Option<Value<'a>>,
    /// What its own tree says; `None`: nothing.
    pub new: Option<Value<'a>>,
}

/// What a commit did to something that is not a directory. Directories are `None` here: when a directory has taken the
/// place of a file, the file is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Change<'a> {
    /// The whole path, without a slash at the end.
    pub path: &'a BStr,
    /// What the first parent's tree says.
    pub old: Option<Value<'a>>,
    /// What the commit's tree says.
    pub new: Option<Value<'a>>,
}
