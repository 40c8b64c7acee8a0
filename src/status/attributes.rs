//! The few attributes of gitattributes(5) that say how a file's content is stored.
//!
//! Only `.gitattributes` files without surprises are read here: macros, quoted patterns and everything that git warns
//! of are left to git.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice};

use super::excludes::Pattern;
use crate::repo::config::Config;
use crate::repo::{NotExact, Repo};

/// The name of the files with attributes in a worktree.
pub const GITATTRIBUTES: &str = ".gitattributes";
/// git does not read longer lines.
const LONGEST_LINE: usize = 2048;

/// The attributes that are looked for.
const WANTED: [&str; 7] = ["text", "crlf", "eol", "ident", "filter", "working-tree-encoding", "binary"];
const BINARY: usize = 6;

/// What is said about one attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    /// Nothing, or explicitly that there is nothing to be said.
    #[default]
    Unspecified,
    /// `name`
    Set,
    /// `-name`
    Unset,
    /// `name=value`
    Value(BString),
}

/// What is said about one path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    states: [State; 6],
}

impl Attributes {
    /// `text`
    pub fn text(&self) -> &State {
        &self.states[0]
    }
    /// `crlf`, the old name of `text`.
    pub fn crlf(&self) -> &State {
        &self.states[1]
    }
    /// `eol`
    pub fn eol(&self) -> &State {
        &self.states[2]
    }
    /// `ident`
    pub fn ident(&self) -> &State {
        &self.states[3]
    }
    /// `filter`
    pub fn filter(&self) -> &State {
        &self.states[4]
    }
    /// `working-tree-encoding`
    pub fn encoding(&self) -> &State {
        &self.states[5]
    }
}

struct Line {
    pattern: Pattern,
    /// Positions in [`WANTED`].
    assignments: Vec<(usize, State)>,
}

/// The lines of one file and the directory that they are about (with a slash at its end, or empty).
struct Lines {
    base: BString,
    lines: Vec<Line>,
}

/// Gives the content of a file by its path from the top.
type ReadFile<'a> = dyn Fn(&BStr) -> Result<Option<Vec<u8>>, NotExact> + 'a;

/// All attributes of a worktree, read as they are needed.
pub struct AttributeFiles<'a> {
    read: Box<ReadFile<'a>>,
    /// The system's and the user's.
    lowest: Vec<Arc<Lines>>,
    /// `info/attributes`.
    highest: Option<Arc<Lines>>,
    by_directory: HashMap<BString, Option<Arc<Lines>>>,
}

/// The lines that apply in one directory, those that win first.
pub struct Stack(Vec<Arc<Lines>>);

impl<'a> AttributeFiles<'a> {
    /// `read` gives the content of a `.gitattributes` file by its path from the top.
    pub fn new(
        repo: &Repo,
        config: &Config,
        read: impl Fn(&BStr) -> Result<Option<Vec<u8>>, NotExact> + 'a,
    ) -> Result<AttributeFiles<'a>, NotExact> {
        if std::env::var_os("GIT_ATTR_SOURCE").is_some() || config.contains("attr.tree") {
            return Err("attributes from a tree".into());
        }
        let mut lowest = Vec::new();
        let no_system = std::env::var("GIT_ATTR_NOSYSTEM").is_ok_and(|value| value == "1" || value == "true");
        let system = (!no_system).then(|| PathBuf::from("/etc/gitattributes"));
        let user = config.path("core.attributesFile")?.or_else(default_file);
        for path in [system, user].into_iter().flatten() {
            if path.is_relative() {
                return Err("a relative core.attributesFile".into());
            }
            lowest.extend(read_file(&path)?);
        }
        let highest = read_file(&repo.common_dir.join("info/attributes"))?;
        Ok(AttributeFiles { read: Box::new(read), lowest, highest, by_directory: HashMap::new() })
    }

    /// What applies in the directory `path` (with a slash at its end, or empty).
    pub fn stack(&mut self, path: &BStr) -> Result<Stack, NotExact> {
        let mut stack: Vec<Arc<Lines>> = self.lowest.clone();
        let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at + 1);
        for end in std::iter::once(0).chain(ends) {
            let base = path[..end].as_bstr();
            if !self.by_directory.contains_key(base) {
                let file = [base.as_bytes(), GITATTRIBUTES.as_bytes()].concat();
                let lines = (self.read)(file.as_bstr())?.map(|text| parse(&text, base)).transpose()?;
                self.by_directory.insert(base.to_owned(), lines.map(Arc::new));
            }
            stack.extend(self.by_directory.get(base).cloned().flatten());
        }
        stack.extend(self.highest.clone());
        stack.reverse();
        Ok(Stack(stack))
    }
}

impl Stack {
    /// What is said about `path`, a file.
    pub fn of(&self, path: &BStr) -> Attributes {
        let name = &path[path.rfind_byte(b'/').map_or(0, |at| at + 1)..];
        let mut decided: [Option<State>; WANTED.len()] = Default::default();
        for lines in &self.0 {
            for line in lines.lines.iter().rev() {
                if !line.pattern.matches(&lines.base, path, name, false) {
                    continue;
                }
                for (which, state) in line.assignments.iter().rev() {
                    if decided[*which].is_some() {
                        continue;
                    }
                    decided[*which] = Some(state.clone());
                    // `binary` stands for `-diff -merge -text`.
                    if *which == BINARY && *state == State::Set && decided[0].is_none() {
                        decided[0] = Some(State::Unset);
                    }
                }
            }
        }
        let mut attributes = Attributes::default();
        for (slot, state) in attributes.states.iter_mut().zip(decided) {
            *slot = state.unwrap_or_default();
        }
        attributes
    }
}

fn default_file() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    match set("XDG_CONFIG_HOME") {
        Some(dir) => Some(dir.join("git/attributes")),
        None => Some(std::env::var_os("HOME").map(PathBuf::from)?.join(".config/git/attributes")),
    }
}

fn read_file(path: &Path) -> Result<Option<Arc<Lines>>, NotExact> {
    match std::fs::read(path) {
        Ok(text) => Ok(Some(Arc::new(parse(&text, b"".into())?))),
        Err(err) if matches!(err.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(err) => Err(format!("{}: {err}", path.display()).into()),
    }
}

fn parse(text: &[u8], base: &BStr) -> Result<Lines, NotExact> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let mut lines = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        let mut words = line.split(is_blank).filter(|word| !word.is_empty());
        let Some(pattern) = words.next().filter(|word| !word.starts_with(b"#")) else { continue };
        if line.len() >= LONGEST_LINE || line.contains(&0) || pattern.starts_with(b"\"") {
            return Err("odd lines in a file with attributes".into());
        }
        if pattern.starts_with(b"[attr]") || pattern.starts_with(b"!") {
            return Err("macros or negative patterns in a file with attributes".into());
        }
        let mut assignments = Vec::new();
        for word in words {
            if let Some(assignment) = assignment(word)? {
                assignments.push(assignment);
            }
        }
        if !assignments.is_empty() {
            lines.push(Line { pattern: Pattern::new(pattern), assignments });
        }
    }
    Ok(Lines { base: base.to_owned(), lines })
}

/// Reads a text with attributes, as of a file at the top, and asks it about a path.
///
/// # Errors
/// As when it were read from a file.
pub(crate) fn read_text(text: &[u8], path: &BStr) -> Result<Attributes, NotExact> {
    Ok(Stack(vec![Arc::new(parse(text, b"".into())?)]).of(path))
}

fn assignment(word: &[u8]) -> Result<Option<(usize, State)>, NotExact> {
    let (name, state) = match word {
        [b'-', name @ ..] => (name, State::Unset),
        [b'!', name @ ..] => (name, State::Unspecified),
        _ => match word.find_byte(b'=') {
            Some(at) => (
                &word[..at],
                match &word[at + 1..] {
                    b"true" => State::Set,
                    b"false" => State::Unset,
                    value => State::Value(value.into()),
                },
            ),
            None => (word, State::Set),
        },
    };
    let good = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if name.is_empty() || name[0] == b'-' || !name.iter().all(good) || name.starts_with(b"builtin_") {
        return Err("odd names in a file with attributes".into());
    }
    // After `-` and `!`, git takes a value for a part of the name, which then is odd.
    Ok(WANTED.iter().position(|wanted| wanted.as_bytes() == name).map(|at| (at, state)))
}
