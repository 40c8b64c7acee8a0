//! What is printed, before it is: every change, the untracked and ignored files, the branch. Renderers see nothing
//! else.

use std::collections::BTreeMap;

use bstr::BString;
use gix::ObjectId;

use super::state::InProgress;

/// Mode and object of a path on one side; no mode where it does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// As in a tree; 0 for nothing.
    pub mode: u32,
    /// The object; all zeros for nothing.
    pub id: ObjectId,
}

/// How a submodule that is checked out differs from what the index has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Submodule {
    /// It is at another commit.
    pub new_commits: bool,
    /// Something tracked in it differs.
    pub modified: bool,
    /// There are untracked files in it.
    pub untracked: bool,
}

impl Submodule {
    /// Whether what is in it differs from its own commit.
    pub fn is_dirty(&self) -> bool {
        self.modified || self.untracked
    }
}

/// One path that is not the same everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// HEAD against the index: `M`, `A`, `D`, `R`, `C`, `T` or a space.
    pub staged: u8,
    /// The index against the worktree: `M`, `A`, `D`, `T`, a space, or `R` and `C` where nothing is staged.
    pub unstaged: u8,
    /// In HEAD.
    pub head: Side,
    /// In the index.
    pub index: Side,
    /// The mode in the worktree.
    pub worktree_mode: u32,
    /// Where it comes from, and how similar it is in percent.
    pub original: Option<(BString, u8)>,
    /// For a submodule that is checked out and differs.
    pub submodule: Option<Submodule>,
    /// The stages of a conflict.
    pub conflict: Option<[Option<Side>; 3]>,
}

impl Change {
    /// The two letters of a conflict.
    pub fn conflict_letters(&self) -> Option<[u8; 2]> {
        let stages = self.conflict.as_ref()?;
        Some(match stages.each_ref().map(Option::is_some) {
            [true, false, false] => *b"DD",
            [false, true, false] => *b"AU",
            [true, true, false] => *b"UD",
            [false, false, true] => *b"UA",
            [true, false, true] => *b"DU",
            [false, true, true] => *b"AA",
            _ => *b"UU",
        })
    }
}

/// How many commits one has that the other has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// Not counted; whether they are the same.
    Same(bool),
    /// Ahead of and behind the upstream branch.
    Counted(u64, u64),
}

/// The upstream branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// The name that people see: `origin/main`.
    pub name: BString,
    /// How far away it is; `None` where it does not exist any more.
    pub distance: Option<Distance>,
}

/// Where HEAD is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The full name of the branch; `None` for a detached HEAD.
    pub branch: Option<BString>,
    /// The commit; `None` before the first one.
    pub commit: Option<ObjectId>,
    /// The upstream branch, if there is one and it was asked for.
    pub upstream: Option<Upstream>,
}

/// Everything.
#[derive(Debug)]
pub struct Status {
    /// Where HEAD is.
    pub head: Head,
    /// What differs, by path.
    pub changes: BTreeMap<BString, Change>,
    /// Untracked files; directories end in a slash.
    pub untracked: Vec<BString>,
    /// Ignored files.
    pub ignored: Vec<BString>,
    /// How many stashes there are, if it was asked for.
    pub stashes: u64,
    /// What is going on, if it was asked for.
    pub in_progress: InProgress,
    /// The commands that are in progress, by name, for formats of ours.
    pub operations: Vec<&'static str>,
    /// In a sparse checkout: the percentage of tracked files that are there.
    pub sparse_percentage: Option<usize>,
}

impl Status {
    /// Whether there is nothing to commit and nothing untracked.
    pub fn is_clean(&self) -> bool {
        self.changes.is_empty() && self.untracked.is_empty()
    }
}
