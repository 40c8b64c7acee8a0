//! All path segments as one.

use bstr::BStr;

use super::segment::PathSegment;
use super::table::PathTable;
use super::{Change, Posting};
use crate::index::frame::Damage;
use crate::index::ids::Pos;

/// What the covered commits did to paths. Cheap to share by reference; what it hands out lives as long as the segments.
#[derive(Clone)]
pub struct Paths<'a> {
    tables: Vec<PathTable<'a>>,
    quirks: bool,
}

impl<'a> Paths<'a> {
    /// Puts segments together, oldest first.
    ///
    /// # Errors
    /// When they do not follow one another from position 0, or are for different object formats.
    pub fn new(segments: impl IntoIterator<Item = &'a PathSegment>) -> Result<Paths<'a>, Damage> {
        let segments: Vec<&PathSegment> = segments.into_iter().collect();
        let mut end = 0;
        for segment in &segments {
            let header = segment.header();
            if header.base != end {
                return Err(Damage::Header("it does not follow the segment before it"));
            }
            if header.kind != segments[0].header().kind {
                return Err(Damage::HashKind);
            }
            // The header has been checked: this does not overflow.
            end += header.commits;
        }
        Ok(Paths::join(segments))
    }

    /// The same for segments that are known to follow one another.
    pub(in crate::index) fn join(segments: impl IntoIterator<Item = &'a PathSegment>) -> Paths<'a> {
        let mut paths = Paths { tables: Vec::new(), quirks: false };
        for segment in segments {
            paths.quirks |= segment.header().quirks != 0;
            paths.tables.push(segment.table());
        }
        paths
    }

    /// How many commits are covered; their positions are `0..len`.
    pub fn len(&self) -> u32 {
        self.tables.last().map_or(0, |table| table.end)
    }

    /// True when no commit is covered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is a tree somewhere whose name is no proof of what is below it: with a mode that git does not
    /// write, or with a directory in which there is nothing. Only postings that are not of directories can be relied on
    /// then.
    pub fn has_quirks(&self) -> bool {
        self.quirks
    }

    /// The commits about which nothing is known because their trees could not be read, in ascending order.
    pub fn unknown(&self) -> impl Iterator<Item = Pos> {
        self.tables.iter().flat_map(|table| table.unknown())
    }

    /// The segments' paths, oldest segment first.
    pub fn tables(&self) -> &[PathTable<'a>] {
        &self.tables
    }

    /// The postings of one path, in ascending order of position. None when there never was such a path.
    pub fn postings(&self, path: &BStr) -> impl Iterator<Item = Posting<'a>> {
        self.tables.iter().filter_map(move |table| Some(table.postings(table.find(path)?))).flatten()
    }

    /// What a commit did to paths that are not directories, in the order of git's diffs: ascending by path. Empty for a
    /// commit that is not covered or unknown.
    pub fn changes(&self, pos: Pos) -> impl Iterator<Item = Change<'a>> + use<'a> {
        let at = self.tables.partition_point(|table| table.end <= pos.0);
        self.tables.get(at).map(|table| table.changes(pos)).into_iter().flatten()
    }
}
