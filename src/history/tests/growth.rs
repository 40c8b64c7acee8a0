//! Indexes that grow, by segments that are joined in the end, say the same as ones that were built at once.

use gix::hash::{Kind, ObjectId};

use super::random::{Random, grow};
use super::repo::TestRepo;
use crate::history::{Error, Options, Outcome, Overlay, Target, overlay, rebuild, update};
use crate::index::{Location, OpenIndex, Place, Pos, Reason, WriterLock, merge_from};
use crate::repo::commit_dates;

pub(super) const PRINT: [u8; 32] = [7; 32];

/// An index beside a repository.
pub(super) struct TestIndex<'a> {
    pub(super) repo: &'a TestRepo,
    pub(super) location: Location,
}

impl<'a> TestIndex<'a> {
    pub(super) fn new(repo: &'a TestRepo) -> TestIndex<'a> {
        let git_dir = repo.git_dir();
        let place = Place { common_dir: &git_dir, bare: false, index_dir: None };
        TestIndex { repo, location: Location::prepare(place, &|| false).unwrap() }
    }

    pub(super) fn run(&self, tips: &[ObjectId], all: bool) -> Result<Outcome, Error> {
        let git = self.repo.git_dir();
        let dates = |ids: &[ObjectId]| commit_dates("git".as_ref(), &git, ids);
        let objects = self.repo.odb();
        let target =
            Target { location: &self.location, objects: &objects, kind: self.repo.kind, fingerprint: PRINT };
        let lock = WriterLock::try_acquire(&self.location.dir)?.expect("nobody else holds the lock");
        let options = Options::new(&dates);
        if all { rebuild(&target, &lock, tips, &options) } else { update(&target, &lock, tips, &options) }
    }

    pub(super) fn update(&self) -> Outcome {
        self.run(&self.repo.tips(), false).unwrap()
    }

    pub(super) fn open(&self) -> Result<OpenIndex, crate::index::Rejected> {
        OpenIndex::open(&self.location, self.repo.kind, &PRINT)
    }

    /// Files in the index directory whose names start like this.
    pub(super) fn files(&self, prefix: &str) -> Vec<std::path::PathBuf> {
        let files = std::fs::read_dir(&self.location.dir).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(prefix)).collect()
    }
}

/// The names of the tests are the seeds.
#[test]
fn grown_and_joined_1() {
    grown_and_joined_equals_built_at_once(Kind::Sha1, 1);
}

#[test]
fn grown_and_joined_2() {
    grown_and_joined_equals_built_at_once(Kind::Sha256, 2);
}

#[test]
fn grown_and_joined_3() {
    grown_and_joined_equals_built_at_once(Kind::Sha1, 3);
}

fn grown_and_joined_equals_built_at_once(kind: Kind, seed: u64) {
    let repo = TestRepo::new(kind);
    let mut random = Random::new(seed);
    let mut all = Vec::new();
    let index = TestIndex::new(&repo);
    let mut joined_some = false;
    for step in 0..12 {
        let count = [40, 1, 3, 9, 2, 30, 1, 1, 1, 20, 60, 1][step];
        grow(&repo, &mut random, &mut all, count);
        // An overlay answers as the index will.
        if let Ok(mut open) = index.open() {
            let before: Vec<ObjectId> = oids(&open);
            let git = repo.git_dir();
            let dates = |ids: &[ObjectId]| commit_dates("git".as_ref(), &git, ids);
            let found =
                overlay(&open.history().unwrap(), &repo.odb(), kind, &repo.tips(), &Options::new(&dates));
            match found.unwrap() {
                Overlay::Segment(segment) => open.push(segment),
                Overlay::Current => {}
                Overlay::TooMany => panic!("there is no limit"),
            }
            repo.compare(&open.history().unwrap());
            assert_eq!(oids(&open)[..before.len()], before, "positions have changed");
        }
        let before = index.open().map(|open| oids(&open)).unwrap_or_default();
        let outcome = index.update();
        joined_some |= matches!(outcome, Outcome::Appended { joined: 1.., .. });
        let open = index.open().unwrap();
        open.verify_hashes().unwrap();
        assert_eq!(oids(&open)[..before.len()], before, "positions have changed at step {step}");
        let history = open.history().unwrap();
        repo.compare(&history);
        let sizes: Vec<u32> = open.segments().iter().map(|segment| segment.header().commits).collect();
        assert!(sizes.windows(2).all(|pair| pair[0] >= 2 * pair[1]), "{sizes:?}");
        assert_eq!(index.files("history-").len(), sizes.len(), "superfluous segments are removed");
        assert!(index.files("tmp-").is_empty());
        assert!(matches!(index.update(), Outcome::Current));
    }
    assert!(joined_some, "no compaction has been tested");

    let grown = index.open().unwrap();
    assert!(matches!(index.run(&repo.tips(), true).unwrap(), Outcome::Rebuilt { why: None, .. }));
    let built = index.open().unwrap();
    assert_eq!(built.segments().len(), 1);
    let (grown, built) = (grown.history().unwrap(), built.history().unwrap());
    repo.compare(&built);
    for pos in (0..built.len()).map(Pos) {
        let other = grown.lookup(built.oid(pos)).unwrap();
        assert_eq!(built.generation(pos), grown.generation(other));
        assert_eq!(built.flags(pos), grown.flags(other));
        assert_eq!(built.author(pos), grown.author(other));
        assert_eq!(built.message(pos), grown.message(other));
        assert_eq!(built.extra_headers(pos), grown.extra_headers(other));
    }
}

fn oids(index: &OpenIndex) -> Vec<ObjectId> {
    let history = index.history().unwrap();
    (0..history.len()).map(|pos| history.oid(Pos(pos)).to_owned()).collect()
}

#[test]
fn many_identities_survive_joining() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = TestIndex::new(&repo);
    let mut tip = repo.commit(&[], 1000, "P0", "root");
    for i in 1..40 {
        tip = repo.commit(&[tip], 1000 + i, &format!("P{}", i % 11), &format!("{i}"));
        repo.set_ref("refs/heads/main", tip);
        index.update();
    }
    let open = index.open().unwrap();
    let history = open.history().unwrap();
    assert_eq!(repo.compare(&history), 40);
    // Within a segment each pair has one number.
    let ids: std::collections::HashSet<_> =
        (0..history.len()).map(|pos| history.author_id(Pos(pos))).collect();
    assert!(ids.len() <= 11 * open.segments().len());
    assert!(ids.iter().all(|id| id.0 < history.identities()));
}

#[test]
fn sizes_that_are_joined() {
    for (sizes, from) in [
        (&[][..], 0),
        (&[5], 0),
        (&[100, 50], 1),
        (&[100, 51], 0),
        (&[100, 40, 20, 10], 3),
        (&[100, 40, 20, 11], 0),
        (&[200, 40, 20, 11], 1),
        (&[u32::MAX / 4, 1, 1, 1], 1),
        (&[0, 1], 0),
    ] {
        assert_eq!(merge_from(sizes), from, "{sizes:?}");
    }
}

#[test]
fn refs_that_move_back_or_vanish_need_nothing() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = TestIndex::new(&repo);
    assert!(index.open().is_err_and(|rejected| rejected.is_missing()));
    assert!(matches!(index.update(), Outcome::Rebuilt { commits: 0, why: Some(_) }), "an empty repository");
    assert_eq!(index.open().unwrap().history().unwrap().len(), 0);
    let root = repo.commit(&[], 1000, "A", "root");
    let side = repo.commit(&[root], 1001, "A", "side");
    let main = repo.commit(&[root], 1002, "A", "main");
    repo.set_ref("refs/heads/side", side);
    repo.set_ref("refs/heads/main", main);
    assert!(matches!(index.update(), Outcome::Appended { commits: 3, .. }));
    repo.git(&["update-ref", "-d", "refs/heads/side"]);
    repo.set_ref("refs/heads/main", root);
    assert!(matches!(index.update(), Outcome::Current));
    let open = index.open().unwrap();
    assert_eq!(open.history().unwrap().len(), 3);
}

#[test]
fn another_state_of_the_repository_is_another_index() {
    let repo = TestRepo::new(Kind::Sha1);
    repo.set_ref("refs/heads/main", repo.commit(&[], 1000, "A", "root"));
    let index = TestIndex::new(&repo);
    index.update();
    let rejected = OpenIndex::open(&index.location, Kind::Sha1, &[8; 32]).map(drop).unwrap_err();
    assert!(matches!(rejected.reason, Reason::Fingerprint));
    let rejected = OpenIndex::open(&index.location, Kind::Sha256, &PRINT).map(drop).unwrap_err();
    assert!(matches!(rejected.reason, Reason::HashKind));
    assert!(index.open().is_ok());
}

#[test]
fn nothing_is_published_when_a_build_fails() {
    let repo = TestRepo::new(Kind::Sha1);
    let root = repo.commit(&[], 1000, "A", "root");
    repo.set_ref("refs/heads/main", root);
    let index = TestIndex::new(&repo);
    index.update();
    let manifest = std::fs::read(index.location.dir.join("MANIFEST")).unwrap();
    let missing = ObjectId::from_hex(&[b'1'; 40]).unwrap();
    for all in [false, true] {
        let orphan = repo.commit(&[root, missing], 1001, "A", "orphan");
        assert!(matches!(index.run(&[orphan], all), Err(Error::Missing { id }) if id == missing));
        assert_eq!(std::fs::read(index.location.dir.join("MANIFEST")).unwrap(), manifest);
        assert!(index.files("tmp-").is_empty());
        assert_eq!(index.files("history-").len(), 1);
        assert_eq!(index.open().unwrap().history().unwrap().len(), 1);
    }
}
