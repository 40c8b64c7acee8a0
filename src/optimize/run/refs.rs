//! The refs as files: how many are loose, and a stamp of them all that changes when any of them does.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::repo::Repo;

/// From so many on it does not matter how many there are: they will be packed.
const ENOUGH: usize = 4096;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct RefFacts {
    /// Loose refs; counting stops at [`ENOUGH`].
    pub loose: usize,
    /// Size of `packed-refs`.
    pub packed_bytes: u64,
    /// The same as long as no ref and no HEAD is written to; `None` when there are too many to look at.
    pub stamp: Option<String>,
}

/// Looks at them.
pub(super) fn read(repo: &Repo) -> RefFacts {
    let mut facts = RefFacts::default();
    let mut hasher = blake3::Hasher::new();
    if let Ok(meta) = fs::metadata(repo.common_dir.join("packed-refs")) {
        facts.packed_bytes = meta.len();
        add(&mut hasher, b"packed-refs", &meta);
    }
    hasher.update(&fs::read(repo.git_dir.join("HEAD")).unwrap_or_default());
    let whole = walk(&repo.common_dir.join("refs"), &mut facts.loose, &mut hasher);
    facts.stamp = whole.then(|| hasher.finalize().to_hex().to_string());
    facts
}

/// `false` when it stopped before the end.
fn walk(dir: &Path, loose: &mut usize, hasher: &mut blake3::Hasher) -> bool {
    let mut entries: Vec<_> = fs::read_dir(dir).into_iter().flatten().flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        if *loose >= ENOUGH {
            return false;
        }
        let name = entry.file_name();
        let Ok(meta) = entry.metadata() else { continue };
        if meta.is_dir() {
            hasher.update(name.as_bytes()).update(b"/");
            if !walk(&entry.path(), loose, hasher) {
                return false;
            }
            hasher.update(b"..");
        } else if !name.as_bytes().ends_with(b".lock") {
            *loose += 1;
            add(hasher, name.as_bytes(), &meta);
        }
    }
    true
}

fn add(hasher: &mut blake3::Hasher, name: &[u8], meta: &fs::Metadata) {
    hasher.update(name).update(b"\0");
    for number in [meta.ino(), meta.len(), meta.mtime() as u64, meta.mtime_nsec() as u64] {
        hasher.update(&number.to_le_bytes());
    }
}
