//! The names in one directory: as the system lists them, or as the snapshot remembers them.

use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::system;
use crate::repo::NotExact;
use crate::status::snapshot::{Directory, Identity};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A regular file.
    File,
    /// A symbolic link.
    Link,
    /// What git does not track: sockets, pipes, devices.
    Other,
}

impl Kind {
    fn of(kind: FileType) -> Kind {
        match kind {
            FileType::Directory => Kind::Directory,
            FileType::RegularFile => Kind::File,
            FileType::Symlink => Kind::Link,
            _ => Kind::Other,
        }
    }
}

/// One name.
#[derive(Debug, Clone, Copy)]
pub struct Name<'n> {
    /// The name itself.
    pub name: &'n [u8],
    /// What it stands for.
    pub kind: Kind,
    /// Where the snapshot has that directory.
    pub child: Option<u32>,
}

/// The names in a directory, ordered by their bytes.
pub(super) enum Names<'s> {
    /// From the snapshot.
    Known(Directory<'s>),
    /// Just read; and what the snapshot has for the directory, which is no longer true.
    Read(ReadNames, Option<Directory<'s>>),
}

/// Names just read from a directory.
#[derive(Debug, Default)]
pub struct ReadNames {
    bytes: Vec<u8>,
    /// Start and end in `bytes`.
    spans: Vec<(u32, u32, Kind)>,
}

impl ReadNames {
    /// How many names there are.
    pub fn count(&self) -> usize {
        self.spans.len()
    }

    /// The name at `at`.
    pub fn get(&self, at: usize) -> (&[u8], Kind) {
        let (start, end, kind) = self.spans[at];
        (&self.bytes[start as usize..end as usize], kind)
    }

    /// These names, which are in order.
    #[cfg(test)]
    pub(crate) fn from_list<'n>(list: impl IntoIterator<Item = (&'n [u8], Kind)>) -> ReadNames {
        let mut names = ReadNames::default();
        for (name, kind) in list {
            let start = names.bytes.len() as u32;
            names.bytes.extend_from_slice(name);
            names.spans.push((start, names.bytes.len() as u32, kind));
        }
        names
    }

    fn read(dir: &OwnedFd) -> Result<ReadNames, NotExact> {
        let failed = |err: Errno| NotExact::from(format!("reading a directory: {err}"));
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        // git warns where it may not.
        let dir = rustix::fs::openat(dir, ".", flags, Mode::empty()).map_err(failed)?;
        let mut names = ReadNames::default();
        let read = system::for_each_entry(&dir, |name, mut kind| {
            if matches!(name.to_bytes(), b"." | b"..") {
                return Ok(());
            }
            if kind == FileType::Unknown {
                match rustix::fs::statat(&dir, name, AtFlags::SYMLINK_NOFOLLOW) {
                    Ok(stat) => kind = FileType::from_raw_mode(stat.st_mode),
                    Err(Errno::NOENT) => return Ok(()),
                    Err(err) => return Err(err),
                }
            }
            let start = names.bytes.len() as u32;
            names.bytes.extend_from_slice(name.to_bytes());
            names.spans.push((start, names.bytes.len() as u32, Kind::of(kind)));
            Ok(())
        });
        read.map_err(failed)?;
        let ReadNames { bytes, spans } = &mut names;
        spans.sort_unstable_by(|a, b| {
            bytes[a.0 as usize..a.1 as usize].cmp(&bytes[b.0 as usize..b.1 as usize])
        });
        Ok(names)
    }
}

impl Names<'_> {
    /// How many names there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Names::Known(directory) => directory.count(),
            Names::Read(names, _) => names.count(),
        }
    }

    /// The name at `at`.
    pub(super) fn get(&self, at: usize) -> Name<'_> {
        match self {
            Names::Known(directory) => directory.name(at),
            Names::Read(names, old) => {
                let (name, kind) = names.get(at);
                let child = match (kind, old) {
                    (Kind::Directory, Some(old)) => old.find(name).and_then(|at| old.name(at).child),
                    _ => None,
                };
                Name { name, kind, child }
            }
        }
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = Name<'_>> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// Whether a name is among them.
    pub(super) fn contains(&self, name: &[u8]) -> bool {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(middle).name.cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return true,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        false
    }
}

/// Opens the directory `name` in `parent`, so that things in it can be found; `None` where there is none: nothing,
/// or something else, is there. That it can be read is only seen when its names are.
pub(super) fn open_directory(parent: impl AsFd, name: &[u8]) -> Result<Option<OwnedFd>, NotExact> {
    let flags = system::FOR_LOOKUP | OFlags::NOFOLLOW;
    match rustix::fs::openat(parent, name, flags, Mode::empty()) {
        Ok(dir) => Ok(Some(dir)),
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(None),
        Err(err) => Err(format!("opening a directory: {err}").into()),
    }
}

/// The names in an open directory. `known` is what the snapshot has for it; it counts if the directory is still the
/// same. The identity is the one from before the names were read.
pub(super) fn names<'s>(
    dir: &OwnedFd,
    known: Option<Directory<'s>>,
) -> Result<(Names<'s>, Identity), NotExact> {
    let stat = rustix::fs::fstat(dir).map_err(|err| NotExact::from(format!("stat of a directory: {err}")))?;
    let identity = Identity::of(&stat);
    if let Some(known) = known.filter(|known| known.identity() == identity) {
        return Ok((Names::Known(known), identity));
    }
    Ok((Names::Read(ReadNames::read(dir)?, known), identity))
}
