//! The tasks that move objects: packing loose ones, and joining packs. Unreachable objects are kept, always.

use super::execute::{Runner, Stop};
use super::facts::{Facts, loose_names};
use super::lookup::unwanted_bitmap;
use super::space;
use super::tasks::{Asked, Need, no, yes};
use crate::optimize::context::Context;

/// From so many on, `--auto` acts; the second number is for a run by hand.
const LOOSE_OBJECTS: (u64, u64) = (1000, 100);
const PACKS_TO_JOIN: (usize, usize) = (10, 2);

/// Bytes that a repack writes in a second: an order of magnitude, used for estimates only.
const REPACK_SPEED: u64 = 40 << 20;

/// What is common to tasks that move objects.
pub(super) fn no_packing(context: &Context, facts: &Facts, _: Asked) -> Option<String> {
    if facts.precious {
        return Some("extensions.preciousObjects: nothing may be deleted".to_owned());
    }
    facts.busy.clone().or_else(|| space::lacks(&context.objects(), facts.loose_bytes()))
}

pub(super) fn loose_objects(context: &Context, facts: &Facts, asked: Asked) -> Need {
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
pub(super) fn pack_loose(runner: &Runner<'_>, facts: &mut Facts, _: Asked) -> Result<String, Stop> {
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
    let progress = if runner.wants_progress() { "--progress" } else { "-q" };
    // Objects that are packed already are not packed again, only their loose copies removed below.
    runner.git_with(&["pack-objects", progress, "--incremental", "--no-reuse-delta", base], list)?;
    runner.git(&["prune-packed", "-q"])?;
    let before = facts.loose;
    facts.refresh_objects(runner.context)?;
    Ok(format!("loose objects {before} → {}", facts.loose))
}

pub(super) fn repack(_: &Context, facts: &Facts, asked: Asked) -> Need {
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
    if join.len() < PACKS_TO_JOIN.1 {
        return no(format!("{all} packs, in good proportion"));
    }
    let bytes = join.iter().map(|pack| pack.bytes).sum::<u64>() + facts.loose_bytes();
    let reason = format!("{} of {all} packs should be one", join.len());
    yes(
        join.len() >= PACKS_TO_JOIN.0,
        reason,
        rewriting(bytes),
        "fewer packs to look into; a multi-pack index",
    )
}

fn rewriting(bytes: u64) -> String {
    format!("writes {} (about {} s)", space::size(bytes), bytes / REPACK_SPEED + 1)
}

pub(super) fn no_repack(context: &Context, facts: &Facts, asked: Asked) -> Option<String> {
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

pub(super) fn run_repack(runner: &Runner<'_>, facts: &mut Facts, asked: Asked) -> Result<String, Stop> {
    let context = runner.context;
    // Unreachable objects are kept in either case: in the packs that are joined, or in a cruft pack of their own.
    match asked.full {
        true => {
            let how: &[&str] = if context.git.at_least(2, 37) { &["--cruft"] } else { &["-a", "-k"] };
            let bitmap = match unwanted_bitmap(context, facts) {
                Some(_) => "--no-write-bitmap-index",
                None => "--write-bitmap-index",
            };
            run_git_repack(runner, &[how, &[bitmap]].concat())?;
        }
        // A bitmap would cost more than all the rest. It is a task of its own, which may be left for another time.
        false => repack_geometrically(runner, "--no-write-bitmap-index")?,
    }
    let before = (facts.packs.list.len(), facts.packs.bytes(), facts.loose);
    facts.refresh_objects(context)?;
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

/// Joins packs that are too small, takes loose objects along, and writes a multi-pack index.
pub(super) fn repack_geometrically(runner: &Runner<'_>, bitmap: &str) -> Result<(), Stop> {
    run_git_repack(runner, &["--geometric=2", "--write-midx", bitmap])
}

fn run_git_repack(runner: &Runner<'_>, how: &[&str]) -> Result<(), Stop> {
    let quiet: &[&str] = if runner.wants_progress() { &[] } else { &["-q"] };
    runner.git(&[&["repack", "-d", "-l"], how, quiet].concat())
}
