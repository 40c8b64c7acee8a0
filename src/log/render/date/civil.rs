//! Seconds to calendar dates, as the C library's `gmtime` does it.

/// A broken-down time in the proleptic Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Civil {
    /// The year; far beyond what C can hold it wraps as git's `int` does.
    pub(super) year: i64,
    /// 1–12.
    pub(super) month: u32,
    /// 1–31.
    pub(super) day: u32,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    /// 0 is Sunday.
    pub(super) weekday: u32,
    /// 0–365.
    pub(super) yearday: u32,
}

pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(super) fn days_in_year(year: i64) -> i64 {
    365 + i64::from(is_leap(year))
}

impl Civil {
    /// Breaks seconds since 1970 (UTC, or already shifted by an offset) down.
    ///
    /// `None` where C's `gmtime` fails: the year less 1900 doesn't fit 32 bits.
    pub(super) fn from_seconds(seconds: i64) -> Option<Civil> {
        let days = seconds.div_euclid(86_400);
        let in_day = seconds.rem_euclid(86_400) as u32;
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": eras of 400 years that begin in March.
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097) as u32;
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = i64::from(year_of_era) + era * 400 + i64::from(month <= 2);
        i32::try_from(year - 1900).ok()?;
        // Days from 1 January: March is day 59, or 60 in a leap year.
        let yearday =
            if month <= 2 { day_of_year - 306 } else { day_of_year + 59 + u32::from(is_leap(year)) };
        Some(Civil {
            year,
            month,
            day,
            hour: in_day / 3_600,
            minute: in_day / 60 % 60,
            second: in_day % 60,
            weekday: (days + 4).rem_euclid(7) as u32,
            yearday,
        })
    }
}
