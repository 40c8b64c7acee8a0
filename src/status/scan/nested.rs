//! Repositories inside of the worktree.

use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{FileType, Mode, OFlags};

use crate::repo::NotExact;
use crate::status::stat::stat_at;

/// Whether the directory `name` has a `.git` of any kind.
pub(super) fn has_git(parent: impl AsFd, name: &[u8]) -> Result<bool, NotExact> {
    Ok(stat_at(parent, [name, b"/.git"].concat().as_slice())?.is_some())
}

/// Whether a directory with a `.git` in it is a repository of its own.
///
/// # Errors
/// Where it is not plain what git would take it for.
pub(super) fn is_repository(dir: &OwnedFd) -> Result<bool, NotExact> {
    let Some(stat) = stat_at(dir, ".git")? else { return Ok(false) };
    if !FileType::from_raw_mode(stat.st_mode).is_dir() {
        return Err("a .git file in an untracked directory".into());
    }
    for name in [".git/objects", ".git/refs", ".git/HEAD"] {
        if stat_at(dir, name)?.is_none() {
            return Ok(false);
        }
    }
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let unclear = || NotExact::because("an odd .git in an untracked directory");
    let head = rustix::fs::openat(dir, ".git/HEAD", flags, Mode::empty()).map_err(|_| unclear())?;
    let mut text = [0; 256];
    let length = rustix::io::read(&head, &mut text[..]).map_err(|_| unclear())?;
    let text = text[..length].trim_ascii_end();
    let good = match text.strip_prefix(b"ref: ") {
        Some(branch) => branch.starts_with(b"refs/"),
        None => gix::ObjectId::from_hex(text).is_ok(),
    };
    if good { Ok(true) } else { Err(unclear()) }
}
