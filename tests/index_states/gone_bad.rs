//! A commit that goes bad on disk after it was indexed. Questions that the index answers read no commit, and so they are
//! the exception that the README names under "Limits": answered as before the damage, where git fails.

use std::fs;
use std::path::PathBuf;

use bstr::ByteSlice;

use super::fixture::Fixture;
use super::history::{loose_commit, object_file, overwrite};
use crate::support::repository::args;
use crate::support::trace::Served;

/// Hurts the commit of this name.
type Hurt = fn(&Fixture, &str);

/// Where the commit is.
const WAYS: &[(&str, Hurt)] = &[
    ("loose", |it, name| overwrite(&object_file(it, name), b"not zlib")),
    ("missing", |it, name| fs::remove_file(object_file(it, name)).expect("ours")),
    ("packed", |it, name| {
        it.git(&["repack", "-q", "-a", "-d"]);
        let index = pack_index(it);
        let listed = it.git(&["verify-pack", "-v", &index.display().to_string()]);
        let line = listed.lines().find(|line| line.starts_with(name)).expect("it is packed");
        let number = |field| line.split_whitespace().nth(field).and_then(|word| word.parse::<usize>().ok());
        let (size, at) = (number(3).expect("its size in the pack"), number(4).expect("its offset"));
        let pack = index.with_extension("pack");
        let mut bytes = fs::read(&pack).expect("readable");
        bytes[at + size / 2..at + size].fill(0);
        overwrite(&pack, &bytes);
    }),
];

fn pack_index(it: &Fixture) -> PathBuf {
    let files = fs::read_dir(it.git_dir.join("objects/pack")).expect("readable").flatten();
    let mut paths = files.map(|file| file.path());
    paths.find(|path| path.extension().is_some_and(|extension| extension == "idx")).expect("a pack")
}

/// Answered as git answered before, and found by those who look for it.
pub(crate) fn is_answered_from_the_index_and_found_by_verify() {
    let questions =
        [&["--format=%H %P %an %ad %B"][..], &["--graph", "--format=%H"], &["--format=%H", "--", "src"]];
    for (place, hurt) in WAYS {
        let it = Fixture::new();
        loose_commit(&it);
        it.env.index_ok(&it.dir, "update");
        let name = it.git(&["rev-parse", "HEAD~1"]);
        let before = questions.map(|question| it.env.log(&it.dir, &args(question), None).success("git log"));
        hurt(&it, &name);
        for (question, before) in questions.iter().zip(&before) {
            let theirs = it.env.log(&it.dir, &args(question), None);
            assert_eq!(theirs.code, 128, "{place}, {question:?}");
            let (ours, trace) = it.env.fastlog(&it.dir, &args(question), None);
            assert_eq!(trace.expect("one line").served, Served::Native, "{place}, {question:?}");
            assert_eq!((ours.code, ours.stdout.as_bstr()), (0, before.as_bstr()), "{place}, {question:?}");
        }
        let verify = it.env.optimize(&it.dir, &["index", "verify"]);
        assert!(
            verify.code == 1 && verify.stderr.contains_str(&name),
            "{place}: {}",
            verify.stderr.as_bstr()
        );
        assert_ne!(it.env.git(&it.dir, &["fsck"]).code, 0, "{place}");
        // What has to read the commit fails as git does.
        it.git(&["config", "fast.autoIndex", "false"]);
        fs::remove_dir_all(&it.index).expect("ours");
        assert!(it.ask().is_empty(), "{place}: {:?}", it.ask());
    }
}

/// A commit that nothing leads to any more may be gone: all others are compared.
pub(crate) fn is_no_fault_where_nothing_leads_to_it() {
    let it = Fixture::new();
    loose_commit(&it);
    it.env.index_ok(&it.dir, "update");
    let name = it.git(&["rev-parse", "HEAD"]);
    it.git(&["reset", "-q", "--hard", "HEAD~1"]);
    fs::remove_file(object_file(&it, &name)).expect("ours");
    let verify = || it.env.optimize(&it.dir, &["index", "verify"]);
    let text = verify().success("verify");
    assert!(text.contains_str("1 are in the repository no more"), "{}", text.as_bstr());
    let other = it.git(&["rev-parse", "HEAD"]);
    overwrite(&object_file(&it, &other), b"not zlib");
    assert_eq!(verify().code, 1, "and what comes behind it is looked at");
}
