//! The local time zone as the C library sees it: `TZ` or the system's default, resolved once.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Seconds in 400 Gregorian years: a whole number of weeks, after which every zone rule repeats.
const CYCLE: i64 = 146_097 * 86_400;
/// Times from here on (in the year 8000) are folded back by whole cycles: the zone crate ends with the year 9999.
const FOLD_FROM: i64 = 190_288_396_800;

/// Offsets from UTC over time.
#[derive(Debug)]
pub(super) enum Zone {
    /// No offset, ever; the abbreviation is what the C library prints for `%Z`.
    Utc(Vec<u8>),
    /// From a zone file or a POSIX rule.
    Rules(TimeZone),
}

impl Zone {
    /// Resolves `TZ` as glibc does: unset is `/etc/localtime`, empty is UTC, a leading colon is dropped, then a
    /// file below the zone directory wins over a POSIX rule, and what is neither is UTC.
    ///
    /// `None` if the zone counts leap seconds or is written in a way for which we don't know glibc's reading.
    pub(super) fn from_env() -> Option<Zone> {
        Self::from_tz(std::env::var_os("TZ").as_ref().map(|name| name.as_encoded_bytes()))
    }

    /// The same for a given value of `TZ`.
    pub(super) fn from_tz(name: Option<&[u8]>) -> Option<Zone> {
        let Some(name) = name else {
            return match std::fs::read("/etc/localtime") {
                Ok(data) => Self::from_file(&data)?,
                Err(_) => Some(Self::utc()),
            };
        };
        // What is set to nothing is a zone of this name, which may not be installed: then that is how it is abbreviated.
        let name: &[u8] = if name.is_empty() { b"Universal" } else { name };
        let name = name.strip_prefix(b":").unwrap_or(name);
        if name.is_empty() {
            return Some(Self::utc());
        }
        let text = std::str::from_utf8(name).ok()?;
        let directory = std::env::var_os("TZDIR").filter(|directory| !directory.is_empty());
        let directory = directory.map_or_else(|| PathBuf::from("/usr/share/zoneinfo"), PathBuf::from);
        if let Ok(data) = std::fs::read(directory.join(text))
            && let Some(zone) = Self::from_file(&data)
        {
            return zone;
        }
        Self::from_posix(text)
    }

    /// UTC by that name.
    pub(super) fn utc() -> Zone {
        Zone::Utc(b"UTC".to_vec())
    }

    /// Outer `None`: not a zone file. Inner `None`: one that we can't follow exactly.
    fn from_file(data: &[u8]) -> Option<Option<Zone>> {
        if !data.starts_with(b"TZif") {
            return None;
        }
        // RFC 8536: six counts after the 20 bytes of magic, version and padding; the third is that of leap seconds.
        let leap_seconds = data.get(28..32)?;
        if leap_seconds != [0; 4] {
            return Some(None);
        }
        Some(TimeZone::tzif("local", data).ok().map(Zone::Rules))
    }

    /// The plain forms of a POSIX rule: `EST5`, `<+05>-5:30`, `CET-1CEST,M3.5.0,M10.5.0/3`.
    fn from_posix(text: &str) -> Option<Zone> {
        let (name, rest) = split_name(text)?;
        if rest.is_empty() || rest.starts_with('/') {
            // A zone that isn't installed: glibc takes its first word for the abbreviation.
            return Some(Zone::Utc(name.as_bytes().to_vec()));
        }
        let rest = skip_offset(rest)?;
        if !rest.is_empty() {
            let (_, rest) = split_name(rest)?;
            let rules = if rest.starts_with(',') { rest } else { skip_offset(rest)? };
            let mut rules = rules.strip_prefix(',')?.split(',');
            let plain = |rule: &str| rule.starts_with('M');
            if !(rules.next().is_some_and(plain) && rules.next().is_some_and(plain) && rules.next().is_none())
            {
                return None;
            }
        }
        TimeZone::posix(text).ok().map(Zone::Rules)
    }

    /// The offset in seconds east of UTC at a time (seconds since 1970).
    pub(super) fn offset(&self, seconds: i64) -> i64 {
        match self {
            Zone::Utc(_) => 0,
            Zone::Rules(zone) => i64::from(zone.to_offset(timestamp(seconds)).seconds()),
        }
    }

    /// Appends the abbreviation in force at a time (seconds since 1970).
    pub(super) fn abbreviation(&self, seconds: i64, out: &mut Vec<u8>) {
        match self {
            Zone::Utc(name) => out.extend_from_slice(name),
            Zone::Rules(zone) => {
                out.extend_from_slice(zone.to_offset_info(timestamp(seconds)).abbreviation().as_bytes());
            }
        }
    }
}

fn timestamp(seconds: i64) -> Timestamp {
    let seconds =
        if seconds < FOLD_FROM { seconds } else { FOLD_FROM + (seconds - FOLD_FROM).rem_euclid(CYCLE) };
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Splits a leading zone abbreviation off: three or more letters, or anything plain in angle brackets.
fn split_name(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = match text.strip_prefix('<') {
        Some(quoted) => {
            let (name, rest) = quoted.split_once('>')?;
            let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'-');
            (plain.then_some(name)?, rest)
        }
        None => {
            let end = text.bytes().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(text.len());
            text.split_at(end)
        }
    };
    (name.len() >= 3).then_some((name, rest))
}

/// Skips `[+-]h[h][:mm[:ss]]`, at most 24 hours.
fn skip_offset(text: &str) -> Option<&str> {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    for (position, limit) in [24, 59, 59].into_iter().enumerate() {
        if position > 0 {
            match rest.strip_prefix(':') {
                Some(after) => rest = after,
                None => break,
            }
        }
        let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        if !(1..=2).contains(&digits.len()) || digits.parse::<u8>().ok()? > limit {
            return None;
        }
        rest = after;
    }
    Some(rest)
}
