//! From the bytes of an index file to the table of its entries. Every offset is checked here, once.

use bstr::ByteSlice;
use gix::hash::Kind;

use super::{GITLINK, IndexFile, LINK, REGULAR, STAT_LEN, Slot, TYPE_MASK};
use crate::index::Bytes;
use crate::repo::NotExact;

pub(super) const ASSUME_VALID: u16 = 0x8000;
pub(super) const EXTENDED: u16 = 0x4000;
pub(super) const SKIP_WORKTREE: u16 = 0x4000;
pub(super) const INTENT_TO_ADD: u16 = 0x2000;
/// All that the second field of flags may have.
const KNOWN_MORE_FLAGS: u16 = SKIP_WORKTREE | INTENT_TO_ADD;
/// The length of a name that does not fit is written as this.
const LONG_NAME: u16 = 0xfff;
/// Signature, version and number of entries.
const HEADER_LEN: usize = 12;

fn corrupt(what: &str) -> NotExact {
    NotExact::from(format!("index: {what}"))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

pub(super) fn parse(bytes: Bytes, hash: Kind, timestamp: i64) -> Result<IndexFile, NotExact> {
    let hash_len = hash.len_in_bytes();
    if bytes.len() < HEADER_LEN + hash_len || bytes.len() > u32::MAX as usize {
        return Err(corrupt("its size"));
    }
    let version = number(&bytes, 4).filter(|_| bytes.starts_with(b"DIRC")).unwrap_or(0);
    if !(2..=4).contains(&version) {
        return Err(corrupt("its version"));
    }
    let count = number(&bytes, 8).unwrap_or(0) as usize;
    let end = bytes.len() - hash_len;
    if count > end / (STAT_LEN + hash_len + 2) {
        return Err(corrupt("its number of entries"));
    }
    let mut index = IndexFile { timestamp, ..IndexFile::empty(hash) };
    index.slots.reserve_exact(count);
    let mut paths = Vec::new();
    let mut at = HEADER_LEN;
    let mut previous: (usize, usize, u8) = (0, 0, 0);
    for number in 0..count {
        let fixed = STAT_LEN + hash_len + 2;
        let short = || corrupt("an entry is cut off");
        let entry = bytes.get(at..at + fixed).ok_or_else(short)?;
        let flags = u16::from_be_bytes([entry[fixed - 2], entry[fixed - 1]]);
        let mode = u32::from_be_bytes([entry[24], entry[25], entry[26], entry[27]]);
        let mut name = at + fixed;
        if flags & EXTENDED != 0 {
            let more = bytes.get(name..name + 2).ok_or_else(short)?;
            let more = u16::from_be_bytes([more[0], more[1]]);
            if version < 3 || more & !KNOWN_MORE_FLAGS != 0 {
                return Err(corrupt("unknown flags"));
            }
            index.skipped += usize::from(more & SKIP_WORKTREE != 0);
            index.intended += usize::from(more & INTENT_TO_ADD != 0);
            if mode == GITLINK && more & INTENT_TO_ADD != 0 {
                return Err("a submodule that is only intended to be added".into());
            }
            name += 2;
        }
        check_mode(mode)?;
        index.has_gitlinks |= mode == GITLINK;
        let stage = (flags >> 12 & 3) as u8;
        index.has_conflicts |= stage != 0;
        let (start, len);
        if version == 4 {
            let (strip, next) = varint(&bytes[..end], name).ok_or_else(short)?;
            let rest = &bytes[next..end];
            let length = rest.find_byte(0).ok_or_else(short)?;
            let kept = previous.1.checked_sub(strip).filter(|_| number > 0 || strip == 0);
            let kept = kept.ok_or_else(|| corrupt("a prefix"))?;
            start = paths.len();
            paths.extend_from_within(previous.0..previous.0 + kept);
            paths.extend_from_slice(&rest[..=length]);
            len = kept + length;
            index.slots.push(Slot { stat: at as u32, path: offset(start)?, len: len as u32 });
            at = next + length + 1;
        } else {
            start = name;
            len = match flags & LONG_NAME {
                LONG_NAME => bytes[name..end].find_byte(0).ok_or_else(short)?,
                len => usize::from(len),
            };
            if bytes.get(name + len) != Some(&0) || name + len >= end {
                return Err(short());
            }
            index.slots.push(Slot { stat: at as u32, path: offset(start)?, len: len as u32 });
            // At least one NUL, and as many as make the entry's length a multiple of eight.
            at += (name + len - at + 8) & !7;
        }
        let from: &[u8] = if version == 4 { &paths } else { &bytes };
        let path = &from[start..start + len];
        if path.is_empty() {
            // An entry that is only about one in the shared part.
            return Err("split index".into());
        }
        if path[0] == b'/' || path.ends_with(b"/") {
            return Err(corrupt("a path"));
        }
        let before = &from[previous.0..previous.0 + previous.1];
        if number > 0 && !(before < path || before == path && 0 < previous.2 && previous.2 < stage) {
            return Err(corrupt("the order of its entries"));
        }
        previous = (start, len, stage);
    }
    if at > end {
        return Err(corrupt("an entry is cut off"));
    }
    extensions(&bytes, at, end, &mut index)?;
    index.unpacked = (version == 4).then_some(paths);
    index.bytes = bytes;
    Ok(index)
}

fn offset(at: usize) -> Result<u32, NotExact> {
    u32::try_from(at).map_err(|_| corrupt("its size"))
}

fn check_mode(mode: u32) -> Result<(), NotExact> {
    match mode & TYPE_MASK {
        REGULAR if mode == super::PLAIN || mode == super::EXECUTABLE => Ok(()),
        LINK | GITLINK if mode & !TYPE_MASK == 0 => Ok(()),
        // Directories are entries of sparse indexes.
        _ => Err(corrupt(&format!("mode {mode:o}"))),
    }
}

/// The variable-length number at `at` (as in ofs-deltas), and the offset behind it.
pub(super) fn varint(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut byte = *bytes.get(at)?;
    at += 1;
    let mut value = usize::from(byte & 127);
    while byte & 128 != 0 {
        byte = *bytes.get(at)?;
        at += 1;
        value = value.checked_add(1)?.checked_mul(128)?.checked_add(usize::from(byte & 127))?;
    }
    Some((value, at))
}

/// Finds out where the extensions are that matter.
fn extensions(bytes: &[u8], mut at: usize, end: usize, index: &mut IndexFile) -> Result<(), NotExact> {
    while at < end {
        let head = bytes.get(at..at + 8).filter(|_| at + 8 <= end).ok_or_else(|| corrupt("an extension"))?;
        let size = number(head, 4).unwrap_or(0) as usize;
        let start = at + 8;
        if start + size > end {
            return Err(corrupt("an extension is cut off"));
        }
        match &head[..4] {
            b"TREE" => index.cache_tree = Some(start..start + size),
            b"UNTR" => index.untracked_cache = Some(start..start + size),
            // What they know is found out anew here.
            b"REUC" | b"FSMN" | b"EOIE" | b"IEOT" => {}
            b"link" => return Err("split index".into()),
            b"sdir" => return Err("sparse index".into()),
            // git says something about those.
            other => return Err(corrupt(&format!("extension {}", other.as_bstr()))),
        }
        at = start + size;
    }
    Ok(())
}
