//! What docs/JSON-status.md says: of rarer fields, and that each field is there and no other.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::{ask, repository, shell, text};
use crate::support::Environment;

#[track_caller]
fn object(env: &Environment, dir: &Path, words: &[&str]) -> Value {
    let (output, answered) = ask(env, dir, &[&["--json"], words].concat());
    assert_eq!((output.code, answered.served.as_str()), (0, "native"), "{answered:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The same where git is asked.
#[track_caller]
fn same_from_git(env: &Environment, dir: &Path, words: &[&str]) {
    let own = object(env, dir, words);
    shell(env, dir, "git update-index --split-index");
    let (output, answered) = ask(env, dir, &[&["--json"], words].concat());
    assert_eq!((output.code, answered.served.as_str()), (0, "git"));
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).expect("JSON"), own);
    shell(env, dir, "git update-index --no-split-index");
}

#[test]
fn before_the_first_commit() {
    let env = Environment::new();
    let dir = repository(&env, "echo x >f; git add f; echo n >n");
    let expected = json!({
        "version": 1, "branch": "main", "commit": null, "upstream": null, "in_progress": [], "stashes": 0, "clean": false,
        "changes": [{"path": "f", "staged": "A", "unstaged": null}], "untracked": [{"path": "n"}], "ignored": [],
    });
    assert_eq!(object(&env, &dir, &[]), expected);
    same_from_git(&env, &dir, &[]);
}

#[test]
fn a_detached_head() {
    let env = Environment::new();
    let dir = repository(&env, "echo x >f; git add f; git commit -qm x; git checkout -q --detach");
    let head = text(&env.git(&dir, &["rev-parse", "HEAD"]));
    let expected = json!({
        "version": 1, "branch": null, "commit": head.trim(), "upstream": null, "in_progress": [], "stashes": 0, "clean": true,
        "changes": [], "untracked": [], "ignored": [],
    });
    assert_eq!(object(&env, &dir, &[]), expected);
    same_from_git(&env, &dir, &[]);
}

#[test]
fn an_upstream_that_is_gone_or_not_counted() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "git commit -q --allow-empty -m x; git branch up; git branch -q -u up; git commit -q --allow-empty -m y",
    );
    let expected = json!({"name": "up", "gone": false, "ahead": null, "behind": null});
    assert_eq!(object(&env, &dir, &["--no-ahead-behind"])["upstream"], expected);
    same_from_git(&env, &dir, &["--no-ahead-behind"]);
    // A setting for people.
    shell(&env, &dir, "git config status.aheadBehind false");
    let expected = json!({"name": "up", "gone": false, "ahead": 1, "behind": 0});
    assert_eq!(object(&env, &dir, &[])["upstream"], expected);
    same_from_git(&env, &dir, &[]);
    shell(&env, &dir, "git branch -qD up");
    let expected = json!({"name": "up", "gone": true, "ahead": null, "behind": null});
    assert_eq!(object(&env, &dir, &[])["upstream"], expected);
    same_from_git(&env, &dir, &[]);
}

#[test]
fn every_kind_of_conflict() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "id=$(echo x | git hash-object -w --stdin); entry() { echo \"100644 $id $1\t$2\"; }
         { entry 1 dd; entry 2 au; entry 1 ud; entry 2 ud; entry 3 ua; entry 1 du; entry 3 du; entry 2 aa; entry 3 aa
           entry 1 uu; entry 2 uu; entry 3 uu; } | git update-index --index-info; git commit -q --allow-empty -m x 2>/dev/null ||
         git update-ref HEAD $(git commit-tree -m x $(git mktree </dev/null))",
    );
    let conflicts: Vec<Value> = ["aa", "au", "dd", "du", "ua", "ud", "uu"]
        .iter()
        .map(|path| json!({"path": path, "conflict": path.to_uppercase()}))
        .collect();
    let found = object(&env, &dir, &[]);
    assert_eq!((&found["changes"], &found["clean"]), (&json!(conflicts), &json!(false)));
    same_from_git(&env, &dir, &[]);
}

#[test]
fn paths_that_are_not_utf8() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "seq 30 >\"$(printf 'old\\377')\"; git add .; git commit -qm x; git mv old* \"$(printf 'new\\376')\"
         echo n >\"$(printf 'n\\302')\"; echo n >g\u{fc}n; echo '*.o' >.git/info/exclude; echo o >\"$(printf '\\200.o')\"",
    );
    let found = object(&env, &dir, &["--ignored"]);
    assert_eq!(
        found["changes"],
        json!([{
            "path": "new\u{fffd}", "path_bytes": [110, 101, 119, 254], "staged": "R", "unstaged": null,
            "original": "old\u{fffd}", "original_bytes": [111, 108, 100, 255], "similarity": 100,
        }])
    );
    assert_eq!(
        found["untracked"],
        json!([{"path": "g\u{fc}n"}, {"path": "n\u{fffd}", "path_bytes": [110, 194]}])
    );
    assert_eq!(found["ignored"], json!([{"path": "\u{fffd}.o", "path_bytes": [128, 46, 111]}]));
    same_from_git(&env, &dir, &["--ignored"]);
}

#[test]
fn submodules_that_differ() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "git init -q ../origin; git -C ../origin commit -q --allow-empty -m x; echo f >../origin/f
         git -C ../origin add f; git -C ../origin commit -qm f
         for m in commits modified untracked all same; do git submodule --quiet add ../origin $m; done; git commit -qm x
         git -C commits checkout -q HEAD~1; echo m >modified/f; echo n >untracked/n
         git -C all commit -q --allow-empty -m y; echo m >all/f; echo n >all/n",
    );
    let submodule = |path: &str, [new_commits, modified, untracked]: [bool; 3]| {
        json!({
            "path": path, "staged": null, "unstaged": "M",
            "submodule": {"new_commits": new_commits, "modified": modified, "untracked": untracked},
        })
    };
    assert_eq!(
        object(&env, &dir, &[])["changes"],
        json!([
            submodule("all", [true, true, true]),
            submodule("commits", [true, false, false]),
            submodule("modified", [false, true, false]),
            submodule("untracked", [false, false, true]),
        ])
    );
    same_from_git(&env, &dir, &[]);
}

#[test]
fn what_is_in_progress() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "echo 0 >f; git add .; git commit -qm zero; echo 1 >f; git commit -qam one; git checkout -qb side HEAD~
         echo 2 >f; git commit -qam two; echo 3 >f; git commit -qam three",
    );
    for (script, expected) in [
        ("git bisect start >/dev/null; ! git rebase -q main >/dev/null 2>&1", &["rebase", "bisect"][..]),
        ("git rebase --abort; ! git rebase -q --apply main >/dev/null 2>&1", &["rebase", "bisect"]),
        ("git rebase --abort; git bisect reset 2>/dev/null; ! git merge -q main >/dev/null", &["merge"]),
        (
            "git merge --abort; git format-patch -q -1 --output=../patch main; ! git am -q ../patch 2>/dev/null",
            &["am"],
        ),
        ("git am --abort; ! git cherry-pick main 2>/dev/null", &["cherry-pick"]),
        ("git cherry-pick --abort; ! git revert --no-edit HEAD~ 2>/dev/null", &["revert"]),
        ("git revert --abort; mkdir .git/sequencer; echo 'pick main' >.git/sequencer/todo", &["cherry-pick"]),
        ("echo 'revert main' >.git/sequencer/todo", &["revert"]),
        ("rm -r .git/sequencer", &[]),
    ] {
        shell(&env, &dir, script);
        assert_eq!(object(&env, &dir, &[])["in_progress"], json!(expected), "{script}");
        if !text(&ask(&env, &dir, &["-s"]).0).contains("UU") {
            // An index with conflicts can't be split.
            same_from_git(&env, &dir, &[]);
        }
        let words: String = expected.iter().map(|word| format!(" {word}")).collect();
        let line = text(&ask(&env, &dir, &["--summary"]).0);
        let (_, rest) = line.trim_end().split_once(' ').unwrap_or_default();
        let conflicts = if rest.contains("conflicts") { " conflicts:1" } else { "" };
        assert_eq!(format!(" {rest}").trim_end(), format!("{words}{conflicts}"), "{script}");
    }
}

/// There, `CHERRY_PICK_HEAD` is no file.
#[test]
fn a_cherry_pick_where_refs_are_no_files() {
    let mut env = Environment::new();
    env.set("GIT_DEFAULT_REF_FORMAT", "reftable");
    let dir = repository(
        &env,
        "echo 0 >f; git add .; git commit -qm zero; echo 1 >f; git commit -qam one; git checkout -qb side HEAD~
         echo 2 >f; git commit -qam two; ! git cherry-pick main 2>/dev/null",
    );
    if !dir.join(".git/reftable").exists() {
        // An older git.
        return;
    }
    let (output, answered) = ask(&env, &dir, &["--json"]);
    assert_eq!((output.code, answered.served.as_str()), (0, "git"));
    let object: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(object["in_progress"], json!(["cherry-pick"]));
}

/// The fields in each table of docs/JSON-status.md; a row may have several.
fn documented() -> Vec<BTreeSet<String>> {
    let fields = |table: &str| {
        let rows = table.lines().skip(1).take_while(|row| row.starts_with('|'));
        let cells = rows.flat_map(|row| row.split(" | ").next().expect("a column").split(", "));
        cells.map(|name| name.trim_matches(['|', ' ', '`']).to_owned()).collect()
    };
    PAGE.split("\n| --- |").skip(1).map(fields).collect()
}

const PAGE: &str = include_str!("../../docs/JSON-status.md");

fn fields(value: &Value) -> BTreeSet<String> {
    value.as_object().expect("an object").keys().cloned().collect()
}

/// All that can be in any of these.
fn any_fields(values: &Value) -> BTreeSet<String> {
    values.as_array().expect("a list").iter().flat_map(fields).collect()
}

/// One of everything: each documented field is there, and no other.
#[test]
fn fields_are_those_of_the_page() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "git init -q ../origin; git -C ../origin commit -q --allow-empty -m x
         echo '*.o' >.gitignore; seq 30 >\"$(printf 'old\\377')\"; echo x >plain; git add .; git submodule --quiet add ../origin m
         git commit -qm x; git branch up; git branch -q -u up; git checkout -qb o; echo o >c; git add c; git commit -qm o
         git checkout -q main; echo m >c; git add c; git commit -qm m; ! git merge -q o; git mv old* \"$(printf 'new\\376')\"
         echo n >n; echo n >\"$(printf 'n\\302')\"; echo o >x.o; echo o >\"$(printf '\\200.o')\"; echo y >plain
         git -C m commit -q --allow-empty -m y",
    );
    let [top, upstream, change] = documented().try_into().expect("three tables");
    let check = |found: &Value| {
        assert_eq!(fields(found), top);
        assert_eq!(fields(&found["upstream"]), upstream);
        assert_eq!(any_fields(&found["changes"]), change);
        let submodule =
            found["changes"].as_array().and_then(|changes| changes.iter().find(|it| it["path"] == "m"));
        let row = PAGE.lines().find(|line| line.starts_with("| `submodule`")).expect("a row");
        for field in fields(&submodule.expect("it has changed")["submodule"]) {
            assert!(row.contains(&format!("`{field}`")), "{field}");
        }
        for list in ["untracked", "ignored"] {
            let row = PAGE.lines().find(|line| line.starts_with(&format!("| `{list}`"))).expect("a row");
            let named = BTreeSet::from(["path".to_owned(), "path_bytes".to_owned()]);
            assert_eq!(any_fields(&found[list]), named, "{list}");
            assert!(named.iter().all(|field| row.contains(&format!("`{field}`"))), "{row}");
        }
    };
    check(&object(&env, &dir, &["--ignored"]));
    same_from_git(&env, &dir, &["--ignored"]);
    let (output, _) = ask(&env, &dir, &["--json", "-v", "--ignored"]);
    check(&serde_json::from_slice(&output.stdout).expect("JSON"));
}

#[test]
fn fields_of_several_are_those_of_the_page() {
    let env = Environment::new();
    let dir =
        repository(&env, "git commit -q --allow-empty -m x; git worktree add -q ../gone; rm -r ../gone");
    let output = env.run(env.ours("git-faststatus", &dir, &["--worktrees", "--json"]));
    let found: Vec<BTreeSet<String>> =
        text(&output).lines().map(|line| fields(&serde_json::from_str(line).expect("JSON"))).collect();
    let [mut top, ..] = <[_; 3]>::try_from(documented()).expect("three tables");
    top.insert("worktree".into());
    assert_eq!(found, [top, BTreeSet::from(["worktree".into(), "error".into()])]);
    let (_, section) = PAGE.split_once("## Several at once").expect("a section");
    assert!(section.contains("`worktree`") && section.contains("`error`"));
}

/// Letters are those that the page lists.
#[test]
fn letters_are_those_of_the_page() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "for f in m d t r c um ud ut; do seq 20 >$f; echo $f >>$f; done; git add .; git commit -qm x; git config status.renames copies
         echo 1 >m; git rm -q --cached d; rm t; ln -s x t; git mv r renamed; cp c copied; echo 1 >>c; echo a >a; git add m t c copied a
         rm d; echo 1 >>um; rm ud; rm ut; ln -s x ut",
    );
    let letters = |found: &Value, side: &str| -> BTreeSet<String> {
        let changes = found["changes"].as_array().expect("a list").iter();
        changes.filter_map(|change| change[side].as_str().map(str::to_owned)).collect()
    };
    let listed = |side: &str| -> BTreeSet<String> {
        let row = PAGE.lines().find(|line| line.starts_with(&format!("| `{side}`"))).expect("a row");
        let (_, said) = row.split_once(": ").expect("letters");
        said.split('`').filter(|part| part.len() == 1).map(str::to_owned).collect()
    };
    let found = object(&env, &dir, &[]);
    assert_eq!(letters(&found, "staged"), listed("staged"));
    shell(&env, &dir, "git config --unset status.renames; echo i >i; git checkout -q ud; git add -N i");
    let mut unstaged = letters(&found, "unstaged");
    unstaged.extend(letters(&object(&env, &dir, &[]), "unstaged"));
    shell(&env, &dir, "mv um elsewhere; git add -N elsewhere");
    unstaged.extend(letters(&object(&env, &dir, &[]), "unstaged"));
    shell(&env, &dir, "git config status.renames copies; cp c twin; echo 2 >>c; git add -N twin");
    // That is git's to find out.
    let (output, _) = ask(&env, &dir, &["--json"]);
    unstaged.extend(letters(&serde_json::from_slice(&output.stdout).expect("JSON"), "unstaged"));
    assert_eq!(unstaged, listed("unstaged"));
}

/// A name of a branch is a text; only git follows one that is not UTF-8 to its upstream.
#[test]
fn branches_that_are_not_utf8() {
    let env = Environment::new();
    let dir = repository(
        &env,
        "git commit -q --allow-empty -m x; git branch \"$(printf 'up\\377')\"; git config branch.main.remote .
         git config branch.main.merge \"$(printf 'refs/heads/up\\377')\"; git commit -q --allow-empty -m y",
    );
    let upstream = json!({"name": "up\u{fffd}", "gone": false, "ahead": 1, "behind": 0});
    assert_eq!(object(&env, &dir, &[])["upstream"], upstream);
    same_from_git(&env, &dir, &[]);
    shell(&env, &dir, "git checkout -q \"$(printf 'up\\377')\"");
    let (output, answered) = ask(&env, &dir, &["--json"]);
    assert_eq!((output.code, answered.reason.as_str()), (0, "a branch that is not UTF-8"));
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&found["branch"], &found["upstream"]), (&json!("up\u{fffd}"), &Value::Null));
    assert!(PAGE.contains("| `branch` | string or null | the branch, null for a detached HEAD; bytes that are not UTF-8 are U+FFFD |"));
    assert!(
        include_str!("../../docs/COMPATIBILITY-status.md").contains("branches whose names are not UTF-8")
    );
}
