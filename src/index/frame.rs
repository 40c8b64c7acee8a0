//! What all files of segments have in common: a fixed header and a section table, laid out by hand.
//! `docs/gitformat-fastindex.md` describes every byte; a test compares the constants with it. What the numbers in the
//! header and the sections mean depends on the file's type: [`layout`] and
//! [`paths`] know.
//!
//! All numbers are little-endian. The header is [`HEADER_LEN`] bytes, followed by one entry of [`ENTRY_LEN`] bytes
//! per section, followed by the sections, each at a multiple of 64.

use gix::hash::Kind;

use super::layout;
use super::map::ALIGN;
use super::paths;

/// The version of the segment formats. A reader opens exactly this one; anything else is built anew.
pub const VERSION: u32 = 1;
/// Written as a little-endian number; a file from a writer that had it the other way round shows here.
pub const ENDIAN_MARK: u32 = 0x0102_0304;
/// Length of the header in bytes.
pub const HEADER_LEN: usize = 128;
/// How many numbers the header has room for that depend on the type of the file.
pub const NUMBERS: usize = 10;
/// Where they start.
const NUMBERS_AT: usize = 24;
/// Length of one entry of the section table in bytes.
pub const ENTRY_LEN: usize = 64;
/// More sections than this are taken for damage.
pub const MAX_SECTIONS: u32 = 256;

/// The four-byte name of a section.
pub type Tag = [u8; 4];

/// What a file of the index holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileType {
    /// Commits: a [`Segment`](super::Segment).
    History,
    /// What commits did to paths: a [`PathSegment`](super::PathSegment).
    Paths,
}

impl FileType {
    /// All of them.
    pub const ALL: [FileType; 2] = [FileType::History, FileType::Paths];

    /// The first eight bytes of the file. The first is not ASCII and the last is a newline, so that a transfer in
    /// text mode is noticed (the idea is PNG's).
    pub fn magic(self) -> [u8; 8] {
        match self {
            FileType::History => *b"\x89GFHIST\n",
            FileType::Paths => *b"\x89GFPATH\n",
        }
    }

    /// What the names of such files start with; they end with [`SUFFIX`].
    pub fn prefix(self) -> &'static str {
        match self {
            FileType::History => "history-",
            FileType::Paths => "paths-",
        }
    }

    /// The number that stands for it in the manifest.
    pub fn number(self) -> u32 {
        match self {
            FileType::History => 0,
            FileType::Paths => 1,
        }
    }

    /// Every section of this version, in the order in which the table lists them.
    pub fn sections(self) -> &'static [Tag] {
        match self {
            FileType::History => &layout::tags::ALL,
            FileType::Paths => &paths::tags::ALL,
        }
    }
}

/// What the names of segment files end with.
pub const SUFFIX: &str = ".seg";

/// What is wrong with the bytes of a segment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// Shorter than the header and table, or shorter or longer than they say.
    #[error("it has {actual} bytes where {expected} are expected")]
    Length {
        /// What the header or the format asks for.
        expected: u64,
        /// What is there.
        actual: u64,
    },
    /// Not a segment at all.
    #[error("it does not start with the mark of a segment")]
    Magic,
    /// Of another version.
    #[error("it has format version {found}, this program reads {VERSION}")]
    Version {
        /// The version in the file.
        found: u32,
    },
    /// Written with another byte order.
    #[error("its byte order is not little-endian")]
    Endianness,
    /// For another object format.
    #[error("it is for another object format than the repository's")]
    HashKind,
    /// A number in the header that cannot be.
    #[error("its header is inconsistent: {0}")]
    Header(&'static str),
    /// A section that is missing, misplaced, of the wrong size or not valid.
    #[error("section {}: {what}", String::from_utf8_lossy(tag))]
    Section {
        /// Which section.
        tag: Tag,
        /// What is wrong with it.
        what: &'static str,
    },
}

/// One entry of the section table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// Its name.
    pub tag: Tag,
    /// Where it starts, in bytes from the start of the file.
    pub offset: u64,
    /// Its length in bytes, without the padding that follows.
    pub len: u64,
    /// The blake3 hash of its bytes.
    pub hash: [u8; 32],
}

/// The header and the section table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What the file holds.
    pub file_type: FileType,
    /// The object format.
    pub kind: Kind,
    /// What depends on the type of the file.
    pub numbers: [u32; NUMBERS],
    /// The section table.
    pub sections: Vec<Section>,
}

/// The number that stands for an object format: the one that git's own formats use (gitformat-pack(5)).
pub fn hash_id(kind: Kind) -> Option<u32> {
    match kind {
        Kind::Sha1 => Some(u32::from_be_bytes(*b"sha1")),
        Kind::Sha256 => Some(u32::from_be_bytes(*b"s256")),
        _ => None,
    }
}

/// The inverse of [`hash_id`].
pub fn hash_kind(id: u32) -> Option<Kind> {
    [Kind::Sha1, Kind::Sha256].into_iter().find(|kind| hash_id(*kind) == Some(id))
}

/// The next multiple of the section alignment.
pub fn align(offset: u64) -> u64 {
    offset.next_multiple_of(ALIGN as u64)
}

/// Length in bytes of the header and a table of `sections` entries.
pub fn prefix_len(sections: usize) -> usize {
    HEADER_LEN + sections * ENTRY_LEN
}

impl Frame {
    /// The bytes of header and table for a file of `file_len` bytes.
    pub fn encode(&self, file_len: u64) -> Vec<u8> {
        let mut out = Vec::with_capacity(prefix_len(self.sections.len()));
        out.extend_from_slice(&self.file_type.magic());
        let id = hash_id(self.kind).unwrap_or_default();
        let fixed = [VERSION, ENDIAN_MARK, id, self.sections.len() as u32];
        fixed.iter().chain(&self.numbers).for_each(|n| out.extend_from_slice(&n.to_le_bytes()));
        out.extend_from_slice(&file_len.to_le_bytes());
        out.resize(HEADER_LEN, 0);
        for section in &self.sections {
            out.extend_from_slice(&section.tag);
            out.extend_from_slice(&[0; 4]);
            out.extend_from_slice(&section.offset.to_le_bytes());
            out.extend_from_slice(&section.len.to_le_bytes());
            out.extend_from_slice(&[0; 8]);
            out.extend_from_slice(&section.hash);
        }
        out
    }

    /// Reads and checks header and table of a whole file, from the cheapest to the costliest check.
    ///
    /// # Errors
    /// What is wrong, if anything is.
    pub fn decode(bytes: &[u8], file_type: FileType) -> Result<Frame, Damage> {
        let actual = bytes.len() as u64;
        let head = bytes.get(..HEADER_LEN).ok_or(Damage::Length { expected: HEADER_LEN as u64, actual })?;
        if !head.starts_with(&file_type.magic()) {
            return Err(Damage::Magic);
        }
        if u32_at(head, 8) != VERSION {
            return Err(Damage::Version { found: u32_at(head, 8) });
        }
        if u32_at(head, 12) != ENDIAN_MARK {
            return Err(Damage::Endianness);
        }
        let kind = hash_kind(u32_at(head, 16)).ok_or(Damage::HashKind)?;
        let file_len = u64_at(head, 64);
        if file_len != actual {
            return Err(Damage::Length { expected: file_len, actual });
        }
        let count = u32_at(head, 20);
        if count > MAX_SECTIONS {
            return Err(Damage::Header("too many sections"));
        }
        let table = bytes
            .get(HEADER_LEN..prefix_len(count as usize))
            .ok_or(Damage::Length { expected: prefix_len(count as usize) as u64, actual })?;
        let frame = Frame {
            file_type,
            kind,
            numbers: std::array::from_fn(|i| u32_at(head, NUMBERS_AT + 4 * i)),
            sections: table.chunks_exact(ENTRY_LEN).map(section_at).collect(),
        };
        frame.check_table(file_len)?;
        Ok(frame)
    }

    fn check_table(&self, file_len: u64) -> Result<(), Damage> {
        let mut end = prefix_len(self.sections.len()) as u64;
        for Section { tag, offset, len, .. } in &self.sections {
            let damage = |what| Damage::Section { tag: *tag, what };
            if *offset != align(end) {
                return Err(damage("it does not start where the one before it ends"));
            }
            end = offset
                .checked_add(*len)
                .filter(|end| *end <= file_len)
                .ok_or_else(|| damage("it reaches beyond the end"))?;
        }
        if end != file_len {
            return Err(Damage::Length { expected: end, actual: file_len });
        }
        Ok(())
    }

    /// The entry of a section.
    ///
    /// # Errors
    /// When it is missing or there twice.
    pub fn section(&self, tag: Tag) -> Result<&Section, Damage> {
        let mut found = self.sections.iter().filter(|section| section.tag == tag);
        match (found.next(), found.next()) {
            (Some(section), None) => Ok(section),
            (None, _) => Err(Damage::Section { tag, what: "it is missing" }),
            _ => Err(Damage::Section { tag, what: "it is there twice" }),
        }
    }
}

/// The number at `at`. The caller has checked the length.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes)
}

fn section_at(entry: &[u8]) -> Section {
    let mut section =
        Section { tag: [0; 4], offset: u64_at(entry, 8), len: u64_at(entry, 16), hash: [0; 32] };
    section.tag.copy_from_slice(&entry[..4]);
    section.hash.copy_from_slice(&entry[32..]);
    section
}
