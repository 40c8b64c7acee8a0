//! Reading a snapshot. It was hashed when it was opened, and is nevertheless read as if anybody had written it.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use bstr::{BStr, ByteSlice};

use super::format::{
    COMPARED_LEN, DIRECTORY_LEN, HASH_LEN, HEADER_LEN, MAGIC, NAME_LEN, NONE, u32_at, u64_at,
};
use super::{Compared, Identity};
use crate::index::Bytes;
use crate::status::scan::{Kind, Name};

/// An open snapshot.
pub struct Snapshot {
    bytes: Bytes,
    directories: usize,
    names: usize,
    compared: usize,
}

/// One directory of a snapshot.
#[derive(Clone, Copy)]
pub struct Directory<'s> {
    snapshot: &'s Snapshot,
    /// Its record.
    record: &'s [u8],
    position: u32,
    first: usize,
    count: usize,
}

impl Snapshot {
    /// Opens the file; `None` when there is none, or none that can be used.
    pub fn open(path: &Path) -> Option<Snapshot> {
        use rustix::fs::OFlags;
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC).bits() as i32;
        let file = OpenOptions::new().read(true).custom_flags(flags).open(path).ok()?;
        if !file.metadata().ok()?.is_file() {
            return None;
        }
        Snapshot::new(Bytes::map(&file).ok()?)
    }

    /// Checks `bytes` and keeps them; `None` when they can't be used.
    pub fn new(bytes: Bytes) -> Option<Snapshot> {
        let body = bytes.get(MAGIC.len() + HASH_LEN..)?;
        if !bytes.starts_with(&MAGIC) || bytes.len() < HEADER_LEN {
            return None;
        }
        if *blake3::hash(body).as_bytes() != bytes[MAGIC.len()..MAGIC.len() + HASH_LEN] {
            return None;
        }
        let count = |at: usize| usize::try_from(u64_at(body, at * 8)).ok().filter(|n| *n <= bytes.len());
        let (directories, names, text, compared) = (count(0)?, count(1)?, count(2)?, count(3)?);
        let expected =
            HEADER_LEN + directories * DIRECTORY_LEN + names * NAME_LEN + compared * COMPARED_LEN + text;
        (bytes.len() == expected).then_some(Snapshot { directories, names, compared, bytes })
    }

    /// The top of the worktree.
    pub fn root(&self) -> Option<Directory<'_>> {
        self.directory(0)
    }

    /// How many directories it has.
    pub fn directory_count(&self) -> usize {
        self.directories
    }

    /// The directory at a position that a name gave.
    pub fn directory(&self, position: u32) -> Option<Directory<'_>> {
        let at = position as usize;
        if at >= self.directories {
            return None;
        }
        let record = &self.bytes[HEADER_LEN + at * DIRECTORY_LEN..][..DIRECTORY_LEN];
        let (first, count) = (u64_at(record, 40) as usize, u64_at(record, 48) as usize);
        let fits = first.checked_add(count).is_some_and(|end| end <= self.names);
        fits.then_some(Directory { snapshot: self, record, position, first, count })
    }

    fn text(&self, offset: u64, len: u32) -> &[u8] {
        let start = HEADER_LEN
            + self.directories * DIRECTORY_LEN
            + self.names * NAME_LEN
            + self.compared * COMPARED_LEN;
        let at = start.saturating_add(usize::try_from(offset).unwrap_or(usize::MAX));
        self.bytes.get(at..).and_then(|rest| rest.get(..len as usize)).unwrap_or_default()
    }

    fn compared_record(&self, at: usize) -> &[u8] {
        let start = HEADER_LEN + self.directories * DIRECTORY_LEN + self.names * NAME_LEN;
        &self.bytes[start + at * COMPARED_LEN..][..COMPARED_LEN]
    }

    fn compared_path(&self, at: usize) -> &BStr {
        let record = self.compared_record(at);
        self.text(u64_at(record, 0), u32_at(record, 8)).as_bstr()
    }

    /// Whether the content of `path` is that of the object, if just this has been found out before.
    pub fn same_content(&self, path: &BStr, question: &Compared) -> Option<bool> {
        let (mut low, mut high) = (0, self.compared);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.compared_path(middle).cmp(path) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => {
                    let (compared, same) = decode_compared(self.compared_record(middle))?;
                    return (compared == *question).then_some(same);
                }
            }
        }
        None
    }

    /// All files that were compared.
    pub fn all_compared(&self) -> impl Iterator<Item = (&BStr, Compared, bool)> {
        (0..self.compared).filter_map(|at| {
            let (compared, same) = decode_compared(self.compared_record(at))?;
            Some((self.compared_path(at), compared, same))
        })
    }
}

fn decode_identity(record: &[u8]) -> Identity {
    Identity {
        device: u64_at(record, 0),
        inode: u64_at(record, 8),
        mtime: (u64_at(record, 16) as i64, u32_at(record, 24)),
        ctime: (u64_at(record, 32) as i64, u32_at(record, 28)),
    }
}

/// Offset 8, length 4, mode 4, identity 40, size 8, conversion 4, verdict 1, length of the object name 1, 2 zero,
/// object name 32.
fn decode_compared(record: &[u8]) -> Option<(Compared, bool)> {
    let len = usize::from(record[69]);
    let object = gix::ObjectId::try_from(record.get(72..72 + len)?).ok()?;
    let compared = Compared {
        identity: decode_identity(&record[16..56]),
        size: u64_at(record, 56),
        mode: u32_at(record, 12),
        conversion: u32_at(record, 64),
        object,
    };
    Some((compared, record[68] == 1))
}

impl<'s> Directory<'s> {
    /// The identity that it had.
    pub fn identity(&self) -> Identity {
        decode_identity(self.record)
    }

    /// How many names are in it.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The name at `at`.
    pub fn name(&self, at: usize) -> Name<'s> {
        let start = HEADER_LEN + self.snapshot.directories * DIRECTORY_LEN;
        let record = &self.snapshot.bytes[start + (self.first + at) * NAME_LEN..][..NAME_LEN];
        let place = u64_at(record, 0);
        let kind = match place >> 56 {
            1 => Kind::Directory,
            2 => Kind::File,
            3 => Kind::Link,
            _ => Kind::Other,
        };
        // Directories come before those in them, so that nothing can lead in circles.
        let child = Some(u32_at(record, 12)).filter(|at| *at != NONE && *at > self.position);
        Name { name: self.snapshot.text(place & (u64::MAX >> 8), u32_at(record, 8)), kind, child }
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = Name<'s>> {
        (0..self.count).map(|at| self.name(at))
    }

    /// The position of a name.
    pub fn find(&self, name: &[u8]) -> Option<usize> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.name(middle).name.cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}
