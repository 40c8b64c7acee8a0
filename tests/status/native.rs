//! What is answered natively: every option with every other one, and the settings that git heeds, in a repository where each
//! changes the answer. What is git's all the same is listed here, with its reason, and in docs/COMPATIBILITY-status.md.

use std::path::{Path, PathBuf};

use super::{Answered, ask_and_compare, git_status, repository, shell};
use crate::support::Environment;

/// Something of everything, and an upstream that both sides have left.
const STATE: &str = "mkdir d d/e; for f in both staged deleted typed kept mode gone link crlf d/f d/e/f 'sp ace' \u{fc}; do
        echo \"$f\" >\"$f\"; done; seq 20 >moved; seq 30 50 >d/twin; printf '*.o\\nbuild/\\n' >.gitignore
    git add .; git commit -qm 1
    for i in 1 2; do echo stash $i >kept; git stash -q; done
    git config remote.origin.url .; git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'
    git update-ref refs/remotes/origin/main $(git commit-tree -p HEAD -m theirs HEAD^{tree}); git branch -q -u origin/main
    for i in 2 3; do git commit -q --allow-empty -m $i; done
    git mv moved d/renamed; seq 60 80 >new; cp d/twin copied; echo staged 2 >staged; rm typed; ln -s kept typed
    git add -A; git rm -q --cached deleted; rm deleted; echo both 2 >both; git add both; echo both 3 >both
    rm gone link; ln -s nowhere link; printf 'crlf\\r\\n' >crlf; chmod +x mode; echo changed >>'sp ace'; echo changed >>\u{fc}
    echo changed >>d/e/f; mkdir -p u/v build d/build empty; echo u >u/v/w; echo u >u/x; echo n >n; echo n >d/n
    echo o >u/x.o; echo o >x.o; echo o >build/b; echo o >d/build/b; echo n >'\u{e9} e'";

const FORMATS: &[&[&str]] = &[
    &[],
    &["--long"],
    &["-s"],
    &["-s", "-b"],
    &["--porcelain"],
    &["--porcelain=v1", "--branch"],
    &["--porcelain=v2"],
    &["--porcelain=v2", "-b", "--show-stash"],
    &["-z"],
    &["-s", "-z", "-b"],
    &["--porcelain=v2", "-z", "-b"],
    &["--show-stash"],
    &["-b", "--no-branch", "--short", "--no-show-stash"],
];
const UNTRACKED: &[&[&str]] = &[&[], &["-uno"], &["-unormal"], &["-u"]];
const IGNORED: &[&[&str]] = &[&[], &["--ignored"], &["--ignored=matching"], &["--ignored=no"]];
const RENAMES: &[&[&str]] =
    &[&[], &["--no-renames"], &["--renames"], &["-M"], &["-M90%"], &["--find-renames=30"]];
const DISTANCE: &[&[&str]] = &[&[], &["--no-ahead-behind"], &["--ahead-behind"]];

/// Settings that git status reads, with values that are understood here.
const SETTINGS: &[(&str, &[&str])] = &[
    ("status.aheadBehind", &["false", "true"]),
    ("status.branch", &["true", "false"]),
    ("status.displayCommentPrefix", &["false", "true"]),
    ("status.relativePaths", &["false", "true"]),
    ("status.renameLimit", &["0", "1", "100", "-1"]),
    ("status.renames", &["false", "true", "copies", "copy"]),
    ("status.short", &["true", "false"]),
    ("status.showStash", &["true", "false"]),
    ("status.showUntrackedFiles", &["no", "normal", "all", "true", "false"]),
    ("status.submoduleSummary", &["false", "0", "true", "7"]),
    ("advice.statusHints", &["false", "true"]),
    ("advice.statusUoption", &["false", "true"]),
    ("advice.statusAheadBehindWarning", &["false", "true"]),
    ("core.abbrev", &["4", "12", "no", "auto"]),
    ("core.attributesFile", &["TOP/attributes", "TOP/nowhere", "../attributes", "nowhere"]),
    ("core.autocrlf", &["true", "input", "false"]),
    ("core.bigFileThreshold", &["1", "1g"]),
    ("core.checkStat", &["minimal", "default"]),
    ("core.commentChar", &[";", "auto"]),
    ("core.commentString", &["//"]),
    ("core.commitGraph", &["false", "true"]),
    ("core.eol", &["lf", "crlf", "native"]),
    ("core.excludesFile", &["TOP/excludes", "../excludes", "nowhere"]),
    ("core.fileMode", &["false", "true"]),
    ("core.fsmonitor", &["false", "true"]),
    ("core.hooksPath", &["hooks"]),
    ("core.ignoreCase", &["false", "true"]),
    ("core.ignoreStat", &["true", "false"]),
    ("core.logAllRefUpdates", &["true", "false", "always"]),
    ("core.multiPackIndex", &["false", "true"]),
    ("core.pager", &["less"]),
    ("core.precomposeUnicode", &["false", "true"]),
    ("core.preloadIndex", &["false", "true"]),
    ("core.protectHFS", &["true", "false"]),
    ("core.protectNTFS", &["true", "false"]),
    ("core.quotePath", &["false", "true"]),
    ("core.safecrlf", &["true", "warn", "false"]),
    ("core.sharedRepository", &["group", "false"]),
    ("core.sparseCheckout", &["true", "false"]),
    ("core.sparseCheckoutCone", &["false", "true"]),
    ("core.splitIndex", &["false", "true"]),
    ("core.symlinks", &["false", "true"]),
    ("core.trustctime", &["false", "true"]),
    ("core.untrackedCache", &["true", "false", "keep"]),
    ("core.useReplaceRefs", &["false", "true"]),
    ("core.warnAmbiguousRefs", &["false", "true"]),
    ("core.whitespace", &["trailing-space", "tabwidth=4"]),
    ("core.worktree", &[".."]),
    ("color.ui", &["always", "auto", "never"]),
    ("color.status", &["always", "auto", "false", "true"]),
    ("color.status.added", &["blue"]),
    ("color.advice", &["always"]),
    ("color.branch", &["always"]),
    ("color.branch.upstream", &["red"]),
    ("color.diff", &["always"]),
    ("color.pager", &["false"]),
    ("status.color.added", &["blue"]),
    ("column.ui", &["never", "auto", "always"]),
    ("column.status", &["never", "auto", "row"]),
    ("diff.algorithm", &["patience", "minimal"]),
    ("diff.autoRefreshIndex", &["false"]),
    ("diff.colorMoved", &["zebra"]),
    ("diff.dirstat", &["lines"]),
    ("diff.external", &["false"]),
    ("diff.ignoreSubmodules", &["all", "none"]),
    ("diff.indentHeuristic", &["false"]),
    ("diff.mnemonicPrefix", &["true"]),
    ("diff.noPrefix", &["true"]),
    ("diff.orderFile", &["../order"]),
    ("diff.relative", &["true", "false"]),
    ("diff.renameLimit", &["0", "1", "100", "-1"]),
    ("diff.renames", &["false", "true", "copies", "copy"]),
    ("diff.statGraphWidth", &["10"]),
    ("diff.submodule", &["log", "short"]),
    ("diff.wsErrorHighlight", &["all"]),
    ("feature.experimental", &["true"]),
    ("feature.manyFiles", &["true", "false"]),
    ("i18n.commitEncoding", &["latin1"]),
    ("i18n.logOutputEncoding", &["latin1"]),
    ("index.recordEndOfIndexEntries", &["true"]),
    ("index.skipHash", &["true", "false"]),
    ("index.sparse", &["true", "false"]),
    ("index.threads", &["1", "2", "true", "false"]),
    ("index.version", &["2", "4"]),
    ("pager.status", &["true", "cat"]),
    ("sparse.expectFilesOutsideOfPatterns", &["true", "false"]),
    ("submodule.recurse", &["true"]),
    ("submodule.active", &["."]),
    ("merge.renames", &["false"]),
    ("merge.renameLimit", &["1"]),
];

/// A setting, values of it that are git's, the reason that is given, and what docs/COMPATIBILITY-status.md says.
type Left = (&'static str, &'static [&'static str], &'static str, &'static str);

const LEFT: &[Left] = &[
    ("status.renameLimit", &["1"], "git finds no renames", "everything else that git warns of"),
    ("status.submoduleSummary", &["true", "7"], "status.submoduleSummary", "`status.submoduleSummary`"),
    (
        "status.color.added",
        &["blue"],
        "status.color.added",
        "settings below `status.` that are not in git-config(1)",
    ),
    (
        "core.attributesFile",
        &["../attributes", "nowhere"],
        "a relative core.attributesFile",
        "a relative `core.attributesFile`",
    ),
    ("core.ignoreCase", &["true"], "core.ignoreCase", "`core.ignoreCase`"),
    ("core.precomposeUnicode", &["true"], "core.precomposeUnicode", "`core.precomposeUnicode`"),
    ("diff.orderFile", &["../order"], "diff.orderfile", "`diff.orderFile`"),
    ("diff.renameLimit", &["1"], "git finds no renames", "everything else that git warns of"),
];

/// Questions that such settings change the answers to, and where they are asked.
const QUESTIONS: &[(&str, &[&str])] = &[
    ("", &[]),
    ("d", &["-s", "-b"]),
    ("d/e", &["--ignored=matching", "--show-stash", "-uall"]),
    ("", &["--porcelain=v2", "--branch", "--ignored"]),
    ("d", &["--porcelain", "-b"]),
];

/// The two kinds of repositories.
const HASHES: [&str; 2] = ["sha1", "sha256"];

fn rich(env: &Environment, hash: &str) -> PathBuf {
    repository(env, &format!("rm -r .git; git init -q --object-format={hash} .; {STATE}"))
}

/// Our answer is git's; who gave it.
#[track_caller]
fn served(env: &Environment, dir: &Path, words: &[&str]) -> Answered {
    let their = git_status(env, dir, words);
    ask_and_compare(env, dir, words, &their)
}

/// Every format with every mode of both lists; the rest takes turns, so that each comes with each in the end.
#[test]
fn options_in_all_combinations() {
    let mut turn = 0;
    for hash in HASHES {
        let env = Environment::new();
        let dir = rich(&env, hash);
        for (format, untracked) in
            FORMATS.iter().flat_map(|format| UNTRACKED.iter().map(move |mode| (format, mode)))
        {
            for ignored in IGNORED {
                let (renames, distance) =
                    (RENAMES[turn % RENAMES.len()], DISTANCE[turn / RENAMES.len() % DISTANCE.len()]);
                turn += 1;
                let words = [*format, untracked, ignored, renames, distance].concat();
                let answered = served(&env, &dir, &words);
                let refused = words.contains(&"-uno") && words.contains(&"--ignored=matching");
                let reason = if refused { "--ignored=matching with -uno" } else { "" };
                assert_eq!(answered.reason, reason, "{hash}: {words:?}");
            }
        }
    }
}

/// Each setting with each value: git's bytes, and who gave them is what this says. In the other kind of repository, one question
/// for each is enough.
#[test]
fn settings_mean_the_same() {
    let mut turn = 0;
    for hash in HASHES {
        let env = Environment::new();
        let dir = rich(&env, hash);
        shell(&env, &dir, "echo 'd/** text' >../attributes; echo n >../excludes; echo d >../order");
        for (key, value) in
            SETTINGS.iter().flat_map(|(key, values)| values.iter().map(move |value| (key, value)))
        {
            let told = value.replace("TOP", &env.path().to_string_lossy());
            env.git_ok(&dir, &["config", key, &told]);
            turn += 1;
            let one = [QUESTIONS[turn % QUESTIONS.len()]];
            let questions = if hash == "sha1" { QUESTIONS } else { &one };
            for (place, words) in questions {
                let answered = served(&env, &dir.join(place), words);
                assert_eq!(answered.reason, reason(key, value), "{hash}: {key}={value} {words:?}");
            }
            // By its directory: where `core.worktree` is elsewhere, too.
            env.git_ok(&dir, &["--git-dir=.git", "config", "--unset", key]);
        }
    }
}

/// Why a setting is git's; nothing where it is not.
fn reason(key: &str, value: &str) -> &'static str {
    let is_it = |(name, values, ..): &&Left| *name == key && values.contains(&value);
    LEFT.iter().find(is_it).map_or("", |(_, _, reason, _)| reason)
}

#[test]
fn what_is_left_to_git_is_documented() {
    let page = include_str!("../../docs/COMPATIBILITY-status.md");
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    for (key, values, _, said) in LEFT {
        assert!(page.contains(said), "{key}: {said}");
        let known = SETTINGS.iter().find(|(name, _)| name == key).expect("it is asked about");
        assert!(values.iter().all(|value| known.1.contains(value)), "{key}");
    }
    assert!(page.contains("`--ignored=matching` with `-uno`"));
}
