//! The pictures of the page.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::escape;
use super::treemap::{Rect, layout};
use crate::optimize::report::figures::{Place, Year};
use crate::optimize::run::space::size;

/// Colours of the stylesheet for directories; what is in the same one at the top has the same.
const COLORS: usize = 7;
/// The one for what is in none.
const NO_DIRECTORY: usize = 7;
/// Width of a character of the small text, about; and of those that are wide.
const CHARACTER: f64 = 7.4;
const WIDE: f64 = 12.0;
/// Room for the years below bars, and for the largest value above them.
const BELOW: f64 = 22.0;
const ABOVE: f64 = 20.0;

/// Both widths of a picture: `draw` gets its class and its width.
fn both(page: &mut String, draw: impl Fn(&mut String, &str, f64)) {
    draw(page, "wide", 920.0);
    draw(page, "narrow", 332.0);
}

/// Commits and bytes by year.
pub(super) fn growth(page: &mut String, years: &BTreeMap<i64, Year>) {
    both(page, |page, class, width| {
        bars(page, class, width, "commits", years.iter().map(|(year, sum)| (*year, sum.commits)), |n| {
            n.to_string()
        });
        bars(page, class, width, "bytes", years.iter().map(|(year, sum)| (*year, sum.bytes)), size);
    });
}

fn bars(
    page: &mut String,
    class: &str,
    width: f64,
    what: &str,
    values: impl Iterator<Item = (i64, u64)>,
    shown: impl Fn(u64) -> String,
) {
    let values: Vec<(i64, u64)> = values.collect();
    let most = values.iter().map(|(_, value)| *value).max().unwrap_or(0).max(1);
    let height = 180.0;
    let (step, room) = (width / values.len().max(1) as f64, height - ABOVE - BELOW);
    let every = (CHARACTER * 6.0 / step).ceil().max(1.0) as usize;
    let _ = writeln!(
        page,
        "<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{0} by year\">\n\
         <text x=\"0\" y=\"13\">{0}, at most {1}</text>",
        escape(what),
        escape(&shown(most))
    );
    for (at, (year, value)) in values.iter().enumerate() {
        let tall = room * *value as f64 / most as f64;
        let (x, bar) = (at as f64 * step, (step * 0.8).min(48.0));
        let middle = x + step / 2.0;
        let _ = writeln!(
            page,
            "<rect class=\"bar\" x=\"{:.1}\" y=\"{:.1}\" width=\"{bar:.1}\" height=\"{tall:.1}\"><title>{year}: \
             {}</title></rect>",
            middle - bar / 2.0,
            height - BELOW - tall,
            escape(&shown(*value)),
        );
        if at % every == 0 {
            let _ = writeln!(
                page,
                "<text class=\"middle\" x=\"{middle:.1}\" y=\"{:.1}\">{year}</text>",
                height - 6.0
            );
        }
    }
    let _ =
        writeln!(page, "<line x1=\"0\" x2=\"{width}\" y1=\"{0:.1}\" y2=\"{0:.1}\"/>\n</svg>", height - BELOW);
}

/// A treemap of the largest places; what they leave of `total` is one more.
pub(super) fn places(page: &mut String, places: &[Place], total: u64) {
    let named: u64 = places.iter().map(|place| place.bytes).sum();
    let others = Place { path: "(others)".to_owned(), blobs: 0, bytes: total.saturating_sub(named) };
    let mut all: Vec<&Place> = places.iter().chain([&others]).filter(|place| place.bytes > 0).collect();
    all.sort_by_key(|place| std::cmp::Reverse(place.bytes));
    let mut directories: Vec<&str> = Vec::new();
    for place in &all {
        directories.extend(directory(place).filter(|name| !directories.contains(name)));
    }
    let sizes: Vec<f64> = all.iter().map(|place| place.bytes as f64).collect();
    both(page, |page, class, width| {
        let height = if class == "wide" { 480.0 } else { 520.0 };
        let _ = writeln!(
            page,
            "<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"bytes by path\">"
        );
        for (place, rect) in all.iter().zip(layout(&sizes, Rect { x: 0.0, y: 0.0, width, height })) {
            let number = directories.iter().position(|name| directory(place) == Some(name));
            let color = number.map_or(NO_DIRECTORY, |number| number % COLORS);
            tile(page, place, rect, color, total);
        }
        let _ = writeln!(page, "</svg>");
    });
}

/// The directory at the top that a path is in.
fn directory(place: &Place) -> Option<&str> {
    place.path.split_once('/').map(|(name, _)| name)
}

fn tile(page: &mut String, place: &Place, rect: Rect, color: usize, total: u64) {
    let Rect { x, y, width, height } = rect;
    let share = 100.0 * place.bytes as f64 / total.max(1) as f64;
    let bytes = size(place.bytes);
    let _ = writeln!(
        page,
        "<g><title>{}: {}, {share:.1} %</title><rect class=\"tile c{color}\" x=\"{x:.1}\" y=\"{y:.1}\" \
         width=\"{width:.1}\" height=\"{height:.1}\"/>",
        escape(&place.path),
        escape(&bytes),
    );
    let room = width - 8.0;
    if room >= 5.0 * CHARACTER && height >= 18.0 {
        let _ = write!(
            page,
            "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            x + 4.0,
            y + 14.0,
            short(&place.path, room)
        );
    }
    if room >= bytes.len() as f64 * CHARACTER && height >= 34.0 {
        let _ =
            write!(page, "<text class=\"less\" x=\"{:.1}\" y=\"{:.1}\">{bytes}</text>", x + 4.0, y + 29.0);
    }
    let _ = writeln!(page, "</g>");
}

/// How wide a character may be; text has the font that the reader's machine has.
fn width_of(c: char) -> f64 {
    match c {
        'M' | 'W' | 'm' | 'w' | '@' | '%' => WIDE,
        c if c.is_ascii_uppercase() => 9.5,
        c if c.is_ascii() => CHARACTER,
        _ => WIDE,
    }
}

/// The end of a path, which tells more than its beginning, as much of it as there is room for; escaped.
fn short(path: &str, room: f64) -> String {
    let total = |text: &str| text.chars().map(width_of).sum::<f64>();
    if total(path) <= room {
        return escape(path);
    }
    let mut left = room - width_of('\u{2026}');
    let fits = |c: &char| {
        left -= width_of(*c);
        left >= 0.0
    };
    let end: usize = path.chars().rev().take_while(fits).map(char::len_utf8).sum();
    escape(&format!("\u{2026}{}", &path[path.len() - end..]))
}
