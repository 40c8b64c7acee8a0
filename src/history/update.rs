//! Brings the published index up to date, or builds what is missing in memory.

use gix::hash::{Kind, ObjectId};

use super::build::{Options, build, build_into};
use super::error::Error;
use crate::index::manifest::Entry;
use crate::index::{
    Bytes, History, Location, Manifest, OpenIndex, Publisher, Rejected, Segment, WriterLock, merge,
    merge_from,
};

/// The index to update, and what it is to be filled from.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    /// Where the index is.
    pub location: &'a Location,
    /// The object database.
    pub objects: &'a gix::OdbHandle,
    /// The object format.
    pub kind: Kind,
    /// See [`Manifest::fingerprint`].
    pub fingerprint: [u8; 32],
}

/// What an update did.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing: the index has all commits that the tips reach.
    Current,
    /// Added commits.
    Appended {
        /// How many.
        commits: u32,
        /// How many of the segments that were there have been joined with the new one.
        joined: usize,
    },
    /// Built the whole index.
    Rebuilt {
        /// How many commits it has.
        commits: u32,
        /// Why the one that was there could not be used.
        why: Option<Rejected>,
    },
}

/// Adds to the index what `tips` reach; builds it anew when there is none or when it is rejected. Nothing is
/// published when it fails. The caller holds the lock of the index.
///
/// # Errors
/// See [`Error`].
pub fn update(
    target: &Target<'_>,
    lock: &WriterLock,
    tips: &[ObjectId],
    options: &Options<'_>,
) -> Result<Outcome, Error> {
    match OpenIndex::open(target.location, target.kind, &target.fingerprint) {
        Ok(index) => match append(target, &index, lock, tips, options) {
            Err(Error::Damage(damage)) => {
                let why = Rejected { path: target.location.dir.clone(), reason: damage.into() };
                fresh(target, lock, tips, options, Some(why))
            }
            other => other,
        },
        Err(why) => fresh(target, lock, tips, options, Some(why)),
    }
}

/// Builds the index anew from what `tips` reach, whatever is there.
///
/// # Errors
/// See [`Error`].
pub fn rebuild(
    target: &Target<'_>,
    lock: &WriterLock,
    tips: &[ObjectId],
    options: &Options<'_>,
) -> Result<Outcome, Error> {
    fresh(target, lock, tips, options, None)
}

fn fresh(
    target: &Target<'_>,
    lock: &WriterLock,
    tips: &[ObjectId],
    options: &Options<'_>,
    why: Option<Rejected>,
) -> Result<Outcome, Error> {
    let publisher = Publisher::new(target.location, lock);
    let mut temp = publisher.temp()?;
    let nothing = History::new([])?;
    let built =
        build_into(temp.as_file_mut(), target.objects, target.kind, tips, &nothing, options)?.is_some();
    let entries = if built { vec![publisher.seal(temp)?] } else { Vec::new() };
    let commits = entries.iter().map(|entry| entry.commits).sum();
    publisher.commit(&manifest(target, entries, Vec::new()))?;
    Ok(Outcome::Rebuilt { commits, why })
}

fn append(
    target: &Target<'_>,
    index: &OpenIndex,
    lock: &WriterLock,
    tips: &[ObjectId],
    options: &Options<'_>,
) -> Result<Outcome, Error> {
    let publisher = Publisher::new(target.location, lock);
    let mut temp = publisher.temp()?;
    let history = index.history()?;
    // Positions stay, so what is known about their paths does, too. Path segments that cannot be used are forgotten.
    let paths = index.path_entries().map(<[Entry]>::to_vec).unwrap_or_default();
    if build_into(temp.as_file_mut(), target.objects, target.kind, tips, &history, options)?.is_none() {
        let now = manifest(target, index.manifest().entries.clone(), paths);
        if index.restamped() || now != *index.manifest() {
            publisher.commit(&now)?;
        }
        return Ok(Outcome::Current);
    }
    let new = Segment::new(Bytes::map(temp.as_file())?)?;
    let commits = new.header().commits;
    let mut entries: Vec<Entry> = index.manifest().entries.clone();
    let sizes: Vec<u32> = entries.iter().map(|entry| entry.commits).chain([commits]).collect();
    let from = merge_from(&sizes);
    let joined = entries.len() - from;
    if joined > 0 {
        let segments: Vec<&Segment> = index.segments()[from..].iter().chain([&new]).collect();
        // What is copied is hashed anew, so this is the moment to notice that it has changed.
        for segment in &segments[..joined] {
            segment.verify_hashes()?;
        }
        let mut whole = publisher.temp()?;
        merge(&segments, whole.as_file_mut())?;
        temp = whole;
    }
    entries.truncate(from);
    entries.push(publisher.seal(temp)?);
    publisher.commit(&manifest(target, entries, paths))?;
    Ok(Outcome::Appended { commits, joined })
}

pub(super) fn manifest(target: &Target<'_>, entries: Vec<Entry>, paths: Vec<Entry>) -> Manifest {
    Manifest { kind: target.kind, fingerprint: target.fingerprint, entries, paths }
}

/// What an index lacks, in memory.
pub enum Overlay {
    /// Nothing.
    Current,
    /// These commits, as a segment that follows the index's.
    Segment(Segment),
    /// More commits than the caller wants to wait for.
    TooMany,
}

/// Reads what `tips` reach and `history` lacks, at most [`Options::limit`] commits, into memory.
///
/// # Errors
/// See [`Error`], except [`Error::TooMany`].
pub fn overlay(
    history: &History<'_>,
    objects: &gix::OdbHandle,
    kind: Kind,
    tips: &[ObjectId],
    options: &Options<'_>,
) -> Result<Overlay, Error> {
    match build(objects, kind, tips, history, options) {
        Ok(Some(segment)) => Ok(Overlay::Segment(segment)),
        Ok(None) => Ok(Overlay::Current),
        Err(Error::TooMany { .. }) => Ok(Overlay::TooMany),
        Err(err) => Err(err),
    }
}
