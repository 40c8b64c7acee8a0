//! The completions: git's own (or the shell's for git) do most of it, and get our options added. Templates are in
//! `completions/`; for `git optimize`, which git does not know, clap's generators are used for zsh and fish.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Arg, Command, CommandFactory};
use clap_complete::shells::{Fish, Zsh};
use git_fast::cli::options::Value;
use git_fast::log::options::modes::Mode;
use git_fast::log::options::own::OwnOptions as LogOptions;
use git_fast::log::options::table::{Kind, TABLE};
use git_fast::optimize::OptimizeOptions;
use git_fast::status::options::own::OwnOptions as StatusOptions;
use git_fast::status::options::table as status;

use super::pages::{shown, visible};

/// What git's functions do not complete.
const LOG_VALUES: &[(&str, &str)] = &[
    ("--color", "always never auto"),
    ("--diff-merges", "off none on first-parent separate combined dense-combined remerge"),
    ("--encoding", "UTF-8"),
    ("--group", "author committer"),
    ("--word-diff", "color plain porcelain none"),
];
const STATUS_VALUES: &[(&str, &str)] = &[("--ignored", "traditional no matching"), ("--porcelain", "v1 v2")];

/// Our own options whose value is a file or a directory.
const PLACES: &[&str] = &["--contains-path", "--repos-from", "--sparse", "--repo", "--html"];

/// All of them, with their places.
pub(super) fn files() -> Vec<(PathBuf, Vec<u8>)> {
    let (mut log, mut status, mut optimize) =
        (LogOptions::command(), StatusOptions::command(), OptimizeOptions::command());
    log.build();
    status.build();
    optimize.build();
    let files = [
        ("git-fastlog.bash", bash("fastlog", &log, &fastlog_bash(&log))),
        ("git-faststatus.bash", bash("faststatus", &status, &faststatus_bash(&status))),
        ("git-optimize.bash", bash("optimize", &optimize, &optimize_bash(&optimize))),
        ("_git-fastlog", wrapper_zsh("fastlog", "log", &log)),
        ("_git-faststatus", wrapper_zsh("faststatus", "status", &status)),
        ("_git-optimize", optimize_zsh()),
        ("git-fastlog.fish", wrapper_fish("fastlog", "log", LogOptions::command())),
        ("git-faststatus.fish", wrapper_fish("faststatus", "status", StatusOptions::command())),
        ("git-optimize.fish", optimize_fish(&optimize)),
    ];
    files
        .into_iter()
        .chain([("conf.d-git-fast.fish", conf_fish())])
        .map(|(name, text)| (PathBuf::from("completions").join(name), text.into_bytes()))
        .collect()
}

fn bash(name: &str, command: &Command, body: &str) -> String {
    let head = include_str!("completions/head.bash");
    let tail = include_str!("completions/tail.bash").replace("@PLAIN@", &plain(command));
    [head, body, &tail].concat().replace("@NAME@", name)
}

/// Long options, and commands if there are any.
fn plain(command: &Command) -> String {
    let commands = visible(command).map(|sub| sub.get_name().to_owned());
    join(commands.chain(shown(command).filter_map(|arg| arg.get_long().map(|name| format!("--{name}")))))
}

fn fastlog_bash(command: &Command) -> String {
    let log = TABLE.iter().filter(|entry| entry.kind != Kind::Own).map(|entry| (entry.name, entry.value));
    let shortlog = Mode::Shortlog.table().iter().map(|entry| (entry.name, entry.value));
    include_str!("completions/fastlog.bash")
        .replace("@VALUED@", &valued(command, false))
        .replace("@VALUES@", &bash_values(LOG_VALUES))
        .replace("@OWN@", &own(command))
        .replace("@LOG@", &join(log.flat_map(|(name, value)| written(name, value))))
        .replace("@SHORTLOG@", &join(shortlog.flat_map(|(name, value)| written(name, value))))
}

fn faststatus_bash(command: &Command) -> String {
    let options = status::TABLE.iter().filter(|entry| entry.kind != status::Kind::Own);
    let options = options.flat_map(|entry| written(entry.name, entry.value));
    include_str!("completions/faststatus.bash")
        .replace("@VALUES@", &bash_values(STATUS_VALUES))
        .replace("@OWN@", &own(command))
        .replace("@STATUS@", &join(options))
}

fn optimize_bash(command: &Command) -> String {
    let mut tree = vec![(Vec::new(), command)];
    let mut at = 0;
    while let Some((path, command)) = tree.get(at).cloned() {
        tree.extend(visible(command).map(|sub| {
            let mut path = path.clone();
            path.push(sub.get_name());
            (path, sub)
        }));
        at += 1;
    }
    let patterns: Vec<String> = tree
        .iter()
        .filter_map(|(path, _)| path.split_last())
        .map(|(last, above)| {
            let above: String = above.iter().map(|word| format!(" {word}")).collect();
            format!("\"{above},{last}\"")
        })
        .collect();
    let mut cases = String::new();
    for (path, command) in &tree {
        let path: String = path.iter().map(|word| format!(" {word}")).collect();
        let _ = writeln!(cases, "\t\"{path}\")\n\t\toptions=\"{}\"", own(command));
        let commands = join(visible(command).map(|sub| sub.get_name().to_owned()));
        if !commands.is_empty() {
            let _ = writeln!(cases, "\t\tcommands=\"{commands}\"");
        }
        cases.push_str("\t\t;;\n");
    }
    let all = || tree.iter().map(|(_, command)| *command);
    let some = |places: bool| {
        let mut names: Vec<String> = all()
            .flat_map(|command| valued_options(command, places))
            .filter(|name| name != "--task")
            .collect();
        names.sort_unstable();
        names.dedup();
        names.join("|")
    };
    include_str!("completions/optimize.bash")
        .replace("@PATHS@", &format!("\t\t{})\n", patterns.join("|")))
        .replace("@TASKS@", &join(tasks(command).into_iter()))
        .replace("@DIRS@", &some(true))
        .replace("@VALUED@", &some(false))
        .replace("@TREE@", &cases)
}

fn tasks(command: &Command) -> Vec<String> {
    let task = command.get_arguments().find(|arg| arg.get_id() == "task").expect("it has --task");
    task.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect()
}

/// Our own long options; with `=` where a value follows.
fn own(command: &Command) -> String {
    join(shown(command).filter_map(|arg| {
        let equals = if arg.get_action().takes_values() { "=" } else { "" };
        arg.get_long().map(|name| format!("--{name}{equals}"))
    }))
}

fn valued_options(command: &Command, places: bool) -> Vec<String> {
    let long = |arg: &Arg| arg.get_long().map(|name| format!("--{name}"));
    let args = shown(command).filter(|arg| arg.get_action().takes_values()).filter_map(long);
    args.filter(|name| PLACES.contains(&name.as_str()) == places).collect()
}

fn valued(command: &Command, places: bool) -> String {
    valued_options(command, places).join("|")
}

/// How a long option of git may be written; nothing for short ones.
fn written(name: &str, value: Value) -> Vec<String> {
    match value {
        _ if !name.starts_with("--") => Vec::new(),
        Value::None => vec![name.to_owned()],
        Value::Required | Value::Attached => vec![format!("{name}=")],
        Value::Optional => vec![name.to_owned(), format!("{name}=")],
    }
}

fn bash_values(values: &[(&str, &str)]) -> String {
    let case = |(name, words): &(&str, &str)| {
        format!("\t{name}=*)\n\t\t__gitcomp \"{words}\" \"\" \"${{cur#*=}}\"\n\t\treturn\n\t\t;;\n")
    };
    values.iter().map(case).collect()
}

fn wrapper_zsh(name: &str, git: &str, command: &Command) -> String {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let own: String = shown(command).filter_map(zsh_option).map(|spec| format!("    '{spec}'\n")).collect();
    let valued = [valued(command, false), valued(command, true)].join("|");
    include_str!("completions/wrapper.zsh")
        .replace("@NAME@", name)
        .replace("@GIT@", git)
        .replace("@ABOUT@", &about)
        .replace("@OWN@", &own)
        .replace("@VALUED@", valued.trim_matches('|'))
}

/// As `_arguments` takes it.
fn zsh_option(arg: &Arg) -> Option<String> {
    let name = format!("--{}", arg.get_long()?);
    let help = short(&arg.get_help().map(ToString::to_string).unwrap_or_default());
    let help = help.replace('[', "\\[").replace(']', "\\]").replace(':', "\\:").replace('\'', "'\\''");
    if !arg.get_action().takes_values() {
        return Some(format!("{name}[{help}]"));
    }
    let value = arg.get_value_names().map(|names| names[0].to_lowercase()).unwrap_or_default();
    let action = if PLACES.contains(&name.as_str()) { "_files" } else { " " };
    Some(format!("{name}=[{help}]:{value}:{action}"))
}

fn optimize_zsh() -> String {
    let command = OptimizeOptions::command();
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    by_clap(Zsh, command).replacen(
        "#compdef git-optimize\n",
        &format!("#compdef git-optimize\n#description {about}\n"),
        1,
    )
}

fn wrapper_fish(name: &str, git: &str, command: Command) -> String {
    let head = include_str!("completions/wrapper.fish").replace("@NAME@", name).replace("@GIT@", git);
    head + &by_clap(Fish, command)
}

/// A list of choices has no place for more than the beginning of a long explanation.
fn short(help: &str) -> String {
    const LONG: usize = 80;
    let ends = [": ", ". ", "; ", " ("].into_iter().filter_map(|end| help.find(end));
    let end = if help.len() > LONG { ends.min().unwrap_or(help.len()) } else { help.len() };
    help[..end].to_owned()
}

fn shortened(command: Command) -> Command {
    let command = command.mut_args(|arg| match arg.get_help().map(ToString::to_string) {
        Some(help) => arg.help(short(&help)),
        None => arg,
    });
    command.mut_subcommands(shortened)
}

fn optimize_fish(command: &Command) -> String {
    // clap's lines are about a command line without values before the command.
    let others = join(visible(command).map(|sub| sub.get_name().to_owned()).filter(|name| name != "run"));
    let tasks = join(tasks(command).into_iter());
    let more = format!(
        "complete -c git-optimize -n 'not __fish_seen_subcommand_from {others}' -l task -x -a '{tasks}'\n"
    );
    by_clap(Fish, OptimizeOptions::command()) + &more
}

/// What makes fish's completion of git call ours.
fn conf_fish() -> String {
    let mut text = String::from(include_str!("completions/conf.fish"));
    for command in [LogOptions::command(), StatusOptions::command(), OptimizeOptions::command()] {
        let name = command.get_name().trim_start_matches("git-").to_owned();
        let about = short(&command.get_about().map(ToString::to_string).unwrap_or_default());
        let _ = write!(
            text,
            "complete -c git -n __fish_git_needs_command -a {name} -d '{about}'\n\
             complete -f -c git -n '__fish_git_using_command {name}' -a '(__fish_git_complete_custom_command {name})'\n"
        );
    }
    text
}

fn by_clap(shell: impl clap_complete::Generator, command: Command) -> String {
    let mut command = shortened(command);
    let (name, mut bytes) = (command.get_name().to_owned(), Vec::new());
    clap_complete::generate(shell, &mut command, &name, &mut bytes);
    String::from_utf8(bytes).expect("our help is UTF-8")
}

fn join(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" ")
}
