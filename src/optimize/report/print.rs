//! A report for people.

use std::fmt::Write as _;

use super::Shown;
use super::figures::Kind;
use crate::optimize::run::space::size;

pub(super) fn text(shown: &Shown<'_>) -> String {
    let report = shown.report;
    let mut text = String::new();
    let mut group = "";
    for level in &report.levels {
        if level.group != group {
            group = &level.group;
            let _ = writeln!(text, "{group}");
        }
        let value = if level.bytes { size(level.value) } else { level.value.to_string() };
        let _ = writeln!(text, "  {:<24} {value:>12}  {}", level.name, "*".repeat(level.stars as usize));
    }
    let history = &report.history;
    let kinds: [(&str, &Kind); 3] =
        [("blobs", &history.blobs), ("trees", &history.trees), ("commits", &history.commits)];
    for (name, kind) in kinds {
        let _ = writeln!(text, "largest {name}");
        for large in kind.largest.iter().take(5) {
            let path = large.path.as_deref().unwrap_or("");
            let commit: String = large.commit.chars().take(12).collect();
            let _ = writeln!(text, "  {:>10}  {commit}  {path}", size(large.size));
        }
        if kind.unread > 0 {
            let _ = writeln!(text, "  {} could not be read", kind.unread);
        }
    }
    let _ = writeln!(text, "largest directories of the checkout");
    for dir in report.checkout.largest_directories.iter().take(5) {
        let _ = writeln!(text, "  {:>10}  {:>8} files  {}", size(dir.bytes), dir.files, dir.path);
    }
    if report.checkout.unread > 0 {
        let _ = writeln!(text, "  the sizes of {} files could not be read", report.checkout.unread);
    }
    let _ = writeln!(text, "growth");
    for (year, sum) in &history.years {
        let _ = writeln!(
            text,
            "  {year}  {:>8} commits  {:>9} blobs  {:>10}",
            sum.commits,
            sum.blobs,
            size(sum.bytes)
        );
    }
    let _ = writeln!(text, "by extension (media: {:.0} %)", history.media_share * 100.0);
    for sum in history.extensions.iter().take(8) {
        let name = if sum.extension.is_empty() { "(none)" } else { &sum.extension };
        let media = if sum.media { "  media" } else { "" };
        let _ = writeln!(text, "  {name:<12} {:>9} blobs  {:>10}{media}", sum.blobs, size(sum.bytes));
    }
    let storage = &report.storage;
    let _ = writeln!(
        text,
        "storage\n  packs: {} ({}), loose objects: {}, commit-graph: {} commits, index: {}, cache: {}",
        storage.packs,
        size(storage.pack_bytes),
        storage.loose,
        storage.graph_commits,
        size(storage.index_bytes),
        size(storage.cache_bytes),
    );
    for usage in &shown.usage {
        let _ = writeln!(text, "  {}: {}", usage.command, usage.rates());
    }
    if report.unknown > 0 {
        let _ = writeln!(
            text,
            "note: the trees of {} commits could not be read; their objects are not counted",
            report.unknown
        );
    }
    let _ = writeln!(text, "recommendations");
    for advice in &report.advice {
        let _ = writeln!(text, "  {}\n      {}", advice.reason, advice.command);
    }
    if report.advice.is_empty() {
        let _ = writeln!(text, "  none");
    }
    text
}
