//! Commits to the bytes of the answer: texts are rendered in parallel, with separators and terminators; the graph is put
//! around them in order.

use std::collections::HashMap;

use bstr::{BString, ByteSlice};
use gix::hash::oid;
use smallvec::SmallVec;

use super::changes::Changes;
use super::commit::Needs;
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

/// Some or all parents of a commit.
pub type ParentList = SmallVec<[Pos; 2]>;

/// Commits to be printed together.
#[derive(Clone, Copy)]
pub struct Chunk<'c> {
    /// The commits.
    pub steps: &'c [Step],
    /// The parents of each, where simplification may have given it others than it names.
    pub parents: Option<&'c [ParentList]>,
    /// To which parents of each a graph draws an edge; empty without a graph.
    pub edges: &'c [Vec<u32>],
    /// The texts that are stored in another encoding.
    pub texts: &'c Reencoded,
    /// What `git describe` says of each; empty where the format does not ask for it.
    pub descriptions: &'c [Vec<BString>],
    /// What the commits changed, where that is listed.
    pub changes: Option<&'c Changes<'c>>,
}

impl<'c> Chunk<'c> {
    /// In how many parts it is rendered.
    fn part_count(self) -> usize {
        self.steps.len().div_ceil(GRAIN)
    }

    /// In parts that one thread renders.
    fn parts(self) -> impl Iterator<Item = Chunk<'c>> {
        (0..self.part_count()).map(move |part| {
            let range = part * GRAIN..((part + 1) * GRAIN).min(self.steps.len());
            let parents = self.parents.map(|all| &all[range.clone()]);
            let edges = self.edges.get(range.clone()).unwrap_or_default();
            let descriptions = self.descriptions.get(range.clone()).unwrap_or_default();
            Chunk { steps: &self.steps[range], parents, edges, descriptions, ..self }
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
    needs: Needs,
    layout: Layout,
    graph: Option<Graph>,
    /// Runs ahead of `graph`, to know how wide it will be.
    planner: Option<Graph>,
    started: bool,
    /// In mails: the first commit with notes, once it was met.
    first_notes: Option<Pos>,
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
            needs: style.needs(),
            style,
            layout,
            graph,
            planner,
            started: false,
            first_notes: None,
            parts: Vec::new(),
            drawing: Vec::new(),
        }
    }

    /// Gives the bytes of a chunk to `write`, in order. What takes other threads a while to render is rendered while
    /// `meanwhile` runs; otherwise that comes afterwards.
    pub fn print<T>(
        &mut self,
        chunk: Chunk<'_>,
        mut write: impl FnMut(&[u8]),
        meanwhile: impl FnOnce() -> T,
    ) -> T {
        let mut parts = std::mem::take(&mut self.parts);
        parts.resize_with(parts.len().max(chunk.part_count()), Part::default);
        let widths = self.widths(chunk);
        if self.first_notes.is_none() && self.style.notes_in_mails() {
            let mut shown = chunk.steps.iter().map(|step| step.pos);
            self.first_notes = shown.find(|pos| !self.style.sources.notes(self.history.oid(*pos)).is_empty());
        }
        let done = match parts.as_mut_slice() {
            // Waking threads up costs more than a page.
            [part, ..] if chunk.part_count() == 1 => {
                self.render_part(chunk, &widths, !self.started, part);
                Err(meanwhile)
            }
            parts => Ok(self.render_parts(chunk, &widths, parts, meanwhile)),
        };
        self.started |= !chunk.steps.is_empty();
        match self.graph.take() {
            Some(mut graph) => {
                self.draw(&mut graph, chunk, &parts);
                write(&self.drawing);
                self.graph = Some(graph);
            }
            None => parts.iter().take(chunk.part_count()).for_each(|part| write(&part.bytes)),
        }
        self.parts = parts;
        done.unwrap_or_else(|meanwhile| meanwhile())
    }

    /// How wide a graph is beside each commit, where the format wants to know.
    fn widths(&mut self, chunk: Chunk<'_>) -> Vec<usize> {
        let Some(planner) = &mut self.planner else { return Vec::new() };
        chunk.steps.iter().zip(chunk.edges).map(|(step, edges)| planner.place(step.pos.0, edges)).collect()
    }

    fn render_parts<T>(
        &self,
        chunk: Chunk<'_>,
        widths: &[usize],
        parts: &mut [Part],
        meanwhile: impl FnOnce() -> T,
    ) -> T {
        rayon::in_place_scope(|scope| {
            for (at, (chunk, part)) in chunk.parts().zip(parts).enumerate() {
                let widths = widths.get(at * GRAIN..).unwrap_or_default();
                let first = !self.started && at == 0;
                scope.spawn(move |_| self.render_part(chunk, widths, first, part));
            }
            meanwhile()
        })
    }

    /// Renders a part of a chunk, with what stands around commits unless that is for the graph to draw. `first`: nothing
    /// has been printed before.
    fn render_part(&self, chunk: Chunk<'_>, widths: &[usize], first: bool, part: &mut Part) {
        let byte = if self.layout.nul { 0 } else { b'\n' };
        let placement = match self.layout.graph {
            Some(_) => Placement::Nowhere,
            None => self.style.format.placement(),
        };
        // Not in place: the parts that other threads write lie beside it.
        let Part { mut bytes, mut ends } = std::mem::take(part);
        bytes.clear();
        ends.clear();
        self.expect_abbrevs(chunk.steps);
        for (at, (step, parents)) in chunk.iter().enumerate() {
            if placement == Placement::Separator && !(first && at == 0) {
                bytes.push(byte);
            }
            let width = widths.get(at).copied().unwrap_or_default();
            let descriptions = chunk.descriptions.get(at).map_or(&[][..], Vec::as_slice);
            self.render(step, parents, width, (chunk.texts, descriptions), &mut bytes);
            if placement == Placement::Terminator {
                bytes.push(byte);
            }
            if let (Some(changes), Some(listing)) = (chunk.changes, &self.layout.listing) {
                let gap = self.style.format.gap_before_changes();
                changes.push_list(step.pos, listing, self.style.sources, gap, &mut bytes);
            }
            ends.push(bytes.len());
        }
        *part = Part { bytes, ends };
    }

    fn draw(&mut self, graph: &mut Graph, chunk: Chunk<'_>, parts: &[Part]) {
        self.drawing.clear();
        for (chunk, part) in chunk.parts().zip(parts) {
            let mut start = 0;
            for ((step, edges), &end) in chunk.steps.iter().zip(chunk.edges).zip(&part.ends) {
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
        (texts, descriptions): (&Reencoded, &[BString]),
        out: &mut Vec<u8>,
    ) {
        let commit = texts.parts_of_commit(self.history, step.pos, self.needs);
        let parents: Option<SmallVec<[&oid; 2]>> =
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
            descriptions,
            first_notes: self.first_notes == Some(step.pos),
        };
        pretty::render(&self.style, &commit, &extra, out);
    }
}
