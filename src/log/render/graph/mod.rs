//! `--graph`: lines of history drawn to the left of the commits, as `git log --graph` draws them.
//!
//! The caller decides which commits are shown, in which order and which of their parents count; here are only
//! the drawing and the way in which the lines of a commit's text are interleaved with it. Per commit
//! `Layout` compares the columns above and below it, and the rows are derived from the
//! difference. The rules are those of git 2.39 to 2.47; the tests compare with the `git` on PATH.

mod layout;
mod paint;
mod rows;
#[cfg(test)]
mod tests;

use bstr::BString;
use layout::Layout;
use paint::Paint;
use rows::{PLAIN, Row};

/// The escape sequences of a coloured graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphColors {
    /// The colours that take turns: git's defaults or `log.graphColors`.
    pub columns: Vec<BString>,
    /// What ends a colour.
    pub reset: BString,
}

/// What stands between the texts of two commits. The byte is `\n`, or NUL with `-z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Before every text but the first: `medium` and the other built-in formats, `format:`.
    Separator(u8),
    /// After every text: `oneline`, `reference` and `tformat:`.
    Terminator(u8),
    /// Nothing: the empty `tformat:` (`--format=`).
    Nothing,
}

/// Which row comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// One that makes room above an octopus merge.
    Expanding(usize),
    /// The commit's own.
    Commit,
    /// The one where the edges of a merge part.
    Merge,
    /// One that moves lines to the left.
    Collapsing,
    /// All lines go straight down, for ever.
    Settled,
}

/// A graph being drawn, commit by commit.
///
/// For each shown commit call [`place`](Graph::place) and then [`draw`](Graph::draw). Texts whose rendering
/// needs the graph's width can be prepared with another `Graph` on which only `place` is called.
#[derive(Debug, Clone)]
pub struct Graph {
    paint: Paint,
    framing: Framing,
    layout: Layout,
    phase: Phase,
    /// The row printed last; settled rows don't count.
    row: Row,
    /// Its predecessor while a row is being made, room for a settled row at other times.
    last: Row,
    /// The bytes of the present commit's settled row; empty until they are needed.
    settled: Vec<u8>,
    /// How many colours take turns.
    turns: u16,
    started: bool,
    /// Whether the text last drawn had no newline at its end.
    open: bool,
}

impl Graph {
    /// A graph without any commit yet. Without `colors` (or with an empty list of them) it is not coloured.
    pub fn new(colors: Option<GraphColors>, framing: Framing) -> Graph {
        let colors = colors.filter(|colors| !colors.columns.is_empty());
        let turns = colors.as_ref().map_or(1, |colors| u16::try_from(colors.columns.len()).unwrap_or(PLAIN));
        let colored = colors.is_some();
        Graph {
            paint: Paint::new(colors),
            framing,
            layout: Layout::default(),
            phase: Phase::Settled,
            row: Row::new(colored),
            last: Row::new(colored),
            settled: Vec::new(),
            turns,
            started: false,
            open: false,
        }
    }

    /// Moves on to `commit`. `parents` are those that git draws an edge to, in order:
    ///
    /// - parents as rewritten by history simplification, a parent named twice kept twice;
    /// - with `--first-parent` only the first, if it is drawn at all;
    /// - those that are shown, on this page (`-n`, `--skip`) or on another. There is no edge to a commit that
    ///   is uninteresting or that `--grep`, `--no-merges`, `--since` and the like leave out;
    /// - boundary commits are shown; but a boundary commit's own parents are drawn only when a commit that is
    ///   not a boundary commit names them as well.
    ///
    /// Returns the width of the drawing in cells, which `%<|(…)` and its kin count as part of the line.
    pub fn place(&mut self, commit: u32, parents: &[u32]) -> usize {
        self.layout.place(commit, parents, self.turns);
        self.phase = self.above(0);
        self.settled.clear();
        self.layout.width
    }

    /// Appends everything git prints for the commit last placed: what separates it from the one before, its
    /// rows, with `mark` (`*`, or `<` `>` `=` `+` `-` `o`) on the commit's own, and `text` spread over them.
    /// The text is what git would print for the commit without a graph, separators and terminators apart.
    pub fn draw(&mut self, mark: u8, text: &[u8], out: &mut Vec<u8>) {
        if let Framing::Separator(byte) = self.framing
            && self.started
        {
            if byte == b'\n' && !self.open {
                self.next_row(out);
            }
            out.push(byte);
        }
        self.started = true;
        self.open = text.last() != Some(&b'\n');

        while let Phase::Expanding(_) = self.phase {
            self.next_row(out);
            out.push(b'\n');
        }
        self.commit_row(mark, out);
        self.write_text(text, out);
        if let Framing::Terminator(byte) = self.framing {
            if !self.open {
                self.next_row(out);
            }
            out.push(byte);
        }
    }

    fn write_text(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let mut start = 0;
        for newline in memchr::memchr_iter(b'\n', text) {
            out.extend_from_slice(&text[start..=newline]);
            start = newline + 1;
            if start < text.len() {
                self.next_row(out);
            }
        }
        out.extend_from_slice(&text[start..]);
        // The rows that are left; the last of them ends as the text does.
        if self.phase == Phase::Settled {
            return;
        }
        if self.open {
            out.push(b'\n');
        }
        loop {
            self.next_row(out);
            if self.phase == Phase::Settled {
                break;
            }
            out.push(b'\n');
        }
        if !self.open {
            out.push(b'\n');
        }
    }

    /// The phase before the commit's row when `step` rows have made room.
    fn above(&self, step: usize) -> Phase {
        if step < self.layout.expanding_rows() { Phase::Expanding(step) } else { Phase::Commit }
    }

    /// Appends the next row without a newline. Above the commit's row, once there is room, it only passes
    /// time: the commit's own row is asked for by name.
    fn next_row(&mut self, out: &mut Vec<u8>) {
        if self.phase == Phase::Settled {
            return self.settled_row(out);
        }
        self.turn();
        match self.phase {
            Phase::Expanding(step) => {
                self.layout.expanding_row(step, &self.last, &mut self.row);
                self.phase = self.above(step + 1);
            }
            Phase::Commit => self.layout.waiting_row(&mut self.row),
            Phase::Merge => {
                self.layout.merge_row(&mut self.row);
                self.phase = self.below();
            }
            Phase::Collapsing | Phase::Settled => {
                self.layout.collapsing_row(&mut self.row);
                self.phase = self.below();
            }
        }
        self.paint.write(&self.row, out);
    }

    fn commit_row(&mut self, mark: u8, out: &mut Vec<u8>) {
        self.turn();
        self.layout.commit_row(mark, &self.last, &mut self.row);
        self.phase = if self.layout.edges.len() > 1 { Phase::Merge } else { self.below() };
        self.paint.write(&self.row, out);
    }

    /// Makes room for a row and keeps the one before it.
    fn turn(&mut self) {
        std::mem::swap(&mut self.row, &mut self.last);
        self.row.clear();
    }

    fn settled_row(&mut self, out: &mut Vec<u8>) {
        if self.settled.is_empty() {
            self.last.clear();
            self.layout.settled_row(&mut self.last);
            self.paint.write(&self.last, &mut self.settled);
        }
        out.extend_from_slice(&self.settled);
    }

    fn below(&self) -> Phase {
        if self.layout.collapsing() { Phase::Collapsing } else { Phase::Settled }
    }
}
