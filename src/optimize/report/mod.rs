//! `git optimize report`: what a repository consists of, and what about it is too large. Which objects there are is
//! known from the index; their sizes are read from the headers of packs ([`sizes`]).
//!
//! The report is kept in the index directory, with what it depends on; if that is still the same, the next one is that
//! one. What the figures were summed up from is kept besides ([`kept`]), so that after a change only what commits have
//! brought or taken away is looked at ([`changes`]); and the sizes of objects, which never change, for when all has to be
//! counted again.

mod advice;
mod changes;
mod checkout;
mod figures;
mod html;
mod kept;
mod levels;
mod objects;
mod print;
mod refs;
mod sizes;
mod sums;

pub(crate) use self::kept::read_sums;
pub use self::levels::{FIGURES, Figure};
pub(super) use self::objects::reachable;
pub(crate) use self::sizes::{read_pack, read_sizes};

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use bstr::ByteSlice;
use serde::{Deserialize, Serialize};

use self::advice::Advice;
use self::changes::Change;
use self::checkout::Checkout;
use self::figures::Figures;
use self::kept::Kept;
use self::levels::Level;
use self::objects::Objects;
use self::refs::Refs;
use self::sizes::Known;
use self::sums::Sums;
use super::cli::ReportOptions;
use super::context::Context;
use super::doctor::WatcherAsked;
use super::progress::{Progress, ProgressWanted};
use super::run::graph::{self, Graph};
use super::run::packs::Packs;
use super::stats::{self, Summary};
use super::{index, run as maintenance, said};
use crate::index::{History, Location, OpenIndex, Paths};
use crate::repo::NotExact;
use crate::session::Session;

/// In the index directory: the last report, and the sizes of objects.
const REPORT: &str = "report.json";
const SIZES: &str = "report.sizes";

/// Another layout of the report gets another number.
const FORMAT: u32 = 4;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Storage {
    packs: u64,
    pack_bytes: u64,
    loose: u64,
    graph_commits: u64,
    /// Bytes of the segments of git-fast's index.
    index_bytes: u64,
    /// Bytes of everything else in its directory.
    cache_bytes: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Report {
    format: u32,
    /// All that it depends on, hashed.
    key: String,
    history: Figures,
    checkout: Checkout,
    refs: Refs,
    storage: Storage,
    /// Commits whose trees could not be read.
    unknown: u64,
    /// Where it can be cloned from: the remote `origin`, or where it is.
    url: String,
    /// Settings that are made, of those that are recommended.
    configured: Vec<String>,
    has_watcher: bool,
    levels: Vec<Level>,
    advice: Vec<Advice>,
}

pub(super) fn run(options: &ReportOptions) -> ExitCode {
    said::answer(answer(options))
}

fn answer(options: &ReportOptions) -> Result<String, NotExact> {
    let context = Context::open()?;
    let wanted = ProgressWanted { forced: options.progress, quiet: options.quiet };
    let stored = Stored::look(&context)?;
    let key = key(&context, &stored);
    let session = context.session()?;
    if let Some(location) = session.location().ok().flatten().filter(|_| !options.fresh) {
        let report = cached(&location.dir.join(REPORT), &key);
        context.looked_up(report.is_some());
        if let Some(report) = report {
            return shown(&context, &report, &location, options);
        }
    }
    match context.repo.check_history_shape() {
        Err(reason) if !reason.to_string().contains("commit-graph") => {
            return Err(format!("a report needs the index, and here is none: {reason}").into());
        }
        _ => index::update_for_report(&session, wanted)?,
    }
    let location = session.location().map_err(Context::fails)?.ok_or("the index is gone")?;
    let mut report = make(&context, &session, &location, &stored, options.fresh, wanted)?;
    report.key = key;
    report.levels = levels::levels(&report);
    report.advice = advice::advice(&report);
    // Who can't write it makes it again next time.
    remember(&location.dir.join(REPORT), &report).ok();
    shown(&context, &report, &location, options)
}

/// A report, and what is recorded of invocations until now.
#[derive(Serialize)]
struct Shown<'r> {
    #[serde(flatten)]
    report: &'r Report,
    usage: Vec<Summary>,
}

fn shown(
    context: &Context,
    report: &Report,
    location: &Location,
    options: &ReportOptions,
) -> Result<String, NotExact> {
    let shown = Shown { report, usage: stats::summaries(&location.dir, None) };
    if let Some(file) = &options.html {
        let page = html::page(&shown, &name(context));
        std::fs::write(file, page)
            .map_err(|err| NotExact::from(format!("cannot write {}: {err}", file.display())))?;
        return Ok(String::new());
    }
    Ok(match options.json {
        true => serde_json::to_string_pretty(&shown).unwrap_or_default() + "\n",
        false => print::text(&shown),
    })
}

/// What people call the repository: the last name of its place.
fn name(context: &Context) -> String {
    let dir = &context.repo.common_dir;
    let dir = if dir.ends_with(".git") { dir.parent().unwrap_or(dir) } else { dir };
    dir.file_name().unwrap_or_default().to_string_lossy().trim_end_matches(".git").to_owned()
}

/// Where a clone can be made from.
fn url(context: &Context) -> String {
    let origin = context.config.string("remote.origin.url").ok().flatten().map(ToString::to_string);
    // As a URL, since git takes all of a repository with a plain path.
    let own = || {
        let dir = context.repo.common_dir.canonicalize();
        format!("file://{}", dir.as_ref().unwrap_or(&context.repo.common_dir).display())
    };
    origin.unwrap_or_else(own)
}

fn cached(path: &Path, key: &str) -> Option<Report> {
    let report: Report = serde_json::from_slice(&crate::index::read_regular(path).ok()?).ok()?;
    (report.format == FORMAT && report.key == key).then_some(report)
}

fn remember(path: &Path, report: &Report) -> std::io::Result<()> {
    let dir = path.parent().ok_or(std::io::ErrorKind::NotFound)?;
    let mut temp = tempfile::Builder::new().prefix(crate::index::TEMP_PREFIX).tempfile_in(dir)?;
    temp.write_all(&serde_json::to_vec(report)?)?;
    temp.persist(path)?;
    Ok(())
}

/// What the object database consists of.
struct Stored {
    packs: Packs,
    graph: Option<Graph>,
    loose: u64,
}

impl Stored {
    fn look(context: &Context) -> Result<Stored, NotExact> {
        let objects = context.objects();
        let packs = Packs::read(&objects.join("pack"), context.repo.kind);
        Ok(Stored {
            packs: packs.map_err(Context::fails)?,
            graph: graph::read(&objects),
            loose: maintenance::loose_count(context),
        })
    }
}

/// Refs, packs, commit-graph, loose objects, configuration and program: if none of them has changed, neither has the
/// report.
fn key(context: &Context, stored: &Stored) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(text.as_bytes()).update(b"\0");
    };
    add(env!("CARGO_PKG_VERSION"));
    add(&context.git.version);
    // Where there are too many loose refs to look at each, every report is a new one.
    let refs = maintenance::refs_stamp(context);
    add(&refs.unwrap_or_else(maintenance::unique));
    stored.packs.list.iter().for_each(|pack| add(&pack.name));
    add(&format!("{:?} {}", stored.graph, stored.loose));
    for (key, value) in context.config.iter() {
        add(&key.to_str_lossy());
        add(&value.map(|value| value.to_str_lossy().into_owned()).unwrap_or_default());
    }
    hasher.finalize().to_hex().to_string()
}

fn make(
    context: &Context,
    session: &Session<'_>,
    location: &Location,
    stored: &Stored,
    fresh: bool,
    wanted: ProgressWanted,
) -> Result<Report, NotExact> {
    let watcher = WatcherAsked::ask(context);
    let index = session.open_published(location).map_err(Context::fails)?;
    let history = index.history().map_err(Context::fails)?;
    let paths = index.paths().map_err(|rejected| NotExact::from(rejected.to_string()))?;
    let reached = reachable(&history, &session.all_tips(&|id| history.lookup(id).is_some())?);
    let kept = (!fresh).then(|| Kept::load(location, &history, &paths)).flatten();
    let (before, kept_checkout, kept_tags) = match kept {
        Some(Kept { sums, reached, checkout, tags }) => (Some((sums, reached)), checkout, tags),
        None => Default::default(),
    };
    let sums = match before.and_then(|before| caught_up(context, before, &reached, &history, &paths, wanted))
    {
        Some(sums) => sums,
        None => counted(context, location, &reached, &history, &paths, wanted)?,
    };
    let partial = stored.packs.list.iter().any(|pack| pack.promisor);
    let head = context.repo.head()?.map(|head| context.repo.peel(head, &|id| history.lookup(id).is_some()));
    let head = head.transpose()?.flatten().and_then(|head| history.lookup(&head));
    let tree = head.map(|head| history.tree(head).to_owned());
    let (refs, tags) = refs::read(context, &history, &kept_tags)?;
    let checkout = checkout::read(context, tree, partial, kept_checkout)?;
    let unknown = paths.unknown().filter(|pos| reached.get(pos.index()) == Some(&true)).count() as u64;
    let report = Report {
        format: FORMAT,
        history: sums.figures(),
        checkout: checkout.checkout(),
        refs,
        storage: Storage {
            packs: stored.packs.list.len() as u64,
            pack_bytes: stored.packs.bytes(),
            loose: stored.loose,
            graph_commits: stored.graph.as_ref().map_or(0, |graph| u64::from(graph.commits)),
            ..sizes_on_disk(&index, &location.dir)
        },
        unknown,
        url: url(context),
        configured: ["core.untrackedCache", "index.version", "core.fsmonitor"]
            .into_iter()
            .filter(|key| context.config.contains(key))
            .map(str::to_owned)
            .collect(),
        has_watcher: watcher.answer(),
        ..Report::default()
    };
    if paths.len() == history.len() {
        // Who can't write it counts again next time.
        Kept { sums, reached, checkout: Some(checkout), tags }.save(location, &history, &paths).ok();
    }
    Ok(report)
}

/// The sums that were kept, with what has come and gone since then. What could not be read then may be readable now: in
/// that case all is counted again.
fn caught_up(
    context: &Context,
    (sums, before): (Sums, Vec<bool>),
    reached: &[bool],
    history: &History<'_>,
    paths: &Paths<'_>,
    wanted: ProgressWanted,
) -> Option<Sums> {
    if sums.unread() > 0 {
        return None;
    }
    let change = Change { before: &before, now: reached };
    changes::apply(sums, &change, history, paths, |ids| read_sizes_of(context, ids, wanted).ok())
}

/// The sums of all objects, each looked at.
fn counted<'a>(
    context: &Context,
    location: &Location,
    reached: &[bool],
    history: &History<'a>,
    paths: &Paths<'a>,
    wanted: ProgressWanted,
) -> Result<Sums, NotExact> {
    let objects = Objects::collect(history, paths, reached);
    let sizes = sizes_of(context, &objects, &location.dir.join(SIZES), wanted)?;
    Ok(Sums::of(&objects, &sizes, history, paths))
}

/// The sizes of all objects, in order: those that are known from the last time, and the rest from the packs.
fn sizes_of(
    context: &Context,
    objects: &Objects<'_>,
    file: &Path,
    wanted: ProgressWanted,
) -> Result<Vec<Option<u64>>, NotExact> {
    let mut known = Known::load(file).lookup();
    let mut sizes: Vec<Option<u64>> = objects.all().map(|item| known(item.id)).collect();
    drop(known);
    let new = objects.all().zip(&sizes).filter(|(_, size)| size.is_none());
    let new: Vec<&gix::hash::oid> = new.map(|(item, _)| item.id).collect();
    if new.is_empty() {
        return Ok(sizes);
    }
    let read = read_sizes_of(context, &new, wanted)?;
    drop(new);
    for (unknown, size) in sizes.iter_mut().filter(|size| size.is_none()).zip(read) {
        *unknown = size;
    }
    debug_assert_eq!(sizes.len(), objects.len());
    let rows = objects.all().zip(&sizes).filter_map(|(item, size)| Some((sizes::prefix(item.id), (*size)?)));
    // Who can't write it reads all again next time.
    Known::save(file, rows).ok();
    Ok(sizes)
}

/// The sizes of these objects, in their order.
fn read_sizes_of(
    context: &Context,
    ids: &[&gix::hash::oid],
    wanted: ProgressWanted,
) -> Result<Vec<Option<u64>>, NotExact> {
    let dirs = context.repo.object_dirs()?;
    let bar = Progress::of("Reading sizes", "objects", wanted);
    let progress = |done, total| bar.at_objects(done, Some(total));
    Ok(sizes::of(context.repo.objects()?, dirs.all(), context.repo.kind, ids, &progress))
}

fn sizes_on_disk(index: &OpenIndex, dir: &Path) -> Storage {
    let named: u64 = index.manifest().files().map(|(_, entry)| entry.len).sum();
    Storage { index_bytes: named, cache_bytes: bytes_below(dir).saturating_sub(named), ..Storage::default() }
}

/// Bytes of all files in a directory and in those below it.
fn bytes_below(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let bytes = entries.filter_map(|entry| {
        let meta = entry.metadata().ok()?;
        Some(if meta.is_dir() { bytes_below(&entry.path()) } else { meta.len() })
    });
    bytes.sum()
}
