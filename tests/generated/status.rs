//! What is made from the options of `git faststatus`.

use std::fmt::Write as _;

use clap::CommandFactory;
use git_fast::status::options::own::OwnOptions;
use git_fast::status::options::table::{Entry, Kind, TABLE, Value};

use super::{ENVIRONMENT, SETTINGS, end, manual, paragraph, render, section, start};

const EXITS: &[(&str, &str)] = &[
    ("0", "The question was answered. With --exit-code: nothing differs."),
    (
        "1",
        "With --exit-code: something differs. With --cross-check: git answers otherwise. With --worktrees and \
         --repos-from: about some there is no answer.",
    ),
    ("128", "git would fail with this code, or may not be asked although only it can answer."),
    ("129", "The options are wrong."),
];

#[test]
fn every_option_of_faststatus_is_in_the_table_and_in_clap() {
    let mut command = OwnOptions::command();
    command.build();
    let mut defined: Vec<String> = Vec::new();
    for arg in command.get_arguments() {
        defined.extend(arg.get_long().map(|name| format!("--{name}")));
        defined.extend(arg.get_short().map(|name| format!("-{name}")));
    }
    let mut listed: Vec<&str> =
        TABLE.iter().filter(|entry| entry.kind == Kind::Own).map(|entry| entry.name).collect();
    defined.sort_unstable();
    listed.sort_unstable();
    assert_eq!(defined, listed);
}

pub(super) fn page() -> Vec<u8> {
    let man = manual(OwnOptions::command());
    let mut page = start(&man, "git faststatus [<options>] [--] [<pathspec>...]");
    render(&mut page, |out| man.render_options_section(out));
    paragraph(
        &mut page,
        "Besides these, every option of git status is accepted: see git-status(1). docs/COMPATIBILITY-status.md lists \
         which of them are answered here, and which by git. docs/JSON-status.md describes what --json prints.",
    );
    section(&mut page, "CONFIGURATION", SETTINGS);
    section(&mut page, "ENVIRONMENT", ENVIRONMENT);
    section(&mut page, "EXIT STATUS", EXITS);
    end(&mut page, "git-status(1), git-fastlog(1), git-optimize(1)");
    page
}

pub(super) fn compatibility() -> String {
    let mut text = String::from(include_str!("compatibility-status.md"));
    for (title, kind) in [("Options", Kind::Native), ("Known, and left to git", Kind::Git)] {
        let _ = write!(text, "\n## {title}\n\n| option | answered |\n| --- | --- |\n");
        let answered = if kind == Kind::Native { "native" } else { "git" };
        for entry in TABLE.iter().filter(|entry| entry.kind == kind) {
            let _ = writeln!(text, "| `{}` | {answered} |", usage(entry));
        }
    }
    text
}

fn usage(entry: &Entry) -> String {
    match (entry.value, entry.name.starts_with("--")) {
        (Value::None, _) => entry.name.to_owned(),
        (Value::Optional, true) => format!("{}[=<value>]", entry.name),
        (Value::Optional, false) => format!("{}[<value>]", entry.name),
        (Value::Required, _) => format!("{}=<value>", entry.name),
    }
}
