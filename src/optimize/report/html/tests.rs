use std::collections::BTreeMap;

use super::*;
use crate::optimize::report::Report;
use crate::optimize::report::advice::Advice;
use crate::optimize::report::figures::{Large, Place, Year};

/// What no attribute, element, style or address of a page may be made of.
const NASTY: &str = "<script src=\"https://x.example/'&\u{fffd}\u{1}\u{202e}//\">a</b>";

fn nasty() -> Report {
    let place = |path: &str, bytes| Place { path: path.to_owned(), blobs: 1, bytes };
    let mut report = Report::default();
    report.history.years = BTreeMap::from([
        (1970, Year { commits: 1, blobs: 1, bytes: 0 }),
        (2024, Year { commits: 7, blobs: 3, bytes: u64::MAX / 4 }),
    ]);
    report.history.places = vec![place(NASTY, 900), place("a/b", 90), place("", 9), place("a", 0)];
    report.history.blobs.total = 1000;
    report.history.blobs.largest = vec![Large {
        size: 900,
        object: "0".repeat(40),
        path: Some(NASTY.to_owned()),
        commit: NASTY.to_owned(),
    }];
    report.advice = vec![Advice { reason: NASTY.to_owned(), command: NASTY.to_owned() }];
    report
}

#[test]
fn any_text_is_only_text() {
    let report = nasty();
    let page = page(&Shown { report: &report, usage: Vec::new() }, NASTY);
    // Title, heading, two treemaps (tooltip each, and label), table, advice: as text everywhere.
    assert!(page.matches("&lt;script src=&quot;https://x.example/&#39;&amp;\u{fffd}").count() >= 7, "{page}");
    assert!(!page.contains("<script") && !page.contains("'&\u{fffd}"));
    assert!(page.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'));
    let allowed = [
        "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "ul", "li",
        "strong", "svg", "text", "rect", "line", "g", "div", "table", "tr", "th", "td", "pre", "footer",
    ];
    let mut open: Vec<&str> = Vec::new();
    for part in page.split('<').skip(1) {
        let (tag, _) = part.split_once('>').expect("every tag ends");
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        assert!(allowed.contains(&name), "{tag}");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "{tag}");
        } else if !tag.ends_with('/') && !["meta", "!DOCTYPE"].contains(&name) {
            open.push(name);
        }
        // Nothing has an address.
        for attribute in ["href", "src=", "url(", "onload", "onclick", "@import"] {
            assert!(!tag.contains(attribute), "{tag}");
        }
    }
    assert_eq!(open, Vec::<&str>::new());
    assert!(!STYLE.contains("url("));
    assert_eq!(STYLE.matches('@').count(), STYLE.matches("@media").count());
}

#[test]
fn a_page_about_nothing() {
    let report = Report::default();
    let page = page(&Shown { report: &report, usage: Vec::new() }, "");
    assert!(page.contains("<p>None.</p>") && !page.contains("NaN") && !page.contains("inf"), "{page}");
}
