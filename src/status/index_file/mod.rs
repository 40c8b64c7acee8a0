//! git's index, read in place: a table of where each entry is, and nothing copied but the paths of version 4.
//!
//! The format is gitformat-index(5). What git would complain about, and what is not read here (split and sparse
//! indexes), is [`NotExact`]. Nothing here writes.

mod cache_tree;
mod parse;
mod untracked_cache;

use std::ffi::CStr;
use std::fs::File;
use std::io::ErrorKind;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use bstr::{BStr, ByteSlice};
use gix::ObjectId;
use gix::hash::{Kind, oid};

pub use cache_tree::CacheTree;
pub use untracked_cache::UntrackedCache;

use crate::index::Bytes;
use crate::repo::NotExact;

/// Mode of a regular file; the low bits are 0644 or 0755.
pub const REGULAR: u32 = 0o100_000;
/// Mode of an executable file.
pub const EXECUTABLE: u32 = 0o100_755;
/// Mode of a plain file.
pub const PLAIN: u32 = 0o100_644;
/// Mode of a symbolic link.
pub const LINK: u32 = 0o120_000;
/// Mode of a submodule's commit.
pub const GITLINK: u32 = 0o160_000;
/// The bits of a mode that say what kind of file it is.
pub const TYPE_MASK: u32 = 0o170_000;

/// Bytes of an entry before its object name: ten numbers.
const STAT_LEN: usize = 40;

/// Where an entry's parts are.
#[derive(Debug, Clone, Copy)]
struct Slot {
    /// Offset of the ten numbers in the file.
    stat: u32,
    /// Offset of the path in the file, or for version 4 among the unpacked paths.
    path: u32,
    /// Length of the path in bytes.
    len: u32,
}

/// A decoded index.
pub struct IndexFile {
    bytes: Bytes,
    /// Version 4: all paths, unpacked, each with a NUL behind it.
    unpacked: Option<Vec<u8>>,
    slots: Vec<Slot>,
    hash: Kind,
    /// Where the `TREE` extension is.
    cache_tree: Option<Range<usize>>,
    /// Where the `UNTR` extension is.
    untracked_cache: Option<Range<usize>>,
    /// The second in which the file was modified; 0 when there is no file.
    pub timestamp: i64,
    /// Whether any entry is a submodule.
    pub has_gitlinks: bool,
    /// Whether any entry has a stage.
    pub has_conflicts: bool,
    /// How many entries are marked skip-worktree.
    pub skipped: usize,
    /// How many entries are marked intent-to-add.
    pub intended: usize,
}

/// One entry.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Path from the top of the worktree.
    pub path: &'a BStr,
    stat: &'a [u8],
    hash_len: usize,
}

impl IndexFile {
    /// Reads the index at `path`; a file that is not there is an empty index.
    ///
    /// # Errors
    /// When git would complain, or the index has parts that are not read here.
    pub fn open(path: &Path, hash: Kind) -> Result<IndexFile, NotExact> {
        let failed = |err: std::io::Error| NotExact::from(format!("index: {err}"));
        let file = match File::open(path) {
            Ok(file) => file,
            Err(err) if err.kind() == ErrorKind::NotFound => return Ok(IndexFile::empty(hash)),
            Err(err) => return Err(failed(err)),
        };
        let meta = file.metadata().map_err(failed)?;
        if !meta.is_file() {
            return Err("the index is not a file".into());
        }
        let bytes = Bytes::map(&file).map_err(failed)?;
        IndexFile::parse(bytes, hash, meta.mtime())
    }

    /// Reads the bytes of an index that was last modified at `timestamp`, in seconds since the epoch.
    ///
    /// # Errors
    /// As for [`IndexFile::open`].
    pub fn parse(bytes: Bytes, hash: Kind, timestamp: i64) -> Result<IndexFile, NotExact> {
        parse::parse(bytes, hash, timestamp)
    }

    fn empty(hash: Kind) -> IndexFile {
        IndexFile {
            bytes: Bytes::copy(b""),
            unpacked: None,
            slots: Vec::new(),
            hash,
            cache_tree: None,
            untracked_cache: None,
            timestamp: 0,
            has_gitlinks: false,
            has_conflicts: false,
            skipped: 0,
            intended: 0,
        }
    }

    /// How many entries there are, stages counted one by one.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The entry at `at`, which must be below [`IndexFile::len`].
    pub fn entry(&self, at: usize) -> Entry<'_> {
        let slot = &self.slots[at];
        Entry {
            path: self.path_of(slot),
            stat: &self.bytes[slot.stat as usize..],
            hash_len: self.hash.len_in_bytes(),
        }
    }

    /// The path of the entry at `at`.
    pub fn path(&self, at: usize) -> &BStr {
        self.path_of(&self.slots[at])
    }

    fn path_of(&self, slot: &Slot) -> &BStr {
        self.paths()[slot.path as usize..][..slot.len as usize].as_bstr()
    }

    /// All paths, and more in between, each with a NUL behind it.
    fn paths(&self) -> &[u8] {
        self.unpacked.as_deref().unwrap_or(&self.bytes)
    }

    /// The path of the entry at `at` without its first `skip` bytes, as the system takes it: nothing is copied.
    ///
    /// # Errors
    /// When there is a NUL within it, as only a damaged index has.
    pub fn path_from(&self, at: usize, skip: usize) -> Result<&CStr, NotExact> {
        let slot = &self.slots[at];
        let path = &self.paths()[slot.path as usize..][skip..=slot.len as usize];
        CStr::from_bytes_with_nul(path).map_err(|_| "index: a path".into())
    }

    /// The end of the entries from `start` on, below `end`, whose paths begin with `prefix`.
    pub fn end_of(&self, start: usize, end: usize, prefix: &[u8]) -> usize {
        // Directories are small: step out from the start in growing strides before halving.
        let below = |at: usize| self.path(at).starts_with(prefix);
        let (mut low, mut step) = (start, 1);
        while low + step < end && below(low + step) {
            low += step;
            step *= 2;
        }
        let (mut low, mut high) = (low + 1, (low + step).min(end));
        while low < high {
            let middle = low + (high - low) / 2;
            if below(middle) { low = middle + 1 } else { high = middle }
        }
        low.min(end)
    }

    /// The entries whose path is exactly `path`, at any stage.
    pub fn find(&self, path: &BStr) -> Range<usize> {
        let start = self.slots.partition_point(|slot| self.path_of(slot) < path);
        let count = self.slots[start..].iter().take_while(|slot| self.path_of(slot) == path).count();
        start..start + count
    }

    /// Whether git's untracked cache, if there is one, was made for a worktree at `top`: git warns where it was not.
    pub fn untracked_cache_is_at(&self, top: &Path) -> bool {
        let Some(place) = self.untracked_cache.clone() else { return true };
        // What uname(2) calls the system; where it can't be read, git is asked.
        let system = std::fs::read("/proc/sys/kernel/ostype").unwrap_or_default();
        let location = [b"Location ", top.as_os_str().as_bytes(), b", system ", system.trim_ascii_end()];
        !system.is_empty() && self.bytes[place].contains_str(location.concat())
    }

    /// git's untracked cache, if there is one.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn untracked_cache(&self) -> Result<Option<UntrackedCache>, NotExact> {
        let Some(place) = self.untracked_cache.clone() else { return Ok(None) };
        match UntrackedCache::parse(&self.bytes[place], self.hash.len_in_bytes()) {
            Some(cache) => Ok(Some(cache)),
            None => Err("an odd untracked cache".into()),
        }
    }

    /// The tree that all of the index is known to be, and how many entries that should be.
    pub fn root_tree(&self) -> Option<(ObjectId, usize)> {
        CacheTree::root(&self.bytes[self.cache_tree.clone()?], self.hash.len_in_bytes())
    }

    /// What the index says about the trees that its directories would be written as.
    pub fn cache_tree(&self) -> Option<CacheTree> {
        CacheTree::parse(&self.bytes[self.cache_tree.clone()?], self.hash.len_in_bytes())
    }
}

impl<'a> Entry<'a> {
    fn number(&self, at: usize) -> u32 {
        let bytes = &self.stat[at * 4..at * 4 + 4];
        u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }

    /// Seconds of the change time, as far as 32 bits go.
    pub fn ctime(&self) -> u32 {
        self.number(0)
    }

    /// Seconds of the modification time, as far as 32 bits go.
    pub fn mtime(&self) -> u32 {
        self.number(2)
    }

    /// Number of the inode, as far as 32 bits go.
    pub fn inode(&self) -> u32 {
        self.number(5)
    }

    /// Mode: kind of file and permissions, in git's own terms.
    pub fn mode(&self) -> u32 {
        self.number(6)
    }

    /// Owner.
    pub fn uid(&self) -> u32 {
        self.number(7)
    }

    /// Group.
    pub fn gid(&self) -> u32 {
        self.number(8)
    }

    /// Size in bytes as the index has it: 32 bits of it.
    pub fn size(&self) -> u32 {
        self.number(9)
    }

    /// The object.
    pub fn id(&self) -> &'a oid {
        oid::from_bytes_unchecked(&self.stat[STAT_LEN..STAT_LEN + self.hash_len])
    }

    fn flags(&self) -> u16 {
        let at = STAT_LEN + self.hash_len;
        u16::from_be_bytes([self.stat[at], self.stat[at + 1]])
    }

    fn more_flags(&self) -> u16 {
        let at = STAT_LEN + self.hash_len + 2;
        if self.flags() & parse::EXTENDED == 0 {
            return 0;
        }
        u16::from_be_bytes([self.stat[at], self.stat[at + 1]])
    }

    /// 0, or 1 to 3 for the base, our side and their side of a conflict.
    pub fn stage(&self) -> u8 {
        (self.flags() >> 12 & 3) as u8
    }

    /// `git update-index --assume-unchanged`.
    pub fn is_assumed_unchanged(&self) -> bool {
        self.flags() & parse::ASSUME_VALID != 0
    }

    /// `git update-index --skip-worktree`, and what a sparse checkout leaves out.
    pub fn is_skipped(&self) -> bool {
        self.more_flags() & parse::SKIP_WORKTREE != 0
    }

    /// `git add --intent-to-add`.
    pub fn is_intended(&self) -> bool {
        self.more_flags() & parse::INTENT_TO_ADD != 0
    }
}
