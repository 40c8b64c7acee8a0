//! `git faststatus`: see the library's `status` module.

use std::process::ExitCode;

fn main() -> ExitCode {
    git_fast::status::run(std::env::args_os().skip(1))
}
