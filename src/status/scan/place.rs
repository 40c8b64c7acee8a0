//! Directories that have tracked files in them, and how they are reached.
//!
//! A directory is opened once, and what is in it is found relative to it. One that has few files and nothing else in it, as
//! far as is known, stays closed: its files are found relative to the directory above. For as many files as a directory
//! usually has, opening and closing it takes longer than one component more for each of them. That what is above it may
//! change meanwhile is no news: git itself goes by whole paths.

use std::ops::Range;
use std::os::fd::OwnedFd;
use std::sync::OnceLock;

use rustix::fs::FileType;

use super::names::{self, Kind, Name, Names};
use super::tracked::Below;
use super::{Found, Scan};
use crate::repo::NotExact;
use crate::status::excludes::{Excludes, GITIGNORE};
use crate::status::options::Untracked;
use crate::status::snapshot::{Directory, Identity, Snapshot};
use crate::status::stat::stat_at;

/// Directories with more entries or names than this are opened.
const WORTH_OPENING: usize = 24;

/// A directory with tracked files in it.
pub(super) struct Place<'p, 's> {
    /// Itself, or the directory above it.
    pub(super) dir: &'p OwnedFd,
    /// With a slash at its end; empty for the top.
    pub(super) path: &'p [u8],
    /// How much of a path leads to `dir`, in bytes.
    pub(super) opened: usize,
    /// What the index has below it.
    pub(super) entries: Range<usize>,
    above: Option<&'p Place<'p, 's>>,
    /// What applies in it, once that matters.
    excludes: OnceLock<Excludes<'s>>,
    known: Option<Directory<'s>>,
    pub(super) depth: usize,
}

impl<'a> Scan<'a> {
    /// Scans the whole worktree, whose top is open as `top`.
    pub(super) fn top(&self, top: &OwnedFd, found: &mut Found) -> Result<(), NotExact> {
        let place = Place {
            dir: top,
            path: b"",
            opened: 0,
            entries: 0..self.index.len(),
            above: None,
            excludes: OnceLock::new(),
            known: self.snapshot.and_then(Snapshot::root),
            depth: 0,
        };
        self.tracked_directory(&place, found)
    }

    fn tracked_directory(&self, place: &Place<'_, 'a>, found: &mut Found) -> Result<(), NotExact> {
        let names = match self.untracked {
            Untracked::No => None,
            _ => Some(self.names_in(place.dir, place.path, place.known)?),
        };
        self.look_at(place, names, found)
    }

    /// Scans a directory in another one, which is open.
    pub(super) fn enter(
        &self,
        place: &Place<'_, 'a>,
        below: &Below<'_>,
        found: &mut Found,
    ) -> Result<(), NotExact> {
        if self.is_stopped() {
            return Ok(());
        }
        let path = [place.path, below.name, b"/"].concat();
        let known = below.child.and_then(|child| self.snapshot.and_then(|old| old.directory(child)));
        let inside = |dir, opened| Place {
            dir,
            path: &path,
            opened,
            entries: below.entries.clone(),
            above: Some(place),
            excludes: OnceLock::new(),
            known,
            depth: place.depth + 1,
        };
        if self.may_stay_closed(below, known, path.len())
            && let Some(stat) = stat_at(place.dir, below.name)?
            && FileType::from_raw_mode(stat.st_mode).is_dir()
        {
            let closed = || inside(place.dir, place.path.len());
            let identity = Identity::of(&stat);
            match known {
                _ if self.untracked == Untracked::No => return self.look_at(&closed(), None, found),
                Some(known) if known.identity() == identity => {
                    let names = Names::Known(known);
                    self.looked_at(&path, &names, &identity)?;
                    return self.look_at(&closed(), Some((names, identity)), found);
                }
                _ => {}
            }
        }
        match names::open_directory(place.dir, below.name)? {
            Some(dir) => self.tracked_directory(&inside(&dir, path.len()), found),
            None => self.behind(place, below.name, below.entries.clone(), found),
        }
    }

    /// Whether a directory has few files and nothing else in it, as far as is known. The first `skip` bytes of its entries'
    /// paths lead to it.
    fn may_stay_closed(&self, below: &Below<'_>, known: Option<Directory<'a>>, skip: usize) -> bool {
        let mut entries = below.entries.clone();
        entries.len() <= WORTH_OPENING
            && match (self.untracked, known) {
                (Untracked::No, _) => entries.all(|at| !self.index.path(at)[skip..].contains(&b'/')),
                (_, Some(known)) => known.count() <= WORTH_OPENING && known.names().all(is_plain),
                (_, None) => false,
            }
    }

    /// Reads the patterns that a directory has itself. It is open.
    pub(super) fn read_patterns(&self, place: &Place<'_, 'a>) -> Result<(), NotExact> {
        let mut excludes = self.inherited(place);
        excludes.enter(place.dir, place.path.into())?;
        // Nobody has asked for them before.
        let _ = place.excludes.set(excludes);
        Ok(())
    }

    /// What applies in a directory, but for its own patterns.
    fn inherited(&self, place: &Place<'_, 'a>) -> Excludes<'a> {
        let Some(above) = place.above else { return Excludes::new(self.excludes) };
        let mut excludes = self.excludes_of(above).clone();
        if !excludes.inside_excluded {
            let path = &place.path[..place.path.len() - 1];
            excludes.inside_excluded = excludes.is_excluded(path.into(), true);
        }
        excludes
    }

    /// What applies in a directory.
    pub(super) fn excludes_of<'p>(&self, place: &'p Place<'_, 'a>) -> &'p Excludes<'a> {
        place.excludes.get_or_init(|| self.inherited(place))
    }
}

/// Whether what has a name is looked at without opening the directory.
fn is_plain(name: Name<'_>) -> bool {
    name.kind != Kind::Directory && name.name != GITIGNORE.as_bytes()
}
