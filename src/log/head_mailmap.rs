//! The mailmap of a bare repository, which git takes from HEAD's tree, remembered by that tree's name: finding it
//! means a first look into a pack, and that takes longer than a page of history.

use bstr::ByteSlice;

use crate::index::History;
use crate::repo::{NotExact, Repo, remembered};

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
    match remembered::read(&path, &label).as_deref().and_then(<[u8]>::split_first) {
        Some((b'+', blob)) => return Ok(Some(blob.to_vec())),
        Some((b'-', [])) => return Ok(None),
        _ => {}
    }
    let blob = repo.blob(b"HEAD:.mailmap".as_bstr())?;
    let payload = match &blob {
        Some(blob) => [b"+", blob.as_slice()].concat(),
        None => b"-".to_vec(),
    };
    remembered::write(&path, &label, &payload);
    Ok(blob)
}
