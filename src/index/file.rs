//! The bytes of a file of segments, with their header and section table checked: sections by name, as bytes or as
//! columns, and the hashes.

use rkyv::vec::ArchivedVec;

use super::frame::{Damage, FileType, Frame, Tag, prefix_len};
use super::map::Bytes;

/// A whole file, mapped or in memory.
pub(super) struct SegmentFile {
    bytes: Bytes,
    frame: Frame,
}

impl SegmentFile {
    /// Checks header and section table of `bytes`, and keeps them.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn new(bytes: Bytes, file_type: FileType) -> Result<SegmentFile, Damage> {
        let frame = Frame::decode(&bytes, file_type)?;
        Ok(SegmentFile { bytes, frame })
    }

    /// Header and section table.
    pub(super) fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Its length in bytes.
    pub(super) fn byte_len(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The blake3 hash of header and section table; through the hashes in the table it stands for the whole file.
    pub(super) fn header_hash(&self) -> [u8; 32] {
        let prefix = prefix_len(self.frame.sections.len());
        *blake3::hash(self.bytes.get(..prefix).unwrap_or_default()).as_bytes()
    }

    /// Recomputes the hash of each section and compares it with the table.
    ///
    /// # Errors
    /// The first section that differs, or padding that is not zero.
    pub(super) fn verify_hashes(&self) -> Result<(), Damage> {
        let mut end = prefix_len(self.frame.sections.len()) as u64;
        for section in &self.frame.sections {
            let damage = |what| Damage::Section { tag: section.tag, what };
            let padding = self.range(end, section.offset - end);
            if padding.is_none_or(|bytes| bytes.iter().any(|byte| *byte != 0)) {
                return Err(damage("the padding before it is not zero"));
            }
            let bytes =
                self.range(section.offset, section.len).ok_or_else(|| damage("it reaches beyond the end"))?;
            if blake3::hash(bytes) != section.hash {
                return Err(damage("its hash differs"));
            }
            end = section.offset + section.len;
        }
        Ok(())
    }

    fn range(&self, offset: u64, len: u64) -> Option<&[u8]> {
        let start = usize::try_from(offset).ok()?;
        let end = start.checked_add(usize::try_from(len).ok()?)?;
        self.bytes.get(start..end)
    }

    pub(super) fn raw(&self, tag: Tag) -> Result<&[u8], Damage> {
        let section = self.frame.section(tag)?;
        self.range(section.offset, section.len)
            .ok_or(Damage::Section { tag, what: "it reaches beyond the end" })
    }

    pub(super) fn raw_of_len(&self, tag: Tag, len: usize) -> Result<&[u8], Damage> {
        let bytes = self.raw(tag)?;
        if bytes.len() == len {
            Ok(bytes)
        } else {
            Err(Damage::Section { tag, what: "it has the wrong length" })
        }
    }

    pub(super) fn column<T>(&self, tag: Tag, entries: Option<usize>) -> Result<&[T], Damage>
    where
        ArchivedVec<T>: rkyv::Portable
            + for<'b> rkyv::bytecheck::CheckBytes<rkyv::api::high::HighValidator<'b, rkyv::rancor::Failure>>,
    {
        let column = rkyv::access::<ArchivedVec<T>, rkyv::rancor::Failure>(self.raw(tag)?)
            .map_err(|_| Damage::Section { tag, what: "it is not a valid column" })?;
        match entries {
            Some(n) if n != column.len() => {
                Err(Damage::Section { tag, what: "it has the wrong number of entries" })
            }
            _ => Ok(column.as_slice()),
        }
    }
}
