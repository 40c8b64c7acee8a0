//! Writes the bytes of a segment, section by section, into a file or into memory. What the sections mean is decided
//! elsewhere: by `history`, which fills them from commits, and by [merge], which joins segments.

use std::io::{self, Seek, SeekFrom, Write};

use rkyv::util::AlignedVec;
use rkyv::vec::ArchivedVec;

use super::frame::{FileType, Frame, Section, Tag, align, prefix_len};
use super::layout::tags;

/// Writes sections one after the other, and header and table at last.
pub struct SegmentWriter<W> {
    out: W,
    file_type: FileType,
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
    pub fn new(mut out: W, file_type: FileType) -> io::Result<SegmentWriter<W>> {
        let offset = prefix_len(file_type.sections().len()) as u64;
        out.seek(SeekFrom::Start(offset))?;
        Ok(SegmentWriter {
            out,
            file_type,
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

    /// A whole section that is one column of numbers, without ever having all of it in memory.
    ///
    /// # Errors
    /// When it cannot be written, or when it is too long for the format (2 GiB).
    pub fn numbers(&mut self, tag: Tag, values: impl Iterator<Item = u32>) -> io::Result<()> {
        self.begin(tag)?;
        let mut count = 0u32;
        for value in values {
            count = count.checked_add(1).filter(|count| *count <= MAX_NUMBERS).ok_or_else(too_many)?;
            self.write(&value.to_le_bytes())?;
        }
        self.write(&column_end(count))?;
        self.end()
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

    /// Writes the header, which has no sections yet, and the table, and gives back what was written to.
    ///
    /// # Errors
    /// When it cannot be written, or when not exactly the sections of this version were.
    pub fn finish(mut self, header: Frame) -> io::Result<W> {
        let written = self.sections.iter().map(|section| &section.tag);
        if header.file_type != self.file_type || !written.eq(self.file_type.sections()) {
            return Err(io::Error::other("the sections of the segment are not those of its format"));
        }
        let frame = Frame { sections: self.sections, ..header };
        self.out.rewind()?;
        self.out.write_all(&frame.encode(self.offset))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// How many 32-bit numbers a column can have: the distance to their start is a signed 32-bit number.
pub(super) const MAX_NUMBERS: u32 = i32::MAX as u32 / 4;

/// What an rkyv archive of a vector has behind `count` 32-bit numbers: how far back they start, and how many they are.
fn column_end(count: u32) -> [u8; 8] {
    let distance = -(4 * i64::from(count)) as i32;
    let mut end = [0; 8];
    end[..4].copy_from_slice(&distance.to_le_bytes());
    end[4..].copy_from_slice(&count.to_le_bytes());
    end
}

fn too_many() -> io::Error {
    io::Error::other("a column would be too long for the format")
}
