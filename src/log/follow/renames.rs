//! Where a file that a commit creates came from: git's answers, remembered.
//!
//! The answer depends on the contents of all files of two trees, and a commit never changes. So it is kept in a file
//! of the common git directory, for this version of git, these settings and these attributes.

use std::collections::HashMap;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use bstr::{BStr, BString, ByteSlice};
use gix::hash::{Kind, ObjectId, oid};

use crate::index::Paths;
use crate::log::attributes;
use crate::log::fingerprint::Fingerprint;
use crate::repo::config::Config;
use crate::repo::git::GitProgram;
use crate::repo::{NotExact, Repo, remembered};

/// The file in the common git directory.
const FILE: &str = "git-fast.renames";
/// The start of its first line; another layout gets another number.
const FORMAT: &str = "git-fast renames 1";
/// With more answers than this it begins anew.
const MOST: usize = 1 << 14;
/// Stands for the length of no path.
const NOTHING: u32 = u32::MAX;

pub(crate) type Known = HashMap<(ObjectId, BString), Option<BString>>;

/// Asks git where files came from, once for each.
pub struct Renames<'a> {
    repo: &'a Repo,
    config: &'a Config,
    git: &'a GitProgram,
    paths: &'a Paths<'a>,
    first_parent: bool,
    memory: Option<Memory>,
}

/// What is remembered.
struct Memory {
    file: PathBuf,
    /// Under what it is; `None` where it can't be told what answers depend on, and nothing outlives this process.
    label: Option<Vec<u8>>,
    known: Known,
}

impl<'a> Renames<'a> {
    /// Asks this git about a history with these paths.
    pub fn new(
        repo: &'a Repo,
        config: &'a Config,
        git: &'a GitProgram,
        paths: &'a Paths<'a>,
        first_parent: bool,
    ) -> Self {
        Renames { repo, config, git, paths, first_parent, memory: None }
    }

    /// Read only when the first file turns up that may have come from another: that needs all files with attributes.
    fn memory(&mut self) -> &mut Memory {
        let Renames { repo, config, git, paths, first_parent, .. } = *self;
        self.memory.get_or_insert_with(|| {
            let file = repo.common_dir.join(FILE);
            let hash = repo.kind;
            let circumstances = circumstances(repo, config, git, paths, first_parent);
            let label = circumstances.map(|hash| format!("{FORMAT} {hash}\n").into_bytes());
            let known = label.as_ref().and_then(|label| decode(&remembered::read(&file, label)?, hash));
            Memory { file, label, known: known.unwrap_or_default() }
        })
    }

    /// The path from which the commit `id` took the file that it creates at `path`, if from any.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn source(&mut self, id: &oid, path: &BStr) -> Result<Option<BString>, NotExact> {
        let key = (id.to_owned(), path.to_owned());
        if let Some(source) = self.memory().known.get(&key) {
            return Ok(source.clone());
        }
        let source = self.ask(id, path)?;
        let memory = self.memory();
        if memory.known.len() >= MOST {
            memory.known.clear();
        }
        memory.known.insert(key, source.clone());
        if let Some(label) = &memory.label {
            remembered::write(&memory.file, label, &encode(&memory.known));
        }
        Ok(source)
    }

    fn ask(&self, id: &oid, path: &BStr) -> Result<Option<BString>, NotExact> {
        let failed = |what: &dyn std::fmt::Display| NotExact::from(format!("git following '{path}': {what}"));
        let mut command = Command::new(&self.git.path);
        command.args(["log", "--no-walk", "--follow", "--name-status", "-z", "--format=", "--no-color"]);
        if self.first_parent {
            command.arg("--first-parent");
        }
        let path = [b":(top,literal)", path.as_bytes()].concat();
        let output = command
            .args(["--no-show-signature", &id.to_string(), "--"])
            .arg(path.to_os_str().map_err(|err| failed(&err))?)
            .stdin(Stdio::null())
            .output()
            .map_err(|err| failed(&err))?;
        if !output.status.success() {
            return Err(failed(&output.status));
        }
        // What git complains of, `git log` would have complained of. Where it fails, it is asked all of it.
        let _ = std::io::stderr().write_all(&output.stderr);
        let mut fields = output.stdout.split(|byte| *byte == 0).map(ByteSlice::as_bstr);
        match (fields.next().and_then(|status| status.first()), fields.next()) {
            (Some(b'R' | b'C'), Some(source)) => Ok(Some(source.to_owned())),
            (Some(b'A'), Some(_)) => Ok(None),
            _ => Err(failed(&"an answer that was not expected")),
        }
    }
}

/// All that an answer depends on besides the commit. Attributes say what is text, and in texts git compares lines without
/// the carriage returns at their ends.
fn circumstances(
    repo: &Repo,
    config: &Config,
    git: &GitProgram,
    paths: &Paths<'_>,
    first_parent: bool,
) -> Option<blake3::Hash> {
    let mut all = Fingerprint::new();
    all.add("git", git.path.as_os_str().as_bytes());
    all.add("version", git.version.as_bytes());
    all.add("first parent", &[u8::from(first_parent)]);
    all.add("attributes", attributes::fingerprint(repo, git, config, paths)?.as_bytes());
    let matters = |key: &BStr| key.starts_with(b"diff.") || key == "core.bigfilethreshold";
    for (key, value) in config.iter().filter(|(key, _)| matters(key)) {
        all.add("setting", key);
        all.add("value", value.unwrap_or_default());
    }
    Some(all.finish())
}

fn encode(known: &Known) -> Vec<u8> {
    let mut out = Vec::new();
    for ((id, path), source) in known {
        out.extend_from_slice(id.as_bytes());
        out.extend_from_slice(&(path.len() as u32).to_le_bytes());
        out.extend_from_slice(path);
        let length = source.as_ref().map_or(NOTHING, |source| source.len() as u32);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(source.as_ref().map(AsRef::as_ref).unwrap_or_default());
    }
    out
}

pub(crate) fn decode(mut bytes: &[u8], hash: Kind) -> Option<Known> {
    let mut known = Known::new();
    while !bytes.is_empty() {
        let (id, rest) = bytes.split_at_checked(hash.len_in_bytes())?;
        bytes = rest;
        let mut field = || {
            let (length, rest) = bytes.split_first_chunk::<4>()?;
            let length = u32::from_le_bytes(*length);
            let (field, rest) = rest.split_at_checked(if length == NOTHING { 0 } else { length as usize })?;
            bytes = rest;
            Some((length != NOTHING).then(|| BString::from(field)))
        };
        let (path, source) = (field()??, field()?);
        known.insert((ObjectId::try_from(id).ok()?, path), source);
    }
    Some(known)
}
