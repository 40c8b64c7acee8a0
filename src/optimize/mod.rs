//! `git optimize`. For now only `git optimize index …` is its own; the rest is `git maintenance run`, openly.

mod cli;
mod index;
mod progress;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::USAGE;
use crate::cli::trace::Report;
use crate::repo::exec_git;

pub use cli::OptimizeOptions;

/// Runs `git optimize` with these arguments (without the program's name).
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let options = match OptimizeOptions::try_parse_from(std::iter::once("git-optimize".into()).chain(args)) {
        Ok(options) => options,
        Err(err) => {
            let _ = err.print();
            return if err.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
    };
    match options.command {
        Some(cli::Command::Index(options)) => index::run(&options),
        Some(cli::Command::Run { args }) => hand_over(args),
        None => hand_over(Vec::new()),
    }
}

fn hand_over(args: Vec<OsString>) -> ExitCode {
    let mut report = Report::new("optimize");
    report.reason = "git maintenance does the work".into();
    report.finish();
    exec_git("maintenance", std::iter::once("run".into()).chain(args))
}
