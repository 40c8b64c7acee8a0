//! Lists in columns.

use bstr::BString;

use crate::log::render::text::width;
use crate::status::columns::{Columns, Layout};

/// What separates columns.
const PADDING: usize = 1;

/// A list, and where it has to fit.
pub(super) struct Table<'a> {
    /// The items.
    pub(super) items: &'a [BString],
    /// How they are arranged.
    pub(super) columns: Columns,
    /// What is before the first of a row. Each byte takes a column, as git counts.
    pub(super) indent: &'a [u8],
    /// What is behind the last one.
    pub(super) end: &'a [u8],
    /// How wide a row may be.
    pub(super) width: usize,
}

/// How many rows and columns there are, and how wide each column is.
struct Grid {
    rows: usize,
    columns: usize,
    widths: Vec<usize>,
}

impl Table<'_> {
    /// All rows.
    pub(super) fn render(&self, out: &mut Vec<u8>) {
        let widths: Vec<usize> = self.items.iter().map(|item| width(item)).collect();
        let grid = self.grid(&widths);
        for row in 0..grid.rows {
            out.extend_from_slice(self.indent);
            for column in 0..grid.columns {
                let Some(at) = self.position(&grid, row, column) else { break };
                out.extend_from_slice(&self.items[at]);
                if column + 1 < grid.columns && self.position(&grid, row, column + 1).is_some() {
                    let filled = out.len() + grid.widths[column] + PADDING - widths[at];
                    out.resize(filled, b' ');
                }
            }
            out.extend_from_slice(self.end);
        }
    }

    /// Which item is there, if one is.
    fn position(&self, grid: &Grid, row: usize, column: usize) -> Option<usize> {
        let at = match self.columns.layout {
            Layout::Row => row * grid.columns + column,
            Layout::Column | Layout::Plain => column * grid.rows + row,
        };
        (at < self.items.len()).then_some(at)
    }

    fn grid(&self, widths: &[usize]) -> Grid {
        let count = widths.len();
        let longest = widths.iter().max().copied().unwrap_or_default();
        let columns = match self.columns.layout {
            Layout::Plain => 1,
            _ => (self.width.saturating_sub(self.indent.len()) / (longest + PADDING)).max(1),
        };
        let rows = count.div_ceil(columns);
        let mut grid = Grid { rows, columns, widths: vec![longest; columns] };
        if self.columns.dense && self.columns.layout != Layout::Plain {
            // As few rows as there can be, with columns no wider than what is in them.
            grid.widths = self.widths(&grid, widths);
            while grid.rows > 1 {
                let rows = grid.rows - 1;
                let mut denser = Grid { rows, columns: count.div_ceil(rows), widths: Vec::new() };
                denser.widths = self.widths(&denser, widths);
                let total: usize = denser.widths.iter().map(|width| width + PADDING).sum();
                if self.indent.len() + total > self.width {
                    break;
                }
                grid = denser;
            }
        }
        grid
    }

    /// The widest item of each column.
    fn widths(&self, grid: &Grid, widths: &[usize]) -> Vec<usize> {
        let widest = |column: usize| {
            let items = (0..grid.rows).filter_map(|row| self.position(grid, row, column));
            items.map(|at| widths[at]).max().unwrap_or_default()
        };
        (0..grid.columns).map(widest).collect()
    }
}
