//! Combinations of options that git refuses, or whose meaning is not worth finding out.

use bstr::ByteSlice;

use super::Question;
use crate::log::options::{Order, Simplification, Tip};
use crate::log::revisions::Request;
use crate::log::settings::Settings;
use crate::log::walk::{CommitGraph, Plan};
use crate::repo::NotExact;

impl Question<'_> {
    /// Combinations that git refuses, or whose meaning is not worth finding out.
    pub(super) fn check_combinations(&self) -> Result<(), NotExact> {
        let options = self.options;
        if options.graph && (options.reverse || options.children) {
            return Err("--graph with --reverse or --children".into());
        }
        let symmetric = self.requests.iter().any(|request| matches!(request, Request::Symmetric { .. }));
        if (options.left_only || options.right_only) && !symmetric {
            return Err("--left-only or --right-only without sides".into());
        }
        let grep = &options.grep;
        let people = !(grep.author.is_empty() && grep.committer.is_empty());
        if grep.all_match && grep.invert && (people || grep.message.len() > 1) {
            return Err("--all-match with --invert-grep".into());
        }
        if options.left_only && options.right_only {
            return Err("--left-only with --right-only".into());
        }
        let filtered = options.min_parents > 0
            || options.max_parents.is_some()
            || options.since_as_filter.is_some()
            || !options.grep.is_empty();
        if options.graph && options.boundary && filtered {
            return Err("a graph with the boundary of filtered commits".into());
        }
        if options.no_patch && options.changes.is_some() {
            // Which of them wins differs from git to git.
            return Err("a list of changes with --no-patch".into());
        }
        if options.no_walk.is_some() {
            self.check_no_walk()?;
        }
        if options.follow {
            self.check_follow()?;
        }
        // Joining merges rewrites parents.
        let joins = options.simplification.simplify_merges || options.simplification.by_decoration;
        if options.children && (options.parents || joins) {
            return Err("--parents with --children".into());
        }
        if options.boundary && (options.children || options.left_only || options.right_only) {
            return Err("--boundary with --children or one side only".into());
        }
        Ok(())
    }

    /// With excluded tips git walks all the same, and what looks at other commits finds none.
    fn check_no_walk(&self) -> Result<(), NotExact> {
        let options = self.options;
        let plain = |request: &Request| matches!(request, Request::Commit { uninteresting: false, .. });
        let walked = options.graph
            || options.boundary
            || options.children
            || options.left_right
            || options.follow
            || options.since.is_some()
            || options.order != Order::Default
            || options.simplification != Simplification::default()
            || self.pathspec.is_some();
        match walked || !self.requests.iter().all(plain) {
            true => Err("--no-walk with what needs a walk".into()),
            false => Ok(()),
        }
    }

    /// With `--first-parent`, the order of the boundary depends on which commits git has read: those that it has
    /// walked, where nothing makes it read others.
    pub(super) fn check_boundary(&self, settings: &Settings, plan: &Plan<'_>) -> Result<(), NotExact> {
        let options = self.options;
        if !(options.boundary && options.first_parent) {
            return Ok(());
        }
        let plain = |tip: &Tip| match tip {
            // What leads from one commit to others reads them.
            Tip::Revision { spec, .. } => {
                spec.find_byteset(b"~:{@").is_none()
                    && !spec.strip_prefix(b"^").unwrap_or(spec).contains(&b'^')
            }
            Tip::Refs { .. } => true,
        };
        let symmetric = plan.starts.iter().any(|start| start.left);
        let reads_others = plan.simplify.is_some() || symmetric || !options.tips.iter().all(plain);
        // Annotated tags among them.
        let decorated = settings.decorate || settings.wants.decorations;
        let walks_on = options.skip.is_some() || !options.grep.is_empty();
        let lists = options.changes.is_some() && !options.no_patch;
        let sorted = match plan.order {
            Order::Default => false,
            Order::Topo => plan.commit_graph != CommitGraph::Unused,
            Order::Date | Order::AuthorDate => true,
        };
        match reads_others || decorated || walks_on || lists || sorted {
            true => Err("--boundary with --first-parent and what makes git read other commits".into()),
            false => Ok(()),
        }
    }

    /// With what `--follow` is known to mean what it says: the walk must not depend on paths, and renames be
    /// found as git finds them for one commit.
    fn check_follow(&self) -> Result<(), NotExact> {
        let options = self.options;
        let drawn = options.graph
            || options.reverse
            || options.parents
            || options.children
            || options.boundary
            || options.full_diff
            || options.simplification != Simplification::default();
        if drawn {
            return Err("--follow with options that look at other commits".into());
        }
        let plain = |arg: &std::ffi::OsString| is_plain_diff_option(arg);
        let diff = options.assisted.is_some() || options.changes.is_some();
        if diff && !options.render_args.iter().all(plain) {
            return Err("--follow with other diff options".into());
        }
        if self.config.bool("log.showRoot")? == Some(false) || self.config.contains("log.diffMerges") {
            return Err("--follow with log.showRoot or log.diffMerges".into());
        }
        Ok(())
    }
}

/// Whether the option, which says how commits are shown, has no say in what is a rename.
fn is_plain_diff_option(arg: &std::ffi::OsStr) -> bool {
    const PLAIN: &[&str] =
        &["-p", "-u", "--patch", "--stat", "--name-only", "--name-status", "--raw", "--numstat"];
    let shows = ["--format", "--pretty", "--date", "--decorate", "--color", "--abbrev"];
    let arg = arg.to_string_lossy();
    PLAIN.contains(&&*arg) || arg == "--oneline" || shows.iter().any(|name| arg.starts_with(name))
}
