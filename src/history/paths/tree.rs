//! The entries of a tree object, one after the other: `<mode> SP <name> NUL <object name>`.

use std::cmp::Ordering;

use gix::hash::oid;
use gix::objs::tree::EntryKind;
use memchr::memchr;

/// One entry.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    /// The mode as git takes it.
    pub(super) kind: EntryKind,
    /// Whether the mode is written the one way in which git writes it.
    pub(super) canonical: bool,
    pub(super) name: &'a [u8],
    /// The bytes of the object name.
    pub(super) id: &'a [u8],
    /// How many bytes the whole entry takes.
    pub(super) len: usize,
}

impl Entry<'_> {
    /// The object name.
    pub(super) fn id(&self) -> &oid {
        oid::from_bytes_unchecked(self.id)
    }

    pub(super) fn is_tree(&self) -> bool {
        self.kind == EntryKind::Tree
    }

    /// The order in which entries have to be: by name, where a tree's ends with a slash.
    pub(super) fn order(&self, other: &Entry<'_>) -> Ordering {
        let len = self.name.len().min(other.name.len());
        let end = |entry: &Entry<'_>| match entry.name.get(len) {
            Some(byte) => *byte,
            None if entry.is_tree() => b'/',
            None => 0,
        };
        self.name[..len].cmp(&other.name[..len]).then_with(|| end(self).cmp(&end(other)))
    }
}

/// The first entry of what is left of a tree, with object names of `hash_len` bytes; `None` when it is malformed. A
/// name with a slash, which makes a path ambiguous, counts as that.
pub(super) fn first(bytes: &[u8], hash_len: usize) -> Option<Entry<'_>> {
    let (kind, canonical, start) = mode(bytes)?;
    let name_len = memchr(0, &bytes[start..])?;
    let name = &bytes[start..start + name_len];
    let end = start + name_len + 1 + hash_len;
    let id = bytes.get(end - hash_len..end)?;
    if name.is_empty() || name.contains(&b'/') {
        return None;
    }
    Some(Entry { kind, canonical, name, id, len: end })
}

/// How many bytes the first entry takes, when it is known to be well-formed.
pub(super) fn first_len(bytes: &[u8], hash_len: usize) -> Option<usize> {
    // The shortest mode has five digits, unless it is one that git does not write.
    let start = if bytes.get(5) == Some(&b' ') || bytes.get(6) == Some(&b' ') { 5 } else { 0 };
    Some(start + memchr(0, bytes.get(start..)?)? + 1 + hash_len)
}

/// The mode, whether it is canonical, and where the name begins.
fn mode(bytes: &[u8]) -> Option<(EntryKind, bool, usize)> {
    Some(match bytes {
        [b'4', b'0', b'0', b'0', b'0', b' ', ..] => (EntryKind::Tree, true, 6),
        [b'1', b'0', b'0', b'6', b'4', b'4', b' ', ..] => (EntryKind::Blob, true, 7),
        [b'1', b'0', b'0', b'7', b'5', b'5', b' ', ..] => (EntryKind::BlobExecutable, true, 7),
        [b'1', b'2', b'0', b'0', b'0', b'0', b' ', ..] => (EntryKind::Link, true, 7),
        [b'1', b'6', b'0', b'0', b'0', b'0', b' ', ..] => (EntryKind::Commit, true, 7),
        _ => odd_mode(bytes)?,
    })
}

/// Modes that git does not write, but reads: by their type, and whether the owner may execute.
fn odd_mode(bytes: &[u8]) -> Option<(EntryKind, bool, usize)> {
    // More digits than a 16-bit number can have (and a leading zero) are not looked into.
    let len = memchr(b' ', bytes.get(..8).unwrap_or(bytes))?;
    let mut mode = 0u32;
    for digit in &bytes[..len] {
        match digit {
            b'0'..=b'7' => mode = mode << 3 | u32::from(digit - b'0'),
            _ => return None,
        }
    }
    let kind = match mode & 0o170_000 {
        _ if len == 0 || mode > 0o177_777 => return None,
        0o100_000 if mode & 0o100 != 0 => EntryKind::BlobExecutable,
        0o100_000 => EntryKind::Blob,
        0o120_000 => EntryKind::Link,
        0o040_000 => EntryKind::Tree,
        _ => EntryKind::Commit,
    };
    Some((kind, false, len + 1))
}

/// Checks that a whole tree is well-formed: each entry after the one before it, and no name twice (not even as a
/// file and as a tree, which need not be neighbours).
pub(super) fn check(bytes: &[u8], hash_len: usize) -> bool {
    let mut rest = bytes;
    let mut last: Option<Entry<'_>> = None;
    // The files before, each of whose names begins the names of all that have followed it.
    let mut files: Vec<&[u8]> = Vec::new();
    while !rest.is_empty() {
        let Some(entry) = first(rest, hash_len) else { return false };
        rest = &rest[entry.len..];
        if last.is_some_and(|last| last.order(&entry) != Ordering::Less) {
            return false;
        }
        last = Some(entry);
        while files.last().is_some_and(|file| !entry.name.starts_with(file)) {
            files.pop();
        }
        if files.last().is_some_and(|file| *file == entry.name) {
            return false;
        }
        if !entry.is_tree() {
            files.push(entry.name);
        }
    }
    true
}

/// Reads the bytes of any tree to its end (see [`crate::readers`]).
pub(crate) fn read(bytes: &[u8], hash_len: usize) {
    let well_formed = check(bytes, hash_len);
    let mut rest = bytes;
    while let Some(entry) = first(rest, hash_len) {
        // What is known to be well-formed is passed over without a look.
        assert!(!well_formed || first_len(rest, hash_len) == Some(entry.len));
        rest = &rest[entry.len..];
    }
    assert!(!well_formed || rest.is_empty());
}
