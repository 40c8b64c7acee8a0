//! Damaged and foreign files. The rule for each: the index is rejected, or every answer is still right, or (where only
//! hashes could tell, which are not computed when a large segment is opened) the answer is wrong within bounds and
//! `verify_hashes` says so. Never a panic.

use std::fs;
use std::path::Path;

use gix::hash::Kind;

use super::growth::TestIndex;
use super::random::{Random, grow};
use super::repo::TestRepo;
use crate::history::Outcome;
use crate::index::manifest::{MAC_LEN, MANIFEST_ENTRY_LEN, MANIFEST_HEADER_LEN, MAX_SEGMENTS};
use crate::index::{
    Bytes, Damage, History, ManifestError, OpenIndex, Pos, Reason, Segment, WriterLock, frame, layout,
};

fn small(repo: &TestRepo) -> TestIndex<'_> {
    grow(repo, &mut Random::new(5), &mut Vec::new(), 30);
    let index = TestIndex::new(repo);
    index.update();
    index
}

/// Asks everything.
fn touch(history: &History<'_>) -> usize {
    let mut sum = 0;
    for pos in (0..history.len()).map(Pos) {
        let (author, committer) = (history.author(pos), history.committer(pos));
        sum += history.parents(pos).map(Pos::index).sum::<usize>() + history.message(pos).len();
        sum += history.extra_headers(pos).len() + author.name.len() + committer.email.len();
        sum += history.lookup(history.oid(pos)).map_or(0, Pos::index) + history.tree(pos).as_bytes().len();
        sum += history.identity(history.author_id(pos)).0.len()
            + history.identity(history.committer_id(pos)).1.len();
        sum += history.first_parent(pos).map_or(0, Pos::index) + history.generation(pos) as usize;
        sum += history.flags(pos).0 as usize
            + history.committer_time(pos) as usize
            + history.author_time(pos) as usize;
        assert!(history.parents(pos).take(100_000).all(|parent| parent < pos));
    }
    sum
}

#[test]
fn segment_cut_anywhere() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = small(&repo);
    let path = index.files("history-").pop().unwrap();
    let whole = fs::read(&path).unwrap();
    let mut cuts: Vec<usize> = vec![0, 1, 7, 8, 63, 64, 127, 128, 129, whole.len() - 1];
    let open = index.open().unwrap();
    for section in open.segments()[0].sections() {
        let (start, end) = (section.offset as usize, (section.offset + section.len) as usize);
        cuts.extend([start - 1, start, start + 1, end - 1, end].into_iter().filter(|cut| *cut < whole.len()));
    }
    drop(open);
    for cut in cuts {
        replace(&path, &whole[..cut]);
        let rejected = index.open().map(drop).unwrap_err();
        assert!(matches!(rejected.reason, Reason::Damage(Damage::Length { .. })), "cut at {cut}: {rejected}");
        assert!(Segment::new(Bytes::copy(&whole[..cut])).is_err(), "cut at {cut}");
    }
    replace(&path, &[&whole[..], b"x"].concat());
    assert!(index.open().is_err());
    fs::remove_file(&path).unwrap();
    let rejected = index.open().map(drop).unwrap_err();
    assert!(matches!(rejected.reason, Reason::Missing) && !rejected.is_missing());
    assert!(matches!(index.update(), Outcome::Rebuilt { why: Some(_), .. }));
    repo.compare(&index.open().unwrap().history().unwrap());
}

/// Readers may have the old file mapped, so it is not written to but replaced.
fn replace(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).ok();
    fs::write(path, bytes).unwrap();
}

#[test]
fn segment_with_flipped_bits() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = small(&repo);
    let path = index.files("history-").pop().unwrap();
    let whole = fs::read(&path).unwrap();
    let prefix = frame::prefix_len(layout::tags::ALL.len());
    let mut random = Random::new(6);
    let mut positions: Vec<usize> = (0..prefix).collect();
    positions.extend((0..3000).map(|_| prefix + random.below(whole.len() - prefix)));
    let (mut accepted, mut unlike) = (0, 0);
    for at in positions {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << random.below(8);
        // As a small segment its hashes are checked when it is opened; padding counts.
        if at < prefix || at % 50 == 0 {
            replace(&path, &bytes);
            assert!(index.open().is_err(), "flip at {at}");
        }
        // As a large one it may be accepted, but nothing may panic.
        if let Ok(segment) = Segment::new(Bytes::copy(&bytes)) {
            accepted += 1;
            if let Ok(history) = History::new([&segment]) {
                touch(&history);
            }
            unlike += usize::from(segment.verify_hashes().is_err() || at < prefix);
        }
    }
    assert_eq!(accepted, unlike, "every flip is found by its hash or by the hash of the header");
    assert!(accepted > 2000, "structural checks are not meant to read everything");
}

#[test]
fn hostile_numbers() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = small(&repo);
    let whole = fs::read(index.files("history-").pop().unwrap()).unwrap();
    let open = index.open().unwrap();
    let sections = open.segments()[0].sections().to_vec();
    for section in &sections {
        for fill in [0x00, 0x7f, 0x80, 0xff] {
            let mut bytes = whole.clone();
            let (start, end) = (section.offset as usize, (section.offset + section.len) as usize);
            // Once the whole section, and once sparing the eight bytes at the end where a column has its own length.
            for spare in [0, 8] {
                bytes[start..end.saturating_sub(spare).max(start)].fill(fill);
                if let Ok(segment) = Segment::new(Bytes::copy(&bytes))
                    && let Ok(history) = History::new([&segment])
                {
                    touch(&history);
                }
            }
        }
    }
    // Numbers in the header: sizes, counts, offsets and lengths of sections.
    for at in (8..frame::prefix_len(sections.len())).step_by(4) {
        for value in [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffffu32] {
            let mut bytes = whole.clone();
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
            if let Ok(segment) = Segment::new(Bytes::copy(&bytes))
                && let Ok(history) = History::new([&segment])
            {
                touch(&history);
            }
        }
    }
}

#[test]
fn what_is_said_about_a_segment() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = small(&repo);
    let whole = fs::read(index.files("history-").pop().unwrap()).unwrap();
    let oids = frame::HEADER_LEN + frame::ENTRY_LEN;
    type Check = fn(&Damage) -> bool;
    let table: &[(&str, usize, &[u8], Check)] = &[
        ("magic", 0, b"X", |damage| matches!(damage, Damage::Magic)),
        ("future version", 8, &[2], |damage| matches!(damage, Damage::Version { found: 2 })),
        ("byte order", 12, &[1, 2, 3, 4], |damage| matches!(damage, Damage::Endianness)),
        ("object format", 16, b"sha9", |damage| matches!(damage, Damage::HashKind)),
        ("sections", 20, &[0xff, 0xff], |damage| matches!(damage, Damage::Header(_))),
        ("fewer sections", 20, &[3], |damage| matches!(damage, Damage::Section { .. })),
        ("commits", 24, &[29], |damage| matches!(damage, Damage::Section { .. })),
        ("base", 28, &[0xff; 4], |damage| matches!(damage, Damage::Header(_))),
        ("identity base", 36, &[0xff; 4], |damage| matches!(damage, Damage::Header(_))),
        ("length", 64, &[0], |damage| matches!(damage, Damage::Length { .. })),
        ("name of a section", oids, b"XXXX", |damage| {
            matches!(damage, Damage::Section { tag: layout::tags::OIDS, .. })
        }),
        ("place of a section", oids + 8, &[1], |damage| {
            matches!(damage, Damage::Section { tag: layout::tags::OIDS, .. })
        }),
    ];
    for (what, at, bytes, check) in table {
        let mut changed = whole.clone();
        changed[*at..*at + bytes.len()].copy_from_slice(bytes);
        let damage = Segment::new(Bytes::copy(&changed)).map(drop).expect_err(what);
        assert!(check(&damage), "{what}: {damage}");
    }
}

#[test]
fn manifest_and_key() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = small(&repo);
    let dir = &index.location.dir;
    let path = dir.join("MANIFEST");
    let whole = fs::read(&path).unwrap();
    let reason = || index.open().map(drop).unwrap_err().reason;
    let manifest_error = || match reason() {
        Reason::Manifest(error) => error,
        other => panic!("{other}"),
    };
    for cut in 0..whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        assert_eq!(manifest_error(), ManifestError::Truncated);
    }
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        fs::write(&path, &bytes).unwrap();
        let error = manifest_error();
        let wanted = match at {
            0..8 => ManifestError::Magic,
            8..12 => error,
            12..16 => ManifestError::Endianness,
            20..24 => ManifestError::Truncated,
            _ => ManifestError::Authentication,
        };
        assert_eq!(error, wanted, "flip at {at}");
    }
    fs::write(&path, vec![0; 1 << 20]).unwrap();
    assert!(matches!(reason(), Reason::Manifest(_)));
    fs::write(&path, &whole).unwrap();

    // Another repository's index, with its own manifest or with ours.
    let other_repo = TestRepo::new(Kind::Sha1);
    let other = small(&other_repo);
    fs::copy(other.location.dir.join("MANIFEST"), &path).unwrap();
    assert_eq!(manifest_error(), ManifestError::Authentication);
    fs::write(&path, &whole).unwrap();
    let ours = index.files("history-").pop().unwrap();
    let bytes = fs::read(&ours).unwrap();
    let mut all = Vec::new();
    grow(&other_repo, &mut Random::new(99), &mut all, 30);
    other.run(&all, true).unwrap();
    let theirs = fs::read(other.files("history-").pop().unwrap()).unwrap();
    replace(&ours, &theirs);
    assert!(matches!(reason(), Reason::Exchanged | Reason::Damage(Damage::Length { .. })));
    replace(&ours, &bytes);

    // Unreadable files: root may read everything, so directories take their places.
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(matches!(reason(), Reason::Unreadable(_)));
    fs::remove_dir(&path).unwrap();
    fs::write(&path, &whole).unwrap();
    // A symbolic link is not followed, even to the right file.
    fs::rename(&ours, dir.join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", &ours).unwrap();
    assert!(matches!(reason(), Reason::Unreadable(_)));
    fs::remove_file(&ours).unwrap();
    fs::rename(dir.join("elsewhere"), &ours).unwrap();
    assert!(index.open().is_ok());
    // Nor is the lock.
    fs::write(dir.join("precious"), "precious").unwrap();
    fs::remove_file(dir.join("lock")).unwrap();
    std::os::unix::fs::symlink("precious", dir.join("lock")).unwrap();
    assert!(WriterLock::try_acquire(dir).is_err());
    assert_eq!(fs::read(dir.join("precious")).unwrap(), b"precious");
    fs::remove_file(dir.join("lock")).unwrap();

    // A lost key makes a new index.
    fs::remove_file(repo.git_dir().join("git-fast.key")).unwrap();
    let again = TestIndex::new(&repo);
    assert!(
        matches!(again.open(), Err(rejected) if matches!(rejected.reason, Reason::Manifest(ManifestError::Authentication)))
    );
    assert!(matches!(again.update(), Outcome::Rebuilt { why: Some(_), .. }));
    assert!(again.open().is_ok());
}

#[test]
fn damage_inside_a_large_segment_is_noticed_at_once() {
    let repo = TestRepo::new(Kind::Sha1);
    let mut random = Random::new(7);
    let mut all = Vec::new();
    // Large enough not to be hashed whenever it is opened.
    for _ in 0..3 {
        let long = repo.commit(
            &all.last().copied().into_iter().collect::<Vec<_>>(),
            1000,
            "A",
            &"x".repeat(100_000),
        );
        all.push(long);
    }
    repo.set_ref("refs/heads/main", all[2]);
    let index = TestIndex::new(&repo);
    index.update();
    let path = index.files("history-").pop().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[100_000] ^= 1;
    replace(&path, &bytes);
    assert!(index.open().is_err());
    grow(&repo, &mut random, &mut all, 5);
    assert!(matches!(index.update(), Outcome::Rebuilt { why: Some(_), .. }));
    let open: OpenIndex = index.open().unwrap();
    open.verify_hashes().unwrap();
    repo.compare(&open.history().unwrap());
    drop(open);
    // A copy with the right content is hashed, until the next update has seen it.
    let path = index.files("history-").pop().unwrap();
    let bytes = fs::read(&path).unwrap();
    replace(&path, &bytes);
    assert!(index.open().unwrap().restamped());
    assert!(matches!(index.update(), Outcome::Current));
    assert!(!index.open().unwrap().restamped());
}

/// A manifest that is authentic and still wrong: of a defective writer, or of somebody who has the key.
#[test]
fn manifest_signed_whatever_it_says() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = small(&repo);
    let path = index.location.dir.join("MANIFEST");
    let whole = fs::read(&path).unwrap();
    let commits = index.open().unwrap().history().unwrap().len();
    let key_file = fs::read(repo.git_dir().join("git-fast.key")).unwrap();
    let key: [u8; 32] = *key_file.last_chunk().unwrap();
    let mut random = Random::new(8);
    let (mut rejected, mut accepted) = (0, 0);
    for case in 0..3000 {
        let mut content = whole[..whole.len() - MAC_LEN].to_vec();
        for _ in 0..=random.below(3) {
            let at = random.below(content.len());
            match random.below(4) {
                0 => content[at] ^= 1 << random.below(8),
                1 => content[at] = [0, 0x7f, 0x80, 0xff][random.below(4)],
                // Other numbers of entries, with the count in the header to match or not.
                2 => {
                    let entries = random.below(MAX_SEGMENTS + 2);
                    content
                        .resize(MANIFEST_HEADER_LEN + entries * MANIFEST_ENTRY_LEN, random.below(256) as u8);
                    content[20..24].copy_from_slice(&(entries as u32).to_le_bytes());
                }
                _ => content.extend_from_within(content.len() - MANIFEST_ENTRY_LEN.min(content.len())..),
            }
        }
        let mac = blake3::keyed_hash(&key, &content);
        fs::write(&path, [&content[..], mac.as_bytes()].concat()).unwrap();
        match index.open() {
            Err(_) => rejected += 1,
            // What it says of the time of a file only decides what is hashed.
            Ok(open) => {
                accepted += 1;
                let history = open.history().unwrap();
                touch(&history);
                let len = history.len();
                assert!(len == 0 || len == commits, "case {case}: {len} commits");
            }
        }
    }
    assert!(rejected > 1000 && accepted > 50, "{rejected} rejected, {accepted} accepted");
}
