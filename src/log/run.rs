//! `git fastlog` from command line to exit code.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use super::answer::Question;
use super::answers::{self, Pinned};
use super::cursor::Cursor;
use super::options::own::OwnOptions;
use super::options::{self, LogOptions, Refusal};
use super::paths::Pathspec;
use super::{handover, last_modified, paths, revisions};
use crate::cli::trace::{Opened, Report, Served};
use crate::cli::{FATAL, cross_check, fatal, own_options};
use crate::index::OpenIndex;
use crate::repo::{NotExact, check_not_traced, exec_git};
use crate::session::{Environment, Session};

/// Commits on a page where neither `--per-page` nor `fastlog.pageSize` says otherwise.
const PAGE_SIZE: u64 = 30;

/// Runs `git fastlog` with these arguments (without the program's name).
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut report = Report::new("fastlog");
    let parsed = options::parse(args);
    let own: OwnOptions = match own_options::parse_if_any("git-fastlog", &parsed.own) {
        Ok(own) => own,
        Err(code) => return code,
    };
    report.stats = own.performance_stats;
    own_options::limit_threads(own.threads);
    let mut invocation = Invocation {
        own,
        own_args: parsed.own,
        git_args: parsed.git_args,
        select_args: parsed.select_args,
        words: parsed.words,
        names_tips: parsed.names_tips,
        fallback: true,
        page_size: PAGE_SIZE,
        lacks_index: false,
    };
    match invocation.answer(parsed.log, &mut report) {
        Ok(code) => {
            if report.served == Served::Native {
                report.finish();
            }
            code
        }
        Err(reason) => invocation.hand_over(&reason, &mut report),
    }
}

struct Invocation {
    own: OwnOptions,
    own_args: Vec<OsString>,
    git_args: Vec<OsString>,
    select_args: Vec<OsString>,
    words: Vec<OsString>,
    names_tips: bool,
    fallback: bool,
    page_size: u64,
    /// Whether it is for want of an index that there is no answer.
    lacks_index: bool,
}

impl Invocation {
    fn answer(
        &mut self,
        log: Result<LogOptions, Refusal>,
        report: &mut Report,
    ) -> Result<ExitCode, NotExact> {
        let Environment { repo, git, config } = Environment::open()?;
        // Before anything may make the answer git's: these settings also say how, and whether, that is done.
        self.fallback = !self.own.no_fallback && config.bool("fast.fallback")?.unwrap_or(true);
        if let Some(size) = config.int("fastlog.pageSize")? {
            self.page_size = u64::try_from(size).ok().filter(|size| *size > 0).unwrap_or(PAGE_SIZE);
        }
        let session = Session::new(&repo, &git, &config)?;
        report.metrics = session.metrics(&config)?;
        if self.own.cross_check {
            let (ours, theirs) = (self.unchecked_args(), self.paged_git_args());
            return Ok(cross_check::run(&git.path, cross_check::Question::Log, &ours, &theirs));
        }
        if self.own.no_index {
            return Err("--no-index".into());
        }
        let mut log = log.map_err(|refusal| NotExact::from(refusal.0))?;
        check_not_traced()?;
        repo.check_bare_is_allowed(&config)?;
        repo.check_history_shape()?;
        paths::arguments::take(&repo, &mut log)?;
        if let Some((skip, count)) = self.page() {
            // As if written first: what the caller says after that wins, as it would with git.
            log.skip.get_or_insert(skip);
            log.max_count.get_or_insert(count);
        }
        let mut index = self.of_index(session.open(&mut report.index))?;
        let requests = match &self.own.cursor {
            None => {
                let history = index.history().map_err(|err| NotExact::from(err.to_string()))?;
                revisions::resolve(&repo, &log, &history, &git.path)?
            }
            Some(token) => {
                let cursor = Cursor::parse(token, &self.git_args, repo.kind);
                let cursor = match cursor {
                    Ok(cursor) => cursor,
                    Err(err) => return Ok(crate::cli::usage_error(&format!("--cursor: {err}"))),
                };
                log.skip = Some(cursor.offset);
                cursor.requests
            }
        };
        let tips: Vec<gix::ObjectId> = requests
            .iter()
            .flat_map(|request| match request {
                revisions::Request::Commit { id, .. } => vec![*id],
                revisions::Request::Symmetric { left, right } => vec![left.0, right.0],
            })
            .collect();
        repo.object_names(&config)?.check(&repo, &tips)?;
        self.of_index(session.freshen(&mut index, &tips, &mut report.index))?;
        let pathspec = Pathspec::of(&repo, &log)?;
        if self.is_of_git_log() && pathspec.as_ref().is_some_and(Pathspec::can_be_followed) {
            log.follow |= config.bool("log.follow")?.unwrap_or(false);
        }
        let mut with_paths = pathspec.is_some() || self.own.last_modified || self.own.contains_path.is_some();
        if with_paths {
            self.of_index(session.cover_paths(&mut index))?;
        } else if log.changes.is_some() {
            // Without, an assisting git lists them.
            with_paths = session.cover_paths(&mut index).is_ok();
        } else if answers::is_costly(&self.git_args) {
            // For what an answer depends on: without, it is not remembered.
            drop(session.cover_paths(&mut index));
        }
        report.opened = Some(opened(&index));
        let history = index.history().map_err(|err| NotExact::from(err.to_string()))?;
        let known = match with_paths {
            true => Some(index.paths().map_err(|rejected| NotExact::from(format!("index: {rejected}")))?),
            false => None,
        };
        let question = Question {
            options: &log,
            own: &self.own,
            repo: &repo,
            config: &config,
            git: &git,
            requests: &requests,
            pathspec: pathspec.as_ref(),
            paths: known.as_ref(),
        };
        let mut answer = question.answer(&history, report);
        if answer.is_err() && self.is_plain() {
            let args = self.paged_git_args();
            let covered = index.paths().ok().filter(|paths| paths.len() == history.len());
            let pinned = || {
                let requests = match self.own.cursor {
                    None => revisions::resolve(&repo, &log, &history, &git.path).ok()?,
                    Some(_) => return None,
                };
                Pinned::new(&repo, &git, &config, &requests, &args, covered.as_ref())
            };
            if let Some(location) = session.location().ok().flatten() {
                let may_ask = self.fallback;
                report.served = Served::Git;
                report.reason = answer.as_ref().err().map(ToString::to_string).unwrap_or_default();
                let remembered = answers::answer(&pinned, &location, &config, &args, may_ask, report);
                answer = remembered.map_or(answer, Ok);
            }
        }
        if answer.is_ok() {
            // The process is about to end: unmapping packs and index one by one would only delay that.
            drop(known);
            std::mem::forget((index, repo));
        }
        answer
    }

    /// What was looked for in the index; takes a note if it is not there.
    fn of_index<T>(&mut self, found: Result<T, NotExact>) -> Result<T, NotExact> {
        self.lacks_index = found.is_err();
        found
    }

    /// Whether it is for `git log` to answer as it is.
    fn is_plain(&self) -> bool {
        let own = &self.own;
        self.is_of_git_log() && !(own.json || own.count) && own.cursor.is_none()
    }

    /// Whether it is about the commits of `git log`, whose settings count then.
    fn is_of_git_log(&self) -> bool {
        !(self.own.shortlog || self.own.last_modified) && self.own.contains_path.is_none()
    }

    /// `--page` as `--skip` and `-n`.
    fn page(&self) -> Option<(u64, u64)> {
        let paged = self.own.page.is_some() || self.own.per_page.is_some() || self.own.cursor.is_some();
        if !paged {
            return None;
        }
        let size = self.own.per_page.unwrap_or(self.page_size);
        Some(((self.own.page.unwrap_or(1) - 1).saturating_mul(size), size))
    }

    /// Lets git answer, or says why it would have to.
    fn hand_over(&self, reason: &NotExact, report: &mut Report) -> ExitCode {
        report.served = Served::Git;
        report.reason = reason.to_string();
        if !self.fallback || self.own.no_fallback {
            report.failed = true;
            report.finish();
            return fatal(&format!("only git can answer this: {reason}"));
        }
        if let Some(asked) = self.is_not_in_git() {
            report.failed = true;
            report.finish();
            if !self.lacks_index {
                return fatal(&format!("git has no {asked}, and only git could answer this: {reason}"));
            }
            let code = fatal(&format!("no {asked} without the index: {reason}"));
            let _ = writeln!(std::io::stderr(), "hint: 'git optimize index build' builds it");
            return code;
        }
        if self.own.count {
            return self.count_with_git(&self.paged(&self.select_args), report);
        }
        if self.own.last_modified {
            return last_modified::ask_git(&git_path(), &self.git_args, self.lacks_index, report);
        }
        report.finish();
        if self.own.shortlog {
            let head = (!self.names_tips && !self.names_revisions()).then(|| "HEAD".into());
            return exec_git("shortlog", head.into_iter().chain(self.git_args.iter().cloned()));
        }
        exec_git("log", self.paged_git_args())
    }

    /// What git has no answer for.
    fn is_not_in_git(&self) -> Option<&'static str> {
        if self.own.contains_path.is_some() {
            return Some("--contains-path");
        }
        if self.own.json {
            return Some("--json");
        }
        self.own.cursor.is_some().then_some("--cursor")
    }

    /// Whether git finds a revision in the command line. Where it finds none, `git shortlog` does not go on from HEAD
    /// but reads a log from standard input.
    fn names_revisions(&self) -> bool {
        !self.words.is_empty() && handover::has_revisions(&git_path(), &self.words)
    }

    /// The arguments with which `git log` answers this.
    fn paged_git_args(&self) -> Vec<OsString> {
        self.paged(&self.git_args)
    }

    fn paged(&self, git_args: &[OsString]) -> Vec<OsString> {
        let page = self.page().into_iter();
        let page = page.flat_map(|(skip, count)| [format!("--skip={skip}"), format!("--max-count={count}")]);
        page.map(OsString::from).chain(git_args.iter().cloned()).collect()
    }

    /// The arguments with which this program answers this without `--cross-check`.
    fn unchecked_args(&self) -> Vec<OsString> {
        let own = self.own_args.iter().filter(|arg| *arg != "--cross-check");
        own.chain(&self.git_args).cloned().collect()
    }

    fn count_with_git(&self, args: &[OsString], report: &mut Report) -> ExitCode {
        match handover::count(&git_path(), args) {
            Ok((0, count)) => {
                report.finish();
                let mut output = crate::cli::output::Output::open(&git_path(), false);
                output.write(format!("{count}\n").as_bytes());
                output.finish();
                ExitCode::SUCCESS
            }
            Ok((code, _)) => {
                report.finish();
                ExitCode::from(code)
            }
            Err(err) => {
                let _ = writeln!(std::io::stderr(), "fatal: cannot run git: {err}");
                ExitCode::from(FATAL)
            }
        }
    }
}

/// What has been opened of the index, for the statistics.
fn opened(index: &OpenIndex) -> Opened {
    let published = index.manifest().entries.len();
    let (segments, newer) = index.segments().split_at(published);
    let paths = index.opened_paths();
    Opened {
        segments: published,
        bytes: segments.iter().map(|segment| segment.byte_len()).sum(),
        path_segments: paths.len(),
        path_bytes: paths.iter().map(|segment| segment.byte_len()).sum(),
        newer: newer.iter().map(|segment| segment.header().commits).sum(),
    }
}

/// The git to run: found on PATH by the system.
fn git_path() -> PathBuf {
    PathBuf::from("git")
}
