//! The lines of `--name-only`, `--name-status` and `--raw` (git-diff-tree(1), "Raw output format").

use bstr::BStr;
use gix::ObjectId;
use gix::objs::tree::EntryKind;

use super::pretty::push_digits;
use crate::cli::quote::push_quoted;
use crate::index::Value;
use crate::log::changes::FileChange;
use crate::log::options::ChangeList;
use crate::log::sources::Sources;

/// How changes are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    /// What of them.
    pub list: ChangeList,
    /// `-z`: names as they are, and NUL behind each.
    pub nul: bool,
    /// `core.quotePath`: names with bytes beyond ASCII are quoted.
    pub quote_high: bool,
}

impl Listing {
    /// Appends the line of one change.
    pub fn push(&self, change: &FileChange<'_>, sources: &dyn Sources, out: &mut Vec<u8>) {
        if self.list == ChangeList::NameOnly {
            self.push_name(change.target.unwrap_or(change.path), out);
            out.push(if self.nul { 0 } else { b'\n' });
            return;
        }
        if self.list == ChangeList::Raw {
            push_raw(change, sources, out);
        }
        out.push(change.status);
        if let Some(score) = change.score {
            let digits = [score / 100 % 10, score / 10 % 10, score % 10];
            out.extend(digits.map(|digit| b'0' + digit));
        }
        for name in [Some(change.path), change.target].into_iter().flatten() {
            out.push(if self.nul { 0 } else { b'\t' });
            self.push_name(name, out);
        }
        out.push(if self.nul { 0 } else { b'\n' });
    }

    fn push_name(&self, name: &BStr, out: &mut Vec<u8>) {
        match self.nul {
            true => out.extend_from_slice(name),
            false => push_quoted(name, self.quote_high, out),
        }
    }
}

fn push_raw(change: &FileChange<'_>, sources: &dyn Sources, out: &mut Vec<u8>) {
    out.push(b':');
    for value in [change.old, change.new] {
        out.extend_from_slice(mode(value));
        out.push(b' ');
    }
    let Some(kind) = change.old.or(change.new).map(|value| value.id.kind()) else { return };
    let null = ObjectId::null(kind);
    for value in [change.old, change.new] {
        let id = value.map_or(null.as_ref(), |value| value.id);
        push_digits(id, sources.abbrev_len(id), out);
        out.push(b' ');
    }
}

fn mode(value: Option<Value<'_>>) -> &'static [u8] {
    match value.map(|value| value.kind) {
        None => b"000000",
        Some(EntryKind::Tree) => b"040000",
        Some(EntryKind::Blob) => b"100644",
        Some(EntryKind::BlobExecutable) => b"100755",
        Some(EntryKind::Link) => b"120000",
        Some(EntryKind::Commit) => b"160000",
    }
}
