//! What is special about a path segment: its header and its sections. What it has in common with history segments is in
//! [`frame`](crate::index::frame).

use gix::hash::Kind;
use gix::objs::tree::EntryKind;

use crate::index::frame::{Damage, FileType, Frame};
use crate::index::layout::check_commits;

/// In the value columns: the tree says nothing about the path.
pub const NONE: u32 = 0xffff_ffff;

/// The names of the sections.
pub mod tags {
    use crate::index::frame::Tag;
    /// Raw: paths.
    pub const PTXT: Tag = *b"PTXT";
    /// `u32`: where in `PTXT` each path starts, and one more: where the last one ends.
    pub const POFF: Tag = *b"POFF";
    /// `u32`: the first posting of each path, and one more: how many postings there are.
    pub const PPST: Tag = *b"PPST";
    /// `u32`: position of each posting.
    pub const QPOS: Tag = *b"QPOS";
    /// `u32`: new value of each posting.
    pub const QNEW: Tag = *b"QNEW";
    /// `u32`: old value of each posting.
    pub const QOLD: Tag = *b"QOLD";
    /// Raw: kinds of the values.
    pub const VKND: Tag = *b"VKND";
    /// Raw: object names of the values.
    pub const VOID: Tag = *b"VOID";
    /// `u32`: where in `CLEF` the postings of each commit start, and one more: where those of the last one end.
    pub const CRNG: Tag = *b"CRNG";
    /// `u32`: the postings that are not only about directories, by commit.
    pub const CLEF: Tag = *b"CLEF";
    /// `u32`: positions of the commits about which nothing is known.
    pub const UNKN: Tag = *b"UNKN";

    /// Every section of this version, in the order in which the table lists them.
    pub const ALL: [Tag; 11] = [PTXT, POFF, PPST, QPOS, QNEW, QOLD, VKND, VOID, CRNG, CLEF, UNKN];
}

/// The number of a kind in `VKND`.
pub fn kind_number(kind: EntryKind) -> u8 {
    match kind {
        EntryKind::Tree => 1,
        EntryKind::Blob => 2,
        EntryKind::BlobExecutable => 3,
        EntryKind::Link => 4,
        EntryKind::Commit => 5,
    }
}

/// The inverse of [`kind_number`].
pub(super) fn number_kind(number: u8) -> Option<EntryKind> {
    Some(match number {
        1 => EntryKind::Tree,
        2 => EntryKind::Blob,
        3 => EntryKind::BlobExecutable,
        4 => EntryKind::Link,
        5 => EntryKind::Commit,
        _ => return None,
    })
}

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathHeader {
    /// The object format.
    pub kind: Kind,
    /// How many commits it covers.
    pub commits: u32,
    /// The position of the first one: how many commits the path segments before this one cover.
    pub base: u32,
    /// How many paths there are.
    pub paths: u32,
    /// How many postings there are.
    pub postings: u32,
    /// How many values there are.
    pub values: u32,
    /// How many of the postings are not only about directories.
    pub leaves: u32,
    /// How many commits there are about which nothing is known.
    pub unknown: u32,
    /// How often something was met in a tree that makes its name no proof of what is below it: a mode that git does
    /// not write, or a directory in which there is nothing.
    pub quirks: u32,
}

impl PathHeader {
    /// The header of a file, without its section table.
    pub(super) fn frame(&self) -> Frame {
        let PathHeader { commits, base, paths, postings, values, leaves, unknown, quirks, .. } = *self;
        let numbers = [commits, base, paths, postings, values, leaves, unknown, quirks, 0, 0];
        Frame { file_type: FileType::Paths, kind: self.kind, numbers, sections: Vec::new() }
    }

    /// Reads and checks the numbers of a path segment.
    pub(super) fn of(frame: &Frame) -> Result<PathHeader, Damage> {
        let [commits, base, paths, postings, values, leaves, unknown, quirks, ..] = frame.numbers;
        check_commits(base, commits)?;
        Ok(PathHeader { kind: frame.kind, commits, base, paths, postings, values, leaves, unknown, quirks })
    }
}
