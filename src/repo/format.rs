//! What the repository's own configuration says about how it is laid out: git looks at that before anything else, and
//! without following includes.

use std::path::Path;

use bstr::BString;
use gix::hash::Kind;

use super::NotExact;
use super::config::Config;

/// The extensions that don't change what is answered here, and the repository format from which on git takes them.
const EXTENSIONS: &[(&str, i64)] = &[
    ("noop", 0),
    ("partialclone", 0),
    ("preciousobjects", 0),
    ("worktreeconfig", 0),
    ("objectformat", 1),
    ("refstorage", 1),
];

/// How a repository is laid out.
pub(super) struct Format {
    /// The object format.
    pub(super) kind: Kind,
    /// `core.bare`.
    pub(super) bare: Option<bool>,
    /// `core.worktree`.
    pub(super) worktree: Option<BString>,
}

/// Whether a repository is laid out in a way that is known here.
///
/// # Errors
/// When it is not.
pub fn check_format(git_dir: &Path) -> Result<(), NotExact> {
    Format::read(git_dir, git_dir).map(drop)
}

impl Format {
    /// Reads it.
    ///
    /// # Errors
    /// git refuses a repository of a version, or with an extension, that it does not know; which it knows differs from git
    /// to git.
    pub(super) fn read(git_dir: &Path, common_dir: &Path) -> Result<Format, NotExact> {
        let config = Config::of_repository(git_dir, common_dir)?;
        let version = config.int("core.repositoryFormatVersion")?.unwrap_or(0);
        if !(0..=1).contains(&version) {
            return Err(format!("repository format {version}").into());
        }
        for (key, _) in config.with_prefix("extensions.") {
            let name = &key["extensions.".len()..];
            let known = EXTENSIONS.iter().find(|(known, _)| *known.as_bytes() == *name);
            let (_, since) = known.ok_or_else(|| NotExact::from(format!("extension {name}")))?;
            if version < *since {
                return Err(format!("extension {name} in repository format {version}").into());
            }
        }
        if config.string("extensions.refStorage")?.is_some_and(|storage| storage != "files") {
            return Err("ref storage other than files".into());
        }
        let kind = match config.string("extensions.objectFormat")? {
            None => Kind::Sha1,
            Some(name) if name == "sha1" => Kind::Sha1,
            Some(name) if name == "sha256" => Kind::Sha256,
            Some(name) => return Err(format!("object format {name}").into()),
        };
        Ok(Format {
            kind,
            bare: config.bool("core.bare")?,
            worktree: config.string("core.worktree")?.map(ToOwned::to_owned),
        })
    }
}
