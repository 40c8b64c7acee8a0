//! Reading commits: from packs by several threads, from loose objects, and what happens when that fails.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;

use gix::hash::Kind;

use super::repo::{TestRepo, commit_bytes};
use crate::history::{Error, Fault, Options, Overlay, build, overlay, sample, verify};
use crate::index::{History, Segment};
use crate::repo::commit_dates;

fn empty() -> History<'static> {
    History::new([]).unwrap()
}

/// A linear history that is longer than what is read by one thread, with some merges and other objects in between.
fn long_history(repo: &TestRepo, count: u32) {
    let mut stream = String::from("reset refs/heads/main\n");
    for i in 1..=count {
        let message = format!("commit {i}\n\n{}", "x".repeat((i % 97) as usize));
        stream.push_str(&format!(
            "commit refs/heads/{}\nmark :{i}\n",
            if i % 7 == 0 { "side" } else { "main" }
        ));
        stream.push_str(&format!("committer C <c{}@x> {} +0100\n", i % 13, 1_000_000_000 + i));
        stream.push_str(&format!("data {}\n{message}\n", message.len()));
        if i > 1 {
            stream.push_str(&format!("from :{}\n", i - 1));
        }
        if i % 11 == 0 {
            stream.push_str(&format!("merge :{}\n", i - 7));
        }
        stream.push_str(&format!("M 100644 inline f{}\ndata 5\n{:05}\n", i % 50, i % 100_000));
    }
    repo.git_with(&["fast-import", "--quiet"], stream.as_bytes());
}

fn check_all(repo: &TestRepo, history: &History<'_>) -> u32 {
    let git = repo.git_dir();
    let dates = |ids: &[gix::hash::ObjectId]| commit_dates("git".as_ref(), &git, ids);
    let all = sample(history, u32::MAX);
    verify(history, &repo.odb(), repo.kind, &all, &Options::new(&dates)).unwrap()
}

#[test]
fn packs_and_threads() {
    for kind in [Kind::Sha1, Kind::Sha256] {
        let repo = TestRepo::new(kind);
        long_history(&repo, 3000);
        // As fast-import leaves it, then as git repacks it (with deltas, with and without a reverse index), then loose.
        for step in ["", "repack", "no reverse index", "two packs and loose objects"] {
            match step {
                "repack" => drop(repo.git(&["repack", "-adfq", "--depth=50", "--window=20"])),
                "no reverse index" => {
                    for file in std::fs::read_dir(repo.git_dir().join("objects/pack")).unwrap().flatten() {
                        if file.path().extension().is_some_and(|ext| ext == "rev") {
                            std::fs::remove_file(file.path()).unwrap();
                        }
                    }
                }
                "two packs and loose objects" => {
                    // The older half into one pack; the rest unpacked.
                    let packed = repo.git_dir().join("objects/pack");
                    let old: Vec<_> =
                        std::fs::read_dir(&packed).unwrap().flatten().map(|e| e.path()).collect();
                    let half = repo.git(&["rev-parse", "main~1500"]);
                    repo.git_with(&["pack-objects", "--revs", "-q", ".git/objects/pack/pack"], &half);
                    let rest = [b"main\nside\n^".as_slice(), &half].concat();
                    let bytes = repo.git_with(&["pack-objects", "--revs", "-q", "--stdout"], &rest);
                    old.iter().for_each(|path| std::fs::remove_file(path).unwrap());
                    repo.git_with(&["unpack-objects", "-q"], &bytes);
                }
                _ => {}
            }
            let segment = repo.build(&repo.tips(), &empty()).unwrap();
            segment.verify_hashes().unwrap();
            let history = History::new([&segment]).unwrap();
            assert_eq!(history.len(), 3000, "{step}");
            assert_eq!(check_all(&repo, &history), 3000, "{step}");
        }
    }
}

/// An index whose hashes are right and which says of commits what is true of others.
#[test]
fn a_wrong_history_is_found() {
    let dates = |_: &[gix::hash::ObjectId]| -> std::io::Result<Vec<i64>> { unreachable!("no odd commits") };
    for kind in [Kind::Sha1, Kind::Sha256] {
        let repo = TestRepo::new(kind);
        let (root, other_root) = (repo.commit(&[], 1000, "A", "root"), repo.commit(&[], 1001, "A", "root"));
        let tree = repo.write(gix::objs::Kind::Tree, &[b"100644 f\0", repo.empty_tree().as_slice()].concat());
        // How the commit is, and how the index has it.
        let right = commit_bytes(repo.empty_tree(), &[root], 2000, "A", "message");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let replaced = |from: &str, to: &str| text(right.clone()).replacen(from, to, 1).into_bytes();
        let wrong = [
            ("tree", commit_bytes(tree, &[root], 2000, "A", "message")),
            ("list of parents", commit_bytes(repo.empty_tree(), &[other_root], 2000, "A", "message")),
            ("list of parents", commit_bytes(repo.empty_tree(), &[root, other_root], 2000, "A", "message")),
            ("list of parents", commit_bytes(repo.empty_tree(), &[], 2000, "A", "message")),
            ("author or committer", commit_bytes(repo.empty_tree(), &[root], 2001, "A", "message")),
            ("author or committer", commit_bytes(repo.empty_tree(), &[root], 2000, "B", "message")),
            ("author or committer", replaced("-0330", "-0230")),
            ("other headers", replaced("\n\n", "\nx-header y\n\n")),
            ("message", commit_bytes(repo.empty_tree(), &[root], 2000, "A", "massage")),
        ];
        for (what, wrong) in wrong {
            let (id, wrong) = (repo.raw_commit(&right), repo.raw_commit(&wrong));
            let segment = repo.build(&[wrong, root, other_root], &empty()).unwrap();
            let history = History::new([&segment]).unwrap();
            let pos = history.lookup(&wrong).unwrap();
            // The object database answers with another commit for this name.
            let file = |id: &gix::hash::ObjectId| {
                let hex = id.to_string();
                repo.git_dir().join("objects").join(&hex[..2]).join(&hex[2..])
            };
            let honest = std::fs::read(file(&wrong)).unwrap();
            assert_eq!(verify(&history, &repo.odb(), kind, &[pos], &Options::new(&dates)).unwrap(), 1);
            std::fs::remove_file(file(&wrong)).unwrap();
            std::fs::copy(file(&id), file(&wrong)).unwrap();
            let fault = verify(&history, &repo.odb(), kind, &[pos], &Options::new(&dates)).unwrap_err();
            assert!(
                matches!(fault, Fault::Differs { id, what: found } if id == wrong && found == what),
                "{what}: {fault}"
            );
            std::fs::remove_file(file(&wrong)).unwrap();
            std::fs::write(file(&wrong), honest).unwrap();
        }
    }
}

#[test]
fn order_of_positions_does_not_depend_on_threads() {
    let repo = TestRepo::new(Kind::Sha1);
    long_history(&repo, 2000);
    let first = repo.build(&repo.tips(), &empty()).unwrap();
    repo.git(&["repack", "-adq"]);
    let second = repo.build(&repo.tips(), &empty()).unwrap();
    let names = |segment: &Segment| -> Vec<String> {
        let history = History::new([segment]).unwrap();
        (0..history.len()).map(|pos| history.oid(crate::index::Pos(pos)).to_string()).collect()
    };
    assert_eq!(names(&first), names(&second));
}

#[test]
fn limits() {
    let repo = TestRepo::new(Kind::Sha1);
    long_history(&repo, 1500);
    let dates = |_: &[gix::hash::ObjectId]| -> std::io::Result<Vec<i64>> { unreachable!("no odd commits") };
    let run =
        |options: &Options<'_>| build(&repo.odb(), repo.kind, &repo.tips(), &empty(), options).map(drop);

    let late = Options { deadline: Some(Instant::now()), ..Options::new(&dates) };
    assert!(matches!(run(&late), Err(Error::Stopped)));
    let cancel = AtomicBool::new(true);
    assert!(matches!(run(&Options { cancel: Some(&cancel), ..Options::new(&dates) }), Err(Error::Stopped)));
    // In the middle of it.
    let progress = |count: u32, _| cancel.store(count > 600, Ordering::Relaxed);
    cancel.store(false, Ordering::Relaxed);
    let options = Options { cancel: Some(&cancel), progress: Some(&progress), ..Options::new(&dates) };
    assert!(matches!(run(&options), Err(Error::Stopped)));

    let seen = AtomicU32::new(0);
    let progress = |count: u32, _| seen.store(count, Ordering::Relaxed);
    run(&Options { progress: Some(&progress), ..Options::new(&dates) }).unwrap();
    assert_eq!(seen.load(Ordering::Relaxed), 1500);

    for (limit, fits) in [(10, false), (1499, false), (1500, true)] {
        let options = Options { limit, ..Options::new(&dates) };
        let found = overlay(&empty(), &repo.odb(), repo.kind, &repo.tips(), &options).unwrap();
        assert_eq!(matches!(found, Overlay::Segment(_)), fits, "limit {limit}");
        assert_eq!(matches!(found, Overlay::TooMany), !fits, "limit {limit}");
    }
    let segment = repo.build(&repo.tips(), &empty()).unwrap();
    let history = History::new([&segment]).unwrap();
    let found = overlay(&history, &repo.odb(), repo.kind, &repo.tips(), &Options::new(&dates)).unwrap();
    assert!(matches!(found, Overlay::Current));
}

#[test]
fn what_cannot_be_read() {
    let repo = TestRepo::new(Kind::Sha1);
    let dates = |ids: &[gix::hash::ObjectId]| Ok(vec![0; ids.len()]);
    let tree = repo.empty_tree();
    let run =
        |tip| build(&repo.odb(), repo.kind, &[tip], &empty(), &Options::new(&dates)).map(drop).unwrap_err();

    assert!(matches!(run(tree), Error::NotACommit { id } if id == tree));
    let nobody = gix::hash::ObjectId::from_hex(&[b'1'; 40]).unwrap();
    let orphan = repo.commit(&[nobody], 1000, "A", "parent is missing");
    assert!(matches!(run(orphan), Error::Missing { id } if id == nobody));
    let child_of_tree = repo.commit(&[tree], 1000, "A", "parent is a tree");
    assert!(matches!(run(child_of_tree), Error::NotACommit { id } if id == tree));
    for bad in ["", "x", "tree 1\n", "parent x\n", &format!("tree {tree}\nparent 1\nauthor A <a> 1 +0000\n")]
    {
        let id = repo.raw_commit(bad.as_bytes());
        assert!(matches!(run(id), Error::Malformed { id: found, .. } if found == id), "{bad:?}");
    }
    let loose = repo.commit(&[], 1000, "A", "to be damaged");
    let hex = loose.to_string();
    let path = repo.git_dir().join("objects").join(&hex[..2]).join(&hex[2..]);
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, b"not zlib").unwrap();
    assert!(matches!(run(loose), Error::Unreadable { id, .. } if id == loose));
}
