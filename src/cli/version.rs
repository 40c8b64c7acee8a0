//! What the programs say instead of running: help, the version, or what is wrong with their options.

use std::io::Write;
use std::process::{Command, ExitCode, Stdio};

use bstr::ByteSlice;
use clap::error::ErrorKind;

use super::USAGE;

/// The version with the commit that it was built from, where that is known (`build.rs`).
pub const VERSION: &str = env!("GIT_FAST_VERSION");

/// Prints what clap has to say, and gives the exit code for it. Only here, where the version is asked for, git is asked
/// for its own: its answers are the ones that are given.
pub fn instead(said: &clap::Error) -> ExitCode {
    let _ = said.print();
    if said.kind() == ErrorKind::DisplayVersion {
        let _ = writeln!(std::io::stdout(), "{}", git_version());
    }
    if said.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS }
}

/// `git version 2.47.3`, as git says it.
fn git_version() -> String {
    let output = Command::new("git").arg("version").stdin(Stdio::null()).stderr(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => output.stdout.trim().to_str_lossy().into_owned(),
        _ => "there is no git on PATH".to_owned(),
    }
}
