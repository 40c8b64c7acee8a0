//! What was done to paths, in an index that grows, is damaged, or whose builder is killed.

use std::cell::Cell;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gix::hash::{Kind, ObjectId};

use super::growth::{PRINT, TestIndex};
use super::repo::TestRepo;
use crate::history::paths::tests::{Found, Generator, expected, rows};
use crate::history::{
    Error, Fault, Options, Overlay, Target, overlay, path_overlay, sample_runs, update_paths, verify_paths,
};
use crate::index::{Location, OpenIndex, Place, WriterLock};

fn no_dates(_: &[ObjectId]) -> std::io::Result<Vec<i64>> {
    panic!("there are no odd commits")
}

fn options(path_slice: u32) -> Options<'static> {
    let mut options = Options::new(&no_dates);
    options.path_slice = path_slice;
    options
}

/// Indexes the paths of all commits that the index has.
fn index_paths(index: &TestIndex<'_>, options: &Options<'_>) -> Result<u32, Error> {
    let objects = index.repo.odb();
    let target =
        Target { location: &index.location, objects: &objects, kind: index.repo.kind, fingerprint: PRINT };
    let lock = WriterLock::try_acquire(&index.location.dir).unwrap().expect("nobody else holds the lock");
    update_paths(&target, &lock, options)
}

fn import(repo: &TestRepo, generator: &mut Generator, count: usize) {
    generator.grow(count);
    repo.git_with(&["fast-import", "--quiet"], &std::mem::take(&mut generator.out));
}

fn found(open: &OpenIndex) -> Found {
    rows(&open.history().unwrap(), &open.paths().unwrap())
}

/// All commits as git has them, and checked the way `verify` does.
fn compare(repo: &TestRepo, open: &OpenIndex) {
    let found = found(open);
    for (id, row) in expected(repo) {
        assert_eq!(found[&id].as_ref(), Some(&row), "commit {id}");
    }
    let (history, paths, objects) = (open.history().unwrap(), open.paths().unwrap(), repo.odb());
    for sample in [1, 70, u32::MAX] {
        let runs = sample_runs(&history, sample);
        let count = verify_paths((&history, &objects, repo.kind), &paths, &runs, &options(1 << 15)).unwrap();
        assert_eq!(count, runs.iter().map(|run| run.len() as u32).sum::<u32>());
        assert!(count >= sample.min(history.len()));
    }
}

fn grown(kind: Kind, seed: u64) {
    let repo = TestRepo::new(kind);
    let index = TestIndex::new(&repo);
    let mut generator = Generator::new(seed, kind);
    let mut joined = false;
    for count in [60, 1, 2, 30, 1, 1, 1, 40] {
        import(&repo, &mut generator, count);
        if let Ok(mut open) = index.open() {
            // In memory, the same is said as will be in files.
            let covered = open.paths().unwrap().len();
            let dates = options(8);
            let newer = overlay(&open.history().unwrap(), &repo.odb(), kind, &repo.tips(), &dates).unwrap();
            let Overlay::Segment(segment) = newer else { panic!("there are newer commits") };
            open.push(segment);
            let mut few = options(8);
            few.limit = count as u32 - 1;
            let history = open.history().unwrap();
            assert!(matches!(
                path_overlay(&history, &repo.odb(), kind, covered, &few),
                Err(Error::TooMany { .. })
            ));
            let paths = path_overlay(&history, &repo.odb(), kind, covered, &options(8)).unwrap().unwrap();
            assert!(path_overlay(&history, &repo.odb(), kind, history.len(), &few).unwrap().is_none());
            open.push_paths(paths).unwrap();
            compare(&repo, &open);
        }
        index.update();
        let before = index.open().unwrap().path_segments().unwrap().len();
        assert_eq!(index_paths(&index, &options(16)).unwrap(), count as u32);
        let open = index.open().unwrap();
        compare(&repo, &open);
        let sizes: Vec<u32> =
            open.path_segments().unwrap().iter().map(|segment| segment.header().commits).collect();
        for (i, size) in sizes.iter().enumerate() {
            assert!(*size >= 2 * sizes[i + 1..].iter().sum::<u32>(), "{sizes:?}");
        }
        joined |= before >= sizes.len() && before > 0;
        assert_eq!(index.files("paths-").len(), sizes.len(), "superfluous segments are removed");
        assert_eq!(index_paths(&index, &options(16)).unwrap(), 0);
    }
    assert!(joined);
    let grown = found(&index.open().unwrap());
    index.run(&repo.tips(), true).unwrap();
    assert!(index.open().unwrap().paths().unwrap().is_empty(), "other positions are other paths");
    index_paths(&index, &options(1 << 15)).unwrap();
    assert!(found(&index.open().unwrap()) == grown);
}

#[test]
fn grown_1() {
    grown(Kind::Sha1, 1);
}

#[test]
fn grown_2() {
    grown(Kind::Sha256, 2);
}

#[test]
fn refs_that_move_back_need_nothing() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = TestIndex::new(&repo);
    let mut generator = Generator::new(3, Kind::Sha1);
    import(&repo, &mut generator, 30);
    index.update();
    index_paths(&index, &options(8)).unwrap();
    repo.git(&["update-ref", "refs/heads/c29", "refs/heads/c3"]);
    index.update();
    assert_eq!(index_paths(&index, &options(8)).unwrap(), 0);
    assert_eq!(index.open().unwrap().paths().unwrap().len(), 30);
}

#[test]
fn what_was_finished_stays() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = TestIndex::new(&repo);
    let mut generator = Generator::new(4, Kind::Sha1);
    import(&repo, &mut generator, 200);
    index.update();
    for _ in 0..2 {
        let before = index.open().unwrap().paths().unwrap().len();
        let cancel = AtomicBool::new(false);
        let stop_soon = |commits, _| cancel.store(commits >= 40, Ordering::Relaxed);
        let mut options = options(16);
        options.cancel = Some(&cancel);
        options.progress = Some(&stop_soon);
        assert!(matches!(index_paths(&index, &options), Err(Error::Stopped)));
        let covered = index.open().unwrap().paths().unwrap().len();
        assert!(covered >= before + 40 && covered < 200, "{before} {covered}");
    }
    let missing = 200 - index.open().unwrap().paths().unwrap().len();
    assert_eq!(index_paths(&index, &options(16)).unwrap(), missing);
    compare(&repo, &index.open().unwrap());
}

/// Where [`victim`] works.
const VICTIM: &str = "GIT_FAST_TEST_VICTIM";

#[test]
#[ignore = "is started, and killed, by killed_halfway"]
fn victim() {
    let dir = std::path::PathBuf::from(std::env::var_os(VICTIM).unwrap());
    let repo = gix::open_opts(&dir, gix::open::Options::isolated()).unwrap();
    let place = Place { common_dir: &dir, bare: false, index_dir: None };
    let location = Location::find(place).unwrap().unwrap();
    let target = Target { location: &location, objects: &repo.objects, kind: Kind::Sha1, fingerprint: PRINT };
    let lock = WriterLock::try_acquire(&location.dir).unwrap().unwrap();
    let slowly = |_, _| std::thread::sleep(Duration::from_millis(2));
    let mut options = options(8);
    options.progress = Some(&slowly);
    update_paths(&target, &lock, &options).unwrap();
}

#[test]
fn killed_halfway() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = TestIndex::new(&repo);
    let mut generator = Generator::new(5, Kind::Sha1);
    import(&repo, &mut generator, 600);
    index.update();
    let mut covered = 0;
    for _ in 0..3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "history::tests::path_update::victim", "--ignored"])
            .env(VICTIM, repo.git_dir())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let end = Instant::now() + Duration::from_secs(30);
        let now = Cell::new(covered);
        // Readers see more and more of it.
        while now.get() < covered + 50 && Instant::now() < end {
            let open = index.open().unwrap();
            let len = open.paths().map_or(now.get(), |paths| paths.len());
            assert!(len >= now.get());
            now.set(len);
        }
        child.kill().unwrap();
        assert!(!child.wait().unwrap().success(), "it was too quick");
        assert!(now.get() >= covered + 50, "it was too slow");
        covered = index.open().unwrap().paths().unwrap().len();
        assert!(covered >= now.get() && covered < 600);
    }
    assert_eq!(index_paths(&index, &options(16)).unwrap(), 600 - covered);
    let open = index.open().unwrap();
    compare(&repo, &open);
    assert!(index.files("tmp-").is_empty());
    let resumed = found(&open);
    index.run(&repo.tips(), true).unwrap();
    index_paths(&index, &options(1 << 15)).unwrap();
    assert!(found(&index.open().unwrap()) == resumed);
}

#[test]
fn damaged_path_segments_are_made_anew() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = TestIndex::new(&repo);
    let mut generator = Generator::new(6, Kind::Sha1);
    import(&repo, &mut generator, 50);
    index.update();
    index_paths(&index, &options(50)).unwrap();
    let file = index.files("paths-").pop().unwrap();
    let good = std::fs::read(&file).unwrap();
    let mut bytes = good.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    for damaged in [&bytes[..], &good[..100]] {
        std::fs::write(&file, damaged).unwrap();
        assert!(index.open().unwrap().paths().is_err());
        assert_eq!(index_paths(&index, &options(50)).unwrap(), 50);
        compare(&repo, &index.open().unwrap());
    }
    std::fs::remove_file(&file).unwrap();
    assert_eq!(index_paths(&index, &options(50)).unwrap(), 50);
    // A copy is as good as the original, and known as such after an update.
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, &good).unwrap();
    let open = index.open().unwrap();
    assert!(open.path_entries().unwrap() != open.manifest().paths);
    assert_eq!(index_paths(&index, &options(50)).unwrap(), 0);
    let open = index.open().unwrap();
    assert!(open.path_entries().unwrap() == open.manifest().paths);
}

#[test]
fn wrong_paths_are_found() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = TestIndex::new(&repo);
    let mut generator = Generator::new(7, Kind::Sha1);
    import(&repo, &mut generator, 40);
    index.update();
    index_paths(&index, &options(40)).unwrap();
    let right = index.open().unwrap();
    // The paths of another history.
    let (other_repo, mut other) = (TestRepo::new(Kind::Sha1), Generator::new(8, Kind::Sha1));
    let other_index = TestIndex::new(&other_repo);
    import(&other_repo, &mut other, 40);
    other_index.update();
    index_paths(&other_index, &options(40)).unwrap();
    let wrong = other_index.open().unwrap();
    let history = right.history().unwrap();
    for run in sample_runs(&history, u32::MAX).into_iter().chain((0..40).map(|at| at..at + 1)) {
        let source = (&history, &repo.odb(), Kind::Sha1);
        let differs = (run.start..run.end).any(|pos| {
            let id = history.oid(crate::index::Pos(pos)).to_owned();
            let other = wrong.history().unwrap().oid(crate::index::Pos(pos)).to_owned();
            found(&right)[&id] != found(&wrong)[&other]
        });
        let result = verify_paths(source, &wrong.paths().unwrap(), std::slice::from_ref(&run), &options(40));
        assert_eq!(matches!(result, Err(Fault::Differs { .. })), differs, "{run:?}");
    }
}
