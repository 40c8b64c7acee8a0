//! The fixed part of a segment file: header and section table, laid out by hand. `docs/gitformat-fastindex.md`
//! describes every byte; a test compares the constants with it.
//!
//! All numbers are little-endian. The header is [`HEADER_LEN`] bytes, followed by one entry of [`ENTRY_LEN`] bytes
//! per section, followed by the sections, each at a multiple of 64.

use gix::hash::Kind;

use super::ids::FlagCounts;
use super::map::ALIGN;

/// The first eight bytes of a segment. The first is not ASCII and the last is a newline, so that a transfer in text
/// mode is noticed (the idea is PNG's).
pub const MAGIC: [u8; 8] = *b"\x89GFHIST\n";
/// The version of the segment format. A reader opens exactly this one; anything else is built anew.
pub const VERSION: u32 = 1;
/// Written as a little-endian number; a file from a writer that had it the other way round shows here.
pub const ENDIAN_MARK: u32 = 0x0102_0304;
/// Length of the header in bytes.
pub const HEADER_LEN: usize = 128;
/// Length of one entry of the section table in bytes.
pub const ENTRY_LEN: usize = 64;
/// More sections than this are taken for damage.
pub const MAX_SECTIONS: u32 = 256;
/// More commits than this cannot be represented: the top bit of a parent marks an octopus merge.
pub const MAX_COMMITS: u32 = 0x7fff_ffff;
/// In the parent columns: no such parent.
pub const NO_PARENT: u32 = 0xffff_ffff;
/// In the second parent column: the other bits are an index into `EDGE`. In `EDGE`: this is the last parent.
pub const EDGE_BIT: u32 = 0x8000_0000;

/// In the identity columns: the header is odd, so whoever it names is not known.
pub const NO_IDENTITY: u32 = 0xffff_ffff;

/// The four-byte name of a section.
pub type Tag = [u8; 4];

/// The names of the sections.
pub mod tags {
    use super::Tag;
    /// Raw: commit names, in order of position.
    pub const OIDS: Tag = *b"OIDS";
    /// Raw: tree names, in order of position.
    pub const TREE: Tag = *b"TREE";
    /// `u32`: first parent.
    pub const PAR1: Tag = *b"PAR1";
    /// `u32`: second parent, or where the other parents of an octopus merge are.
    pub const PAR2: Tag = *b"PAR2";
    /// `u32`: the second and later parents of octopus merges.
    pub const EDGE: Tag = *b"EDGE";
    /// `u32`: topological level.
    pub const GENR: Tag = *b"GENR";
    /// `i64`: committer date.
    pub const CTIM: Tag = *b"CTIM";
    /// `i64`: author date.
    pub const ATIM: Tag = *b"ATIM";
    /// `i16`: committer zone.
    pub const CZON: Tag = *b"CZON";
    /// `i16`: author zone.
    pub const AZON: Tag = *b"AZON";
    /// `u32`: committer identity, counted from the segment's first.
    pub const CIDN: Tag = *b"CIDN";
    /// `u32`: author identity, counted from the segment's first.
    pub const AIDN: Tag = *b"AIDN";
    /// `u16`: flags.
    pub const FLAG: Tag = *b"FLAG";
    /// `u64`: where in `TEXT` the commit's text starts.
    pub const TOFF: Tag = *b"TOFF";
    /// `u32`: length of the extra headers, which come first in the commit's text.
    pub const XLEN: Tag = *b"XLEN";
    /// `u32`: length of the message, which follows the extra headers.
    pub const MLEN: Tag = *b"MLEN";
    /// `u32`: 256 numbers, how many commit names have a first byte of at most this.
    pub const FANO: Tag = *b"FANO";
    /// `u32`: positions, counted from the segment's first, in order of commit name.
    pub const SORT: Tag = *b"SORT";
    /// `u64`: where in `ITXT` each identity starts, and one more: where the last one ends.
    pub const IOFF: Tag = *b"IOFF";
    /// `u32`: length of each identity's name; the rest is the e-mail address.
    pub const INAM: Tag = *b"INAM";
    /// Raw: names and e-mail addresses.
    pub const ITXT: Tag = *b"ITXT";
    /// Raw: extra headers and messages.
    pub const TEXT: Tag = *b"TEXT";

    /// Every section of this version, in the order in which the table lists them.
    pub const ALL: [Tag; 22] = [
        TEXT, OIDS, TREE, PAR1, PAR2, EDGE, GENR, CTIM, ATIM, CZON, AZON, CIDN, AIDN, FLAG, TOFF, XLEN, MLEN,
        FANO, SORT, IOFF, INAM, ITXT,
    ];
}

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
pub struct Header {
    /// The object format.
    pub kind: Kind,
    /// How many commits there are.
    pub commits: u32,
    /// The position of the first one: how many commits the segments before this one have.
    pub base: u32,
    /// How many identities there are.
    pub identities: u32,
    /// The number of the first one: how many identities the segments before this one have.
    pub identity_base: u32,
    /// How many commits carry each flag.
    pub counts: FlagCounts,
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

impl Header {
    /// The bytes of header and table for a file of `file_len` bytes.
    pub fn encode(&self, file_len: u64) -> Vec<u8> {
        let mut out = Vec::with_capacity(prefix_len(self.sections.len()));
        out.extend_from_slice(&MAGIC);
        let numbers = [
            VERSION,
            ENDIAN_MARK,
            hash_id(self.kind).unwrap_or_default(),
            self.sections.len() as u32,
            self.commits,
            self.base,
            self.identities,
            self.identity_base,
            self.counts.odd,
            self.counts.skewed,
            self.counts.encoding,
            self.counts.gpgsig,
            self.counts.nul,
            0,
        ];
        numbers.iter().for_each(|n| out.extend_from_slice(&n.to_le_bytes()));
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

    /// Reads and checks header and table of a whole segment, from the cheapest to the costliest check.
    ///
    /// # Errors
    /// What is wrong, if anything is.
    pub fn decode(bytes: &[u8]) -> Result<Header, Damage> {
        let actual = bytes.len() as u64;
        let head = bytes.get(..HEADER_LEN).ok_or(Damage::Length { expected: HEADER_LEN as u64, actual })?;
        if !head.starts_with(&MAGIC) {
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
        let header = Header {
            kind,
            commits: u32_at(head, 24),
            base: u32_at(head, 28),
            identities: u32_at(head, 32),
            identity_base: u32_at(head, 36),
            counts: FlagCounts {
                odd: u32_at(head, 40),
                skewed: u32_at(head, 44),
                encoding: u32_at(head, 48),
                gpgsig: u32_at(head, 52),
                nul: u32_at(head, 56),
            },
            sections: table.chunks_exact(ENTRY_LEN).map(section_at).collect(),
        };
        header.check(file_len)?;
        Ok(header)
    }

    fn check(&self, file_len: u64) -> Result<(), Damage> {
        match self.base.checked_add(self.commits) {
            Some(end) if end <= MAX_COMMITS => {}
            _ => return Err(Damage::Header("too many commits")),
        }
        if self.identity_base.checked_add(self.identities).is_none() {
            return Err(Damage::Header("too many identities"));
        }
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
