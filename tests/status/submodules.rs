//! Submodules in every state.

use super::{repository, same, same_native, shell};
use crate::support::Environment;

/// A submodule `m` with a submodule `n` in it, and one that is not checked out.
const STATE: &str = "mkdir ../origin; cd ../origin; git init -q .; echo 1 >f; git add .; git commit -qm 1
    mkdir ../inner; cd ../inner; git init -q .; echo 1 >f; git add .; git commit -qm 1
    cd ../origin; git submodule --quiet add ../inner n; git commit -qm 2; cd ../repository
    git submodule --quiet add ../origin m; git submodule --quiet add ../inner absent; git submodule --quiet deinit -f absent
    git submodule --quiet update --init --recursive m; git commit -qm x";

#[test]
fn every_state_of_a_submodule() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    for script in [
        "true",
        "echo n >m/new",
        "echo 2 >m/f",
        "rm m/new",
        "git -C m add f",
        "git -C m commit -qm 3",
        "echo n >m/new; echo 3 >m/f",
        "git add m",
        "git -C m reset -q --hard HEAD~1; rm m/new",
        "echo n >m/n/new",
        "echo 2 >m/n/f",
        "git -C m/n commit -qam 2; rm m/n/new",
        "git -C m mv f g",
        "git -C m checkout -q --orphan none",
        "git -C m checkout -qf main; chmod +x m/f",
        "rm -r m/n; echo file >m/n",
        "git rm -qf --cached m",
        "git reset -q; rm -rf m; mkdir m",
        "echo f >m/f",
        "rm -r m",
        "git submodule --quiet update --init --recursive -f; echo f >absent/new",
    ] {
        shell(&env, &dir, script);
        for words in [&["-s"][..], &["--porcelain"], &["--porcelain=v2"], &[], &["-uno"], &["-s", "-uno"]] {
            same_native(&env, &dir, words);
        }
    }
    shell(
        &env,
        &dir,
        "git config color.ui always; git config color.status.header blue; git -C m commit -qam 4 || true",
    );
    same_native(&env, &dir, &[]);
    same_native(&env, &dir, &["-sb"]);
}

#[test]
fn the_variables_of_the_repository_around_do_not_count() {
    let mut env = Environment::new();
    let dir = repository(&env, STATE);
    shell(&env, &dir, "echo 2 >m/f");
    env.set("GIT_INDEX_FILE", dir.join(".git/index"));
    same_native(&env, &dir, &["--porcelain=v2"]);
    env.set("GIT_DIR", dir.join(".git"));
    env.set("GIT_WORK_TREE", &dir);
    same_native(&env, &dir, &["--porcelain=v2"]);
}

#[test]
fn a_submodule_with_names_of_another_kind() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "rm -rf .git; git init -q --object-format=sha256 .; git init -q --object-format=sha1 m
         git -C m commit -q --allow-empty -m x; git add m",
    );
    same(&env, &dir, &["--porcelain=v2"]);
    same(&env, &dir, &["-s"]);
}

/// One that differs in every way, one of which another commit is staged, one that is new, one that is gone, one that
/// became a file, and a file that became one.
const DIFFERENT: &str =
    "mkdir ../other; cd ../other; git init -q .; echo 1 >f; git add .; git commit -qm 1; cd ../repository
    echo f >became; for m in all staged gone file removed; do git submodule --quiet add --name n-$m ../other $m; done
    git add became; git commit -qm x
    echo 2 >all/f; git -C all commit -qam 2; echo 3 >all/f; echo n >all/new
    git -C staged commit -q --allow-empty -m 2; git add staged; echo n >staged/new
    git rm -q --cached removed; rm -rf gone file; echo x >file
    git init -q new; git -C new commit -q --allow-empty -m x; git add new 2>/dev/null
    rm became; git init -q became; git -C became commit -q --allow-empty -m x; git add became 2>/dev/null; echo n >became/n";

/// Formats, and what they list of untracked files.
const SHAPES: [&[&str]; 8] = [
    &[],
    &["-s"],
    &["-s", "-uno"],
    &["-uno"],
    &["--porcelain", "-z"],
    &["--porcelain=v2", "-uno"],
    &["--porcelain=v2", "-uall"],
    &["-s", "--no-renames"],
];
const LEVELS: [&str; 4] = ["none", "untracked", "dirty", "all"];

#[test]
fn ignored_by_the_command_line() {
    let env = Environment::new();
    let dir = repository(&env, DIFFERENT);
    for level in LEVELS {
        for shape in SHAPES {
            let option = format!("--ignore-submodules={level}");
            same_native(&env, &dir, &[&[option.as_str()], shape].concat());
        }
    }
    for shape in SHAPES {
        same_native(&env, &dir, shape);
        same_native(&env, &dir, &[&["--ignore-submodules"], shape].concat());
        same_native(&env, &dir, &[&["--ignore-submodules", "--ignore-submodules=dirty"], shape].concat());
    }
    // It counts more than any setting.
    shell(&env, &dir, "git config diff.ignoreSubmodules all; git config submodule.n-all.ignore all");
    for level in LEVELS {
        same_native(&env, &dir, &["--porcelain=v2", &format!("--ignore-submodules={level}")]);
    }
    let code = |words: &[&str]| env.run(env.ours("git-faststatus", &dir, words)).code;
    shell(&env, &dir, "git add -A; git commit -qm all; git -C all commit -q --allow-empty -m y");
    let words = ["--exit-code", "--no-fallback"];
    assert_eq!(code(&[&words[..], &["--ignore-submodules=dirty"]].concat()), 1);
    assert_eq!(code(&[&words[..], &["--ignore-submodules=all"]].concat()), 0);
}

#[test]
fn ignored_by_settings() {
    let env = Environment::new();
    let dir = repository(&env, DIFFERENT);
    let ask = |script: &str, undo: &str| {
        shell(&env, &dir, script);
        for shape in SHAPES {
            same_native(&env, &dir, shape);
        }
        shell(&env, &dir, undo);
    };
    for level in LEVELS {
        ask(&format!("git config diff.ignoreSubmodules {level}"), "git config --unset diff.ignoreSubmodules");
        ask(
            &format!("git config submodule.n-all.ignore {level}"),
            "git config --unset submodule.n-all.ignore",
        );
        ask(
            &format!("git config -f .gitmodules submodule.n-all.ignore {level}"),
            "git config -f .gitmodules --unset submodule.n-all.ignore",
        );
        // Of several, that of the repository counts more than that of the file, and both more than that for all.
        ask(
            &format!(
                "git config -f .gitmodules submodule.n-all.ignore {level}; git config submodule.n-all.ignore none"
            ),
            &format!("git config submodule.n-all.ignore {level}"),
        );
        ask(
            "git config -f .gitmodules submodule.n-all.ignore none; git config diff.ignoreSubmodules all",
            "git config --unset submodule.n-all.ignore; git config --unset diff.ignoreSubmodules
             git config -f .gitmodules --unset submodule.n-all.ignore",
        );
        ask(
            &format!("git config diff.ignoreSubmodules all; git config --add diff.ignoreSubmodules {level}"),
            "git config --unset-all diff.ignoreSubmodules",
        );
    }
    for name in ["n-gone", "n-file", "n-staged", "n-removed", "nothing", "became", "all"] {
        ask(
            &format!("git config submodule.{name}.ignore all"),
            &format!("git config --unset submodule.{name}.ignore"),
        );
    }
    // Renames are looked for by git itself.
    ask("git mv -k all moved; echo new >x; git mv -f .gitmodules .old; git mv .old .gitmodules", "true");
}

#[test]
fn settings_that_only_git_reads() {
    let env = Environment::new();
    let dir = repository(&env, DIFFERENT);
    let gits = |script: &str, undo: &str| {
        shell(&env, &dir, script);
        for words in [&["-s"][..], &["--porcelain=v2"]] {
            assert_eq!(same(&env, &dir, words).served, "git", "{script}");
        }
        shell(&env, &dir, undo);
        same_native(&env, &dir, &["-s"]);
    };
    gits("git config submodule.n-all.ignore bogus", "git config --unset submodule.n-all.ignore");
    gits("echo '[submodule \"n-all\"]\nignore' >>.git/config", "git config --unset submodule.n-all.ignore");
    gits(
        "git config -f .gitmodules submodule.n-all.ignore bogus",
        "git config -f .gitmodules --unset submodule.n-all.ignore",
    );
    gits(
        "git config submodule.n-all.ignore all; git config -f .gitmodules submodule.again.path all",
        "git config -f .gitmodules --remove-section submodule.again; git config --unset submodule.n-all.ignore",
    );
    gits(
        "git config submodule.n-all.ignore all; git config -f .gitmodules --add submodule.n-all.path elsewhere",
        "git config -f .gitmodules --unset submodule.n-all.path elsewhere; git config --unset submodule.n-all.ignore",
    );
    gits("mv .gitmodules m; ln -s m .gitmodules", "rm .gitmodules; mv m .gitmodules");
}

/// git says so wherever there are none.
#[test]
fn a_bad_level_without_submodules() {
    let env = Environment::new();
    let dir = repository(&env, "git commit -q --allow-empty -m x");
    assert_eq!(same(&env, &dir, &["-s", "--ignore-submodules=bogus"]).served, "git");
    same_native(&env, &dir, &["-s", "--ignore-submodules=all"]);
}

/// Only its commit counts, and only git knows it where it is not read as everybody would.
#[test]
fn dirty_submodules_that_are_unborn_or_odd() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    for script in [
        "git -C m checkout -q --orphan none",
        "git -C m checkout -qf main; git -C m commit -q --allow-empty -m y",
        "git -C m checkout -q --detach HEAD~1",
        "git -C m update-ref --no-deref HEAD HEAD~1",
    ] {
        shell(&env, &dir, script);
        for words in [&["-s"][..], &["--porcelain=v2"], &[]] {
            same_native(&env, &dir, &[&["--ignore-submodules=dirty"], words].concat());
        }
    }
    shell(&env, &dir, "git config --file .git/modules/m/config core.repositoryFormatVersion 99");
    let answered = same(&env, &dir, &["-s", "--ignore-submodules=dirty"]);
    assert_eq!((answered.served.as_str(), answered.reason.as_str()), ("git", "submodule m"));
    // git looks where it is, if it is to be ignored or not.
    let answered = same(&env, &dir, &["-s", "--ignore-submodules=all"]);
    assert_eq!((answered.served.as_str(), answered.reason.as_str()), ("git", "repository format 99"));
    shell(&env, &dir, "rm m/.git");
    same_native(&env, &dir, &["-s", "--ignore-submodules=all"]);
    shell(&env, &dir, "echo nothing >m/.git");
    assert_eq!(same(&env, &dir, &["-s", "--ignore-submodules=all"]).served, "git");
}
