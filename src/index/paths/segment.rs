//! One path segment: its bytes, checked as far as access relies on them.

use super::layout::{PathHeader, tags};
use super::table::PathTable;
use crate::index::file::SegmentFile;
use crate::index::frame::{Damage, FileType, Section};
use crate::index::map::Bytes;

/// A whole path segment, mapped or in memory, structurally checked.
pub struct PathSegment {
    file: SegmentFile,
    header: PathHeader,
}

impl PathSegment {
    /// Checks `bytes` and keeps them.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(bytes: Bytes) -> Result<PathSegment, Damage> {
        let file = SegmentFile::new(bytes, FileType::Paths)?;
        let header = PathHeader::of(file.frame())?;
        let segment = PathSegment { file, header };
        segment.columns()?;
        Ok(segment)
    }

    /// What the header says.
    pub fn header(&self) -> &PathHeader {
        &self.header
    }

    /// The section table.
    pub fn sections(&self) -> &[Section] {
        &self.file.frame().sections
    }

    /// Its length in bytes.
    pub fn byte_len(&self) -> u64 {
        self.file.byte_len()
    }

    /// The blake3 hash of header and section table; through the hashes in the table it stands for the whole file.
    pub fn header_hash(&self) -> [u8; 32] {
        self.file.header_hash()
    }

    /// Recomputes the hash of each section and compares it with the table.
    ///
    /// # Errors
    /// The first section that differs, or padding that is not zero.
    pub fn verify_hashes(&self) -> Result<(), Damage> {
        self.file.verify_hashes()
    }

    /// Its paths and postings.
    pub fn table(&self) -> PathTable<'_> {
        // Has been tried when the segment was made.
        self.columns().unwrap_or_else(|_| PathTable::empty(self.header.kind))
    }

    fn columns(&self) -> Result<PathTable<'_>, Damage> {
        let PathHeader { kind, commits, base, paths, postings, values, leaves, unknown, .. } = self.header;
        let (file, values, postings) = (&self.file, values as usize, Some(postings as usize));
        let (paths, commits_end) = (paths as usize, base + commits);
        Ok(PathTable {
            kind,
            hash_len: kind.len_in_bytes(),
            base,
            end: commits_end,
            len: paths,
            text: file.raw(tags::PTXT)?,
            offsets: file.column(tags::POFF, Some(paths.saturating_add(1)))?,
            starts: file.column(tags::PPST, Some(paths.saturating_add(1)))?,
            pos: file.column(tags::QPOS, postings)?,
            new: file.column(tags::QNEW, postings)?,
            old: file.column(tags::QOLD, postings)?,
            kinds: file.raw_of_len(tags::VKND, values)?,
            oids: file.raw_of_len(tags::VOID, values.saturating_mul(kind.len_in_bytes()))?,
            commit_starts: file.column(tags::CRNG, Some((commits as usize).saturating_add(1)))?,
            leaves: file.column(tags::CLEF, Some(leaves as usize))?,
            unknown: file.column(tags::UNKN, Some(unknown as usize))?,
        })
    }
}
