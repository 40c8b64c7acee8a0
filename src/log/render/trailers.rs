//! `%(trailers:…)`: the trailers of a commit message.
//!
//! For git's default settings: with any `trailer.*` variable or `core.commentChar` (`core.commentString`) set, the
//! caller asks git instead. `block` finds the trailers, this file prints them.

mod block;

#[cfg(test)]
mod tests;

use block::{find_block, find_separator, is_space, items};

use super::boolean;

/// What stands between the parentheses of `%(trailers:…)`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrailerOptions {
    only: bool,
    unfold: bool,
    key_only: bool,
    value_only: bool,
    /// Lower case, without a final colon.
    keys: Vec<Vec<u8>>,
    separator: Option<Vec<u8>>,
    key_value_separator: Option<Vec<u8>>,
}

/// Reads the text after `%(trailers:` and before the first `)`; empty for plain `%(trailers)`.
///
/// `None` for what git doesn't take for a placeholder, and so prints as it is.
pub fn parse_options(text: &[u8]) -> Option<TrailerOptions> {
    let mut options = TrailerOptions::default();
    // One comma may end the list.
    let text = text.strip_suffix(b",").filter(|rest| !rest.is_empty()).unwrap_or(text);
    if text.is_empty() {
        return Some(options);
    }
    for argument in text.split(|&byte| byte == b',') {
        let (name, value) = match argument.iter().position(|&byte| byte == b'=') {
            Some(at) => (&argument[..at], Some(&argument[at + 1..])),
            None => (argument, None),
        };
        match name {
            b"key" => {
                let key = value?;
                options.keys.push(key.strip_suffix(b":").unwrap_or(key).to_ascii_lowercase());
                options.only = true;
            }
            b"separator" => options.separator = Some(expand(value.unwrap_or_default())),
            b"key_value_separator" => options.key_value_separator = Some(expand(value.unwrap_or_default())),
            b"only" => options.only = parse_switch(value)?,
            b"unfold" => options.unfold = parse_switch(value)?,
            b"keyonly" => options.key_only = parse_switch(value)?,
            b"valueonly" => options.value_only = parse_switch(value)?,
            _ => return None,
        }
    }
    Some(options)
}

/// The value of a switch: absent is true.
fn parse_switch(value: Option<&[u8]>) -> Option<bool> {
    value.map_or(Some(true), boolean::parse)
}

/// Replaces `%n`, `%%` and `%x` with two hexadecimal digits; any other `%` stands for itself.
fn expand(text: &[u8]) -> Vec<u8> {
    let mut expanded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        let hex = |at: usize| after.get(at).and_then(|&digit| (digit as char).to_digit(16));
        let (byte, length) = match (byte, after.first()) {
            (b'%', Some(b'n')) => (b'\n', 2),
            (b'%', Some(b'%')) => (b'%', 2),
            (b'%', Some(b'x')) => match (hex(1), hex(2)) {
                (Some(high), Some(low)) => ((high * 16 + low) as u8, 4),
                _ => (b'%', 1),
            },
            _ => (byte, 1),
        };
        expanded.push(byte);
        rest = &rest[length..];
    }
    expanded
}

/// Appends the trailers of a message (everything after the commit's headers) as the options want them.
pub fn format(message: &[u8], options: &TrailerOptions, out: &mut Vec<u8>) {
    let block = find_block(message);
    if *options == TrailerOptions::default() {
        out.extend_from_slice(block);
        return;
    }
    let before = out.len();
    for item in items(block) {
        let Some(at) = find_separator(item) else {
            if !options.only {
                separate(options, before, out);
                out.extend_from_slice(item.strip_suffix(b"\n").unwrap_or(item));
                end_item(options, true, out);
            }
            continue;
        };
        let key = trim(&item[..at]);
        if !options.keys.is_empty() && !options.keys.iter().any(|wanted| key.eq_ignore_ascii_case(wanted)) {
            continue;
        }
        separate(options, before, out);
        if !options.value_only {
            out.extend_from_slice(key);
        }
        if !options.key_only && !options.value_only {
            out.extend_from_slice(options.key_value_separator.as_deref().unwrap_or(b": "));
        }
        if !options.key_only {
            let value = trim(&item[at + 1..]);
            if options.unfold {
                unfold(value, out);
            } else {
                out.extend_from_slice(value);
            }
        }
        end_item(options, false, out);
    }
}

/// Puts the separator in front of every item but the first: that is, if anything has been printed yet.
fn separate(options: &TrailerOptions, before: usize, out: &mut Vec<u8>) {
    if let Some(separator) = &options.separator
        && out.len() != before
    {
        out.extend_from_slice(separator);
    }
}

fn end_item(options: &TrailerOptions, strip: bool, out: &mut Vec<u8>) {
    if options.separator.is_none() {
        out.push(b'\n');
    } else if strip {
        let kept = out.iter().rposition(|&byte| !is_space(byte)).map_or(0, |last| last + 1);
        out.truncate(kept);
    }
}

/// Joins the lines of a folded value: a line break and the white space after it become one space.
fn unfold(value: &[u8], out: &mut Vec<u8>) {
    let mut rest = value;
    while let Some(end) = memchr::memchr(b'\n', rest) {
        out.extend_from_slice(&rest[..end]);
        out.push(b' ');
        rest = &rest[end..];
        let blanks = rest.iter().take_while(|&&byte| is_space(byte)).count();
        rest = &rest[blanks..];
    }
    out.extend_from_slice(rest);
}

/// Cuts git's white space off both ends.
fn trim(text: &[u8]) -> &[u8] {
    let Some(first) = text.iter().position(|&byte| !is_space(byte)) else { return b"" };
    let last = text.iter().rposition(|&byte| !is_space(byte)).unwrap_or(first);
    &text[first..=last]
}
