//! Tells the crate which commit it is built from, for `--version`, and the linker how to make programs that start fast.
//!
//! The commit is, in this order: what a packager says in `GIT_FAST_COMMIT`, what `cargo package` has noted, what git
//! says about this directory; without any of them the version has no commit. Debug builds don't ask: they would be made
//! anew with every commit.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Where cargo notes the commit of a packaged crate.
const PACKAGED: &str = ".cargo_vcs_info.json";
/// Hex digits of an abbreviated commit.
const DIGITS: usize = 10;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    link();
    println!("cargo::rerun-if-env-changed=GIT_FAST_COMMIT");
    let debug = env::var_os("PROFILE").is_none_or(|profile| profile != "release");
    let given = env::var("GIT_FAST_COMMIT").ok().filter(|commit| !commit.is_empty());
    let commit = match given {
        Some(commit) => Some(commit),
        None if debug => Some("debug build".to_owned()),
        None => packaged().or_else(checked_out),
    };
    let version = env!("CARGO_PKG_VERSION");
    match commit {
        Some(commit) => println!("cargo::rustc-env=GIT_FAST_VERSION={version} ({commit})"),
        None => println!("cargo::rustc-env=GIT_FAST_VERSION={version}"),
    }
}

/// What is done here only where it was measured: ARCHITECTURE.md has the figures.
fn link() {
    const MEASURED: &str = "x86_64-unknown-linux-gnu";
    let elsewhere = ["TARGET", "HOST"].iter().any(|key| env::var(key).as_deref() != Ok(MEASURED));
    let features = env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    if elsewhere || features.contains("crt-static") {
        return;
    }
    // At a fixed address nothing is relocated at each start.
    println!("cargo::rustc-link-arg-bins=-no-pie");
    // The unwinder that Rust's library needs, without loading a library for it.
    let found = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output();
    let path = found.ok().and_then(|found| String::from_utf8(found.stdout).ok()).unwrap_or_default();
    if let Some(dir) = Path::new(path.trim()).parent().filter(|dir| dir.is_absolute()) {
        println!("cargo::rustc-link-search=native={}", dir.display());
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}

/// From the file in a crate's tarball: `{"git":{"sha1":"…"},…}`.
fn packaged() -> Option<String> {
    let text = fs::read_to_string(PACKAGED).ok()?;
    let (_, rest) = text.split_once("\"sha1\"")?;
    let hex: String = rest.chars().skip_while(|c| !c.is_ascii_hexdigit()).take(DIGITS).collect();
    (hex.len() == DIGITS && hex.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(hex)
}

/// From git, if this directory is the top of a checkout and not merely inside of one.
fn checked_out() -> Option<String> {
    if !Path::new(".git").exists() {
        return None;
    }
    for file in ["HEAD", "logs/HEAD"] {
        println!("cargo::rerun-if-changed={}", git(&["rev-parse", "--git-path", file])?);
    }
    // For the mark of a commit that is not what is built.
    println!("cargo::rerun-if-changed=src");
    git(&["describe", "--always", "--dirty", "--exclude=*", &format!("--abbrev={DIGITS}")])
}

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}
