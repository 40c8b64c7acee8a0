//! What the scan asks the system for in another way on Linux than elsewhere.

use std::ffi::CStr;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{FileType, OFlags};
use rustix::io::Errno;

/// A directory is opened for finding things in it, not for reading its names. Without `O_PATH` it takes the permission for
/// both.
#[cfg(target_os = "linux")]
pub const FOR_LOOKUP: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// The same.
#[cfg(not(target_os = "linux"))]
pub const FOR_LOOKUP: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// Calls `visit` with each name in a directory that is open for reading.
#[cfg(target_os = "linux")]
pub(super) fn for_each_entry(
    dir: &OwnedFd,
    mut visit: impl FnMut(&CStr, FileType) -> Result<(), Errno>,
) -> Result<(), Errno> {
    let mut buffer = [std::mem::MaybeUninit::<u8>::uninit(); 16 << 10];
    let mut entries = rustix::fs::RawDir::new(dir.as_fd(), &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = entry?;
        visit(entry.file_name(), entry.file_type())?;
    }
    Ok(())
}

/// The same, through readdir(3).
#[cfg(not(target_os = "linux"))]
pub(super) fn for_each_entry(
    dir: &OwnedFd,
    mut visit: impl FnMut(&CStr, FileType) -> Result<(), Errno>,
) -> Result<(), Errno> {
    for entry in rustix::fs::Dir::read_from(dir.as_fd())? {
        let entry = entry?;
        visit(entry.file_name(), entry.file_type())?;
    }
    Ok(())
}
