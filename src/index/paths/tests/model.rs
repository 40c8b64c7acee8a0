//! What path segments should say, in the plainest form, made at random from a seed.

use std::collections::BTreeMap;
use std::io::Cursor;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::hash::Kind;
use gix::objs::tree::EntryKind;

use crate::index::{Bytes, PathSegment, Paths, Pos, Posting, Slice, Value, write_paths};

pub(super) type Owned = (EntryKind, ObjectId);

/// Per changed path the old and the new value; `None` for a commit about which nothing is known.
type Commit = Option<BTreeMap<BString, (Option<Owned>, Option<Owned>)>>;

pub(super) struct Model {
    pub(super) kind: Kind,
    pub(super) commits: Vec<Commit>,
}

const KINDS: [EntryKind; 5] =
    [EntryKind::Tree, EntryKind::Blob, EntryKind::BlobExecutable, EntryKind::Link, EntryKind::Commit];

impl Model {
    pub(super) fn random(kind: Kind, seed: u64, commits: usize) -> Model {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut names: Vec<BString> = ["a", "a/b", "a.c", "a/b/c", "\u{fc}", "z"].map(BString::from).to_vec();
        names.push(b"not utf-8 \xff\n\x01".as_bstr().into());
        names.push("long".repeat(1000).into());
        let mut tree: BTreeMap<BString, Owned> = BTreeMap::new();
        let mut model = Model { kind, commits: Vec::new() };
        for _ in 0..commits {
            if random.u8(..20) == 0 {
                model.commits.push(None);
                continue;
            }
            let mut changes = BTreeMap::new();
            for _ in 0..random.usize(..8) {
                if random.u8(..4) == 0 {
                    names.push(format!("{}/{}", names[random.usize(..6)], random.u16(..)).into());
                }
                let name = &names[random.usize(..names.len())];
                // Few, so that values come again.
                let mut id = ObjectId::null(kind);
                id.as_mut_slice().fill(random.u8(..60));
                let new = (random.u8(..4) != 0).then(|| (KINDS[random.usize(..5)], id));
                let old = tree.get(name).copied();
                if old != new && !changes.contains_key(name) {
                    changes.insert(name.clone(), (old, new));
                    match new {
                        Some(new) => tree.insert(name.clone(), new),
                        None => tree.remove(name),
                    };
                }
            }
            model.commits.push(Some(changes));
        }
        model
    }

    /// Some of its commits. The changes of each in an order of its own, as a builder may have found them.
    pub(super) fn slice(&self, range: std::ops::Range<usize>) -> Slice {
        let mut slice = Slice::new(self.kind, Pos(range.start as u32));
        for commit in &self.commits[range] {
            let add = |slice: &mut Slice, path: &BStr, (old, new): (Option<Owned>, Option<Owned>)| {
                let path = slice.path(path);
                let old = old.map(|(kind, id)| slice.value(kind, &id));
                let new = new.map(|(kind, id)| slice.value(kind, &id));
                slice.change(path, old, new);
            };
            match commit {
                Some(changes) => {
                    changes.iter().rev().for_each(|(path, change)| add(&mut slice, path.as_bstr(), *change));
                    slice.commit();
                }
                None => {
                    let id = ObjectId::empty_blob(self.kind);
                    add(&mut slice, "forgotten".into(), (Some((EntryKind::Blob, id)), None));
                    slice.unknown();
                }
            }
        }
        slice
    }

    /// Asserts that `paths` say just this about all commits.
    pub(super) fn compare(&self, paths: &Paths<'_>, what: &str) {
        assert_eq!(paths.len() as usize, self.commits.len(), "{what}");
        let unknown: Vec<usize> = paths.unknown().map(Pos::index).collect();
        let wanted: Vec<usize> = (0..self.commits.len()).filter(|pos| self.commits[*pos].is_none()).collect();
        assert_eq!(unknown, wanted, "{what}");
        let owned = |value: Option<Value<'_>>| value.map(|value| (value.kind, value.id.to_owned()));
        let leaf = |value: Option<Owned>| value.filter(|(kind, _)| *kind != EntryKind::Tree);

        let mut by_path: BTreeMap<&BString, Vec<_>> = BTreeMap::new();
        for (pos, commit) in self.commits.iter().enumerate() {
            let changes = commit.iter().flatten();
            changes.clone().for_each(|(path, (old, new))| {
                by_path.entry(path).or_default().push((pos, *old, *new));
            });
            let wanted: Vec<_> = changes
                .map(|(path, (old, new))| (path.clone(), leaf(*old), leaf(*new)))
                .filter(|(_, old, new)| old.is_some() || new.is_some())
                .collect();
            let changes = paths.changes(Pos(pos as u32));
            let actual: Vec<_> = changes
                .map(|change| (change.path.to_owned(), owned(change.old), owned(change.new)))
                .collect();
            assert_eq!(actual, wanted, "{what}: commit {pos}");
        }
        assert_eq!(paths.changes(Pos(paths.len())).count(), 0);

        for (path, wanted) in &by_path {
            let postings = paths.postings(path.as_bstr());
            let actual: Vec<_> = postings
                .map(|posting| (posting.pos.index(), owned(posting.old), owned(posting.new)))
                .collect();
            assert_eq!(&actual, wanted, "{what}: {path}");
        }
        for table in paths.tables() {
            let all = |keep: &dyn Fn(&Posting<'_>) -> bool| -> Vec<_> {
                (0..table.len())
                    .flat_map(|i| table.postings(i).map(move |posting| (i, posting)))
                    .filter(|(_, posting)| keep(posting))
                    .collect()
            };
            let some = |pos: Pos| pos.0 % 3 == 1;
            assert_eq!(table.postings_at(some), all(&|posting| some(posting.pos)), "{what}");
            let tree = |value: Value<'_>| value.kind == EntryKind::Tree;
            assert_eq!(
                table.postings_bringing(tree),
                all(&|posting| posting.new.is_some_and(tree)),
                "{what}"
            );
            assert_eq!(table.postings_bringing(|_| false), []);
        }
        for absent in ["", "a/", "forgotten", "zz"] {
            assert_eq!(paths.postings(absent.into()).count(), 0, "{what}: {absent:?}");
        }
        for prefix in ["", "a", "a/", "a/b", "\u{fc}", "zz"] {
            let mut actual: Vec<&BStr> = Vec::new();
            for table in paths.tables() {
                let range = table.range(prefix.into());
                let names: Vec<&BStr> = range.clone().map(|i| table.path(i)).collect();
                assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{what}: not in order");
                assert!(range.clone().zip(&names).all(|(i, name)| table.find(name) == Some(i)), "{what}");
                actual.extend(names);
            }
            actual.sort();
            actual.dedup();
            let wanted: Vec<&BStr> = by_path
                .keys()
                .map(|path| path.as_bstr())
                .filter(|path| path.starts_with_str(prefix))
                .collect();
            assert_eq!(actual, wanted, "{what}: {prefix:?}");
        }
    }
}

pub(super) fn bytes(slice: &Slice) -> Vec<u8> {
    write_paths(slice, Cursor::new(Vec::new())).unwrap().into_inner()
}

pub(super) fn segment(bytes: &[u8]) -> PathSegment {
    PathSegment::new(Bytes::copy(bytes)).unwrap()
}
