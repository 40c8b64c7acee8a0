//! The dates of commits whose headers only git knows how to read.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use bstr::ByteSlice;
use gix::hash::ObjectId;

/// The committer dates (seconds since 1970) that git's revision walk uses for some commits, in their order. One
/// process for all. A date beyond `i64::MAX` becomes that.
///
/// # Errors
/// When git cannot be run, fails, or does not answer for each commit.
pub fn commit_dates(git: &Path, git_dir: &Path, ids: &[ObjectId]) -> io::Result<Vec<i64>> {
    let mut child = Command::new(git)
        .arg("--no-replace-objects")
        .arg("--git-dir")
        .arg(git_dir)
        .args(["rev-list", "--no-walk=unsorted", "--timestamp", "--stdin"])
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    // git reads all of its standard input before it prints, so there is nothing to deadlock on.
    if let Some(mut stdin) = child.stdin.take() {
        let lines: String = ids.iter().map(|id| format!("{id}\n")).collect();
        stdin.write_all(lines.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("git rev-list failed: {}", output.status)));
    }
    let dates = output.stdout.lines().zip(ids).map(|(line, id)| {
        let (date, name) = line.split_once_str(b" ")?;
        let date = date.to_str().ok()?.parse::<i128>().ok()?;
        (name == id.to_string().as_bytes()).then(|| date.clamp(0, i128::from(i64::MAX)) as i64)
    });
    dates
        .collect::<Option<Vec<i64>>>()
        .filter(|dates| dates.len() == ids.len())
        .ok_or_else(|| io::Error::other("git rev-list did not answer for each commit"))
}
