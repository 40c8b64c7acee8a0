//! Combinations of options that git refuses, or whose meaning is not worth finding out.

use super::Question;
use crate::log::options::Order;
use crate::log::revisions::Request;
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
        if (options.left_only || options.right_only) && (options.graph || options.order != Order::Default) {
            // With a commit-graph, git shows some commits of the other side.
            return Err("one side in topological order".into());
        }
        let is_excluded = |request: &Request| matches!(request, Request::Commit { uninteresting: true, .. });
        if options.exclude_first_parent_only && (symmetric || self.requests.iter().any(is_excluded)) {
            return Err("--exclude-first-parent-only".into());
        }
        if options.boundary && options.first_parent {
            return Err("--boundary with --first-parent".into());
        }
        let filtered = options.min_parents > 0
            || options.max_parents.is_some()
            || options.since_as_filter.is_some()
            || !options.grep.is_empty();
        if options.graph && options.boundary && filtered {
            return Err("a graph with the boundary of filtered commits".into());
        }
        if options.parents && options.children {
            return Err("--parents with --children".into());
        }
        if options.boundary && (options.children || options.left_only || options.right_only) {
            return Err("--boundary with --children or one side only".into());
        }
        Ok(())
    }
}
