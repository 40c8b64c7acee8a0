//! What is staged: the tree of HEAD against the index.
//!
//! Where the index knows that a directory is just that tree (its cache tree), neither is looked into.

use std::collections::BTreeMap;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::objs::{Kind, TreeRefIter, tree::EntryMode};

use super::index_file::{CacheTree, GITLINK, IndexFile};
use crate::repo::{NotExact, Repo};

/// A path that differs: mode and object on both sides, where it exists there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// In HEAD.
    pub head: Option<(u32, ObjectId)>,
    /// In the index.
    pub index: Option<(u32, ObjectId)>,
}

impl Staged {
    /// Whether it is a submodule wherever it exists.
    pub fn is_about_a_submodule(&self) -> bool {
        [self.head, self.index].iter().flatten().all(|(mode, _)| *mode == GITLINK)
    }
}

/// Compares; `head` is `None` where there is no commit yet. Conflicts are not in the result.
pub fn staged(
    repo: &Repo,
    index: &IndexFile,
    head: Option<ObjectId>,
) -> Result<BTreeMap<BString, Staged>, NotExact> {
    let mut compare = Compare { repo, index, found: BTreeMap::new() };
    match head {
        None => compare.added(0, index.len()),
        Some(tree) => {
            if let Some((id, count)) = index.root_tree()
                && id == tree
            {
                check_count(count, index.len())?;
                return Ok(compare.found);
            }
            let cache = index.cache_tree();
            compare.directory(tree, b"", 0..index.len(), cache.as_ref(), 0)?;
        }
    }
    Ok(compare.found)
}

struct Compare<'a> {
    repo: &'a Repo,
    index: &'a IndexFile,
    found: BTreeMap<BString, Staged>,
}

/// One entry of a tree.
struct TreeEntry {
    name: BString,
    mode: EntryMode,
    id: ObjectId,
}

impl Compare<'_> {
    fn tree(&self, id: ObjectId) -> Result<Vec<TreeEntry>, NotExact> {
        let failed = |err: &dyn std::fmt::Display| NotExact::from(format!("tree {id}: {err}"));
        let data = self.repo.object_of(&id, Kind::Tree)?;
        let mut entries = Vec::new();
        let mut last = None;
        for entry in TreeRefIter::from_bytes(&data, id.kind()) {
            let entry = entry.map_err(|err| failed(&err))?;
            // Names that come twice, above all: what differs then depends on how git goes on from one to the next.
            if last.is_some_and(|last| last >= entry) {
                return Err(failed(&"it is not in order"));
            }
            last = Some(entry);
            entries.push(TreeEntry {
                name: entry.filename.to_owned(),
                mode: entry.mode,
                id: entry.oid.to_owned(),
            });
        }
        Ok(entries)
    }

    /// Whether an entry counts: git status does not see what is only intended to be added.
    fn added(&mut self, start: usize, end: usize) {
        for at in start..end {
            let entry = self.index.entry(at);
            if entry.stage() == 0 && !entry.is_intended() {
                let new = Some((entry.mode(), entry.id().to_owned()));
                self.found.insert(entry.path.to_owned(), Staged { head: None, index: new });
            }
        }
    }

    /// Everything below a tree that the index does not have; paths with conflicts are not deleted.
    fn deleted(
        &mut self,
        path: BString,
        mode: EntryMode,
        id: ObjectId,
        depth: usize,
    ) -> Result<(), NotExact> {
        check_depth(depth)?;
        if mode.is_tree() {
            for entry in self.tree(id)? {
                let path = [path.as_slice(), b"/", entry.name.as_slice()].concat();
                self.deleted(path.into(), entry.mode, entry.id, depth + 1)?;
            }
            return Ok(());
        }
        self.found.insert(path, Staged { head: Some((canonical(mode)?, id)), index: None });
        Ok(())
    }

    fn directory(
        &mut self,
        tree: ObjectId,
        prefix: &[u8],
        entries: std::ops::Range<usize>,
        cache: Option<&CacheTree>,
        depth: usize,
    ) -> Result<(), NotExact> {
        check_depth(depth)?;
        let listed = self.tree(tree)?;
        let mut at = entries.start;
        for entry in &listed {
            let is_tree = entry.mode.is_tree();
            let full = [prefix, entry.name.as_slice()].concat();
            // Trees are ordered as if their names ended in a slash, and so is the index.
            let mut key = full.clone();
            if is_tree {
                key.push(b'/');
            }
            let start = at;
            while at < entries.end
                && self.index.path(at).as_bytes() < key.as_slice()
                && !(is_tree && self.index.path(at).starts_with(&key))
            {
                at = self.next(at, entries.end);
            }
            self.added(start, at);
            if is_tree {
                if at < entries.end && self.index.path(at).starts_with(&key) {
                    let end = self.index.end_of(at, entries.end, &key);
                    let cache = cache.and_then(|cache| cache.child(entry.name.as_bstr()));
                    match cache.and_then(|cache| cache.tree) {
                        Some((id, count)) if id == entry.id => check_count(count, end - at)?,
                        _ => self.directory(entry.id, &key, at..end, cache, depth + 1)?,
                    }
                    at = end;
                } else {
                    self.deleted(full.into(), entry.mode, entry.id, depth + 1)?;
                }
            } else if at < entries.end && self.index.path(at) == full {
                let end = self.next(at, entries.end);
                self.file(at, entry)?;
                at = end;
            } else {
                self.deleted(full.into(), entry.mode, entry.id, depth + 1)?;
            }
        }
        self.added(at, entries.end);
        Ok(())
    }

    /// Behind all stages of the path at `at`.
    fn next(&self, at: usize, end: usize) -> usize {
        let mut next = at + 1;
        while self.index.has_conflicts && next < end && self.index.path(next) == self.index.path(at) {
            next += 1;
        }
        next
    }

    fn file(&mut self, at: usize, old: &TreeEntry) -> Result<(), NotExact> {
        let entry = self.index.entry(at);
        if entry.stage() != 0 {
            return Ok(());
        }
        let head = (canonical(old.mode)?, old.id);
        let index = (!entry.is_intended()).then(|| (entry.mode(), entry.id().to_owned()));
        if index != Some(head) {
            self.found.insert(entry.path.to_owned(), Staged { head: Some(head), index });
        }
        Ok(())
    }
}

/// git goes by the number in the cache tree, whatever entries that comes to.
fn check_count(cached: usize, found: usize) -> Result<(), NotExact> {
    if cached == found { Ok(()) } else { Err("a cache tree that does not fit the index".into()) }
}

fn check_depth(depth: usize) -> Result<(), NotExact> {
    // What real trees have; deeper ones are for git.
    if depth > 500 { Err("deeply nested trees".into()) } else { Ok(()) }
}

/// The mode as the index would have it.
fn canonical(mode: EntryMode) -> Result<u32, NotExact> {
    match mode.value() {
        mode @ (0o100_644 | 0o100_755 | 0o120_000 | 0o160_000) => Ok(u32::from(mode)),
        0o100_664 => Ok(0o100_644),
        other => Err(format!("mode {other:o} in a tree").into()),
    }
}

/// The tree of a commit.
pub fn tree_of(repo: &Repo, commit: ObjectId) -> Result<ObjectId, NotExact> {
    let failed = |err: &dyn std::fmt::Display| NotExact::from(format!("commit {commit}: {err}"));
    let data = repo.object_of(&commit, Kind::Commit)?;
    let line = data.split(|byte| *byte == b'\n').next().unwrap_or_default().as_bstr();
    let hex: &BStr = line.strip_prefix(b"tree ").unwrap_or_default().into();
    ObjectId::from_hex(hex).map_err(|err| failed(&err))
}
