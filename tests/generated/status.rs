//! What is made from the options of `git faststatus`.

use std::fmt::Write as _;

use clap::CommandFactory;
use git_fast::status::options::own::OwnOptions;
use git_fast::status::options::table::{Kind, TABLE};

use super::{
    ENVIRONMENT, GIT_EXITS, SETTINGS, end, has_the_same_options, manual, paragraph, render, section, start,
    usage,
};

const EXITS: &[(&str, &str)] = &[
    ("0", "The question was answered. With --exit-code: nothing differs."),
    (
        "1",
        "With --exit-code: something differs. With --cross-check: git answers otherwise. With --worktrees and \
         --repos-from: about some there is no answer.",
    ),
];

#[test]
fn every_option_of_faststatus_is_in_the_table_and_in_clap() {
    has_the_same_options(OwnOptions::command(), TABLE, Kind::Own);
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
    section(&mut page, "EXIT STATUS", &[EXITS, GIT_EXITS].concat());
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
