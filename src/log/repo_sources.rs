//! What renderers may ask for, answered from the repository. Each part is only opened when the format needs it.

use std::borrow::Cow;

use bstr::BStr;
use gix::hash::oid;

use super::options::{AbbrevArg, LogOptions};
use super::settings::Settings;
use super::sources::{Decorations, Note, Sources};
use crate::repo::abbrev::{Abbrev, AbbrevLength};
use crate::repo::config::Config;
use crate::repo::decorate::{DecorationFilter, DecorationMap};
use crate::repo::object_dirs::ObjectDirs;
use crate::repo::{NotExact, Repo};

/// The answers of one repository.
pub struct RepoSources {
    abbrev: Abbrev,
    decorations: DecorationMap,
}

impl RepoSources {
    /// Opens what `settings` need. `tips`: the commits that git has read before it prints the first one.
    pub fn open(
        repo: &Repo,
        config: &Config,
        options: &LogOptions,
        settings: &Settings,
        tips: &[&oid],
    ) -> Result<Self, NotExact> {
        let length = match options.abbrev {
            Some(AbbrevArg::Full) => AbbrevLength::Full,
            Some(AbbrevArg::Digits(digits)) => AbbrevLength::AtLeast(digits.max(4)),
            Some(AbbrevArg::Auto) | None => AbbrevLength::from_config(config)?,
        };
        if settings.notes && repo.git_dir.join("refs/notes").exists() {
            return Err("notes".into());
        }
        if repo.work_dir.as_ref().is_some_and(|d| d.join(".mailmap").exists())
            || config.contains("mailmap.file")
            || config.contains("mailmap.blob")
            || repo.work_dir.is_none()
        {
            return Err("mailmap".into());
        }
        let dirs = ObjectDirs::find(&repo.common_dir.join("objects"), None)?;
        let abbrev = Abbrev::open(&dirs, repo.git.object_hash(), length, config, tips)?;
        let decorations = if settings.decorate || settings.wants.decorations {
            let filter = DecorationFilter::new(config, &options.decorate_filter)?;
            DecorationMap::load(&repo.git.refs, &repo.git.objects, &filter, settings.decorate_full)?
        } else {
            DecorationMap::default()
        };
        Ok(RepoSources { abbrev, decorations })
    }
}

impl Sources for RepoSources {
    fn abbrev_len(&self, id: &oid) -> usize {
        self.abbrev.len(id)
    }

    fn decorations(&self, id: &oid) -> Option<&Decorations> {
        self.decorations.get(id)
    }

    fn mailmap<'a>(&'a self, name: &'a BStr, email: &'a BStr) -> (Cow<'a, BStr>, Cow<'a, BStr>) {
        (Cow::Borrowed(name), Cow::Borrowed(email))
    }

    fn notes(&self, _id: &oid) -> Vec<Note> {
        Vec::new()
    }
}
