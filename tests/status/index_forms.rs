//! Every form in which git writes an index that is read here: what it says is the same.

use std::fs;
use std::path::Path;

use bstr::ByteSlice;

use super::{git_status, repository, same_native, shell, text};
use crate::support::Environment;

/// The index as it is.
fn index(dir: &Path) -> Vec<u8> {
    fs::read(dir.join(".git/index")).expect("an index")
}

/// Whether it has an extension of this name: its name, and a length that fits into the file.
fn has(dir: &Path, extension: &str) -> bool {
    let bytes = index(dir);
    bytes.find_iter(extension).any(|at| {
        let length =
            bytes.get(at + 4..at + 8).and_then(|length| length.try_into().ok()).map(u32::from_be_bytes);
        length.is_some_and(|length| at + 8 + length as usize <= bytes.len())
    })
}

fn version(dir: &Path) -> u8 {
    index(dir)[7]
}

/// Native in every format, and these lines are among those that say what is staged.
#[track_caller]
fn native(env: &Environment, dir: &Path, staged: &[String]) {
    for words in [&[][..], &["--porcelain=v2", "-b", "-uall"], &["-s", "--ignored"]] {
        same_native(env, dir, words);
    }
    all_staged(env, dir, staged);
}

/// These lines are among those that say what is staged, natively.
#[track_caller]
fn all_staged(env: &Environment, dir: &Path, staged: &[String]) {
    same_native(env, dir, &["-s", "--no-renames", "-uno"]);
    let their = text(&git_status(env, dir, &["-s", "--no-renames", "-uno"]));
    let lines: Vec<&str> = their.lines().filter(|line| !line.starts_with(' ')).collect();
    assert!(staged.iter().all(|line| lines.contains(&line.as_str())), "{staged:?}: {lines:?}");
    assert_eq!(staged.is_empty(), lines.is_empty(), "{lines:?}");
}

/// Changes of every kind, staged and not, in a repository with the files `a` to `e` in `$1` and nothing else there.
const CHANGES: &str =
    "cd $1; echo 2 >a; git add a; git rm -q b; chmod +x c; git add c; echo n >new; git add new
    echo 2 >d; rm e; echo n >untracked; git mv f moved";

/// The staged ones of them.
fn staged(prefix: &str) -> Vec<String> {
    let change = |(kind, name): (&str, &str)| format!("{kind}  {prefix}{name}");
    [("M", "a"), ("D", "b"), ("M", "c"), ("D", "f"), ("A", "moved"), ("A", "new")].map(change).into()
}

#[track_caller]
fn change(env: &Environment, dir: &Path, place: &str) {
    env.run(env.command("sh", dir, &["-ec", CHANGES, "sh", place])).success("changes");
}

/// As many files as make git write blocks that can be read in parallel.
fn large(dir: &Path) {
    for directory in 0..200 {
        let place = dir.join(format!("d{directory:03}/inner"));
        fs::create_dir_all(&place).expect("a new directory");
        for file in 0..95 {
            fs::write(place.join(format!("f{file}")), "x\n").expect("a new file");
        }
        for file in ["a", "b", "c", "d", "e", "f"] {
            fs::write(place.join(file), format!("{file} in {directory}\n")).expect("a new file");
        }
    }
}

#[test]
fn blocks_for_threads() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "git config index.threads 4; git config index.recordEndOfIndexEntries true
         git config index.recordOffsetTable true; git config gc.auto 0",
    );
    large(&dir);
    shell(
        &env,
        &dir,
        "git add .; git commit -qm x; touch -d '1 hour ago' */*/* */*; git update-index -q --refresh",
    );
    native(&env, &dir, &[]);
    change(&env, &dir, "d100/inner");
    for version in [2, 4] {
        shell(&env, &dir, &format!("git update-index --index-version {version} --force-write-index"));
        assert!(has(&dir, "EOIE") && has(&dir, "IEOT") && has(&dir, "TREE"), "version {version}");
        all_staged(&env, &dir, &staged("d100/inner/"));
    }
    native(&env, &dir, &staged("d100/inner/"));
    // A directory of which nothing is left, one that is all new, and one with another commit.
    shell(&env, &dir, "git reset -q --hard; git rm -rq d050; mkdir all; echo n >all/new; git add all");
    let gone = ["a", "f0", "f94"].map(|file| format!("D  d050/inner/{file}"));
    all_staged(&env, &dir, &[&gone[..], &["A  all/new".into()]].concat());
}

#[test]
fn conflicts_that_were_resolved() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "mkdir d; cd d; for f in a b c d e f; do echo $f >$f; done; echo 1 >both; echo 1 >../top; git add -A ..
         git commit -qm x; git checkout -qb other; echo 2 >both; echo 2 >../top; git commit -qam other
         git checkout -q main; echo 3 >both; echo 3 >../top; git commit -qam ours; git merge -q other || true
         echo 4 >both; git add both; echo 3 >../top; git add ../top",
    );
    assert!(has(&dir, "REUC"));
    native(&env, &dir, &["M  d/both".into()]);
    change(&env, &dir, "d");
    assert!(has(&dir, "REUC"));
    native(&env, &dir, &staged("d/"));
    shell(&env, &dir, "git commit -qm merged; echo 5 >top; git add top");
    native(&env, &dir, &["M  top".into()]);
}

/// Some of the trees that the index knows are out of date, some are not: each must be looked into, or not.
#[test]
fn a_cache_tree_that_is_partly_invalid() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "for d in k k/l k/l/m n n/o p; do mkdir -p $d; for f in a b c d e f; do echo $d/$f >$d/$f; done; done
         git add .; git commit -qm x",
    );
    for place in ["k/l/m", "k/l", "k", "n/o", "n", "p"] {
        shell(
            &env,
            &dir,
            "git reset -q --hard; git clean -fdq; git read-tree HEAD; git update-index -q --refresh",
        );
        change(&env, &dir, place);
        native(&env, &dir, &staged(&format!("{place}/")));
        // All of it is known, and nothing is what it is in HEAD.
        shell(&env, &dir, "git write-tree >tree; rm tree");
        native(&env, &dir, &staged(&format!("{place}/")));
        // A file beside the directories whose trees are known, then one in a directory that comes and goes.
        shell(&env, &dir, "echo z >z; git add z; mkdir k/x; echo x >k/x/x; git add k/x; git rm -qf k/x/x");
        native(&env, &dir, &[staged(&format!("{place}/")), vec!["A  z".into()]].concat());
    }
    // HEAD moves under what is known.
    shell(
        &env,
        &dir,
        "git reset -q --hard; git commit -qam same --allow-empty; git rm -q k/l/m/a; git commit -qm less
         git read-tree HEAD; git reset -q --soft HEAD~1",
    );
    native(&env, &dir, &["D  k/l/m/a".into()]);
    shell(&env, &dir, "git read-tree --empty");
    shell(
        &env,
        &dir,
        "git read-tree HEAD; git update-index --force-remove p/a; git update-index --force-remove p/b",
    );
    native(&env, &dir, &["D  p/a".into(), "D  p/b".into()]);
}

/// Version 4 has of each path only what differs from the one before: here more than one byte says how much.
#[test]
fn deep_paths_that_are_written_short() {
    let env = Environment::new();
    let long = "a-directory-with-a-long-name/".repeat(40);
    let dir = repository(
        &env,
        &format!(
            "git config index.version 4; for d in {long} {long}x {long}x/y z; do mkdir -p $d
             for f in a b c d e f; do echo $f >$d/$f; done; done; git add .; git commit -qm x"
        ),
    );
    assert_eq!(version(&dir), 4);
    for place in [long.trim_end_matches('/'), &format!("{long}x"), &format!("{long}x/y"), "z"] {
        shell(&env, &dir, "git reset -q --hard; git clean -fdq");
        change(&env, &dir, place);
        assert_eq!(version(&dir), 4);
        let prefix = format!("{place}/");
        native(&env, &dir, &staged(&prefix));
    }
    // The least and the most that two neighbours can have in common.
    shell(
        &env,
        &dir,
        &format!(
            "git reset -q --hard; git clean -fdq; echo n >{long}aa; echo n >{long}aaa; echo n >b; git add ."
        ),
    );
    native(&env, &dir, &[format!("A  {long}aa"), format!("A  {long}aaa"), "A  b".into()]);
}

/// An index of version 4 with an untracked cache and without a checksum, as the setting makes it.
#[test]
fn the_settings_for_many_files() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "git config feature.manyFiles true; mkdir -p d/e; for f in a b c d e f; do echo $f >d/e/$f; done
         echo '*.o' >.gitignore; echo o >d/x.o; git add .; git commit -qm x; git update-index --untracked-cache
         git status >status; rm status",
    );
    let is_as_set = || {
        assert_eq!(version(&dir), 4);
        assert!(has(&dir, "UNTR") && index(&dir).ends_with(&[0; 20]));
    };
    is_as_set();
    // What changes within the second in which git has looked at it is git's to tell.
    shell(&env, &dir, "sleep 1.1; git status >../status");
    native(&env, &dir, &[]);
    change(&env, &dir, "d/e");
    is_as_set();
    native(&env, &dir, &staged("d/e/"));
    // git writes what it knows of directories.
    shell(&env, &dir, "sleep 1.1; git status >../status; sleep 1.1; echo n >d/another; rm d/e/untracked");
    is_as_set();
    native(&env, &dir, &staged("d/e/"));
}
