//! What is in a directory that has tracked files in it.

use std::cmp::Ordering;
use std::ops::Range;

use rayon::prelude::*;
use smallvec::SmallVec;

use super::names::{Kind, Name, Names};
use super::place::Place;
use super::{Found, MAX_DEPTH, Scan, TrackedState, nested};
use crate::repo::NotExact;
use crate::status::excludes::GITIGNORE;
use crate::status::index_file::{Entry, GITLINK};
use crate::status::options::Ignore;
use crate::status::paths::Reach;
use crate::status::snapshot::{Directory, FreshDirectory, Identity};
use crate::status::stat::{Verdict, stat_at};

/// Directories with fewer entries below them are not worth another thread.
const WORTH_SPLITTING: usize = 512;

/// Entries of the index with the same next component.
struct Group<'i> {
    name: &'i [u8],
    entries: Range<usize>,
    is_directory: bool,
}

/// A directory below that has to be scanned.
pub(super) struct Below<'i> {
    pub(super) name: &'i [u8],
    pub(super) entries: Range<usize>,
    pub(super) child: Option<u32>,
}

impl<'a> Scan<'a> {
    /// Scans a directory with these names.
    pub(super) fn look_at(
        &self,
        place: &Place<'_, 'a>,
        names: Option<(Names<'a>, Identity)>,
        found: &mut Found,
    ) -> Result<(), NotExact> {
        if place.depth > MAX_DEPTH {
            return Err("deeply nested directories".into());
        }
        let mut groups = self.groups(place);
        if !self.paths.is_all() {
            groups.retain(|group| self.is_wanted(place, group.name));
        }
        let mut below: Vec<Below<'_>> = Vec::new();
        if let Some((names, identity)) = names {
            if names.contains(GITIGNORE.as_bytes()) {
                self.read_patterns(place)?;
            } else {
                self.refuse_hidden_gitignore(place)?;
            }
            // Files alone are in order.
            if groups.iter().any(|group| group.is_directory) {
                groups.sort_unstable_by(|a, b| a.name.cmp(b.name));
            }
            self.merge(place, &groups, &names, &mut below, found)?;
            if let Names::Read(names, _) = names {
                let identity = self.lasting(identity);
                found.read.push(FreshDirectory { path: place.path.into(), identity, names });
            }
        } else {
            for group in &groups {
                if group.is_directory {
                    below.push(Below { name: group.name, entries: group.entries.clone(), child: None });
                } else {
                    self.file(place, group, None, found)?;
                }
            }
        }
        self.descend(place, below, found)
    }

    /// A sparse checkout may have left out a file with patterns; git reads it from the index then.
    fn refuse_hidden_gitignore(&self, place: &Place<'_, '_>) -> Result<(), NotExact> {
        if self.index.skipped == 0 {
            return Ok(());
        }
        let path = [place.path, GITIGNORE.as_bytes()].concat();
        match self.index.find(path.as_slice().into()).any(|at| self.index.entry(at).is_skipped()) {
            true => Err("patterns of a file that is not checked out".into()),
            false => Ok(()),
        }
    }

    /// The entries below a directory by their next component.
    fn groups<'i>(&'i self, place: &Place<'_, '_>) -> SmallVec<[Group<'i>; 16]> {
        let mut groups = SmallVec::new();
        let skip = place.path.len();
        let mut at = place.entries.start;
        while at < place.entries.end {
            let path: &[u8] = self.index.path(at);
            let rest = &path[skip..];
            let (name, end, is_directory) = match memchr::memchr(b'/', rest) {
                Some(len) => {
                    let end = self.index.end_of(at, place.entries.end, &path[..skip + len + 1]);
                    (&rest[..len], end, true)
                }
                None => {
                    let mut end = at + 1;
                    if self.index.has_conflicts {
                        while end < place.entries.end && self.index.path(end) == path {
                            end += 1;
                        }
                    }
                    (rest, end, false)
                }
            };
            groups.push(Group { name, entries: at..end, is_directory });
            at = end;
        }
        groups
    }

    /// Walks along names and groups, both ordered by name.
    fn merge<'i>(
        &self,
        place: &Place<'_, 'a>,
        groups: &[Group<'i>],
        names: &Names<'a>,
        below: &mut Vec<Below<'i>>,
        found: &mut Found,
    ) -> Result<(), NotExact> {
        let mut next = 0;
        for name in names.iter() {
            if self.is_stopped() {
                return Ok(());
            }
            let (mut is_tracked, mut has_tracked) = (false, false);
            // A file and a directory of one name can both be in an index with conflicts.
            while let Some(group) = groups.get(next) {
                match group.name.cmp(name.name) {
                    Ordering::Less => {
                        self.missing(group, found)?;
                        next += 1;
                        continue;
                    }
                    Ordering::Equal => next += 1,
                    Ordering::Greater => break,
                }
                if !group.is_directory {
                    is_tracked |= name.kind != Kind::Directory || self.is_gitlink(group);
                    self.file(place, group, Some(name.kind), found)?;
                } else if name.kind == Kind::Directory {
                    has_tracked = true;
                    below.push(Below { name: group.name, entries: group.entries.clone(), child: name.child });
                } else {
                    self.behind(place, group.name, group.entries.clone(), found)?;
                }
            }
            if !is_tracked && !has_tracked && self.is_wanted(place, name.name) && name.name != b".git" {
                let excludes = self.excludes_of(place);
                self.untracked_name(place.dir, place.path, &name, excludes, place.depth, found)?;
            }
        }
        groups[next..].iter().try_for_each(|group| self.missing(group, found))
    }

    fn is_gitlink(&self, group: &Group<'_>) -> bool {
        group.entries.clone().any(|at| self.index.entry(at).mode() == GITLINK)
    }

    /// Scans the directories below, on more threads if that is worth it.
    fn descend(
        &self,
        place: &Place<'_, 'a>,
        below: Vec<Below<'_>>,
        found: &mut Found,
    ) -> Result<(), NotExact> {
        if place.entries.len() < WORTH_SPLITTING || below.len() < 2 {
            return below.into_iter().try_for_each(|below| self.enter(place, &below, found));
        }
        let parts: Vec<Result<Found, NotExact>> = below
            .into_par_iter()
            .map(|below| {
                let mut found = Found::default();
                self.enter(place, &below, &mut found)?;
                Ok(found)
            })
            .collect();
        parts.into_iter().try_for_each(|part| {
            found.append(part?);
            Ok(())
        })
    }

    fn is_wanted(&self, place: &Place<'_, '_>, name: &[u8]) -> bool {
        self.paths.is_all() || self.paths.reach(&[place.path, name].concat()) != Reach::Nothing
    }

    fn missing(&self, group: &Group<'_>, found: &mut Found) -> Result<(), NotExact> {
        self.all_missing(group.entries.clone(), found)
    }

    /// Nothing of these entries is there.
    fn all_missing(&self, entries: Range<usize>, found: &mut Found) -> Result<(), NotExact> {
        let mut at = entries.start;
        while at < entries.end {
            let end = self.stages_end(at, entries.end);
            let entry = self.index.entry(at);
            if entry.stage() != 0 {
                self.different(at, TrackedState::Conflict(None), found);
            } else if !self.is_left_alone(&entry) && !self.is_ignored_submodule(&entry) {
                self.different(at, TrackedState::Deleted, found);
            }
            at = end;
        }
        Ok(())
    }

    /// What the index has below `name`, where there is no directory of that name. There may be a link: git does not
    /// take what is behind one for tracked files, but it looks there.
    pub(super) fn behind(
        &self,
        place: &Place<'_, '_>,
        name: &[u8],
        entries: Range<usize>,
        found: &mut Found,
    ) -> Result<(), NotExact> {
        let relative = [&place.path[place.opened..], name].concat();
        let is_link = stat_at(place.dir, relative.as_slice())?
            .is_some_and(|stat| rustix::fs::FileType::from_raw_mode(stat.st_mode).is_symlink());
        if is_link {
            for at in entries.clone() {
                let entry = self.index.entry(at);
                if stat_at(place.dir, self.index.path_from(at, place.opened)?)?.is_some()
                    && (entry.is_skipped() && self.look_for_skipped || entry.mode() == GITLINK)
                {
                    return Err("a link in the place of a directory".into());
                }
            }
        }
        self.all_missing(entries, found)
    }

    /// An entry that certainly differs. What is not wanted is dropped later, and no reason to stop.
    fn different(&self, at: usize, state: TrackedState, found: &mut Found) {
        found.tracked.push((at, state));
        if self.paths.contains(self.index.path(at)) {
            self.difference();
        }
    }

    fn stages_end(&self, at: usize, end: usize) -> usize {
        let path = self.index.path(at);
        let mut next = at + 1;
        while self.index.has_conflicts && next < end && self.index.path(next) == path {
            next += 1;
        }
        next
    }

    /// Whether git does not look at the file at all.
    fn is_left_alone(&self, entry: &Entry<'_>) -> bool {
        entry.is_assumed_unchanged() || entry.is_skipped()
    }

    /// Whether nothing about it is a difference: it is not even looked for.
    fn is_ignored_submodule(&self, entry: &Entry<'_>) -> bool {
        entry.mode() == GITLINK && self.submodules.of(entry.path) == Ignore::All
    }

    /// A tracked file, or a submodule. `kind`: what has its name, if that is known.
    fn file(
        &self,
        place: &Place<'_, '_>,
        group: &Group<'_>,
        kind: Option<Kind>,
        found: &mut Found,
    ) -> Result<(), NotExact> {
        let at = group.entries.start;
        let entry = self.index.entry(at);
        let mut marked = false;
        if entry.stage() == 0 && self.is_left_alone(&entry) {
            if !entry.is_skipped() || !self.look_for_skipped {
                return Ok(());
            }
            if kind.is_none() && stat_at(place.dir, self.index.path_from(at, place.opened)?)?.is_none() {
                return Ok(());
            }
            // It is there, so the mark does not count.
            found.unskipped += 1;
            if entry.is_assumed_unchanged() {
                return Ok(());
            }
            marked = true;
        }
        if entry.stage() == 0 && self.is_ignored_submodule(&entry) {
            found.ignored_submodules.push(at);
            return Ok(());
        }
        let Some(stat) = stat_at(place.dir, self.index.path_from(at, place.opened)?)? else {
            return self.all_missing(group.entries.clone(), found);
        };
        let is_directory = rustix::fs::FileType::from_raw_mode(stat.st_mode).is_dir();
        if entry.stage() != 0 {
            let stages = group.entries.clone();
            if stages.into_iter().any(|at| self.index.entry(at).mode() == GITLINK) {
                return Err("conflict of a submodule".into());
            }
            let stat = self.unless_directory(place, at, is_directory)?.then_some(stat);
            self.different(at, TrackedState::Conflict(stat), found);
            return Ok(());
        }
        if entry.mode() == GITLINK {
            return self.submodule(place, is_directory, found, at, stat);
        }
        if !self.unless_directory(place, at, is_directory)? {
            if marked {
                self.different(at, TrackedState::Deleted, found);
                return Ok(());
            }
            return self.all_missing(group.entries.clone(), found);
        }
        let state = match self.rules.judge(&entry, &stat) {
            _ if entry.is_intended() => TrackedState::Intended(stat),
            Verdict::Clean => return Ok(()),
            Verdict::Changed => TrackedState::Changed(stat),
            Verdict::Unsure => TrackedState::Unsure(stat),
        };
        match state {
            TrackedState::Unsure(_) => found.tracked.push((at, state)),
            _ => self.different(at, state, found),
        }
        Ok(())
    }

    /// A directory in the place of a file means that the file is gone, unless the directory is a repository.
    fn unless_directory(
        &self,
        place: &Place<'_, '_>,
        at: usize,
        is_directory: bool,
    ) -> Result<bool, NotExact> {
        if !is_directory {
            return Ok(true);
        }
        match nested::has_git(place.dir, &self.index.path(at)[place.opened..])? {
            true => Err("a repository in the place of a file".into()),
            false => Ok(false),
        }
    }

    fn submodule(
        &self,
        place: &Place<'_, '_>,
        is_directory: bool,
        found: &mut Found,
        at: usize,
        stat: rustix::fs::Stat,
    ) -> Result<(), NotExact> {
        if rustix::fs::FileType::from_raw_mode(stat.st_mode).is_symlink() {
            return Err("a link in the place of a submodule".into());
        }
        if !is_directory {
            self.different(at, TrackedState::Changed(stat), found);
            return Ok(());
        }
        // Without a repository in it, there is nothing that could differ.
        if nested::has_git(place.dir, &self.index.path(at)[place.opened..])? {
            found.tracked.push((at, TrackedState::Submodule(stat)));
        }
        Ok(())
    }

    pub(super) fn child_of(&self, name: &Name<'_>) -> Option<Directory<'a>> {
        self.snapshot.and_then(|old| old.directory(name.child?))
    }
}
