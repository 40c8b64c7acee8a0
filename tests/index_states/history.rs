//! Histories that change under the index, and repositories in which git's answer is not simply history.

use std::fs;
use std::path::{Path, PathBuf};

use super::Row;
use super::fixture::Fixture;
use crate::support::trace::Served;

/// Rewrites after the index was built.
pub(crate) const REWRITTEN: &[Row] = &[
    ("one commit more", Served::Native, |it| it.grow(1)),
    ("many commits more", Served::Native, |it| it.grow(60)),
    ("amended", Served::Native, |it| {
        it.git(&["commit", "-q", "--amend", "--allow-empty", "-m", "other words"]);
    }),
    ("reset", Served::Native, |it| {
        it.git(&["reset", "-q", "--hard", "HEAD~2"]);
    }),
    ("reset and collected", Served::Native, |it| {
        let lost = it.git(&["commit-tree", "-p", "HEAD", "-m", "soon lost", "HEAD^{tree}"]);
        it.git(&["update-ref", "refs/heads/lost", &lost]);
        it.env.index_ok(&it.dir, "build");
        it.git(&["update-ref", "-d", "refs/heads/lost"]);
        it.git(&["gc", "-q", "--prune=now"]);
        it.also_ask(&[&lost]);
        it.also_ask(&[&lost[..8]]);
        it.also_ask(&["--oneline", &lost, "--not", "HEAD"]);
    }),
    ("lost, but not yet collected", Served::Native, |it| {
        let lost = it.git(&["commit-tree", "-p", "HEAD", "-m", "unreachable", "HEAD^{tree}"]);
        it.also_ask(&[&lost]);
        it.also_ask(&["--oneline", &lost, "--not", "HEAD"]);
    }),
    ("force-pushed and fetched", Served::Native, |it| {
        let origin = it.dir.clone();
        it.move_to_clone(&[]);
        it.env.git_ok(&origin, &["commit", "-q", "--amend", "--allow-empty", "-m", "other words"]);
        it.git(&["fetch", "-q"]);
        it.also_ask(&["--oneline", "HEAD...@{u}", "--left-right"]);
    }),
    ("all repacked", Served::Native, |it| {
        it.git(&["repack", "-q", "-a", "-d"]);
        it.git(&["pack-refs", "--all"]);
    }),
    ("many loose objects, so that names are abbreviated otherwise", Served::Native, |it| {
        for number in 0..40 {
            it.git(&["commit", "-q", "--allow-empty", "-m", &format!("loose {number}")]);
        }
        it.also_ask(&["--oneline", "--abbrev=4"]);
    }),
    ("a ref with the name of a path", Served::Native, |it| {
        it.git(&["update-ref", "refs/heads/src", "HEAD~1"]);
        it.also_ask(&["src"]);
    }),
    ("another branch", Served::Native, |it| {
        it.git(&["checkout", "-q", "-f", "--orphan", "new-root"]);
        it.git(&["commit", "-q", "--allow-empty", "-m", "a new root"]);
    }),
    ("detached", Served::Native, |it| {
        it.git(&["checkout", "-q", "-f", "--detach", "HEAD~1"]);
    }),
    ("unborn", Served::Native, |it| {
        it.git(&["symbolic-ref", "HEAD", "refs/heads/unborn"]);
    }),
    ("every ref deleted", Served::Native, |it| {
        for name in it.git(&["for-each-ref", "--format=%(refname)"]).lines() {
            it.env.git_ok(&it.dir, &["update-ref", "--no-deref", "-d", name]);
        }
    }),
];

/// Missing objects, and objects that stand for others.
pub(crate) const INCOMPLETE: &[Row] = &[
    ("a shallow clone", Served::Git, |it| it.move_to_clone(&["--depth=4", "--no-single-branch"])),
    ("made shallow by a fetch", Served::Git, |it| {
        it.move_to_clone(&[]);
        it.git(&["fetch", "-q", "--depth=3"]);
    }),
    ("a shallow clone that was deepened", Served::Git, |it| {
        it.move_to_clone(&["--depth=2"]);
        it.git(&["fetch", "-q", "--deepen=3"]);
    }),
    ("a shallow clone that was completed", Served::Native, |it| {
        it.move_to_clone(&["--depth=2"]);
        it.git(&["fetch", "-q", "--unshallow"]);
    }),
    ("a partial clone without blobs", Served::Native, |it| partial(it, "--filter=blob:none")),
    ("a partial clone without trees", Served::Native, |it| partial(it, "--filter=tree:0")),
    ("alternates", Served::Native, |it| it.move_to_clone(&["--shared"])),
    ("alternates that went away", Served::Git, |it| {
        it.move_to_clone(&["--shared"]);
        fs::remove_file(it.git_dir.join("objects/info/alternates")).expect("a shared clone has them");
    }),
    ("a replaced commit", Served::Git, |it| {
        let other = it.git(&["commit-tree", "-p", "HEAD~2", "-m", "a replacement", "HEAD^{tree}"]);
        it.git(&["replace", "HEAD~1", &other]);
        it.also_ask(&["--decorate", "--oneline"]);
    }),
    ("a replaced commit, replacements off", Served::Git, |it| {
        let other = it.git(&["commit-tree", "-p", "HEAD~2", "-m", "a replacement", "HEAD^{tree}"]);
        it.git(&["replace", "HEAD~1", &other]);
        it.env.set("GIT_NO_REPLACE_OBJECTS", "1");
    }),
    ("replaced before the index was built, then not", Served::Native, |it| {
        let other = it.git(&["commit-tree", "-p", "HEAD~2", "-m", "a replacement", "HEAD^{tree}"]);
        it.git(&["replace", "HEAD~1", &other]);
        it.env.index_ok(&it.dir, "build");
        it.git(&["replace", "-d", "HEAD~1"]);
    }),
    ("a graft", Served::Git, |it| {
        let (tip, root) = (it.git(&["rev-parse", "HEAD"]), it.git(&["rev-parse", "HEAD~3"]));
        fs::write(it.git_dir.join("info/grafts"), format!("{tip} {root}\n")).expect("a writable repository");
    }),
    ("a corrupt commit", Served::Git, |it| {
        let file = loose_commit(it);
        overwrite(&file, b"not zlib");
    }),
    ("an empty object file", Served::Git, |it| {
        let file = loose_commit(it);
        overwrite(&file, b"");
    }),
    ("a missing commit", Served::Git, |it| {
        let file = loose_commit(it);
        fs::remove_file(file).expect("ours");
    }),
    ("a missing tree", Served::Native, |it| {
        fs::write(it.dir.join("new-file"), "text\n").expect("a writable worktree");
        it.git(&["add", "new-file"]);
        it.git(&["commit", "-q", "-m", "a new tree"]);
        let tree = it.git(&["rev-parse", "HEAD^{tree}"]);
        fs::remove_file(object_file(it, &tree)).expect("loose");
    }),
];

/// Repositories that git reads in another way, or not at all.
pub(crate) const ODD: &[Row] = &[
    ("an unknown extension", Served::Git, |it| {
        it.git(&["config", "core.repositoryFormatVersion", "1"]);
        it.git(&["config", "extensions.unheardOf", "true"]);
    }),
    ("a future repository format", Served::Git, |it| {
        it.git(&["config", "core.repositoryFormatVersion", "99"]);
    }),
    ("broken configuration", Served::Git, |it| append(it.git_dir.join("config"), "[section\nbroken")),
    ("configuration that git refuses", Served::Git, |it| {
        append(it.git_dir.join("config"), "[core]\n\tabbrev = many\n")
    }),
    ("a broken HEAD", Served::Git, |it| fs::write(it.git_dir.join("HEAD"), "garbage\n").expect("ours")),
    ("a broken ref", Served::Git, |it| {
        fs::write(it.git_dir.join("refs/heads/broken"), "garbage\n").expect("ours")
    }),
    ("an empty ref", Served::Git, |it| fs::write(it.git_dir.join("refs/heads/empty"), "").expect("ours")),
    ("a ref to nothing", Served::Git, |it| {
        let name = "1".repeat(40);
        fs::write(it.git_dir.join("refs/heads/dangling"), format!("{name}\n")).expect("ours");
    }),
    ("a symbolic ref to nothing", Served::Native, |it| {
        it.git(&["symbolic-ref", "refs/heads/dangling", "refs/heads/nowhere"]);
    }),
    ("a commit-graph", Served::Native, |it| {
        it.git(&["commit-graph", "write", "--reachable", "--changed-paths"]);
    }),
    ("a broken commit-graph", Served::Git, |it| {
        it.git(&["commit-graph", "write", "--reachable"]);
        let file = it.git_dir.join("objects/info/commit-graph");
        let mut bytes = fs::read(&file).expect("just written");
        bytes.truncate(100);
        overwrite(&file, &bytes);
    }),
    ("worktree configuration", Served::Native, |it| {
        it.git(&["config", "extensions.worktreeConfig", "true"]);
        it.git(&["config", "--worktree", "log.abbrevCommit", "true"]);
    }),
    ("reftable", Served::Git, |it| {
        let dir = it.env.path().join("reftable");
        fs::create_dir(&dir).expect("a new directory");
        if it.env.git(&dir, &["init", "-q", "--ref-format=reftable"]).code != 0 {
            // git before 2.45 cannot make one; then it must refuse one that says it is one.
            it.git(&["config", "core.repositoryFormatVersion", "1"]);
            it.git(&["config", "extensions.refStorage", "reftable"]);
            return;
        }
        it.env.git_ok(&dir, &["pull", "-q", &it.dir.display().to_string(), "main"]);
        it.move_to(&dir);
        it.git(&["commit", "-q", "--allow-empty", "-m", "one more"]);
    }),
    ("a namespace", Served::Git, |it| it.env.set("GIT_NAMESPACE", "space")),
    ("settings from the environment", Served::Native, |it| {
        let settings = [("log.date", "iso".as_ref()), ("format.pretty", "fuller".as_ref())];
        it.env.set_config(&settings);
    }),
    ("another zone and locale", Served::Native, |it| {
        it.env.set("TZ", "America/St_Johns");
        it.env.set("LC_ALL", "C");
        it.also_ask(&["--date=local"]);
    }),
    ("a zone that does not exist", Served::Native, |it| {
        it.env.set("TZ", "Nowhere/Land");
        it.also_ask(&["--date=local"]);
    }),
    ("a zone in POSIX form", Served::Native, |it| {
        it.env.set("TZ", "XYZ-3:30ABC,M3.2.0,M11.1.0");
        it.also_ask(&["--date=format-local:%c %Z"]);
    }),
];

fn partial(it: &mut Fixture, filter: &str) {
    it.git(&["config", "uploadpack.allowFilter", "true"]);
    it.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    it.move_to_clone(&[filter, "--no-checkout"]);
}

/// Makes two commits that are loose objects; the file of the older one.
pub(crate) fn loose_commit(it: &Fixture) -> PathBuf {
    it.git(&["commit", "-q", "--allow-empty", "-m", "will be hurt"]);
    let name = it.git(&["rev-parse", "HEAD"]);
    it.git(&["commit", "-q", "--allow-empty", "-m", "on top"]);
    object_file(it, &name)
}

pub(crate) fn object_file(it: &Fixture, name: &str) -> PathBuf {
    it.git_dir.join("objects").join(&name[..2]).join(&name[2..])
}

/// Objects are read-only: a new file takes the place of the old one.
pub(crate) fn overwrite(file: &Path, bytes: &[u8]) {
    fs::remove_file(file).expect("ours");
    fs::write(file, bytes).expect("ours");
}

fn append(file: PathBuf, text: &str) {
    let mut bytes = fs::read(&file).expect("ours");
    bytes.extend(text.bytes());
    fs::write(file, bytes).expect("ours");
}
