//! The paths of a tree that are asked for.

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::objs::tree::EntryKind;
use gix::objs::{Kind, TreeRefIter};

use crate::log::paths::{Literal, Pathspec};
use crate::repo::{NotExact, Repo};

/// How far to look into directories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::log) enum Depth {
    /// What the pathspecs name, or what is at the top. A slash behind a directory names what is in it.
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
    let named = match (pathspec, depth) {
        (Some(pathspec), Depth::Named) => {
            pathspec.literals().ok_or_else(|| NotExact::from("patterns without -r"))?
        }
        _ => Vec::new(),
    };
    let mut list = List { repo, pathspec, named, depth, paths: Vec::new() };
    list.add_tree(tree, b"".as_bstr())?;
    list.paths.sort_unstable();
    list.paths.dedup();
    Ok(list.paths)
}

struct List<'l> {
    repo: &'l Repo,
    pathspec: Option<&'l Pathspec>,
    /// What the pathspecs name, where the depth goes by that.
    named: Vec<Literal<'l>>,
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
            let enters = kind == EntryKind::Tree && self.enters(path.as_bstr());
            if (!enters || self.depth == Depth::Everything) && self.chooses(path.as_bstr(), kind) {
                self.paths.push(path.clone());
            }
            if enters {
                path.push(b'/');
                self.add_tree(entry.oid.to_owned(), path.as_bstr())?;
            }
        }
        Ok(())
    }

    fn chooses(&self, path: &BStr, kind: EntryKind) -> bool {
        self.pathspec.is_none_or(|pathspec| {
            let reach = pathspec.reach(path);
            // A directory that is not entered is matched as a submodule is.
            if matches!(kind, EntryKind::Tree | EntryKind::Commit) { reach.submodules } else { reach.files }
        })
    }

    /// Whether what is in a directory is listed instead of the directory.
    fn enters(&self, directory: &BStr) -> bool {
        match (self.depth, self.pathspec) {
            (Depth::Named, _) => {
                self.named.iter().rev().find_map(|one| leads_on(one, directory)) == Some(true)
            }
            (_, None) => true,
            (_, Some(pathspec)) => pathspec.prefixes().any(|prefix| {
                let common = prefix.len().min(directory.len());
                prefix[..common] == directory[..common]
            }),
        }
    }
}

/// Whether a path, if it has a say in that, sends one on from `directory` to what is in there. The last one that has a say
/// decides, as `git last-modified` showed: after `a`, `a/b` opens `a`, and before it does not.
fn leads_on(named: &Literal<'_>, directory: &BStr) -> Option<bool> {
    let below = |path: &BStr, above: &BStr| {
        path.strip_prefix(above.as_bytes()).is_some_and(|rest| rest.starts_with(b"/"))
    };
    let same = named.path == directory;
    if below(named.path, directory) || (same && named.not_a_file) {
        return Some(true);
    }
    (!named.not_a_file && (same || below(directory, named.path))).then_some(false)
}
