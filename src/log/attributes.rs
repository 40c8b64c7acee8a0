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
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use bstr::{BStr, ByteSlice};
use gix::hash::Kind;

use crate::index::Paths;
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
    let mut files = Files(blake3::Hasher::new());
    files.add(std::env::var_os("GIT_ATTR_NOSYSTEM").unwrap_or_default().as_bytes());
    files.add(format!("{:?}", config.bool("core.ignoreCase").ok()?).as_bytes());
    files.file(&git.system_config.as_ref()?.with_file_name("gitattributes"))?;
    let user = match config.path("core.attributesFile").ok()? {
        Some(path) => Some(path),
        None => match std::env::var_os("XDG_CONFIG_HOME").filter(|dir| !dir.is_empty()) {
            Some(dir) => Some(Path::new(&dir).join("git/attributes")),
            None => std::env::var_os("HOME").map(|home| Path::new(&home).join(".config/git/attributes")),
        },
    };
    if let Some(path) = user {
        // git reads a relative one from elsewhere.
        path.is_absolute().then(|| files.file(&path))??;
    }
    files.file(&repo.common_dir.join("info/attributes"))?;
    match &repo.work_dir {
        Some(top) => {
            files.index(&repo.git_dir.join("index"), repo.git.object_hash());
            for dir in directories(paths) {
                files.file_of_worktree(&top.join(dir.to_path().ok()?).join(".gitattributes"))?;
            }
        }
        // These gits took attributes from HEAD's tree there.
        None if git.at_least(2, 43) && !git.at_least(2, 46) => files.add(repo.head().ok()??.as_bytes()),
        None => {}
    }
    Some(files.0.finalize())
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

struct Files(blake3::Hasher);

impl Files {
    /// Lengths keep one field from being taken for two.
    fn add(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    }

    /// A file's content; that there is none is as good.
    fn file(&mut self, path: &Path) -> Option<()> {
        self.add(path.as_os_str().as_bytes());
        match std::fs::read(path) {
            Ok(bytes) => self.add(&bytes),
            Err(err) if matches!(err.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => self.add(b""),
            Err(_) => return None,
        }
        Some(())
    }

    /// In the worktree git does not follow a link, and complains of it.
    fn file_of_worktree(&mut self, path: &Path) -> Option<()> {
        match std::fs::symlink_metadata(path) {
            Ok(meta) if meta.is_file() => self.file(path),
            Ok(_) => None,
            Err(err) if matches!(err.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Some(()),
            Err(_) => None,
        }
    }

    /// The entries of git's index that are files with attributes. Most writes to an index change none.
    fn index(&mut self, path: &Path, hash: Kind) {
        let Ok(index) = IndexFile::open(path, hash) else { return self.identity(path) };
        for at in 0..index.len() {
            let name = index.path(at);
            if name.ends_with(b".gitattributes") {
                self.add(name);
                self.add(index.entry(at).id().as_bytes());
            }
        }
    }

    fn identity(&mut self, path: &Path) {
        let meta = std::fs::metadata(path);
        let numbers = meta
            .map(|meta| [meta.dev(), meta.ino(), meta.len(), meta.mtime() as u64, meta.mtime_nsec() as u64]);
        for number in numbers.unwrap_or_default() {
            self.add(&number.to_le_bytes());
        }
    }
}
