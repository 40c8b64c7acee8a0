//! What a builder hands over: the changes of a run of commits, in memory. About 12 bytes per change, and each path and
//! each value once.

use std::hash::{BuildHasher, RandomState};
use std::io;

use bstr::{BStr, ByteSlice};
use gix::hash::{Kind, oid};
use gix::hashtable::hash_table::HashTable;
use gix::objs::tree::EntryKind;

use super::layout::{NONE, kind_number};
use crate::index::ids::Pos;

/// A path, by its number in one [`Slice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathId(u32);

/// What a tree says about a path, by its number in one [`Slice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ValueId(u32);

/// One change, in the slice's numbers; [`NONE`] where a tree says nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) path: u32,
    pub(super) old: u32,
    pub(super) new: u32,
}

/// The changes of commits with adjacent positions. Commits are added in order of position; parts that were made at the
/// same time by several threads are [appended](Slice::append).
pub struct Slice {
    pub(super) kind: Kind,
    pub(super) base: u32,
    pub(super) quirks: u32,
    pub(super) unknown: Vec<u32>,
    pub(super) paths: PathTexts,
    pub(super) values: Values,
    rows: Vec<Row>,
    /// How many rows there are up to the end of each commit.
    ends: Vec<usize>,
}

impl Slice {
    /// A slice that starts at the position `base` and covers no commit yet.
    pub fn new(kind: Kind, base: Pos) -> Slice {
        Slice {
            kind,
            base: base.0,
            quirks: 0,
            unknown: Vec::new(),
            paths: PathTexts::default(),
            values: Values::new(kind),
            rows: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// The number of a path. It has no slash at the end.
    pub fn path(&mut self, path: &BStr) -> PathId {
        PathId(self.paths.intern(path))
    }

    /// The number of a value.
    pub fn value(&mut self, kind: EntryKind, id: &oid) -> ValueId {
        ValueId(self.values.intern(kind_number(kind), id.as_bytes()))
    }

    /// A change by the commit that is added next. A path can be changed only once by a commit; the order does not
    /// matter. Directories are paths, too.
    pub fn change(&mut self, path: PathId, old: Option<ValueId>, new: Option<ValueId>) {
        let number = |value: Option<ValueId>| value.map_or(NONE, |value| value.0);
        self.rows.push(Row { path: path.0, old: number(old), new: number(new) });
    }

    /// Adds the commit with the next position; its changes are those since the one before it was added.
    pub fn commit(&mut self) {
        self.ends.push(self.rows.len());
    }

    /// Adds the commit with the next position as one about which nothing is known: changes since the one before it was
    /// added are forgotten.
    pub fn unknown(&mut self) {
        self.rows.truncate(self.ends.last().copied().unwrap_or_default());
        self.unknown.push(self.base.saturating_add(self.commits()));
        self.commit();
    }

    /// Counts [quirks](super::PathHeader::quirks).
    pub fn count_quirks(&mut self, quirks: u32) {
        self.quirks = self.quirks.saturating_add(quirks);
    }

    /// How many commits it covers.
    pub fn commits(&self) -> u32 {
        self.ends.len() as u32
    }

    /// How many changes have been added.
    pub fn changes(&self) -> usize {
        self.rows.len()
    }

    /// Adds all commits of another slice.
    ///
    /// # Errors
    /// When it does not follow this one.
    pub fn append(&mut self, other: Slice) -> io::Result<()> {
        let complete = self.ends.last().copied().unwrap_or_default() == self.rows.len();
        if !complete
            || other.kind != self.kind
            || u64::from(other.base) != u64::from(self.base) + self.ends.len() as u64
        {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the slice does not follow the one before it",
            ));
        }
        let paths: Vec<u32> = (0..other.paths.len()).map(|i| self.paths.intern(other.paths.get(i))).collect();
        let values: Vec<u32> = (0..other.values.len())
            .map(|i| {
                let (kind, id) = other.values.get(i);
                self.values.intern(kind, id)
            })
            .collect();
        let value = |number: u32| values.get(number as usize).copied().unwrap_or(NONE);
        let shift = self.rows.len();
        self.rows.extend(other.rows.iter().map(|row| Row {
            path: paths[row.path as usize],
            old: value(row.old),
            new: value(row.new),
        }));
        self.ends.extend(other.ends.iter().map(|end| end + shift));
        self.unknown.extend_from_slice(&other.unknown);
        self.count_quirks(other.quirks);
        Ok(())
    }

    /// The changes of each commit, in order of position.
    pub(super) fn rows(&self) -> impl Iterator<Item = (u32, &[Row])> {
        let mut start = 0;
        self.ends.iter().enumerate().map(move |(i, end)| {
            let rows = &self.rows[start..*end];
            start = *end;
            (self.base + i as u32, rows)
        })
    }
}

/// Paths, each once.
#[derive(Default)]
pub(super) struct PathTexts {
    numbers: HashTable<u32>,
    hasher: RandomState,
    text: Vec<u8>,
    /// Where each path ends in `text`.
    ends: Vec<usize>,
}

impl PathTexts {
    fn intern(&mut self, path: &BStr) -> u32 {
        let PathTexts { numbers, hasher, text, ends } = self;
        let hash = |path: &[u8]| hasher.hash_one(path);
        if let Some(number) = numbers.find(hash(path), |number| text_at(text, ends, *number) == path) {
            return *number;
        }
        let number = ends.len() as u32;
        text.extend_from_slice(path);
        ends.push(text.len());
        numbers.insert_unique(hash(path), number, |number| hash(text_at(text, ends, *number)));
        number
    }

    pub(super) fn len(&self) -> u32 {
        self.ends.len() as u32
    }

    pub(super) fn get(&self, number: u32) -> &BStr {
        text_at(&self.text, &self.ends, number).as_bstr()
    }
}

fn text_at<'a>(text: &'a [u8], ends: &[usize], number: u32) -> &'a [u8] {
    let i = number as usize;
    let start = i.checked_sub(1).map_or(0, |before| ends[before]);
    &text[start..ends[i]]
}

/// Kinds and object names, each pair once.
pub(super) struct Values {
    numbers: HashTable<u32>,
    kinds: Vec<u8>,
    oids: Vec<u8>,
    hash_len: usize,
}

impl Values {
    pub(super) fn new(kind: Kind) -> Values {
        let hash_len = kind.len_in_bytes();
        Values { numbers: HashTable::new(), kinds: Vec::new(), oids: Vec::new(), hash_len }
    }

    fn intern(&mut self, kind: u8, id: &[u8]) -> u32 {
        let Values { numbers, kinds, oids, hash_len } = self;
        let get = |number: u32| value_at(kinds, oids, *hash_len, number);
        if let Some(number) = numbers.find(value_hash(kind, id), |number| get(*number) == (kind, id)) {
            return *number;
        }
        let number = kinds.len() as u32;
        kinds.push(kind);
        oids.extend_from_slice(id);
        numbers.insert_unique(value_hash(kind, id), number, |number| {
            let (kind, id) = value_at(kinds, oids, *hash_len, *number);
            value_hash(kind, id)
        });
        number
    }

    pub(super) fn len(&self) -> u32 {
        self.kinds.len() as u32
    }

    /// Kind and object name.
    pub(super) fn get(&self, number: u32) -> (u8, &[u8]) {
        value_at(&self.kinds, &self.oids, self.hash_len, number)
    }
}

fn value_at<'a>(kinds: &[u8], oids: &'a [u8], hash_len: usize, number: u32) -> (u8, &'a [u8]) {
    let i = number as usize;
    (kinds[i], &oids[i * hash_len..][..hash_len])
}

/// Object names are hashes already. The last bytes of this are the table's, the first its tags.
pub(super) fn value_hash(kind: u8, id: &[u8]) -> u64 {
    let word = id.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    word ^ u64::from(kind)
}
