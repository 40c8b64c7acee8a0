//! Rebases and `git am`: what the files say that they leave in the git directory.

use std::path::Path;

use bstr::{BString, ByteSlice};
use gix::ObjectId;

use super::short::Short;
use super::todo::Todo;
use super::{Question, read_file};
use crate::repo::{NotExact, Repo};

/// `git am`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Am {
    /// There is nothing in the current patch.
    pub empty_patch: bool,
}

/// A rebase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebase {
    /// The branch that is rebased; `None` for a detached HEAD.
    pub branch: Option<BString>,
    /// On what, abbreviated.
    pub onto: BString,
    /// The lists of an interactive one, which most are; `None` for the other kind.
    pub todo: Option<Todo>,
    /// There is a message for the next commit: its changes have been applied.
    pub has_message: bool,
    /// HEAD is not where the rebase has stopped.
    pub splitting: bool,
}

/// What the two directories say; `git am` and one kind of rebase share the first.
pub(super) fn read(
    question: &Question<'_>,
    short: &mut Short<'_>,
) -> Result<(Option<Am>, Option<Rebase>), NotExact> {
    let (apply, merge) =
        (question.repo.git_dir.join("rebase-apply"), question.repo.git_dir.join("rebase-merge"));
    if apply.exists() {
        if apply.join("applying").exists() {
            let empty_patch = std::fs::metadata(apply.join("patch")).is_ok_and(|patch| patch.len() == 0);
            return Ok((Some(Am { empty_patch }), None));
        }
        return Ok((None, Some(rebase(question, &apply, false, short)?)));
    }
    if merge.exists() {
        let is_interactive = merge.join("interactive").exists();
        return Ok((None, Some(rebase(question, &merge, is_interactive, short)?)));
    }
    Ok((None, None))
}

fn rebase(
    question: &Question<'_>,
    dir: &Path,
    is_interactive: bool,
    short: &mut Short<'_>,
) -> Result<Rebase, NotExact> {
    let branch = name(&dir.join("head-name"), short)?;
    let onto = name(&dir.join("onto"), short)?.ok_or(NotExact::because("a rebase onto nothing"))?;
    let todo = if is_interactive { Some(Todo::read(question, dir, short)?) } else { None };
    let splitting = question.is_detached && is_splitting(question.repo, question.head)?;
    let has_message = question.repo.git_dir.join("MERGE_MSG").exists();
    Ok(Rebase { branch, onto, todo, has_message, splitting })
}

/// What a file names: a branch or commit, as people see it.
pub(super) fn name(path: &Path, short: &mut Short<'_>) -> Result<Option<BString>, NotExact> {
    let Some(name) = read_line(path)? else { return Ok(None) };
    if let Some(branch) = name.strip_prefix(b"refs/heads/") {
        return Ok(Some(branch.into()));
    }
    if let Ok(id) = ObjectId::from_hex(&name) {
        return match id.kind() == short.repo.kind {
            true => Ok(Some(short.of(&id)?.into())),
            false => Err("an object name of the other kind".into()),
        };
    }
    Ok((name != "detached HEAD").then_some(name))
}

/// Where `edit` has stopped, and whether HEAD has left it to become several commits.
fn is_splitting(repo: &Repo, head: Option<ObjectId>) -> Result<bool, NotExact> {
    let (dir, line) = (repo.git_dir.join("rebase-merge"), |path: &Path| read_line(path));
    let Some(before) = line(&repo.git_dir.join("ORIG_HEAD"))? else { return Ok(false) };
    let (Some(stopped), Some(original)) = (line(&dir.join("amend"))?, line(&dir.join("orig-head"))?) else {
        return Ok(false);
    };
    let Ok(before) = ObjectId::from_hex(&before) else { return Err("an odd ORIG_HEAD".into()) };
    Ok(match stopped == original {
        true => head.is_some_and(|head| head.to_string() != stopped),
        false => before.to_string() != original,
    })
}

/// A file of one line, without what is around it; `None` where it says nothing.
fn read_line(path: &Path) -> Result<Option<BString>, NotExact> {
    let text = read_file(path)?.unwrap_or_default();
    let text = text.trim_with(|c| matches!(c, ' ' | '\t' | '\r' | '\n')).as_bstr();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
