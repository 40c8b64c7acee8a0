//! Handing over to git: the whole question, or, `assisted`, the commits that the index has found.

use std::ffi::OsString;
use std::io::{Seek, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use super::walk::Step;
use crate::index::{History, Pos};
use crate::repo::NotExact;

/// Becomes a `git log` that renders just these commits, in this order, with diffs limited to `paths`.
pub fn exec_assisted(
    git: &Path,
    history: &History<'_>,
    steps: &[Step],
    args: &[OsString],
    paths: impl Iterator<Item = OsString>,
) -> Result<ExitCode, NotExact> {
    let failed = |err: std::io::Error| NotExact::from(format!("temporary file: {err}"));
    let mut list = tempfile::tempfile().map_err(failed)?;
    let mut text = Vec::with_capacity(steps.len() * 41);
    for step in steps {
        // Writing to a Vec does not fail.
        let _ = writeln!(text, "{}", history.oid(step.pos));
    }
    list.write_all(&text).map_err(failed)?;
    list.rewind().map_err(failed)?;
    crate::cli::profile::finish();
    let err = Command::new(git)
        .args(["log", "--stdin"])
        .args(args)
        // Behind the other options: `-n` makes git walk again.
        .arg("--no-walk=unsorted")
        .arg("--")
        .args(paths)
        .stdin(Stdio::from(list))
        .exec();
    Err(NotExact::from(format!("cannot run git: {err}")))
}

/// Asks git which of these commits its text filters show.
pub fn judge(
    git: &Path,
    history: &History<'_>,
    positions: &[Pos],
    grep_args: &[OsString],
) -> Result<Vec<bool>, NotExact> {
    let failed = |what: &dyn std::fmt::Display| NotExact::from(format!("git judging texts: {what}"));
    let mut list = tempfile::tempfile().map_err(|err| failed(&err))?;
    let mut text = Vec::with_capacity(positions.len() * 41);
    for &pos in positions {
        let _ = writeln!(text, "{}", history.oid(pos));
    }
    list.write_all(&text).map_err(|err| failed(&err))?;
    list.rewind().map_err(|err| failed(&err))?;
    let output = Command::new(git)
        .args(["log", "--no-walk=unsorted", "--stdin", "--no-notes", "--no-color", "-s", "--format=%H"])
        .args(["--no-show-signature"])
        .args(grep_args)
        .stdin(Stdio::from(list))
        .stderr(Stdio::null())
        .output()
        .map_err(|err| failed(&err))?;
    if !output.status.success() {
        return Err(failed(&output.status));
    }
    let mut shown = output.stdout.split(|&b| b == b'\n').peekable();
    let mut verdicts = Vec::with_capacity(positions.len());
    for &pos in positions {
        let hex = history.oid(pos).to_string();
        verdicts.push(shown.next_if(|line| *line == hex.as_bytes()).is_some());
    }
    Ok(verdicts)
}

/// Counts the commits that `git log` with these arguments shows: git's exit code, and the count.
pub fn count(git: &Path, args: &[OsString]) -> std::io::Result<(u8, u64)> {
    let output = Command::new(git)
        .args(["log", "-s", "--no-notes", "--no-color", "--format=%H"])
        .args(args)
        .stderr(Stdio::inherit())
        .output()?;
    let code = output.status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(crate::cli::FATAL);
    Ok((code, output.stdout.iter().filter(|b| **b == b'\n').count() as u64))
}

/// Whether any of these words is a revision to git, rather than a path or nothing at all.
pub fn has_revisions(git: &Path, words: &[OsString]) -> bool {
    let output = Command::new(git)
        .args(["rev-parse", "--revs-only"])
        .args(words)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    output.is_ok_and(|output| !output.stdout.is_empty())
}
