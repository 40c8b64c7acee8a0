//! The directories that objects are read from: the repository's own and its alternates, theirs included.
//! See gitrepository-layout(5), `objects/info/alternates`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use super::NotExact;

/// How many alternates of alternates git follows.
const MAX_DEPTH: usize = 5;

/// Own objects first, then alternates, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectDirs(Vec<PathBuf>);

impl ObjectDirs {
    /// `own` is `objects` in the common directory, or `GIT_OBJECT_DIRECTORY`; `from_env` is the value of
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`.
    pub fn find(own: &Path, from_env: Option<&OsStr>) -> Result<Self, NotExact> {
        let mut dirs = ObjectDirs(vec![real(own)?]);
        if let Some(list) = from_env.filter(|list| !list.is_empty()) {
            if list.as_bytes().contains(&b'"') {
                return Err("quotes in GIT_ALTERNATE_OBJECT_DIRECTORIES".into());
            }
            for dir in std::env::split_paths(list).filter(|dir| !dir.as_os_str().is_empty()) {
                if !dir.is_absolute() {
                    return Err("a relative path in GIT_ALTERNATE_OBJECT_DIRECTORIES".into());
                }
                dirs.add(&dir, 0)?;
            }
        }
        dirs.add_alternates_of(own, 0)?;
        Ok(dirs)
    }

    /// All of them.
    pub fn all(&self) -> &[PathBuf] {
        &self.0
    }

    fn add(&mut self, dir: &Path, depth: usize) -> Result<(), NotExact> {
        if depth > MAX_DEPTH {
            return Err("alternates are nested too deep".into());
        }
        let dir = real(dir)?;
        if self.0.contains(&dir) {
            return Ok(());
        }
        self.0.push(dir.clone());
        self.add_alternates_of(&dir, depth + 1)
    }

    fn add_alternates_of(&mut self, dir: &Path, depth: usize) -> Result<(), NotExact> {
        let Ok(text) = std::fs::read(dir.join("info/alternates")) else { return Ok(()) };
        for line in text.split(|b| *b == b'\n') {
            match line.first() {
                None | Some(b'#') => {}
                Some(b'"') => return Err("a quoted path in info/alternates".into()),
                Some(_) => self.add(&dir.join(OsStr::from_bytes(line.as_bytes())), depth)?,
            }
        }
        Ok(())
    }
}

/// git complains about a directory that is not there, and goes on.
fn real(dir: &Path) -> Result<PathBuf, NotExact> {
    match std::fs::canonicalize(dir) {
        Ok(dir) if dir.is_dir() => Ok(dir),
        _ => Err("an object directory is missing".into()),
    }
}
