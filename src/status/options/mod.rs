//! What the caller of `git faststatus` asked for: pure syntax, no repository, no I/O.
//!
//! A small tokenizer ([`parse`]) reads git status's own grammar (`-sbuno`, `-z`, `--ignored=matching`) against one
//! table ([`table`]); our own additions are in the same table and go to clap ([`own`]). What the table does not hold
//! is git's.

pub mod own;
mod parse;
pub mod table;
#[cfg(test)]
mod tests;

use std::ffi::OsString;

use bstr::BString;

pub use crate::cli::options::Refusal;
pub use parse::{Parsed, parse};

/// The shape of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Long,
    /// `-s`.
    Short,
    /// `--porcelain`, `--porcelain=v1`.
    PorcelainV1,
    /// `--porcelain=v2`.
    PorcelainV2,
}

/// `-u`: which untracked files are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untracked {
    /// None.
    No,
    /// Directories without tracked files as a whole.
    Normal,
    /// Each file.
    All,
}

/// `--ignored`: which ignored files are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// None.
    No,
    /// Files, and directories with nothing but ignored files in them.
    Traditional,
    /// Files and directories that match a pattern.
    Matching,
}

/// `--ignore-submodules`: what of submodules is left out. Each leaves out what those before it do, and more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Ignore {
    /// Nothing.
    #[default]
    None,
    /// Untracked files in them.
    Untracked,
    /// Everything but the commit they are at.
    Dirty,
    /// They are.
    All,
}

/// A command line, understood.
#[derive(Debug, Clone, Default)]
pub struct StatusOptions {
    /// The last of the formats asked for.
    pub format: Option<Format>,
    /// `-z`.
    pub nul: bool,
    /// `-b`.
    pub branch: Option<bool>,
    /// `--show-stash`.
    pub show_stash: Option<bool>,
    /// `--ahead-behind`.
    pub ahead_behind: Option<bool>,
    /// `-u`.
    pub untracked: Option<Untracked>,
    /// `--ignored`.
    pub ignored: Option<Ignored>,
    /// `--renames`, `--no-renames`.
    pub renames: Option<bool>,
    /// `--find-renames`, as git is told about it: `-M`, `-M90`.
    pub find_renames: Option<OsString>,
    /// `--ignore-submodules`.
    pub ignore_submodules: Option<Ignore>,
    /// `--column`, each on top of those before it; `None` for `--no-column`.
    pub columns: Vec<Option<BString>>,
    /// An option was abbreviated: it means the same as long as git has no other that begins with that.
    pub abbreviated: bool,
    /// `-u` with a boolean, which older versions of git don't know.
    pub boolean_untracked: bool,
    /// The paths that are wanted, as they were given.
    pub paths: Vec<OsString>,
}
