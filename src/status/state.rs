//! What is going on in a worktree: a merge, a cherry-pick, a bisection …, and where a detached HEAD comes from.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;

use crate::repo::abbrev::{Abbrev, AbbrevLength};
use crate::repo::config::Config;
use crate::repo::{NotExact, Repo};

/// Where a detached HEAD was detached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detached {
    /// The name of what was checked out.
    pub name: BString,
    /// Whether HEAD has not moved since.
    pub still_there: bool,
}

/// What is going on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InProgress {
    /// A merge.
    pub merge: bool,
    /// A cherry-pick of this commit, abbreviated.
    pub cherry_pick: Option<String>,
    /// A revert of this commit, abbreviated.
    pub revert: Option<String>,
    /// A bisection, and the branch that it started from.
    pub bisect: Option<Option<BString>>,
    /// For a detached HEAD.
    pub detached: Option<Detached>,
}

impl InProgress {
    /// Looks at the files that git leaves in the git directory.
    ///
    /// # Errors
    /// For operations about which only git speaks: rebases, `git am`, and sequences between two commits.
    pub fn read(
        repo: &Repo,
        config: &Config,
        head: Option<ObjectId>,
        is_detached: bool,
    ) -> Result<InProgress, NotExact> {
        let dir = &repo.git_dir;
        for name in ["rebase-apply", "rebase-merge"] {
            if dir.join(name).exists() {
                return Err("a rebase is in progress".into());
            }
        }
        let mut state = InProgress { merge: dir.join("MERGE_HEAD").exists(), ..InProgress::default() };
        let mut short = Short { repo, config, head, open: None };
        for (name, slot) in [("CHERRY_PICK_HEAD", &mut state.cherry_pick), ("REVERT_HEAD", &mut state.revert)]
        {
            if let Some(text) = read_file(&dir.join(name))? {
                let id = ObjectId::from_hex(text.trim_end()).map_err(|_| NotExact::because(name))?;
                *slot = Some(short.of(&id)?);
            }
        }
        let two = [state.merge, state.cherry_pick.is_some(), state.revert.is_some()];
        if two.iter().filter(|is| **is).count() > 1 {
            return Err("several operations are in progress".into());
        }
        if dir.join("sequencer").exists() && state.cherry_pick.is_none() && state.revert.is_none() {
            return Err("a sequence is in progress".into());
        }
        if dir.join("BISECT_LOG").exists() {
            state.bisect = Some(bisect_start(dir, &mut short)?);
        }
        if is_detached {
            state.detached = detached_from(repo, head, &mut short)?;
        }
        Ok(state)
    }
}

/// Abbreviates; what it needs for that is opened when it is needed.
struct Short<'a> {
    repo: &'a Repo,
    config: &'a Config,
    head: Option<ObjectId>,
    open: Option<Abbrev>,
}

impl Short<'_> {
    fn of(&mut self, id: &ObjectId) -> Result<String, NotExact> {
        if self.open.is_none() {
            let length = AbbrevLength::from_config(self.config)?;
            let read: Vec<&gix::oid> = self.head.iter().map(|id| id.as_ref()).collect();
            self.open = Some(Abbrev::new(self.repo.object_names(self.config)?, length, &read)?);
        }
        let length = self.open.as_ref().map_or(0, |abbrev| abbrev.len(id));
        Ok(id.to_hex_with_len(length).to_string())
    }
}

fn read_file(path: &Path) -> Result<Option<Vec<u8>>, NotExact> {
    match std::fs::read(path) {
        Ok(text) => Ok(Some(text)),
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(err) => Err(format!("{}: {err}", path.display()).into()),
    }
}

fn bisect_start(dir: &Path, short: &mut Short<'_>) -> Result<Option<BString>, NotExact> {
    let Some(text) = read_file(&dir.join("BISECT_START"))? else { return Ok(None) };
    let name = text.trim_end_with(|c| c == '\n').as_bstr();
    if name.is_empty() || name == "detached HEAD" {
        return Ok(None);
    }
    if let Ok(id) = ObjectId::from_hex(name) {
        return Ok(Some(short.of(&id)?.into()));
    }
    Ok(Some(name.strip_prefix(b"refs/heads/").unwrap_or(name).into()))
}

/// From the reflog of HEAD: the last checkout. `None` when there is none.
fn detached_from(
    repo: &Repo,
    head: Option<ObjectId>,
    short: &mut Short<'_>,
) -> Result<Option<Detached>, NotExact> {
    let Some(log) = read_file(&repo.git_dir.join("logs/HEAD"))? else { return Ok(None) };
    const MOVING: &[u8] = b"checkout: moving from ";
    for line in log.trim_end().lines().rev() {
        let Some((who, message)) = line.split_once_str(b"\t") else { continue };
        let Some(moved) = message.strip_prefix(MOVING) else { continue };
        let Some((_, target)) = moved.split_once_str(b" to ") else { continue };
        let new = who.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
        let new = ObjectId::from_hex(new).map_err(|_| NotExact::because("an odd reflog of HEAD"))?;
        let name = match target {
            // From one commit to another by a name that has another meaning now.
            b"HEAD" => None,
            target => named(repo, target.as_bstr(), new)?,
        };
        let name = match name {
            Some(name) => name,
            None => short.of(&new)?.into(),
        };
        return Ok(Some(Detached { name, still_there: head == Some(new) }));
    }
    Ok(None)
}

/// The ref that a name means, if it is at `commit`.
fn named(repo: &Repo, name: &BStr, commit: ObjectId) -> Result<Option<BString>, NotExact> {
    // A name that is also that of an object may be one to git.
    if name.contains_str("@{") {
        return Err("an odd name in the reflog of HEAD".into());
    }
    if name.contains(&b'~') || name.contains(&b'^') || name.contains(&b':') {
        return Ok(None);
    }
    if name.starts_with(b"-") || name.is_empty() {
        return Err("an odd name in the reflog of HEAD".into());
    }
    if repo.git_dir.join(OsStr::from_bytes(name)).exists() && !name.starts_with(b"refs/") {
        return Err("an odd name in the reflog of HEAD".into());
    }
    let Some(id) = repo.find_ref(name)? else { return Ok(None) };
    if repo.peel(id, &|_| false)? != Some(commit) {
        return Ok(None);
    }
    for (prefix, suffix) in [
        ("", ""),
        ("refs/", ""),
        ("refs/tags/", ""),
        ("refs/heads/", ""),
        ("refs/remotes/", ""),
        ("refs/remotes/", "/HEAD"),
    ] {
        let full: BString = [prefix.as_bytes(), name, suffix.as_bytes()].concat().into();
        if full.starts_with(b"refs/") && super::branch::ref_exists(repo, full.as_ref())? {
            let stripped =
                [&b"refs/tags/"[..], b"refs/remotes/"].iter().find_map(|prefix| full.strip_prefix(*prefix));
            return Ok(Some(stripped.map_or_else(|| full.clone(), BString::from)));
        }
    }
    Err("an odd name in the reflog of HEAD".into())
}

/// How many entries the reflog of the stash has.
pub fn stashes(repo: &Repo) -> Result<u64, NotExact> {
    if !super::branch::ref_exists(repo, b"refs/stash".into())? {
        return Ok(0);
    }
    let log = read_file(&repo.common_dir.join("logs/refs/stash"))?.unwrap_or_default();
    Ok(log.iter().filter(|byte| **byte == b'\n').count() as u64)
}
