//! `--json`: one object a line for each commit, and one for the page. docs/JSON.md describes the fields.

use std::borrow::Cow;

use bstr::{BStr, ByteSlice};
use serde::Serialize;

use super::commit::{Commit, Signature};
use super::render::pretty::{subject, subject_and_body};
use super::sources::Sources;

#[derive(Serialize)]
struct Person<'a> {
    name: Cow<'a, str>,
    email: Cow<'a, str>,
    /// Seconds since 1970-01-01T00:00:00Z.
    time: i64,
    /// As in the commit: `+0530`.
    zone: String,
}

#[derive(Serialize)]
struct CommitLine<'a> {
    oid: String,
    tree: String,
    parents: Vec<String>,
    author: Person<'a>,
    committer: Person<'a>,
    subject: Cow<'a, str>,
    body: Cow<'a, str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refs: Vec<Cow<'a, str>>,
}

/// The last line.
#[derive(Debug, Serialize)]
pub(super) struct PageLine {
    /// The page, from 1, when `--page` was given.
    pub(super) page: Option<u64>,
    /// Commits above.
    pub(super) count: u64,
    /// Whether commits follow.
    pub(super) has_more: bool,
    /// What `--cursor` takes to show them.
    pub(super) cursor: Option<String>,
}

/// A commit that touched a path.
#[derive(Clone, Copy)]
pub(super) struct Touch<'t, 'a> {
    /// The commit.
    pub(super) commit: &'t Commit<'a>,
    /// For the mailmap.
    pub(super) sources: &'t dyn Sources,
    /// Whether names go through it.
    pub(super) mailmap: bool,
}

#[derive(Serialize)]
struct TouchObject<'a> {
    oid: String,
    author: Person<'a>,
    committer: Person<'a>,
    subject: Cow<'a, str>,
}

impl<'a> Touch<'_, 'a> {
    fn object(&self) -> TouchObject<'a> {
        let commit = self.commit;
        TouchObject {
            oid: commit.id.to_string(),
            author: person(&commit.author, self.sources, self.mailmap),
            committer: person(&commit.committer, self.sources, self.mailmap),
            subject: Cow::Owned(subject(commit.message).to_str_lossy().into_owned()),
        }
    }
}

#[derive(Serialize)]
struct LastModifiedLine<'a> {
    path: Cow<'a, str>,
    boundary: bool,
    #[serde(flatten)]
    commit: TouchObject<'a>,
}

#[derive(Serialize)]
struct LifeLine<'a> {
    path: Cow<'a, str>,
    first: TouchObject<'a>,
    last: TouchObject<'a>,
    status: char,
}

/// Appends the line of a path for `--last-modified`.
pub(super) fn push_last_modified(path: &BStr, touch: &Touch<'_, '_>, boundary: bool, out: &mut Vec<u8>) {
    push_line(&LastModifiedLine { path: path.to_str_lossy(), boundary, commit: touch.object() }, out);
}

/// Appends the line of a path for `--contains-path`.
pub(super) fn push_life(
    path: &BStr,
    first: &Touch<'_, '_>,
    last: &Touch<'_, '_>,
    status: u8,
    out: &mut Vec<u8>,
) {
    let (first, last) = (first.object(), last.object());
    push_line(&LifeLine { path: path.to_str_lossy(), first, last, status: char::from(status) }, out);
}

/// Appends the line of a commit. Bytes that are not UTF-8 become U+FFFD.
pub(super) fn push_commit(commit: &Commit<'_>, sources: &dyn Sources, mailmap: bool, out: &mut Vec<u8>) {
    let (subject, body) = subject_and_body(commit.message);
    let decorations = sources.decorations(commit.id);
    let line = CommitLine {
        oid: commit.id.to_string(),
        tree: commit.tree.to_string(),
        parents: commit.parents.iter().map(|parent| parent.to_string()).collect(),
        author: person(&commit.author, sources, mailmap),
        committer: person(&commit.committer, sources, mailmap),
        subject: Cow::Owned(subject.to_str_lossy().into_owned()),
        body: body.to_str_lossy(),
        refs: decorations.iter().flat_map(|d| &d.names).map(|one| one.name.to_str_lossy()).collect(),
    };
    push_line(&line, out);
}

/// Appends the last line.
pub(super) fn push_page(page: &PageLine, out: &mut Vec<u8>) {
    push_line(page, out);
}

fn push_line(line: &impl Serialize, out: &mut Vec<u8>) {
    // Writing texts and numbers to a Vec does not fail.
    let _ = serde_json::to_writer(&mut *out, line);
    out.push(b'\n');
}

fn person<'a>(signature: &Signature<'a>, sources: &dyn Sources, mailmap: bool) -> Person<'a> {
    let owned = |text: &BStr| Cow::Owned(text.to_str_lossy().into_owned());
    let (name, email) = match mailmap {
        true => {
            let (name, email) = sources.mailmap(signature.name, signature.email);
            (owned(&name), owned(&email))
        }
        false => (signature.name.to_str_lossy(), signature.email.to_str_lossy()),
    };
    let zone = signature.time.zone;
    let sign = if zone < 0 { '-' } else { '+' };
    Person { name, email, time: signature.time.seconds, zone: format!("{sign}{:04}", zone.unsigned_abs()) }
}
