//! How much each figure is of concern.
//!
//! The reference is git-sizer (<https://github.com/github/git-sizer>, `sizes/output.go`): it divides each figure by
//! a value that is still fine, and gives a star for each whole time that fits. It looks at the largest checkout of the
//! whole history; here it is that of HEAD. docs/REPORT.md is made from this table.

use serde::{Deserialize, Serialize};

use super::Report;
use super::figures::Kind;

/// As many stars as git-sizer shows before it gives up counting.
const MOST_STARS: u64 = 30;

/// A figure that has a level of concern.
pub struct Figure {
    /// What it is about: the heading above it.
    pub group: &'static str,
    /// What it is.
    pub name: &'static str,
    /// In bytes, not a plain number.
    pub bytes: bool,
    /// The value from which on there is one star.
    pub reference: u64,
    /// Where that value comes from.
    pub source: &'static str,
    value: fn(&Report) -> u64,
}

const GIT_SIZER: &str = "git-sizer";

/// One with git-sizer's own value.
const fn sizer(
    (group, name): (&'static str, &'static str),
    bytes: bool,
    reference: u64,
    value: fn(&Report) -> u64,
) -> Figure {
    Figure { group, name, bytes, reference, source: GIT_SIZER, value }
}

/// All of them, in the order in which a report shows them.
pub const FIGURES: &[Figure] = &[
    sizer(("overall", "commits"), false, 500_000, |report| report.history.commits.count),
    sizer(("overall", "size of commits"), true, 250_000_000, |report| report.history.commits.total),
    sizer(("overall", "trees"), false, 1_500_000, |report| report.history.trees.count),
    sizer(("overall", "size of trees"), true, 2_000_000_000, |report| report.history.trees.total),
    sizer(("overall", "blobs"), false, 1_500_000, |report| report.history.blobs.count),
    sizer(("overall", "size of blobs"), true, 10_000_000_000, |report| report.history.blobs.total),
    Figure {
        group: "overall",
        name: "size of media",
        bytes: true,
        reference: 1_000_000_000,
        source: "our own: a tenth of what git-sizer grants all blobs",
        value: |report| report.history.media_bytes(),
    },
    sizer(("overall", "annotated tags"), false, 25_000, |report| report.refs.annotated_tags),
    Figure {
        group: "overall",
        name: "size of annotated tags",
        bytes: true,
        reference: 12_500_000,
        source: "our own: git-sizer's 25,000 tags, at the 500 bytes that it grants a commit",
        value: |report| report.refs.tag_bytes,
    },
    Figure {
        group: "overall",
        name: "depth of tags",
        bytes: false,
        reference: 2,
        source: "git-sizer: its value is 1.001, so a tag of a tag is the first that is worth a star",
        value: |report| report.refs.tag_depth,
    },
    sizer(("overall", "references"), false, 25_000, |report| report.refs.count),
    sizer(("biggest", "commit"), true, 50_000, |report| largest(&report.history.commits)),
    sizer(("biggest", "parents of a commit"), false, 10, |report| report.history.parents),
    sizer(("biggest", "entries of a directory"), false, 1000, |report| report.checkout.most_entries),
    sizer(("biggest", "blob"), true, 10_000_000, |report| largest(&report.history.blobs)),
    Figure {
        group: "biggest",
        name: "annotated tag",
        bytes: true,
        reference: 50_000,
        source: "our own: what git-sizer grants a commit",
        value: |report| report.refs.largest_tag,
    },
    sizer(("history", "depth"), false, 500_000, |report| report.history.depth),
    sizer(("checkout", "directories"), false, 2000, |report| report.checkout.directories),
    sizer(("checkout", "path depth"), false, 10, |report| report.checkout.depth),
    sizer(("checkout", "path length"), true, 100, |report| report.checkout.path_length),
    sizer(("checkout", "files"), false, 50_000, |report| report.checkout.files),
    sizer(("checkout", "size of files"), true, 1_000_000_000, |report| report.checkout.bytes),
    sizer(("checkout", "links"), false, 25_000, |report| report.checkout.links),
    sizer(("checkout", "submodules"), false, 100, |report| report.checkout.submodules),
    Figure {
        group: "storage",
        name: "packs",
        bytes: false,
        reference: 50,
        source: "git: the default of gc.autoPackLimit",
        value: |report| report.storage.packs,
    },
    Figure {
        group: "storage",
        name: "loose objects",
        bytes: false,
        reference: 6700,
        source: "git: the default of gc.auto",
        value: |report| report.storage.loose,
    },
];

fn largest(kind: &Kind) -> u64 {
    kind.largest.first().map_or(0, |large| large.size)
}

/// What one figure is, and how much of a concern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Level {
    pub(super) group: String,
    pub(super) name: String,
    pub(super) value: u64,
    /// In bytes, not a plain number.
    pub(super) bytes: bool,
    /// The value from which on there is one star.
    pub(super) reference: u64,
    /// How many times `reference` fits into `value`; 30 and more are 30.
    pub(super) stars: u64,
}

pub(super) fn levels(report: &Report) -> Vec<Level> {
    let level = |figure: &Figure| {
        let value = (figure.value)(report);
        Level {
            group: figure.group.to_owned(),
            name: figure.name.to_owned(),
            value,
            bytes: figure.bytes,
            reference: figure.reference,
            stars: (value / figure.reference).min(MOST_STARS),
        }
    };
    FIGURES.iter().map(level).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimize::report::figures::{Extension, Large};

    /// A star for each whole time that git-sizer's value fits in, 30 at most.
    #[test]
    fn stars_are_those_of_git_sizer() {
        let stars = |bytes| {
            let mut report = Report::default();
            report.history.blobs.total = bytes;
            let levels = levels(&report);
            levels.iter().find(|level| level.name == "size of blobs").map(|level| level.stars)
        };
        let found = [0, 9_999_999_999, 10_000_000_000, 25_000_000_000, u64::MAX].map(stars);
        assert_eq!(found, [0, 0, 1, 2, 30].map(Some));
    }

    /// Each figure has the field that its name says, and nothing below its reference is of concern.
    #[test]
    fn the_reference_is_the_first_that_is_worth_a_star() {
        let large = |size| vec![Large { size, ..Large::default() }];
        let media = |bytes| vec![Extension { extension: "png".to_owned(), blobs: 1, bytes, media: true }];
        for (name, reference, set) in [
            ("commits", 500_000, (|report, n| report.history.commits.count = n) as fn(&mut Report, u64)),
            ("size of commits", 250_000_000, |report, n| report.history.commits.total = n),
            ("trees", 1_500_000, |report, n| report.history.trees.count = n),
            ("size of trees", 2_000_000_000, |report, n| report.history.trees.total = n),
            ("blobs", 1_500_000, |report, n| report.history.blobs.count = n),
            ("size of blobs", 10_000_000_000, |report, n| report.history.blobs.total = n),
            ("annotated tags", 25_000, |report, n| report.refs.annotated_tags = n),
            ("size of annotated tags", 12_500_000, |report, n| report.refs.tag_bytes = n),
            ("depth of tags", 2, |report, n| report.refs.tag_depth = n),
            ("references", 25_000, |report, n| report.refs.count = n),
            ("parents of a commit", 10, |report, n| report.history.parents = n),
            ("entries of a directory", 1000, |report, n| report.checkout.most_entries = n),
            ("annotated tag", 50_000, |report, n| report.refs.largest_tag = n),
            ("depth", 500_000, |report, n| report.history.depth = n),
            ("directories", 2000, |report, n| report.checkout.directories = n),
            ("path depth", 10, |report, n| report.checkout.depth = n),
            ("path length", 100, |report, n| report.checkout.path_length = n),
            ("files", 50_000, |report, n| report.checkout.files = n),
            ("size of files", 1_000_000_000, |report, n| report.checkout.bytes = n),
            ("links", 25_000, |report, n| report.checkout.links = n),
            ("submodules", 100, |report, n| report.checkout.submodules = n),
            ("packs", 50, |report, n| report.storage.packs = n),
            ("loose objects", 6700, |report, n| report.storage.loose = n),
        ] {
            stands_out_from(name, reference, set);
        }
        stands_out_from("commit", 50_000, |report, n| report.history.commits.largest = large(n));
        stands_out_from("blob", 10_000_000, |report, n| report.history.blobs.largest = large(n));
        stands_out_from("size of media", 1_000_000_000, |report, n| report.history.extensions = media(n));
        assert_eq!(FIGURES.len(), 26, "each is in the lists above");
    }

    fn stands_out_from(name: &str, reference: u64, set: impl Fn(&mut Report, u64)) {
        let starred = |value| {
            let mut report = Report::default();
            set(&mut report, value);
            let levels = levels(&report).into_iter().filter(|level| level.stars > 0);
            levels.map(|level| (level.name, level.stars)).collect::<Vec<_>>()
        };
        assert_eq!(starred(reference - 1), [], "{name}");
        assert_eq!(starred(reference), [(name.to_owned(), 1)]);
        assert_eq!(starred(3 * reference), [(name.to_owned(), 3)]);
    }
}
