//! The paths of a tree that are asked for.

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::objs::tree::EntryKind;
use gix::objs::{Kind, TreeRefIter};

use crate::log::paths::Pathspec;
use crate::repo::{NotExact, Repo};

/// How far to look into directories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::log) enum Depth {
    /// What the pathspecs name, or what is at the top.
    Named,
    /// All files.
    Files,
    /// All files and directories.
    Everything,
}

/// The paths below `tree` that `pathspec` chooses, in ascending order.
///
/// # Errors
/// When a tree can't be read, or when it is not certain what git would choose.
pub(in crate::log) fn entries(
    repo: &Repo,
    tree: ObjectId,
    pathspec: Option<&Pathspec>,
    depth: Depth,
) -> Result<Vec<BString>, NotExact> {
    let mut list = List { repo, pathspec, depth, paths: Vec::new() };
    match (pathspec, depth) {
        (Some(pathspec), Depth::Named) => list.add_named(tree, pathspec)?,
        _ => list.add_tree(tree, b"".as_bstr())?,
    }
    list.paths.sort_unstable();
    list.paths.dedup();
    Ok(list.paths)
}

struct List<'l> {
    repo: &'l Repo,
    pathspec: Option<&'l Pathspec>,
    depth: Depth,
    paths: Vec<BString>,
}

impl List<'_> {
    fn add_tree(&mut self, tree: ObjectId, base: &BStr) -> Result<(), NotExact> {
        let data = self.repo.object_of(&tree, Kind::Tree)?;
        for entry in TreeRefIter::from_bytes(&data, self.repo.kind) {
            let entry = entry.map_err(|err| NotExact::from(format!("tree {tree}: {err}")))?;
            let mut path = BString::from(base);
            path.extend_from_slice(entry.filename);
            let kind = entry.mode.kind();
            let directory = kind == EntryKind::Tree;
            let chosen = match self.pathspec {
                None => self.depth != Depth::Files || !directory,
                Some(_) if directory => false,
                Some(pathspec) => {
                    let reach = pathspec.reach(path.as_bstr());
                    if kind == EntryKind::Commit { reach.submodules } else { reach.files }
                }
            };
            if chosen {
                self.paths.push(path.clone());
            }
            if directory && self.depth != Depth::Named && self.may_hold(path.as_bstr()) {
                path.push(b'/');
                self.add_tree(entry.oid.to_owned(), path.as_bstr())?;
            }
        }
        Ok(())
    }

    /// Whether something below a directory may be chosen.
    fn may_hold(&self, directory: &BStr) -> bool {
        self.pathspec.is_none_or(|pathspec| {
            pathspec.prefixes().any(|prefix| {
                let common = prefix.len().min(directory.len());
                prefix[..common] == directory[..common]
            })
        })
    }

    fn add_named(&mut self, tree: ObjectId, pathspec: &Pathspec) -> Result<(), NotExact> {
        let literals = pathspec.literals().ok_or_else(|| NotExact::from("patterns without -r"))?;
        for literal in literals {
            if literal.path.is_empty() || literal.not_a_file {
                return Err("directories with a slash without -r".into());
            }
            if self.repo.below_tree(tree, literal.path)?.is_some() {
                self.paths.push(literal.path.to_owned());
            }
        }
        Ok(())
    }
}
