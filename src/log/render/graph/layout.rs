//! Where the lines of history run: which line stands in which column before and after a commit, and how the
//! lines get from one to the other. Knows nothing of glyphs, text or escape sequences.

/// A line of history on its way down to the commit it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    /// The commit that the line leads to.
    pub(super) commit: u32,
    /// Which of the graph's colours the line has.
    pub(super) color: u32,
}

/// A line below a commit that has yet to reach its column. Column `n` is drawn in cell `2n`; a line has
/// arrived when it stands there or, about to join it, in the cell to its right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Strand {
    /// The cell it stands in.
    pub(super) cell: usize,
    /// Its column.
    pub(super) to: usize,
}

impl Strand {
    /// Whether it need not move any more.
    pub(super) fn arrived(self) -> bool {
        self.cell / 2 == self.to
    }
}

/// The columns around one commit.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    /// The lines above the commit.
    pub(super) before: Vec<Column>,
    /// The lines below it, once all strands have arrived. No two wait for the same commit.
    pub(super) after: Vec<Column>,
    /// The commit's own column. Equal to `before.len()` when no line led to it.
    pub(super) at: usize,
    /// For each parent the column in `after` that leads to it.
    pub(super) edges: Vec<usize>,
    /// A merge whose first parent already has a column to the left: that edge leaves the commit to the left
    /// and the other parents start one column earlier.
    pub(super) leans_left: bool,
    /// By how many columns the lines right of a merge move to the right. -1: two neighbouring lines below the
    /// merge lead to the same commit (the last parent's edge and the line right of the merge, say) and are
    /// joined at once, and git then moves none.
    pub(super) shift: isize,
    /// All lines below the commit, ordered by cell. Empty when every one of them starts in its column.
    pub(super) strands: Vec<Strand>,
    /// The least number of cells that every row of this commit fills.
    pub(super) width: usize,
    /// How many new lines were coloured so far.
    painted: u32,
}

impl Layout {
    /// Moves on to the next commit. `colors` is how many colours take turns.
    pub(super) fn place(&mut self, commit: u32, parents: &[u32], colors: u32) {
        std::mem::swap(&mut self.before, &mut self.after);
        self.after.clear();
        self.edges.clear();
        self.strands.clear();
        let known = self.before.iter().position(|column| column.commit == commit);
        self.at = known.unwrap_or(self.before.len());
        self.leans_left = false;

        self.after.extend_from_slice(&self.before[..self.at]);
        for &parent in parents {
            // A merge, and a commit that nothing led to, give their parents colours of their own.
            if parents.len() > 1 || known.is_none() {
                self.painted = self.painted.wrapping_add(1);
            }
            let to = match self.after.iter().position(|column| column.commit == parent) {
                Some(to) => to,
                None => {
                    let waiting = self.before[self.at..].iter().find(|column| column.commit == parent);
                    let color = waiting.map_or(self.painted.wrapping_sub(1) % colors.max(1), |w| w.color);
                    self.after.push(Column { commit: parent, color });
                    self.after.len() - 1
                }
            };
            self.edges.push(to);
        }
        let rest = (self.at + 1).min(self.before.len());
        let below = self.after.len();
        let joined = self.before[rest..].iter().any(|column| parents.contains(&column.commit));
        if !joined {
            self.after.extend_from_slice(&self.before[rest..]);
        }
        // The plain step down: nothing moves.
        if !joined && parents.len() < 2 && below == self.at + 1 {
            self.shift = 0;
            self.width = 2 * self.after.len();
            return;
        }
        self.leave();
        self.pass(rest, parents, joined, below);
    }

    /// Starts the strands of the lines left of the commit and of its parents.
    fn leave(&mut self) {
        self.strands.extend((0..self.at).map(|to| Strand { cell: 2 * to, to }));
        self.width = 2 * self.at;
        let merge = self.edges.len() > 1;
        self.leans_left = merge && self.edges[0] < self.at;
        self.shift = if merge { self.edges.len() as isize - 1 - isize::from(self.leans_left) } else { 0 };
        for n in 0..self.edges.len() {
            let to = self.edges[n];
            if n == 0 && self.leans_left {
                // Drawn beside the commit in one sweep that ends two columns short of its target, or right
                // beside the target when that is next to the commit.
                let cell = (2 * to + 3).min(self.width - 1);
                self.strands.insert(cell / 2 + 1, Strand { cell, to });
            } else {
                self.start(to);
            }
        }
        if self.edges.is_empty() {
            self.width += 2;
        }
    }

    /// Starts a strand in the next free column, or joins it to the one before.
    fn start(&mut self, to: usize) {
        if self.shift > 0
            && self.width > 1
            && self.strand_at(self.width - 2).is_some_and(|last| last.to == to)
        {
            self.shift = -1;
        } else {
            self.strands.push(Strand { cell: self.width, to });
            self.width += 2;
        }
    }

    /// The strand that starts in a cell.
    pub(super) fn strand_at(&self, cell: usize) -> Option<&Strand> {
        let found = self.strands.binary_search_by_key(&cell, |strand| strand.cell).ok()?;
        self.strands.get(found)
    }

    /// Starts the strands of the lines right of the commit: `before[rest..]`. With `joined` some of them wait
    /// for a parent and they are not in `after` yet, otherwise they are there from `below` on.
    fn pass(&mut self, rest: usize, parents: &[u32], joined: bool, below: usize) {
        for n in 0..self.before.len() - rest {
            let column = self.before[rest + n];
            let parent = if joined { parents.iter().position(|&p| p == column.commit) } else { None };
            let to = match parent {
                Some(parent) => self.edges[parent],
                None if joined => {
                    self.after.push(column);
                    self.after.len() - 1
                }
                None => below + n,
            };
            self.start(to);
        }
    }
}
