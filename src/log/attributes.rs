//! What git may read attributes from while it answers, as one hash: remembered answers that depend on attributes are good
//! for as long as it is the same. Which attributes a path has is none of this.
//!
//! gitattributes(5): a system and a user's file, `info/attributes`, and `.gitattributes` in every directory of the
//! worktree on the way to a path, from git's index where the worktree has none (and something has made git read its index,
//! such as a submodule). Only directories that history knows are on
//! the way to any of its paths.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::{BStr, ByteSlice};
use gix::hash::Kind;

use crate::index::Paths;
use crate::log::fingerprint::Fingerprint;
use crate::repo::Repo;
use crate::repo::config::Config;
use crate::repo::git::GitProgram;
use crate::status::index_file::IndexFile;

/// The hash; `paths` has to know all of history. `None` when it can't be told what git reads.
pub(super) fn fingerprint(
    repo: &Repo,
    git: &GitProgram,
    config: &Config,
    paths: &Paths<'_>,
) -> Option<blake3::Hash> {
    let elsewhere = ["GIT_ATTR_SOURCE", "GIT_INDEX_FILE"].iter().any(|name| std::env::var_os(name).is_some());
    if elsewhere || config.contains("attr.tree") {
        return None;
    }
    let mut all = Fingerprint::new();
    all.add("no system", std::env::var_os("GIT_ATTR_NOSYSTEM").unwrap_or_default().as_bytes());
    all.add("ignore case", format!("{:?}", config.bool("core.ignoreCase").ok()?).as_bytes());
    all.file(&git.system_config.as_ref()?.with_file_name("gitattributes"))?;
    let user = match config.path("core.attributesFile").ok()? {
        Some(path) => Some(path),
        None => match std::env::var_os("XDG_CONFIG_HOME").filter(|dir| !dir.is_empty()) {
            Some(dir) => Some(Path::new(&dir).join("git/attributes")),
            None => std::env::var_os("HOME").map(|home| Path::new(&home).join(".config/git/attributes")),
        },
    };
    if let Some(path) = user {
        // git reads a relative one from elsewhere.
        path.is_absolute().then(|| all.file(&path))??;
    }
    all.file(&repo.common_dir.join("info/attributes"))?;
    match &repo.work_dir {
        Some(top) => {
            add_index(&mut all, &repo.git_dir.join("index"), repo.kind);
            for dir in directories(paths) {
                add_file_of_worktree(&mut all, &top.join(dir.to_path().ok()?).join(".gitattributes"))?;
            }
        }
        // These gits took attributes from HEAD's tree there.
        None if git.at_least(2, 43) && !git.at_least(2, 46) => all.add("head", repo.head().ok()??.as_bytes()),
        None => {}
    }
    Some(all.finish())
}

/// Every directory that has ever been in history, the top included.
fn directories<'a>(paths: &Paths<'a>) -> BTreeSet<&'a BStr> {
    let mut found = BTreeSet::from([BStr::new("")]);
    for table in paths.tables() {
        let mut last = BStr::new("");
        for path in (0..table.len()).map(|at| table.path(at)) {
            let dir = path.rfind_byte(b'/').map_or(BStr::new(""), |slash| path[..slash].as_bstr());
            if dir != last {
                found.insert(dir);
                last = dir;
            }
        }
    }
    found
}

/// In the worktree git does not follow a link, and complains of it.
fn add_file_of_worktree(all: &mut Fingerprint, path: &Path) -> Option<()> {
    match std::fs::symlink_metadata(path) {
        Ok(meta) if meta.is_file() => all.file(path),
        Ok(_) => None,
        Err(err) if matches!(err.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Some(()),
        Err(_) => None,
    }
}

/// The entries of git's index that are files with attributes. Most writes to an index change none.
fn add_index(all: &mut Fingerprint, path: &Path, hash: Kind) {
    let Ok(index) = IndexFile::open(path, hash) else { return all.file_identity("index", path) };
    for at in 0..index.len() {
        let name = index.path(at);
        if name.ends_with(b".gitattributes") {
            all.add("path", name);
            all.add("entry", index.entry(at).id().as_bytes());
        }
    }
}
