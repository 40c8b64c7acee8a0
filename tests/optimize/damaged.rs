//! Repositories in which something is wrong or out of reach: they end as they were, and the exit code tells.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{
    DONE, FAILED, NOTHING, SKIPPED, contents, ends, errors, filtering, put_git, remove_git, sane,
    temporaries, ugly,
};
use crate::support::damage::files;
use crate::support::{Environment, namespace};

fn packs(git_dir: &Path) -> Vec<PathBuf> {
    let all = files(&git_dir.join("objects/pack")).into_iter();
    all.filter(|path| path.extension().is_some_and(|end| end == "pack")).collect()
}

#[test]
fn a_corrupt_pack() {
    for (seed, how) in [(41, &["run"][..]), (42, &["run", "--full"])] {
        let mut env = Environment::new();
        let it = ugly(&mut env, "repository", seed);
        let pack =
            packs(&it.git_dir).into_iter().max_by_key(|path| fs::metadata(path).map_or(0, |meta| meta.len()));
        let pack = pack.expect("there are packs");
        let mut bytes = fs::read(&pack).expect("readable");
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8].iter_mut().for_each(|byte| *byte ^= 0x55);
        fs::set_permissions(&pack, fs::Permissions::from_mode(0o644)).expect("ours");
        fs::write(&pack, &bytes).expect("writable");
        let before = contents(&env, &it.dir);
        assert_ne!(before.fsck.0, 0, "the damage is noticed");
        let output = env.optimize(&it.dir, how);
        sane(&output);
        assert_eq!(output.code, FAILED, "{}", errors(&output));
        assert!(errors(&output).contains("error: "), "{}", errors(&output));
        assert!(pack.exists(), "what is left of it is kept");
        assert_eq!(contents(&env, &it.dir).fsck, before.fsck);
        assert_eq!(temporaries(&it.git_dir), Vec::<String>::new());
    }
}

/// A bare repository wants a bitmap, and has a git that can't write any.
#[test]
fn what_has_failed_is_not_tried_again_at_once() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 45);
    env.git_ok(&it.dir, &["clone", "-q", "--bare", "--no-local", ".", "../bare.git"]);
    let bare = env.path().join("bare.git");
    put_git(&mut env, "case \"$*\" in *--write-bitmap-index*) exit 1 ;; esac");
    let first = env.optimize(&bare, &["run", "--auto"]);
    assert_eq!(first.code, FAILED, "{}", errors(&first));
    let again = env.optimize(&bare, &["run", "--auto"]);
    assert_eq!(again.code, NOTHING, "{}", errors(&again));
    let asked = env.optimize(&bare, &["--task", "bitmap"]);
    assert_eq!(asked.code, FAILED, "{}", errors(&asked));
    // With a git that can, and asked for, it is made, and from then on needed as ever.
    remove_git(&env);
    ends(env.optimize(&bare, &["run"]), DONE);
    let bitmaps = || {
        files(&bare.join("objects/pack"))
            .into_iter()
            .filter(|file| file.extension().is_some_and(|end| end == "bitmap"))
    };
    assert_eq!(bitmaps().count(), 1);
    bitmaps().for_each(|file| fs::remove_file(file).expect("ours"));
    ends(env.optimize(&bare, &["run", "--auto"]), DONE);
    assert_eq!(bitmaps().count(), 1);
}

#[test]
fn a_missing_object() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 43);
    // The commit of a loose ref is a loose object.
    let refs = env.git_ok(&it.dir, &["for-each-ref", "--format=%(objectname)", "refs/heads/loose"]);
    let id = String::from_utf8_lossy(&refs).lines().next().expect("there are some").to_owned();
    fs::remove_file(it.git_dir.join("objects").join(&id[..2]).join(&id[2..])).expect("it is loose");
    let before = contents(&env, &it.dir);
    assert_ne!(before.fsck.0, 0);
    let output = env.optimize(&it.dir, &["run"]);
    sane(&output);
    assert_eq!(output.code, FAILED, "{}", errors(&output));
    let said = errors(&output);
    let told: Vec<&str> = said.lines().filter(|line| line.contains(&id)).collect();
    assert!(
        !told.is_empty() && told.iter().all(|line| line.starts_with("error: ")),
        "{id}: {}",
        errors(&output)
    );
    let after = contents(&env, &it.dir);
    assert_eq!((after.objects, after.fsck), (before.objects, before.fsck));
}

#[test]
fn alternates_are_neither_copied_nor_needed_less() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "original", 44);
    let borrower = env.path().join("borrower");
    env.git_ok(env.path(), &["clone", "-q", "-s", "original", "borrower"]);
    env.git_ok(&borrower, &["commit", "-q", "--allow-empty", "-m", "its own"]);
    super::make_loose_on(&env, &borrower, "HEAD", 120);
    let before = (contents(&env, &it.dir), contents(&env, &borrower));
    ends(env.optimize(&borrower, &["run"]), DONE);
    ends(env.optimize(&it.dir, &["run", "--full"]), DONE);
    ends(env.optimize(&borrower, &["run", "--full"]), DONE);
    assert_eq!((contents(&env, &it.dir), contents(&env, &borrower)), before);
    let size = |dir: &Path| {
        files(dir).iter().map(|path| fs::metadata(path).map_or(0, |meta| meta.len())).sum::<u64>()
    };
    let (own, theirs) = (size(&borrower.join(".git/objects")), size(&it.git_dir.join("objects")));
    assert!(own < theirs, "{own} bytes of its own, {theirs} borrowed");
}

#[test]
fn a_partial_clone_is_not_repacked() {
    let mut env = Environment::new();
    let dir = partial_clone(&mut env, 45);
    let packs_before = packs(&dir);
    // A bitmap is written by a repack, too.
    for task in ["repack", "bitmap"] {
        let output = env.optimize(&dir, &["--task", task]);
        assert_eq!(output.code, SKIPPED, "{task}: {}", errors(&output));
        assert!(String::from_utf8_lossy(&output.stdout).contains("partial clone"));
        assert_eq!(packs(&dir), packs_before);
    }
}

/// A bare one, without blobs.
fn partial_clone(env: &mut Environment, seed: u64) -> PathBuf {
    let url = filtering(&ugly(env, "original", seed), env);
    env.git_ok(env.path(), &["clone", "-q", "--bare", "--filter=blob:none", &url, "partial.git"]);
    env.path().join("partial.git")
}

#[test]
fn packs_that_cannot_be_joined_get_one_index() {
    let mut env = Environment::new();
    let dir = partial_clone(&mut env, 52);
    for number in 0..12 {
        let blob = env.git_input(&dir, &["hash-object", "-w", "--stdin"], Some(&[number]));
        env.git_input(&dir, &["pack-objects", "-q", "objects/pack/pack"], Some(&blob));
    }
    env.git_ok(&dir, &["prune-packed"]);
    let (before, all) = (packs(&dir), contents(&env, &dir));
    ends(env.optimize(&dir, &["--auto"]), DONE);
    env.git_ok(&dir, &["multi-pack-index", "verify"]);
    assert_eq!((packs(&dir), contents(&env, &dir)), (before, all));
    ends(env.optimize(&dir, &["--auto"]), NOTHING);
    // Who does not want one has none.
    fs::remove_file(dir.join("objects/pack/multi-pack-index")).expect("git has written it");
    env.git_ok(&dir, &["config", "core.multiPackIndex", "false"]);
    ends(env.optimize(&dir, &["--auto"]), NOTHING);
}

#[test]
fn precious_objects_stay_where_they_are() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 46);
    env.git_ok(&it.dir, &["config", "core.repositoryFormatVersion", "1"]);
    env.git_ok(&it.dir, &["config", "extensions.preciousObjects", "true"]);
    let before = packs(&it.git_dir);
    let text = ends(env.optimize(&it.dir, &["run"]), SKIPPED);
    assert!(text.contains("preciousObjects"), "{text}");
    assert_eq!(packs(&it.git_dir), before);
}

#[test]
fn a_file_that_cannot_grow_as_on_a_full_disk() {
    // Writing fails with EFBIG instead of ENOSPC; git takes both the same way.
    for blocks in [0, 1, 4, 16] {
        let mut env = Environment::new();
        let it = ugly(&mut env, "repository", 47);
        let before = contents(&env, &it.dir);
        let program = env.ours("git-optimize", &it.dir, &[""; 0]).get_program().to_owned();
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\" run --full");
        let mut command = env.command("sh", &it.dir, &["-c", &script, "sh"]);
        command.arg(program);
        let output = env.run(command);
        sane(&output);
        assert!([FAILED, 128].contains(&output.code), "{blocks}: {} {}", output.code, errors(&output));
        let after = contents(&env, &it.dir);
        assert_eq!(after, before, "{blocks} blocks");
        ends(env.optimize(&it.dir, &["run", "--full"]), DONE);
        assert_eq!(contents(&env, &it.dir), before, "{blocks} blocks");
        assert_eq!(temporaries(&it.git_dir), Vec::<String>::new(), "{blocks} blocks");
    }
}

/// Plays in a mount namespace of its own, where a small file system holds a copy of the repository `$1`: git gets a
/// `git` that fills the disk before it begins with one of its commands, and our program `$2` runs it. Prints what is
/// wrong.
const FULL_DISK: &str = r#"
    set -e
    mkdir disk tools
    mount -t tmpfs -o size=160m,mode=755 none disk || { echo "not here"; exit 0; }
    cp -a "$1" disk/r
    real=$(command -v git)
    cat >tools/git <<-END
	#!/bin/sh
	for word; do
	    case \$word in "\$FILL_AT") head -c 400m /dev/zero >>$PWD/disk/filler 2>$PWD/full || : ;; esac
	done
	exec $real "\$@"
	END
    chmod +x tools/git
    state() {
        git -C disk/r cat-file --batch-all-objects --batch-check --unordered | sort
        git -C disk/r for-each-ref
        git -C disk/r fsck --full --no-progress --no-reflogs --no-dangling 2>&1
    }
    PATH=$PWD/tools:$PATH
    state >before
    for at in --git-dir pack-refs commit-graph pack-objects repack; do
        # A repack takes loose objects along, too.
        how=--full; [ $at != pack-objects ] || how="--task loose-objects"
        rm -rf disk/r full; cp -a "$1" disk/r
        code=0; (cd disk/r && FILL_AT=$at "$2" run $how) >said 2>&1 || code=$?
        grep -q "No space left" full || echo "$at: the disk was not full"
        case $code in 1 | 128) ;; *) echo "$at: exit $code"; cat said ;; esac
        state | cmp - before || echo "$at: something is lost"
        rm disk/filler
        code=0; (cd disk/r && FILL_AT= "$2" run --full) >said 2>&1 || code=$?
        case $code in 0) ;; *) echo "$at: exit $code with room again"; cat said ;; esac
        state | cmp - before || echo "$at: something is lost later"
        find disk/r -name 'tmp_*' -o -name '.tmp-*' -o -name '*.lock' ! -name optimize.lock ! -path '*/.git-fast/lock'
    done
"#;

#[test]
fn a_full_disk() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 49);
    let program = env.ours("git-optimize", &it.dir, &[""; 0]).get_program().to_owned();
    if let Some(wrong) = namespace::run(&env, "a full disk", FULL_DISK, &[&it.dir, program.as_ref()]) {
        assert!(wrong.is_empty(), "{wrong}");
    }
}

/// On a disk with less room than a run wants to leave to others; `$1`: the repository, `$2`: the program. Prints what is
/// wrong.
const LITTLE_ROOM: &str = r#"
    set -e
    mkdir disk
    mount -t tmpfs -o size=56m,mode=755 none disk || { echo "not here"; exit 0; }
    cp -a "$1" disk/r
    here=$PWD; cd disk/r
    "$2" run --task index >"$here/said" 2>&1
    state() { find . -type f ! -path './.git-fast/*' ! -name 'git-fast.*' -printf '%p %s %T@\n' | sort; }
    state >"$here/before"
    for how in "--task repack" "--task loose-objects" "--task commit-graph" "--task repack --full" "--task bitmap"; do
        code=0; "$2" run $how >"$here/said" 2>&1 || code=$?
        test $code = 3 || { echo "$how: exit $code"; cat "$here/said"; }
        grep -q "skipped: it may need .* MB, and .* MB are free" "$here/said" || { echo "$how:"; cat "$here/said"; }
        state | cmp - "$here/before" || echo "$how: something was written"
    done
    code=0; "$2" --auto >"$here/said" 2>&1 || code=$?
    grep -q "may need" "$here/said" && cat "$here/said"
    cd "$here"; mount -o remount,size=400m disk; cd disk/r
    for how in "--task commit-graph" "--task repack"; do
        code=0; "$2" run $how >"$here/said" 2>&1 || code=$?
        test $code = 0 || { echo "$how, with room: exit $code"; cat "$here/said"; }
    done
"#;

#[test]
fn too_little_room_for_a_repack() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 50);
    let program = env.ours("git-optimize", &it.dir, &[""; 0]).get_program().to_owned();
    if let Some(wrong) = namespace::run(&env, "a small disk", LITTLE_ROOM, &[&it.dir, program.as_ref()]) {
        assert!(wrong.is_empty(), "{wrong}");
    }
}

#[test]
fn a_read_only_repository() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 48);
    let before = contents(&env, &it.dir);
    env.drop_privileges();
    for path in
        [it.dir.clone(), it.git_dir.clone(), it.git_dir.join("objects"), it.git_dir.join("objects/pack")]
    {
        fs::set_permissions(path, fs::Permissions::from_mode(0o555)).expect("root may, and so may the owner");
    }
    let output = env.optimize(&it.dir, &["run"]);
    assert_eq!(output.code, 128, "{}", errors(&output));
    assert!(errors(&output).starts_with("fatal: cannot write to the repository: "), "{}", errors(&output));
    assert_eq!(env.optimize(&it.dir, &["--dry-run"]).code, DONE, "looking needs no writing");
    for path in
        [it.git_dir.join("objects/pack"), it.git_dir.join("objects"), it.git_dir.clone(), it.dir.clone()]
    {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("root may, and so may the owner");
    }
    assert_eq!(contents(&env, &it.dir), before);
}
