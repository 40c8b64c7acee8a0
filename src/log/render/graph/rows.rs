//! The rows of glyphs that git draws around one commit, derived from its [`Layout`]. A row may depend on the
//! row printed before it: git rounds some corners.

use super::layout::{Layout, Strand};

/// The colour of a glyph that belongs to no line.
pub(super) const PLAIN: u16 = u16::MAX;

/// One row: glyphs, and for each the colour of its line.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) glyphs: Vec<u8>,
    /// Stays empty when the row is not `colored`.
    pub(super) colors: Vec<u16>,
    colored: bool,
    kind: Kind,
}

/// What later rows need to know of the row before them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Other,
    /// The row below a merge: the column of the merge, and whether the lines right of it moved to the right.
    Merge { at: usize, shifted: bool },
    /// Lines moved to the left.
    Collapsing,
}

impl Row {
    pub(super) fn new(colored: bool) -> Row {
        Row { colored, ..Row::default() }
    }

    pub(super) fn clear(&mut self) {
        self.glyphs.clear();
        self.colors.clear();
        self.kind = Kind::Other;
    }

    fn push(&mut self, glyph: u8, color: u16) {
        self.glyphs.push(glyph);
        if self.colored {
            self.colors.push(color);
        }
    }

    /// The same glyph for each of some columns, each with a space behind it.
    fn push_columns(&mut self, glyph: u8, colors: &[u16]) {
        const BARS: [u8; 128] = *b"| | | | | | | | | | | | | | | | | | | | | | | | | | | | | | | | \
            | | | | | | | | | | | | | | | | | | | | | | | | | | | | | | | | ";
        const SLANTS: [u8; 128] = *b"\\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \
            \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ \\ ";
        let pattern = if glyph == b'|' { &BARS } else { &SLANTS };
        for part in colors.chunks(64) {
            self.glyphs.extend_from_slice(&pattern[..2 * part.len()]);
        }
        if self.colored {
            let start = self.colors.len();
            self.colors.resize(start + 2 * colors.len(), PLAIN);
            for (pair, &color) in self.colors[start..].chunks_exact_mut(2).zip(colors) {
                pair[0] = color;
            }
        }
    }

    /// Changes a glyph of the row.
    #[inline]
    fn set(&mut self, cell: usize, glyph: u8, color: u16) {
        if let Some(place) = self.glyphs.get_mut(cell) {
            *place = glyph;
        }
        if let Some(place) = self.colors.get_mut(cell) {
            *place = color;
        }
    }

    fn blank_to(&mut self, width: usize) {
        if self.glyphs.len() < width {
            self.glyphs.resize(width, b' ');
            if self.colored {
                self.colors.resize(width, PLAIN);
            }
        }
    }

    fn has(&self, cell: usize, glyph: u8) -> bool {
        self.glyphs.get(cell) == Some(&glyph)
    }
}

impl Layout {
    /// The colours of the lines above, left and right of the commit, and of the line that leads to it.
    fn around(&self) -> (&[u16], &[u16], &[u16]) {
        let (left, rest) = self.before.colors.split_at(self.at);
        let (own, right) = rest.split_at(rest.len().min(1));
        (left, own, right)
    }

    fn color_below(&self, to: usize) -> u16 {
        self.after.colors.get(to).copied().unwrap_or(PLAIN)
    }

    /// How many dashes an octopus merge draws, each two cells long; the last of these is a dot.
    fn dashes(&self) -> usize {
        self.edges.len().saturating_sub(2 + usize::from(self.leans_left))
    }

    /// How many rows above an octopus merge make room for its dashes.
    pub(super) fn expanding_rows(&self) -> usize {
        if self.at + 1 < self.before.len() { 2 * self.dashes() } else { 0 }
    }

    /// Row number `step` of those that make room above an octopus merge.
    pub(super) fn expanding_row(&self, step: usize, last: &Row, row: &mut Row) {
        let (left, own, right) = self.around();
        row.push_columns(b'|', left);
        row.push_columns(b'|', own);
        row.blank_to(row.glyphs.len() + step);
        // The first of these rows still goes on as a merge before it left off.
        let straight = match last.kind {
            Kind::Merge { at, .. } if step == 0 => at.saturating_sub(self.at).min(right.len()),
            _ if step == 0 => right.len(),
            _ => 0,
        };
        row.push_columns(b'|', &right[..straight]);
        row.push_columns(b'\\', &right[straight..]);
        row.blank_to(self.width);
    }

    /// A row that passes time above the commit.
    pub(super) fn waiting_row(&self, row: &mut Row) {
        let (left, own, right) = self.around();
        row.push_columns(b'|', left);
        row.push_columns(b'|', own);
        if self.edges.len() > 2 && !own.is_empty() {
            row.blank_to(2 * (self.at + self.edges.len()) - 3);
        }
        row.push_columns(b'|', right);
        row.blank_to(self.width);
    }

    /// The commit's own row.
    pub(super) fn commit_row(&self, mark: u8, last: &Row, row: &mut Row) {
        let (left, _, right) = self.around();
        row.push_columns(b'|', left);
        row.push(mark, PLAIN);
        let dashes = self.dashes();
        for n in 1..=dashes {
            let color = self.strand_at(2 * (self.at + 1 + n)).map_or(PLAIN, |to| self.color_below(to));
            row.push(b'-', color);
            row.push(if n == dashes { b'.' } else { b'-' }, color);
        }
        row.push(b' ', PLAIN);
        let straight = match (self.shift, last.kind) {
            (2.., _) => 0,
            // A line that came down slanted, and goes on slanted, is not bent in between: neither here …
            (1, Kind::Merge { at, shifted: true }) => at.saturating_sub(self.at).min(right.len()),
            _ => right.len(),
        };
        let start = row.glyphs.len();
        row.push_columns(b'|', &right[..straight]);
        row.push_columns(b'\\', &right[straight..]);
        if self.shift < 1 && last.kind == Kind::Collapsing {
            // … nor here.
            let slanted = self.strands.iter().filter(|s| !s.arrived() && last.has(s.cell + 1, b'/'));
            for cell in slanted.map(|strand| strand.cell).filter(|cell| cell.is_multiple_of(2)) {
                let column = (cell / 2).checked_sub(self.at + 1).filter(|&column| column < right.len());
                if let Some(column) = column {
                    row.glyphs[start + 2 * column] = b'/';
                }
            }
        }
        row.blank_to(self.width);
    }

    /// The row below a merge, where its edges part.
    pub(super) fn merge_row(&self, row: &mut Row) {
        let (left, _, right) = self.around();
        row.push_columns(b'|', left);
        let mut slants = [b'|', b'\\', b'\\'];
        if self.leans_left {
            slants = [b'/', b'|', b'\\'];
            let sweep = self.edges[0];
            for column in sweep + 1..self.at {
                row.set(2 * column + 1, b'_', self.color_below(sweep));
            }
            row.glyphs.truncate(2 * self.at - 1);
            row.colors.truncate(2 * self.at - 1);
        }
        for (n, &to) in self.edges.iter().enumerate() {
            if n > 0 && slants[(n - 1).min(2)] == b'\\' {
                row.push(b' ', PLAIN);
            }
            row.push(slants[n.min(2)], self.color_below(to));
        }
        if self.shift >= 0 {
            row.push(b' ', PLAIN);
        }
        row.push_columns(if self.shift > 0 { b'\\' } else { b'|' }, right);
        row.kind = Kind::Merge { at: self.at, shifted: self.shift > 0 };
        row.blank_to(self.width);
    }

    /// Moves every strand that has not arrived to the left and draws the move.
    pub(super) fn collapsing_row(&mut self, row: &mut Row) {
        row.push_columns(b'|', &self.before.colors[..self.at]);
        row.blank_to(self.width);
        row.kind = Kind::Collapsing;
        let mut kept = 0;
        // The first strand that moves goes as far as it can in one row.
        let mut sweep: Option<(usize, usize)> = None;
        for n in 0..self.strands.len() {
            let Strand { cell, to } = self.strands[n];
            let (home, color) = (2 * to, self.color_below(to));
            let mut rest = cell;
            if cell != home {
                let blocker = self.arrived_in(cell - 1, kept);
                if blocker == Some(to) {
                    continue;
                }
                rest = cell - 1 - usize::from(blocker.is_some());
            }
            match sweep {
                _ if rest == home => row.set(rest, b'|', color),
                // git takes a second strand with the same target for a part of the sweep, and loses it.
                Some((_, swept)) if swept == to => {
                    row.set(rest, b'_', color);
                    if rest != home + 3 {
                        continue;
                    }
                }
                _ => row.set(rest, b'/', color),
            }
            if cell != home && sweep.is_none() {
                sweep = Some((kept, to));
                for run in (home + 3..cell.saturating_sub(2)).step_by(2) {
                    row.set(run, b'_', color);
                    rest = home + 3;
                }
            }
            self.strands[kept] = Strand { cell: rest, to };
            kept += 1;
        }
        self.strands.truncate(kept);
        if let Some((swept, _)) = sweep {
            let cell = self.strands[swept].cell;
            let place = self.strands[..swept].partition_point(|strand| strand.cell < cell);
            self.strands[place..=swept].rotate_right(1);
        }
    }

    /// The column of the line that stands in a cell, when it is one left of the commit or the last of the
    /// `kept` strands. Only a line that has arrived can be in another's way.
    fn arrived_in(&self, cell: usize, kept: usize) -> Option<usize> {
        if cell < 2 * self.at {
            return Some(cell / 2).filter(|_| cell.is_multiple_of(2));
        }
        let last = self.strands[..kept].last()?;
        (last.cell == cell).then_some(last.to)
    }

    /// Whether lines below the commit still have to move.
    pub(super) fn collapsing(&self) -> bool {
        self.strands.iter().any(|strand| !strand.arrived())
    }

    /// A row below the commit where nothing moves any more.
    pub(super) fn settled_row(&self, row: &mut Row) {
        row.push_columns(b'|', &self.after.colors);
        row.blank_to(self.width);
    }
}
