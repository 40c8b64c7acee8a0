//! `include.path` and `includeIf.<condition>.path`, and paths as configuration writes them.

use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice};

use super::load::Location;
use crate::repo::NotExact;

/// What an entry asks to be included, if its condition holds.
pub(super) fn target(
    key: &BStr,
    value: Option<&BStr>,
    file: Option<&Path>,
    location: &Location<'_>,
) -> Result<Option<PathBuf>, NotExact> {
    let holds = if key == "include.path" {
        true
    } else if let Some(condition) =
        key.strip_prefix(b"includeif.").and_then(|rest| rest.strip_suffix(b".path"))
    {
        condition_holds(condition.as_bstr(), file, location)?
    } else {
        false
    };
    if !holds {
        return Ok(None);
    }
    let path = value.ok_or(NotExact::because("an include without a path"))?;
    let path = expand_path(path, location.home().as_deref())?;
    if path.is_absolute() {
        return Ok(Some(path));
    }
    match file.and_then(Path::parent) {
        Some(dir) => Ok(Some(dir.join(path))),
        None => Err("a relative include that comes from no file".into()),
    }
}

fn condition_holds(condition: &BStr, file: Option<&Path>, location: &Location<'_>) -> Result<bool, NotExact> {
    if let Some(pattern) = condition.strip_prefix(b"gitdir:") {
        git_dir_matches(pattern.as_bstr(), file, location, gix::glob::wildmatch::Mode::empty())
    } else if let Some(pattern) = condition.strip_prefix(b"gitdir/i:") {
        git_dir_matches(pattern.as_bstr(), file, location, gix::glob::wildmatch::Mode::IGNORE_CASE)
    } else if let Some(pattern) = condition.strip_prefix(b"onbranch:") {
        let Some(branch) = head_branch(location)? else { return Ok(false) };
        Ok(matches(with_trailing_stars(pattern.into()).as_bstr(), branch.as_bstr(), Default::default()))
    } else if condition.starts_with(b"hasconfig:") {
        Err("includeIf with hasconfig".into())
    } else {
        Ok(false)
    }
}

fn matches(pattern: &BStr, text: &BStr, mode: gix::glob::wildmatch::Mode) -> bool {
    gix::glob::wildmatch(pattern, text, mode | gix::glob::wildmatch::Mode::NO_MATCH_SLASH_LITERAL)
}

fn with_trailing_stars(mut pattern: BString) -> BString {
    if pattern.ends_with(b"/") {
        pattern.extend_from_slice(b"**");
    }
    pattern
}

fn git_dir_matches(
    pattern: &BStr,
    file: Option<&Path>,
    location: &Location<'_>,
    mode: gix::glob::wildmatch::Mode,
) -> Result<bool, NotExact> {
    let Some(git_dir) = location.git_dir else { return Ok(false) };
    let real = |path: &Path| {
        std::fs::canonicalize(path).map_err(|_| NotExact::because("a path of includeIf can't be resolved"))
    };
    let mut full = BString::default();
    if let Some(rest) = pattern.strip_prefix(b"~/") {
        let home = location.home().ok_or(NotExact::because("includeIf with ~/ but no HOME"))?;
        full.extend_from_slice(&plain(&real(&home)?)?);
        full.push(b'/');
        full.extend_from_slice(rest);
    } else if let Some(rest) = pattern.strip_prefix(b"./") {
        let file = file.ok_or(NotExact::because("a relative includeIf that comes from no file"))?;
        full.extend_from_slice(&plain(real(file)?.parent().unwrap_or(Path::new("/")))?);
        full.push(b'/');
        full.extend_from_slice(rest);
    } else if pattern.starts_with(b"~") || pattern.starts_with(b"%(prefix)") {
        return Err("includeIf with another user's home or git's prefix".into());
    } else if pattern.starts_with(b"/") {
        full.extend_from_slice(pattern);
    } else {
        full.extend_from_slice(b"**/");
        full.extend_from_slice(pattern);
    }
    let full = with_trailing_stars(full);
    let real_git_dir = real(git_dir)?;
    if matches(full.as_bstr(), gix::path::into_bstr(&real_git_dir).map_err(|_| unprintable())?.as_ref(), mode)
    {
        return Ok(true);
    }
    // git then tries the path by which it got there; which one that is, with symbolic links around, depends on
    // PWD and on how the repository was found.
    let by_name = location.env("PWD").map(PathBuf::from).is_some_and(|pwd| {
        pwd.is_absolute() && std::fs::canonicalize(&pwd).is_ok_and(|resolved| resolved != pwd)
    });
    if by_name || !git_dir.is_absolute() || real_git_dir != git_dir {
        return Err("includeIf on a git directory behind a symbolic link".into());
    }
    Ok(false)
}

/// A directory to put in front of a pattern: no character in it may mean something to the pattern matcher.
fn plain(dir: &Path) -> Result<BString, NotExact> {
    let dir = gix::path::into_bstr(dir).map_err(|_| unprintable())?;
    if dir.find_byteset(b"*?[\\").is_some() {
        return Err("includeIf below a directory with wildcards in its name".into());
    }
    Ok(dir.trim_end_with(|c| c == '/').into())
}

fn unprintable() -> NotExact {
    NotExact::because("a path that is no byte string")
}

/// The short name of the branch that HEAD is on, which need not exist yet.
fn head_branch(location: &Location<'_>) -> Result<Option<BString>, NotExact> {
    let (Some(git_dir), Some(common_dir)) = (location.git_dir, location.common_dir) else { return Ok(None) };
    let unreadable = || NotExact::because("onbranch: HEAD is no plain file");
    let head = git_dir.join("HEAD");
    if !head.symlink_metadata().map_err(|_| unreadable())?.is_file() {
        return Err(unreadable());
    }
    let head = std::fs::read(head).map_err(|_| unreadable())?;
    let Some(target) = head.strip_prefix(b"ref:") else { return Ok(None) };
    let target = target.trim();
    if target == b"refs/heads/.invalid" {
        return Err("onbranch in a repository with reftables".into());
    }
    let path = common_dir.join(gix::path::from_bstr(target.as_bstr()).map_err(|_| unprintable())?);
    match path.symlink_metadata() {
        Ok(meta) if !meta.is_file() && !meta.is_dir() => {
            return Err("onbranch: a branch that is a link".into());
        }
        Ok(meta)
            if meta.is_file() && std::fs::read(&path).map_err(|_| unreadable())?.starts_with(b"ref:") =>
        {
            return Err("onbranch: a branch that is a symbolic ref".into());
        }
        _ => {}
    }
    Ok(target.strip_prefix(b"refs/heads/").map(BString::from))
}

/// A path as a configuration value: `~/` is the home directory.
pub(super) fn expand_path(path: &BStr, home: Option<&Path>) -> Result<PathBuf, NotExact> {
    let as_path = |bytes: &[u8]| -> Result<PathBuf, NotExact> {
        gix::path::from_bstr(bytes.as_bstr()).map(|path| path.into_owned()).map_err(|_| unprintable())
    };
    if let Some(rest) = path.strip_prefix(b"~/") {
        let home = home.ok_or(NotExact::because("a path with ~/ but no HOME"))?;
        return Ok(home.join(as_path(rest)?));
    }
    if path == "~" {
        return home.map(Path::to_owned).ok_or(NotExact::because("a path with ~ but no HOME"));
    }
    // `:(optional)` is newer git's way to say that the file may be missing.
    if path.starts_with(b"~") || path.starts_with(b"%(prefix)") || path.starts_with(b":(") {
        return Err("a path in another user's home or below git's prefix".into());
    }
    as_path(path)
}
