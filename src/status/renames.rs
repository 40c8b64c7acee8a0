//! Renames among staged files, and among those that are intended to be added: git's own arithmetic, asked of git where
//! there could be any.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process::{Command, Stdio};

use bstr::{BStr, BString, ByteSlice};
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
    let mut command = diff(git, git_dir, top, "diff-index");
    command.args(["--cached"]).args(args).arg(head.to_string()).arg("--");
    command.args(paths.iter().map(literal));
    run(command)
}

/// Makes renames of files that are gone and files that are intended to be added, where `git diff-files` finds some with
/// these options. Nothing else can be renamed between index and worktree.
pub fn unstaged(
    git: &Path,
    git_dir: &Path,
    top: &Path,
    args: &[OsString],
    changes: &mut BTreeMap<BString, Change>,
) -> Result<(), NotExact> {
    let mut command = diff(git, git_dir, top, "diff-files");
    // The others are no ends of renames, and git would have to look whether they differ.
    let ends = changes.iter().filter(|(_, change)| matches!(change.unstaged, b'A' | b'D'));
    command.args(args).arg("--").args(ends.map(|(path, _)| literal(path.as_bstr())));
    for (path, found) in run(command)? {
        let Some((original, score)) = found.original else { continue };
        let odd = || NotExact::because("an odd rename of a file intended to be added");
        let change = changes.get_mut(&path).filter(|change| change.staged == b' ').ok_or_else(odd)?;
        change.unstaged = found.staged;
        (change.head, change.index) = (found.head, found.head);
        change.original = Some((original.clone(), score));
        if found.staged == b'R' {
            let old = changes.get_mut(&original).ok_or_else(odd)?;
            old.unstaged = b' ';
            old.worktree_mode = old.index.mode;
            if old.staged == b' ' {
                changes.remove(&original);
            }
        }
    }
    Ok(())
}

fn literal(path: &BStr) -> OsString {
    OsString::from_vec([b":(top,literal)", path.as_bytes()].concat())
}

/// One of git's commands that compare.
fn diff(git: &Path, git_dir: &Path, top: &Path, name: &str) -> Command {
    let mut command = Command::new(git);
    command
        .args([name, "--raw", "-z", "--full-index", "--ita-invisible-in-index", "--no-ext-diff"])
        // Attributes count here, and those are read from the worktree.
        .current_dir(top)
        .env("GIT_DIR", git_dir)
        .env("GIT_WORK_TREE", top)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::null());
    command
}

fn run(mut command: Command) -> Result<BTreeMap<BString, Change>, NotExact> {
    let failed = || NotExact::because("git finds no renames");
    let output = command.output().map_err(|_| failed())?;
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
