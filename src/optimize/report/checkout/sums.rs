//! What the figures of a tree are made of: sums to which entries can be added and from which they can be taken.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use bstr::{BStr, ByteSlice};
use serde::{Deserialize, Serialize};

use super::{Checkout, Directory, NAMED};

/// Directories of up to this depth are compared.
const DEPTH: usize = 2;
/// So many of the longest paths are known, so that the longest still is when some have gone.
const KNOWN: usize = 64;

/// What a tree has at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Directory,
    Link,
    Submodule,
    File,
}

impl Mode {
    pub(super) fn of(mode: &[u8]) -> Mode {
        match mode {
            b"040000" => Mode::Directory,
            b"120000" => Mode::Link,
            b"160000" => Mode::Submodule,
            _ => Mode::File,
        }
    }

    /// Whether it is a blob.
    pub(super) fn has_size(self) -> bool {
        matches!(self, Mode::Link | Mode::File)
    }
}

/// An entry of a tree or of one below it.
pub(super) struct Entry<'p> {
    pub(super) path: &'p BStr,
    pub(super) mode: Mode,
    /// Bytes; `None` where they are not known, 0 for what has none.
    pub(super) size: Option<u64>,
}

/// The sums. Paths in them are any bytes, each of which is a character, since JSON has only text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sums {
    directories: u64,
    files: u64,
    links: u64,
    submodules: u64,
    bytes: u64,
    /// Files and links of unknown size.
    unread: u64,
    /// By number of names: how many paths there are that are not directories.
    depths: BTreeMap<u64, u64>,
    /// The longest of those, the first by name of equally long ones first.
    longest: Vec<(u64, String)>,
    /// By directory: files in it and below, and their bytes.
    below: BTreeMap<String, (u64, u64)>,
    /// By directory: its entries.
    entries: BTreeMap<String, u64>,
}

impl Sums {
    /// Adds an entry that is not among those that are counted.
    pub(super) fn add(&mut self, entry: Entry<'_>) {
        let parent = parent(entry.path);
        *self.entries.entry(text(parent)).or_default() += 1;
        let complete = self.longest.len() as u64 == self.paths();
        *self.counter(entry.mode) += 1;
        if entry.mode == Mode::Directory {
            return;
        }
        let size = entry.size.unwrap_or(0);
        self.bytes += size;
        self.unread += u64::from(entry.size.is_none());
        *self.depths.entry(depth(entry.path)).or_default() += 1;
        let len = entry.path.len() as u64;
        // Most are too short, and are not looked at more closely.
        if complete || self.longest.last().is_some_and(|(last, _)| len >= *last) {
            let path = text(entry.path);
            let at =
                self.longest.partition_point(|(other, name)| (Reverse(*other), name) < (Reverse(len), &path));
            if at < self.longest.len() || complete {
                self.longest.insert(at, (len, path));
                self.longest.truncate(KNOWN);
            }
        }
        for dir in parents(entry.path) {
            let sum = self.below.entry(text(dir)).or_default();
            *sum = (sum.0 + 1, sum.1 + size);
        }
    }

    /// Takes away an entry that is counted, with the size with which it is.
    pub(super) fn take(&mut self, entry: Entry<'_>) {
        let parent = text(parent(entry.path));
        less(&mut self.entries, &parent);
        let counter = self.counter(entry.mode);
        *counter = counter.saturating_sub(1);
        if entry.mode == Mode::Directory {
            return;
        }
        let size = entry.size.unwrap_or(0);
        self.bytes = self.bytes.saturating_sub(size);
        self.unread = self.unread.saturating_sub(u64::from(entry.size.is_none()));
        less(&mut self.depths, &depth(entry.path));
        let path = text(entry.path);
        self.longest.retain(|(_, other)| *other != path);
        for dir in parents(entry.path).map(text) {
            if let Some(sum) = self.below.get_mut(&dir) {
                *sum = (sum.0.saturating_sub(1), sum.1.saturating_sub(size));
                if sum.0 == 0 {
                    self.below.remove(&dir);
                }
            }
        }
    }

    /// Whether the longest path is known: not when those that were known have gone.
    pub(super) fn are_complete(&self) -> bool {
        !self.longest.is_empty() || self.paths() == 0
    }

    /// How many sizes are missing.
    pub(super) fn unread(&self) -> u64 {
        self.unread
    }

    /// How many entries there are that are not directories.
    fn paths(&self) -> u64 {
        self.files.saturating_add(self.links).saturating_add(self.submodules)
    }

    fn counter(&mut self, mode: Mode) -> &mut u64 {
        match mode {
            Mode::Directory => &mut self.directories,
            Mode::Link => &mut self.links,
            Mode::Submodule => &mut self.submodules,
            Mode::File => &mut self.files,
        }
    }

    /// The figures.
    pub(super) fn checkout(&self) -> Checkout {
        let mut largest: Vec<(&String, &(u64, u64))> = self.below.iter().collect();
        largest.sort_by_key(|(_, (files, bytes))| Reverse((*bytes, *files)));
        largest.truncate(NAMED);
        let directory = |(path, (files, bytes)): (&String, &(u64, u64))| Directory {
            path: shown(path),
            files: *files,
            bytes: *bytes,
        };
        let longest = self.longest.first();
        let most = self.entries.iter().max_by_key(|(_, count)| **count);
        Checkout {
            files: self.files,
            directories: self.directories,
            links: self.links,
            submodules: self.submodules,
            bytes: self.bytes,
            unread: self.unread,
            depth: self.depths.last_key_value().map_or(0, |(depth, _)| *depth),
            path_length: longest.map_or(0, |(len, _)| *len),
            longest_path: longest.map_or_else(String::new, |(_, path)| shown(path)),
            largest_directories: largest.into_iter().map(directory).collect(),
            most_entries: most.map_or(0, |(_, count)| *count),
            most_entries_in: most.map_or_else(String::new, |(path, _)| shown(path)),
        }
    }
}

/// Counts one less.
fn less<K: Ord>(counts: &mut BTreeMap<K, u64>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(key);
        }
    }
}

fn parent(path: &BStr) -> &BStr {
    path.rsplit_once_str("/").map_or(&b""[..], |(parent, _)| parent).as_bstr()
}

/// The directories that are compared and that a path is in.
fn parents(path: &BStr) -> impl Iterator<Item = &BStr> {
    path.find_iter("/").take(DEPTH).map(|end| path[..end].as_bstr())
}

fn depth(path: &BStr) -> u64 {
    path.split_str("/").count() as u64
}

fn text(path: &BStr) -> String {
    path.iter().copied().map(char::from).collect()
}

fn shown(text: &str) -> String {
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
    bytes.to_str_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Added and taken in any order, the figures are those of what is left; or it is known that they are not.
    #[test]
    fn whatever_has_gone_leaves_no_trace() {
        let mut rng = fastrand::Rng::with_seed(7);
        let modes = [Mode::File, Mode::File, Mode::File, Mode::Link, Mode::Submodule, Mode::Directory];
        let mut all: BTreeMap<Vec<u8>, (Mode, Option<u64>)> = BTreeMap::new();
        let mut sums = Sums::default();
        let mut known = 0;
        for _ in 0..4000 {
            let gone = all.keys().nth(rng.usize(0..=all.len())).cloned().filter(|_| rng.u8(0..9) < 3);
            if let Some(path) = gone {
                let (mode, size) = all.remove(&path).unwrap();
                sums.take(Entry { path: path.as_bstr(), mode, size });
            } else {
                let names =
                    (0..rng.usize(1..5)).map(|_| vec![*rng.choice(b"abcd\xff").unwrap(); rng.usize(1..4)]);
                let path = names.collect::<Vec<_>>().join(&b'/');
                let entry = (*rng.choice(&modes).unwrap(), Some(rng.u64(0..100)).filter(|size| *size > 4));
                if let std::collections::btree_map::Entry::Vacant(place) = all.entry(path.clone()) {
                    place.insert(entry);
                    sums.add(Entry { path: path.as_bstr(), mode: entry.0, size: entry.1 });
                }
            }
            let mut anew = Sums::default();
            for (path, (mode, size)) in &all {
                anew.add(Entry { path: path.as_bstr(), mode: *mode, size: *size });
            }
            if sums.are_complete() {
                known += 1;
                assert_eq!(sums.checkout(), anew.checkout());
            } else {
                sums = anew;
            }
        }
        assert!(known > 3900 && all.len() > 100, "{known}, {}", all.len());
    }
}
