//! Tests of the format.

mod document;
mod location;
