//! Renames among staged files: git's own arithmetic, asked of git where there could be any.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process::{Command, Stdio};

use bstr::{BString, ByteSlice};
use gix::ObjectId;

use super::model::{Change, Side};
use super::paths::Paths;
use crate::repo::NotExact;

/// All staged changes as `git diff-index --cached` has them with these options. `head`: a commit or tree.
pub fn ask(
    git: &Path,
    git_dir: &Path,
    top: &Path,
    head: ObjectId,
    args: &[OsString],
    paths: &Paths,
) -> Result<BTreeMap<BString, Change>, NotExact> {
    let failed = || NotExact::because("git finds no renames");
    let output = Command::new(git)
        .args(["diff-index", "--cached", "--raw", "-z", "--full-index", "--ita-invisible-in-index"])
        .arg("--no-ext-diff")
        .args(args)
        .arg(head.to_string())
        .arg("--")
        .args(paths.iter().map(|path| OsString::from_vec([b":(top,literal)", path.as_bytes()].concat())))
        // Attributes count here, and those are read from the worktree.
        .current_dir(top)
        .env("GIT_DIR", git_dir)
        .env("GIT_WORK_TREE", top)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::null())
        .output()
        .map_err(|_| failed())?;
    // git status would say the same, and perhaps more often.
    if !output.status.success() || !output.stderr.is_empty() {
        return Err(failed());
    }
    parse(&output.stdout).ok_or_else(failed)
}

fn parse(text: &[u8]) -> Option<BTreeMap<BString, Change>> {
    let mut changes = BTreeMap::new();
    let mut fields = text.split(|byte| *byte == 0);
    while let Some(line) = fields.next().filter(|line| !line.is_empty()) {
        let mut words = line.strip_prefix(b":")?.split(|byte| *byte == b' ');
        let mode = |word: Option<&[u8]>| u32::from_str_radix(word?.to_str().ok()?, 8).ok();
        let (old_mode, new_mode) = (mode(words.next())?, mode(words.next())?);
        let id = |word: Option<&[u8]>| ObjectId::from_hex(word?).ok();
        let (old_id, new_id) = (id(words.next())?, id(words.next())?);
        let (letter, score) = words.next()?.split_first()?;
        let mut path: BString = fields.next()?.into();
        let mut original = None;
        if matches!(letter, b'R' | b'C') {
            let score = score.to_str().ok()?.parse().ok()?;
            original = Some((std::mem::replace(&mut path, fields.next()?.into()), score));
        }
        if *letter == b'U' {
            continue;
        }
        let change = Change {
            staged: *letter,
            unstaged: b' ',
            head: Side { mode: old_mode, id: old_id },
            index: Side { mode: new_mode, id: new_id },
            worktree_mode: new_mode,
            original,
            submodule: None,
            conflict: None,
        };
        changes.insert(path, change);
    }
    Some(changes)
}
