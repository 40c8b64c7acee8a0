//! The man pages, the shell completions and docs/COMPATIBILITY.md are made from the definitions of the options.
//! They are checked in; `GIT_FAST_BLESS=1 cargo test generated` writes them anew.

mod status;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;
use clap::{Arg, Command, CommandFactory};
use clap_complete::Shell;
use clap_complete::shells::{Bash, Fish, Zsh};
use clap_mangen::Man;
use git_fast::cli::options::{Entry, Value};
use git_fast::log::options::modes::Mode;
use git_fast::log::options::own::OwnOptions;
use git_fast::log::options::table::{Kind, TABLE};
use git_fast::optimize::OptimizeOptions;
use git_fast::status::options::own::OwnOptions as StatusOptions;

/// Folders with nothing in them but generated files.
const FOLDERS: &[&str] = &["man", "completions"];

const SETTINGS: &[(&str, &str)] = &[
    ("fast.autoIndex", "Whether the index is built and updated by itself. The default is true."),
    (
        "fast.fallback",
        "Whether git answers what the index cannot; if not, that is an error. The default is true.",
    ),
    (
        "fast.indexDir",
        "A directory in which each repository gets one for its index, instead of .git-fast beside .git.",
    ),
    (
        "fast.cacheTTL",
        "How long answers of git to costly questions about fixed commits are remembered: a number with s, m, h or d. The \
         default is 30d; 0 remembers none.",
    ),
    ("fast.metrics", "Whether each invocation is recorded for git optimize stats. The default is true."),
];
const LOG_SETTINGS: &[(&str, &str)] =
    &[("fastlog.pageSize", "How many commits are on a page without --per-page. The default is 30.")];
const ENVIRONMENT: &[(&str, &str)] = &[(
    "GIT_FAST_TRACE",
    "Where one line of JSON about each run is written, which says who answered and why: 1 for standard error, or \
     the name of a file to append to.",
)];
const LOG_EXITS: &[(&str, &str)] =
    &[("0", "The question was answered."), ("1", "With --cross-check: git answers otherwise.")];
/// Of those programs that answer what git answers.
const GIT_EXITS: &[(&str, &str)] = &[
    ("128", "git would fail with this code, or may not be asked although only it can answer."),
    ("129", "The options are wrong."),
];
const OPTIMIZE_EXITS: &[(&str, &str)] = &[
    ("0", "It was done."),
    ("1", "A task failed (run); the index is wrong (index verify); there is a problem (doctor)."),
    ("2", "There was nothing to do (run)."),
    ("3", "Something that was needed was skipped, or is left for the next run (run)."),
    ("4", "Another run is at work (run)."),
    ("128", "It could not be begun."),
    ("129", "The options are wrong."),
];

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
    has_the_same_options(OwnOptions::command(), TABLE, Kind::Own);
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
        ("man/git-fastlog.1".into(), fastlog_page()),
        ("man/git-faststatus.1".into(), status::page()),
        ("man/git-optimize.1".into(), optimize_page()),
        ("docs/COMPATIBILITY.md".into(), compatibility().into_bytes()),
        ("docs/COMPATIBILITY-status.md".into(), status::compatibility().into_bytes()),
    ];
    for command in [OwnOptions::command(), StatusOptions::command(), OptimizeOptions::command()] {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            files.push(completion(command.clone(), shell));
        }
    }
    files
}

fn completion(mut command: Command, shell: Shell) -> (PathBuf, Vec<u8>) {
    let name = command.get_name().to_owned();
    let mut bytes = Vec::new();
    let file = match shell {
        Shell::Bash => {
            clap_complete::generate(Bash, &mut command, &name, &mut bytes);
            format!("{name}.bash")
        }
        Shell::Zsh => {
            clap_complete::generate(Zsh, &mut command, &name, &mut bytes);
            format!("_{name}")
        }
        _ => {
            clap_complete::generate(Fish, &mut command, &name, &mut bytes);
            format!("{name}.fish")
        }
    };
    (Path::new("completions").join(file), bytes)
}

fn fastlog_page() -> Vec<u8> {
    let command = OwnOptions::command();
    let man = manual(command);
    let mut page = start(&man, "git fastlog [<options>] [<revision-range>] [[--] <path>...]");
    render(&mut page, |out| man.render_options_section(out));
    paragraph(
        &mut page,
        "Besides these, every option of git log is accepted: see git-log(1). docs/COMPATIBILITY.md lists which of them \
         are answered from the index, and which by git.",
    );
    section(&mut page, "CONFIGURATION", &[SETTINGS, LOG_SETTINGS].concat());
    section(&mut page, "ENVIRONMENT", ENVIRONMENT);
    section(&mut page, "EXIT STATUS", &[LOG_EXITS, GIT_EXITS].concat());
    end(&mut page, "git-log(1), git-optimize(1), git-faststatus(1)");
    page
}

fn optimize_page() -> Vec<u8> {
    let mut command = OptimizeOptions::command();
    command.build();
    let mut page = start(&manual(command.clone()), "git optimize [<command>] [<options>]");
    heading(&mut page, "COMMANDS");
    commands(&mut page, &command, "git optimize");
    section(&mut page, "CONFIGURATION", SETTINGS);
    section(&mut page, "ENVIRONMENT", ENVIRONMENT);
    section(&mut page, "EXIT STATUS", OPTIMIZE_EXITS);
    end(&mut page, "git-maintenance(1), git-fastlog(1)");
    page
}

fn manual(command: Command) -> Man {
    Man::new(command).manual("git-fast").date("")
}

/// Title, name, synopsis and description. The synopsis is ours: git's part of it is not in clap.
fn start(man: &Man, synopsis: &str) -> Vec<u8> {
    let mut page = Vec::new();
    render(&mut page, |out| man.render_title(out));
    render(&mut page, |out| man.render_name_section(out));
    heading(&mut page, "SYNOPSIS");
    paragraph(&mut page, synopsis);
    render(&mut page, |out| man.render_description_section(out));
    page
}

fn end(page: &mut Vec<u8>, see: &str) {
    heading(page, "SEE ALSO");
    paragraph(page, see);
}

fn render(page: &mut Vec<u8>, part: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) {
    part(page).expect("a Vec takes everything");
}

fn commands(page: &mut Vec<u8>, command: &Command, name: &str) {
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let name = format!("{name} {}", sub.get_name());
        if sub.has_subcommands() {
            commands(page, sub, &name);
            continue;
        }
        item(page, &name, &about(sub));
        page.extend_from_slice(b".RS\n");
        for arg in sub.get_arguments().filter(|arg| !arg.is_hide_set() && arg.get_id() != "help") {
            item(page, &written(arg), &arg.get_help().map(ToString::to_string).unwrap_or_default());
        }
        page.extend_from_slice(b".RE\n");
    }
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

fn written(arg: &Arg) -> String {
    // clap writes the short form only where there is no long one.
    match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(_)) => format!("-{short}, {arg}"),
        _ => arg.to_string(),
    }
}

fn section(page: &mut Vec<u8>, title: &str, items: &[(&str, &str)]) {
    heading(page, title);
    for (name, text) in items {
        item(page, name, text);
    }
}

fn heading(page: &mut Vec<u8>, title: &str) {
    page.extend_from_slice(format!(".SH \"{title}\"\n").as_bytes());
}

fn item(page: &mut Vec<u8>, name: &str, text: &str) {
    page.extend_from_slice(format!(".TP\n\\fB{}\\fR\n{}\n", roff(name), roff(text)).as_bytes());
}

fn paragraph(page: &mut Vec<u8>, text: &str) {
    page.extend_from_slice(format!(".PP\n{}\n", roff(text)).as_bytes());
}

fn roff(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

fn compatibility() -> String {
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
                                   not tell, `git last-modified` does where git has it (since 2.52)."
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

fn answered(kind: Kind) -> &'static str {
    match kind {
        Kind::Select | Kind::Not | Kind::Grep | Kind::Render | Kind::List => "native",
        Kind::Diff | Kind::DiffFilter => "assisted",
        Kind::Git => "git",
        Kind::Own => "(our own)",
    }
}
