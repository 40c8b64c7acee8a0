//! What is said while tasks run: lines for people, or with `--json` one object in each line.

use std::io::Write;
use std::time::Duration;

use serde_json::{Value, json};

use super::execute::Stop;
use super::tasks::Need;
use crate::optimize::said;

/// Where to say it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Events {
    json: bool,
    quiet: bool,
}

impl Events {
    pub(super) fn new(json: bool, quiet: bool) -> Events {
        Events { json, quiet }
    }

    /// What would be done about a task.
    pub(super) fn plan(&self, task: &str, need: &Need) {
        let (word, reason, cost, gain) = match need {
            Need::No(reason) => ("no", reason.as_str(), "", ""),
            Need::Yes(plan) => ("yes", plan.reason.as_str(), plan.cost.as_str(), plan.gain),
            Need::Skipped(reason) => ("skipped", reason.as_str(), "", ""),
        };
        self.say(
            || {
                json!({"event": "plan", "task": task, "need": word, "reason": reason, "cost": cost, "gain": gain})
            },
            || match need {
                Need::Yes(_) => format!("{task:<14} would run: {reason}\n{:16}cost: {cost}; gain: {gain}", ""),
                Need::No(_) => format!("{task:<14} nothing to do: {reason}"),
                Need::Skipped(_) => format!("{task:<14} would be skipped: {reason}"),
            },
        );
    }

    /// A task begins.
    pub(super) fn start(&self, task: &str, reason: &str) {
        if self.json {
            self.say(|| json!({"event": "start", "task": task, "reason": reason}), String::new);
        }
    }

    /// How far a task has come; for people there is a bar. `total` is null where it is not known before the end.
    pub(super) fn progress(&self, task: &str, phase: &str, done: u64, total: Option<u64>) {
        if self.json {
            self.say(
                || json!({"event": "progress", "task": task, "phase": phase, "done": done, "total": total}),
                String::new,
            );
        }
    }

    /// Whether there are events for programs.
    pub(super) fn are_wanted(&self) -> bool {
        self.json && !self.quiet
    }

    /// Whether bars may be shown.
    pub(super) fn bars(&self) -> bool {
        !self.json && !self.quiet
    }

    /// A task has ended.
    pub(super) fn end(&self, task: &str, result: &Result<String, Stop>, took: Duration) {
        let (outcome, detail) = match result {
            Ok(what) => ("done", what.as_str()),
            Err(Stop::Failed(why)) => ("failed", why.as_str()),
            Err(Stop::Skipped(why)) => ("skipped", why.as_str()),
            Err(Stop::OutOfTime) => ("skipped", "the time budget is used up; the next run goes on"),
        };
        if outcome == "failed" && !self.json {
            let _ = writeln!(std::io::stderr(), "error: {task}: {detail}");
            return;
        }
        self.say(
            || json!({"event": "end", "task": task, "outcome": outcome, "detail": detail, "ms": took.as_millis() as u64}),
            || format!("{task:<14} {outcome}: {detail} ({:.1} s)", took.as_secs_f64()),
        );
    }

    /// The end of it all.
    pub(super) fn summary(&self, outcome: &str, numbers: Value, text: &str) {
        self.say(
            || {
                let mut line = json!({"event": "summary", "outcome": outcome});
                if let (Some(line), Value::Object(numbers)) = (line.as_object_mut(), numbers) {
                    line.extend(numbers);
                }
                line
            },
            || text.to_owned(),
        );
    }

    fn say(&self, value: impl FnOnce() -> Value, text: impl FnOnce() -> String) {
        if self.quiet {
            return;
        }
        let line = if self.json { value().to_string() } else { text() };
        said::line(&line);
    }
}
