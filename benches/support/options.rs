//! What all benchmarks are told.

use std::path::PathBuf;

use super::timing::Effort;

/// Options of all benchmarks.
#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    #[command(flatten)]
    pub(crate) effort: Effort,
    /// Write the tables to this file (and pictures beside it), not to standard output.
    #[arg(long)]
    pub(crate) output: Option<PathBuf>,
    /// cargo says this to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Common {
    /// The command that measures the same again, but for where things are.
    pub(crate) fn again(&self, bench: &str, rest: &str) -> String {
        let output =
            self.output.as_ref().map_or(String::new(), |file| format!(" --output {}", file.display()));
        format!("cargo bench --bench {bench} -- {}{output} {rest}", self.effort)
    }
}
