//! Spans of time as people write them.

use std::time::Duration;

/// A number with a unit: `ms`, `s`, `m`, `h` or `d`; seconds without one.
///
/// # Errors
/// What is wrong with it, for people.
pub fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    if number.is_empty() {
        return Err("expected a number and a unit, as in 10m".to_owned());
    }
    let too_long = || "too long".to_owned();
    let number: u64 = number.parse().map_err(|_| too_long())?;
    let milliseconds = match unit {
        "ms" => Some(number),
        "" | "s" => number.checked_mul(1000),
        "m" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        "d" => number.checked_mul(86_400_000),
        _ => return Err(format!("unknown unit '{unit}': ms, s, m, h or d")),
    };
    // A year is enough for everybody, and the sum with now can't overflow.
    milliseconds.filter(|ms| *ms <= 366 * 24 * 3_600_000).map(Duration::from_millis).ok_or_else(too_long)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, expected) in [
            ("90", 90_000),
            ("90s", 90_000),
            ("10m", 600_000),
            ("2h", 7_200_000),
            ("1d", 86_400_000),
            ("5ms", 5),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(expected)), "{text}");
        }
        for text in ["", "m", "1w", "-1s", "99999999999h", "99999999999999999999h", "1.5h"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
