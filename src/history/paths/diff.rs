//! Compares two trees, entry by entry, and the subtrees that differ.
//!
//! Entries that are the same need not be understood: the trees are compared as bytes, and taken apart only where
//! they differ. That suffices for finding whatever is odd about an entry or the order of entries, too: it differs
//! from the first parent's tree in the commit that brings it in.

use std::cmp::Ordering;

use gix::hash::{Kind, ObjectId, oid};

use super::rows::{Change, PathId, ROOT, Rows, Side};
use super::tree::{Entry, check, first, first_len};
use super::trees::Trees;

/// A commit that changes more than this is left alone (its changes are unknown): trees can be made that have more
/// paths than anybody has memory.
const MAX_CHANGES: usize = 4 << 20;
/// Longer paths are left alone, too: trees can be as deep as anybody likes.
const MAX_PATH: usize = 1 << 16;

/// The changes cannot be told.
pub(super) struct Unknown;

/// A directory that is yet to be looked into.
struct Pending {
    path: PathId,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
}

/// Compares trees.
pub(super) struct Differ {
    hash_len: usize,
    empty_tree: ObjectId,
    pending: Vec<Pending>,
}

impl Differ {
    pub(super) fn new(kind: Kind) -> Differ {
        Differ {
            hash_len: kind.len_in_bytes(),
            empty_tree: ObjectId::empty_tree(kind),
            pending: Vec::new(),
        }
    }

    /// Adds to `rows` a commit whose tree is `new` and whose first parent's is `old`.
    pub(super) fn commit(&mut self, trees: &mut Trees, old: Option<&oid>, new: &oid, rows: &mut Rows) {
        self.pending.clear();
        if old != Some(new) {
            self.pending.push(Pending { path: ROOT, old: old.map(oid::to_owned), new: Some(new.to_owned()) });
        }
        let quirks = rows.quirks;
        let done = self.run(trees, rows);
        if done.is_err() {
            rows.quirks = quirks;
        }
        rows.end_row(done.is_ok());
    }

    fn run(&mut self, trees: &mut Trees, rows: &mut Rows) -> Result<(), Unknown> {
        while let Some(Pending { path, old, new }) = self.pending.pop() {
            if rows.open_row() > MAX_CHANGES || path != ROOT && rows.paths.path(path).len() > MAX_PATH {
                return Err(Unknown);
            }
            let mut load = |id: Option<ObjectId>| match id {
                Some(id) => trees.load(&id).map(Some).ok_or(Unknown),
                None => Ok(None),
            };
            match (load(old)?, load(new)?) {
                (Some(old), Some(new)) => self.pair(path, &old, &new, rows)?,
                (Some(old), None) => self.whole(path, &old, false, rows)?,
                (None, Some(new)) => self.whole(path, &new, true, rows)?,
                (None, None) => {}
            }
        }
        Ok(())
    }

    /// All entries of a tree that has no counterpart.
    fn whole(&mut self, dir: PathId, tree: &[u8], new: bool, rows: &mut Rows) -> Result<(), Unknown> {
        if !check(tree, self.hash_len) {
            return Err(Unknown);
        }
        let mut rest = tree;
        while !rest.is_empty() {
            let entry = first(rest, self.hash_len).ok_or(Unknown)?;
            rest = &rest[entry.len..];
            let (before, after) = if new { (None, Some(entry)) } else { (Some(entry), None) };
            self.change(dir, before, after, rows);
        }
        Ok(())
    }

    fn pair(&mut self, dir: PathId, old: &[u8], new: &[u8], rows: &mut Rows) -> Result<(), Unknown> {
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
                        Ordering::Less => (Some(before), None),
                        Ordering::Equal => (Some(before), Some(after)),
                        Ordering::Greater => (None, Some(after)),
                    }
                }
            };
            a = &a[before.map_or(0, |entry| entry.len)..];
            b = &b[after.map_or(0, |entry| entry.len)..];
            added |= before.is_none();
            self.change(dir, before, after, rows);
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

    /// Notes that an entry differs. Both, if there are two, have the same name, and both or none are trees.
    fn change(&mut self, dir: PathId, old: Option<Entry<'_>>, new: Option<Entry<'_>>, rows: &mut Rows) {
        if let Some(new) = new {
            // A tree without any file has the empty tree in it, however deep.
            let hollow = new.is_tree() && new.id == self.empty_tree.as_bytes();
            rows.quirks = rows.quirks.saturating_add(u32::from(hollow || !new.canonical));
            if old.is_some_and(|old| old.kind == new.kind && old.id == new.id) {
                return;
            }
        }
        let Some(entry) = new.or(old) else { return };
        let path = rows.paths.intern(dir, entry.name);
        let mut side = |entry: Option<Entry<'_>>| -> Side {
            entry.map(|entry| (entry.kind, rows.add_id(entry.id)))
        };
        let (before, after) = (side(old), side(new));
        rows.changes.push(Change { path, old: before, new: after });
        if entry.is_tree() {
            let id = |entry: Option<Entry<'_>>| {
                entry.map(|entry| oid::from_bytes_unchecked(entry.id).to_owned())
            };
            self.pending.push(Pending { path, old: id(old), new: id(new) });
        }
    }
}

/// How many bytes at the beginning are the same.
fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    const BLOCK: usize = 128;
    let blocks = a.chunks_exact(BLOCK).zip(b.chunks_exact(BLOCK)).take_while(|(a, b)| a == b).count();
    let start = blocks * BLOCK;
    start + a[start..].iter().zip(&b[start..]).take_while(|(a, b)| a == b).count()
}
