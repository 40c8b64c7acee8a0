//! What the programs say instead of running: help, the version, or what is wrong with their options.

use std::io::Write;
use std::process::{Command, ExitCode, Stdio};

use bstr::ByteSlice;
use clap::error::ErrorKind;

use super::USAGE;
use super::output::{self, STANDARD_OUTPUT};

/// The version with the commit that it was built from, where that is known (`build.rs`).
pub const VERSION: &str = env!("GIT_FAST_VERSION");

/// Prints what clap has to say, and gives the exit code for it. Only here, where the version is asked for, git is asked
/// for its own: its answers are the ones that are given.
pub fn instead(said: &clap::Error) -> ExitCode {
    let git = match said.kind() {
        ErrorKind::DisplayVersion => format!("{}\n", git_version()),
        _ => String::new(),
    };
    let mut stdout = std::io::stdout();
    let written = said.print().and_then(|()| stdout.write_all(git.as_bytes())).and_then(|()| stdout.flush());
    match written {
        _ if said.use_stderr() => ExitCode::from(USAGE),
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => output::failed(&err, STANDARD_OUTPUT),
    }
}

/// `git version 2.47.3`, as git says it.
fn git_version() -> String {
    let output = Command::new("git").arg("version").stdin(Stdio::null()).stderr(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => output.stdout.trim().to_str_lossy().into_owned(),
        _ => "there is no git on PATH".to_owned(),
    }
}
