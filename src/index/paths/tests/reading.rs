//! What was written is read back, whether it was written at once, put together from parts or joined from segments.

use std::io::Cursor;

use gix::ObjectId;
use gix::hash::Kind;
use gix::objs::tree::EntryKind;
use rkyv::primitive::ArchivedU32;
use rkyv::rancor::Error;
use rkyv::vec::ArchivedVec;

use super::model::{Model, bytes, segment};
use crate::index::paths::tags;
use crate::index::{Damage, PathSegment, Paths, Pos, Slice, merge_paths, write_paths};

/// Numbers at which `0..end` is cut into pieces.
fn cuts(random: &mut fastrand::Rng, end: usize) -> Vec<usize> {
    let mut cuts: Vec<usize> = (0..random.usize(..6)).map(|_| random.usize(..=end)).chain([0, end]).collect();
    cuts.sort_unstable();
    cuts
}

fn merged(segments: &[&PathSegment]) -> PathSegment {
    segment(&merge_paths(segments, Cursor::new(Vec::new())).unwrap().into_inner())
}

#[test]
fn written_appended_and_joined() {
    for seed in 0..60 {
        let kind = if seed % 3 == 0 { Kind::Sha256 } else { Kind::Sha1 };
        let mut random = fastrand::Rng::with_seed(seed);
        let model = Model::random(kind, seed, random.usize(..120));
        let end = model.commits.len();
        let at_once = bytes(&model.slice(0..end));
        let whole = segment(&at_once);
        whole.verify_hashes().unwrap();
        model.compare(&Paths::new([&whole]).unwrap(), &format!("seed {seed}, at once"));

        // Parts of several threads.
        let cuts_of_parts = cuts(&mut random, end);
        let mut parts = cuts_of_parts.windows(2).map(|pair| model.slice(pair[0]..pair[1]));
        let mut slice = parts.next().unwrap();
        parts.for_each(|part| slice.append(part).unwrap());
        assert_eq!(bytes(&slice), at_once, "seed {seed}: parts make no difference to the file");

        // Several segments, and joined, in two steps.
        let cuts = cuts(&mut random, end);
        let segments: Vec<PathSegment> =
            cuts.windows(2).map(|pair| segment(&bytes(&model.slice(pair[0]..pair[1])))).collect();
        model.compare(&Paths::new(&segments).unwrap(), &format!("seed {seed}, segments at {cuts:?}"));
        let (before, after) = segments.split_at(random.usize(1..=segments.len()));
        let mut joined = vec![merged(&before.iter().collect::<Vec<_>>())];
        joined.extend((!after.is_empty()).then(|| merged(&after.iter().collect::<Vec<_>>())));
        joined.iter().for_each(|segment| segment.verify_hashes().unwrap());
        model.compare(&Paths::new(&joined).unwrap(), &format!("seed {seed}, joined at {cuts:?}"));
        let one = merged(&joined.iter().collect::<Vec<_>>());
        model.compare(&Paths::new([&one]).unwrap(), &format!("seed {seed}, joined twice at {cuts:?}"));
        let (one, whole) = (one.header(), whole.header());
        assert_eq!(
            (one.commits, one.paths, one.postings, one.leaves, one.unknown),
            (whole.commits, whole.paths, whole.postings, whole.leaves, whole.unknown),
            "seed {seed}"
        );
    }
}

#[test]
fn equal_values_of_a_path_are_joined() {
    // One path that two values take in turns, over many segments.
    let ids = [ObjectId::empty_blob(Kind::Sha1), ObjectId::empty_tree(Kind::Sha1)];
    let segments: Vec<PathSegment> = (0..40)
        .map(|base| {
            let mut slice = Slice::new(Kind::Sha1, Pos(base));
            let path = slice.path("path".into());
            let [new, old] = [0, 1].map(|i| slice.value(EntryKind::Blob, &ids[(base as usize + i) % 2]));
            slice.change(path, Some(old), Some(new));
            slice.commit();
            segment(&bytes(&slice))
        })
        .collect();
    let joined = merged(&segments.iter().collect::<Vec<_>>());
    assert_eq!((joined.header().values, joined.header().postings), (2, 40));
    let news: Vec<_> = joined.table().postings(0).map(|posting| posting.new.unwrap().id.to_owned()).collect();
    assert!(news.iter().enumerate().all(|(i, id)| *id == ids[i % 2]));
}

#[test]
fn columns_are_archives() {
    // They are written without rkyv, as the document describes them.
    for commits in [0, 1, 50] {
        let bytes = bytes(&Model::random(Kind::Sha1, 9, commits).slice(0..commits));
        for section in segment(&bytes).sections() {
            if [tags::PTXT, tags::VKND, tags::VOID].contains(&section.tag) {
                continue;
            }
            let content = &bytes[section.offset as usize..(section.offset + section.len) as usize];
            let column = rkyv::access::<ArchivedVec<ArchivedU32>, Error>(content).unwrap();
            let values: Vec<u32> = column.iter().map(|number| number.to_native()).collect();
            assert_eq!(content, &rkyv::to_bytes::<Error>(&values).unwrap()[..], "{:?}", section.tag);
        }
    }
}

#[test]
fn quirks_are_counted() {
    let model = Model::random(Kind::Sha1, 1, 10);
    let mut first = model.slice(0..5);
    first.count_quirks(2);
    let mut second = model.slice(5..10);
    second.count_quirks(3);
    let segments = [segment(&bytes(&first)), segment(&bytes(&second))];
    assert!(Paths::new(&segments).unwrap().has_quirks() && Paths::new(&segments[..1]).unwrap().has_quirks());
    assert_eq!(merged(&[&segments[0], &segments[1]]).header().quirks, 5);
    first.append(second).unwrap();
    assert_eq!(segment(&bytes(&first)).header().quirks, 5);
    assert!(!Paths::new([&segment(&bytes(&model.slice(0..10)))]).unwrap().has_quirks());
}

#[test]
fn what_does_not_follow_is_refused() {
    let model = Model::random(Kind::Sha1, 2, 30);
    let [first, second, third] = [0, 10, 20].map(|start| segment(&bytes(&model.slice(start..start + 10))));
    let other = segment(&bytes(&Model::random(Kind::Sha256, 2, 30).slice(10..20)));
    assert!(matches!(Paths::new([&second]), Err(Damage::Header(_))));
    assert!(matches!(Paths::new([&first, &third]), Err(Damage::Header(_))));
    assert!(matches!(Paths::new([&first, &other]), Err(Damage::HashKind)));
    assert_eq!(Paths::new([]).unwrap().len(), 0);
    for wrong in [&[&first, &third][..], &[&second, &first], &[&first, &other], &[]] {
        assert!(merge_paths(wrong, Cursor::new(Vec::new())).is_err());
    }
    // Not only from the beginning.
    assert_eq!(merged(&[&second, &third]).header().base, 10);

    let mut slice = model.slice(0..10);
    assert!(slice.append(model.slice(11..20)).is_err());
    let path = slice.path("a".into());
    slice.change(path, None, None);
    assert!(slice.append(model.slice(10..20)).is_err(), "a commit has been begun");
    slice.change(path, None, None);
    slice.commit();
    assert!(write_paths(&slice, Cursor::new(Vec::new())).is_err(), "a commit changes a path twice");
    let mut beyond = Slice::new(Kind::Sha1, Pos(0x7fff_ffff));
    beyond.commit();
    assert!(write_paths(&beyond, Cursor::new(Vec::new())).is_err());
}
