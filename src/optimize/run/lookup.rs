//! The tasks that make packs quicker to look into: one index for all of them, and a reachability bitmap.

use super::execute::{Runner, Stop};
use super::facts::Facts;
use super::packing::{no_packing, repack_geometrically};
use super::space;
use super::tasks::{Asked, Need, no, yes};
use crate::optimize::context::Context;

/// From so many packs on that the multi-pack index lacks, it is written first of all: each object that later tasks look
/// for would be looked for in every pack. With 3,000 packs and 100,000 loose objects, `git repack --geometric` took
/// 107 s without one and 44 s with one, which itself took 0.6 s.
const PACKS_OUTSIDE: usize = 10;

pub(super) fn multi_pack_index(context: &Context, facts: &Facts, _: Asked) -> Need {
    if !context.is_on("core.multiPackIndex") {
        return no("core.multiPackIndex is false");
    }
    let (all, outside) = (facts.packs.list.len(), facts.packs.outside_midx());
    if outside < PACKS_OUTSIDE {
        return no(format!("{outside} of {all} packs are in none"));
    }
    let objects: u64 = facts.packs.list.iter().map(|pack| pack.objects).sum();
    // gitformat-pack(5): for each object its name, its pack and its offset there.
    let cost = format!("writes about {}", space::size(objects * 28));
    let gain = "one index to look into instead of one for each pack";
    yes(true, format!("{outside} of {all} packs are in none"), cost, gain)
}

pub(super) fn no_multi_pack_index(context: &Context, facts: &Facts, _: Asked) -> Option<String> {
    if !context.git.at_least(2, 25) {
        return Some(format!("git {} has no multi-pack index that shows its progress", context.git.version));
    }
    facts.busy.clone()
}

pub(super) fn write_multi_pack_index(
    runner: &Runner<'_>,
    facts: &mut Facts,
    _: Asked,
) -> Result<String, Stop> {
    let progress = if runner.wants_progress() { "--progress" } else { "--no-progress" };
    runner.git(&["multi-pack-index", "write", progress])?;
    facts.refresh_objects(runner.context)?;
    Ok(format!("{} packs", facts.packs.midx.as_ref().map_or(0, Vec::len)))
}

pub(super) fn bitmap(context: &Context, facts: &Facts, asked: Asked) -> Need {
    if facts.packs.bitmap {
        return no("it is there");
    }
    if let Some(reason) = unwanted_bitmap(context, facts) {
        return no(reason);
    }
    if asked.full {
        return no("repack writes it");
    }
    if facts.commits == 0 || facts.packs.list.is_empty() {
        return no("no commits in packs are known");
    }
    // git makes one by itself where there is no worktree, because others fetch from there.
    let pressing = context.repo.is_bare || context.config.contains("repack.writeBitmaps");
    let cost = format!("reads {} commits and their trees", facts.commits);
    yes(pressing, "there is none".to_owned(), cost, "fetch, clone and counting need not walk history")
}

/// Why there is to be no bitmap.
pub(super) fn unwanted_bitmap(context: &Context, facts: &Facts) -> Option<&'static str> {
    if !context.is_on("repack.writeBitmaps") {
        return Some("repack.writeBitmaps is false");
    }
    if facts.precious {
        return Some("extensions.preciousObjects: nothing may be deleted");
    }
    // A bitmap tells which objects of packs are reached, and all that is reached has to be in them.
    if facts.partial {
        return Some("partial clone: objects may be missing");
    }
    if facts.alternates {
        return Some("objects are borrowed from another repository");
    }
    facts.packs.list.iter().any(|pack| pack.keep).then_some("a pack is to be kept as it is")
}

/// Who asks for it by name does not get it either where it must not be: writing it is a repack.
pub(super) fn no_bitmap(context: &Context, facts: &Facts, asked: Asked) -> Option<String> {
    if !context.git.at_least(2, 34) {
        return Some(format!("git {} has no bitmap for several packs", context.git.version));
    }
    unwanted_bitmap(context, facts).map(str::to_owned).or_else(|| no_packing(context, facts, asked))
}

/// The bitmap is written as part of a repack, which sees to it that all that is reached is in packs.
pub(super) fn write_bitmap(runner: &Runner<'_>, facts: &mut Facts, _: Asked) -> Result<String, Stop> {
    repack_geometrically(runner, "--write-bitmap-index")?;
    facts.refresh_objects(runner.context)?;
    match facts.packs.bitmap {
        true => Ok("written".to_owned()),
        false => {
            // It has cost as much as if there were one, and would do so again.
            facts.state.ended("bitmap", false, facts.now);
            Err(Stop::Skipped("git has written none".to_owned()))
        }
    }
}
