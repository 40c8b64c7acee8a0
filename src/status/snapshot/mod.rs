//! What one worktree looked like: the names in its directories, and tracked files whose content was compared.
//!
//! Nothing in a snapshot depends on git's index, on ignore rules or on configuration: it says what the system said,
//! and under which identity (device, inode, times of modification and change) it said so. A directory that has
//! another identity now is read again, a file that has other stat data is compared again. So there is nothing to
//! invalidate, and a snapshot of another worktree is merely useless.
//!
//! It is in files in the worktree's own git directory, replaced by rename. docs/gitformat-faststatus.md describes
//! every byte.

mod format;
mod read;
#[cfg(test)]
mod tests;
mod write;

use rustix::fs::Stat;

pub use read::{Directory, Snapshot};
pub use write::{FreshDirectory, Update};

/// The name of the file with directories, in the git directory of the worktree.
pub const NAMES_FILE: &str = crate::index::location::STATUS_FILE;
/// The name of the file with files that were compared.
pub const CONTENTS_FILE: &str = "git-fast.status-contents";

/// What tells one state of a directory from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Identity {
    /// Device.
    pub device: u64,
    /// Inode number; 0 for one that is never found again.
    pub inode: u64,
    /// Time of the last modification: seconds, nanoseconds.
    pub mtime: (i64, u32),
    /// Time of the last change of the inode.
    pub ctime: (i64, u32),
}

impl Identity {
    /// From stat data.
    // Their types differ between systems.
    #[allow(clippy::unnecessary_cast)]
    pub fn of(stat: &Stat) -> Identity {
        Identity {
            device: stat.st_dev as u64,
            inode: stat.st_ino as u64,
            mtime: (stat.st_mtime as i64, stat.st_mtime_nsec as u32),
            ctime: (stat.st_ctime as i64, stat.st_ctime_nsec as u32),
        }
    }
}

/// Everything that stat data say about a file, and what its content was compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// Identity and times.
    pub identity: Identity,
    /// Size in bytes.
    pub size: u64,
    /// Mode as the system has it.
    pub mode: u32,
    /// What was done to the content before it was compared, as a number.
    pub conversion: u32,
    /// The object that it was compared with.
    pub object: gix::ObjectId,
}

impl Compared {
    /// For a file that is now compared with an object.
    // Their types differ between systems.
    #[allow(clippy::unnecessary_cast)]
    pub fn new(stat: &Stat, conversion: u32, object: gix::ObjectId) -> Compared {
        Compared {
            identity: Identity::of(stat),
            size: stat.st_size as u64,
            mode: stat.st_mode as u32,
            conversion,
            object,
        }
    }
}
