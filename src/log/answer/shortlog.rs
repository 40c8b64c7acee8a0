//! Which commits `--shortlog` summarizes.
//!
//! Names go through the mailmap whatever `log.mailmap` says, but `--author` and its like match them as they are in
//! the commits, and `grep.*` settings don't count: so it is in `git shortlog`.

use std::io::IsTerminal;
use std::process::ExitCode;

use super::Question;
use crate::cli::output::{Output, for_a_person};
use crate::cli::trace::{Report, Served};
use crate::index::{History, Pos};
use crate::log::filter::TextFilter;
use crate::log::handover;
use crate::log::options::{Flavour, Order};
use crate::log::output_encoding::OutputEncoding;
use crate::log::render::pretty::{Builtin, Spec, Wants};
use crate::log::repo_sources::RepoSources;
use crate::log::select::{Criteria, Selector};
use crate::log::settings::Settings;
use crate::log::shortlog::Shortlog;
use crate::log::walk::{Plan, Walk, reached};
use crate::repo::NotExact;

impl Question<'_> {
    /// Answers as `git shortlog` does.
    ///
    /// # Errors
    /// When the answer is git's; nothing has been written then.
    pub(super) fn shortlog(&self, history: &History<'_>, report: &mut Report) -> Result<ExitCode, NotExact> {
        let options = self.options;
        if std::io::stdout().is_terminal() && self.config.contains("pager.shortlog") {
            return Err("pager.shortlog".into());
        }
        if self.requests.is_empty() {
            // It reads standard input then.
            return Err("no tips".into());
        }
        if !self.git.at_least(2, 39) || options.shortlog.wrap.is_some() && !self.git.has_known_widths() {
            return Err(format!("git {}", self.git.version).into());
        }
        let settings = Settings {
            spec: Spec::Builtin(Builtin::Medium),
            wants: Wants::default(),
            mailmap: true,
            notes: false,
            decorate: false,
            flavour: options.grep.flavour.unwrap_or(Flavour::Basic),
            ..Settings::resolve(options, self.config, for_a_person())?
        };
        if settings.encoding != OutputEncoding::Utf8 {
            return Err("another output encoding".into());
        }
        let tree_same = self.tree_same(history)?;
        let decorated = self.decorated(history)?;
        let format = settings.spec.compile(&self.environment(&settings));
        let simplify = self.simplify(history, &format, tree_same.as_deref(), decorated.as_deref())?;
        let (plan, _) = self.plan(history, &settings, simplify)?;
        let tips: Vec<&gix::hash::oid> = plan.starts.iter().map(|start| history.oid(start.pos)).collect();
        let sources = RepoSources::open(self.owner(), options, &settings, &tips, false, history)?;
        let text = TextFilter::new(history, &options.grep, settings.flavour, None);
        let criteria = self.criteria(history, &plan, text)?;
        let commits = match options.shortlog.summary && needs_no_order(&plan, &criteria) {
            true => reached(history, &plan)
                .filter(|pos| criteria.numbers.accepts(history, *pos, || history.parents(*pos).count()))
                .collect(),
            false => self.in_order(history, &plan, criteria)?,
        };
        let texts = self.texts(history, commits.iter().copied())?;
        let shortlog = Shortlog { history, texts: &texts, sources: &sources, options: &options.shortlog };
        let bytes = shortlog.print(&commits);
        report.served = Served::Native;
        report.commits = Some(commits.len() as u64);
        let mut output = Output::open(&self.git.path, true);
        output.write(&bytes);
        output.finish();
        Ok(ExitCode::SUCCESS)
    }

    fn in_order(
        &self,
        history: &History<'_>,
        plan: &Plan<'_>,
        criteria: Criteria<'_>,
    ) -> Result<Vec<Pos>, NotExact> {
        // What `git log` would match otherwise than `git shortlog`; the caller's own options follow.
        let mut grep_args = vec!["--no-mailmap".into(), "--basic-regexp".into()];
        grep_args.extend(self.options.grep_args.iter().cloned());
        let judge = |positions: &[Pos]| handover::judge(&self.git.path, history, positions, &grep_args);
        let walk = Walk::new(history, plan).map_err(|err| NotExact::from(err.to_string()))?;
        let mut selector = Selector::new(history, walk, criteria, &judge);
        let steps = selector.rest()?;
        Ok(self.complete(selector.walk(), steps).into_iter().map(|step| step.pos).collect())
    }
}

/// Whether the commits are found without walking in git's order.
fn needs_no_order(plan: &Plan<'_>, criteria: &Criteria<'_>) -> bool {
    plan.simplify.is_none()
        && criteria.text.is_none()
        && criteria.side.is_none()
        && criteria.skip == 0
        && criteria.max_count.is_none()
        && !plan.starts.iter().any(|start| start.uninteresting || start.left)
        && (plan.max_age.is_none() || plan.order == Order::Default)
}
