//! Directories with nothing but a few files in them, which are looked at from the one above: what becomes of them.

use std::thread::sleep;
use std::time::Duration;

use super::{ask, repository, same, same_native, shell};
use crate::support::Environment;

const QUESTIONS: [&[&str]; 5] =
    [&["-s"], &["-uno"], &["-s", "-uall", "--ignored"], &["--porcelain=v2"], &["-s", "top/leaf"]];

/// Directories of files, of links, beside a directory of the same beginning, and in one that is ignored.
const BEGIN: &str = "mkdir -p top/leaf top/leaf.d top/links ignored/leaf other
    for n in 1 2 3; do echo $n >top/leaf/$n; echo $n >top/leaf.d/$n; ln -s $n top/links/$n; echo $n >ignored/leaf/$n; done
    echo '*.o' >.gitignore; echo /ignored >>.gitignore; echo top >top/file; cp -R top/leaf other
    git add .; git add -f ignored; git commit -qm all";

const CHANGES: [&str; 24] = [
    "true",
    "echo more >>top/leaf/2",
    "echo 9 >top/leaf/2",
    "touch -d 2001-01-01 top/leaf/2",
    "chmod +x top/leaf/2",
    "rm top/leaf/2",
    "rm top/leaf/2; ln -s 1 top/leaf/2",
    "rm top/links/2; echo 2 >top/links/2",
    "rm top/leaf/2; mkdir top/leaf/2; echo in >top/leaf/2/in",
    "echo new >top/leaf/new; echo new >top/leaf/new.o",
    "echo new >ignored/leaf/new; rm ignored/leaf/1",
    "mkdir top/leaf/empty",
    "mkdir top/leaf/full; echo in >top/leaf/full/in",
    "echo '!*.o' >top/leaf/.gitignore; echo o >top/leaf/x.o",
    "git init -q top/leaf/inner",
    "mkfifo top/leaf/pipe",
    "rm -r top/leaf",
    "rm -r top/leaf; echo file >top/leaf",
    "mv top/leaf aside; ln -s ../aside top/leaf",
    "mv top/leaf aside; ln -s ../other/leaf top/leaf",
    "mv top/leaf aside; cp -a aside top/leaf",
    "mv top/leaf aside; mv top/leaf.d top/leaf; mv aside top/leaf.d",
    "mv top aside; ln -s aside top",
    "git rm -q --cached top/leaf/2",
];

#[test]
fn what_becomes_of_directories_that_stay_closed() {
    for change in CHANGES {
        let env = Environment::new();
        let dir = repository(&env, BEGIN);
        // So old that all of it is remembered.
        sleep(Duration::from_millis(120));
        for _ in 0..2 {
            ask(&env, &dir, &["-s"]);
        }
        shell(&env, &dir, change);
        for words in QUESTIONS {
            // A file behind a link, and a repository that has no commit, are git's to judge.
            match change.contains("ln -s") || change.contains("init") {
                true => drop(same(&env, &dir, words)),
                false => same_native(&env, &dir, words),
            }
        }
    }
}

#[test]
fn directories_that_stay_closed_in_indexes_of_every_version() {
    for version in ["2", "3", "4"] {
        let env = Environment::new();
        let dir = repository(&env, BEGIN);
        // Version 3 is for marks that the others have no room for.
        shell(&env, &dir, &format!("git update-index --index-version {version}"));
        if version == "3" {
            shell(
                &env,
                &dir,
                "echo n >top/leaf/intended; git add -N top/leaf/intended; git update-index --skip-worktree top/leaf/1",
            );
        }
        sleep(Duration::from_millis(120));
        for change in ["true", "echo more >>top/leaf/3", "rm top/links/3"] {
            shell(&env, &dir, change);
            for words in QUESTIONS {
                same_native(&env, &dir, words);
            }
        }
    }
}

#[test]
fn directories_that_may_not_be_searched_or_read() {
    for mode in ["000", "111", "444", "555"] {
        let mut env = Environment::new();
        let dir = repository(&env, BEGIN);
        env.drop_privileges();
        sleep(Duration::from_millis(120));
        for _ in 0..2 {
            ask(&env, &dir, &["-s"]);
        }
        shell(&env, &dir, &format!("chmod {mode} top/leaf"));
        for words in QUESTIONS {
            same(&env, &dir, words);
        }
        shell(&env, &dir, "chmod 755 top/leaf");
    }
}
