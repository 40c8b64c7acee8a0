//! The two lists of an interactive rebase: commands that are done, and those to come.

use std::path::Path;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;

use super::short::Short;
use super::{Question, read_file};
use crate::repo::NotExact;
use crate::repo::git::GitProgram;
use crate::status::comment::comment_string;

/// How many commands of each list are shown.
const SHOWN: usize = 2;
/// Commands of which the second word is no commit.
const WITHOUT_COMMIT: [&[u8]; 4] = [b"exec ", b"x ", b"label ", b"l "];
/// What no name of a ref has in it, nor an expression for a commit.
const NEVER_IN_NAMES: &[u8] = b"[]?*\\";

/// A list, and those of its commands that are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commands {
    /// How many there are.
    pub count: usize,
    /// The last ones, or the next ones.
    pub shown: Vec<BString>,
}

/// Both lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todo {
    /// What is done; the last of it is shown.
    pub done: Commands,
    /// What is to be done; the next of it is shown. `None` where the file is missing.
    pub remaining: Option<Commands>,
    /// The file with all that is done, as git names it; only where it is shown.
    pub done_file: Option<BString>,
}

impl Todo {
    pub(super) fn read(question: &Question<'_>, dir: &Path, short: &mut Short<'_>) -> Result<Todo, NotExact> {
        let comment = comment_string(question.config, question.git)?;
        let mut list = |name: &str, is_last: bool| -> Result<Option<Commands>, NotExact> {
            let Some(text) = read_file(&dir.join(name))? else { return Ok(None) };
            if text.contains(&0) {
                return Err("a list of commands with NUL".into());
            }
            let is_command = |line: &&[u8]| !line.starts_with(comment.as_bytes()) && !trim(line).is_empty();
            let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').filter(is_command).collect();
            let from = if is_last { lines.len().saturating_sub(SHOWN) } else { 0 };
            let shown = lines.iter().skip(from).take(SHOWN);
            let shown: Result<_, _> =
                shown.map(|line| abbreviated(question, trim(line).as_bstr(), short)).collect();
            Ok(Some(Commands { count: lines.len(), shown: shown? }))
        };
        let done = list("done", true)?.unwrap_or_default();
        let remaining = list("git-rebase-todo", false)?;
        let done_file = match done.count > SHOWN && question.hints {
            true => Some(done_file(question)?),
            false => None,
        };
        Ok(Todo { done, remaining, done_file })
    }
}

/// git's white space: not what other encodings have.
fn trim(line: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
    let Some(start) = line.iter().position(|byte| !is_space(byte)) else { return b"" };
    let end = line.iter().rposition(|byte| !is_space(byte)).map_or(0, |at| at + 1);
    &line[start..end]
}

/// A command with the name of its commit abbreviated, wherever git takes its second word for the name of one.
fn abbreviated(question: &Question<'_>, line: &BStr, short: &mut Short<'_>) -> Result<BString, NotExact> {
    if WITHOUT_COMMIT.iter().any(|start| line.starts_with(start)) {
        return Ok(line.to_owned());
    }
    let mut words = line.splitn_str(3, " ");
    let (Some(command), Some(name)) = (words.next(), words.next()) else { return Ok(line.to_owned()) };
    let Some(id) = object(question, trim(name).as_bstr(), short)? else { return Ok(line.to_owned()) };
    let id = short.of(&id)?;
    let rest = match words.next() {
        Some(rest) => [b" ", rest].concat(),
        None => space_at_the_end(question.git)?.to_vec(),
    };
    Ok([command, b" ", id.as_bytes(), &rest].concat().into())
}

/// Older versions of git leave a space where nothing follows.
fn space_at_the_end(git: &GitProgram) -> Result<&'static [u8], NotExact> {
    match (git.at_least(2, 48), git.at_least(2, 55)) {
        (false, _) => Ok(b" "),
        (_, true) => Ok(b""),
        // Which of them began with it was not tried.
        _ => Err("a command with nothing but a commit".into()),
    }
}

/// The object that a word names; `None` for a word that plainly names none.
fn object(question: &Question<'_>, word: &BStr, short: &Short<'_>) -> Result<Option<ObjectId>, NotExact> {
    if word.is_empty() || word.starts_with(b"-") || word.iter().any(|byte| NEVER_IN_NAMES.contains(byte)) {
        return Ok(None);
    }
    let doubtful = || NotExact::from(format!("what {word} names in a list of commands"));
    let found = question.repo.find_ref(word)?;
    if word.len() == short.repo.kind.len_in_hex() && word.iter().all(u8::is_ascii_hexdigit) {
        // git warns of a ref with the name of an object.
        return match (found, ObjectId::from_hex(word)) {
            (None, Ok(id)) => Ok(Some(id)),
            _ => Err(doubtful()),
        };
    }
    let looks_short = |text: &[u8]| text.len() >= 4 && text.iter().all(u8::is_ascii_hexdigit);
    let is_expression = word.iter().any(|byte| b"@~^:{".contains(byte)) && !word.starts_with(b"refs/");
    let described = word.rsplit_once_str(b"-g").is_some_and(|(_, id)| looks_short(id));
    match found {
        Some(id) => Ok(Some(id)),
        None if looks_short(word) || is_expression || described => Err(doubtful()),
        None => Ok(None),
    }
}

/// The path of the list of what is done, as git spells it.
fn done_file(question: &Question<'_>) -> Result<BString, NotExact> {
    const DONE: &[u8] = b"/rebase-merge/done";
    let redirected = ["GIT_DIR", "GIT_WORK_TREE"].iter().any(|name| std::env::var_os(name).is_some());
    let doubtful = || NotExact::because("how git names its directory");
    if redirected || question.config.contains("core.worktree") {
        return Err(doubtful());
    }
    let here = question.top.join(".git");
    let kind = std::fs::symlink_metadata(&here).map_err(|_| doubtful())?.file_type();
    if kind.is_dir() {
        return Ok([b".git", DONE].concat().into());
    }
    if !kind.is_file() {
        return Err(doubtful());
    }
    // Of a file that says where the directory is, git takes what it says, without links.
    let real = question.repo.git_dir.canonicalize().map_err(|_| doubtful())?;
    Ok([real.as_os_str().as_encoded_bytes(), DONE].concat().into())
}
