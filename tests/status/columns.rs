//! Lists of files in columns, and lines that are comments.

use std::path::Path;

use super::{ask, git_status, repository, same, same_native, shell, text};
use crate::support::Environment;

/// Names of all lengths, in several scripts, untracked and ignored.
const NAMES: &str = "echo '*.o' >.git/info/exclude; git commit -q --allow-empty -m x
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do touch n$i f-$(printf %0${i}d 0) x$i.o; done
    touch über 日本 'with space' 'tab	x' \"$(printf 'latin\\351')\"; mkdir sub; touch sub/x; touch sub/x.o";

/// The long format with columns, natively as git has it, at every width. Some of the words make a difference.
#[track_caller]
fn at_all_widths(env: &mut Environment, dir: &Path, words: &[&str]) {
    for width in ["12", "20", "31", "40", "63", "80", "132", "1000"] {
        env.set("COLUMNS", width);
        same_native(env, dir, words);
    }
}

#[test]
fn layouts() {
    let mut env = Environment::new();
    let dir = repository(&env, NAMES);
    for layout in
        ["", "=column", "=row", "=plain", "=dense", "=row,dense", "=column dense", "=plain,dense", "=nodense"]
    {
        at_all_widths(&mut env, &dir, &["--ignored", &format!("--column{layout}")]);
    }
    env.set("COLUMNS", "80");
    let lines = text(&ask(&env, &dir, &["--column"]).0).lines().count();
    assert!(lines < text(&ask(&env, &dir, &[]).0).lines().count(), "there are columns");
    shell(&env, &dir, "git config core.quotePath false");
    at_all_widths(&mut env, &dir, &["--column=dense", "--ignored"]);
    at_all_widths(&mut env, &dir.join("sub"), &["--column=row", "-uall"]);
    for color in ["blue", "normal", "bold red"] {
        shell(&env, &dir, &format!("git config color.ui always; git config color.status.header '{color}'"));
        for layout in ["", "=row,dense", "=plain"] {
            for width in ["40", "80", "132"] {
                env.set("COLUMNS", width);
                same_native(&env, &dir, &[&format!("--column{layout}"), "--ignored"]);
            }
        }
    }
    for slot in ["header", "untracked"] {
        shell(&env, &dir, &format!("git config color.status.{slot} ''"));
    }
    same_native(&env, &dir, &["--column"]);
}

#[test]
fn other_formats_have_none() {
    let env = Environment::new();
    let dir = repository(&env, NAMES);
    for words in [&["-s"][..], &["-sb", "-z"], &["--porcelain"], &["--porcelain=v2"], &["-uno"]] {
        same_native(&env, &dir, &[&["--column=row"], words].concat());
    }
    shell(&env, &dir, "git add f-0; touch new; git config column.ui always");
    same_native(&env, &dir, &[]);
    same_native(&env, &dir, &["-s"]);
}

#[test]
fn settings_and_options() {
    let mut env = Environment::new();
    env.set("COLUMNS", "80");
    let dir = repository(&env, NAMES);
    let options: [&[&str]; 7] = [
        &[],
        &["--column"],
        &["--no-column"],
        &["--column=row"],
        &["--column=auto"],
        &["--column", "--no-column"],
        &["--no-column", "--column=dense", "--column=never,row", "--column"],
    ];
    for settings in [
        &[("ui", "always")][..],
        &[("ui", "auto")],
        &[("ui", "never")],
        &[("ui", "row")],
        &[("ui", "plain")],
        &[("ui", "dense")],
        &[("ui", "")],
        &[("ui", "row dense")],
        &[("ui", "auto,row,,dense")],
        &[("ui", "never,always")],
        &[("status", "always,row")],
        &[("status", "row"), ("ui", "never")],
        &[("ui", "always"), ("status", "never")],
        &[("ui", "row,dense"), ("status", "nodense")],
        &[("branch", "always,row")],
    ] {
        for (name, value) in settings {
            shell(&env, &dir, &format!("git config column.{name} '{value}'"));
        }
        for words in options {
            same_native(&env, &dir, words);
        }
        shell(&env, &dir, "git config --remove-section column");
    }
}

/// Through a pager, a person reads.
#[test]
fn columns_where_a_person_reads() {
    let mut env = Environment::new();
    env.set("COLUMNS", "80");
    let dir = repository(&env, NAMES);
    let lines = |env: &Environment| text(&ask(env, &dir, &["--column=auto"]).0).lines().count();
    let before = lines(&env);
    for (pager, term) in [("1", "dumb"), ("true", "xterm"), ("0", "xterm")] {
        env.set("GIT_PAGER_IN_USE", pager);
        env.set("TERM", term);
        for words in [&["--column=auto"][..], &["--column=auto,row,dense"], &[], &["--column=never"]] {
            same_native(&env, &dir, words);
        }
        assert_eq!(lines(&env) < before, pager != "0");
    }
}

#[test]
fn widths_that_make_no_sense() {
    let mut env = Environment::new();
    let dir = repository(&env, NAMES);
    for width in ["", "0", "x", "-5", "40x", " 40", "+40", "\t+40 ", "4294967336", "99999999999999999999"] {
        env.set("COLUMNS", width);
        same_native(&env, &dir, &["--column"]);
    }
    env.set("COLUMNS", "1");
    let answered = same(&env, &dir, &["--column"]);
    assert_eq!(
        (answered.served.as_str(), answered.reason.as_str()),
        ("git", "columns on a very narrow terminal")
    );
    same_native(&env, &dir, &["--column", "-s"]);
}

#[test]
fn values_that_git_complains_about() {
    let env = Environment::new();
    let dir = repository(&env, NAMES);
    for words in [&["--column=bogus"][..], &["-s", "--column=row,true"], &["--column=noplain"]] {
        assert_eq!(same(&env, &dir, words).served, "git", "{words:?}");
    }
    for name in ["ui", "status"] {
        shell(&env, &dir, &format!("git config column.{name} bogus"));
        assert_eq!(same(&env, &dir, &["-s"]).served, "git");
        shell(
            &env,
            &dir,
            &format!("git config --unset column.{name}; printf '[column]\n{name}\n' >>.git/config"),
        );
        assert_eq!(same(&env, &dir, &["-s"]).served, "git");
        shell(&env, &dir, "git config --remove-section column");
    }
    same_native(&env, &dir, &["-s"]);
}

/// A branch behind and ahead, with changes of every kind, a stash, and a conflict at the end.
const BUSY: &str = "echo 0 >f; echo 0 >g; git add .; git commit -qm zero; git branch up; git branch -q -u up
    echo 1 >f; git commit -qam one; git tag one; git checkout -qb side HEAD~; echo 2 >f; git commit -qam two
    git branch -q -u main; echo s >g; git stash -q; echo c >g; echo n >n; echo a >a; git add a";

#[test]
fn lines_that_are_comments() {
    let mut env = Environment::new();
    env.set("COLUMNS", "60");
    let dir = repository(&env, BUSY);
    shell(&env, &dir, "git config status.displayCommentPrefix true; git config status.showStash true");
    let questions: [&[&str]; 8] = [
        &[],
        &["-uno"],
        &["--ignored", "--column"],
        &["--no-ahead-behind"],
        &["-s", "-b"],
        &["--porcelain"],
        &["--porcelain=v2", "-b"],
        &["-uall", "--column=dense"],
    ];
    let all = |line: &str| {
        for set in [
            "core.commentChar ';'",
            "core.commentString '//'",
            "core.commentString '# '",
            "core.commentChar '#'",
        ] {
            shell(&env, &dir, &format!("git config {set}"));
            for color in ["never", "always"] {
                shell(
                    &env,
                    &dir,
                    &format!("git config color.ui {color}; git config color.status.header yellow"),
                );
                for words in questions {
                    same_native(&env, &dir, words);
                }
            }
            shell(&env, &dir, "git config --unset core.commentChar || git config --unset core.commentString");
        }
        let said = text(&git_status(&env, &dir, &["--long"]));
        assert!(said.contains(line), "{line:?} in {said}");
    };
    all("Changes not staged for commit:");
    shell(&env, &dir, "git config advice.statusHints false");
    all("Your stash currently has 1 entry");
    shell(
        &env,
        &dir,
        "git config --unset advice.statusHints; git reset -q --hard; ! git merge -q main >/dev/null",
    );
    all("Unmerged paths:");
    shell(&env, &dir, "git merge --abort; ! git rebase -q main >/dev/null 2>&1; git bisect start >/dev/null");
    all("Last command done (1 command done):");
    shell(&env, &dir, "git rev-parse one >.git/MERGE_HEAD");
    all("You have unmerged paths.");
    shell(&env, &dir, "git rebase --abort; rm -f .git/MERGE_HEAD; git checkout -q --detach");
    all("HEAD detached at ");
    shell(&env, &dir, "git checkout -q --orphan none");
    all("No commits yet");
    shell(&env, &dir, "git config core.commentChar auto");
    assert_eq!(same(&env, &dir, &[]).served, "git");
    same_native(&env, &dir, &["-s"]);
}
