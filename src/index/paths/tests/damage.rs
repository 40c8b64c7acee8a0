//! Damaged path segments: refused, or read to their end without a panic, with nothing but positions that are covered.

use std::io::Cursor;

use gix::hash::Kind;

use super::model::{Model, bytes, segment};
use crate::index::paths::tags;
use crate::index::{Bytes, Damage, PathSegment, Paths, Pos, frame, merge_paths};

/// Asks everything.
fn touch(segment: &PathSegment) -> usize {
    let Ok(paths) = Paths::new([segment]) else { return 0 };
    let mut sum = paths.unknown().map(Pos::index).sum::<usize>();
    assert!(paths.unknown().all(|pos| pos.0 < paths.len()));
    for table in paths.tables() {
        for i in 0..table.len().min(10_000) + 2 {
            let mut last = None;
            for posting in table.postings(i) {
                assert!(posting.pos.0 < paths.len() && last < Some(posting.pos));
                last = Some(posting.pos);
                sum += posting.old.map_or(0, |value| value.id.as_bytes().len());
                sum += posting.new.map_or(0, |value| value.id.as_bytes().len());
            }
            sum += table.find(table.path(i)).unwrap_or_default() + table.range(table.path(i)).len();
        }
        for rows in [table.postings_at(|pos| pos.0 % 2 == 0), table.postings_bringing(|_| true)] {
            assert!(rows.iter().all(|(i, posting)| *i < table.len() && posting.pos.0 < paths.len()));
            sum += rows.len();
        }
    }
    for pos in (0..paths.len().min(10_000)).map(Pos) {
        sum += paths.changes(pos).map(|change| change.path.len()).sum::<usize>();
    }
    // What joins them has mostly verified their hashes; but it must not panic.
    if let Ok(joined) = merge_paths(&[segment], Cursor::new(Vec::new())) {
        sum += PathSegment::new(Bytes::copy(joined.get_ref())).map_or(0, |joined| joined.table().len());
    }
    sum
}

fn touch_bytes(bytes: &[u8]) {
    if let Ok(segment) = PathSegment::new(Bytes::copy(bytes)) {
        touch(&segment);
    }
}

fn whole() -> Vec<u8> {
    let model = Model::random(Kind::Sha1, 77, 60);
    let whole = bytes(&model.slice(0..60));
    assert!(touch(&segment(&whole)) > 10_000);
    whole
}

#[test]
fn cut_anywhere() {
    let whole = whole();
    for cut in 0..whole.len() {
        let damage = PathSegment::new(Bytes::copy(&whole[..cut])).map(drop).unwrap_err();
        assert!(matches!(damage, Damage::Length { .. }), "cut at {cut}: {damage}");
    }
    assert!(PathSegment::new(Bytes::copy(&[&whole[..], b"x"].concat())).is_err());
}

#[test]
fn flipped_bits() {
    let whole = whole();
    let prefix = frame::prefix_len(tags::ALL.len());
    let hash = segment(&whole).header_hash();
    let mut random = fastrand::Rng::with_seed(78);
    let inside: Vec<usize> = (0..2000).map(|_| random.usize(prefix..whole.len())).collect();
    let mut accepted = 0;
    for at in (0..prefix).chain(inside) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << random.u8(..8);
        if let Ok(segment) = PathSegment::new(Bytes::copy(&bytes)) {
            accepted += 1;
            touch(&segment);
            let noticed =
                if at < prefix { segment.header_hash() != hash } else { segment.verify_hashes().is_err() };
            assert!(noticed, "flip at {at}");
        }
    }
    assert!(accepted > 1000, "structural checks are not meant to read everything");
}

#[test]
fn hostile_numbers() {
    let whole = whole();
    let sections = segment(&whole).sections().to_vec();
    for section in &sections {
        let (start, end) = (section.offset as usize, (section.offset + section.len) as usize);
        for fill in [0x00, 0x01, 0x7f, 0x80, 0xff] {
            // Once the whole section, and once sparing the eight bytes at the end where a column has its own length.
            for spare in [0, 8] {
                let mut bytes = whole.clone();
                bytes[start..end.saturating_sub(spare).max(start)].fill(fill);
                touch_bytes(&bytes);
            }
        }
        // Numbers that are in range, but wrong.
        for seed in 0..20 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut bytes = whole.clone();
            for number in bytes[start..end.saturating_sub(8).max(start)].chunks_exact_mut(4) {
                number.copy_from_slice(&random.u32(..300).to_le_bytes());
            }
            touch_bytes(&bytes);
        }
    }
    for at in (8..frame::prefix_len(sections.len())).step_by(4) {
        for value in [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffffu32] {
            let mut bytes = whole.clone();
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
            touch_bytes(&bytes);
        }
    }
}

#[test]
fn what_is_said() {
    let whole = whole();
    let entry = |tag| {
        let at = tags::ALL.iter().position(|other| *other == tag).unwrap();
        frame::HEADER_LEN + at * frame::ENTRY_LEN
    };
    type Check = fn(&Damage) -> bool;
    let table: &[(&str, usize, &[u8], Check)] = &[
        ("a history segment", 0, b"\x89GFHIST\n", |damage| matches!(damage, Damage::Magic)),
        ("future version", 8, &[2], |damage| matches!(damage, Damage::Version { found: 2 })),
        ("byte order", 12, &[1, 2, 3, 4], |damage| matches!(damage, Damage::Endianness)),
        ("object format", 16, b"sha9", |damage| matches!(damage, Damage::HashKind)),
        ("other object format", 16, b"652s", |damage| {
            matches!(damage, Damage::Section { tag: tags::VOID, .. })
        }),
        ("sections", 20, &[0xff, 0xff], |damage| matches!(damage, Damage::Header(_))),
        ("commits", 24, &[29], |damage| matches!(damage, Damage::Section { tag: tags::CRNG, .. })),
        ("base", 28, &[0xff; 4], |damage| matches!(damage, Damage::Header(_))),
        ("paths", 32, &[0xff; 4], |damage| matches!(damage, Damage::Section { tag: tags::POFF, .. })),
        ("postings", 36, &[1], |damage| matches!(damage, Damage::Section { tag: tags::QPOS, .. })),
        ("values", 40, &[0xff; 4], |damage| matches!(damage, Damage::Section { tag: tags::VKND, .. })),
        ("leaves", 44, &[1], |damage| matches!(damage, Damage::Section { tag: tags::CLEF, .. })),
        ("unknown", 48, &[99], |damage| matches!(damage, Damage::Section { tag: tags::UNKN, .. })),
        ("length", 64, &[0], |damage| matches!(damage, Damage::Length { .. })),
        ("name of a section", entry(tags::PTXT), b"XXXX", |damage| {
            matches!(damage, Damage::Section { tag: tags::PTXT, .. })
        }),
        ("place of a section", entry(tags::QOLD) + 8, &[1], |damage| {
            matches!(damage, Damage::Section { tag: tags::QOLD, .. })
        }),
    ];
    for (what, at, bytes, check) in table {
        let mut changed = whole.clone();
        changed[*at..*at + bytes.len()].copy_from_slice(bytes);
        let damage = PathSegment::new(Bytes::copy(&changed)).map(drop).expect_err(what);
        assert!(check(&damage), "{what}: {damage}");
    }
}
