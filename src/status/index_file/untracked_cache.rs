//! The index's `UNTR` extension: git's untracked cache, as far as it can make git's answer an old one.
//!
//! git takes a directory for unchanged when whole seconds agree, so what happens to it later in the second that was
//! recorded may be missing in its answer for good. Such answers are git's own.

use std::collections::HashMap;

use bstr::{BStr, BString, ByteSlice};

use super::parse::varint;
use crate::status::snapshot::Identity;

/// Bytes of stat data: nine numbers.
const STAT_LEN: usize = 36;
/// Directories nested deeper than this are not in any real worktree.
const MAX_DEPTH: usize = 1000;

/// What the cache takes for known.
#[derive(Debug, Default)]
pub struct UntrackedCache {
    /// `info/exclude` and `core.excludesFile`.
    pub exclude_files: [Recorded; 2],
    /// By path from the top, with a slash at the end; empty for the top.
    directories: HashMap<BString, Recorded>,
}

/// The times under which something was recorded: seconds and nanoseconds.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    ctime: (u32, u32),
    mtime: (u32, u32),
}

impl Recorded {
    fn read(data: &[u8]) -> Option<Recorded> {
        let number = |at: usize| Some(u32::from_be_bytes(data.get(at * 4..at * 4 + 4)?.try_into().ok()?));
        Some(Recorded { ctime: (number(0)?, number(1)?), mtime: (number(2)?, number(3)?) })
    }

    /// Whether git may take something that has changed for unchanged. Where the file system has no nanoseconds, that can't
    /// be told.
    pub fn is_doubtful(&self, now: &Identity) -> bool {
        let is_coarse = now.ctime.1 == 0;
        let now =
            Recorded { ctime: (now.ctime.0 as u32, now.ctime.1), mtime: (now.mtime.0 as u32, now.mtime.1) };
        self.mtime.0 == now.mtime.0 && (*self != now || is_coarse)
    }
}

impl UntrackedCache {
    /// Reads the extension; `None` where it can't be read.
    pub(super) fn parse(data: &[u8], hash_len: usize) -> Option<UntrackedCache> {
        let (ident, start) = varint(data, 0)?;
        let mut rest = data.get(start.checked_add(ident)?..)?;
        let exclude_files = [Recorded::read(rest)?, Recorded::read(rest.get(STAT_LEN..)?)?];
        rest = rest.get(2 * STAT_LEN + 4 + 2 * hash_len..)?;
        text(&mut rest)?;
        let mut paths = Vec::new();
        if number(&mut rest)? > 0 {
            directory(&mut rest, b"".into(), &mut paths, 0)?;
        }
        let mut cache = UntrackedCache { exclude_files, directories: HashMap::new() };
        if paths.is_empty() {
            return Some(cache);
        }
        let valid = bitmap(&mut rest)?;
        // Which were only looked at for their being empty, and which have patterns.
        bitmap(&mut rest)?;
        bitmap(&mut rest)?;
        for (path, _) in paths.into_iter().zip(valid).filter(|(_, valid)| *valid) {
            cache.directories.insert(path, Recorded::read(rest)?);
            rest = rest.get(STAT_LEN..)?;
        }
        Some(cache)
    }

    /// Whether git may take the directory `path` (with a slash at its end, or empty) for unchanged though it is not.
    pub fn is_doubtful(&self, path: &BStr, now: &Identity) -> bool {
        self.directories.get(path).is_some_and(|recorded| recorded.is_doubtful(now))
    }
}

fn number(rest: &mut &[u8]) -> Option<usize> {
    let (value, next) = varint(rest, 0)?;
    *rest = &rest[next..];
    Some(value)
}

fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (text, behind) = rest.split_once_str(b"\0")?;
    *rest = behind;
    Some(text)
}

/// Adds the path of a directory and of all those in it, in their order.
fn directory(rest: &mut &[u8], above: &BStr, paths: &mut Vec<BString>, depth: usize) -> Option<()> {
    if depth > MAX_DEPTH {
        return None;
    }
    let (names, below) = (number(rest)?, number(rest)?);
    let name = text(rest)?;
    let mut path = [above.as_bytes(), name].concat();
    if !path.is_empty() {
        path.push(b'/');
    }
    paths.push(path.clone().into());
    for _ in 0..names {
        text(rest)?;
    }
    for _ in 0..below {
        directory(rest, path.as_bstr(), paths, depth + 1)?;
    }
    Some(())
}

/// A compressed bitmap: words of running bits, each followed by literal words.
fn bitmap(rest: &mut &[u8]) -> Option<Vec<bool>> {
    let word32 = |rest: &mut &[u8]| {
        let (head, tail) = rest.split_at_checked(4)?;
        *rest = tail;
        Some(u32::from_be_bytes(head.try_into().ok()?) as usize)
    };
    let (size, words) = (word32(rest)?, word32(rest)?);
    let (data, behind) = rest.split_at_checked(words.checked_mul(8)?)?;
    *rest = behind;
    word32(rest)?;
    let mut words = data.chunks_exact(8).filter_map(|word| Some(u64::from_be_bytes(word.try_into().ok()?)));
    let mut bits = Vec::new();
    while let Some(word) = words.next() {
        let running = (word >> 1 & u64::from(u32::MAX)) as usize * 64;
        bits.resize((bits.len() + running).min(size), word & 1 == 1);
        for literal in words.by_ref().take((word >> 33) as usize) {
            bits.extend((0..64).map(|bit| literal >> bit & 1 == 1));
        }
    }
    bits.resize(size.min(data.len() * 64 + bits.len()), false);
    Some(bits)
}
