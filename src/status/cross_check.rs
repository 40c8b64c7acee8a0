//! `--cross-check`: this program and git answer the same question, and every difference is reported.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Output, Stdio};

use bstr::ByteSlice;

use crate::cli::{FATAL, fatal};

/// Exit code for answers that differ.
const DIFFERENT: u8 = 1;

/// Prints the answer of this program to `ours` (its arguments, without `--cross-check`), and reports on stderr where
/// `git status` with the arguments `theirs` answers otherwise. The exit code is that of our answer, or 1.
pub(super) fn run(git: &Path, ours: &[OsString], theirs: &[OsString]) -> ExitCode {
    let answers = std::env::current_exe().and_then(|program| {
        let our = Command::new(program).args(ours).stdin(Stdio::null()).output()?;
        let mut git = Command::new(git);
        // git must not write its index meanwhile: the answers would be about different ones.
        git.env("GIT_OPTIONAL_LOCKS", "0").arg("status").args(theirs).stdin(Stdio::null());
        Ok((our, git.output()?))
    });
    let (our, their) = match answers {
        Ok(answers) => answers,
        Err(err) => return fatal(&format!("--cross-check: cannot run and compare: {err}")),
    };
    let _ = std::io::stdout().write_all(&our.stdout).and_then(|()| std::io::stdout().flush());
    let _ = std::io::stderr().write_all(&our.stderr);
    if our.stdout == their.stdout && code(&our) == code(&their) {
        return ExitCode::from(code(&our));
    }
    let mut report = b"error: --cross-check: the answer differs from git's\n".to_vec();
    if code(&our) != code(&their) {
        report.extend(format!("exit code: {}, git's: {}\n", code(&our), code(&their)).bytes());
    }
    if let Some(at) = (0..).zip(our.stdout.lines()).zip(their.stdout.lines()).find(|((_, a), b)| a != b) {
        let ((at, our), their) = at;
        report.extend(
            format!(
                "first difference: line {}\n  ours: {:?}\n  git:  {:?}\n",
                at + 1,
                our.as_bstr(),
                their.as_bstr()
            )
            .bytes(),
        );
    }
    let _ = std::io::stderr().write_all(&report);
    let _ = std::io::stderr().write_all(&their.stderr);
    ExitCode::from(DIFFERENT)
}

fn code(output: &Output) -> u8 {
    output.status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(FATAL)
}
