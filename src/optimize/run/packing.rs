//! The tasks that move objects: packing loose ones, and joining packs. Unreachable objects are kept, always.

use super::execute::{Runner, Stop};
use super::facts::{Facts, loose_names};
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
    refresh_objects(runner.context, facts)?;
    Ok(format!("loose objects {before} → {}", facts.loose))
}

pub(super) fn repack(context: &Context, facts: &Facts, asked: Asked) -> Need {
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
    let mut args = match asked.full {
        true if context.git.at_least(2, 37) => vec!["repack", "-d", "-l", "--cruft"],
        true => vec!["repack", "-a", "-k", "-d", "-l"],
        false => vec!["repack", "--geometric=2", "-d", "-l", "--write-midx"],
    };
    let bitmap = wants_bitmap(context, facts);
    args.push(if bitmap { "--write-bitmap-index" } else { "--no-write-bitmap-index" });
    if !runner.wants_progress() {
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
