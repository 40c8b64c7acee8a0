//! `git optimize`: see the library's `optimize` module.

use std::process::ExitCode;

fn main() -> ExitCode {
    git_fast::optimize::run(std::env::args_os().skip(1))
}
