//! Commits in other encodings, and answers in Latin-1.

use super::World;

/// Texts that Latin-1 has, and texts that it has not; notes, decorations and people as well.
const TEXTS: &str = r#"
git init -q . && git config user.name 'Jürgen' && git config user.email 'jürgen@example.com'
git commit -q --allow-empty -m 'Größe

Straße mit	Tab.' && git tag -a -m x 'schön'
GIT_AUTHOR_NAME='平田' git commit -q --allow-empty -m 'Ünicode'
git commit -q --allow-empty -m '日本 ü'
git commit -q --allow-empty -m 'no utf-8: X'
git reset -q $(git cat-file commit HEAD | LC_ALL=C tr X '\374' | git hash-object -t commit -w --stdin)
git commit -q --allow-empty -m 'plain' && git notes add -m 'Notiz: ö' && git notes add -m 'メモ ö' HEAD~1
printf 'tag \363\240\201\241 ends ü' | git commit -q --allow-empty -F -
printf 'Jörg <joerg@example.com> <jürgen@example.com>\n' >.mailmap
"#;

const LATIN1: &str = r#"
printf 'Latein: \374\337\n\nK\366rper\n' | git -c i18n.commitEncoding=ISO-8859-1 commit -q --allow-empty -F -
printf 'auch latin1 \351' | git -c i18n.commitEncoding=latin1 commit -q --allow-empty -F -
"#;

const FOREIGN: &str = r#"
printf '\203e\203X\203g' | git -c i18n.commitEncoding=Shift_JIS commit -q --allow-empty -F -
printf '\317\360\350\342\345\362' | git -c i18n.commitEncoding=windows-1251 commit -q --allow-empty -F -
printf 'not in the encoding: \377' | git -c i18n.commitEncoding=EUC-JP commit -q --allow-empty -F -
"#;

const QUESTIONS: &[&[&str]] = &[
    &[],
    &["--oneline", "--graph"],
    &["--format=fuller", "--no-mailmap", "--decorate", "--expand-tabs=4"],
    &["--format=%e|%an|%aN|%ae|%s|%f|%b|%B|%d|%N"],
    &["--format=%<(12,trunc)%s|%>(20)%aN|%w(20,1,2)%b", "-z"],
    &["--graph", "--format=format:%s%n%(trailers)%d"],
    &["--format=%s|%N", "--notes"],
    &["--format=reference"],
    &["--format=short", "--show-notes", "--color=always", "--decorate=full"],
];

#[test]
fn commits_in_other_encodings() {
    let world = World::with(&[TEXTS, LATIN1, FOREIGN, "git-optimize index build"].concat());
    for question in QUESTIONS {
        world.native(question);
        world.native(&[question, &["--encoding=UTF-8"][..]].concat());
    }
    world.native(&["--format=email", "-n1", "HEAD~9"]);
}

#[test]
fn answers_in_latin1() {
    let world = World::with(&[TEXTS, LATIN1, "git-optimize index build"].concat());
    for name in ["ISO-8859-1", "latin1", "iso8859-1"] {
        for question in QUESTIONS {
            world.native(&[question, &[&*format!("--encoding={name}")][..]].concat());
        }
    }
    // The setting for answers goes before that for commits, the option before both.
    for (answers, commits, option) in [
        (Some("latin1"), None, None),
        (None, Some("latin1"), None),
        (Some("utf-8"), Some("latin1"), None),
        (Some("latin1"), Some("utf-8"), None),
        (Some("latin1"), None, Some("--encoding=utf8")),
        (Some("EUC-JP"), None, Some("--encoding=latin1")),
    ] {
        for (key, value) in [("i18n.logOutputEncoding", answers), ("i18n.commitEncoding", commits)] {
            let _ = world.env.git(&world.dir, &["config", "--unset", key]);
            if let Some(value) = value {
                world.env.git_ok(&world.dir, &["config", key, value]);
            }
        }
        for question in QUESTIONS {
            world.native(&[question, option.as_slice()].concat());
        }
    }
}

/// Of a note with a NUL byte git converts what comes before it, and shows no more; or all, where that can't be converted.
#[test]
fn notes_with_nul_bytes_in_latin1() {
    let world = World::with(TEXTS);
    for note in
        [r"ASCII\0after\n\nbody\n", r"\303\234nicode\0\346\227\245\n", r"\346\227\245\0after\n", r"\0after\n"]
    {
        world.shell(&format!(
            "git notes add -f -C $(printf '{note}' | git hash-object -w --stdin) && git-optimize index build"
        ));
        for question in QUESTIONS {
            world.native(question);
            world.native(&[question, &["--encoding=latin1"][..]].concat());
        }
    }
}

/// What tells of the encoding, matches texts in it, or would have to be converted from yet another one.
#[test]
fn what_git_alone_prints_in_other_encodings() {
    let world = World::with(&[TEXTS, LATIN1, "git-optimize index build"].concat());
    for words in [
        &["--encoding=latin1", "--format=raw"][..],
        &["--encoding=latin1", "--format=email"],
        &["--encoding=utf8", "--format=email"],
        &["--encoding=utf-8", "--format=mboxrd"],
        &["--encoding=latin1", "--grep=plain"],
        &["--encoding=latin1", "--author=J"],
        &["--encoding=none"],
        &["--encoding="],
        &["--encoding=EUC-JP"],
        &["--encoding=no-such-encoding"],
    ] {
        world.by_git(words);
    }
    let world = World::with(&[TEXTS, FOREIGN, "git-optimize index build"].concat());
    for question in QUESTIONS {
        world.by_git(&[question, &["--encoding=latin1"][..]].concat());
    }
}

/// `git shortlog` converts as well; objects for programs are always UTF-8.
#[test]
fn other_answers_where_latin1_is_configured() {
    let world = World::with(&[TEXTS, LATIN1, "git-optimize index build"].concat());
    let json = |world: &World| {
        let words = ["--json", "--decorate", "HEAD~3"].map(std::ffi::OsString::from);
        world.env.fastlog(&world.dir, &words, None).0.success("objects")
    };
    let before = json(&world);
    world.env.git_ok(&world.dir, &["config", "i18n.logOutputEncoding", "latin1"]);
    assert_eq!(json(&world), before);
    let theirs = world.env.git(&world.dir, &["shortlog", "HEAD"]);
    let (ours, _) = world.env.fastlog(&world.dir, &["--shortlog", "HEAD"].map(Into::into), None);
    assert_eq!(ours.stdout, theirs.stdout);
}
