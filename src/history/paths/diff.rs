//! Compares two trees, entry by entry, and the subtrees that differ.
//!
//! Entries that are the same need not be understood: the trees are compared as bytes, and taken apart only where
//! they differ. That suffices for finding whatever is odd about an entry or the order of entries, too: it differs
//! from the first parent's tree in the commit that brings it in.

use std::cmp;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use bstr::ByteSlice;
use gix::hash::{Kind, ObjectId, oid};

use super::tree::{Entry, check, first, first_len};
use super::trees::Trees;
use crate::index::{PathId, Slice, ValueId};

/// A commit that changes more than this is left alone (its changes are unknown): trees can be made that have more
/// paths than anybody has memory.
const MAX_CHANGES: usize = if cfg!(test) { 1 << 14 } else { 4 << 20 };
/// Longer paths are left alone, too: trees can be as deep as anybody likes.
const MAX_PATH: usize = 1 << 16;

/// The changes cannot be told.
struct Unknown;

/// A directory that is yet to be looked into.
struct Pending {
    /// Its path in [`Differ::dirs`].
    path: Range<usize>,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
}

/// A path that differs.
#[derive(Clone, Copy)]
struct Change {
    path: PathId,
    old: Option<ValueId>,
    new: Option<ValueId>,
}

/// Compares trees, and collects what it finds in a slice.
pub(super) struct Differ<'a> {
    hash_len: usize,
    empty_tree: ObjectId,
    pub(super) slice: Slice,
    /// Set when nobody waits for the result any more.
    stop: &'a AtomicBool,
    /// Of the commit that is compared: the directories that are yet to be looked into and their paths, each with a
    /// slash at its end; the changes; the odd entries.
    pending: Vec<Pending>,
    dirs: Vec<u8>,
    changes: Vec<Change>,
    quirks: u32,
    path: Vec<u8>,
}

impl<'a> Differ<'a> {
    pub(super) fn new(kind: Kind, slice: Slice, stop: &'a AtomicBool) -> Differ<'a> {
        Differ {
            hash_len: kind.len_in_bytes(),
            empty_tree: ObjectId::empty_tree(kind),
            slice,
            stop,
            pending: Vec::new(),
            dirs: Vec::new(),
            changes: Vec::new(),
            quirks: 0,
            path: Vec::new(),
        }
    }

    /// Adds to the slice a commit whose tree is `new` and whose first parent's is `old`.
    pub(super) fn commit(&mut self, trees: &mut Trees<'_>, old: Option<&oid>, new: &oid) {
        self.pending.clear();
        self.dirs.clear();
        self.changes.clear();
        self.quirks = 0;
        if old != Some(new) {
            self.pending.push(Pending { path: 0..0, old: old.map(oid::to_owned), new: Some(new.to_owned()) });
        }
        match self.compare(trees).and_then(|()| self.settle()) {
            Ok(()) => {
                for Change { path, old, new } in self.changes.drain(..) {
                    self.slice.change(path, old, new);
                }
                self.slice.count_quirks(self.quirks);
                self.slice.commit();
            }
            Err(Unknown) => self.slice.unknown(),
        }
    }

    fn compare(&mut self, trees: &mut Trees<'_>) -> Result<(), Unknown> {
        while let Some(Pending { path, old, new }) = self.pending.pop() {
            let much = self.changes.len() > MAX_CHANGES || path.len() > MAX_PATH;
            if much || self.stop.load(Ordering::Relaxed) {
                return Err(Unknown);
            }
            let mut load = |id: Option<ObjectId>| match id {
                Some(id) => trees.load(&id).map(Some).ok_or(Unknown),
                None => Ok(None),
            };
            match (load(old)?, load(new)?) {
                (Some(old), Some(new)) => self.pair(path, &old, &new)?,
                (Some(old), None) => self.whole(path, &old, false)?,
                (None, Some(new)) => self.whole(path, &new, true)?,
                (None, None) => {}
            }
        }
        Ok(())
    }

    /// Makes one change of the end of a file and the beginning of a directory of the same name, or the other way
    /// round. Nothing else can happen to a path twice, if trees are in order.
    fn settle(&mut self) -> Result<(), Unknown> {
        let changes = &mut self.changes;
        changes.sort_unstable_by_key(|change| change.path);
        let mut to = 0;
        for from in 0..changes.len() {
            let change = changes[from];
            match changes[..to].last_mut().filter(|before| before.path == change.path) {
                None => {
                    changes[to] = change;
                    to += 1;
                }
                Some(before) => match (before.old, before.new, change.old, change.new) {
                    (None, Some(_), Some(_), None) => before.old = change.old,
                    (Some(_), None, None, Some(_)) => before.new = change.new,
                    _ => return Err(Unknown),
                },
            }
        }
        changes.truncate(to);
        Ok(())
    }

    /// All entries of a tree that has no counterpart.
    fn whole(&mut self, dir: Range<usize>, tree: &[u8], new: bool) -> Result<(), Unknown> {
        if !check(tree, self.hash_len) {
            return Err(Unknown);
        }
        let mut rest = tree;
        while !rest.is_empty() {
            let entry = first(rest, self.hash_len).ok_or(Unknown)?;
            rest = &rest[entry.len..];
            let (before, after) = if new { (None, Some(entry)) } else { (Some(entry), None) };
            self.change(dir.clone(), before, after);
        }
        Ok(())
    }

    fn pair(&mut self, dir: Range<usize>, old: &[u8], new: &[u8]) -> Result<(), Unknown> {
        let (mut a, mut b) = (old, new);
        let mut added = false;
        loop {
            let same = self.same_entries(a, b)?;
            (a, b) = (&a[same..], &b[same..]);
            let entry = |rest| first(rest, self.hash_len).ok_or(Unknown);
            let (before, after) = match (a.is_empty(), b.is_empty()) {
                (true, true) => break,
                (false, true) => (Some(entry(a)?), None),
                (true, false) => (None, Some(entry(b)?)),
                (false, false) => {
                    let (before, after) = (entry(a)?, entry(b)?);
                    match before.order(&after) {
                        cmp::Ordering::Less => (Some(before), None),
                        cmp::Ordering::Equal => (Some(before), Some(after)),
                        cmp::Ordering::Greater => (None, Some(after)),
                    }
                }
            };
            a = &a[before.map_or(0, |entry| entry.len)..];
            b = &b[after.map_or(0, |entry| entry.len)..];
            added |= before.is_none();
            self.change(dir.clone(), before, after);
        }
        // Only a new entry can be in the wrong place or have a name that is taken.
        if added && !check(new, self.hash_len) { Err(Unknown) } else { Ok(()) }
    }

    /// How many bytes at the beginning are the same entries.
    fn same_entries(&self, a: &[u8], b: &[u8]) -> Result<usize, Unknown> {
        let same = common_prefix(a, b);
        if same == a.len() && same == b.len() {
            return Ok(same);
        }
        let mut at = 0;
        while at < same {
            let len = first_len(&a[at..], self.hash_len).ok_or(Unknown)?;
            if at + len > same {
                break;
            }
            at += len;
        }
        Ok(at)
    }

    /// Notes that an entry differs. If there are two, they have the same name, and both or none are trees.
    fn change(&mut self, dir: Range<usize>, old: Option<Entry<'_>>, new: Option<Entry<'_>>) {
        if let Some(new) = new {
            // A tree without any file has the empty tree in it, however deep.
            let hollow = new.is_tree() && new.id == self.empty_tree.as_bytes();
            self.quirks = self.quirks.saturating_add(u32::from(hollow || !new.canonical));
            if old.is_some_and(|old| old.kind == new.kind && old.id == new.id) {
                return;
            }
        }
        let Some(entry) = new.or(old) else { return };
        self.path.clear();
        self.path.extend_from_slice(&self.dirs[dir]);
        self.path.extend_from_slice(entry.name);
        let path = self.slice.path(self.path.as_bstr());
        let mut value =
            |entry: Option<Entry<'_>>| entry.map(|entry| self.slice.value(entry.kind, entry.id()));
        let (before, after) = (value(old), value(new));
        self.changes.push(Change { path, old: before, new: after });
        if entry.is_tree() {
            let start = self.dirs.len();
            self.dirs.extend_from_slice(&self.path);
            self.dirs.push(b'/');
            let id = |entry: Option<Entry<'_>>| entry.map(|entry| entry.id().to_owned());
            self.pending.push(Pending { path: start..self.dirs.len(), old: id(old), new: id(new) });
        }
    }
}

/// How many bytes at the beginning are the same.
fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    const BLOCK: usize = 64;
    let (a_blocks, b_blocks) = (a.as_chunks::<BLOCK>().0, b.as_chunks::<BLOCK>().0);
    let start = BLOCK * a_blocks.iter().zip(b_blocks).take_while(|(a, b)| a == b).count();
    start + a[start..].iter().zip(&b[start..]).take_while(|(a, b)| a == b).count()
}
