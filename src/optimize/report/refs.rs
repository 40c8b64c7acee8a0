//! What refs there are, and the annotated tags among what they lead to. A tag never changes: what is known of one is kept
//! for the next report.

use std::collections::BTreeMap;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::objs::Kind;
use serde::{Deserialize, Serialize};

use crate::index::History;
use crate::optimize::context::Context;
use crate::repo::NotExact;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Refs {
    pub(super) count: u64,
    pub(super) branches: u64,
    pub(super) remote_branches: u64,
    pub(super) tags: u64,
    pub(super) annotated_tags: u64,
    /// Bytes of the tag objects.
    pub(super) tag_bytes: u64,
    pub(super) largest_tag: u64,
    pub(super) largest_tag_name: String,
    /// The most annotated tags of which each tags the next.
    pub(super) tag_depth: u64,
    /// The folder of refs with most in it, and how many those are; of refs in no folder of their own there is none.
    pub(super) most_below: String,
    pub(super) most_below_count: u64,
}

/// A tag object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tag {
    /// Bytes.
    size: u64,
    /// How many tags there are from this one to something else.
    depth: u64,
}

/// Tags by the names of their objects.
pub(super) type Tags = BTreeMap<String, Tag>;

/// Counts refs, and gives all tags that they lead to.
pub(super) fn read(context: &Context, history: &History<'_>, known: &Tags) -> Result<(Refs, Tags), NotExact> {
    let mut refs = Refs::default();
    let mut tags = Tags::new();
    let mut folders: BTreeMap<BString, u64> = BTreeMap::new();
    for (name, id) in context.repo.refs_below("refs/", false)? {
        refs.count += 1;
        match () {
            () if name.starts_with(b"refs/heads/") => refs.branches += 1,
            () if name.starts_with(b"refs/remotes/") => refs.remote_branches += 1,
            () if name.starts_with(b"refs/tags/") => refs.tags += 1,
            () => {}
        }
        if let Some(folder) = folder(name.as_bstr()) {
            match folders.get_mut(folder) {
                Some(count) => *count += 1,
                None => drop(folders.insert(folder.to_owned(), 1)),
            }
        }
        if history.lookup(&id).is_some() {
            continue;
        }
        let object = id.to_string();
        let Some(tag) = known.get(&object).copied().or_else(|| tag(context, id)) else { continue };
        tags.insert(object, tag);
        refs.annotated_tags += 1;
        refs.tag_bytes += tag.size;
        refs.tag_depth = refs.tag_depth.max(tag.depth);
        if tag.size > refs.largest_tag {
            refs.largest_tag = tag.size;
            refs.largest_tag_name = name.to_string();
        }
    }
    if let Some((folder, count)) = folders.into_iter().max_by_key(|(_, count)| *count) {
        (refs.most_below, refs.most_below_count) = (folder.to_string(), count);
    }
    Ok((refs, tags))
}

/// What a server could hide a ref with: `refs/pull`, `refs/heads/bot`, but not all branches or all tags.
fn folder(name: &BStr) -> Option<&BStr> {
    let names = match () {
        () if ["refs/heads/", "refs/tags/", "refs/remotes/"].iter().any(|all| name.starts_with_str(all)) => 3,
        () => 2,
    };
    let end = name.find_iter("/").nth(names - 1)?;
    Some(name[..end].as_bstr())
}

/// `None` when it is something else.
fn tag(context: &Context, id: ObjectId) -> Option<Tag> {
    let header = context.repo.object_header(&id).ok().filter(|header| header.kind() == Kind::Tag)?;
    let mut depth = 0;
    let mut next = Some(id);
    while let Some(target) = next.and_then(|id| context.repo.tagged(id).ok()) {
        depth += 1;
        next = Some(target);
    }
    Some(Tag { size: header.size(), depth })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_refs() {
        for (name, expected) in [
            ("refs/heads/main", None),
            ("refs/heads/bot/1/2", Some("refs/heads/bot")),
            ("refs/tags/v1", None),
            ("refs/remotes/origin/main", Some("refs/remotes/origin")),
            ("refs/pull/1/head", Some("refs/pull")),
            ("refs/notes/commits", Some("refs/notes")),
            ("refs/stash", None),
        ] {
            assert_eq!(folder(name.into()), expected.map(BStr::new), "{name}");
        }
    }
}
