//! Writes a slice as a path segment.

use std::io::{self, Seek, Write};

use super::layout::{NONE, PathHeader, kind_number, tags};
use super::slice::Slice;
use crate::index::frame::FileType;
use crate::index::layout::check_commits;
use crate::index::write::{MAX_NUMBERS, SegmentWriter};
use gix::objs::tree::EntryKind;

/// A posting in numbers of the slice and, later, of the segment.
#[derive(Clone, Copy, Default)]
struct Row {
    pos: u32,
    new: u32,
    old: u32,
}

/// Writes `slice` to `out`, which must be empty, and gives back `out`. Takes about 30 bytes of memory per change.
///
/// # Errors
/// When it cannot be written, when there is too much for the format, or when a commit changes a path twice.
pub fn write_paths<W: Write + Seek>(slice: &Slice, out: W) -> io::Result<W> {
    check_commits(slice.base, slice.commits()).map_err(io::Error::other)?;
    let (order, starts) = dictionary(slice)?;
    let mut rows = rows(slice, &order, &starts)?;
    let tree = kind_number(EntryKind::Tree);
    let is_leaf = |number: u32| number != NONE && slice.values.get(number).0 != tree;
    let leaves: Vec<bool> = rows.iter().map(|row| is_leaf(row.old) || is_leaf(row.new)).collect();
    let (commit_starts, leaves) = by_commit(slice, &rows, &leaves);
    let values = renumber(slice, &mut rows);

    let mut out = SegmentWriter::new(out, FileType::Paths)?;
    out.begin(tags::PTXT)?;
    order.iter().try_for_each(|path| out.write(slice.paths.get(*path)))?;
    out.end()?;
    let mut end = 0u32;
    let lengths = order.iter().map(|path| slice.paths.get(*path).len() as u32);
    // The sum has been checked with the dictionary.
    out.numbers(
        tags::POFF,
        std::iter::once(0).chain(lengths.map(|len| {
            end += len;
            end
        })),
    )?;
    out.numbers(tags::PPST, starts.iter().copied())?;
    out.numbers(tags::QPOS, rows.iter().map(|row| row.pos))?;
    out.numbers(tags::QNEW, rows.iter().map(|row| row.new))?;
    out.numbers(tags::QOLD, rows.iter().map(|row| row.old))?;
    out.begin(tags::VKND)?;
    values.iter().try_for_each(|value| out.write(&[slice.values.get(*value).0]))?;
    out.end()?;
    out.begin(tags::VOID)?;
    values.iter().try_for_each(|value| out.write(slice.values.get(*value).1))?;
    out.end()?;
    out.numbers(tags::CRNG, commit_starts.iter().copied())?;
    out.numbers(tags::CLEF, leaves.iter().copied())?;
    out.numbers(tags::UNKN, slice.unknown.iter().copied())?;
    let header = PathHeader {
        kind: slice.kind,
        commits: slice.commits(),
        base: slice.base,
        paths: order.len() as u32,
        postings: rows.len() as u32,
        values: values.len() as u32,
        leaves: leaves.len() as u32,
        unknown: slice.unknown.len() as u32,
        quirks: slice.quirks,
    };
    out.finish(header.frame())
}

pub(super) fn too_large(what: &str) -> io::Error {
    io::Error::other(format!("there are too many {what} for one path segment"))
}

/// The paths that have postings, in order, and the number of the first posting of each and one more.
fn dictionary(slice: &Slice) -> io::Result<(Vec<u32>, Vec<u32>)> {
    let mut counts = vec![0u64; slice.paths.len() as usize];
    slice.rows().flat_map(|(_, rows)| rows).for_each(|row| counts[row.path as usize] += 1);
    let mut order: Vec<u32> = (0..slice.paths.len()).filter(|path| counts[*path as usize] != 0).collect();
    order.sort_unstable_by(|a, b| slice.paths.get(*a).cmp(slice.paths.get(*b)));
    if order.iter().map(|path| slice.paths.get(*path).len() as u64).sum::<u64>() > u64::from(u32::MAX) {
        return Err(too_large("paths"));
    }
    if counts.iter().sum::<u64>() > u64::from(MAX_NUMBERS) {
        return Err(too_large("postings"));
    }
    let mut starts = vec![0u32];
    let mut sum = 0;
    for path in &order {
        sum += counts[*path as usize] as u32;
        starts.push(sum);
    }
    Ok((order, starts))
}

/// The postings by path and position.
fn rows(slice: &Slice, order: &[u32], starts: &[u32]) -> io::Result<Vec<Row>> {
    // Where the next posting of each path goes.
    let mut next = vec![0u32; slice.paths.len() as usize];
    for (path, start) in order.iter().zip(starts) {
        next[*path as usize] = *start;
    }
    let mut last = vec![NONE; slice.paths.len() as usize];
    let mut sorted = vec![Row::default(); starts.last().copied().unwrap_or_default() as usize];
    for (pos, rows) in slice.rows() {
        for row in rows {
            let path = row.path as usize;
            if last[path] == pos {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "a commit changes a path twice"));
            }
            last[path] = pos;
            sorted[next[path] as usize] = Row { pos, new: row.new, old: row.old };
            next[path] += 1;
        }
    }
    Ok(sorted)
}

/// The postings that are `wanted`, by commit and then by path; first where those of each commit start and one more.
fn by_commit(slice: &Slice, rows: &[Row], wanted: &[bool]) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; slice.commits() as usize + 1];
    let chosen = || rows.iter().zip(wanted).enumerate().filter(|(_, (_, wanted))| **wanted);
    for (_, (row, _)) in chosen() {
        starts[(row.pos - slice.base) as usize + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    let mut next = starts.clone();
    let mut numbers = vec![0u32; starts.last().copied().unwrap_or_default() as usize];
    for (number, (row, _)) in chosen() {
        let next = &mut next[(row.pos - slice.base) as usize];
        numbers[*next as usize] = number as u32;
        *next += 1;
    }
    (starts, numbers)
}

/// Numbers values in the order in which postings use them, so that those of one path lie together. What no posting
/// uses is left out.
fn renumber(slice: &Slice, rows: &mut [Row]) -> Vec<u32> {
    let mut numbers = vec![NONE; slice.values.len() as usize];
    let mut order = Vec::new();
    for number in rows.iter_mut().flat_map(|row| [&mut row.old, &mut row.new]) {
        if *number == NONE {
            continue;
        }
        let known = &mut numbers[*number as usize];
        if *known == NONE {
            *known = order.len() as u32;
            order.push(*number);
        }
        *number = *known;
    }
    order
}
