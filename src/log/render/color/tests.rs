//! Against `git config --type=color`.

use super::super::oracle::{Random, Repository};
use super::*;
use crate::repo::git::{ANY, installed_is};

const WORDS: &[&str] = &[
    "red",
    "BLUE",
    "brightgreen",
    "BrightBlack",
    "default",
    "Normal",
    "reset",
    "RESET",
    "bold",
    "nobold",
    "no-bold",
    "dim",
    "no-dim",
    "italic",
    "noitalic",
    "ul",
    "no-ul",
    "blink",
    "noblink",
    "reverse",
    "no-reverse",
    "strike",
    "nostrike",
    "Bold",
    "-1",
    "-2",
    "-0",
    "+7",
    "0",
    "8",
    "15",
    "16",
    "255",
    "256",
    "007",
    "#ff00A0",
    "#f0A",
    "#ff00",
    "#gggggg",
    "#",
    "#+f+f+f",
    "brightnormal",
    "bright",
    "no",
    "no-",
    "noreset",
    "underline",
    "x",
    "9999999999999",
    "black",
    "white,",
    "\u{e9}",
];

#[test]
fn colors_are_gits() {
    if !installed_is((2, 46), ANY, "colors") {
        return;
    }
    let mut random = Random::seeded();
    let repository = Repository::new([]);
    let mut specs: Vec<String> = WORDS.iter().map(|word| (*word).to_string()).collect();
    specs.extend([String::new(), "  ".into(), "red\tblue".into(), "red\nblue".into(), "red\u{b}blue".into()]);
    while specs.len() < 400 {
        let count = 1 + random.below(5);
        let words: Vec<&str> = (0..count).map(|_| random.pick(WORDS)).collect();
        specs.push(words.join(random.pick(&[" ", "  "])));
    }
    let mut accepted = 0;
    for spec in &specs {
        let (success, output, _) =
            repository.try_run(&["config", "--type=color", "--default", spec, "--get", "no.such"], &[], b"");
        let expected = success.then(|| output.strip_suffix(b"\n").unwrap_or(&output).to_vec());
        accepted += usize::from(success);
        assert_eq!(parse(spec.as_bytes()), expected, "{spec:?}");
    }
    assert!(accepted > 50, "too few colours that git accepts: {accepted}");
}

#[test]
fn defaults_are_gits() {
    if !installed_is((2, 43), ANY, "decorations") {
        return;
    }
    let repository = Repository::new([("1 +0000".to_string(), b"subject\n".as_slice())]);
    for arguments in [
        &["tag", "T"][..],
        &["update-ref", "refs/remotes/o/x", "main"],
        &["update-ref", "refs/stash", "main"],
        &["branch", "other"],
    ] {
        repository.run(arguments, &[], b"");
    }
    let output = repository.log("%C(auto)%h%d", &["--color=always"], &[]).concat();
    let label = |color: &[u8], text: &str| [color, text.as_bytes(), RESET].concat();
    for part in [
        label(COMMIT, " ("),
        label(DECORATE_HEAD, "HEAD"),
        label(COMMIT, " -> "),
        label(DECORATE_BRANCH, "main"),
        label(DECORATE_TAG, "tag: "),
        label(DECORATE_TAG, "T"),
        label(DECORATE_REMOTE_BRANCH, "o/x"),
        label(DECORATE_STASH, "refs/stash"),
        label(DECORATE_BRANCH, "other"),
    ] {
        let found = output.windows(part.len()).any(|window| window == part);
        assert!(found, "{:?} in {:?}", String::from_utf8_lossy(&part), String::from_utf8_lossy(&output));
    }
    assert!(output.starts_with(COMMIT));
}

#[test]
fn settings_are_gits() {
    let repository = Repository::new([("1 +0000".to_string(), b"subject\n".as_slice())]);
    for value in [
        "always",
        "ALWAYS",
        "never",
        "auto",
        "true",
        "False",
        "yes",
        "no",
        "on",
        "off",
        "",
        "0",
        "1",
        "2k",
        "-1",
        "t",
        "alwayss",
        "k",
        "99999999999",
        "1 ",
    ] {
        let setting = format!("color.ui={value}");
        let (success, output, _) =
            repository.try_run(&["-c", &setting, "log", "--format=%Cred", "main"], &[], b"");
        let ours = When::parse_config(Some(value.as_bytes()));
        assert_eq!(ours.is_some(), success, "{value:?}");
        if let Some(when) = ours {
            // git writes to a pipe here.
            assert_eq!(when.resolve(false), !output.trim_ascii().is_empty(), "{value:?}");
        }
    }
    assert_eq!(When::parse_config(None), Some(When::Auto));
}
