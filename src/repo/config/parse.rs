//! From the bytes of one configuration file, or from the environment, to keys and values in their order.
//! Following includes is not done here.

use bstr::{BStr, BString, ByteSlice};
use gix::config::parse::{EventRef, Events};

use super::Entry;
use crate::repo::NotExact;

/// All entries of one file.
pub(super) fn file(bytes: &[u8]) -> Result<Vec<Entry>, NotExact> {
    // Bytes where git's reader and gix's might differ, and which no one has in a configuration.
    let odd = bytes.find_byteset(b"\0\x0b\x0c").is_some()
        || bytes.starts_with(b"\xfe\xff")
        || bytes.starts_with(b"\xff\xfe")
        || memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'));
    if odd {
        return Err("odd bytes in a configuration file".into());
    }
    let events =
        Events::from_bytes(bytes, None).map_err(|_| NotExact::because("a configuration file has errors"))?;
    if events.frontmatter().any(|event| matches!(event, EventRef::SectionValueName(_))) {
        return Err("a configuration key outside of any section".into());
    }
    let mut entries = Vec::new();
    let mut line_must_end = false;
    for section in events.sections() {
        if line_must_end {
            return Err(no_value());
        }
        let mut header = BString::default();
        if let EventRef::SectionHeader { name, separator, subsection_name } = section.header() {
            header.extend(name.bytes().map(|b| b.to_ascii_lowercase()));
            header.push(b'.');
            if let Some(subsection) = subsection_name {
                // `[a.B]` is the old way to write a subsection, which ignores the case; `[a "B"]` does not.
                let dotted = separator.is_some_and(|s| s == ".");
                header.extend(subsection.bytes().map(|b| if dotted { b.to_ascii_lowercase() } else { b }));
                header.push(b'.');
            }
        }
        line_must_end = section_entries(section.body(), header.as_bstr(), &mut entries)?;
    }
    Ok(entries)
}

fn no_value() -> NotExact {
    NotExact::because("a configuration key is followed neither by = nor by the end of its line")
}

/// Whether the section's last line must have ended with it.
fn section_entries<'a>(
    events: impl Iterator<Item = EventRef<'a>>,
    header: &BStr,
    entries: &mut Vec<Entry>,
) -> Result<bool, NotExact> {
    let mut key = BString::default();
    let mut has_value = false;
    let mut raw = BString::default();
    // gix takes more than git behind a key without `=`.
    let mut line_must_end = false;
    for event in events {
        if line_must_end && !matches!(event, EventRef::Newline(_)) {
            return Err(no_value());
        }
        line_must_end = false;
        match event {
            EventRef::SectionValueName(name) => {
                key = header.to_owned();
                key.extend(name.bytes().map(|b| b.to_ascii_lowercase()));
                has_value = false;
                raw.clear();
            }
            EventRef::KeyValueSeparator => has_value = true,
            EventRef::ValueNotDone(part) => raw.extend_from_slice(part),
            EventRef::Value(part) | EventRef::ValueDone(part) => {
                raw.extend_from_slice(part);
                let value = has_value.then(|| gix::config::value::normalize(raw.as_bstr()).into_owned());
                entries.push(Entry { key: std::mem::take(&mut key), value });
                line_must_end = !has_value;
            }
            _ => {}
        }
    }
    Ok(line_must_end)
}

/// The canonical form of a key given as `section.[subsection.]name`: section and name in lower case.
/// `None` where git calls the key invalid.
pub(super) fn canonical_key(key: &[u8]) -> Option<BString> {
    let first = key.find_byte(b'.')?;
    let last = key.rfind_byte(b'.')?;
    let (section, name) = (&key[..first], &key[last + 1..]);
    let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-';
    if section.is_empty()
        || !section.iter().all(word)
        || !name.first()?.is_ascii_alphabetic()
        || !name.iter().all(word)
        || key.contains(&b'\n')
    {
        return None;
    }
    let mut canonical = BString::from(key);
    canonical[..first].make_ascii_lowercase();
    canonical[last + 1..].make_ascii_lowercase();
    Some(canonical)
}

/// The value of `GIT_CONFIG_PARAMETERS`: what `git -c` hands to the programs that git starts. Both forms are
/// read, `'key'='value'` (and `'key'=` for a key without a value) and the older `'key=value'`.
pub(super) fn parameters(text: &[u8]) -> Result<Vec<Entry>, NotExact> {
    let bad = || NotExact::because("GIT_CONFIG_PARAMETERS has errors");
    let mut entries = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_with(|c| c.is_ascii_whitespace() || c == '\x0b').as_bytes();
        if rest.is_empty() {
            return Ok(entries);
        }
        let (first, after) = unquote(rest).ok_or_else(bad)?;
        rest = after;
        let (key, value) = match rest.first() {
            Some(b'=') => {
                rest = &rest[1..];
                match rest.first() {
                    Some(b'\'') => {
                        let (value, after) = unquote(rest).ok_or_else(bad)?;
                        rest = after;
                        (first, Some(value))
                    }
                    _ => (first, None),
                }
            }
            _ => match first.split_once_str("=") {
                Some((key, value)) => (BString::from(key.trim()), Some(BString::from(value))),
                None => (BString::from(first.trim()), None),
            },
        };
        if rest.first().is_some_and(|b| !b.is_ascii_whitespace()) {
            return Err(bad());
        }
        entries.push(Entry { key: canonical_key(&key).ok_or_else(bad)?, value });
    }
}

/// One word in a shell's single quotes, and what follows it. `\'` and `\!` may stand between quoted parts.
fn unquote(text: &[u8]) -> Option<(BString, &[u8])> {
    let mut word = BString::default();
    let mut rest = text.strip_prefix(b"'")?;
    loop {
        let end = rest.find_byte(b'\'')?;
        word.extend_from_slice(&rest[..end]);
        rest = &rest[end + 1..];
        match rest {
            [b'\\', escaped @ (b'\'' | b'!'), b'\'', after @ ..] => {
                word.push(*escaped);
                rest = after;
            }
            _ => return Some((word, rest)),
        }
    }
}
