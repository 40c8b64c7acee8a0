//! docs/REPORT.md: the table of figures is the one that the program uses.

use std::fmt::Write as _;

use git_fast::optimize::FIGURES;

/// The page.
pub(super) fn page() -> String {
    let mut rows = String::new();
    for figure in FIGURES {
        let unit = if figure.bytes { " bytes" } else { "" };
        let (group, name, source) = (figure.group, figure.name, figure.source);
        let _ = writeln!(rows, "| {group} | {name} | {}{unit} | {source} |", grouped(figure.reference));
    }
    include_str!("report.md").replace("@FIGURES@\n", &rows)
}

/// With a comma before each three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let parts: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|part| str::from_utf8(part).ok()).collect();
    parts.join(",")
}
