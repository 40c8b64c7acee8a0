//! Why the history could not be read or written.

use gix::hash::ObjectId;

use crate::index::Damage;

/// Why a build was given up. Nothing has been published then.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A commit that is a tip or a parent is not there.
    #[error("commit {id} is missing")]
    Missing {
        /// Which one.
        id: ObjectId,
    },
    /// A commit cannot be read from the object database.
    #[error("commit {id} cannot be read: {reason}")]
    Unreadable {
        /// Which one.
        id: ObjectId,
        /// What the object database says.
        reason: String,
    },
    /// What is named as a commit is another type of object.
    #[error("object {id} is not a commit")]
    NotACommit {
        /// Which one.
        id: ObjectId,
    },
    /// git would call it a "bogus commit object".
    #[error("commit {id} is malformed: {what}")]
    Malformed {
        /// Which one.
        id: ObjectId,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The committer date of an odd commit could not be learned from git.
    #[error("git does not tell the date of commit {id}")]
    NoDate {
        /// Which one.
        id: ObjectId,
    },
    /// There are more new commits than the caller allows.
    #[error("there are more than {limit} new commits")]
    TooMany {
        /// The limit.
        limit: u32,
    },
    /// The deadline has passed, or the caller has cancelled.
    #[error("stopped before the end")]
    Stopped,
    /// The history that is there, or the segment just built, is not sound.
    #[error("the segment is damaged: {0}")]
    Damage(#[from] Damage),
    /// Writing, or running git, failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
