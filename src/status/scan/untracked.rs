//! Names that are not tracked: git's rules for which of them are listed, and whether by themselves or by the
//! directory that they are in (git-status(1) under `-u` and `--ignored`).

use std::os::fd::OwnedFd;

use super::names::{self, Kind, Name, Names};
use super::{Found, MAX_DEPTH, Scan, nested};
use crate::repo::NotExact;
use crate::status::excludes::{Excludes, GITIGNORE};
use crate::status::options::{Ignored, Untracked};
use crate::status::paths::Reach;
use crate::status::snapshot::{Directory, FreshDirectory, Identity};

/// What is in a directory, the strongest of all that is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Content {
    /// No files.
    Nothing,
    /// Ignored files only.
    Ignored,
    /// At least one untracked file that is not ignored.
    Untracked,
}

/// An untracked directory that is open.
struct Open<'a> {
    dir: OwnedFd,
    /// With a slash at its end.
    path: Vec<u8>,
    names: Names<'a>,
    identity: Identity,
    excludes: Excludes<'a>,
    depth: usize,
}

impl<'a> Scan<'a> {
    /// Adds what has to be listed for a name that is not tracked.
    pub(super) fn untracked_name(
        &self,
        dir: &OwnedFd,
        path: &[u8],
        name: &Name<'_>,
        excludes: &Excludes<'a>,
        depth: usize,
        found: &mut Found,
    ) -> Result<Content, NotExact> {
        if name.kind == Kind::Other {
            return Ok(Content::Nothing);
        }
        let mut full = [path, name.name].concat();
        let is_dir = name.kind == Kind::Directory;
        match self.paths.reach(&full) {
            Reach::All => {}
            Reach::Below if is_dir => return self.part_of_directory(dir, name, full, excludes, depth, found),
            _ => return Ok(Content::Nothing),
        }
        let excluded = excludes.is_excluded(full.as_slice().into(), is_dir);
        if excluded && self.ignored == Ignored::No {
            return Ok(Content::Ignored);
        }
        if is_dir {
            full.push(b'/');
            let known = self.child_of(name);
            return self.untracked_directory(dir, name.name, full, excluded, excludes, known, depth, found);
        }
        Ok(self.list(full, excluded, found))
    }

    /// Lists what is wanted in a directory that is not, itself.
    fn part_of_directory(
        &self,
        parent: &OwnedFd,
        name: &Name<'_>,
        mut path: Vec<u8>,
        excludes: &Excludes<'a>,
        depth: usize,
        found: &mut Found,
    ) -> Result<Content, NotExact> {
        let excluded = excludes.is_excluded(path.as_slice().into(), true);
        path.push(b'/');
        let known = self.child_of(name);
        let Some(open) = self.open(parent, name.name, path, excludes, known, depth)? else {
            return Ok(Content::Nothing);
        };
        let hidden = excluded || open.names.contains(b".git") && nested::is_repository(&open.dir)?;
        if !hidden {
            self.all_in(&open, found)?;
        }
        self.remember(open, found);
        Ok(Content::Nothing)
    }

    fn list(&self, path: Vec<u8>, excluded: bool, found: &mut Found) -> Content {
        if excluded {
            found.ignored.push(path.into());
            return Content::Ignored;
        }
        if self.is_other(&path) {
            self.difference();
        }
        found.untracked.push(path.into());
        Content::Untracked
    }

    #[allow(clippy::too_many_arguments)]
    fn untracked_directory(
        &self,
        parent: &OwnedFd,
        name: &[u8],
        path: Vec<u8>,
        excluded: bool,
        excludes: &Excludes<'a>,
        known: Option<Directory<'a>>,
        depth: usize,
        found: &mut Found,
    ) -> Result<Content, NotExact> {
        let Some(mut open) = self.open(parent, name, path, excludes, known, depth)? else {
            return Ok(Content::Nothing);
        };
        let content = self.open_directory(&mut open, excluded, found);
        self.remember(open, found);
        content
    }

    fn open_directory(
        &self,
        open: &mut Open<'a>,
        excluded: bool,
        found: &mut Found,
    ) -> Result<Content, NotExact> {
        if open.names.contains(b".git") && nested::is_repository(&open.dir)? {
            return Ok(self.list(open.path.clone(), excluded, found));
        }
        open.excludes.inside_excluded |= excluded;
        if excluded && self.ignored == Ignored::Matching {
            return Ok(self.list(open.path.clone(), excluded, found));
        }
        if self.untracked == Untracked::All {
            return self.all_in(open, found);
        }
        if excluded || self.ignored == Ignored::No {
            return match self.any_in(open, excluded, found)? {
                true => Ok(self.list(open.path.clone(), excluded, found)),
                false => Ok(Content::Nothing),
            };
        }
        let mut inner = Found::default();
        let content = self.all_in(open, &mut inner)?;
        found.read.append(&mut inner.read);
        match content {
            Content::Untracked => {
                found.ignored.append(&mut inner.ignored);
                Ok(self.list(open.path.clone(), false, found))
            }
            Content::Ignored if self.ignored == Ignored::Traditional => {
                Ok(self.list(open.path.clone(), true, found))
            }
            other => {
                found.ignored.append(&mut inner.ignored);
                Ok(other)
            }
        }
    }

    /// Lists everything in a directory.
    fn all_in(&self, open: &Open<'a>, found: &mut Found) -> Result<Content, NotExact> {
        let mut content = Content::Nothing;
        for name in open.names.iter() {
            if self.is_stopped() {
                break;
            }
            if name.name != b".git" {
                let of_name =
                    self.untracked_name(&open.dir, &open.path, &name, &open.excludes, open.depth, found)?;
                content = content.max(of_name);
            }
        }
        Ok(content)
    }

    /// Whether there is any file in a directory that is not ignored; or, in one that is `excluded`, any file at
    /// all.
    fn any_in(&self, open: &Open<'a>, excluded: bool, found: &mut Found) -> Result<bool, NotExact> {
        // Files first: opening directories can often be spared.
        let skips = |name: &Name<'_>| {
            let path = [open.path.as_slice(), name.name].concat();
            let is_dir = name.kind == Kind::Directory;
            !excluded && open.excludes.is_excluded(path.as_slice().into(), is_dir)
        };
        for name in open.names.iter() {
            if matches!(name.kind, Kind::File | Kind::Link) && name.name != b".git" && !skips(&name) {
                return Ok(true);
            }
        }
        for name in open.names.iter() {
            if name.kind != Kind::Directory || name.name == b".git" || skips(&name) {
                continue;
            }
            let path = [open.path.as_slice(), name.name, b"/"].concat();
            let known = self.child_of(&name);
            let below = self.open(&open.dir, name.name, path, &open.excludes, known, open.depth)?;
            let Some(below) = below else { continue };
            let any = below.names.contains(b".git") && nested::is_repository(&below.dir)?
                || self.any_in(&below, excluded, found)?;
            self.remember(below, found);
            if any {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn open(
        &self,
        parent: &OwnedFd,
        name: &[u8],
        path: Vec<u8>,
        excludes: &Excludes<'a>,
        known: Option<Directory<'a>>,
        depth: usize,
    ) -> Result<Option<Open<'a>>, NotExact> {
        if depth > MAX_DEPTH {
            return Err("deeply nested directories".into());
        }
        let Some(dir) = names::open_directory(parent, name)? else { return Ok(None) };
        let (names, identity) = self.names_in(&dir, &path, known)?;
        let mut excludes = excludes.clone();
        if names.contains(GITIGNORE.as_bytes()) {
            excludes.enter(&dir, path.as_slice().into())?;
        }
        Ok(Some(Open { dir, path, names, identity, excludes, depth: depth + 1 }))
    }

    fn remember(&self, open: Open<'a>, found: &mut Found) {
        if let Names::Read(names, _) = open.names {
            let identity = self.lasting(open.identity);
            found.read.push(FreshDirectory { path: open.path.into(), identity, names });
        }
    }
}
