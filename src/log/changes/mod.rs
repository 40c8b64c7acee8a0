//! What commits did to files, for the lists of `--name-only`, `--name-status` and `--raw`: from the index, limited to
//! the paths of the question.
//!
//! Finding renames takes the contents of files, and changes of submodules may be hidden by settings of theirs: commits
//! that both add and delete files, or touch a submodule, are given to one git that runs beside ([`judge`]).

mod judge;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};
use gix::objs::tree::EntryKind;

use super::paths::Pathspec;
use super::render::changes::Listing;
use crate::index::{History, Paths, Pos, Value};
use crate::repo::NotExact;
use judge::{Judge, Judged};

pub use settings::{Renames, Rules};

/// What a commit did to one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileChange<'a> {
    /// `A` added, `D` deleted, `M` modified, `T` of another type, `R` renamed, `C` copied.
    pub status: u8,
    /// How similar both sides are, in percent, where the status has such a number.
    pub score: Option<u8>,
    /// What was there.
    pub old: Option<Value<'a>>,
    /// What is there now.
    pub new: Option<Value<'a>>,
    /// The path; of a rename or copy, that of the source.
    pub path: &'a BStr,
    /// The new path of a rename or copy.
    pub target: Option<&'a BStr>,
}

/// The changes of the commits of one answer.
pub struct Changes<'a> {
    history: &'a History<'a>,
    paths: &'a Paths<'a>,
    /// Limits what is listed.
    pathspec: Option<&'a Pathspec>,
    rules: Rules,
    git: &'a Path,
    /// The pathspec as it was written.
    arguments: &'a [BString],
    judge: Option<Judge>,
    judged: HashMap<Pos, Vec<Judged>>,
}

impl<'a> Changes<'a> {
    /// Nothing is read yet. `pathspec` is `arguments` understood; `None`, with no arguments, to list everything.
    pub fn new(
        history: &'a History<'a>,
        paths: &'a Paths<'a>,
        pathspec: Option<&'a Pathspec>,
        arguments: &'a [BString],
        rules: Rules,
        git: &'a Path,
    ) -> Self {
        Changes { history, paths, pathspec, rules, git, arguments, judge: None, judged: HashMap::new() }
    }

    /// Makes sure that the changes of these commits can be listed, and forgets those that git told before.
    ///
    /// # Errors
    /// When git does not tell what it is asked for.
    pub fn prepare(&mut self, positions: impl Iterator<Item = Pos>) -> Result<(), NotExact> {
        self.judged.clear();
        let mut unknown: Vec<Pos> = self.paths.unknown().collect();
        unknown.sort_unstable();
        let asked: Vec<Pos> = positions
            .filter(|pos| self.is_listed(*pos))
            .filter(|pos| {
                pos.0 >= self.paths.len() || unknown.binary_search(pos).is_ok() || self.is_for_git(*pos)
            })
            .collect();
        if asked.is_empty() {
            return Ok(());
        }
        let judge = match &mut self.judge {
            Some(judge) => judge,
            None => self.judge.insert(Judge::start(self.git, self.rules.renames, self.arguments)?),
        };
        let questions: Vec<_> = asked
            .iter()
            .map(|pos| {
                let parent = self.history.first_parent(*pos);
                (self.history.oid(*pos), parent.map(|parent| self.history.oid(parent)))
            })
            .collect();
        self.judged.extend(asked.into_iter().zip(judge.ask(&questions)?));
        Ok(())
    }

    /// Whether anything at all is listed: nothing of merges, unless they count as changes of the first parent.
    fn is_listed(&self, pos: Pos) -> bool {
        match self.history.parents(pos).count() {
            0 => self.rules.roots,
            1 => true,
            _ => self.rules.first_parent,
        }
    }

    fn is_for_git(&self, pos: Pos) -> bool {
        let (mut added, mut deleted, mut modified) = (false, false, false);
        for change in self.native(pos) {
            match change.status {
                b'A' => added = true,
                b'D' => deleted = true,
                _ => modified = true,
            }
            let sides = [change.old, change.new].into_iter().flatten();
            if sides.into_iter().any(|value| value.kind == EntryKind::Commit) {
                return true;
            }
        }
        match self.rules.renames {
            Renames::No => false,
            Renames::Renames => added && deleted,
            Renames::Copies => added && (deleted || modified),
        }
    }

    /// The changes as they are in the index.
    fn native(&self, pos: Pos) -> impl Iterator<Item = FileChange<'a>> {
        let pathspec = self.pathspec;
        self.paths.changes(pos).filter_map(move |change| {
            let (mut old, mut new) = (change.old, change.new);
            if let Some(pathspec) = pathspec {
                let reach = pathspec.reach(change.path);
                old = old.filter(|value| reach.takes(value.kind));
                new = new.filter(|value| reach.takes(value.kind));
            }
            let status = match (old, new) {
                (None, None) => return None,
                (None, Some(_)) => b'A',
                (Some(_), None) => b'D',
                (Some(old), Some(new)) if of_one_type(old.kind, new.kind) => b'M',
                (Some(_), Some(_)) => b'T',
            };
            Some(FileChange { status, score: None, old, new, path: change.path, target: None })
        })
    }

    /// Appends the list of one commit of those that were [prepared](Changes::prepare), with an empty line before it
    /// where `gap` says so and there is anything to list. Tells whether there was.
    pub fn push_list(&self, pos: Pos, listing: &Listing<'_>, gap: bool, out: &mut Vec<u8>) -> bool {
        if !self.is_listed(pos) {
            return false;
        }
        let mut any = false;
        let mut push = |change: &FileChange<'_>| {
            if !std::mem::replace(&mut any, true) && gap {
                out.push(b'\n');
            }
            listing.push(change, out);
        };
        match self.judged.get(&pos) {
            Some(judged) => judged.iter().for_each(|change| push(&change.borrowed())),
            None => self.native(pos).for_each(|change| push(&change)),
        }
        any
    }
}

fn of_one_type(a: EntryKind, b: EntryKind) -> bool {
    let is_file = |kind| matches!(kind, EntryKind::Blob | EntryKind::BlobExecutable);
    a == b || (is_file(a) && is_file(b))
}

impl Judged {
    fn borrowed(&self) -> FileChange<'_> {
        fn value((kind, id): &(EntryKind, gix::ObjectId)) -> Value<'_> {
            Value { kind: *kind, id }
        }
        FileChange {
            status: self.status,
            score: self.score,
            old: self.old.as_ref().map(value),
            new: self.new.as_ref().map(value),
            path: self.path.as_bstr(),
            target: self.target.as_ref().map(|path| path.as_bstr()),
        }
    }
}
