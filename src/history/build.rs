//! Builds a segment of all commits that can be reached from some tips and that an existing history does not have.

use std::io::{self, Cursor, Seek, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use gix::hash::{Kind, ObjectId};
use gix::objs::Find as _;

use super::batch::Batch;
use super::collect::Collector;
use super::error::Error;
use super::parallel;
use crate::index::layout::MAX_COMMITS;
use crate::index::{Bytes, History, Segment};

/// So many commits are read one after the other before it is worth starting threads and looking at whole packs.
const ALONE: u32 = 512;
/// The same where nothing is known: more will follow, and gix keeps in memory what it touches of a pack's index.
const ALONE_AT_FIRST: u32 = 64;

/// See [`Options::path_slice`].
const PATH_SLICE: u32 = 32_768;

/// Asks git for the committer dates of the given commits (see [`Options::dates`]).
pub type Dates<'a> = &'a (dyn Fn(&[ObjectId]) -> io::Result<Vec<i64>> + Sync);

/// What a build may use and how far it may go.
pub struct Options<'a> {
    /// The committer dates, in the order of the arguments, that git uses for commits whose headers are odd.
    pub dates: Dates<'a>,
    /// At most this many new commits; more are [`Error::TooMany`].
    pub limit: u32,
    /// When to give up with [`Error::Stopped`].
    pub deadline: Option<Instant>,
    /// Set it to give up with [`Error::Stopped`].
    pub cancel: Option<&'a AtomicBool>,
    /// So many commits make a path segment, which is published as soon as it is finished.
    pub path_slice: u32,
    /// Is told now and then how many commits have been read, and of how many where that is known.
    pub progress: Option<&'a (dyn Fn(u32, Option<u32>) + Sync)>,
}

impl<'a> Options<'a> {
    /// No limits, and no progress.
    pub fn new(dates: Dates<'a>) -> Options<'a> {
        Options {
            dates,
            limit: MAX_COMMITS,
            deadline: None,
            cancel: None,
            path_slice: PATH_SLICE,
            progress: None,
        }
    }

    /// Reports progress.
    pub(super) fn report(&self, count: u32, total: Option<u32>) {
        if let Some(progress) = self.progress {
            progress(count, total);
        }
    }

    /// Reports progress, and whether to go on.
    pub(super) fn check(&self, count: u32, total: Option<u32>) -> Result<(), Error> {
        self.report(count, total);
        let late = self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if late || self.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed)) {
            return Err(Error::Stopped);
        }
        Ok(())
    }
}

/// Builds in memory; `None` when there is nothing new.
///
/// # Errors
/// See [`Error`].
pub fn build(
    objects: &gix::OdbHandle,
    kind: Kind,
    tips: &[ObjectId],
    known: &History<'_>,
    options: &Options<'_>,
) -> Result<Option<Segment>, Error> {
    let out = build_into(Cursor::new(Vec::new()), objects, kind, tips, known, options)?;
    Ok(match out {
        Some(out) => Some(Segment::new(Bytes::copy(out.get_ref()))?),
        None => None,
    })
}

/// Builds into `out`; `None` when there is nothing new.
pub(super) fn build_into<W: Write + Seek>(
    out: W,
    objects: &gix::OdbHandle,
    kind: Kind,
    tips: &[ObjectId],
    known: &History<'_>,
    options: &Options<'_>,
) -> Result<Option<W>, Error> {
    let Some(mut collector) = Collector::new(out, kind, tips, known, options)? else { return Ok(None) };
    let mut objects = objects.clone();
    // Who has replacement objects or grafts is not served from the index.
    objects.ignore_replacements = true;
    options.check(0, None)?;
    let (mut buf, mut batch) = (Vec::new(), Batch::default());
    let alone = if known.is_empty() { ALONE_AT_FIRST } else { ALONE };
    while !collector.is_complete() && collector.count() < alone {
        let Some(slot) = collector.next_wanted() else { break };
        batch.clear();
        read(&objects, kind, collector.id(slot).to_owned(), &mut buf, &mut batch)?;
        collector.take(&batch)?;
    }
    if !collector.is_complete() {
        parallel::collect(&mut collector, &objects, kind, options)?;
    }
    options.check(collector.count(), None)?;
    collector.finish().map(Some)
}

/// Reads one commit from the object database and adds it to `batch`.
pub(super) fn read(
    objects: &gix::OdbHandle,
    kind: Kind,
    id: ObjectId,
    buf: &mut Vec<u8>,
    batch: &mut Batch,
) -> Result<(), Error> {
    let raw = find(objects, id, buf)?;
    batch.push(&id, raw, kind).map_err(|what| Error::Malformed { id, what })
}

/// The bytes of a commit.
pub(super) fn find<'a>(
    objects: &gix::OdbHandle,
    id: ObjectId,
    buf: &'a mut Vec<u8>,
) -> Result<&'a [u8], Error> {
    let data = objects
        .try_find(&id, buf)
        .map_err(|err| Error::Unreadable { id, reason: err.to_string() })?
        .ok_or(Error::Missing { id })?;
    if data.kind == gix::objs::Kind::Commit { Ok(data.data) } else { Err(Error::NotACommit { id }) }
}
