//! What options and settings say about lists of changes.

use crate::log::options::{ChangeList, LogOptions};
use crate::repo::NotExact;
use crate::repo::config::{Config, parse_bool};

/// Which pairs of files git looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renames {
    /// None.
    No,
    /// Files that were renamed.
    Renames,
    /// Files that were renamed or copied from a changed one.
    Copies,
}

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Merges are compared with their first parent; else they have no list.
    pub first_parent: bool,
    /// Commits without parents have a list.
    pub roots: bool,
    /// What becomes of files that were added.
    pub renames: Renames,
    /// `--full-diff`: paths choose commits, and all their changes are listed.
    pub full_diff: bool,
}

impl Rules {
    /// Options first, then settings.
    ///
    /// # Errors
    /// Where a setting changes the list in a way that is not known here.
    pub fn resolve(options: &LogOptions, config: &Config) -> Result<Rules, NotExact> {
        if config.contains("diff.orderFile") {
            return Err("diff.orderFile".into());
        }
        if config.bool("diff.relative")?.unwrap_or(false) {
            return Err("diff.relative".into());
        }
        // The git that is asked about some commits does not read it.
        if config.contains("diff.ignoreSubmodules") {
            return Err("diff.ignoreSubmodules".into());
        }
        if options.changes == Some(ChangeList::Raw) && std::env::var_os("GIT_PRINT_SHA1_ELLIPSIS").is_some() {
            return Err("environment variable GIT_PRINT_SHA1_ELLIPSIS".into());
        }
        Ok(Rules {
            full_diff: options.full_diff,
            first_parent: options.first_parent,
            roots: config.bool("log.showRoot")?.unwrap_or(true),
            renames: if options.no_renames { Renames::No } else { configured_renames(config)? },
        })
    }
}

fn configured_renames(config: &Config) -> Result<Renames, NotExact> {
    let mut renames = Renames::Renames;
    for value in config.values("diff.renames") {
        renames = match value {
            Some(word) if word.eq_ignore_ascii_case(b"copies") || word.eq_ignore_ascii_case(b"copy") => {
                Renames::Copies
            }
            value => match parse_bool(value) {
                Some(true) => Renames::Renames,
                Some(false) => Renames::No,
                None => return Err("bad value for 'diff.renames'".into()),
            },
        };
    }
    Ok(renames)
}
