//! Questions that were once answered differently from git.

use std::time::{Duration, SystemTime};

use super::{repository, same, same_native, shell};
use crate::support::Environment;

#[test]
fn a_git_file_that_leads_nowhere_is_an_error_below_the_top() {
    let env = Environment::new();
    let dir = repository(&env, "mkdir -p a/b; echo x >a/b/f; git add .; echo 'gitdir: nowhere' >a/.git");
    same(&env, &dir.join("a"), &["-s"]);
    same(&env, &dir.join("a/b"), &["-s"]);
}

#[test]
fn a_link_to_itself_in_the_place_of_a_directory() {
    let env = Environment::new();
    let dir = repository(&env, "mkdir d; echo x >d/f; git add .; rm -r d; ln -s d d");
    same(&env, &dir, &["-s"]);
    same(&env, &dir, &["-uno"]);
}

#[test]
fn a_link_in_the_place_of_a_directory_with_files_that_are_left_out() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "mkdir -p d/e other/e; echo x >d/e/f; echo x >d/g; git add .; git commit -qm x
         git update-index --skip-worktree d/e/f; git config core.sparseCheckout true
         rm -r d; ln -s other d; echo x >other/e/f",
    );
    same(&env, &dir, &["-s"]);
}

#[test]
fn an_empty_directory_in_the_place_of_a_file_that_is_left_out() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "mkdir d e; echo x >d/f; echo x >e/f; git add .; git commit -qm x
         git sparse-checkout set --cone d; mkdir -p e/f",
    );
    same_native(&env, &dir, &["-sb"]);
    same_native(&env, &dir, &[]);
}

#[test]
fn a_directory_in_the_place_of_a_file_named_as_a_directory() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "echo x >a; git add a; git commit -qm x; rm a; mkdir -p a/b; echo y >a/b/c
         echo x >staged; git add staged; rm staged; mkdir staged; echo y >staged/c",
    );
    for format in ["--porcelain=v2", "-s", "--long"] {
        for path in ["a", "a/", "a/.", "a/b/..", "staged", "staged/", "./", "a/b", "a/b/"] {
            same_native(&env, &dir, &[format, path]);
        }
        for place in ["a", "staged"] {
            for path in [".", "./", "../staged", "../staged/", ".."] {
                same_native(&env, &dir.join(place), &[format, path]);
            }
        }
    }
}

#[test]
fn paths_in_the_place_of_directories_above() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "echo x >a; git add a; git commit -qm x; rm a; mkdir -p a/b/c; echo y >a/b/c/d
         echo x >n; git add n; rm n; mkdir -p n/o; mkdir -p u/v/w; echo x >u/v/w/x",
    );
    for place in ["a", "a/b", "a/b/c", "n", "n/o", "u", "u/v", "u/v/w"] {
        for format in ["--porcelain=v2", "-s", "--long"] {
            for untracked in ["-uall", "-unormal", "-uno"] {
                same_native(&env, &dir.join(place), &[format, untracked]);
            }
        }
    }
}

/// The setting alone makes git see a sparse index, whatever was written.
#[test]
fn a_sparse_index_in_memory_only() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "mkdir d e; echo x >d/f; echo x >e/f; git add .; git commit -qm x
         git sparse-checkout set --cone d; git config index.sparse true",
    );
    same(&env, &dir, &[]);
    same(&env, &dir, &["-sb"]);
}

#[test]
fn a_link_in_the_place_of_a_submodule() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "git init -q m; git -C m commit -q --allow-empty -m x; git add m; rm -rf m; ln -s nowhere m",
    );
    same(&env, &dir, &["--porcelain=v2"]);
    same(&env, &dir, &["-uno"]);
}

#[test]
fn attributes_that_git_warns_of_when_it_looks_for_renames() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "mkdir d; seq 9 >d/f; git add .; git commit -qm x; rm -r d; ln -s d d; seq 9 >g; git add -A",
    );
    same(&env, &dir, &["-s"]);
    std::fs::create_dir(dir.join("sub")).expect("a new directory");
    same(&env, &dir.join("sub"), &["-s"]);
}

#[test]
fn empty_lines_have_a_colour_too() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "git config color.ui always; git config color.status.header blue; echo a >a; echo b >b; git add .
         git commit -qm x; git checkout -qb other; echo c >a; git commit -qam c; git checkout -q main
         echo d >a; git commit -qam d; git merge -q other || true; echo s >s; git add s; echo x >b; echo n >n",
    );
    same_native(&env, &dir, &[]);
    same_native(&env, &dir, &["-s", "-b"]);
}

#[test]
fn sparse_patterns_that_git_warns_of() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "mkdir -p dir/sub; echo x >dir/f; git add .; git commit -qm x
         git sparse-checkout set --no-cone '/*' '!/dir/sub'; git config core.sparseCheckoutCone true",
    );
    same(&env, &dir, &["-s"]);
    same(&env, &dir, &["--ignored"]);
}

#[test]
fn counting_commits_makes_no_index() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "git commit -q --allow-empty -m x; git branch up; git branch -q -u up; git commit -q --allow-empty -m y
         echo '*' >.gitignore",
    );
    same_native(&env, &dir, &["-sb", "--ignored"]);
    assert!(!dir.join(".git-fast").exists());
}

#[test]
fn a_gitmodules_that_can_not_be_read() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "git init -q m; git -C m commit -q --allow-empty -m x; git add m; rm -rf m; mkdir m
         echo 123 >.gitmodules; git add .gitmodules; rm .gitmodules
         rm .git/objects/19/0a18037c64c43e6b11489df4bf0b9eb6d2c9bf",
    );
    same(&env, &dir, &["-s"]);
    std::fs::write(dir.join(".gitmodules"), "[submodule\n").expect("a writable directory");
    same(&env, &dir, &["-s"]);
    std::fs::write(dir.join(".gitmodules"), "[submodule \"a/../b\"]\n\tpath = m\n\turl = x\n")
        .expect("a writable directory");
    same(&env, &dir, &["-s"]);
}

#[test]
fn an_untracked_cache_that_is_out_of_date_is_so_for_both() {
    let env = Environment::new();
    let dir = repository(&env, "echo x >f; git add .; git commit -qm x; mkdir e");
    let early = || {
        // The beginning of a second: what follows happens within it.
        while SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .is_ok_and(|now| now.subsec_millis() > 50)
        {
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    std::thread::sleep(Duration::from_millis(1100));
    shell(&env, &dir, "git update-index --force-untracked-cache");
    early();
    shell(&env, &dir, "mkdir t; rmdir t; git status >/dev/null; mkdir g; echo n >g/new");
    // The index is written again, and now nothing seems to be as young as it is.
    std::thread::sleep(Duration::from_millis(1100));
    shell(&env, &dir, "git update-index --index-version 4");
    for words in [&["-s"][..], &["-s", "--ignored"], &["-s", "-uall"], &["-s", "-uno"]] {
        same(&env, &dir, words);
    }
    shell(&env, &dir, "git status >/dev/null");
    early();
    shell(&env, &dir, "echo x >.git/info/exclude; git status >/dev/null; echo g >.git/info/exclude");
    std::thread::sleep(Duration::from_millis(1100));
    shell(&env, &dir, "git update-index --index-version 2");
    same(&env, &dir, &["-s"]);
}

#[test]
fn a_file_that_is_left_out_and_assumed_to_be_unchanged_is_there() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "for f in a b c d; do echo x >$f; done; git add .; git commit -qm x; git config core.sparseCheckout true
         git update-index --assume-unchanged a b; git update-index --skip-worktree a c d; rm d; echo y >c; echo y >a",
    );
    same_native(&env, &dir, &[]);
    same_native(&env, &dir, &["-s"]);
}

#[test]
fn worktrees_and_other_repositories_below() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "echo x >f; git add .; git commit -qm x; git worktree add -q below/linked; git init -q below/own
         git init -q --separate-git-dir=../elsewhere separate; echo n >separate/n; mkdir -p odd none/.git
         echo 'gitdir: ../nowhere' >odd/.git; echo n >odd/n; echo n >none/n",
    );
    for words in [&["-s"][..], &["-s", "-uall"], &["-s", "--ignored"]] {
        same(&env, &dir, words);
    }
    shell(&env, &dir, "rm -r odd");
    for words in [&["-s"][..], &["-s", "-uall"], &["-s", "--ignored"]] {
        same_native(&env, &dir, words);
    }
    shell(&env, &dir, "rm -rf .git/worktrees");
    same(&env, &dir, &["-s"]);
}

#[test]
fn a_path_through_a_file() {
    let env = Environment::new();
    let dir = repository(&env, "mkdir -p d/e; echo x >d/e/f; git add .; rm -r d/e; echo x >d/e; ln -s d l");
    for path in ["d/e/f", "d/e", "d/e/f/g", "nothing/at/all", "l/e", "d/e/"] {
        same(&env, &dir, &["-s", "--", path]);
    }
}

#[test]
fn paths_inside_of_each_other() {
    let env = Environment::new();
    let dir = repository(&env, "mkdir -p d/e; echo x >f; git add .; echo x >d/n; echo x >d/e/n");
    for words in [&["-s", "d/e", "."][..], &["-s", "d", "d/e"], &["-s", "d/n", "d", "f"]] {
        same(&env, &dir, words);
    }
    same_native(&env, &dir, &["-s", "."]);
    same_native(&env, &dir, &["-s", "d/n", "d/e", "d/e"]);
    same_native(&env, &dir.join("d"), &["-s", ".", "../f"]);
}

#[test]
fn settings_below_status_that_only_other_versions_of_git_have() {
    let env = Environment::new();
    let dir = repository(&env, "git config status.compareBranches @{push}");
    let answered = same(&env, &dir, &[]);
    assert_eq!((answered.served.as_str(), answered.reason.as_str()), ("git", "status.comparebranches"));
}

/// Of a large index, what is staged is found out while the worktree is scanned.
#[test]
fn a_large_index() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "mkdir here; echo x >here/f; echo y >here/g; id=$(git hash-object -w here/f)
         long=a-name-that-is-long-enough-to-make-an-index-large-with-few-entries
         seq -f \"100644 $id 0\t$long/%05g/$long\" 1 9000 | git update-index --index-info
         git add here; git commit -qm all; test $(wc -c <.git/index) -gt 1100000
         seq -f \"100644 $id 0\tmore/%02g\" 1 20 | git update-index --index-info
         git update-index --force-remove $long/00007/$long; echo z >here/f; git add here/f; echo zz >here/g",
    );
    for words in
        [&["-s"][..], &["-sb", "-uno"], &["--porcelain=v2", "-uall"], &["--ignored"], &["-s", "here"]]
    {
        same(&env, &dir, words);
    }
    let dirty = env.run(env.ours("git-faststatus", &dir, &["--exit-code"]));
    assert_eq!(dirty.code, 1);
}

/// git says on standard error that they are deprecated, whatever is asked.
#[test]
fn grafts_of_which_git_warns() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "git commit -q --allow-empty -m one; git commit -q --allow-empty -m two
         git rev-parse HEAD >.git/info/grafts",
    );
    for words in [&[][..], &["-s"], &["--porcelain=v2", "--branch"]] {
        let answered = same(&env, &dir, words);
        assert_eq!((answered.served.as_str(), answered.reason.as_str()), ("git", "grafts"));
    }
}

#[test]
fn a_commit_graph_of_which_git_warns() {
    let env = Environment::new();
    let dir = repository(&env, "git commit -q --allow-empty -m one; echo x >.git/objects/info/commit-graph");
    for words in [&[][..], &["-s"], &["--porcelain=v2", "--branch"]] {
        let answered = same(&env, &dir, words);
        let why = "a commit-graph that git warns of";
        assert_eq!((answered.served.as_str(), answered.reason.as_str()), ("git", why));
    }
}

/// No git makes such trees, but there are some.
#[test]
fn trees_with_a_name_twice() {
    let env = Environment::new();
    let dir = repository(
        &env,
        r#"one=$(echo one | git hash-object -w --stdin); two=$(echo two | git hash-object -w --stdin)
           file=$(printf "100644 blob %s\tf\n" $one $two $two | git mktree)
           all=$(printf "040000 tree $file\t%s\n" d e e | git mktree)
           git update-ref HEAD $(git commit-tree -m twice $all)
           mkdir d e; echo one >d/f; echo two >e/f; git add ."#,
    );
    let answered = same(&env, &dir, &["-s"]);
    assert_eq!(answered.served, "git");
    assert!(answered.reason.ends_with("it is not in order"), "{}", answered.reason);
}

/// There is something to commit all the same, so git does not say that there is nothing.
#[test]
fn a_merge_that_changes_nothing() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "mkdir d; echo 1 >d/f; echo 1 >g; git add .; git commit -qm x; git checkout -qb side
         echo 2 >d/f; git commit -qam side; git checkout -q main; git commit -q --allow-empty -m y
         git merge -q -s ours --no-commit side",
    );
    let questions: [&[&str]; 6] = [&[], &["-uno"], &["--ignored"], &["g"], &["d"], &["-s"]];
    for script in
        ["true", "echo n >n", "echo 3 >d/f", "rm n", "echo 3 >g; git add g", "git checkout -q HEAD -- g"]
    {
        shell(&env, &dir, script);
        for words in questions {
            same_native(&env, &dir, words);
        }
    }
    // With a conflict there is nothing yet.
    shell(
        &env,
        &dir,
        "git merge --abort; git checkout -qf; echo 3 >d/f; git commit -qam z; ! git merge -q side; echo 4 >g",
    );
    for words in questions {
        same_native(&env, &dir, words);
    }
    shell(&env, &dir, "git checkout -q --ours d/f; git add d/f");
    for words in questions {
        same_native(&env, &dir, words);
    }
}

/// Files that are left out were taken for a difference after one that may differ, and nothing was looked at after them.
#[test]
fn files_that_are_left_out_are_no_difference() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "mkdir b; for f in a b/f b/g c z; do echo 1 >$f; done; git add .; git commit -qm x
         git update-index --skip-worktree b/f b/g; rm -r b; touch a; echo 2 >z",
    );
    let code = |words: &[&str]| {
        let words = [&["--exit-code", "--no-fallback", "--threads=1"], words].concat();
        env.run(env.ours("git-faststatus", &dir, &words)).code
    };
    assert_eq!((code(&[]), code(&["a"])), (1, 0));
}

/// The comma and the word behind it are coloured as one.
#[test]
fn colours_of_a_branch_that_has_diverged() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "git commit -q --allow-empty -m zero; git branch up; git branch -q -u up; git commit -q --allow-empty -m one
         git checkout -q up; git commit -q --allow-empty -m two; git checkout -q main
         git config color.ui always; git config color.status.header blue",
    );
    same_native(&env, &dir, &["-sb"]);
    same_native(&env, &dir, &[]);
}
