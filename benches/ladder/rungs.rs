//! The repositories that are measured.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::questions::{OURS, Question, TUNED};
use crate::support::document::say;
use crate::support::programs::{command, git, ours, succeed};
use crate::support::repository::{self, most_frequent, same_answer};

/// A repository to generate.
pub(crate) struct Size {
    pub(crate) name: &'static str,
    words: &'static str,
    /// Whether it is one of those that differ in size only.
    on_the_line: bool,
}

/// Each with what the generator is told.
pub(crate) const SIZES: &[Size] = &[
    Size { name: "small", words: "--commits 1000 --files 100 --size 10MB", on_the_line: true },
    Size { name: "medium", words: "--commits 10000 --files 1000 --size 100MB", on_the_line: true },
    Size { name: "large", words: "--commits 100000 --files 10000 --size 1GB", on_the_line: true },
    Size { name: "extra-large", words: "--commits 200000 --files 20000 --size 2GB", on_the_line: true },
    Size {
        name: "media-heavy",
        words: "--commits 2000 --files 1000 --size 50MB --media 200 --media-size 50MB",
        on_the_line: false,
    },
    Size { name: "deep", words: "--commits 1000000 --files 40000 --size 3GB --seed 3", on_the_line: true },
];

/// A repository with a worktree, an index of ours, and what tunes git.
pub(crate) struct Rung {
    pub(crate) name: String,
    pub(crate) on_the_line: bool,
    pub(crate) commits: usize,
    pub(crate) files: usize,
    /// As git says it.
    pub(crate) size: String,
    /// The file that changed most often of late.
    pub(crate) file: String,
    pub(crate) top: PathBuf,
}

impl Rung {
    /// Makes what is not there yet.
    pub(crate) fn generated(place: &Path, size: &Size) -> io::Result<Rung> {
        let bare = place.join(format!("{}.git", size.name));
        if !bare.join("made").exists() {
            let _ = std::fs::remove_dir_all(&bare);
            say(&format!("{}: generating\n", size.name))?;
            let mut generate = Command::new(env!("CARGO"));
            generate
                .args(["bench", "-q", "--bench", "generate", "--"])
                .args(size.words.split_whitespace())
                .arg(&bare);
            succeed(generate)?;
            std::fs::write(bare.join("made"), "")?;
        }
        let name = size.name.to_owned();
        Ok(Rung { name, on_the_line: size.on_the_line, ..Rung::given(place, &bare)? })
    }

    /// Clones with hard links: the original is only read.
    pub(crate) fn given(place: &Path, original: &Path) -> io::Result<Rung> {
        let original = std::fs::canonicalize(original)?;
        let name = repository::name(&original);
        let top = place.join(format!("{name}.clone"));
        if !top.join(".git/ready").exists() {
            let _ = std::fs::remove_dir_all(&top);
            say(&format!("{name}: cloning\n"))?;
            git(place, &["clone", "-q", &original.to_string_lossy(), &top.to_string_lossy()])?;
            std::fs::copy(top.join(".git/index"), top.join(".git/index-tuned"))?;
            std::fs::write(top.join(".git/ready"), "")?;
        }
        // The last question of the run before has taken both away, or one of them.
        repository::tune(&top)?;
        let commits = repository::commits(&top, "HEAD")?;
        let files = git(&top, &["ls-files"])?.lines().count();
        let [_, size] = repository::objects(&top)?;
        let listed = git(&top, &["log", "-500", "--no-merges", "--name-only", "--format="])?;
        let there = listed.lines().filter(|path| top.join(path).exists());
        let file = most_frequent(there).unwrap_or("a").to_owned();
        let rung = Rung { name, on_the_line: false, commits, files, size, file, top };
        for _ in 0..3 {
            // What an index knows about files is racy at first, and so is what we know.
            std::thread::sleep(std::time::Duration::from_millis(700));
            for tuned in [false, true] {
                succeed(rung.git_status(tuned))?;
            }
            succeed(command::<&str>(ours("git-faststatus"), &rung.top, &[]))?;
        }
        Ok(rung)
    }

    /// git, which may use its commit-graph or not.
    pub(crate) fn git(&self, tuned: bool, words: &[&str]) -> Command {
        let graph = if tuned { "core.commitGraph=true" } else { "core.commitGraph=false" };
        command("git", &self.top, &[&["-c", graph], words].concat())
    }

    /// git status, with an index that has an untracked cache or without.
    pub(crate) fn git_status(&self, tuned: bool) -> Command {
        let cache = if tuned { "core.untrackedCache=true" } else { "core.untrackedCache=false" };
        let mut status = command("git", &self.top, &["-c", cache, "status"]);
        status.env("GIT_INDEX_FILE", self.top.join(if tuned { ".git/index-tuned" } else { ".git/index" }));
        status
    }

    /// Our answer must be git's.
    pub(crate) fn check(&self, question: &Question) -> io::Result<()> {
        if !question.comparable {
            return Ok(());
        }
        let [theirs, ours] = [TUNED, OURS].map(|program| question.command(self, program));
        let (Some(theirs), Some(ours)) = (theirs, ours) else { return Ok(()) };
        match same_answer(theirs, ours)? {
            true => Ok(()),
            false => Err(io::Error::other(format!("{} {}: the answers differ", self.name, question.name))),
        }
    }
}
