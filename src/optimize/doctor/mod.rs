//! `git optimize doctor`: what is set up, what is missing, what is in the way, each with the command that mends it.

mod checks;
mod config;

pub(super) use self::config::WatcherAsked;

use std::process::ExitCode;

use serde_json::json;

use super::cli::DoctorOptions;
use super::context::Context;
use super::run::run_tasks_by_name;
use super::said;
use crate::cli::fatal;
use crate::repo::NotExact;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// As it should be.
    Fine,
    /// It could be faster.
    Advice,
    /// Something does not work.
    Problem,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Fine => "ok",
            Level::Advice => "advice",
            Level::Problem => "problem",
        }
    }
}

/// What was found about one thing.
#[derive(Debug)]
struct Finding {
    what: &'static str,
    level: Level,
    message: String,
    /// The command that mends it.
    command: Option<String>,
    /// The task that mends it, where that is safe at any time.
    task: Option<&'static str>,
}

impl Finding {
    fn new(what: &'static str, level: Level, message: impl Into<String>) -> Finding {
        Finding { what, level, message: message.into(), command: None, task: None }
    }

    fn command(mut self, command: impl Into<String>) -> Finding {
        self.command = Some(command.into());
        self
    }

    fn task(mut self, task: &'static str) -> Finding {
        self.task = Some(task);
        self.command(format!("git optimize --task {task}"))
    }
}

pub(super) fn run(options: &DoctorOptions) -> ExitCode {
    match answer(options) {
        Ok(code) => code,
        Err(reason) => fatal(&reason.to_string()),
    }
}

fn answer(options: &DoctorOptions) -> Result<ExitCode, NotExact> {
    let context = Context::open()?;
    if options.revert_config {
        return config::revert(&context);
    }
    if options.apply_config {
        return config::apply(&context);
    }
    let findings = checks::all(&context)?;
    let tasks: Vec<String> = findings.iter().filter_map(|finding| finding.task).map(str::to_owned).collect();
    if options.fix && !tasks.is_empty() {
        return Ok(run_tasks_by_name(tasks, options.json));
    }
    for finding in &findings {
        said::line(&if options.json { json_line(finding) } else { text(finding) });
    }
    let worst = findings.iter().map(|finding| finding.level).max();
    Ok(if worst == Some(Level::Problem) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn json_line(finding: &Finding) -> String {
    json!({
        "check": finding.what,
        "level": finding.level.name(),
        "message": finding.message,
        "command": finding.command,
        "fixable": finding.task.is_some(),
    })
    .to_string()
}

fn text(finding: &Finding) -> String {
    let mut text = format!("{:<8} {:<14} {}", finding.level.name(), finding.what, finding.message);
    if let Some(command) = &finding.command {
        text.push_str(&format!("\n{:24}{command}", ""));
    }
    text
}
