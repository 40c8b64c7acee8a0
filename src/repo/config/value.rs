//! How git reads a configuration value as a type. Rules: git-config(1), "Values".

use bstr::{BStr, ByteSlice};

/// When to colour, as `color.*` say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorWhen {
    /// `never` or a false boolean.
    Never,
    /// `always`.
    Always,
    /// `auto` or a true boolean: on a terminal.
    Auto,
}

/// A boolean; `None` (a key without `=`) is true. The outer `None` is what git calls a bad boolean.
pub fn parse_bool(value: Option<&BStr>) -> Option<bool> {
    let Some(value) = value else { return Some(true) };
    let is = |word: &str| value.eq_ignore_ascii_case(word.as_bytes());
    if is("true") || is("yes") || is("on") {
        Some(true)
    } else if value.is_empty() || is("false") || is("no") || is("off") {
        Some(false)
    } else {
        parse_int(value).filter(|n| n.unsigned_abs() <= i32::MAX as u64).map(|n| n != 0)
    }
}

/// A number with an optional unit `k`, `m` or `g` (powers of 1024): decimal, octal (`0…`) or hexadecimal
/// (`0x…`), as C's strtoimax reads it. `None` where git would complain.
pub fn parse_int(value: &BStr) -> Option<i64> {
    let mut rest = value.trim_start_with(|c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c'));
    let negative = rest.first() == Some(&b'-');
    if matches!(rest.first(), Some(b'-' | b'+')) {
        rest = &rest[1..];
    }
    let radix = match rest {
        [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit() => {
            rest = &rest[2..];
            16
        }
        [b'0', ..] => 8,
        _ => 10,
    };
    let digits = rest.iter().take_while(|b| (**b as char).is_digit(radix)).count();
    if digits == 0 {
        return None;
    }
    let mut number = 0i128;
    for digit in &rest[..digits] {
        number = number * i128::from(radix) + i128::from((*digit as char).to_digit(radix)?);
        if number > i128::from(u64::MAX) {
            return None;
        }
    }
    let unit = match &rest[digits..] {
        b"" => 1,
        b"k" | b"K" => 1 << 10,
        b"m" | b"M" => 1 << 20,
        b"g" | b"G" => 1 << 30,
        _ => return None,
    };
    // The smallest number of two's complement is out of git's range.
    i64::try_from(number * unit).ok().map(|number| if negative { -number } else { number })
}

/// `color.ui` and its like.
pub fn parse_color_when(value: Option<&BStr>) -> Option<ColorWhen> {
    if let Some(value) = value {
        for (word, when) in
            [("never", ColorWhen::Never), ("always", ColorWhen::Always), ("auto", ColorWhen::Auto)]
        {
            if value.eq_ignore_ascii_case(word.as_bytes()) {
                return Some(when);
            }
        }
    }
    parse_bool(value).map(|on| if on { ColorWhen::Auto } else { ColorWhen::Never })
}
