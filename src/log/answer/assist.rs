//! Questions that git renders: whether it is worth choosing the commits for it, and handing them over.

use std::process::ExitCode;

use super::Question;
use bstr::ByteSlice;

use crate::cli::trace::{Report, Served};
use crate::index::History;
use crate::log::handover;
use crate::log::render::pretty::{Format, NotNative, Spec};
use crate::log::settings::Settings;
use crate::log::walk::{Step, Walk};
use crate::repo::NotExact;

/// Up to this many commits are given to git to render with diffs although nothing but `-n` selects them. More, and
/// git's own walk costs less than reading the list.
const ASSISTED_PAGE: u64 = 1000;

/// What an assisting git is needed for.
pub(super) struct Assistance {
    reason: &'static str,
    /// Whether diffs hide commits before they are counted, so that only git can count them.
    pub(super) counts: bool,
    /// Whether it colours what text filters match.
    highlight: bool,
}

impl Question<'_> {
    /// What git has to help with, if anything.
    ///
    /// # Errors
    /// When git had better do it all.
    pub(super) fn assistance(
        &self,
        settings: &Settings,
        format: &Result<Format, NotNative>,
        has_text: bool,
    ) -> Result<Option<Assistance>, NotExact> {
        let options = self.options;
        let highlight = has_text && settings.colors.is_some() && !self.own.json;
        // With lists of changes, too, unless they are listed here.
        let foreign = options.graph
            || options.follow
            || self.own.json
            || self.paths.is_none()
            || settings.spec.is_mail();
        let format = format.as_ref().err().filter(|reason| reason.is_for_git_to_render() && !self.own.json);
        if options.follow && format.is_some() {
            return Err("--follow with what git renders".into());
        }
        let reason = options
            .assisted
            .or(options.changes.filter(|_| foreign).map(|_| "diff output"))
            .or(format.map(|reason| reason.0))
            .or(highlight.then_some("matches in colour"));
        let Some(reason) = reason else { return Ok(None) };
        let selective = has_text
            || self.pathspec.is_some()
            || options.max_count.is_some_and(|count| count <= ASSISTED_PAGE);
        let drawn = options.graph
            || options.boundary
            || options.left_right
            || options.source
            || options.parents
            || options.children
            || settings.wants.source;
        if !self.own.count && (!selective || self.own.json || drawn) {
            return Err(reason.into());
        }
        // With --reverse git has counted before it looks at the first diff.
        let counts = options.assisted.is_some() && options.diff_filters && !options.reverse;
        Ok(Some(Assistance { reason, counts, highlight }))
    }

    /// Becomes a git that renders `steps`.
    pub(super) fn assist(
        &self,
        history: &History<'_>,
        walk: &Walk<'_>,
        steps: &[Step],
        (assistance, settings): (&Assistance, &Settings),
        report: &mut Report,
    ) -> Result<ExitCode, NotExact> {
        let options = self.options;
        if steps.is_empty() {
            // There may be something wrong with the options all the same.
            return Err("nothing to render".into());
        }
        let missing = |step: &&Step| self.repo.object_header(history.oid(step.pos)).is_err();
        if let Some(step) = steps.iter().take(1).find(missing) {
            // git's complaint names what it was asked for.
            return Err(format!("commit {} is missing", history.oid(step.pos)).into());
        }
        let rewritten = |step: &Step| !walk.parents(step).eq(history.parents(step.pos));
        if steps.iter().any(rewritten) {
            return Err("diffs of commits whose parents were simplified".into());
        }
        if matches!(settings.spec, Spec::User { .. }) && steps.iter().any(|step| step.mark != b'>') {
            // git would have but one mark for commits that are not walked.
            return Err("marks in a format that git renders".into());
        }
        report.served = Served::Assisted;
        report.reason = assistance.reason.to_owned();
        report.commits = Some(steps.len() as u64);
        report.finish();
        let mut args = self.options.render_args.clone();
        if self.options.first_parent {
            args.push("--first-parent".into());
        }
        if assistance.highlight {
            args.extend(self.options.grep_args.iter().cloned());
        } else if options.diff_filters && options.grep.ignore_case {
            // That is said of what is looked for in diffs, too.
            args.push("--regexp-ignore-case".into());
        }
        if assistance.counts {
            args.extend(self.options.max_count.map(|count| format!("--max-count={count}").into()));
            args.extend(self.options.skip.map(|skip| format!("--skip={skip}").into()));
        }
        if options.follow {
            args.push("--follow".into());
        } else if self.pathspec.is_some() {
            // Paths limit the diffs; the commits have been chosen.
            args.extend(["--full-history", "--sparse"].map(Into::into));
        }
        let paths = self.options.paths.iter().map(|path| path.to_os_str_lossy().into_owned());
        handover::exec_assisted(&self.git.path, history, steps, &args, paths)
    }
}
