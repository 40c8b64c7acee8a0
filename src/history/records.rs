//! The commits that a build collects, column by column, in the order in which they were first heard of (as a tip or
//! as a parent), and their order and form in a segment.
//!
//! Names, not positions, are known while commits arrive, so parents are noted as *slots*: the index of the commit in
//! these columns. A slot exists as soon as a commit is heard of and is filled when the commit has been read. About
//! 110 bytes per commit.

use std::io::{self, Seek, Write};

use gix::hash::{Kind, ObjectId, oid};
use gix::hashtable::hash_table::HashTable;

use crate::index::layout::{EDGE_BIT, Header, NO_PARENT, tags};
use crate::index::{FlagCounts, Flags, History, Identities, Pos, SegmentWriter};

/// What is known about the commit of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It has been heard of and must be read.
    Needed,
    /// It has been read.
    Filled,
    /// An earlier segment has it; the first parent's column holds its position.
    Known,
}

/// The numbers of one commit that do not depend on others.
pub(super) struct Fields {
    pub(super) tree: ObjectId,
    pub(super) author: u32,
    pub(super) committer: u32,
    pub(super) author_time: i64,
    pub(super) committer_time: i64,
    pub(super) author_zone: i16,
    pub(super) committer_zone: i16,
    pub(super) flags: Flags,
    pub(super) text_offset: u64,
    pub(super) extra_len: u32,
    pub(super) message_len: u32,
}

/// The columns.
pub(super) struct Records {
    kind: Kind,
    hash_len: usize,
    slots: HashTable<u32>,
    state: Vec<State>,
    oids: Vec<u8>,
    trees: Vec<u8>,
    parent1: Vec<u32>,
    parent2: Vec<u32>,
    edges: Vec<u32>,
    author: Vec<u32>,
    committer: Vec<u32>,
    author_time: Vec<i64>,
    committer_time: Vec<i64>,
    author_zone: Vec<i16>,
    committer_zone: Vec<i16>,
    flags: Vec<Flags>,
    text_offset: Vec<u64>,
    extra_len: Vec<u32>,
    message_len: Vec<u32>,
    pub(super) identities: Identities,
}

/// The first eight bytes of an object name are as good a hash as any.
fn hash(id: &[u8]) -> u64 {
    id.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

impl Records {
    pub(super) fn new(kind: Kind) -> Records {
        Records {
            kind,
            hash_len: kind.len_in_bytes(),
            slots: HashTable::new(),
            state: Vec::new(),
            oids: Vec::new(),
            trees: Vec::new(),
            parent1: Vec::new(),
            parent2: Vec::new(),
            edges: Vec::new(),
            author: Vec::new(),
            committer: Vec::new(),
            author_time: Vec::new(),
            committer_time: Vec::new(),
            author_zone: Vec::new(),
            committer_zone: Vec::new(),
            flags: Vec::new(),
            text_offset: Vec::new(),
            extra_len: Vec::new(),
            message_len: Vec::new(),
            identities: Identities::default(),
        }
    }

    /// The name of the commit in `slot`.
    pub(super) fn id(&self, slot: u32) -> &oid {
        oid::from_bytes_unchecked(self.id_bytes(slot))
    }

    fn id_bytes(&self, slot: u32) -> &[u8] {
        let start = slot as usize * self.hash_len;
        &self.oids[start..start + self.hash_len]
    }

    /// How many slots there are.
    pub(super) fn len(&self) -> u32 {
        self.state.len() as u32
    }

    /// The state of a slot.
    pub(super) fn state(&self, slot: u32) -> State {
        self.state[slot as usize]
    }

    /// The slot of a commit that has been heard of.
    pub(super) fn find(&self, id: &oid) -> Option<u32> {
        let bytes = id.as_bytes();
        self.slots.find(hash(bytes), |slot| self.id_bytes(*slot) == bytes).copied()
    }

    /// The slot of a commit, and whether it was heard of for the first time. `known` says where the commits of
    /// earlier segments are.
    pub(super) fn hear_of(&mut self, id: &oid, known: &History<'_>) -> (u32, bool) {
        if let Some(slot) = self.find(id) {
            return (slot, false);
        }
        let slot = self.len();
        let (oids, hash_len) = (&mut self.oids, self.hash_len);
        oids.extend_from_slice(id.as_bytes());
        self.slots.insert_unique(hash(id.as_bytes()), slot, |slot| hash(&oids[*slot as usize * hash_len..]));
        let pos = known.lookup(id);
        self.state.push(if pos.is_some() { State::Known } else { State::Needed });
        self.trees.resize(self.oids.len(), 0);
        self.parent1.push(pos.map_or(NO_PARENT, |pos| pos.0));
        self.parent2.push(NO_PARENT);
        self.author.push(0);
        self.committer.push(0);
        self.author_time.push(0);
        self.committer_time.push(pos.map_or(0, |pos| known.committer_time(pos)));
        self.author_zone.push(0);
        self.committer_zone.push(0);
        self.flags.push(Flags::default());
        self.text_offset.push(0);
        self.extra_len.push(0);
        self.message_len.push(0);
        (slot, true)
    }

    /// Notes what was read about the commit in `slot`; `parents` are slots.
    pub(super) fn fill(&mut self, slot: u32, fields: Fields, parents: &[u32]) {
        let i = slot as usize;
        self.state[i] = State::Filled;
        self.trees[i * self.hash_len..(i + 1) * self.hash_len].copy_from_slice(fields.tree.as_bytes());
        (self.parent1[i], self.parent2[i]) = encode_parents(parents, &mut self.edges);
        self.author[i] = fields.author;
        self.committer[i] = fields.committer;
        self.author_time[i] = fields.author_time;
        self.committer_time[i] = fields.committer_time;
        self.author_zone[i] = fields.author_zone;
        self.committer_zone[i] = fields.committer_zone;
        self.flags[i] = fields.flags;
        self.text_offset[i] = fields.text_offset;
        self.extra_len[i] = fields.extra_len;
        self.message_len[i] = fields.message_len;
    }

    /// The slots of the odd commits.
    pub(super) fn odd(&self) -> impl Iterator<Item = u32> {
        (0..self.len()).filter(|slot| self.flags[*slot as usize].contains(Flags::ODD))
    }

    /// Sets the committer date of an odd commit.
    pub(super) fn set_date(&mut self, slot: u32, seconds: i64) {
        self.committer_time[slot as usize] = seconds;
    }

    /// The `n`th parent slot of a commit that has been read.
    fn parent(&self, slot: u32, n: u32) -> Option<u32> {
        let second = self.parent2[slot as usize];
        let parent = match n {
            0 => self.parent1[slot as usize],
            1 if second == NO_PARENT || second & EDGE_BIT == 0 => second,
            _ if second == NO_PARENT || second & EDGE_BIT == 0 => NO_PARENT,
            n => {
                let start = (second & !EDGE_BIT) as usize;
                let edges = &self.edges[start..];
                let len = edges.iter().position(|edge| edge & EDGE_BIT != 0)? + 1;
                return edges[..len].get(n as usize - 1).map(|edge| edge & !EDGE_BIT);
            }
        };
        (parent != NO_PARENT).then_some(parent)
    }

    fn parents(&self, slot: u32) -> impl Iterator<Item = u32> {
        (0..).map_while(move |n| self.parent(slot, n))
    }

    /// The slots that were read in the order of their positions: by corrected commit date (the own date, but always
    /// later than that of each parent; gitformat-commit-graph(5) has the notion), then by name. Parents come before
    /// children, and what is close in time is close in the file.
    fn order(&self) -> Vec<u32> {
        let mut corrected = vec![i64::MIN; self.state.len()];
        let mut stack: Vec<(u32, u32)> = Vec::new();
        for start in 0..self.len() {
            if self.state(start) == State::Filled && corrected[start as usize] == i64::MIN {
                stack.push((start, 0));
            }
            while let Some((slot, n)) = stack.pop() {
                let i = slot as usize;
                match self.parent(slot, n) {
                    Some(parent) => {
                        stack.push((slot, n + 1));
                        let done = corrected[parent as usize] != i64::MIN;
                        if !done && self.state(parent) == State::Filled {
                            stack.push((parent, 0));
                        }
                    }
                    None => {
                        let date = |parent: u32| match self.state(parent) {
                            State::Filled => corrected[parent as usize].saturating_add(1),
                            _ => i64::MIN + 1,
                        };
                        let after = self.parents(slot).map(date).max();
                        let own = self.committer_time[i];
                        corrected[i] = after.map_or(own, |after| after.max(own));
                    }
                }
            }
        }
        let mut order: Vec<u32> = (0..self.len()).filter(|slot| self.state(*slot) == State::Filled).collect();
        order.sort_unstable_by(|a, b| {
            let date = |slot: u32| corrected[slot as usize];
            date(*a).cmp(&date(*b)).then_with(|| self.id_bytes(*a).cmp(self.id_bytes(*b)))
        });
        order
    }

    /// Writes every section but the text, which the caller has already written.
    pub(super) fn write<W: Write + Seek>(
        mut self,
        mut out: SegmentWriter<W>,
        known: &History<'_>,
    ) -> io::Result<W> {
        self.slots = HashTable::new();
        let order = self.order();
        let (base, n) = (known.len(), order.len());
        let mut rank = vec![0u32; self.state.len()];
        for slot in 0..self.len() {
            if self.state(slot) == State::Known {
                rank[slot as usize] = self.parent1[slot as usize];
            }
        }
        order.iter().zip(base..).for_each(|(slot, pos)| rank[*slot as usize] = pos);

        let mut edges = Vec::new();
        let mut links = Vec::with_capacity(n);
        let mut generation: Vec<u32> = Vec::with_capacity(n);
        let mut counts = FlagCounts::default();
        let mut parents = Vec::new();
        for slot in &order {
            let i = *slot as usize;
            parents.clear();
            parents.extend(self.parents(*slot).map(|parent| rank[parent as usize]));
            let level = |pos: &u32| match pos.checked_sub(base) {
                Some(local) => generation[local as usize],
                None => known.generation(Pos(*pos)),
            };
            generation.push(parents.iter().map(level).max().unwrap_or(0).saturating_add(1));
            if self.parents(*slot).any(|parent| self.committer_time[parent as usize] > self.committer_time[i])
            {
                self.flags[i].insert(Flags::SKEWED);
            }
            counts.count(self.flags[i]);
            links.push(encode_parents(&parents, &mut edges));
        }
        drop(rank);

        // Each column is given up as soon as it is written: this is where a build needs the most memory.
        let len = self.hash_len;
        let oids = pick_names(&order, self.oids, len);
        out.raw(tags::OIDS, &oids)?;
        out.raw(tags::TREE, &pick_names(&order, self.trees, len))?;
        out.column(tags::PAR1, links.iter().map(|link| link.0).collect::<Vec<u32>>())?;
        out.column(tags::PAR2, links.iter().map(|link| link.1).collect::<Vec<u32>>())?;
        drop(links);
        out.column(tags::EDGE, edges)?;
        out.column(tags::GENR, generation)?;
        out.column(tags::CTIM, pick(&order, self.committer_time))?;
        out.column(tags::ATIM, pick(&order, self.author_time))?;
        out.column(tags::CZON, pick(&order, self.committer_zone))?;
        out.column(tags::AZON, pick(&order, self.author_zone))?;
        out.column(tags::CIDN, pick(&order, self.committer))?;
        out.column(tags::AIDN, pick(&order, self.author))?;
        out.column(tags::FLAG, order.iter().map(|slot| self.flags[*slot as usize].0).collect::<Vec<u16>>())?;
        out.column(tags::TOFF, pick(&order, self.text_offset))?;
        out.column(tags::XLEN, pick(&order, self.extra_len))?;
        out.column(tags::MLEN, pick(&order, self.message_len))?;
        out.lookup(&oids, len)?;
        let identities = self.identities.count();
        self.identities.write(&mut out)?;
        let identity_base = known.identities();
        let header = Header { kind: self.kind, commits: n as u32, base, identities, identity_base, counts };
        out.finish(header.frame())
    }
}

#[allow(clippy::needless_pass_by_value)] // to free it
fn pick<T: Copy>(order: &[u32], column: Vec<T>) -> Vec<T> {
    order.iter().map(|slot| column[*slot as usize]).collect()
}

/// The same for names that lie end to end.
#[allow(clippy::needless_pass_by_value)] // to free it
fn pick_names(order: &[u32], column: Vec<u8>, len: usize) -> Vec<u8> {
    let mut picked = Vec::with_capacity(order.len() * len);
    order.iter().for_each(|slot| picked.extend_from_slice(&column[*slot as usize * len..][..len]));
    picked
}

/// The two parent columns of a commit; further parents go to `edges`.
fn encode_parents(parents: &[u32], edges: &mut Vec<u32>) -> (u32, u32) {
    match parents {
        [] => (NO_PARENT, NO_PARENT),
        [only] => (*only, NO_PARENT),
        [first, second] => (*first, *second),
        [first, rest @ .., last] => {
            let start = edges.len() as u32;
            edges.extend_from_slice(rest);
            edges.push(*last | EDGE_BIT);
            (*first, start | EDGE_BIT)
        }
    }
}
