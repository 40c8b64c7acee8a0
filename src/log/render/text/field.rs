//! `%<(N)`, `%>(N)`, `%>>(N)`, `%><(N)`: padding to a number of columns, and cutting with `..`.

use super::{escape_length, first_glyph, width};

/// Which end of a field's text gives way to `..`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trunc {
    /// `ltrunc`: `..end`
    Left,
    /// `mtrunc`: `be..nd`
    Middle,
    /// `trunc`: `begin..`
    Right,
}

/// Where a field's text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// `%<(N)`
    Left,
    /// `%>(N)`
    Right,
    /// `%>>(N)`: right, and a text that is too long takes over the blanks before the field.
    RightSteal,
    /// `%><(N)`
    Center,
}

/// Appends `text` as a field of `to` columns, cut if it is wider and `trunc` says so.
///
/// `to` may be negative: for the `|(N)` forms it is N less the columns that the line (and the graph before it) already
/// takes. `start` is where the commit's own text begins in `out`: `%>>` steals blanks no further back.
pub fn field(text: &[u8], to: i64, align: Align, trunc: Option<Trunc>, start: usize, out: &mut Vec<u8>) {
    let columns = width(text) as i64;
    let mut to = to;
    let mut stolen = Vec::new();
    if align == Align::RightSteal && columns > to {
        to += steal(columns - to, start, &mut stolen, out);
    }
    if columns > to {
        match trunc {
            // The stolen colour sequences take no columns, but they come before any `..`.
            Some(how) => {
                stolen.extend_from_slice(text);
                cut(&stolen, columns, to, how, out);
            }
            None => {
                out.append(&mut stolen);
                out.extend_from_slice(text);
            }
        }
        return;
    }
    let blanks = (to - columns) as usize;
    let before = match align {
        Align::Left => 0,
        Align::Right | Align::RightSteal => blanks,
        Align::Center => blanks / 2,
    };
    out.resize(out.len() + before, b' ');
    out.append(&mut stolen);
    out.extend_from_slice(text);
    out.resize(out.len() + blanks - before, b' ');
}

/// Appends `text`, cut down to `to` columns if it is wider.
pub fn truncate(text: &[u8], to: usize, how: Trunc, out: &mut Vec<u8>) {
    let columns = width(text) as i64;
    if columns > to as i64 {
        cut(text, columns, to as i64, how, out);
    } else {
        out.extend_from_slice(text);
    }
}

/// Takes up to `wanted` blanks off the end of `out`, moving colour sequences between them to `sequences`. Returns how
/// many. The first byte is never taken: git stops one short of it.
fn steal(wanted: i64, start: usize, sequences: &mut Vec<u8>, out: &mut Vec<u8>) -> i64 {
    let mut taken = 0;
    while taken < wanted && out.len() > start + 1 {
        match out.last() {
            Some(b' ') => {
                out.pop();
                taken += 1;
            }
            Some(b'm') => {
                // A sequence has at most ten bytes for git.
                let from = out.len().saturating_sub(11).max(start);
                let Some(escape) = out[from..].iter().rposition(|&byte| byte == b'\x1b') else { break };
                let escape = from + escape;
                if escape_length(&out[escape..]) != out.len() - escape {
                    break;
                }
                sequences.splice(0..0, out.drain(escape..));
            }
            _ => break,
        }
    }
    taken
}

/// Replaces as many columns as are too many, and two more, by `..`.
fn cut(text: &[u8], columns: i64, to: i64, how: Trunc, out: &mut Vec<u8>) {
    let from = match how {
        Trunc::Left => 0,
        Trunc::Middle => to / 2 - 1,
        Trunc::Right => to - 2,
    };
    let gone = from..from + columns - (to - 2);
    let before = out.len();
    let mut dots: &[u8] = b"..";
    let mut column = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let escape = escape_length(rest);
        if escape > 0 {
            out.extend_from_slice(&rest[..escape]);
            rest = &rest[escape..];
            continue;
        }
        let Some((length, glyph)) = first_glyph(rest) else {
            // Not UTF-8: git leaves the whole text alone.
            out.truncate(before);
            out.extend_from_slice(text);
            return;
        };
        if glyph > 0 && gone.contains(&column) {
            out.extend_from_slice(std::mem::take(&mut dots));
        } else {
            out.extend_from_slice(&rest[..length]);
        }
        column += glyph.max(0);
        rest = &rest[length..];
    }
}
