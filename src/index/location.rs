//! Where the index of a repository is, and the key that its manifest is authenticated with.
//!
//! The index is a directory `.git-fast` beside `.git`, where it is easy to find and to delete. That place is in the
//! working tree, so a clone can put things there. Two rules follow: what is there is believed only if it was
//! authenticated with a key that lies in the git directory, where a clone cannot put anything; and if it is not ours
//! to write to (a symbolic link, another user's, or tracked by git), the directory `git-fast` inside the git
//! directory is used instead. The decision is taken once, when the key is made, and remembered beside it.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::map::read_at_most;

/// The key file's first bytes.
pub const KEY_MAGIC: [u8; 8] = *b"\x89GFKEY1\n";
/// Length of the key file in bytes: magic, placement, 7 bytes zero, key.
pub const KEY_FILE_LEN: usize = 48;
/// Name of the key file in the common git directory.
pub const KEY_FILE: &str = "git-fast.key";
/// Name of what `git faststatus` knows of directories, in the git directory of the worktree.
pub const STATUS_FILE: &str = "git-fast.status";
/// Name of the index directory beside `.git`.
pub const BESIDE: &str = ".git-fast";
/// Name of the index directory within the git directory.
pub const INSIDE: &str = "git-fast";
/// What becomes of the one beside `.git`, in there, while it is removed.
pub const REMOVED: &str = "git-fast.removed.tmp";
const IGNORE: &str = ".gitignore";
const IGNORED: &[u8] = b"*\n";
/// What it is called, in the same place, while it is made.
pub(crate) const TEMPORARY: &str = "git-fast.tmp.";

/// What git knows about the repository that decides where its index is.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The common git directory: the main repository's also in a linked worktree.
    pub common_dir: &'a Path,
    /// Whether the repository is bare.
    pub bare: bool,
    /// `fast.indexDir`: a directory in which each repository gets a directory of its own. A relative one counts from
    /// `common_dir`: the place has to be the same wherever somebody asks from.
    pub index_dir: Option<&'a Path>,
}

/// Where the index directory is, relative to the git directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// `.git-fast` beside `.git`.
    Beside,
    /// `git-fast` inside the git directory.
    Inside,
}

/// Why the index is not beside `.git` although it could be, or why it is not where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is a symbolic link or something else that is not a directory.
    #[error("it is not a directory")]
    NotADirectory,
    /// Another user owns it.
    #[error("it belongs to another user")]
    Foreign,
    /// git tracks files in it.
    #[error("git tracks it")]
    Tracked,
    /// It cannot be created.
    #[error("it cannot be created")]
    NotWritable,
}

/// The place of an index, and its key.
#[derive(Clone)]
pub struct Location {
    /// The index directory.
    pub dir: PathBuf,
    /// Why it is not `.git-fast`, where that would be its place.
    pub refused: Option<Refused>,
    pub(super) key: [u8; 32],
}

impl Location {
    /// The place of an index that has been there before. `None` when there has been none; nothing is created.
    ///
    /// # Errors
    /// When the key file cannot be read or is not one.
    pub fn find(place: Place<'_>) -> io::Result<Option<Location>> {
        let path = place.common_dir.join(KEY_FILE);
        let bytes = match read_at_most(&path, KEY_FILE_LEN) {
            Ok(bytes) => bytes,
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(err) => return Err(err),
        };
        let (placement, key) = decode_key(&bytes)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the key file is not one"))?;
        Ok(Some(place.with_key(placement, key)))
    }

    /// The place of the index; it and the key are created where they are missing, and a key that is spoilt is replaced.
    /// `tracked` tells whether git tracks anything in `.git-fast`; it is asked only if that exists without being known as
    /// ours.
    ///
    /// # Errors
    /// When something cannot be read or created.
    pub fn prepare(place: Place<'_>, tracked: &dyn Fn() -> bool) -> io::Result<Location> {
        let location = match Location::find(place) {
            Ok(Some(location)) => location,
            Ok(None) => Location::first(place, tracked)?,
            Err(err) => {
                let path = place.common_dir.join(KEY_FILE);
                if !is_spoilt(&path, &err) {
                    return Err(err);
                }
                fs::remove_file(path)?;
                Location::first(place, tracked)?
            }
        };
        match location.create() {
            Err(err) if location.dir.ends_with(BESIDE) && !location.was_taken_away(&err) => {
                // It was ours, and now it cannot be made again: move inside for good.
                fs::remove_file(place.common_dir.join(KEY_FILE))?;
                let key = new_key(place.common_dir, Placement::Inside)?;
                let mut location = place.with_key(key.0, key.1);
                location.refused = Some(Refused::NotWritable);
                location.create()?;
                Ok(location)
            }
            other => other.map(|()| location),
        }
    }

    fn first(place: Place<'_>, tracked: &dyn Fn() -> bool) -> io::Result<Location> {
        let mut placement = Placement::Inside;
        let mut refused = None;
        if let Some(beside) = place.beside().filter(|_| place.index_dir.is_none()) {
            refused = match fs::symlink_metadata(&beside) {
                Ok(_) => usable(&beside).err().or_else(|| tracked().then_some(Refused::Tracked)),
                Err(_) => fs::create_dir(&beside).err().map(|_| Refused::NotWritable),
            };
            if refused.is_none() {
                placement = Placement::Beside;
            }
        }
        let (placement, key) = new_key(place.common_dir, placement)?;
        let location = place.with_key(placement, key);
        Ok(Location { refused: location.refused.or(refused), ..location })
    }

    /// Authenticates what is kept in the index directory besides the index itself, for a purpose that `context` names:
    /// only who has the repository's key can make it.
    pub fn authenticate(&self, context: &str, bytes: &[u8]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(&(context.len() as u64).to_le_bytes()).update(context.as_bytes()).update(bytes);
        hasher.finalize()
    }

    /// Removes the directory with all that is in it. Beside `.git` it goes at once: one that is half removed may have lost its
    /// `.gitignore` and be an untracked directory to git.
    ///
    /// # Errors
    /// When something can't be removed.
    pub fn remove(&self) -> io::Result<()> {
        if let Some(git_dir) = self.git_dir() {
            let aside = git_dir.join(REMOVED);
            // What was stopped midway.
            remove_if_there(&aside)?;
            // It may be on another file system.
            if fs::rename(&self.dir, &aside).is_ok() {
                return remove_if_there(&aside);
            }
        }
        remove_if_there(&self.dir)
    }

    fn create(&self) -> io::Result<()> {
        let mut tries = 3;
        loop {
            tries -= 1;
            match self.try_create() {
                // `git clean -fdx` has taken the directory away before there was a file in it, or just when it was found
                // to be there.
                Err(err) if tries > 0 && self.was_taken_away(&err) => {}
                other => return other,
            }
        }
    }

    /// Whether the directory was there and is not any more, and nothing else is in its place.
    fn was_taken_away(&self, err: &io::Error) -> bool {
        let occupied = || fs::symlink_metadata(&self.dir).is_ok_and(|meta| !meta.is_dir());
        match err.kind() {
            io::ErrorKind::NotFound => true,
            io::ErrorKind::AlreadyExists => !occupied(),
            _ => false,
        }
    }

    fn try_create(&self) -> io::Result<()> {
        // It may be on another file system.
        if let Some(git_dir) = self.git_dir().filter(|_| !self.dir.exists())
            && self.create_at_once(&git_dir).is_ok()
        {
            return Ok(());
        }
        fs::create_dir_all(&self.dir)?;
        match fs::OpenOptions::new().write(true).create_new(true).open(self.dir.join(IGNORE)) {
            Ok(mut file) => file.write_all(IGNORED),
            Err(err) if err.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(err) => Err(err),
        }
    }

    /// Makes the directory with its `.gitignore`: without one, the first file in it makes it an untracked directory to git.
    fn create_at_once(&self, git_dir: &Path) -> io::Result<()> {
        let mode = fs::Permissions::from_mode(0o777);
        let made = tempfile::Builder::new().prefix(TEMPORARY).permissions(mode).tempdir_in(git_dir)?;
        fs::write(made.path().join(IGNORE), IGNORED)?;
        fs::rename(made.path(), &self.dir)?;
        let _ = made.keep();
        Ok(())
    }

    /// The git directory that this is beside.
    fn git_dir(&self) -> Option<PathBuf> {
        self.dir.file_name().is_some_and(|name| name == BESIDE).then(|| self.dir.with_file_name(".git"))
    }
}

/// Removes a directory with all that is in it, `.gitignore` last: who looks into it meanwhile finds everything ignored.
fn remove_if_there(dir: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(dir) {
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name() == IGNORE {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true => fs::remove_dir_all(entry.path())?,
            false => fs::remove_file(entry.path())?,
        }
    }
    fs::remove_dir_all(dir)
}

impl Place<'_> {
    /// Where the index is beside `.git`, if the repository has such a place.
    fn beside(&self) -> Option<PathBuf> {
        let has_worktree = !self.bare && self.common_dir.file_name().is_some_and(|name| name == ".git");
        has_worktree.then(|| self.common_dir.with_file_name(BESIDE))
    }

    fn with_key(&self, placement: Placement, key: [u8; 32]) -> Location {
        let inside = self.common_dir.join(INSIDE);
        if let Some(base) = self.index_dir {
            // Named after the key, so that a directory that is configured for all repositories keeps them apart.
            let name: String = blake3::hash(&key).to_hex().chars().take(16).collect();
            let dir = self.common_dir.join(base).join(name);
            return Location { dir, refused: None, key };
        }
        match self.beside().filter(|_| placement == Placement::Beside) {
            None => Location { dir: inside, refused: None, key },
            Some(dir) => match usable(&dir) {
                Ok(()) => Location { dir, refused: None, key },
                Err(refused) => Location { dir: inside, refused: Some(refused), key },
            },
        }
    }
}

/// Whether a directory may be read from and written to: it is one, and it is ours. One that is missing is fine.
pub(crate) fn usable(dir: &Path) -> Result<(), Refused> {
    match fs::symlink_metadata(dir) {
        Ok(meta) if !meta.is_dir() => Err(Refused::NotADirectory),
        Ok(meta) if meta.uid() != rustix::process::geteuid().as_raw() => Err(Refused::Foreign),
        _ => Ok(()),
    }
}

/// Whether a key that could not be read, for this reason, is to be replaced: it is damaged, or has lost its permissions.
/// That of another user, who has indexed a repository which both share, is in order.
fn is_spoilt(path: &Path, reason: &io::Error) -> bool {
    let ours = || {
        let meta = fs::symlink_metadata(path);
        meta.is_ok_and(|meta| meta.is_file() && meta.uid() == rustix::process::geteuid().as_raw())
    };
    match reason.kind() {
        io::ErrorKind::InvalidData => true,
        io::ErrorKind::PermissionDenied => ours(),
        _ => false,
    }
}

fn decode_key(bytes: &[u8]) -> Option<(Placement, [u8; 32])> {
    let rest = bytes.strip_prefix(&KEY_MAGIC)?;
    let placement = match rest.first()? {
        b'B' => Placement::Beside,
        b'I' => Placement::Inside,
        _ => return None,
    };
    let key = rest.get(8..)?.try_into().ok()?;
    Some((placement, key))
}

/// Makes a key, unless another process does at the same time: then that one's counts. Returns what is in the file.
fn new_key(common_dir: &Path, placement: Placement) -> io::Result<(Placement, [u8; 32])> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    let mut bytes = Vec::with_capacity(KEY_FILE_LEN);
    bytes.extend_from_slice(&KEY_MAGIC);
    bytes.push(if placement == Placement::Beside { b'B' } else { b'I' });
    bytes.extend_from_slice(&[0; 7]);
    bytes.extend_from_slice(&key);
    let mut builder = tempfile::Builder::new();
    builder.prefix("git-fast.key.");
    let mut file = builder.make_in(common_dir, |path| {
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
    })?;
    file.write_all(&bytes)?;
    file.as_file().sync_all()?;
    let path = common_dir.join(KEY_FILE);
    match file.persist_noclobber(&path) {
        Ok(_) => Ok((placement, key)),
        Err(err) if err.error.kind() == io::ErrorKind::AlreadyExists => {
            decode_key(&read_at_most(&path, KEY_FILE_LEN)?)
                .ok_or_else(|| io::Error::other("the key file is not one"))
        }
        Err(err) => Err(err.error),
    }
}
