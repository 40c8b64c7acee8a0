//! Who and when, as the index hands them out: borrowed, never copied.

use bstr::BStr;

/// A moment as git stores it in a commit header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Time {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// The zone in git's decimal form: `+0530` is `530`, `-0330` is `-330`. (`-0000` is flagged as an odd
    /// header by the index and never gets here.)
    pub zone: i32,
}

/// Who and when: the value of an `author` or `committer` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signature<'a> {
    /// The name as written, without surrounding white space.
    pub name: &'a BStr,
    /// The e-mail address as written, without the angle brackets.
    pub email: &'a BStr,
    /// When.
    pub time: Time,
}
