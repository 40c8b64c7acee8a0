//! The arguments of `%w(…)`, `%<(…)` and its kin.

use super::message::is_space;
use super::program::{Padding, Wrap};
use crate::log::render::text::{Align, Trunc};

/// Widths, indents and columns beyond this are no placeholders (git's limit against huge outputs).
const LIMIT: i64 = 16 * 1024;

/// Reads a decimal number the way C's `strtol` does: white space and a sign may precede the digits. Returns
/// the number and what follows it; without digits 0 and the text itself.
fn number(text: &[u8]) -> (i64, &[u8]) {
    let blank = |byte: &u8| is_space(*byte) || matches!(byte, b'\x0b' | b'\x0c');
    let trimmed = &text[text.iter().take_while(|byte| blank(byte)).count()..];
    let (negative, digits) = match trimmed {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let len = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if len == 0 {
        return (0, text);
    }
    let value = digits[..len]
        .iter()
        .fold(0i64, |value, digit| value.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
    (if negative { -value } else { value }, &digits[len..])
}

/// Reads what follows `%w`: how many bytes belong to it, and the layout. `None` if git doesn't take it for one.
pub(super) fn wrap(text: &[u8]) -> Option<(usize, Wrap)> {
    let mut rest = text.strip_prefix(b"(")?;
    let mut values = [0usize; 3];
    let end = |rest: &[u8]| Some(text.len() - rest.strip_prefix(b")")?.len());
    if let Some(consumed) = end(rest) {
        return Some((consumed, Wrap::default()));
    }
    for (index, value) in values.iter_mut().enumerate() {
        if index > 0 {
            match rest.strip_prefix(b",") {
                Some(after) => rest = after,
                None => break,
            }
        }
        let (read, after) = number(rest);
        *value = usize::try_from(read).ok().filter(|_| read <= LIMIT)?;
        rest = after;
    }
    let consumed = end(rest)?;
    let [width, first, rest] = values;
    Some((consumed, Wrap { width, first, rest }))
}

/// Reads `<(N)`, `>|(N,trunc)` and so on: how many bytes belong to it, and the padding. `None` if git doesn't
/// take it for one. `columns` is the width of the terminal.
///
/// A bad option after the comma (0 bytes belong to it then) still sets the padding, and the truncation
/// of the padding before, `last`, stays in force.
pub(super) fn padding(text: &[u8], columns: usize, last: Option<Trunc>) -> Option<(usize, Padding)> {
    let (align, rest) = match text {
        [b'<', rest @ ..] => (Align::Left, rest),
        [b'>', b'>', rest @ ..] => (Align::RightSteal, rest),
        [b'>', b'<', rest @ ..] => (Align::Center, rest),
        [b'>', rest @ ..] => (Align::Right, rest),
        _ => return None,
    };
    let (to_column, rest) = match rest.strip_prefix(b"|") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let inside = rest.strip_prefix(b"(")?;
    let argument = memchr::memchr2(b',', b')', inside)?;
    // Whatever stands between the number and the comma or parenthesis is ignored.
    let (mut width, after) = number(inside);
    if after.len() == inside.len() || width == 0 || width > LIMIT {
        return None;
    }
    if width < 0 {
        if !to_column {
            return None;
        }
        width = width.saturating_add(i64::try_from(columns).ok()?);
        if width < 0 {
            return None;
        }
    }
    let columns = if to_column { -width } else { width };
    let options = [
        (")", None),
        (",trunc)", Some(Trunc::Right)),
        (",ltrunc)", Some(Trunc::Left)),
        (",mtrunc)", Some(Trunc::Middle)),
    ];
    let option = options.into_iter().find(|(name, _)| inside[argument..].starts_with(name.as_bytes()));
    let (consumed, truncate) = match option {
        Some((name, truncate)) => (text.len() - inside.len() + argument + name.len(), truncate),
        None => (0, last),
    };
    Some((consumed, Padding { columns, align, truncate }))
}
