//! Becoming git: signals, exit code, pager and standard input are then git's.

use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// Replaces this process by `git <command> <args>`; returns only when that fails.
pub fn exec_git(command: &str, args: impl IntoIterator<Item = OsString>) -> ExitCode {
    crate::cli::profile::finish();
    let err = Command::new(OsStr::new("git")).arg(command).args(args).exec();
    crate::cli::fatal(&format!("cannot run git: {err}"))
}
