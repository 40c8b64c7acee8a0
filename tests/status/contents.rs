//! Files that are stored otherwise than they are in the worktree. Each is touched first, so that only its content says that it
//! is the same, and edited then; what was compared once is not compared again.

use std::path::Path;
use std::time::Duration;

use bstr::ByteSlice;

use super::{Answered, ask, git_status, repository, same, shell, text};
use crate::support::Environment;

/// How a file comes to be stored otherwise.
struct Case {
    name: &'static str,
    /// What is set before `f` is written and committed, and after that.
    set: [&'static str; 2],
    write: &'static str,
    /// Writes as many other bytes.
    edit: &'static str,
    /// Why it is git's; nothing where it is ours.
    reason: &'static str,
}

const LF: &str = "printf '1\\n2\\n' >f";
const CRLF: &str = "printf '1\\r\\n2\\r\\n' >f";
const EDIT: &str = "printf '1\\n3\\n' >f";
const EDIT_CRLF: &str = "printf '1\\r\\n3\\r\\n' >f";

const CASES: &[Case] = &[
    case("as it is", ["", ""], LF, EDIT),
    case("autocrlf", ["git config core.autocrlf true", ""], CRLF, EDIT_CRLF),
    case("autocrlf, and LF in the worktree", ["git config core.autocrlf true", ""], LF, EDIT),
    case("autocrlf=input", ["git config core.autocrlf input", ""], CRLF, EDIT_CRLF),
    case("autocrlf, and CRLF in the index", ["", "git config core.autocrlf true"], CRLF, EDIT_CRLF),
    case("autocrlf, and a binary", ["git config core.autocrlf true", ""], "printf '1\\0\\r\\n' >f", EDIT),
    case("autocrlf, and a lone CR", ["git config core.autocrlf true", ""], "printf '1\\r2\\n' >f", EDIT),
    case(
        "autocrlf and safecrlf",
        ["git config core.autocrlf true", "git config core.safecrlf true"],
        CRLF,
        EDIT_CRLF,
    ),
    case("text", ["echo '* text' >.gitattributes", ""], CRLF, EDIT_CRLF),
    case("core.eol=crlf", ["echo '* text' >.gitattributes; git config core.eol crlf", ""], CRLF, EDIT_CRLF),
    case("core.eol=lf", ["echo '* text' >.gitattributes; git config core.eol lf", ""], CRLF, EDIT_CRLF),
    case("core.eol=native", ["echo '* text' >.gitattributes; git config core.eol native", ""], LF, EDIT),
    case("core.eol without text", ["git config core.eol crlf", ""], CRLF, EDIT_CRLF),
    case("text=auto", ["echo '* text=auto' >.gitattributes", ""], CRLF, EDIT_CRLF),
    case("text=auto, and CRLF in the index", ["", "echo '* text=auto' >.gitattributes"], CRLF, EDIT_CRLF),
    case(
        "eol=crlf, and CRLF in the index",
        ["", "echo '* text=auto eol=crlf' >.gitattributes"],
        CRLF,
        EDIT_CRLF,
    ),
    case("text=auto eol=lf", ["echo '* text=auto eol=lf' >.gitattributes", ""], CRLF, EDIT_CRLF),
    case("eol=lf", ["echo 'f eol=lf' >.gitattributes", ""], CRLF, EDIT_CRLF),
    case("eol=crlf", ["echo 'f eol=crlf' >.gitattributes", ""], CRLF, EDIT_CRLF),
    case("-text eol=crlf", ["echo 'f -text eol=crlf' >.gitattributes", ""], CRLF, EDIT_CRLF),
    case("crlf=input", ["echo 'f crlf=input' >.gitattributes", ""], CRLF, EDIT_CRLF),
    case("binary", ["echo 'f binary' >.gitattributes; git config core.autocrlf true", ""], CRLF, EDIT_CRLF),
    case(
        "ident",
        ["echo 'f ident' >.gitattributes", ""],
        "printf '$Id: 0123 $ 1\\n' >f",
        "printf '$Id: 0123 $ 2\\n' >f",
    ),
    case(
        "ident and eol",
        ["echo 'f ident eol=crlf' >.gitattributes", ""],
        "printf '$Id: 0123 $ 1\\r\\n' >f",
        "printf '$Id: 0123 $ 2\\r\\n' >f",
    ),
    case("a link", ["", ""], "ln -sf target f", "ln -sf tarGet f"),
    case(
        "core.symlinks=false",
        ["", "git config core.symlinks false; rm f; printf target >f"],
        "ln -sf target f",
        "printf tarGet >f",
    ),
    case("core.fileMode=false", ["", "git config core.fileMode false; chmod +x f"], LF, EDIT),
    case("info/attributes", ["mkdir -p .git/info; echo 'f text' >.git/info/attributes", ""], CRLF, EDIT_CRLF),
    case(
        "info/attributes before others",
        ["mkdir -p .git/info; echo 'f text' >.git/info/attributes; echo 'f -text' >.gitattributes", ""],
        CRLF,
        EDIT_CRLF,
    ),
    case(
        "core.attributesFile",
        ["echo 'f text' >../attributes; git config core.attributesFile \"$(cd ..; pwd)/attributes\"", ""],
        CRLF,
        EDIT_CRLF,
    ),
    case(
        "core.attributesFile at home",
        ["echo 'f text' >~/attributes; git config core.attributesFile '~/attributes'", ""],
        CRLF,
        EDIT_CRLF,
    ),
    case(
        "attributes that are removed",
        ["echo 'f text' >.gitattributes", "rm .gitattributes"],
        CRLF,
        EDIT_CRLF,
    ),
    case(
        "a filter without programs",
        ["echo 'f filter=x' >.gitattributes; git config filter.x.smudge cat", ""],
        LF,
        EDIT,
    ),
    case("a filter that is not configured", ["echo 'f filter=x' >.gitattributes", ""], LF, EDIT),
    Case {
        reason: "a filter program",
        ..case(
            "a clean filter",
            ["echo 'f filter=x' >.gitattributes; git config filter.x.clean 'tr 1 7'", ""],
            LF,
            EDIT,
        )
    },
    Case {
        reason: "a filter program",
        ..case(
            "a required filter",
            [
                "echo 'f filter=x' >.gitattributes; git config filter.x.clean cat; git config filter.x.required true",
                "",
            ],
            LF,
            EDIT,
        )
    },
    Case {
        reason: "working-tree-encoding",
        ..case(
            "working-tree-encoding",
            ["echo 'f working-tree-encoding=UTF-16LE' >.gitattributes", ""],
            "printf '1\\0\\n\\0' >f",
            "printf '2\\0\\n\\0' >f",
        )
    },
    Case {
        reason: "a relative core.attributesFile",
        ..case(
            "a relative core.attributesFile",
            ["echo 'f text' >../attributes; git config core.attributesFile ../attributes", ""],
            CRLF,
            EDIT_CRLF,
        )
    },
    Case {
        reason: "macros or negative patterns in a file with attributes",
        ..case("a macro", ["{ echo '[attr]m text'; echo 'f m'; } >.gitattributes", ""], CRLF, EDIT_CRLF)
    },
    Case {
        reason: "odd lines in a file with attributes",
        ..case("a quoted pattern", ["echo '\"f\" text' >.gitattributes", ""], CRLF, EDIT_CRLF)
    },
];

const fn case(name: &'static str, set: [&'static str; 2], write: &'static str, edit: &'static str) -> Case {
    Case { name, set, write, edit, reason: "" }
}

/// How many contents were compared for an answer.
#[track_caller]
fn compared(env: &Environment, dir: &Path) -> usize {
    let (output, _) = ask(env, dir, &["-s", "--performance-stats", "f"]);
    let said = output.stderr.to_str_lossy().into_owned();
    let count = said.lines().find_map(|line| line.strip_prefix("contents compared: "));
    count.and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("no statistics: {said}"))
}

/// The times are others, and nothing else.
const TOUCH: &str = "touch -h -d 2001-01-01 f";
/// Line endings that are others are a change to git, even where it would store the same: it goes by the size.
const ENDINGS: &str = "test -h f || { sed 's/$/\\r/' f >../f; cat ../f >f; }";

#[test]
fn touched_then_edited() {
    let worlds: Vec<_> = CASES
        .iter()
        .map(|case| {
            let (env, [before, after]) = (Environment::new(), case.set);
            // The attributes are older than the index, and not compared themselves.
            let script = format!(
                "{before}\n{}\ntouch -c -d 2002-01-01 .gitattributes; git add .; git commit -qm x\n{after}",
                case.write
            );
            let dir = repository(&env, &script);
            (case, env, dir)
        })
        .collect();
    for step in [|_: &Case| TOUCH, |case: &Case| case.edit, |_: &Case| ENDINGS] {
        for (case, env, dir) in &worlds {
            shell(env, dir, step(case));
            let seen = text(&git_status(env, dir, &["-s", "f"]));
            assert_eq!(seen.is_empty(), step(case) == TOUCH, "{}: {}: {seen}", case.name, step(case));
        }
        // Files that are as young as the question are not remembered.
        std::thread::sleep(Duration::from_millis(120));
        for (case, env, dir) in &worlds {
            ask_about(case, step(case), env, dir);
        }
    }
}

/// Whoever answers, it is the same; what is ours was compared once.
fn ask_about(case: &Case, script: &str, env: &Environment, dir: &Path) {
    let by_size = script == ENDINGS;
    let reason = if by_size { "" } else { case.reason };
    let first = if reason.is_empty() { compared(env, dir) } else { 1 };
    assert!(first == 1 || by_size, "{}: {script}: {first} contents were compared", case.name);
    let served = if reason.is_empty() { "native" } else { "git" };
    for words in [&["-s"][..], &["--porcelain=v2", "--", "f"]] {
        let expected = Answered { served: served.into(), reason: reason.into() };
        assert_eq!(same(env, dir, words), expected, "{}: {script}: {words:?}", case.name);
    }
    if reason.is_empty() {
        assert_eq!(compared(env, dir), 0, "{}: {script}", case.name);
    }
}

#[test]
fn what_is_left_to_git_is_documented() {
    let page = include_str!("../../docs/COMPATIBILITY-status.md").replace("\n ", "");
    let said = [
        ("a filter program", "files with filter programs"),
        ("working-tree-encoding", "or `working-tree-encoding`"),
        ("a relative core.attributesFile", "a relative `core.attributesFile`"),
        ("macros or negative patterns in a file with attributes", "attributes with macros"),
        ("odd lines in a file with attributes", "quoted patterns"),
    ];
    for case in CASES.iter().filter(|case| !case.reason.is_empty()) {
        let documented = said.iter().find(|(reason, _)| *reason == case.reason);
        assert!(documented.is_some_and(|(_, said)| page.contains(said)), "{}", case.name);
    }
}
