//! What is asked.

use std::ffi::OsString;
use std::io;

use crate::subject::Subject;
use crate::support::repository::most_frequent;

/// So many paths are a sample of all.
const SAMPLE: usize = 40;

/// One line of a table: what git is asked and what we are asked.
pub(crate) struct Row {
    pub(crate) name: String,
    /// A program and its arguments.
    pub(crate) git: Vec<OsString>,
    /// One of our programs and its arguments.
    pub(crate) ours: Vec<OsString>,
    pub(crate) before: Before,
    /// Whether both print the same.
    pub(crate) comparable: bool,
    /// git's time is for so many times less work.
    pub(crate) scale: f64,
    /// Our time ends when this file of the repository is there.
    pub(crate) until: Option<&'static str>,
}

/// What happens, untimed, before each run.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Before {
    Nothing,
    /// A commit is added to the current branch.
    Commit,
    /// A commit that changes a file is added to the current branch.
    CommitChange,
    /// The index and git's commit-graph are removed; the runs build them.
    Clear,
}

fn words(list: &[&str]) -> Vec<OsString> {
    list.iter().map(OsString::from).collect()
}

impl Row {
    fn new(name: &str, git: &[&str], ours: &[&str]) -> Self {
        let (name, git, ours) = (name.to_owned(), words(git), words(ours));
        Row { name, git, ours, before: Before::Nothing, comparable: true, scale: 1.0, until: None }
    }

    /// The same words for both.
    fn log(arguments: &[&str]) -> Self {
        let name = format!("`log {}`", arguments.join(" "));
        Row::new(&name, &[&["git", "log"], arguments].concat(), &[&["git-fastlog"], arguments].concat())
    }

    fn after(self, before: Before, said: &str) -> Self {
        Row { before, name: format!("{} {said}", self.name), ..self }
    }

    fn not_comparable(self) -> Self {
        Row { comparable: false, ..self }
    }
}

/// Questions about commits.
pub(crate) fn history(subject: &Subject) -> io::Result<Vec<Row>> {
    let skip = format!("--skip={}", subject.commits / 2);
    let author = format!("--author={}", author(subject)?);
    Ok(vec![
        Row::log(&["-30"]),
        Row::log(&[&skip, "-30"]),
        Row::log(&["-30", "--format=%h %(describe) %s"]),
        Row::log(&["--oneline"]),
        Row::log(&["--format=%H %an %ad %s"]),
        Row::log(&["--graph", "--oneline"]),
        Row::log(&[&author]),
        Row::log(&["--grep", "fix"]),
        Row::new(
            "`rev-list --count HEAD` and `fastlog --count`",
            &["git", "rev-list", "--count", "HEAD"],
            &["git-fastlog", "--count"],
        ),
        Row::new(
            "`shortlog -sn HEAD`",
            &["git", "shortlog", "-sn", "HEAD"],
            &["git-fastlog", "--shortlog", "-sn", "HEAD"],
        ),
        Row::log(&["-30"]).after(Before::Commit, "after one new commit"),
    ])
}

/// Questions about paths.
pub(crate) fn paths(subject: &Subject) -> io::Result<Vec<Row>> {
    let Busy { file, directory, glob } = busy(subject)?;
    let (author, renamed) =
        (format!("--author={}", author(subject)?), renamed(subject)?.unwrap_or(file.clone()));
    let all: Vec<String> =
        subject.git(&["ls-tree", "-r", "--name-only", "HEAD"])?.lines().map(str::to_owned).collect();
    let sample: Vec<&String> = all.iter().step_by((all.len() / SAMPLE).max(1)).collect();
    let script = "for path in \"$@\"; do git log -1 --format=%H -- \"$path\"; done";
    let mut one_by_one = vec!["sh", "-c", script, "sh"];
    one_by_one.extend(sample.iter().map(|path| path.as_str()));
    let name = format!(
        "each of {} files' last commit: `log -1 -- <file>` for {} of them, times {:.0}, against `fastlog --last-modified -r`",
        all.len(),
        sample.len(),
        all.len() as f64 / sample.len() as f64,
    );
    let last_modified = Row {
        scale: all.len() as f64 / sample.len() as f64,
        ..Row::new(&name, &one_by_one, &["git-fastlog", "--last-modified", "-r"]).not_comparable()
    };
    Ok(vec![
        Row::log(&["--oneline", "--", &file]),
        Row::log(&["--oneline", "--", &directory]),
        Row::log(&["--oneline", "--", &glob]),
        Row::log(&["--oneline", "--full-history", "--", &file]),
        Row::log(&["--oneline", "--simplify-merges", "--", &file]),
        Row::log(&["--oneline", "--graph", "--", &file]),
        Row::log(&["--oneline", "--follow", "--", &renamed]),
        Row::log(&["--oneline", "--name-status", "--no-renames", "--", &directory]),
        Row::log(&["-30", &author, "--", &directory]),
        last_modified,
        Row::log(&["-30", "--", &file]),
        Row::log(&["-30", "--", &file]).after(Before::CommitChange, "after one new commit"),
    ])
}

/// What it takes to be able to answer.
pub(crate) fn build() -> Vec<Row> {
    let build = ["git-optimize", "index", "build"];
    let row =
        |name, git: &[&str]| Row { before: Before::Clear, ..Row::new(name, git, &build).not_comparable() };
    let log = ["git", "log", "--format=%H %an %ad %s", "--all"];
    let metadata =
        row("`log --format='%H %an %ad %s' --all` against metadata in `optimize index build`", &log);
    let graph = ["git", "commit-graph", "write", "--reachable", "--changed-paths"];
    vec![
        Row { until: Some("git-fast/MANIFEST"), ..metadata },
        row("`commit-graph write --reachable --changed-paths` against all of `optimize index build`", &graph),
    ]
}

/// Somebody with many commits, but not the most.
fn author(subject: &Subject) -> io::Result<String> {
    let authors = subject.git(&["shortlog", "-s", "-n", "HEAD"])?;
    let third = authors.lines().nth(2).and_then(|line| line.split_once('\t'));
    Ok(third.map_or("A", |(_, name)| name).to_owned())
}

/// What changed most often of late and is still there.
struct Busy {
    file: String,
    directory: String,
    glob: String,
}

fn busy(subject: &Subject) -> io::Result<Busy> {
    let listed = subject.git(&["log", "-3000", "--no-merges", "--name-only", "--format="])?;
    let there = subject.git(&["ls-tree", "-r", "--name-only", "HEAD"])?;
    let there: std::collections::HashSet<&str> = there.lines().collect();
    let files: Vec<&str> = listed.lines().filter(|path| there.contains(path)).collect();
    let directories = files.iter().filter_map(|path| path.split_once('/')).map(|(directory, _)| directory);
    let names = files.iter().filter_map(|path| path.rsplit('/').next());
    let endings = names.filter_map(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
    let most = [most_frequent(files.iter().copied()), most_frequent(directories), most_frequent(endings)];
    let [Some(file), Some(directory), Some(ending)] = most else { return Err(io::Error::other("no paths")) };
    Ok(Busy { file: file.to_owned(), directory: directory.to_owned(), glob: format!("*.{ending}") })
}

/// A file that had another name before, and the same contents: no blob is needed to see that, and some may be missing.
fn renamed(subject: &Subject) -> io::Result<Option<String>> {
    let renames =
        subject.git(&["log", "-20000", "--diff-filter=R", "-M100%", "--name-status", "--format="])?;
    let there = subject.git(&["ls-tree", "-r", "--name-only", "HEAD"])?;
    let there: std::collections::HashSet<&str> = there.lines().collect();
    let names = renames.lines().filter_map(|line| line.rsplit_once('\t'));
    Ok(names.map(|(_, new)| new).find(|new| there.contains(new)).map(str::to_owned))
}
