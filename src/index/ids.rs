//! The small numbers by which the index names things. They are newtypes so that they cannot be mixed up.

use std::ops::BitOr;

/// The position of a commit in the history: parents always have smaller positions than their children, and a
/// segment that is added later only has larger positions than those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pos(pub u32);

impl Pos {
    /// The position as an index into an array with one entry per commit.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The number of a (name, e-mail) pair. Within one segment equal pairs have equal numbers; the same pair may have
/// another number in another segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityId(pub u32);

impl IdentityId {
    /// The number as an index into an array with [`crate::index::History::identities()`] entries.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What is special about a commit, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(pub u16);

impl Flags {
    /// The header is not in the one form that the index can represent: only the name, tree, parents, committer
    /// date, message and raw header (as [`crate::index::History::extra_headers()`]) are known. Most are for git to show.
    pub const ODD: Flags = Flags(1);
    /// The committer date is earlier than that of one of the parents.
    pub const SKEWED: Flags = Flags(1 << 1);
    /// There is an `encoding` header that names something else than UTF-8.
    pub const ENCODING: Flags = Flags(1 << 2);
    /// There is a `gpgsig` or `gpgsig-sha256` header.
    pub const GPGSIG: Flags = Flags(1 << 3);
    /// The message contains a NUL byte, where git stops reading.
    pub const NUL: Flags = Flags(1 << 4);

    /// True when every flag of `other` is set.
    #[inline]
    pub fn contains(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Sets the flags of `other`.
    pub fn insert(&mut self, other: Flags) {
        self.0 |= other.0;
    }
}

impl BitOr for Flags {
    type Output = Flags;
    fn bitor(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

/// How many commits carry each flag, so that a caller can ask once instead of per commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FlagCounts {
    /// Commits with [`Flags::ODD`].
    pub odd: u32,
    /// Commits with [`Flags::SKEWED`].
    pub skewed: u32,
    /// Commits with [`Flags::ENCODING`].
    pub encoding: u32,
    /// Commits with [`Flags::GPGSIG`].
    pub gpgsig: u32,
    /// Commits with [`Flags::NUL`].
    pub nul: u32,
}

impl FlagCounts {
    /// Counts one commit more.
    pub fn count(&mut self, flags: Flags) {
        let one = |flag| u32::from(flags.contains(flag));
        self.odd += one(Flags::ODD);
        self.skewed += one(Flags::SKEWED);
        self.encoding += one(Flags::ENCODING);
        self.gpgsig += one(Flags::GPGSIG);
        self.nul += one(Flags::NUL);
    }

    /// The sum of two counts.
    pub fn plus(self, other: FlagCounts) -> FlagCounts {
        FlagCounts {
            odd: self.odd.saturating_add(other.odd),
            skewed: self.skewed.saturating_add(other.skewed),
            encoding: self.encoding.saturating_add(other.encoding),
            gpgsig: self.gpgsig.saturating_add(other.gpgsig),
            nul: self.nul.saturating_add(other.nul),
        }
    }
}
