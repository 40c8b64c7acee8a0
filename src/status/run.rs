//! `git faststatus` from command line to exit code.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::process::ExitCode;

use bstr::{BStr, BString, ByteSlice};

use super::collect::{Collect, Statistics};
use super::comment::comment_string;
use super::handover;
use super::many;
use super::model::Status;
use super::options::own::OwnOptions;
use super::options::{self, Format, Parsed, Refusal, StatusOptions};
use super::paths::Paths;
use super::render::colors::Colors;
use super::render::long::{Long, divergence_hint};
use super::render::porcelain_v2::PorcelainV2;
use super::render::quote::PathStyle;
use super::render::short::Short;
use super::render::{json, summary};
use super::settings::Settings;
use crate::cli::columns::columns;
use crate::cli::output::Output;
use crate::cli::trace::{Report, Served};
use crate::cli::{cross_check, fatal, own_options};
use crate::repo::config::Config;
use crate::repo::git::GitProgram;
use crate::repo::{NotExact, Repo, check_not_traced};
use crate::session::{Environment, Session};

/// Exit code of `--exit-code` where something differs.
const DIRTY: u8 = 1;

/// Runs `git faststatus` with these arguments (without the program's name).
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut report = Report::new("faststatus");
    let Parsed { status, own: own_args, git_args, names_format } = options::parse(args);
    let own: OwnOptions = match own_options::parse_if_any("git-faststatus", &own_args) {
        Ok(own) => own,
        Err(code) => return code,
    };
    report.stats = own.performance_stats;
    own_options::limit_threads(own.threads);
    if own.worktrees || own.repos_from.is_some() {
        let args: Vec<OsString> = passed_on(&own).into_iter().chain(git_args).collect();
        return many::run(&own, status, &args);
    }
    let mut invocation = Invocation { own, own_args, git_args, names_format, fallback: true };
    match invocation.answer(status, &mut report) {
        Ok(code) => {
            report.finish();
            code
        }
        Err(reason) => invocation.hand_over(&reason, &mut report),
    }
}

struct Invocation {
    own: OwnOptions,
    own_args: Vec<OsString>,
    git_args: Vec<OsString>,
    names_format: bool,
    fallback: bool,
}

impl Invocation {
    fn answer(
        &mut self,
        options: Result<StatusOptions, Refusal>,
        report: &mut Report,
    ) -> Result<ExitCode, NotExact> {
        let Environment { repo, git, config } = Environment::open()?;
        // Before anything may make the answer git's: this setting says whether that is done.
        self.fallback = !self.own.no_fallback && config.bool("fast.fallback")?.unwrap_or(true);
        let session = Session::new(&repo, &git, &config)?;
        report.metrics = session.metrics(&config)?;
        if self.own.cross_check {
            let ours = self.own_args.iter().filter(|arg| *arg != "--cross-check").chain(&self.git_args);
            let ours: Vec<OsString> = ours.cloned().collect();
            return Ok(cross_check::run(&git.path, cross_check::Question::Status, &ours, &self.git_args));
        }
        let mut options = options.map_err(|refusal| NotExact::from(refusal.0))?;
        if !git.at_least(2, 39) {
            return Err(format!("git {} is too old", git.version).into());
        }
        check_not_traced()?;
        repo.check_read_with_commits()?;
        if self.own.json || self.own.summary {
            // What is configured for people does not count, as in that format.
            (options.format, options.nul, options.branch) = (Some(Format::PorcelainV2), false, Some(true));
        }
        let mut settings = Settings::resolve(&options, &config, &git)?;
        settings.show_stash |= self.own.summary;
        let Some((top, prefix)) = worktree(&repo, &config)? else { return Err("no worktree".into()) };
        let paths = Paths::read(&options.paths, &top, prefix.as_bstr())?;
        let quiet = self.own.exit_code && !self.names_format && !self.own.json && !self.own.summary;
        let collect = Collect {
            repo: &repo,
            config: &config,
            git: &git,
            session: &session,
            settings: &settings,
            top,
            paths: &paths,
            verify: self.own.verify,
            use_index: !self.own.no_index,
            first_only: quiet,
            name_operations: self.own.json || self.own.summary,
            ignore_submodules: options.ignore_submodules,
        };
        let comment = match settings.comments && settings.format == Format::Long {
            true => Some(comment_string(&config, &git)?),
            false => None,
        };
        if settings.columns.is_some() && settings.format == Format::Long {
            check_width(&settings, comment)?;
        }
        let mut statistics = Statistics::default();
        let status = collect.run(&mut report.index, &mut statistics)?;
        report.served = Served::Native;
        if !quiet {
            let text = self.render(&status, &settings, prefix, &git, comment);
            let mut output = Output::of_status();
            output.write(&text);
            output.finish();
        }
        if self.own.performance_stats {
            let _ = writeln!(
                std::io::stderr(),
                "files: {}\ndirectories: {}, {} as remembered\ncontents compared: {}",
                statistics.entries,
                statistics.directories,
                statistics.known,
                statistics.compared,
            );
        }
        let code = match self.own.exit_code && !status.is_clean() {
            true => ExitCode::from(DIRTY),
            false => ExitCode::SUCCESS,
        };
        // The process is about to end: unmapping packs one by one would only delay that.
        std::mem::forget((status, repo, config));
        Ok(code)
    }

    fn render(
        &self,
        status: &Status,
        settings: &Settings,
        prefix: BString,
        git: &GitProgram,
        comment: Option<&BStr>,
    ) -> Vec<u8> {
        if self.own.json {
            return json::render(status);
        }
        if self.own.summary {
            return (summary::line(status) + "\n").into_bytes();
        }
        let paths = PathStyle {
            prefix: if settings.relative { prefix } else { BString::default() },
            quote_high: settings.quote_path,
            quote_spaces: matches!(settings.format, Format::Short | Format::PorcelainV1),
        };
        let none = Colors::none();
        let colors = settings.colors.as_ref().unwrap_or(&none);
        let (paths, nul, branch) = (&paths, settings.nul, settings.branch);
        match settings.format {
            Format::Short | Format::PorcelainV1 => {
                let submodules = settings.format == Format::Short;
                Short { colors, paths, nul, branch, submodules }.render(status)
            }
            Format::PorcelainV2 => {
                PorcelainV2 { paths, nul, branch, show_stash: settings.show_stash }.render(status)
            }
            Format::Long => Long {
                colors,
                colored: settings.colors.is_some(),
                paths,
                comment,
                columns: settings.columns.map(|columns| (columns, line_width())),
                hints: settings.hints,
                show_stash: settings.show_stash,
                divergence_hint: divergence_hint(git),
                untracked: settings.untracked,
                ignored: settings.ignored,
            }
            .render(status),
        }
    }

    /// git's answer in one of our formats.
    fn render_gits(&self, git: &handover::Git<'_>) -> ExitCode {
        let status = match super::from_git::ask(git, self.own.summary) {
            Ok(status) => status,
            Err((said, code)) => {
                let _ = std::io::stderr().write_all(&said);
                return ExitCode::from(code);
            }
        };
        let text = match self.own.json {
            true => json::render(&status),
            false => (summary::line(&status) + "\n").into_bytes(),
        };
        let mut output = Output::of_status();
        output.write(&text);
        output.finish();
        ExitCode::from(if self.own.exit_code && !status.is_clean() { DIRTY } else { 0 })
    }

    /// Lets git answer, or says why it would have to.
    fn hand_over(&self, reason: &NotExact, report: &mut Report) -> ExitCode {
        report.served = Served::Git;
        report.reason = reason.to_string();
        report.failed = !self.fallback || self.own.no_fallback;
        report.finish();
        if report.failed {
            return fatal(&format!("only git can answer this: {reason}"));
        }
        let git = match handover::Git::new(&self.git_args, self.own.verify) {
            Ok(git) => git,
            Err(reason) => return fatal(&reason),
        };
        if self.own.json || self.own.summary {
            return self.render_gits(&git);
        }
        if self.own.exit_code {
            return git.exit_code(self.names_format);
        }
        git.answer()
    }
}

/// How long a line may be.
fn line_width() -> usize {
    columns() - 1
}

/// Where not even what is before the first column fits, git does not count as it should.
fn check_width(settings: &Settings, comment: Option<&BStr>) -> Result<(), NotExact> {
    let colors = settings.colors.as_ref().map_or(0, |colors| colors.header.len() + colors.untracked.len());
    match line_width() < colors + usize::from(comment.is_some()) + 1 {
        true => Err("columns on a very narrow terminal".into()),
        false => Ok(()),
    }
}

/// What each of several worktrees is asked with, too.
fn passed_on(own: &OwnOptions) -> Vec<OsString> {
    let flags = [("--no-fallback", own.no_fallback), ("--no-index", own.no_index), ("--verify", own.verify)];
    flags.iter().filter(|(_, given)| *given).map(|(flag, _)| flag.into()).collect()
}

/// The top of the worktree, and the current directory relative to it with a slash at its end; `None` without a
/// worktree.
pub(super) fn worktree(
    repo: &Repo,
    config: &Config,
) -> Result<Option<(std::path::PathBuf, BString)>, NotExact> {
    let Some(top) = &repo.work_dir else { return Ok(None) };
    if config.bool("core.bare")?.unwrap_or(false) && std::env::var_os("GIT_WORK_TREE").is_none() {
        return Err("core.bare with a worktree".into());
    }
    let failed = |err: std::io::Error| NotExact::from(format!("worktree: {err}"));
    let top = top.canonicalize().map_err(failed)?;
    if let Some(told) = config.path("core.worktree")? {
        let told = repo.git_dir.join(told).canonicalize().map_err(failed)?;
        if told != top {
            return Err("core.worktree".into());
        }
    }
    if repo.is_inside_git_dir() {
        return Err("inside of the git directory".into());
    }
    let cwd = std::env::current_dir().and_then(|dir| dir.canonicalize()).map_err(failed)?;
    let prefix = cwd.strip_prefix(&top).map_err(|_| NotExact::because("outside of the worktree"))?;
    let mut prefix: BString = prefix.as_os_str().as_bytes().into();
    if !prefix.is_empty() {
        prefix.push(b'/');
    }
    Ok(Some((top, prefix)))
}
