//! The table of tasks: for each its name, how its need follows from the [`Facts`], and how it is run. The order of
//! the table is the order in which they run: what makes reading cheaper comes first, what rewrites packs last.

use super::execute::{Runner, Stop};
use super::facts::{Facts, IndexState};
use super::lookup::{
    bitmap, multi_pack_index, no_bitmap, no_multi_pack_index, write_bitmap, write_multi_pack_index,
};
use super::packing::{loose_objects, no_packing, no_repack, pack_loose, repack, run_repack};
use super::{index_task, space, status_task};
use crate::optimize::context::Context;

/// A day and a week in seconds.
const DAY: i64 = 86_400;
pub(super) const WEEK: i64 = 7 * DAY;

/// From so many on, `--auto` acts; the second number is for a run by hand.
const NEW_COMMITS: (u32, u32) = (1000, 1);
const LOOSE_REFS: (usize, usize) = (500, 32);

/// What a task would be good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) reason: String,
    pub(super) cost: String,
    pub(super) gain: &'static str,
    /// `--auto` runs it, too.
    pub(super) pressing: bool,
}

/// Whether a task is worth running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Need {
    /// No, and why not.
    No(String),
    /// Yes.
    Yes(Plan),
    /// Yes, but it can't be run here or now.
    Skipped(String),
}

/// How it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    /// `--full`
    pub(super) full: bool,
    /// By name: whether it is worth it does not matter.
    pub(super) by_name: bool,
}

/// One task.
pub(in crate::optimize) struct Task {
    pub(in crate::optimize) name: &'static str,
    /// What it does, in a few words.
    pub(in crate::optimize) about: &'static str,
    need: fn(&Context, &Facts, Asked) -> Need,
    /// What stands in the way.
    obstacle: fn(&Context, &Facts, Asked) -> Option<String>,
    pub(super) run: fn(&Runner<'_>, &mut Facts, Asked) -> Result<String, Stop>,
}

/// All of them.
pub(in crate::optimize) const TASKS: &[Task] = &[
    Task {
        name: "temporaries",
        about: "Remove files that killed processes have left, once nothing uses them",
        need: temporaries,
        obstacle: none,
        run: remove_temporaries,
    },
    Task {
        name: "pack-refs",
        about: "Loose refs into one file: git pack-refs --all --prune",
        need: pack_refs,
        obstacle: none,
        run: run_pack_refs,
    },
    Task {
        name: "multi-pack-index",
        about: "One index for all packs, where there are many: git multi-pack-index write",
        need: multi_pack_index,
        obstacle: no_multi_pack_index,
        run: write_multi_pack_index,
    },
    Task {
        name: "index",
        about: "Bring the index of git fastlog up to date",
        need: index,
        obstacle: no_index,
        run: index_task::run,
    },
    Task {
        name: "status",
        about: "What git faststatus remembers of the worktree, where there is nothing yet",
        need: status_task::need,
        obstacle: none,
        run: status_task::run,
    },
    Task {
        name: "commit-graph",
        about: "git commit-graph write --reachable --split --changed-paths",
        need: commit_graph,
        obstacle: no_graph,
        run: write_graph,
    },
    Task {
        name: "loose-objects",
        about: "Loose objects into a pack",
        need: loose_objects,
        obstacle: no_packing,
        run: pack_loose,
    },
    Task {
        name: "repack",
        about: "Join packs geometrically, with a multi-pack index; with --full, all of them into one",
        need: repack,
        obstacle: no_repack,
        run: run_repack,
    },
    Task {
        name: "bitmap",
        about: "A reachability bitmap, for fetch and clone",
        need: bitmap,
        obstacle: no_bitmap,
        run: write_bitmap,
    },
    Task {
        name: "reflog",
        about: "Expire old entries of reflogs, once a day, as git gc does",
        need: reflog,
        obstacle: while_busy,
        run: expire_reflog,
    },
    Task {
        name: "rerere",
        about: "Forget old resolutions of conflicts, once a day, as git gc does",
        need: rerere,
        obstacle: none,
        run: gc_rerere,
    },
    Task {
        name: "worktrees",
        about: "Forget worktrees that are gone, once a day, as git gc does",
        need: worktrees,
        obstacle: none,
        run: prune_worktrees,
    },
];

impl Task {
    /// Whether it is worth running, and can be.
    pub(super) fn need(&self, context: &Context, facts: &Facts, asked: Asked) -> Need {
        let need = match (self.need)(context, facts, asked) {
            Need::No(_) if asked.by_name => Need::Yes(Plan {
                reason: "it was asked for".to_owned(),
                cost: "little".to_owned(),
                gain: "none expected",
                pressing: true,
            }),
            other => other,
        };
        match need {
            Need::Yes(plan) => match (self.obstacle)(context, facts, asked) {
                Some(reason) => Need::Skipped(reason),
                None => {
                    // As git gc --auto: what has failed would probably fail again, and take as long each time.
                    let pressing = plan.pressing && !facts.state.failed_within(self.name, DAY, facts.now);
                    Need::Yes(Plan { pressing: pressing || asked.by_name, ..plan })
                }
            },
            other => other,
        }
    }
}

pub(super) fn yes(pressing: bool, reason: String, cost: String, gain: &'static str) -> Need {
    Need::Yes(Plan { reason, cost, gain, pressing })
}

pub(super) fn no(reason: impl Into<String>) -> Need {
    Need::No(reason.into())
}

fn none(_: &Context, _: &Facts, _: Asked) -> Option<String> {
    None
}

fn while_busy(_: &Context, facts: &Facts, _: Asked) -> Option<String> {
    facts.busy.clone()
}

fn temporaries(_: &Context, facts: &Facts, _: Asked) -> Need {
    let due: Vec<_> = facts.debris.iter().filter(|debris| debris.is_due()).collect();
    let young = facts.debris.len() - due.len();
    match due.first() {
        None if young > 0 => no(format!("{young} that are less than a day old")),
        None => no("none"),
        Some(first) => {
            let bytes: u64 = due.iter().map(|debris| debris.bytes).sum();
            let count = due.len();
            let reason = format!("{count} left behind ({}: {})", first.what, first.path.display());
            yes(true, reason, "nothing".to_owned(), "").with_gain(bytes)
        }
    }
}

impl Need {
    fn with_gain(self, bytes: u64) -> Need {
        match self {
            Need::Yes(plan) => {
                let gain = if bytes > 0 {
                    "frees space, and locks that stop git"
                } else {
                    "frees locks that stop git"
                };
                Need::Yes(Plan { gain, ..plan })
            }
            other => other,
        }
    }
}

fn remove_temporaries(runner: &Runner<'_>, facts: &mut Facts, _: Asked) -> Result<String, Stop> {
    let (removed, left) = super::debris::remove(runner.context, &facts.debris);
    match left.first() {
        Some(first) if removed == 0 => Err(Stop::Skipped(first.clone())),
        Some(first) => Ok(format!("removed {removed}; left {}: {first}", left.len())),
        None => Ok(format!("removed {removed}")),
    }
}

fn pack_refs(_: &Context, facts: &Facts, asked: Asked) -> Need {
    let loose = facts.refs.loose;
    if loose < LOOSE_REFS.1 && !(asked.full && loose > 0) {
        return no(format!("{} loose refs", facts.refs.loose_text()));
    }
    let cost =
        format!("writes packed-refs anew, {}", space::size(facts.refs.packed_bytes + loose as u64 * 80));
    yes(
        loose >= LOOSE_REFS.0,
        format!("{} loose refs", facts.refs.loose_text()),
        cost,
        "one file instead of many to read all refs",
    )
}

fn run_pack_refs(runner: &Runner<'_>, facts: &mut Facts, _: Asked) -> Result<String, Stop> {
    runner.git(&["pack-refs", "--all", "--prune"])?;
    let before = facts.refs.loose_text();
    facts.refresh_index(runner.context).map_err(Stop::failed)?;
    Ok(format!("loose refs {before} → {}", facts.refs.loose_text()))
}

fn index(_: &Context, facts: &Facts, asked: Asked) -> Need {
    let gain = "git fastlog answers by itself";
    match &facts.index {
        IndexState::Impossible(reason) if asked.by_name => Need::Skipped(reason.clone()),
        IndexState::Impossible(reason) => no(reason.clone()),
        IndexState::Current => no(format!("it has all commits ({})", facts.commits)),
        IndexState::Behind(what) => yes(true, what.clone(), "reads what is new".to_owned(), gain),
        IndexState::Missing(why) => yes(true, why.clone(), "reads all commits and trees".to_owned(), gain),
        IndexState::Vanished(what) => {
            yes(true, what.clone(), "reads all commits and trees".to_owned(), "the index is smaller")
        }
    }
}

fn no_index(_: &Context, facts: &Facts, _: Asked) -> Option<String> {
    match &facts.index {
        IndexState::Impossible(reason) => Some(reason.clone()),
        _ => None,
    }
}

fn commit_graph(context: &Context, facts: &Facts, asked: Asked) -> Need {
    let gain = "git walks history without unpacking commits";
    if !matches!(facts.index, IndexState::Current | IndexState::Vanished(_)) {
        return no("how many commits are new is not known before the index is up to date");
    }
    if !context.is_on("core.commitGraph") {
        return no("core.commitGraph is false");
    }
    let Some(graph) = facts.graph else {
        if facts.commits == 0 {
            return no("no commits");
        }
        let cost = format!("reads {} commits and their trees", facts.commits);
        return yes(facts.commits >= NEW_COMMITS.0, "there is none".to_owned(), cost, gain);
    };
    // Commits that no ref reaches any more are in the index but not in the graph.
    let new = facts.commits.saturating_sub(graph.commits.max(facts.state.graph_at));
    let filters = wants_filters(facts);
    if new < NEW_COMMITS.1 && (graph.changed_paths || !filters) && !(asked.full && graph.layers > 1) {
        return no(format!("it has all {} commits", graph.commits));
    }
    let reason = match new {
        0 => "it has no changed-path filters".to_owned(),
        new => format!("it lacks {new} commits"),
    };
    let pressing = new >= NEW_COMMITS.0;
    yes(pressing, reason, format!("reads {} commits", new.max(1)), gain)
}

/// Filters are made from trees, which a partial clone may have to fetch.
fn wants_filters(facts: &Facts) -> bool {
    !facts.partial
}

fn no_graph(context: &Context, facts: &Facts, _: Asked) -> Option<String> {
    if !context.git.at_least(2, 27) {
        return Some(format!("git {} has no changed-path filters", context.git.version));
    }
    facts.busy.clone().or_else(|| space::lacks(&context.objects(), u64::from(facts.commits) * 80))
}

fn write_graph(runner: &Runner<'_>, facts: &mut Facts, asked: Asked) -> Result<String, Stop> {
    let split = if asked.full { "--split=replace" } else { "--split" };
    let mut args = vec!["commit-graph", "write", "--reachable", split];
    args.push(if runner.wants_progress() { "--progress" } else { "--no-progress" });
    if wants_filters(facts) {
        args.push("--changed-paths");
    }
    runner.git(&args)?;
    facts.graph = super::graph::read(&facts.objects);
    facts.state.graph_at = facts.commits;
    Ok(match facts.graph {
        Some(graph) => format!("{} commits in {} layers", graph.commits, graph.layers),
        None => "nothing written".to_owned(),
    })
}

fn due(facts: &Facts, task: &str, present: bool, what: &str) -> Need {
    if !present {
        return no(format!("no {what}"));
    }
    match facts.state.since(task, facts.now) {
        Some(age) if age < DAY => no("done less than a day ago"),
        Some(age) => {
            yes(age >= WEEK, format!("last done {} days ago", age / DAY), "little".to_owned(), "less to keep")
        }
        None => yes(true, format!("{what} were never cleaned up"), "little".to_owned(), "less to keep"),
    }
}

fn reflog(_: &Context, facts: &Facts, _: Asked) -> Need {
    due(facts, "reflog", facts.reflogs, "reflogs")
}

/// By git's own settings: `gc.reflogExpire`, `gc.reflogExpireUnreachable`.
fn expire_reflog(runner: &Runner<'_>, _: &mut Facts, _: Asked) -> Result<String, Stop> {
    runner.git(&["reflog", "expire", "--all"])?;
    Ok("expired by git's settings".to_owned())
}

fn rerere(_: &Context, facts: &Facts, _: Asked) -> Need {
    due(facts, "rerere", facts.rerere, "recorded resolutions")
}

fn gc_rerere(runner: &Runner<'_>, _: &mut Facts, _: Asked) -> Result<String, Stop> {
    runner.git(&["rerere", "gc"])?;
    Ok("pruned by git's settings".to_owned())
}

fn worktrees(_: &Context, facts: &Facts, _: Asked) -> Need {
    due(facts, "worktrees", facts.worktrees, "linked worktrees")
}

fn prune_worktrees(runner: &Runner<'_>, _: &mut Facts, _: Asked) -> Result<String, Stop> {
    let expire = runner.context.config.string("gc.worktreePruneExpire").ok().flatten();
    // The default is that of git gc, not that of git worktree prune, which takes all.
    let expire = expire.map_or("3.months.ago".to_owned(), ToString::to_string);
    runner.git(&["worktree", "prune", "--expire", &expire])?;
    Ok("pruned by git's settings".to_owned())
}
