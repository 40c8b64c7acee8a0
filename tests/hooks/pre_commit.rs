//! .pre-commit-hooks.yaml, with pre-commit itself.

use std::fs;
use std::path::PathBuf;

use bstr::ByteSlice;

use super::World;
use crate::install::root;

/// pre-commit, where `.ci/tools` puts it, or on PATH.
fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs = std::iter::once(root().join("target/tools/bin")).chain(std::env::split_paths(&path));
    let found = dirs.map(|dir| dir.join("pre-commit")).find(|file| file.is_file());
    found.expect("pre-commit is not installed, and this test needs it: .ci/tools installs it")
}

#[test]
#[ignore = "needs what .ci/tools installs"]
fn hooks_of_pre_commit() {
    let mut world = World::new(&[]);
    let cache = world.env.path().join("cache");
    world.env.set("PRE_COMMIT_HOME", cache);
    // The hooks come from a repository, as they would from ours: with a tag, and nothing else of it is needed.
    let source = world.env.path().join("source");
    fs::create_dir_all(source.join("contrib/hooks")).expect("a new directory");
    fs::copy(root().join(".pre-commit-hooks.yaml"), source.join(".pre-commit-hooks.yaml"))
        .expect("it is ours");
    for entry in fs::read_dir(root().join("contrib/hooks")).expect("our hooks").flatten() {
        fs::copy(entry.path(), source.join("contrib/hooks").join(entry.file_name())).expect("they are ours");
    }
    world.env.git_ok(&source, &["init", "-q", "."]);
    world.env.git_ok(&source, &["add", "."]);
    world.env.git_ok(&source, &["commit", "-q", "-m", "hooks"]);
    world.env.git_ok(&source, &["tag", "v1"]);
    let config = |hooks: &str| format!("repos:\n- repo: {}\n  rev: v1\n  hooks:\n{hooks}", source.display());
    let config_file = ".pre-commit-config.yaml";
    let three =
        "  - id: large-files\n    args: [--max-size=10k]\n  - id: conflicts\n  - id: untracked-referenced\n";
    world.write(config_file, config(three));
    let pre_commit = |args: &[&str]| world.env.run(world.env.command(program(), &world.dir, args));
    pre_commit(&["validate-manifest", &source.join(".pre-commit-hooks.yaml").display().to_string()])
        .success("pre-commit validate-manifest");
    pre_commit(&["install"]).success("pre-commit install");

    world.write("small", "x\n");
    world.git(&["add", "."]);
    let output = world.commit();
    assert_eq!(output.code, 0, "{}{}", output.stdout.as_bstr(), output.stderr.as_bstr());
    // There is something to be put aside, too, and put back after.
    let refused = |words: &[&str]| {
        world.write("small", "changed\n");
        let output = world.commit();
        let said = [output.stdout, output.stderr].concat();
        assert_eq!(output.code, 1, "{}", said.as_bstr());
        for word in words {
            assert!(said.contains_str(word), "no {word}: {}", said.as_bstr());
        }
        assert_eq!(fs::read(world.dir.join("small")).expect("it is there"), b"changed\n");
        world.git(&["reset", "-q"]);
    };
    world.write("large", vec![b'x'; 11 * 1024]);
    world.git(&["add", "large"]);
    refused(&["no large files", "Failed", "large: 11.0 KiB"]);
    fs::remove_file(world.dir.join("large")).expect("it is there");
    world.write("marked", "<<<<<<< a\n");
    world.git(&["add", "marked"]);
    refused(&["no conflicts", "Failed", "marked:1: leftover conflict marker"]);
    fs::remove_file(world.dir.join("marked")).expect("it is there");
    world.write("main.c", "#include \"forgotten.h\"\n");
    world.write("forgotten.h", "");
    world.git(&["add", "main.c"]);
    refused(&["nothing forgotten", "Failed", "forgotten.h"]);
    world.git(&["add", "main.c", "forgotten.h"]);
    let output = world.commit();
    assert_eq!(output.code, 0, "{}{}", output.stdout.as_bstr(), output.stderr.as_bstr());

    // The others: what is not tracked at all, and what runs after a commit.
    world.write(config_file, config("  - id: untracked\n  - id: doctor\n  - id: refresh-index\n"));
    pre_commit(&["install", "-t", "pre-commit", "-t", "post-commit"]).success("pre-commit install");
    world.write("loose", "");
    world.git(&["add", config_file]);
    refused(&["nothing untracked", "Failed", "loose"]);
    world.git(&["add", "."]);
    world.env.index_ok(&world.dir, "clear");
    let output = world.commit();
    assert_eq!(output.code, 0, "{}{}", output.stdout.as_bstr(), output.stderr.as_bstr());
    let said = [output.stdout, output.stderr].concat();
    assert!(said.contains_str("index of git fastlog"), "{}", said.as_bstr());
    // What refuses a commit is not asked again after it.
    for hook in ["nothing untracked", "nothing out of order"] {
        assert_eq!(said.find_iter(hook).count(), 1, "{}", said.as_bstr());
    }
    world.index_is_up_to_date("a commit");
}
