//! Which times are old enough to be trusted.
//!
//! What is changed while a scan looks at it, or after that within the same tick of the clock that stamps files, may have
//! the times that the scan has seen. So nothing is remembered under times that the scan, or what comes after it, could
//! have been stamped with. Of what is mounted below the worktree, nothing is: another clock may be at work there.

use std::time::Duration;

use super::snapshot::Identity;

/// Clocks that stamp files tick this often or more often.
const TICK: Duration = Duration::from_millis(50);
/// Where there are no nanoseconds the file system may know seconds only, or every other second.
const COARSE: i64 = 2;

/// What is settled for one scan.
#[derive(Debug, Clone, Copy)]
pub struct Settled {
    /// Seconds and nanoseconds; later times may come again.
    before: (i64, u32),
    /// That of the worktree's top.
    device: u64,
}

impl Settled {
    /// For a scan on `device` that begins at this time since the epoch: that is to be asked for before anything is looked
    /// at.
    pub fn at(start: Duration, device: u64) -> Settled {
        let before = start.saturating_sub(TICK);
        let seconds = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
        Settled { before: (seconds, before.subsec_nanos()), device }
    }

    /// Whether anything that happens from now on gives a file or directory another identity than this.
    pub fn has(&self, identity: &Identity) -> bool {
        identity.device == self.device && self.is_past(identity.mtime) && self.is_past(identity.ctime)
    }

    fn is_past(&self, time: (i64, u32)) -> bool {
        // A time can be set to anything, the last that there is included.
        let time = if time.1 == 0 { (time.0.saturating_add(COARSE), 0) } else { time };
        time < self.before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u32 = 1_000_000_000;
    /// When the scan begins: at 1000.3 seconds, so that what is before 1000.25 is settled.
    const START: Duration = Duration::from_millis(1_000_300);
    const OLD: (i64, u32) = (1, 1);

    fn is_settled(mtime: (i64, u32), ctime: (i64, u32)) -> bool {
        Settled::at(START, 1).has(&Identity { device: 1, inode: 1, mtime, ctime })
    }

    #[test]
    fn both_times_are_older_than_a_tick_of_the_clock() {
        for (time, expected) in [
            ((1000, SECOND / 4 - 1), true),
            ((1000, SECOND / 4), false),
            ((1000, SECOND / 4 + 1), false),
            // That of the scan itself, and within the tick that follows.
            ((1000, 300_000_000), false),
            ((1000, 349_999_999), false),
            ((999, SECOND - 1), true),
            ((1000, 1), true),
        ] {
            assert_eq!(is_settled(time, OLD), expected, "modified at {time:?}");
            assert_eq!(is_settled(OLD, time), expected, "changed at {time:?}");
            assert_eq!(is_settled(time, time), expected, "{time:?}");
        }
    }

    #[test]
    fn whole_seconds_are_those_of_a_coarse_clock() {
        // Even what is stamped 999 may happen at 1000.3 where every other second is told only.
        for (seconds, expected) in [(997, true), (998, true), (999, false), (1000, false), (1001, false)] {
            assert_eq!(is_settled((seconds, 0), OLD), expected, "modified at {seconds}");
            assert_eq!(is_settled(OLD, (seconds, 0)), expected, "changed at {seconds}");
        }
        // Of two that differ, the one that knows no better decides.
        assert!(!is_settled((999, SECOND - 1), (999, 0)));
    }

    #[test]
    fn times_in_the_future_are_never_settled() {
        for time in [(1001, 1), (1002, 0), (1 << 40, 0), (i64::MAX, 0), (i64::MAX - 1, 0), (i64::MAX, 1)] {
            assert!(!is_settled(time, OLD), "modified at {time:?}");
            assert!(!is_settled(OLD, time), "changed at {time:?}");
        }
    }

    #[test]
    fn times_before_the_epoch_are() {
        for time in [(-1, SECOND - 1), (-5, 0), (i64::MIN, 0), (i64::MIN, 1)] {
            assert!(is_settled(time, OLD), "{time:?}");
        }
    }

    #[test]
    fn what_is_mounted_is_never_settled() {
        let identity = |device| Identity { device, inode: 1, mtime: OLD, ctime: OLD };
        let settled = Settled::at(START, 7);
        assert_eq!([6, 7, 8].map(|device| settled.has(&identity(device))), [false, true, false]);
    }

    /// A clock that was never set: then nothing can be told.
    #[test]
    fn at_the_epoch_nothing_that_has_happened_is_settled() {
        for start in [Duration::ZERO, TICK / 2, TICK] {
            let settled = Settled::at(start, 1);
            for time in [(0, 0), (0, 1), (0, 40_000_000)] {
                assert!(
                    !settled.has(&Identity { device: 1, inode: 1, mtime: time, ctime: time }),
                    "{time:?}"
                );
            }
        }
    }
}
