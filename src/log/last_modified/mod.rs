//! `--last-modified`: which commit brought what a revision has at a path.
//!
//! It is what `git log -1 -- <path>` finds: from a commit on to the first of its parents that has the same there, until
//! no parent has. So the path is the same all the way, and along first parents nothing has to be looked at but the
//! commits that changed it.

mod entries;
mod git;
use bstr::{BStr, BString, ByteSlice};
use rayon::prelude::*;

use super::touched::{Forest, PathHistory};
use crate::index::{History, Paths, Pos};
pub(super) use entries::{Depth, entries};
pub(super) use git::ask_git;

/// Where the search for the commit of a path ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// The commit.
    pub(super) pos: Pos,
    /// Whether it is only the first one met that is excluded: the path has not been changed since then.
    pub(super) boundary: bool,
}

/// The commits for `entries`, which are paths in the tree of `tip`. `excluded` tells commits that are not to be gone on
/// from, and with them all that they reach. `None` for a path that is not there.
pub(super) fn last_modified(
    history: &History<'_>,
    paths: &Paths<'_>,
    tip: Pos,
    excluded: &(dyn Fn(Pos) -> bool + Sync),
    entries: &[BString],
) -> Vec<Option<Found>> {
    let search = Search { history, paths, forest: Forest::new(history, tip), excluded };
    entries.par_iter().with_min_len(16).map(|path| search.find(tip, path.as_bstr())).collect()
}

struct Search<'s, 'a> {
    history: &'s History<'a>,
    paths: &'s Paths<'a>,
    forest: Forest,
    excluded: &'s (dyn Fn(Pos) -> bool + Sync),
}

impl Search<'_, '_> {
    fn find(&self, tip: Pos, path: &BStr) -> Option<Found> {
        let known = PathHistory::of(self.paths, path);
        let value = known.value(&self.forest, tip)?;
        let mut pos = tip;
        loop {
            let changed = known.governor(&self.forest, pos)?.pos;
            if (self.excluded)(changed) {
                let line = std::iter::successors(Some(pos), |pos| self.history.first_parent(*pos));
                return line
                    .into_iter()
                    .find(|pos| (self.excluded)(*pos))
                    .map(|pos| Found { pos, boundary: true });
            }
            // Its first parent has something else there.
            let mut others = self.history.parents(changed).skip(1);
            match others.find(|parent| known.value(&self.forest, *parent) == Some(value)) {
                Some(parent) => pos = parent,
                None => return Some(Found { pos: changed, boundary: false }),
            }
        }
    }
}
