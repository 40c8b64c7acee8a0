//! Repositories inside of the worktree.

use std::os::fd::{AsFd, OwnedFd};

use bstr::ByteSlice;
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
    if FileType::from_raw_mode(stat.st_mode).is_dir() {
        return has_parts(dir, b".git", b".git");
    }
    let odd = || NotExact::because("an odd .git file in an untracked directory");
    let text = read(dir, b".git").ok_or_else(odd)?;
    let git_dir = text.strip_prefix(b"gitdir: ").ok_or_else(odd)?.trim_end();
    let common = [git_dir, b"/commondir"].concat();
    let common = match read(dir, &common) {
        Some(path) if path.starts_with(b"/") => path.trim_end().to_owned(),
        Some(path) => [git_dir, b"/", path.trim_end()].concat(),
        None => git_dir.to_owned(),
    };
    // A worktree that was moved, or whose repository is gone, may be more than one thing.
    if has_parts(dir, git_dir, &common)? { Ok(true) } else { Err(odd()) }
}

/// Whether there is what a git directory has to have.
fn has_parts(dir: &OwnedFd, git_dir: &[u8], common: &[u8]) -> Result<bool, NotExact> {
    let head = [git_dir, b"/HEAD"].concat();
    for path in [&[common, b"/objects"].concat(), &[common, b"/refs"].concat(), &head] {
        if stat_at(dir, path.as_slice())?.is_none() {
            return Ok(false);
        }
    }
    let unclear = || NotExact::because("an odd .git in an untracked directory");
    let text = read(dir, &head).ok_or_else(unclear)?;
    let text = text.trim_ascii_end();
    let good = match text.strip_prefix(b"ref: ") {
        Some(branch) => branch.starts_with(b"refs/"),
        None => gix::ObjectId::from_hex(text).is_ok(),
    };
    if good { Ok(true) } else { Err(unclear()) }
}

/// The beginning of a small file.
fn read(dir: &OwnedFd, path: &[u8]) -> Option<Vec<u8>> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = rustix::fs::openat(dir, path, flags, Mode::empty()).ok()?;
    let mut text = vec![0; 4096];
    let length = rustix::io::read(&file, &mut text[..]).ok()?;
    text.truncate(length);
    Some(text)
}
