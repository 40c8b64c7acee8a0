//! Repositories under test: clones, what speeds git and us up in them, and what they are like.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::programs::{command, git, ours, succeed};

/// The last part of its path.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Makes a mirror with hard links: the original is only read.
pub(crate) fn mirror(original: &Path, dir: &Path) -> io::Result<()> {
    let original = std::fs::canonicalize(original)?;
    git(&original, &["clone", "-q", "--mirror", ".", &dir.to_string_lossy()]).map(drop)
}

/// Gives git a commit-graph with changed-path filters, and us an index, where they are not there yet.
pub(crate) fn tune(dir: &Path) -> io::Result<()> {
    git(dir, &["commit-graph", "write", "--reachable", "--changed-paths"])?;
    succeed(command(ours("git-optimize"), dir, &["index", "update"])).map(drop)
}

/// How many commits `rev-list` finds.
pub(crate) fn commits(dir: &Path, what: &str) -> io::Result<usize> {
    git(dir, &["rev-list", "--count", what])?.parse().map_err(io::Error::other)
}

/// How many objects are in packs, and how much space they take, as git says it.
pub(crate) fn objects(dir: &Path) -> io::Result<[String; 2]> {
    let counted = git(dir, &["count-objects", "-v", "-H"])?;
    let fact = |key| counted.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("?").to_owned();
    Ok(["in-pack: ", "size-pack: "].map(fact))
}

/// What occurs most often.
pub(crate) fn most_frequent<T: Ord + Hash>(items: impl IntoIterator<Item = T>) -> Option<T> {
    let mut counts = BTreeMap::new();
    items.into_iter().for_each(|item| *counts.entry(item).or_insert(0) += 1);
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(item, _)| item)
}

/// Whether both print the same. It goes through pipes: memory of this process would be counted as its children's.
pub(crate) fn same_answer(theirs: Command, ours: Command) -> io::Result<bool> {
    Ok(hash(theirs)? == hash(ours)?)
}

fn hash(mut asked: Command) -> io::Result<Vec<u8>> {
    let mut answer = asked.stdout(Stdio::piped()).spawn()?;
    let pipe = answer.stdout.take().map_or_else(Stdio::null, Stdio::from);
    let sum = Command::new("git").args(["hash-object", "--stdin"]).stdin(pipe).output()?;
    answer.wait()?;
    Ok(sum.stdout)
}
