//! Which commits `--contains-path` looks at, and how the files are listed.

use std::ffi::OsStr;
use std::process::ExitCode;

use rayon::prelude::*;

use super::Question;
use super::last_modified::check_readable;
use crate::cli::output::{Output, for_a_person};
use crate::cli::quote::push_quoted;
use crate::cli::trace::{Report, Served};
use crate::index::{History, Paths, Pos};
use crate::log::contains_path::{Chosen, Life, lives};
use crate::log::filter::TextFilter;
use crate::log::handover;
use crate::log::json;
use crate::log::odd;
use crate::log::options::Simplification;
use crate::log::paths::{Environment, Pathspec, Place};
use crate::log::render::date::{DateContext, DateMode};
use crate::log::render::pretty::{Builtin, Spec};
use crate::log::repo_sources::RepoSources;
use crate::log::select::Selector;
use crate::log::settings::Settings;
use crate::log::sources::Sources;
use crate::log::walk::{Plan, Walk};
use crate::repo::NotExact;

impl Question<'_> {
    /// Answers `--contains-path`.
    ///
    /// # Errors
    /// When the index does not tell; nothing has been written then.
    pub(super) fn contains_path(
        &self,
        glob: &OsStr,
        history: &History<'_>,
        paths: &Paths<'_>,
        report: &mut Report,
    ) -> Result<ExitCode, NotExact> {
        let options = self.options;
        self.check_combinations()?;
        if options.assisted.is_some() || options.graph || options.boundary {
            return Err("--contains-path with options that show commits".into());
        }
        if self.pathspec.is_some() || options.simplification != Simplification::default() {
            return Err("--contains-path with other paths".into());
        }
        self.check_paths(history, paths)?;
        let glob = glob.as_encoded_bytes();
        let pathspec = Pathspec::parse(&[glob], &Place::of(self.repo)?, Environment::read()?)?;
        let mut settings = Settings::resolve(options, self.config, for_a_person())?;
        settings.spec = Spec::Builtin(Builtin::Medium);
        let (plan, _) = self.plan(history, &settings, None)?;
        let tips: Vec<&gix::hash::oid> = plan.starts.iter().map(|start| history.oid(start.pos)).collect();
        let json = self.own.json;
        let sources = RepoSources::open(self.owner(), options, &settings, &tips, json, history)?;
        let mailmap = settings.mailmap.then_some(&sources as &dyn Sources);
        let text = TextFilter::new(history, &options.grep, settings.flavour, mailmap);
        let chosen = self.ranks(history, &plan, text)?;
        let lives = lives(history, paths, &pathspec, &chosen);
        let bytes = match json {
            true => self.lives_json(history, &lives, &sources, settings.mailmap)?,
            false => self.lives_text(history, &lives, &sources)?,
        };
        report.served = Served::Native;
        let mut output = Output::open(&self.git.path, true);
        output.write(&bytes);
        output.finish();
        Ok(ExitCode::SUCCESS)
    }

    fn ranks(
        &self,
        history: &History<'_>,
        plan: &Plan<'_>,
        text: Option<TextFilter<'_>>,
    ) -> Result<Chosen, NotExact> {
        let criteria = self.criteria(history, plan, text)?;
        let judge =
            |positions: &[Pos]| handover::judge(&self.git.path, history, positions, &self.options.grep_args);
        let walk = Walk::new(history, plan).map_err(|err| NotExact::from(err.to_string()))?;
        let mut selector = Selector::new(history, walk, criteria, &judge);
        let steps = selector.rest()?;
        let mut ranks = vec![u32::MAX; history.len() as usize];
        for (rank, step) in (0..).zip(self.complete(selector.walk(), steps)) {
            ranks[step.pos.index()] = rank;
        }
        Ok(Chosen { ranks, first_parent: plan.first_parent })
    }

    /// `<first commit> <its author's date> <last commit> <its author's date> <what that did> <path>`, with tabs.
    fn lives_text(
        &self,
        history: &History<'_>,
        lives: &[Life<'_>],
        sources: &RepoSources,
    ) -> Result<Vec<u8>, NotExact> {
        let high = self.config.bool("core.quotePath")?.unwrap_or(true);
        check_readable(history, lives.iter().flat_map(|life| [life.first, life.last]))?;
        let (dates, mode) = (DateContext::shared(), DateMode::Short { local: false });
        let line = |life: &Life<'_>| {
            let mut out = Vec::with_capacity(96);
            for pos in [life.first, life.last] {
                let id = history.oid(pos);
                out.extend_from_slice(id.to_hex_with_len(sources.abbrev_len(id)).to_string().as_bytes());
                out.push(b'\t');
                dates.show(odd::people(history, pos).0.time, &mode, &mut out);
                out.push(b'\t');
            }
            out.extend_from_slice(&[life.status, b'\t']);
            match self.options.nul {
                true => out.extend_from_slice(life.path),
                false => push_quoted(life.path, high, &mut out),
            }
            out.push(if self.options.nul { 0 } else { b'\n' });
            out
        };
        Ok(lives.par_iter().with_min_len(64).map(line).collect::<Vec<_>>().concat())
    }

    fn lives_json(
        &self,
        history: &History<'_>,
        lives: &[Life<'_>],
        sources: &RepoSources,
        mailmap: bool,
    ) -> Result<Vec<u8>, NotExact> {
        let texts = self.texts(history, lives.iter().flat_map(|life| [life.first, life.last]))?;
        let line = |life: &Life<'_>| {
            let mut out = Vec::new();
            let (first, last) = (texts.commit(history, life.first), texts.commit(history, life.last));
            let first = json::Touch { commit: &first, sources, mailmap };
            let last = json::Touch { commit: &last, ..first };
            json::push_life(life.path, &first, &last, life.status, &mut out);
            out
        };
        Ok(lives.par_iter().with_min_len(64).map(line).collect::<Vec<_>>().concat())
    }
}
