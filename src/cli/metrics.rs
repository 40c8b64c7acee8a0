//! What each invocation cost, in a small ring of files in the index directory: 32 bytes for each, appended by one
//! write. When a file is full it takes the place of the one before it, so there are never more than two. Readers take
//! no lock; a record that is not whole is not one.

use std::io::{Seek, Write};
use std::path::Path;

use super::trace::{CacheUse, IndexUse, Report, Served};
use crate::index::{open_regular, open_to_append};

/// Name of the file that is written to.
pub const CURRENT: &str = "metrics";
/// Name of the one before it.
pub const PREVIOUS: &str = "metrics.1";
/// Length of a record in bytes: version, command, served, index, failed, cache, 2 bytes zero; milliseconds since 1970,
/// microseconds of work, memory in kB, 4 bytes zero, and the first 4 bytes of the blake3 hash of all that.
pub const RECORD: usize = 32;
/// How many records a file has at most.
pub const RECORDS: u64 = 4096;

const VERSION: u8 = 1;
/// The commands, by their number in a record.
pub const COMMANDS: [&str; 3] = ["fastlog", "faststatus", "optimize"];

/// One invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Position in [`COMMANDS`].
    pub command: u8,
    /// Who answered.
    pub served: Served,
    /// What became of the index.
    pub index: IndexUse,
    /// What became of the remembered answers.
    pub cache: CacheUse,
    /// It ended with an error.
    pub failed: bool,
    /// When it ended, in milliseconds since 1970.
    pub time: u64,
    /// How long it took, in microseconds; where git took over, until then.
    pub wall_us: u32,
    /// Its largest resident memory in kB.
    pub memory_kb: u32,
}

impl Record {
    /// Of an invocation that ends now.
    pub fn of(report: &Report) -> Option<Record> {
        let command = COMMANDS.iter().position(|name| *name == report.command)?;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Some(Record {
            command: command as u8,
            served: report.served,
            index: report.index,
            cache: report.cache,
            failed: report.failed,
            time: now.as_millis() as u64,
            wall_us: u32::try_from(report.start.elapsed().as_micros()).unwrap_or(u32::MAX),
            memory_kb: u32::try_from(super::trace::peak_rss_kb()).unwrap_or(u32::MAX),
        })
    }

    fn encode(&self) -> [u8; RECORD] {
        let mut bytes = [0; RECORD];
        bytes[0] = VERSION;
        bytes[1] = self.command;
        bytes[2] = Served::ALL.iter().position(|served| *served == self.served).unwrap_or_default() as u8;
        bytes[3] = IndexUse::ALL.iter().position(|index| *index == self.index).unwrap_or_default() as u8;
        bytes[4] = u8::from(self.failed);
        bytes[5] = CacheUse::ALL.iter().position(|cache| *cache == self.cache).unwrap_or_default() as u8;
        bytes[8..16].copy_from_slice(&self.time.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.wall_us.to_le_bytes());
        bytes[20..24].copy_from_slice(&self.memory_kb.to_le_bytes());
        let check = check(&bytes);
        bytes[28..].copy_from_slice(&check);
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Record> {
        let bytes: &[u8; RECORD] = bytes.try_into().ok()?;
        if bytes[0] != VERSION || bytes[28..] != check(bytes) || usize::from(bytes[1]) >= COMMANDS.len() {
            return None;
        }
        let number = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        Some(Record {
            command: bytes[1],
            served: *Served::ALL.get(usize::from(bytes[2]))?,
            index: *IndexUse::ALL.get(usize::from(bytes[3]))?,
            failed: bytes[4] != 0,
            cache: *CacheUse::ALL.get(usize::from(bytes[5]))?,
            time: u64::from(number(8)) | u64::from(number(12)) << 32,
            wall_us: number(16),
            memory_kb: number(20),
        })
    }
}

fn check(bytes: &[u8; RECORD]) -> [u8; 4] {
    let hash = blake3::hash(&bytes[..28]);
    let hash = hash.as_bytes();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// Adds a record to the ring in `dir`. Failing to do so is nobody's problem.
pub fn append(dir: &Path, record: &Record) {
    let path = dir.join(CURRENT);
    let Ok(mut file) = open_to_append(&path) else { return };
    // One write of a few bytes at the end of a file: two processes' records do not mix.
    if file.write_all(&record.encode()).is_err() {
        return;
    }
    let full = RECORDS * RECORD as u64;
    // Exactly one process has written the record that fills the file; it turns the ring. Were it killed before that,
    // somebody does at twice the length.
    match file.stream_position() {
        Ok(end) if end == full || end >= 2 * full => drop(std::fs::rename(&path, dir.join(PREVIOUS))),
        _ => {}
    }
}

/// All records there are, oldest first.
pub fn read(dir: &Path) -> Vec<Record> {
    let mut records = Vec::new();
    for name in [PREVIOUS, CURRENT] {
        let Ok(file) = open_regular(&dir.join(name)) else { continue };
        let mut bytes = Vec::new();
        // Never more than what writers let it grow to.
        let limit = 2 * (RECORDS + 1) * RECORD as u64;
        if std::io::Read::read_to_end(&mut std::io::Read::take(file, limit), &mut bytes).is_ok() {
            records.extend(bytes.chunks_exact(RECORD).filter_map(Record::decode));
        }
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(time: u64) -> Record {
        Record {
            command: 0,
            served: Served::Assisted,
            index: IndexUse::Refreshed,
            cache: CacheUse::Miss,
            failed: true,
            time,
            wall_us: 1234,
            memory_kb: 5678,
        }
    }

    #[test]
    fn many_writers_lose_nothing_that_is_recent_and_files_stay_small() {
        let dir = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..4u64 {
                let dir = dir.path();
                scope.spawn(move || (0..3000).for_each(|n| append(dir, &record(thread * 10_000 + n))));
            }
            for _ in 0..50 {
                assert!(read(dir.path()).len() as u64 <= 2 * RECORDS + 8);
            }
        });
        let records = read(dir.path());
        assert!(
            records.len() as u64 > RECORDS / 2 && records.len() as u64 <= 2 * RECORDS + 8,
            "{}",
            records.len()
        );
        for thread in 0..4 {
            let own: Vec<u64> =
                records.iter().map(|record| record.time).filter(|time| time / 10_000 == thread).collect();
            assert!(own.is_sorted());
            assert_eq!(own.last(), Some(&(thread * 10_000 + 2999)));
        }
        assert_eq!(records[0], record(records[0].time));
    }

    /// The best of many tries: others use this machine, too.
    #[test]
    fn a_record_costs_less_than_100_microseconds() {
        let dir = tempfile::tempdir().unwrap();
        let report = Report::new("fastlog");
        let try_once = || {
            let start = std::time::Instant::now();
            append(dir.path(), &Record::of(&report).unwrap());
            start.elapsed()
        };
        let best = (0..500).map(|_| try_once()).min().unwrap();
        assert!(best < std::time::Duration::from_micros(100), "{best:?}");
    }

    #[test]
    fn damage_costs_only_what_it_hits() {
        let dir = tempfile::tempdir().unwrap();
        (0..10).for_each(|n| append(dir.path(), &record(n)));
        let path = dir.path().join(CURRENT);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[3 * RECORD + 9] ^= 1;
        bytes.extend_from_slice(b"half a record");
        std::fs::write(&path, bytes).unwrap();
        let times: Vec<u64> = read(dir.path()).iter().map(|record| record.time).collect();
        assert_eq!(times, [0, 1, 2, 4, 5, 6, 7, 8, 9]);
    }
}
