//! Texts that people write: configuration, patterns, formats, command lines.

use std::borrow::Cow;
use std::ffi::OsString;
use std::hint::black_box;
use std::os::unix::ffi::OsStrExt;

use bstr::{BStr, ByteSlice};
use gix::hash::{Kind, oid};
use smallvec::SmallVec;

use crate::log::commit::{Commit, Signature, Time};
use crate::log::cursor::Cursor;
use crate::log::filter::pattern::Pattern;
use crate::log::options::Flavour;
use crate::log::output_encoding::OutputEncoding;
use crate::log::paths::{self, Pathspec};
use crate::log::render::date::{DateContext, DateMode};
use crate::log::render::pretty::{Environment, Extra, Format, MailStyle, Style, parse_format, render};
use crate::log::sources::{Decorations, Note, Sources};
use crate::repo::mailmap::Mailmap;
use crate::status::excludes::PatternList;

/// The first part up to a NUL, and the rest.
fn two(bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes.split_once_str(b"\0").unwrap_or((bytes, b""))
}

pub(super) fn config(bytes: &[u8]) {
    black_box(crate::repo::config::read_file(bytes).is_ok());
    black_box(crate::repo::config::read_parameters(bytes).is_ok());
}

/// A name, and lines.
pub(super) fn mailmap(bytes: &[u8]) {
    let (name, text) = two(bytes);
    let Ok(config) = crate::repo::config::read_file(b"") else { return };
    let Ok(map) = Mailmap::load(&config, "/".as_ref(), true, |_| Ok(Some(text.to_vec()))) else { return };
    black_box((map.is_empty(), map.map(name.into(), b"a@example.com".into())));
    black_box(map.map(b"A".into(), name.into()));
}

/// A path, and lines.
pub(super) fn gitignore(bytes: &[u8]) {
    let (path, text) = two(bytes);
    for base in ["", "d/"] {
        let list = PatternList::parse(text, base.into());
        black_box((list.verdict(path.into(), false), list.verdict(path.into(), true)));
    }
}

/// A path, and lines.
pub(super) fn gitattributes(bytes: &[u8]) {
    let (path, text) = two(bytes);
    black_box(crate::status::attributes::read_text(text, path.into()).is_ok());
}

pub(super) fn gitmodules(bytes: &[u8]) {
    let Ok(config) = crate::repo::config::read_file(b"[submodule \"a\"]\nignore = all\n") else { return };
    black_box(crate::status::submodules::settings::by_path(&config, bytes).is_ok());
}

pub(super) fn git_status(bytes: &[u8]) {
    black_box(crate::status::from_git::parse(bytes).is_some());
}

pub(super) fn cursor(bytes: &[u8]) {
    for kind in [Kind::Sha1, Kind::Sha256] {
        // The command's hash is set right.
        let begin = Cursor { requests: Vec::new(), offset: 0 };
        if let Some(token) = begin.token(&[]) {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            black_box(Cursor::parse(&[&token, &hex[..]].concat(), &[], kind).is_ok());
        }
        black_box(bytes.to_str().is_ok_and(|token| Cursor::parse(token, &[], kind).is_ok()));
    }
}

/// Words with a NUL between them.
pub(super) fn command_line(bytes: &[u8]) {
    let words: Vec<OsString> =
        bytes.split(|byte| *byte == 0).map(|word| std::ffi::OsStr::from_bytes(word).to_owned()).collect();
    let log = crate::log::options::parse(words.clone());
    let status = crate::status::options::parse(words.clone());
    assert!(log.own.len() + log.git_args.len() >= 1 && status.own.len() + status.git_args.len() >= 1);
}

/// A path, and pathspecs with a NUL between them.
pub(super) fn pathspec(bytes: &[u8]) {
    let (path, specs) = two(bytes);
    let specs: Vec<&[u8]> = specs.split(|byte| *byte == 0).collect();
    for prefix in ["", "d/e/"] {
        for icase in [false, true] {
            let environment = paths::Environment { icase, ..Default::default() };
            if let Ok(pathspec) = Pathspec::parse(&specs, &paths::Place::below(prefix), environment) {
                black_box((pathspec.reach(path.into()), pathspec.literals(), pathspec.prefixes().count()));
            }
        }
    }
}

/// A pattern, and a text.
pub(super) fn text_pattern(bytes: &[u8]) {
    let (pattern, text) = two(bytes);
    for flavour in [Flavour::Basic, Flavour::Extended, Flavour::Fixed, Flavour::Perl] {
        for ignore_case in [false, true] {
            black_box(Pattern::new(pattern, flavour, ignore_case).matches(text, ignore_case));
        }
    }
}

struct Nothing;

impl Sources for Nothing {
    fn abbrev_len(&self, _: &oid) -> usize {
        7
    }

    fn decorations(&self, _: &oid) -> Option<&Decorations> {
        None
    }

    fn mailmap<'a>(&'a self, name: &'a BStr, email: &'a BStr) -> (Cow<'a, BStr>, Cow<'a, BStr>) {
        (name.into(), email.into())
    }

    fn notes(&self, _: &oid) -> Vec<Note> {
        Vec::new()
    }
}

/// A format, an author's name, and a message, as the format and with each of git's own.
pub(super) fn format(bytes: &[u8]) {
    let (format, rest) = two(bytes);
    let (name, message) = two(rest);
    // Widths of millions are no mistake of ours.
    let mut digits = 0;
    for byte in format {
        digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
        if digits > 4 {
            return;
        }
    }
    let id: &oid = Kind::Sha1.null_ref();
    let when = Time { seconds: 1_600_000_000, zone: 200 };
    let person = Signature { name: name.into(), email: b"a@example.com".into(), time: when };
    let commit = Commit {
        id,
        tree: id,
        parents: SmallVec::from_slice(&[id]),
        author: person,
        committer: person,
        extra_headers: name.into(),
        message: message.into(),
    };
    let environment = Environment { notes: false, columns: 80 };
    let own = ["oneline", "short", "medium", "full", "fuller", "reference", "email", "raw"];
    for spec in std::iter::once(format).chain(own.map(str::as_bytes)) {
        let Ok(spec) = parse_format(spec.as_bstr(), &[]) else { continue };
        let Ok(format) = spec.compile(&environment) else { continue };
        let Some(date) = DateMode::parse(b"default", false) else { continue };
        let mut out = Vec::new();
        render(&style(format, date), &commit, &Extra::default(), &mut out);
        black_box(out);
    }
}

fn style(format: Format, date: DateMode) -> Style<'static> {
    Style {
        format,
        abbrev_commit: false,
        date,
        dates: DateContext::shared(),
        colors: None,
        sources: &Nothing,
        use_mailmap: true,
        show_notes: false,
        decorate: true,
        expand_tabs: 8,
        print_parents: true,
        mail: MailStyle::default(),
        encoding: OutputEncoding::Utf8,
    }
}

/// Seconds (8 bytes), zone (4 bytes), and a format.
pub(super) fn date_format(bytes: &[u8]) {
    let Some((seconds, rest)) = bytes.split_first_chunk() else { return };
    let Some((zone, format)) = rest.split_first_chunk() else { return };
    let time = Time { seconds: i64::from_le_bytes(*seconds), zone: i32::from(i16::from_le_bytes(*zone)) };
    for mode in
        [&b"iso"[..], b"rfc", b"raw", b"relative", b"human", b"short", b"local", b"iso-strict", format]
    {
        let Some(mode) = DateMode::parse(mode, false) else { continue };
        if !DateContext::shared().needs_git(time, &mode) {
            DateContext::shared().show(time, &mode, &mut Vec::new());
        }
    }
}
