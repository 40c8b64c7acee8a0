//! `--contains-path`: every file there has ever been, with the first and the last commit that touched it.
//!
//! A commit touches a file when the file is not what it is in any of its parents: so a merge does only where it has
//! something of its own. These are the commits under which `git log -c --name-only --no-renames` lists the file.

use std::collections::HashSet;

use bstr::BStr;
use gix::objs::tree::EntryKind;
use rayon::prelude::*;

use super::paths::{Pathspec, Reach};
use super::touched::{Forest, PathHistory, leaf};
use crate::index::{History, Paths, Pos, Posting, Value};

/// What has become of one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Life<'a> {
    pub(super) path: &'a BStr,
    /// The commit that touched it and comes last in the order asked for.
    pub(super) first: Pos,
    /// The one that comes first.
    pub(super) last: Pos,
    /// What `last` did to it, as `--name-status` has it against the first parent: `A`, `M`, `T` or `D`.
    pub(super) status: u8,
}

/// Which commits count, and in what order they come.
pub(super) struct Chosen {
    /// By position; `u32::MAX` for commits that don't count.
    pub(super) ranks: Vec<u32>,
    /// Whether merges are compared with their first parent only.
    pub(super) first_parent: bool,
}

/// The files that `pathspec` chooses, in ascending order of path.
pub(super) fn lives<'a>(
    history: &History<'_>,
    paths: &Paths<'a>,
    pathspec: &Pathspec,
    chosen: &Chosen,
) -> Vec<Life<'a>> {
    let Some(last) = history.len().checked_sub(1) else { return Vec::new() };
    let forest = Forest::new(history, Pos(last));
    let mut seen: HashSet<&'a BStr> = HashSet::new();
    let mut found: Vec<(&'a BStr, Reach)> = Vec::new();
    for table in paths.tables() {
        for prefix in pathspec.prefixes() {
            let matching: Vec<(&'a BStr, Reach)> = table
                .range(prefix)
                .into_par_iter()
                .with_min_len(256)
                .map(|number| (table.path(number), pathspec.reach(table.path(number))))
                .filter(|(_, reach)| !reach.is_nothing())
                .collect();
            found.extend(matching.into_iter().filter(|(path, _)| seen.insert(path)));
        }
    }
    found.sort_unstable_by_key(|(path, _)| *path);
    let life = |(path, reach): &(&'a BStr, Reach)| {
        Lives { history, forest: &forest, chosen, reach: *reach }.of(path, &PathHistory::of(paths, path))
    };
    found.par_iter().with_min_len(16).filter_map(life).collect()
}

struct Lives<'l> {
    history: &'l History<'l>,
    forest: &'l Forest,
    chosen: &'l Chosen,
    reach: Reach,
}

impl Lives<'_> {
    fn of<'a>(&self, path: &'a BStr, known: &PathHistory<'a>) -> Option<Life<'a>> {
        let mut ranked: Vec<(u32, &Posting<'a>)> = known
            .postings()
            .iter()
            .map(|posting| (self.chosen.ranks[posting.pos.index()], posting))
            .filter(|(rank, posting)| *rank != u32::MAX && self.file(posting.old) != self.file(posting.new))
            .collect();
        ranked.sort_unstable_by_key(|(rank, _)| *rank);
        let touches = |(_, posting): &&(u32, &Posting<'a>)| self.touches(known, posting);
        let (_, last) = ranked.iter().find(touches)?;
        let (_, first) = ranked.iter().rev().find(touches)?;
        let status = match (self.file(last.old), self.file(last.new)) {
            (None, _) => b'A',
            (_, None) => b'D',
            (Some(old), Some(new)) if sort(old) != sort(new) => b'T',
            _ => b'M',
        };
        Some(Life { path, first: first.pos, last: last.pos, status })
    }

    /// Whether a commit that has something else than its first parent differs from the others, too.
    fn touches(&self, known: &PathHistory<'_>, posting: &Posting<'_>) -> bool {
        let now = self.file(posting.new);
        self.chosen.first_parent
            || self
                .history
                .parents(posting.pos)
                .skip(1)
                .all(|parent| self.file(known.value(self.forest, parent)) != now)
    }

    /// The value, if it is something that the pathspec chooses at this path.
    fn file<'v>(&self, value: Option<Value<'v>>) -> Option<Value<'v>> {
        leaf(value).filter(|value| match value.kind {
            EntryKind::Commit => self.reach.submodules,
            _ => self.reach.files,
        })
    }
}

/// Kinds between which `--name-status` sees a change of type.
fn sort(value: Value<'_>) -> u8 {
    match value.kind {
        EntryKind::Tree => 0,
        EntryKind::Blob | EntryKind::BlobExecutable => 1,
        EntryKind::Link => 2,
        EntryKind::Commit => 3,
    }
}
