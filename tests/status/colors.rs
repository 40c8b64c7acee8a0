//! Colours: each by itself, and on a terminal.

use bstr::ByteSlice;

use super::{git_status, repository, same_native, shell};
use crate::support::Environment;
use crate::support::terminal::Terminal;

/// A branch with a conflict, a gone file, staged, changed and untracked ones, and an upstream that it is ahead of.
const STATE: &str = "for f in a b c d; do echo $f >$f; done; git add .; git commit -qm x; git branch up
    git checkout -qb other; echo other >a; git commit -qam other; git checkout -q main; echo main >a; git commit -qam main
    git update-ref refs/remotes/origin/up up; git config remote.origin.url .; git branch -q -u up
    git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'; ! git merge -q other
    echo s >b; git add b; echo changed >c; rm d; echo n >n; git config status.renames false";

const FORMATS: [&[&str]; 4] = [&[], &["-s", "-b"], &["--ignored", "-b"], &["-sb", "--ignored", "-uall"]];

#[test]
fn each_colour_that_can_be_set() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    shell(&env, &dir, "git config color.ui always");
    for slot in [
        "header",
        "added",
        "updated",
        "changed",
        "untracked",
        "branch",
        "localBranch",
        "remoteBranch",
        "unmerged",
        "nobranch",
    ] {
        if slot == "nobranch" {
            shell(&env, &dir, "git reset -q --hard; git checkout -q --detach");
        }
        for (color, sequence) in
            [("bold 201", "\x1b[1;38;5;201m"), ("reverse #12ab9f", "\x1b[7;38;2;18;171;159m")]
        {
            shell(&env, &dir, &format!("git config color.status.{slot} '{color}'"));
            let mut seen = 0;
            for words in FORMATS {
                same_native(&env, &dir, words);
                seen += usize::from(git_status(&env, &dir, words).stdout.contains_str(sequence));
            }
            assert!(seen > 0, "{slot}: nothing has that colour");
        }
        shell(&env, &dir, &format!("git config --unset color.status.{slot}"));
    }
    // All at once, and of two names for the same the last one counts.
    shell(
        &env,
        &dir,
        "echo s >b; git add b; echo c >c; echo n >n
         for slot in header changed untracked branch nobranch localBranch; do git config color.status.$slot cyan; done
         git config color.status.added blue; git config color.status.updated magenta",
    );
    for words in FORMATS {
        same_native(&env, &dir, words);
    }
    for value in ["never", "false", "auto", "true"] {
        shell(&env, &dir, &format!("git config color.status {value}"));
        for words in FORMATS {
            same_native(&env, &dir, words);
        }
    }
}

#[test]
fn a_terminal_has_colours_by_itself() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    let ours = env.bin().join("git-faststatus");
    let ours = ours.to_str().expect("a path in UTF-8");
    let show = |program: &str, words: &[&str]| Terminal::start(&env, &dir, program, words).whole().0;
    for (script, coloured) in [
        ("true", true),
        ("git config color.ui auto", true),
        ("git config color.status auto; git config color.ui never", true),
        ("git config color.status never; git config color.ui auto", false),
        ("git config color.status true", true),
        ("git config --unset color.status; git config color.ui false", false),
    ] {
        shell(&env, &dir, script);
        for words in FORMATS {
            let their = show("git", &[&["--no-optional-locks", "status"], words].concat());
            let our = show(ours, &[&["--no-fallback"], words].concat());
            assert_eq!(our.as_bstr(), their.as_bstr(), "{script}: {words:?}");
            assert_eq!(their.contains_str("\x1b["), coloured, "{script}: {words:?}");
        }
    }
}
