//! Everything between a commit and its bytes in `git log`: the built-in formats and format strings. The placeholders
//! that need a signature check (`%G…`) are [`NotNative`]; those about the reflog (`%g…`) are empty, because a walk of
//! the reflog is git's. What `git describe` says of a commit is the caller's to find out.
//!
//! `parse_format` finds out what is asked for, [`Spec::compile`] turns it into a [`Format`] once, [`render`]
//! prints one commit. What stands between two commits is the caller's: see [`Format::placement`]. So is the
//! graph: with it, the caller leaves [`Extra::mark`] out and indents what was rendered.

mod builtin;
mod compile;
mod decorate;
mod describe;
mod layout;
mod mail;
mod mail_header;
mod message;
mod notes;
mod program;
mod spec;
#[cfg(test)]
mod tests;
mod user;

use bstr::{BStr, BString};
use gix::hash::oid;

pub use compile::Environment;
pub use decorate::Colors;
pub use describe::{DescribeAbbrev, DescribeOptions};
pub use mail::MailStyle;
pub(in crate::log) use message::{subject, subject_and_body};
pub use spec::{Builtin, Spec, Wants, is_written_out, parse_format};

use program::Field;

use super::date::{DateContext, DateMode};
use crate::log::commit::{Commit, Needs};
use crate::log::output_encoding::OutputEncoding;
use crate::log::sources::Sources;

/// Why a format is not rendered here: git refuses it, or it needs what only git has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotNative(pub &'static str);

impl NotNative {
    /// `%G…`.
    const SIGNATURE: NotNative = NotNative("signature placeholder");
    /// `%(describe…)` with something about it that is git's.
    pub(in crate::log) const DESCRIBE: NotNative = NotNative("describe placeholder");

    /// Whether git can render the format for commits that are chosen here.
    pub fn is_for_git_to_render(self) -> bool {
        self == NotNative::SIGNATURE || self == NotNative::DESCRIBE
    }
}

/// A format that is ready to render.
#[derive(Debug, Clone)]
pub enum Format {
    /// A format with a layout of its own.
    Builtin(Builtin),
    /// A format string (`reference` is one, too).
    User(UserFormat),
}

/// A compiled format string.
#[derive(Debug, Clone)]
pub struct UserFormat {
    items: Vec<program::Item>,
    describe: Vec<DescribeOptions>,
    terminator: bool,
    empty: bool,
}

impl UserFormat {
    /// Whether there is such a field in it.
    fn has(&self, field: &impl Fn(&Field) -> bool) -> bool {
        self.items.iter().any(|item| item.has(field))
    }
}

/// Where the newline (NUL with `-z`) around commits stands. With the header of a built-in format and inside
/// messages newlines stay newlines, whatever `-z` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Behind every commit: `oneline`, `reference`, `tformat:`.
    Terminator,
    /// Between two commits, hence before every commit but the first: `short`, `medium`, `full`, `fuller`, `raw`,
    /// mails (all of which end in a newline of their own, so that this one makes an empty line) and `format:` (which has
    /// nothing behind the last commit, and prints the separators even if its string is empty).
    Separator,
    /// Nowhere: an empty `tformat:` prints nothing at all.
    Nowhere,
}

impl Spec {
    /// Compiles the format.
    ///
    /// # Errors
    /// Placeholders that need a signature check, numbers that only git reads, colours that git rejects.
    pub fn compile(&self, environment: &Environment) -> Result<Format, NotNative> {
        match self {
            Spec::Builtin(builtin) => Ok(Format::Builtin(*builtin)),
            Spec::User { text, terminator, .. } => {
                let (items, describe) = compile::compile(text, environment)?;
                let (terminator, empty) = (*terminator, text.is_empty());
                Ok(Format::User(UserFormat { items, describe, terminator, empty }))
            }
        }
    }
}

impl Format {
    /// What it shows of each commit; `print_parents` as in [`Style`].
    pub fn needs(&self, print_parents: bool) -> Needs {
        match self {
            Format::Builtin(Builtin::Oneline) => {
                Needs { people: false, headers: false, parents: print_parents }
            }
            Format::Builtin(builtin) => {
                Needs { people: true, headers: *builtin == Builtin::Raw, parents: true }
            }
            Format::User(user) => Needs {
                people: user.has(&|field| matches!(field, Field::Person { .. })),
                headers: user.has(&|field| matches!(field, Field::Encoding)),
                parents: user.has(&|field| matches!(field, Field::Parents | Field::AbbrevParents)),
            },
        }
    }

    /// Where the newline around commits stands.
    pub fn placement(&self) -> Placement {
        match self {
            Format::Builtin(Builtin::Oneline) => Placement::Terminator,
            Format::User(user) if user.terminator && user.empty => Placement::Nowhere,
            Format::User(user) if user.terminator => Placement::Terminator,
            _ => Placement::Separator,
        }
    }

    /// What it asks of `git describe`: the answers are [`Extra::descriptions`].
    pub fn describe(&self) -> &[DescribeOptions] {
        match self {
            Format::Builtin(_) => &[],
            Format::User(user) => &user.describe,
        }
    }

    /// Whether an empty line (one newline, whatever `-z` says) stands between a commit, with the newline or NUL that
    /// may end it, and a list of changes.
    pub fn gap_before_changes(&self) -> bool {
        match self {
            Format::Builtin(builtin) => *builtin != Builtin::Oneline,
            Format::User(user) => !user.empty,
        }
    }
}

/// How commits are shown: resolved once per invocation, shared by all threads that render.
pub struct Style<'a> {
    /// The format.
    pub format: Format,
    /// `--abbrev-commit` (`--oneline`, `log.abbrevCommit`): the object names of the header line are abbreviated.
    pub abbrev_commit: bool,
    /// `--date`, else the format's own (see [`Spec`]), else `log.date`.
    pub date: DateMode,
    /// What dates are relative to.
    pub dates: &'a DateContext,
    /// The colours, `None` without colour.
    pub colors: Option<Colors>,
    /// Abbreviations, decorations, mailmap, notes. With `--no-abbrev` or `--abbrev=<n>` it is
    /// [`Sources::abbrev_len`] and [`Sources::commit_abbrev_len`] that answer accordingly.
    pub sources: &'a dyn Sources,
    /// `log.mailmap`, `--use-mailmap`: names of `short`, `medium`, `full` and `fuller` go through the mailmap.
    /// (`raw` never does, placeholders decide for themselves.)
    pub use_mailmap: bool,
    /// Whether built-in formats print notes. Must agree with [`Environment::notes`].
    pub show_notes: bool,
    /// Whether built-in formats print decorations.
    pub decorate: bool,
    /// `--expand-tabs`, else [`Spec::default_expand_tabs`]: the tab width of messages in built-in formats, in
    /// columns, 0 to leave tabs alone.
    pub expand_tabs: usize,
    /// `--parents`: built-in formats print the parents behind the object name.
    pub print_parents: bool,
    /// For `email` and `mboxrd`.
    pub mail: MailStyle,
    /// What is printed is in this encoding. With a built-in format the texts of commits are already.
    pub encoding: OutputEncoding,
}

impl Style<'_> {
    /// Whether the names of all commits are abbreviated.
    pub fn abbreviates(&self) -> bool {
        match &self.format {
            Format::Builtin(builtin) => self.abbrev_commit && !builtin.is_mail(),
            Format::User(user) => user.has(&|field| matches!(field, Field::AbbrevHash)),
        }
    }

    /// Whether notes are shown in mails.
    pub fn notes_in_mails(&self) -> bool {
        self.show_notes && matches!(&self.format, Format::Builtin(builtin) if builtin.is_mail())
    }

    /// What it shows of each commit.
    pub fn needs(&self) -> Needs {
        self.format.needs(self.print_parents)
    }
}

/// What the walk knows about a commit.
#[derive(Debug, Clone, Copy)]
pub struct Extra<'a> {
    /// The mark before the object name in built-in formats: `-` boundary, `<` or `>` with `--left-right`, `=` or `+`
    /// with `--cherry-mark`. `None` where git prints none, hence always under `--graph`.
    pub mark: Option<u8>,
    /// `%m`: `-` for a boundary commit, else `=` for one that `--cherry-mark` found on the other side, else `<` for
    /// the left side of a symmetric difference, else `>`; whatever the options say.
    pub side: u8,
    /// The argument by which the commit was reached. With a built-in format: only with `--source`, it is printed.
    /// With `%S` ([`Wants::source`]): always.
    pub source: Option<&'a BStr>,
    /// The parents where the walk rewrote them (`--parents`, `--graph` or `--children` with paths), `None` where they
    /// are the commit's own. They count for the header line, `Merge:`, `%P` and `%p`, but not for `raw`.
    pub parents: Option<&'a [&'a oid]>,
    /// `--children`: built-in formats print them behind the object name.
    pub children: Option<&'a [&'a oid]>,
    /// Columns of the graph before the commit's text: `%<|(N)` counts them.
    pub graph_width: usize,
    /// What `git describe` says of the commit, for each of [`Format::describe`].
    pub descriptions: &'a [BString],
    /// In mails: whether no notes were shown before. Only the first ones are set off by dashes.
    pub first_notes: bool,
}

impl Default for Extra<'_> {
    fn default() -> Self {
        Extra {
            mark: None,
            side: b'>',
            source: None,
            parents: None,
            children: None,
            graph_width: 0,
            descriptions: &[],
            first_notes: true,
        }
    }
}

/// Appends one commit, without the newline or NUL of [`Format::placement`].
pub fn render(style: &Style<'_>, commit: &Commit<'_>, extra: &Extra<'_>, out: &mut Vec<u8>) {
    match &style.format {
        Format::Builtin(builtin) if builtin.is_mail() => mail::render(*builtin, style, commit, extra, out),
        Format::Builtin(builtin) => builtin::render(*builtin, style, commit, extra, out),
        Format::User(user) => user::render(&user.items, style, commit, extra, out),
    }
}

/// The two hex digits of every byte. Object names are much of the output: a table beats general formatting.
const HEX: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut table = [[0; 2]; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    table
};

/// Appends an object name.
fn push_hex(id: &oid, out: &mut Vec<u8>) {
    push_digits(id, usize::MAX, out);
}

/// Appends the abbreviated name of a commit.
fn push_abbrev(id: &oid, sources: &dyn Sources, out: &mut Vec<u8>) {
    push_digits(id, sources.commit_abbrev_len(id), out);
}

/// Appends the first `len` digits of an object name.
pub(super) fn push_digits(id: &oid, len: usize, out: &mut Vec<u8>) {
    // Room for the longest hash.
    let mut digits = [[0; 2]; 32];
    for (pair, &byte) in digits.iter_mut().zip(id.as_bytes()) {
        *pair = HEX[usize::from(byte)];
    }
    let len = len.min(2 * id.as_bytes().len()).min(2 * digits.len());
    out.extend_from_slice(&digits.as_flattened()[..len]);
}

/// Appends the parents that count, with a space between two.
fn push_parents(
    commit: &Commit<'_>,
    extra: &Extra<'_>,
    push: impl Fn(&oid, &mut Vec<u8>),
    out: &mut Vec<u8>,
) {
    for (index, id) in parents(commit, extra).iter().enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        push(id, out);
    }
}

fn parents<'a>(commit: &'a Commit<'_>, extra: &'a Extra<'_>) -> &'a [&'a oid] {
    extra.parents.unwrap_or(&commit.parents)
}
