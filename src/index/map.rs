//! The bytes of a segment, mapped or owned, and the memory they take. The crate's only `unsafe` code is here.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::ops::Deref;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use rkyv::util::AlignedVec;

/// The alignment, in bytes, that every section has within its file and that owned bytes have in memory.
pub(super) const ALIGN: usize = 64;

/// The bytes of one segment, aligned to at least 64.
pub enum Bytes {
    /// A file mapped for reading.
    Mapped(memmap2::Mmap),
    /// Bytes in memory: an overlay, or a file that could not be mapped.
    Owned(AlignedVec<ALIGN>),
}

impl Bytes {
    /// Maps `file` as it is now.
    ///
    /// Segment files are published by rename and never modified or truncated afterwards, only unlinked; a mapping
    /// outlives that. What is read from a mapping is nevertheless treated as hostile.
    ///
    /// # Errors
    /// When the file cannot be mapped and not be read either.
    #[allow(unsafe_code)]
    pub fn map(file: &File) -> io::Result<Bytes> {
        if file.metadata()?.len() == 0 {
            return Ok(Bytes::Owned(AlignedVec::new()));
        }
        // SAFETY: the mapping is private to this process and read only. The contract of `Mmap::map` is that nobody
        // changes the file below it. Our writers never do; another program that does could at worst make us read
        // other bytes (each read is bounds-checked, and nothing but integers and byte strings is read) or, by
        // truncating, end the process with SIGBUS. git's own use of mapped packs and indexes has the same contract.
        match unsafe { memmap2::Mmap::map(file) } {
            Ok(map) => Ok(Bytes::Mapped(map)),
            Err(_) => Bytes::read(file),
        }
    }

    /// Reads all of `file` into memory, for file systems that cannot map. Wherever its position is: who has just written
    /// it has left it behind the end.
    fn read(file: &File) -> io::Result<Bytes> {
        let mut bytes = AlignedVec::new();
        bytes.resize(usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?, 0);
        file.read_exact_at(&mut bytes, 0)?;
        Ok(Bytes::Owned(bytes))
    }

    /// Whether they are mapped.
    pub fn are_mapped(&self) -> bool {
        matches!(self, Bytes::Mapped(_))
    }

    /// Copies `bytes` into aligned memory.
    pub fn copy(bytes: &[u8]) -> Bytes {
        let mut aligned = AlignedVec::with_capacity(bytes.len());
        aligned.extend_from_slice(bytes);
        Bytes::Owned(aligned)
    }
}

impl Deref for Bytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Mapped(map) => map,
            Bytes::Owned(bytes) => bytes,
        }
    }
}

/// From now on, a large block of memory (1 MiB or more) is a mapping of its own: it grows without being copied, and
/// goes back when it is freed. glibc begins so, but raises that limit up to 32 MiB with the sizes that it sees.
pub fn keep_large_blocks_apart() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[allow(unsafe_code)]
    // SAFETY: mallopt(3) with this parameter only changes what later allocations do. Nothing depends on its success.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 20);
    }
}

/// Gives the memory back that has been freed. The allocator of glibc keeps it where something in use lies behind it,
/// and a build frees some hundred MB of small pieces between its phases.
pub fn give_back_freed() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[allow(unsafe_code)]
    // SAFETY: malloc_trim(3) may be called at any time from any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Opens a regular file of the index for reading. The index directory is in a working tree, where a checkout may put
/// things: a symbolic link is not followed, and a pipe or device does not block.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(flags()).open(path)?;
    require_regular(file)
}

/// Opens or creates a regular file of the index for reading and writing, with the same caution.
pub(crate) fn open_or_create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).custom_flags(flags());
    require_regular(options.open(path)?)
}

/// Opens or creates a regular file of the index for adding to its end, with the same caution.
pub(crate) fn open_to_append(path: &Path) -> io::Result<File> {
    require_regular(OpenOptions::new().append(true).create(true).custom_flags(flags()).open(path)?)
}

/// Reads a regular file of the index, with the same caution.
pub(crate) fn read_regular(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a regular file of the index, with the same caution, as far as one byte more than it may have.
pub(crate) fn read_at_most(path: &Path, len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(len as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn flags() -> i32 {
    use rustix::fs::OFlags;
    (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC).bits() as i32
}

fn require_regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is not a regular file")) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// A file that has just been written was read from behind its end.
    #[test]
    fn a_file_that_cannot_be_mapped_is_read_from_its_beginning() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"beginning and end").unwrap();
        assert_eq!(*Bytes::read(&file).unwrap(), *b"beginning and end");
        assert_eq!(*Bytes::map(&file).unwrap(), *b"beginning and end");
        assert!(Bytes::map(&file).unwrap().are_mapped() && !Bytes::read(&file).unwrap().are_mapped());
    }
}
