//! What makes a generated repository odd: configuration that changes answers, and objects that no porcelain writes.

use std::fs;

use fastrand::Rng;

use super::Environment;
use super::environment::NOW;
use super::repository::Generated;
use super::text::MAILMAP;

/// Configuration that changes what git log prints or selects.
pub(super) fn configure(it: &mut Generated, env: &Environment) {
    const SETTINGS: &[(&str, &[&str])] = &[
        (
            "log.date",
            &["iso", "short", "relative", "raw", "rfc", "human", "format:%Y/%m", "iso-strict-local"],
        ),
        ("log.decorate", &["short", "full", "auto", "no"]),
        ("format.pretty", &["oneline", "short", "fuller", "raw", "%h %s", "tformat:%H|%an", "email"]),
        ("format.encodeEmailHeaders", &["false", "true"]),
        ("format.subjectPrefix", &["", "a prefix"]),
        ("log.abbrevCommit", &["true", "false"]),
        ("core.abbrev", &["4", "12", "no", "auto"]),
        ("log.mailmap", &["true", "false"]),
        ("log.showRoot", &["false", "true"]),
        ("log.follow", &["true"]),
        ("log.excludeDecoration", &["refs/remotes/*", "refs/tags/"]),
        ("log.initialDecorationSet", &["all"]),
        ("log.showSignature", &["false"]),
        ("log.diffMerges", &["first-parent", "off"]),
        ("log.graphColors", &["red,blue"]),
        ("i18n.logOutputEncoding", &["ISO-8859-1", "UTF-8"]),
        ("i18n.commitEncoding", &["ISO-8859-1"]),
        ("color.ui", &["always", "auto", "never"]),
        ("color.diff", &["always"]),
        ("color.decorate.branch", &["bold blue"]),
        ("color.diff.commit", &["red reverse"]),
        ("grep.patternType", &["extended", "fixed", "perl"]),
        ("grep.extendedRegexp", &["true"]),
        ("notes.displayRef", &["refs/notes/review", "refs/notes/*"]),
        ("core.notesRef", &["refs/notes/review"]),
        ("core.quotePath", &["false"]),
        ("core.commentChar", &[";"]),
        ("diff.renames", &["false", "copies"]),
        ("diff.noprefix", &["true"]),
        ("mailmap.file", &["mailmap"]),
        ("pretty.mine", &["format:%h <%s>"]),
        ("alias.log", &["status"]),
        ("core.commitGraph", &["false"]),
        ("trailer.separators", &[":#"]),
    ];
    for _ in 0..[0, 0, 0, 1, 1, 2, 4][it.rng.usize(0..7)] {
        let (key, values) = SETTINGS[it.rng.usize(0..SETTINGS.len())];
        env.git_ok(&it.dir, &["config", "--add", key, values[it.rng.usize(0..values.len())]]);
    }
    if it.rng.bool() {
        env.git_ok(&it.dir, &["config", "fastimport.unpackLimit", "1"]);
    }
    if it.rng.u8(0..5) == 0 && !it.plan.bare {
        fs::write(it.dir.join(".mailmap"), MAILMAP).expect("a writable worktree");
    }
    fs::write(it.dir.join("mailmap"), MAILMAP).expect("a writable directory");
}

/// Objects that no porcelain writes, odd tags, an odd HEAD, a commit-graph, packed refs.
pub(super) fn extras(it: &mut Generated, env: &Environment) {
    let object = |kind: &str, bytes: &[u8]| -> String {
        let args = ["hash-object", "-t", kind, "-w", "--literally", "--stdin"];
        String::from_utf8(env.git_input(&it.dir, &args, Some(bytes))).expect("hex").trim().to_owned()
    };
    let tip = env.git_ok(&it.dir, &["rev-parse", "main", "main^{tree}"]);
    let tip = String::from_utf8(tip).expect("hex");
    let (commit, tree) = tip.trim().split_once('\n').expect("two lines");
    let mut updates = String::new();
    if it.rng.u8(0..5) == 0 {
        let mut parent = commit.to_owned();
        for number in 0..it.rng.usize(1..4) {
            parent = object("commit", &odd_commit(&mut it.rng, tree, &parent));
            updates.push_str(&format!("create refs/heads/odd/{number} {parent}\n"));
        }
    }
    let blob = object("blob", b"a blob\n");
    let tag = |object: &str, kind: &str| {
        format!("object {object}\ntype {kind}\ntag t\ntagger T <t@example.com> {NOW} +0000\n\nmessage\n")
    };
    let one = object("tag", tag(commit, "commit").as_bytes());
    let two = object("tag", tag(&one, "tag").as_bytes());
    let of_tree = object("tag", tag(tree, "tree").as_bytes());
    let names = [("of-tag", &two), ("of-tree", &of_tree), ("of-blob", &blob)];
    for (name, target) in names {
        if it.rng.u8(0..3) == 0 {
            updates.push_str(&format!("create refs/tags/{name} {target}\n"));
        }
    }
    env.git_input(&it.dir, &["update-ref", "--stdin"], Some(updates.as_bytes()));
    match it.rng.u8(0..20) {
        0..=1 => drop(env.git_ok(&it.dir, &["update-ref", "--no-deref", "HEAD", "main~0"])),
        2 => drop(env.git_ok(&it.dir, &["symbolic-ref", "HEAD", "refs/heads/unborn"])),
        3..=5 => drop(env.git_ok(&it.dir, &["symbolic-ref", "refs/heads/alias", "refs/heads/main"])),
        _ => {}
    }
    if it.rng.u8(0..4) == 0 {
        env.git_ok(&it.dir, &["pack-refs", "--all"]);
    }
    match it.rng.u8(0..4) {
        0 => drop(env.git(&it.dir, &["commit-graph", "write", "--reachable"])),
        1 => drop(env.git(&it.dir, &["commit-graph", "write", "--reachable", "--changed-paths"])),
        _ => {}
    }
}

/// A commit object that is off in one way.
fn odd_commit(rng: &mut Rng, tree: &str, parent: &str) -> Vec<u8> {
    let head = format!("tree {tree}\nparent {parent}\n");
    let author = "author A <a@example.com> 1600000000 +0000\n";
    let committer = "committer C <c@example.com> 1600000001 +0000\n";
    let text = match rng.u8(0..20) {
        0 => format!("{head}author A <a@example.com> nodate +0000\n{committer}\nno author date\n"),
        1 => format!("{head}{author}committer C <c@example.com>\n\nno committer date\n"),
        2 => format!("{head}author A 1600000000 +0000\n{committer}\nno mail\n"),
        3 => format!("{head}{committer}\nno author\n"),
        4 => format!("{head}{author}\nno committer\n"),
        5 => format!(
            "{head}{author}{committer}gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n\nsigned\n"
        ),
        6 => format!("{head}{author}{committer}unknown header\nx-y z\n\nmore headers\n"),
        7 => format!("{head}{author}{committer}"),
        8 => format!("{head}{author}{committer}\n"),
        9 => format!("{head}{author}{author}{committer}{committer}\ntwo of each\n"),
        10 => format!("{head}author  A  B  < a@example.com > 1600000000   +0000\n{committer}\nspaces\n"),
        11 => format!("{head}author A <a@example.com> 99999999999999999999 +0000\n{committer}\noverflow\n"),
        12 => format!("{head}author A <a@example.com> 1600000000 +00000530\n{committer}\nlong zone\n"),
        13 => format!("{head}author A <a@example.com> -1 +0000\n{committer}\nbefore the epoch\n"),
        14 => format!("{head}author A <<a>b>@example.com> 1600000000 -0330\n{committer}\nbrackets\n"),
        15 => format!("{head}author A  <a@example.com> 1600000000 +0000\n{committer}\na padded name\n"),
        16 => format!("{head}{author}committer C\t  <c@example.com> 1600000001 -0330\n\nanother\n"),
        17 => format!("{head}author A <a@example.com> 1600000000 +051800\n{committer}\na zone\n"),
        18 => format!("{head}{author}committer C <c@example.com> 1600000001 -0000\n\nanother\n"),
        _ => format!("{head}parent {parent}\n{author}{committer}encoding \n\nthe same parent twice\n"),
    };
    text.into_bytes()
}
