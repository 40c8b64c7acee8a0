//! Joins adjacent path segments into one. Takes about 12 bytes of memory per path and per value of all segments: the
//! columns are written one after the other, each straight from the segments.

use std::io::{self, Seek, Write};
use std::ops::Range;

use bstr::BStr;
use gix::hashtable::hash_table::HashTable;

use super::layout::{NONE, PathHeader, tags};
use super::segment::PathSegment;
use super::slice::value_hash;
use super::table::{PathTable, range};
use super::write::too_large;
use crate::index::frame::{Damage, FileType};
use crate::index::write::{MAX_NUMBERS, SegmentWriter};

/// Writes the segments, which must follow one another, as one segment to `out`, which must be empty, and gives back
/// `out`.
///
/// # Errors
/// When it cannot be written, or when they do not follow one another or are too large for one.
pub fn merge_paths<W: Write + Seek>(segments: &[&PathSegment], out: W) -> io::Result<W> {
    let invalid = |damage: Damage| io::Error::new(io::ErrorKind::InvalidData, damage);
    let tables: Vec<PathTable<'_>> = segments.iter().map(|segment| segment.table()).collect();
    let Some((first, last)) = tables.first().zip(tables.last()) else {
        return Err(invalid(Damage::Header("there is nothing to join")));
    };
    if !tables.windows(2).all(|pair| pair[0].end == pair[1].base && pair[0].kind == pair[1].kind) {
        return Err(invalid(Damage::Header("it does not follow the segment before it")));
    }
    let (postings, values) = tables
        .iter()
        .fold((0, 0), |(postings, values), table| (postings + table.pos.len(), values + table.kinds.len()));
    if postings.max(values) > MAX_NUMBERS as usize {
        return Err(too_large("postings"));
    }

    let joined = Joined::new(&tables);
    let mut out = SegmentWriter::new(out, FileType::Paths)?;
    out.begin(tags::PTXT)?;
    joined.paths().try_for_each(|path| out.write(path))?;
    out.end()?;
    let lengths = joined.paths().map(|path| path.len() as u32);
    out.numbers(tags::POFF, sums(lengths).ok_or_else(|| too_large("paths"))?.into_iter())?;
    let starts = joined.starts();
    // Otherwise paths share postings, which only damage can bring about; and there would be no end to them.
    if starts.last() != Some(&(postings as u32)) {
        return Err(invalid(Damage::Section { tag: tags::PPST, what: "it does not list each posting once" }));
    }
    out.numbers(tags::PPST, starts.iter().copied())?;
    out.numbers(tags::QPOS, joined.rows().map(|(table, row)| tables[table].pos[row].to_native()))?;
    let values = Values::new(&joined);
    out.numbers(
        tags::QNEW,
        joined.rows().map(|(table, row)| values.number(table, tables[table].new[row].to_native())),
    )?;
    out.numbers(
        tags::QOLD,
        joined.rows().map(|(table, row)| values.number(table, tables[table].old[row].to_native())),
    )?;
    out.begin(tags::VKND)?;
    values.pairs(&tables).try_for_each(|(kind, _)| out.write(&[kind]))?;
    out.end()?;
    out.begin(tags::VOID)?;
    values.pairs(&tables).try_for_each(|(_, id)| out.write(id))?;
    out.end()?;
    let count = values.order.len() as u32;
    drop(values);

    let ends = |table: &PathTable<'_>| table.commit_starts.len();
    let mut commit_starts = Vec::with_capacity(tables.iter().map(ends).sum());
    let mut leaves = 0u32;
    for table in &tables {
        commit_starts.pop();
        commit_starts
            .extend(table.commit_starts.iter().map(|start| start.to_native().saturating_add(leaves)));
        leaves += table.leaves.len() as u32;
    }
    out.numbers(tags::CRNG, commit_starts.into_iter())?;
    out.numbers(tags::CLEF, (0..tables.len()).flat_map(|table| joined.leaves(table)))?;
    let unknown: Vec<u32> = tables.iter().flat_map(|table| table.unknown()).map(|pos| pos.0).collect();
    out.numbers(tags::UNKN, unknown.iter().copied())?;
    let header = PathHeader {
        kind: first.kind,
        commits: last.end - first.base,
        base: first.base,
        paths: starts.len() as u32 - 1,
        postings: starts.last().copied().unwrap_or_default(),
        values: count,
        leaves,
        unknown: unknown.len() as u32,
        quirks: segments.iter().fold(0u32, |sum, segment| sum.saturating_add(segment.header().quirks)),
    };
    out.finish(header.frame())
}

/// 0, and the sum of all numbers up to each. `None` when that is more than 32 bits have room for.
fn sums(numbers: impl Iterator<Item = u32>) -> Option<Vec<u32>> {
    let mut sums = vec![0u32];
    let mut sum = 0u32;
    for number in numbers {
        sum = sum.checked_add(number)?;
        sums.push(sum);
    }
    Some(sums)
}

/// A path in one of the segments.
#[derive(Clone, Copy)]
struct Member {
    table: u32,
    path: u32,
    /// Whether the member before it is the same path.
    again: bool,
}

/// The paths of all segments, in order; those of equal name in order of segment, so that the runs of their postings end
/// to end are the postings of the joined segment.
struct Joined<'t, 'a> {
    tables: &'t [PathTable<'a>],
    members: Vec<Member>,
}

impl<'t, 'a> Joined<'t, 'a> {
    fn new(tables: &'t [PathTable<'a>]) -> Joined<'t, 'a> {
        let mut members = Vec::new();
        let mut next = vec![0usize; tables.len()];
        let head = |table: usize, next: &[usize]| {
            (next[table] < tables[table].len()).then(|| tables[table].path(next[table]))
        };
        let mut heads: Vec<Option<&BStr>> = (0..tables.len()).map(|table| head(table, &next)).collect();
        while let Some(path) = heads.iter().flatten().min().copied() {
            let mut again = false;
            for table in 0..tables.len() {
                if heads[table] == Some(path) {
                    members.push(Member { table: table as u32, path: next[table] as u32, again });
                    again = true;
                    next[table] += 1;
                    heads[table] = head(table, &next);
                }
            }
        }
        Joined { tables, members }
    }

    fn paths(&self) -> impl Iterator<Item = &'a BStr> {
        let first = self.members.iter().filter(|member| !member.again);
        first.map(|member| self.tables[member.table as usize].path(member.path as usize))
    }

    /// The postings of a member in its segment.
    fn run(&self, member: &Member) -> Range<usize> {
        let table = &self.tables[member.table as usize];
        let run = range(table.starts, member.path as usize);
        // A damaged file may claim anything.
        if run.start <= run.end && run.end <= table.pos.len() { run } else { 0..0 }
    }

    /// The first posting of each path, and how many postings there are.
    fn starts(&self) -> Vec<u32> {
        let mut starts = Vec::new();
        let mut sum = 0u32;
        for member in &self.members {
            if !member.again {
                starts.push(sum);
            }
            sum = sum.saturating_add(self.run(member).len() as u32);
        }
        starts.push(sum);
        starts
    }

    /// Segment and number of each posting, in order.
    fn rows(&self) -> impl Iterator<Item = (usize, usize)> {
        self.members.iter().flat_map(|member| self.run(member).map(|row| (member.table as usize, row)))
    }

    /// The list of one segment's postings by commit, in new numbers.
    fn leaves(&self, table: usize) -> impl Iterator<Item = u32> + use<'a> {
        let columns = self.tables[table];
        let mut numbers = vec![NONE; columns.pos.len()];
        let mut number = 0u32;
        for member in &self.members {
            let run = self.run(member);
            let len = run.len() as u32;
            if member.table as usize == table {
                numbers[run].iter_mut().zip(number..).for_each(|(new, number)| *new = number);
            }
            number = number.saturating_add(len);
        }
        let leaves = columns.leaves.iter();
        leaves.map(move |old| numbers.get(old.to_native() as usize).copied().unwrap_or(NONE))
    }
}

/// The joined value table. What was one value in a segment is one value; and of equal values of one path in several
/// segments mostly one is left, as what a commit finds is what another one has left there.
struct Values {
    /// New numbers of each segment's values.
    numbers: Vec<Vec<u32>>,
    /// Segment and old number of each value.
    order: Vec<(u32, u32)>,
}

/// A hash table of more entries is not emptied but thrown away: emptying takes time in proportion to its size.
const KEEP: usize = 256;

impl Values {
    fn new(joined: &Joined<'_, '_>) -> Values {
        let tables = joined.tables;
        let mut values = Values {
            numbers: tables.iter().map(|table| vec![NONE; table.kinds.len()]).collect(),
            order: Vec::new(),
        };
        // The values of the path at hand by what they are.
        let mut known: HashTable<u32> = HashTable::new();
        for (i, member) in joined.members.iter().enumerate() {
            if !member.again {
                if known.capacity() > KEEP {
                    known = HashTable::new();
                } else {
                    known.clear();
                }
            }
            // Most paths are in one segment only, where each value is there once anyway.
            let alone = !member.again && joined.members.get(i + 1).is_none_or(|next| !next.again);
            let table = &tables[member.table as usize];
            for row in joined.run(member) {
                for old in [table.old[row].to_native(), table.new[row].to_native()] {
                    values.take(tables, member.table, old, (!alone).then_some(&mut known));
                }
            }
        }
        values
    }

    fn take(&mut self, tables: &[PathTable<'_>], table: u32, old: u32, known: Option<&mut HashTable<u32>>) {
        let Values { numbers, order } = self;
        let Some((kind, id)) = pair(tables, table, old) else { return };
        let number = &mut numbers[table as usize][old as usize];
        let new = *number == NONE;
        if let Some(known) = known {
            let hash = value_hash(kind, id);
            let same = |other: &u32| {
                let (table, old) = order[*other as usize];
                pair(tables, table, old) == Some((kind, id))
            };
            match known.find(hash, same) {
                Some(other) if new => *number = *other,
                Some(_) => {}
                None => {
                    let at = if new { order.len() as u32 } else { *number };
                    known.insert_unique(hash, at, |other| {
                        let (table, old) = order[*other as usize];
                        pair(tables, table, old).map_or(0, |(kind, id)| value_hash(kind, id))
                    });
                }
            }
        }
        if *number == NONE {
            *number = order.len() as u32;
            order.push((table, old));
        }
    }

    fn number(&self, table: usize, old: u32) -> u32 {
        self.numbers[table].get(old as usize).copied().unwrap_or(NONE)
    }

    fn pairs<'a>(&self, tables: &[PathTable<'a>]) -> impl Iterator<Item = (u8, &'a [u8])> {
        self.order.iter().filter_map(|(table, old)| pair(tables, *table, *old))
    }
}

/// Kind and object name of a value.
fn pair<'a>(tables: &[PathTable<'a>], table: u32, number: u32) -> Option<(u8, &'a [u8])> {
    let PathTable { kinds, oids, hash_len, .. } = tables[table as usize];
    let number = number as usize;
    Some((*kinds.get(number)?, &oids[number * hash_len..][..hash_len]))
}
