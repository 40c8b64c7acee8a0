//! Text on a grid of columns: display width, wrapping (`%w(…)`), and fields of a fixed width (`%<(…)` and its kin).

mod field;
mod tables;
mod wrap;

#[cfg(test)]
mod tests;

pub use field::{Align, Trunc, field, truncate};
pub use wrap::{wrap, wrap_on};

use tables::{DOUBLE_WIDTH, ZERO_WIDTH};

/// The columns that a text takes on a terminal, colour sequences skipped and control characters not counted.
///
/// If any of it isn't UTF-8 as git sees it (which rejects U+FFFE and U+FFFF too), every byte counts as a column.
pub fn width(text: &[u8]) -> usize {
    let mut columns = 0;
    let mut rest = text;
    loop {
        let plain = rest.iter().take_while(|byte| matches!(byte, b' '..=b'~')).count();
        columns += plain;
        rest = &rest[plain..];
        if rest.is_empty() {
            return columns;
        }
        let escape = escape_length(rest);
        if escape > 0 {
            rest = &rest[escape..];
            continue;
        }
        let Some((length, glyph)) = first_glyph(rest) else { return text.len() };
        columns += usize::try_from(glyph).unwrap_or(0);
        rest = &rest[length..];
    }
}

/// The length of the colour sequence (`ESC [ digits and semicolons m`) at the start of a text; 0 if there is none.
fn escape_length(text: &[u8]) -> usize {
    let Some(parameters) = text.strip_prefix(b"\x1b[") else { return 0 };
    let end = parameters.iter().position(|byte| !(byte.is_ascii_digit() || *byte == b';'));
    match end {
        Some(end) if parameters[end] == b'm' => end + 3,
        _ => 0,
    }
}

/// The length of the first character in bytes; 1 where it isn't UTF-8.
pub fn first_length(text: &[u8]) -> usize {
    first_glyph(text).map_or(1, |(length, _)| length)
}

/// The length in bytes and the width of the first character: -1 for control characters, 0, 1 or 2.
///
/// `None` if it isn't UTF-8, or there is nothing.
fn first_glyph(text: &[u8]) -> Option<(usize, i64)> {
    let &first = text.first()?;
    if first < 0x80 {
        return Some((1, glyph_width(u32::from(first))));
    }
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let character = std::str::from_utf8(text.get(..length)?).ok()?.chars().next()?;
    if matches!(character, '\u{fffe}' | '\u{ffff}') {
        return None;
    }
    Some((length, glyph_width(character.into())))
}

fn glyph_width(code: u32) -> i64 {
    match code {
        0 => 0,
        1..0x20 | 0x7f..0xa0 => -1,
        0x20..0x7f => 1,
        _ if within(&ZERO_WIDTH, code) => 0,
        _ if within(&DOUBLE_WIDTH, code) => 2,
        _ => 1,
    }
}

fn within(table: &[(u32, u32)], code: u32) -> bool {
    let at = table.partition_point(|&(_, last)| last < code);
    table.get(at).is_some_and(|&(first, _)| first <= code)
}

/// White space as git's own character classes have it.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
