//! The deepest check of an index: reads commits again from the object database and compares.

use gix::hash::{Kind, ObjectId};

use super::build::{Options, find};
use super::decode::{Person, split};
use super::error::Error;
use crate::index::{Flags, History, Pos, Signature};

/// Something that the index says of a commit is not so.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The index says something else than the object.
    #[error("commit {id}: its {what} differs")]
    Differs {
        /// Which commit.
        id: ObjectId,
        /// What about it.
        what: &'static str,
    },
    /// The commit cannot be read, so there is nothing to compare with.
    #[error(transparent)]
    Error(#[from] Error),
}

/// `n` positions, spread evenly; all of them when there are not more.
pub fn sample(history: &History<'_>, n: u32) -> Vec<Pos> {
    let len = u64::from(history.len());
    let n = u64::from(n).min(len);
    (0..n).map(|i| Pos((i * len / n) as u32)).collect()
}

/// Compares what the index says about the commits at `positions` with the object database, and returns how many
/// those are.
///
/// # Errors
/// The first fault.
pub fn verify(
    history: &History<'_>,
    objects: &gix::OdbHandle,
    kind: Kind,
    positions: &[Pos],
    options: &Options<'_>,
) -> Result<u32, Fault> {
    let mut objects = objects.clone();
    objects.ignore_replacements = true;
    let mut buf = Vec::new();
    let mut odd = Vec::new();
    let mut count = 0;
    for pos in positions.iter().copied().filter(|pos| pos.0 < history.len()) {
        if count % 1024 == 0 {
            options.check(count, Some(positions.len() as u32))?;
        }
        count += 1;
        let id = history.oid(pos).to_owned();
        if let Some(what) = difference(history, pos, find(&objects, id, &mut buf)?, kind) {
            return Err(Fault::Differs { id, what });
        }
        if history.flags(pos).contains(Flags::ODD) {
            odd.push((pos, id));
        }
    }
    if !odd.is_empty() {
        let ids: Vec<ObjectId> = odd.iter().map(|(_, id)| *id).collect();
        let dates = (options.dates)(&ids).map_err(Error::Io)?;
        for ((pos, id), date) in odd.iter().zip(dates) {
            if history.committer_time(*pos) != date {
                return Err(Fault::Differs { id: *id, what: "date" });
            }
        }
    }
    Ok(count)
}

/// What the index has wrong about a commit, given the commit's bytes.
fn difference(history: &History<'_>, pos: Pos, raw: &[u8], kind: Kind) -> Option<&'static str> {
    let Ok(commit) = split(raw, kind) else { return Some("header") };
    let parents = || history.parents(pos);
    let names_differ =
        || !parents().map(|parent| history.oid(parent)).eq(commit.parents.iter().map(AsRef::as_ref));
    let level = || parents().map(|parent| history.generation(parent)).max().unwrap_or(0).saturating_add(1);
    let skewed = || parents().any(|parent| history.committer_time(parent) > history.committer_time(pos));
    let people_differ = |(author, committer): (Person<'_>, Person<'_>)| {
        let (author_id, committer_id) = (history.author_id(pos), history.committer_id(pos));
        !same(author, history.author(pos))
            || !same(committer, history.committer(pos))
            || history.identity(author_id) != (author.name.into(), author.email.into())
            || history.identity(committer_id) != (committer.name.into(), committer.email.into())
            || history.author_time(pos) != author.seconds
            || history.committer_time(pos) != committer.seconds
    };
    let mut flags = commit.flags;
    if skewed() {
        flags.insert(Flags::SKEWED);
    }
    let checks: [(&'static str, bool); 8] = [
        ("position", history.lookup(history.oid(pos)) != Some(pos)),
        ("tree", history.tree(pos) != commit.tree),
        ("list of parents", names_differ()),
        ("generation", history.generation(pos) != level()),
        ("author or committer", commit.people.is_some_and(people_differ)),
        ("flags", history.flags(pos) != flags),
        ("other headers", history.extra_headers(pos) != commit.extra),
        ("message", history.message(pos) != commit.message),
    ];
    checks.into_iter().find(|(_, differs)| *differs).map(|(what, _)| what)
}

fn same(person: Person<'_>, signature: Signature<'_>) -> bool {
    signature.name == person.name
        && signature.email == person.email
        && signature.time.seconds == person.seconds
        && signature.time.zone == i32::from(person.zone)
}
