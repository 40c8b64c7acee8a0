//! `(HEAD -> main, tag: v1)`: how decorations are joined and painted.

use std::borrow::Cow;

use crate::log::render::color;
use crate::log::sources::{DecorationKind, Decorations};

/// The colours of a log in colour: each the bytes of an escape sequence, empty for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colors {
    /// `color.diff.commit`: the header line, object names behind `%C(auto)`, and what stands around decorations.
    pub commit: Vec<u8>,
    /// `color.decorate.branch`.
    pub branch: Vec<u8>,
    /// `color.decorate.remoteBranch`.
    pub remote_branch: Vec<u8>,
    /// `color.decorate.tag`.
    pub tag: Vec<u8>,
    /// `color.decorate.stash`.
    pub stash: Vec<u8>,
    /// `color.decorate.HEAD`.
    pub head: Vec<u8>,
    /// `color.decorate.grafted`.
    pub grafted: Vec<u8>,
    /// Whether what stands before a name in a decoration (`tag: `, `HEAD -> `) is painted apart from it, as git does since
    /// 2.43.
    pub by_token: bool,
}

impl Default for Colors {
    /// git's colours when nothing is configured.
    fn default() -> Colors {
        Colors {
            commit: color::COMMIT.into(),
            branch: color::DECORATE_BRANCH.into(),
            remote_branch: color::DECORATE_REMOTE_BRANCH.into(),
            tag: color::DECORATE_TAG.into(),
            stash: color::DECORATE_STASH.into(),
            head: color::DECORATE_HEAD.into(),
            grafted: color::DECORATE_GRAFTED.into(),
            by_token: true,
        }
    }
}

impl Colors {
    fn of(&self, kind: DecorationKind) -> &[u8] {
        match kind {
            DecorationKind::LocalBranch => &self.branch,
            DecorationKind::RemoteBranch => &self.remote_branch,
            DecorationKind::Tag => &self.tag,
            DecorationKind::Stash => &self.stash,
            DecorationKind::Head => &self.head,
            DecorationKind::Other => color::RESET,
            DecorationKind::Grafted => &self.grafted,
        }
    }
}

/// The texts around the names of a decoration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Punctuation {
    pub(super) prefix: Cow<'static, [u8]>,
    pub(super) suffix: Cow<'static, [u8]>,
    pub(super) separator: Cow<'static, [u8]>,
    pub(super) pointer: Cow<'static, [u8]>,
    pub(super) tag: Cow<'static, [u8]>,
}

impl Punctuation {
    /// The punctuation of `%d` and of the built-in formats.
    pub(super) const WRAPPED: Punctuation = Punctuation {
        prefix: Cow::Borrowed(b" ("),
        suffix: Cow::Borrowed(b")"),
        separator: Cow::Borrowed(b", "),
        pointer: Cow::Borrowed(b" -> "),
        tag: Cow::Borrowed(b"tag: "),
    };

    /// The punctuation of `%D`.
    pub(super) const BARE: Punctuation =
        Punctuation { prefix: Cow::Borrowed(b""), suffix: Cow::Borrowed(b""), ..Punctuation::WRAPPED };
}

/// Appends the decorations. An empty prefix, separator, suffix or tag is not painted either, but an empty
/// pointer is: git does it so.
pub(super) fn push(
    decorations: &Decorations,
    punctuation: &Punctuation,
    colors: Option<&Colors>,
    out: &mut Vec<u8>,
) {
    let paint = |kind: Option<DecorationKind>, text: &[u8], out: &mut Vec<u8>| match colors {
        Some(colors) => {
            out.extend_from_slice(kind.map_or(colors.commit.as_slice(), |kind| colors.of(kind)));
            out.extend_from_slice(text);
            out.extend_from_slice(color::RESET);
        }
        None => out.extend_from_slice(text),
    };
    let head_branch = decorations.head_branch.and_then(|index| Some((index, decorations.names.get(index)?)));
    let mut between = &punctuation.prefix;
    for (index, name) in decorations.names.iter().enumerate() {
        if head_branch.is_some_and(|(branch, _)| branch == index) {
            continue;
        }
        if !between.is_empty() {
            paint(None, between, out);
        }
        let tag: &[u8] = if name.kind == DecorationKind::Tag { &punctuation.tag } else { b"" };
        let branch = head_branch.filter(|_| name.kind == DecorationKind::Head).map(|(_, branch)| branch);
        if colors.is_none_or(|colors| colors.by_token) {
            if !tag.is_empty() {
                paint(Some(name.kind), tag, out);
            }
            paint(Some(name.kind), &name.name, out);
            if branch.is_some() {
                paint(None, &punctuation.pointer, out);
            }
        } else {
            let pointer: &[u8] = if branch.is_some() { &punctuation.pointer } else { b"" };
            paint(Some(name.kind), &[tag, &name.name, pointer].concat(), out);
        }
        if let Some(branch) = branch {
            paint(Some(branch.kind), &branch.name, out);
        }
        between = &punctuation.separator;
    }
    if !punctuation.suffix.is_empty() {
        paint(None, &punctuation.suffix, out);
    }
}
