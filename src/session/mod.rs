//! The index of one repository, for one invocation: where it is, opening it, building it on the spot where that is
//! quick, and leaving the rest to a process in the background. Nobody waits here for another process.

mod background;
mod environment;
mod paths;

pub use environment::Environment;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use gix::ObjectId;

use crate::cli::trace::IndexUse;
use crate::history::{self, Options, Overlay, Target};
use crate::index::{Location, OpenIndex, Place, Rejected, WriterLock};
use crate::repo::abbrev::{Abbrev, AbbrevLength};
use crate::repo::config::Config;
use crate::repo::git::GitProgram;
use crate::repo::refs::IsCommit;
use crate::repo::{NotExact, Repo, commit_dates};

/// How long a first use may take for building the index on the spot.
const ON_THE_SPOT: Duration = Duration::from_millis(200);
/// Pack indices of more bytes than this belong to a history that can't be read in that time.
const SMALL_PACK_INDICES: u64 = 4 << 20;
/// How many commits an invocation reads that are newer than the index, and how long it may take for that.
const OVERLAY: (u32, Duration) = (4096, Duration::from_millis(100));
/// From so many newer commits on, they are added to the index.
const WORTH_PUBLISHING: u32 = 32;

/// What an index depends on besides commits, which never change: that history is what the commits say. (Where
/// shallow boundaries, grafts or replacement refs say otherwise, the index is not asked at all.)
const FINGERPRINT: [u8; 32] = *b"history as the commits have it\0\0";

/// A repository and everything that decides about its index.
pub struct Session<'r> {
    repo: &'r Repo,
    git: &'r GitProgram,
    config: &'r Config,
    index_dir: Option<PathBuf>,
    auto: bool,
    found: OnceCell<Location>,
}

impl<'r> Session<'r> {
    /// Reads what the configuration says about the index.
    pub fn new(repo: &'r Repo, git: &'r GitProgram, config: &'r Config) -> Result<Self, NotExact> {
        Ok(Session {
            repo,
            git,
            config,
            index_dir: config.path("fast.indexDir")?,
            auto: config.bool("fast.autoIndex")?.unwrap_or(true),
            found: OnceCell::new(),
        })
    }

    /// What is to be said where [`Session::prepare`] fails: with the place, if that was configured.
    pub fn cannot_create(&self, err: &std::io::Error) -> String {
        let place = self.index_dir.as_ref().map_or_else(String::new, |dir| format!(" in {}", dir.display()));
        format!("cannot create the index{place}: {err}")
    }

    fn place(&self) -> Place<'_> {
        Place {
            common_dir: &self.repo.common_dir,
            bare: self.repo.is_bare,
            index_dir: self.index_dir.as_deref(),
        }
    }

    /// Where the index is; `None` when there has never been one. Looked up until it has been found once.
    pub fn location(&self) -> std::io::Result<Option<Location>> {
        if let Some(location) = self.found.get() {
            return Ok(Some(location.clone()));
        }
        let found = Location::find(self.place())?;
        Ok(found.inspect(|location| drop(self.found.set(location.clone()))))
    }

    /// Where invocations are recorded: beside the index, once there is one, unless `fast.metrics` is false.
    pub fn metrics(&self, config: &Config) -> Result<Option<PathBuf>, NotExact> {
        let wanted = config.bool("fast.metrics")?.unwrap_or(true);
        let location = wanted.then(|| self.location().ok().flatten()).flatten();
        Ok(location.map(|location| location.dir))
    }

    /// Where the index is, after making its directory and key if need be.
    pub fn prepare(&self) -> std::io::Result<Location> {
        Location::prepare(self.place(), &|| self.is_tracked())
    }

    /// What is published, if it can be used.
    pub fn open_published(&self, location: &Location) -> Result<OpenIndex, Rejected> {
        OpenIndex::open(location, self.repo.kind, &FINGERPRINT)
    }

    /// What an update works on.
    ///
    /// # Errors
    /// When there is something wrong with where objects are.
    pub fn target<'t>(&'t self, location: &'t Location) -> Result<Target<'t>, NotExact> {
        let (objects, kind) = (self.repo.objects()?, self.repo.kind);
        Ok(Target { location, objects, kind, fingerprint: FINGERPRINT })
    }

    /// Every commit that a ref or a worktree's HEAD leads to. Objects are read to find out which of them are commits,
    /// unless `is_commit` knows.
    pub fn all_tips(&self, is_commit: IsCommit<'_>) -> Result<Vec<ObjectId>, NotExact> {
        let mut tips: Vec<ObjectId> =
            self.repo.tips_below("refs/", is_commit)?.into_iter().map(|tip| tip.commit).collect();
        if let Some(head) = self.repo.head()? {
            tips.extend(self.repo.peel(head, is_commit)?);
        }
        // Where they can't be told, nobody will ask for them here.
        tips.extend(self.repo.other_heads(is_commit).unwrap_or_default().into_iter().map(|tip| tip.commit));
        tips.sort_unstable();
        tips.dedup();
        Ok(tips)
    }

    /// Asks git for the dates of commits that only it can read.
    pub fn dates(&self) -> impl Fn(&[ObjectId]) -> std::io::Result<Vec<i64>> + Sync + use<'r> {
        let (git, git_dir): (&'r Path, &'r Path) = (&self.git.path, &self.repo.git_dir);
        move |ids| commit_dates(git, git_dir, ids)
    }

    /// Opens the index, or builds it if that is a matter of an instant.
    ///
    /// # Errors
    /// When there is none to be used now; one may be on its way in the background.
    pub fn open(&self, used: &mut IndexUse) -> Result<OpenIndex, NotExact> {
        let published = self.location().map(|found| found.map(|location| self.open_published(&location)));
        let why = match published {
            Ok(Some(Ok(index))) => {
                if index.restamped() && self.auto {
                    background::update(self.repo);
                }
                *used = IndexUse::Fresh;
                return Ok(index);
            }
            Ok(Some(Err(rejected))) if rejected.is_missing() => "no index".to_owned(),
            Ok(Some(Err(rejected))) => {
                *used = IndexUse::Rejected;
                rejected.to_string()
            }
            Ok(None) => "no index".to_owned(),
            // Who builds the index makes another key, which the manifest that is there does not go with.
            Err(err) => {
                *used = IndexUse::Rejected;
                format!("index: {err}")
            }
        };
        if !self.auto {
            return Err(why.into());
        }
        if self.is_small() {
            match self.build_on_the_spot() {
                Ok(index) => {
                    *used = IndexUse::Built;
                    return Ok(index);
                }
                Err(Some(reason)) => return Err(format!("{why}; {reason}").into()),
                Err(None) => {}
            }
        }
        background::update(self.repo);
        Err(why.into())
    }

    /// `Err(None)` means that it takes longer than anybody should wait.
    fn build_on_the_spot(&self) -> Result<OpenIndex, Option<String>> {
        let said = |err: &dyn std::fmt::Display| Some(err.to_string());
        let location = self.prepare().map_err(|err| said(&err))?;
        let lock = WriterLock::try_acquire(&location.dir).map_err(|err| said(&err))?;
        let Some(lock) = lock else { return Err(said(&"another process is building it")) };
        let dates = self.dates();
        let mut options = Options::new(&dates);
        options.deadline = Some(Instant::now() + ON_THE_SPOT);
        let tips = self.all_tips(&|_| false).map_err(|err| said(&err))?;
        let target = self.target(&location).map_err(|err| said(&err))?;
        match history::update(&target, &lock, &tips, &options) {
            Ok(_) => {}
            Err(history::Error::Stopped) => return Err(None),
            Err(err) => return Err(said(&err)),
        }
        // Paths as far as there is time left; not every question needs them.
        if history::update_paths(&target, &lock, &options).is_err() {
            background::update(self.repo);
        }
        self.open_published(&location).map_err(|err| said(&err))
    }

    /// Finds out how short the names of the published commits can be, which is remembered for those who show them.
    ///
    /// # Errors
    /// When that depends on more than the repository. It is found out when it is needed, too.
    pub fn learn_abbrevs(&self, location: &Location) -> Result<(), NotExact> {
        let index = self.open_published(location).map_err(|err| NotExact::from(err.to_string()))?;
        let history = index.history().map_err(|err| NotExact::from(err.to_string()))?;
        let length = AbbrevLength::from_config(self.config)?;
        let mut abbrev = Abbrev::new(self.repo.object_names(self.config)?, length, &[], self.git)?;
        if let Some((segment, later)) = history.first_segment() {
            abbrev.remember(&self.repo.common_dir, &segment, later.map(ToOwned::to_owned));
            abbrev.learn(|| history.by_name(), |pos| history.oid(pos));
        }
        Ok(())
    }

    fn is_small(&self) -> bool {
        let Ok(packs) = std::fs::read_dir(self.repo.common_dir.join("objects/pack")) else { return true };
        let bytes: u64 = packs
            .flatten()
            .filter(|file| file.path().extension().is_some_and(|extension| extension == "idx"))
            .filter_map(|file| file.metadata().ok())
            .map(|meta| meta.len())
            .sum();
        bytes < SMALL_PACK_INDICES
    }

    /// Makes sure that `index` has every tip, in memory where they are newer.
    pub fn freshen(
        &self,
        index: &mut OpenIndex,
        tips: &[ObjectId],
        used: &mut IndexUse,
    ) -> Result<(), NotExact> {
        let overlay = {
            let history = index.history().map_err(|err| NotExact::from(format!("index: {err}")))?;
            if tips.iter().all(|tip| history.lookup(tip).is_some()) {
                return Ok(());
            }
            let dates = self.dates();
            let mut options = Options::new(&dates);
            options.limit = OVERLAY.0;
            options.deadline = Some(Instant::now() + OVERLAY.1);
            let kind = self.repo.kind;
            history::overlay(&history, self.repo.objects()?, kind, tips, &options)
        };
        match overlay {
            Ok(Overlay::Current) => Ok(()),
            Ok(Overlay::Segment(segment)) => {
                if self.auto && segment.header().commits >= WORTH_PUBLISHING {
                    background::update(self.repo);
                }
                index.push(segment);
                if *used == IndexUse::Fresh {
                    *used = IndexUse::Refreshed;
                }
                Ok(())
            }
            Ok(Overlay::TooMany) | Err(history::Error::Stopped) => {
                if self.auto {
                    background::update(self.repo);
                }
                Err("the index lacks many commits".into())
            }
            Err(err) => Err(format!("newer commits: {err}").into()),
        }
    }

    fn is_tracked(&self) -> bool {
        let Some(top) = &self.repo.work_dir else { return false };
        let listed = Command::new(&self.git.path)
            .arg("-C")
            .arg(top)
            .args(["ls-files", "-z", "--", crate::index::location::BESIDE])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output();
        listed.map_or(true, |output| !output.stdout.is_empty())
    }
}
