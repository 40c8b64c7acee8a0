//! From a row of glyphs to the bytes of the output.

use super::GraphColors;
use super::rows::Row;

/// Room for a glyph with the usual escape sequences around it.
const ROOM: usize = 32;

/// Writes rows, with colours or without.
#[derive(Debug, Clone)]
pub(super) struct Paint {
    colors: Option<GraphColors>,
    /// A glyph in each of the colours; empty when one of them doesn't fit.
    cells: Vec<Cell>,
    /// A row being written: copies of a fixed size into it are much quicker than appending.
    scratch: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    bytes: [u8; ROOM],
    /// Where in `bytes` the glyph goes.
    glyph: usize,
    len: usize,
}

impl Cell {
    fn new(color: &[u8], reset: &[u8]) -> Option<Cell> {
        let mut bytes = [0; ROOM];
        let len = color.len() + 1 + reset.len();
        bytes.get_mut(..color.len())?.copy_from_slice(color);
        bytes.get_mut(color.len() + 1..len)?.copy_from_slice(reset);
        Some(Cell { bytes, glyph: color.len(), len })
    }
}

impl Paint {
    pub(super) fn new(colors: Option<GraphColors>) -> Paint {
        let cells = colors.as_ref().and_then(|GraphColors { columns, reset }| {
            columns.iter().map(|color| Cell::new(color, reset)).collect::<Option<Vec<_>>>()
        });
        Paint { colors, cells: cells.unwrap_or_default(), scratch: Vec::new() }
    }

    /// Appends a row to `out`.
    pub(super) fn write(&mut self, row: &Row, out: &mut Vec<u8>) {
        match &self.colors {
            None => out.extend_from_slice(&row.glyphs),
            Some(_) if !self.cells.is_empty() => self.write_cells(row, out),
            Some(colors) => {
                for (&glyph, &color) in row.glyphs.iter().zip(&row.colors) {
                    match colors.columns.get(usize::from(color)) {
                        None => out.push(glyph),
                        Some(sequence) => {
                            out.extend_from_slice(sequence);
                            out.push(glyph);
                            out.extend_from_slice(&colors.reset);
                        }
                    }
                }
            }
        }
    }

    fn write_cells(&mut self, row: &Row, out: &mut Vec<u8>) {
        let room = row.glyphs.len() * ROOM;
        if self.scratch.len() < room {
            self.scratch.resize(room, 0);
        }
        let mut end = 0;
        for (&glyph, &color) in row.glyphs.iter().zip(&row.colors) {
            match self.cells.get(usize::from(color)) {
                None => {
                    self.scratch[end] = glyph;
                    end += 1;
                }
                Some(cell) => {
                    self.scratch[end..end + ROOM].copy_from_slice(&cell.bytes);
                    self.scratch[end + cell.glyph] = glyph;
                    end += cell.len;
                }
            }
        }
        out.extend_from_slice(&self.scratch[..end]);
    }
}
