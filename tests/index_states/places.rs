//! Repositories of every layout, and places where an index cannot be written or must not be trusted.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::Row;
use super::fixture::Fixture;
use crate::support::environment::give;
use crate::support::repository::remove_dir;
use crate::support::trace::Served;

/// Layouts.
pub(crate) const ROWS: &[Row] = &[
    ("fresh", Served::Native, |_| {}),
    ("a subdirectory", Served::Native, |it| {
        it.dir = it.dir.join("below");
        fs::create_dir(&it.dir).expect("a writable worktree");
    }),
    ("inside the git directory", Served::Native, |it| it.dir = it.git_dir.clone()),
    ("a bare clone", Served::Native, |it| it.move_to_clone(&["--bare"])),
    ("a mirror", Served::Native, |it| it.move_to_clone(&["--mirror"])),
    ("a separate git directory", Served::Native, |it| {
        let place = format!("--separate-git-dir={}/elsewhere.git", it.env.path().display());
        it.move_to_clone(&[&place]);
    }),
    ("a linked worktree", Served::Native, |it| {
        it.git(&["worktree", "add", "-q", "-b", "linked", "../linked", "HEAD~1"]);
        let linked = it.env.path().join("linked");
        it.move_to(&linked);
        it.git(&["commit", "-q", "--allow-empty", "-m", "in the linked worktree"]);
    }),
    ("a linked worktree of a bare repository", Served::Native, |it| {
        it.move_to_clone(&["--bare"]);
        it.git(&["worktree", "add", "-q", "-b", "linked", "../linked", "HEAD~1"]);
        let linked = it.env.path().join("linked");
        it.move_to(&linked);
    }),
    ("a submodule", Served::Native, |it| {
        let url = it.dir.display().to_string();
        let outer = it.env.path().join("outer");
        fs::create_dir(&outer).expect("a new directory");
        it.env.git_ok(&outer, &["init", "-q"]);
        it.env.git_ok(&outer, &["submodule", "--quiet", "add", &url, "inner"]);
        it.env.git_ok(&outer, &["commit", "-q", "-m", "a submodule"]);
        it.move_to(&outer.join("inner"));
    }),
    ("around a submodule", Served::Native, |it| {
        let url = it.dir.display().to_string();
        it.git(&["submodule", "--quiet", "add", &url, "inner"]);
        it.git(&["commit", "-q", "-m", "a submodule"]);
    }),
    ("fast.indexDir", Served::Native, |it| {
        let place = it.env.path().join("by/configuration");
        it.git(&["config", "fast.indexDir", &place.display().to_string()]);
        it.env.index_ok(&it.dir, "build");
    }),
    ("a relative fast.indexDir", Served::Native, |it| {
        it.git(&["config", "fast.indexDir", "../../by/configuration"]);
        it.env.index_ok(&it.dir, "build");
        let place = it.env.path().join("by/configuration");
        assert_eq!(fs::read_dir(place).expect("it counts from .git").count(), 1);
        it.dir = it.dir.join("below");
        fs::create_dir(&it.dir).expect("a writable worktree");
    }),
    ("fast.indexDir that is a file", Served::Git, |it| {
        let place = it.env.path().join("a-file");
        fs::write(&place, "text").expect("a new file");
        it.git(&["config", "fast.indexDir", &place.display().to_string()]);
    }),
    ("one fast.indexDir for two repositories", Served::Git, |it| {
        let place = it.env.path().join("shared");
        it.env.set_config(&[("fast.indexDir", place.as_os_str())]);
        it.env.index_ok(&it.dir, "build");
        it.move_to_clone(&["--depth=3"]);
        it.git(&["commit", "-q", "--allow-empty", "-m", "only in the clone"]);
    }),
    ("one fast.indexDir for two repositories with other histories", Served::Native, |it| {
        let place = it.env.path().join("shared");
        it.env.set_config(&[("fast.indexDir", place.as_os_str())]);
        it.env.index_ok(&it.dir, "build");
        it.move_to_clone(&["--single-branch"]);
        it.git(&["commit", "-q", "--allow-empty", "-m", "only in the clone"]);
    }),
    ("GIT_DIR inside of the worktree", Served::Native, |it| it.env.set("GIT_DIR", it.git_dir.clone())),
    ("GIT_DIR", Served::Git, |it| {
        it.env.set("GIT_DIR", it.git_dir.clone());
        it.dir = it.env.path().to_owned();
        it.env.set("GIT_WORK_TREE", it.env.path().join("repository"));
    }),
    ("a copy of everything", Served::Native, |it| {
        let copy = it.env.path().join("copy");
        let args = [OsStr::new("-R"), it.dir.as_os_str(), copy.as_os_str()];
        it.env.run(it.env.command("cp", &it.dir, &args)).success("cp");
        it.dir = copy;
        it.git(&["commit", "-q", "--allow-empty", "-m", "only in the copy"]);
    }),
    ("moved", Served::Native, |it| {
        let to = it.env.path().join("moved");
        fs::rename(&it.dir, &to).expect("same file system");
        it.dir = to;
    }),
    ("cleaned", Served::Native, |it| {
        it.git(&["clean", "-q", "-f", "-d", "-x"]);
    }),
    ("stashed away", Served::Native, |it| {
        fs::write(it.dir.join("untracked"), "text").expect("a writable worktree");
        it.git(&["stash", "push", "-q", "--all"]);
    }),
    ("planted by a clone", Served::Native, |it| {
        // The index itself is tracked, without the file that hides it, and has been told lies.
        for file in it.index_files() {
            if file.ends_with(".gitignore") {
                fs::remove_file(file).expect("ours");
            }
        }
        it.git(&["add", "--force", "--all"]);
        it.git(&["commit", "-q", "-m", "plant"]);
        it.env.index_ok(&it.dir, "build");
        it.git(&["commit", "-q", "--all", "--allow-empty", "-m", "plant again"]);
        it.move_to_clone(&[]);
        it.git(&["commit", "-q", "--allow-empty", "-m", "a commit of my own"]);
    }),
    ("of another owner", Served::Native, |it| {
        if rustix::process::geteuid().is_root() {
            give(&it.index, 65_534);
        } else {
            remove_dir(&it.index);
        }
        it.grow(1);
    }),
    ("a repository of another owner", Served::Git, |it| {
        it.env.set("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    }),
    ("not a repository", Served::Git, |it| {
        it.dir = it.env.path().join("nothing");
        fs::create_dir(&it.dir).expect("a new directory");
    }),
    ("an empty repository", Served::Native, |it| {
        let empty = it.env.path().join("empty");
        fs::create_dir(&empty).expect("a new directory");
        it.env.git_ok(&empty, &["init", "-q"]);
        it.dir = empty;
    }),
];

/// Places that cannot be written, in one way or the other.
pub(crate) const UNWRITABLE: &[Row] = &[
    ("the index cannot be written", Served::Native, |it| {
        it.grow(3);
        it.env.drop_privileges();
        set_mode(&it.index, 0o555);
    }),
    ("the index cannot be read", Served::Git, |it| {
        it.env.drop_privileges();
        for file in it.index_files() {
            set_mode(&file, 0o000);
        }
    }),
    ("the directory of the index cannot be entered", Served::Native, |it| {
        it.env.drop_privileges();
        set_mode(&it.index, 0o000);
    }),
    ("nothing can be written", Served::Git, |it| {
        it.grow(3);
        remove_dir(&it.index);
        it.env.drop_privileges();
        for dir in [&it.git_dir, &it.dir] {
            set_mode(dir, 0o555);
        }
    }),
    ("the disk is full when the index is built", Served::Native, |it| {
        remove_dir(&it.index);
        it.grow(3);
        limited_build(it, "trap '' XFSZ");
    }),
    ("the builder is killed when it writes too much", Served::Native, |it| {
        remove_dir(&it.index);
        it.grow(3);
        limited_build(it, ":");
    }),
    ("the disk is full when the index is refreshed", Served::Native, |it| {
        it.grow(20);
        limited_build(it, "trap '' XFSZ");
    }),
];

/// Builds the index while no file may grow past 512 bytes.
fn limited_build(it: &Fixture, before: &str) {
    let script = format!("{before}; ulimit -f 1; exec \"$@\"");
    let program = it.env.ours("git-optimize", &it.dir, &[""; 0]).get_program().to_owned();
    let args = [OsString::from("-c"), script.into(), "sh".into(), program, "index".into(), "build".into()];
    let output = it.env.run(it.env.command("sh", &it.dir, &args));
    assert!(!output.panicked() && !output.timed_out, "{}", String::from_utf8_lossy(&output.stderr));
}

pub(crate) fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("ours");
}
