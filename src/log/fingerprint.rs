//! A hash over everything that an answer depends on. What that is, is not this module's business.

use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The hash as it grows.
pub(super) struct Fingerprint(blake3::Hasher);

impl Fingerprint {
    pub(super) fn new() -> Self {
        Fingerprint(blake3::Hasher::new())
    }

    /// A fact, by the name of what it is about. Lengths keep one from being taken for two.
    pub(super) fn add(&mut self, label: &str, bytes: &[u8]) {
        for part in [label.as_bytes(), bytes] {
            self.0.update(&(part.len() as u64).to_le_bytes()).update(part);
        }
    }

    /// A file's content; that there is none is as good. `None` when it can't be read.
    pub(super) fn file(&mut self, path: &Path) -> Option<()> {
        self.add("file", path.as_os_str().as_bytes());
        match std::fs::read(path) {
            Ok(bytes) => self.add("content", &bytes),
            Err(err) if matches!(err.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                self.add("content", b"");
            }
            Err(_) => return None,
        }
        Some(())
    }

    /// Which file it is and when it was written, without reading it.
    pub(super) fn file_identity(&mut self, label: &str, path: &Path) {
        let identity = std::fs::metadata(path).map_or_else(
            |_| Vec::new(),
            |meta| {
                let numbers =
                    [meta.dev(), meta.ino(), meta.len(), meta.mtime() as u64, meta.mtime_nsec() as u64];
                numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
            },
        );
        self.add(label, &identity);
    }

    pub(super) fn finish(&self) -> blake3::Hash {
        self.0.finalize()
    }
}
