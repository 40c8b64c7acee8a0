//! Where a file that a commit creates came from: git's answers, remembered.
//!
//! The answer depends on the contents of all files of two trees, and a commit never changes. So it is kept in a file
//! of the common git directory, for this version of git and these settings.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use bstr::{BStr, BString, ByteSlice};
use gix::hash::{Kind, ObjectId, oid};

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
    git: &'a GitProgram,
    first_parent: bool,
    file: PathBuf,
    label: Vec<u8>,
    known: Known,
}

impl<'a> Renames<'a> {
    /// Reads what is remembered.
    pub fn open(repo: &Repo, config: &Config, git: &'a GitProgram, first_parent: bool) -> Self {
        let file = repo.common_dir.join(FILE);
        let hash = repo.git.object_hash();
        let label = format!("{FORMAT} {}\n", circumstances(repo, config, git, first_parent)).into_bytes();
        let known =
            remembered::read(&file, &label).and_then(|bytes| decode(&bytes, hash)).unwrap_or_default();
        Renames { git, first_parent, file, label, known }
    }

    /// The path from which the commit `id` took the file that it creates at `path`, if from any.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn source(&mut self, id: &oid, path: &BStr) -> Result<Option<BString>, NotExact> {
        let key = (id.to_owned(), path.to_owned());
        if let Some(source) = self.known.get(&key) {
            return Ok(source.clone());
        }
        let source = self.ask(id, path)?;
        if self.known.len() >= MOST {
            self.known.clear();
        }
        self.known.insert(key, source.clone());
        remembered::write(&self.file, &self.label, &encode(&self.known));
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
            .stderr(Stdio::null())
            .output()
            .map_err(|err| failed(&err))?;
        if !output.status.success() {
            return Err(failed(&output.status));
        }
        let mut fields = output.stdout.split(|byte| *byte == 0).map(ByteSlice::as_bstr);
        match (fields.next().and_then(|status| status.first()), fields.next()) {
            (Some(b'R' | b'C'), Some(source)) => Ok(Some(source.to_owned())),
            (Some(b'A'), Some(_)) => Ok(None),
            _ => Err(failed(&"an answer that was not expected")),
        }
    }
}

/// All that an answer depends on besides the commit.
fn circumstances(repo: &Repo, config: &Config, git: &GitProgram, first_parent: bool) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    };
    add(git.version.as_bytes());
    add(&[u8::from(first_parent)]);
    for (key, value) in config.iter().filter(|(key, _)| key.starts_with(b"diff.")) {
        add(key);
        add(value.unwrap_or_default());
    }
    // Whether a file is text has a small say in how similar it is to another.
    let attributes = [
        Some(repo.common_dir.join("info/attributes")),
        repo.work_dir.as_ref().map(|dir| dir.join(".gitattributes")),
    ];
    for file in attributes.into_iter().flatten() {
        add(&std::fs::read(file).unwrap_or_default());
    }
    hasher.finalize()
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
