//! Questions that were once answered differently from git, each with the real git asked in the same test.

use std::fs;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use crate::differential::compare::difference;
use crate::support::repository::args;
use crate::support::terminal::Terminal;
use crate::support::{Environment, Output};

/// Two branches, merged; tags; one commit on top.
const HISTORY: &str = r#"
git init -q . && for i in 1 2 3; do echo $i >f; git add f; git commit -qm "c$i"; done
git checkout -q -b side HEAD~1 && git commit -q --allow-empty -m s1 && git commit -q --allow-empty -m s2
git checkout -q main && git merge -q -m merge side && git tag -a -m t v1 && git tag light HEAD~1
git commit -q --allow-empty -m last && git-optimize index build
"#;

fn shell(env: &Environment, dir: &Path, script: &str) {
    env.run(env.command("sh", dir, &["-ec", script])).success(script);
}

fn repository(env: &Environment, name: &str) -> PathBuf {
    let dir = env.path().join(name);
    fs::create_dir(&dir).expect("a new directory");
    shell(env, &dir, HISTORY);
    dir
}

/// Both are asked; exit code and standard output must be the same.
#[track_caller]
fn same(env: &Environment, dir: &Path, words: &[&str]) {
    let theirs = env.log(dir, &args(words), None);
    let (ours, trace) = env.fastlog(dir, &args(words), None);
    let text = difference(&ours, &theirs, true);
    assert!(text.is_none(), "git log {}: {}\n{trace:?}", words.join(" "), text.unwrap_or_default());
}

#[test]
fn options_that_git_refuses_together() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    for option in ["--parents", "--simplify-by-decoration", "--simplify-merges", "--graph", "--show-pulls"] {
        same(&env, &dir, &["--children", option]);
        same(&env, &dir, &["--children", option, "--", "f"]);
    }
}

#[test]
fn values_that_git_refuses_though_others_replace_them() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    same(&env, &dir, &["--date=nope", "--date=iso"]);
    same(&env, &dir, &["--date=nope", "--relative-date"]);
    same(&env, &dir, &["--no-walk=nope", "--do-walk"]);
    same(&env, &dir, &["--pretty=nope", "--oneline"]);
    shell(&env, &dir, "git config log.date nope");
    same(&env, &dir, &["--date=iso"]);
}

#[test]
fn a_count_of_commits_behind_no_walk_walks() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    for option in ["--no-walk", "--no-walk=unsorted"] {
        for count in ["-n3", "-3", "--max-count=3", "--do-walk"] {
            for tips in [&["HEAD~2", "HEAD"][..], &[]] {
                same(&env, &dir, &[&[option, count][..], tips].concat());
                same(&env, &dir, &[&[count, option][..], tips].concat());
                same(&env, &dir, &[tips, &[option, count, option]].concat());
            }
        }
    }
}

/// git maps a committer that it searches only where it maps the author.
#[test]
fn committers_and_a_mailmap() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    let script = r#"
printf 'Proper Name <committer@example.com>\n' >.mailmap
for author in 'A <a@b>' 'C <committer@example.com>'; do
    GIT_COMMITTER_NAME=Other GIT_COMMITTER_EMAIL=committer@example.com git commit -q --allow-empty --author "$author" -m x
done
"#;
    shell(&env, &dir, script);
    for name in ["Proper", "Other"] {
        for map in [&[][..], &["--no-mailmap"], &["--use-mailmap"]] {
            for option in ["--committer", "--author"] {
                same(&env, &dir, &[&[option, name][..], map].concat());
                for with in [
                    &["--invert-grep"][..],
                    &["-i"],
                    &["--grep=x"],
                    &["--grep=x", "--grep=c", "--all-match"],
                    &["--grep=x", "--invert-grep"],
                    &["--author=A"],
                    &["--committer=O M"],
                    &["--author=proper", "--grep=X", "-i"],
                ] {
                    same(&env, &dir, &[&[option, name][..], with, map].concat());
                }
            }
        }
    }
    let (_, trace) = env.fastlog(&dir, &args(&["--committer=Other"]), None);
    assert_eq!(trace.expect("there is a trace").served, crate::support::trace::Served::Native);
    // What git judges, it judges with the mailmap that was asked for.
    let script = r#"
git update-ref refs/heads/odd $(git cat-file commit HEAD | sed 's/^author.*/author A U Thor <committer@example.com> 1/' |
    git hash-object -t commit -w --stdin --literally)
"#;
    shell(&env, &dir, script);
    for setting in ["true", "false"] {
        env.git_ok(&dir, &["config", "log.mailmap", setting]);
        for map in [&[][..], &["--no-mailmap"], &["--mailmap"]] {
            for filter in ["--author=Proper", "--author=Thor", "--committer=Proper", "--committer=Other"] {
                same(&env, &dir, &[&["odd", filter, "--format=%H"][..], map].concat());
            }
        }
    }
}

#[test]
fn notes_are_searched_where_they_are_shown() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    let script = r#"
git notes add -m 'Reviewed by Zoe' HEAD~2 && git notes add -m 'plain
second line zoe' side && git notes --ref=other add -m 'other ref: c2 Zoe' HEAD~1
git update-ref refs/heads/bare $(printf 'no newline' | git commit-tree -p HEAD HEAD^{tree})
git notes add -m 'Reviewed by Zoe' bare
"#;
    shell(&env, &dir, script);
    let native = &[
        &["--grep=Zoe"][..],
        &["--grep=zoe", "-i"],
        &["--grep=^Reviewed by Zoe$", "-E"],
        &["--grep=newlineRev"],
        &["--grep=^second"],
        &["--grep=Zoe", "--invert-grep"],
        &["--grep=s2", "--grep=plain", "--all-match"],
        &["--grep=Zoe", "--author=A U"],
        &["--grep=Zoe", "--author=nobody"],
        &["--grep=c2", "--notes=other"],
        &["--grep=Zoe", "--notes=other", "--notes"],
        &["--grep=Zoe", "--no-notes"],
        &["--grep=Zoe", "--oneline"],
        &["--grep=Zoe", "--format=%s %N"],
        &["--grep=Zoe", "--format=%s"],
        &["--grep=Zoe", "--format=%s", "--notes"],
    ];
    for words in native {
        for tips in [&["--all"][..], &["main"], &["-n1"]] {
            same(&env, &dir, &[words, tips].concat());
        }
    }
    for words in [&["--grep=Zoe"][..], &["--grep=c", "--author=A"]] {
        let ours = env.fastlog(&dir, &args(&[&["--count", "--all"][..], words].concat()), None).0.stdout;
        let theirs = env.git(&dir, &[&["rev-list", "--count", "--all"][..], words].concat()).stdout;
        assert_eq!(ours.as_bstr(), theirs.as_bstr(), "{words:?}");
        let ours = env.fastlog(&dir, &args(&[&["--shortlog", "--all"][..], words].concat()), None).0.stdout;
        let theirs = env.git(&dir, &[&["shortlog", "--all"][..], words].concat()).stdout;
        assert_eq!(ours.as_bstr(), theirs.as_bstr(), "{words:?}");
    }
    let (_, trace) = env.fastlog(&dir, &args(&["--grep=Zoe", "--all"]), None);
    assert_eq!(trace.expect("there is a trace").served, crate::support::trace::Served::Native);
    // What is not plain text is for git to judge.
    let script = r#"
printf 'bytes \377 Zoe \0 nul' | git hash-object -w --stdin >blob
git notes add -f -C $(cat blob) HEAD
git update-ref refs/heads/odd $(git cat-file commit HEAD | sed 's/^author.*/author A U Thor <a@b> 1/' |
    git hash-object -t commit -w --stdin --literally)
git notes add -m 'Zoe was here' odd
"#;
    shell(&env, &dir, script);
    for words in native {
        for tips in [&["--all"][..], &["main"], &["odd"]] {
            same(&env, &dir, &[words, tips].concat());
        }
    }
}

#[test]
fn orders_of_commits_that_are_not_walked() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    for first in ["--no-walk", "--no-walk=sorted", "--no-walk=unsorted"] {
        for second in ["--no-walk", "--no-walk=sorted", "--no-walk=unsorted"] {
            same(&env, &dir, &[first, "HEAD~2", second, "HEAD"]);
        }
    }
}

#[test]
fn counts_of_commits_whose_diffs_decide() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    for order in [&[][..], &["--reverse"]] {
        for count in [&["-1"][..], &["-2", "--skip=1"], &["-4"], &["--skip=2", "--", "f"], &["-2", "--", "f"]]
        {
            for diff in ["-S3", "-G2", "--diff-filter=A"] {
                same(&env, &dir, &[&["--stat", diff][..], order, count].concat());
                same(&env, &dir, &[&["--author=A", diff][..], order, count].concat());
            }
        }
    }
}

#[test]
fn diffs_of_commits_that_are_simplified_without_paths() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    let script = "for i in 4 5 6; do echo $i >f; git add f; git commit -qm c$i; done; git tag end";
    shell(&env, &dir, script);
    for diff in ["--compact-summary", "-p", "--stat", "--name-status", "--raw", "--numstat", "-Gfoo|5"] {
        for words in [&["-10"][..], &["-2", "--max-parents=1"], &["--grep=c"], &["--graph", "-10"]] {
            same(&env, &dir, &[&["--simplify-by-decoration", diff][..], words].concat());
            same(&env, &dir, &[&["--simplify-by-decoration", diff][..], words, &["--", "f"]].concat());
            same(&env, &dir, &[&["--simplify-merges", diff][..], words].concat());
        }
    }
}

/// git has read all tips before it follows the first excluded one, and so knows at once what it reaches over them.
#[test]
fn excluded_tips_named_before_others() {
    let env = Environment::new();
    let dir = env.path().join("r");
    fs::create_dir(&dir).expect("a new directory");
    let script = r#"
git init -q -b main . && commit() { GIT_COMMITTER_DATE="@$2 +0000" git commit -q --allow-empty -m "$1"; git tag "$1"; }
echo 1 >f; git add f; commit base 1500000000; commit middle 1500000100; commit excluded 1500000200
git checkout -q --orphan other; echo 2 >f; git add f; commit other 1500000300
merge=$(GIT_COMMITTER_DATE="@1500000400 +0000" git commit-tree -p base -p other -m merge base^{tree})
git tag merge $merge; git-optimize index build
"#;
    shell(&env, &dir, script);
    for tips in [
        &["^excluded", "merge", "middle"][..],
        &["^excluded", "middle", "merge"],
        &["middle", "^excluded", "merge"],
        &["merge", "^excluded"],
        &["merge", "^middle", "excluded"],
        &["^excluded", "--all"],
    ] {
        same(&env, &dir, &[&["--format=%s"][..], tips, &["--", "f"]].concat());
    }
}

/// A graph of first parents has no edge to a later one, though the first is not shown and the later one is.
#[test]
fn graphs_of_first_parents() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    let script = "git checkout -q -b other side~1 && git commit -q --allow-empty --author 'B <b@c>' -m o1 && \
                  git checkout -q -b joined main && git merge -q -m joined other && git branch -f start side~1";
    shell(&env, &dir, script);
    for words in [
        &["--ancestry-path", "joined", "other", "^start"][..],
        &["--ancestry-path=other", "joined", "other", "^start"],
        &["--author=B", "--author=o1", "joined", "other"],
        &["--grep=joined", "--grep=o1", "joined", "other"],
        &["--grep=merge", "--grep=s2", "joined", "other", "side"],
        &["--merges", "joined", "side"],
    ] {
        same(&env, &dir, &[&["--graph", "--first-parent"][..], words].concat());
        same(&env, &dir, &[&["--graph", "--first-parent", "--oneline", "--date-order"][..], words].concat());
    }
}

/// A commit-graph keeps 34 bits of a date, and generation numbers that are made of what is left: git finds other merge
/// bases with it.
#[test]
fn dates_that_a_commit_graph_does_not_keep() {
    let env = Environment::new();
    let dir = env.path().join("r");
    fs::create_dir(&dir).expect("a new directory");
    let script = r#"
git init -q -b main . && commit() { GIT_COMMITTER_DATE="@$2 +0000" git commit -q -m "$1"; }
echo a >f; git add f; commit a 17179869184; git tag a
echo b >f; git add f; commit b 17179869244
echo c >f; git add f; commit c 1099511627776
merge=$(GIT_COMMITTER_DATE="@1099511627776 +0000" git commit-tree -p HEAD -p a -m d HEAD^{tree})
git reset -q --hard $merge
"#;
    shell(&env, &dir, script);
    for round in
        ["git-optimize index build", "git commit-graph write --reachable", "git-optimize index build"]
    {
        shell(&env, &dir, round);
        for order in [&[][..], &["--topo-order"]] {
            same(&env, &dir, &[&["--format=%s", "--simplify-merges"][..], order, &["--", "f"]].concat());
            same(&env, &dir, &[&["--format=%s", "a...main"][..], order].concat());
            let words = [&["--simplify-merges"][..], order, &["--", "f"]].concat();
            let listed = env.log(&dir, &args(&[&["--format=%s"][..], &words].concat()), None).stdout;
            let counted = env.fastlog(&dir, &args(&[&["--count"][..], &words].concat()), None).0.stdout;
            assert_eq!(
                counted.trim().to_str(),
                Ok(&*listed.lines().count().to_string()),
                "{round}: {words:?}"
            );
        }
    }
}

#[test]
fn commits_that_are_not_walked() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    for words in [&["main", "side~1", "v1"][..], &["v1", "v1^0", "HEAD~2"], &["--all", "--merges"]] {
        for option in ["--no-walk", "--no-walk=unsorted"] {
            let log: Vec<&str> = std::iter::once(option).chain(words.iter().copied()).collect();
            same(&env, &dir, &log);
            let summary = [&["-sn"][..], &log].concat();
            let theirs = env.git(&dir, &[&["shortlog"][..], &summary].concat()).stdout;
            let ours = env.fastlog(&dir, &args(&[&["--shortlog"][..], &summary].concat()), None).0.stdout;
            assert_eq!(ours.as_bstr(), theirs.as_bstr(), "{summary:?}");
            let listed = env.log(&dir, &args(&[&["--format=%H"][..], &log].concat()), None).stdout;
            let count = env.fastlog(&dir, &args(&[&["--count"][..], &log].concat()), None).0.stdout;
            assert_eq!(count.trim().to_str(), Ok(&*listed.lines().count().to_string()), "{log:?}");
        }
    }
}

#[test]
fn text_searches_that_may_be_paths() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    for words in [&[":/c1"][..], &[":/f"], &[":/f", "--"], &[":/c1", "--"], &[":(top)f"], &[":!f"]] {
        same(&env, &dir, words);
    }
}

#[test]
fn commit_graphs_that_git_warns_of() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    shell(&env, &dir, "git commit-graph write --reachable && chmod u+w .git/objects/info/commit-graph");
    let file = dir.join(".git/objects/info/commit-graph");
    let sound = fs::read(&file).expect("just written");
    for (at, byte) in [(0, b'x'), (4, 9), (5, 3)] {
        let mut broken = sound.clone();
        broken[at] = byte;
        fs::write(&file, broken).expect("ours");
        let words = args(&["--oneline"]);
        let (ours, _) = env.fastlog(&dir, &words, None);
        let theirs = env.log(&dir, &words, None);
        assert_eq!(ours.stderr.as_bstr(), theirs.stderr.as_bstr(), "byte {at}");
        same(&env, &dir, &["--oneline"]);
    }
}

#[test]
fn the_mailmap_of_a_bare_repository_is_that_of_its_head() {
    let env = Environment::new();
    let work = repository(&env, "r");
    let entry = |name: &str| format!("{name} <new@example.com> <$(git log -1 --format=%ae)>");
    let dir = env.path().join("bare.git");
    shell(&env, &work, "git clone -q --bare . ../bare.git && git -C ../bare.git config fast.autoIndex true");
    env.index_ok(&dir, "build");
    for round in 0..4 {
        // Asked twice: the second time it is remembered. Then HEAD gets another mailmap, loses it, and gets it back.
        same(&env, &dir, &[]);
        same(&env, &dir, &["--format=%aN %aE", "-3"]);
        let next = match round {
            0 => format!("echo \"{}\" >.mailmap && git add .mailmap", entry("One")),
            1 => format!("echo \"{}\" >.mailmap && git add .mailmap", entry("Two")),
            _ => "git rm -qf .mailmap || true".to_owned(),
        };
        shell(
            &env,
            &work,
            &format!("{next} && git commit -qm more --allow-empty && git push -q ../bare.git main"),
        );
    }
    let file = dir.join("git-fast.mailmap");
    let mut bytes = fs::read(&file).expect("it has been remembered");
    bytes.truncate(bytes.len() - 1);
    fs::write(&file, bytes).expect("ours");
    same(&env, &dir, &[]);
}

/// Where ASCII means itself, git is not needed to convert it.
#[test]
fn ascii_text_in_other_encodings() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    for name in ["iso-8859-8", "ISO8859-15", "windows-1255", "cp1251x", "EUC-KR", "UTF-7", "Shift_JIS", "no"]
    {
        let script = format!(
            r#"for text in 'plain +AGE- \\~' 'h\303\251 \351'; do
               printf "$text" | git -c i18n.commitEncoding={name} commit -q --allow-empty -F -; done"#
        );
        shell(&env, &dir, &script);
    }
    env.index_ok(&dir, "update");
    for format in [&[][..], &["--oneline"], &["--format=raw"], &["--format=%e %an %B"], &["--format=%e %s"]] {
        for filter in
            [&[][..], &["--grep", "plain"], &["--grep=AGE", "-i"], &["--grep", "h.* "], &["--author=A"]]
        {
            same(&env, &dir, &[format, filter].concat());
        }
    }
}

#[test]
fn source_names() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    for round in ["true", "git commit-graph write --reachable"] {
        shell(&env, &dir, round);
        for words in [
            &["--source", "--all", "--graph"][..],
            &["--source", "--all", "--topo-order"],
            &["--source", "--boundary", "side..main"],
            &["--source", "--boundary", "side...main"],
            &["--source", "--branches=s*"],
            &["--source", "--tags=*"],
        ] {
            same(&env, &dir, words);
        }
    }
}

#[test]
fn files_named_like_revisions() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    for name in ["HEAD", "side", "HEAD~1", "v1^{}"] {
        fs::write(dir.join(name), "").expect("a writable directory");
    }
    for words in [
        &["HEAD"][..],
        &["^side", "main"],
        &["^v1^{}", "main"],
        &["HEAD^!"],
        &["HEAD^@"],
        &["^HEAD~1", "main"],
        &["HEAD", "--"],
    ] {
        same(&env, &dir, words);
    }
    same(&env, &dir.join(".git"), &["HEAD"]);
}

#[test]
fn refs_named_like_other_things() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    let id = env.git_ok(&dir, &["rev-parse", "HEAD~2"]);
    let id = id.trim().to_str().expect("hex");
    for name in [&format!("refs/heads/{id}"), "refs/heads/-x", "refs/heads/HEAD"] {
        env.git_ok(&dir, &["update-ref", name, "HEAD"]);
    }
    for words in [&[id][..], &[&format!("{id}..main")], &["^-x", "main"], &["HEAD"], &["@"], &[]] {
        same(&env, &dir, words);
    }
}

#[test]
fn settings_that_git_refuses() {
    let mut env = Environment::new();
    let dir = repository(&env, "r");
    for (key, value) in [
        ("log.showRoot", "x"),
        ("log.follow", "x"),
        ("log.diffMerges", "x"),
        ("log.excludeDecoration", ""),
        ("color.pager", "x"),
        ("color.grep", "x"),
        ("color.decorate.branch", "x"),
        ("color.diff.old", "nope"),
        ("color.grep.nope", "red"),
        ("format.pretty", ""),
        ("format.pretty", "nope"),
        ("format.pretty", "reference"),
        ("core.commitGraph", "x"),
        ("core.compression", "99"),
        ("core.checkStat", "x"),
        ("core.commentChar", ""),
        ("core.bare", "x"),
        ("diff.context", "-1"),
        ("diff.algorithm", "x"),
        ("diff.renames", "x"),
        ("diff.x.binary", "x"),
        ("grep.patternType", "x"),
        ("push.default", "x"),
        ("advice.detachedHead", "x"),
        ("index.version", "x"),
        ("commitGraph.readChangedPaths", "x"),
    ] {
        env.set_config(&[(key, value.as_ref())]);
        for words in [&["-2"][..], &["--decorate", "--format=%h%d %ad"]] {
            same(&env, &dir, words);
        }
    }
}

/// git takes for the width whatever number `COLUMNS` begins with.
#[test]
fn widths_that_are_more_than_a_number() {
    let mut env = Environment::new();
    let dir = env.path().join("repository");
    env.git(env.path(), &["init", "-q", "repository"]).success("a repository");
    env.git(&dir, &["commit", "-q", "--allow-empty", "-m", "subject"]).success("a commit");
    for width in ["", "0", "40", "40x", " 40", "+40", "-40", "99999999999999999999"] {
        env.set("COLUMNS", width);
        same(&env, &dir, &["--format=%h%>|(-3)%s"]);
    }
}

#[test]
fn repositories_that_git_refuses() {
    for script in [
        "git config core.repositoryFormatVersion 1; git config extensions.nope x",
        "git config extensions.compatObjectFormat sha256",
        "git config extensions.preciousObjects x",
        "echo garbage >.git/HEAD",
        "echo 'ref: x/y' >.git/HEAD",
        "echo 1234567890123456789012345678901234567890 >.git/HEAD",
        "ln -sf refs/heads/side .git/HEAD",
    ] {
        let env = Environment::new();
        let dir = repository(&env, "r");
        shell(&env, &dir, script);
        for words in [&["--all", "--oneline", "--decorate"][..], &["--branches"], &["-3", "side"]] {
            same(&env, &dir, words);
        }
    }
}

#[test]
fn bare_repositories_where_only_named_ones_are_safe() {
    let mut env = Environment::new();
    let dir = repository(&env, "r");
    shell(&env, &dir, "git clone -q --bare . ../bare; cd ../bare; git-optimize index build");
    env.set_config(&[("safe.bareRepository", "explicit".as_ref())]);
    for place in [env.path().join("bare"), env.path().join("bare/refs"), dir.join(".git")] {
        same(&env, &place, &["-1", "main"]);
    }
}

#[test]
fn mailmaps_where_the_environment_names_the_repository() {
    let mut env = Environment::new();
    let dir = repository(&env, "r");
    fs::create_dir(dir.join("sub")).expect("a new directory");
    fs::write(dir.join(".mailmap"), "Top <author@example.com>\n").expect("a writable directory");
    fs::write(dir.join("sub/.mailmap"), "Sub <author@example.com>\n").expect("a writable directory");
    env.set("GIT_DIR", dir.join(".git"));
    same(&env, &dir, &["-1"]);
    same(&env, &dir.join("sub"), &["-1"]);
    env.set("GIT_WORK_TREE", dir.join("sub"));
    same(&env, &dir, &["-1"]);
    same(&env, &dir.join("sub"), &["-1"]);
    env.set("GIT_WORK_TREE", &dir);
    same(&env, &dir.join("sub"), &["-1"]);
}

#[test]
fn environment_that_is_no_boolean() {
    for name in ["GIT_PAGER_IN_USE", "GIT_DISCOVERY_ACROSS_FILESYSTEM"] {
        let mut env = Environment::new();
        let dir = repository(&env, "r");
        env.set(name, "garbage");
        same(&env, &dir, &["-1"]);
    }
}

#[test]
fn colours_that_are_not_for_pagers() {
    let mut env = Environment::new();
    let dir = repository(&env, "r");
    env.set("GIT_PAGER_IN_USE", "true");
    env.set("TERM", "xterm");
    env.set_config(&[("color.pager", "false".as_ref())]);
    same(&env, &dir, &["-2", "--graph"]);
}

/// Small histories whose dates go wild: what is walked, in which order, and whether there is a commit-graph.
#[test]
#[expect(clippy::print_stdout, reason = "what fails must be replayable")]
fn walks_through_skewed_dates() {
    for seed in 0..6u64 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let env = Environment::new();
        let dir = env.path().join("r");
        let commits = rng.usize(15..40);
        let mut stream = String::new();
        for at in 1..=commits {
            let time = 1_600_000_000 + at as i64 * 10 + rng.i64(-200..200) * i64::from(rng.u8(0..3) == 0);
            stream += &format!("commit refs/t/c{at}\nmark :{at}\ncommitter B <b@example.com> {time} +0000\n");
            stream += &format!("data 4\nc{at:03}\n");
            let mut parents: Vec<usize> =
                (0..rng.usize(1..4)).map(|_| at.saturating_sub(rng.usize(1..8))).collect();
            parents.sort_unstable();
            parents.dedup();
            parents.retain(|parent| *parent > 0);
            for (number, parent) in parents.iter().enumerate() {
                stream += &format!("{} :{parent}\n", if number == 0 { "from" } else { "merge" });
            }
        }
        fs::create_dir(&dir).expect("a new directory");
        env.git_ok(&dir, &["init", "-q"]);
        env.git_input(&dir, &["fast-import", "--quiet"], Some(stream.as_bytes()));
        env.git_ok(&dir, &["update-ref", "refs/heads/main", &format!("refs/t/c{commits}")]);
        env.index_ok(&dir, "build");
        if rng.bool() {
            env.git_ok(&dir, &["commit-graph", "write", "--reachable"]);
        }
        let mut tip = || format!("refs/t/c{}", rng.usize(1..=commits));
        let (range, sides) = (format!("{}..main", tip()), format!("{}...{}", tip(), tip()));
        let [since, until] = [("since", 3), ("until", 6)]
            .map(|(name, part)| format!("--{name}={}", 1_600_000_000 + commits * part));
        for revision in [range.as_str(), sides.as_str(), "--all"] {
            for order in ["--graph", "--topo-order", "--date-order", "--author-date-order", "--no-notes"] {
                for more in [
                    &[][..],
                    &[until.as_str()],
                    &["--boundary"],
                    &["--boundary", "--merges"],
                    &["--boundary", "--first-parent"],
                    &["--exclude-first-parent-only"],
                    &["--exclude-first-parent-only", since.as_str(), "--children"],
                    &[since.as_str()],
                    &["--left-only", sides.as_str()],
                ] {
                    let words = [&["--format=%m%h %s", revision, order], more].concat();
                    println!("seed {seed}");
                    same(&env, &dir, &words);
                }
            }
        }
    }
}

/// Whether a commit that is too old excludes all that it reaches, or along first parents, is git's to say.
#[test]
fn what_old_commits_exclude() {
    let env = Environment::new();
    let dir = env.path().join("r");
    fs::create_dir(&dir).expect("a new directory");
    shell(
        &env,
        &dir,
        "git init -q; t=$(git mktree </dev/null); at=1600000000
         c() { d=\"$(($at + $1)) +0000\"; shift; GIT_COMMITTER_DATE=$d git commit-tree $t \"$@\"; }
         one=$(c 100 -m one); two=$(c 101 -m two); old=$(c 10 -m old -p $one -p $two)
         git update-ref HEAD $(c 200 -m tip -p $old -p $two -p $one); git-optimize index build",
    );
    for order in ["--children", "--no-notes", "--topo-order"] {
        for more in [&[][..], &["--exclude-first-parent-only"]] {
            same(&env, &dir, &[&["--format=%s", "--since=1600000060", order], more].concat());
        }
    }
}

/// Where merges are shown with their differences to a parent, git prunes no history.
#[test]
fn differences_of_merges_imply_full_history() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    shell(
        &env,
        &dir,
        "git checkout -q -b undone; echo x >f; git commit -qam x; git revert --no-edit HEAD
         git checkout -q main; echo g >g; git add g; git commit -qm g; git merge -q -m again undone",
    );
    for option in
        ["-m", "-c", "--cc", "--diff-merges=on", "--diff-merges=1", "--diff-merges=c", "--remerge-diff"]
    {
        for value in [None, Some("off"), Some("on"), Some("c"), Some("first-parent")] {
            let mut configured = Environment::new();
            if let Some(value) = value {
                configured.set_config(&[("log.diffMerges", value.as_ref())]);
            }
            for words in
                [&[option, "--oneline", "--", "f"][..], &[option, "--no-diff-merges", "-p", "--", "f"]]
            {
                same(&configured, &dir, words);
            }
        }
    }
}

/// Whoever has git trace itself wants to read what git does.
#[test]
fn traces_of_git() {
    let mut env = Environment::new();
    let dir = repository(&env, "r");
    for name in ["GIT_TRACE", "GIT_TRACE2_PERF", "GIT_TRACE2_EVENT"] {
        let file = dir.join(name);
        env.set(name, file.as_os_str());
        let (output, _) = env.fastlog(&dir, &args(&["--oneline", "--", "f"]), None);
        assert_eq!(output.code, 0);
        assert!(!fs::read(&file).expect("a trace").is_empty(), "{name}");
    }
}

#[test]
fn git_files_that_lead_nowhere() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    for (name, text) in [("nowhere", "gitdir: nothing"), ("empty", ""), ("odd", "what is this")] {
        let below = dir.join(name).join("below");
        fs::create_dir_all(&below).expect("a new directory");
        fs::write(dir.join(name).join(".git"), text).expect("a new file");
        same(&env, &dir.join(name), &["--oneline"]);
        same(&env, &below, &["--oneline"]);
    }
}

/// git marks what an excluded commit reaches as far as it has read it, and it has read more where it had to look for a
/// revision. Seed 8001, case 51.
#[test]
fn revisions_that_git_walks_for() {
    let env = Environment::new();
    let dir = env.path().join("r");
    fs::create_dir(&dir).expect("a new directory");
    shell(
        &env,
        &dir,
        "git init -q -b main; at=1600000000
         c() { GIT_COMMITTER_DATE=\"$(($at + $1)) +0000\" git commit -q --allow-empty -m $2; }
         echo 0 >f; git add f; c 0 root; git checkout -q -b other; echo q >f; git add f; c 400 q
         git checkout -q -b topic HEAD~; echo p >f; git add f; c 100 p; git branch p; c 200 between; c 300 fix
         git checkout -q -b both p
         GIT_COMMITTER_DATE=\"$(($at + 500)) +0000\" git merge -q -s ours -m merge other
         git-optimize index build",
    );
    let shown = |revision: &str| {
        let words = ["--format=%s", "both", "--not", revision, "--", "f"];
        same(&env, &dir, &words);
        env.log(&dir, &args(&words), None).stdout
    };
    assert_ne!(shown("topic"), shown("topic^{/fix}"), "git has read more");
    for revision in ["topic~0", "topic^0", "topic~1", "topic^{/between}", ":/fix", "^topic"] {
        shown(revision);
    }
}

#[test]
fn marks_of_commits_that_git_renders() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    for format in ["--format=%m %h", "--format=%m %G?", "--oneline", "--format=email"] {
        for option in ["-p", "--stat", "--name-only", "-s"] {
            same(&env, &dir, &["-n3", option, format, "HEAD~3...side"]);
            same(&env, &dir, &["-n3", option, format, "HEAD~3..side"]);
        }
    }
}

#[test]
fn placeholders_that_git_renders() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    for format in
        ["%G?", "%(describe)%G?", "%+(describe:tags=true,abbrev=+4)x", "%h%GG%C(bad)", "%<(9)%GS|", "%GZ"]
    {
        for words in [
            &["-n3"][..],
            &["--grep=c"],
            &["--", "f"],
            &["-n2", "--graph"],
            &["-n2", "--left-right", "HEAD~3...side"],
            &["--follow", "--", "f"],
            &[],
        ] {
            same(&env, &dir, &[&[&*format!("--format={format}")], words].concat());
        }
    }
    let (_, trace) = env.fastlog(&dir, &args(&["-n3", "--format=%h %G?"]), None);
    assert_eq!(trace.expect("there is a trace").served, crate::support::trace::Served::Assisted);
    // Outside of the reflog there is nothing to say of it.
    for format in ["%gD%gd|%gs|%gn %gN %ge %gE", "%+gd%-gs% gD", "a%n%-gd%h", "%<(5)%gs|", "%gx%g"] {
        same(&env, &dir, &[&*format!("--format={format}")]);
        same(&env, &dir, &["-n1", "-g", &*format!("--format={format}")]);
    }
    let (_, trace) = env.fastlog(&dir, &args(&["--format=%h %gd"]), None);
    assert_eq!(trace.expect("there is a trace").served, crate::support::trace::Served::Native);
}

#[test]
fn files_that_are_followed_because_of_a_setting() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    shell(&env, &dir, "git mv f g && git commit -qm moved && echo x >h && git add h && git commit -qm h");
    env.git_ok(&dir, &["config", "log.follow", "true"]);
    for words in [
        &["--oneline", "--", "g"][..],
        &["--oneline", "g"],
        &["--oneline", "--", "g", "h"],
        &["--oneline", "--", "*g"],
        &["--oneline", "--", ":(glob)g"],
        &["--oneline", "--", ":(icase)G"],
        &["--oneline", "--", ":(icase)g"],
        &["--oneline", "--", ":(top)g"],
        &["--oneline", "--", ":/g"],
        &["--oneline", "--", ":(literal)g"],
        &["--oneline", "--", ":!g"],
        &["--oneline", "--", "."],
        &["--oneline", "--", "nothing"],
        &["--oneline", "--graph", "--", "g"],
        &["--oneline", "--parents", "--", "g"],
        &["--oneline", "--full-history", "--", "g"],
        &["--name-status", "--", "g"],
        &["-p", "--", "g"],
        &["--oneline", "--no-follow", "--", "g"],
    ] {
        same(&env, &dir, words);
        same(&env, &dir, &[&["--follow"], words].concat());
    }
    let (_, trace) = env.fastlog(&dir, &args(&["--oneline", "--", "g"]), None);
    assert_eq!(trace.expect("there is a trace").served, crate::support::trace::Served::Native);
    // Not of these.
    let ours = env.fastlog(&dir, &args(&["--shortlog", "HEAD", "--", "g"]), None).0.stdout;
    assert_eq!(ours.as_bstr(), env.git_ok(&dir, &["shortlog", "HEAD", "--", "g"]).as_bstr());
    let (last, _) = env.fastlog(&dir, &args(&["--last-modified", "--", "g"]), None);
    assert_eq!(last.code, 0);
}

#[test]
fn one_side_in_topological_order() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    let script = r#"
git checkout -q -b left HEAD~3 && for i in 1 2 3; do echo l$i >l; git add l; git commit -qm l$i; done
git merge -q -m m2 side && echo l4 >l && git commit -qam l4 && git checkout -q main
"#;
    shell(&env, &dir, script);
    for graph in [false, true] {
        if graph {
            env.git_ok(&dir, &["commit-graph", "write", "--reachable"]);
        }
        for side in ["--left-only", "--right-only"] {
            for order in ["--topo-order", "--date-order", "--author-date-order", "--graph"] {
                for with in
                    [&[][..], &["-n2"], &["--skip=1", "-n2"], &["--grep=l"], &["--", "f"], &["--", "l", "f"]]
                {
                    for looks in ["--format=%m %h %p", "--oneline", "--left-right"] {
                        same(&env, &dir, &[&[side, order, looks, "left...main"][..], with].concat());
                    }
                }
            }
            let (_, trace) = env.fastlog(&dir, &args(&[side, "--graph", "left...main"]), None);
            let served = trace.expect("there is a trace").served;
            assert_eq!(served == crate::support::trace::Served::Native, !graph);
        }
    }
}

/// git has not read all commits of such a boundary: it sorts those as if they had no parents, and shows none.
#[test]
fn boundaries_of_first_parents() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    shell(
        &env,
        &dir,
        "git checkout -q -b other side && git commit -q --allow-empty -m o1 && git merge -q -m om main~3 main~2",
    );
    shell(
        &env,
        &dir,
        "git checkout -q main && git merge -q -m again other && git commit -q --allow-empty -m top",
    );
    for looks in ["--oneline", "--format=%m %h %P", "--format=medium", "--parents", "--graph", "--raw"] {
        for with in [&[][..], &["-n2"], &["v1.."], &["^side", "main"], &["--reverse"], &["--topo-order"]] {
            if looks != "--graph" || with != ["--reverse"] {
                same(&env, &dir, &[&["--boundary", "--first-parent", looks][..], with].concat());
            }
        }
    }
    let (_, trace) = env.fastlog(&dir, &args(&["--boundary", "--first-parent"]), None);
    assert_eq!(trace.expect("there is a trace").served, crate::support::trace::Served::Native);
}

#[test]
fn pagers_that_do_not_start() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    let pagers = [
        ("none-such", "pager 'none-such'"),
        ("./none", "pager './none'"),
        ("./f", "pager './f'"),
        ("none-such --option", "not found"),
    ];
    for (pager, end) in pagers {
        shell(&env, &dir, &format!("git config core.pager '{pager}'"));
        let says = |program: &str, words: &[&str]| {
            Terminal::start(&env, &dir, program, &[words, &["--oneline"]].concat()).wait_for(end)
        };
        assert_eq!(says("git-fastlog", &[]), says("git", &["log"]));
    }
}

/// `-i` is for what is looked for in diffs, too. (With `--find-object` git dies of it.)
#[test]
fn diffs_in_which_case_is_ignored() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    shell(&env, &dir, "echo Word >f && git commit -qam word && git-optimize index build");
    let object = String::from_utf8(env.git_ok(&dir, &["rev-parse", "HEAD:f"])).expect("hex");
    let object = format!("--find-object={}", object.trim_end());
    for sought in ["-SwORD", "-GwO", &object] {
        for ignores in ["-i", "--regexp-ignore-case"] {
            for chosen in [&["--grep=wORD"][..], &["--author=thor", "--stat"], &["--no-merges"], &["--", "f"]]
            {
                same(&env, &dir, &[&["--oneline", sought, ignores], chosen].concat());
                same(&env, &dir, &[&["--oneline", sought], chosen].concat());
            }
        }
    }
}

/// Standard error, too.
#[track_caller]
fn equal_in_all(ours: &Output, theirs: &Output, what: &str) {
    let all = |output: &Output| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.code, text(&output.stdout), text(&output.stderr))
    };
    assert_eq!(all(ours), all(theirs), "{what}");
}

#[track_caller]
fn same_in_all(env: &Environment, dir: &Path, program: (&str, &str), words: &[&str]) {
    let theirs = env.git(dir, &[&[program.1], words].concat());
    let ours = env.run(env.ours(program.0, dir, words));
    equal_in_all(&ours, &theirs, &format!("{} {words:?}", program.1));
}

const LOG: (&str, &str) = ("git-fastlog", "log");
const STATUS: (&str, &str) = ("git-faststatus", "status");

#[test]
fn names_of_raw_commits_after_oneline() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    let formats = ["--oneline", "--abbrev-commit", "--no-abbrev-commit", "--pretty=raw", "--parents"];
    for one in formats {
        for two in formats {
            for three in formats {
                same(&env, &dir, &["-2", one, two, three]);
                same(&env, &dir, &["-2", one, two, three, "--pretty=raw"]);
            }
        }
    }
    shell(&env, &dir, "git config log.abbrevCommit true; git config pretty.mine raw");
    for words in [&["--pretty=mine"][..], &["--oneline", "--pretty=mine"], &["--pretty"], &["--pretty=raw"]] {
        same(&env, &dir, words);
    }
}

/// A bare `--pretty` leaves tabs as the format before has them.
#[test]
fn tabs_under_a_bare_pretty() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    shell(
        &env,
        &dir,
        "printf 's\\n\\na\\tb\\n' | git commit -q --allow-empty -F -; git-optimize index build",
    );
    let before =
        ["--oneline", "--pretty=short", "--pretty=full", "--format=%h", "--pretty=mine", "--pretty=text"];
    shell(&env, &dir, "git config pretty.mine fuller; git config pretty.text tformat:%h");
    for configured in ["medium", "oneline", "raw", "mine", "text", "format:%h"] {
        shell(&env, &dir, &format!("git config format.pretty {configured}"));
        same(&env, &dir, &["-1", "--pretty"]);
        for format in before {
            same(&env, &dir, &["-1", format, "--pretty"]);
        }
    }
    shell(&env, &dir, "git config --unset format.pretty");
    for one in before {
        for two in before {
            same(&env, &dir, &["-1", one, "--pretty"]);
            same(&env, &dir, &["-1", one, two, "--pretty"]);
            same(&env, &dir, &["-1", one, "--pretty", two]);
        }
    }
}

/// A git that helps fails of what `git log` does not read; git's own complaints come once.
#[test]
fn complaints_of_a_git_that_helped() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    shell(
        &env,
        &dir,
        "seq 50 >long; git add long; git commit -qm long; git mv long longer; echo x >>longer; git commit -qam moved
         git-optimize index build; cp .git/index kept; echo junk >.git/index",
    );
    let questions =
        [&["--oneline", "--name-only"][..], &["--oneline", "--raw"], &["--oneline", "--follow", "longer"]];
    for words in questions {
        same_in_all(&env, &dir, LOG, words);
    }
    shell(&env, &dir, "cp kept .git/index; git config diff.orderFile /nonexistent");
    for words in questions {
        same_in_all(&env, &dir, LOG, words);
    }
    shell(&env, &dir, "git config --unset diff.orderFile; git config diff.renameLimit 1; seq 90 >b; seq 30 >c; git add b c
        git commit -qm two; git mv b d; git mv c e; echo x >>d; echo x >>e; git commit -qam moved; git-optimize index build");
    for words in questions {
        same_in_all(&env, &dir, LOG, words);
    }
}

/// What git refuses, or complains of, though the question does not need it.
#[test]
fn values_of_settings_that_git_reads_whatever_is_asked() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    shell(
        &env,
        &dir,
        "git remote add origin https://user:word@example.com/x; git update-ref refs/remotes/origin/main HEAD~1
         git branch -q -u origin/main; echo changed >f; echo new >new; echo '* filter=x' >.git/info/attributes",
    );
    let values = [
        "",
        "=",
        "=true",
        "=false",
        "=1",
        "=0",
        "=12",
        "=maybe",
        "=warn",
        "=default",
        "=orange",
        "=auto",
        "=allow",
        "=99999999999",
        "=~nobody-there/x",
    ];
    for key in [
        "core.ignoreStat",
        "core.whitespace",
        "core.maxTreeDepth",
        "diff.renameLimit",
        "status.renameLimit",
        "core.fsyncObjectFiles",
        "core.logAllRefUpdates",
        "core.abbrev",
        "index.skipHash",
        "index.threads",
        "pack.useSparse",
        "pack.useBitmapBoundaryTraversal",
        "pack.compression",
        "fetch.writeCommitGraph",
        "fetch.negotiationAlgorithm",
        "gc.writeCommitGraph",
        "sparse.expectFilesOutsideOfPatterns",
        "log.abbrevCommit",
        "i18n.commitEncoding",
        "mailmap.file",
        "mailmap.blob",
        "filter.x.clean",
        "filter.x.process",
        "transfer.credentialsInUrl",
        "diff.orderFile",
        "color.status.added",
        "color.status.branch",
        "color.status.header",
        "color.status.other",
    ] {
        for value in values {
            let setting = format!("{key}{value}");
            let git =
                |command: &str, words: &[&str]| env.git(&dir, &[&["-c", &setting, command], words].concat());
            for (ours, theirs, words) in [
                ("fastlog", "log", &["--oneline", "-2"][..]),
                ("faststatus", "status", &["-s"]),
                ("faststatus", "status", &[]),
            ] {
                equal_in_all(&git(ours, words), &git(theirs, words), &format!("{setting} {words:?}"));
            }
        }
    }
}

/// The branch behind `origin/HEAD` may be gone: git passes over it, and over others that lead nowhere.
#[test]
fn symbolic_refs_that_lead_nowhere() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    shell(
        &env,
        &dir,
        "git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/gone; git symbolic-ref refs/heads/x refs/heads/y
         git symbolic-ref refs/tags/x refs/heads/x; git-optimize index clear; git-optimize index build",
    );
    for words in [
        &["--oneline", "--decorate"][..],
        &["--all", "--oneline"],
        &["--branches", "--remotes", "--tags", "--format=%h%d"],
        &["--source", "--all"],
        &["--format=%(describe:tags)"],
        &["--oneline", "--not", "--remotes", "--glob=heads/*"],
    ] {
        same_in_all(&env, &dir, LOG, words);
        let (_, trace) = env.fastlog(&dir, &args(words), None);
        let trace = trace.expect("there is a trace");
        assert_eq!(trace.served, crate::support::trace::Served::Native, "{words:?}: {}", trace.reason);
    }
    for words in [&["origin"][..], &["origin/HEAD"], &["x"], &["HEAD", "--not", "x"]] {
        same_in_all(&env, &dir, LOG, words);
    }
    same_in_all(&env, &dir, STATUS, &["-sb"]);
    for replaced in ["HEAD", "HEAD~1"] {
        shell(
            &env,
            &dir,
            &format!("git symbolic-ref refs/replace/$(git rev-parse {replaced}) refs/heads/none"),
        );
        same_in_all(&env, &dir, LOG, &["--oneline"]);
        shell(&env, &dir, "rm -r .git/refs/replace");
    }
}

/// A file in a conflict that is gone is one from which another one may come.
#[test]
fn conflicts_in_which_renames_are_looked_for() {
    let env = Environment::new();
    let dir = repository(&env, "r");
    shell(
        &env,
        &dir,
        "seq 20 >b; git add b; git commit -qm b; git checkout -qb o; git rm -q b; echo o >both; git add .; git commit -qm o
         git checkout -q main; seq 22 >b; echo m >both; git add .; git commit -qm m; ! git merge -q o 2>/dev/null; rm both
         git config core.autocrlf true",
    );
    for words in [&["-s"][..], &[], &["--porcelain=v2"]] {
        same_in_all(&env, &dir, STATUS, words);
    }
    shell(&env, &dir, "rm b");
    same_in_all(&env, &dir, STATUS, &["-s"]);
    shell(
        &env,
        &dir,
        "git config --unset core.autocrlf; git reset -q --hard; git checkout -qf o; seq 21 >b; git add b; git commit -qm b
         git checkout -q main; ! git merge -q o 2>/dev/null; git show :2:b >new; rm b; git add -N new",
    );
    for words in [&["-s"][..], &[], &["--porcelain=v2"], &["-s", "--no-renames"]] {
        same_in_all(&env, &dir, STATUS, words);
    }
}
