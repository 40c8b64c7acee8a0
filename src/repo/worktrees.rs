//! The HEADs of other worktrees of a repository, which `--all` includes (git-worktree(1), REFS).

use std::fs;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice, ByteVec};
use gix::ObjectId;
use gix::refs::Target;

use super::refs::{IsCommit, RefTip};
use super::{NotExact, Repo};

impl Repo {
    /// The commits of all HEADs but the current worktree's, under the names by which git knows those
    /// (`main-worktree/HEAD`, `worktrees/x/HEAD`), in git's order: the main one, then as the directory lists them.
    ///
    /// # Errors
    /// When one of them is nothing that `git worktree` writes, or the directory can't be read.
    pub fn other_heads(&self, is_commit: IsCommit<'_>) -> Result<Vec<RefTip>, NotExact> {
        let mut heads = Vec::new();
        let mut add = |name: BString, dir: &Path| -> Result<(), NotExact> {
            let id = self.head_in(dir, name.as_bstr())?;
            let commit = id.map(|id| self.peel(id, is_commit)).transpose()?.flatten();
            heads.extend(commit.map(|commit| RefTip { name, commit }));
            Ok(())
        };
        let linked = self.common_dir.join("worktrees");
        if !linked.exists() {
            return Ok(heads);
        }
        let failed = |err: std::io::Error| NotExact::from(format!("{}: {err}", linked.display()));
        let current = fs::canonicalize(&self.git_dir).map_err(failed)?;
        let is_current = |dir: &Path| fs::canonicalize(dir).is_ok_and(|dir| dir == current);
        if !is_current(&self.common_dir) {
            add("main-worktree/HEAD".into(), &self.common_dir)?;
        }
        for entry in fs::read_dir(&linked).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let dir = entry.path();
            // Else git takes it for no worktree.
            let has_place = fs::metadata(dir.join("gitdir")).is_ok_and(|file| file.len() > 0);
            if has_place && !is_current(&dir) {
                let mut name = BString::from("worktrees/");
                name.push_str(Vec::from_os_string(entry.file_name()).unwrap_or_default());
                name.push_str("/HEAD");
                add(name, &dir)?;
            }
        }
        Ok(heads)
    }

    /// What the HEAD in this directory leads to; `None` on a branch without commits.
    fn head_in(&self, dir: &Path, name: &BStr) -> Result<Option<ObjectId>, NotExact> {
        let odd = || NotExact::from(format!("{name} is nothing that git worktree writes"));
        let file = dir.join("HEAD");
        if !file.symlink_metadata().is_ok_and(|file| file.is_file()) {
            return Err(odd());
        }
        let text = fs::read(&file).map_err(|err| NotExact::from(format!("{name}: {err}")))?;
        let text = text.strip_suffix(b"\n").ok_or_else(odd)?;
        let Some(branch) = text.strip_prefix(b"ref: ") else {
            return ObjectId::from_hex(text).map(Some).map_err(|_| odd());
        };
        // What is not a branch may be a ref of that worktree's own.
        if !branch.starts_with(b"refs/heads/") {
            return Err(odd());
        }
        match self.find_full(branch.as_bstr())? {
            None => Ok(None),
            Some(Target::Object(id)) => Ok(Some(id)),
            Some(Target::Symbolic(_)) => Err(odd()),
        }
    }
}
