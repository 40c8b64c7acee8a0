//! All commits of the index as one sequence: a composite over the published segments and, where there is one, an
//! overlay of newer commits in memory. Everything above this module sees only a [`History`].
//!
//! A [`Pos`] or [`IdentityId`] comes from the same `History` (or an earlier state of it). Accessors panic for one that
//! is out of range, as slices do: that is an error in the caller, no content of a file can bring it about.

use bstr::{BStr, ByteSlice};
use gix::hash::{Kind, oid};

use super::frame::Damage;
use super::ids::{FlagCounts, Flags, IdentityId, Pos};
use super::layout::{EDGE_BIT, NO_PARENT};
use super::segment::{Segment, View};
use super::signature::{Signature, Time};

/// The commits that the index knows. Cheap to share by reference; what it hands out lives as long as the segments.
#[derive(Clone)]
pub struct History<'a> {
    first: Option<&'a Segment>,
    views: Vec<View<'a>>,
    /// Number of commits in the first segment, by far the largest: most positions are decided by one comparison.
    first_len: u32,
    len: u32,
    identities: u32,
    counts: FlagCounts,
}

impl<'a> History<'a> {
    /// Puts segments together, oldest first.
    ///
    /// # Errors
    /// When they do not follow one another: each must start where the one before it ends.
    pub fn new(segments: impl IntoIterator<Item = &'a Segment>) -> Result<History<'a>, Damage> {
        let mut history = History {
            first: None,
            views: Vec::new(),
            first_len: 0,
            len: 0,
            identities: 0,
            counts: FlagCounts::default(),
        };
        for segment in segments {
            history.first.get_or_insert(segment);
            let header = segment.header();
            if header.base != history.len || header.identity_base != history.identities {
                return Err(Damage::Header("it does not follow the segment before it"));
            }
            if history.views.first().is_some_and(|first| first.kind != header.kind) {
                return Err(Damage::HashKind);
            }
            // `Header::check` has made sure that neither sum overflows.
            history.len = header.base + header.commits;
            history.identities = header.identity_base + header.identities;
            history.counts = history.counts.plus(header.counts);
            history.views.push(segment.view()?);
        }
        history.first_len = history.views.first().map_or(0, |first| first.len);
        Ok(history)
    }

    /// How many commits there are; positions are `0..len`.
    #[inline]
    pub fn len(&self) -> u32 {
        self.len
    }

    /// True when there is no commit.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many identities there are; their numbers are `0..identities`.
    #[inline]
    pub fn identities(&self) -> u32 {
        self.identities
    }

    /// The object format, unless there is no segment at all.
    pub fn kind(&self) -> Option<Kind> {
        self.views.first().map(|view| view.kind)
    }

    /// How many commits carry each flag.
    pub fn counts(&self) -> FlagCounts {
        self.counts
    }

    /// True when some commit has [`Flags::ODD`].
    pub fn has_odd(&self) -> bool {
        self.counts.odd != 0
    }

    /// True when some commit has [`Flags::SKEWED`].
    pub fn has_skewed(&self) -> bool {
        self.counts.skewed != 0
    }

    /// True when some commit has [`Flags::ENCODING`].
    pub fn has_encoding(&self) -> bool {
        self.counts.encoding != 0
    }

    /// The position of a commit, if it is known.
    pub fn lookup(&self, id: &oid) -> Option<Pos> {
        self.views.iter().find_map(|view| {
            // The sum cannot overflow for a position in range; a damaged file may hold one that is not.
            let local = view.find(id).filter(|local| *local < view.len)?;
            Some(Pos(view.base + local))
        })
    }

    /// All commits, segment by segment, those of each in order of their names.
    pub fn by_name(&self) -> Vec<Vec<Pos>> {
        let segment = |view: &View<'_>| {
            // A damaged file may hold a number that is not in range.
            let last = view.len.saturating_sub(1);
            view.sorted.iter().map(|local| Pos(view.base + local.to_native().min(last))).collect()
        };
        self.views.iter().map(segment).collect()
    }

    /// What the first segment, by far the largest, is known by, and the names of all later commits.
    pub fn first_segment(&self) -> Option<([u8; 32], impl Iterator<Item = &'a oid> + '_)> {
        let first = self.first?.header_hash();
        Some((first, (self.first_len..self.len).map(|pos| self.oid(Pos(pos)))))
    }

    #[inline]
    fn at(&self, pos: Pos) -> (&View<'a>, usize) {
        if pos.0 < self.first_len { (&self.views[0], pos.index()) } else { self.at_later(pos) }
    }

    fn at_later(&self, pos: Pos) -> (&View<'a>, usize) {
        let later = self.views.partition_point(|view| view.base <= pos.0);
        let view = &self.views[later.saturating_sub(1)];
        (view, (pos.0 - view.base) as usize)
    }

    /// The name of the commit.
    #[inline]
    pub fn oid(&self, pos: Pos) -> &'a oid {
        let (view, i) = self.at(pos);
        view.name_at(view.oids, i)
    }

    /// The names of the first commits, as many as asked for, end to end in pieces: together they stand for all that is
    /// known of these commits, since the name of each does.
    pub fn names(&self, commits: u32) -> impl Iterator<Item = &'a [u8]> {
        self.views.iter().filter_map(move |view| {
            let wanted = commits.saturating_sub(view.base).min(view.len) as usize;
            view.oids.get(..wanted * view.hash_len)
        })
    }

    /// The name of its tree.
    #[inline]
    pub fn tree(&self, pos: Pos) -> &'a oid {
        let (view, i) = self.at(pos);
        view.name_at(view.trees, i)
    }

    /// Its parents, in the order of the header. Each has a smaller position than `pos`.
    #[inline]
    pub fn parents(&self, pos: Pos) -> Parents<'a> {
        let (view, i) = self.at(pos);
        Parents::of(view, i, pos)
    }

    /// What a walk needs of each commit, looked up at once.
    #[inline]
    pub fn date_and_parents(&self, pos: Pos) -> (i64, Parents<'a>) {
        let (view, i) = self.at(pos);
        (view.committer_time[i].to_native(), Parents::of(view, i, pos))
    }

    /// Its first parent.
    #[inline]
    pub fn first_parent(&self, pos: Pos) -> Option<Pos> {
        let (view, i) = self.at(pos);
        let parent = view.parent1[i].to_native();
        (parent < pos.0).then_some(Pos(parent))
    }

    /// Its parent, if it has just one.
    #[inline]
    pub fn only_parent(&self, pos: Pos) -> Option<Pos> {
        let (view, i) = self.at(pos);
        let parent = view.parent1[i].to_native();
        (parent < pos.0 && view.parent2[i].to_native() == NO_PARENT).then_some(Pos(parent))
    }

    /// The committer date as git's revision walk uses it, in seconds since 1970. Exact for odd commits, too.
    #[inline]
    pub fn committer_time(&self, pos: Pos) -> i64 {
        let (view, i) = self.at(pos);
        view.committer_time[i].to_native()
    }

    /// The author date in seconds since 1970; 0 for odd commits.
    #[inline]
    pub fn author_time(&self, pos: Pos) -> i64 {
        let (view, i) = self.at(pos);
        view.author_time[i].to_native()
    }

    /// The topological level: 1 without parents, else one more than the largest of the parents'.
    #[inline]
    pub fn generation(&self, pos: Pos) -> u32 {
        let (view, i) = self.at(pos);
        view.generation[i].to_native()
    }

    /// What is special about the commit.
    #[inline]
    pub fn flags(&self, pos: Pos) -> Flags {
        let (view, i) = self.at(pos);
        Flags(view.flags[i].to_native())
    }

    /// Who wrote it. Of no meaning for odd commits.
    #[inline]
    pub fn author_id(&self, pos: Pos) -> IdentityId {
        let (view, i) = self.at(pos);
        self.identity_id(view, view.author[i].to_native())
    }

    /// Who committed it. Of no meaning for odd commits.
    #[inline]
    pub fn committer_id(&self, pos: Pos) -> IdentityId {
        let (view, i) = self.at(pos);
        self.identity_id(view, view.committer[i].to_native())
    }

    /// A number that is out of range, from a damaged file or of an odd commit, becomes the first one.
    #[inline]
    fn identity_id(&self, view: &View<'a>, local: u32) -> IdentityId {
        let id = view.identity_base.saturating_add(local);
        IdentityId(if id < self.identities { id } else { 0 })
    }

    /// Name and e-mail address.
    pub fn identity(&self, id: IdentityId) -> (&'a BStr, &'a BStr) {
        let later = self.views.partition_point(|view| view.identity_base <= id.0);
        let Some(view) = self.views.get(later.saturating_sub(1)) else { return Default::default() };
        let (name, email) = view.identity((id.0 - view.identity_base) as usize);
        (name.as_bstr(), email.as_bstr())
    }

    /// The `author` header. Empty for odd commits.
    pub fn author(&self, pos: Pos) -> Signature<'a> {
        let (view, i) = self.at(pos);
        signature(
            view,
            view.author[i].to_native(),
            view.author_time[i].to_native(),
            view.author_zone[i].to_native(),
        )
    }

    /// The `committer` header. Empty, save for the time in seconds, for odd commits.
    pub fn committer(&self, pos: Pos) -> Signature<'a> {
        let (view, i) = self.at(pos);
        let (seconds, zone) = (view.committer_time[i].to_native(), view.committer_zone[i].to_native());
        signature(view, view.committer[i].to_native(), seconds, zone)
    }

    /// Everything after the blank line that ends the header.
    pub fn message(&self, pos: Pos) -> &'a BStr {
        let (view, i) = self.at(pos);
        view.text_at(i, view.extra_len[i].to_native(), view.message_len[i].to_native()).as_bstr()
    }

    /// Every header line after `committer`, each with its newline. For odd commits: the whole header.
    pub fn extra_headers(&self, pos: Pos) -> &'a BStr {
        let (view, i) = self.at(pos);
        view.text_at(i, 0, view.extra_len[i].to_native()).as_bstr()
    }
}

fn signature<'a>(view: &View<'a>, identity: u32, seconds: i64, zone: i16) -> Signature<'a> {
    let (name, email) = view.identity(identity as usize);
    Signature { name: name.as_bstr(), email: email.as_bstr(), time: Time { seconds, zone: i32::from(zone) } }
}

/// The parents of a commit.
#[derive(Clone)]
pub struct Parents<'a> {
    child: u32,
    next: u32,
    after: u32,
    /// What follows `after`, the last one marked with [`EDGE_BIT`]; empty but for octopus merges.
    edges: &'a [rkyv::primitive::ArchivedU32],
}

impl<'a> Parents<'a> {
    /// Those of the commit at `pos`, which is commit `i` of its segment.
    #[inline]
    fn of(view: &View<'a>, i: usize, pos: Pos) -> Parents<'a> {
        let (child, first, second) = (pos.0, view.parent1[i].to_native(), view.parent2[i].to_native());
        if second & EDGE_BIT == 0 || second == NO_PARENT {
            return Parents { child, next: first, after: second, edges: &[] };
        }
        let mut parents = Parents {
            child,
            next: first,
            after: NO_PARENT,
            edges: view.edges.get((second & !EDGE_BIT) as usize..).unwrap_or_default(),
        };
        parents.take_edge();
        parents
    }

    fn take_edge(&mut self) {
        self.after = NO_PARENT;
        if let Some((edge, rest)) = self.edges.split_first() {
            let edge = edge.to_native();
            self.after = edge & !EDGE_BIT;
            self.edges = if edge & EDGE_BIT == 0 { rest } else { &[] };
        }
    }
}

impl Iterator for Parents<'_> {
    type Item = Pos;

    #[inline]
    fn next(&mut self) -> Option<Pos> {
        let parent = self.next;
        // A parent that does not come before its child is either none at all or damage; nothing may loop over it.
        if parent >= self.child {
            return None;
        }
        self.next = self.after;
        if self.edges.is_empty() {
            self.after = NO_PARENT;
        } else {
            self.take_edge();
        }
        Some(Pos(parent))
    }

    /// As repeated `next`, and cheaper for the two parents at most that nearly all commits have: where every commit is
    /// visited, that counts.
    #[inline]
    fn fold<B, F: FnMut(B, Pos) -> B>(self, init: B, mut visit: F) -> B {
        let mut folded = init;
        if !self.edges.is_empty() {
            for parent in self {
                folded = visit(folded, parent);
            }
        } else if self.next < self.child {
            folded = visit(folded, Pos(self.next));
            if self.after < self.child {
                folded = visit(folded, Pos(self.after));
            }
        }
        folded
    }
}
