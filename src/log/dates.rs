//! `--since` and its kin: free text that only git's own date parser reads as git does.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process::{Command, Stdio};

use bstr::{BStr, ByteSlice};

use crate::repo::NotExact;

/// What `option` (`--since` or `--until`) with this text means, in seconds since the epoch.
pub(super) fn read(git: &Path, option: &str, text: &BStr) -> Result<i64, NotExact> {
    let failed = || NotExact::from(format!("date '{text}'"));
    let argument = OsString::from_vec([option.as_bytes(), b"=", text].concat());
    let output = Command::new(git)
        .arg("rev-parse")
        .arg(argument)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .map_err(|_| failed())?;
    // It answers `--max-age=<seconds>` or `--min-age=<seconds>`.
    let answer = output.stdout.trim_end();
    let digits = answer.splitn_str(2, "=").nth(1).ok_or_else(failed)?;
    digits.to_str().ok().and_then(|digits| digits.parse().ok()).ok_or_else(failed)
}
