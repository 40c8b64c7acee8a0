//! The same questions to repositories of growing size, and how the time grows with it:
//!
//! `cargo bench --bench ladder -- --output docs/BENCHMARKS-sizes.md REPOSITORY…`
//!
//! Generated repositories of 10 MB to 10 GB, and any others that are given. Four programs answer: git as it comes, git
//! tuned (a commit-graph with changed-path filters, an index with an untracked cache), gitoxide's `gix` where it has such
//! a command, and git-fast. Runs are interleaved, standard output is `/dev/null`, caches are warm, and no time is
//! reported where our answer differs from git's.

mod plot;
mod questions;
mod rungs;
#[path = "../support/mod.rs"]
mod support;

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use clap::Parser;

use questions::{GIT, GIX, OURS, PROGRAMS, Question, TUNED};
use rungs::Rung;
use support::document;
use support::options::Common;
use support::programs::gix_version;
use support::timing::{Effort, Run, Summary, megabytes, timed, times_faster};

/// Measures how time grows with the size of a repository.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    common: Common,
    /// Where repositories are made; they are kept there, and found again.
    #[arg(long, default_value = "target/bench-ladder")]
    place: PathBuf,
    /// Only generated repositories of these names.
    #[arg(long, value_delimiter = ',')]
    only: Option<Vec<String>>,
    /// Repositories to measure besides.
    repositories: Vec<PathBuf>,
}

/// What one question took on one repository, for each program that has an answer.
struct Row {
    rung: usize,
    question: &'static Question,
    runs: [Vec<Run>; PROGRAMS.len()],
}

impl Row {
    fn summary(&self, program: usize) -> Option<Summary> {
        (!self.runs[program].is_empty()).then(|| Summary::of(&self.runs[program]))
    }
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    std::fs::create_dir_all(&arguments.place)?;
    let place = std::fs::canonicalize(&arguments.place)?;
    let mut rungs = Vec::new();
    for size in rungs::SIZES {
        if arguments.only.as_ref().is_none_or(|only| only.iter().any(|name| name == size.name)) {
            rungs.push(Rung::generated(&place, size)?);
        }
    }
    for repository in &arguments.repositories {
        rungs.push(Rung::given(&place, repository)?);
    }
    let there = |program: &usize| *program != GIX || gix_version().is_some();
    let programs: Vec<usize> = (0..PROGRAMS.len()).filter(there).collect();
    let mut rows = Vec::new();
    for (number, rung) in rungs.iter().enumerate() {
        for question in questions::ALL {
            let runs = measure(rung, question, &programs, arguments.common.effort)?;
            rows.push(Row { rung: number, question, runs });
        }
    }
    let about = |row: &Row| {
        let what = format!("{}: {}", rungs[row.rung].name, row.question.title);
        let against = |program: usize| {
            let there = !row.runs[program].is_empty();
            there.then(|| {
                (format!("{what}, {}", PROGRAMS[program]), times_faster(&row.runs[program], &row.runs[OURS]))
            })
        };
        [GIT, TUNED].into_iter().filter_map(against).collect::<Vec<_>>()
    };
    let slower: Vec<_> = rows.iter().flat_map(about).collect();
    let text = [
        heading(&arguments.common)?,
        document::slower(&slower),
        growth(&rungs, &rows),
        tables(&rungs, &rows),
    ]
    .concat();
    if let Some(file) = &arguments.common.output {
        let dir = file.with_file_name("plots");
        std::fs::create_dir_all(&dir)?;
        for question in questions::ALL {
            let picture = plot::picture(question.title, question.unit(), &lines(&rungs, &rows, question));
            std::fs::write(dir.join(format!("{}.svg", question.name)), picture)?;
        }
    }
    document::write(arguments.common.output.as_deref(), &text)
}

/// Times these of the programs in turn.
fn measure(
    rung: &Rung,
    question: &Question,
    programs: &[usize],
    effort: Effort,
) -> io::Result<[Vec<Run>; PROGRAMS.len()]> {
    rung.check(question)?;
    let able: Vec<usize> =
        programs.iter().copied().filter(|&program| question.command(rung, program).is_some()).collect();
    let once = |program: usize| {
        question.prepare(rung)?;
        timed(question.command(rung, program).ok_or_else(|| io::Error::other("no such command"))?)
    };
    let mut runs = [const { Vec::new() }; PROGRAMS.len()];
    for _ in effort.rounds() {
        for &program in &able {
            runs[program].push(once(program)?);
        }
    }
    for &program in &able {
        effort.alone(&mut runs[program], || once(program))?;
    }
    let times = times_faster(&runs[TUNED], &runs[OURS]);
    document::say(&format!("{} {}: {times:.1}\n", rung.name, question.name))?;
    Ok(runs)
}

fn heading(common: &Common) -> io::Result<String> {
    let gix = gix_version().unwrap_or_else(|| "none".to_owned());
    let heading = document::heading(
        "Benchmarks by size",
        &common.again("ladder", "REPOSITORY…"),
        "The repositories are generated (benches/generate.rs), but for those given by name. Whole processes, wall-clock \
         time, standard output to `/dev/null`, runs interleaved, \
         caches warm. Tuned: git with a commit-graph with changed-path filters, for status an index with an untracked \
         cache (git on Linux has no file system monitor of its own). gix: gitoxide's program, where it has such a command; what it prints is not compared. Our answers \
         were compared with git's byte for byte first. The sizes in the names of generated repositories (10 MB, 100 MB, \
         1 GB, 2 GB) are those of all versions of all files; objects are compressed. Memory is the peak resident set, mapped files included. \
         Our programs are copies, as if installed.",
    )?;
    Ok(format!("{}\n- gix: {gix}\n\n", heading.trim_end()))
}

/// How time grows with size, as a power of it.
fn growth(rungs: &[Rung], rows: &[Row]) -> String {
    let mut text = String::from(
        "## Growth\n\nThe exponent *b* where time is about *a·sizeᵇ*, by least squares over the generated repositories \
         without media: 0 means that size makes no difference, 1 that twice the size takes twice the time. Size is the \
         number of commits, for status that of files.\n\n| question | git | git tuned | gix | git-fast | |\n\
         | --- | ---: | ---: | ---: | ---: | --- |\n",
    );
    for question in questions::ALL {
        let _ = write!(text, "| {}", question.title);
        for (_, points) in lines(rungs, rows, question) {
            let exponent =
                plot::exponent(&points).map_or("–".to_owned(), |exponent| format!("{exponent:.2}"));
            let _ = write!(text, " | {exponent}");
        }
        let _ = writeln!(text, " | [picture](plots/{}.svg) |", question.name);
    }
    text.push('\n');
    text
}

/// For each program its name, and size and seconds on generated repositories, by size.
fn lines(rungs: &[Rung], rows: &[Row], question: &Question) -> Vec<plot::Line> {
    let points = |program: usize| {
        let of = |row: &Row| {
            let rung = &rungs[row.rung];
            let size = if question.by_files { rung.files } else { rung.commits };
            let summary =
                row.summary(program).filter(|_| rung.on_the_line && row.question.name == question.name)?;
            Some((size as f64, summary.median.as_secs_f64()))
        };
        let mut points: Vec<(f64, f64)> = rows.iter().filter_map(of).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    };
    PROGRAMS.iter().enumerate().map(|(number, program)| (*program, points(number))).collect()
}

fn tables(rungs: &[Rung], rows: &[Row]) -> String {
    let mut text = String::new();
    for (number, rung) in rungs.iter().enumerate() {
        let _ = write!(
            text,
            "## {}\n\n{} commits, {} files, {} of objects\n\n| question | program | runs | median | p95 | p99 | memory | times \
             faster: git-fast |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
            rung.name, rung.commits, rung.files, rung.size,
        );
        for row in rows.iter().filter(|row| row.rung == number) {
            let mut title = row.question.title;
            for (program, name) in PROGRAMS.iter().enumerate() {
                let Some(summary) = row.summary(program) else { continue };
                let times = match program {
                    OURS => String::new(),
                    _ => format!("{:.1}", times_faster(&row.runs[program], &row.runs[OURS])),
                };
                let _ = writeln!(
                    text,
                    "| {title} | {name} | {} | {} | {} | {times} |",
                    row.runs[program].len(),
                    summary.wall(),
                    megabytes(summary.memory)
                );
                title = "";
            }
        }
        text.push('\n');
    }
    text
}
