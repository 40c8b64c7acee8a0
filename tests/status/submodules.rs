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
