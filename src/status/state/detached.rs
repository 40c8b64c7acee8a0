//! Where a detached HEAD comes from: the last checkout in its reflog.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;

use super::short::Short;
use super::{Detached, read_file};
use crate::repo::{NotExact, Repo};
use crate::status::branch::ref_exists;

/// From the reflog of HEAD: the last checkout. `None` when there is none.
pub(super) fn detached_from(
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
        if full.starts_with(b"refs/") && ref_exists(repo, full.as_ref())? {
            let stripped =
                [&b"refs/tags/"[..], b"refs/remotes/"].iter().find_map(|prefix| full.strip_prefix(*prefix));
            return Ok(Some(stripped.map_or_else(|| full.clone(), BString::from)));
        }
    }
    Err("an odd name in the reflog of HEAD".into())
}
