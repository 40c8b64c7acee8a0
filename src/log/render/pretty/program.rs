//! A format string as a program: what `compile` produces and `user` runs.

use super::decorate::Punctuation;
use crate::log::render::date::DateMode;
use crate::log::render::text::{Align, Trunc};
use crate::log::render::trailers::TrailerOptions;

/// One step of a program.
#[derive(Debug, Clone)]
pub(super) enum Item {
    /// Bytes as they are.
    Literal(Vec<u8>),
    /// A value of the commit.
    Field(Field),
    /// `%C(auto)`.
    AutoColor,
    /// Any other colour: its sequence, and whether it is printed even where colours are off.
    Color { sequence: Vec<u8>, always: bool },
    /// `%w(…)`: what was printed since the last one is wrapped, what follows gets this layout.
    Wrap(Wrap),
    /// `%<(…)` and its kin with what they apply to: one placeholder and the colours before it.
    Padded { padding: Padding, items: Vec<Item> },
    /// `%+x`, `%-x`, `% x`.
    Conditional { condition: Condition, items: Vec<Item> },
}

impl Item {
    /// Whether there is such a field in it.
    pub(super) fn has(&self, field: &impl Fn(&Field) -> bool) -> bool {
        match self {
            Item::Field(one) => field(one),
            Item::Padded { items, .. } | Item::Conditional { items, .. } => {
                items.iter().any(|item| item.has(field))
            }
            Item::Literal(_) | Item::AutoColor | Item::Color { .. } | Item::Wrap(_) => false,
        }
    }
}

/// A value of the commit.
#[derive(Debug, Clone)]
pub(super) enum Field {
    Hash,
    AbbrevHash,
    Tree,
    AbbrevTree,
    Parents,
    AbbrevParents,
    Person {
        committer: bool,
        part: Part,
    },
    Decorations(Box<Punctuation>),
    Encoding,
    Subject,
    SanitizedSubject,
    Body,
    RawBody,
    Notes,
    Source,
    Mark,
    Trailers(Box<TrailerOptions>),
    /// By its index among [`super::Format::describe`].
    Description(usize),
}

/// What of a signature is shown.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Name,
    Email,
    /// The e-mail address up to its first `@`.
    Local,
    /// The three above after the mailmap.
    MappedName,
    MappedEmail,
    MappedLocal,
    /// The date in the mode of `--date`.
    Date,
    /// The date in a mode of its own.
    DateIn(DateMode),
}

/// `%w(width,first,rest)`, in columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Wrap {
    pub(super) width: usize,
    pub(super) first: usize,
    pub(super) rest: usize,
}

/// `%<(N,…)`, `%<|(N,…)` and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Padding {
    /// In columns: a width, or with `|` the column to reach as a negative number.
    pub(super) columns: i64,
    pub(super) align: Align,
    pub(super) truncate: Option<Trunc>,
}

/// What a modifier between `%` and the placeholder does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// `+`: a newline before, if there is anything.
    NewlineBefore,
    /// `-`: removes the newlines before, if there is nothing.
    DropNewlines,
    /// ` `: a space before, if there is anything.
    SpaceBefore,
}
