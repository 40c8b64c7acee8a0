//! Odd commits that can be shown all the same: with a padded name (`A U Thor  <a@example.com>`), as many a real history
//! has them, or an unusual zone (`+051800`, `-0000`). The index has of them what it has of all odd commits: the whole
//! header. It is read here each time that such a commit is shown, as git reads it. All other odd commits are git's.

use std::ops::Range;

use bstr::{BStr, ByteSlice};

use super::commit::{Signature, Time};
use crate::history::{DATE_END, are_plain, line};
use crate::index::{Flags, History, Pos};

/// Names of headers that make an odd commit git's: what is repeated is read in more than one way, and of signatures and
/// encodings of odd commits the index knows nothing.
const FOREIGN: [&[u8]; 6] = [b"tree ", b"parent ", b"author ", b"committer ", b"encoding ", b"gpgsig"];

/// Seconds since 1970 that every date format shows in every zone of up to [`ZONE_DIGITS`] digits, and that a commit-graph
/// keeps.
const TIMES: Range<i64> = 1 << 27..DATE_END;

/// The longest of unusual zones: 9999 hours and 99 minutes.
const ZONE_DIGITS: usize = 6;

/// What is read from the header of an odd commit.
struct Header<'h> {
    author: Signature<'h>,
    committer: Signature<'h>,
    /// The lines after `committer`.
    extra: &'h BStr,
}

/// Whether author, committer and other headers of a commit are known here.
pub(super) fn is_readable(history: &History<'_>, pos: Pos) -> bool {
    !is_odd(history, pos) || read(history, pos).is_some()
}

/// Whether all commits of a history are [readable](is_readable).
pub(super) fn all_readable(history: &History<'_>) -> bool {
    !history.has_odd() || (0..history.len()).map(Pos).all(|pos| is_readable(history, pos))
}

/// Author and committer of a commit; nobody where it is not [readable](is_readable).
pub(super) fn people<'h>(history: &History<'h>, pos: Pos) -> (Signature<'h>, Signature<'h>) {
    if is_odd(history, pos) {
        return read(history, pos).map(|header| (header.author, header.committer)).unwrap_or_default();
    }
    (history.author(pos), history.committer(pos))
}

/// The lines after `committer`; nothing where a commit is not [readable](is_readable).
pub(super) fn extra_headers<'h>(history: &History<'h>, pos: Pos) -> &'h BStr {
    if is_odd(history, pos) {
        return read(history, pos).map(|header| header.extra).unwrap_or_default();
    }
    history.extra_headers(pos)
}

/// Most histories have none, and then nothing is looked up.
fn is_odd(history: &History<'_>, pos: Pos) -> bool {
    history.has_odd() && history.flags(pos).contains(Flags::ODD)
}

fn read<'h>(history: &History<'h>, pos: Pos) -> Option<Header<'h>> {
    let header = history.extra_headers(pos);
    // Without a message there may have been no empty line either, and whatever a NUL does, git decides.
    if history.message(pos).is_empty() || header.contains(&0) {
        return None;
    }
    let mut rest: &[u8] = header;
    let mut first = line(&mut rest)?;
    while first.starts_with(b"tree ") || first.starts_with(b"parent ") {
        first = line(&mut rest)?;
    }
    let author = person(first.strip_prefix(b"author ")?)?;
    let committer = person(line(&mut rest)?.strip_prefix(b"committer ")?)?;
    let extra = rest.as_bstr();
    let foreign = |line: &[u8]| FOREIGN.iter().any(|name| line.starts_with(name));
    (!extra.split_str("\n").any(foreign)).then_some(Header { author, committer, extra })
}

fn person(value: &[u8]) -> Option<Signature<'_>> {
    let (padded, rest) = value.split_once_str(" <")?;
    let (email, time) = rest.split_once_str("> ")?;
    let (seconds, zone) = time.split_once_str(" ")?;
    // White space to git is this, and no other; at the start of a name it stays.
    let name = padded.trim_end_with(|c| c == ' ' || c == '\t');
    let number = |digits: &[u8]| {
        digits.iter().all(u8::is_ascii_digit).then(|| digits.to_str().ok()?.parse::<i64>().ok()).flatten()
    };
    let (sign, digits) = zone.split_first()?;
    let zone = number(digits).filter(|_| digits.len() <= ZONE_DIGITS)?;
    let zone = match sign {
        b'+' => zone,
        b'-' => -zone,
        _ => return None,
    };
    let time = Time {
        seconds: number(seconds).filter(|seconds| TIMES.contains(seconds))?,
        zone: i32::try_from(zone).ok()?,
    };
    are_plain(name, email).then_some(Signature { name: name.as_bstr(), email: email.as_bstr(), time })
}
