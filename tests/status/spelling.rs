//! Options in the other ways in which git takes them: abbreviated, and with booleans.

use super::{git_status, repository, same, same_native, shell, text};
use crate::support::Environment;

const STATE: &str =
    "mkdir -p d/e; echo 1 >f; git add .; git commit -qm x; echo 2 >f; echo n >n; echo n >d/e/n; touch i.o
    echo '*.o' >.git/info/exclude";

#[test]
fn options_are_abbreviated() {
    let mut env = Environment::new();
    let dir = repository(&env, STATE);
    for words in [
        &["--shor"][..],
        &["--por"],
        &["--porc=2", "--bra"],
        &["--porcelain=v2", "--show"],
        &["--lo"],
        &["--nu"],
        &["--ahead"],
        &["--untr", "--shor"],
        &["--unt=no"],
        &["--ignored", "--shor"],
        &["--ignore-s=dirty"],
        &["--find=50", "--porc"],
        &["--ren"],
        &["--col"],
        &["--no-r", "--no-col", "--no-ah", "--no-show", "--no-b"],
    ] {
        same_native(&env, &dir, words);
    }
    for words in [
        &["--sho"][..],
        &["--s"],
        &["--ign"],
        &["--ignore"],
        &["--no-s"],
        &["--n"],
        &["--no"],
        &["--br=1"],
        &["--por=3"],
        &["--unt=x"],
        &["--verb"],
        &["--no-unt"],
        &["--nothing"],
    ] {
        assert_eq!(same(&env, &dir, words).served, "git", "{words:?}");
    }
    // Ours are not.
    let output = env.run(env.ours("git-faststatus", &dir, &["--jso"]));
    assert_eq!(output.code, git_status(&env, &dir, &["--jso"]).code);
    // They name formats, too.
    let output = env.run(env.ours("git-faststatus", &dir, &["--exit-code", "--shor"]));
    assert_eq!((output.code, text(&output)), (1, text(&git_status(&env, &dir, &["-s"]))));
    env.set("GIT_TEST_DISALLOW_ABBREVIATED_OPTIONS", "1");
    assert_eq!(same(&env, &dir, &["--shor"]).served, "git");
    same_native(&env, &dir, &["--short"]);
}

#[test]
fn booleans_for_untracked_files() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    let values = ["0", "1", "2", "true", "yes", "ON", "false", "NO", "off", "", "0x10", "1k"];
    for value in values {
        if !value.is_empty() {
            same_native(&env, &dir, &[&format!("-u{value}")]);
        }
        same_native(&env, &dir, &["-s", &format!("--untracked-files={value}")]);
        shell(&env, &dir, &format!("git config status.showUntrackedFiles '{value}'"));
        same_native(&env, &dir, &["-s"]);
        same_native(&env, &dir, &["-uall"]);
    }
    for value in ["x", "al", "all=", "2x", "ALL"] {
        assert_eq!(same(&env, &dir, &["-s", &format!("-u{value}")]).served, "git");
        shell(&env, &dir, &format!("git config status.showUntrackedFiles '{value}'"));
        assert_eq!(same(&env, &dir, &["-s"]).served, "git");
    }
    shell(
        &env,
        &dir,
        "git config --unset status.showUntrackedFiles; printf '[status]\nshowUntrackedFiles\n' >>.git/config",
    );
    same(&env, &dir, &["-s"]);
}

/// git goes to the top of the worktree before it looks for it.
#[test]
fn an_index_that_is_told_relatively() {
    let mut env = Environment::new();
    let dir = repository(&env, STATE);
    shell(
        &env,
        &dir,
        "cp .git/index one; GIT_INDEX_FILE=one git add n; cp .git/index d/one; GIT_INDEX_FILE=d/one git add d",
    );
    for told in ["one", "d/one", "../repository/one", "none", "./one"] {
        env.set("GIT_INDEX_FILE", told);
        for dir in [&dir, &dir.join("d"), &dir.join("d/e")] {
            for words in [&["-s"][..], &["--porcelain=v2"], &[]] {
                same_native(&env, dir, words);
            }
        }
    }
    // Renames are git's, in the same index.
    env.set("GIT_INDEX_FILE", "one");
    shell(&env, &dir, "seq 1 50 >r; git add r; git commit -qm r; git mv r s");
    for dir in [&dir, &dir.join("d")] {
        same_native(&env, dir, &["-s"]);
    }
    env.set("GIT_INDEX_FILE", "");
    assert_eq!(same(&env, &dir, &["-s"]).served, "git");
}
