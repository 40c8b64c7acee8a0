//! `git optimize`: inspect → plan → run → report. What changes the repository is git's own commands, and that what
//! killed processes have left is removed; what is ours is looking whether they are worth it, and the index.

mod cache;
mod cli;
mod clone;
mod context;
mod doctor;
mod index;
mod lines;
mod progress;
mod report;
mod run;
mod said;
mod schedule;
mod shell;
mod stats;

use std::ffi::OsString;
use std::process::ExitCode;

use self::cli::Command;
use crate::cli::own_options;

pub use cli::OptimizeOptions;
pub use report::{FIGURES, Figure};
pub(crate) use report::{read_pack, read_sizes, read_sums};

/// Reads what there is of a commit-graph (see [`crate::readers`]).
pub(crate) fn read_commit_graph(objects: &std::path::Path) {
    let _ = run::graph::read(objects);
}

/// Reads what packs and their indices say (see [`crate::readers`]).
pub(crate) fn read_packs(objects: &std::path::Path, hash: gix::hash::Kind) {
    let _ = run::packs::Packs::read(&objects.join("pack"), hash);
}

/// Runs `git optimize` with these arguments (without the program's name).
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let options: OptimizeOptions = match own_options::parse("git-optimize", &args) {
        Ok(options) => options,
        Err(code) => return code,
    };
    said::end(match options.command {
        Some(Command::Index(options)) => index::run(&options),
        Some(Command::Run(options)) => run::run(&options),
        Some(Command::Report(options)) => report::run(&options),
        Some(Command::Stats(options)) => stats::run(&options),
        Some(Command::Cache(options)) => cache::run(&options),
        Some(Command::Doctor(options)) => doctor::run(&options),
        Some(Command::Clone(options)) => clone::run(&options),
        Some(Command::Schedule(options)) => schedule::run(&options),
        None => run::run(&options.run),
    })
}
