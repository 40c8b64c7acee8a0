//! One segment for reading: its bytes, and the typed view of its columns.
//!
//! Opening checks whatever later access relies on (every column has exactly as many entries as there are commits),
//! so that no access can fail; offsets and numbers inside columns are checked where they are used.

use gix::hash::{Kind, oid};
use rkyv::primitive::{ArchivedI16, ArchivedI64, ArchivedU16, ArchivedU32, ArchivedU64};

use super::file::SegmentFile;
use super::frame::{Damage, FileType, Section};
use super::layout::{Header, tags};
use super::map::Bytes;

/// A whole segment, mapped or in memory, structurally checked.
pub struct Segment {
    file: SegmentFile,
    header: Header,
}

impl Segment {
    /// Checks `bytes` and keeps them.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(bytes: Bytes) -> Result<Segment, Damage> {
        let file = SegmentFile::new(bytes, FileType::History)?;
        let header = Header::of(file.frame())?;
        let segment = Segment { file, header };
        segment.view()?;
        Ok(segment)
    }

    /// What the header says.
    pub fn header(&self) -> &Header {
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

    /// The columns.
    ///
    /// # Errors
    /// Never for a segment that [`Segment::new`] accepted.
    pub(super) fn view(&self) -> Result<View<'_>, Damage> {
        let file = &self.file;
        let commits = self.header.commits as usize;
        let identities = self.header.identities as usize;
        let hash_len = self.header.kind.len_in_bytes();
        let n = Some(commits);
        Ok(View {
            kind: self.header.kind,
            hash_len,
            base: self.header.base,
            len: self.header.commits,
            identity_base: self.header.identity_base,
            oids: file.raw_of_len(tags::OIDS, commits * hash_len)?,
            trees: file.raw_of_len(tags::TREE, commits * hash_len)?,
            parent1: file.column(tags::PAR1, n)?,
            parent2: file.column(tags::PAR2, n)?,
            edges: file.column(tags::EDGE, None)?,
            generation: file.column(tags::GENR, n)?,
            committer_time: file.column(tags::CTIM, n)?,
            author_time: file.column(tags::ATIM, n)?,
            committer_zone: file.column(tags::CZON, n)?,
            author_zone: file.column(tags::AZON, n)?,
            committer: file.column(tags::CIDN, n)?,
            author: file.column(tags::AIDN, n)?,
            flags: file.column(tags::FLAG, n)?,
            text_offset: file.column(tags::TOFF, n)?,
            extra_len: file.column(tags::XLEN, n)?,
            message_len: file.column(tags::MLEN, n)?,
            fanout: file.column(tags::FANO, Some(256))?,
            sorted: file.column(tags::SORT, n)?,
            identity_offset: file.column(tags::IOFF, Some(identities + 1))?,
            name_len: file.column(tags::INAM, Some(identities))?,
            identity_text: file.raw(tags::ITXT)?,
            text: file.raw(tags::TEXT)?,
        })
    }
}

/// The columns of one segment. The names are those of the sections, see [`tags`].
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) kind: Kind,
    pub(super) hash_len: usize,
    pub(super) base: u32,
    pub(super) len: u32,
    pub(super) identity_base: u32,
    pub(super) oids: &'a [u8],
    pub(super) trees: &'a [u8],
    pub(super) parent1: &'a [ArchivedU32],
    pub(super) parent2: &'a [ArchivedU32],
    pub(super) edges: &'a [ArchivedU32],
    pub(super) generation: &'a [ArchivedU32],
    pub(super) committer_time: &'a [ArchivedI64],
    pub(super) author_time: &'a [ArchivedI64],
    pub(super) committer_zone: &'a [ArchivedI16],
    pub(super) author_zone: &'a [ArchivedI16],
    pub(super) committer: &'a [ArchivedU32],
    pub(super) author: &'a [ArchivedU32],
    pub(super) flags: &'a [ArchivedU16],
    pub(super) text_offset: &'a [ArchivedU64],
    pub(super) extra_len: &'a [ArchivedU32],
    pub(super) message_len: &'a [ArchivedU32],
    pub(super) fanout: &'a [ArchivedU32],
    pub(super) sorted: &'a [ArchivedU32],
    pub(super) identity_offset: &'a [ArchivedU64],
    pub(super) name_len: &'a [ArchivedU32],
    pub(super) identity_text: &'a [u8],
    pub(super) text: &'a [u8],
}

impl<'a> View<'a> {
    /// The `i`th of the object names that lie end to end in `names`.
    #[inline]
    pub(super) fn name_at(&self, names: &'a [u8], i: usize) -> &'a oid {
        oid::from_bytes_unchecked(&names[i * self.hash_len..(i + 1) * self.hash_len])
    }

    /// Where in this segment `id` is.
    pub(super) fn find(&self, id: &oid) -> Option<u32> {
        if id.kind() != self.kind {
            return None;
        }
        let first = usize::from(id.first_byte());
        let start = first.checked_sub(1).map_or(0, |before| self.fanout[before].to_native()) as usize;
        let end = self.fanout[first].to_native() as usize;
        let bucket = self.sorted.get(start..end)?;
        // A position beyond the end can only come from a damaged file; it then compares as too large.
        let name = |i: &ArchivedU32| {
            let start = i.to_native() as usize * self.hash_len;
            self.oids.get(start..start + self.hash_len)
        };
        let at = bucket
            .binary_search_by(|i| {
                name(i).map_or(std::cmp::Ordering::Greater, |found| found.cmp(id.as_bytes()))
            })
            .ok()?;
        Some(bucket[at].to_native())
    }

    /// `len` bytes of the text from `skip` bytes behind the start of the commit's text. Empty in a damaged file.
    #[inline]
    pub(super) fn text_at(&self, i: usize, skip: u32, len: u32) -> &'a [u8] {
        let range = || {
            let start = self.text_offset[i].to_native().checked_add(u64::from(skip))?;
            let end = start.checked_add(u64::from(len))?;
            self.text.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
        };
        range().unwrap_or_default()
    }

    /// Name and e-mail address of an identity, counted from the segment's first. Empty in a damaged file.
    pub(super) fn identity(&self, i: usize) -> (&'a [u8], &'a [u8]) {
        let find = || {
            let start = usize::try_from(self.identity_offset.get(i)?.to_native()).ok()?;
            let end = usize::try_from(self.identity_offset.get(i + 1)?.to_native()).ok()?;
            self.identity_text.get(start..end)?.split_at_checked(self.name_len.get(i)?.to_native() as usize)
        };
        find().unwrap_or_default()
    }
}
