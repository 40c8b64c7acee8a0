//! Commits to the bytes of the answer: texts are rendered in parallel, separators, terminators and the graph put
//! around them in order.

use std::collections::HashMap;

use bstr::{BString, ByteSlice};
use gix::hash::oid;
use rayon::prelude::*;

use super::changes::Changes;
use super::encoding::Reencoded;
use super::render::changes::Listing;
use super::render::graph::{Framing, Graph, GraphColors};
use super::render::pretty::{self, Extra, Format, Placement, Style};
use super::walk::Step;
use crate::index::{History, Pos};

/// How many commits one thread renders at a time.
const GRAIN: usize = 256;

/// What to print around and into the commits.
pub struct Layout {
    /// `-z`.
    pub nul: bool,
    /// `--graph`, with its colours.
    pub graph: Option<Option<GraphColors>>,
    /// Whether marks are printed before object names (`--left-right`, boundary commits).
    pub left_right: bool,
    /// The names of tips, for `--source` or `%S`.
    pub source_names: Option<Vec<BString>>,
    /// `--children`.
    pub children: Option<HashMap<Pos, Vec<Pos>>>,
    /// How changed files are listed; not with a graph.
    pub listing: Option<Listing>,
}

/// Commits to be printed together.
#[derive(Clone, Copy)]
pub struct Chunk<'c> {
    /// The commits.
    pub steps: &'c [Step],
    /// The parents of each, where simplification may have given it others than it names.
    pub parents: Option<&'c [Vec<Pos>]>,
    /// What the commits changed, where that is listed.
    pub changes: Option<&'c Changes<'c>>,
}

impl<'c> Chunk<'c> {
    /// In how many parts it is rendered.
    fn part_count(self) -> usize {
        self.steps.len().div_ceil(GRAIN)
    }

    /// In parts that one thread renders.
    fn parts(self) -> impl IndexedParallelIterator<Item = Chunk<'c>> {
        (0..self.part_count()).into_par_iter().map(move |part| {
            let range = part * GRAIN..((part + 1) * GRAIN).min(self.steps.len());
            let parents = self.parents.map(|all| &all[range.clone()]);
            Chunk { steps: &self.steps[range], parents, changes: self.changes }
        })
    }

    fn iter(self) -> impl Iterator<Item = (&'c Step, Option<&'c [Pos]>)> {
        let parents = move |at: usize| self.parents.map(|all| all[at].as_slice());
        self.steps.iter().enumerate().map(move |(at, step)| (step, parents(at)))
    }
}

/// Prints commits, chunk after chunk.
pub struct Printer<'a> {
    history: &'a History<'a>,
    style: Style<'a>,
    layout: Layout,
    graph: Option<Graph>,
    /// Runs ahead of `graph`, to know how wide it will be.
    planner: Option<Graph>,
    started: bool,
    /// These two are used again for each chunk: new memory costs more than what is written to it.
    parts: Vec<Part>,
    drawing: Vec<u8>,
}

/// What one thread renders.
#[derive(Default)]
struct Part {
    bytes: Vec<u8>,
    /// Where the text of each commit ends, for a graph.
    ends: Vec<usize>,
}

impl<'a> Printer<'a> {
    /// A printer that has printed nothing yet.
    pub fn new(history: &'a History<'a>, style: Style<'a>, layout: Layout) -> Self {
        let byte = if layout.nul { 0 } else { b'\n' };
        let framing = match style.format.placement() {
            Placement::Separator => Framing::Separator(byte),
            Placement::Terminator => Framing::Terminator(byte),
            Placement::Nowhere => Framing::Nothing,
        };
        let graph = layout.graph.as_ref().map(|colors| Graph::new(colors.clone(), framing));
        let planner = matches!(style.format, Format::User(_)).then(|| graph.clone()).flatten();
        Printer {
            history,
            style,
            layout,
            graph,
            planner,
            started: false,
            parts: Vec::new(),
            drawing: Vec::new(),
        }
    }

    /// Gives the bytes of a chunk to `write`, in order. `drawn` tells to which parents a graph draws an edge.
    pub fn print(
        &mut self,
        chunk: Chunk<'_>,
        texts: &Reencoded,
        drawn: impl Fn(&Step) -> Vec<u32>,
        mut write: impl FnMut(&[u8]),
    ) {
        let mut parts = std::mem::take(&mut self.parts);
        parts.resize_with(parts.len().max(chunk.part_count()), Part::default);
        match self.graph.take() {
            Some(mut graph) => {
                self.draw(&mut graph, chunk, texts, drawn, &mut parts);
                write(&self.drawing);
                self.graph = Some(graph);
            }
            None => {
                self.print_plain(chunk, texts, &mut parts);
                parts.iter().take(chunk.part_count()).for_each(|part| write(&part.bytes));
            }
        }
        self.parts = parts;
    }

    fn draw(
        &mut self,
        graph: &mut Graph,
        chunk: Chunk<'_>,
        texts: &Reencoded,
        drawn: impl Fn(&Step) -> Vec<u32>,
        parts: &mut [Part],
    ) {
        let steps = chunk.steps;
        let edges: Vec<Vec<u32>> = steps.iter().map(drawn).collect();
        let widths: Vec<usize> = match &mut self.planner {
            Some(planner) => {
                steps.iter().zip(&edges).map(|(step, edges)| planner.place(step.pos.0, edges)).collect()
            }
            None => vec![0; steps.len()],
        };
        let this = &*self;
        let texts_of = chunk.parts().zip(widths.par_chunks(GRAIN)).zip(parts.par_iter_mut());
        texts_of.for_each(|((chunk, widths), part)| {
            part.bytes.clear();
            part.ends.clear();
            this.expect_abbrevs(chunk.steps);
            for ((step, parents), width) in chunk.iter().zip(widths) {
                this.render(step, parents, *width, texts, &mut part.bytes);
                part.ends.push(part.bytes.len());
            }
        });
        self.drawing.clear();
        for ((steps, edges), part) in steps.chunks(GRAIN).zip(edges.chunks(GRAIN)).zip(parts) {
            let mut start = 0;
            for ((step, edges), &end) in steps.iter().zip(edges).zip(&part.ends) {
                graph.place(step.pos.0, edges);
                graph.draw(self.graph_mark(step), &part.bytes[start..end], &mut self.drawing);
                start = end;
            }
        }
    }

    fn graph_mark(&self, step: &Step) -> u8 {
        match step.mark {
            b'-' => b'o',
            mark if self.layout.left_right => mark,
            _ => b'*',
        }
    }

    fn print_plain(&mut self, chunk: Chunk<'_>, texts: &Reencoded, parts: &mut [Part]) {
        let byte = if self.layout.nul { 0 } else { b'\n' };
        let placement = self.style.format.placement();
        let started = self.started;
        let this = &*self;
        let render = |(index, (chunk, part)): (usize, (Chunk<'_>, &mut Part))| {
            let bytes = &mut part.bytes;
            bytes.clear();
            this.expect_abbrevs(chunk.steps);
            for (at, (step, parents)) in chunk.iter().enumerate() {
                if placement == Placement::Separator && (started || index > 0 || at > 0) {
                    bytes.push(byte);
                }
                this.render(step, parents, 0, texts, bytes);
                if placement == Placement::Terminator {
                    bytes.push(byte);
                }
                if let (Some(changes), Some(listing)) = (chunk.changes, &this.layout.listing) {
                    let gap = this.style.format.gap_before_changes();
                    changes.push_list(step.pos, listing, this.style.sources, gap, bytes);
                }
            }
        };
        match parts {
            // Waking threads up costs more than a page.
            [part, ..] if chunk.steps.len() <= GRAIN => render((0, (chunk, part))),
            parts => chunk.parts().zip(parts.par_iter_mut()).enumerate().for_each(render),
        }
        self.started |= !chunk.steps.is_empty();
    }

    fn expect_abbrevs(&self, steps: &[Step]) {
        if self.style.abbreviates() {
            let ids: Vec<&oid> = steps.iter().map(|step| self.history.oid(step.pos)).collect();
            self.style.sources.expect_abbrevs(&ids);
        }
    }

    fn render(
        &self,
        step: &Step,
        parents: Option<&[Pos]>,
        graph_width: usize,
        texts: &Reencoded,
        out: &mut Vec<u8>,
    ) {
        let commit = texts.commit(self.history, step.pos);
        let parents: Option<Vec<&oid>> =
            parents.map(|parents| parents.iter().map(|parent| self.history.oid(*parent)).collect());
        let children: Option<Vec<&oid>> = self.layout.children.as_ref().map(|children| {
            children.get(&step.pos).into_iter().flatten().map(|child| self.history.oid(*child)).collect()
        });
        let source = self.layout.source_names.as_ref().and_then(|names| names.get(step.source as usize));
        let mark = match step.mark {
            b'-' => Some(b'-'),
            mark if self.layout.left_right => Some(mark),
            _ => None,
        };
        let extra = Extra {
            mark: mark.filter(|_| self.layout.graph.is_none()),
            side: step.mark,
            source: source.map(|name| name.as_bstr()),
            parents: parents.as_deref(),
            children: children.as_deref(),
            graph_width,
        };
        pretty::render(&self.style, &commit, &extra, out);
    }
}
