//! What a look at the repository tells, without reading an object: the input of every decision.

use std::fs;
use std::path::{Path, PathBuf};

use gix::ObjectId;

use super::debris::{self, Debris};
use super::execute::Stop;
use super::graph::{self, Graph};
use super::index_task;
use super::packs::Packs;
use super::refs::{self, RefFacts};
use super::state::{self, State};
use crate::optimize::context::Context;
use crate::repo::NotExact;
use crate::session::Session;

/// Into so many of the 256 directories of loose objects a glance looks; git itself looks into one.
const SAMPLED: usize = 8;

/// The index of git-fast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum IndexState {
    /// It has every tip.
    Current,
    /// So many tips, or the paths of so many commits, are missing.
    Behind(String),
    /// It has every tip, and so many commits that none of them reaches.
    Vanished(String),
    /// It is not there or can't be used, and why.
    Missing(String),
    /// It can't be made here, and why.
    Impossible(String),
}

/// The facts.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) objects: PathBuf,
    pub(super) now: i64,
    /// Objects are borrowed from another repository.
    pub(super) alternates: bool,
    /// Objects may be missing on purpose.
    pub(super) partial: bool,
    /// `extensions.preciousObjects`: nothing may be deleted.
    pub(super) precious: bool,
    pub(super) packs: Packs,
    /// Loose objects; an estimate after a glance.
    pub(super) loose: u64,
    pub(super) refs: RefFacts,
    pub(super) graph: Option<Graph>,
    pub(super) index: IndexState,
    /// Commits that the index has.
    pub(super) commits: u32,
    pub(super) reflogs: bool,
    pub(super) rerere: bool,
    pub(super) worktrees: bool,
    pub(super) debris: Vec<Debris>,
    /// Another maintenance is at work.
    pub(super) busy: Option<String>,
    pub(super) state: State,
}

impl Facts {
    /// Looks. A `close` look counts instead of estimating, and takes longer.
    pub(super) fn collect(
        context: &Context,
        index_dir: Option<&Path>,
        close: bool,
    ) -> Result<Facts, NotExact> {
        let objects = context.objects();
        let common = &context.repo.common_dir;
        let now = state::now();
        let state = index_dir.map(State::load).unwrap_or_default();
        let packs = Packs::read(&objects.join("pack"), context.repo.kind)
            .map_err(|err| NotExact::from(format!("cannot list the packs: {err}")))?;
        let partial =
            context.config.contains("extensions.partialClone") || packs.list.iter().any(|pack| pack.promisor);
        let mut facts = Facts {
            now,
            alternates: fs::metadata(objects.join("info/alternates")).is_ok_and(|file| file.len() > 0),
            partial,
            precious: context.config.bool("extensions.preciousObjects")?.unwrap_or(false),
            loose: loose_objects(&objects, close),
            refs: refs::read(&context.repo),
            graph: graph::read(&objects),
            index: IndexState::Current,
            commits: 0,
            reflogs: common.join("logs").is_dir(),
            rerere: has_entries(&common.join("rr-cache")),
            worktrees: has_entries(&common.join("worktrees")),
            debris: debris::find(context, index_dir, close, state.running_since, now),
            busy: debris::running_gc(context, now),
            state,
            packs,
            objects,
        };
        facts.look_at_index(context)?;
        Ok(facts)
    }

    /// Looks at packs and loose objects again.
    pub(super) fn refresh_objects(&mut self, context: &Context) -> Result<(), Stop> {
        let packs = Packs::read(&self.objects.join("pack"), context.repo.kind);
        self.packs = packs.map_err(Stop::failed)?;
        self.loose = loose_objects(&self.objects, true);
        Ok(())
    }

    /// Looks at the index and the refs again.
    pub(super) fn refresh_index(&mut self, context: &Context) -> Result<(), NotExact> {
        self.refs = refs::read(&context.repo);
        self.look_at_index(context)
    }

    fn look_at_index(&mut self, context: &Context) -> Result<(), NotExact> {
        (self.index, self.commits) = match context.repo.check_history_shape() {
            // A commit-graph that git can't use is no obstacle to reading commits.
            Err(reason) if !reason.to_string().contains("commit-graph") => {
                (IndexState::Impossible(reason.to_string()), 0)
            }
            _ => index_state(&context.session()?, context, &mut self.state, &self.refs)?,
        };
        Ok(())
    }

    /// Bytes of all loose objects, roughly: most are small, and take a block each.
    pub(super) fn loose_bytes(&self) -> u64 {
        self.loose * 4096
    }
}

fn index_state(
    session: &Session<'_>,
    context: &Context,
    state: &mut State,
    refs: &RefFacts,
) -> Result<(IndexState, u32), NotExact> {
    let missing = |why: String| Ok((IndexState::Missing(why), 0));
    let location = match session.location() {
        Ok(Some(location)) => location,
        Ok(None) => return missing("there is none".to_owned()),
        Err(err) => return missing(err.to_string()),
    };
    let index = match session.open_published(&location) {
        Ok(index) => index,
        Err(rejected) if rejected.is_missing() => return missing("there is none".to_owned()),
        Err(rejected) => return missing(rejected.to_string()),
    };
    let history = index.history().map_err(Context::fails)?;
    let commits = history.len();
    let stamp = refs.stamp.as_ref().map(|stamp| {
        let mut hasher = blake3::Hasher::new();
        for (_, entry) in index.manifest().files() {
            hasher.update(&entry.header_hash);
        }
        format!("{stamp} {}", hasher.finalize().to_hex())
    });
    if stamp.is_some() && stamp == state.current {
        return Ok((IndexState::Current, commits));
    }
    let known = |id: &gix::hash::oid| history.lookup(id).is_some();
    let tips = match context.repo.tips_below("refs/", &known) {
        Ok(tips) => [tips, context.repo.other_heads(&known).unwrap_or_default()].concat(),
        Err(reason) => return Ok((IndexState::Impossible(reason.to_string()), commits)),
    };
    let tips: Vec<ObjectId> = tips.into_iter().map(|tip| tip.commit).chain(context.repo.head()?).collect();
    let newer = tips.iter().filter(|tip| !known(tip)).count();
    if newer > 0 {
        let tips = if newer == 1 { "tip is" } else { "tips are" };
        return Ok((IndexState::Behind(format!("{newer} {tips} newer")), commits));
    }
    let covered = match index.paths() {
        Ok(paths) => paths.len(),
        Err(rejected) => return Ok((IndexState::Missing(rejected.to_string()), commits)),
    };
    if covered < commits {
        return Ok((
            IndexState::Behind(format!("it lacks the paths of {} commits", commits - covered)),
            commits,
        ));
    }
    if let Some(vanished) = index_task::many_vanished(&history, &tips) {
        let what = format!("{vanished} of its {commits} commits have vanished");
        return Ok((IndexState::Vanished(what), commits));
    }
    state.current = stamp;
    // Who can't write it looks closer next time, too. A run that is at work saves its own.
    if state.running_since.is_none() {
        state.save().ok();
    }
    Ok((IndexState::Current, commits))
}

fn has_entries(dir: &Path) -> bool {
    fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some())
}

/// Loose objects have names of a hash's digits less two; everything else there is none.
pub(super) fn loose_objects(objects: &Path, close: bool) -> u64 {
    let step = if close { 1 } else { 256 / SAMPLED };
    let mut count = 0;
    for first in (0..256usize).step_by(step) {
        count += loose_names(&objects.join(format!("{first:02x}"))).count() as u64;
    }
    count * step as u64
}

/// The names of the loose objects in one of the 256 directories.
pub(super) fn loose_names(dir: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| matches!(name.len(), 38 | 62) && name.bytes().all(|b| b.is_ascii_hexdigit()))
}
