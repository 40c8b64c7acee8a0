//! `git faststatus`: see the library's `status` module.

use std::process::ExitCode;

fn main() -> ExitCode {
    git_fast::cli::profile::run(git_fast::status::run)
}
