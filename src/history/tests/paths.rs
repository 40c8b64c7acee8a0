//! Path segments in a published index: they outlive updates of the history, and what is wrong with them is no concern
//! of the history's.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use gix::hash::Kind;
use gix::objs::tree::EntryKind;

use super::growth::{PRINT, TestIndex};
use super::random::{Random, grow};
use super::repo::TestRepo;
use crate::history::Outcome;
use crate::index::{
    Bytes, Damage, FileType, Manifest, ManifestError, OpenIndex, PathSegment, Paths, Pos, Publisher, Reason,
    Slice, WriterLock, manifest, write_paths,
};

/// Changes that are known from the position alone. The trees of the repository have nothing to do with them.
pub(super) fn slice(kind: Kind, positions: std::ops::Range<u32>) -> Slice {
    let mut slice = Slice::new(kind, Pos(positions.start));
    for pos in positions {
        for path in paths_of(pos) {
            let [old, new] = [pos, pos + 1].map(|n| {
                let mut id = gix::ObjectId::null(kind);
                id.as_mut_slice()[..4].copy_from_slice(&n.to_be_bytes());
                slice.value(if path == "d" { EntryKind::Tree } else { EntryKind::Blob }, &id)
            });
            let path = slice.path(path.as_str().into());
            slice.change(path, Some(old), Some(new));
        }
        if pos % 10 == 9 { slice.unknown() } else { slice.commit() }
    }
    slice
}

fn paths_of(pos: u32) -> [String; 3] {
    ["d".to_owned(), format!("d/{}", pos % 3), format!("e{}", pos % 7)]
}

/// That the changes of the first `end` commits are those of [`slice`].
pub(super) fn check(paths: &Paths<'_>, end: u32) {
    assert_eq!(paths.len(), end);
    for pos in 0..end {
        let known = if pos % 10 == 9 { &[][..] } else { &paths_of(pos)[1..] };
        let changes: Vec<String> = paths.changes(Pos(pos)).map(|change| change.path.to_string()).collect();
        assert_eq!(changes, known, "{pos}");
        for change in paths.changes(Pos(pos)) {
            let number = |value: Option<crate::index::Value<'_>>| {
                u32::from_be_bytes(value.unwrap().id.as_bytes()[..4].try_into().unwrap())
            };
            assert_eq!((number(change.old), number(change.new)), (pos, pos + 1));
        }
    }
    assert_eq!(paths.postings("d".into()).count() as u32, end - paths.unknown().count() as u32);
}

/// Publishes a path segment behind those that there are.
pub(super) fn publish(index: &TestIndex<'_>, slice: &Slice) {
    let open = index.open().unwrap();
    let lock = WriterLock::try_acquire(&index.location.dir).unwrap().unwrap();
    let publisher = Publisher::new(&index.location, &lock);
    let mut temp = publisher.temp().unwrap();
    write_paths(slice, temp.as_file_mut()).unwrap();
    let mut manifest = open.manifest().clone();
    manifest.paths = open.path_entries().unwrap().to_vec();
    manifest.paths.push(publisher.seal_paths(temp).unwrap());
    publisher.commit(&manifest).unwrap();
}

fn commit(index: &TestIndex<'_>, manifest: &Manifest) {
    let lock = WriterLock::try_acquire(&index.location.dir).unwrap().unwrap();
    Publisher::new(&index.location, &lock).commit(manifest).unwrap();
}

/// The key of the index: the end of its file.
fn key(repo: &TestRepo) -> [u8; 32] {
    *fs::read(repo.git_dir().join("git-fast.key")).unwrap().last_chunk().unwrap()
}

fn history_len(open: &OpenIndex) -> u32 {
    open.history().unwrap().len()
}

#[test]
fn stay_when_the_history_grows() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = TestIndex::new(&repo);
    let (mut random, mut all) = (Random::new(21), Vec::new());
    let mut covered = 0;
    let mut joined_some = false;
    for count in [30, 5, 4, 30, 1, 1] {
        grow(&repo, &mut random, &mut all, count);
        let outcome = index.update();
        joined_some |= matches!(outcome, Outcome::Appended { joined: 1.., .. });
        let mut open = index.open().unwrap();
        check(&open.paths().unwrap(), covered);
        let end = history_len(&open);
        // In memory, and then as a file.
        let overlay = write_paths(&slice(Kind::Sha1, covered..end), Cursor::new(Vec::new())).unwrap();
        open.push_paths(PathSegment::new(Bytes::copy(overlay.get_ref())).unwrap()).unwrap();
        check(&open.paths().unwrap(), end);
        let behind = PathSegment::new(Bytes::copy(overlay.get_ref())).unwrap();
        assert!(matches!(open.push_paths(behind), Err(Damage::Header(_))));
        check(&open.paths().unwrap(), end);
        publish(&index, &slice(Kind::Sha1, covered..end));
        covered = end;
        assert!(matches!(index.update(), Outcome::Current));
        check(&index.open().unwrap().paths().unwrap(), covered);
    }
    assert!(joined_some);
    assert_eq!(index.files("paths-").len(), index.open().unwrap().manifest().paths.len());
    assert!(matches!(index.run(&repo.tips(), true).unwrap(), Outcome::Rebuilt { .. }));
    check(&index.open().unwrap().paths().unwrap(), 0);
    assert!(index.files("paths-").is_empty(), "positions are others now");
}

/// Readers may have the old file mapped, so it is not written to but replaced.
fn replace(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).ok();
    fs::write(path, bytes).unwrap();
}

#[test]
fn damaged_ones_do_not_concern_the_history() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = TestIndex::new(&repo);
    grow(&repo, &mut Random::new(22), &mut Vec::new(), 30);
    index.update();
    let len = history_len(&index.open().unwrap());
    let dir = &index.location.dir;
    let elsewhere = tempfile::tempdir().unwrap();
    let publish_both = || {
        publish(&index, &slice(Kind::Sha1, 0..len / 2));
        publish(&index, &slice(Kind::Sha1, len / 2..len));
    };
    publish_both();
    let name_of = |i: usize| index.open().unwrap().manifest().paths[i].file_name(FileType::Paths);
    let names = [name_of(0), name_of(1)];
    let whole = names.clone().map(|name| fs::read(dir.join(name)).unwrap());
    let path = dir.join(&names[1]);
    let history = index.files("history-").pop().unwrap();
    let other_kind =
        write_paths(&slice(Kind::Sha256, len / 2..len), Cursor::new(Vec::new())).unwrap().into_inner();

    let flip = |at: usize| {
        let mut bytes = whole[1].clone();
        bytes[at] ^= 1;
        move |path: &Path| replace(path, &bytes)
    };
    let cut = |len: usize| {
        let bytes = whole[1][..len].to_vec();
        move |path: &Path| replace(path, &bytes)
    };
    type Break<'a> = Box<dyn Fn(&Path) + 'a>;
    type Check = fn(&Reason) -> bool;
    let cases: [(&str, Break<'_>, Check); 9] = [
        ("removed", Box::new(|path| fs::remove_file(path).unwrap()), |reason| {
            matches!(reason, Reason::Missing)
        }),
        ("empty", Box::new(cut(0)), |reason| matches!(reason, Reason::Damage(Damage::Length { .. }))),
        ("cut", Box::new(cut(1000)), |reason| matches!(reason, Reason::Damage(Damage::Length { .. }))),
        ("magic", Box::new(flip(1)), |reason| matches!(reason, Reason::Damage(Damage::Magic))),
        ("unused byte of the header", Box::new(flip(120)), |reason| matches!(reason, Reason::Exchanged)),
        ("last byte of a section", Box::new(flip(whole[1].len() - 1)), |reason| {
            matches!(reason, Reason::Damage(_))
        }),
        ("the other one", Box::new(|path| replace(path, &whole[0])), |reason| {
            matches!(reason, Reason::Damage(Damage::Length { .. }) | Reason::Exchanged)
        }),
        ("a history segment", Box::new(|path| replace(path, &fs::read(&history).unwrap())), |reason| {
            matches!(reason, Reason::Damage(Damage::Length { .. }))
        }),
        (
            "a directory",
            Box::new(|path| {
                fs::remove_file(path).unwrap();
                fs::create_dir(path).unwrap();
            }),
            |reason| matches!(reason, Reason::Unreadable(_)),
        ),
    ];
    for (what, damage, said) in &cases {
        // Also when it happens between opening the index and asking for paths.
        let early = index.open().unwrap();
        damage(&path);
        for open in [early, index.open().unwrap()] {
            assert_eq!(history_len(&open), len, "{what}");
            open.verify_hashes().unwrap();
            let rejected = open.paths().map(drop).unwrap_err();
            assert!(said(&rejected.reason) && rejected.path == path, "{what}: {rejected}");
            assert!(!rejected.is_missing());
            assert!(open.path_entries().is_err() && open.path_segments().is_err());
        }
        assert!(matches!(index.update(), Outcome::Current));
        assert!(index.open().unwrap().manifest().paths.is_empty(), "{what}: a writer forgets them");
        check(&index.open().unwrap().paths().unwrap(), 0);
        if path.is_dir() {
            fs::rename(&path, elsewhere.path().join("directory")).unwrap();
        }
        assert!(index.files("paths-").is_empty());
        publish_both();
        assert_eq!([name_of(0), name_of(1)], names);
        check(&index.open().unwrap().paths().unwrap(), len);
    }

    // What a manifest may not say of path segments.
    let good = index.open().unwrap().manifest().clone();
    let broken = |change: &dyn Fn(&mut Manifest)| {
        let mut manifest = good.clone();
        change(&mut manifest);
        replace(&dir.join(manifest::MANIFEST), &manifest.encode(&key(&repo)));
        let open = index.open().unwrap();
        assert_eq!(history_len(&open), len);
        open.paths().map(drop).map_err(ToString::to_string).unwrap_err()
    };
    assert!(broken(&|manifest| _ = manifest.paths.remove(0)).contains("does not follow"));
    assert!(broken(&|manifest| manifest.paths.swap(0, 1)).contains("does not follow"));
    assert!(broken(&|manifest| manifest.paths[0].commits += 1).contains("not the segment"));
    let sealed = |bytes: &[u8]| {
        let lock = WriterLock::try_acquire(dir).unwrap().unwrap();
        let publisher = Publisher::new(&index.location, &lock);
        let mut temp = publisher.temp().unwrap();
        std::io::Write::write_all(temp.as_file_mut(), bytes).unwrap();
        publisher.seal_paths(temp).unwrap()
    };
    let other = sealed(&other_kind);
    assert!(broken(&|manifest| manifest.paths[1] = other.clone()).contains("another object format"));
    let more =
        sealed(&write_paths(&slice(Kind::Sha1, len..len + 1), Cursor::new(Vec::new())).unwrap().into_inner());
    assert!(broken(&|manifest| manifest.paths.push(more.clone())).contains("more commits"));
    commit(&index, &good);
    check(&index.open().unwrap().paths().unwrap(), len);
}

#[test]
fn entries_of_a_manifest() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = TestIndex::new(&repo);
    grow(&repo, &mut Random::new(23), &mut Vec::new(), 10);
    index.update();
    publish(&index, &slice(Kind::Sha1, 0..10));
    let (key, good) = (&key(&repo), index.open().unwrap().manifest().clone());
    let (history, path) = (good.entries[0].clone(), good.paths[0].clone());
    let manifest = |histories: usize, paths: usize| Manifest {
        entries: vec![history.clone(); histories],
        paths: vec![path.clone(); paths],
        ..good.clone()
    };
    for (histories, paths) in [(0, 0), (1, 0), (0, 1), (64, 64)] {
        let manifest = manifest(histories, paths);
        assert_eq!(Manifest::decode(&manifest.encode(key), key), Ok(manifest));
    }
    for (histories, paths) in [(65, 1), (1, 65), (0, 65)] {
        let bytes = manifest(histories, paths).encode(key);
        assert_eq!(Manifest::decode(&bytes, key), Err(ManifestError::Entries), "{histories} {paths}");
    }
    assert_eq!(Manifest::decode(&manifest(65, 64).encode(key), key), Err(ManifestError::Truncated));
    // A type that is unknown.
    let mut bytes = good.encode(key);
    bytes.truncate(bytes.len() - manifest::MAC_LEN);
    bytes[manifest::MANIFEST_HEADER_LEN + 44] = 2;
    bytes.extend_from_slice(blake3::keyed_hash(key, &bytes.clone()).as_bytes());
    assert_eq!(Manifest::decode(&bytes, key), Err(ManifestError::Entries));
    replace(&index.location.dir.join(manifest::MANIFEST), &bytes);
    assert!(matches!(index.open().map(drop).unwrap_err().reason, Reason::Manifest(ManifestError::Entries)));
}

#[test]
fn copies_are_hashed_until_an_update_has_seen_them() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = TestIndex::new(&repo);
    grow(&repo, &mut Random::new(24), &mut Vec::new(), 10);
    index.update();
    // Large enough not to be hashed whenever it is opened.
    let mut large = slice(Kind::Sha1, 0..9);
    for i in 0..5000 {
        let path = large.path(format!("a path that makes this large {i}").as_str().into());
        let value = large.value(EntryKind::Blob, &gix::ObjectId::empty_blob(Kind::Sha1));
        large.change(path, None, Some(value));
    }
    large.commit();
    publish(&index, &large);
    let path = index.files("paths-").pop().unwrap();
    let bytes = fs::read(&path).unwrap();
    assert!(bytes.len() as u64 > crate::index::SMALL);
    let restamped = || {
        let open = index.open().unwrap();
        open.path_entries().unwrap() != open.manifest().paths
    };
    assert!(!restamped());
    let mut damaged = bytes.clone();
    damaged[100_000] ^= 1;
    replace(&path, &damaged);
    assert!(index.open().unwrap().paths().is_err());
    replace(&path, &bytes);
    assert!(restamped());
    assert!(matches!(index.update(), Outcome::Current));
    assert!(!restamped());
    assert_eq!(OpenIndex::open(&index.location, Kind::Sha1, &PRINT).unwrap().paths().unwrap().len(), 10);
}
