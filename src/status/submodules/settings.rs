//! What is ignored of which submodule: `--ignore-submodules`, `submodule.<name>.ignore`, `diff.ignoreSubmodules`, and
//! the file in which a path has a name.

use std::collections::HashMap;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};

use crate::repo::NotExact;
use crate::repo::config::{Config, read_file};
use crate::status::index_file::IndexFile;
use crate::status::options::{Ignore, Untracked};

/// The file with names and paths.
pub const GITMODULES: &str = ".gitmodules";
const NO_GITMODULES: &str = "submodules without .gitmodules";

/// What is ignored of which submodule.
#[derive(Debug, Default)]
pub struct SubmoduleSettings {
    /// Of all that are not in the map.
    otherwise: Ignore,
    /// By path.
    of: HashMap<BString, Ignore>,
}

/// What a value says; `None` for one that git would complain about.
pub fn ignore(value: &BStr) -> Option<Ignore> {
    match value.as_bytes() {
        b"none" => Some(Ignore::None),
        b"untracked" => Some(Ignore::Untracked),
        b"dirty" => Some(Ignore::Dirty),
        b"all" => Some(Ignore::All),
        _ => None,
    }
}

impl SubmoduleSettings {
    /// Reads what there is to be read for a worktree with submodules. `told`: on the command line.
    ///
    /// # Errors
    /// Where git would complain of something, or only git can read it.
    pub fn read(
        config: &Config,
        top: &Path,
        index: &IndexFile,
        untracked: Untracked,
        told: Option<Ignore>,
    ) -> Result<SubmoduleSettings, NotExact> {
        let of = by_path(config, &read_gitmodules(top, index)?)?;
        if let Some(otherwise) = told {
            return Ok(SubmoduleSettings { otherwise, of: HashMap::new() });
        }
        let mut otherwise = Ignore::None;
        for value in config.strings("diff.ignoreSubmodules")? {
            otherwise = ignore(value).ok_or(NotExact::because("bad value for 'diff.ignoresubmodules'"))?;
        }
        if untracked == Untracked::No {
            otherwise = otherwise.max(Ignore::Untracked);
        }
        Ok(SubmoduleSettings { otherwise, of })
    }

    /// What is ignored of the submodule at a path.
    pub fn of(&self, path: &BStr) -> Ignore {
        self.of.get(path).copied().unwrap_or(self.otherwise)
    }
}

/// Whether it would be read from HEAD, where it is missing.
pub fn check_not_only_in_head(top: &Path, is_in_head_only: bool) -> Result<(), NotExact> {
    match is_in_head_only && !top.join(GITMODULES).exists() {
        true => Err(NO_GITMODULES.into()),
        false => Ok(()),
    }
}

fn read_gitmodules(top: &Path, index: &IndexFile) -> Result<Vec<u8>, NotExact> {
    let path = top.join(GITMODULES);
    // Else git would read it from the index where the file is missing.
    let mut entries = index.find(GITMODULES.into());
    let optional = entries.is_empty();
    if entries.any(|at| index.entry(at).stage() != 0) {
        return Err("a conflict in .gitmodules".into());
    }
    if std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_symlink()) {
        return Err("a link in the place of .gitmodules".into());
    }
    match std::fs::read(path) {
        Ok(text) => Ok(text),
        Err(err) if optional && err.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(_) => Err(NO_GITMODULES.into()),
    }
}

fn odd() -> NotExact {
    "an odd .gitmodules".into()
}

/// What is ignored of the submodule at a path, by the configuration and the text of `.gitmodules`.
///
/// # Errors
/// Where git would complain of something, or only git can read it.
pub fn by_path(config: &Config, text: &[u8]) -> Result<HashMap<BString, Ignore>, NotExact> {
    // git warns of such names and values, and of what it can't read.
    let is_odd = |line: &[u8]| {
        let line = line.trim_ascii();
        let value = line.splitn_str(2, "=").nth(1).unwrap_or_default().trim_ascii();
        line.starts_with(b"[") && line.contains_str("..")
            || value.starts_with(b"-")
            || value.starts_with(b"\"-")
    };
    if text.lines().any(is_odd) || gix::config::parse::Events::from_bytes(text, None).is_err() {
        return Err(odd());
    }
    let is_ignore = |(key, _): &(&BStr, Option<&BStr>)| key.ends_with(b".ignore");
    let configured = config.with_prefix("submodule.").any(|entry| is_ignore(&entry));
    if !configured && !text.to_ascii_lowercase().contains_str("ignore") {
        return Ok(HashMap::new());
    }
    let modules = read_file(text).map_err(|_| odd())?;
    let mut values: HashMap<&[u8], Ignore> = HashMap::new();
    let all = modules.with_prefix("submodule.").map(|entry| (entry, true));
    for ((key, value), is_module) in all.chain(config.with_prefix("submodule.").map(|entry| (entry, false))) {
        let Some(name) = key.strip_prefix(b"submodule.").and_then(|key| key.strip_suffix(b".ignore")) else {
            continue;
        };
        let value = value.and_then(ignore).ok_or(NotExact::because("a bad submodule.*.ignore"))?;
        if is_module && values.contains_key(name) {
            return Err(odd());
        }
        // Configuration comes last, and counts more.
        values.insert(name, value);
    }
    let mut of: HashMap<BString, Option<Ignore>> = HashMap::new();
    let mut names: Vec<&[u8]> = Vec::new();
    for (key, path) in modules.with_prefix("submodule.") {
        let Some(name) = key.strip_prefix(b"submodule.").and_then(|key| key.strip_suffix(b".path")) else {
            continue;
        };
        let path = path.ok_or_else(odd)?;
        // Several paths or names of one are a matter of order, or of warnings.
        if names.contains(&name) {
            return Err(odd());
        }
        names.push(name);
        if of.insert(path.to_owned(), values.get(name).copied()).is_some() {
            return Err(odd());
        }
    }
    Ok(of.into_iter().filter_map(|(path, value)| Some((path, value?))).collect())
}
