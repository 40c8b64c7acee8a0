//! Small files in the common git directory that remember what was costly to find out. They are a cache: whatever is
//! wrong with one, it is as if it were not there.

use std::io::Write;
use std::path::Path;

/// What the file says under `label`, which names the format and whatever the answer depends on.
pub fn read(path: &Path, label: &[u8]) -> Option<Vec<u8>> {
    let bytes = std::fs::read(path).ok()?;
    let (hash, payload) = bytes.strip_prefix(label)?.split_first_chunk::<{ blake3::OUT_LEN }>()?;
    (blake3::hash(payload) == blake3::Hash::from(*hash)).then(|| payload.to_vec())
}

/// Replaces the file. Who can't write it has to find out again next time.
pub fn write(path: &Path, label: &[u8], payload: &[u8]) {
    let written = || -> std::io::Result<()> {
        let dir = path.parent().ok_or(std::io::ErrorKind::NotFound)?;
        let mut temp = tempfile::Builder::new().prefix("git-fast.tmp.").tempfile_in(dir)?;
        temp.write_all(label)?;
        // Not synced: the hash tells a file that a crash has cut short.
        temp.write_all(blake3::hash(payload).as_bytes())?;
        temp.write_all(payload)?;
        temp.persist(path)?;
        Ok(())
    };
    drop(written());
}
