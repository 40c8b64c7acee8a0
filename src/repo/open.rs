//! Finding and opening the repository that git would use, as long as it is one that we can answer for.
//!
//! Environment, ownership and the few things that change the shape of history (shallow boundaries, grafts,
//! replacement refs) are looked at here, because any of them makes the whole answer git's.

use std::cell::OnceCell;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bstr::{BString, ByteSlice};
use gix::ObjectId;
use gix::hash::Kind;

use super::NotExact;
use super::commit_graph::CommitGraphFile;
use super::config::{Config, parse_bool};
use super::format::Format;
use super::locate::{check_head, check_owner, common_dir, found_work_dir, locate, told_work_dir};
use super::object_dirs::ObjectDirs;
use super::object_names::ObjectNames;

/// An open repository.
pub struct Repo {
    /// Its refs.
    pub refs: gix::refs::file::Store,
    /// The object format.
    pub kind: Kind,
    /// Whether it has no worktree: `core.bare`, or what it looks like.
    pub is_bare: bool,
    /// The directory with HEAD: `.git`, or `.git/worktrees/x`.
    pub git_dir: PathBuf,
    /// The directory that all worktrees share.
    pub common_dir: PathBuf,
    /// The top of the worktree.
    pub work_dir: Option<PathBuf>,
    /// What refs replace by what.
    pub(super) replacements: Vec<(ObjectId, ObjectId)>,
    pub(super) objects: OnceCell<gix::OdbHandle>,
    object_dirs: OnceLock<Result<ObjectDirs, NotExact>>,
    object_names: OnceLock<Result<Arc<ObjectNames>, NotExact>>,
}

/// Variables that take git to another place or show it another history than the files of the repository do.
const FOREIGN_ENVIRONMENT: &[&str] = &[
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_NAMESPACE",
    "GIT_GRAFT_FILE",
    "GIT_SHALLOW_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_NO_LAZY_FETCH",
    "GIT_REF_PARANOIA",
    "GIT_IMPLICIT_WORK_TREE",
];

/// Where refs say which objects replace others.
const REPLACE: &str = "refs/replace/";

/// Variables that git refuses when they are no booleans.
const BOOLEAN_ENVIRONMENT: &[&str] = &["GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_PAGER_IN_USE"];

/// What git is asked to trace, it has to do itself.
///
/// # Errors
/// When a variable such as `GIT_TRACE2_PERF` is set.
pub fn check_not_traced() -> Result<(), NotExact> {
    match std::env::vars_os().find(|(name, _)| name.as_encoded_bytes().starts_with(b"GIT_TRACE")) {
        Some((name, _)) => Err(format!("environment variable {}", name.display()).into()),
        None => Ok(()),
    }
}

impl Repo {
    /// Opens the repository that git would find from the current directory.
    ///
    /// # Errors
    /// When there is none, or one about which only git can speak.
    pub fn open() -> Result<Repo, NotExact> {
        for name in BOOLEAN_ENVIRONMENT {
            let value = std::env::var_os(name);
            if value.is_some_and(|value| parse_bool(Some(value.as_bytes().as_bstr())).is_none()) {
                return Err(format!("environment variable {name} is no boolean").into());
            }
        }
        for name in FOREIGN_ENVIRONMENT {
            if std::env::var_os(name).is_some() {
                return Err(format!("environment variable {name}").into());
            }
        }
        let cwd =
            std::env::current_dir().map_err(|err| NotExact::from(format!("current directory: {err}")))?;
        let (git_dir, work_dir) = locate(&cwd)?;
        check_owner(&git_dir, work_dir.as_deref())?;
        check_head(&git_dir)?;
        let common_dir = common_dir(&git_dir)?;
        let format = Format::read(&git_dir, common_dir.as_deref().unwrap_or(&git_dir))?;
        let is_linked = common_dir.is_some();
        let (found, work_dir) = match std::env::var_os("GIT_DIR") {
            None => {
                let found = found_work_dir(&git_dir, is_linked, &format, work_dir)?;
                (found.is_some(), found)
            }
            Some(_) => (false, told_work_dir(&format, work_dir, cwd)?),
        };
        let is_bare = format.bare.filter(|_| !is_linked).unwrap_or(!found);
        let options = gix::refs::store::init::Options::default();
        let refs = match &common_dir {
            Some(common) => {
                let (git_dir, common) = (git_dir.clone(), common.clone());
                gix::refs::file::Store::for_linked_worktree_opts(git_dir, common, format.kind, options)
            }
            None => gix::refs::file::Store::at_opts(git_dir.clone(), format.kind, options),
        };
        let mut repo = Repo {
            refs,
            kind: format.kind,
            is_bare,
            common_dir: common_dir.unwrap_or_else(|| git_dir.clone()),
            git_dir,
            work_dir,
            replacements: Vec::new(),
            objects: OnceCell::new(),
            object_dirs: OnceLock::new(),
            object_names: OnceLock::new(),
        };
        repo.replacements = repo.read_replacements()?;
        Ok(repo)
    }

    /// What refs replace by what. git warns of one whose name is none.
    fn read_replacements(&self) -> Result<Vec<(ObjectId, ObjectId)>, NotExact> {
        let pair = |(name, by): (BString, ObjectId)| {
            let replaced = ObjectId::from_hex(&name[REPLACE.len()..]);
            replaced.map(|replaced| (replaced, by)).map_err(|_| NotExact::from(name.to_string()))
        };
        self.refs_below(REPLACE, true)?.into_iter().map(pair).collect()
    }

    /// Where its objects are; looked up once.
    ///
    /// # Errors
    /// When git would say something about one of the directories.
    pub fn object_dirs(&self) -> Result<&ObjectDirs, NotExact> {
        let find = || ObjectDirs::find(&self.common_dir.join("objects"), None);
        self.object_dirs.get_or_init(find).as_ref().map_err(NotExact::clone)
    }

    /// What its objects are called; listed once.
    ///
    /// # Errors
    /// When packs can't be read.
    pub fn object_names(&self, config: &Config) -> Result<Arc<ObjectNames>, NotExact> {
        let open = || ObjectNames::open(self.object_dirs()?, self.kind, config).map(Arc::new);
        self.object_names.get_or_init(open).clone()
    }

    /// safe.bareRepository: which of the repositories that were found by looking around may be used is git's to say.
    ///
    /// # Errors
    /// When it says anything about this one.
    pub fn check_bare_is_allowed(&self, config: &Config) -> Result<(), NotExact> {
        let all = config.values("safe.bareRepository").all(|value| value.is_some_and(|value| value == "all"));
        if all || std::env::var_os("GIT_DIR").is_some() {
            return Ok(());
        }
        match self.is_bare || self.is_inside_git_dir() {
            true => Err("safe.bareRepository".into()),
            false => Ok(()),
        }
    }

    /// Where objects are replaced by others, whether they are for this command is git's to say.
    ///
    /// # Errors
    /// When anything says something about that.
    pub fn check_replacements_are_usual(&self, config: &Config) -> Result<(), NotExact> {
        let told =
            std::env::var_os("GIT_NO_REPLACE_OBJECTS").is_some() || config.contains("core.useReplaceRefs");
        if told && !self.replacements.is_empty() { Err("core.useReplaceRefs".into()) } else { Ok(()) }
    }

    /// Whether the current directory is a git dir or below one.
    pub fn is_inside_git_dir(&self) -> bool {
        let Ok(cwd) = std::env::current_dir() else { return false };
        let is_above = |dir: &Path| dir.canonicalize().is_ok_and(|dir| cwd.starts_with(dir));
        is_above(&self.git_dir) || is_above(&self.common_dir)
    }

    /// The files that git looks into before it reads any commit.
    ///
    /// # Errors
    /// When git says something about them: that grafts are deprecated, or what is wrong with a commit-graph.
    pub fn check_read_with_commits(&self) -> Result<(), NotExact> {
        if self.common_dir.join("info/grafts").exists() {
            return Err("grafts".into());
        }
        match CommitGraphFile::look(&self.common_dir.join("objects"), self.kind) {
            CommitGraphFile::Unsound => Err("a commit-graph that git warns of".into()),
            _ => Ok(()),
        }
    }

    /// Shallow boundaries, grafts and replacement objects: history is not what the commits say.
    ///
    /// # Errors
    /// Where one of them is there: questions about history are git's to answer then.
    pub fn check_history_shape(&self) -> Result<(), NotExact> {
        if std::fs::metadata(self.common_dir.join("shallow")).is_ok_and(|file| file.len() > 0) {
            return Err("shallow repository".into());
        }
        self.check_read_with_commits()?;
        match self.replacements.is_empty() {
            true => Ok(()),
            false => Err("replacement refs".into()),
        }
    }
}
