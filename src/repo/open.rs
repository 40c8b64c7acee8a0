//! Finding and opening the repository that git would use, as long as it is one that we can answer for.
//!
//! Environment, ownership and the few things that change the shape of history (shallow boundaries, grafts,
//! replacement refs) are looked at here, because any of them makes the whole answer git's.

use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bstr::ByteSlice;

use super::NotExact;
use super::commit_graph::CommitGraphFile;
use super::config::{Config, parse_bool};
use super::object_dirs::ObjectDirs;
use super::object_names::ObjectNames;

/// An open repository.
pub struct Repo {
    /// gix's view of it. Its configuration is the local one only: see [`super::config`] for what git would use.
    pub git: gix::Repository,
    /// The directory with HEAD: `.git`, or `.git/worktrees/x`.
    pub git_dir: PathBuf,
    /// The directory that all worktrees share.
    pub common_dir: PathBuf,
    /// The top of the worktree.
    pub work_dir: Option<PathBuf>,
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

/// The extensions that don't change what is answered here, and the repository format from which on git takes them.
const EXTENSIONS: &[(&str, i64)] = &[
    ("noop", 0),
    ("partialClone", 0),
    ("preciousObjects", 0),
    ("worktreeConfig", 0),
    ("objectFormat", 1),
    ("refStorage", 1),
];
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
        let options = gix::open::Options::isolated()
            .open_path_as_is(true)
            .with(gix::sec::Trust::Full)
            .object_store_slots(gix::odb::store::init::Slots::AsNeededByDiskState {
                multiplier: 1.1,
                minimum: 64,
            });
        let git = gix::open_opts(&git_dir, options).map_err(|err| NotExact::from(format!("open: {err}")))?;
        let git_dir = git.git_dir().to_owned();
        let common_dir = git.common_dir().to_owned();
        let work_dir = match std::env::var_os("GIT_DIR") {
            None => work_dir.or_else(|| git.workdir().map(ToOwned::to_owned)),
            Some(_) => told_work_dir(&git, work_dir, cwd)?,
        };
        check_head(&git_dir)?;
        let (object_dirs, object_names) = (OnceLock::new(), OnceLock::new());
        let repo = Repo { git, git_dir, common_dir, work_dir, object_dirs, object_names };
        repo.check_format()?;
        Ok(repo)
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
        let open = || ObjectNames::open(self.object_dirs()?, self.git.object_hash(), config).map(Arc::new);
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
        match self.git.is_bare() || self.is_inside_git_dir() {
            true => Err("safe.bareRepository".into()),
            false => Ok(()),
        }
    }

    /// Whether the current directory is a git dir or below one.
    pub fn is_inside_git_dir(&self) -> bool {
        let Ok(cwd) = std::env::current_dir() else { return false };
        let is_above = |dir: &Path| dir.canonicalize().is_ok_and(|dir| cwd.starts_with(dir));
        is_above(&self.git_dir) || is_above(&self.common_dir)
    }

    /// git refuses a repository of a version, or with an extension, that it does not know; which it knows differs
    /// from git to git.
    fn check_format(&self) -> Result<(), NotExact> {
        let config = self.git.config_snapshot();
        let version = config.try_integer("core.repositoryFormatVersion");
        let version = version.map_err(|err| NotExact::from(err.to_string()))?.unwrap_or(0);
        if !(0..=1).contains(&version) {
            return Err(format!("repository format {version}").into());
        }
        match config.string("extensions.refStorage") {
            Some(storage) if **storage != *b"files" => return Err("ref storage other than files".into()),
            _ => {}
        }
        let Some(sections) = config.sections_by_name("extensions") else { return Ok(()) };
        for name in sections.flat_map(|section| section.value_names().collect::<Vec<_>>()) {
            let (_, since) = EXTENSIONS
                .iter()
                .find(|(known, _)| name.eq_ignore_ascii_case(known))
                .ok_or_else(|| NotExact::from(format!("extension {}", name)))?;
            if version < *since {
                return Err(format!("extension {} in repository format {version}", name).into());
            }
        }
        Ok(())
    }

    /// The files that git looks into before it reads any commit.
    ///
    /// # Errors
    /// When git says something about them: that grafts are deprecated, or what is wrong with a commit-graph.
    pub fn check_read_with_commits(&self) -> Result<(), NotExact> {
        if self.common_dir.join("info/grafts").exists() {
            return Err("grafts".into());
        }
        match CommitGraphFile::look(&self.common_dir.join("objects"), self.git.object_hash()) {
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
        let prefix = <&gix::path::RelativePath>::try_from("refs/replace/")
            .map_err(|err| NotExact::from(err.to_string()))?;
        let refs = self.git.refs.iter().map_err(|err| NotExact::from(format!("refs: {err}")))?;
        let mut replaced = refs.prefixed(prefix).map_err(|err| NotExact::from(format!("refs: {err}")))?;
        match replaced.next() {
            Some(_) => Err("replacement refs".into()),
            None => Ok(()),
        }
    }
}

/// The git dir, and the worktree where finding the former tells it.
fn locate(cwd: &Path) -> Result<(PathBuf, Option<PathBuf>), NotExact> {
    if let Some(git_dir) = std::env::var_os("GIT_DIR") {
        let git_dir = PathBuf::from(git_dir);
        if !git_dir.is_dir() {
            return Err("GIT_DIR is not a directory".into());
        }
        let work_dir = std::env::var_os("GIT_WORK_TREE").map(PathBuf::from);
        return Ok((git_dir, work_dir));
    }
    if std::env::var_os("GIT_WORK_TREE").is_some() {
        return Err("GIT_WORK_TREE without GIT_DIR".into());
    }
    let options = gix::discover::upwards::Options {
        cross_fs: false,
        match_ceiling_dir_or_error: false,
        ..Default::default()
    }
    .apply_environment();
    let (path, _trust) = gix::discover::upwards_opts(cwd, options)
        .map_err(|err| NotExact::from(format!("no repository: {err}")))?;
    let (git_dir, work_dir) = path.into_repository_and_work_tree_directories();
    let failed = |err: std::io::Error| NotExact::from(format!("current directory: {err}"));
    let cwd = cwd.canonicalize().map_err(failed)?;
    let found = work_dir.as_ref().unwrap_or(&git_dir).canonicalize().map_err(failed)?;
    for above in cwd.ancestors().take_while(|above| *above != found) {
        // One that does not lead to a repository is an error for git, and nothing at all for gix.
        if std::fs::symlink_metadata(above.join(".git")).is_ok_and(|meta| !meta.is_dir()) {
            return Err("a .git file above the current directory".into());
        }
    }
    Ok((git_dir, work_dir))
}

/// The top of the worktree where GIT_DIR says which repository it is: the current directory, unless something else
/// is configured.
fn told_work_dir(
    git: &gix::Repository,
    told: Option<PathBuf>,
    cwd: PathBuf,
) -> Result<Option<PathBuf>, NotExact> {
    let config = git.config_snapshot();
    let told = match (told, config.string("core.worktree")) {
        (None, None) if config.boolean("core.bare") == Some(true) => return Ok(None),
        (None, None) => return Ok(Some(cwd)),
        (None, Some(_)) => return Err("GIT_DIR with core.worktree".into()),
        (Some(told), _) => told,
    };
    // From outside of the worktree, git reads the files there are here.
    match told.canonicalize() {
        Ok(told) if cwd.starts_with(&told) => Ok(Some(told)),
        _ => Err("outside of GIT_WORK_TREE".into()),
    }
}

/// Without a well-formed HEAD, git sees no repository and looks further up.
fn check_head(git_dir: &Path) -> Result<(), NotExact> {
    let path = git_dir.join("HEAD");
    let is_file = path.symlink_metadata().is_ok_and(|meta| meta.is_file());
    let head = std::fs::read(&path).unwrap_or_default();
    let good = match head.strip_prefix(b"ref:") {
        Some(target) => target.trim_start().starts_with(b"refs/"),
        None => gix::ObjectId::from_hex(head.trim_end()).is_ok(),
    };
    if is_file && good { Ok(()) } else { Err("HEAD is not as git writes it".into()) }
}

/// git refuses a repository that belongs to somebody else, unless safe.directory lists it: that is its to say.
fn check_owner(git_dir: &Path, work_dir: Option<&Path>) -> Result<(), NotExact> {
    // How git's own tests, and ours, have a repository belong to somebody else.
    if std::env::var_os("GIT_TEST_ASSUME_DIFFERENT_OWNER").is_some() {
        return Err("repository of another owner".into());
    }
    let me = rustix::process::geteuid().as_raw();
    let gitfile = work_dir.map(|dir| dir.join(".git"));
    for path in [Some(git_dir), work_dir, gitfile.as_deref()].into_iter().flatten() {
        match std::fs::symlink_metadata(path) {
            Ok(meta) if meta.uid() == me => {}
            Ok(_) => return Err("repository of another owner".into()),
            Err(err) if err.kind() == ErrorKind::NotFound => {}
            Err(err) => return Err(format!("{}: {err}", path.display()).into()),
        }
    }
    Ok(())
}
