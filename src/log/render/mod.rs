//! Positions to bytes: formats, dates, colours, graph. A renderer never touches the repository.

pub mod graph;
