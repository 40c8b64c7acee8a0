//! A repository under test, and how a row is measured on it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::rows::{Before, Row};
use crate::support::programs::{command, git, ours, succeed};
use crate::support::repository;
use crate::support::timing::{Effort, Run, Summary, megabytes, timed, timed_until, times_faster};

/// A repository under test: a clone of its own.
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) commits: usize,
    dir: PathBuf,
    /// The newest commit that the index knows.
    tip: String,
    _temporary: tempfile::TempDir,
}

impl Subject {
    pub(crate) fn new(original: &Path) -> io::Result<Self> {
        let temporary = tempfile::tempdir()?;
        let dir = temporary.path().join("repository.git");
        repository::mirror(original, &dir)?;
        repository::tune(&dir)?;
        let commits = repository::commits(&dir, "HEAD")?;
        let tip = git(&dir, &["rev-parse", "HEAD"])?;
        Ok(Self { name: repository::name(original), commits, dir, tip, _temporary: temporary })
    }

    pub(crate) fn description(&self) -> io::Result<String> {
        let all = repository::commits(&self.dir, "--all")?;
        let refs = git(&self.dir, &["for-each-ref"])?.lines().count();
        let [packed, size] = repository::objects(&self.dir)?;
        let commits = self.commits;
        Ok(format!(
            "## {}\n\n{commits} commits behind HEAD, {all} in all, {refs} refs, {packed} objects in {size}\n\n",
            self.name
        ))
    }

    /// How large the index is that was built last, beside the packs.
    pub(crate) fn index_size(&self) -> io::Result<String> {
        let index = bytes(&self.dir.join("git-fast"), |_| true)?;
        let packs = bytes(&self.dir.join("objects/pack"), |name| name.ends_with(".pack"))?;
        let share = index as f64 * 100.0 / packs as f64;
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        let (index, packs) = (megabytes(index), megabytes(packs));
        Ok(format!("The index takes {index:.1} MB, {share:.0} % of the packs' {packs:.1} MB.\n\n"))
    }

    /// Compares the answers, then runs both in turn; one line of the table, and how many times as fast ours is.
    pub(crate) fn measure(&self, row: &Row, effort: Effort) -> io::Result<(String, f64)> {
        let served = match row.comparable {
            true => self.check(row)?,
            false => String::new(),
        };
        let theirs = || {
            timed(self.git_command(row)).map(|run| Run {
                wall: run.wall.mul_f64(row.scale),
                processor: run.processor.mul_f64(row.scale),
                ..run
            })
        };
        let mine = || match row.until {
            None => timed(self.our_command(row)),
            Some(file) => timed_until(self.our_command(row), || self.dir.join(file).exists()),
        };
        let (mut git, mut ours) = (Vec::new(), Vec::new());
        for _ in effort.rounds() {
            self.prepare(row.before)?;
            git.push(theirs()?);
            ours.push(mine()?);
        }
        let prepared = || self.prepare(row.before);
        effort.alone(&mut git, || prepared().and_then(|()| theirs()))?;
        effort.alone(&mut ours, || prepared().and_then(|()| mine()))?;
        let [git_sum, our_sum] = [&git, &ours].map(|runs| Summary::of(runs));
        let times = times_faster(&git, &ours);
        let line = format!(
            "| {} | {served} | {} | {} | {times:.1} | {} | {} |\n",
            row.name,
            git_sum.times(),
            our_sum.times(),
            megabytes(git_sum.memory),
            megabytes(our_sum.memory),
        );
        Ok((line, times))
    }

    fn prepare(&self, before: Before) -> io::Result<()> {
        match before {
            Before::Nothing => Ok(()),
            Before::Commit => self.commit("HEAD^{tree}"),
            Before::CommitChange => {
                let new = git(&self.dir, &["commit-tree", "-p", &self.tip, "-m", "one more", "HEAD^{tree}"])?;
                let link = format!("160000 commit {new}\tnew-{new}\n");
                let old = git(&self.dir, &["ls-tree", &self.tip])?;
                let tree = self.write_tree(&format!("{old}\n{link}"))?;
                self.commit(&tree)
            }
            Before::Clear => {
                let _ = std::fs::remove_file(self.dir.join("objects/info/commit-graph"));
                succeed(command(ours("git-optimize"), &self.dir, &["index", "clear"])).map(drop)
            }
        }
    }

    /// Both answers must be the same; how ours came about.
    fn check(&self, row: &Row) -> io::Result<String> {
        let trace = self.dir.with_file_name("trace");
        let _ = std::fs::remove_file(&trace);
        self.prepare(row.before)?;
        let mut ours = self.our_command(row);
        ours.env("GIT_FAST_TRACE", &trace);
        if !repository::same_answer(self.git_command(row), ours)? {
            return Err(io::Error::other(format!("{}: the answers differ", row.name)));
        }
        let trace = std::fs::read_to_string(&trace).unwrap_or_default();
        let value: serde_json::Value = serde_json::from_str(&trace).map_err(io::Error::other)?;
        Ok(value["served"].as_str().unwrap_or("?").to_owned())
    }

    fn git_command(&self, row: &Row) -> Command {
        command(&row.git[0], &self.dir, &row.git[1..])
    }

    fn our_command(&self, row: &Row) -> Command {
        command(ours(&row.ours[0]), &self.dir, &row.ours[1..])
    }

    /// What git prints.
    pub(crate) fn git(&self, words: &[&str]) -> io::Result<String> {
        git(&self.dir, words)
    }

    /// Makes the only commit that the index does not know: no two are the same.
    fn commit(&self, tree: &str) -> io::Result<()> {
        let message = format!("one more, {:?}", std::time::SystemTime::now());
        let new = git(&self.dir, &["commit-tree", "-p", &self.tip, "-m", &message, tree])?;
        git(&self.dir, &["update-ref", "HEAD", &new]).map(drop)
    }

    /// Makes a tree of lines as `git ls-tree` prints them.
    fn write_tree(&self, entries: &str) -> io::Result<String> {
        let file = self.dir.with_file_name("entries");
        std::fs::write(&file, entries)?;
        let mut command = command("git", &self.dir, &["mktree", "--missing"]);
        let made = command.stdin(File::open(file)?).output()?;
        Ok(String::from_utf8_lossy(&made.stdout).trim_end().to_owned())
    }
}

/// The sizes of the files in a directory that have one of the wanted names, added up.
fn bytes(dir: &Path, wanted: impl Fn(&str) -> bool) -> io::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        if meta.is_file() && wanted(&entry.file_name().to_string_lossy()) {
            sum += meta.len();
        }
    }
    Ok(sum)
}
