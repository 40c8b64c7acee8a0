//! Names to commits, by git's rules, as far as they are certain.

use std::io::ErrorKind;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::objs::{CommitRefIter, Kind};
use gix::refs::{FullNameRef, Target, file};

use super::{NotExact, Repo};

/// The places where git looks for a short name, in order (gitrevisions(7)).
const RULES: [(&str, &str); 5] = [
    ("refs/", ""),
    ("refs/tags/", ""),
    ("refs/heads/", ""),
    ("refs/remotes/", ""),
    ("refs/remotes/", "/HEAD"),
];

/// Whether an object is known to be a commit; it need not know all.
pub type IsCommit<'a> = &'a dyn Fn(&gix::hash::oid) -> bool;

/// A ref and the commit behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefTip {
    /// Full name.
    pub name: BString,
    /// The commit that it leads to, through symbolic refs and tags.
    pub commit: ObjectId,
}

/// A ref as it is listed.
struct Listed {
    name: BString,
    /// The object that it names, maybe through symbolic refs.
    id: ObjectId,
    /// What packed-refs says that is a tag of.
    peeled: Option<ObjectId>,
}

impl Repo {
    /// The object that a ref, named as a user would, points to, unpeeled. `None` when there is no such ref.
    ///
    /// # Errors
    /// When git would warn that the name is ambiguous.
    pub fn find_ref(&self, name: &BStr) -> Result<Option<ObjectId>, NotExact> {
        if name == "HEAD" || name == "@" {
            for (prefix, suffix) in RULES {
                let full: BString = [prefix.as_bytes(), b"HEAD", suffix.as_bytes()].concat().into();
                if self.read_ref(full.as_bstr())?.is_some() {
                    return Err("refname 'HEAD' is ambiguous".into());
                }
            }
            return match self.head()? {
                Some(id) => Ok(Some(id)),
                None => Err("HEAD has no commits yet".into()),
            };
        }
        // Pseudo refs, and whatever else lies in the git dir.
        if let Ok(path) = name.to_path()
            && self.git_dir.join(path).symlink_metadata().is_ok()
            && !name.starts_with(b"refs/")
        {
            return Err(format!("'{name}' is a file in the git dir").into());
        }
        let mut found = None;
        if name.starts_with(b"refs/") {
            found = self.read_ref(name)?;
        }
        for (prefix, suffix) in RULES {
            let full: BString = [prefix.as_bytes(), name, suffix.as_bytes()].concat().into();
            if let Some(id) = self.read_ref(full.as_bstr())?
                && found.replace(id).is_some()
            {
                return Err(format!("refname '{name}' is ambiguous").into());
            }
        }
        Ok(found)
    }

    /// What HEAD leads to; `None` on a branch without commits. (gix's own way looks into the object database, which
    /// takes longer than a page.)
    pub fn head(&self) -> Result<Option<ObjectId>, NotExact> {
        match self.find_full("HEAD".into())?.ok_or(NotExact::because("HEAD: it is missing"))? {
            Target::Object(id) => Ok(Some(id)),
            Target::Symbolic(branch) => self.read_ref(branch.as_bstr()),
        }
    }

    fn read_ref(&self, full: &BStr) -> Result<Option<ObjectId>, NotExact> {
        let Some(target) = self.find_full(full)? else { return Ok(None) };
        // git says so when it is named.
        let found = self.follow(full, target)?;
        found.map(Some).ok_or_else(|| format!("{full} points to nothing").into())
    }

    /// The object behind what the ref `full` says; `None` where that is a ref which is not there.
    fn follow(&self, full: &BStr, mut target: Target) -> Result<Option<ObjectId>, NotExact> {
        for _ in 0..5 {
            match target {
                Target::Object(id) => return Ok(Some(id)),
                Target::Symbolic(next) => match find_full(&self.refs, next.as_ref())? {
                    Some(found) => target = found,
                    None => return Ok(None),
                },
            }
        }
        Err(format!("{full} is nested too deep").into())
    }

    /// What the ref of exactly this name says; `None` where there is none, or none can have such a name.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn find_full(&self, name: &BStr) -> Result<Option<Target>, NotExact> {
        match <&FullNameRef>::try_from(name) {
            Ok(full) => find_full(&self.refs, full),
            Err(_) => Ok(None),
        }
    }

    /// Every ref below `prefix` (`refs/`, `refs/heads/` …) that leads to a commit, by name; refs to trees and
    /// blobs are left out, as `git log` does.
    ///
    /// # Errors
    /// When a ref is broken: git warns of it.
    pub fn tips_below(&self, prefix: &str, is_commit: IsCommit<'_>) -> Result<Vec<RefTip>, NotExact> {
        let listed = self.list(prefix, false)?;
        let mut commits = Vec::with_capacity(listed.len());
        for Listed { name, id, peeled } in listed {
            let id = peeled.unwrap_or(id);
            if let Some(commit) = self.peel(id, is_commit)? {
                commits.push(RefTip { name, commit });
            }
        }
        Ok(commits)
    }

    /// Every ref below `prefix` and the object that it names, by name.
    ///
    /// # Errors
    /// When a ref is broken; `all`: or a symbolic one leads nowhere, which is passed over otherwise.
    pub fn refs_below(&self, prefix: &str, all: bool) -> Result<Vec<(BString, ObjectId)>, NotExact> {
        Ok(self.list(prefix, all)?.into_iter().map(|listed| (listed.name, listed.id)).collect())
    }

    /// Every ref below `prefix`, by name: the name, the object that it names, and what is left of that when all tags are
    /// peeled off.
    ///
    /// # Errors
    /// When a ref is broken, or a tag.
    pub fn peeled_below(
        &self,
        prefix: &str,
        is_commit: IsCommit<'_>,
    ) -> Result<Vec<(BString, ObjectId, ObjectId)>, NotExact> {
        let listed = self.list(prefix, false)?.into_iter();
        let peeled = listed.map(|Listed { name, id, peeled }| {
            Ok((name, id, self.peel_tags(peeled.unwrap_or(id), is_commit)?.0))
        });
        peeled.collect()
    }

    fn list(&self, prefix: &str, all: bool) -> Result<Vec<Listed>, NotExact> {
        let failed = |err: &dyn std::fmt::Display| NotExact::from(format!("refs: {err}"));
        let iter = self.refs.iter().map_err(|err| failed(&err))?;
        let prefix = <&gix::path::RelativePath>::try_from(prefix).map_err(|err| failed(&err))?;
        let mut list = Vec::new();
        for reference in iter.prefixed(prefix).map_err(|err| failed(&err))? {
            let reference = reference.map_err(|err| failed(&err))?;
            let name: BString = reference.name.as_bstr().to_owned();
            let id = match self.follow(name.as_bstr(), reference.target)? {
                Some(id) => id,
                None if all => return Err(format!("{name} points to nothing").into()),
                // The branch behind `origin/HEAD` may be gone.
                None => continue,
            };
            list.push(Listed { name, id, peeled: reference.peeled });
        }
        Ok(list)
    }

    /// Follows tags to what they tag; `None` when that is not a commit.
    /// `is_commit` is asked first: it knows commits without opening a pack, which takes git-fast longer than a page.
    pub fn peel(&self, id: ObjectId, is_commit: IsCommit<'_>) -> Result<Option<ObjectId>, NotExact> {
        let (id, kind) = self.peel_tags(id, is_commit)?;
        Ok((kind == Kind::Commit).then_some(id))
    }

    /// Follows tags to what they tag, and says what that is.
    fn peel_tags(&self, mut id: ObjectId, is_commit: IsCommit<'_>) -> Result<(ObjectId, Kind), NotExact> {
        while !is_commit(&id) {
            match self.object_header(&id)?.kind() {
                Kind::Tag => id = self.tagged(id)?,
                kind => return Ok((id, kind)),
            }
        }
        Ok((id, Kind::Commit))
    }

    /// The content of the blob that `<ref>:<path>` or an object name says; `None` when there is nothing there.
    pub fn blob(&self, name: &BStr) -> Result<Option<Vec<u8>>, NotExact> {
        let failed = |what: &dyn std::fmt::Display| NotExact::from(format!("'{name}': {what}"));
        let id = match name.split_once_str(b":") {
            None => match ObjectId::from_hex(name) {
                Ok(id) => id,
                Err(_) => return Err(failed(&"not a full object name")),
            },
            Some((revision, path)) => {
                let tip = match self.find_ref(revision.as_bstr()) {
                    Ok(Some(tip)) => tip,
                    // An unborn HEAD has no blobs.
                    Ok(None) | Err(_) if revision == b"HEAD" => return Ok(None),
                    _ => return Err(failed(&"not a plain revision")),
                };
                let Some(commit) = self.peel(tip, &|_| false)? else { return Err(failed(&"not a commit")) };
                let data = self.object_of(&commit, Kind::Commit)?;
                let tree =
                    CommitRefIter::from_bytes(&data, self.kind).tree_id().map_err(|err| failed(&err))?;
                match self.below_tree(tree, path)? {
                    Some(id) => id,
                    None => return Ok(None),
                }
            }
        };
        self.object_of(&id, Kind::Blob).map(Some)
    }
}

/// What the ref of exactly this name says; `None` where there is none.
///
/// gix takes every name for one that may be short, and looks for it in all the places of such names: five files to open
/// for each name that is not there. So that is found out first.
///
/// # Errors
/// When it can't be read.
pub fn find_full(store: &file::Store, name: &FullNameRef) -> Result<Option<Target>, NotExact> {
    if is_surely_missing(store, name) {
        return Ok(None);
    }
    let found = store
        .try_find(name.as_partial_name())
        .map_err(|err| NotExact::from(format!("{}: {err}", name.as_bstr())))?;
    Ok(found.filter(|reference| reference.name.as_ref() == name).map(|reference| reference.target))
}

fn is_surely_missing(store: &file::Store, name: &FullNameRef) -> bool {
    let Ok(path) = name.as_bstr().to_path() else { return false };
    let lacks =
        |dir: &Path| dir.join(path).symlink_metadata().is_err_and(|err| err.kind() == ErrorKind::NotFound);
    lacks(store.git_dir())
        && store.common_dir().is_none_or(lacks)
        && store.cached_packed_buffer().is_ok_and(|packed| {
            packed.is_none_or(|packed| matches!(packed.try_find(name.as_partial_name()), Ok(None)))
        })
}
