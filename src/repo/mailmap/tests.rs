//! Against `git check-mailmap` and `git log --format=%aN`.

use super::*;
use crate::repo::testing::{Sandbox, Seed};

fn load(sandbox: &Sandbox, at: &str, bare: bool) -> Result<Mailmap, NotExact> {
    let dir = sandbox.path(at);
    let git_dir = if bare { dir.clone() } else { dir.join(".git") };
    Mailmap::load(&sandbox.config(&git_dir), &dir, bare, |name| {
        let output = sandbox.run(at, &["cat-file", "blob", name.to_str().unwrap()], b"");
        Ok(output.status.success().then_some(output.stdout))
    })
}

fn contact(name: &str, email: &str) -> String {
    if name.is_empty() { format!("<{email}>") } else { format!("{name} <{email}>") }
}

#[test]
fn generated_lines() {
    let pieces = [
        "A",
        "B",
        "a",
        " ",
        " ",
        "  ",
        "\t",
        "<a@x>",
        "<b@x>",
        "<A@X>",
        "<a@x> <b@x>",
        " <",
        "> ",
        "<>",
        "\n",
        "\n",
        "#",
        "N M",
        " < b@x>",
        "\r\n",
        "B <a@x>",
        "\u{e9}",
        "\u{ff}",
        "N <n@x> A <a@x>\n",
        "<m@x> <b@x>\n",
        "\0",
    ];
    let names = ["A", "a", "B", "N M", "\u{e9}", "C"];
    let emails = ["a@x", "A@X", "b@x", "n@x", " b@x", "c@x", "m@x"];
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "r"]);
    let contacts: Vec<(&str, &str)> =
        names.iter().flat_map(|name| emails.iter().map(move |email| (*name, *email))).collect();
    let input: String = contacts.iter().map(|(name, email)| contact(name, email) + "\n").collect();
    let mut changed = 0;
    for seed in 1..=250u64 {
        let mut random = Seed::new(seed);
        let mut text = BString::default();
        for _ in 0..random.below(25) {
            text.extend_from_slice(random.pick(&pieces).as_bytes());
        }
        if random.below(8) == 0 {
            text.extend_from_slice(&[b'x'; 1020]);
            text.extend_from_slice(b"<z@x> <a@x>\nA <b@x>\n");
        }
        sandbox.write("r/.mailmap", &text);
        let map = load(&sandbox, "r", false).unwrap();
        let expected = sandbox.feed("r", &["check-mailmap", "--stdin"], input.as_bytes());
        // Twice: line by line at first, then from a table.
        let again = contacts.iter().zip(expected.lines());
        for ((name, email), expected) in contacts.iter().zip(expected.lines()).chain(again) {
            let (new_name, new_email) = map.map((*name).into(), (*email).into());
            let actual = contact(new_name.to_str().unwrap(), new_email.to_str().unwrap());
            assert_eq!(expected, actual.as_bytes(), "seed {seed}: {text:?}: {name} <{email}>");
            changed += usize::from(actual != contact(name, email));
        }
    }
    assert!(changed > 1000, "only {changed} contacts were mapped");
}

#[test]
fn sources_and_their_order() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "-b", "main", "r"]);
    sandbox.write("r/.mailmap", b"Committed <a@x>\n");
    sandbox.git("r", &["add", ".mailmap"]);
    sandbox.git("r", &["commit", "-q", "-m", "x", "--author=A <a@x>"]);
    sandbox.git("", &["clone", "-q", "--bare", "r", "bare"]);
    sandbox.write("r/.mailmap", b"Top <top@x> <a@x>\n");
    sandbox.write("r/blob", b"Blob <a@x>\n\0<x> <a@x>");
    let blob = sandbox.git("r", &["hash-object", "-w", "blob"]);
    sandbox.write("home/file", b"<file@x> <a@x>\n");
    let blob = blob.trim().to_str().unwrap().to_owned();
    let check = |config: &str| {
        sandbox.write("global", config.as_bytes());
        for (at, bare) in [("r", false), ("bare", true)] {
            let map = load(&sandbox, at, bare).unwrap();
            let (name, email) = map.map("A".into(), "a@x".into());
            let expected = sandbox.git(at, &["log", "-1", "--format=%aN <%aE>"]);
            assert_eq!(expected.trim(), contact(name.to_str().unwrap(), email.to_str().unwrap()).as_bytes());
        }
    };
    check("");
    check("[mailmap] file = ~/file");
    check(&format!("[mailmap] blob = {blob}"));
    check(&format!("[mailmap]\nblob = {blob}\nfile = ~/file"));
    check("[mailmap] blob = nothing");
    check("[mailmap] file = .mailmap");
    check("[mailmap] file = nothing");
    std::fs::remove_file(sandbox.path("r/.mailmap")).unwrap();
    check("");
    assert!(load(&sandbox, "r", false).unwrap().is_empty());
    std::os::unix::fs::symlink("blob", sandbox.path("r/.mailmap")).unwrap();
    assert!(load(&sandbox, "r", false).is_err());
}
