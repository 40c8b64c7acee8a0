//! Brings the sums of the last report up to date with what refs reach now, at the cost of what has changed and of a pass
//! over the index's list of values.
//!
//! An object is counted once, with the first of the commits that count and that bring it, so commits that have come or
//! gone say what may have changed: the objects they bring. Who else brings those, the index is asked for all of them
//! together. That needs no set of all objects beside the index, and is exact.

use gix::ObjectId;
use gix::hash::oid;
use gix::objs::tree::EntryKind;
use rayon::prelude::*;

use super::objects::{Item, ROOT, path_number};
use super::sizes::prefix;
use super::sums::{Counted, Sort, Sums};
use crate::index::{History, Paths, Pos};

/// When more than one commit in so many has come or gone, it is quicker to count anew.
const SHARE: usize = 4;

/// Which commits were counted, and which are to be, by position.
pub(super) struct Change<'r> {
    pub(super) before: &'r [bool],
    pub(super) now: &'r [bool],
}

impl Change<'_> {
    fn was(&self, pos: Pos) -> bool {
        self.before.get(pos.index()) == Some(&true)
    }

    fn is(&self, pos: Pos) -> bool {
        self.now.get(pos.index()) == Some(&true)
    }

    fn concerns(&self, pos: Pos) -> bool {
        self.was(pos) != self.is(pos)
    }
}

/// Where an object comes first: by position, then by path, a root tree's after all others'.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct First {
    pos: Pos,
    path: u32,
}

/// An object that a commit brings which has come or gone.
struct Candidate {
    sort: Sort,
    id: ObjectId,
    before: Option<First>,
    now: Option<First>,
}

/// The sums after a change, if they can be told: not when too much has changed, when an object that is to be taken away
/// can't be read any more, or when so many of the largest have gone that it is not known which come after them. `sizes`
/// gives those of some objects.
pub(super) fn apply<'a>(
    mut sums: Sums,
    change: &Change<'_>,
    history: &History<'a>,
    paths: &Paths<'a>,
    sizes: impl FnOnce(&[&oid]) -> Option<Vec<Option<u64>>>,
) -> Option<Sums> {
    let commits: Vec<Pos> = (0..history.len()).map(Pos).filter(|pos| change.concerns(*pos)).collect();
    if commits.len() > change.now.len() / SHARE {
        return None;
    }
    let mut candidates = candidates(&commits, change, history, paths);
    look_up(&mut candidates, change, history, paths);
    candidates.retain(|candidate| candidate.before != candidate.now);
    let ids: Vec<&oid> = commits
        .iter()
        .map(|pos| history.oid(*pos))
        .chain(candidates.iter().map(|candidate| &*candidate.id))
        .collect();
    let sizes = sizes(&ids)?;
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for (pos, size) in commits.iter().zip(&sizes) {
        let list = if change.is(*pos) { &mut come } else { &mut gone };
        let id = history.oid(*pos).to_owned();
        list.push(Counted { sort: Sort::Commit, id, size: *size, pos: *pos, path: None });
    }
    for (candidate, size) in candidates.iter().zip(&sizes[commits.len()..]) {
        for (list, first) in [(&mut gone, candidate.before), (&mut come, candidate.now)] {
            list.extend(first.map(|first| candidate.counted(first, *size, paths)));
        }
    }
    if gone.iter().any(|object| object.size.is_none()) {
        return None;
    }
    let went = commits.iter().any(|pos| change.was(*pos));
    gone.iter().for_each(|object| sums.take(object, history));
    come.into_iter().for_each(|object| sums.add(object, history));
    if went {
        sums.forget_shape();
        (0..history.len()).map(Pos).filter(|pos| change.is(*pos)).for_each(|pos| sums.shape(history, pos));
    } else {
        commits.iter().for_each(|pos| sums.shape(history, *pos));
    }
    sums.are_complete().then_some(sums)
}

impl Candidate {
    fn counted(&self, first: First, size: Option<u64>, paths: &Paths<'_>) -> Counted {
        let path = Item::new(&self.id, first.pos, first.path).path(paths);
        Counted { sort: self.sort, id: self.id, size, pos: first.pos, path }
    }

    fn see(&mut self, first: First, change: &Change<'_>) {
        for (counts, known) in
            [(change.was(first.pos), &mut self.before), (change.is(first.pos), &mut self.now)]
        {
            if counts && known.is_none_or(|known| first < known) {
                *known = Some(first);
            }
        }
    }
}

/// Objects have a sort, but for submodules' commits: those are not in this repository.
fn sort(kind: EntryKind) -> Option<Sort> {
    match kind {
        EntryKind::Tree => Some(Sort::Tree),
        EntryKind::Commit => None,
        EntryKind::Blob | EntryKind::BlobExecutable | EntryKind::Link => Some(Sort::Blob),
    }
}

/// The trees and blobs that these commits bring, each once.
fn candidates<'a>(
    commits: &[Pos],
    change: &Change<'_>,
    history: &History<'a>,
    paths: &Paths<'a>,
) -> Vec<Candidate> {
    let mut found: Vec<(Sort, &'a oid)> =
        commits.iter().map(|pos| (Sort::Tree, history.tree(*pos))).collect();
    let (first, last) = (commits.first().copied(), commits.last().copied());
    for table in paths.tables() {
        let positions = table.positions();
        if first.is_none_or(|pos| pos.0 >= positions.end) || last.is_none_or(|pos| pos.0 < positions.start) {
            continue;
        }
        let brought = table.postings_at(|pos| change.concerns(pos));
        found.extend(
            brought.iter().filter_map(|(_, posting)| Some((sort(posting.new?.kind)?, posting.new?.id))),
        );
    }
    found.sort_unstable();
    found.dedup();
    found
        .into_iter()
        .map(|(sort, id)| Candidate { sort, id: id.to_owned(), before: None, now: None })
        .collect()
}

/// Finds out for each candidate which commit brings it first, among those that were counted and those that are.
fn look_up(candidates: &mut [Candidate], change: &Change<'_>, history: &History<'_>, paths: &Paths<'_>) {
    let wanted = Wanted::new(candidates);
    let mut seen: Vec<(usize, First)> = Vec::new();
    for (number, table) in paths.tables().iter().enumerate() {
        let candidate = |kind, id| wanted.find(sort(kind)?, id);
        let brought = table.postings_bringing(|value| candidate(value.kind, value.id).is_some());
        seen.extend(brought.iter().filter_map(|(at, posting)| {
            let (value, path) = (posting.new?, path_number(number, *at)?);
            Some((candidate(value.kind, value.id)?, First { pos: posting.pos, path }))
        }));
    }
    let roots = (0..history.len()).into_par_iter().with_min_len(1 << 14).filter_map(|pos| {
        let pos = Pos(pos);
        Some((wanted.find(Sort::Tree, history.tree(pos))?, First { pos, path: ROOT }))
    });
    seen.par_extend(roots);
    for (candidate, first) in seen {
        candidates[candidate].see(first, change);
    }
}

/// Finds candidates by name, and says quickly of nearly all other objects that they are none.
struct Wanted {
    filter: Vec<u64>,
    trees: gix::hashtable::HashMap<ObjectId, usize>,
    blobs: gix::hashtable::HashMap<ObjectId, usize>,
}

impl Wanted {
    fn new(candidates: &[Candidate]) -> Wanted {
        // One bit in 32 or less is set.
        let words = (candidates.len() / 2).next_power_of_two().max(64);
        let mut wanted =
            Wanted { filter: vec![0; words], trees: Default::default(), blobs: Default::default() };
        for (at, candidate) in candidates.iter().enumerate() {
            let (word, bit) = wanted.place(&candidate.id);
            wanted.filter[word] |= bit;
            let list = if candidate.sort == Sort::Tree { &mut wanted.trees } else { &mut wanted.blobs };
            list.insert(candidate.id, at);
        }
        wanted
    }

    fn place(&self, id: &oid) -> (usize, u64) {
        let prefix = prefix(id);
        ((prefix >> 6) as usize & (self.filter.len() - 1), 1 << (prefix & 63))
    }

    fn find(&self, sort: Sort, id: &oid) -> Option<usize> {
        let (word, bit) = self.place(id);
        if self.filter[word] & bit == 0 {
            return None;
        }
        if sort == Sort::Tree { self.trees.get(id) } else { self.blobs.get(id) }.copied()
    }
}
