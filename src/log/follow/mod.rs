//! `--follow`: the commits of a walk that changed one file, under the name that it had at that point of the walk.
//!
//! git limits each commit's diff to the path of the moment, shows what has one, and where the diff creates the file
//! looks for where it came from; from there on, on whatever line of history, the path is the older one. Which commits
//! touched a path the index knows; where a file came from only git can say, see `renames`.

mod renames;

use std::collections::HashMap;

use bstr::{BString, ByteSlice};
use gix::objs::tree::EntryKind;

use super::paths::Pathspec;
use crate::index::{History, Paths, Pos, Value};
use crate::repo::NotExact;
pub use renames::Renames;
pub(crate) use renames::decode as decode_renames;

/// A filter on the commits of a walk, which must come in its order.
pub struct Follow<'a> {
    history: &'a History<'a>,
    paths: &'a Paths<'a>,
    renames: Renames<'a>,
    first_parent: bool,
    path: BString,
    /// Which commits changed the path, and whether they created it.
    touched: HashMap<Pos, bool>,
}

impl<'a> Follow<'a> {
    /// Begins with the one path that `pathspec` is.
    ///
    /// # Errors
    /// When it is not the plain path of a file.
    pub fn new(
        history: &'a History<'a>,
        paths: &'a Paths<'a>,
        pathspec: &Pathspec,
        renames: Renames<'a>,
        first_parent: bool,
    ) -> Result<Self, NotExact> {
        let path = match pathspec.literals().as_deref() {
            Some([one]) if pathspec.can_be_followed() && !one.not_a_file && !one.path.is_empty() => {
                one.path.to_owned()
            }
            _ => return Err("--follow of something else than a path".into()),
        };
        let mut follow = Follow {
            history,
            paths,
            renames,
            first_parent,
            path: BString::default(),
            touched: HashMap::new(),
        };
        follow.turn_to(path)?;
        Ok(follow)
    }

    /// Whether the commit is shown. It may change the path for those that come after it.
    ///
    /// # Errors
    /// When git can't be asked, or the path turns out to have been a directory.
    pub fn accepts(&mut self, pos: Pos) -> Result<bool, NotExact> {
        // Without `--first-parent`, nothing is compared with a merge.
        if !self.first_parent && self.history.parents(pos).nth(1).is_some() {
            return Ok(false);
        }
        let Some(&created) = self.touched.get(&pos) else { return Ok(false) };
        if created && let Some(source) = self.renames.source(self.history.oid(pos), self.path.as_bstr())? {
            self.turn_to(source)?;
        }
        Ok(true)
    }

    fn turn_to(&mut self, path: BString) -> Result<(), NotExact> {
        let is_file = |value: &Value<'_>| {
            matches!(value.kind, EntryKind::Blob | EntryKind::BlobExecutable | EntryKind::Link)
        };
        self.touched.clear();
        for posting in self.paths.postings(path.as_bstr()) {
            if !posting.old.iter().chain(&posting.new).all(is_file) {
                return Err(format!("--follow of '{path}', which was not always a file").into());
            }
            self.touched.insert(posting.pos, posting.old.is_none());
        }
        self.path = path;
        Ok(())
    }
}
