//! From resolved tips and limits to the plan of a walk.

use bstr::{BString, ByteSlice};
use gix::ObjectId;

use super::Question;
use crate::history::date_fits;
use crate::index::{Flags, History, Pos};
use crate::log::dates;
use crate::log::merge_base::merge_bases;
use crate::log::options::{DateLimit, Order, Tip};
use crate::log::revisions::Request;
use crate::log::settings::Settings;
use crate::log::walk::{CommitGraph, Plan, Simplify, Start};
use crate::repo::{CommitGraphFile, NotExact};

impl Question<'_> {
    pub(super) fn date_limit(&self, limit: Option<&DateLimit>, name: &str) -> Result<Option<i64>, NotExact> {
        match limit {
            None => Ok(None),
            Some(DateLimit::Seconds(seconds)) => Ok(Some(*seconds)),
            Some(DateLimit::Text(text)) => dates::read(&self.git.path, name, text.as_ref()).map(Some),
        }
    }

    /// The first commit-graph that git has, if it looks for any.
    fn commit_graph_file(&self) -> Result<CommitGraphFile, NotExact> {
        if !self.config.bool("core.commitGraph")?.unwrap_or(true) {
            return Ok(CommitGraphFile::Absent);
        }
        let dirs = self.repo.object_dirs()?;
        let mut files = dirs.all().iter().map(|dir| CommitGraphFile::look(dir, self.repo.kind));
        Ok(files.find(|file| *file != CommitGraphFile::Absent).unwrap_or(CommitGraphFile::Absent))
    }

    /// Whether git goes by a commit-graph. With one, it may find commits in another order.
    fn commit_graph(&self, history: &History<'_>) -> Result<CommitGraph, NotExact> {
        Ok(match self.commit_graph_file()? {
            CommitGraphFile::Absent => CommitGraph::Unused,
            CommitGraphFile::Sound { has_generations: true, .. } if dates_fit(history) => CommitGraph::Used,
            _ => CommitGraph::Unknown,
        })
    }

    /// Whether git may know from filters which commits changed a path, without looking at trees.
    pub(super) fn may_have_path_filters(&self) -> Result<bool, NotExact> {
        Ok(match self.commit_graph_file()? {
            CommitGraphFile::Absent => false,
            CommitGraphFile::Sound { filters, .. } => filters.is_some(),
            CommitGraphFile::Unsound => true,
        })
    }

    /// With a commit-graph, git finds merge bases by its generation numbers, and joins merges by them.
    fn check_generations(&self, history: &History<'_>) -> Result<(), NotExact> {
        match dates_fit(history) || self.commit_graph(history)? == CommitGraph::Unused {
            true => Ok(()),
            false => Err("generation numbers of dates that a commit-graph does not keep".into()),
        }
    }

    /// See [`Plan::read_ahead`]. What git reads above an excluded tip tells it nothing about what that one reaches, but it
    /// may about others.
    fn reads_ahead(&self, starts: &[Start]) -> bool {
        let symmetric = |request: &Request| matches!(request, Request::Symmetric { .. });
        if self.requests.iter().any(symmetric) {
            return true;
        }
        let mut above_excluded = false;
        for tip in &self.options.tips {
            let Tip::Revision { spec, negated } = tip else { continue };
            if spec.contains_str("^{/") || spec.contains_str(":/") || spec.contains_str("...") {
                return true;
            }
            let (excluded, included) = match (spec.split_once_str(".."), spec.strip_prefix(b"^")) {
                (Some(range), _) => range,
                (None, Some(rest)) if *negated => (&[][..], rest),
                (None, Some(rest)) => (rest, &[][..]),
                (None, None) if *negated => (spec.as_slice(), &[][..]),
                (None, None) => (&[][..], spec.as_slice()),
            };
            if climbs(included) {
                return true;
            }
            above_excluded |= climbs(excluded);
        }
        above_excluded && starts.iter().filter(|start| start.uninteresting).count() > 1
    }

    /// The plan, and what `--source` calls each start.
    pub(super) fn plan<'s>(
        &self,
        history: &History<'_>,
        settings: &Settings,
        simplify: Option<Simplify<'s>>,
    ) -> Result<(Plan<'s>, Vec<BString>), NotExact> {
        let options = self.options;
        let mut names = Vec::new();
        let mut starts = Vec::new();
        let position = |id: &ObjectId| {
            history.lookup(id).ok_or_else(|| NotExact::from(format!("commit {id} is not in the index")))
        };
        if options.order == Order::AuthorDate && history.has_odd() {
            return Err("author dates of odd commits".into());
        }
        let with_sources = options.source || settings.wants.source;
        let mut add = |pos, uninteresting, left, name: &BString| {
            names.push(name.clone());
            starts.push(Start { pos, uninteresting, left, source: names.len() as u32 - 1 });
        };
        for request in self.requests {
            match request {
                Request::Commit { id, uninteresting, name } => {
                    add(position(id)?, *uninteresting, false, name)
                }
                Request::Symmetric { left, right } => {
                    self.check_generations(history)?;
                    let (a, b) = (position(&left.0)?, position(&right.0)?);
                    let bases = merge_bases(history, a, b);
                    if bases.is_empty() && (options.left_only || options.right_only) {
                        return Err("one side of histories that have nothing in common".into());
                    }
                    for base in bases {
                        add(base, true, false, &BString::default());
                    }
                    add(a, false, true, &left.1);
                    add(b, false, false, &right.1);
                }
            }
        }
        if simplify.as_ref().is_some_and(Simplify::joins_merges) {
            self.check_generations(history)?;
        }
        let order = match options.order {
            Order::Default if options.graph => Order::Topo,
            order => order,
        };
        let plan = Plan {
            read_ahead: self.reads_ahead(&starts),
            starts,
            first_parent: options.first_parent,
            no_walk: options.no_walk,
            max_age: self.date_limit(options.since.as_ref(), "--since")?,
            min_age: self.date_limit(options.until.as_ref(), "--until")?,
            order,
            whole_list: options.children,
            takes_all: options.max_count.is_none(),
            sources: with_sources,
            max_age_filter: self.date_limit(options.since_as_filter.as_ref(), "--since")?,
            commit_graph: match order {
                Order::Default if simplify.is_none() => CommitGraph::Unknown,
                _ => self.commit_graph(history)?,
            },
            simplify,
        };
        self.check_boundary(settings, &plan)?;
        if (options.left_only || options.right_only)
            && order != Order::Default
            && plan.commit_graph != CommitGraph::Unused
        {
            // Where git sorts as it walks, it shows some commits of the other side.
            return Err("one side in topological order with a commit-graph".into());
        }
        let unnamed =
            plan.starts.iter().zip(&names).any(|(start, name)| !start.uninteresting && name.is_empty());
        if with_sources && options.boundary {
            return Err("source names of boundary commits".into());
        }
        let unlimited = plan.starts.iter().all(|start| !start.uninteresting && !start.left);
        if with_sources && plan.order != Order::Default && unlimited && plan.starts.len() > 1 {
            // In which order it follows lines of history depends on whether there is a commit-graph.
            return Err("source names in topological order".into());
        }
        if with_sources && unnamed {
            return Err("source names of revisions that git has resolved".into());
        }
        Ok((plan, names))
    }
}

/// Whether git goes from commit to parent to find this revision (`A~3`, `A^2`; `A^{commit}` and the like it only peels).
fn climbs(revision: &[u8]) -> bool {
    revision.contains(&b'~') || revision.find_iter("^").any(|at| revision.get(at + 1) != Some(&b'{'))
}

/// Whether a commit-graph keeps all dates. Generation numbers, which are made of dates, go wrong where it does not.
fn dates_fit(history: &History<'_>) -> bool {
    let mut odd = (0..history.len()).map(Pos).filter(|pos| history.flags(*pos).contains(Flags::ODD));
    !history.has_odd() || odd.all(|pos| date_fits(history.extra_headers(pos)))
}
