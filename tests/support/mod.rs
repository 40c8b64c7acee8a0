//! What every integration test stands on: a sealed environment, child processes with a deadline, the trace
//! line, generated repositories and the ways to hurt an index. No assertions about answers live here.

pub(crate) mod damage;
pub(crate) mod environment;
pub(crate) mod namespace;
mod oddities;
pub(crate) mod process;
pub(crate) mod recorder;
pub(crate) mod repository;
pub(crate) mod terminal;
pub(crate) mod text;
pub(crate) mod trace;
#[cfg(target_os = "linux")]
pub(crate) mod watch;

use std::fs;
use std::os::unix::fs::PermissionsExt;

pub(crate) use environment::Environment;
pub(crate) use process::Output;

/// A program before all others in PATH.
pub(crate) fn put_program(env: &mut Environment, name: &str, script: &str) {
    let dir = env.path().join("programs");
    if !dir.is_dir() {
        fs::create_dir(&dir).expect("writable");
        env.put_first(&dir);
    }
    fs::write(dir.join(name), format!("#!/bin/sh\n{script}\n")).expect("writable");
    fs::set_permissions(dir.join(name), fs::Permissions::from_mode(0o755)).expect("ours");
}

/// Fails with a line that says what to install where a program is missing, so that nothing is skipped quietly.
#[track_caller]
pub(crate) fn need(program: &str, package: &str) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|dir| dir.join(program).is_file());
    assert!(found, "{program} is not installed, and this test needs it: apt-get install {package}");
}

/// A part of a test that can't be done here: that is said past the harness, which keeps what tests print to itself. Where
/// everything has to be tested (`GIT_FAST_TEST_ALL`, as CI sets it), it is a failure.
#[track_caller]
pub(crate) fn left_out(what: &str, why: &str) {
    assert!(std::env::var_os("GIT_FAST_TEST_ALL").is_none(), "{what} can't be tested here: {why}");
    let line = format!("NOT TESTED, because this machine can't do it: {what}: {}\n", why.trim_end());
    let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
}
