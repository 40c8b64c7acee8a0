//! docs/COMPATIBILITY.md and docs/COMPATIBILITY-status.md, from the tables of options.

use std::fmt::Write as _;

use bstr::ByteSlice;
use git_fast::cli::options::{Entry, Value};
use git_fast::log::options::modes::Mode;
use git_fast::log::options::table::{Kind, TABLE};
use git_fast::status::options::table as status;

pub(super) fn log() -> String {
    let mut text = String::from(include_str!("compatibility.md"));
    for (title, kinds) in [
        ("Which commits, and in what order", &[Kind::Select, Kind::Not][..]),
        ("Filters on text", &[Kind::Grep]),
        ("How a commit is shown", &[Kind::Render]),
        ("Diff output", &[Kind::List, Kind::Diff, Kind::DiffFilter]),
        ("Known, and left to git", &[Kind::Git]),
    ] {
        let _ = write!(text, "\n## {title}\n\n| option | answered |\n| --- | --- |\n");
        for entry in TABLE.iter().filter(|entry| kinds.contains(&entry.kind)) {
            let _ = writeln!(text, "| `{}` | {} |", usage(entry), answered(entry.kind));
        }
    }
    for mode in Mode::SPECIAL {
        let about = match mode {
            Mode::Log => unreachable!("it has no options of its own"),
            Mode::Shortlog => {
                "Those of `git shortlog`; which commits, and filters on text, are as above. What only git \
                               can tell, `git shortlog` does."
            }
            Mode::LastModified => {
                "Those of `git last-modified`; one revision or range, and paths. What the index does \
                                   not tell, `git last-modified` does where git has it (since 2.52): several revisions, \
                                   `A...B`, an excluded revision, `-t` with paths, and without `-r` paths with \
                                   `:(icase)` or `:(exclude)`. (Without `-r`, git refuses patterns.)"
            }
        };
        let _ =
            write!(text, "\n## With `{}`\n\n{about}\n\n| option | answered |\n| --- | --- |\n", mode.word());
        for entry in mode.table() {
            let _ = writeln!(text, "| `{}` | {} |", usage(entry), answered(entry.kind));
        }
    }
    assert!(text.as_bytes().is_ascii(), "{}", text.as_bytes().as_bstr());
    text
}

fn usage<Kind, Apply>(entry: &Entry<Kind, Apply>) -> String {
    let name = entry.name;
    match (entry.value, name.starts_with("--")) {
        _ if name == "-<number>" => name.to_owned(),
        (Value::None, _) => name.to_owned(),
        (Value::Optional, true) => format!("{name}[=<value>]"),
        (Value::Optional, false) => format!("{name}[<value>]"),
        (Value::Required, false) => format!("{name}<value>"),
        (Value::Required | Value::Attached, _) => format!("{name}=<value>"),
    }
}

pub(super) fn answered(kind: Kind) -> &'static str {
    match kind {
        Kind::Select | Kind::Not | Kind::Grep | Kind::Render | Kind::List => "native",
        Kind::Diff | Kind::DiffFilter => "assisted",
        Kind::Git => "git",
        Kind::Own => "(our own)",
    }
}

pub(super) fn status() -> String {
    let mut text = String::from(include_str!("compatibility-status.md"));
    for (title, kind) in [("Options", status::Kind::Native), ("Known, and left to git", status::Kind::Git)] {
        let _ = write!(text, "\n## {title}\n\n| option | answered |\n| --- | --- |\n");
        let answered = if kind == status::Kind::Native { "native" } else { "git" };
        for entry in status::TABLE.iter().filter(|entry| entry.kind == kind) {
            let _ = writeln!(text, "| `{}` | {answered} |", usage(entry));
        }
    }
    text
}
