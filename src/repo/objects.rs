//! Objects, as the repository has them. Opened when the first one is wanted: most answers need none.

use std::sync::Arc;

use bstr::ByteSlice;
use gix::ObjectId;
use gix::hash::oid;
use gix::objs::{Find, Kind, TagRefIter, TreeRefIter};
use gix::odb::find::Header;
use gix::odb::store::init::{Options, Slots};
use gix::prelude::HeaderExt;

use super::{NotExact, Repo};

/// An object.
pub struct Object {
    /// What it is.
    pub kind: Kind,
    /// Its content.
    pub data: Vec<u8>,
}

impl Repo {
    /// All of its objects; those that refs replace are replaced. Opened once.
    ///
    /// # Errors
    /// When there is something wrong with where they are.
    pub fn objects(&self) -> Result<&gix::OdbHandle, NotExact> {
        if let Some(objects) = self.objects.get() {
            return Ok(objects);
        }
        let slots = Slots::AsNeededByDiskState { multiplier: 1.1, minimum: 64 };
        let options = Options { slots, ..Options::default() };
        let mut replacements = self.replacements.iter().copied();
        let dir = self.common_dir.join("objects");
        let store = gix::odb::Store::at_opts(dir, self.kind, &mut replacements, options)
            .map_err(|err| NotExact::from(format!("objects: {err}")))?;
        let handle = gix::OdbHandle::new(Arc::new(store).to_cache(), self.kind);
        Ok(self.objects.get_or_init(|| handle))
    }

    /// Reads one.
    ///
    /// # Errors
    /// When it is not there, or damaged.
    pub fn object(&self, id: &oid) -> Result<Object, NotExact> {
        // There, even where nobody has written it.
        if id.is_empty_tree() {
            return Ok(Object { kind: Kind::Tree, data: Vec::new() });
        }
        let mut data = Vec::new();
        let found = self.objects()?.try_find(id, &mut data);
        let kind = found
            .map_err(|err| NotExact::from(format!("object {id}: {err}")))?
            .ok_or_else(|| NotExact::from(format!("object {id} is missing")))?
            .kind;
        Ok(Object { kind, data })
    }

    /// Reads one that has to be of this kind.
    ///
    /// # Errors
    /// When it is another one, not there, or damaged.
    pub fn object_of(&self, id: &oid, kind: Kind) -> Result<Vec<u8>, NotExact> {
        match self.object(id)? {
            object if object.kind == kind => Ok(object.data),
            object => Err(format!("object {id} is a {}, not a {kind}", object.kind).into()),
        }
    }

    /// What is at `path` below a tree.
    ///
    /// # Errors
    /// When a tree on the way is not there, or damaged.
    pub fn below_tree(&self, tree: ObjectId, path: &[u8]) -> Result<Option<ObjectId>, NotExact> {
        let (mut id, mut is_tree) = (tree, true);
        for name in path.split_str("/") {
            if !is_tree {
                return Ok(None);
            }
            let tree = self.object_of(&id, Kind::Tree)?;
            let mut entries = TreeRefIter::from_bytes(&tree, self.kind);
            let found = entries.find(|entry| entry.as_ref().map_or(true, |entry| entry.filename == name));
            match found.transpose().map_err(|err| NotExact::from(format!("tree {id}: {err}")))? {
                Some(entry) => (id, is_tree) = (entry.oid.to_owned(), entry.mode.is_tree()),
                None => return Ok(None),
            }
        }
        Ok(Some(id))
    }

    /// What it is and how large.
    ///
    /// # Errors
    /// When it is not there, or damaged.
    pub fn object_header(&self, id: &oid) -> Result<Header, NotExact> {
        self.objects()?.header(id).map_err(|err| NotExact::from(format!("object {id}: {err}")))
    }

    /// What a tag names.
    ///
    /// # Errors
    /// When it is none, not there, or damaged.
    pub fn tagged(&self, tag: ObjectId) -> Result<ObjectId, NotExact> {
        let data = self.object_of(&tag, Kind::Tag)?;
        let target = TagRefIter::from_bytes(&data, self.kind).target_id();
        target.map_err(|err| NotExact::from(format!("object {tag}: {err}")))
    }
}
