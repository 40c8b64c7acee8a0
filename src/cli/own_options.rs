//! The options that a command has besides git's: clap reads them, and says what is wrong with them.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use super::{USAGE, version};

/// As many processors as large machines have.
const MOST_THREADS: u16 = 256;

/// Reads `args`, the command's own ones, without the program's name.
///
/// # Errors
/// When nothing is left to do but to exit: help or version were asked for, or something is wrong; it has been printed.
/// `-h` counts as wrong, as it does with git.
pub fn parse<O: Parser>(program: &str, args: &[OsString]) -> Result<O, ExitCode> {
    let words = std::iter::once(program.into()).chain(args.iter().cloned());
    O::try_parse_from(words).map_err(|said| {
        let code = version::instead(&said);
        let short_help = said.kind() == ErrorKind::DisplayHelp && args.iter().any(|arg| arg == "-h");
        if short_help { ExitCode::from(USAGE) } else { code }
    })
}

/// [`parse`] where there mostly are none: what clap, asked for nothing, takes is a twentieth of a page's time.
///
/// # Errors
/// As [`parse`].
pub fn parse_if_any<O: Parser + Default>(program: &str, args: &[OsString]) -> Result<O, ExitCode> {
    if args.is_empty() { Ok(O::default()) } else { parse(program, args) }
}

/// `--threads`: how many are meant. More would only take memory, and longer to start than to be of use.
pub fn at_most(threads: u16) -> usize {
    usize::from(threads.min(MOST_THREADS))
}

/// `--threads`: how many this process computes with.
pub fn limit_threads(threads: Option<u16>) {
    if let Some(threads) = threads {
        // The pool may exist already when called as a library: then it stays as it is.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(at_most(threads)).build_global();
    }
}
