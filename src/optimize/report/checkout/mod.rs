//! What checking out HEAD puts on the disk: from `git ls-tree` or, where the figures of another tree are summed up
//! already, from that by `git diff-tree`.

mod listed;
mod sums;

use gix::ObjectId;
use serde::{Deserialize, Serialize};

use self::sums::Sums;
use crate::optimize::context::Context;
use crate::repo::NotExact;

/// How many directories are named.
const NAMED: usize = 10;

/// A directory of the checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Directory {
    pub(super) path: String,
    /// Files in it and below.
    pub(super) files: u64,
    /// Their bytes.
    pub(super) bytes: u64,
}

/// The figures of HEAD's tree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkout {
    pub(super) files: u64,
    pub(super) directories: u64,
    pub(super) links: u64,
    pub(super) submodules: u64,
    /// Bytes of all files, before filters.
    pub(super) bytes: u64,
    /// How many files have a size that could not be read (in a partial clone: are not here).
    pub(super) unread: u64,
    /// Names in the longest path.
    pub(super) depth: u64,
    /// Bytes of the longest path.
    pub(super) path_length: u64,
    pub(super) longest_path: String,
    /// The largest, by bytes.
    pub(super) largest_directories: Vec<Directory>,
    /// Entries of the directory that has most.
    pub(super) most_entries: u64,
    pub(super) most_entries_in: String,
}

/// The sums of one tree, which the next report begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    tree: String,
    sums: Sums,
}

/// The sums of a tree; of nothing where there is none. Of a partial clone git is not asked for sizes, since it would fetch
/// what is not here.
pub(super) fn read(
    context: &Context,
    tree: Option<ObjectId>,
    partial: bool,
    kept: Option<Kept>,
) -> Result<Kept, NotExact> {
    let Some(tree) = tree else {
        return Ok(Kept { tree: String::new(), sums: Sums::default() });
    };
    let name = tree.to_string();
    // What could not be read then may be readable now.
    let sums = match kept.filter(|kept| kept.sums.unread() == 0) {
        Some(kept) if kept.tree == name => Some(kept.sums),
        Some(kept) if !kept.tree.is_empty() => listed::changed(context, kept.sums, &kept.tree, &name),
        _ => None,
    };
    let sums = match sums {
        Some(sums) => sums,
        None => listed::all(context, &name, partial)?,
    };
    Ok(Kept { tree: name, sums })
}

impl Kept {
    /// The figures.
    pub(super) fn checkout(&self) -> Checkout {
        self.sums.checkout()
    }
}
