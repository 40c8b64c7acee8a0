//! Positions to bytes: formats, dates, colours, graph. A renderer never touches the repository.

mod boolean;
pub mod changes;
pub mod color;
pub mod date;
pub mod graph;
pub mod pretty;
pub mod text;
pub mod trailers;

#[cfg(test)]
mod oracle;
