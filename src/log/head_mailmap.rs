//! The mailmap of a bare repository, which git takes from HEAD's tree, remembered by that tree's name: finding it
//! means a first look into a pack, and that takes longer than a page of history.

use std::io::Write;
use std::path::Path;

use bstr::ByteSlice;

use crate::index::History;
use crate::repo::{NotExact, Repo};

/// The file in the common git directory.
const FILE: &str = "git-fast.mailmap";
/// Its first line; another layout gets another number.
const FORMAT: &[u8] = b"git-fast mailmap 1\n";

/// The content of `HEAD:.mailmap`; `None` when there is no such blob.
pub(super) fn read(repo: &Repo, history: &History<'_>) -> Result<Option<Vec<u8>>, NotExact> {
    let Some(pos) = repo.head()?.and_then(|head| history.lookup(&head)) else {
        return repo.blob(b"HEAD:.mailmap".as_bstr());
    };
    let label = [FORMAT, history.tree(pos).to_string().as_bytes(), b"\n"].concat();
    let path = repo.common_dir.join(FILE);
    if let Some(known) = std::fs::read(&path).ok().and_then(|bytes| parse(&bytes, &label)) {
        return Ok(known);
    }
    let blob = repo.blob(b"HEAD:.mailmap".as_bstr())?;
    // Who can't write it has to look again next time.
    let _ = write(&repo.common_dir, &path, &label, blob.as_deref());
    Ok(blob)
}

/// Behind the label: the hash of what follows, which is `+` and the blob, or `-` when there is none.
fn parse(bytes: &[u8], label: &[u8]) -> Option<Option<Vec<u8>>> {
    let (hash, payload) = bytes.strip_prefix(label)?.split_first_chunk::<{ blake3::OUT_LEN }>()?;
    if blake3::hash(payload) != blake3::Hash::from(*hash) {
        return None;
    }
    match payload.split_first()? {
        (b'+', blob) => Some(Some(blob.to_vec())),
        (b'-', []) => Some(None),
        _ => None,
    }
}

fn write(dir: &Path, path: &Path, label: &[u8], blob: Option<&[u8]>) -> std::io::Result<()> {
    let payload = match blob {
        Some(blob) => [b"+", blob].concat(),
        None => b"-".to_vec(),
    };
    let mut temp = tempfile::Builder::new().prefix("git-fast.tmp-").tempfile_in(dir)?;
    temp.write_all(label)?;
    // Not synced: the hash tells a file that a crash has cut short.
    temp.write_all(blake3::hash(&payload).as_bytes())?;
    temp.write_all(&payload)?;
    temp.persist(path)?;
    Ok(())
}
