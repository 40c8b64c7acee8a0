//! Opens a published index: manifest, then segments, from the cheapest to the costliest check. It takes no lock and
//! never writes.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use gix::hash::Kind;

use super::history::History;
use super::layout::Damage;
use super::location::Location;
use super::manifest::{MANIFEST, MAX_LEN, Manifest, ManifestError, Stamp};
use super::map::{Bytes, open_regular};
use super::segment::Segment;

/// Segments of up to this many bytes are hashed when they are opened, so that they may be published without waiting
/// for the disk. (Larger ones are on disk before the manifest names them.)
pub const SMALL: u64 = 128 << 10;

/// Why an index is not used. It is a cache: whoever gets this builds it anew, or asks git.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct Rejected {
    /// Which file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a file of the index.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// It is not there. For the manifest that just means that there is no index yet.
    #[error("it is missing")]
    Missing,
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(io::Error),
    /// It is a manifest, and damaged, or not ours.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// It is for another object format than the repository's.
    #[error("it is for another object format than the repository's")]
    HashKind,
    /// Shallow boundaries, grafts or replacement objects have changed.
    #[error("the repository's shallow, graft or replacement state has changed")]
    Fingerprint,
    /// It is a segment, but not the one that the manifest names.
    #[error("it is not the segment that the manifest names")]
    Exchanged,
    /// It is a segment, and damaged.
    #[error(transparent)]
    Damage(#[from] Damage),
}

impl Rejected {
    /// True when there simply is no index.
    pub fn is_missing(&self) -> bool {
        matches!(self.reason, Reason::Missing) && self.path.ends_with(MANIFEST)
    }
}

/// An index that has been opened: owns the mappings that a [`History`] borrows from.
pub struct OpenIndex {
    segments: Vec<Segment>,
    manifest: Manifest,
    restamped: bool,
}

impl OpenIndex {
    /// Opens the index at `location` for a repository with the given object format and
    /// [fingerprint](Manifest::fingerprint).
    ///
    /// # Errors
    /// Which file is not as it should be, and why.
    pub fn open(location: &Location, kind: Kind, fingerprint: &[u8; 32]) -> Result<OpenIndex, Rejected> {
        // A writer may remove segments after this has read a manifest that names them. The manifest was replaced
        // before that, so a second look finds one whose segments are there.
        let mut tries = 3;
        loop {
            tries -= 1;
            match OpenIndex::open_once(location, kind, fingerprint) {
                Err(Rejected { reason: Reason::Missing, path }) if tries > 0 && !path.ends_with(MANIFEST) => {
                }
                other => return other,
            }
        }
    }

    fn open_once(location: &Location, kind: Kind, fingerprint: &[u8; 32]) -> Result<OpenIndex, Rejected> {
        let path = location.dir.join(MANIFEST);
        let reject = |reason| Rejected { path: path.clone(), reason };
        let bytes = read_manifest(&path).map_err(|err| reject(io_reason(err)))?;
        let mut manifest = Manifest::decode(&bytes, &location.key).map_err(|err| reject(err.into()))?;
        if manifest.kind != kind {
            return Err(reject(Reason::HashKind));
        }
        if manifest.fingerprint != *fingerprint {
            return Err(reject(Reason::Fingerprint));
        }
        let mut segments = Vec::with_capacity(manifest.entries.len() + 1);
        let mut restamped = false;
        for entry in &mut manifest.entries {
            let path = location.dir.join(entry.file_name());
            let reject = |reason| Rejected { path: path.clone(), reason };
            let (segment, stamp) = open_segment(&path, entry.len).map_err(reject)?;
            if segment.header_hash() != entry.header_hash || segment.header().commits != entry.commits {
                return Err(reject(Reason::Exchanged));
            }
            let touched = entry.stamp != stamp;
            if touched || entry.len <= SMALL {
                segment.verify_hashes().map_err(|damage| reject(damage.into()))?;
            }
            entry.stamp = stamp;
            restamped |= touched;
            segments.push(segment);
        }
        let index = OpenIndex { segments, manifest, restamped };
        index.history().map_err(|damage| reject(damage.into()))?;
        Ok(index)
    }

    /// Whether a file has been touched or copied since it was published, so that it had to be hashed: until the
    /// manifest is published again, each opening does that.
    pub fn restamped(&self) -> bool {
        self.restamped
    }

    /// The manifest it was opened with, with the files' present stamps.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The segments, oldest first, and the overlay, if there is one, at the end.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// All commits.
    ///
    /// # Errors
    /// When an overlay that was [added](Self::push) does not follow the segments.
    pub fn history(&self) -> Result<History<'_>, Damage> {
        History::new(&self.segments)
    }

    /// Adds an overlay of newer commits.
    pub fn push(&mut self, overlay: Segment) {
        self.segments.push(overlay);
    }

    /// Compares each section with its hash.
    ///
    /// # Errors
    /// The first segment that differs, by its number, and how.
    pub fn verify_hashes(&self) -> Result<(), (usize, Damage)> {
        self.segments
            .iter()
            .enumerate()
            .try_for_each(|(i, segment)| segment.verify_hashes().map_err(|err| (i, err)))
    }
}

/// Reads no more than a manifest can have.
fn read_manifest(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(MAX_LEN as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Maps a segment file and checks its structure.
fn open_segment(path: &Path, len: u64) -> Result<(Segment, Stamp), Reason> {
    let file = open_regular(path).map_err(io_reason)?;
    let meta = file.metadata().map_err(Reason::Unreadable)?;
    let actual = meta.len();
    if actual != len {
        return Err(Damage::Length { expected: len, actual }.into());
    }
    let bytes = Bytes::map(&file).map_err(Reason::Unreadable)?;
    Ok((Segment::new(bytes)?, Stamp::of(&meta)))
}

fn io_reason(err: io::Error) -> Reason {
    if err.kind() == io::ErrorKind::NotFound { Reason::Missing } else { Reason::Unreadable(err) }
}
