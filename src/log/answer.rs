//! One question answered: the stages of `git fastlog` in order. Until the first byte is written every stage may
//! still say that the answer is git's.

use std::collections::HashMap;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use bstr::{BString, ByteSlice};
use gix::ObjectId;

use super::cursor::Cursor;
use super::encoding::{self, Reencoded};
use super::filter::{NumberFilter, TextFilter};
use super::handover;
use super::json;
use super::merge_base::merge_bases;
use super::options::own::OwnOptions;
use super::options::{DateLimit, LogOptions, Order};
use super::print::{Layout, Printer};
use super::render::date::DateContext;
use super::render::pretty::{Builtin, Environment, Spec, Style};
use super::repo_sources::RepoSources;
use super::revisions::Request;
use super::select::{Criteria, Selector};
use super::settings::Settings;
use super::sources::Sources;
use super::walk::{Plan, Start, Step, Walk, boundary, reachable};
use crate::cli::output::{Output, for_a_person};
use crate::cli::trace::{Report, Served};
use crate::index::{Flags, History, Pos};
use crate::repo::config::Config;
use crate::repo::git::GitProgram;
use crate::repo::{NotExact, Repo};

/// The first chunk is small, so that something is seen at once; later ones keep all processors busy.
const FIRST_CHUNK: usize = 64;
const LARGEST_CHUNK: usize = 1 << 14;

/// Up to this many commits are given to git to render with diffs although nothing but `-n` selects them. More, and
/// git's own walk costs less than reading the list.
const ASSISTED_PAGE: u64 = 1000;

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
}

impl<'a> Question<'a> {
    /// Answers, from a history that holds every tip.
    ///
    /// # Errors
    /// When the answer is git's; nothing has been written then.
    pub fn answer(&self, history: &History<'_>, report: &mut Report) -> Result<ExitCode, NotExact> {
        let options = self.options;
        self.check_combinations()?;
        let person = for_a_person();
        let settings = Settings::resolve(options, self.config, person)?;
        let (plan, names) = self.plan(history, &settings)?;
        let numbers = NumberFilter {
            min_age: plan.min_age,
            max_age: self.date_limit(options.since_as_filter.as_ref(), "--since")?,
            min_parents: options.min_parents,
            max_parents: options.max_parents,
        };
        let tips: Vec<&gix::hash::oid> = plan.starts.iter().map(|start| history.oid(start.pos)).collect();
        let json = self.own.json;
        let sources = RepoSources::open(self.repo, self.config, options, &settings, &tips, json, history)?;
        let mailmap = settings.mailmap.then_some(&sources as &dyn Sources);
        let text = TextFilter::new(history, &options.grep, settings.flavour, mailmap);
        if text.as_ref().is_some_and(TextFilter::is_foreign) {
            return Err("a pattern that only git can match".into());
        }
        let has_text = text.is_some();
        let judge =
            |positions: &[Pos]| handover::judge(&self.git.path, history, positions, &options.grep_args);
        let filters_highlight = has_text && settings.colors.is_some() && !json;
        let assisted = options.assisted.or(filters_highlight.then_some("matches in colour"));
        let counted_by_git = assisted.is_some() && options.diff_filters;
        let numbers_asked = numbers.clone();
        let walk = Walk::new(history, &plan).map_err(|err| NotExact::from(err.to_string()))?;
        let criteria = Criteria {
            numbers,
            text,
            side: match (options.left_only, options.right_only) {
                (true, false) => Some(b'<'),
                (false, true) => Some(b'>'),
                _ => None,
            },
            skip: if counted_by_git { 0 } else { options.skip.unwrap_or(0) },
            max_count: if counted_by_git { None } else { options.max_count },
        };
        let side_or_text = criteria.side.is_some() || has_text;
        let (skip, max_count) = (criteria.skip, criteria.max_count);
        let mut selector = Selector::new(history, walk, criteria, &judge);

        if self.own.count {
            let all = !side_or_text && counts_everything(&plan, &numbers_asked, options);
            let count = match all {
                true => reachable(history, &plan),
                false => self.all_steps(history, &mut selector)?.len() as u64,
            };
            report.served = Served::Native;
            report.commits = Some(count);
            let mut output = Output::open(&self.git.path, false);
            output.write(format!("{count}\n").as_bytes());
            output.finish();
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(reason) = assisted {
            let selective = has_text || options.max_count.is_some_and(|count| count <= ASSISTED_PAGE);
            if !selective
                || json
                || options.graph
                || options.boundary
                || options.left_right
                || options.source
                || options.parents
                || options.children
                || settings.wants.source
            {
                return Err(reason.into());
            }
            let steps = self.all_steps(history, &mut selector)?;
            return self.assist(history, &steps, reason, counted_by_git, filters_highlight, report);
        }

        super::versions::check(self.git, options, &settings)?;
        let style = self.style(&settings, &sources)?;
        // Odd commits are rendered by git, so it must be known whether one is among the chosen ones.
        let counts = history.counts();
        let raw_encodings = counts.encoding > 0 && settings.spec == Spec::Builtin(Builtin::Raw);
        let careful = counts.odd > 0 || raw_encodings;
        let whole = careful
            || options.reverse
            || options.boundary
            || options.children
            || (options.graph && side_or_text);
        let mut shown_in_graph: Option<Vec<bool>> = None;
        let mut chosen: Option<std::vec::IntoIter<Step>> = None;
        let mut children = None;
        let mut more_in_graph = None;
        if whole {
            let steps = if options.graph && side_or_text {
                let all = selector.unlimited().rest()?;
                let mut shown = vec![false; history.len() as usize];
                for step in &all {
                    shown[step.pos.index()] = true;
                }
                shown_in_graph = Some(shown);
                let skip = usize::try_from(skip).unwrap_or(usize::MAX);
                let take = max_count.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
                more_in_graph = Some(all.len() > skip.saturating_add(take));
                all.into_iter().skip(skip).take(take).collect()
            } else {
                selector.rest()?
            };
            let steps = self.complete(history, steps);
            if careful
                && let Some(step) = steps.iter().find(|step| {
                    history.flags(step.pos).contains(Flags::ODD)
                        || (raw_encodings && encoding::is_foreign(history, step.pos))
                })
            {
                return Err(format!("odd commit {}", history.oid(step.pos)).into());
            }
            if options.children {
                children = Some(self.children(history, &plan)?);
            }
            chosen = Some(steps.into_iter());
        }
        let boundary_children: Option<std::collections::HashSet<Pos>> = options.boundary.then(|| {
            let steps = chosen.as_ref().map(|steps| steps.as_slice()).unwrap_or_default();
            steps.iter().filter(|step| step.mark != b'-').flat_map(|step| history.parents(step.pos)).collect()
        });

        let layout = Layout {
            nul: options.nul,
            graph: options.graph.then(|| settings.graph_colors.clone()),
            left_right: options.left_right,
            source_names: (options.source || settings.wants.source).then_some(names),
            children,
        };
        let mut printer = Printer::new(history, style, layout);
        let (json, mailmap) = (self.own.json, settings.mailmap);
        let mut texts = Reencoded::default();
        report.served = Served::Native;
        let mut output: Option<Output> = None;
        let mut chunk_size = FIRST_CHUNK;
        let mut chunk: Vec<Step> = Vec::new();
        let mut bytes = Vec::new();
        let mut count = 0u64;
        loop {
            chunk.clear();
            match &mut chosen {
                Some(steps) => chunk.extend(steps.by_ref().take(chunk_size)),
                None => match selector.fill(chunk_size, &mut chunk) {
                    Err(err) if output.is_some() => return Ok(crate::cli::fatal(&err.to_string())),
                    filled => filled?,
                },
            }
            if chunk.is_empty() {
                break;
            }
            count += chunk.len() as u64;
            let prepared = texts.prepare(history, chunk.iter().map(|step| step.pos), &self.git.path);
            if let Err(err) = prepared {
                if output.is_none() {
                    report.served = Served::Git;
                    return Err(err);
                }
                return Ok(crate::cli::fatal(&err.to_string()));
            }
            let drawn = |pos: Pos| -> Vec<u32> {
                let limit = if options.first_parent { 1 } else { usize::MAX };
                history
                    .parents(pos)
                    .filter(|parent| {
                        boundary_children.as_ref().is_some_and(|met| met.contains(parent))
                            || match &shown_in_graph {
                                Some(shown) => shown[parent.index()],
                                None => selector.would_show(*parent),
                            }
                    })
                    .take(limit)
                    .map(|parent| parent.0)
                    .collect()
            };
            bytes.clear();
            if json {
                for step in &chunk {
                    json::push_commit(&texts.commit(history, step.pos), &sources, mailmap, &mut bytes);
                }
            } else {
                printer.print(&chunk, &texts, drawn, &mut bytes);
            }
            output.get_or_insert_with(|| Output::open(&self.git.path, true)).write(&bytes);
            chunk_size = (chunk_size * 4).min(LARGEST_CHUNK);
        }
        report.commits = Some(count);
        if json || self.wants_hint() {
            let has_more = match more_in_graph {
                Some(more) => more,
                None => match selector.has_more() {
                    Err(err) if output.is_some() => return Ok(crate::cli::fatal(&err.to_string())),
                    more => more?,
                },
            };
            let cursor = has_more.then(|| self.next_cursor(count)).flatten();
            if json {
                bytes.clear();
                let page = json::PageLine { page: self.own.page, count, has_more, cursor };
                json::push_page(&page, &mut bytes);
                output.get_or_insert_with(|| Output::open(&self.git.path, true)).write(&bytes);
            } else if let Some(token) = cursor {
                let _ = writeln!(std::io::stderr(), "hint: next page: --cursor {token}");
            }
        }
        if let Some(output) = output {
            output.finish();
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Whether the reader of a page is told how to get the next one.
    fn wants_hint(&self) -> bool {
        let pages = self.own.page.is_some() || self.own.per_page.is_some() || self.own.cursor.is_some();
        pages && std::io::stderr().is_terminal() && std::io::stdout().is_terminal()
    }

    fn next_cursor(&self, count: u64) -> Option<String> {
        let offset = self.options.skip.unwrap_or(0) + count;
        let cursor = Cursor { requests: self.requests.to_vec(), offset };
        cursor.token(&self.options.git_args)
    }

    /// Combinations that git refuses, or whose meaning is not worth finding out.
    fn check_combinations(&self) -> Result<(), NotExact> {
        let options = self.options;
        if options.graph && (options.reverse || options.children) {
            return Err("--graph with --reverse or --children".into());
        }
        let symmetric = self.requests.iter().any(|request| matches!(request, Request::Symmetric { .. }));
        if (options.left_only || options.right_only) && !symmetric {
            return Err("--left-only or --right-only without sides".into());
        }
        let grep = &options.grep;
        if grep.all_match && grep.invert && !(grep.author.is_empty() && grep.committer.is_empty()) {
            return Err("--all-match with --invert-grep and people".into());
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

    fn date_limit(&self, limit: Option<&DateLimit>, name: &str) -> Result<Option<i64>, NotExact> {
        match limit {
            None => Ok(None),
            Some(DateLimit::Seconds(seconds)) => Ok(Some(*seconds)),
            Some(DateLimit::Text(text)) => super::dates::read(&self.git.path, name, text.as_ref()).map(Some),
        }
    }

    fn plan(&self, history: &History<'_>, settings: &Settings) -> Result<(Plan<'static>, Vec<BString>), NotExact> {
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
        let order = match options.order {
            Order::Default if options.graph => Order::Topo,
            order => order,
        };
        let plan = Plan {
            starts,
            first_parent: options.first_parent,
            exclude_first_parent_only: options.exclude_first_parent_only,
            max_age: self.date_limit(options.since.as_ref(), "--since")?,
            min_age: self.date_limit(options.until.as_ref(), "--until")?,
            order,
            whole_list: options.children,
            sources: with_sources,
            max_age_filter: None,
            no_commit_graph: false,
            simplify: None,
        };
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

    fn style<'s>(&self, settings: &Settings, sources: &'s RepoSources) -> Result<Style<'s>, NotExact>
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
        let environment = Environment { notes: settings.notes, columns: super::columns::columns() };
        let format = settings.spec.compile(&environment).map_err(|err| NotExact::from(err.to_string()))?;
        Ok(Style {
            format,
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
        })
    }

    /// All chosen commits, with the boundary and in the final order.
    fn all_steps(&self, history: &History<'_>, selector: &mut Selector<'_>) -> Result<Vec<Step>, NotExact> {
        let steps = selector.rest()?;
        Ok(self.complete(history, steps))
    }

    fn complete(&self, history: &History<'_>, mut steps: Vec<Step>) -> Vec<Step> {
        if self.options.boundary {
            let order = if self.options.order == Order::Default { Order::Topo } else { self.options.order };
            let found = boundary(history, &steps, order);
            steps.extend(found);
        }
        if self.options.reverse {
            steps.reverse();
        }
        steps
    }

    /// The children of each commit among all that the walk yields, whatever filters say of them.
    fn children(&self, history: &History<'_>, plan: &Plan<'_>) -> Result<HashMap<Pos, Vec<Pos>>, NotExact> {
        let mut children: HashMap<Pos, Vec<Pos>> = HashMap::new();
        for step in Walk::new(history, plan).map_err(|err| NotExact::from(err.to_string()))? {
            for parent in history.parents(step.pos) {
                children.entry(parent).or_default().insert(0, step.pos);
            }
        }
        Ok(children)
    }

    fn assist(
        &self,
        history: &History<'_>,
        steps: &[Step],
        reason: &'static str,
        counted_by_git: bool,
        highlight: bool,
        report: &mut Report,
    ) -> Result<ExitCode, NotExact> {
        if steps.is_empty() {
            // There may be something wrong with the options all the same.
            return Err("nothing to render".into());
        }
        let missing = |step: &&Step| self.repo.git.find_header(history.oid(step.pos)).is_err();
        if let Some(step) = steps.iter().take(1).find(missing) {
            // git's complaint names what it was asked for.
            return Err(format!("commit {} is missing", history.oid(step.pos)).into());
        }
        report.served = Served::Assisted;
        report.reason = reason.to_owned();
        report.commits = Some(steps.len() as u64);
        report.finish();
        let mut args = self.options.render_args.clone();
        if self.options.first_parent {
            args.push("--first-parent".into());
        }
        if highlight {
            args.extend(self.options.grep_args.iter().cloned());
        }
        if counted_by_git {
            args.extend(self.options.max_count.map(|count| format!("--max-count={count}").into()));
            args.extend(self.options.skip.map(|skip| format!("--skip={skip}").into()));
        }
        handover::exec_assisted(&self.git.path, history, steps, &args)
    }
}

/// Whether every commit that the tips reach counts: then their number is found without an order.
fn counts_everything(plan: &Plan<'_>, numbers: &NumberFilter, options: &LogOptions) -> bool {
    plan.max_age.is_none()
        && !plan.starts.iter().any(|start| start.uninteresting)
        && *numbers == NumberFilter::default()
        && options.max_count.is_none()
        && options.skip.unwrap_or(0) == 0
        && !options.boundary
}
