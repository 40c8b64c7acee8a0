//! The collecting end of a build: knows which commits are needed, takes decoded ones as they come, writes their text
//! and notes the rest in [`Records`].

use std::io::{Seek, Write};

use gix::hash::{Kind, ObjectId, oid};

use super::batch::{Batch, Decoded};
use super::build::Options;
use super::error::Error;
use super::records::{Fields, Records, State};
use crate::index::layout::{NO_IDENTITY, tags};
use crate::index::{FileType, History, SegmentWriter};

/// Commits that were decoded although nothing needs them yet are kept up to this many bytes. Beyond, they are
/// forgotten, and read once more if they turn out to be needed.
const SPARE_BYTES: usize = 64 << 20;

/// What has been collected so far.
pub(super) struct Collector<'a, W> {
    records: Records,
    out: SegmentWriter<W>,
    known: &'a History<'a>,
    options: &'a Options<'a>,
    text_len: u64,
    /// Slots that have just turned out to be needed.
    fresh: Vec<u32>,
    /// Slots that are needed and that nobody has been asked for.
    wanted: Vec<u32>,
    /// How many slots are needed.
    missing: u32,
    count: u32,
    spare: gix::hashtable::HashMap<ObjectId, Batch>,
    spare_bytes: usize,
}

impl<'a, W: Write + Seek> Collector<'a, W> {
    /// Starts with the tips. `None` when all of them are known.
    pub(super) fn new(
        out: W,
        kind: Kind,
        tips: &[ObjectId],
        known: &'a History<'a>,
        options: &'a Options<'a>,
    ) -> Result<Option<Collector<'a, W>>, Error> {
        if tips.iter().all(|tip| known.lookup(tip).is_some()) {
            return Ok(None);
        }
        let mut out = SegmentWriter::new(out, FileType::History)?;
        out.begin(tags::TEXT)?;
        let mut collector = Collector {
            records: Records::new(kind),
            out,
            known,
            options,
            text_len: 0,
            fresh: Vec::new(),
            wanted: Vec::new(),
            missing: 0,
            count: 0,
            spare: Default::default(),
            spare_bytes: 0,
        };
        tips.iter().try_for_each(|tip| collector.need(tip).map(drop))?;
        collector.use_spares()?;
        Ok(Some(collector))
    }

    /// How many commits have been collected.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// True when every commit that is needed is there.
    pub(super) fn is_complete(&self) -> bool {
        self.missing == 0
    }

    /// A slot that is needed and that nobody has been asked for, the last one first.
    pub(super) fn next_wanted(&mut self) -> Option<u32> {
        while let Some(slot) = self.wanted.pop() {
            if self.is_needed(slot) {
                return Some(slot);
            }
        }
        None
    }

    /// Whether the commit of a slot is still needed.
    pub(super) fn is_needed(&self, slot: u32) -> bool {
        self.records.state(slot) == State::Needed
    }

    /// The name of the commit in a slot.
    pub(super) fn id(&self, slot: u32) -> &oid {
        self.records.id(slot)
    }

    fn need(&mut self, id: &oid) -> Result<u32, Error> {
        let limit = self.options.limit;
        if self.records.len() >= crate::index::layout::MAX_COMMITS {
            return Err(Error::TooMany { limit });
        }
        let (slot, new) = self.records.hear_of(id, self.known);
        if new && self.is_needed(slot) {
            self.missing += 1;
            if self.missing.saturating_add(self.count) > limit {
                return Err(Error::TooMany { limit });
            }
            self.fresh.push(slot);
        }
        Ok(slot)
    }

    /// Takes the commits that are needed, and keeps the others for later.
    pub(super) fn take(&mut self, batch: &Batch) -> Result<(), Error> {
        // Children first: then what a commit needs comes behind it.
        let needed =
            |commit: &Decoded| self.records.find(&commit.id).is_some_and(|slot| self.is_needed(slot));
        if batch.commits.last().is_some_and(needed) {
            batch.commits.iter().rev().try_for_each(|commit| self.take_one(commit, batch))?;
        } else {
            batch.commits.iter().try_for_each(|commit| self.take_one(commit, batch))?;
        }
        self.use_spares()
    }

    fn take_one(&mut self, commit: &Decoded, batch: &Batch) -> Result<(), Error> {
        match self.records.find(&commit.id) {
            Some(slot) if self.is_needed(slot) => self.fill(slot, commit, batch)?,
            Some(_) => {}
            None if self.known.lookup(&commit.id).is_some() => {}
            None => self.keep(batch.only(commit), commit.id),
        }
        Ok(())
    }

    fn keep(&mut self, batch: Batch, id: ObjectId) {
        self.spare_bytes += batch.size();
        if self.spare_bytes > SPARE_BYTES {
            self.spare.clear();
            self.spare_bytes = batch.size();
        }
        self.spare.insert(id, batch);
    }

    /// Fills what has just turned out to be needed from what has been kept; the rest must be asked for.
    fn use_spares(&mut self) -> Result<(), Error> {
        while let Some(slot) = self.fresh.pop() {
            match self.spare.remove(self.records.id(slot)) {
                Some(batch) if self.is_needed(slot) => {
                    self.spare_bytes = self.spare_bytes.saturating_sub(batch.size());
                    batch.commits.iter().try_for_each(|commit| self.fill(slot, commit, &batch))?;
                }
                _ => self.wanted.push(slot),
            }
        }
        Ok(())
    }

    fn fill(&mut self, slot: u32, commit: &Decoded, batch: &Batch) -> Result<(), Error> {
        let mut parents = smallvec::SmallVec::<[u32; 4]>::new();
        for parent in &commit.parents {
            parents.push(self.need(parent)?);
        }
        let (extra, message) = (batch.bytes(commit.extra), batch.bytes(commit.message));
        let mut fields = Fields {
            tree: commit.tree,
            author: NO_IDENTITY,
            committer: NO_IDENTITY,
            author_time: 0,
            committer_time: 0,
            author_zone: 0,
            committer_zone: 0,
            flags: commit.flags,
            text_offset: self.text_len,
            extra_len: extra.len() as u32,
            message_len: message.len() as u32,
        };
        if let Some((author, committer)) = commit.people {
            let identities = &mut self.records.identities;
            fields.author = identities.intern(batch.bytes(author.name), batch.bytes(author.email));
            fields.committer = identities.intern(batch.bytes(committer.name), batch.bytes(committer.email));
            (fields.author_time, fields.author_zone) = (author.seconds, author.zone);
            (fields.committer_time, fields.committer_zone) = (committer.seconds, committer.zone);
        }
        self.out.write(extra)?;
        self.out.write(message)?;
        self.text_len += (extra.len() + message.len()) as u64;
        self.records.fill(slot, fields, &parents);
        self.missing -= 1;
        self.count += 1;
        Ok(())
    }

    /// Ends the text, learns the dates of odd commits, and writes all other sections.
    pub(super) fn finish(mut self) -> Result<W, Error> {
        drop(self.spare);
        self.out.end()?;
        let odd: Vec<u32> = self.records.odd().collect();
        if !odd.is_empty() {
            let ids: Vec<ObjectId> = odd.iter().map(|slot| self.records.id(*slot).to_owned()).collect();
            let dates = (self.options.dates)(&ids)?;
            for (i, slot) in odd.iter().enumerate() {
                let date = dates.get(i).ok_or(Error::NoDate { id: ids[i] })?;
                self.records.set_date(*slot, *date);
            }
        }
        Ok(self.records.write(self.out, self.known)?)
    }
}
