//! Against `git rev-parse --short` and `git log --format=%h`.

use super::*;
use crate::repo::object_dirs::ObjectDirs;
use crate::repo::testing::Sandbox;
use gix::hash::ObjectId;

/// A fast-import stream of `blobs` blobs that no other tag shares, and a commit on branch `tag`.
fn stream(blobs: usize, tag: &str) -> Vec<u8> {
    let mut text = String::new();
    for at in 0..blobs {
        let content = format!("{tag} {at}");
        text += &format!("blob\ndata {}\n{content}\n", content.len());
    }
    text += &format!("commit refs/heads/{tag}\ncommitter a <a> 1 +0000\ndata {}\n{tag}\n", tag.len());
    text.into_bytes()
}

fn import(sandbox: &Sandbox, at: &str, blobs: usize, tag: &str, loose: bool) {
    let limit = format!("fastimport.unpackLimit={}", if loose { 1_000_000 } else { 1 });
    sandbox.feed(at, &["-c", &limit, "fast-import", "--quiet"], &stream(blobs, tag));
}

fn open(
    sandbox: &Sandbox,
    at: &str,
    hash: gix::hash::Kind,
    length: AbbrevLength,
    tip: Option<&oid>,
) -> Result<Abbrev, NotExact> {
    let git_dir = sandbox.path(at).join(".git");
    let dirs = ObjectDirs::find(&git_dir.join("objects"), None).unwrap();
    let names = ObjectNames::open(&dirs, hash, &sandbox.config(&git_dir))?;
    Abbrev::new(Arc::new(names), length, tip.as_slice(), &GitProgram::locate(None).unwrap())
}

/// All objects with their types.
fn all_objects(sandbox: &Sandbox, at: &str) -> Vec<(ObjectId, String)> {
    sandbox
        .git(at, &["cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"])
        .lines()
        .map(|line| {
            let (id, kind) = line.split_once_str(" ").unwrap();
            (ObjectId::from_hex(id).unwrap(), kind.to_str().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn unique_among_packs_loose_objects_and_alternates() {
    for (kind, name) in [(gix::hash::Kind::Sha1, "sha1"), (gix::hash::Kind::Sha256, "sha256")] {
        let format = format!("--object-format={name}");
        let sandbox = Sandbox::new();
        for repo in ["far", "near", "own"] {
            sandbox.git("", &["init", "-q", &format, repo]);
        }
        import(&sandbox, "far", 900, "a", false);
        import(&sandbox, "near", 600, "b", true);
        sandbox.write("near/.git/objects/info/alternates", b"../../../far/.git/objects\n\n# far\n");
        sandbox.write(
            "own/.git/objects/info/alternates",
            format!("{}\n", sandbox.path("near/.git/objects").display()).as_bytes(),
        );
        for (tag, loose) in [("c", false), ("d", false), ("e", true)] {
            import(&sandbox, "own", 500, tag, loose);
        }
        for with_multi_index in [false, true] {
            if with_multi_index {
                sandbox.git("own", &["multi-pack-index", "write"]);
                import(&sandbox, "own", 300, "f", false);
            }
            let mut objects = all_objects(&sandbox, "own");
            for at in 0..200u32 {
                let mut absent = objects[at as usize * 7].0;
                absent.as_mut_slice()[4..8].copy_from_slice(&at.to_be_bytes());
                objects.push((absent, "commit".into()));
            }
            // A tree with all of them is the quickest way to have many names abbreviated.
            let entry = |(id, kind): &(ObjectId, String)| {
                let mode = match kind.as_str() {
                    "blob" => "100644",
                    "tree" => "040000",
                    _ => "160000",
                };
                format!("{mode} {kind} {id}\t{id}\n")
            };
            let listing: String = objects.iter().map(entry).collect();
            let tree = sandbox.feed("own", &["mktree", "--missing"], listing.as_bytes());
            let expected = sandbox.git("own", &["ls-tree", "--abbrev=4", tree.trim().to_str().unwrap()]);
            let abbrev = open(&sandbox, "own", kind, AbbrevLength::AtLeast(4), None).unwrap();
            let mut longer = 0;
            for line in expected.lines() {
                let (short, full) = line.split_once_str("\t").unwrap();
                let short = short.rsplit_once_str(" ").unwrap().1;
                let id = ObjectId::from_hex(full).unwrap();
                assert_eq!(abbrev.len(&id), short.len(), "{id}");
                longer += usize::from(short.len() > 4);
            }
            assert_eq!(expected.lines().count(), objects.len());
            assert!(longer > 100, "only {longer} names needed more digits");
            // Known beforehand, they are as long.
            let lengths: Vec<usize> = objects.iter().map(|(id, _)| abbrev.len(id)).collect();
            let ids: Vec<&oid> = objects.iter().map(|(id, _)| id.as_ref()).collect();
            let commit_lengths = || ids.iter().map(|id| abbrev.commit_len(id)).collect::<Vec<_>>();
            abbrev.touch(&ids);
            assert_eq!(commit_lengths(), lengths);
            // In order and not, and twice.
            abbrev.learn(|| vec![ids.clone(), ids.iter().rev().copied().collect()], |id| id);
            assert_eq!(commit_lengths(), lengths);
            remembers(&sandbox, kind, &ids, &lengths, if with_multi_index { "g" } else { "h" });
        }
    }
}

/// What one process learns of `ids` serves the next, as long as it is asked about the same. `branch` brings other packs.
fn remembers(sandbox: &Sandbox, hash: gix::hash::Kind, ids: &[&oid], lengths: &[usize], branch: &str) {
    let file = sandbox.path("git-fast.abbrevs");
    let opened = |length: usize, segment: u8, later: &[&oid]| {
        let mut abbrev = open(sandbox, "own", hash, AbbrevLength::AtLeast(length), None).unwrap();
        let later = later.iter().map(|id| (*id).to_owned());
        abbrev.remember(&sandbox.path(""), &[segment; 32], later);
        abbrev
    };
    let check = |abbrev: &Abbrev| {
        let found: Vec<usize> = ids.iter().map(|id| abbrev.commit_len(id)).collect();
        let expected: Vec<usize> = lengths.iter().map(|len| *len.max(&abbrev.length)).collect();
        assert_eq!(found, expected);
    };
    let _ = std::fs::remove_file(&file);
    let (known, later) = ids.split_at(ids.len() * 3 / 4);
    let learn = |abbrev: &Abbrev| abbrev.learn(|| vec![known.to_vec()], |id| id);
    learn(&opened(5, 1, later));
    let first = std::fs::read(&file).expect("what was learnt is kept");
    for length in [4, 5, 6, 7] {
        let abbrev = opened(length, 1, later);
        assert_eq!(abbrev.crowded().is_some(), length >= 5, "shorter names have more exceptions");
        check(&abbrev);
    }
    assert!(opened(5, 2, later).crowded().is_none(), "of another index");
    for bytes in [&first[..first.len() - 1], &first[..20], &[], &[0; 300]] {
        std::fs::write(&file, bytes).unwrap();
        let abbrev = opened(5, 1, later);
        assert!(abbrev.crowded().is_none(), "damaged");
        check(&abbrev);
        learn(&abbrev);
        assert_eq!(std::fs::read(&file).unwrap(), first, "mended");
    }
    // Another pack brings other names.
    import(sandbox, "own", 400, branch, false);
    let abbrev = opened(5, 1, later);
    assert!(abbrev.crowded().is_none(), "of other packs");
    for id in ids {
        assert_eq!(abbrev.commit_len(id), abbrev.len(id));
    }
    learn(&abbrev);
    let again = opened(5, 1, later);
    assert!(again.crowded().is_some());
    for id in ids {
        assert_eq!(again.commit_len(id), abbrev.len(id));
    }
}

#[test]
fn automatic_length_counts_like_git() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "r"]);
    let sha1 = gix::hash::Kind::Sha1;
    let check = |branch: &str, exact: bool| {
        let expected = sandbox.git("r", &["log", "-1", "--format=%h %H", branch]);
        let (short, full) = expected.trim().split_once_str(" ").unwrap();
        let tip = ObjectId::from_hex(full).unwrap();
        match open(&sandbox, "r", sha1, AbbrevLength::Auto, Some(&tip)) {
            Ok(abbrev) => assert_eq!(abbrev.len(&tip), short.len(), "{branch}"),
            Err(error) => assert!(!exact, "{error}"),
        }
        short.len()
    };
    import(&sandbox, "r", 6_500, "loose", true);
    assert_eq!(check("loose", true), 7);
    import(&sandbox, "r", 10_000, "a", false);
    assert_eq!(check("a", true), 7);
    sandbox.git("r", &["multi-pack-index", "write"]);
    let counts_once = GitProgram::locate(None).unwrap().at_least(2, 53);
    assert_eq!(check("a", true), if counts_once { 7 } else { 8 });
    sandbox.git("r", &["config", "core.multiPackIndex", "false"]);
    assert_eq!(check("a", true), 7);
    sandbox.git("r", &["config", "core.multiPackIndex", "true"]);
    // The loose tip opens no pack; nothing here knows that.
    check("loose", false);
    import(&sandbox, "r", 50, "b", false);
    sandbox.git("r", &["multi-pack-index", "write"]);
    check("a", true);
    check("b", false);
    sandbox.git("r", &["config", "core.multiPackIndex", "false"]);
    for (blobs, tag, length) in [(6_328, "c", 7), (1, "d", 8)] {
        import(&sandbox, "r", blobs, tag, false);
        assert_eq!(check("a", true), length);
    }
}

#[test]
fn configured_lengths() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "r"]);
    import(&sandbox, "r", 1, "a", false);
    for value in [
        "3", "4", "0", "-1", "5", "39", "40", "41", "100", "no", "off", "false", "FALSE", "", "auto", "AUTO",
        "true", "on", "7k", "0x9", "010",
    ] {
        sandbox.write("global", format!("[core]\n\tabbrev = \"{value}\"\n").as_bytes());
        let config = sandbox.config(&sandbox.path("r/.git"));
        let output = sandbox.run("r", &["log", "-1", "--format=%h %H", "a"], b"");
        let opened = |length| open(&sandbox, "r", gix::hash::Kind::Sha1, length, None);
        match AbbrevLength::from_config(&config).and_then(opened) {
            Ok(abbrev) => {
                let text = output.stdout.trim().to_str().unwrap();
                let (short, full) = text.split_once(' ').unwrap();
                let id = ObjectId::from_hex(full.as_bytes()).unwrap();
                assert_eq!(abbrev.len(&id), short.len(), "{value:?}");
            }
            Err(_) => assert!(!output.status.success(), "{value:?}"),
        }
    }
    for value in ["0", "3", "4", "12", "39", "40", "100"] {
        let length = AbbrevLength::from_option(value.into()).unwrap();
        let option = format!("--abbrev={value}");
        sandbox.write("global", b"");
        let text = sandbox.git("r", &["log", "-1", "--format=%h %H", &option, "a"]);
        let (short, full) = text.trim().split_once_str(" ").unwrap();
        let id = ObjectId::from_hex(full).unwrap();
        match open(&sandbox, "r", gix::hash::Kind::Sha1, length, None) {
            Ok(abbrev) => assert_eq!(abbrev.len(&id), short.len(), "{value:?}"),
            // Of an older git.
            Err(error) => assert_eq!(value, "100", "{error}"),
        }
    }
}
