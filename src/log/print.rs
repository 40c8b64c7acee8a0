//! Commits to the bytes of the answer: texts are rendered in parallel, separators, terminators and the graph put
//! around them in order.

use std::collections::HashMap;

use bstr::{BString, ByteSlice};
use gix::hash::oid;
use rayon::prelude::*;

use super::encoding::Reencoded;
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
        Printer { history, style, layout, graph, planner, started: false }
    }

    /// Appends the bytes of `steps` to `out`. `drawn` tells to which parents a graph draws an edge.
    pub fn print(
        &mut self,
        steps: &[Step],
        texts: &Reencoded,
        drawn: impl Fn(Pos) -> Vec<u32>,
        out: &mut Vec<u8>,
    ) {
        let Some(mut graph) = self.graph.take() else {
            self.print_plain(steps, texts, out);
            return;
        };
        let edges: Vec<Vec<u32>> = steps.iter().map(|step| drawn(step.pos)).collect();
        let widths: Vec<usize> = match &mut self.planner {
            Some(planner) => {
                steps.iter().zip(&edges).map(|(step, edges)| planner.place(step.pos.0, edges)).collect()
            }
            None => vec![0; steps.len()],
        };
        let this = &*self;
        let rendered: Vec<(Vec<u8>, Vec<usize>)> = steps
            .par_chunks(GRAIN)
            .zip(widths.par_chunks(GRAIN))
            .map(|(steps, widths)| {
                let mut bytes = Vec::with_capacity(steps.len() * 96);
                let ends = steps
                    .iter()
                    .zip(widths)
                    .map(|(step, width)| {
                        this.render(step, *width, texts, &mut bytes);
                        bytes.len()
                    })
                    .collect();
                (bytes, ends)
            })
            .collect();
        for ((chunk, edges), (bytes, ends)) in steps.chunks(GRAIN).zip(edges.chunks(GRAIN)).zip(&rendered) {
            let mut start = 0;
            for ((step, edges), &end) in chunk.iter().zip(edges).zip(ends) {
                graph.place(step.pos.0, edges);
                graph.draw(self.graph_mark(step), &bytes[start..end], out);
                start = end;
            }
        }
        self.graph = Some(graph);
    }

    fn graph_mark(&self, step: &Step) -> u8 {
        match step.mark {
            b'-' => b'o',
            mark if self.layout.left_right => mark,
            _ => b'*',
        }
    }

    fn print_plain(&mut self, steps: &[Step], texts: &Reencoded, out: &mut Vec<u8>) {
        let byte = if self.layout.nul { 0 } else { b'\n' };
        let placement = self.style.format.placement();
        let started = self.started;
        let this = &*self;
        let render = |(index, steps): (usize, &[Step])| {
            let mut bytes = Vec::with_capacity(steps.len() * 96);
            for (at, step) in steps.iter().enumerate() {
                if placement == Placement::Separator && (started || index > 0 || at > 0) {
                    bytes.push(byte);
                }
                this.render(step, 0, texts, &mut bytes);
                if placement == Placement::Terminator {
                    bytes.push(byte);
                }
            }
            bytes
        };
        if steps.len() <= GRAIN {
            // Waking threads up costs more than a page.
            out.extend(render((0, steps)));
        } else {
            let parts: Vec<Vec<u8>> = steps.par_chunks(GRAIN).enumerate().map(render).collect();
            for part in parts {
                out.extend_from_slice(&part);
            }
        }
        self.started |= !steps.is_empty();
    }

    fn render(&self, step: &Step, graph_width: usize, texts: &Reencoded, out: &mut Vec<u8>) {
        let commit = texts.commit(self.history, step.pos);
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
            parents: None,
            children: children.as_deref(),
            graph_width,
        };
        pretty::render(&self.style, &commit, &extra, out);
    }
}
