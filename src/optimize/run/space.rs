//! Whether there is room on the disk for what a task writes before it deletes what it replaces.

use std::path::Path;

/// So much must be left for everybody else.
const MARGIN: u64 = 64 << 20;

/// Why there is not; `None` when there is, or when the system does not tell.
pub(super) fn lacks(dir: &Path, bytes: u64) -> Option<String> {
    let free = free(dir)?;
    // Deltas may come out worse than they were.
    let wanted = bytes + bytes / 10 + MARGIN;
    (free < wanted).then(|| format!("it may need {}, and {} are free", size(wanted), size(free)))
}

fn free(dir: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(dir).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Bytes for people, in powers of 1000.
pub(crate) fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB", "PB"];
    let mut value = bytes as f64;
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut at = 0;
    value /= 1000.0;
    while value >= 999.95 && at + 1 < units.len() {
        value /= 1000.0;
        at += 1;
    }
    format!("{value:.1} {}", units[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (bytes, text) in
            [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_234_567, "1.2 MB"), (999_999_999, "1.0 GB")]
        {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn nobody_has_that_much_room() {
        let here = std::env::temp_dir();
        assert!(lacks(&here, u64::MAX / 4).is_some());
        assert_eq!(lacks(Path::new("/nonexistent"), 1), None);
    }
}
