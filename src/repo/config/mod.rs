//! git's configuration as git sees it: every source that git reads, in its order, with includes in place.
//!
//! What git answers with an error, and the few things that can't be known here, are [`NotExact`]. Writing
//! configuration is git's business.

mod include;
mod load;
mod parse;
#[cfg(test)]
mod tests;
mod value;

use std::path::PathBuf;

use bstr::{BStr, BString, ByteSlice};

pub use load::Location;
pub use value::{ColorWhen, parse_bool, parse_color_when, parse_int};

use super::NotExact;

/// One key with one value, as it stood at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// `section.[subsection.]name`, section and name in lower case.
    key: BString,
    /// `None` for a key without `=`.
    value: Option<BString>,
}

/// Everything that is configured.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// In the order in which git sees them.
    entries: Vec<Entry>,
    /// Positions in `entries`, ordered by key, then by position.
    by_key: Vec<u32>,
    home: Option<PathBuf>,
}

/// The configuration that is one file.
///
/// # Errors
/// When git would complain, or might read it otherwise.
pub(crate) fn read_file(bytes: &[u8]) -> Result<Config, NotExact> {
    Ok(Config::from_entries(parse::file(bytes)?, None))
}

/// The configuration that `GIT_CONFIG_PARAMETERS` is.
///
/// # Errors
/// When git would complain, or might read it otherwise.
pub(crate) fn read_parameters(text: &[u8]) -> Result<Config, NotExact> {
    Ok(Config::from_entries(parse::parameters(text)?, None))
}

impl Config {
    fn from_entries(entries: Vec<Entry>, home: Option<PathBuf>) -> Self {
        let mut by_key: Vec<u32> = (0..entries.len() as u32).collect();
        by_key.sort_by(|a, b| entries[*a as usize].key.cmp(&entries[*b as usize].key));
        Config { entries, by_key, home }
    }

    /// Every value of `key` in git's order; `None` is a key without `=`. Section and name of `key` are
    /// compared without case, its subsection with.
    pub fn values<'a>(&'a self, key: &str) -> impl DoubleEndedIterator<Item = Option<&'a BStr>> + use<'a> {
        let key = parse::canonical_key(key.as_bytes()).unwrap_or_default();
        let entry = |at: &u32| &self.entries[*at as usize];
        let start = self.by_key.partition_point(|at| entry(at).key < key);
        let len = self.by_key[start..].partition_point(|at| entry(at).key == key);
        self.by_key[start..start + len]
            .iter()
            .map(|at| self.entries[*at as usize].value.as_ref().map(|value| value.as_bstr()))
    }

    /// Whether `key` is there at all.
    pub fn contains(&self, key: &str) -> bool {
        self.values(key).next().is_some()
    }

    /// The last value of `key`. A key without a value anywhere is an error to most of git's readers.
    pub fn string(&self, key: &str) -> Result<Option<&BStr>, NotExact> {
        self.typed(key, |value| value)
    }

    /// All values of `key`; with the same error as [`Config::string()`].
    pub fn strings(&self, key: &str) -> Result<Vec<&BStr>, NotExact> {
        self.values(key)
            .map(|value| value.ok_or_else(|| NotExact(format!("missing value for '{key}'").into())))
            .collect()
    }

    /// The last value of `key` as a boolean.
    pub fn bool(&self, key: &str) -> Result<Option<bool>, NotExact> {
        self.typed(key, parse_bool)
    }

    /// The last value of `key` as a number.
    pub fn int(&self, key: &str) -> Result<Option<i64>, NotExact> {
        self.typed(key, |value| value.and_then(parse_int))
    }

    /// The last value of `key` as a colour switch.
    pub fn color_when(&self, key: &str) -> Result<Option<ColorWhen>, NotExact> {
        self.typed(key, parse_color_when)
    }

    /// The last value of `key` as a path, `~/` expanded. A relative path is relative to the directory that git
    /// works in (the top of the worktree).
    pub fn path(&self, key: &str) -> Result<Option<PathBuf>, NotExact> {
        match self.string(key)? {
            Some(path) => include::expand_path(path, self.home.as_deref()).map(Some),
            None => Ok(None),
        }
    }

    /// git's readers stop at a value that they can't read even when a later one overrides it, or look at the
    /// last one only; which of the two depends on the key. So one bad value is enough for handing over.
    fn typed<'a, T>(
        &'a self,
        key: &str,
        read: impl Fn(Option<&'a BStr>) -> Option<T>,
    ) -> Result<Option<T>, NotExact> {
        let mut last = None;
        for value in self.values(key) {
            last = Some(read(value).ok_or_else(|| NotExact(format!("bad value for '{key}'").into()))?);
        }
        Ok(last)
    }

    /// The names of the variables of a section without subsections, each once, in lower case.
    pub fn names_in(&self, section: &str) -> Vec<&BStr> {
        let mut prefix = section.to_ascii_lowercase();
        prefix.push('.');
        let mut names: Vec<&BStr> = self
            .with_prefix(&prefix)
            .map(|(key, _)| key[prefix.len()..].as_bstr())
            .filter(|name| !name.contains(&b'.'))
            .collect();
        names.dedup();
        names
    }

    /// Every entry whose canonical key (section and name in lower case) starts with `prefix`, ordered by key and
    /// then as git sees them.
    pub fn with_prefix<'a>(
        &'a self,
        prefix: &str,
    ) -> impl Iterator<Item = (&'a BStr, Option<&'a BStr>)> + use<'a> {
        let prefix = prefix.as_bytes();
        let entry = |at: &u32| &self.entries[*at as usize];
        let start = self.by_key.partition_point(|at| entry(at).key.as_slice() < prefix);
        let len = self.by_key[start..].partition_point(|at| entry(at).key.starts_with(prefix));
        self.by_key[start..start + len].iter().map(|at| {
            let entry = &self.entries[*at as usize];
            (entry.key.as_bstr(), entry.value.as_ref().map(|value| value.as_bstr()))
        })
    }

    /// Everything, in the order in which git sees it.
    pub fn iter(&self) -> impl Iterator<Item = (&BStr, Option<&BStr>)> {
        self.entries
            .iter()
            .map(|entry| (entry.key.as_bstr(), entry.value.as_ref().map(|value| value.as_bstr())))
    }
}
