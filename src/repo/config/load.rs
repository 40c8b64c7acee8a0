//! Where git looks for its configuration, and in which order.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use super::{Config, Entry, include, parse, parse_bool};
use crate::repo::NotExact;

/// How deep git follows includes.
const MAX_INCLUDE_DEPTH: usize = 10;

/// What decides where the configuration comes from.
#[derive(Clone, Copy)]
pub struct Location<'a> {
    /// The system file as git was built with it ([`crate::repo::git::GitProgram::system_config`]).
    pub system: Option<&'a Path>,
    /// The git directory of this worktree, absolute; `None` outside of any repository.
    pub git_dir: Option<&'a Path>,
    /// The git directory that all worktrees share, absolute.
    pub common_dir: Option<&'a Path>,
    /// The environment: `&|name| std::env::var_os(name)`.
    pub env: &'a dyn Fn(&str) -> Option<OsString>,
}

impl Location<'_> {
    pub(super) fn env(&self, name: &str) -> Option<OsString> {
        (self.env)(name)
    }

    pub(super) fn home(&self) -> Option<PathBuf> {
        self.env("HOME").map(PathBuf::from)
    }

    /// A variable that git reads as a boolean.
    fn env_bool(&self, name: &str) -> Result<bool, NotExact> {
        let Some(value) = self.env(name) else { return Ok(false) };
        parse_bool(Some(value.as_encoded_bytes().as_bstr()))
            .ok_or_else(|| NotExact(format!("{name} is no boolean").into()))
    }
}

impl Config {
    /// Reads everything that git would read at this place.
    pub fn load(location: &Location<'_>) -> Result<Config, NotExact> {
        let mut reader = Reader { location, entries: Vec::new() };
        if !location.env_bool("GIT_CONFIG_NOSYSTEM")? {
            let system = location.env("GIT_CONFIG_SYSTEM").map(PathBuf::from);
            if let Some(path) = system.as_deref().or(location.system) {
                reader.file(path, 0)?;
            }
        }
        for path in global_files(location) {
            reader.file(&path, 0)?;
        }
        if let Some(common_dir) = location.common_dir {
            let path = common_dir.join("config");
            let shared = entries_of(&path)?;
            let has_another = has_worktree_config(&shared)?;
            reader.add(shared, Some(&path), 0)?;
            if let Some(git_dir) = location.git_dir.filter(|_| has_another) {
                reader.file(&git_dir.join("config.worktree"), 0)?;
            }
        }
        reader.environment()?;
        Ok(Config::from_entries(reader.entries, location.home()))
    }
}

impl Config {
    /// What the repository itself says, without includes.
    pub(crate) fn of_repository(git_dir: &Path, common_dir: &Path) -> Result<Config, NotExact> {
        let mut entries = entries_of(&common_dir.join("config"))?;
        if has_worktree_config(&entries)? {
            entries.extend(entries_of(&git_dir.join("config.worktree"))?);
        }
        Ok(Config::from_entries(entries, None))
    }
}

/// What one file says; nothing when there is none.
fn entries_of(path: &Path) -> Result<Vec<Entry>, NotExact> {
    read(path)?.map_or(Ok(Vec::new()), |bytes| parse::file(&bytes))
}

/// The user's files: `GIT_CONFIG_GLOBAL`, or the XDG file and `~/.gitconfig`.
fn global_files(location: &Location<'_>) -> Vec<PathBuf> {
    if let Some(path) = location.env("GIT_CONFIG_GLOBAL") {
        return vec![path.into()];
    }
    let mut files = Vec::new();
    let home = location.home();
    match location.env("XDG_CONFIG_HOME").filter(|dir| !dir.is_empty()) {
        Some(dir) => files.push(PathBuf::from(dir).join("git/config")),
        None => files.extend(home.as_ref().map(|home| home.join(".config/git/config"))),
    }
    files.extend(home.map(|home| home.join(".gitconfig")));
    files
}

/// Whether `extensions.worktreeConfig` is on in these entries: git reads the extensions from the shared file alone, without
/// includes.
fn has_worktree_config(shared: &[Entry]) -> Result<bool, NotExact> {
    let mut on = false;
    for entry in shared {
        if entry.key == "extensions.worktreeconfig" {
            on = parse_bool(entry.value.as_ref().map(|value| value.as_bstr()))
                .ok_or(NotExact::because("extensions.worktreeConfig is no boolean"))?;
        }
    }
    Ok(on)
}

/// The content of a file; `None` when there is none.
fn read(path: &Path) -> Result<Option<Vec<u8>>, NotExact> {
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    if !path.is_absolute() {
        // git reads it more than once, from different directories.
        return Err("a relative path to a configuration file".into());
    }
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(NotExact(format!("{}: {error}", path.display()).into())),
    }
}

struct Reader<'a> {
    location: &'a Location<'a>,
    entries: Vec<Entry>,
}

impl Reader<'_> {
    fn file(&mut self, path: &Path, depth: usize) -> Result<(), NotExact> {
        self.add(entries_of(path)?, Some(path), depth)
    }

    /// Takes over `entries`, each followed by what it includes.
    fn add(&mut self, entries: Vec<Entry>, file: Option<&Path>, depth: usize) -> Result<(), NotExact> {
        self.entries.reserve(entries.len());
        for entry in entries {
            let target = if entry.key.starts_with(b"include") {
                let value = entry.value.as_ref().map(|value| value.as_bstr());
                include::target(entry.key.as_bstr(), value, file, self.location)?
            } else {
                None
            };
            self.entries.push(entry);
            if let Some(target) = target {
                if depth == MAX_INCLUDE_DEPTH {
                    return Err("configuration includes are nested too deep".into());
                }
                self.file(&target, depth + 1)?;
            }
        }
        Ok(())
    }

    /// `GIT_CONFIG_COUNT` and its pairs, then `GIT_CONFIG_PARAMETERS`.
    fn environment(&mut self) -> Result<(), NotExact> {
        let mut entries = Vec::new();
        if let Some(count) = self.location.env("GIT_CONFIG_COUNT").filter(|count| !count.is_empty()) {
            let bad = || NotExact::because("GIT_CONFIG_COUNT and its pairs have errors");
            let count: usize = count.to_str().and_then(|count| count.parse().ok()).ok_or_else(bad)?;
            for at in 0..count {
                let part = |what: &str| -> Result<BString, NotExact> {
                    let value = self.location.env(&format!("GIT_CONFIG_{what}_{at}")).ok_or_else(bad)?;
                    Ok(value.into_encoded_bytes().into())
                };
                let key = parse::canonical_key(&part("KEY")?).ok_or_else(bad)?;
                entries.push(Entry { key, value: Some(part("VALUE")?) });
            }
        }
        if let Some(text) = self.location.env("GIT_CONFIG_PARAMETERS") {
            entries.extend(parse::parameters(text.as_encoded_bytes())?);
        }
        self.add(entries, None, 0)
    }
}
