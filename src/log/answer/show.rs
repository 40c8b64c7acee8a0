//! The chosen commits, shown: chunk by chunk as the walk yields them, or all at once where something about the
//! answer depends on its end.

use std::collections::HashSet;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use bstr::BString;

use super::Question;
use super::needed_tips::needed_tips;
use crate::cli::output::Output;
use crate::cli::trace::{Report, Served};
use crate::index::{Flags, History, Pos};
use crate::log::changes::{Changes, Rules};
use crate::log::cursor::Cursor;
use crate::log::describe::Describer;
use crate::log::encoding::{self, Reencoded};
use crate::log::json;
use crate::log::odd;
use crate::log::options::Order;
use crate::log::output_encoding::OutputEncoding;
use crate::log::print::{Chunk, Layout, ParentList, Printer};
use crate::log::render::changes::Listing;
use crate::log::render::pretty::{Builtin, Spec, Style};
use crate::log::repo_sources::RepoSources;
use crate::log::select::Selector;
use crate::log::settings::Settings;
use crate::log::walk::{Plan, Step, Walk};
use crate::repo::NotExact;

/// The first chunk is small, so that something is seen at once; later ones keep all processors busy.
const FIRST_CHUNK: usize = 64;
const LARGEST_CHUNK: usize = 1 << 12;

/// Where this many commits are shown, and one of so many, finding abbreviations for all at once costs less.
const MANY: u64 = 4096;
const ONE_OF: u64 = 6;

/// What is known when everything has been decided but the commits.
pub(super) struct Show<'s, 'a> {
    pub(super) question: &'s Question<'a>,
    pub(super) history: &'s History<'s>,
    pub(super) settings: &'s Settings,
    pub(super) plan: &'s Plan<'s>,
    pub(super) sources: &'s RepoSources,
    pub(super) describer: Option<Describer<'s>>,
}

/// The whole answer, where it had to be known before its first byte.
#[derive(Default)]
struct Whole {
    /// The commits; `None` when they come from the walk as they are shown.
    steps: Option<std::vec::IntoIter<Step>>,
    /// Which commits a graph draws edges to, where the walk can't tell.
    drawn: Option<Vec<bool>>,
    /// Whether more follow behind `-n`, where the walk can't tell.
    more: Option<bool>,
    /// The parents of shown commits: with `--boundary`, edges lead to them all.
    met: Option<HashSet<Pos>>,
}

/// Commits that are rendered together.
#[derive(Default)]
struct Batch {
    steps: Vec<Step>,
    texts: Reencoded,
    /// See [`Chunk`].
    parents: Option<Vec<ParentList>>,
    edges: Vec<Vec<u32>>,
    descriptions: Vec<Vec<BString>>,
}

impl Batch {
    fn with_parents(&self) -> impl Iterator<Item = (Pos, Option<&[Pos]>)> {
        let parents = |at: usize| Some(self.parents.as_ref()?.get(at)?.as_slice());
        self.steps.iter().enumerate().map(move |(at, step)| (step.pos, parents(at)))
    }

    fn chunk<'c>(&'c self, changes: Option<&'c Changes<'c>>) -> Chunk<'c> {
        let Batch { steps, texts, parents, edges, descriptions } = self;
        Chunk { steps, parents: parents.as_deref(), edges, texts, descriptions, changes }
    }
}

impl Show<'_, '_> {
    /// Prints the commits of `selector`. With `picky`, only looking at a commit tells whether it is shown.
    ///
    /// # Errors
    /// When the answer is git's; nothing has been written then.
    pub(super) fn run(
        &self,
        mut selector: Selector<'_>,
        picky: bool,
        names: Vec<BString>,
        style: Style<'_>,
        report: &mut Report,
    ) -> Result<ExitCode, NotExact> {
        let (history, options) = (self.history, self.question.options);
        let mut whole = self.whole(&mut selector, picky)?;
        let layout = Layout {
            nul: options.nul,
            graph: options.graph.then(|| self.settings.graph_colors.clone()),
            left_right: options.left_right,
            source_names: (options.source || self.settings.wants.source).then_some(names),
            children: options.children.then(|| selector.walk().children()),
            listing: self.listing()?,
        };
        let mut changes = self.changes()?;
        let abbreviates = style.abbreviates() && !self.question.own.json;
        let wants_parents = changes.is_some() || style.needs().parents;
        let mut printer = Printer::new(history, style, layout);
        let (git, config) = (&self.question.git.path, self.question.config);
        let mut hint = None;
        report.served = Served::Native;
        let mut output: Option<Output> = None;
        let mut bytes = Vec::new();
        let mut count = 0u64;
        let mut chunk_size = FIRST_CHUNK;
        let mut filled = self.fill(&mut selector, &mut whole, chunk_size, wants_parents);
        loop {
            let prepared = filled.and_then(|batch| {
                if let Some(changes) = &mut changes {
                    changes.prepare(batch.with_parents())?;
                }
                Ok(batch)
            });
            let batch = match prepared {
                Ok(batch) => batch,
                Err(err) => return too_late(err, output.as_ref(), report),
            };
            if batch.steps.is_empty() {
                break;
            }
            count += batch.steps.len() as u64;
            if abbreviates && count >= MANY.max(u64::from(history.len()) / ONE_OF) {
                self.sources.learn_abbrevs(history);
            }
            chunk_size = (chunk_size * 4).min(LARGEST_CHUNK);
            let output = output.get_or_insert_with(|| Output::open_for_log(git, config));
            let mut more = || self.fill(&mut selector, &mut whole, chunk_size, wants_parents);
            filled = if self.question.own.json {
                bytes.clear();
                for step in &batch.steps {
                    let commit = batch.texts.commit(history, step.pos);
                    json::push_commit(&commit, self.sources, self.settings.mailmap, &mut bytes);
                }
                output.write(&bytes);
                more()
            } else {
                let chunk = batch.chunk(changes.as_ref());
                match picky {
                    // It may take long until the next commits are found: what there is must not wait for them.
                    true => {
                        printer.print(chunk, |bytes| output.write(bytes), || ());
                        more()
                    }
                    false => printer.print(chunk, |bytes| output.write(bytes), more),
                }
            };
        }
        report.commits = Some(count);
        if self.question.own.json || self.wants_hint() {
            let has_more = match whole.more {
                Some(more) => more,
                None => match selector.has_more() {
                    Ok(more) => more,
                    Err(err) => return too_late(err, output.as_ref(), report),
                },
            };
            let cursor = has_more.then(|| self.next_cursor(count)).flatten();
            if self.question.own.json {
                bytes.clear();
                let page = json::PageLine { page: self.question.own.page, count, has_more, cursor };
                json::push_page(&page, &mut bytes);
                output.get_or_insert_with(|| Output::open_for_log(git, config)).write(&bytes);
            } else {
                hint = cursor;
            }
        }
        // An empty answer has a pager, too.
        output.unwrap_or_else(|| Output::open_for_log(git, config)).finish();
        // When the pager has left the screen.
        if let Some(token) = hint {
            let _ = writeln!(std::io::stderr(), "hint: next page: --cursor {token}");
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The next commits, and what the printer has to know of them. None at the end.
    fn fill(
        &self,
        selector: &mut Selector<'_>,
        whole: &mut Whole,
        size: usize,
        wants_parents: bool,
    ) -> Result<Batch, NotExact> {
        let mut batch = Batch::default();
        let steps = &mut batch.steps;
        match &mut whole.steps {
            Some(rest) => steps.extend(rest.by_ref().take(size)),
            None => selector.fill(size, steps)?,
        }
        let shown = steps.iter().map(|step| step.pos);
        match (self.settings.encoding, &self.settings.spec) {
            (OutputEncoding::Latin1, Spec::Builtin(_)) => batch.texts.prepare_latin1(self.history, shown),
            // What a format string makes of a commit is converted when it is done.
            _ => batch.texts.prepare(self.history, shown, &self.question.git.path)?,
        }
        // For a format string git reads what it has not.
        let unread = self.plan.first_parent
            && self.question.options.boundary
            && matches!(self.settings.spec, Spec::Builtin(_));
        if wants_parents && (self.plan.simplify.is_some() || unread) {
            let walk = selector.walk();
            batch.parents = Some(steps.iter().map(|step| walk.parents(step).collect()).collect());
        }
        if let Some(describer) = &self.describer {
            batch.descriptions = describer.describe(steps.iter().map(|step| step.pos));
        }
        if self.question.options.graph {
            batch.edges = steps.iter().map(|step| self.edges(step, whole, selector)).collect();
        }
        Ok(batch)
    }

    fn listing(&self) -> Result<Option<Listing>, NotExact> {
        let Some(list) = self.question.options.changes else { return Ok(None) };
        let quote_high = self.question.config.bool("core.quotePath")?.unwrap_or(true);
        Ok(Some(Listing { list, nul: self.question.options.nul, quote_high }))
    }

    /// What commits changed, where that is listed.
    fn changes(&self) -> Result<Option<Changes<'_>>, NotExact> {
        let Question { options, config, git, pathspec, paths, .. } = self.question;
        let (Some(_), Some(paths)) = (options.changes, *paths) else { return Ok(None) };
        let rules = Rules::resolve(options, config)?;
        Ok(Some(Changes::new(self.history, paths, *pathspec, &options.paths, rules, &git.path)))
    }

    /// Walks to the end where something depends on it.
    fn whole(&self, selector: &mut Selector<'_>, picky: bool) -> Result<Whole, NotExact> {
        let (history, options) = (self.history, self.question.options);
        // Some odd commits are rendered by git, so it must be known whether one is among the chosen ones.
        let counts = history.counts();
        let raw = self.settings.spec == Spec::Builtin(Builtin::Raw);
        // A page is looked at sooner than all commits that there are.
        let careful = counts.odd > 0 && (raw || options.max_count.is_some() || !odd::all_readable(history))
            || raw && counts.encoding > 0;
        let picky_graph = options.graph && picky;
        if !(careful
            || options.follow
            || options.reverse
            || options.boundary
            || options.children
            || picky_graph)
        {
            return Ok(Whole::default());
        }
        let mut whole = Whole::default();
        let steps = if picky_graph {
            let (skip, max_count) = selector.limits();
            let all = selector.unlimited().rest()?;
            let mut drawn = vec![false; history.len() as usize];
            for step in &all {
                drawn[step.pos.index()] = true;
            }
            if self.plan.first_parent {
                // The first of the rewritten parents may be one that the walk never comes to.
                let parents = all.iter().flat_map(|step| selector.walk().parents(step).take(1));
                let parents: Vec<Pos> = parents.filter(|parent| !drawn[parent.index()]).collect();
                for (parent, shown) in parents.iter().zip(selector.would_all_show(&parents)?) {
                    drawn[parent.index()] = shown;
                }
            }
            whole.drawn = Some(drawn);
            let skip = usize::try_from(skip).unwrap_or(usize::MAX);
            let take = max_count.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
            whole.more = Some(all.len() > skip.saturating_add(take));
            all.into_iter().skip(skip).take(take).collect()
        } else {
            selector.rest()?
        };
        let steps = self.question.complete(selector.walk(), steps);
        let is_gits = |pos| match raw {
            true => history.flags(pos).contains(Flags::ODD) || encoding::is_foreign(history, pos),
            false => !odd::is_readable(history, pos),
        };
        if careful && let Some(step) = steps.iter().find(|step| is_gits(step.pos)) {
            return Err(format!("odd commit {}", history.oid(step.pos)).into());
        }
        whole.met = options.boundary.then(|| {
            let shown = steps.iter().filter(|step| step.mark != b'-');
            shown.flat_map(|step| selector.walk().parents(step)).collect()
        });
        whole.steps = Some(steps.into_iter());
        Ok(whole)
    }

    /// To which parents of a commit a graph draws an edge.
    fn edges(&self, step: &Step, whole: &Whole, selector: &Selector<'_>) -> Vec<u32> {
        let limit = if self.plan.first_parent { 1 } else { usize::MAX };
        let is_drawn = |parent: &Pos| {
            whole.met.as_ref().is_some_and(|met| met.contains(parent))
                || match &whole.drawn {
                    Some(drawn) => drawn[parent.index()],
                    None => selector.would_show(*parent),
                }
        };
        selector.walk().parents(step).take(limit).filter(is_drawn).map(|parent| parent.0).collect()
    }

    /// Whether the reader of a page is told how to get the next one.
    fn wants_hint(&self) -> bool {
        let own = self.question.own;
        let pages = own.page.is_some() || own.per_page.is_some() || own.cursor.is_some();
        pages && std::io::stderr().is_terminal() && std::io::stdout().is_terminal()
    }

    fn next_cursor(&self, count: u64) -> Option<String> {
        let offset = self.question.options.skip.unwrap_or(0) + count;
        let requests = needed_tips(self.question, self.plan, self.history);
        let cursor = Cursor { requests, offset };
        cursor.token(&self.question.options.git_args)
    }
}

impl Question<'_> {
    /// Chosen commits with their boundary, in the final order.
    pub(super) fn complete(&self, walk: &Walk<'_>, mut steps: Vec<Step>) -> Vec<Step> {
        if self.options.boundary {
            let order = if self.options.order == Order::Default { Order::Topo } else { self.options.order };
            let found = walk.boundary(&steps, order);
            steps.extend(found);
        }
        if self.options.reverse {
            steps.reverse();
        }
        steps
    }
}

/// An error is git's to handle until something has been written.
fn too_late(err: NotExact, output: Option<&Output>, report: &mut Report) -> Result<ExitCode, NotExact> {
    if output.is_some() {
        return Ok(crate::cli::fatal(&err.to_string()));
    }
    report.served = Served::Git;
    Err(err)
}
