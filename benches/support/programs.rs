//! git and our programs, run where nothing of the user's is read.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// All of them.
const NAMES: [&str; 3] = ["git-fastlog", "git-faststatus", "git-optimize"];

/// One of our programs, as cargo has just built it with optimisation, or the one in `GIT_FAST_TEST_BIN_DIR`.
pub(crate) fn ours(name: impl AsRef<Path>) -> PathBuf {
    static INSTALLED: OnceLock<PathBuf> = OnceLock::new();
    let installed = || match std::env::var_os("GIT_FAST_TEST_BIN_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => install().unwrap_or_else(|err| panic!("{}: {err}", env!("CARGO_TARGET_TMPDIR"))),
    };
    INSTALLED.get_or_init(installed).join(name)
}

/// Copies them to where they are measured, as installing does. Linux keeps in larger pieces what was written by one copy
/// than what a linker wrote here and there, and maps that faster: a page takes a sixth less time then.
fn install() -> io::Result<PathBuf> {
    let built = Path::new(env!("CARGO_BIN_EXE_git-fastlog"));
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("installed");
    std::fs::create_dir_all(&dir)?;
    for name in NAMES {
        let new = dir.join(format!("{name}.new"));
        std::fs::copy(built.with_file_name(name), &new)?;
        // One that still runs keeps the file that it has.
        std::fs::rename(new, dir.join(name))?;
    }
    Ok(dir)
}

/// What gitoxide's program calls itself, if it is there.
pub(crate) fn gix_version() -> Option<String> {
    let output = Command::new("gix").arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
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
