//! `email` and `mboxrd`: a commit as a mail. Options that print something beside the object name don't here.

use bstr::BString;

use super::builtin::push_expanding_tabs;
use super::mail_header::{self, needs_8_bits};
use super::{Builtin, Extra, Style, message, notes, push_hex};
use crate::log::commit::Commit;
use crate::log::render::date::DateMode;

/// How mails are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailStyle {
    /// `--encode-email-headers`, `format.encodeEmailHeaders`: headers are in ASCII.
    pub encode_headers: bool,
    /// `format.subjectPrefix`: what stands in brackets before the subject, if it isn't empty.
    pub subject_prefix: BString,
}

impl Default for MailStyle {
    fn default() -> Self {
        MailStyle { encode_headers: true, subject_prefix: "PATCH".into() }
    }
}

pub(super) fn render(
    builtin: Builtin,
    style: &Style<'_>,
    commit: &Commit<'_>,
    extra: &Extra<'_>,
    out: &mut Vec<u8>,
) {
    out.extend_from_slice(b"From ");
    push_hex(commit.id, out);
    out.extend_from_slice(b" Mon Sep 17 00:00:00 2001\n");
    let start = out.len();
    headers(style, commit, out);
    let headers_end = out.len();
    body(builtin, style, commit, out);
    message::trim_end_of(out, start);
    out.push(b'\n');
    if out.len() <= headers_end {
        // Nothing follows the headers: the line that ends them has to be there all the same.
        out.push(b'\n');
    }
    if style.show_notes {
        let notes = style.sources.notes(commit.id);
        if !notes.is_empty() {
            out.extend_from_slice(if extra.first_notes { b"---\n" } else { b"\n" });
        }
        notes::push(&notes, true, out);
    }
}

fn headers(style: &Style<'_>, commit: &Commit<'_>, out: &mut Vec<u8>) {
    let encode = style.mail.encode_headers;
    let author = &commit.author;
    out.extend_from_slice(b"From: ");
    if style.use_mailmap {
        let (name, email) = style.sources.mailmap(author.name, author.email);
        mail_header::push_person(&name, &email, encode, out);
    } else {
        mail_header::push_person(author.name, author.email, encode, out);
    }
    out.extend_from_slice(b"\nDate: ");
    style.dates.show(author.time, &DateMode::Rfc2822 { local: false }, out);
    out.extend_from_slice(b"\nSubject: ");
    let prefix = &style.mail.subject_prefix;
    if !prefix.is_empty() {
        for part in [b"[".as_slice(), prefix, b"] "] {
            out.extend_from_slice(part);
        }
    }
    let text = message::skip_blank_lines(commit.message);
    let mut subject = Vec::new();
    message::push_subject(text, &mut subject);
    mail_header::push_subject(&subject, encode, out);
    if needs_8_bits(message::visible(text)) {
        out.extend_from_slice(
            b"\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit",
        );
    }
    out.extend_from_slice(b"\n\n");
}

fn body(builtin: Builtin, style: &Style<'_>, commit: &Commit<'_>, out: &mut Vec<u8>) {
    let text = message::body(message::skip_blank_lines(commit.message));
    for line in message::trimmed_lines(text) {
        if style.expand_tabs > 0 {
            // Without quotes, in either format.
            push_expanding_tabs(line, style.expand_tabs, out);
        } else {
            if builtin == Builtin::Mboxrd && begins_a_mail(line) {
                out.push(b'>');
            }
            out.extend_from_slice(line);
        }
        out.push(b'\n');
    }
}

/// Whether the line looks like the first one of a mail, perhaps quoted already.
fn begins_a_mail(line: &[u8]) -> bool {
    let quotes = line.iter().take_while(|byte| **byte == b'>').count();
    line[quotes..].starts_with(b"From ")
}
