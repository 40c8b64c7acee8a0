//! What is going on in a worktree: a merge, a cherry-pick, a bisection …, and where a detached HEAD comes from.

mod detached;
pub mod operations;
mod rebase;
mod short;
mod todo;

use std::path::Path;

use bstr::{BString, ByteSlice};
use gix::ObjectId;

pub use rebase::{Am, Rebase};
pub use todo::{Commands, Todo};

use crate::repo::config::Config;
use crate::repo::git::GitProgram;
use crate::repo::{NotExact, Repo};
use short::Short;

/// Where a detached HEAD was detached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detached {
    /// The name of what was checked out.
    pub name: BString,
    /// Whether HEAD has not moved since.
    pub still_there: bool,
}

/// What is needed to know what is going on.
pub struct Question<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// Its configuration.
    pub config: &'a Config,
    /// The git whose words are used.
    pub git: &'a GitProgram,
    /// The top of the worktree.
    pub top: &'a Path,
    /// Where HEAD is.
    pub head: Option<ObjectId>,
    /// Whether it is on no branch.
    pub is_detached: bool,
    /// Whether advice is given.
    pub hints: bool,
}

/// What is going on. Several things can be: of most, git shows the first of those that are here in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InProgress {
    /// A merge.
    pub merge: bool,
    /// `git am`.
    pub am: Option<Am>,
    /// A rebase.
    pub rebase: Option<Rebase>,
    /// A cherry-pick, and the commit, abbreviated; `None` between two of a sequence.
    pub cherry_pick: Option<Option<String>>,
    /// A revert, likewise.
    pub revert: Option<Option<String>>,
    /// A bisection, and the branch that it started from; it is shown besides all others.
    pub bisect: Option<Option<BString>>,
    /// The next commit is to be one that was picked, in whatever else that happens.
    pub picked: bool,
    /// For a detached HEAD.
    pub detached: Option<Detached>,
}

impl InProgress {
    /// Looks at the files that git leaves in the git directory.
    ///
    /// # Errors
    /// Where it is not plain what they mean.
    pub fn read(question: &Question<'_>) -> Result<InProgress, NotExact> {
        let Question { repo, config, git, head, .. } = *question;
        let dir = &repo.git_dir;
        let mut short = Short { repo, config, git, head, open: None };
        let (am, rebase) = rebase::read(question, &mut short)?;
        let merge = dir.join("MERGE_HEAD").exists();
        let mut state = InProgress { merge, am, rebase, ..InProgress::default() };
        for (name, slot) in [("CHERRY_PICK_HEAD", &mut state.cherry_pick), ("REVERT_HEAD", &mut state.revert)]
        {
            if let Some(text) = read_file(&dir.join(name))? {
                let id = ObjectId::from_hex(text.trim_end()).map_err(|_| NotExact::because(name))?;
                *slot = Some(Some(short.of(&id)?));
            }
        }
        state.picked = state.cherry_pick.is_some();
        match sequence(dir)? {
            Some(Sequence::Pick) => state.cherry_pick = state.cherry_pick.or(Some(None)),
            Some(Sequence::Revert) => state.revert = state.revert.or(Some(None)),
            None => {}
        }
        if dir.join("BISECT_LOG").exists() {
            state.bisect = Some(rebase::name(&dir.join("BISECT_START"), &mut short)?);
        }
        if question.is_detached {
            state.detached = detached::detached_from(repo, head, &mut short)?;
        }
        Ok(state)
    }
}

/// What a sequence of commits is made by.
enum Sequence {
    Pick,
    Revert,
}

/// The sequence of which there is more to come.
fn sequence(dir: &Path) -> Result<Option<Sequence>, NotExact> {
    let Some(text) = read_file(&dir.join("sequencer/todo"))? else { return Ok(None) };
    match text.split(|byte| *byte == b' ').next() {
        Some(b"pick") => Ok(Some(Sequence::Pick)),
        Some(b"revert") => Ok(Some(Sequence::Revert)),
        _ => Err("an odd sequence is in progress".into()),
    }
}

fn read_file(path: &Path) -> Result<Option<Vec<u8>>, NotExact> {
    match std::fs::read(path) {
        Ok(text) => Ok(Some(text)),
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(err) => Err(format!("{}: {err}", path.display()).into()),
    }
}

/// How many entries the reflog of the stash has.
pub fn stashes(repo: &Repo) -> Result<u64, NotExact> {
    if !super::branch::ref_exists(repo, b"refs/stash".into())? {
        return Ok(0);
    }
    let log = read_file(&repo.common_dir.join("logs/refs/stash"))?.unwrap_or_default();
    Ok(log.iter().filter(|byte| **byte == b'\n').count() as u64)
}
