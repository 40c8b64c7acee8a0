//! Whether the machine runs on mains. Linux tells it below `/sys/class/power_supply`.

use std::fs;
use std::path::Path;

/// Where Linux tells about power supplies.
pub(super) const SUPPLIES: &str = "/sys/class/power_supply";

/// A machine without any battery is on mains; one with a battery if that is not discharging.
pub(super) fn on_mains(supplies: &Path) -> bool {
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let (mut plugged, mut discharging) = (false, false);
    for supply in fs::read_dir(supplies).into_iter().flatten().flatten().map(|entry| entry.path()) {
        match read(&supply.join("type")).as_str() {
            // The battery of a mouse says nothing about the machine.
            "Battery" if read(&supply.join("scope")) != "Device" => {
                discharging |= read(&supply.join("status")) == "Discharging";
            }
            "Mains" | "USB" => plugged |= read(&supply.join("online")) == "1",
            _ => {}
        }
    }
    plugged || !discharging
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supplies() {
        let cases: &[(&[(&str, &str)], bool)] = &[
            (&[], true),
            (&[("BAT0/type", "Battery"), ("BAT0/status", "Discharging")], false),
            (&[("BAT0/type", "Battery"), ("BAT0/status", "Charging")], true),
            (
                &[
                    ("BAT0/type", "Battery"),
                    ("BAT0/status", "Discharging"),
                    ("AC/type", "Mains"),
                    ("AC/online", "1"),
                ],
                true,
            ),
            (&[("mouse/type", "Battery"), ("mouse/scope", "Device"), ("mouse/status", "Discharging")], true),
        ];
        for (files, expected) in cases {
            let dir = tempfile::tempdir().expect("a directory");
            for (name, content) in *files {
                let path = dir.path().join(name);
                fs::create_dir_all(path.parent().expect("a file has one")).expect("writable");
                fs::write(path, format!("{content}\n")).expect("writable");
            }
            assert_eq!(on_mains(dir.path()), *expected, "{files:?}");
        }
    }
}
