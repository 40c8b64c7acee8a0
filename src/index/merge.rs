//! Compaction: joins adjacent segments into one. Positions do not change; the identity dictionaries are merged, so
//! identities may get other numbers.

use std::io::{self, Seek, Write};

use rkyv::primitive::ArchivedU32;

use super::frame::{Damage, FileType};
use super::identities::Identities;
use super::ids::FlagCounts;
use super::layout::{EDGE_BIT, Header, NO_IDENTITY, NO_PARENT, tags};
use super::segment::{Segment, View};
use super::write::SegmentWriter;

/// From which of the segments on, given by their numbers of commits (oldest first, the one to be added last), they
/// should be one: each must be at least twice as large as all that follow it together. Equals the index of the last
/// when nothing is to be joined.
pub fn merge_from(commits: &[u32]) -> usize {
    let Some((last, before)) = commits.split_last() else { return 0 };
    let mut sum = u64::from(*last);
    let mut from = before.len();
    for (i, commits) in before.iter().enumerate().rev() {
        if u64::from(*commits) >= 2 * sum {
            break;
        }
        sum += u64::from(*commits);
        from = i;
    }
    from
}

/// Writes the segments, which must follow one another, as one segment.
///
/// # Errors
/// When it cannot be written, or when they do not follow one another or are too many for one.
pub fn merge<W: Write + Seek>(segments: &[&Segment], out: W) -> io::Result<W> {
    let damaged = |damage: Damage| io::Error::new(io::ErrorKind::InvalidData, damage);
    let views =
        segments.iter().map(|segment| segment.view()).collect::<Result<Vec<_>, _>>().map_err(damaged)?;
    let Some(first) = views.first() else { return Err(damaged(Damage::Header("there is nothing to join"))) };
    let follows = views
        .windows(2)
        .all(|pair| pair[0].base + pair[0].len == pair[1].base && pair[0].kind == pair[1].kind);
    if !follows {
        return Err(damaged(Damage::Header("it does not follow the segment before it")));
    }

    let mut out = SegmentWriter::new(out, FileType::History)?;
    out.begin(tags::TEXT)?;
    views.iter().try_for_each(|view| out.write(view.text))?;
    out.end()?;
    let oids: Vec<u8> = views.iter().flat_map(|view| view.oids).copied().collect();
    out.raw(tags::OIDS, &oids)?;
    out.begin(tags::TREE)?;
    views.iter().try_for_each(|view| out.write(view.trees))?;
    out.end()?;
    out.column(tags::PAR1, numbers(&views, |view| view.parent1))?;
    out.column(tags::PAR2, second_parents(&views))?;
    out.column(tags::EDGE, numbers(&views, |view| view.edges))?;
    out.column(tags::GENR, numbers(&views, |view| view.generation))?;
    out.column(tags::CTIM, joined(&views, |view| view.committer_time.iter().map(|n| n.to_native())))?;
    out.column(tags::ATIM, joined(&views, |view| view.author_time.iter().map(|n| n.to_native())))?;
    out.column(tags::CZON, joined(&views, |view| view.committer_zone.iter().map(|n| n.to_native())))?;
    out.column(tags::AZON, joined(&views, |view| view.author_zone.iter().map(|n| n.to_native())))?;
    let (identities, committers, authors) = identities(&views);
    out.column(tags::CIDN, committers)?;
    out.column(tags::AIDN, authors)?;
    out.column(tags::FLAG, joined(&views, |view| view.flags.iter().map(|n| n.to_native())))?;
    let mut shift = 0;
    let mut offsets = Vec::with_capacity(oids.len() / first.hash_len);
    for view in &views {
        offsets.extend(view.text_offset.iter().map(|offset| offset.to_native().saturating_add(shift)));
        shift += view.text.len() as u64;
    }
    out.column(tags::TOFF, offsets)?;
    out.column(tags::XLEN, numbers(&views, |view| view.extra_len))?;
    out.column(tags::MLEN, numbers(&views, |view| view.message_len))?;
    out.lookup(&oids, first.hash_len)?;
    let count = identities.count();
    identities.write(&mut out)?;
    let header = Header {
        kind: first.kind,
        commits: (oids.len() / first.hash_len) as u32,
        base: first.base,
        identities: count,
        identity_base: first.identity_base,
        counts: segments.iter().fold(FlagCounts::default(), |sum, segment| sum.plus(segment.header().counts)),
    };
    out.finish(header.frame())
}

fn joined<'a, T, I: Iterator<Item = T>>(views: &[View<'a>], column: impl Fn(&View<'a>) -> I) -> Vec<T> {
    views.iter().flat_map(column).collect()
}

fn numbers<'a>(views: &[View<'a>], column: impl Fn(&View<'a>) -> &'a [ArchivedU32]) -> Vec<u32> {
    joined(views, |view| column(view).iter().map(|number| number.to_native()))
}

/// Second parents, where those that refer to the list of further parents are moved as that is.
fn second_parents(views: &[View<'_>]) -> Vec<u32> {
    let mut shift = 0u32;
    let mut column = Vec::new();
    for view in views {
        column.extend(view.parent2.iter().map(|parent| match parent.to_native() {
            parent if parent == NO_PARENT || parent & EDGE_BIT == 0 => parent,
            edge => (edge & !EDGE_BIT).saturating_add(shift) | EDGE_BIT,
        }));
        shift += view.edges.len() as u32;
    }
    column
}

/// The merged dictionary, and the columns of committers and authors in its numbers.
fn identities(views: &[View<'_>]) -> (Identities, Vec<u32>, Vec<u32>) {
    let mut identities = Identities::default();
    let (mut committers, mut authors) = (Vec::new(), Vec::new());
    for view in views {
        let numbers: Vec<u32> = (0..view.name_len.len())
            .map(|i| {
                let (name, email) = view.identity(i);
                identities.intern(name, email)
            })
            .collect();
        let number =
            |old: &ArchivedU32| numbers.get(old.to_native() as usize).copied().unwrap_or(NO_IDENTITY);
        committers.extend(view.committer.iter().map(number));
        authors.extend(view.author.iter().map(number));
    }
    (identities, committers, authors)
}
