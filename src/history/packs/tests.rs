//! Every object of a pack, read with windows of any size, against `git cat-file`.

use bstr::ByteSlice;
use gix::hash::{Kind, ObjectId};
use gix::objs;

use super::{Packs, Reader};
use crate::history::tests::random::Random;
use crate::history::tests::repo::TestRepo;

/// Files that get smaller and files that don't, some of them versions of one another, so that there are deltas.
fn history(repo: &TestRepo) {
    let mut random = Random::new(5);
    let mut noise: Vec<u8> = (0..300_000).map(|_| random.below(256) as u8).collect();
    let mut stream = Vec::new();
    for i in 0..20 {
        let message = "word ".repeat(1 + 900 * (i % 5));
        stream.extend_from_slice(b"commit refs/heads/main\ncommitter C <c@x> 1000000000 +0000\n");
        stream.extend_from_slice(format!("data {}\n{message}\n", message.len()).as_bytes());
        noise[1000 * i] ^= 1;
        let part = &noise[..[0, 1, 2000, 4090, 66_000, 300_000][i % 6]];
        for (name, bytes) in [(format!("noise-{}", i % 6), part), (format!("d/wide/{i}"), message.as_bytes())]
        {
            stream.extend_from_slice(format!("M 100644 inline {name}\ndata {}\n", bytes.len()).as_bytes());
            stream.extend_from_slice(bytes);
            stream.push(b'\n');
        }
        for file in 0..40 {
            stream.extend_from_slice(
                format!("M 100644 inline d/wide/{i}-{file}\ndata 2\n{:02}\n", file).as_bytes(),
            );
        }
    }
    stream.extend_from_slice(b"tag v1\nfrom refs/heads/main\ntagger C <c@x> 1000000000 +0000\ndata 1\nt\n");
    repo.git_with(&["fast-import", "--quiet"], &stream);
}

/// Name, kind and bytes of every object.
fn objects(repo: &TestRepo) -> Vec<(ObjectId, objs::Kind, Vec<u8>)> {
    let all = repo.git(&["cat-file", "--batch", "--batch-all-objects"]);
    let mut rest = all.as_slice();
    let mut objects = Vec::new();
    while !rest.is_empty() {
        let (line, after) = rest.split_once_str("\n").unwrap();
        let words: Vec<&str> = line.to_str().unwrap().split(' ').collect();
        let len: usize = words[2].parse().unwrap();
        let id = ObjectId::from_hex(words[0].as_bytes()).unwrap();
        objects.push((id, objs::Kind::from_bytes(words[1].as_bytes()).unwrap(), after[..len].to_vec()));
        rest = &after[len + 1..];
    }
    objects
}

#[test]
fn every_object_is_gits_whatever_the_window() {
    for kind in [Kind::Sha1, Kind::Sha256] {
        let repo = TestRepo::new(kind);
        history(&repo);
        let expected = objects(&repo);
        // Bases of deltas by distance, then by name.
        for offsets in ["true", "false"] {
            let setting = format!("repack.useDeltaBaseOffset={offsets}");
            repo.git(&["-c", &setting, "repack", "-adfq", "--depth=50", "--window=20"]);
            let odb = repo.odb();
            let packs = Packs::open(odb.store_ref(), kind);
            assert_eq!(packs.len(), 1);
            for (window, limit) in [(0, 0), (100, 1 << 20), (4096, 10_000), (1 << 20, 0)] {
                for asked in [objs::Kind::Commit, objs::Kind::Tree, objs::Kind::Blob, objs::Kind::Tag] {
                    let mut reader = Reader::new(&packs, asked, window, limit);
                    for (id, kind, bytes) in &expected {
                        let found = reader.find(id);
                        let should = (*kind == asked).then_some(bytes);
                        assert!(found.as_deref() == should, "{id} {asked} {window} {limit}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_ends_too_early_is_not_read() {
    let repo = TestRepo::new(Kind::Sha1);
    history(&repo);
    repo.git(&["repack", "-adfq"]);
    let expected = objects(&repo);
    let dir = repo.git_dir().join("objects/pack");
    let of = |ext: &str| {
        let files = std::fs::read_dir(&dir).unwrap().map(|file| file.unwrap().path());
        files.into_iter().find(|path| path.extension().is_some_and(|found| found == ext)).unwrap()
    };
    let pack = of("pack");
    let bytes = std::fs::read(&pack).unwrap();
    std::fs::remove_file(&pack).unwrap();
    for len in [0, 11, 12, 31, 32, 40, bytes.len() / 2, bytes.len() - 21] {
        std::fs::write(&pack, &bytes[..len]).unwrap();
        let odb = repo.odb();
        let packs = Packs::open(odb.store_ref(), Kind::Sha1);
        let mut reader = Reader::new(&packs, objs::Kind::Blob, 4096, 0);
        let blobs = || expected.iter().filter(|(_, kind, _)| *kind == objs::Kind::Blob);
        let read = blobs().filter(|(id, _, bytes)| {
            let found = reader.find(id);
            assert!(found.as_ref().is_none_or(|found| **found == *bytes), "{id}");
            found.is_some()
        });
        assert!(read.count() < blobs().count(), "{len}");
    }
}
