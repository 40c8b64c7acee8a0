//! `git optimize run`: inspect → plan → run what is worth it → report.
//!
//! [`facts`] looks, without reading objects; [`tasks`] has the table of what can be done and decides; [`execute`]
//! runs git's own commands under the [`lock`]; [`events`] says what happens. What is at stake is only time: every
//! command that changes the repository is git's, and the files of the index are a cache.

pub(super) mod debris;
mod events;
mod execute;
mod facts;
pub(super) mod graph;
mod index_task;
mod listen;
mod lock;
mod lookup;
mod packing;
pub(super) mod packs;
mod power;
mod processes;
mod refs;
pub(super) mod space;
mod state;
mod status_task;
mod tasks;

use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use self::events::Events;
use self::execute::{Runner, Stop};
use self::facts::Facts;
use self::lock::RunLock;
pub(super) use self::tasks::TASKS;
use self::tasks::{Asked, Need, Task};
use super::cli::RunOptions;
use super::context::Context;
use crate::cli::fatal;
use crate::repo::NotExact;

/// Something was done, and nothing that was needed was left out.
const DONE: u8 = 0;
/// A task failed.
const FAILED: u8 = 1;
/// There was nothing to do.
const NOTHING: u8 = 2;
/// Something that was needed was skipped, or is left for the next run.
const SKIPPED: u8 = 3;
/// Another run is at work.
const LOCKED: u8 = 4;

/// How much niceness a run with low priority takes on.
const NICENESS: i32 = 10;

pub(super) fn run(options: &RunOptions) -> ExitCode {
    match answer(options) {
        Ok(code) => code.into(),
        Err(reason) => fatal(&reason.to_string()),
    }
}

fn answer(options: &RunOptions) -> Result<u8, NotExact> {
    let start = Instant::now();
    let context = Context::open()?;
    let events = Events::new(options.json, options.quiet);
    if options.only_on_ac && !power::on_mains(Path::new(power::SUPPLIES)) {
        events.summary("skipped", json!({"reason": "on battery"}), "skipped: the machine runs on battery");
        return Ok(SKIPPED);
    }
    let index_dir = existing_dir(&context)?;
    let facts = Facts::collect(&context, index_dir.as_deref(), !options.auto)?;
    let needs = plan(&context, &facts, options);
    let wanted = |need: &Need| match need {
        Need::No(_) => false,
        Need::Yes(plan) => plan.pressing || !options.auto,
        Need::Skipped(_) => !options.auto,
    };
    if options.dry_run {
        for (task, need) in &needs {
            events.plan(task.name, need);
        }
        return Ok(if needs.iter().any(|(_, need)| wanted(need)) { DONE } else { NOTHING });
    }
    if !needs.iter().any(|(_, need)| wanted(need)) {
        forget_interruption(index_dir.as_deref(), facts);
        events.summary("nothing", json!({}), "nothing to do");
        return Ok(NOTHING);
    }
    if options.detach {
        return detach(options).map(|()| DONE);
    }
    if options.low_priority || !std::io::stderr().is_terminal() {
        lower_priority();
    }
    let location = context.session()?.prepare();
    let location =
        location.map_err(|err| NotExact::from(format!("cannot write to the repository: {err}")))?;
    let lock = match RunLock::try_acquire(&location.dir) {
        Ok(lock) => lock,
        Err(Ok(holder)) => {
            let who = holder.map_or_else(
                || "another run is at work".to_owned(),
                |holder| format!("process {} has been at work since {}", holder.pid, holder.since),
            );
            events.summary("locked", json!({"reason": who}), "");
            let _ = writeln!(std::io::stderr(), "error: {who}");
            return Ok(LOCKED);
        }
        Err(Err(err)) => return Err(NotExact::from(format!("cannot lock the index: {err}"))),
    };
    // Once more: another run may have ended a moment ago.
    let mut facts = Facts::collect(&context, Some(&location.dir), !options.auto)?;
    facts.state.running_since.get_or_insert(facts.now);
    facts.state.save().map_err(|err| NotExact::from(format!("cannot write to the index: {err}")))?;
    let runner = Runner {
        context: &context,
        lock: &lock,
        deadline: options.time_budget.map(|budget| start + budget),
        task: Cell::default(),
        events,
    };
    let mut tally = run_tasks(&runner, &mut facts, options);
    tally.before_and_after(&needs, &facts);
    if tally.failed > 0 {
        context.failed();
    }
    if !tally.broken_off {
        // A git that failed or was stopped may have left temporaries, as one that was killed.
        facts.state.running_since = None;
    }
    facts.state.save().map_err(|err| NotExact::from(format!("cannot write to the index: {err}")))?;
    Ok(tally.finish(&events, start.elapsed()))
}

/// A killed run has left nothing behind: from now on a glance is enough again.
fn forget_interruption(dir: Option<&Path>, mut facts: Facts) {
    if facts.state.running_since.take().is_some()
        && let Some(Ok(_lock)) = dir.map(RunLock::try_acquire)
    {
        facts.state.save().ok();
    }
}

/// Whether a task is wanted, for whoever only asks.
pub(super) enum Wanted {
    /// No, and why not.
    No(String),
    /// Yes, and why.
    Yes(String),
    /// It would be, but can't be run.
    Skipped(String),
}

/// Each task with whether it is wanted; nothing is changed.
pub(super) fn inspect(context: &Context) -> Result<Vec<(&'static str, Wanted)>, NotExact> {
    let facts = Facts::collect(context, existing_dir(context)?.as_deref(), true)?;
    let needs = plan(context, &facts, &RunOptions::default()).into_iter();
    let wanted = needs.map(|(task, need)| match need {
        Need::No(reason) => (task.name, Wanted::No(reason)),
        Need::Yes(plan) => (task.name, Wanted::Yes(plan.reason)),
        Need::Skipped(reason) => (task.name, Wanted::Skipped(reason)),
    });
    Ok(wanted.collect())
}

/// See [`refs::RefFacts::stamp`].
pub(super) fn refs_stamp(context: &Context) -> Option<String> {
    refs::read(&context.repo).stamp
}

/// Another text each time.
pub(super) fn unique() -> String {
    format!("{} {:?}", std::process::id(), std::time::SystemTime::now())
}

/// All loose objects, counted.
pub(super) fn loose_count(context: &Context) -> u64 {
    facts::loose_objects(&context.objects(), true)
}

/// Runs just these tasks.
pub(super) fn run_tasks_by_name(task: Vec<String>, json: bool) -> ExitCode {
    run(&RunOptions { task, json, ..RunOptions::default() })
}

/// The index directory, where there is one.
fn existing_dir(context: &Context) -> Result<Option<PathBuf>, NotExact> {
    let location = context.session()?.location();
    Ok(location.ok().flatten().map(|location| location.dir).filter(|dir| dir.is_dir()))
}

fn plan<'t>(context: &Context, facts: &Facts, options: &RunOptions) -> Vec<(&'t Task, Need)> {
    chosen(options).map(|task| (task, task.need(context, facts, asked(options)))).collect()
}

fn chosen<'t>(options: &RunOptions) -> impl Iterator<Item = &'t Task> {
    TASKS.iter().filter(|task| options.task.is_empty() || options.task.iter().any(|name| name == task.name))
}

fn asked(options: &RunOptions) -> Asked {
    Asked { full: options.full, by_name: !options.task.is_empty() }
}

fn run_tasks(runner: &Runner<'_>, facts: &mut Facts, options: &RunOptions) -> Tally {
    let mut tally = Tally { packs: facts.packs.list.len(), loose: facts.loose, ..Tally::default() };
    for task in chosen(options) {
        // What ran before has changed the facts.
        let plan = match task.need(runner.context, facts, asked(options)) {
            Need::No(_) => continue,
            Need::Yes(plan) if options.auto && !plan.pressing => continue,
            Need::Yes(plan) => plan,
            Need::Skipped(_) if options.auto => continue,
            Need::Skipped(reason) => {
                runner.events.end(task.name, &Err(Stop::Skipped(reason)), Duration::ZERO);
                tally.skipped += 1;
                continue;
            }
        };
        let begin = Instant::now();
        let late = runner.deadline.is_some_and(|deadline| begin >= deadline);
        runner.task.set(task.name);
        runner.events.start(task.name, &plan.reason);
        let result = if late { Err(Stop::OutOfTime) } else { (task.run)(runner, facts, asked(options)) };
        runner.events.end(task.name, &result, begin.elapsed());
        tally.broken_off |= matches!(result, Err(Stop::Failed(_) | Stop::OutOfTime));
        match result {
            Ok(_) => {
                tally.done += 1;
                facts.state.ended(task.name, true, facts.now);
            }
            Err(Stop::Failed(_)) => {
                tally.failed += 1;
                facts.state.ended(task.name, false, facts.now);
            }
            Err(Stop::Skipped(_) | Stop::OutOfTime) => tally.skipped += 1,
        }
    }
    tally
}

/// What came of it.
#[derive(Debug, Default)]
struct Tally {
    done: usize,
    skipped: usize,
    failed: usize,
    packs: usize,
    loose: u64,
    /// A task did not come to its end.
    broken_off: bool,
    planned: usize,
    asked: usize,
    packs_after: usize,
    loose_after: u64,
}

impl Tally {
    fn before_and_after(&mut self, needs: &[(&Task, Need)], facts: &Facts) {
        self.planned = needs.iter().filter(|(_, need)| matches!(need, Need::Yes(_))).count();
        self.asked = needs.len();
        (self.packs_after, self.loose_after) = (facts.packs.list.len(), facts.loose);
    }

    fn finish(self, events: &Events, took: Duration) -> u8 {
        let (code, outcome) = match () {
            () if self.failed > 0 => (FAILED, "failed"),
            () if self.skipped > 0 => (SKIPPED, "skipped"),
            () if self.done > 0 => (DONE, "done"),
            () => (NOTHING, "nothing"),
        };
        let numbers = json!({
            "done": self.done, "skipped": self.skipped, "failed": self.failed, "ms": took.as_millis() as u64,
            "packs": {"before": self.packs, "after": self.packs_after},
            "loose": {"before": self.loose, "after": self.loose_after},
        });
        let text = format!(
            "{outcome} in {:.1} s: {} of {} tasks were worth it; packs {} → {}, loose objects {} → {}",
            took.as_secs_f64(),
            self.planned,
            self.asked,
            self.packs,
            self.packs_after,
            self.loose,
            self.loose_after,
        );
        events.summary(outcome, numbers, &text);
        code
    }
}

/// The same command, in a session of its own that nobody waits for.
fn detach(options: &RunOptions) -> Result<(), NotExact> {
    let program = std::env::current_exe().map_err(Context::fails)?;
    let mut command = Command::new(program);
    command.args(["run", "--quiet", "--low-priority"]);
    for (flag, on) in
        [("--auto", options.auto), ("--full", options.full), ("--only-on-ac", options.only_on_ac)]
    {
        if on {
            command.arg(flag);
        }
    }
    for task in &options.task {
        command.arg("--task").arg(task);
    }
    if let Some(budget) = options.time_budget {
        command.arg(format!("--time-budget={}ms", budget.as_millis()));
    }
    let null = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    null.process_group(0).spawn().map_err(|err| NotExact::from(format!("cannot start: {err}"))).map(drop)
}

/// Whatever of it fails leaves the run as it is: it is a courtesy.
fn lower_priority() {
    let _ = rustix::process::nice(NICENESS);
    let own = std::process::id().to_string();
    let idle = Command::new("ionice").args(["-c", "3", "-p", &own]).stdin(Stdio::null()).output();
    drop(idle);
}
