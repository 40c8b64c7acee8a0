//! Our own options where only git can answer.

use std::ffi::OsString;
use std::process::{Command, ExitCode, Stdio};

use crate::cli::fatal;
use crate::repo::exec_git;

/// Where git answers, it does not write its index either: nobody who asks again and again may be in another's way.
const NO_LOCKS: &str = "--no-optional-locks";

/// git answers instead of this process.
pub(super) fn answer(git_args: &[OsString]) -> ExitCode {
    let words = std::iter::once("status".into()).chain(git_args.iter().cloned());
    exec_git(NO_LOCKS, words)
}

/// `--exit-code`: whether git finds any difference. The format is not the caller's, nobody sees it.
pub(super) fn exit_code(git_args: &[OsString]) -> ExitCode {
    let output = Command::new("git")
        .args([NO_LOCKS, "status"])
        .args(git_args)
        .args(["--porcelain", "--ignored=no", "--no-branch"])
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output();
    match output {
        Err(err) => fatal(&format!("cannot run git: {err}")),
        Ok(output) => match output.status.code().and_then(|code| u8::try_from(code).ok()) {
            Some(0) => ExitCode::from(u8::from(!output.stdout.is_empty())),
            Some(code) => ExitCode::from(code),
            None => ExitCode::from(crate::cli::FATAL),
        },
    }
}
