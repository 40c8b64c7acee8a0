//! The options that a command has besides git's: clap reads them, and says what is wrong with them.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use super::version;

/// Reads `args`, the command's own ones, without the program's name.
///
/// # Errors
/// When nothing is left to do but to exit: help or version were asked for, or something is wrong; it has been printed.
pub fn parse<O: Parser>(program: &str, args: &[OsString]) -> Result<O, ExitCode> {
    let args = std::iter::once(program.into()).chain(args.iter().cloned());
    O::try_parse_from(args).map_err(|said| version::instead(&said))
}

/// `--threads`: how many this process computes with.
pub fn limit_threads(threads: Option<u16>) {
    if let Some(threads) = threads {
        // The pool may exist already when called as a library: then it stays as it is.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build_global();
    }
}
