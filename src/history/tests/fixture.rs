//! The index that version 1 wrote is still read. `tests/fixtures/index-v1` has the history as a bundle and the index
//! of it: a git directory's `git-fast.key` and `git-fast/`; `index-v1-sha256` is the same for a SHA-256 repository. To make
//! them anew, because version 1 has changed before it was ever released: `cargo test --lib make_the_fixture --
//! --ignored`, and say so in the commit message. A later version gets directories of its own, and these stay.

use std::fs;
use std::path::{Path, PathBuf};

use gix::hash::Kind;

use super::growth::{PRINT, TestIndex};
use super::paths;
use super::random::{Random, grow};
use super::repo::{TestRepo, commit_bytes};
use crate::history::{Options, sample, verify};
use crate::index::{Location, OpenIndex, Place};
use crate::repo::commit_dates;

fn dir(kind: Kind) -> PathBuf {
    let name = if kind == Kind::Sha1 { "index-v1" } else { "index-v1-sha256" };
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

#[test]
fn version_1_is_read() {
    is_read(Kind::Sha1);
}

#[test]
fn version_1_with_sha_256_is_read() {
    is_read(Kind::Sha256);
}

fn is_read(kind: Kind) {
    let dir = dir(kind);
    let place = Place { common_dir: &dir, bare: true, index_dir: None };
    let location = Location::find(place).unwrap().expect("the fixture has a key");
    let index = OpenIndex::open(&location, kind, &PRINT).unwrap();
    index.verify_hashes().unwrap();
    assert_eq!(index.segments().len(), 2);
    let history = index.history().unwrap();
    let repo = TestRepo::new(kind);
    let bundle = dir.join("history.bundle");
    repo.git(&["fetch", "-q", "--update-head-ok", bundle.to_str().unwrap(), "refs/*:refs/*"]);
    assert_eq!(repo.compare(&history), repo.all().len());
    let git = repo.git_dir();
    let dates = |ids: &[gix::hash::ObjectId]| commit_dates("git".as_ref(), &git, ids);
    let count =
        verify(&history, &repo.odb(), kind, &sample(&history, u32::MAX), &Options::new(&dates)).unwrap();
    assert_eq!(count, history.len());
    assert_eq!(history.len(), 53);
    assert_eq!(index.path_segments().unwrap().len(), 2);
    index.path_segments().unwrap().iter().for_each(|segment| segment.verify_hashes().unwrap());
    // They say what that module knows, not what is in the repository.
    paths::check(&index.paths().unwrap(), 40);
    let counts = history.counts();
    assert!(
        counts.odd > 0 && counts.skewed > 0 && counts.encoding > 0 && counts.gpgsig > 0 && counts.nul > 0,
        "{counts:?}"
    );
}

#[test]
#[ignore = "writes tests/fixtures/index-v1"]
fn make_the_fixture() {
    make(Kind::Sha1);
}

#[test]
#[ignore = "writes tests/fixtures/index-v1-sha256"]
fn make_the_fixture_with_sha_256() {
    make(Kind::Sha256);
}

fn make(kind: Kind) {
    let dir = dir(kind);
    let repo = TestRepo::new(kind);
    let git_dir = repo.git_dir();
    let place = Place { common_dir: &git_dir, bare: true, index_dir: None };
    let index = TestIndex { repo: &repo, location: Location::prepare(place, &|| false).unwrap() };
    let (mut random, mut all) = (Random::new(11), Vec::new());
    for count in [40, 12] {
        grow(&repo, &mut random, &mut all, count);
        let bytes = commit_bytes(repo.empty_tree(), &all[..1], 1_100_000_000, "A", "x");
        let text = String::from_utf8(bytes).unwrap().replacen("\n\nx", "\nencoding latin1\n\na\0b", 1);
        all.push(repo.raw_commit(text.as_bytes()));
        // Every commit, so that none is lost whatever the shape is.
        for (i, id) in all.iter().enumerate() {
            repo.set_ref(&format!("refs/tags/t{i}"), *id);
        }
        index.update();
    }
    paths::publish(&index, &paths::slice(kind, 0..25));
    paths::publish(&index, &paths::slice(kind, 25..40));
    fs::remove_dir_all(&dir).ok();
    fs::create_dir_all(dir.join("git-fast")).unwrap();
    fs::copy(git_dir.join("git-fast.key"), dir.join("git-fast.key")).unwrap();
    for file in [index.files("MANIFEST"), index.files("history-"), index.files("paths-")].concat() {
        fs::copy(&file, dir.join("git-fast").join(file.file_name().unwrap())).unwrap();
    }
    repo.git(&["bundle", "create", "-q", dir.join("history.bundle").to_str().unwrap(), "--all"]);
}
