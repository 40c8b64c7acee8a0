//! `git optimize report --html`: the report as one page that needs nothing but itself, for light and dark, wide and
//! narrow screens. Pictures are SVG in the page; each is made twice, since one that is merely made smaller has a text
//! that nobody can read.

mod pictures;
#[cfg(test)]
mod tests;
mod treemap;

use std::fmt::Write as _;

use super::Shown;
use crate::optimize::run::space::size;
use crate::optimize::stats::Summary;

const STYLE: &str = include_str!("style.css");

/// The page of the repository `name`.
pub(super) fn page(shown: &Shown<'_>, name: &str) -> String {
    let report = shown.report;
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{0}: git optimize report</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n",
        escape(name)
    );
    // Writing to a String does not fail.
    let _ = writeln!(page, "<ul class=\"cards\">");
    let history = &report.history;
    for (value, what) in [
        (history.commits.count.to_string(), "commits"),
        (report.refs.count.to_string(), "refs"),
        (size(history.blobs.total), "in all versions of files"),
        (report.checkout.files.to_string(), "files in the checkout"),
        (size(report.storage.pack_bytes), "in packs"),
        (size(report.storage.index_bytes), "in the index"),
    ] {
        let _ = writeln!(page, "<li><strong>{}</strong> {}</li>", escape(&value), escape(what));
    }
    let _ = writeln!(page, "</ul>");

    section(&mut page, "Growth", "What each year brought: commits, and new versions of files in bytes.");
    pictures::growth(&mut page, &history.years);
    section(
        &mut page,
        "Where the bytes are",
        "All versions of all files, by the first two names of their paths, uncompressed.",
    );
    pictures::places(&mut page, &history.places, history.blobs.total);

    section(
        &mut page,
        "Figures",
        "A star for each time a figure reaches what git-sizer finds worth a thought.",
    );
    let rows = report.levels.iter().map(|level| {
        let value = if level.bytes { size(level.value) } else { level.value.to_string() };
        [level.group.clone(), level.name.clone(), value, "★".repeat(level.stars as usize)]
    });
    table(&mut page, ["", "", "", ""], [false, false, true, false], rows);

    section(&mut page, "Largest files", "Single versions, with the commit that brought each.");
    let rows = history.blobs.largest.iter().map(|large| {
        let commit = large.commit.chars().take(12).collect();
        [large.path.clone().unwrap_or_default(), commit, size(large.size)]
    });
    table(&mut page, ["path", "commit", "size"], [false, false, true], rows);

    section(
        &mut page,
        "Timings",
        "As git optimize stats has them: wall-clock time, where git took over until then.",
    );
    let ms = |us: u32| match f64::from(us) {
        us if us < 1e6 => format!("{:.1} ms", us / 1e3),
        us => format!("{:.2} s", us / 1e6),
    };
    let rows = shown.usage.iter().map(|it: &Summary| {
        [it.command.to_owned(), ms(it.p50_us), ms(it.p95_us), ms(it.p99_us), ms(it.max_us)]
    });
    table(&mut page, ["command", "median", "p95", "p99", "max"], [false, true, true, true, true], rows);
    for it in &shown.usage {
        let _ = writeln!(page, "<p class=\"note\">{}: {}</p>", escape(it.command), escape(&it.rates()));
    }

    section(&mut page, "Recommendations", "");
    if report.advice.is_empty() {
        let _ = writeln!(page, "<p>None.</p>");
    }
    for advice in &report.advice {
        let (reason, command) = (escape(&advice.reason), escape(&advice.command));
        let _ = writeln!(page, "<p>{reason}</p>\n<pre>{command}</pre>");
    }
    if report.unknown > 0 {
        let _ = writeln!(
            page,
            "<p class=\"note\">The trees of {} commits could not be read; their objects are not counted.</p>",
            report.unknown
        );
    }
    let _ = writeln!(
        page,
        "<footer>git-fast {}</footer>\n</main>\n</body>\n</html>",
        escape(env!("CARGO_PKG_VERSION"))
    );
    page
}

fn section(page: &mut String, title: &str, about: &str) {
    let _ = writeln!(page, "<h2>{}</h2>", escape(title));
    if !about.is_empty() {
        let _ = writeln!(page, "<p class=\"about\">{}</p>", escape(about));
    }
}

/// A table that scrolls where the screen is too narrow; `numbers` says which columns are.
fn table<const N: usize>(
    page: &mut String,
    titles: [&str; N],
    numbers: [bool; N],
    rows: impl Iterator<Item = [String; N]>,
) {
    let class = |number: bool| if number { " class=\"number\"" } else { "" };
    let _ = writeln!(page, "<div class=\"scroll\"><table>");
    if titles.iter().any(|title| !title.is_empty()) {
        let _ = write!(page, "<tr>");
        for (title, number) in titles.into_iter().zip(numbers) {
            let _ = write!(page, "<th{}>{}</th>", class(number), escape(title));
        }
        let _ = writeln!(page, "</tr>");
    }
    for row in rows {
        let _ = write!(page, "<tr>");
        for (cell, number) in row.iter().zip(numbers) {
            let _ = write!(page, "<td{}>{}</td>", class(number), escape(cell));
        }
        let _ = writeln!(page, "</tr>");
    }
    let _ = writeln!(page, "</table></div>");
}

/// Any text as one of HTML, in elements and in attributes. What would not be seen, or would turn other text around, is
/// shown as something that can't be shown.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {
                out.push(char::REPLACEMENT_CHARACTER);
            }
            c if c.is_control() => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}
