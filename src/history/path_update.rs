//! Keeps the path segments of the published index up with its history, makes those of newer commits in memory, and
//! compares them with trees.

use std::io::Cursor;
use std::ops::Range;

use gix::hash::Kind;

use super::build::Options;
use super::error::Error;
use super::paths::{Source, slices};
use super::update::{Target, manifest};
use super::verify::Fault;
use crate::index::manifest::Entry;
use crate::index::{
    Bytes, History, OpenIndex, PathSegment, Paths, Pos, Posting, Publisher, Reason, Slice, WriterLock,
    give_back_freed, merge_paths, write_paths,
};

/// So many path segments are joined at once, even in the middle of a build.
const MANY: usize = 32;

/// Adds to the published index what its commits have done to paths, as far as that is missing, and returns of how many
/// commits it was. Each slice is published as soon as it is finished: those stay even if this fails or is stopped
/// later. The caller holds the lock of the index.
///
/// # Errors
/// See [`Error`]. When the index itself cannot be used, or what was published just now, it is [`Error::Damage`] or
/// [`Error::Io`].
pub fn update_paths(target: &Target<'_>, lock: &WriterLock, options: &Options<'_>) -> Result<u32, Error> {
    // What the commits have been collected in.
    give_back_freed();
    let index = open(target)?;
    let history = index.history()?;
    // Path segments that cannot be used are made anew.
    let covered = index.paths().map_or(0, |paths| paths.len());
    let mut entries = index.path_entries().map(<[Entry]>::to_vec).unwrap_or_default();
    let publisher = Publisher::new(target.location, lock);
    if entries != index.manifest().paths {
        publisher.commit(&manifest(target, index.manifest().entries.clone(), entries.clone()))?;
    }
    let source = Source { history: &history, objects: target.objects, kind: target.kind };
    slices(&source, covered..history.len(), options, |slice| {
        let mut temp = publisher.temp()?;
        write_paths(&slice, temp.as_file_mut())?;
        entries.push(publisher.seal_paths(temp)?);
        publisher.commit(&manifest(target, index.manifest().entries.clone(), entries.clone()))?;
        if entries.len() >= MANY {
            entries = join(target, &publisher)?;
        }
        Ok(())
    })?;
    // What the trees have been kept in.
    give_back_freed();
    join(target, &publisher)?;
    Ok(history.len() - covered)
}

fn open(target: &Target<'_>) -> Result<OpenIndex, Error> {
    OpenIndex::open(target.location, target.kind, &target.fingerprint).map_err(|rejected| {
        match rejected.reason {
            Reason::Damage(damage) => damage.into(),
            _ => std::io::Error::other(rejected).into(),
        }
    })
}

/// Joins small segments at the end of what is published; gives the entries that are published then.
fn join(target: &Target<'_>, publisher: &Publisher<'_>) -> Result<Vec<Entry>, Error> {
    let index = open(target)?;
    let unusable = |rejected: &crate::index::Rejected| Error::Io(std::io::Error::other(rejected.to_string()));
    let segments = index.path_segments().map_err(unusable)?;
    let mut entries = index.path_entries().map_err(unusable)?.to_vec();
    let sizes: Vec<u32> = entries.iter().map(|entry| entry.commits).collect();
    let from = join_from(&sizes);
    if from + 1 >= entries.len() {
        return Ok(entries);
    }
    let segments: Vec<&PathSegment> = segments[from..].iter().collect();
    // What is copied is hashed anew, so this is the moment to notice that it has changed.
    segments.iter().try_for_each(|segment| segment.verify_hashes())?;
    let mut temp = publisher.temp()?;
    merge_paths(&segments, temp.as_file_mut())?;
    entries.truncate(from);
    entries.push(publisher.seal_paths(temp)?);
    publisher.commit(&manifest(target, index.manifest().entries.clone(), entries.clone()))?;
    Ok(entries)
}

/// From which of the segments on, given by their numbers of commits, they should be one: the first that is not at least
/// twice as large as all that follow it together. (Unlike after [`merge_from`](crate::index::merge_from), many may have
/// been added.)
fn join_from(commits: &[u32]) -> usize {
    let mut from = commits.len().saturating_sub(1);
    let mut after = 0;
    for (i, commits) in commits.iter().enumerate().rev() {
        if u64::from(*commits) < 2 * after {
            from = i;
        }
        after += u64::from(*commits);
    }
    from
}

/// What the commits from position `from` on have done to paths, in memory. `None` when there are none.
///
/// # Errors
/// [`Error::TooMany`] when there are more than [`Options::limit`]; see [`Error`].
pub fn path_overlay(
    history: &History<'_>,
    objects: &gix::OdbHandle,
    kind: Kind,
    from: u32,
    options: &Options<'_>,
) -> Result<Option<PathSegment>, Error> {
    if history.len().saturating_sub(from) > options.limit {
        return Err(Error::TooMany { limit: options.limit });
    }
    let mut whole: Option<Slice> = None;
    slices(&Source { history, objects, kind }, from..history.len(), options, |slice| {
        match &mut whole {
            Some(whole) => whole.append(slice)?,
            none => *none = Some(slice),
        }
        Ok(())
    })?;
    let Some(whole) = whole else { return Ok(None) };
    in_memory(&whole).map(Some)
}

fn in_memory(slice: &Slice) -> Result<PathSegment, Error> {
    let out = write_paths(slice, Cursor::new(Vec::new()))?;
    Ok(PathSegment::new(Bytes::copy(out.get_ref()))?)
}

/// About `commits` positions in runs, spread evenly: neighbours have most of their trees in common.
pub fn sample_runs(history: &History<'_>, commits: u32) -> Vec<Range<u32>> {
    const RUN: u32 = 64;
    let (len, runs) = (u64::from(history.len()), u64::from(commits.div_ceil(RUN).max(1)));
    if u64::from(commits) >= len {
        return std::iter::once(0..history.len()).filter(|run| !run.is_empty()).collect();
    }
    // The last run ends with the last commit.
    let start = |i: u64| (len - u64::from(RUN).min(len)) * i / (runs - 1).max(1);
    (0..runs).map(|i| start(i) as u32..(start(i) as u32).saturating_add(RUN).min(history.len())).collect()
}

/// Compares what `paths` say about the commits in `runs` with their trees, and returns how many commits those are.
/// Whatever is unknown, now or then, is not compared.
///
/// # Errors
/// The first fault.
pub fn verify_paths(
    source: (&History<'_>, &gix::OdbHandle, Kind),
    paths: &Paths<'_>,
    runs: &[Range<u32>],
    options: &Options<'_>,
) -> Result<u32, Fault> {
    let (history, objects, kind) = source;
    let total = runs.iter().map(|run| run.len() as u32).sum();
    let mut count = 0;
    let mut fault = None;
    for run in runs {
        let run = run.start..run.end.min(paths.len());
        let source = Source { history, objects, kind };
        let progress = |done, _| options.progress.iter().for_each(|tell| tell(count + done, Some(total)));
        let options = Options { progress: Some(&progress), ..*options };
        slices(&source, run.clone(), &options, |slice| {
            if fault.is_none() {
                fault = difference(paths, &in_memory(&slice)?);
            }
            Ok(())
        })?;
        if let Some(pos) = fault {
            return Err(Fault::Differs { id: history.oid(pos).to_owned(), what: "changed paths" });
        }
        count += run.len() as u32;
    }
    Ok(count)
}

/// The first commit of which `now`, just made, says something else than `paths`.
fn difference(paths: &Paths<'_>, now: &PathSegment) -> Option<Pos> {
    let table = now.table();
    let run = table.positions();
    let mut skipped: Vec<Pos> = paths.unknown().chain(table.unknown()).collect();
    skipped.sort_unstable();
    let counts = |pos: Pos| run.contains(&pos.0) && skipped.binary_search(&pos).is_err();
    let quirks = now.header().quirks > 0 && !paths.has_quirks();
    // As many postings, and each of them is there: they are the same.
    let mut balance = vec![0i64; run.len()];
    let mut weigh = |posting: Posting<'_>, weight: i64| {
        if counts(posting.pos) {
            balance[(posting.pos.0 - run.start) as usize] += weight;
        }
    };
    let overlapping = paths
        .tables()
        .iter()
        .filter(|other| other.positions().start < run.end && run.start < other.positions().end);
    overlapping
        .for_each(|other| (0..other.len()).flat_map(|i| other.postings(i)).for_each(|old| weigh(old, 1)));
    (0..table.len()).flat_map(|i| table.postings(i)).for_each(|new| weigh(new, -1));
    if let Some(at) = balance.iter().position(|weight| *weight != 0) {
        return Some(Pos(run.start + at as u32));
    }
    for i in 0..table.len() {
        let mut old = paths.postings(table.path(i)).filter(|posting| counts(posting.pos));
        for new in table.postings(i).filter(|posting| counts(posting.pos)) {
            if old.next() != Some(new) {
                return Some(new.pos);
            }
        }
    }
    let leaves_differ = |pos: &Pos| counts(*pos) && !paths.changes(*pos).eq(table.changes(*pos));
    run.clone().map(Pos).find(leaves_differ).or(quirks.then_some(Pos(run.start)))
}
