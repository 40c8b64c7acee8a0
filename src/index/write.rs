//! Writes the bytes of a segment, section by section, into a file or into memory. What the sections mean is decided
//! elsewhere: by `history`, which fills them from commits, and by [merge], which joins segments.

use std::io::{self, Seek, SeekFrom, Write};

use gix::hash::Kind;
use rkyv::util::AlignedVec;
use rkyv::vec::ArchivedVec;

use super::ids::FlagCounts;
use super::layout::{Header, Section, Tag, align, prefix_len, tags};

/// What the header says besides the section table.
#[derive(Debug, Clone, Copy)]
pub struct Totals {
    /// The object format.
    pub kind: Kind,
    /// Number of commits.
    pub commits: u32,
    /// Position of the first commit.
    pub base: u32,
    /// Number of identities.
    pub identities: u32,
    /// Number of the first identity.
    pub identity_base: u32,
    /// How many commits carry each flag.
    pub counts: FlagCounts,
}

/// Writes sections one after the other, and header and table at last.
pub struct SegmentWriter<W> {
    out: W,
    offset: u64,
    sections: Vec<Section>,
    hasher: blake3::Hasher,
    /// Bytes of the section that are neither hashed nor written yet: both are slow with small pieces.
    buffer: Vec<u8>,
}

/// When the buffer is passed on.
const BUFFER: usize = 256 << 10;

impl<W: Write + Seek> SegmentWriter<W> {
    /// Starts a segment at the beginning of `out`, which must be empty.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn new(mut out: W) -> io::Result<SegmentWriter<W>> {
        let offset = prefix_len(tags::ALL.len()) as u64;
        out.seek(SeekFrom::Start(offset))?;
        Ok(SegmentWriter {
            out,
            offset,
            sections: Vec::new(),
            hasher: blake3::Hasher::new(),
            buffer: Vec::new(),
        })
    }

    /// Starts a section; what is [written](Self::write) from now on belongs to it.
    ///
    /// # Errors
    /// When the padding before it cannot be written.
    pub fn begin(&mut self, tag: Tag) -> io::Result<()> {
        let start = align(self.offset);
        self.out.write_all(&[0; 64][..(start - self.offset) as usize])?;
        self.offset = start;
        self.hasher.reset();
        self.sections.push(Section { tag, offset: start, len: 0, hash: [0; 32] });
        Ok(())
    }

    /// Adds bytes to the section that was begun.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.offset += bytes.len() as u64;
        if bytes.len() >= BUFFER {
            self.flush()?;
            self.hasher.update(bytes);
            return self.out.write_all(bytes);
        }
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hasher.update(&self.buffer);
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// Ends the section that was begun.
    ///
    /// # Errors
    /// When the rest of it cannot be written.
    pub fn end(&mut self) -> io::Result<()> {
        self.flush()?;
        if let Some(section) = self.sections.last_mut() {
            section.len = self.offset - section.offset;
            section.hash = *self.hasher.finalize().as_bytes();
        }
        Ok(())
    }

    /// A whole section of bytes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn raw(&mut self, tag: Tag, bytes: &[u8]) -> io::Result<()> {
        self.begin(tag)?;
        self.write(bytes)?;
        self.end()
    }

    /// A whole section that is one column of numbers.
    ///
    /// # Errors
    /// When it cannot be written, or when it is too long for the format (2 GiB).
    pub fn column<T>(&mut self, tag: Tag, values: Vec<T>) -> io::Result<()>
    where
        Vec<T>: for<'a> rkyv::Serialize<
                rkyv::api::high::HighSerializer<
                    AlignedVec,
                    rkyv::ser::allocator::ArenaHandle<'a>,
                    rkyv::rancor::Error,
                >,
            >,
        Vec<T>: rkyv::Archive<Archived = ArchivedVec<T::Archived>>,
        T: rkyv::Archive,
    {
        let bytes = rkyv::to_bytes::<rkyv::rancor::Error>(&values).map_err(io::Error::other)?;
        self.raw(tag, &bytes)
    }

    /// The sections by which a commit is found by name: `oids` are all names, end to end, in order of position.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn lookup(&mut self, oids: &[u8], hash_len: usize) -> io::Result<()> {
        let name = |i: u32| &oids[i as usize * hash_len..][..hash_len];
        let mut fanout = vec![0u32; 256];
        oids.chunks_exact(hash_len).for_each(|name| fanout[usize::from(name[0])] += 1);
        let mut sum = 0;
        for entry in &mut fanout {
            sum += *entry;
            *entry = sum;
        }
        let mut sorted: Vec<u32> = (0..(oids.len() / hash_len) as u32).collect();
        sorted.sort_unstable_by(|a, b| name(*a).cmp(name(*b)));
        self.column(tags::FANO, fanout)?;
        self.column(tags::SORT, sorted)
    }

    /// Writes header and table, and gives back what was written to.
    ///
    /// # Errors
    /// When it cannot be written, or when not exactly the sections of this version were.
    pub fn finish(mut self, totals: Totals) -> io::Result<W> {
        if !self.sections.iter().map(|section| section.tag).eq(tags::ALL) {
            return Err(io::Error::other("the sections of the segment are not those of its format"));
        }
        let header = Header {
            kind: totals.kind,
            commits: totals.commits,
            base: totals.base,
            identities: totals.identities,
            identity_base: totals.identity_base,
            counts: totals.counts,
            sections: self.sections,
        };
        self.out.rewind()?;
        self.out.write_all(&header.encode(self.offset))?;
        self.out.flush()?;
        Ok(self.out)
    }
}
