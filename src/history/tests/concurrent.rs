//! Two writers, readers while a writer publishes, and writers that have died.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use gix::hash::Kind;

use super::growth::TestIndex;
use super::repo::TestRepo;
use crate::history::Outcome;
use crate::index::lock::holder;
use crate::index::{Pos, Publisher, WriterLock};

#[test]
fn one_writer_at_a_time() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = TestIndex::new(&repo);
    let dir = &index.location.dir;
    let lock = WriterLock::try_acquire(dir).unwrap().unwrap();
    assert!(WriterLock::try_acquire(dir).unwrap().is_none());
    assert_eq!(holder(dir), Some(std::process::id()));
    let waited = AtomicBool::new(false);
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            WriterLock::acquire(dir, Duration::from_secs(60), |holder| {
                assert_eq!(holder, Some(std::process::id()));
                waited.store(true, Ordering::SeqCst);
            })
        });
        while !waited.load(Ordering::SeqCst) {
            thread::yield_now();
        }
        drop(lock);
        drop(other.join().unwrap().unwrap());
    });
    assert_eq!(holder(dir), None);
    // The presence of the file means nothing.
    std::fs::write(dir.join("lock"), "1\n").unwrap();
    assert!(WriterLock::try_acquire(dir).unwrap().is_some());
}

#[test]
fn readers_during_publication() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = TestIndex::new(&repo);
    let mut commits = vec![repo.commit(&[], 1000, "A", "root")];
    for i in 1..60 {
        commits.push(repo.commit(&[commits[i - 1]], 1000 + i as i64, "A", &format!("commit {i}")));
    }
    index.run(&commits[..1], false).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let (mut last, mut opened) = (0, 0);
                while !done.load(Ordering::SeqCst) || opened == 0 {
                    let open = index.open().expect("there is always a valid index");
                    let history = open.history().unwrap();
                    assert!(history.len() >= last, "the index has shrunk");
                    last = history.len();
                    // A mapping outlives its file.
                    let messages = (0..last).map(|pos| history.message(Pos(pos)).len()).sum::<usize>();
                    assert!(messages > 0);
                    opened += 1;
                }
            });
        }
        for commit in &commits {
            index.run(&[*commit], false).unwrap();
        }
        done.store(true, Ordering::SeqCst);
    });
    assert_eq!(index.open().unwrap().history().unwrap().len(), 60);
}

#[test]
fn what_dead_writers_leave() {
    let repo = TestRepo::new(Kind::Sha1);
    let root = repo.commit(&[], 1000, "A", "root");
    repo.set_ref("refs/heads/main", root);
    let index = TestIndex::new(&repo);
    index.update();
    let dir = index.location.dir.clone();
    let segment = index.files("history-").pop().unwrap();
    // Killed while it wrote a segment; after it had named it; while it wrote the manifest.
    std::fs::write(dir.join("tmp-abc"), b"half a segm").unwrap();
    std::fs::copy(&segment, dir.join(format!("history-{}.seg", "0".repeat(32)))).unwrap();
    std::fs::write(dir.join("tmp-def"), b"\x89GFMANI\n").unwrap();
    assert_eq!(index.open().unwrap().history().unwrap().len(), 1, "readers do not care");
    assert!(matches!(index.update(), Outcome::Current));
    repo.set_ref("refs/heads/main", repo.commit(&[root], 1001, "A", "next"));
    assert!(matches!(index.update(), Outcome::Appended { commits: 1, .. }));
    assert!(index.files("tmp-").is_empty());
    assert_eq!(index.files("history-").len(), 1);
    assert_eq!(repo.compare(&index.open().unwrap().history().unwrap()), 2);
}

/// Somebody removes the index under a writer, and another one begins anew: the first one leaves it alone.
#[test]
fn the_index_is_taken_away_from_a_writer() {
    let repo = TestRepo::new(Kind::Sha1);
    let index = TestIndex::new(&repo);
    let commit = repo.commit(&[], 1000, "A", "root");
    index.run(&[commit], false).unwrap();
    let dir = &index.location.dir;
    let lock = WriterLock::try_acquire(dir).unwrap().unwrap();
    let late = Publisher::new(&index.location, &lock);
    let manifest = index.open().unwrap().manifest().clone();
    std::fs::remove_dir_all(dir).unwrap();
    let next = repo.commit(&[commit], 1001, "A", "next");
    index.run(&[next], false).unwrap();
    let other = Publisher::new(&index.location, &lock).temp().unwrap();
    assert!(lock.check(dir).is_err());
    assert!(late.commit(&manifest).is_err());
    assert!(other.path().exists(), "another writer's file");
    assert_eq!(index.open().unwrap().history().unwrap().len(), 2);
}
