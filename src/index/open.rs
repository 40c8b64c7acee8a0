//! Opens a published index: manifest, then segments, from the cheapest to the costliest check. It takes no lock and
//! never writes.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gix::hash::Kind;

use super::frame::{Damage, FileType};
use super::history::History;
use super::location::Location;
use super::manifest::{Entry, MANIFEST, MAX_LEN, Manifest, ManifestError, Stamp};
use super::map::{Bytes, open_regular, read_at_most};
use super::paths::{PathSegment, Paths};
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

/// An index that has been opened: owns the mappings that a [`History`] and [`Paths`] borrow from.
pub struct OpenIndex {
    dir: PathBuf,
    segments: Vec<Segment>,
    manifest: Manifest,
    restamped: bool,
    /// Opened when somebody asks for them: most questions are not about paths.
    paths: OnceLock<Result<OpenPaths, Rejected>>,
    path_overlays: Vec<PathSegment>,
}

/// The path segments that the manifest names, with their present stamps.
struct OpenPaths {
    segments: Vec<PathSegment>,
    entries: Vec<Entry>,
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
        let bytes = read_at_most(&path, MAX_LEN).map_err(|err| reject(io_reason(err)))?;
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
            let path = location.dir.join(entry.file_name(FileType::History));
            let reject = |reason| Rejected { path: path.clone(), reason };
            let (bytes, stamp) = map_file(&path, entry.len).map_err(reject)?;
            let segment = Segment::new(bytes).map_err(|damage| reject(damage.into()))?;
            if segment.header_hash() != entry.header_hash || segment.header().commits != entry.commits {
                return Err(reject(Reason::Exchanged));
            }
            if must_hash(entry, stamp) {
                segment.verify_hashes().map_err(|damage| reject(damage.into()))?;
            }
            restamped |= entry.stamp != stamp;
            entry.stamp = stamp;
            segments.push(segment);
        }
        let index = OpenIndex {
            dir: location.dir.clone(),
            segments,
            manifest,
            restamped,
            paths: OnceLock::new(),
            path_overlays: Vec::new(),
        };
        index.history().map_err(|damage| reject(damage.into()))?;
        Ok(index)
    }

    /// Whether a history segment has been touched or copied since it was published, so that it had to be hashed: until
    /// the manifest is published again, each opening does that. (Of path segments [`OpenIndex::path_entries`] tells.)
    pub fn restamped(&self) -> bool {
        self.restamped
    }

    /// The manifest it was opened with, with the present stamps of the history segments.
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

    /// What commits did to paths. No path segments at all are fine: these paths cover no commit then.
    ///
    /// # Errors
    /// Which path segment is not as it should be, and why. The history is not concerned.
    pub fn paths(&self) -> Result<Paths<'_>, &Rejected> {
        let published = self.path_segments()?;
        Ok(Paths::join(published.iter().chain(&self.path_overlays)))
    }

    /// The published path segments, oldest first.
    ///
    /// # Errors
    /// See [`OpenIndex::paths`].
    pub fn path_segments(&self) -> Result<&[PathSegment], &Rejected> {
        self.open_paths().map(|paths| paths.segments.as_slice())
    }

    /// The published path segments, if anybody has asked for them.
    pub fn opened_paths(&self) -> &[PathSegment] {
        let opened = self.paths.get().and_then(|paths| paths.as_ref().ok());
        opened.map_or(&[], |paths| paths.segments.as_slice())
    }

    /// The path segments' entries in the manifest, with the files' present stamps.
    ///
    /// # Errors
    /// See [`OpenIndex::paths`].
    pub fn path_entries(&self) -> Result<&[Entry], &Rejected> {
        self.open_paths().map(|paths| paths.entries.as_slice())
    }

    /// Adds a path segment in memory behind those that there are.
    ///
    /// # Errors
    /// When it does not follow them, or when they cannot be used.
    pub fn push_paths(&mut self, overlay: PathSegment) -> Result<(), Damage> {
        let unusable = |_: &Rejected| Damage::Header("the path segments before it cannot be used");
        Paths::new(
            self.path_segments().map_err(unusable)?.iter().chain(&self.path_overlays).chain([&overlay]),
        )?;
        self.path_overlays.push(overlay);
        Ok(())
    }

    fn open_paths(&self) -> Result<&OpenPaths, &Rejected> {
        // A writer may have removed a file that this manifest names. Its successor may be for a history that has been
        // built anew, so this does not look for it: whoever asks does without paths once.
        self.paths.get_or_init(|| self.map_paths()).as_ref()
    }

    fn map_paths(&self) -> Result<OpenPaths, Rejected> {
        let mut paths = OpenPaths { segments: Vec::new(), entries: self.manifest.paths.clone() };
        let mut last = self.dir.join(MANIFEST);
        for entry in &mut paths.entries {
            last = self.dir.join(entry.file_name(FileType::Paths));
            let reject = |reason| Rejected { path: last.clone(), reason };
            let (bytes, stamp) = map_file(&last, entry.len).map_err(reject)?;
            let segment = PathSegment::new(bytes).map_err(|damage| reject(damage.into()))?;
            if segment.header_hash() != entry.header_hash || segment.header().commits != entry.commits {
                return Err(reject(Reason::Exchanged));
            }
            if segment.header().kind != self.manifest.kind {
                return Err(reject(Reason::HashKind));
            }
            if must_hash(entry, stamp) {
                segment.verify_hashes().map_err(|damage| reject(damage.into()))?;
            }
            entry.stamp = stamp;
            paths.segments.push(segment);
        }
        let commits: u64 = self.manifest.entries.iter().map(|entry| u64::from(entry.commits)).sum();
        match Paths::new(&paths.segments) {
            Ok(covered) if u64::from(covered.len()) <= commits => Ok(paths),
            Ok(_) => Err(Rejected {
                path: last,
                reason: Damage::Header("it covers more commits than there are").into(),
            }),
            Err(damage) => Err(Rejected { path: last, reason: damage.into() }),
        }
    }

    /// Compares each section of the history segments with its hash. (Path segments do it by themselves:
    /// [`PathSegment::verify_hashes`].)
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

/// Whether the sections of a file must be hashed: it has been touched, or so small that nobody has waited for it to
/// get to the disk.
fn must_hash(entry: &Entry, stamp: Stamp) -> bool {
    entry.stamp != stamp || entry.len <= SMALL
}

/// Maps a file of the index.
fn map_file(path: &Path, len: u64) -> Result<(Bytes, Stamp), Reason> {
    let file = open_regular(path).map_err(io_reason)?;
    let meta = file.metadata().map_err(Reason::Unreadable)?;
    let actual = meta.len();
    if actual != len {
        return Err(Damage::Length { expected: len, actual }.into());
    }
    Ok((Bytes::map(&file).map_err(Reason::Unreadable)?, Stamp::of(&meta)))
}

fn io_reason(err: io::Error) -> Reason {
    if err.kind() == io::ErrorKind::NotFound { Reason::Missing } else { Reason::Unreadable(err) }
}
