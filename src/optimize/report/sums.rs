//! What the figures of a report are made of: sums to which objects can be added and from which they can be taken, so that
//! a change of history costs what has changed. Whichever way sums came about, equal objects make equal sums.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use gix::ObjectId;
use serde::{Deserialize, Serialize};

use super::figures::{self, Extension, Figures, Kind, Large, NAMED, Place, Year};
use super::objects::{Item, Objects};
use crate::index::{History, Paths, Pos};

/// How many of the largest objects of each kind are known, so that the first ones still are when some have gone.
const KNOWN: usize = 8 * NAMED;

/// Versions of files, and their bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sum {
    blobs: u64,
    bytes: u64,
}

/// The sums of all objects that are counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sums {
    commits: Kind,
    trees: Kind,
    blobs: Kind,
    depth: u64,
    parents: u64,
    years: BTreeMap<i64, Year>,
    extensions: BTreeMap<String, Sum>,
    places: BTreeMap<String, Sum>,
}

/// Which kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    Commit,
    Tree,
    Blob,
}

/// An object with all that is summed up of it.
pub(super) struct Counted {
    pub(super) sort: Sort,
    pub(super) id: ObjectId,
    /// `None`: it could not be read.
    pub(super) size: Option<u64>,
    /// The commit that brings it.
    pub(super) pos: Pos,
    /// Where it came first.
    pub(super) path: Option<String>,
}

impl Sums {
    /// Adds everything up. `sizes` are those of [`Objects::all`], in that order.
    pub(super) fn of<'a>(
        objects: &Objects<'a>,
        sizes: &[Option<u64>],
        history: &History<'a>,
        paths: &Paths<'a>,
    ) -> Sums {
        let (commit_sizes, rest) = sizes.split_at(objects.commits.len());
        let (tree_sizes, blob_sizes) = rest.split_at(objects.trees.len());
        let mut sums = Sums {
            commits: kind(&objects.commits, commit_sizes, history, paths),
            trees: kind(&objects.trees, tree_sizes, history, paths),
            blobs: kind(&objects.blobs, blob_sizes, history, paths),
            ..Sums::default()
        };
        let years: Vec<i64> = (0..history.len()).map(|pos| figures::year(history, Pos(pos))).collect();
        for commit in &objects.commits {
            sums.years.entry(years[Pos(commit.pos).index()]).or_default().commits += 1;
            sums.shape(history, Pos(commit.pos));
        }
        // By path first: paths are far fewer than versions.
        let mut by_path: Vec<Vec<Sum>> =
            paths.tables().iter().map(|table| vec![Sum::default(); table.len()]).collect();
        for (blob, size) in objects.blobs.iter().zip(blob_sizes) {
            let size = size.unwrap_or(0);
            let year = sums.years.entry(years[Pos(blob.pos).index()]).or_default();
            year.blobs += 1;
            year.bytes += size;
            if let Some((table, at)) = blob.path_number() {
                by_path[table][at].add(Sum { blobs: 1, bytes: size });
            }
        }
        for (table, by_path) in paths.tables().iter().zip(&by_path) {
            for (at, sum) in by_path.iter().enumerate().filter(|(_, sum)| sum.blobs > 0) {
                let path = super::objects::lossy(table.path(at));
                sums.places.entry(figures::place(&path).to_owned()).or_default().add(*sum);
                sums.extensions.entry(figures::extension(&path)).or_default().add(*sum);
            }
        }
        sums
    }

    /// How many objects could not be read. They might be readable the next time.
    pub(super) fn unread(&self) -> u64 {
        self.commits.unread.saturating_add(self.trees.unread).saturating_add(self.blobs.unread)
    }

    /// Notes how deep history is at a commit, and how many parents that has.
    pub(super) fn shape(&mut self, history: &History<'_>, pos: Pos) {
        self.depth = self.depth.max(u64::from(history.generation(pos)));
        self.parents = self.parents.max(history.parents(pos).count() as u64);
    }

    /// Notes that commits have gone, so that [`Sums::shape`] has to be said of all that are left.
    pub(super) fn forget_shape(&mut self) {
        (self.depth, self.parents) = (0, 0);
    }

    /// Adds an object that is not among those that are counted.
    pub(super) fn add(&mut self, object: Counted, history: &History<'_>) {
        let year = self.years.entry(figures::year(history, object.pos)).or_default();
        let size = object.size.unwrap_or(0);
        match object.sort {
            Sort::Commit => year.commits += 1,
            Sort::Tree => {}
            Sort::Blob => {
                year.blobs += 1;
                year.bytes += size;
                let sum = Sum { blobs: 1, bytes: size };
                if let Some(path) = &object.path {
                    self.places.entry(figures::place(path).to_owned()).or_default().add(sum);
                    self.extensions.entry(figures::extension(path)).or_default().add(sum);
                }
            }
        }
        let kind = self.kind(object.sort);
        match object.size {
            None => kind.unread += 1,
            Some(size) => {
                let complete = kind.largest.len() as u64 == kind.count.saturating_sub(kind.unread);
                let rank = |large: &Large| (Reverse(large.size), large.object.clone());
                let commit = history.oid(object.pos).to_string();
                let large = Large { size, object: object.id.to_string(), path: object.path, commit };
                let at = kind.largest.partition_point(|other| rank(other) < rank(&large));
                // Behind the last one there may be others that are not known.
                if at < kind.largest.len() || complete {
                    kind.largest.insert(at, large);
                    kind.largest.truncate(KNOWN);
                }
            }
        }
        kind.count += 1;
        kind.total += size;
    }

    /// Takes away an object that is counted, with the size, commit and path with which it is.
    pub(super) fn take(&mut self, object: &Counted, history: &History<'_>) {
        let (size, year) = (object.size.unwrap_or(0), figures::year(history, object.pos));
        if let Some(sum) = self.years.get_mut(&year) {
            match object.sort {
                Sort::Commit => sum.commits = sum.commits.saturating_sub(1),
                Sort::Tree => {}
                Sort::Blob => {
                    sum.blobs = sum.blobs.saturating_sub(1);
                    sum.bytes = sum.bytes.saturating_sub(size);
                }
            }
        }
        self.years.retain(|_, sum| sum.commits > 0 || sum.blobs > 0);
        if let (Sort::Blob, Some(path)) = (object.sort, &object.path) {
            let sum = Sum { blobs: 1, bytes: size };
            take(&mut self.places, figures::place(path), sum);
            take(&mut self.extensions, &figures::extension(path), sum);
        }
        let kind = self.kind(object.sort);
        let name = object.id.to_string();
        kind.largest.retain(|large| large.object != name);
        kind.count = kind.count.saturating_sub(1);
        kind.total = kind.total.saturating_sub(size);
    }

    /// Whether all that the figures name is known: not when so many of the largest have gone that others, which are not
    /// known, would be named now.
    pub(super) fn are_complete(&self) -> bool {
        [&self.commits, &self.trees, &self.blobs].iter().all(|kind| {
            let read = usize::try_from(kind.count.saturating_sub(kind.unread)).unwrap_or(usize::MAX);
            kind.largest.len() >= read.min(NAMED)
        })
    }

    fn kind(&mut self, sort: Sort) -> &mut Kind {
        match sort {
            Sort::Commit => &mut self.commits,
            Sort::Tree => &mut self.trees,
            Sort::Blob => &mut self.blobs,
        }
    }

    /// The figures.
    pub(super) fn figures(&self) -> Figures {
        let named = |kind: &Kind| {
            let largest = kind.largest.iter().take(NAMED).cloned().collect();
            Kind { largest, ..*kind }
        };
        let extensions = self.extensions.iter().map(|(extension, sum)| Extension {
            extension: extension.clone(),
            blobs: sum.blobs,
            bytes: sum.bytes,
            media: figures::is_media(extension),
        });
        let places = self.places.iter();
        let places =
            places.map(|(path, sum)| Place { path: path.clone(), blobs: sum.blobs, bytes: sum.bytes });
        let mut figures = Figures {
            commits: named(&self.commits),
            trees: named(&self.trees),
            blobs: named(&self.blobs),
            depth: self.depth,
            parents: self.parents,
            years: self.years.clone(),
            extensions: extensions.collect(),
            places: places.collect(),
            media_share: 0.0,
        };
        figures.rank();
        figures
    }
}

impl Sum {
    fn add(&mut self, other: Sum) {
        self.blobs += other.blobs;
        self.bytes += other.bytes;
    }
}

fn take(sums: &mut BTreeMap<String, Sum>, key: &str, less: Sum) {
    if let Some(sum) = sums.get_mut(key) {
        sum.blobs = sum.blobs.saturating_sub(less.blobs);
        sum.bytes = sum.bytes.saturating_sub(less.bytes);
        if sum.blobs == 0 {
            sums.remove(key);
        }
    }
}

fn kind<'a>(items: &[Item<'a>], sizes: &[Option<u64>], history: &History<'a>, paths: &Paths<'a>) -> Kind {
    let mut by_size: Vec<(u64, usize)> =
        sizes.iter().enumerate().filter_map(|(at, size)| Some(((*size)?, at))).collect();
    let read = by_size.len();
    let known = KNOWN.min(read);
    // Items are in order of their names.
    let rank = |(size, at): &(u64, usize)| (Reverse(*size), *at);
    if read > known {
        by_size.select_nth_unstable_by_key(known, rank);
    }
    by_size.truncate(known);
    by_size.sort_by_key(rank);
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
