//! Finding an index's files and hurting them.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the index of a repository is kept unless configuration says otherwise.
///
/// `git_dir` is the *common* directory of the repository.
pub(crate) fn index_dir(git_dir: &Path) -> PathBuf {
    match (git_dir.file_name(), git_dir.parent()) {
        (Some(name), Some(parent)) if name == ".git" => parent.join(".git-fast"),
        _ => git_dir.join("git-fast"),
    }
}

/// Every regular file below `dir`, sorted; empty when there is no such directory.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut todo = vec![dir.to_owned()];
    while let Some(dir) = todo.pop() {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => todo.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// Hurts one random file below `dir` and says what was done; `None` when there is nothing to hurt.
///
/// The file is replaced, as a bad disk or a bad copy would have left it before the reader came: a file that
/// a process has mapped is never changed under it.
pub(crate) fn random(dir: &Path, rng: &mut fastrand::Rng) -> Option<String> {
    let files = files(dir);
    let file = rng.choice(&files)?;
    let mut bytes = fs::read(file).ok()?;
    let what = match rng.u8(0..8) {
        _ if bytes.is_empty() => {
            bytes = vec![0; 64];
            "64 zeros instead of nothing".to_owned()
        }
        0 => {
            let length = rng.usize(0..bytes.len());
            bytes.truncate(length);
            format!("truncated to {length}")
        }
        1 => {
            bytes.extend((0..rng.usize(1..200)).map(|_| rng.u8(..)));
            "garbage appended".to_owned()
        }
        2 => {
            let start = rng.usize(0..bytes.len());
            let end = (start + rng.usize(1..64)).min(bytes.len());
            bytes[start..end].fill(0);
            format!("zeros at {start}..{end}")
        }
        3 => {
            replace(file, None);
            return Some(format!("{}: removed", file.display()));
        }
        _ => {
            // Headers are short and matter most: half of the flips go there.
            let end = if rng.bool() { bytes.len().min(128) } else { bytes.len() };
            let (at, bit) = (rng.usize(0..end), rng.u8(0..8));
            bytes[at] ^= 1 << bit;
            format!("bit {bit} of byte {at} flipped")
        }
    };
    replace(file, Some(&bytes));
    Some(format!("{}: {what}", file.display()))
}

/// Puts a new file with these bytes in the place of `file`, or nothing.
pub(crate) fn replace(file: &Path, bytes: Option<&[u8]>) {
    fs::remove_file(file).expect("the index belongs to us");
    if let Some(bytes) = bytes {
        fs::write(file, bytes).expect("the index belongs to us");
    }
}
