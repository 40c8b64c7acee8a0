//! Runs the program of a format string.

use super::decorate;
use super::program::{Condition, Field, Item, Padding, Part, Wrap};
use super::{
    Colors, Extra, Style, builtin, message, notes, push_abbrev, push_digits, push_hex, push_parents,
};
use crate::log::commit::{Commit, Signature};
use crate::log::output_encoding::{OutputEncoding, to_latin1};
use crate::log::render::{color, text, trailers};

pub(super) fn render(
    items: &[Item],
    style: &Style<'_>,
    commit: &Commit<'_>,
    extra: &Extra<'_>,
    out: &mut Vec<u8>,
) {
    let start = out.len();
    let mut run = Run { style, commit, extra, auto: None, wrap: Wrap::default(), wrap_from: 0 };
    for item in items {
        run.step(item, start, out);
    }
    run.rewrap(Wrap::default(), start, out);
    if style.encoding == OutputEncoding::Latin1
        && let Some(converted) = to_latin1(&out[start..])
    {
        out.truncate(start);
        out.extend_from_slice(&converted);
    }
}

/// One commit on its way through a program.
struct Run<'r, 'c> {
    style: &'r Style<'r>,
    commit: &'r Commit<'c>,
    extra: &'r Extra<'r>,
    /// The colours for object names and decorations, after `%C(auto)`.
    auto: Option<&'r Colors>,
    /// The layout that the text from `wrap_from` on will get.
    wrap: Wrap,
    /// Counted from the start of the commit's text.
    wrap_from: usize,
}

impl Run<'_, '_> {
    /// Runs one item. `start`: where the commit's text begins in `out`.
    fn step(&mut self, item: &Item, start: usize, out: &mut Vec<u8>) {
        match item {
            Item::Literal(bytes) => out.extend_from_slice(bytes),
            Item::Field(field) => self.field(field, out),
            Item::AutoColor => {
                self.auto = self.style.colors.as_ref();
                if self.auto.is_some() && out.len() > start {
                    out.extend_from_slice(color::RESET);
                }
            }
            Item::Color { sequence, always } => {
                self.auto = None;
                if *always || self.style.colors.is_some() {
                    out.extend_from_slice(sequence);
                }
            }
            Item::Wrap(wrap) => self.rewrap(*wrap, start, out),
            Item::Padded { padding, items } => self.padded(padding, items, start, out),
            Item::Conditional { condition, items } => self.conditional(*condition, items, start, out),
        }
    }

    /// Wraps what was printed since the last `%w(…)`.
    fn rewrap(&mut self, next: Wrap, start: usize, out: &mut Vec<u8>) {
        if self.wrap == next {
            return;
        }
        let from = start + self.wrap_from;
        if from < out.len() {
            let tail = out.split_off(from);
            // A NUL byte ends the text for git.
            text::wrap(message::visible(&tail), self.wrap.width, self.wrap.first, self.wrap.rest, out);
        }
        self.wrap_from = out.len() - start;
        self.wrap = next;
    }

    fn padded(&mut self, padding: &Padding, items: &[Item], start: usize, out: &mut Vec<u8>) {
        let columns = match padding.columns {
            column @ ..0 => -column - self.occupied(&out[start..]),
            width => width,
        };
        let mut content = Vec::with_capacity(64);
        for item in items {
            self.step(item, 0, &mut content);
        }
        text::field(&content, columns, padding.align, padding.truncate, start, out);
    }

    /// The columns that are already taken on the last line of `text`, which ends at a NUL byte for git.
    fn occupied(&self, text: &[u8]) -> i64 {
        let text = message::visible(text);
        let line = memchr::memrchr(b'\n', text).map_or(text, |newline| &text[newline..]);
        i64::try_from(text::width(line) + self.extra.graph_width).unwrap_or(i64::MAX)
    }

    fn conditional(&mut self, condition: Condition, items: &[Item], start: usize, out: &mut Vec<u8>) {
        let before = out.len();
        for item in items {
            self.step(item, start, out);
        }
        // A field may steal blanks from what was there before, so `out` can have become shorter.
        let anything = out.len() != before;
        match condition {
            Condition::NewlineBefore if anything => out.insert(before.min(out.len()), b'\n'),
            Condition::SpaceBefore if anything => out.insert(before.min(out.len()), b' '),
            Condition::DropNewlines if !anything => {
                while out.len() > start && out.last() == Some(&b'\n') {
                    out.pop();
                }
            }
            _ => {}
        }
    }

    fn field(&self, field: &Field, out: &mut Vec<u8>) {
        let (style, commit) = (self.style, self.commit);
        let subject = || message::skip_blank_lines(commit.message);
        match field {
            Field::Hash => self.in_commit_color(out, |out| push_hex(commit.id, out)),
            Field::AbbrevHash => self.in_commit_color(out, |out| push_abbrev(commit.id, style.sources, out)),
            Field::Tree => push_hex(commit.tree, out),
            Field::AbbrevTree => push_digits(commit.tree, style.sources.abbrev_len(commit.tree), out),
            Field::Parents => push_parents(commit, self.extra, push_hex, out),
            Field::AbbrevParents => {
                push_parents(commit, self.extra, |id, out| push_abbrev(id, style.sources, out), out);
            }
            Field::Person { committer: false, part } => self.person(&commit.author, part, out),
            Field::Person { committer: true, part } => self.person(&commit.committer, part, out),
            Field::Decorations(punctuation) => {
                if let Some(decorations) = style.sources.decorations(commit.id) {
                    decorate::push(decorations, punctuation, self.auto, out);
                }
            }
            Field::Encoding => out.extend_from_slice(builtin::encoding(commit).unwrap_or_default()),
            Field::Subject => message::push_subject(subject(), out),
            Field::SanitizedSubject => message::push_sanitized_subject(subject(), out),
            Field::Body => out.extend_from_slice(message::visible(message::body(subject()))),
            Field::RawBody => out.extend_from_slice(message::visible(commit.message)),
            Field::Notes => notes::push(&style.sources.notes(commit.id), false, out),
            Field::Source => {
                out.extend_from_slice(self.extra.source.map_or(b"%S".as_slice(), |source| source))
            }
            Field::Mark => out.push(self.extra.side),
            Field::Description(which) => {
                out.extend_from_slice(
                    self.extra.descriptions.get(*which).map_or(&[], |text| text.as_slice()),
                );
            }
            Field::Trailers(options) => trailers::format(message::visible(subject()), options, out),
        }
    }

    fn in_commit_color(&self, out: &mut Vec<u8>, push: impl FnOnce(&mut Vec<u8>)) {
        let Some(colors) = self.auto else { return push(out) };
        out.extend_from_slice(&colors.commit);
        push(out);
        out.extend_from_slice(color::RESET);
    }

    fn person(&self, signature: &Signature<'_>, part: &Part, out: &mut Vec<u8>) {
        let style = self.style;
        let mapped = || style.sources.mailmap(signature.name, signature.email);
        match part {
            Part::Name => out.extend_from_slice(signature.name),
            Part::Email => out.extend_from_slice(signature.email),
            Part::Local => out.extend_from_slice(local_part(signature.email)),
            Part::MappedName => out.extend_from_slice(&mapped().0),
            Part::MappedEmail => out.extend_from_slice(&mapped().1),
            Part::MappedLocal => out.extend_from_slice(local_part(&mapped().1)),
            Part::Date => style.dates.show(signature.time, &style.date, out),
            Part::DateIn(mode) => style.dates.show(signature.time, mode, out),
        }
    }
}

/// An e-mail address up to its first `@`.
fn local_part(email: &[u8]) -> &[u8] {
    memchr::memchr(b'@', email).map_or(email, |at| &email[..at])
}
