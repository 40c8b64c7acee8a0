//! `--date`: the modes in which git shows times, byte for byte.
//!
//! What a commit header says is parsed elsewhere; translated messages (`relative` under another language) are the
//! caller's to hand to git.

mod civil;
mod digits;
mod relative;
mod strftime;
mod zone;

#[cfg(test)]
mod tests;

use civil::Civil;
use digits::{pad, signed_zone, two};
pub use strftime::Format;
use zone::Zone;

use crate::log::commit::Time;

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
];

/// A parsed `--date=` / `log.date` value. `local`: in the local time zone instead of the recorded one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // `local` says the same everywhere.
pub enum DateMode {
    /// `Thu Jan 1 00:00:00 1970 +0000`; no zone if local.
    Default { local: bool },
    /// `1970-01-01 00:00:00 +0000`
    Iso { local: bool },
    /// `1970-01-01T00:00:00Z`
    IsoStrict { local: bool },
    /// `Thu, 1 Jan 1970 00:00:00 +0000`
    Rfc2822 { local: bool },
    /// `1970-01-01`
    Short { local: bool },
    /// `0 +0000`
    Raw { local: bool },
    /// `0`
    Unix,
    /// As little as tells the time, depending on how long ago it is.
    Human { local: bool },
    /// `3 days ago`
    Relative,
    /// `format:…`
    Strftime { format: Format, local: bool },
}

impl DateMode {
    /// Reads the value of `--date=` or `log.date`; `to_terminal` (standard output is a terminal or git's pager)
    /// decides about `auto:…`.
    ///
    /// `None` for what git rejects, and for what we can't show exactly: rare strftime conversions, and a local mode
    /// under a `TZ` that isn't understood. The caller hands both to git.
    pub fn parse(spec: &[u8], to_terminal: bool) -> Option<DateMode> {
        let spec = match spec.strip_prefix(b"auto:") {
            Some(spec) if to_terminal => spec,
            Some(_) => b"default",
            None => spec,
        };
        if spec == b"local" {
            return Self::parse(b"default-local", to_terminal);
        }
        if let Some(format) = spec.strip_prefix(b"format:") {
            return Some(DateMode::Strftime { format: Format::parse(format)?, local: false });
        }
        let mode = if let Some(format) = spec.strip_prefix(b"format-local:") {
            DateMode::Strftime { format: Format::parse(format)?, local: true }
        } else {
            let (name, local) = match spec.strip_suffix(b"-local") {
                Some(name) => (name, true),
                None => (spec, false),
            };
            match name {
                b"default" => DateMode::Default { local },
                b"iso" | b"iso8601" => DateMode::Iso { local },
                b"iso-strict" | b"iso8601-strict" => DateMode::IsoStrict { local },
                b"rfc" | b"rfc2822" => DateMode::Rfc2822 { local },
                b"short" => DateMode::Short { local },
                b"raw" => DateMode::Raw { local },
                b"unix" => DateMode::Unix,
                b"human" => DateMode::Human { local },
                b"relative" => DateMode::Relative,
                _ => return None,
            }
        };
        if (mode.is_local() || matches!(mode, DateMode::Human { .. })) && Zone::from_env().is_none() {
            return None;
        }
        Some(mode)
    }

    fn is_local(&self) -> bool {
        match self {
            DateMode::Default { local }
            | DateMode::Iso { local }
            | DateMode::IsoStrict { local }
            | DateMode::Rfc2822 { local }
            | DateMode::Short { local }
            | DateMode::Raw { local }
            | DateMode::Human { local }
            | DateMode::Strftime { local, .. } => *local,
            DateMode::Unix | DateMode::Relative => false,
        }
    }
}

/// What dates are shown relative to and in which local zone.
#[derive(Debug)]
pub struct DateContext {
    /// Seconds since 1970.
    now: i64,
    /// `now` in the local zone.
    now_local: Civil,
    /// The local zone's offset at `now`, in git's decimal form.
    now_zone: i32,
    local: Zone,
}

impl DateContext {
    /// The context of this process; the clock is read once.
    pub fn shared() -> &'static DateContext {
        static CONTEXT: std::sync::OnceLock<DateContext> = std::sync::OnceLock::new();
        CONTEXT.get_or_init(DateContext::from_env)
    }

    /// Takes the time from the system clock, or from `GIT_TEST_DATE_NOW` as git does, and the zone from `TZ` or the
    /// system's default. (A zone that isn't understood is UTC here: [`DateMode::parse`] refuses the modes that would
    /// show it.)
    pub fn from_env() -> DateContext {
        let now = match std::env::var_os("GIT_TEST_DATE_NOW") {
            Some(text) => atoi(text.as_encoded_bytes()),
            None => {
                let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                clock.map_or(0, |since| since.as_secs() as i64)
            }
        };
        Self::new(now, Zone::from_env().unwrap_or_else(Zone::utc))
    }

    fn new(now: i64, local: Zone) -> DateContext {
        let (now_local, now_zone) = in_local_zone(&local, now);
        DateContext { now, now_local, now_zone, local }
    }

    /// Whether only git can answer for this time: it dies with `Timestamp before Unix epoch` or `Timestamp too large`,
    /// or the year is so far away that the C library's arithmetic on zones or in strftime overflows. (What
    /// [`DateContext::show`] shows instead isn't git's answer.)
    pub fn needs_git(&self, time: Time, mode: &DateMode) -> bool {
        if matches!(mode, DateMode::Raw { local: false } | DateMode::Unix | DateMode::Relative) {
            return false;
        }
        if (mode.is_local() || matches!(mode, DateMode::Strftime { .. })) && time.seconds > LAST_PLAIN {
            return true;
        }
        !mode.is_local()
            && time.seconds.checked_add(zone_seconds(time.zone)).is_none_or(|seconds| seconds < 0)
    }

    /// Appends a time as the mode wants it. `time.seconds` is what git would use (0 for what doesn't fit
    /// 63 bits).
    pub fn show(&self, time: Time, mode: &DateMode, out: &mut Vec<u8>) {
        match mode {
            DateMode::Unix => return pad(time.seconds, 0, b'0', out),
            DateMode::Relative => return relative::show(time.seconds, self.now, out),
            _ => {}
        }
        let (civil, zone) = if mode.is_local() {
            in_local_zone(&self.local, time.seconds)
        } else {
            let shifted = time.seconds.saturating_add(zone_seconds(time.zone));
            let civil = if shifted < 0 { None } else { Civil::from_seconds(shifted) };
            match civil {
                Some(civil) => (civil, time.zone),
                None if matches!(mode, DateMode::Raw { .. }) => (EPOCH, time.zone),
                None => (EPOCH, 0),
            }
        };
        match mode {
            DateMode::Default { local } => {
                show_default(&civil, out);
                // git's "no zone to compare with" is the number -1, so the zone -0001 is never shown.
                if !local && zone != -1 {
                    out.push(b' ');
                    signed_zone(zone, out);
                }
            }
            DateMode::Iso { .. } => {
                show_day(&civil, out);
                out.push(b' ');
                show_clock(&civil, out);
                out.push(b' ');
                signed_zone(zone, out);
            }
            DateMode::IsoStrict { .. } => {
                show_day(&civil, out);
                out.push(b'T');
                show_clock(&civil, out);
                if zone == 0 {
                    out.push(b'Z');
                } else {
                    let zone = i64::from(zone);
                    out.push(if zone < 0 { b'-' } else { b'+' });
                    pad(zone.abs() / 100, 2, b'0', out);
                    out.push(b':');
                    pad(zone.abs() % 100, 2, b'0', out);
                }
            }
            DateMode::Rfc2822 { .. } => {
                out.extend_from_slice(short_name(WEEKDAYS[civil.weekday as usize]));
                out.extend_from_slice(b", ");
                pad(i64::from(civil.day), 0, b'0', out);
                out.push(b' ');
                out.extend_from_slice(short_name(MONTHS[civil.month as usize - 1]));
                out.push(b' ');
                pad(wrapped_year(&civil), 0, b'0', out);
                out.push(b' ');
                show_clock(&civil, out);
                out.push(b' ');
                signed_zone(zone, out);
            }
            DateMode::Short { .. } => show_day(&civil, out),
            DateMode::Raw { .. } => {
                pad(time.seconds, 0, b'0', out);
                out.push(b' ');
                signed_zone(zone, out);
            }
            DateMode::Human { local } => self.show_human(time.seconds, &civil, zone, *local, out),
            DateMode::Strftime { format, local } => {
                let abbreviation = |out: &mut Vec<u8>| {
                    if *local {
                        self.local.abbreviation(time.seconds, out);
                    }
                };
                let seconds = git_seconds(&civil).wrapping_sub(zone_seconds(zone)) as u64;
                format.show(&civil, &strftime::Own { seconds, zone, abbreviation: &abbreviation }, out);
            }
            DateMode::Unix | DateMode::Relative => {}
        }
    }

    /// `human`: today relative, this year without the year, else the day alone.
    fn show_human(&self, seconds: i64, civil: &Civil, zone: i32, local: bool, out: &mut Vec<u8>) {
        let now = &self.now_local;
        let same_year = civil.year == now.year;
        let same_month = same_year && civil.month == now.month;
        if same_month && civil.day == now.day {
            return relative::show(seconds, self.now, out);
        }
        // A few days back in this month the weekday says it.
        let weekday_only = same_month && civil.day < now.day && civil.day + 5 > now.day;
        if same_year {
            out.extend_from_slice(short_name(WEEKDAYS[civil.weekday as usize]));
            out.push(b' ');
        }
        if !weekday_only {
            out.extend_from_slice(short_name(MONTHS[civil.month as usize - 1]));
            out.push(b' ');
            pad(i64::from(civil.day), 0, b'0', out);
            out.push(b' ');
        }
        if !same_year {
            return pad(wrapped_year(civil), 0, b'0', out);
        }
        two(civil.hour, out);
        out.push(b':');
        two(civil.minute, out);
        if weekday_only && !local && zone != self.now_zone {
            out.push(b' ');
            signed_zone(zone, out);
        }
    }
}

/// In the year 2,231,866. strftime's years end with 32 bits, and glibc computes the days since 1970 of a rule's changes in 32 bits, which are exhausted
/// some million years later.
const LAST_PLAIN: i64 = 1 << 46;

/// 1970-01-01T00:00:00: what git shows instead of a time that the C library can't break down.
const EPOCH: Civil =
    Civil { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, weekday: 4, yearday: 0 };

/// The seconds in a zone in git's decimal form (`-0330`), whatever its digits.
fn zone_seconds(zone: i32) -> i64 {
    let zone = i64::from(zone);
    (zone / 100 * 60 + zone % 100) * 60
}

/// A time in the local zone, and that zone in git's decimal form. git finds the latter by comparing the local
/// calendar date with the time, for which it knows the years 1970 to 2099 only: elsewhere it is 0.
fn in_local_zone(local: &Zone, seconds: i64) -> (Civil, i32) {
    let offset = local.offset(seconds);
    let Some(civil) = seconds.checked_add(offset).and_then(Civil::from_seconds) else {
        return (EPOCH, 0);
    };
    if git_seconds(&civil) == -1 {
        return (civil, 0);
    }
    let minutes = (offset / 60) as i32;
    (civil, minutes / 60 * 100 + minutes % 60)
}

/// The inverse of [`Civil::from_seconds`] within the years that git computes it for, else -1.
fn git_seconds(civil: &Civil) -> i64 {
    let years = civil.year - 1970;
    if !(0..130).contains(&years) {
        return -1;
    }
    let days = years * 365 + (years + 1) / 4 + i64::from(civil.yearday);
    days * 86_400 + i64::from(civil.hour * 3_600 + civil.minute * 60 + civil.second)
}

/// git adds 1900 in 32 bits.
fn wrapped_year(civil: &Civil) -> i64 {
    i64::from(civil.year as i32)
}

fn short_name(name: &str) -> &[u8] {
    &name.as_bytes()[..3]
}

/// `Thu Jan 1 00:00:00 1970`
fn show_default(civil: &Civil, out: &mut Vec<u8>) {
    out.extend_from_slice(short_name(WEEKDAYS[civil.weekday as usize]));
    out.push(b' ');
    out.extend_from_slice(short_name(MONTHS[civil.month as usize - 1]));
    out.push(b' ');
    pad(i64::from(civil.day), 0, b'0', out);
    out.push(b' ');
    show_clock(civil, out);
    out.push(b' ');
    pad(wrapped_year(civil), 0, b'0', out);
}

/// `1970-01-01`
fn show_day(civil: &Civil, out: &mut Vec<u8>) {
    pad(wrapped_year(civil), 4, b'0', out);
    out.push(b'-');
    two(civil.month, out);
    out.push(b'-');
    two(civil.day, out);
}

/// `00:00:00`
fn show_clock(civil: &Civil, out: &mut Vec<u8>) {
    two(civil.hour, out);
    out.push(b':');
    two(civil.minute, out);
    out.push(b':');
    two(civil.second, out);
}

/// C's `atoi`: optional white space and sign, then digits; 0 if there are none.
fn atoi(text: &[u8]) -> i64 {
    let text = text.trim_ascii_start();
    let (negative, digits) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let value = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0i64, |value, byte| value.saturating_mul(10).saturating_add(i64::from(byte - b'0')));
    i64::from(if negative { -value } else { value } as i32)
}
