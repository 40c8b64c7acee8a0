//! A commit as the renderers see it: borrowed from the index (or from an in-memory overlay), never copied.

use bstr::BStr;
use gix::hash::oid;
use smallvec::SmallVec;

/// A moment as git stores it in a commit header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// The zone in git's decimal form: `+0530` is `530`, `-0330` is `-330`. (`-0000` is flagged as an odd
    /// header by the index and never gets here.)
    pub zone: i32,
}

/// Who and when: the value of an `author` or `committer` header.
#[derive(Debug, Clone, Copy)]
pub struct Signature<'a> {
    /// The name as written, without surrounding white space.
    pub name: &'a BStr,
    /// The e-mail address as written, without the angle brackets.
    pub email: &'a BStr,
    /// When.
    pub time: Time,
}

/// One commit. All texts are in the log output encoding (UTF-8 unless git would print other bytes).
#[derive(Debug, Clone)]
pub struct Commit<'a> {
    /// Its name.
    pub id: &'a oid,
    /// Its tree.
    pub tree: &'a oid,
    /// Its parents, in order.
    pub parents: SmallVec<[&'a oid; 2]>,
    /// The `author` header.
    pub author: Signature<'a>,
    /// The `committer` header.
    pub committer: Signature<'a>,
    /// Every header line after `committer`, verbatim with its newline (`encoding`, `gpgsig`, `mergetag`, …).
    pub extra_headers: &'a BStr,
    /// Everything after the blank line that ends the headers.
    pub message: &'a BStr,
}
