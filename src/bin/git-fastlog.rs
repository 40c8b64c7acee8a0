//! `git fastlog`: see the library's `log` module.

use std::process::ExitCode;

fn main() -> ExitCode {
    git_fast::log::run(std::env::args_os().skip(1))
}
