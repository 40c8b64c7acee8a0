//! From a [`Status`](super::model::Status) to bytes. Nothing here touches a repository.

pub mod colors;
mod columns;
mod in_progress;
pub mod json;
pub mod long;
pub mod porcelain_v2;
pub mod quote;
pub mod short;
pub mod summary;
