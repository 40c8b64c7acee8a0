//! The same configuration gives the same answer.

use super::World;

/// Settings with values that are understood here.
const SETTINGS: &[(&str, &[&str])] = &[
    ("log.date", &["short", "rfc", "raw", "unix", "human", "iso-strict-local", "format:%Y/%m"]),
    ("log.decorate", &["short", "full", "auto", "no", "true"]),
    ("log.excludeDecoration", &["refs/remotes/*", "refs/tags/", "v1"]),
    ("log.initialDecorationSet", &["all"]),
    ("log.abbrevCommit", &["true", "false"]),
    ("log.mailmap", &["true", "false"]),
    ("log.graphColors", &["red,blue", "bold green"]),
    ("log.showRoot", &["false", "true"]),
    ("log.showSignature", &["false"]),
    ("log.follow", &["true"]),
    ("log.diffMerges", &["off", "first-parent"]),
    ("format.pretty", &["oneline", "short", "fuller", "raw", "%h %s", "tformat:%H|%an", "email", "mine"]),
    ("format.encodeEmailHeaders", &["false", "true"]),
    ("core.abbrev", &["4", "12", "no", "auto"]),
    ("core.notesRef", &["refs/notes/review"]),
    ("notes.displayRef", &["refs/notes/review", "refs/notes/*"]),
    ("mailmap.file", &["other-map"]),
    ("mailmap.blob", &["HEAD:.mailmap"]),
    ("i18n.logOutputEncoding", &["UTF-8", "ISO-8859-1"]),
    ("i18n.commitEncoding", &["utf8", "latin1"]),
    ("color.ui", &["always", "auto", "never"]),
    ("color.diff", &["always", "false"]),
    ("color.diff.commit", &["red reverse"]),
    ("diff.color.commit", &["blue"]),
    ("color.decorate.branch", &["bold blue"]),
    ("color.decorate.remoteBranch", &["cyan ul"]),
    ("color.decorate.tag", &["#102030"]),
    ("color.decorate.stash", &["214"]),
    ("color.decorate.HEAD", &["black white"]),
    ("color.decorate.grafted", &["dim"]),
    ("color.decorate.symbol", &["italic"]),
    ("core.commitGraph", &["false"]),
    ("core.quotePath", &["false"]),
    ("core.pager", &["less"]),
    ("diff.renames", &["false"]),
    ("grep.patternType", &["extended", "fixed", "basic"]),
    ("grep.extendedRegexp", &["true"]),
];

/// Questions that such settings change the answers to.
const QUESTIONS: &[&[&str]] = &[
    &["--all"],
    &["--graph", "--color=always", "--decorate", "--all"],
    &["--format=email", "main"],
    &["--all", "--format=%C(auto)%h%d %ad %aN|%N|%D"],
    &["--oneline", "--color=always"],
];

/// A mail tells of the encoding, as it is spelled.
fn is_git_s(key: &str, value: &str, question: &[&str]) -> bool {
    key.starts_with("i18n.") && value != "UTF-8" && question.contains(&"--format=email")
}

#[test]
fn settings_mean_the_same() {
    let world = World::new();
    world.shell(
        "printf 'Mapped <m@example.com> <other@example.com>\\n' >other-map; git config pretty.mine 'format:%h <%s>'",
    );
    for (key, values) in SETTINGS {
        for value in *values {
            world.env.git_ok(&world.dir, &["config", key, value]);
            for question in QUESTIONS {
                let (served, reason) = world.served(question);
                let expected = if is_git_s(key, value, question) { "git" } else { "native" };
                let served = format!("{served:?}").to_ascii_lowercase();
                assert_eq!(served, expected, "{key}={value} {question:?}: {reason}");
            }
        }
        world.env.git_ok(&world.dir, &["config", "--unset", key]);
    }
}

/// What is not known here, or changes what only git prints.
#[test]
fn settings_that_are_left_to_git() {
    let world = World::new();
    world.env.git_ok(&world.dir, &["config", "color.diff.commit", "red"]);
    for (key, value) in [
        ("diff.color.commit", "blue"),
        // git divides by the number of colours.
        ("log.graphColors", ""),
        ("log.showSignature", "true"),
        ("log.unheardOf", "x"),
        ("i18n.logOutputEncoding", "EUC-JP"),
        ("i18n.commitEncoding", "Shift_JIS"),
    ] {
        world.env.git_ok(&world.dir, &["config", key, value]);
        world.by_git(&["--graph", "--color=always", "--all"]);
        world.env.git_ok(&world.dir, &["config", "--unset", key]);
    }
}
