//! Which untracked files are ignored: gitignore(5) with all of its sources.

mod pattern;

use std::io::{ErrorKind, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bstr::BStr;
use rustix::fs::{Mode, OFlags};

pub use pattern::{Pattern, PatternList};

use crate::repo::config::Config;
use crate::repo::{NotExact, Repo};

/// The name of the files with patterns in a worktree.
pub const GITIGNORE: &str = ".gitignore";

/// The patterns that are about the whole worktree: those asked last.
#[derive(Debug, Default)]
pub struct GlobalExcludes {
    /// `info/exclude`, then `core.excludesFile`.
    lists: Vec<PatternList>,
}

impl GlobalExcludes {
    /// Reads `info/exclude` and the file that `core.excludesFile` names.
    pub fn read(repo: &Repo, config: &Config) -> Result<GlobalExcludes, NotExact> {
        let mut lists = Vec::new();
        for path in GlobalExcludes::files(repo, config)?.into_iter().flatten() {
            match std::fs::read(&path) {
                Ok(text) => lists.push(PatternList::parse(&text, b"".into())),
                Err(err) if matches!(err.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(err) => return Err(format!("{}: {err}", path.display()).into()),
            }
        }
        Ok(GlobalExcludes { lists })
    }

    /// `info/exclude`, and the file that `core.excludesFile` names.
    pub fn files(repo: &Repo, config: &Config) -> Result<[Option<PathBuf>; 2], NotExact> {
        let configured = config.path("core.excludesFile")?.or_else(default_excludes_file);
        let configured = match configured {
            Some(path) if path.is_relative() && !path.as_os_str().is_empty() => {
                Some(repo.work_dir.as_deref().unwrap_or(Path::new(".")).join(path))
            }
            other => other,
        };
        Ok([Some(repo.common_dir.join("info/exclude")), configured])
    }
}

/// Where git looks when nothing is configured.
fn default_excludes_file() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    match set("XDG_CONFIG_HOME") {
        Some(dir) => Some(dir.join("git/ignore")),
        None => Some(std::env::var_os("HOME").map(PathBuf::from)?.join(".config/git/ignore")),
    }
}

/// What applies in one directory: its own patterns and those of the directories above it.
#[derive(Clone)]
pub struct Excludes<'a> {
    global: &'a GlobalExcludes,
    innermost: Option<Arc<Level>>,
    /// The directory itself is excluded, and with it everything below.
    pub inside_excluded: bool,
}

struct Level {
    list: PatternList,
    above: Option<Arc<Level>>,
}

impl<'a> Excludes<'a> {
    /// For the top of the worktree, before its own patterns were read.
    pub fn new(global: &'a GlobalExcludes) -> Excludes<'a> {
        Excludes { global, innermost: None, inside_excluded: false }
    }

    /// Adds the patterns of the directory `path` (with a slash at its end, or empty), which is open as `dir` and has a file
    /// with patterns among its names.
    ///
    /// # Errors
    /// When the file can't be read: git warns. And when it has gone meanwhile: what else has gone is not known.
    pub fn enter(&mut self, dir: impl AsFd, path: &BStr) -> Result<(), NotExact> {
        if self.inside_excluded {
            return Ok(());
        }
        let list = PatternList::parse(&read_gitignore(dir)?, path);
        if !list.is_empty() {
            self.innermost = Some(Arc::new(Level { list, above: self.innermost.take() }));
        }
        Ok(())
    }

    /// Whether a path in this directory is ignored, if it is not tracked.
    pub fn is_excluded(&self, path: &BStr, is_dir: bool) -> bool {
        if self.inside_excluded {
            return true;
        }
        let mut level = self.innermost.as_deref();
        while let Some(Level { list, above }) = level {
            if let Some(verdict) = list.verdict(path, is_dir) {
                return verdict;
            }
            level = above.as_deref();
        }
        self.global.lists.iter().find_map(|list| list.verdict(path, is_dir)).unwrap_or(false)
    }
}

fn read_gitignore(dir: impl AsFd) -> Result<Vec<u8>, NotExact> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = rustix::fs::openat(dir, GITIGNORE, flags, Mode::empty());
    let file: OwnedFd = file.map_err(|err| NotExact::from(format!("{GITIGNORE}: {err}")))?;
    let mut file = std::fs::File::from(file);
    let failed = |err: std::io::Error| NotExact::from(format!("{GITIGNORE}: {err}"));
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(NotExact::from(format!("{GITIGNORE} is not a file")));
    }
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(failed)?;
    Ok(text)
}
