//! What renderers may ask for, answered from the repository. Each part is only opened when the format needs it.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use bstr::{BStr, ByteSlice};
use gix::hash::oid;

use super::filter::TextFilter;
use super::head_mailmap;
use super::options::{AbbrevArg, LogOptions};
use super::output_encoding::{OutputEncoding, to_latin1};
use super::render::pretty::{Builtin, Spec};
use super::settings::Settings;
use super::sources::{Decorations, Note, Sources};
use crate::index::History;
use crate::repo::abbrev::{Abbrev, AbbrevLength};
use crate::repo::config::Config;
use crate::repo::decorate::{DecorationFilter, DecorationMap};
use crate::repo::git::GitProgram;
use crate::repo::mailmap::Mailmap;
use crate::repo::notes::{DisplayedRefs, Notes, raw_text};
use crate::repo::{NotExact, Repo};

/// So many notes are read to search them. More would take longer than git does for a page, which reads one at a time.
const MOST_SEARCHED: usize = 1000;

/// The answers of one repository.
pub struct RepoSources {
    abbrev: Abbrev,
    decorations: DecorationMap,
    mailmap: Mailmap,
    notes: Notes,
    encoding: OutputEncoding,
    /// Where there are notes. They are few: one reader at a time does.
    objects: Option<Mutex<gix::OdbHandle>>,
}

/// Whose they are.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// The git whose words are used.
    pub git: &'a GitProgram,
    /// The repository's configuration.
    pub config: &'a Config,
}

impl RepoSources {
    /// Opens what `settings` need. `tips`: the commits that git has read before it prints the first one.
    pub fn open(
        Owner { repo, git, config }: Owner<'_>,
        options: &LogOptions,
        settings: &Settings,
        tips: &[&oid],
        json: bool,
        history: &History<'_>,
    ) -> Result<Self, NotExact> {
        let length = match options.abbrev {
            Some(AbbrevArg::Full) => AbbrevLength::Full,
            Some(AbbrevArg::Digits(digits)) => AbbrevLength::at_least(digits),
            Some(AbbrevArg::Auto) | None => AbbrevLength::from_config(config)?,
        };
        let mut abbrev = Abbrev::new(repo.object_names(config)?, length, tips, git)?;
        if let Some((segment, later)) = history.first_segment() {
            abbrev.remember(&repo.common_dir, &segment, later.map(ToOwned::to_owned));
        }
        let decorations = if settings.decorate || settings.wants.decorations {
            let filter = DecorationFilter::new(config, &options.decorate_filter)?;
            DecorationMap::load(
                &repo.refs,
                repo.objects()?,
                &|id| history.lookup(id).is_some(),
                &filter,
                settings.decorate_full,
            )?
        } else {
            DecorationMap::default()
        };
        let notes = if settings.notes {
            let env = |name: &str| std::env::var_os(name);
            let displayed = DisplayedRefs::find(&options.notes, config, &env, &repo.refs)?;
            if displayed.is_empty() { Notes::default() } else { Notes::load(&displayed, repo.objects()?)? }
        } else {
            Notes::default()
        };
        let people_filtered = !options.grep.author.is_empty() || !options.grep.committer.is_empty();
        let people_printed =
            !matches!(settings.spec, Spec::User { .. } | Spec::Builtin(Builtin::Oneline | Builtin::Raw));
        let mailmap_needed =
            settings.wants.mailmap || (settings.mailmap && (people_printed || people_filtered || json));
        let mailmap = if mailmap_needed { load_mailmap(repo, config, history)? } else { Mailmap::default() };
        let objects = if notes.is_empty() { None } else { Some(Mutex::new(repo.objects()?.clone())) };
        Ok(RepoSources { abbrev, decorations, mailmap, notes, encoding: settings.encoding, objects })
    }
}

impl RepoSources {
    /// Finds the lengths of the abbreviated names of all commits: for answers that show many of them.
    pub fn learn_abbrevs(&self, history: &History<'_>) {
        self.abbrev.learn(|| history.by_name(), |pos| history.oid(pos));
    }

    /// Has notes searched wherever they are shown.
    ///
    /// # Errors
    /// When there are very many, or only git knows which commits are shown for them.
    pub fn search_notes(&self, filter: &mut TextFilter<'_>, history: &History<'_>) -> Result<(), NotExact> {
        if self.notes.is_empty() || !filter.searches_messages() {
            return Ok(());
        }
        if self.notes.len() > MOST_SEARCHED {
            return Err("--grep where very many notes are shown".into());
        }
        for id in self.notes.annotated() {
            let Some(pos) = history.lookup(id) else { continue };
            let text = raw_text(&self.notes(id));
            if !filter.add_notes(pos, text.as_bstr()) {
                return Err("--grep that only git can match, where notes are shown".into());
            }
        }
        Ok(())
    }
}

impl Sources for RepoSources {
    fn abbrev_len(&self, id: &oid) -> usize {
        self.abbrev.len(id)
    }

    fn commit_abbrev_len(&self, id: &oid) -> usize {
        self.abbrev.commit_len(id)
    }

    fn expect_abbrevs(&self, ids: &[&oid]) {
        self.abbrev.touch(ids);
    }

    fn decorations(&self, id: &oid) -> Option<&Decorations> {
        self.decorations.get(id)
    }

    fn mailmap<'a>(&'a self, name: &'a BStr, email: &'a BStr) -> (Cow<'a, BStr>, Cow<'a, BStr>) {
        let (name, email) = self.mailmap.map(name, email);
        (Cow::Borrowed(name), Cow::Borrowed(email))
    }

    fn notes(&self, id: &oid) -> Vec<Note> {
        let Some(objects) = &self.objects else { return Vec::new() };
        let objects = objects.lock().unwrap_or_else(PoisonError::into_inner);
        let mut notes = self.notes.of(id, &*objects);
        if self.encoding == OutputEncoding::Latin1 {
            for note in &mut notes {
                // git converts what comes before a NUL byte, and goes on with that.
                let end = memchr::memchr(0, &note.text).unwrap_or(note.text.len());
                if let Some(converted) = to_latin1(&note.text[..end]) {
                    note.text = converted.into();
                }
            }
        }
        notes
    }
}

/// The mailmap as git reads it in this repository.
fn load_mailmap(repo: &Repo, config: &Config, history: &History<'_>) -> Result<Mailmap, NotExact> {
    let bare = repo.work_dir.is_none();
    let dir = repo.work_dir.as_deref().unwrap_or(&repo.git_dir);
    Mailmap::load(config, dir, bare, |name| match bare && name == "HEAD:.mailmap" {
        true => head_mailmap::read(repo, history),
        false => repo.blob(name),
    })
}
