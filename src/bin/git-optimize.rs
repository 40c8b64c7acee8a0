//! `git optimize`: see the library's `optimize` module.

use std::process::ExitCode;

fn main() -> ExitCode {
    git_fast::cli::profile::run(git_fast::optimize::run)
}
