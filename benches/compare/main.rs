//! Whole-process comparison of git-fastlog with git log on real or generated repositories:
//!
//! `cargo bench --bench compare -- --output docs/BENCHMARKS.md REPOSITORY…`
//!
//! Each repository is cloned with hard links and given a commit-graph with changed-path filters, so that git
//! is at its best and the original is never written to. Runs are interleaved, standard output is `/dev/null`
//! for both, and no time is reported for an answer that differs from git's.

mod rows;
mod subject;
#[path = "../support/mod.rs"]
mod support;

use std::io;
use std::path::PathBuf;

use clap::Parser;

use subject::Subject;
use support::document;
use support::options::Common;

/// Compares git-fastlog with git log.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    common: Common,
    /// Repositories, bare or not.
    #[arg(required = true)]
    repositories: Vec<PathBuf>,
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let heading = document::heading(
        "Benchmarks",
        &arguments.common.again("compare", "REPOSITORY…"),
        "Synthetic repositories come from `cargo bench --bench generate -- --help`.\n\n\
         Whole processes, wall-clock time (and, under “processor”, the time of all threads, which other load changes \
         less), standard output to `/dev/null`, runs interleaved, caches warm. git has a commit-graph with changed-path \
         filters. Answers of the same form were compared byte for byte first: all but builds and `--last-modified`, which is \
         held against `git log -1` of a sample of paths. “Times faster” is the median of what each round of \
         both says. Memory is the peak resident set, mapped files included. Our programs \
         are copies, as if installed.",
    )?;
    let (mut text, mut all) = (String::new(), Vec::new());
    for path in &arguments.repositories {
        let subject = Subject::new(path)?;
        text.push_str(&subject.description()?);
        for (title, rows) in [
            ("Commits", rows::history(&subject)?),
            ("Paths", rows::paths(&subject)?),
            ("Building", rows::build()),
        ] {
            all.extend(table(&mut text, title, rows, &subject, &arguments)?);
        }
        // The last row has built it, with all that it holds.
        text.push_str(&subject.index_size()?);
    }
    document::write(arguments.common.output.as_deref(), &[heading, document::slower(&all), text].concat())
}

/// One table; of each row what it is about, and how many times as fast as git we are.
fn table(
    text: &mut String,
    title: &str,
    rows: Vec<rows::Row>,
    subject: &Subject,
    arguments: &Arguments,
) -> io::Result<Vec<(String, f64)>> {
    text.push_str(&format!(
        "### {title}\n\n\
         | what | answered | git median | p95 | p99 | processor | ours median | p95 | p99 | processor | times faster \
         | git memory | ours |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    ));
    let mut all = Vec::new();
    for row in rows {
        let (line, times) = subject.measure(&row, arguments.common.effort)?;
        document::row(text, &line)?;
        all.push((format!("{}: {}", subject.name, row.name), times));
    }
    text.push('\n');
    Ok(all)
}
