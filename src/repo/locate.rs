//! Where git would find a repository, and its worktree.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use super::NotExact;
use super::format::Format;

/// The git dir, and the worktree where finding the former tells it.
pub(super) fn locate(cwd: &Path) -> Result<(PathBuf, Option<PathBuf>), NotExact> {
    if let Some(git_dir) = std::env::var_os("GIT_DIR") {
        let git_dir = cwd.join(git_dir);
        if !git_dir.is_dir() {
            return Err("GIT_DIR is not a directory".into());
        }
        gix::discover::is_git(&git_dir).map_err(|err| NotExact::from(format!("GIT_DIR: {err}")))?;
        let work_dir = std::env::var_os("GIT_WORK_TREE").map(PathBuf::from);
        return Ok((git_dir, work_dir));
    }
    if std::env::var_os("GIT_WORK_TREE").is_some() {
        return Err("GIT_WORK_TREE without GIT_DIR".into());
    }
    let options = gix::discover::upwards::Options {
        cross_fs: false,
        match_ceiling_dir_or_error: false,
        ..Default::default()
    }
    .apply_environment();
    let (path, _trust) = gix::discover::upwards_opts(cwd, options)
        .map_err(|err| NotExact::from(format!("no repository: {err}")))?;
    let (git_dir, work_dir) = path.into_repository_and_work_tree_directories();
    let failed = |err: std::io::Error| NotExact::from(format!("current directory: {err}"));
    let cwd = cwd.canonicalize().map_err(failed)?;
    let found = work_dir.as_ref().unwrap_or(&git_dir).canonicalize().map_err(failed)?;
    for above in cwd.ancestors().take_while(|above| *above != found) {
        // One that does not lead to a repository is an error for git, and nothing at all for gix.
        if std::fs::symlink_metadata(above.join(".git")).is_ok_and(|meta| !meta.is_dir()) {
            return Err("a .git file above the current directory".into());
        }
    }
    Ok((git_dir, work_dir))
}

/// The directory that all worktrees share, where that is not the git dir itself.
pub(super) fn common_dir(git_dir: &Path) -> Result<Option<PathBuf>, NotExact> {
    let said = gix::discover::path::from_plain_file(&git_dir.join("commondir")).transpose();
    let said = said.map_err(|err| NotExact::from(format!("commondir: {err}")))?;
    Ok(said.map(|path| git_dir.join(path)))
}

/// The top of the worktree where looking around has found the repository, and perhaps that directory.
pub(super) fn found_work_dir(
    git_dir: &Path,
    is_linked: bool,
    format: &Format,
    found: Option<PathBuf>,
) -> Result<Option<PathBuf>, NotExact> {
    if let Some(configured) = &format.worktree {
        // As git writes it for a submodule, of which looking around has found the same.
        let configured = configured.to_path().ok().and_then(|path| git_dir.join(path).canonicalize().ok());
        let same =
            configured.is_some() && configured == found.as_ref().and_then(|dir| dir.canonicalize().ok());
        return if same && !is_linked && format.bare == Some(false) {
            Ok(found)
        } else {
            Err("core.worktree".into())
        };
    }
    match format.bare {
        // In a linked worktree that is said of the main one.
        Some(true) if !is_linked => Ok(None),
        Some(false) if found.is_none() && git_dir.file_name().is_some_and(|name| name == ".git") => {
            Ok(git_dir.parent().map(ToOwned::to_owned))
        }
        _ => Ok(found),
    }
}

/// The top of the worktree where GIT_DIR says which repository it is: the current directory, unless something else
/// is configured.
pub(super) fn told_work_dir(
    format: &Format,
    told: Option<PathBuf>,
    cwd: PathBuf,
) -> Result<Option<PathBuf>, NotExact> {
    let told = match (told, &format.worktree) {
        (None, None) if format.bare == Some(true) => return Ok(None),
        (None, None) => return Ok(Some(cwd)),
        (None, Some(_)) => return Err("GIT_DIR with core.worktree".into()),
        (Some(told), _) => told,
    };
    // From outside of the worktree, git reads the files there are here.
    match told.canonicalize() {
        Ok(told) if cwd.starts_with(&told) => Ok(Some(told)),
        _ => Err("outside of GIT_WORK_TREE".into()),
    }
}

/// Without a well-formed HEAD, git sees no repository and looks further up.
pub(super) fn check_head(git_dir: &Path) -> Result<(), NotExact> {
    let path = git_dir.join("HEAD");
    let is_file = path.symlink_metadata().is_ok_and(|meta| meta.is_file());
    let head = std::fs::read(&path).unwrap_or_default();
    let good = match head.strip_prefix(b"ref:") {
        Some(target) => target.trim_start().starts_with(b"refs/"),
        None => gix::ObjectId::from_hex(head.trim_end()).is_ok(),
    };
    if is_file && good { Ok(()) } else { Err("HEAD is not as git writes it".into()) }
}

/// git refuses a repository that belongs to somebody else, unless safe.directory lists it: that is its to say.
pub(super) fn check_owner(git_dir: &Path, work_dir: Option<&Path>) -> Result<(), NotExact> {
    // How git's own tests, and ours, have a repository belong to somebody else.
    if std::env::var_os("GIT_TEST_ASSUME_DIFFERENT_OWNER").is_some() {
        return Err("repository of another owner".into());
    }
    let me = rustix::process::geteuid().as_raw();
    let gitfile = work_dir.map(|dir| dir.join(".git"));
    for path in [Some(git_dir), work_dir, gitfile.as_deref()].into_iter().flatten() {
        match std::fs::symlink_metadata(path) {
            Ok(meta) if meta.uid() == me => {}
            Ok(_) => return Err("repository of another owner".into()),
            Err(err) if err.kind() == ErrorKind::NotFound => {}
            Err(err) => return Err(format!("{}: {err}", path.display()).into()),
        }
    }
    Ok(())
}
