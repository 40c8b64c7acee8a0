//! What commits did to files, for the lists of `--name-only`, `--name-status` and `--raw`: from the index, limited to
//! the paths of the question.
//!
//! Finding renames takes the contents of files, and changes of submodules may be hidden by settings of theirs: commits
//! that both add and delete files, or touch a submodule, are given to one git that runs beside (`judge`).

mod judge;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::objs::tree::EntryKind;

use super::paths::Pathspec;
use super::render::changes::Listing;
use super::sources::Sources;
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
    /// The commits about which the index knows nothing.
    unknown: HashSet<Pos>,
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
        let (pathspec, arguments) = if rules.full_diff { (None, &[][..]) } else { (pathspec, arguments) };
        let unknown = paths.unknown().collect();
        let judged = HashMap::new();
        Changes { history, paths, unknown, pathspec, rules, git, arguments, judge: None, judged }
    }

    /// Makes sure that the changes of these commits can be listed, and forgets those that git told before. With each
    /// commit come its parents where simplification may have given it others than it names: what it shows are
    /// the differences to those.
    ///
    /// # Errors
    /// When git does not tell what it is asked for.
    pub fn prepare<'p>(
        &mut self,
        commits: impl Iterator<Item = (Pos, Option<&'p [Pos]>)>,
    ) -> Result<(), NotExact> {
        self.judged.clear();
        let history = self.history;
        let mut asked = Vec::new();
        for (pos, parents) in commits {
            let simplified = parents.filter(|parents| !history.parents(pos).eq(parents.iter().copied()));
            let is_listed = match simplified {
                Some(parents) => self.is_listed(parents.len()),
                None => self.is_listed(history.parents(pos).count()),
            };
            match simplified {
                Some(_) if self.rules.full_diff => {
                    return Err("all changes of commits whose parents were simplified".into());
                }
                Some(parents) if is_listed => asked.push((pos, parents.first().copied())),
                // Known to be nothing.
                Some(_) => drop(self.judged.insert(pos, Vec::new())),
                None if is_listed && self.is_for_git(pos) => asked.push((pos, history.first_parent(pos))),
                None => {}
            }
        }
        if asked.is_empty() {
            return Ok(());
        }
        let judge = match &mut self.judge {
            Some(judge) => judge,
            None => self.judge.insert(Judge::start(self.git, self.rules.renames, self.arguments)?),
        };
        let empty = ObjectId::empty_tree(history.kind().unwrap_or(gix::hash::Kind::Sha1));
        let pair = |&(pos, parent): &(Pos, Option<Pos>)| match parent {
            Some(parent) => (history.oid(pos), history.oid(parent)),
            None => (empty.as_ref(), history.tree(pos)),
        };
        let pairs: Vec<_> = asked.iter().map(pair).collect();
        self.judged.extend(asked.into_iter().map(|(pos, _)| pos).zip(judge.ask(&pairs)?));
        Ok(())
    }

    /// Whether anything at all is listed of a commit with so many parents: nothing of merges, unless they count as
    /// changes of the first parent.
    fn is_listed(&self, parents: usize) -> bool {
        match parents {
            0 => self.rules.roots,
            1 => true,
            _ => self.rules.first_parent,
        }
    }

    fn is_for_git(&self, pos: Pos) -> bool {
        if pos.0 >= self.paths.len() || self.unknown.contains(&pos) {
            return true;
        }
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
    /// where `gap` says so and there is anything to list.
    pub fn push_list(
        &self,
        pos: Pos,
        listing: &Listing,
        sources: &dyn Sources,
        gap: bool,
        out: &mut Vec<u8>,
    ) {
        let mut gap = gap;
        let mut push = |change: &FileChange<'_>| {
            if std::mem::take(&mut gap) {
                out.push(b'\n');
            }
            listing.push(change, sources, out);
        };
        match self.judged.get(&pos) {
            Some(judged) => judged.iter().for_each(|change| push(&change.borrowed())),
            None if self.is_listed(self.history.parents(pos).count()) => {
                self.native(pos).for_each(|change| push(&change));
            }
            None => {}
        }
    }
}

fn of_one_type(a: EntryKind, b: EntryKind) -> bool {
    let is_file = |kind| matches!(kind, EntryKind::Blob | EntryKind::BlobExecutable);
    a == b || (is_file(a) && is_file(b))
}

impl Judged {
    fn borrowed(&self) -> FileChange<'_> {
        fn value((kind, id): &(EntryKind, ObjectId)) -> Value<'_> {
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
