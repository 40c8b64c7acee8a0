//! git and our programs, run where nothing of the user's is read.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One of our programs, as cargo has just built it with optimisation, or the one in `GIT_FAST_TEST_BIN_DIR`.
pub(crate) fn ours(name: impl AsRef<Path>) -> PathBuf {
    match std::env::var_os("GIT_FAST_TEST_BIN_DIR") {
        Some(dir) => PathBuf::from(dir).join(name),
        None => Path::new(env!("CARGO_BIN_EXE_git-fastlog")).with_file_name(name.as_ref()),
    }
}

pub(crate) fn command<A: AsRef<OsStr>>(program: impl AsRef<OsStr>, dir: &Path, args: &[A]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(dir).args(args).stdin(Stdio::null());
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C.UTF-8");
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "A U Thor").env(format!("GIT_{role}_EMAIL"), "a@example.com");
    }
    command
}

/// Runs it, and it must succeed; what it printed.
pub(crate) fn succeed(mut command: Command) -> io::Result<Vec<u8>> {
    let output = command.stderr(Stdio::inherit()).output()?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(io::Error::other(format!("{command:?}: {}", output.status))),
    }
}

/// Runs git, which must succeed; what it printed, without the last newline.
pub(crate) fn git(dir: &Path, args: &[&str]) -> io::Result<String> {
    let printed = succeed(command("git", dir, args))?;
    Ok(String::from_utf8_lossy(&printed).trim_end().to_owned())
}
