//! `git optimize clone`: git clone with what a large repository wants, then the recommended configuration and the
//! index. Everything that git says passes through.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

use super::cli::CloneOptions;
use crate::cli::{FATAL, fatal, usage_error};

pub(super) fn run(options: &CloneOptions) -> ExitCode {
    let Some(dir) = options.dir.clone().or_else(|| directory_of(&options.url)) else {
        return usage_error("this URL has no name in it: say into which directory to clone");
    };
    match steps(options, &dir) {
        Ok(()) => ExitCode::SUCCESS,
        Err(code) => code,
    }
}

fn steps(options: &CloneOptions, dir: &Path) -> Result<(), ExitCode> {
    let mut clone = Command::new("git");
    clone.arg("clone");
    if let Some(depth) = options.depth {
        clone.arg(format!("--depth={depth}"));
    }
    if let Some(filter) = &options.filter {
        clone.arg(format!("--filter={filter}"));
    }
    if !options.sparse.is_empty() {
        clone.arg("--sparse");
    }
    if options.bare {
        clone.arg("--bare");
    }
    finish(clone.arg("--").arg(&options.url).arg(dir).status())?;
    if !options.sparse.is_empty() {
        let mut sparse = Command::new("git");
        sparse.arg("-C").arg(dir).args(["sparse-checkout", "set", "--cone", "--"]).args(&options.sparse);
        finish(sparse.status())?;
    }
    let own = std::env::current_exe().map_err(|err| fatal(&err.to_string()))?;
    finish(Command::new(&own).current_dir(dir).args(["doctor", "--apply-config"]).status())?;
    // A shallow clone has no index: the run says so, and that is no failure of the clone.
    let status = Command::new(&own).current_dir(dir).args(["run"]).status();
    match status.as_ref().map(|status| status.code()) {
        Ok(Some(0 | 2 | 3)) => Ok(()),
        _ => finish(status),
    }
}

fn finish(status: std::io::Result<ExitStatus>) -> Result<(), ExitCode> {
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            Err(ExitCode::from(code.unwrap_or(FATAL)))
        }
        Err(err) => Err(fatal(&format!("cannot run git: {err}"))),
    }
}

/// The name that git gives a clone: the last part of the URL, without `.git`.
fn directory_of(url: &str) -> Option<PathBuf> {
    let url = url.trim_end_matches('/');
    let url = url.strip_suffix("/.git").unwrap_or(url).trim_end_matches('/');
    let name = url.rsplit(['/', ':']).next()?;
    let name = name.strip_suffix(".git").unwrap_or(name);
    (!name.is_empty() && name != "." && name != "..").then(|| PathBuf::from(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_clones() {
        for (url, name) in [
            ("https://example.com/a/b.git", Some("b")),
            ("https://example.com/a/b/", Some("b")),
            ("host:b.git", Some("b")),
            ("/srv/x/.git", Some("x")),
            ("..", None),
            ("", None),
        ] {
            assert_eq!(directory_of(url), name.map(PathBuf::from), "{url}");
        }
    }
}
