//! One question answered: the stages of `git fastlog` in order. Until the first byte is written every stage may
//! still say that the answer is git's.

mod assist;
mod combinations;
mod contains_path;
mod last_modified;
mod needed_tips;
mod plan;
mod shortlog;
mod show;
mod simplify;

use std::ffi::OsString;
use std::process::ExitCode;

use bstr::ByteSlice;

use super::describe::Describer;
use super::encoding;
use super::filter::{NumberFilter, TextFilter};
use super::handover;
use super::options::LogOptions;
use super::options::own::OwnOptions;
use super::output_encoding::OutputEncoding;
use super::paths::Pathspec;
use super::render::date::DateContext;
use super::render::pretty::{Builtin, Environment, Format, NotNative, Spec, Style};
use super::repo_sources::{Owner, RepoSources};
use super::revisions::Request;
use super::select::{Criteria, Selector};
use super::settings::Settings;
use super::sources::Sources;
use super::walk::{Plan, Walk, reached};
use crate::cli::output::{Output, for_a_person};
use crate::cli::trace::{Report, Served};
use crate::index::{History, Paths, Pos};
use crate::repo::config::Config;
use crate::repo::git::GitProgram;
use crate::repo::{NotExact, Repo};

/// Everything that a question is asked with.
pub struct Question<'a> {
    /// What `git log` would understand.
    pub options: &'a LogOptions,
    /// Our own options.
    pub own: &'a OwnOptions,
    /// The repository.
    pub repo: &'a Repo,
    /// git's configuration.
    pub config: &'a Config,
    /// The git program.
    pub git: &'a GitProgram,
    /// The tips, resolved.
    pub requests: &'a [Request],
    /// The path limits, if there are any.
    pub pathspec: Option<&'a Pathspec>,
    /// What commits did to paths, where that is asked for.
    pub paths: Option<&'a Paths<'a>>,
}

impl<'a> Question<'a> {
    /// Answers, from a history that holds every tip.
    ///
    /// # Errors
    /// When the answer is git's; nothing has been written then.
    pub fn answer(&self, history: &History<'_>, report: &mut Report) -> Result<ExitCode, NotExact> {
        let options = self.options;
        if let Some(paths) = self.paths {
            if self.own.last_modified {
                return self.last_modified(history, paths, report);
            }
            if let Some(glob) = &self.own.contains_path {
                return self.contains_path(glob, history, paths, report);
            }
        }
        self.check_combinations()?;
        if self.own.shortlog {
            return self.shortlog(history, report);
        }
        let mut settings = Settings::resolve(options, self.config, for_a_person())?;
        if self.own.json {
            settings.encoding = OutputEncoding::Utf8;
        }
        if let Some(colors) = &mut settings.colors {
            colors.by_token = self.git.at_least(2, 43);
        }
        if settings.encoding == OutputEncoding::Latin1 {
            self.check_latin1(history, &settings)?;
        }
        let tree_same = self.tree_same(history)?;
        let decorated = self.decorated(history)?;
        let mut format = settings.spec.compile(&self.environment(&settings));
        let simplify = self.simplify(history, &format, tree_same.as_deref(), decorated.as_deref())?;
        let (plan, names) = self.plan(history, &settings, simplify)?;
        let tips: Vec<&gix::hash::oid> = plan.starts.iter().map(|start| history.oid(start.pos)).collect();
        let json = self.own.json;
        let sources = RepoSources::open(self.owner(), options, &settings, &tips, json, history)?;
        let mailmap = settings.mailmap.then_some(&sources as &dyn Sources);
        let mut text = TextFilter::new(history, &options.grep, settings.flavour, mailmap);
        // Nothing is shown that is counted only.
        if let Some(text) = text.as_mut().filter(|_| !self.own.count) {
            sources.search_notes(text, history)?;
        }
        let mut criteria = self.criteria(history, &plan, text)?;
        let mut grep_args: Vec<OsString> =
            vec![if settings.mailmap { "--mailmap" } else { "--no-mailmap" }.into()];
        grep_args.extend(options.grep_args.iter().cloned());
        let judge = |positions: &[Pos]| handover::judge(&self.git.path, history, positions, &grep_args);
        let describer = self.describer(&mut format, history);
        let assistance = self.assistance(&settings, &format, criteria.text.is_some())?;
        let counted_by_git = assistance.as_ref().is_some_and(|assistance| assistance.counts);
        let walk = Walk::new(history, &plan).map_err(|err| NotExact::from(err.to_string()))?;
        if counted_by_git {
            (criteria.skip, criteria.max_count) = (0, None);
        }
        if self.own.count {
            let everything = criteria.side.is_none()
                && criteria.follow.is_none()
                && criteria.text.is_none()
                && counts_everything(&plan, &criteria.numbers, options);
            let count = match everything {
                true => reached(history, &plan).count() as u64,
                false => {
                    let mut selector = Selector::new(history, walk, criteria, &judge);
                    let steps = selector.rest()?;
                    self.complete(selector.walk(), steps).len() as u64
                }
            };
            report.served = Served::Native;
            report.commits = Some(count);
            let mut output = Output::open(&self.git.path, false);
            output.write(format!("{count}\n").as_bytes());
            output.finish();
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(assistance) = assistance {
            let mut selector = Selector::new(history, walk, criteria, &judge);
            let steps = selector.rest()?;
            let steps = self.complete(selector.walk(), steps);
            return self.assist(history, selector.walk(), &steps, (&assistance, &settings), report);
        }
        super::versions::check(self.git, options, &settings, self.config)?;
        let style = self.style(&settings, format, &sources)?;
        // A graph draws edges to what is shown, which texts and sides decide only when they are looked at.
        let picky = criteria.side.is_some() || criteria.text.is_some();
        let selector = Selector::new(history, walk, criteria, &judge);
        let show = show::Show {
            question: self,
            history,
            settings: &settings,
            plan: &plan,
            sources: &sources,
            describer,
        };
        show.run(selector, picky, names, style, report)
    }

    /// What decides on the commits that are walked.
    fn criteria<'t>(
        &'t self,
        history: &'t History<'t>,
        plan: &Plan<'_>,
        text: Option<TextFilter<'t>>,
    ) -> Result<Criteria<'t>, NotExact> {
        let options = self.options;
        if text.as_ref().is_some_and(TextFilter::is_foreign) {
            return Err("a pattern that only git can match".into());
        }
        Ok(Criteria {
            numbers: NumberFilter {
                min_age: plan.min_age,
                max_age: plan.max_age_filter,
                min_parents: options.min_parents,
                max_parents: options.max_parents,
            },
            text,
            side: match (options.left_only, options.right_only) {
                (true, false) => Some(b'<'),
                (false, true) => Some(b'>'),
                _ => None,
            },
            follow: self.follow(history)?,
            skip: options.skip.unwrap_or(0),
            max_count: options.max_count,
        })
    }

    /// What git alone prints in Latin-1: what tells of the encoding, what matches texts in it, and what would have to be
    /// converted from others.
    fn check_latin1(&self, history: &History<'_>, settings: &Settings) -> Result<(), NotExact> {
        let is_told = settings.spec == Spec::Builtin(Builtin::Raw);
        let mut stored = (0..if history.has_encoding() { history.len() } else { 0 }).map(Pos);
        if is_told || !self.options.grep.is_empty() || stored.any(|pos| encoding::is_foreign(history, pos)) {
            return Err("another output encoding".into());
        }
        Ok(())
    }

    fn owner(&self) -> Owner<'_> {
        Owner { repo: self.repo, git: self.git, config: self.config }
    }

    fn environment(&self, settings: &Settings) -> Environment {
        Environment { notes: settings.notes, columns: crate::cli::columns::columns() }
    }

    /// What finds out what `format` asks of `git describe`, if it does. If only git can, the format is git's.
    fn describer<'h>(
        &'h self,
        format: &mut Result<Format, NotNative>,
        history: &'h History<'h>,
    ) -> Option<Describer<'h>> {
        let wanted = format.as_ref().ok().map(Format::describe).filter(|wanted| !wanted.is_empty())?;
        if self.own.json || self.own.count {
            return None;
        }
        let describer = Describer::new(self.repo, self.config, self.git, history, wanted);
        describer.map_err(|_| *format = Err(NotNative::DESCRIBE)).ok()
    }

    fn style<'s>(
        &self,
        settings: &Settings,
        format: Result<Format, NotNative>,
        sources: &'s RepoSources,
    ) -> Result<Style<'s>, NotExact>
    where
        'a: 's,
    {
        if settings.wants.trailers && self.config.with_prefix("trailer.").next().is_some() {
            return Err("trailer.* settings".into());
        }
        if self.options.graph
            && matches!(&settings.spec, Spec::User { text, .. } if text.contains_str("%x00"))
        {
            return Err("NUL bytes in a graph".into());
        }
        Ok(Style {
            format: format.map_err(|err| NotExact::from(err.to_string()))?,
            abbrev_commit: settings.abbrev_commit,
            date: settings.date.clone(),
            dates: DateContext::shared(),
            colors: settings.colors.clone(),
            sources,
            use_mailmap: settings.mailmap,
            show_notes: settings.notes,
            decorate: settings.decorate,
            expand_tabs: settings.expand_tabs,
            print_parents: self.options.parents,
            mail: settings.mail.clone(),
            encoding: settings.encoding,
        })
    }
}

/// Whether every commit that the tips reach counts: then their number is found without an order.
fn counts_everything(plan: &Plan<'_>, numbers: &NumberFilter, options: &LogOptions) -> bool {
    plan.simplify.is_none()
        && plan.max_age.is_none()
        && !plan.starts.iter().any(|start| start.uninteresting)
        && *numbers == NumberFilter::default()
        && options.max_count.is_none()
        && options.skip.unwrap_or(0) == 0
        && !options.boundary
}
