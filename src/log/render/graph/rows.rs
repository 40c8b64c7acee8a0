//! The rows of glyphs that git draws around one commit, derived from its [`Layout`]. Each row may depend on
//! the row printed before it (git rounds some corners), so the last row is always kept.

use super::layout::{Layout, Strand};

/// What a glyph that belongs to no line has for a colour.
const PLAIN: u32 = u32::MAX;

/// One row: glyphs, and for each the colour of its line.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) glyphs: Vec<u8>,
    pub(super) colors: Vec<u32>,
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
    pub(super) fn clear(&mut self) {
        self.glyphs.clear();
        self.colors.clear();
        self.kind = Kind::Other;
    }

    fn push(&mut self, glyph: u8, color: u32) {
        self.glyphs.push(glyph);
        self.colors.push(color);
    }

    /// A glyph in an even cell, with the space behind it.
    fn push_pair(&mut self, glyph: u8, color: u32) {
        self.glyphs.extend_from_slice(&[glyph, b' ']);
        self.colors.extend_from_slice(&[color, PLAIN]);
    }

    fn set(&mut self, cell: usize, glyph: u8, color: u32) {
        self.blank_to(cell + 1);
        self.glyphs[cell] = glyph;
        self.colors[cell] = color;
    }

    fn blank_to(&mut self, width: usize) {
        if self.glyphs.len() < width {
            self.glyphs.resize(width, b' ');
            self.colors.resize(width, PLAIN);
        }
    }

    fn has(&self, cell: usize, glyph: u8) -> bool {
        self.glyphs.get(cell) == Some(&glyph)
    }
}

impl Layout {
    fn color(&self, after: usize) -> u32 {
        self.after.get(after).map_or(PLAIN, |column| column.color)
    }

    /// How many dashes an octopus merge draws, the closing dot included.
    fn dashes(&self) -> usize {
        self.edges.len().saturating_sub(2 + usize::from(self.leans_left))
    }

    /// How many rows above an octopus merge make room for its dashes.
    pub(super) fn expanding_rows(&self) -> usize {
        if self.at + 1 < self.before.len() { 2 * self.dashes() } else { 0 }
    }

    /// Row number `step` of those that make room above an octopus merge.
    pub(super) fn expanding_row(&self, step: usize, last: &Row, row: &mut Row) {
        for (n, column) in self.before.iter().enumerate() {
            // The first of these rows still goes on as the merge before left off, if only for some columns.
            let slanted = match last.kind {
                Kind::Merge { at, .. } if step == 0 => n > at,
                _ => step > 0,
            };
            row.push_pair(if slanted && n > self.at { b'\\' } else { b'|' }, column.color);
            if n == self.at {
                row.blank_to(row.glyphs.len() + step);
            }
        }
        row.blank_to(self.width);
    }

    /// A row that passes time above the commit.
    pub(super) fn waiting_row(&self, row: &mut Row) {
        for (n, column) in self.before.iter().enumerate() {
            row.push_pair(b'|', column.color);
            if n == self.at && self.edges.len() > 2 {
                row.blank_to(2 * (n + self.edges.len()) - 3);
            }
        }
        row.blank_to(self.width);
    }

    /// The commit's own row.
    pub(super) fn commit_row(&self, mark: u8, last: &Row, row: &mut Row) {
        for column in &self.before[..self.at] {
            row.push_pair(b'|', column.color);
        }
        row.push(mark, PLAIN);
        let dashes = self.dashes();
        for n in 1..=dashes {
            let color = self.strand_color(2 * (self.at + 1 + n));
            row.push(b'-', color);
            row.push(if n == dashes { b'.' } else { b'-' }, color);
        }
        row.push(b' ', PLAIN);
        for (n, column) in self.before.iter().enumerate().skip(self.at + 1) {
            // Corners: a line that came down slanted, and goes on slanted, is not bent in between.
            let slanted = match last.kind {
                Kind::Merge { at, shifted } => shifted && n > at,
                _ => false,
            };
            let glyph = match self.shift {
                2.. => b'\\',
                1 if slanted => b'\\',
                ..=0 if last.kind == Kind::Collapsing
                    && last.has(2 * n + 1, b'/')
                    && self.moves_left(2 * n) =>
                {
                    b'/'
                }
                _ => b'|',
            };
            row.push_pair(glyph, column.color);
        }
        row.blank_to(self.width);
    }

    fn strand_color(&self, cell: usize) -> u32 {
        self.strand_at(cell).map_or(PLAIN, |strand| self.color(strand.to))
    }

    fn moves_left(&self, cell: usize) -> bool {
        self.strand_at(cell).is_some_and(|strand| !strand.arrived())
    }

    /// The row below a merge, where its edges part.
    pub(super) fn merge_row(&self, row: &mut Row) {
        let sweep = if self.leans_left { self.edges[0] } else { self.at };
        for (n, column) in self.before[..self.at].iter().enumerate() {
            row.push(b'|', column.color);
            if n > sweep && n + 1 < self.at {
                row.push(b'_', self.color(sweep));
            } else if !self.leans_left || n + 1 < self.at {
                row.push(b' ', PLAIN);
            }
        }
        let slants = if self.leans_left { [b'/', b'|', b'\\'] } else { [b'|', b'\\', b'\\'] };
        for (n, &to) in self.edges.iter().enumerate() {
            if n > 0 && slants[(n - 1).min(2)] == b'\\' {
                row.push(b' ', PLAIN);
            }
            row.push(slants[n.min(2)], self.color(to));
        }
        if self.shift >= 0 {
            row.push(b' ', PLAIN);
        }
        row.kind = Kind::Merge { at: self.at, shifted: self.shift > 0 };
        for column in self.before.iter().skip(self.at + 1) {
            row.push_pair(if self.shift > 0 { b'\\' } else { b'|' }, column.color);
        }
        row.blank_to(self.width);
    }

    /// Moves every strand that has not arrived to the left and draws the move.
    pub(super) fn collapsing_row(&mut self, row: &mut Row) {
        row.kind = Kind::Collapsing;
        let mut kept: usize = 0;
        // The first strand that moves goes as far as it can in one row.
        let mut sweep: Option<(usize, usize)> = None;
        for n in 0..self.strands.len() {
            let Strand { cell, to } = self.strands[n];
            let (home, color) = (2 * to, self.color(to));
            let mut rest = cell;
            if cell != home {
                // Only a strand that has arrived can still be in the way.
                let left = kept.checked_sub(1).map(|left| self.strands[left]);
                let blocked = left.filter(|left| left.cell + 1 == cell);
                if blocked.is_some_and(|left| left.to == to) {
                    continue;
                }
                rest = cell - 1 - usize::from(blocked.is_some());
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
        row.blank_to(self.width);
    }

    /// Whether lines below the commit still have to move.
    pub(super) fn collapsing(&self) -> bool {
        self.strands.iter().any(|strand| !strand.arrived())
    }

    /// A row below the commit where nothing moves any more.
    pub(super) fn settled_row(&self, row: &mut Row) {
        for column in &self.after {
            row.push_pair(b'|', column.color);
        }
        row.blank_to(self.width);
    }
}
