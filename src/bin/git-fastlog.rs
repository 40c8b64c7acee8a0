//! `git fastlog`: see the library's `log` module.

use std::process::ExitCode;

fn main() -> ExitCode {
    git_fast::cli::profile::run(git_fast::log::run)
}
