//! The table of tasks: for each its name, how its need follows from the [`Facts`], and how it is run. The order of
//! the table is the order in which they run: what makes reading cheaper comes first, what rewrites packs last.

use super::execute::{Runner, Stop};
use super::facts::{Facts, IndexState, loose_names};
use super::{index_task, space};
use crate::optimize::context::Context;

/// A day and a week in seconds.
const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;

/// From so many on, `--auto` acts; the second number is for a run by hand.
const NEW_COMMITS: (u32, u32) = (1000, 1);
const LOOSE_OBJECTS: (u64, u64) = (1000, 100);
const PACKS_TO_JOIN: (usize, usize) = (10, 2);
const LOOSE_REFS: (usize, usize) = (500, 32);

/// Bytes that a repack writes in a second, for estimates: measured where deltas are reused.
const REPACK_SPEED: u64 = 40 << 20;

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
pub(super) struct Task {
    pub(super) name: &'static str,
    need: fn(&Context, &Facts, Asked) -> Need,
    /// What stands in the way.
    obstacle: fn(&Context, &Facts, Asked) -> Option<String>,
    pub(super) run: fn(&Runner<'_>, &mut Facts, Asked) -> Result<String, Stop>,
}

/// All of them.
pub(super) const TASKS: &[Task] = &[
    Task { name: "temporaries", need: temporaries, obstacle: none, run: remove_temporaries },
    Task { name: "pack-refs", need: pack_refs, obstacle: none, run: run_pack_refs },
    Task { name: "index", need: index, obstacle: no_index, run: index_task::run },
    Task { name: "commit-graph", need: commit_graph, obstacle: no_graph, run: write_graph },
    Task { name: "loose-objects", need: loose_objects, obstacle: no_packing, run: pack_loose },
    Task { name: "repack", need: repack, obstacle: no_repack, run: run_repack },
    Task { name: "reflog", need: reflog, obstacle: while_busy, run: expire_reflog },
    Task { name: "rerere", need: rerere, obstacle: none, run: gc_rerere },
    Task { name: "worktrees", need: worktrees, obstacle: none, run: prune_worktrees },
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
                None => Need::Yes(Plan { pressing: plan.pressing || asked.by_name, ..plan }),
            },
            other => other,
        }
    }
}

fn yes(pressing: bool, reason: String, cost: String, gain: &'static str) -> Need {
    Need::Yes(Plan { reason, cost, gain, pressing })
}

fn no(reason: impl Into<String>) -> Need {
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
        return no(format!("{loose} loose refs"));
    }
    let cost =
        format!("writes packed-refs anew, {}", space::size(facts.refs.packed_bytes + loose as u64 * 80));
    yes(
        loose >= LOOSE_REFS.0,
        format!("{loose} loose refs"),
        cost,
        "one file instead of many to read all refs",
    )
}

fn run_pack_refs(runner: &Runner<'_>, facts: &mut Facts, _: Asked) -> Result<String, Stop> {
    runner.git(&["pack-refs", "--all", "--prune"])?;
    let before = facts.refs.loose;
    facts.refresh_index(runner.context).map_err(Stop::failed)?;
    Ok(format!("loose refs {before} → {}", facts.refs.loose))
}

fn index(_: &Context, facts: &Facts, asked: Asked) -> Need {
    let gain = "git fastlog answers by itself";
    match &facts.index {
        IndexState::Impossible(reason) if asked.by_name => Need::Skipped(reason.clone()),
        IndexState::Impossible(reason) => no(reason.clone()),
        IndexState::Current => no(format!("it has all commits ({})", facts.commits)),
        IndexState::Behind(what) => yes(true, what.clone(), "reads what is new".to_owned(), gain),
        IndexState::Missing(why) => yes(true, why.clone(), "reads all commits and trees".to_owned(), gain),
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
    if !matches!(facts.index, IndexState::Current) {
        return no("how many commits are new is not known before the index is up to date");
    }
    let enabled = context.config.bool("core.commitGraph");
    if !matches!(enabled, Ok(None | Some(true))) {
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
    facts.busy.clone().or_else(|| space::lacks(&context.objects(), u64::from(facts.commits) * 80))
}

fn write_graph(runner: &Runner<'_>, facts: &mut Facts, asked: Asked) -> Result<String, Stop> {
    let split = if asked.full { "--split=replace" } else { "--split" };
    let mut args = vec!["commit-graph", "write", "--reachable", split];
    args.push(if runner.quiet || !runner.interactive { "--no-progress" } else { "--progress" });
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

/// What is common to tasks that move objects.
fn no_packing(context: &Context, facts: &Facts, _: Asked) -> Option<String> {
    if facts.precious {
        return Some("extensions.preciousObjects: nothing may be deleted".to_owned());
    }
    facts.busy.clone().or_else(|| space::lacks(&context.objects(), facts.loose_bytes()))
}

fn loose_objects(context: &Context, facts: &Facts, asked: Asked) -> Need {
    let loose = facts.loose;
    if loose < LOOSE_OBJECTS.1 && !(asked.full && loose > 0) {
        return no(format!("{loose} loose objects"));
    }
    let by_hand = Asked { by_name: false, ..asked };
    if !asked.by_name
        && let Need::Yes(plan) = repack(context, facts, by_hand)
        && no_repack(context, facts, by_hand).is_none()
        && (plan.pressing || loose < LOOSE_OBJECTS.0)
    {
        return no(format!("{loose} loose objects, which repack takes along"));
    }
    let cost = format!("packs about {}", space::size(facts.loose_bytes()));
    yes(
        loose >= LOOSE_OBJECTS.0,
        format!("{loose} loose objects"),
        cost,
        "one pack instead of a file for each",
    )
}

/// All loose objects, whether anything reaches them or not: none is lost, and none is judged.
fn pack_loose(runner: &Runner<'_>, facts: &mut Facts, _: Asked) -> Result<String, Stop> {
    let mut list = Vec::new();
    for first in 0..=255u8 {
        for name in loose_names(&facts.objects.join(format!("{first:02x}"))) {
            list.extend_from_slice(format!("{first:02x}{name}\n").as_bytes());
        }
    }
    if list.is_empty() {
        return Ok("there are none".to_owned());
    }
    let base = facts.objects.join("pack/pack");
    let base =
        base.to_str().ok_or_else(|| Stop::Skipped("the path of the repository is not UTF-8".to_owned()))?;
    let progress = if runner.interactive && !runner.quiet { "--progress" } else { "-q" };
    // Objects that are packed already are not packed again, only their loose copies removed below.
    runner.git_with(&["pack-objects", progress, "--incremental", "--no-reuse-delta", base], list)?;
    runner.git(&["prune-packed", "-q"])?;
    let before = facts.loose;
    refresh_objects(runner.context, facts)?;
    Ok(format!("loose objects {before} → {}", facts.loose))
}

fn repack(context: &Context, facts: &Facts, asked: Asked) -> Need {
    let packs = &facts.packs;
    let (all, loose) = (packs.list.len(), facts.loose);
    if asked.full {
        if all + usize::from(loose > 0) < 2 && packs.bitmap {
            return no(format!("{all} pack and a bitmap"));
        }
        let bytes = packs.bytes() + facts.loose_bytes();
        let reason = format!("--full, and there are {all} packs and {loose} loose objects");
        return yes(true, reason, rewriting(bytes), "the smallest repository, and a reachability bitmap");
    }
    let join = packs.roll_up();
    let outside = if all > 1 && packs.midx.is_some() { packs.outside_midx() } else { 0 };
    if join.len() < PACKS_TO_JOIN.1 && outside < PACKS_TO_JOIN.0 {
        return no(format!("{all} packs, in good proportion"));
    }
    let bytes = join.iter().map(|pack| pack.bytes).sum::<u64>() + facts.loose_bytes();
    let pressing = join.len() >= PACKS_TO_JOIN.0 || outside >= PACKS_TO_JOIN.0;
    let reason = match join.len() {
        0 | 1 => format!("{outside} packs are not in the multi-pack index"),
        n => format!("{n} of {all} packs should be one"),
    };
    let gain = if wants_bitmap(context, facts) {
        "fewer packs to look into; a multi-pack index and a bitmap for fetch and clone"
    } else {
        "fewer packs to look into; a multi-pack index"
    };
    yes(pressing, reason, rewriting(bytes), gain)
}

fn rewriting(bytes: u64) -> String {
    format!("writes {} (about {} s)", space::size(bytes), bytes / REPACK_SPEED + 1)
}

fn wants_bitmap(context: &Context, facts: &Facts) -> bool {
    // What is borrowed is not in our packs, and a bitmap has to be closed.
    let allowed = matches!(context.config.bool("repack.writeBitmaps"), Ok(None | Some(true)));
    allowed && !facts.alternates && !facts.packs.list.iter().any(|pack| pack.keep)
}

fn no_repack(context: &Context, facts: &Facts, asked: Asked) -> Option<String> {
    if facts.precious {
        return Some("extensions.preciousObjects: nothing may be deleted".to_owned());
    }
    if facts.partial {
        return Some("partial clone: git gc is the one that keeps promised objects apart".to_owned());
    }
    if facts.alternates && !asked.full && !context.git.at_least(2, 41) {
        return Some(format!("git {} can't do this with alternates", context.git.version));
    }
    if !context.git.at_least(2, 34) {
        return Some(format!("git {} has no multi-pack bitmaps", context.git.version));
    }
    let bytes = match asked.full {
        true => facts.packs.bytes(),
        false => facts.packs.roll_up().iter().map(|pack| pack.bytes).sum(),
    };
    facts.busy.clone().or_else(|| space::lacks(&context.objects(), bytes + facts.loose_bytes()))
}

fn run_repack(runner: &Runner<'_>, facts: &mut Facts, asked: Asked) -> Result<String, Stop> {
    let context = runner.context;
    // Unreachable objects are kept in either case: in the packs that are joined, or in a cruft pack of their own.
    let mut args = match asked.full {
        true if context.git.at_least(2, 37) => vec!["repack", "-d", "-l", "--cruft"],
        true => vec!["repack", "-a", "-k", "-d", "-l"],
        false => vec!["repack", "--geometric=2", "-d", "-l", "--write-midx"],
    };
    let bitmap = wants_bitmap(context, facts);
    args.push(if bitmap { "--write-bitmap-index" } else { "--no-write-bitmap-index" });
    if runner.quiet || !runner.interactive {
        args.push("-q");
    }
    runner.git(&args)?;
    let before = (facts.packs.list.len(), facts.packs.bytes(), facts.loose);
    refresh_objects(context, facts)?;
    Ok(format!(
        "packs {} → {}, loose objects {} → {}, {} → {}",
        before.0,
        facts.packs.list.len(),
        before.2,
        facts.loose,
        space::size(before.1),
        space::size(facts.packs.bytes()),
    ))
}

fn refresh_objects(context: &Context, facts: &mut Facts) -> Result<(), Stop> {
    let new = Facts::objects_now(context).map_err(Stop::failed)?;
    (facts.packs, facts.loose) = new;
    Ok(())
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
