//! Which notes refs are displayed, and in which order.

use std::ffi::OsString;

use bstr::{BStr, BString, ByteSlice};
use gix::hash::ObjectId;
use gix::refs::file;

use super::DEFAULT_REF;
use crate::repo::NotExact;
use crate::repo::config::Config;
use crate::repo::refs::find_full;

/// An option of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotesOption {
    /// `--notes` or `--show-notes`.
    Default,
    /// `--notes=<ref>`.
    Ref(BString),
    /// `--show-notes=<ref>`: in addition to the default ones.
    AlsoRef(BString),
    /// `--no-notes`: forgets the options before it.
    No,
}

/// The refs that exist, with what they point to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DisplayedRefs {
    pub(super) refs: Vec<(BString, ObjectId)>,
}

impl DisplayedRefs {
    /// Whether no ref's notes are shown.
    pub fn is_empty(&self) -> bool {
        self.refs.is_empty()
    }

    /// From the options in their order on the command line. Without any option these are the refs of formats that show
    /// notes by default. `env` is the environment.
    pub fn find(
        options: &[NotesOption],
        config: &Config,
        env: &dyn Fn(&str) -> Option<OsString>,
        store: &file::Store,
    ) -> Result<Self, NotExact> {
        let (mut defaults, mut extra, mut hidden) = (None, Vec::new(), false);
        for option in options {
            hidden = *option == NotesOption::No;
            match option {
                NotesOption::Default => defaults = Some(true),
                NotesOption::Ref(name) => extra.push(expand(name.as_bstr())),
                NotesOption::AlsoRef(name) => {
                    defaults = defaults.or(Some(true));
                    extra.push(expand(name.as_bstr()));
                }
                NotesOption::No => {
                    defaults = None;
                    extra.clear();
                }
            }
        }
        let mut displayed = DisplayedRefs::default();
        if hidden {
            return Ok(displayed);
        }
        if defaults.unwrap_or(extra.is_empty()) {
            displayed.add_default(config, env, store)?;
            match env("GIT_NOTES_DISPLAY_REF") {
                Some(list) => {
                    for name in list.as_encoded_bytes().split(|b| *b == b':').filter(|name| !name.is_empty())
                    {
                        displayed.add_by_glob(name.as_bstr(), store)?;
                    }
                }
                None => {
                    for name in config.strings("notes.displayRef")? {
                        displayed.add_by_glob(name, store)?;
                    }
                }
            }
        }
        for name in extra {
            displayed.add_by_glob(name.as_bstr(), store)?;
        }
        Ok(displayed)
    }

    /// `GIT_NOTES_REF`, `core.notesRef` or the built-in one. It need not exist.
    fn add_default(
        &mut self,
        config: &Config,
        env: &dyn Fn(&str) -> Option<OsString>,
        store: &file::Store,
    ) -> Result<(), NotExact> {
        let configured = config.string("core.notesRef")?;
        let from_env = env("GIT_NOTES_REF").map(|name| BString::from(name.into_encoded_bytes()));
        let name = from_env.as_ref().map(|name| name.as_bstr()).or(configured).unwrap_or(DEFAULT_REF.into());
        if let Some(id) = resolve(name, store)? {
            self.refs.push((name.into(), id));
        }
        Ok(())
    }

    fn add_by_glob(&mut self, pattern: &BStr, store: &file::Store) -> Result<(), NotExact> {
        if pattern.find_byteset(b"?*[").is_none() {
            // git warns of one that does not exist.
            let id = resolve(pattern, store)?.ok_or(NotExact::because("a notes ref does not exist"))?;
            self.add(pattern, id);
            return Ok(());
        }
        let mut full = BString::default();
        if !pattern.starts_with(b"refs/") {
            full.extend_from_slice(b"refs/");
        }
        full.extend_from_slice(pattern);
        let unreadable = |_| NotExact::because("a ref can't be read");
        let platform = store.iter().map_err(unreadable)?;
        let all = if full.starts_with(b"refs/notes/") {
            let prefix: &gix::path::RelativePath = "refs/notes/".try_into().map_err(unreadable)?;
            platform.prefixed(prefix)
        } else {
            platform.all()
        };
        for reference in all.map_err(|_| NotExact::because("refs can't be read"))? {
            let reference = reference.map_err(unreadable)?;
            let name = reference.name.as_bstr();
            if gix::glob::wildmatch(full.as_bstr(), name, gix::glob::wildmatch::Mode::empty())
                && let Some(id) = resolve(name, store)?
            {
                self.add(name, id);
            }
        }
        Ok(())
    }

    fn add(&mut self, name: &BStr, id: ObjectId) {
        if self.refs.iter().all(|(known, _)| known != name) {
            self.refs.push((name.into(), id));
        }
    }
}

/// `--notes=x` may leave out `refs/notes/`.
fn expand(name: &BStr) -> BString {
    let prefix: &[u8] = if name.starts_with(b"refs/notes/") {
        b""
    } else if name.starts_with(b"notes/") {
        b"refs/"
    } else {
        b"refs/notes/"
    };
    [prefix, name.as_bytes()].concat().into()
}

/// What a full ref name points to.
fn resolve(name: &BStr, store: &file::Store) -> Result<Option<ObjectId>, NotExact> {
    // Anything else is a revision to git: a short name, an expression, …
    if !name.starts_with(b"refs/") {
        return Err("a notes ref outside of refs/".into());
    }
    let Ok(full) = <&gix::refs::FullNameRef>::try_from(name) else {
        return Err("a notes ref with an odd name".into());
    };
    match find_full(store, full)? {
        None => Ok(None),
        Some(gix::refs::Target::Object(id)) => Ok(Some(id)),
        Some(gix::refs::Target::Symbolic(_)) => Err("a symbolic notes ref".into()),
    }
}
