//! Files of the index that are cut, changed, exchanged or something else altogether.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::Row;
use super::fixture::Fixture;
use super::foreign::Foreign;
use crate::support::damage::{self, replace};
use crate::support::repository::{args, remove_dir};
use crate::support::trace::Served;

/// How a file's bytes are changed; `None` where that would change nothing.
type Change = fn(&[u8]) -> Option<Vec<u8>>;

const CHANGES: &[(&str, Change)] = &[
    ("empty", |bytes| (!bytes.is_empty()).then(Vec::new)),
    ("one byte", |bytes| bytes.get(..1).map(<[u8]>::to_vec)),
    ("half", |bytes| Some(bytes[..bytes.len() / 2].to_vec())),
    ("last byte lost", |bytes| Some(bytes.split_last()?.1.to_vec())),
    ("one byte more", |bytes| Some([bytes, b"x"].concat())),
    ("a page more", |bytes| Some([bytes, &[0; 4096]].concat())),
    ("zeros", |bytes| Some(vec![0; bytes.len()])),
    ("ones", |bytes| Some(vec![0xff; bytes.len()])),
    ("text", |_| Some(b"ref: refs/heads/main\n".to_vec())),
    ("twice", |bytes| Some([bytes, bytes].concat())),
    ("reversed", |bytes| Some(bytes.iter().rev().copied().collect())),
];

/// Every file of the index: changed in each way, every word of its header raised by one (a future version, another
/// hash kind, other counts and offsets among them), and bits flipped all over.
pub(crate) fn each_file_in_each_way() {
    let fixture = Fixture::new();
    let mut failures = Vec::new();
    let mut check = |file: &Path, what: &str, good: &[u8], bad: &[u8]| {
        replace(file, Some(bad));
        for question in [&["--all", "--format=%H %P %s %an %ad"][..], &["--oneline", "--", "src"]] {
            if let Some(text) = fixture.ask_one(&args(question)) {
                failures.push(format!("{} {what}: {text}", file.display()));
            }
        }
        // The program may have put the index right again meanwhile.
        let _ = fs::create_dir_all(&fixture.index);
        let _ = fs::remove_file(file);
        fs::write(file, good).expect("the index belongs to us");
    };
    for file in fixture.index_files() {
        let good = fs::read(&file).expect("a readable index");
        for (what, change) in CHANGES {
            if let Some(bad) = change(&good) {
                check(&file, what, &good, &bad);
            }
        }
        for at in (0..good.len().min(64)).step_by(4) {
            let mut bad = good.clone();
            bad[at] = bad[at].wrapping_add(1);
            check(&file, &format!("byte {at} raised"), &good, &bad);
        }
        for part in 0..24 {
            let at = good.len() * part / 24;
            if at < good.len() {
                let mut bad = good.clone();
                bad[at] ^= 1 << (part % 8);
                check(&file, &format!("bit {} of byte {at} flipped", part % 8), &good, &bad);
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// A damaged file of the index: the answer is right, and after a moment the index is sound and used again, without anybody
/// building it.
pub(crate) fn repaired_by_being_asked() {
    let fixture = Fixture::new();
    let questions = [args(&["--all", "--format=%H %P %s"]), args(&["--oneline", "--", "src"])];
    let mut failures = Vec::new();
    for kind in ["MANIFEST", "history-", "paths-"] {
        for (what, change) in CHANGES.iter().filter(|(what, _)| ["empty", "half", "zeros"].contains(what)) {
            let file = fixture.comes_to_have(kind);
            let bad = change(&fs::read(&file).expect("a readable index")).expect("something changes");
            replace(&file, Some(&bad));
            fixture.pause_is_over();
            let mut add =
                |text: Option<String>| failures.extend(text.map(|text| format!("{kind} {what}: {text}")));
            for question in &questions {
                add(fixture.ask_one(question));
                add(fixture.comes_to_answer(question, Served::Native));
            }
            add(fixture.comes_to_be_sound(&questions[1]));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// Other things in the place of the index or of its files.
pub(crate) const REPLACED: &[Row] = &[
    ("no index", Served::Native, |it| remove_dir(&it.index)),
    ("an empty directory", Served::Native, |it| {
        remove_dir(&it.index);
        fs::create_dir(&it.index).expect("a writable worktree");
    }),
    ("a file in its place", Served::Native, |it| {
        remove_dir(&it.index);
        fs::write(&it.index, "text").expect("a writable worktree");
    }),
    ("a symlink in its place", Served::Native, |it| {
        let elsewhere = it.env.path().join("elsewhere");
        fs::rename(&it.index, &elsewhere).expect("same file system");
        symlink(elsewhere, &it.index).expect("a writable worktree");
    }),
    ("a dangling symlink in its place", Served::Native, |it| {
        remove_dir(&it.index);
        symlink("nowhere", &it.index).expect("a writable worktree");
    }),
    ("every file a directory", Served::Git, |it| {
        for file in it.index_files() {
            replace(&file, None);
            fs::create_dir(file).expect("just removed");
        }
    }),
    ("every file a symlink to a copy", Served::Git, |it| {
        for (number, file) in it.index_files().into_iter().enumerate() {
            let copy = it.env.path().join(format!("copy-{number}"));
            fs::rename(&file, &copy).expect("same file system");
            symlink(copy, file).expect("just moved");
        }
    }),
    ("every file a named pipe", Served::Git, |it| {
        for file in it.index_files() {
            replace(&file, None);
            it.env.run(it.env.command("mkfifo", &it.dir, &[file])).success("mkfifo");
        }
    }),
    ("every file endless", Served::Git, |it| {
        for file in it.index_files() {
            replace(&file, None);
            symlink("/dev/zero", file).expect("just removed");
        }
    }),
    ("each file alone", Served::Native, |it| {
        let files = it.index_files();
        for file in &files[..files.len() - 1] {
            replace(file, None);
        }
    }),
    ("contents exchanged", Served::Native, |it| {
        let files = it.index_files();
        let all: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).expect("readable")).collect();
        for (number, file) in files.iter().enumerate() {
            replace(file, Some(&all[(number + 1) % all.len()]));
        }
    }),
    ("an older state of the index", Served::Native, |it| {
        let before: Vec<_> =
            it.index_files().into_iter().map(|file| (fs::read(&file).expect("readable"), file)).collect();
        it.grow(5);
        it.env.index_ok(&it.dir, "update");
        for (bytes, file) in before {
            let _ = fs::remove_file(&file);
            fs::write(file, bytes).expect("the index belongs to us");
        }
    }),
    ("the index of another repository", Served::Native, |it| Foreign::new("sha1").give_index(it)),
    ("the index of a SHA-256 repository", Served::Native, |it| Foreign::new("sha256").give_index(it)),
    ("the index of a SHA-256 repository, with its key", Served::Native, |it| {
        let other = Foreign::new("sha256");
        other.give_index(it);
        other.give_key(it);
        let verify = it.env.optimize(&it.dir, &["index", "verify"]);
        let said = String::from_utf8_lossy(&verify.stderr);
        assert!(verify.code == 1 && said.contains("for another object format"), "{said}");
    }),
    ("debris of killed writers", Served::Native, |it| {
        for name in ["lock", "LOCK", "MANIFEST.lock", "MANIFEST.tmp", ".tmp123", "0.seg", "segment-0.tmp"] {
            let file = it.index.join(name);
            if !file.exists() {
                fs::write(file, "1\n").expect("the index belongs to us");
            }
        }
        it.grow(2);
    }),
    ("locked by a live process", Served::Native, |it| {
        for file in it.index_files().into_iter().chain(damage::files(&it.git_dir)) {
            let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            if file.starts_with(&it.index) || name.contains("fast") {
                hold(&file);
            }
        }
        it.grow(2);
    }),
    ("no index, and locked by a live process", Served::Git, |it| {
        for file in it.index_files() {
            match file.ends_with("lock") {
                true => hold(&file),
                false => replace(&file, None),
            }
        }
        let (_, trace) = it.env.fastlog(&it.dir, &args(&["--all"]), None);
        let reason = trace.expect("one line").reason;
        assert!(reason.contains("another process is building it"), "{reason}");
    }),
];

/// Locks a file until the test process ends: whoever asks or builds later on finds it locked.
fn hold(file: &Path) {
    let handle = fs::File::open(file).expect("readable");
    fs2::FileExt::try_lock_exclusive(&handle).expect("nobody else is there");
    std::mem::forget(handle);
}
