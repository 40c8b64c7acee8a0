//! Against `git log --date=…`.

use super::super::oracle::{Random, Repository};
use super::*;
use crate::repo::git::{ANY, installed_is};

const PLAIN: &[&str] = &[
    "default",
    "local",
    "iso",
    "iso8601-local",
    "iso-strict",
    "iso8601-strict-local",
    "rfc",
    "rfc2822-local",
    "short",
    "short-local",
    "raw",
    "raw-local",
    "unix",
    "unix-local",
    "human",
    "human-local",
    "relative",
    "relative-local",
    "auto:iso",
    "default-local",
];

const FORMATS: &[&str] = &[
    "format:%a %A %b %B %c %C|%d %D %e %F %g %G %h %H %I %j|%k %l %m %M %n %p %P %r %R %s|%S %t %T %u %U %V %w %W",
    "format-local:%x %X %y %Y %z %Z %% %s|%c %G-W%V-%u %U %W %w",
    "format:%-d %-e %-H %-I %-j %-k %-l %-m|%-M %-S %-U %-W %-V %-y %-Y %-G %-u %-w",
    "format-local:%_d %_e %_H %_I %_j %_k %_l %_m|%_M %_S %_U %_W %_V %_y",
    "format:%0d %0e %0H %0I %0j %0k %0l %0m|%0M %0S %0U %0W %0V %0y",
    "format:",
    "format-local:%Z",
    "format:%Z",
    "format:%%s%%%s%%",
    "format:100\u{a0}%n\u{e9}",
];

const ZONES: &[&str] = &[
    "",
    "UTC",
    "Europe/Berlin",
    ":America/New_York",
    "EST5EDT",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "Not/There",
    "Nonsense",
    "ABC-3",
    "<+0545>-5:45",
    "AAA3BBB,M3.2.0,M11.1.0",
    "AAA-10BBB-11:30,M10.1.0/1:15,M4.5.6/4",
    "/usr/share/zoneinfo/Asia/Tokyo",
    "ABC12:34:56",
    ":",
];

fn parse_zone(zone: &str) -> i32 {
    zone.parse().expect("a number")
}

/// Times that lie around the borders of the modes' thresholds, of days and years, and of what C can do.
fn times(random: &mut Random, now: i64) -> Vec<(i64, String)> {
    let mut times = Vec::new();
    let day = 86_400;
    for seconds in [
        0,
        1,
        1_000_000,
        2_147_483_647,
        2_147_483_648,
        4_102_444_799,
        4_102_444_800,
        253_402_300_800,
        1 << 40,
        1 << 45,
        1 << 46,
        1 << 55,
        67_768_036_191_676_799,
        67_768_036_191_676_800,
        1 << 62,
    ] {
        times.extend([(seconds, "+0000".to_string()), (seconds + 50_000, "-0330".to_string())]);
    }
    for zone in ["+1400", "-1200", "+0545", "+9999", "-9999", "+0075", "-0001", "+0001", "-0000", "+99999"] {
        times.push((1_700_000_000, zone.to_string()));
    }
    for border in [90, 90 * 60, 36 * 3_600, 14 * day, 70 * day, 365 * day, 5 * 365 * day] {
        times.extend((-40..40).map(|step| (now - border + step * (border / 300 + 1), "+0100".to_string())));
    }
    for month in 11..62 {
        times
            .extend([-1, 0, 1].map(|step| (now - (month * 365 + step * 12) * day / 12, "-0800".to_string())));
    }
    for hours in -400..400 {
        let zone = random.pick(&["+0000", "+0100", "-0500", "+1300", "-1100"]).to_string();
        times.push((now - hours * 3_600 + random.below(3_600) as i64, zone));
    }
    for _ in 0..800 {
        let seconds = match random.below(4) {
            0 => now - random.below(400 * 86_400) as i64,
            1 => 86_400 + random.below(1 << 32) as i64,
            2 => 86_400 + random.below(1 << 38) as i64,
            _ => 86_400 + random.below(1 << 31) as i64,
        };
        let minutes = random.below(24 * 60) as i32 - 12 * 60;
        let zone = minutes / 60 * 100 + minutes % 60;
        times.push((seconds, format!("{}{:04}", if zone < 0 { '-' } else { '+' }, zone.abs())));
    }
    times.retain(|&(seconds, _)| seconds >= 0);
    times
}

fn is_limited(mode: &DateMode) -> bool {
    mode.is_local() || matches!(mode, DateMode::Strftime { .. })
}

fn repository(times: &[(i64, String)]) -> Repository {
    Repository::new(times.iter().map(|(seconds, zone)| (format!("{seconds} {zone}"), b"s\n".as_slice())))
}

fn compare(repository: &Repository, times: &[(i64, String)], now: i64, tz: &str, spec: &str) {
    let date = format!("--date={spec}");
    let now_text = now.to_string();
    let expected = repository.log("%ad", &[&date], &[("TZ", tz), ("GIT_TEST_DATE_NOW", &now_text)]);
    assert_eq!(expected.len(), times.len());
    let Some(zone) = Zone::from_tz(Some(tz.as_bytes())) else {
        // Where a package of its own has the old names, the C library makes rules up.
        let is_old = tz == "EST5EDT" && !std::path::Path::new("/usr/share/zoneinfo/EST5EDT").exists();
        assert!(is_old, "TZ={tz}");
        return;
    };
    let context = DateContext::new(now, zone);
    let mode = DateMode::parse(spec.as_bytes(), false).expect("a mode that is understood");
    if matches!(mode, DateMode::IsoStrict { .. }) && !installed_is((2, 45), ANY, "strict ISO dates") {
        return;
    }
    for ((seconds, zone), expected) in times.iter().zip(expected) {
        let time = Time { seconds: *seconds, zone: parse_zone(zone) };
        if is_limited(&mode) && *seconds > LAST_PLAIN {
            assert!(context.needs_git(time, &mode));
            continue;
        }
        assert!(!context.needs_git(time, &mode), "{seconds} {zone} {spec}");
        let mut ours = Vec::new();
        context.show(time, &mode, &mut ours);
        assert_eq!(
            String::from_utf8_lossy(&ours),
            String::from_utf8_lossy(&expected),
            "{seconds} {zone} at {now}, TZ={tz}, --date={spec}"
        );
    }
}

#[test]
fn every_mode_is_gits() {
    let mut random = Random::seeded();
    for _ in 0..2 {
        let now = 1_000_000_000 + random.below(1_000_000_000) as i64;
        let times = times(&mut random, now);
        let repository = repository(&times);
        for spec in PLAIN.iter().chain(FORMATS) {
            let tz = random.pick(ZONES);
            compare(&repository, &times, now, tz, spec);
        }
        for tz in ZONES {
            compare(&repository, &times, now, tz, "format-local:%F %T %z %Z");
            compare(&repository, &times, now, tz, "human");
        }
    }
}

#[test]
fn human_dates_are_gits_on_any_day() {
    let mut random = Random::seeded();
    for now in [1_709_164_800, 1_735_689_599, 1_704_067_200, 1_698_537_600, 2_147_483_000] {
        let times = times(&mut random, now);
        let repository = repository(&times);
        for tz in ["UTC", "Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland"] {
            compare(&repository, &times, now, tz, "human");
            compare(&repository, &times, now, tz, "human-local");
        }
    }
}

#[test]
fn every_installed_zone_is_the_c_librarys() {
    let mut random = Random::seeded();
    let list =
        std::fs::read_to_string("/usr/share/zoneinfo/tzdata.zi").expect("the list of zones is installed");
    let zones: Vec<&str> =
        list.lines().filter_map(|line| line.strip_prefix("Z ")?.split(' ').next()).collect();
    assert!(zones.len() > 200, "{} zones", zones.len());
    let times: Vec<(i64, String)> = (0..600)
        .map(|_| ((random.next() >> (24 + random.below(9))) as i64 >> 2, "+0000".to_string()))
        .collect();
    let repository = repository(&times);
    for tz in zones {
        compare(&repository, &times, 1, tz, "format-local:%F %T %z %Z");
    }
}

#[test]
fn fatal_times_are_gits() {
    for (seconds, zone, fatal) in [
        (0, "-0500", true),
        (0, "+0500", false),
        (17_999, "-0500", true),
        (18_000, "-0500", false),
        (i64::MAX, "+0100", true),
        (i64::MAX, "-0100", false),
        (59, "-0001", true),
    ] {
        let repository = repository(&[(seconds, zone.to_string())]);
        for spec in ["default", "raw", "unix", "relative", "iso", "iso-local", "human", "short", "format:%s"]
        {
            let date = format!("--date={spec}");
            let (success, ..) = repository.try_run(&["log", "--format=%ad", &date], &[], b"");
            let mode = DateMode::parse(spec.as_bytes(), false).expect("a mode");
            let time = Time { seconds, zone: parse_zone(zone) };
            let context = DateContext::new(1, Zone::utc());
            let far = is_limited(&mode) && seconds > LAST_PLAIN;
            assert_eq!(context.needs_git(time, &mode), !success || far, "{seconds} {zone} {spec}");
            assert_eq!(success, !fatal || ["raw", "unix", "relative", "iso-local"].contains(&spec));
            context.show(time, &mode, &mut Vec::new());
        }
    }
}

#[test]
fn only_gits_modes_are_modes() {
    let repository = repository(&[(1_700_000_000, "+0000".to_string())]);
    for spec in [
        "",
        "iso",
        "ISO",
        "isox",
        "iso8601-strict-local",
        "iso-local-strict",
        "local",
        "local-local",
        "unix-local",
        "relative-local",
        "default-local-local",
        "format",
        "format-local",
        "formatx:",
        "auto:iso",
        "auto:auto:iso",
        "auto:",
        "auto:nonsense",
        "auto",
        "rfc3339",
        "human-local",
        "short",
        "strict",
        "raw-",
        "-local",
    ] {
        let date = format!("--date={spec}");
        let (success, ..) = repository.try_run(&["log", "--format=%ad", &date], &[], b"");
        assert_eq!(DateMode::parse(spec.as_bytes(), false).is_some(), success, "{spec:?}");
    }
    assert_eq!(DateMode::parse(b"auto:iso", true), Some(DateMode::Iso { local: false }));
    assert_eq!(DateMode::parse(b"auto:iso", false), Some(DateMode::Default { local: false }));
    assert_eq!(DateMode::parse(b"auto:", true), None);
}

#[test]
fn what_is_not_exact_is_refused() {
    for spec in ["format:%E", "format:%", "format:%5d", "format:%Od", "format:%N", "format:%-s", "format:%^a"]
    {
        assert_eq!(DateMode::parse(spec.as_bytes(), true), None, "{spec}");
    }
    for tz in ["AAA3BBB", "AAA3BBB,J60,J300", "AAA25", "Fo", "AAA3x", "europe berlin", "\u{e9}\u{e9}3", "a/b"]
    {
        assert!(Zone::from_tz(Some(tz.as_bytes())).is_none(), "{tz}");
    }
    assert!(Zone::from_tz(Some(b"\xff\xfe")).is_none());
}

#[test]
fn now_is_read_as_c_reads_numbers() {
    for (text, value) in [("1700000000", 1_700_000_000), (" +12x", 12), ("-5", -5), ("", 0), ("x", 0)] {
        assert_eq!(atoi(text.as_bytes()), value, "{text:?}");
    }
}

/// Found by changing bytes: only a damaged index has such times.
#[test]
fn times_as_far_away_as_can_be() {
    for (seconds, now, shown) in [
        (i64::MIN, i64::MAX, "584942417355 years ago"),
        (i64::MIN, 0, "292471208678 years ago"),
        (0, i64::MAX, "292471208678 years ago"),
        (i64::MAX, 0, "in the future"),
    ] {
        let mut out = Vec::new();
        let time = Time { seconds, zone: 0 };
        DateContext::new(now, Zone::utc()).show(time, &DateMode::Relative, &mut out);
        assert_eq!(out, shown.as_bytes());
    }
}
