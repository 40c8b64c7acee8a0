//! `--column`, `column.ui` and `column.status`: whether lists of files are in columns, and how those are filled.

use bstr::{BStr, ByteSlice};

use crate::repo::NotExact;
use crate::repo::config::Config;

/// When there are columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum When {
    /// Never.
    #[default]
    Never,
    /// Always.
    Always,
    /// Where a person reads.
    Auto,
}

/// In which order they are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// One column after the other.
    #[default]
    Column,
    /// One row after the other.
    Row,
    /// There is only one.
    Plain,
}

/// All that can be said about columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Columns {
    /// When there are any.
    pub when: When,
    /// The order.
    pub layout: Layout,
    /// Whether each is as wide as what is in it, and no wider.
    pub dense: bool,
}

impl Columns {
    /// What is configured, the last of everything.
    pub fn configured(config: &Config) -> Result<Columns, NotExact> {
        let mut columns = Columns::default();
        for (key, value) in config.iter().filter(|(key, _)| *key == "column.ui" || *key == "column.status") {
            let read = value.and_then(|value| columns.with(value));
            columns = read.ok_or_else(|| NotExact::from(format!("bad value for '{key}'")))?;
        }
        Ok(columns)
    }

    /// With what a value says; `None` for one that git would complain about.
    pub fn with(self, value: &BStr) -> Option<Columns> {
        let mut columns = self;
        let (mut told_when, mut told_layout) = (false, false);
        for word in value.fields_with(|c| c == ' ' || c == ',') {
            let (when, layout) = (&mut columns.when, &mut columns.layout);
            match word {
                b"always" => (*when, told_when) = (When::Always, true),
                b"never" => (*when, told_when) = (When::Never, true),
                b"auto" => (*when, told_when) = (When::Auto, true),
                b"column" => (*layout, told_layout) = (Layout::Column, true),
                b"row" => (*layout, told_layout) = (Layout::Row, true),
                b"plain" => (*layout, told_layout) = (Layout::Plain, true),
                b"dense" => columns.dense = true,
                b"nodense" => columns.dense = false,
                _ => return None,
            }
        }
        if told_layout && !told_when {
            columns.when = When::Always;
        }
        Some(columns)
    }
}
