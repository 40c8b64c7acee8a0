//! Builds a segment of all commits that can be reached from some tips and that an existing history does not have.

use std::io::{self, Cursor, Seek, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use gix::hash::{Kind, ObjectId};
use gix::objs::Find as _;

use super::decode::split;
use super::error::Error;
use super::records::{Fields, Records, State};
use crate::index::layout::{MAX_COMMITS, tags};
use crate::index::{Bytes, History, Segment, SegmentWriter};

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
    /// Is told now and then how many commits have been read.
    pub progress: Option<&'a (dyn Fn(u32) + Sync)>,
}

impl<'a> Options<'a> {
    /// No limits, and no progress.
    pub fn new(dates: Dates<'a>) -> Options<'a> {
        Options { dates, limit: MAX_COMMITS, deadline: None, cancel: None, progress: None }
    }

    fn check(&self) -> Result<(), Error> {
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
fn build_into<W: Write + Seek>(
    out: W,
    objects: &gix::OdbHandle,
    kind: Kind,
    tips: &[ObjectId],
    known: &History<'_>,
    options: &Options<'_>,
) -> Result<Option<W>, Error> {
    let mut records = Records::new(kind);
    let mut stack = Vec::new();
    for tip in tips {
        let (slot, new) = records.hear_of(tip, known);
        if new && records.state(slot) == State::Needed {
            stack.push(slot);
        }
    }
    if stack.is_empty() {
        return Ok(None);
    }
    let mut out = SegmentWriter::new(out)?;
    out.begin(tags::TEXT)?;
    let mut objects = objects.clone();
    objects.ignore_replacements = true;
    let mut buf = Vec::new();
    let mut text_offset = 0u64;
    let mut count = 0u32;
    while let Some(slot) = stack.pop() {
        if count % 1024 == 0 {
            options.check()?;
        }
        count += 1;
        if count > options.limit {
            return Err(Error::TooMany { limit: options.limit });
        }
        let id = records.id(slot).to_owned();
        let data = objects
            .try_find(&id, &mut buf)
            .map_err(|err| Error::Unreadable { id, reason: err.to_string() })?
            .ok_or(Error::Missing { id })?;
        if data.kind != gix::objs::Kind::Commit {
            return Err(Error::NotACommit { id });
        }
        let commit = split(data.data, kind).map_err(|what| Error::Malformed { id, what })?;
        let mut parents = Vec::new();
        for parent in &commit.parents {
            let (slot, new) = records.hear_of(parent, known);
            if new && records.state(slot) == State::Needed {
                stack.push(slot);
            }
            parents.push(slot);
        }
        out.write(commit.extra)?;
        out.write(commit.message)?;
        let mut fields = Fields {
            tree: commit.tree,
            author: 0,
            committer: 0,
            author_time: 0,
            committer_time: 0,
            author_zone: 0,
            committer_zone: 0,
            flags: commit.flags,
            text_offset,
            extra_len: commit.extra.len() as u32,
            message_len: commit.message.len() as u32,
        };
        text_offset += (commit.extra.len() + commit.message.len()) as u64;
        if let Some((author, committer)) = commit.people {
            fields.author = records.identities.intern(author.name, author.email);
            fields.committer = records.identities.intern(committer.name, committer.email);
            (fields.author_time, fields.author_zone) = (author.seconds, author.zone);
            (fields.committer_time, fields.committer_zone) = (committer.seconds, committer.zone);
        }
        records.fill(slot, fields, &parents);
    }
    out.end();
    let odd: Vec<u32> = records.odd().collect();
    if !odd.is_empty() {
        let ids: Vec<ObjectId> = odd.iter().map(|slot| records.id(*slot).to_owned()).collect();
        let dates = (options.dates)(&ids)?;
        for (i, slot) in odd.iter().enumerate() {
            let date = dates.get(i).ok_or_else(|| Error::NoDate { id: ids[i] })?;
            records.set_date(*slot, *date);
        }
    }
    Ok(Some(records.write(out, known)?))
}
