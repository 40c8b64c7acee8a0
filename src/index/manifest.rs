//! The manifest: which segments there are of each type, in order, and for which state of the repository. It is the only file that
//! is ever replaced, and authenticated with the repository's key; through the hashes of the segments' headers it
//! vouches for them as well. `docs/gitformat-fastindex.md` describes every byte.

use std::os::unix::fs::MetadataExt;

use gix::hash::Kind;

use super::frame::{ENDIAN_MARK, FileType, SUFFIX, hash_id, hash_kind};

/// Name of the manifest in the index directory.
pub const MANIFEST: &str = "MANIFEST";
/// The first eight bytes.
pub const MANIFEST_MAGIC: [u8; 8] = *b"\x89GFMANI\n";
/// The version of the manifest.
pub const MANIFEST_VERSION: u32 = 1;
/// Length in bytes of what precedes the entries.
pub const MANIFEST_HEADER_LEN: usize = 56;
/// Length of an entry in bytes.
pub const MANIFEST_ENTRY_LEN: usize = 64;
/// Length of the authentication code at the end in bytes.
pub const MAC_LEN: usize = 32;
/// How many segments of one type there are at most. Sizes at least double from one segment to the one before it, so
/// this is plenty.
pub const MAX_SEGMENTS: usize = 64;
/// The length in bytes that a manifest has at most.
pub const MAX_LEN: usize =
    MANIFEST_HEADER_LEN + FileType::ALL.len() * MAX_SEGMENTS * MANIFEST_ENTRY_LEN + MAC_LEN;

/// One segment in the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// [`Segment::header_hash`](super::Segment::header_hash), or the same of a path segment.
    pub header_hash: [u8; 32],
    /// Length of the file in bytes.
    pub len: u64,
    /// How many commits it has or, of a path segment, covers.
    pub commits: u32,
    /// The file as it was when its content was known to be right.
    pub stamp: Stamp,
}

/// What changes when a file is written to or replaced. While it is the same nobody has touched the file through the
/// file system, so that its sections need not be hashed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stamp {
    /// Its inode number.
    pub inode: u64,
    /// Its change time in nanoseconds since 1970.
    pub changed: i64,
}

impl Stamp {
    /// The stamp of a file.
    pub fn of(meta: &std::fs::Metadata) -> Stamp {
        let changed = meta.ctime().saturating_mul(1_000_000_000).saturating_add(meta.ctime_nsec());
        Stamp { inode: meta.ino(), changed }
    }
}

impl Entry {
    /// The name of the file, made from the hash: a name never stands for two contents.
    pub fn file_name(&self, file_type: FileType) -> String {
        let hex = blake3::Hash::from(self.header_hash).to_hex();
        format!("{}{}{SUFFIX}", file_type.prefix(), hex.get(..32).unwrap_or_default())
    }
}

/// The manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The object format.
    pub kind: Kind,
    /// The state of shallow boundaries, grafts and replacement objects, as whoever builds the index sums it up.
    pub fingerprint: [u8; 32],
    /// The segments, oldest first.
    pub entries: Vec<Entry>,
    /// The path segments, oldest first. The first starts at position 0; together they cover no more commits than the
    /// segments have.
    pub paths: Vec<Entry>,
}

/// What is wrong with a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// It has another length than its entries take.
    #[error("it is truncated")]
    Truncated,
    /// It is no manifest.
    #[error("it does not start with the mark of a manifest")]
    Magic,
    /// It has another version.
    #[error("it has format version {0}")]
    Version(u32),
    /// It has another byte order.
    #[error("its byte order is not little-endian")]
    Endianness,
    /// It is for an object format that is unknown.
    #[error("its object format is unknown")]
    HashKind,
    /// It has an entry of a type that is unknown, or too many of one type.
    #[error("its entries are inconsistent")]
    Entries,
    /// It was not written with this repository's key.
    #[error("it is not authentic")]
    Authentication,
}

impl Manifest {
    /// All files that it names.
    pub fn files(&self) -> impl Iterator<Item = (FileType, &Entry)> {
        let history = self.entries.iter().map(|entry| (FileType::History, entry));
        history.chain(self.paths.iter().map(|entry| (FileType::Paths, entry)))
    }

    /// Its bytes.
    pub fn encode(&self, key: &[u8; 32]) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(&MANIFEST_MAGIC);
        let count = (self.entries.len() + self.paths.len()) as u32;
        for number in [MANIFEST_VERSION, ENDIAN_MARK, hash_id(self.kind).unwrap_or_default(), count] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&self.fingerprint);
        for (file_type, entry) in self.files() {
            out.extend_from_slice(&entry.header_hash);
            out.extend_from_slice(&entry.len.to_le_bytes());
            out.extend_from_slice(&entry.commits.to_le_bytes());
            out.extend_from_slice(&file_type.number().to_le_bytes());
            out.extend_from_slice(&entry.stamp.inode.to_le_bytes());
            out.extend_from_slice(&entry.stamp.changed.to_le_bytes());
        }
        let mac = blake3::keyed_hash(key, &out);
        out.extend_from_slice(mac.as_bytes());
        out
    }

    /// Reads it, from the cheapest to the costliest check.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn decode(bytes: &[u8], key: &[u8; 32]) -> Result<Manifest, ManifestError> {
        let (head, rest) = bytes.split_at_checked(MANIFEST_HEADER_LEN).ok_or(ManifestError::Truncated)?;
        let number = |at: usize| {
            head.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
        };
        if !head.starts_with(&MANIFEST_MAGIC) {
            return Err(ManifestError::Magic);
        }
        if number(8) != MANIFEST_VERSION {
            return Err(ManifestError::Version(number(8)));
        }
        if number(12) != ENDIAN_MARK {
            return Err(ManifestError::Endianness);
        }
        let count = number(20) as usize;
        if count > FileType::ALL.len() * MAX_SEGMENTS || rest.len() != count * MANIFEST_ENTRY_LEN + MAC_LEN {
            return Err(ManifestError::Truncated);
        }
        let (content, mac) = bytes.split_at(bytes.len() - MAC_LEN);
        // `blake3::Hash` compares in constant time.
        let mac: [u8; MAC_LEN] = mac.try_into().map_err(|_| ManifestError::Truncated)?;
        if blake3::keyed_hash(key, content) != blake3::Hash::from(mac) {
            return Err(ManifestError::Authentication);
        }
        let kind = hash_kind(number(16)).ok_or(ManifestError::HashKind)?;
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(&head[24..]);
        let (mut entries, mut paths) = (Vec::new(), Vec::new());
        for bytes in rest[..count * MANIFEST_ENTRY_LEN].chunks_exact(MANIFEST_ENTRY_LEN) {
            match entry(bytes).ok_or(ManifestError::Entries)? {
                (FileType::History, entry) => entries.push(entry),
                (FileType::Paths, entry) => paths.push(entry),
            }
        }
        if entries.len().max(paths.len()) > MAX_SEGMENTS {
            return Err(ManifestError::Entries);
        }
        Ok(Manifest { kind, fingerprint, entries, paths })
    }
}

/// `None` when its type is unknown.
fn entry(bytes: &[u8]) -> Option<(FileType, Entry)> {
    let (mut header_hash, mut len, mut commits, mut number) = ([0; 32], [0; 8], [0; 4], [0; 4]);
    let (mut inode, mut changed) = ([0; 8], [0; 8]);
    header_hash.copy_from_slice(&bytes[..32]);
    len.copy_from_slice(&bytes[32..40]);
    commits.copy_from_slice(&bytes[40..44]);
    number.copy_from_slice(&bytes[44..48]);
    inode.copy_from_slice(&bytes[48..56]);
    changed.copy_from_slice(&bytes[56..64]);
    let number = u32::from_le_bytes(number);
    let file_type = FileType::ALL.into_iter().find(|file_type| file_type.number() == number)?;
    let entry = Entry {
        header_hash,
        len: u64::from_le_bytes(len),
        commits: u32::from_le_bytes(commits),
        stamp: Stamp { inode: u64::from_le_bytes(inode), changed: i64::from_le_bytes(changed) },
    };
    Some((file_type, entry))
}
