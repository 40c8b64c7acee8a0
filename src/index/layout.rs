//! What is special about a history segment: its header and its sections. What it has in common with path segments is
//! in [`frame`](super::frame). `docs/gitformat-fastindex.md` describes every byte; a test compares the constants
//! with it.

use gix::hash::Kind;

use super::frame::{Damage, FileType, Frame, NUMBERS};
use super::ids::FlagCounts;

/// More commits than this cannot be represented: the top bit of a parent marks an octopus merge.
pub const MAX_COMMITS: u32 = 0x7fff_ffff;
/// In the parent columns: no such parent.
pub const NO_PARENT: u32 = 0xffff_ffff;
/// In the second parent column: the other bits are an index into `EDGE`. In `EDGE`: this is the last parent.
pub const EDGE_BIT: u32 = 0x8000_0000;

/// In the identity columns: the header is odd, so whoever it names is not known.
pub const NO_IDENTITY: u32 = 0xffff_ffff;

/// The names of the sections.
pub mod tags {
    use crate::index::frame::Tag;
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

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

impl Header {
    /// The header of a file, without its section table.
    pub fn frame(&self) -> Frame {
        let FlagCounts { odd, skewed, encoding, gpgsig, nul } = self.counts;
        let numbers: [u32; NUMBERS] = [
            self.commits,
            self.base,
            self.identities,
            self.identity_base,
            odd,
            skewed,
            encoding,
            gpgsig,
            nul,
            0,
        ];
        Frame { file_type: FileType::History, kind: self.kind, numbers, sections: Vec::new() }
    }

    /// Reads and checks the numbers of a history segment.
    ///
    /// # Errors
    /// What is wrong, if anything is.
    pub fn of(frame: &Frame) -> Result<Header, Damage> {
        let [commits, base, identities, identity_base, odd, skewed, encoding, gpgsig, nul, _] = frame.numbers;
        check_commits(base, commits)?;
        if identity_base.checked_add(identities).is_none() {
            return Err(Damage::Header("too many identities"));
        }
        let counts = FlagCounts { odd, skewed, encoding, gpgsig, nul };
        Ok(Header { kind: frame.kind, commits, base, identities, identity_base, counts })
    }
}

/// Whether positions up to `base + commits` can be represented.
///
/// # Errors
/// When they cannot.
pub fn check_commits(base: u32, commits: u32) -> Result<(), Damage> {
    match base.checked_add(commits) {
        Some(end) if end <= MAX_COMMITS => Ok(()),
        _ => Err(Damage::Header("too many commits")),
    }
}
