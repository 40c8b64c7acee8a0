//! Splits the bytes of a commit object into what the index stores. Only this one form of header is taken apart:
//!
//! ```text
//! tree <oid>
//! parent <oid>                      (any number)
//! author <name> <<email>> <seconds> <zone>
//! committer <name> <<email>> <seconds> <zone>
//! <other header lines>
//! <blank line>
//! ```
//!
//! Joining the parts again gives exactly the bytes they came from. A commit whose header is any different is *odd*:
//! git has its own ways of reading such headers and is asked to.

use std::ops::RangeInclusive;

use gix::hash::{Kind, ObjectId};
use memchr::{memchr, memmem};
use smallvec::SmallVec;

use super::encodings::{is_utf8, keeps_headers};
use crate::index::Flags;

/// git's commit-graph keeps 34 bits of a committer date, so what git takes for the date of a later commit depends on
/// whether it has one.
pub(crate) const DATE_END: i64 = 1 << 34;

/// An `author` or `committer` header, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Person<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) email: &'a [u8],
    pub(crate) seconds: i64,
    pub(crate) zone: i16,
}

/// A commit object, taken apart.
#[derive(Debug, Clone)]
pub(crate) struct Split<'a> {
    pub(crate) tree: ObjectId,
    pub(crate) parents: SmallVec<[ObjectId; 2]>,
    /// Author and committer; `None` when the header is odd.
    pub(crate) people: Option<(Person<'a>, Person<'a>)>,
    /// The lines after `committer`; the whole header when it is odd.
    pub(crate) extra: &'a [u8],
    pub(crate) message: &'a [u8],
    /// All but [`Flags::SKEWED`], which takes knowledge of the parents.
    pub(crate) flags: Flags,
}

/// Takes the bytes of a commit object apart.
///
/// # Errors
/// When tree and parents cannot be read. git calls such an object a "bogus commit object" and gives up.
pub(crate) fn split(raw: &[u8], kind: Kind) -> Result<Split<'_>, &'static str> {
    let hex_len = kind.len_in_hex();
    let mut odd = false;
    let mut rest = raw;
    let tree = oid_line(&mut rest, b"tree ", hex_len, &mut odd).ok_or("its tree line is malformed")?;
    let mut parents = SmallVec::new();
    while rest.starts_with(b"parent ") {
        let parent =
            oid_line(&mut rest, b"parent ", hex_len, &mut odd).ok_or("a parent line is malformed")?;
        parents.push(parent);
    }
    let (header, message) = match memmem::find(rest, b"\n\n") {
        Some(at) => (&rest[..at + 1], &rest[at + 2..]),
        None => {
            odd = true;
            (rest, &rest[rest.len()..])
        }
    };
    let mut flags = Flags::default();
    if memchr(0, message).is_some() {
        flags.insert(Flags::NUL);
    }
    let mut extra = header;
    let people = match people(&mut extra).filter(|_| !odd) {
        Some(people) => other_lines(extra, &mut flags).then_some(people),
        None => None,
    };
    if people.is_none() {
        flags.insert(Flags::ODD);
        extra = &raw[..raw.len() - rest.len() + header.len()];
        // Whoever reads the message of an odd commit must not rely on it being in UTF-8.
        if memmem::find(extra, b"\nencoding ").is_some() {
            flags.insert(Flags::ENCODING);
        }
    }
    Ok(Split { tree, parents, people, extra, message, flags })
}

/// Takes a line of `label` and an object name off `rest`. Upper case digits are legal, but odd.
fn oid_line(rest: &mut &[u8], label: &[u8], hex_len: usize, odd: &mut bool) -> Option<ObjectId> {
    let (hex, after) = rest.strip_prefix(label)?.split_at_checked(hex_len)?;
    *rest = after.strip_prefix(b"\n")?;
    *odd |= hex.iter().any(u8::is_ascii_uppercase);
    ObjectId::from_hex(hex).ok()
}

/// Takes the lines of author and committer off `header`.
fn people<'a>(header: &mut &'a [u8]) -> Option<(Person<'a>, Person<'a>)> {
    let author = person(line(header)?.strip_prefix(b"author ")?)?;
    let committer = person(line(header)?.strip_prefix(b"committer ")?)?;
    ((0..DATE_END).contains(&committer.seconds)).then_some((author, committer))
}

/// Whether git's commit-graph surely keeps the committer date of a commit with these headers.
pub(crate) fn date_fits(headers: &[u8]) -> bool {
    let mut lines = headers.split(|byte| *byte == b'\n');
    let committer = lines.find_map(|line| line.strip_prefix(b"committer "));
    let date = committer.and_then(|committer| committer.rsplitn(2, |byte| *byte == b'>').next());
    let seconds = date.and_then(|date| decimal(date.trim_ascii_start().split(|byte| *byte == b' ').next()?));
    seconds.is_some_and(|seconds| seconds < DATE_END)
}

/// Takes a line, without its newline, off `rest`.
pub(crate) fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = memchr(b'\n', rest)?;
    let line = &rest[..end];
    *rest = &rest[end + 1..];
    Some(line)
}

/// Times, in seconds since 1970, that every date format shows in every zone. git dies of local times before 1970, and
/// the C library's date functions of years beyond their range.
const ORDINARY_TIMES: RangeInclusive<i64> = 400_000..=1 << 46;

fn person(value: &[u8]) -> Option<Person<'_>> {
    let mail_start = memchr(b'<', value)?;
    let name = value[..mail_start].strip_suffix(b" ")?;
    let mail_len = memchr(b'>', &value[mail_start..])?;
    let email = &value[mail_start + 1..mail_start + mail_len];
    let mut time = value[mail_start + mail_len..].strip_prefix(b"> ")?;
    let digits = memchr(b' ', time)?;
    let seconds = decimal(&time[..digits]).filter(|seconds| ORDINARY_TIMES.contains(seconds))?;
    time = &time[digits + 1..];
    let zone = zone(time)?;
    are_plain(name, email).then_some(Person { name, email, seconds, zone })
}

/// Whether git reads name and address as they stand there.
pub(crate) fn are_plain(name: &[u8], email: &[u8]) -> bool {
    let clean = |text: &[u8]| !text.iter().any(|byte| matches!(byte, b'<' | b'>' | 0));
    let padded = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_whitespace() || *byte == 0x0b);
    clean(name) && clean(email) && !padded(name.first()) && !padded(name.last())
}

/// A number as `printf("%d")` writes it, not negative.
fn decimal(digits: &[u8]) -> Option<i64> {
    let plain = digits.iter().all(u8::is_ascii_digit) && (digits.first() != Some(&b'0') || digits.len() == 1);
    if !plain || digits.is_empty() || digits.len() > 19 {
        return None;
    }
    digits.iter().try_fold(0i64, |sum, digit| sum.checked_mul(10)?.checked_add(i64::from(digit - b'0')))
}

/// A zone as `printf("%+05d")` writes it.
fn zone(text: &[u8]) -> Option<i16> {
    let (sign, digits) = text.split_first()?;
    if digits.len() != 4 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0i16, |sum, digit| sum * 10 + i16::from(digit - b'0'));
    match sign {
        b'+' => Some(value),
        b'-' if value != 0 => Some(-value),
        _ => None,
    }
}

/// Looks at the lines after `committer`. False when they make the header odd.
fn other_lines(mut extra: &[u8], flags: &mut Flags) -> bool {
    if memchr(0, extra).is_some() {
        return false;
    }
    let mut encoding = None;
    while let Some(line) = line(&mut extra) {
        // Where a line is repeated, the parts of git do not agree on which one counts.
        if [b"tree ".as_slice(), b"parent ", b"author ", b"committer "]
            .iter()
            .any(|label| line.starts_with(label))
        {
            return false;
        }
        if line.starts_with(b"gpgsig ") || line.starts_with(b"gpgsig-sha256 ") {
            flags.insert(Flags::GPGSIG);
        } else if let Some(name) = line.strip_prefix(b"encoding ")
            && encoding.replace(name).is_some()
        {
            return false;
        }
    }
    if encoding.is_some_and(|name| !is_utf8(name)) {
        flags.insert(Flags::ENCODING);
    }
    // git converts a commit as a whole, and reads its headers after that.
    !flags.contains(Flags::ENCODING) || encoding.is_some_and(keeps_headers)
}
