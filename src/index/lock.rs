//! The writers' lock. It is an advisory lock that the process holds on the file `lock`; the file's presence means
//! nothing, and a process that dies lets go of it. Readers take no lock.

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

use fs2::FileExt;

use super::map::{open_or_create, open_regular};

/// Name of the lock file in the index directory.
pub const LOCK_FILE: &str = "lock";

/// How often a waiting writer looks again.
const POLL: Duration = Duration::from_millis(50);

/// The right to write to an index directory, held until it is dropped.
#[derive(Debug)]
pub struct WriterLock {
    file: File,
}

impl WriterLock {
    /// Takes the lock; `None` when another process has it.
    ///
    /// # Errors
    /// When the file cannot be opened or locked at all.
    pub fn try_acquire(dir: &Path) -> io::Result<Option<WriterLock>> {
        let file = open(dir)?;
        match FileExt::try_lock_exclusive(&file) {
            // Somebody may have taken the file away, or the whole directory, before it was locked.
            Ok(()) if !is_at(&file, dir) => Ok(None),
            Ok(()) => Ok(Some(WriterLock::owned(file))),
            Err(err) if err.raw_os_error() == fs2::lock_contended_error().raw_os_error() => Ok(None),
            Err(err) => Err(err),
        }
    }

    /// Takes the lock, waiting up to `patience` for whoever has it; `None` when that is not enough. `waiting` is
    /// called, with what [`holder`] says, before the wait.
    ///
    /// # Errors
    /// When the file cannot be opened or locked at all.
    pub fn acquire(
        dir: &Path,
        patience: Duration,
        waiting: impl FnOnce(Option<u32>),
    ) -> io::Result<Option<WriterLock>> {
        if let Some(lock) = WriterLock::try_acquire(dir)? {
            return Ok(Some(lock));
        }
        waiting(holder(dir));
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            std::thread::sleep(POLL);
            if let Some(lock) = WriterLock::try_acquire(dir)? {
                return Ok(Some(lock));
            }
        }
        Ok(None)
    }

    /// Whether it is still the lock of what is at `dir`. Whoever removes an index, as `git clean -fdx` does, removes the
    /// locked file, and another writer may have begun anew since.
    ///
    /// # Errors
    /// When it is not: nothing more may be written there.
    pub fn check(&self, dir: &Path) -> io::Result<()> {
        match is_at(&self.file, dir) {
            true => Ok(()),
            false => Err(io::Error::other("the index was taken away while it was written")),
        }
    }

    fn owned(mut file: File) -> WriterLock {
        // For people only, so failing to write it is no failure.
        let note = file.set_len(0).and_then(|()| file.rewind());
        note.and_then(|()| writeln!(file, "{}", std::process::id())).ok();
        WriterLock { file }
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        self.file.set_len(0).ok();
        FileExt::unlock(&self.file).ok();
    }
}

/// The process that has the lock, as far as it can be told: for messages.
pub fn holder(dir: &Path) -> Option<u32> {
    let mut text = String::new();
    open_regular(&dir.join(LOCK_FILE)).ok()?.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn is_at(file: &File, dir: &Path) -> bool {
    let identity = |meta: fs::Metadata| (meta.dev(), meta.ino());
    match (file.metadata(), fs::symlink_metadata(dir.join(LOCK_FILE))) {
        (Ok(ours), Ok(there)) => identity(ours) == identity(there),
        _ => false,
    }
}

fn open(dir: &Path) -> io::Result<File> {
    match open_or_create(&dir.join(LOCK_FILE)) {
        Err(err) if err.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(dir)?;
            open_or_create(&dir.join(LOCK_FILE))
        }
        other => other,
    }
}
