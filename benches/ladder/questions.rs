//! What the repositories are asked.

use std::io;
use std::process::{Command, Stdio};

use crate::rungs::Rung;
use crate::support::programs::{command, ours, succeed};

/// In the order in which they stand in tables.
pub(crate) const PROGRAMS: [&str; 4] = ["git", "git tuned", "gix", "git-fast"];

/// Numbers of some of them.
pub(crate) const GIT: usize = 0;
pub(crate) const TUNED: usize = 1;
pub(crate) const GIX: usize = 2;
pub(crate) const OURS: usize = 3;

/// One question.
pub(crate) struct Question {
    /// For file names.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// Whether size is the number of files.
    pub(crate) by_files: bool,
    /// Whether git and git-fast print the same.
    pub(crate) comparable: bool,
    kind: Kind,
}

#[derive(PartialEq)]
enum Kind {
    /// `log`, with these words.
    Log(&'static [&'static str]),
    /// `log` of one page in the middle.
    Middle,
    /// `log` of one file.
    File,
    Count,
    /// The name of each commit.
    Names,
    Shortlog,
    Status,
    Build,
}

const fn question(name: &'static str, title: &'static str, kind: Kind) -> Question {
    Question { name, title, by_files: false, comparable: true, kind }
}

/// All of them.
pub(crate) const ALL: &[Question] = &[
    question("first-page", "first page (`log -30`)", Kind::Log(&["-30"])),
    question("middle-page", "a page in the middle (`log --skip=… -30`)", Kind::Middle),
    question("oneline", "all commits (`log --oneline`)", Kind::Log(&["--oneline"])),
    question("author", "commits of a person (`log --author=Grace`)", Kind::Log(&["--author=Grace"])),
    question("file", "commits of a file (`log --oneline -- …`)", Kind::File),
    question("count", "how many commits (`rev-list --count HEAD`)", Kind::Count),
    question(
        "names",
        "names of all commits (`rev-list HEAD`, `gix revision list`, `fastlog --format=%H`)",
        Kind::Names,
    ),
    question("shortlog", "who made how many (`shortlog -sn HEAD`)", Kind::Shortlog),
    Question { by_files: true, ..question("status", "`status` of a clean worktree", Kind::Status) },
    Question {
        comparable: false,
        ..question(
            "build",
            "building (`commit-graph write --changed-paths`, `optimize index build`)",
            Kind::Build,
        )
    },
];

impl Question {
    /// What size is counted in.
    pub(crate) fn unit(&self) -> &'static str {
        if self.by_files { "files" } else { "commits" }
    }

    /// How one of [`PROGRAMS`] is asked; `None` when it has no such command.
    pub(crate) fn command(&self, rung: &Rung, program: usize) -> Option<Command> {
        let tuned = program == TUNED;
        let log = |words: &[&str]| match program {
            GIX => None,
            OURS => Some(command(ours("git-fastlog"), &rung.top, words)),
            _ => Some(rung.git(tuned, &[&["log"], words].concat())),
        };
        match &self.kind {
            Kind::Log(words) => log(words),
            Kind::Middle => log(&[&format!("--skip={}", rung.commits / 2), "-30"]),
            Kind::File => log(&["--oneline", "--", &rung.file]),
            Kind::Count => match program {
                GIX => None,
                OURS => log(&["--count"]),
                _ => Some(rung.git(tuned, &["rev-list", "--count", "HEAD"])),
            },
            Kind::Names => match program {
                GIX => Some(gix(rung, &["revision", "list", "HEAD"])),
                OURS => log(&["--format=%H"]),
                _ => Some(rung.git(tuned, &["rev-list", "HEAD"])),
            },
            Kind::Shortlog => match program {
                GIX => None,
                OURS => log(&["--shortlog", "-sn", "HEAD"]),
                _ => Some(rung.git(tuned, &["shortlog", "-sn", "HEAD"])),
            },
            Kind::Status => Some(match program {
                GIX => gix(rung, &["status"]),
                OURS => command::<&str>(ours("git-faststatus"), &rung.top, &[]),
                _ => rung.git_status(tuned),
            }),
            Kind::Build => match program {
                TUNED => Some(rung.git(true, &["commit-graph", "write", "--reachable", "--changed-paths"])),
                OURS => Some(command(ours("git-optimize"), &rung.top, &["index", "build"])),
                _ => None,
            },
        }
    }

    /// What happens, untimed, before each run.
    pub(crate) fn prepare(&self, rung: &Rung) -> io::Result<()> {
        if self.kind == Kind::Build {
            let _ = std::fs::remove_file(rung.top.join(".git/objects/info/commit-graph"));
            succeed(command(ours("git-optimize"), &rung.top, &["index", "clear"]))?;
        }
        Ok(())
    }
}

/// gitoxide, which else says how far it is even to a file.
fn gix(rung: &Rung, words: &[&str]) -> Command {
    let mut command = command("gix", &rung.top, words);
    command.stderr(Stdio::null());
    command
}
