//! The figures of a report, and how they are added up. Serialised, they are what `--json` prints.

use std::collections::BTreeMap;

use bstr::ByteSlice;
use serde::{Deserialize, Serialize};

use super::objects::{Item, Objects};
use crate::index::{History, Paths, Pos};

/// How many of the largest objects are named.
const NAMED: usize = 10;
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// Adds everything up. `sizes` are those of [`Objects::all`], in that order.
pub(super) fn add_up<'a>(
    objects: &Objects<'a>,
    sizes: &[Option<u64>],
    history: &History<'a>,
    paths: &Paths<'a>,
) -> Figures {
    let (commit_sizes, rest) = sizes.split_at(objects.commits.len());
    let (tree_sizes, blob_sizes) = rest.split_at(objects.trees.len());
    let mut figures = Figures {
        commits: kind(&objects.commits, commit_sizes, history, paths),
        trees: kind(&objects.trees, tree_sizes, history, paths),
        blobs: kind(&objects.blobs, blob_sizes, history, paths),
        ..Figures::default()
    };
    let years: Vec<i64> = (0..history.len()).map(|pos| year(history.committer_time(Pos(pos)))).collect();
    for commit in &objects.commits {
        let pos = Pos(commit.pos);
        figures.depth = figures.depth.max(u64::from(history.generation(pos)));
        figures.parents = figures.parents.max(history.parents(pos).count() as u64);
        figures.years.entry(years[pos.index()]).or_default().commits += 1;
    }
    // By path first: paths are far fewer than versions.
    let mut sums: Vec<Vec<(u64, u64)>> =
        paths.tables().iter().map(|table| vec![(0, 0); table.len()]).collect();
    for (blob, size) in objects.blobs.iter().zip(blob_sizes) {
        let size = size.unwrap_or(0);
        let year = figures.years.entry(years[Pos(blob.pos).index()]).or_default();
        year.blobs += 1;
        year.bytes += size;
        if let Some((table, at)) = blob.path_number() {
            let sum = &mut sums[table][at];
            *sum = (sum.0 + 1, sum.1 + size);
        }
    }
    let mut extensions: BTreeMap<String, Extension> = BTreeMap::new();
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    for (table, sums) in paths.tables().iter().zip(&sums) {
        for (at, &(blobs, bytes)) in sums.iter().enumerate().filter(|(_, (blobs, _))| *blobs > 0) {
            let path = table.path(at).to_str_lossy();
            let place = places.entry(place(&path).to_owned()).or_default();
            place.blobs += blobs;
            place.bytes += bytes;
            let sum = extensions.entry(extension(&path)).or_default();
            sum.blobs += blobs;
            sum.bytes += bytes;
        }
    }
    figures.extensions = extensions
        .into_iter()
        .map(|(extension, sum)| {
            let media = MEDIA.binary_search(&extension.as_str()).is_ok();
            Extension { extension, media, ..sum }
        })
        .collect();
    figures.extensions.sort_by_key(|sum| std::cmp::Reverse(sum.bytes));
    figures.places = places.into_iter().map(|(path, sum)| Place { path, ..sum }).collect();
    figures.places.sort_by_key(|sum| std::cmp::Reverse(sum.bytes));
    figures.places.truncate(PLACES);
    let media: u64 = figures.extensions.iter().filter(|sum| sum.media).map(|sum| sum.bytes).sum();
    figures.media_share = media as f64 / figures.blobs.total.max(1) as f64;
    figures
}

fn kind<'a>(items: &[Item<'a>], sizes: &[Option<u64>], history: &History<'a>, paths: &Paths<'a>) -> Kind {
    let mut by_size: Vec<(u64, usize)> =
        sizes.iter().enumerate().filter_map(|(at, size)| Some(((*size)?, at))).collect();
    let read = by_size.len();
    let named = NAMED.min(read);
    if read > named {
        by_size.select_nth_unstable_by_key(named, |(size, at)| (std::cmp::Reverse(*size), *at));
    }
    by_size.truncate(named);
    by_size.sort_by_key(|(size, at)| (std::cmp::Reverse(*size), *at));
    let large = |(size, at): (u64, usize)| Large {
        size,
        object: items[at].id.to_string(),
        path: items[at].path(paths),
        commit: history.oid(Pos(items[at].pos)).to_string(),
    };
    Kind {
        count: items.len() as u64,
        total: sizes.iter().flatten().sum(),
        unread: (items.len() - read) as u64,
        largest: by_size.into_iter().map(large).collect(),
    }
}

/// The year (UTC) of a time in seconds since 1970; odd clocks are put where the calendar ends.
fn year(seconds: i64) -> i64 {
    let time = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX);
    i64::from(time.to_zoned(jiff::tz::TimeZone::UTC).year())
}

/// The first two names of a path.
fn place(path: &str) -> &str {
    let end = path.match_indices('/').nth(1).map_or(path.len(), |(at, _)| at);
    &path[..end]
}

fn extension(path: &str) -> String {
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
        assert_eq!((year(0), year(1_700_000_000), year(-1)), (1970, 2023, 1969));
    }
}
