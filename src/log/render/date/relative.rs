//! `3 days ago`.

use super::digits::pad;

/// Appends how long before `now` a time is (both in seconds since 1970). Each unit is rounded to the nearest.
pub(super) fn show(seconds: i64, now: i64, out: &mut Vec<u8>) {
    if now < seconds {
        return out.extend_from_slice(b"in the future");
    }
    let elapsed = now.abs_diff(seconds);
    if elapsed < 90 {
        return ago(elapsed, "second", out);
    }
    let minutes = elapsed.saturating_add(30) / 60;
    if minutes < 90 {
        return ago(minutes, "minute", out);
    }
    let hours = (minutes + 30) / 60;
    if hours < 36 {
        return ago(hours, "hour", out);
    }
    let days = (hours + 12) / 24;
    if days < 14 {
        return ago(days, "day", out);
    }
    if days < 70 {
        return ago((days + 3) / 7, "week", out);
    }
    if days < 365 {
        return ago((days + 15) / 30, "month", out);
    }
    if days >= 5 * 365 {
        return ago((days + 183) / 365, "year", out);
    }
    let months = (days * 12 * 2 + 365) / (365 * 2);
    if months.is_multiple_of(12) {
        return ago(months / 12, "year", out);
    }
    count(months / 12, "year", out);
    out.extend_from_slice(b", ");
    ago(months % 12, "month", out);
}

fn ago(number: u64, unit: &str, out: &mut Vec<u8>) {
    count(number, unit, out);
    out.extend_from_slice(b" ago");
}

fn count(number: u64, unit: &str, out: &mut Vec<u8>) {
    // At most the minutes in 2^64 seconds.
    pad(number as i64, 0, b'0', out);
    out.push(b' ');
    out.extend_from_slice(unit.as_bytes());
    if number != 1 {
        out.push(b's');
    }
}
