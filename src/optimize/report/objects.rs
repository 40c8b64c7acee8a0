//! All objects that the refs reach, from the index: each commit's own, and what commits did to paths. Which commit
//! and path brings an object comes with it; only sizes are read from the repository.

use bstr::{BStr, ByteSlice};
use gix::hash::oid;
use gix::objs::tree::EntryKind;
use rayon::prelude::*;

use crate::index::{History, Paths, Pos};

/// An object, and the first commit in the index that brings it, at which path.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    /// The start of its name, to sort by without following a pointer.
    prefix: u64,
    pub(super) id: &'a oid,
    pub(super) pos: u32,
    /// Which table, and which of its paths.
    path: u32,
}

/// Root trees have no path.
pub(super) const ROOT: u32 = u32::MAX;
/// Tables and their paths share a number of 32 bits: there are at most 64 tables.
const PATH_BITS: u32 = 26;

/// One number for a table and one of its paths.
pub(super) fn path_number(table: usize, at: usize) -> Option<u32> {
    let sound = table < 1 << (32 - PATH_BITS) && at < (1 << PATH_BITS) - 1;
    sound.then_some((table as u32) << PATH_BITS | at as u32)
}

impl<'a> Item<'a> {
    /// `path` is what [`path_number`] gives, or [`ROOT`].
    pub(super) fn new(id: &'a oid, pos: Pos, path: u32) -> Item<'a> {
        Item { prefix: super::sizes::prefix(id), id, pos: pos.0, path }
    }

    /// Its path; `None` for a root tree or a commit.
    pub(super) fn path(&self, paths: &Paths<'a>) -> Option<String> {
        let (table, at) = self.path_number()?;
        Some(lossy(paths.tables().get(table)?.path(at)))
    }

    /// The table that has its path, and the path's number there.
    pub(super) fn path_number(&self) -> Option<(usize, usize)> {
        let at = self.path & ((1 << PATH_BITS) - 1);
        (self.path != ROOT).then_some(((self.path >> PATH_BITS) as usize, at as usize))
    }
}

/// Each object once, by name.
pub(super) struct Objects<'a> {
    pub(super) commits: Vec<Item<'a>>,
    pub(super) trees: Vec<Item<'a>>,
    pub(super) blobs: Vec<Item<'a>>,
}

/// Which commits the tips reach, by position.
pub(in crate::optimize) fn reachable(history: &History<'_>, tips: &[gix::ObjectId]) -> Vec<bool> {
    let mut reached = vec![false; history.len() as usize];
    for tip in tips.iter().filter_map(|tip| history.lookup(tip)) {
        reached[tip.index()] = true;
    }
    // Parents come before children.
    for pos in (0..history.len()).rev().map(Pos) {
        if reached[pos.index()] {
            for parent in history.parents(pos) {
                reached[parent.index()] = true;
            }
        }
    }
    reached
}

impl<'a> Objects<'a> {
    pub(super) fn collect(history: &History<'a>, paths: &Paths<'a>, reached: &[bool]) -> Objects<'a> {
        let positions = (0..history.len()).map(Pos).filter(|pos| reached[pos.index()]);
        let commits: Vec<Item<'a>> = positions.map(|pos| Item::new(history.oid(pos), pos, ROOT)).collect();
        let roots =
            commits.iter().map(|commit| Item::new(history.tree(Pos(commit.pos)), Pos(commit.pos), ROOT));
        let (mut trees, mut blobs): (Vec<Item<'a>>, Vec<Item<'a>>) = (roots.collect(), Vec::new());
        for (number, table) in paths.tables().iter().enumerate() {
            let rows = |at: usize| {
                let path = path_number(number, at);
                let postings =
                    table.postings(at).filter(|posting| reached.get(posting.pos.index()) == Some(&true));
                postings.filter_map(move |posting| {
                    let value = posting.new?;
                    Some((value.kind, Item::new(value.id, posting.pos, path?)))
                })
            };
            let parts: Vec<(Vec<Item<'a>>, Vec<Item<'a>>)> = (0..table.len())
                .into_par_iter()
                .with_min_len(256)
                .fold(Default::default, |(mut trees, mut blobs): (Vec<_>, Vec<_>), at| {
                    for (kind, item) in rows(at) {
                        match kind {
                            EntryKind::Tree => trees.push(item),
                            // Submodules' commits are not in this repository.
                            EntryKind::Commit => {}
                            _ => blobs.push(item),
                        }
                    }
                    (trees, blobs)
                })
                .collect();
            for (more_trees, more_blobs) in parts {
                trees.extend(more_trees);
                blobs.extend(more_blobs);
            }
        }
        Objects { commits: unique(commits), trees: unique(trees), blobs: unique(blobs) }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.commits.len() + self.trees.len() + self.blobs.len()
    }

    /// All of them: commits, trees, blobs.
    pub(super) fn all(&self) -> impl Iterator<Item = &Item<'a>> {
        self.commits.iter().chain(&self.trees).chain(&self.blobs)
    }
}

/// A path as a report has it.
pub(super) fn lossy(path: &BStr) -> String {
    path.to_str_lossy().into_owned()
}

fn unique(mut items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    items.par_sort_unstable_by(|a, b| (a.prefix, a.id, a.pos, a.path).cmp(&(b.prefix, b.id, b.pos, b.path)));
    items.dedup_by(|a, b| a.prefix == b.prefix && a.id == b.id);
    items.shrink_to_fit();
    items
}
