//! Where the index is.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::index::location::KEY_FILE;
use crate::index::{Location, Place, Refused};

fn place(common_dir: &Path) -> Place<'_> {
    Place { common_dir, bare: false, index_dir: None }
}

fn git_dir(root: &Path, name: &str) -> std::path::PathBuf {
    let dir = root.join(name);
    fs::create_dir_all(&dir).unwrap();
    dir
}

fn never() -> bool {
    unreachable!("there is nothing that could be tracked")
}

#[test]
fn beside_or_inside() {
    let root = tempfile::tempdir().unwrap();
    let common = git_dir(root.path(), "a/.git");
    assert!(Location::find(place(&common)).unwrap().is_none());
    assert!(
        !common.join(KEY_FILE).exists() && !root.path().join("a/.git-fast").exists(),
        "looking creates nothing"
    );
    let made = Location::prepare(place(&common), &never).unwrap();
    assert_eq!(made.dir, root.path().join("a/.git-fast"));
    assert_eq!(fs::read(made.dir.join(".gitignore")).unwrap(), b"*\n");
    assert_eq!(fs::metadata(common.join(KEY_FILE)).unwrap().permissions().mode() & 0o777, 0o600);
    let found = Location::find(place(&common)).unwrap().unwrap();
    assert_eq!((&found.dir, found.key, found.refused), (&made.dir, made.key, None));
    // Deleting it is always safe.
    fs::remove_dir_all(&made.dir).unwrap();
    let again = Location::prepare(place(&common), &never).unwrap();
    assert_eq!((&again.dir, again.key), (&made.dir, made.key));
    assert!(again.dir.join(".gitignore").exists());

    let bare = git_dir(root.path(), "bare/.git");
    let bare_place = Place { bare: true, ..place(&bare) };
    assert_eq!(Location::prepare(bare_place, &never).unwrap().dir, bare.join("git-fast"));
    let submodule = git_dir(root.path(), "a/.git/modules/x");
    let inside = Location::prepare(place(&submodule), &never).unwrap();
    assert_eq!((inside.dir, inside.refused), (submodule.join("git-fast"), None));
}

#[test]
fn removed_as_a_whole() {
    let root = tempfile::tempdir().unwrap();
    let common = git_dir(root.path(), "a/.git");
    for left in [false, true] {
        let made = Location::prepare(place(&common), &never).unwrap();
        fs::create_dir(made.dir.join("d")).unwrap();
        fs::write(made.dir.join("d/f"), "").unwrap();
        fs::write(made.dir.join("f"), "").unwrap();
        if left {
            // Of one that was killed.
            fs::create_dir_all(common.join("git-fast.removed.tmp/d")).unwrap();
        }
        made.remove().unwrap();
        assert!(!made.dir.exists() && !common.join("git-fast.removed.tmp").exists());
        assert!(common.join(KEY_FILE).exists());
    }
    let inside = Place { bare: true, ..place(&common) };
    fs::remove_file(common.join(KEY_FILE)).unwrap();
    let made = Location::prepare(inside, &never).unwrap();
    assert_eq!(made.dir, common.join("git-fast"));
    made.remove().unwrap();
    assert!(!made.dir.exists());
}

#[test]
fn one_directory_for_many_repositories() {
    let root = tempfile::tempdir().unwrap();
    let index_dir = root.path().join("cache");
    let dirs: Vec<_> = ["a/.git", "b/.git"]
        .iter()
        .map(|name| {
            let common = git_dir(root.path(), name);
            let place = Place { index_dir: Some(&index_dir), ..place(&common) };
            let made = Location::prepare(place, &never).unwrap();
            assert_eq!(Location::find(place).unwrap().unwrap().dir, made.dir);
            assert!(made.dir.starts_with(&index_dir) && made.dir.is_dir());
            made.dir
        })
        .collect();
    assert_ne!(dirs[0], dirs[1]);
}

#[test]
fn directories_that_are_not_ours() {
    let root = tempfile::tempdir().unwrap();
    let elsewhere = git_dir(root.path(), "elsewhere");
    // A symbolic link from the start.
    let common = git_dir(root.path(), "link/.git");
    symlink(&elsewhere, root.path().join("link/.git-fast")).unwrap();
    let made = Location::prepare(place(&common), &never).unwrap();
    assert_eq!((made.dir, made.refused), (common.join("git-fast"), Some(Refused::NotADirectory)));
    // Tracked by git; remembered, so that it is asked for only once.
    let common = git_dir(root.path(), "tracked/.git");
    fs::create_dir(root.path().join("tracked/.git-fast")).unwrap();
    let made = Location::prepare(place(&common), &|| true).unwrap();
    assert_eq!((made.dir, made.refused), (common.join("git-fast"), Some(Refused::Tracked)));
    assert_eq!(Location::prepare(place(&common), &never).unwrap().dir, common.join("git-fast"));
    // There, but not tracked.
    let common = git_dir(root.path(), "plain/.git");
    fs::create_dir(root.path().join("plain/.git-fast")).unwrap();
    let made = Location::prepare(place(&common), &|| false).unwrap();
    assert_eq!((&made.dir, made.refused), (&root.path().join("plain/.git-fast"), None));
    // A symbolic link later on.
    fs::remove_dir_all(&made.dir).unwrap();
    symlink(&elsewhere, &made.dir).unwrap();
    let found = Location::find(place(&common)).unwrap().unwrap();
    assert_eq!((found.dir, found.refused), (common.join("git-fast"), Some(Refused::NotADirectory)));
    // Another user's. Only root can make such a directory; for others the file system's root has to do.
    let common = git_dir(root.path(), "foreign/.git");
    let beside = root.path().join("foreign/.git-fast");
    fs::create_dir(&beside).unwrap();
    if std::os::unix::fs::chown(&beside, Some(12345), None).is_ok() {
        let made = Location::prepare(place(&common), &never).unwrap();
        assert_eq!((made.dir, made.refused), (common.join("git-fast"), Some(Refused::Foreign)));
    } else {
        assert_eq!(crate::index::location::usable(Path::new("/")), Err(Refused::Foreign));
    }
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0, "nothing has been written through a link");
}

#[test]
fn damaged_keys() {
    let root = tempfile::tempdir().unwrap();
    let common = git_dir(root.path(), ".git");
    let first = Location::prepare(place(&common), &never).unwrap();
    let whole = fs::read(common.join(KEY_FILE)).unwrap();
    let mut wrong_placement = whole.clone();
    wrong_placement[8] = b'x';
    for bytes in [&b""[..], &whole[..47], &[&whole[..], b"x"].concat(), &wrong_placement, &[0; 48]] {
        fs::write(common.join(KEY_FILE), bytes).unwrap();
        assert!(Location::find(place(&common)).is_err());
    }
    let second = Location::prepare(place(&common), &|| false).unwrap();
    assert_ne!(first.key, second.key);
    assert_eq!(first.dir, second.dir);
}
