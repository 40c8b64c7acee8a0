//! The man pages, the shell completions, docs/CONFIG.md, docs/REPORT.md and docs/COMPATIBILITY.md are made from the definitions of the
//! options, and from what stands beside this file. They are checked in; `GIT_FAST_BLESS=1 cargo test generated` writes
//! them anew.

mod compatibility;
mod completions;
mod pages;
mod report;
mod roff;
mod served;
mod settings;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};
use git_fast::cli::options::Entry;
use git_fast::log::options as log;
use git_fast::status::options as status;

/// Folders with nothing in them but generated files.
const FOLDERS: &[&str] = &["man", "completions"];

#[test]
fn generated_files_are_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = files();
    if std::env::var_os("GIT_FAST_BLESS").is_some() {
        for (path, bytes) in &files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("it is in the tree")).expect("a writable tree");
            fs::write(path, bytes).expect("a writable tree");
        }
    }
    let mut wrong = String::new();
    for (path, bytes) in &files {
        if fs::read(root.join(path)).is_ok_and(|found| found == *bytes) {
            continue;
        }
        let _ = writeln!(wrong, "{} is out of date", path.display());
    }
    for folder in FOLDERS {
        for entry in fs::read_dir(root.join(folder)).expect("the folder exists") {
            let path = Path::new(folder).join(entry.expect("a readable folder").file_name());
            if !files.iter().any(|(known, _)| *known == path) {
                let _ = writeln!(wrong, "{} is generated no more", path.display());
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}GIT_FAST_BLESS=1 cargo test generated writes these files anew");
}

#[test]
fn every_option_of_our_own_is_in_the_table_and_in_clap() {
    let (log, of_log) = (log::own::OwnOptions::command(), log::table::Kind::Own);
    has_the_same_options(log, log::table::TABLE, of_log);
    let (status, of_status) = (status::own::OwnOptions::command(), status::table::Kind::Own);
    has_the_same_options(status, status::table::TABLE, of_status);
}

/// The options that clap reads, and those that the table calls ours.
fn has_the_same_options<Kind: PartialEq, Apply>(
    mut command: Command,
    table: &[Entry<Kind, Apply>],
    own: Kind,
) {
    command.build();
    let mut defined: Vec<String> = Vec::new();
    for arg in command.get_arguments() {
        defined.extend(arg.get_long().map(|name| format!("--{name}")));
        defined.extend(arg.get_short().map(|name| format!("-{name}")));
    }
    let mut listed: Vec<&str> =
        table.iter().filter(|entry| entry.kind == own).map(|entry| entry.name).collect();
    defined.sort_unstable();
    listed.sort_unstable();
    assert_eq!(defined, listed);
}

fn files() -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = vec![
        ("docs/COMPATIBILITY.md".into(), compatibility::log().into_bytes()),
        ("docs/COMPATIBILITY-status.md".into(), compatibility::status().into_bytes()),
        ("docs/CONFIG.md".into(), settings::page().into_bytes()),
        ("docs/REPORT.md".into(), report::page().into_bytes()),
    ];
    files.extend(pages::files());
    files.extend(completions::files());
    files
}
