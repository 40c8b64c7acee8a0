//! One pass over the worktree: the stat data of every tracked file, and the names that are not tracked.
//!
//! It goes by directories, in parallel: each is opened once, its files are asked for relative to it, and its names
//! are read only where the snapshot does not know them. What is found is data; what it means for the output is
//! somebody else's business. Contents are compared later (`content`), for the few files that need it.

mod names;
mod nested;
mod place;
mod system;
mod tracked;
mod untracked;

use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bstr::BString;
use rustix::fs::Stat;

pub use names::{Kind, Name, ReadNames};
pub use system::FOR_LOOKUP;

use super::excludes::GlobalExcludes;
use super::index_file::{IndexFile, UntrackedCache};
use super::options::{Ignored, Untracked};
use super::paths::Paths;
use super::settled::Settled;
use super::snapshot::{Directory, FreshDirectory, Identity, Snapshot};
use super::stat::StatRules;
use super::submodules::settings::SubmoduleSettings;
use crate::repo::NotExact;
use names::Names;

/// Directories nested deeper than this are left to git.
const MAX_DEPTH: usize = 200;

/// What a scan needs to know.
pub struct Scan<'a> {
    /// git's index.
    pub index: &'a IndexFile,
    /// How stat data count.
    pub rules: StatRules,
    /// Which untracked files are wanted.
    pub untracked: Untracked,
    /// Which ignored files are wanted.
    pub ignored: Ignored,
    /// The patterns for the whole worktree.
    pub excludes: &'a GlobalExcludes,
    /// What of submodules is ignored.
    pub submodules: &'a SubmoduleSettings,
    /// What git takes for known about directories.
    pub untracked_cache: Option<&'a UntrackedCache>,
    /// What the worktree looked like before.
    pub snapshot: Option<&'a Snapshot>,
    /// What is wanted.
    pub paths: &'a Paths,
    /// Whether files that are marked skip-worktree are looked for all the same.
    pub look_for_skipped: bool,
    /// Directories with other times may still be changing: they are not remembered.
    pub settled: Settled,
    /// Stop as soon as a difference is found.
    pub first_only: bool,
    /// Set once there is one.
    pub stopped: AtomicBool,
    /// How many directories were looked at, and how many were as the snapshot has them.
    pub directories: AtomicUsize,
    /// How many of them were as the snapshot has them.
    pub known: AtomicUsize,
}

/// A tracked file that is not certainly as the index has it.
#[derive(Debug, Clone, Copy)]
pub enum TrackedState {
    /// It is not there.
    Deleted,
    /// It is certainly different.
    Changed(Stat),
    /// Its content has to be compared.
    Unsure(Stat),
    /// It is there and the index only intends to have it.
    Intended(Stat),
    /// It is a submodule that is checked out.
    Submodule(Stat),
    /// It has stages; the file, if there is one.
    Conflict(Option<Stat>),
}

/// What a scan has found.
#[derive(Default)]
pub struct Found {
    /// Entries of the index (for conflicts: the first stage), and what is the matter with them.
    pub tracked: Vec<(usize, TrackedState)>,
    /// Untracked files, and directories with a slash at their end.
    pub untracked: Vec<BString>,
    /// Ignored ones.
    pub ignored: Vec<BString>,
    /// Directories that were read.
    pub read: Vec<FreshDirectory>,
    /// Submodules of which everything is ignored, as entries of the index.
    pub ignored_submodules: Vec<usize>,
    /// How many entries marked skip-worktree were on disk all the same.
    pub unskipped: usize,
}

impl Found {
    fn append(&mut self, mut other: Found) {
        self.tracked.append(&mut other.tracked);
        self.untracked.append(&mut other.untracked);
        self.ignored.append(&mut other.ignored);
        self.read.append(&mut other.read);
        self.ignored_submodules.append(&mut other.ignored_submodules);
        self.unskipped += other.unskipped;
    }
}

impl<'a> Scan<'a> {
    /// Scans the worktree whose top is open as `top`.
    ///
    /// # Errors
    /// Where git would warn, or only git knows.
    pub fn run(&self, top: &OwnedFd) -> Result<Found, NotExact> {
        let mut found = Found::default();
        self.top(top, &mut found)?;
        found.tracked.retain(|(at, _)| self.paths.contains(self.index.path(*at)));
        found.untracked.retain(|path| self.is_other(path));
        found.ignored.retain(|path| self.is_other(path));
        found.untracked.sort_unstable();
        found.ignored.sort_unstable();
        found.tracked.sort_unstable_by_key(|(at, _)| *at);
        Ok(found)
    }

    /// git does not list what the index has under the same name (a file that became a directory).
    fn is_other(&self, path: &[u8]) -> bool {
        path.strip_suffix(b"/").is_none_or(|path| self.index.find(path.into()).is_empty())
    }

    /// The names in an open directory, and its identity from before they were read.
    fn names_in(
        &self,
        dir: &OwnedFd,
        path: &[u8],
        known: Option<Directory<'a>>,
    ) -> Result<(Names<'a>, Identity), NotExact> {
        let (names, identity) = names::names(dir, known)?;
        self.looked_at(path, &names, &identity)?;
        Ok((names, identity))
    }

    /// Takes note of a directory whose names are known now.
    fn looked_at(&self, path: &[u8], names: &Names<'_>, identity: &Identity) -> Result<(), NotExact> {
        if self.untracked_cache.is_some_and(|cache| cache.is_doubtful(path.into(), identity)) {
            return Err("an untracked cache that may be out of date".into());
        }
        self.directories.fetch_add(1, Ordering::Relaxed);
        if matches!(names, Names::Known(_)) {
            self.known.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// The identity under which a directory may be remembered.
    fn lasting(&self, identity: Identity) -> Identity {
        if self.settled.has(&identity) { identity } else { Identity::default() }
    }

    fn difference(&self) {
        if self.first_only {
            self.stopped.store(true, Ordering::Relaxed);
        }
    }

    fn is_stopped(&self) -> bool {
        self.first_only && self.stopped.load(Ordering::Relaxed)
    }
}
