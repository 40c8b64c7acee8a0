//! git in our place: the answer to what only it can tell, with what our own options add to it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, UNIX_EPOCH};

use bstr::ByteSlice;
use tempfile::{NamedTempFile, TempPath};

use crate::cli::{FATAL, fatal};
use crate::repo::exec_git;

/// Where git answers, it does not write its index either: nobody who asks again and again may be in another's way.
const NO_LOCKS: &str = "--no-optional-locks";
/// What lets git believe more of the stat data than it has to, turned off.
const DISTRUST: [&str; 3] = ["core.fsmonitor=false", "core.trustctime=true", "core.checkStat=default"];

/// git with the caller's arguments.
pub(super) struct Git<'a> {
    args: &'a [OsString],
    /// For `--verify`: git's index, but older than every file.
    old_index: Option<TempPath>,
}

impl<'a> Git<'a> {
    /// `verify`: whether git has to compare contents, too.
    ///
    /// # Errors
    /// With what keeps git from doing so.
    pub(super) fn new(args: &'a [OsString], verify: bool) -> Result<Git<'a>, String> {
        let copied = if verify { old_index() } else { Ok(None) };
        let failed = |err: io::Error| format!("--verify needs a copy of the index where git answers: {err}");
        Ok(Git { args, old_index: copied.map_err(failed)? })
    }

    /// `git status` with `more` options, which count more than those of the caller.
    pub(super) fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg(NO_LOCKS);
        if let Some(index) = &self.old_index {
            command.args(DISTRUST.iter().flat_map(|setting| ["-c", setting]));
            command.env("GIT_INDEX_FILE", index);
        }
        let is_end = |arg: &OsString| arg == "--" || arg == "--end-of-options";
        let end = self.args.iter().position(is_end).unwrap_or(self.args.len());
        command.arg("status").args(&self.args[..end]).args(more).args(&self.args[end..]);
        command.stdin(Stdio::inherit());
        command
    }

    /// git's answer as it is.
    pub(super) fn answer(&self) -> ExitCode {
        if self.old_index.is_some() {
            // The copy has to be removed when git is done.
            return ExitCode::from(code_of(self.command(&[]).status(), |status| status.code()));
        }
        let words = std::iter::once("status".into()).chain(self.args.iter().cloned());
        exec_git(NO_LOCKS, words)
    }

    /// `--exit-code`: whether git finds any difference. `print`: whether git's answer is to be seen, too.
    pub(super) fn exit_code(&self, print: bool) -> ExitCode {
        if print {
            let code = code_of(self.command(&[]).status(), |status| status.code());
            if code != 0 {
                return ExitCode::from(code);
            }
        }
        let mut probe = self.command(&["--porcelain", "--ignored=no", "--no-branch"]);
        // What it complains of has been seen once.
        let output = probe.stderr(if print { Stdio::null() } else { Stdio::inherit() }).output();
        let is_dirty = output.as_ref().is_ok_and(|output| !output.stdout.is_empty());
        match code_of(output, |output| output.status.code()) {
            0 => ExitCode::from(u8::from(is_dirty)),
            code => ExitCode::from(code),
        }
    }
}

/// The exit code of what was run, or the one for having said that it can't be.
fn code_of<T>(done: io::Result<T>, code: impl Fn(&T) -> Option<i32>) -> u8 {
    match done {
        Ok(done) => code(&done).and_then(|code| u8::try_from(code).ok()).unwrap_or(FATAL),
        Err(err) => {
            let _ = fatal(&format!("cannot run git: {err}"));
            FATAL
        }
    }
}

/// A copy of git's index that is older than every file in it. git compares the content of what may have changed since
/// its index was written, so it compares everything. `None` where there is no index to be copied.
fn old_index() -> io::Result<Option<TempPath>> {
    let asked =
        Command::new("git").args(["rev-parse", "--git-path", "index"]).stderr(Stdio::null()).output()?;
    let path = asked.stdout.strip_suffix(b"\n").unwrap_or_default();
    if !asked.status.success() {
        // git says why when it is asked for the status.
        return Ok(None);
    }
    let mut index = match File::open(Path::new(OsStr::from_bytes(path))) {
        Ok(index) => index,
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(err) => return Err(io::Error::other(format!("{}: {err}", path.as_bstr()))),
    };
    let mut copy = NamedTempFile::with_prefix("git-fast-index-")?;
    io::copy(&mut index, &mut copy)?;
    // Zero would mean to git that it does not know.
    copy.as_file().set_modified(UNIX_EPOCH + Duration::from_secs(1))?;
    Ok(Some(copy.into_temp_path()))
}
