//! The figures of a report. Serialised, they are what `--json` prints. How they are added up is in [`super::sums`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::index::{History, Pos};

/// How many of the largest objects are named.
pub(super) const NAMED: usize = 10;
/// How many of the largest places are named.
const PLACES: usize = 80;
/// Extensions of files that do not compress or delta well.
const MEDIA: &[&str] = &[
    "7z", "aac", "ai", "apk", "avi", "bin", "blend", "bmp", "bz2", "deb", "dll", "dmg", "docx", "eps", "exe",
    "fbx", "flac", "gif", "gz", "ico", "iso", "jar", "jpeg", "jpg", "m4a", "mkv", "mov", "mp3", "mp4", "mpg",
    "ogg", "otf", "pdf", "png", "pptx", "psd", "rar", "rpm", "so", "tar", "tga", "tgz", "tif", "tiff", "ttf",
    "wasm", "wav", "webm", "webp", "whl", "wmv", "woff", "woff2", "xls", "xlsx", "xz", "zip", "zst",
];

/// One large object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Large {
    /// Bytes.
    pub(super) size: u64,
    /// Its name.
    pub(super) object: String,
    /// Where it came first; not for commits and root trees.
    pub(super) path: Option<String>,
    /// The commit that brought it.
    pub(super) commit: String,
}

/// All objects of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kind {
    /// How many.
    pub(super) count: u64,
    /// Bytes of all, inflated.
    pub(super) total: u64,
    /// How many of them could not be read (in a partial clone: are not here).
    pub(super) unread: u64,
    /// The largest ones.
    pub(super) largest: Vec<Large>,
}

/// What one year brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Year {
    /// Commits.
    pub(super) commits: u64,
    /// New versions of files.
    pub(super) blobs: u64,
    /// Their bytes.
    pub(super) bytes: u64,
}

/// All versions of all files with one extension.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Extension {
    /// The extension, in lower case; empty for none.
    pub(super) extension: String,
    /// Versions.
    pub(super) blobs: u64,
    /// Their bytes.
    pub(super) bytes: u64,
    /// It is one of media, archives and binaries.
    pub(super) media: bool,
}

/// All versions of all files at or below one path of at most two names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// The path, without a slash at its end.
    pub(super) path: String,
    /// Versions.
    pub(super) blobs: u64,
    /// Their bytes.
    pub(super) bytes: u64,
}

/// What history consists of.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Figures {
    pub(super) commits: Kind,
    pub(super) trees: Kind,
    pub(super) blobs: Kind,
    /// The longest chain of commits.
    pub(super) depth: u64,
    /// The most parents that a commit has.
    pub(super) parents: u64,
    /// By year of the committer date.
    pub(super) years: BTreeMap<i64, Year>,
    /// By bytes, most first.
    pub(super) extensions: Vec<Extension>,
    /// The largest, by bytes, most first.
    pub(super) places: Vec<Place>,
    /// The share of media in the bytes of all blobs, 0 to 1.
    pub(super) media_share: f64,
}

impl Figures {
    /// Puts the largest first, names no more than is of interest, and computes the share of media.
    pub(super) fn rank(&mut self) {
        self.extensions.sort_by_key(|sum| std::cmp::Reverse(sum.bytes));
        self.places.sort_by_key(|sum| std::cmp::Reverse(sum.bytes));
        self.places.truncate(PLACES);
        self.media_share = self.media_bytes() as f64 / self.blobs.total.max(1) as f64;
    }

    /// Bytes of all versions of files that are media.
    pub(super) fn media_bytes(&self) -> u64 {
        let media = self.extensions.iter().filter(|sum| sum.media);
        media.fold(0u64, |bytes, sum| bytes.saturating_add(sum.bytes))
    }
}

/// Whether files with this extension do not compress or delta well.
pub(super) fn is_media(extension: &str) -> bool {
    MEDIA.binary_search(&extension).is_ok()
}

/// The year (UTC) of the committer date.
pub(super) fn year(history: &History<'_>, pos: Pos) -> i64 {
    year_of(history.committer_time(pos))
}

/// The year (UTC) of a time in seconds since 1970; odd clocks are put where the calendar ends.
fn year_of(seconds: i64) -> i64 {
    let time = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX);
    i64::from(time.to_zoned(jiff::tz::TimeZone::UTC).year())
}

/// The first two names of a path.
pub(super) fn place(path: &str) -> &str {
    let end = path.match_indices('/').nth(1).map_or(path.len(), |(at, _)| at);
    &path[..end]
}

/// The extension of a path, in lower case; empty for none.
pub(super) fn extension(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 12 => {
            extension.to_ascii_lowercase()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_and_years() {
        assert!(MEDIA.is_sorted());
        for (path, expected) in [("a/b.PNG", "png"), ("a.d/b", ""), (".gitignore", ""), ("x.tar.gz", "gz")] {
            assert_eq!(extension(path), expected, "{path}");
        }
        for (path, expected) in [("a", "a"), ("a/b", "a/b"), ("a/b/c", "a/b"), ("", ""), ("ä/ö/ü/x", "ä/ö")]
        {
            assert_eq!(place(path), expected, "{path}");
        }
        assert_eq!((year_of(0), year_of(1_700_000_000), year_of(-1)), (1970, 2023, 1969));
    }
}
