//! Publishes segments. Files are written under a temporary name, synced and renamed; renaming the manifest is the
//! only commit point: a process that dies before it leaves nothing but files that nobody names, and one that dies
//! after it leaves nothing to be done but removing some.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use super::frame::{FileType, SUFFIX};
use super::location::Location;
use super::lock::WriterLock;
use super::manifest::{Entry, MANIFEST, Manifest, Stamp};
use super::map::Bytes;
use super::open::SMALL;
use super::paths::PathSegment;
use super::segment::Segment;

/// What the names of temporary files start with.
pub const TEMP_PREFIX: &str = "tmp-";

/// A writer: the only one, as it holds the lock.
pub struct Publisher<'a> {
    location: &'a Location,
    lock: &'a WriterLock,
}

impl<'a> Publisher<'a> {
    /// A writer for the index at `location`, whose lock the caller holds.
    pub fn new(location: &'a Location, lock: &'a WriterLock) -> Publisher<'a> {
        Publisher { location, lock }
    }

    /// A temporary file to write a segment into. It vanishes when it is dropped.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn temp(&self) -> io::Result<tempfile::NamedTempFile> {
        tempfile::Builder::new().prefix(TEMP_PREFIX).tempfile_in(&self.location.dir)
    }

    /// Gives a finished segment its name. It is not part of the index before a manifest names it.
    ///
    /// # Errors
    /// When the file is not a segment, or cannot be synced or renamed.
    pub fn seal(&self, temp: tempfile::NamedTempFile) -> io::Result<Entry> {
        let segment = Segment::new(Bytes::map(temp.as_file())?).map_err(io::Error::other)?;
        let entry = Entry {
            header_hash: segment.header_hash(),
            len: segment.byte_len(),
            commits: segment.header().commits,
            stamp: Stamp::default(),
        };
        self.name(temp, FileType::History, entry)
    }

    /// The same for a path segment.
    ///
    /// # Errors
    /// When the file is not a path segment, or cannot be synced or renamed.
    pub fn seal_paths(&self, temp: tempfile::NamedTempFile) -> io::Result<Entry> {
        let segment = PathSegment::new(Bytes::map(temp.as_file())?).map_err(io::Error::other)?;
        let entry = Entry {
            header_hash: segment.header_hash(),
            len: segment.byte_len(),
            commits: segment.header().commits,
            stamp: Stamp::default(),
        };
        self.name(temp, FileType::Paths, entry)
    }

    fn name(
        &self,
        temp: tempfile::NamedTempFile,
        file_type: FileType,
        mut entry: Entry,
    ) -> io::Result<Entry> {
        if entry.len > SMALL {
            temp.as_file().sync_all()?;
        }
        self.lock.check(&self.location.dir)?;
        let file = temp.persist(self.location.dir.join(entry.file_name(file_type)))?;
        // Renaming is a change, too.
        entry.stamp = Stamp::of(&file.metadata()?);
        Ok(entry)
    }

    /// Makes `manifest` the valid one, and removes what it does not name.
    ///
    /// # Errors
    /// When it cannot be written. The previous one is valid then.
    pub fn commit(&self, manifest: &Manifest) -> io::Result<()> {
        let dir = &self.location.dir;
        let mut temp = self.temp()?;
        temp.write_all(&manifest.encode(&self.location.key))?;
        temp.as_file().sync_all()?;
        // 1. The segments' names must be in the directory before the name that refers to them.
        sync_dir(dir)?;
        self.lock.check(dir)?;
        // 2. The commit point: readers see either the old manifest or this one.
        temp.persist(dir.join(MANIFEST))?;
        sync_dir(dir)?;
        // 3. A reader that has read the old manifest and not yet opened a segment of it finds it missing, reads the
        //    manifest again and gets this one. Whoever has it mapped keeps it.
        self.remove_unnamed(manifest)
    }

    /// Removes segments that `manifest` does not name, and temporaries: they cannot be another writer's, as this one
    /// holds the lock.
    fn remove_unnamed(&self, manifest: &Manifest) -> io::Result<()> {
        self.lock.check(&self.location.dir)?;
        let named: Vec<String> =
            manifest.files().map(|(file_type, entry)| entry.file_name(file_type)).collect();
        for file in fs::read_dir(&self.location.dir)?.flatten() {
            let name = file.file_name();
            let Some(name) = name.to_str() else { continue };
            let segment = name.ends_with(SUFFIX)
                && FileType::ALL.iter().any(|file_type| name.starts_with(file_type.prefix()));
            if name.starts_with(TEMP_PREFIX) || segment && !named.iter().any(|other| other == name) {
                // What cannot be removed now is tried again next time.
                fs::remove_file(file.path()).ok();
            }
        }
        Ok(())
    }
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
