//! The manual pages: hand-written sections in `man/*.md`, and between them what clap knows of options and commands.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Arg, Command, CommandFactory};
use git_fast::log::options::own::OwnOptions as LogOptions;
use git_fast::optimize::OptimizeOptions;
use git_fast::status::options::own::OwnOptions as StatusOptions;

use super::{roff, settings};

/// When the pages were last looked over as a whole.
const DATE: &str = "2026-11-21";

const DOCUMENTS: &str = "*COMPATIBILITY.md*, *JSON.md*, *CONFIG.md*, *FAQ.md*, *LIMITS.md* and more are in the folder \
                         *docs* of git-fast, and where it was installed in *share/doc/git-fast/docs*.";

/// All of them, with their places.
pub(super) fn files() -> Vec<(PathBuf, Vec<u8>)> {
    let pages = [
        ("git-fastlog", include_str!("man/git-fastlog.md"), LogOptions::command()),
        ("git-faststatus", include_str!("man/git-faststatus.md"), StatusOptions::command()),
        ("git-optimize", include_str!("man/git-optimize.md"), OptimizeOptions::command()),
    ];
    let mut files: Vec<_> = pages
        .into_iter()
        .map(|(name, text, mut command)| {
            command.build();
            (PathBuf::from(format!("man/{name}.1")), page(name, text, &command))
        })
        .collect();
    files.push(("man/gitfastindex.5".into(), format_page()));
    files
}

fn page(name: &str, text: &str, command: &Command) -> Vec<u8> {
    let mut text = text.to_owned();
    for (mark, part) in [
        ("@SYNOPSIS@\n", synopsis(command)),
        ("@COMMANDS@\n", commands(command, &name.replace('-', " "))),
        ("@OPTIONS@\n", options(command)),
        ("@TASKS@\n", tasks(command)),
        ("@CONFIGURATION@\n", settings::configuration(name == "git-fastlog")),
        ("@ENVIRONMENT@\n", settings::environment()),
        ("@DOCUMENTS@\n", DOCUMENTS.to_owned()),
    ] {
        text = text.replace(mark, &part);
    }
    (roff::title(name, 1, DATE) + &roff::body(&text)).into_bytes()
}

/// gitfastindex(5): the two descriptions of formats as they are in docs/.
fn format_page() -> Vec<u8> {
    const NAME: &str =
        "## NAME\n\ngitfastindex - the files in which git-fast keeps its index and its snapshots\n\n";
    let below = |text: &str, title: &str| {
        let text = text.split_once('\n').expect("it has a title").1;
        // One level deeper: `##` becomes `###`.
        let text: Vec<String> = text
            .lines()
            .map(|line| if line.starts_with('#') { format!("#{line}") } else { line.to_owned() })
            .collect();
        format!("## {title}\n{}\n", text.join("\n"))
    };
    let index = below(include_str!("../../docs/gitformat-fastindex.md"), "THE INDEX");
    let snapshot = below(include_str!("../../docs/gitformat-faststatus.md"), "THE SNAPSHOT OF A WORKTREE");
    let see =
        "## SEE ALSO\n\ngit-fastlog(1), git-faststatus(1), git-optimize(1), gitformat-commit-graph(5)\n";
    let text = [NAME, &index, &snapshot, see].concat();
    (roff::title("gitfastindex", 5, DATE) + &roff::body(&text)).into_bytes()
}

fn synopsis(command: &Command) -> String {
    let mut text = String::from("```\ngit optimize [<options>]\n");
    for sub in visible(command) {
        let inner: Vec<&str> = visible(sub).map(Command::get_name).collect();
        let inner = if inner.is_empty() { String::new() } else { format!(" ({})", inner.join(" | ")) };
        let words: String = sub.get_positionals().map(|arg| format!(" {}", place(arg))).collect();
        let _ = writeln!(text, "git optimize {}{inner} [<options>]{words}", sub.get_name());
    }
    text + "```\n"
}

fn place(arg: &Arg) -> String {
    let name = arg.get_id().as_str();
    if arg.is_required_set() { format!("<{name}>") } else { format!("[<{name}>]") }
}

/// The subcommands that a user may see.
pub(super) fn visible(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help")
}

/// The options that a user may see.
pub(super) fn shown(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| !arg.is_hide_set())
}

fn commands(command: &Command, name: &str) -> String {
    let mut text = String::new();
    for sub in visible(command) {
        let name = format!("{name} {}", sub.get_name());
        if sub.has_subcommands() {
            text += &commands(sub, &name);
            continue;
        }
        let own = |arg: &&Arg| {
            // `run` has those of the program itself, which are listed once.
            arg.get_id() != "help" && (sub.get_name() != "run" || arg.is_positional())
        };
        let _ = write!(text, "### {name}\n\n{}.\n\n", about(sub));
        for arg in shown(sub).filter(own) {
            text += &definition(sub, arg);
        }
    }
    text
}

fn options(command: &Command) -> String {
    shown(command).map(|arg| definition(command, arg)).collect()
}

fn tasks(command: &Command) -> String {
    let Some(task) = command.get_arguments().find(|arg| arg.get_id() == "task") else { return String::new() };
    let values = task.get_possible_values();
    let lines = values.iter().map(|value| {
        format!(
            "`{}`\n: {}.\n\n",
            value.get_name(),
            value.get_help().map(ToString::to_string).unwrap_or_default()
        )
    });
    lines.collect()
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

fn definition(command: &Command, arg: &Arg) -> String {
    let value = match arg.get_action().takes_values() {
        true => arg.get_value_names().map(|names| names[0].as_str()),
        false => None,
    };
    let names =
        [arg.get_short().map(|name| format!("-{name}")), arg.get_long().map(|name| format!("--{name}"))];
    let names: Vec<String> = names.into_iter().flatten().map(|name| format!("`{name}`")).collect();
    let term = match value {
        Some(value) if names.is_empty() => format!("*{}*", value.to_lowercase()),
        Some(value) => format!("{} *{}*", names.join(", "), value.to_lowercase()),
        None => names.join(", "),
    };
    let help = match arg.get_id().as_str() {
        "help" => "Print a summary of the options; through `git`, `--help` opens this page".to_owned(),
        _ => arg.get_help().map(ToString::to_string).unwrap_or_default(),
    };
    let conflicts = conflicts(command, arg);
    let ended = help.ends_with('.') || (conflicts.is_empty() && help.ends_with([']', ')']));
    format!("{term}\n: {help}{}{conflicts}\n\n", if ended { "" } else { "." })
}

/// Which options it can't be given together with, whichever of the two says so.
fn conflicts(command: &Command, arg: &Arg) -> String {
    let says = |one: &Arg, other: &Arg| command.get_arg_conflicts_with(one).contains(&other);
    let others = shown(command).filter(|other| says(arg, other) || says(other, arg));
    let names: Vec<String> = others.filter_map(Arg::get_long).map(|long| format!("`--{long}`")).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => format!(" Not together with {only}."),
        [first @ .., last] => format!(" Not together with {} or {last}.", first.join(", ")),
    }
}
