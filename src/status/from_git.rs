//! git's own answer as a [`Status`]: for our formats, where only git can answer.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Stdio};

use bstr::{BString, ByteSlice};
use gix::ObjectId;

use super::handover::Git;
use super::model::{Change, Distance, Head, Side, Status, Submodule, Upstream};
use super::state::InProgress;
use super::state::operations::names;

/// Asks git; what it printed to standard error, and its exit code, where it fails. `stashes`: whether they are counted
/// even where the caller does not say so.
pub(super) fn ask(git: &Git<'_>, stashes: bool) -> Result<Status, (Vec<u8>, u8)> {
    let failed = |text: &str| (format!("fatal: {text}\n").into_bytes(), crate::cli::FATAL);
    let format = ["--porcelain=v2", "--branch", "-z", "--show-stash"];
    let output = git.command(&format[..if stashes { 4 } else { 3 }]).output();
    let output = output.map_err(|err| failed(&format!("cannot run git: {err}")))?;
    if !output.status.success() {
        let code = output.status.code().and_then(|code| u8::try_from(code).ok());
        return Err((output.stderr, code.unwrap_or(crate::cli::FATAL)));
    }
    let mut status = parse(&output.stdout).ok_or_else(|| failed("git's status is not understood"))?;
    status.operations = operations();
    Ok(status)
}

/// What is in progress in the repository that git has found.
fn operations() -> Vec<&'static str> {
    let ask = |args: &[&str]| {
        let output = Command::new("git").arg("rev-parse").args(args).stderr(Stdio::null()).output().ok()?;
        output.status.success().then_some(output.stdout)
    };
    // A git from before there were other refs repeats what it does not know.
    let Some(answer) = ask(&["--absolute-git-dir", "--show-ref-format"]) else { return Vec::new() };
    let lines = answer.strip_suffix(b"\n").unwrap_or(&answer);
    let Some((dir, format)) = lines.rsplit_once_str(b"\n") else { return Vec::new() };
    let dir = Path::new(OsStr::from_bytes(dir));
    let has_other_refs = format != b"files" && format != b"--show-ref-format";
    names(dir, |name| has_other_refs && ask(&["--verify", "--quiet", name]).is_some())
}

/// From `--porcelain=v2 -z`; `None` for what that does not print.
pub fn parse(text: &[u8]) -> Option<Status> {
    let mut status = Status {
        head: Head { branch: None, commit: None, upstream: None },
        changes: BTreeMap::new(),
        untracked: Vec::new(),
        ignored: Vec::new(),
        stashes: 0,
        in_progress: InProgress::default(),
        operations: Vec::new(),
        sparse_percentage: None,
    };
    let mut fields = text.split(|byte| *byte == 0);
    while let Some(field) = fields.next() {
        let Some((kind, rest)) = field.split_once_str(b" ") else { continue };
        match kind {
            b"#" => header(&mut status, rest)?,
            b"1" => {
                let (change, path) = change(rest, 7)?;
                status.changes.insert(path, change);
            }
            b"2" => {
                let (mut change, scored) = change(rest, 7)?;
                let (score, path) = scored.split_once_str(b" ")?;
                let score = score.get(1..)?.to_str().ok()?.parse().ok()?;
                change.original = Some((fields.next()?.into(), score));
                status.changes.insert(path.into(), change);
            }
            b"u" => {
                let (change, path) = conflict(rest)?;
                status.changes.insert(path, change);
            }
            b"?" => status.untracked.push(rest.into()),
            b"!" => status.ignored.push(rest.into()),
            _ => return None,
        }
    }
    Some(status)
}

fn header(status: &mut Status, text: &[u8]) -> Option<()> {
    let (key, value) = text.split_once_str(b" ")?;
    let head = &mut status.head;
    match key {
        b"branch.oid" => head.commit = ObjectId::from_hex(value).ok(),
        b"branch.head" if value != b"(detached)" => {
            head.branch = Some([b"refs/heads/", value].concat().into())
        }
        b"branch.upstream" => head.upstream = Some(Upstream { name: value.into(), distance: None }),
        b"branch.ab" => {
            let (ahead, behind) = value.to_str().ok()?.split_once(' ')?;
            let distance = match (ahead.get(1..)?.parse(), behind.get(1..)?.parse()) {
                (Ok(ahead), Ok(behind)) => Distance::Counted(ahead, behind),
                _ => Distance::Same(false),
            };
            head.upstream.as_mut()?.distance = Some(distance);
        }
        b"stash" => status.stashes = value.to_str().ok()?.parse().ok()?,
        _ => {}
    }
    Some(())
}

fn mode(word: Option<&[u8]>) -> Option<u32> {
    u32::from_str_radix(word?.to_str().ok()?, 8).ok()
}

fn letter(letter: u8) -> u8 {
    if letter == b'.' { b' ' } else { letter }
}

/// `XY sub mH mI mW hH hI rest`
fn change(text: &[u8], words: usize) -> Option<(Change, BString)> {
    let mut words = text.splitn(words + 1, |byte| *byte == b' ');
    let letters = words.next()?;
    let submodule = match words.next()? {
        [b'S', flags @ ..] if flags != b"..." => Some(Submodule {
            new_commits: flags.contains(&b'C'),
            modified: flags.contains(&b'M'),
            untracked: flags.contains(&b'U'),
        }),
        _ => None,
    };
    let modes = [mode(words.next())?, mode(words.next())?, mode(words.next())?];
    let ids = [ObjectId::from_hex(words.next()?).ok()?, ObjectId::from_hex(words.next()?).ok()?];
    let change = Change {
        staged: letter(*letters.first()?),
        unstaged: letter(*letters.get(1)?),
        head: Side { mode: modes[0], id: ids[0] },
        index: Side { mode: modes[1], id: ids[1] },
        worktree_mode: modes[2],
        original: None,
        submodule,
        conflict: None,
    };
    Some((change, words.next()?.into()))
}

/// `XY sub m1 m2 m3 mW h1 h2 h3 path`
fn conflict(text: &[u8]) -> Option<(Change, BString)> {
    let words: Vec<&[u8]> = text.splitn(10, |byte| *byte == b' ').collect();
    let [_, _, m1, m2, m3, worktree, h1, h2, h3, path] = words.as_slice() else { return None };
    let mut stages = [None; 3];
    for (stage, (m, id)) in stages.iter_mut().zip([(m1, h1), (m2, h2), (m3, h3)]) {
        let m = mode(Some(m))?;
        *stage = (m != 0).then_some(Side { mode: m, id: ObjectId::from_hex(id).ok()? });
    }
    let nothing = Side { mode: 0, id: ObjectId::from_hex(h1).ok()?.kind().null() };
    let change = Change {
        staged: b'U',
        unstaged: b'U',
        head: nothing,
        index: nothing,
        worktree_mode: mode(Some(worktree))?,
        original: None,
        submodule: None,
        conflict: Some(stages),
    };
    Some((change, (*path).into()))
}
