//! What git concludes from a file's stat data alone.
//!
//! git compares whole seconds unless it was built to do otherwise, 32 bits of the size and the inode number, and the
//! permission of the owner to execute. Nothing here reads a file.

use std::os::fd::AsFd;

use rustix::fs::{AtFlags, FileType, RawMode, Stat};
use rustix::io::Errno;

use super::index_file::{EXECUTABLE, Entry, GITLINK, LINK, PLAIN, REGULAR, TYPE_MASK};
use crate::repo::NotExact;
use crate::repo::config::Config;

/// The settings that say how much of the stat data counts.
#[derive(Debug, Clone, Copy)]
pub struct StatRules {
    trust_ctime: bool,
    check_all: bool,
    /// `core.fileMode`.
    pub file_mode: bool,
    /// `core.symlinks`.
    pub symlinks: bool,
    /// The second in which the index was written: files modified then or later may have changed unseen.
    pub index_timestamp: i64,
    /// Take nothing on trust (`--verify`).
    pub distrust: bool,
}

/// What stat data tell about a tracked file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is as the index has it.
    Clean,
    /// It is another kind of file, or has other permissions, or another size: changed, whatever is in it.
    Changed,
    /// Only its content can tell.
    Unsure,
}

impl StatRules {
    /// Reads the settings.
    pub fn new(config: &Config, index_timestamp: i64) -> Result<StatRules, NotExact> {
        let minimal = config.string("core.checkStat")?.is_some_and(|value| value == "minimal");
        Ok(StatRules {
            trust_ctime: config.bool("core.trustctime")?.unwrap_or(true),
            check_all: !minimal,
            file_mode: config.bool("core.fileMode")?.unwrap_or(true),
            symlinks: config.bool("core.symlinks")?.unwrap_or(true),
            index_timestamp,
            distrust: false,
        })
    }

    /// Judges a file (not a submodule) that is there.
    pub fn judge(&self, entry: &Entry<'_>, stat: &Stat) -> Verdict {
        let kind = entry.mode() & TYPE_MASK;
        let found = FileType::from_raw_mode(stat.st_mode as RawMode);
        let same_kind = match kind {
            REGULAR => found.is_file(),
            _ => found.is_symlink() || !self.symlinks && found.is_file(),
        };
        let executable = stat.st_mode & 0o100 != 0;
        let was_executable = entry.mode() == EXECUTABLE;
        if !same_kind || kind == REGULAR && self.file_mode && executable != was_executable {
            return Verdict::Changed;
        }
        let size_differs = entry.size() != recorded_size(stat.st_size as u64);
        if size_differs && entry.size() != 0 {
            return Verdict::Changed;
        }
        // An entry of size 0 that is not the empty blob is one whose content git wants to see again.
        let unsure = size_differs
            || self.distrust
            || entry.size() == 0 && !is_empty_blob(entry)
            || entry.mtime() != stat.st_mtime as u32
            || self.trust_ctime && self.check_all && entry.ctime() != stat.st_ctime as u32
            || self.check_all && self.owner_differs(entry, stat)
            || self.is_racy(entry);
        if unsure { Verdict::Unsure } else { Verdict::Clean }
    }

    fn owner_differs(&self, entry: &Entry<'_>, stat: &Stat) -> bool {
        entry.uid() != stat.st_uid || entry.gid() != stat.st_gid || entry.inode() != stat.st_ino as u32
    }

    /// Modified so late that the file may have been written again within the same second.
    fn is_racy(&self, entry: &Entry<'_>) -> bool {
        self.index_timestamp != 0 && self.index_timestamp as u32 <= entry.mtime()
    }

    /// The mode that git would give the file.
    pub fn worktree_mode(&self, entry: &Entry<'_>, stat: &Stat) -> u32 {
        let kind = entry.mode() & TYPE_MASK;
        match FileType::from_raw_mode(stat.st_mode as RawMode) {
            FileType::Symlink => LINK,
            FileType::Directory => GITLINK,
            _ if !self.symlinks && kind == LINK => LINK,
            _ if !self.file_mode && kind == REGULAR => entry.mode(),
            _ if !self.file_mode => PLAIN,
            _ if stat.st_mode & 0o100 != 0 => EXECUTABLE,
            _ => PLAIN,
        }
    }
}

/// A size as the index has it: 32 bits, but nothing is taken for empty that is not.
fn recorded_size(size: u64) -> u32 {
    match size as u32 {
        0 if size != 0 => 0x8000_0000,
        low => low,
    }
}

fn is_empty_blob(entry: &Entry<'_>) -> bool {
    *entry.id() == *gix::ObjectId::empty_blob(entry.id().kind())
}

/// The stat data of a file, itself and not what it links to; `None` where there is none.
///
/// # Errors
/// Where git would say that it can't tell.
pub fn stat_at(dir: impl AsFd, name: impl rustix::path::Arg) -> Result<Option<Stat>, NotExact> {
    match rustix::fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(stat)),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(err) => Err(format!("stat: {err}").into()),
    }
}
