//! Changes of neighbouring commits, in memory: flat columns and a table of paths.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use bstr::{BStr, ByteSlice};
use gix::hash::oid;
use gix::hashtable::hash_table::HashTable;
use gix::objs::tree::EntryKind;

/// The number of a path in [`Paths`].
pub(super) type PathId = u32;
/// In place of a directory's number: the root of the tree.
pub(super) const ROOT: PathId = PathId::MAX;

/// Paths, each once. A path comes after its directory.
#[derive(Default)]
pub(super) struct PathTable {
    bytes: Vec<u8>,
    /// Where each path ends in `bytes`.
    ends: Vec<usize>,
    parents: Vec<PathId>,
    by_name: HashTable<PathId>,
    hasher: RandomState,
}

impl PathTable {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn path(&self, id: PathId) -> &BStr {
        let start = (id as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        self.bytes[start..self.ends[id as usize]].as_bstr()
    }

    /// The directory of a path, and its name there.
    fn split(&self, id: PathId) -> (PathId, &[u8]) {
        let parent = self.parents[id as usize];
        let skip = if parent == ROOT { 0 } else { self.path(parent).len() + 1 };
        (parent, &self.path(id)[skip..])
    }

    fn hash(hasher: &RandomState, parent: PathId, name: &[u8]) -> u64 {
        let mut hasher = hasher.build_hasher();
        hasher.write_u32(parent);
        hasher.write(name);
        hasher.finish()
    }

    /// The number of the path of `name` in a directory.
    pub(super) fn intern(&mut self, parent: PathId, name: &[u8]) -> PathId {
        let hash = Self::hash(&self.hasher, parent, name);
        if let Some(id) = self.by_name.find(hash, |id| self.split(*id) == (parent, name)) {
            return *id;
        }
        let id = self.ends.len() as PathId;
        if parent != ROOT {
            let end = self.ends[parent as usize];
            let start = end - self.path(parent).len();
            self.bytes.extend_from_within(start..end);
            self.bytes.push(b'/');
        }
        self.bytes.extend_from_slice(name);
        self.ends.push(self.bytes.len());
        self.parents.push(parent);
        let (ends, bytes, parents, hasher) = (&self.ends, &self.bytes, &self.parents, &self.hasher);
        self.by_name.insert_unique(hash, id, |id| {
            let path = |id: PathId| {
                let start = (id as usize).checked_sub(1).map_or(0, |before| ends[before]);
                &bytes[start..ends[id as usize]]
            };
            let parent = parents[*id as usize];
            let skip = if parent == ROOT { 0 } else { path(parent).len() + 1 };
            Self::hash(hasher, parent, &path(*id)[skip..])
        });
        id
    }
}

/// An entry of a tree: its kind, and which of [`Rows::ids`] it has.
pub(super) type Side = Option<(EntryKind, u32)>;

/// A path that a commit changes.
#[derive(Clone, Copy)]
pub(super) struct Change {
    pub(super) path: PathId,
    pub(super) old: Side,
    pub(super) new: Side,
}

/// What a run of commits change.
pub(super) struct Rows {
    hash_len: usize,
    pub(super) paths: PathTable,
    pub(super) changes: Vec<Change>,
    /// Object names, end to end.
    ids: Vec<u8>,
    /// For each commit where its changes end; those before the first begin at 0. The top bit: they are unknown.
    ends: Vec<u32>,
    /// How often a tree was not as git writes it, though readable.
    pub(super) quirks: u32,
}

/// In [`Rows::ends`].
const UNKNOWN: u32 = 1 << 31;

impl Rows {
    pub(super) fn new(hash_len: usize) -> Rows {
        Rows {
            hash_len,
            paths: PathTable::default(),
            changes: Vec::new(),
            ids: Vec::new(),
            ends: Vec::new(),
            quirks: 0,
        }
    }

    /// How many commits there are.
    pub(super) fn len(&self) -> u32 {
        self.ends.len() as u32
    }

    fn start(&self, i: usize) -> usize {
        i.checked_sub(1).map_or(0, |before| (self.ends[before] & !UNKNOWN) as usize)
    }

    /// The changes of the `i`th commit, by path; `None` when they are unknown.
    pub(super) fn row(&self, i: usize) -> Option<&[Change]> {
        let end = self.ends[i];
        (end & UNKNOWN == 0).then(|| &self.changes[self.start(i)..end as usize])
    }

    pub(super) fn id(&self, number: u32) -> &oid {
        oid::from_bytes_unchecked(&self.ids[number as usize * self.hash_len..][..self.hash_len])
    }

    /// Adds an object name.
    pub(super) fn add_id(&mut self, id: &[u8]) -> u32 {
        let number = self.ids.len() / self.hash_len;
        self.ids.extend_from_slice(id);
        number as u32
    }

    /// How many changes the commit has that is being added.
    pub(super) fn open_row(&self) -> usize {
        self.changes.len() - self.start(self.ends.len())
    }

    /// Ends the commit that is being added: sorts its changes, and makes one of the end of a file and the beginning
    /// of a directory of the same name. It is unknown unless it is `known` and no path has changed in any other way
    /// twice.
    pub(super) fn end_row(&mut self, known: bool) {
        let start = self.start(self.ends.len());
        if known && self.settle(start).is_some() {
            self.ends.push(self.changes.len() as u32);
        } else {
            self.changes.truncate(start);
            self.ends.push(start as u32 | UNKNOWN);
        }
    }

    fn settle(&mut self, start: usize) -> Option<()> {
        let row = self.changes.get_mut(start..)?;
        row.sort_unstable_by(|a, b| self.paths.path(a.path).cmp(self.paths.path(b.path)));
        let mut to = start;
        for from in start..self.changes.len() {
            let change = self.changes[from];
            if to > start && self.changes[to - 1].path == change.path {
                let before = &mut self.changes[to - 1];
                match (before.old, before.new, change.old, change.new) {
                    (None, Some(_), Some(_), None) => before.old = change.old,
                    (Some(_), None, None, Some(_)) => before.new = change.new,
                    _ => return None,
                }
            } else {
                self.changes[to] = change;
                to += 1;
            }
        }
        self.changes.truncate(to);
        Some(())
    }

    /// Adds the commits of `other`, which follow.
    pub(super) fn append(&mut self, other: &Rows) {
        let mut numbers: Vec<PathId> = Vec::with_capacity(other.paths.len());
        for id in 0..other.paths.len() as PathId {
            let (parent, name) = other.paths.split(id);
            let parent = if parent == ROOT { ROOT } else { numbers[parent as usize] };
            numbers.push(self.paths.intern(parent, name));
        }
        let ids = (self.ids.len() / self.hash_len) as u32;
        let side = |side: Side| side.map(|(kind, id)| (kind, id + ids));
        let changes = self.changes.len() as u32;
        self.changes.extend(other.changes.iter().map(|change| Change {
            path: numbers[change.path as usize],
            old: side(change.old),
            new: side(change.new),
        }));
        self.ids.extend_from_slice(&other.ids);
        self.ends.extend(other.ends.iter().map(|end| end + changes));
        self.quirks = self.quirks.saturating_add(other.quirks);
    }
}
