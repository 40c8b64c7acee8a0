//! Which refs are shown beside which commit: choosing, peeling, ordering and shortening them as `git log
//! --decorate` does. Painting them is the renderer's.
//!
//! Shallow and replaced commits have decorations of their own in git; such repositories are not answered here.

mod filter;
#[cfg(test)]
mod tests;

use bstr::{BStr, BString, ByteSlice};
use gix::hash::{ObjectId, oid};
use gix::refs::{FullName, Target, file, packed};

pub use filter::{DecorationFilter, FilterOption};

use super::NotExact;
use super::config::parse_bool;
use crate::log::sources::{Decoration, DecorationKind, Decorations};

/// How many symbolic refs git follows.
const MAX_SYMREFS: usize = 5;

/// `--decorate[=…]` and `log.decorate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decorate {
    /// No names beside commits (`%d` and `%D` still have them, short).
    No,
    /// Names without `refs/heads/`, `refs/tags/` and `refs/remotes/`.
    Short,
    /// Full ref names.
    Full,
    /// Short on a terminal, else none.
    Auto,
}

impl Decorate {
    /// Reads a value; `None` stands for a key without `=`. An invalid one is an error on the command line and means
    /// [`Decorate::No`] in the configuration.
    pub fn parse(value: Option<&BStr>) -> Option<Self> {
        if let Some(on) = parse_bool(value) {
            return Some(if on { Decorate::Short } else { Decorate::No });
        }
        match value.map(|value| value.as_bytes()) {
            Some(b"short") => Some(Decorate::Short),
            Some(b"full") => Some(Decorate::Full),
            Some(b"auto") => Some(Decorate::Auto),
            _ => None,
        }
    }
}

/// The names of all decorated commits.
#[derive(Debug, Default)]
pub struct DecorationMap {
    by_id: gix::hashtable::HashMap<ObjectId, Decorations>,
}

impl DecorationMap {
    /// The names beside one commit.
    pub fn get(&self, id: &oid) -> Option<&Decorations> {
        self.by_id.get(id)
    }

    /// Every decorated commit (and whatever else refs point to), in no order.
    pub fn ids(&self) -> impl Iterator<Item = &oid> {
        self.by_id.keys().map(AsRef::as_ref)
    }

    /// Reads all refs that pass `filter`; with full names if `full`. `objects` is asked only about what loose refs
    /// point to (all refs, if `packed-refs` was written by a very old git) and `is_commit` does not know: a first
    /// look into a big pack is slow.
    pub fn load(
        refs: &file::Store,
        objects: &(impl gix::objs::Find + gix::objs::FindHeader),
        is_commit: &dyn Fn(&oid) -> bool,
        filter: &DecorationFilter,
        full: bool,
    ) -> Result<Self, NotExact> {
        let store = Store::open(refs, objects, is_commit)?;
        let mut found = store.all(filter)?;
        // git puts each name in front of those it had before, and takes HEAD last.
        found.sort_unstable_by(|a, b| b.name.cmp(&a.name));
        let mut map = DecorationMap::default();
        let mut head_branch = None;
        if let Some((head, branch)) = store.head()?.filter(|_| filter.shows(b"HEAD".as_bstr())) {
            head_branch = branch.filter(|_| !head.is_tag).map(|branch| (head.id, branch));
            map.add(head, full);
        }
        for one in found {
            map.add(one, full);
        }
        if let Some((id, branch)) = head_branch
            && let Some(decorations) = map.by_id.get_mut(&id)
        {
            let name = shown_name(branch.as_bstr(), full);
            decorations.head_branch = decorations
                .names
                .iter()
                .position(|one| one.kind == DecorationKind::LocalBranch && one.name == name);
        }
        Ok(map)
    }

    fn add(&mut self, found: Found, full: bool) {
        let kind = if found.is_tag { DecorationKind::Tag } else { kind_of(found.name.as_bstr()) };
        let name = shown_name(found.name.as_bstr(), full).to_owned();
        self.by_id.entry(found.id).or_default().names.push(Decoration { kind, name });
    }
}

fn kind_of(name: &BStr) -> DecorationKind {
    if name == "HEAD" {
        DecorationKind::Head
    } else if name == "refs/stash" {
        DecorationKind::Stash
    } else if name.starts_with(b"refs/heads/") {
        DecorationKind::LocalBranch
    } else if name.starts_with(b"refs/remotes/") {
        DecorationKind::RemoteBranch
    } else if name.starts_with(b"refs/tags/") {
        DecorationKind::Tag
    } else {
        DecorationKind::Other
    }
}

fn shown_name(name: &BStr, full: bool) -> &BStr {
    let prefixes: [&[u8]; 3] = [b"refs/heads/", b"refs/tags/", b"refs/remotes/"];
    let short = prefixes.iter().find_map(|prefix| name.strip_prefix(*prefix));
    short.filter(|_| !full).map_or(name, |short| short.as_bstr())
}

/// A ref and the object that is decorated with it.
struct Found {
    name: BString,
    /// What is left after peeling all tags.
    id: ObjectId,
    /// Whether a tag had to be peeled: git calls any such ref a tag, wherever it is.
    is_tag: bool,
}

struct Store<'a, O> {
    refs: &'a file::Store,
    objects: &'a O,
    is_commit: &'a dyn Fn(&oid) -> bool,
    packed: Option<file::packed::SharedBufferSnapshot>,
    /// Whether `packed-refs` says of each tag what it peels to.
    fully_peeled: bool,
}

fn unreadable<E>(_: E) -> NotExact {
    NotExact::because("a ref can't be read")
}

impl<'a, O: gix::objs::Find + gix::objs::FindHeader> Store<'a, O> {
    fn open(
        refs: &'a file::Store,
        objects: &'a O,
        is_commit: &'a dyn Fn(&oid) -> bool,
    ) -> Result<Self, NotExact> {
        let packed = refs.cached_packed_buffer().map_err(unreadable)?;
        let fully_peeled = packed.is_some() && {
            use std::io::BufRead;
            let mut header = Vec::new();
            let file = std::fs::File::open(refs.packed_refs_path()).map_err(unreadable)?;
            std::io::BufReader::with_capacity(128, file)
                .read_until(b'\n', &mut header)
                .map_err(unreadable)?;
            header.strip_prefix(b"# pack-refs with:").is_some_and(|traits| {
                traits.split(u8::is_ascii_whitespace).any(|word| word == b"fully-peeled")
            })
        };
        Ok(Store { refs, objects, is_commit, packed, fully_peeled })
    }

    /// Every ref that passes the filter and leads to an object, in no order. HEAD is not one of them.
    fn all(&self, filter: &DecorationFilter) -> Result<Vec<Found>, NotExact> {
        let mut found = Vec::new();
        let mut loose_names = Vec::new();
        for prefix in filter.prefixes() {
            for reference in loose(self.refs, prefix)? {
                let reference = reference.map_err(unreadable)?;
                let name = reference.name.as_bstr();
                loose_names.push(name.to_owned());
                if filter.shows(name)
                    && let Some((peeled, _)) = self.resolve(reference.name.clone(), reference.target)?
                {
                    found.push(Found { name: reference.name.into_inner(), ..peeled });
                }
            }
            let Some(packed) = &self.packed else { continue };
            loose_names.sort_unstable();
            let iter = match prefix {
                Some(prefix) => packed.iter_prefixed(prefix.into()),
                None => packed.iter(),
            };
            for reference in iter.map_err(unreadable)? {
                let reference = reference.map_err(unreadable)?;
                let name = reference.name.as_bstr();
                if filter.shows(name)
                    && loose_names.binary_search_by(|loose| loose.as_bstr().cmp(name)).is_err()
                    && let Some(peeled) = self.packed(&reference)?
                {
                    found.push(Found { name: name.into(), ..peeled });
                }
            }
        }
        if found.iter().any(|found| found.name.starts_with(b"refs/replace/")) {
            return Err("replace refs as decorations".into());
        }
        Ok(found)
    }

    /// HEAD, and the full name of the branch that it is on.
    fn head(&self) -> Result<Option<(Found, Option<BString>)>, NotExact> {
        let Some(head) = self.refs.try_find_loose("HEAD").map_err(unreadable)? else { return Ok(None) };
        let symbolic = matches!(head.target, Target::Symbolic(_));
        let resolved = self.resolve(head.name.clone(), head.target)?;
        Ok(resolved.map(|(found, last)| {
            (Found { name: "HEAD".into(), ..found }, symbolic.then(|| last.into_inner()))
        }))
    }

    /// Follows symbolic refs and tags; also the name of the last ref on the way. `None` for a ref that leads nowhere.
    fn resolve(&self, name: FullName, target: Target) -> Result<Option<(Found, FullName)>, NotExact> {
        let (mut name, mut target) = (name, target);
        for _ in 0..=MAX_SYMREFS {
            let next = match target {
                Target::Object(id) => return Ok(self.peel(id)?.map(|found| (found, name))),
                Target::Symbolic(next) => next,
            };
            if let Some(reference) =
                self.refs.try_find_loose(next.as_ref().as_partial_name()).map_err(unreadable)?
            {
                (name, target) = (reference.name, reference.target);
                continue;
            }
            let Some(packed) = &self.packed else { return Ok(None) };
            let Some(reference) = packed.try_find(next.as_ref().as_partial_name()).map_err(unreadable)?
            else {
                return Ok(None);
            };
            if reference.name != next.as_ref() {
                return Ok(None);
            }
            return Ok(self.packed(&reference)?.map(|found| (found, next)));
        }
        Ok(None)
    }

    fn packed(&self, reference: &packed::Reference<'_>) -> Result<Option<Found>, NotExact> {
        if self.fully_peeled {
            let is_tag = reference.object.is_some();
            Ok(Some(Found { name: BString::default(), id: reference.object(), is_tag }))
        } else {
            self.peel(reference.target())
        }
    }

    /// `None` when there is no such object.
    fn peel(&self, id: ObjectId) -> Result<Option<Found>, NotExact> {
        let unreadable = |_| NotExact::because("an object can't be read");
        let (mut found, mut buffer) = (Found { name: BString::default(), id, is_tag: false }, Vec::new());
        while !(self.is_commit)(&found.id) {
            let kind = match self.objects.try_header(&found.id).map_err(unreadable)? {
                Some(header) => header.kind,
                None if found.is_tag => return Ok(Some(found)),
                None => return Ok(None),
            };
            if kind != gix::objs::Kind::Tag {
                return Ok(Some(found));
            }
            let Some(tag) = self.objects.try_find(&found.id, &mut buffer).map_err(unreadable)? else {
                return Ok(Some(found));
            };
            found.id = gix::objs::TagRefIter::from_bytes(tag.data, found.id.kind())
                .target_id()
                .map_err(|_| NotExact::because("a tag can't be read"))?;
            found.is_tag = true;
        }
        Ok(Some(found))
    }
}

fn loose<'a>(
    refs: &'a file::Store,
    prefix: Option<&'static str>,
) -> Result<impl Iterator<Item = gix::Result<gix::refs::Reference>> + use<'a>, NotExact> {
    let iter = match prefix {
        Some(prefix) => {
            let prefix: &gix::path::RelativePath = prefix.try_into().map_err(unreadable)?;
            refs.loose_iter_prefixed(prefix)
        }
        None => refs.loose_iter(),
    };
    iter.map_err(unreadable)
}
