//! Tables of git's options, of which each program has one: how an option is written, who serves it, what it sets.
//!
//! How a command line is taken apart with such a table is each program's own affair: `git log` and `git status` have
//! different grammars. What is not in the table is git's.

use bstr::{BStr, ByteSlice};

/// How an option takes its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// It takes none.
    None,
    /// `--x=v` or `--x v`, `-xv` or `-x v`.
    Required,
    /// `--x=v` only.
    Attached,
    /// `--x` or `--x=v`, `-x` or `-xv`.
    Optional,
}

/// One option.
#[derive(Debug)]
pub struct Entry<Kind, Apply> {
    /// As written, with its dashes.
    pub name: &'static str,
    /// How it takes its value.
    pub value: Value,
    /// Who serves it.
    pub kind: Kind,
    /// What it sets.
    pub apply: Apply,
}

/// Writes a table, one option a line: its name, the [`Value`] it takes, its `Kind`, and a function.
macro_rules! options {
    ($($name:literal $value:ident $kind:ident $apply:expr;)*) => {
        &[$($crate::cli::options::Entry {
            name: $name,
            value: $crate::cli::options::Value::$value,
            kind: Kind::$kind,
            apply: $apply,
        }),*]
    };
}
pub(crate) use options;

/// A long option's name, and the value that is attached to it.
pub fn split_long(arg: &BStr) -> (&BStr, Option<&BStr>) {
    match arg.split_once_str("=") {
        Some((name, value)) => (name.as_bstr(), Some(value.as_bstr())),
        None => (arg, None),
    }
}

/// Why a command line is git's to answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl Refusal {
    /// A refusal with this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Refusal(reason.into())
    }
}
