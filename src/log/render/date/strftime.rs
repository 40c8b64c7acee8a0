//! `--date=format:…`: strftime in the C locale, with git's own reading of `%s`, `%z` and `%Z`.

use super::civil::{Civil, days_in_year};
use super::digits::{pad, signed_zone};
use super::{MONTHS, WEEKDAYS};

/// One piece of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(Vec<u8>),
    /// A conversion character and what to fill a number with (`None`: that conversion's habit).
    Field(u8, Option<Fill>),
}

/// What stands in front of a short number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fill {
    Nothing,
    Space,
    Zero,
}

/// A parsed strftime format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format(Vec<Piece>);

/// Values that git substitutes itself.
pub(super) struct Own<'a> {
    /// `%s`.
    pub(super) seconds: u64,
    /// `%z`, in git's decimal form.
    pub(super) zone: i32,
    /// `%Z`: appends the abbreviation; nothing except in the local modes.
    pub(super) abbreviation: &'a dyn Fn(&mut Vec<u8>),
}

impl Format {
    /// Reads a format. `None` if it has a conversion or modifier whose result we can't promise: glibc's
    /// extensions, `%E…`, `%O…`, widths, unknown letters, and what depends on a locale other than C.
    pub(super) fn parse(format: &[u8]) -> Option<Format> {
        let mut pieces = Vec::new();
        let mut rest = format;
        while let Some(percent) = memchr::memchr(b'%', rest) {
            if percent > 0 {
                pieces.push(Piece::Literal(rest[..percent].to_vec()));
            }
            rest = &rest[percent + 1..];
            let fill = match rest.first()? {
                b'-' => Some(Fill::Nothing),
                b'_' => Some(Fill::Space),
                b'0' => Some(Fill::Zero),
                _ => None,
            };
            rest = &rest[usize::from(fill.is_some())..];
            let (&letter, after) = rest.split_first()?;
            rest = after;
            let known: &[u8] = if fill.is_some() {
                b"deHIjklmMSUVWyYGuw"
            } else {
                b"aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%"
            };
            if !known.contains(&letter) || b"aAbBchpPrxX".contains(&letter) && !c_locale() {
                return None;
            }
            pieces.push(Piece::Field(letter, fill));
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_vec()));
        }
        Some(Format(pieces))
    }

    /// Appends the formatted time.
    pub(super) fn show(&self, civil: &Civil, own: &Own<'_>, out: &mut Vec<u8>) {
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => out.extend_from_slice(text),
                Piece::Field(letter, fill) => show_field(*letter, *fill, civil, own, out),
            }
        }
    }
}

fn show_field(letter: u8, fill: Option<Fill>, civil: &Civil, own: &Own<'_>, out: &mut Vec<u8>) {
    let number = |value: i64, width: usize, habit: Fill, out: &mut Vec<u8>| match fill.unwrap_or(habit) {
        Fill::Nothing => pad(value, 0, b'0', out),
        Fill::Space => pad(value, width, b' ', out),
        Fill::Zero => pad(value, width, b'0', out),
    };
    let two = |value: i64, out: &mut Vec<u8>| number(value, 2, Fill::Zero, out);
    let each = |letters: &[u8], between: u8, out: &mut Vec<u8>| {
        for (position, &letter) in letters.iter().enumerate() {
            if position > 0 {
                out.push(between);
            }
            show_field(letter, None, civil, own, out);
        }
    };
    let (year, hour) = (civil.year, i64::from(civil.hour));
    let twelve = (hour + 11) % 12 + 1;
    let weekday = i64::from(civil.weekday);
    let yearday = i64::from(civil.yearday);
    match letter {
        b'a' => out.extend_from_slice(&WEEKDAYS[civil.weekday as usize].as_bytes()[..3]),
        b'A' => out.extend_from_slice(WEEKDAYS[civil.weekday as usize].as_bytes()),
        b'b' | b'h' => out.extend_from_slice(&MONTHS[civil.month as usize - 1].as_bytes()[..3]),
        b'B' => out.extend_from_slice(MONTHS[civil.month as usize - 1].as_bytes()),
        b'c' => {
            each(b"abeTY", b' ', out);
        }
        b'C' => two(year.div_euclid(100), out),
        b'd' => two(i64::from(civil.day), out),
        b'D' | b'x' => each(b"mdy", b'/', out),
        b'e' => number(i64::from(civil.day), 2, Fill::Space, out),
        b'F' => each(b"Ymd", b'-', out),
        b'g' => two(iso_week(civil).0.rem_euclid(100), out),
        b'G' => number(iso_week(civil).0, 4, Fill::Nothing, out),
        b'H' => two(hour, out),
        b'I' => two(twelve, out),
        b'j' => number(yearday + 1, 3, Fill::Zero, out),
        b'k' => number(hour, 2, Fill::Space, out),
        b'l' => number(twelve, 2, Fill::Space, out),
        b'm' => two(i64::from(civil.month), out),
        b'M' => two(i64::from(civil.minute), out),
        b'n' => out.push(b'\n'),
        b'p' => out.extend_from_slice(if hour < 12 { b"AM" } else { b"PM" }),
        b'P' => out.extend_from_slice(if hour < 12 { b"am" } else { b"pm" }),
        b'r' => {
            each(b"IMS", b':', out);
            out.push(b' ');
            show_field(b'p', None, civil, own, out);
        }
        b'R' => each(b"HM", b':', out),
        b's' => pad_unsigned(own.seconds, out),
        b'S' => two(i64::from(civil.second), out),
        b't' => out.push(b'\t'),
        b'T' | b'X' => each(b"HMS", b':', out),
        b'u' => number((weekday + 6) % 7 + 1, 1, Fill::Zero, out),
        b'U' => two((yearday + 7 - weekday) / 7, out),
        b'V' => two(iso_week(civil).1, out),
        b'w' => number(weekday, 1, Fill::Zero, out),
        b'W' => two((yearday + 7 - (weekday + 6) % 7) / 7, out),
        b'y' => two(year.rem_euclid(100), out),
        b'Y' => number(year, 4, Fill::Nothing, out),
        b'z' => signed_zone(own.zone, out),
        b'Z' => (own.abbreviation)(out),
        other => out.push(other),
    }
}

fn pad_unsigned(value: u64, out: &mut Vec<u8>) {
    match i64::try_from(value) {
        Ok(value) => pad(value, 0, b'0', out),
        Err(_) => out.extend_from_slice(value.to_string().as_bytes()),
    }
}

/// The ISO 8601 year and week: weeks start on Monday and belong to the year that has their Thursday.
fn iso_week(civil: &Civil) -> (i64, i64) {
    let monday_based = (i64::from(civil.weekday) + 6) % 7;
    let thursday = i64::from(civil.yearday) - monday_based + 3;
    if thursday < 0 {
        let year = civil.year - 1;
        (year, (thursday + days_in_year(year)) / 7 + 1)
    } else if thursday >= days_in_year(civil.year) {
        (civil.year + 1, 1)
    } else {
        (civil.year, thursday / 7 + 1)
    }
}

/// Whether the time locale is C's, judged from the environment (a locale that isn't installed counts as another).
fn c_locale() -> bool {
    let value = ["LC_ALL", "LC_TIME", "LANG"]
        .into_iter()
        .filter_map(std::env::var_os)
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    ["", "C", "POSIX", "C.UTF-8", "C.utf8"].iter().any(|name| value == *name)
}
