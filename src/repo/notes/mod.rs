//! Notes beside commits: which notes refs are displayed, and what they say. See git-notes(1).

mod refs;
#[cfg(test)]
mod tests;

use bstr::{BStr, BString, ByteSlice};
use gix::hash::{ObjectId, oid};
use gix::hashtable::HashMap;
use gix::objs::{Kind, TagRefIter, TreeRefIter, tree::EntryKind};

pub use refs::{DisplayedRefs, NotesOption};

use super::NotExact;
use crate::log::sources::Note;

/// The ref whose notes have no label.
const DEFAULT_REF: &str = "refs/notes/commits";

/// The notes of all displayed refs.
#[derive(Debug, Default)]
pub struct Notes {
    trees: Vec<NotesTree>,
}

#[derive(Debug)]
struct NotesTree {
    label: Option<BString>,
    /// Blob by annotated object.
    blobs: HashMap<ObjectId, ObjectId>,
}

impl Notes {
    /// Reads the notes trees of all refs, not the notes.
    pub fn load(
        displayed: &DisplayedRefs,
        objects: &(impl gix::objs::Find + ?Sized),
    ) -> Result<Self, NotExact> {
        let mut trees = Vec::new();
        for (name, target) in &displayed.refs {
            let mut tree = NotesTree { label: label(name.as_bstr()), blobs: HashMap::default() };
            let root = tree_of(*target, objects)?;
            tree.add(root, &mut Vec::new(), objects)?;
            if !tree.blobs.is_empty() {
                trees.push(tree);
            }
        }
        Ok(Notes { trees })
    }

    /// Whether nothing has a note.
    pub fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }

    /// How many notes there are.
    pub fn len(&self) -> usize {
        self.trees.iter().map(|tree| tree.blobs.len()).sum()
    }

    /// Every object with a note; one with notes of several refs is named as often.
    pub fn annotated(&self) -> impl Iterator<Item = &oid> {
        self.trees.iter().flat_map(|tree| tree.blobs.keys().map(|id| &**id))
    }

    /// The notes of one object, in the order in which git shows them. What is no blob is not shown; an empty note is.
    pub fn of(&self, id: &oid, objects: &(impl gix::objs::Find + ?Sized)) -> Vec<Note> {
        let mut notes = Vec::new();
        for tree in &self.trees {
            let Some(blob) = tree.blobs.get(id) else { continue };
            let mut text = Vec::new();
            let is_blob =
                matches!(objects.try_find(blob, &mut text), Ok(Some(data)) if data.kind == Kind::Blob);
            if is_blob {
                notes.push(Note { label: tree.label.clone(), text: text.into() });
            }
        }
        notes
    }
}

/// What `%N` prints: the lines of all notes, each ended by a newline, without labels.
pub fn raw_text(notes: &[Note]) -> BString {
    let mut out = BString::default();
    for note in notes {
        for line in lines(note.text.as_bstr()) {
            out.extend_from_slice(line);
            out.push(b'\n');
        }
    }
    out
}

/// The lines of a note as git sees them: the last newline does not begin another line, and a NUL ends a line, too.
pub fn lines(text: &BStr) -> impl Iterator<Item = &BStr> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find_byteset(b"\n\0").unwrap_or(rest.len());
        let line = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        Some(line.as_bstr())
    })
}

fn label(name: &BStr) -> Option<BString> {
    if name == DEFAULT_REF {
        return None;
    }
    let name = name.strip_prefix(b"refs/").unwrap_or(name);
    Some(name.strip_prefix(b"notes/").unwrap_or(name).into())
}

/// Follows tags and commits.
fn tree_of(id: ObjectId, objects: &(impl gix::objs::Find + ?Sized)) -> Result<ObjectId, NotExact> {
    let unreadable = || NotExact::because("a notes ref leads to no tree");
    let (mut id, mut buffer) = (id, Vec::new());
    loop {
        let found = objects.try_find(&id, &mut buffer).ok().flatten().ok_or_else(unreadable)?;
        id = match found.kind {
            Kind::Tree => return Ok(id),
            Kind::Commit => gix::objs::CommitRefIter::from_bytes(found.data, id.kind())
                .tree_id()
                .map_err(|_| unreadable())?,
            Kind::Tag => {
                TagRefIter::from_bytes(found.data, id.kind()).target_id().map_err(|_| unreadable())?
            }
            Kind::Blob => return Err(unreadable()),
        };
    }
}

impl NotesTree {
    /// Adds what is below one tree: blobs named by the rest of an object's name, and trees named by two more of its
    /// digits. Other entries are no notes. `digits` are those of the trees above.
    fn add(
        &mut self,
        tree: ObjectId,
        digits: &mut Vec<u8>,
        objects: &(impl gix::objs::Find + ?Sized),
    ) -> Result<(), NotExact> {
        let broken = || NotExact::because("a notes tree can't be read");
        let mut buffer = Vec::new();
        let found = objects.try_find(&tree, &mut buffer).ok().flatten().ok_or_else(broken)?;
        if found.kind != Kind::Tree {
            return Err(broken());
        }
        let hex_len = tree.kind().len_in_hex();
        for entry in TreeRefIter::from_bytes(found.data, tree.kind()) {
            let entry = entry.map_err(|_| broken())?;
            let (name, kind) = (entry.filename, entry.mode.kind());
            if !name.iter().all(u8::is_ascii_hexdigit) {
                continue;
            }
            digits.extend_from_slice(name);
            if digits.len() == hex_len && matches!(kind, EntryKind::Blob | EntryKind::BlobExecutable) {
                let id = ObjectId::from_hex(&digits.to_ascii_lowercase()).map_err(|_| broken())?;
                if self.blobs.insert(id, entry.oid.to_owned()).is_some() {
                    return Err("an object with two notes in one tree".into());
                }
            } else if name.len() == 2 && digits.len() < hex_len && kind == EntryKind::Tree {
                self.add(entry.oid.to_owned(), digits, objects)?;
            }
            digits.truncate(digits.len() - name.len());
        }
        Ok(())
    }
}
