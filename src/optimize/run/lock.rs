//! One run at a time. The lock is the operating system's, held on the file `optimize.lock` in the index directory;
//! the file's presence means nothing. The git commands of a run inherit it: when a run is killed while git works, the
//! lock is free only when git has ended, too.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::process::Stdio;

use fs2::FileExt;
use serde::{Deserialize, Serialize};

use crate::index::open_or_create;

/// Name of the file.
pub(super) const FILE: &str = "optimize.lock";

/// Who has the lock, and since when: for messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Holder {
    /// Its process.
    pub pid: u32,
    /// RFC 3339.
    pub since: String,
}

/// The right to run.
#[derive(Debug)]
pub(super) struct RunLock {
    file: File,
}

impl RunLock {
    /// Takes it; `Err(Ok(holder))` when another run has it.
    pub(super) fn try_acquire(dir: &Path) -> Result<RunLock, Result<Option<Holder>, io::Error>> {
        // It is not truncated before it is ours.
        let mut file = open_or_create(&dir.join(FILE)).map_err(Err)?;
        match FileExt::try_lock_exclusive(&file) {
            Ok(()) => {}
            Err(err) if err.raw_os_error() == fs2::lock_contended_error().raw_os_error() => {
                let mut text = String::new();
                let read = (&mut file).take(512).read_to_string(&mut text);
                return Err(Ok(read.ok().and_then(|_| serde_json::from_str(&text).ok())));
            }
            Err(err) => return Err(Err(err)),
        }
        let since = jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let text = serde_json::to_string(&Holder { pid: std::process::id(), since }).unwrap_or_default();
        let written =
            file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(text.as_bytes()));
        // The note is for people; the lock is what counts.
        written.ok();
        Ok(RunLock { file })
    }

    /// As the standard input of a git command that reads none: it holds the lock with us.
    pub(super) fn inherited(&self) -> Stdio {
        self.file.try_clone().map_or_else(|_| Stdio::null(), Stdio::from)
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        self.file.set_len(0).ok();
        FileExt::unlock(&self.file).ok();
    }
}
