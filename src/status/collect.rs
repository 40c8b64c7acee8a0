//! From a repository to a [`Status`]: everything that is looked up, in the order in which it is needed.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use bstr::{BString, ByteSlice};
use gix::ObjectId;
use rayon::prelude::*;

use super::branch::{self, Branches};
use super::content::{self, Contents};
use super::excludes::GlobalExcludes;
use super::index_file::{GITLINK, IndexFile, TYPE_MASK, UntrackedCache};
use super::memory::Memory;
use super::model::{Change, Head, Side, Status, Submodule};
use super::options::{Format, Ignore, Ignored, Untracked};
use super::paths::Paths;
use super::renames;
use super::scan::{FOR_LOOKUP, Found, Scan, TrackedState};
use super::settings::{Renames, Settings};
use super::settled::Settled;
use super::snapshot::Identity;
use super::staged::{Staged, staged, tree_of};
use super::stat::StatRules;
use super::state::{self, InProgress, Question, operations};
use super::submodules;
use super::submodules::settings::{GITMODULES, SubmoduleSettings, check_not_only_in_head};
use super::unstaged::Unstaged;
use crate::cli::trace::IndexUse;
use crate::repo::config::Config;
use crate::repo::git::GitProgram;
use crate::repo::{NotExact, Repo};
use crate::session::Session;

/// An index of more bytes is worth a thread of its own.
const LARGE: u64 = 1 << 20;

/// What is asked about which worktree.
pub struct Collect<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// Its configuration.
    pub config: &'a Config,
    /// The git on PATH.
    pub git: &'a GitProgram,
    /// For the history index.
    pub session: &'a Session<'a>,
    /// Options and settings, resolved.
    pub settings: &'a Settings,
    /// The top of the worktree.
    pub top: PathBuf,
    /// What is wanted of it.
    pub paths: &'a Paths,
    /// Compare contents instead of trusting stat data.
    pub verify: bool,
    /// Use and write the snapshot, and use the history index.
    pub use_index: bool,
    /// Whether a difference is all that is wanted (`--exit-code`).
    pub first_only: bool,
    /// Whether what is in progress is to be named.
    pub name_operations: bool,
    /// What of submodules is ignored, if the command line says so.
    pub ignore_submodules: Option<Ignore>,
}

/// Facts for `--performance-stats`.
#[derive(Debug, Default, Clone, Copy)]
pub struct Statistics {
    /// Entries of the index.
    pub entries: usize,
    /// Directories looked at.
    pub directories: usize,
    /// Directories that the snapshot knew.
    pub known: usize,
    /// Files whose contents were compared.
    pub compared: usize,
}

impl Collect<'_> {
    /// Looks everything up.
    ///
    /// # Errors
    /// When only git can answer.
    pub fn run(&self, used: &mut IndexUse, statistics: &mut Statistics) -> Result<Status, NotExact> {
        let failed = |err: rustix::io::Errno| NotExact::from(format!("worktree: {err}"));
        let top = rustix::fs::open(&self.top, FOR_LOOKUP, rustix::fs::Mode::empty()).map_err(failed)?;
        let (index_path, hash) = (self.index_path()?, self.repo.kind);
        let git_dir = (self.use_index && !self.verify).then_some(self.repo.git_dir.as_path());
        let open_memory = || git_dir.map_or_else(Memory::none, |git_dir| Memory::open(git_dir, &top));
        let open_index = || IndexFile::open(&index_path, hash);
        let is_large = std::fs::metadata(&index_path).is_ok_and(|meta| meta.len() > LARGE);
        let (memory, index) = match is_large {
            true => rayon::join(open_memory, open_index),
            false => (open_memory(), open_index()),
        };
        let (snapshot, index) = (memory.names(), index?);
        statistics.entries = index.len();
        if self.settings.untracked != Untracked::No && !index.untracked_cache_is_at(&self.top) {
            return Err("an untracked cache from another place".into());
        }

        let some = !self.paths.is_all();
        if some && (index.has_gitlinks || self.settings.ignored != Ignored::No || self.settings.sparse) {
            return Err("paths in a worktree with submodules or of a sparse checkout, or ignored ones".into());
        }
        if self.settings.sparse {
            self.check_sparse_patterns()?;
        }
        // What can be refused without a look at the worktree is refused before one.
        let submodules = match index.has_gitlinks {
            true => self.submodule_settings(&index)?,
            false => SubmoduleSettings::default(),
        };
        let mut head = branch::head(self.repo)?;
        let staged = |head: &Head| self.staged(&index, head);
        let first = if self.first_only { Some(staged(&head)?) } else { None };
        if let Some(changes) = first.as_ref().filter(|changes| !changes.is_empty()) {
            return Ok(self.partial(head, changes.clone()));
        }

        let in_progress = self.in_progress(&head)?;
        let branches = self.branches();
        let tracked = match self.settings.branch || self.settings.format == Format::Long {
            true if !self.first_only => branches.tracked(&head)?,
            _ => None,
        };

        let device = Identity::of(&rustix::fs::fstat(&top).map_err(failed)?).device;
        let settled = Settled::at(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(), device);
        let excludes = GlobalExcludes::read(self.repo, self.config)?;
        let untracked_cache = self.untracked_cache(&index)?;
        let mut rules = StatRules::new(self.config, index.timestamp)?;
        rules.distrust = self.verify;
        let scan = Scan {
            index: &index,
            rules,
            untracked: self.settings.untracked,
            ignored: self.settings.ignored,
            excludes: &excludes,
            submodules: &submodules,
            untracked_cache: untracked_cache.as_ref(),
            snapshot,
            paths: self.paths,
            look_for_skipped: self.settings.sparse && !self.settings.expect_skipped,
            settled,
            first_only: self.first_only,
            stopped: AtomicBool::new(false),
            directories: AtomicUsize::new(0),
            known: AtomicUsize::new(0),
        };
        // What is staged is one thread's work.
        let (found, changes) = match first {
            Some(changes) => (scan.run(&top), Ok(changes)),
            None if is_large => beside(|| scan.run(&top), || staged(&head)),
            None => (scan.run(&top), staged(&head)),
        };
        let (mut found, mut changes) = (found?, changes?);
        self.check_vanished_submodules(&index, &changes)?;
        statistics.directories = scan.directories.load(Ordering::Relaxed);
        statistics.known = scan.known.load(Ordering::Relaxed);

        let questions: Vec<content::Question> = found.tracked.iter().filter_map(question).collect();
        let contents = Contents::new(self.repo, &index, &top, self.config, memory.contents())?;
        let answers = contents.compare(&questions)?;
        statistics.compared = answers.iter().filter(|answer| answer.was_read).count();
        let submodules = self.submodules(&index, &submodules, &found)?;
        let worktree = Unstaged {
            index: &index,
            rules: &rules,
            tracked: &found.tracked,
            answers: &answers,
            submodules: &submodules,
        };
        self.unstaged(&worktree, &contents, &mut changes)?;

        let misses = statistics.directories - statistics.known;
        memory.remember(&index, std::mem::take(&mut found.read), misses, &answers, settled);
        if matches!(used, IndexUse::None) && snapshot.is_some() {
            *used = IndexUse::Fresh;
        }

        if let Some(tracked) = tracked {
            head.upstream = Some(branches.upstream(tracked, &head, used)?);
        }
        let stashes = if self.settings.show_stash { state::stashes(self.repo)? } else { 0 };
        let sparse = self.settings.sparse && !index.is_empty();
        let skipped = index.skipped.saturating_sub(found.unskipped);
        let sparse_percentage = sparse.then(|| 100 - 100 * skipped / index.len().max(1));
        // The process is about to end, and unmapping takes time.
        std::mem::forget(memory);
        Ok(Status {
            head,
            changes,
            untracked: found.untracked,
            ignored: found.ignored,
            stashes,
            in_progress,
            operations: self.operations(),
            sparse_percentage,
        })
    }

    /// What is going on, where that is shown.
    fn in_progress(&self, head: &Head) -> Result<InProgress, NotExact> {
        if self.first_only || self.settings.format != Format::Long {
            return Ok(InProgress::default());
        }
        InProgress::read(&Question {
            repo: self.repo,
            config: self.config,
            git: self.git,
            top: &self.top,
            head: head.commit,
            is_detached: head.branch.is_none(),
            hints: self.settings.hints,
        })
    }

    fn operations(&self) -> Vec<&'static str> {
        match self.name_operations {
            true => operations::names(&self.repo.git_dir, |_| false),
            false => Vec::new(),
        }
    }

    fn branches(&self) -> Branches<'_> {
        Branches {
            repo: self.repo,
            config: self.config,
            git: self.git,
            session: self.session,
            count: self.settings.ahead_behind,
            use_index: self.use_index,
        }
    }

    /// Enough for an exit code.
    fn partial(&self, head: Head, changes: BTreeMap<BString, Change>) -> Status {
        Status {
            head,
            changes,
            untracked: Vec::new(),
            ignored: Vec::new(),
            stashes: 0,
            in_progress: InProgress::default(),
            operations: Vec::new(),
            sparse_percentage: None,
        }
    }

    fn index_path(&self) -> Result<PathBuf, NotExact> {
        let Some(told) = std::env::var_os("GIT_INDEX_FILE") else {
            return Ok(self.repo.git_dir.join("index"));
        };
        if told.is_empty() {
            return Err("an empty GIT_INDEX_FILE".into());
        }
        // git goes to the top before it looks, from wherever it was started.
        Ok(self.top.join(told))
    }

    /// git's untracked cache, where git would use it.
    fn untracked_cache(&self, index: &IndexFile) -> Result<Option<UntrackedCache>, NotExact> {
        let unused = self.config.bool("core.untrackedCache").is_ok_and(|wanted| wanted == Some(false));
        if unused || self.settings.untracked == Untracked::No {
            return Ok(None);
        }
        let Some(cache) = index.untracked_cache()? else { return Ok(None) };
        for (path, recorded) in GlobalExcludes::files(self.repo, self.config)?.iter().zip(cache.exclude_files)
        {
            let doubtful = |stat| recorded.is_doubtful(&Identity::of(&stat));
            if path.as_ref().and_then(|path| rustix::fs::stat(path).ok()).is_some_and(doubtful) {
                return Err("an untracked cache that may be out of date".into());
            }
        }
        Ok(Some(cache))
    }

    fn staged(&self, index: &IndexFile, head: &Head) -> Result<BTreeMap<BString, Change>, NotExact> {
        let null = self.repo.kind.null();
        let tree = head.commit.map(|commit| tree_of(self.repo, commit)).transpose()?;
        let mut found = staged(self.repo, index, tree)?;
        let ignores = self.ignore_submodules == Some(Ignore::All);
        found.retain(|path, change| {
            self.paths.contains(path.as_bstr()) && !(ignores && change.is_about_a_submodule())
        });
        let has = |wanted: &dyn Fn(&Staged) -> bool| found.values().any(wanted);
        let added = has(&|change| change.head.is_none());
        let deleted = has(&|change| change.index.is_none());
        match (&self.settings.renames, head.commit) {
            (Renames::Yes { args, copies }, Some(commit)) if added && (deleted || *copies) => {
                let ignore = if ignores { "all" } else { "none" };
                let mut args = args.clone();
                args.push(format!("--ignore-submodules={ignore}").into());
                return renames::ask(
                    &self.git.path,
                    &self.repo.git_dir,
                    &self.top,
                    commit,
                    &args,
                    self.paths,
                );
            }
            _ => {}
        }
        let nothing = Side { mode: 0, id: null };
        let side = |side: Option<(u32, ObjectId)>| side.map_or(nothing, |(mode, id)| Side { mode, id });
        let change = |found: Staged| {
            let letter = match (found.head, found.index) {
                (None, _) => b'A',
                (_, None) => b'D',
                (Some((old, _)), Some((new, _))) if old & TYPE_MASK != new & TYPE_MASK => b'T',
                _ => b'M',
            };
            Change {
                staged: letter,
                unstaged: b' ',
                head: side(found.head),
                index: side(found.index),
                worktree_mode: side(found.index).mode,
                original: None,
                submodule: None,
                conflict: None,
            }
        };
        Ok(found.into_iter().map(|(path, found)| (path, change(found))).collect())
    }

    /// Adds what differs between index and worktree.
    fn unstaged(
        &self,
        worktree: &Unstaged<'_>,
        contents: &Contents<'_>,
        changes: &mut BTreeMap<BString, Change>,
    ) -> Result<(), NotExact> {
        let ends = worktree.add_to(changes);
        // git looks for renames here, too. Their ends are files that are intended to be added, and, as it has a mode and
        // nothing before it, one in a conflict: what it seems to come from is then not even told to be deleted.
        // One in a conflict that is gone is where others come from; of those in a conflict that changes no answer, but what
        // git reads for it, it may warn of.
        match &self.settings.renames {
            Renames::Yes { .. } if ends.gone_in_conflict && ends.intended => Err(in_conflict()),
            Renames::Yes { .. } if ends.gone_in_conflict && contents.are_converted(&ends.conflicts)? => {
                Err(in_conflict())
            }
            Renames::Yes { copies, .. } if !ends.conflicts.is_empty() && (ends.gone || *copies) => {
                Err(in_conflict())
            }
            Renames::Yes { copies: true, .. } if ends.intended => {
                Err("files intended to be added that may be copied".into())
            }
            Renames::Yes { args, .. } if ends.intended && ends.gone => {
                renames::unstaged(&self.git.path, &self.repo.git_dir, &self.top, args, changes)
            }
            _ => Ok(()),
        }
    }

    fn submodule_settings(&self, index: &IndexFile) -> Result<SubmoduleSettings, NotExact> {
        let untracked = self.settings.untracked;
        SubmoduleSettings::read(self.config, &self.top, index, untracked, self.ignore_submodules)
    }

    /// Whether git has nothing to say about submodules that only HEAD has, or about their names there.
    fn check_vanished_submodules(
        &self,
        index: &IndexFile,
        changes: &BTreeMap<BString, Change>,
    ) -> Result<(), NotExact> {
        if !index.has_gitlinks {
            if !changes.values().any(|change| change.head.mode == GITLINK) {
                return Ok(());
            }
            self.submodule_settings(index)?;
        }
        let in_index = !index.find(GITMODULES.into()).is_empty();
        check_not_only_in_head(&self.top, !in_index && changes.contains_key(GITMODULES.as_bytes()))
    }

    /// The submodules that differ, by their entries.
    fn submodules(
        &self,
        index: &IndexFile,
        settings: &SubmoduleSettings,
        found: &Found,
    ) -> Result<HashMap<usize, Submodule>, NotExact> {
        let entries: Vec<usize> = found
            .tracked
            .iter()
            .filter(|(_, state)| matches!(state, TrackedState::Submodule(_)))
            .map(|(at, _)| *at)
            .collect();
        let top = self.top.as_path();
        for at in &found.ignored_submodules {
            submodules::check_ignored(top, index.path(*at))?;
        }
        let ask = |at: &usize| {
            let entry = index.entry(*at);
            let ignored = settings.of(entry.path);
            let found = submodules::ask(self.git, top, entry.path, entry.id(), ignored)?;
            Ok(found.map(|found| (*at, found)))
        };
        let answers: Result<Vec<_>, NotExact> = entries.par_iter().map(ask).collect();
        Ok(answers?.into_iter().flatten().collect())
    }
}

/// Does one thing with all other threads, and the other one with this.
fn beside<T: Send, U>(
    task: impl FnOnce() -> Result<T, NotExact> + Send,
    meanwhile: impl FnOnce() -> U,
) -> (Result<T, NotExact>, U) {
    let mut done = Err(NotExact::because("a task that did not run"));
    let other = rayon::in_place_scope(|scope| {
        scope.spawn(|_| done = task());
        meanwhile()
    });
    (done, other)
}

fn in_conflict() -> NotExact {
    "files in a conflict that may be taken for renamed ones".into()
}

fn question((at, state): &(usize, TrackedState)) -> Option<content::Question> {
    match state {
        TrackedState::Unsure(stat) => Some(content::Question { at: *at, stat: *stat }),
        _ => None,
    }
}
