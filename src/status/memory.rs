//! What is remembered from one invocation to the next: two snapshots, one of names and one of contents, since the
//! second is small and changes often.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use bstr::BStr;

use super::content::Answer;
use super::index_file::IndexFile;
use super::settled::Settled;
use super::snapshot::{self, FreshDirectory, Snapshot, Update};

/// File systems whose time stamps are made by this machine's clock, by their magic numbers (statfs(2)): ext2 to
/// ext4, XFS, btrfs, tmpfs, overlayfs, f2fs, bcachefs, ZFS.
const LOCAL: [i64; 8] = [
    0xef53,
    0x5846_5342,
    0x9123_683e,
    0x0102_1994,
    0x794c_7630,
    0xf2f5_2010,
    0xca45_1a4e_u32 as i64,
    0x2fc1_2fc1,
];

/// What is known from before.
pub struct Memory {
    /// The worktree's git directory; `None` where nothing is to be remembered.
    git_dir: Option<PathBuf>,
    names: Option<Snapshot>,
    contents: Option<Snapshot>,
}

impl Memory {
    /// Opens what there is about the worktree that is open as `top`. Where times are not this machine's, there is
    /// nothing.
    pub fn open(git_dir: &Path, top: &OwnedFd) -> Memory {
        // Its type differs between systems.
        #[allow(clippy::unnecessary_cast)]
        let is_local = rustix::fs::fstatfs(top).is_ok_and(|fs| LOCAL.contains(&(fs.f_type as i64)));
        if !is_local {
            return Memory::none();
        }
        Memory {
            names: Snapshot::open(&git_dir.join(snapshot::NAMES_FILE)),
            contents: Snapshot::open(&git_dir.join(snapshot::CONTENTS_FILE)),
            git_dir: Some(git_dir.to_owned()),
        }
    }

    /// Nothing is known, and nothing is to be remembered.
    pub fn none() -> Memory {
        Memory { git_dir: None, names: None, contents: None }
    }

    /// The names in directories.
    pub fn names(&self) -> Option<&Snapshot> {
        self.names.as_ref()
    }

    /// Which contents were compared.
    pub fn contents(&self) -> Option<&Snapshot> {
        self.contents.as_ref()
    }

    /// Writes what is worth it: directories that were read (`misses` of them were not known), and files that were
    /// compared. What is not `settled` may be changing still.
    pub fn remember(
        &self,
        index: &IndexFile,
        read: Vec<FreshDirectory>,
        misses: usize,
        answers: &[Answer],
        settled: Settled,
    ) {
        let Some(git_dir) = &self.git_dir else { return };
        let lasting = read.iter().filter(|read| read.identity.inode != 0).count();
        let size = self.names.as_ref().map_or(0, Snapshot::directory_count);
        // A directory that is read costs about as much as writing a hundred others. What can't be written is found
        // out again the next time; that is all.
        if self.names.is_none() || misses.min(lasting) * 100 > size {
            let update =
                Update { old: self.names(), directories: read, compared: Vec::new(), keep: &|_| true };
            let _ = update.publish(&git_dir.join(snapshot::NAMES_FILE));
        }
        let mut compared = Vec::new();
        for answer in answers {
            let Some(new) = answer.compared else { continue };
            if settled.has(&new.identity) {
                compared.push((index.path(answer.at).to_owned(), new, answer.same));
            }
        }
        if !compared.is_empty() {
            let keep = |path: &BStr| !index.find(path).is_empty();
            let update = Update { old: self.contents(), directories: Vec::new(), compared, keep: &keep };
            let _ = update.publish(&git_dir.join(snapshot::CONTENTS_FILE));
        }
    }
}
