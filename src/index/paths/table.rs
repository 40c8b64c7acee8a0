//! The columns of one path segment, and how they are read.
//!
//! Numbers inside columns are checked where they are used: in a damaged file rows are missing or wrong, but a position
//! that is handed out is always one of those that the segment covers, and positions of one path always ascend.

use std::ops::Range;

use bstr::{BStr, ByteSlice};
use gix::hash::{Kind, oid};
use gix::objs::tree::EntryKind;
use rayon::prelude::*;
use rkyv::primitive::ArchivedU32;

use super::layout::number_kind;
use super::{Change, Posting, Value};
use crate::index::ids::Pos;

/// So many numbers of a column are at least worth a thread.
const PART: usize = 1 << 15;

/// The paths of one segment, in ascending order of their bytes, and their postings.
#[derive(Clone, Copy)]
pub struct PathTable<'a> {
    pub(super) kind: Kind,
    pub(super) hash_len: usize,
    pub(super) base: u32,
    /// One more than the last position.
    pub(super) end: u32,
    pub(super) len: usize,
    pub(super) text: &'a [u8],
    pub(super) offsets: &'a [ArchivedU32],
    pub(super) starts: &'a [ArchivedU32],
    pub(super) pos: &'a [ArchivedU32],
    pub(super) new: &'a [ArchivedU32],
    pub(super) old: &'a [ArchivedU32],
    pub(super) kinds: &'a [u8],
    pub(super) oids: &'a [u8],
    pub(super) commit_starts: &'a [ArchivedU32],
    pub(super) leaves: &'a [ArchivedU32],
    pub(super) unknown: &'a [ArchivedU32],
}

impl<'a> PathTable<'a> {
    pub(super) fn empty(kind: Kind) -> PathTable<'a> {
        PathTable {
            kind,
            hash_len: kind.len_in_bytes(),
            base: 0,
            end: 0,
            len: 0,
            text: &[],
            offsets: &[],
            starts: &[],
            pos: &[],
            new: &[],
            old: &[],
            kinds: &[],
            oids: &[],
            commit_starts: &[],
            leaves: &[],
            unknown: &[],
        }
    }

    /// How many paths there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when there is no path.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The positions that the segment covers.
    pub fn positions(&self) -> Range<u32> {
        self.base..self.end
    }

    /// The path with this number. Empty when there is none.
    #[inline]
    pub fn path(&self, i: usize) -> &'a BStr {
        self.text.get(range(self.offsets, i)).unwrap_or_default().as_bstr()
    }

    /// The number of a path.
    pub fn find(&self, path: &BStr) -> Option<usize> {
        let at = self.partition_point(0..self.len, |other| other < path);
        (at < self.len && self.path(at) == path).then_some(at)
    }

    /// The numbers of all paths that start with `prefix`.
    pub fn range(&self, prefix: &BStr) -> Range<usize> {
        let start = self.partition_point(0..self.len, |path| path < prefix);
        start..self.partition_point(start..self.len, |path| path.starts_with(prefix))
    }

    fn partition_point(&self, range: Range<usize>, before: impl Fn(&BStr) -> bool) -> usize {
        let Range { mut start, mut end } = range;
        while start < end {
            let middle = start + (end - start) / 2;
            if before(self.path(middle)) {
                start = middle + 1;
            } else {
                end = middle;
            }
        }
        start
    }

    /// The postings of the path with this number, in ascending order of position. None when there is no such path.
    #[inline]
    pub fn postings(&self, i: usize) -> Postings<'a> {
        let range = range(self.starts, i);
        Postings {
            pos: self.pos.get(range.clone()).unwrap_or_default(),
            new: self.new.get(range.clone()).unwrap_or_default(),
            old: self.old.get(range).unwrap_or_default(),
            values: self.values(),
            at: 0,
            allowed: self.positions(),
        }
    }

    /// What a commit did to paths that are not directories, in ascending order of path. Empty for a commit that is
    /// not covered.
    pub fn changes(&self, pos: Pos) -> impl Iterator<Item = Change<'a>> + use<'a> {
        let table = *self;
        let numbers = match pos.0.checked_sub(self.base) {
            Some(local) => self.leaves.get(range(self.commit_starts, local as usize)).unwrap_or_default(),
            None => &[],
        };
        // Postings ascend, so a path is never before the path of the posting before.
        let mut from = 0;
        numbers.iter().filter_map(move |number| {
            let number = number.to_native();
            let at = number as usize;
            if table.pos.get(at)?.to_native() != pos.0 {
                return None;
            }
            from += table.starts.get(from..)?.partition_point(|start| start.to_native() <= number);
            from = from.checked_sub(1)?;
            let values = table.values();
            let leaf = |numbers: &[ArchivedU32]| {
                values.get(numbers.get(at)?.to_native()).filter(|value| value.kind != EntryKind::Tree)
            };
            let (old, new) = (leaf(table.old), leaf(table.new));
            (old.is_some() || new.is_some()).then(|| Change { path: table.path(from), old, new })
        })
    }

    /// The postings at positions that are wanted, each with the number of its path, in ascending order of path. One pass
    /// over the positions of all postings: for few commits out of many, and all that they did to directories, too.
    pub fn postings_at(&self, wanted: impl Fn(Pos) -> bool + Sync) -> Vec<(usize, Posting<'a>)> {
        let rows = self.pos.par_iter().enumerate().with_min_len(PART);
        let rows: Vec<usize> =
            rows.filter(|(_, pos)| wanted(Pos(pos.to_native()))).map(|(row, _)| row).collect();
        self.rows(&rows)
    }

    /// The postings after which a path has a value that is wanted, in the same order. Each value is judged once; then
    /// there is one pass over the new values of all postings.
    pub fn postings_bringing(&self, wanted: impl Fn(Value<'a>) -> bool + Sync) -> Vec<(usize, Posting<'a>)> {
        let values = self.values();
        let numbers = (0..self.kinds.len()).into_par_iter().with_min_len(PART);
        let wanted: Vec<bool> =
            numbers.map(|number| values.get(number as u32).is_some_and(&wanted)).collect();
        if !wanted.contains(&true) {
            return Vec::new();
        }
        let is_wanted = |number: &ArchivedU32| wanted.get(number.to_native() as usize) == Some(&true);
        let rows = self.new.par_iter().enumerate().with_min_len(PART);
        let rows: Vec<usize> = rows.filter(|(_, number)| is_wanted(number)).map(|(row, _)| row).collect();
        self.rows(&rows)
    }

    /// Postings by their numbers, which ascend. Those that damage has put out of range are left out.
    fn rows(&self, numbers: &[usize]) -> Vec<(usize, Posting<'a>)> {
        let (values, allowed) = (self.values(), self.positions());
        let mut from = 0;
        let row = |at: &usize| {
            let at = *at;
            from += self.starts.get(from..)?.partition_point(|start| start.to_native() as usize <= at);
            // The path that starts last, and the same again for the next row.
            from = from.checked_sub(1)?;
            let pos = self.pos.get(at)?.to_native();
            let old = values.get(self.old.get(at)?.to_native());
            let new = values.get(self.new.get(at)?.to_native());
            let sound = from < self.len && allowed.contains(&pos);
            sound.then_some((from, Posting { pos: Pos(pos), old, new }))
        };
        numbers.iter().filter_map(row).collect()
    }

    /// The commits about which nothing is known, in ascending order.
    pub fn unknown(&self) -> impl Iterator<Item = Pos> + use<'a> {
        let allowed = self.positions();
        self.unknown.iter().map(|pos| pos.to_native()).filter(move |pos| allowed.contains(pos)).map(Pos)
    }

    #[inline]
    fn values(&self) -> Values<'a> {
        Values { kinds: self.kinds, oids: self.oids, hash_len: self.hash_len }
    }
}

/// The entries from the `i`th number up to the next. Empty when there are none.
#[inline]
pub(super) fn range(starts: &[ArchivedU32], i: usize) -> Range<usize> {
    match starts.get(i..).and_then(|starts| starts.get(..2)) {
        Some([start, end]) => start.to_native() as usize..end.to_native() as usize,
        _ => 0..0,
    }
}

/// The value table.
#[derive(Clone, Copy)]
struct Values<'a> {
    kinds: &'a [u8],
    oids: &'a [u8],
    hash_len: usize,
}

impl<'a> Values<'a> {
    #[inline]
    fn get(&self, number: u32) -> Option<Value<'a>> {
        let number = number as usize;
        let kind = number_kind(*self.kinds.get(number)?)?;
        let start = number * self.hash_len;
        Some(Value { kind, id: oid::from_bytes_unchecked(self.oids.get(start..start + self.hash_len)?) })
    }
}

/// The postings of one path in one segment.
#[derive(Clone)]
pub struct Postings<'a> {
    pos: &'a [ArchivedU32],
    new: &'a [ArchivedU32],
    old: &'a [ArchivedU32],
    values: Values<'a>,
    at: usize,
    /// Positions that may come.
    allowed: Range<u32>,
}

impl<'a> Iterator for Postings<'a> {
    type Item = Posting<'a>;

    #[inline]
    fn next(&mut self) -> Option<Posting<'a>> {
        loop {
            let at = self.at;
            let pos = self.pos.get(at)?.to_native();
            self.at += 1;
            if self.allowed.contains(&pos) {
                self.allowed.start = pos + 1;
                let old = self.values.get(self.old.get(at)?.to_native());
                let new = self.values.get(self.new.get(at)?.to_native());
                return Some(Posting { pos: Pos(pos), old, new });
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.pos.len() - self.at))
    }
}
