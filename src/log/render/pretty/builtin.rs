//! The formats with a layout of their own; mails are in `mail`.

use bstr::ByteSlice;
use gix::hash::oid;

use super::decorate::{self, Punctuation};
use super::{Builtin, Extra, Style, message, notes, parents, push_abbrev, push_hex, push_parents};
use crate::log::commit::{Commit, Signature};
use crate::log::render::{color, text};

const INDENT: &[u8] = b"    ";

pub(super) fn render(
    builtin: Builtin,
    style: &Style<'_>,
    commit: &Commit<'_>,
    extra: &Extra<'_>,
    out: &mut Vec<u8>,
) {
    object_line(builtin, style, commit, extra, out);
    let start = out.len();
    if builtin == Builtin::Oneline {
        message::push_subject(message::skip_blank_lines(commit.message), out);
    } else {
        headers(builtin, style, commit, extra, out);
        out.push(b'\n');
        body(builtin, style, commit, out);
        // An empty message leaves no empty line behind the headers either.
        message::trim_end_of(out, start);
        out.push(b'\n');
    }
    if style.show_notes {
        notes::push(&style.sources.notes(commit.id), true, out);
    }
}

/// `commit <oid> (decorations)`, with `oneline` the same up to the subject.
fn object_line(
    builtin: Builtin,
    style: &Style<'_>,
    commit: &Commit<'_>,
    extra: &Extra<'_>,
    out: &mut Vec<u8>,
) {
    let colors = style.colors.as_ref();
    let push_id = |id: &oid, out: &mut Vec<u8>| match style.abbrev_commit {
        true => push_abbrev(id, style.sources, out),
        false => push_hex(id, out),
    };
    out.extend_from_slice(colors.map_or(b"".as_slice(), |colors| &colors.commit));
    if builtin != Builtin::Oneline {
        out.extend_from_slice(b"commit ");
    }
    if let Some(mark) = extra.mark {
        out.extend_from_slice(&[mark, b' ']);
    }
    push_id(commit.id, out);
    let shown_parents = if style.print_parents { parents(commit, extra) } else { &[] };
    for id in shown_parents.iter().chain(extra.children.unwrap_or_default()) {
        out.push(b' ');
        push_id(id, out);
    }
    if colors.is_some() {
        out.extend_from_slice(color::RESET);
    }
    if let Some(source) = extra.source {
        out.push(b'\t');
        out.extend_from_slice(source);
    }
    if style.decorate
        && let Some(decorations) = style.sources.decorations(commit.id)
    {
        decorate::push(decorations, &Punctuation::WRAPPED, colors, out);
    }
    out.push(if builtin == Builtin::Oneline { b' ' } else { b'\n' });
}

fn headers(builtin: Builtin, style: &Style<'_>, commit: &Commit<'_>, extra: &Extra<'_>, out: &mut Vec<u8>) {
    if builtin == Builtin::Raw {
        return raw_headers(commit, out);
    }
    if parents(commit, extra).len() > 1 {
        out.extend_from_slice(b"Merge: ");
        push_parents(commit, extra, |id, out| push_abbrev(id, style.sources, out), out);
        out.push(b'\n');
    }
    let date = |label: &str, signature: &Signature<'_>, out: &mut Vec<u8>| {
        out.extend_from_slice(label.as_bytes());
        style.dates.show(signature.time, &style.date, out);
        out.push(b'\n');
    };
    let (author, committer) = (&commit.author, &commit.committer);
    match builtin {
        Builtin::Short => person("Author: ", style, author, out),
        Builtin::Medium => {
            person("Author: ", style, author, out);
            date("Date:   ", author, out);
        }
        Builtin::Full => {
            person("Author: ", style, author, out);
            person("Commit: ", style, committer, out);
        }
        Builtin::Fuller => {
            person("Author:     ", style, author, out);
            date("AuthorDate: ", author, out);
            person("Commit:     ", style, committer, out);
            date("CommitDate: ", committer, out);
        }
        Builtin::Raw | Builtin::Oneline | Builtin::Email | Builtin::Mboxrd => {}
    }
}

fn person(label: &str, style: &Style<'_>, signature: &Signature<'_>, out: &mut Vec<u8>) {
    let mut push = |name: &[u8], email: &[u8]| {
        for part in [label.as_bytes(), name, b" <", email, b">\n"] {
            out.extend_from_slice(part);
        }
    };
    if style.use_mailmap {
        let (name, email) = style.sources.mailmap(signature.name, signature.email);
        push(&name, &email);
    } else {
        push(signature.name, signature.email);
    }
}

fn raw_headers(commit: &Commit<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"tree ");
    push_hex(commit.tree, out);
    for parent in &commit.parents {
        out.extend_from_slice(b"\nparent ");
        push_hex(parent, out);
    }
    for (label, signature) in [("\nauthor ", &commit.author), ("\ncommitter ", &commit.committer)] {
        let (name, email, time) = (signature.name, signature.email, signature.time);
        for part in [label.as_bytes(), name, b" <", email] {
            out.extend_from_slice(part);
        }
        let sign = if time.zone < 0 { '-' } else { '+' };
        let stamp = format!("> {} {sign}{:04}", time.seconds, time.zone.unsigned_abs());
        out.extend_from_slice(stamp.as_bytes());
    }
    out.push(b'\n');
    // git drops the header that says how the texts were encoded, since they no longer are.
    match encoding_line(commit) {
        Some((start, end)) => {
            out.extend_from_slice(&commit.extra_headers[..start]);
            out.extend_from_slice(&commit.extra_headers[end..]);
        }
        None => out.extend_from_slice(commit.extra_headers),
    }
}

/// Where in the extra headers the first `encoding` header stands, with its newline.
fn encoding_line(commit: &Commit<'_>) -> Option<(usize, usize)> {
    let headers = commit.extra_headers;
    let start = match headers.starts_with(b"encoding ") {
        true => 0,
        false => headers.find("\nencoding ")? + 1,
    };
    let len = memchr::memchr(b'\n', &headers[start..]).map_or(headers.len() - start, |newline| newline + 1);
    Some((start, start + len))
}

/// The value of the `encoding` header (`%e`).
pub(super) fn encoding<'c>(commit: &'c Commit<'_>) -> Option<&'c [u8]> {
    let (start, end) = encoding_line(commit)?;
    let line = &commit.extra_headers[start..end];
    line.strip_suffix(b"\n").unwrap_or(line).strip_prefix(b"encoding ")
}

fn body(builtin: Builtin, style: &Style<'_>, commit: &Commit<'_>, out: &mut Vec<u8>) {
    let text = message::skip_blank_lines(commit.message);
    for line in message::trimmed_lines(text) {
        if builtin == Builtin::Short && line.is_empty() {
            break;
        }
        out.extend_from_slice(INDENT);
        if style.expand_tabs > 0 {
            push_expanding_tabs(line, style.expand_tabs, out);
        } else {
            out.extend_from_slice(line);
        }
        out.push(b'\n');
    }
}

/// Appends a line with its tabs as spaces. From the first piece on whose width git can't tell (control characters,
/// not UTF-8) tabs stay tabs.
pub(super) fn push_expanding_tabs(line: &[u8], tab_width: usize, out: &mut Vec<u8>) {
    let mut rest = line;
    while let Some(tab) = memchr::memchr(b'\t', rest) {
        let Some(width) = printable_width(&rest[..tab]) else { break };
        out.extend_from_slice(&rest[..tab]);
        out.resize(out.len() + tab_width - width % tab_width, b' ');
        rest = &rest[tab + 1..];
    }
    out.extend_from_slice(rest);
}

/// The columns of `piece`, if it is UTF-8 without control characters and noncharacters.
fn printable_width(piece: &[u8]) -> Option<usize> {
    if piece.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return Some(piece.len());
    }
    let decoded = std::str::from_utf8(piece).ok()?;
    let measurable = |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    decoded.chars().all(measurable).then(|| text::width(piece))
}
