//! Commits that have been read and taken apart by one thread, on their way to the one that collects them.

use gix::hash::{Kind, ObjectId, oid};
use smallvec::SmallVec;

use super::decode::{Person, split};
use crate::index::Flags;

/// Some bytes in [`Batch::bytes`].
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    start: usize,
    len: usize,
}

/// An author or committer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Who {
    pub(super) name: Span,
    pub(super) email: Span,
    pub(super) seconds: i64,
    pub(super) zone: i16,
}

/// One commit.
#[derive(Debug, Clone)]
pub(super) struct Decoded {
    pub(super) id: ObjectId,
    pub(super) tree: ObjectId,
    pub(super) parents: SmallVec<[ObjectId; 2]>,
    /// Author and committer, unless the header is odd.
    pub(super) people: Option<(Who, Who)>,
    pub(super) flags: Flags,
    pub(super) extra: Span,
    pub(super) message: Span,
}

/// Some commits.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) commits: Vec<Decoded>,
    bytes: Vec<u8>,
}

impl Batch {
    /// Takes a commit object apart and adds it.
    ///
    /// # Errors
    /// As [`split`]; also when it is too large for the format.
    pub(super) fn push(&mut self, id: &oid, raw: &[u8], kind: Kind) -> Result<(), &'static str> {
        if u32::try_from(raw.len()).is_err() {
            return Err("it is larger than 4 GiB");
        }
        let commit = split(raw, kind)?;
        let people = commit.people.map(|(author, committer)| (self.who(author), self.who(committer)));
        let extra = self.add(commit.extra);
        let message = self.add(commit.message);
        self.commits.push(Decoded {
            id: id.to_owned(),
            tree: commit.tree,
            parents: commit.parents,
            people,
            flags: commit.flags,
            extra,
            message,
        });
        Ok(())
    }

    fn who(&mut self, person: Person<'_>) -> Who {
        let (name, email) = (self.add(person.name), self.add(person.email));
        Who { name, email, seconds: person.seconds, zone: person.zone }
    }

    fn add(&mut self, bytes: &[u8]) -> Span {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        Span { start, len: bytes.len() }
    }

    /// The bytes of a span.
    pub(super) fn bytes(&self, span: Span) -> &[u8] {
        &self.bytes[span.start..span.start + span.len]
    }

    /// A batch of just one of the commits.
    pub(super) fn only(&self, commit: &Decoded) -> Batch {
        let mut batch = Batch::default();
        let mut copy = |span: &mut Span| *span = batch.add(self.bytes(*span));
        let mut commit = commit.clone();
        if let Some((author, committer)) = &mut commit.people {
            [&mut author.name, &mut author.email, &mut committer.name, &mut committer.email]
                .into_iter()
                .for_each(&mut copy);
        }
        copy(&mut commit.extra);
        copy(&mut commit.message);
        batch.commits.push(commit);
        batch
    }

    /// How much memory it takes, roughly, in bytes.
    pub(super) fn size(&self) -> usize {
        self.bytes.len() + self.commits.len() * size_of::<Decoded>()
    }

    /// Empties it, keeping its memory.
    pub(super) fn clear(&mut self) {
        self.commits.clear();
        self.bytes.clear();
    }
}
