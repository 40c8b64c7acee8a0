//! From the Markdown that our pages are written in to the macros of man(7). It knows headings, paragraphs, lists, tables,
//! blocks of code and definitions (`term` on a line, `: text` on the next), and nothing else.

use std::fmt::Write as _;

/// Lines of text are filled up to this many bytes.
const WIDTH: usize = 76;

/// The title line of a page. `section` is its section of the manual, `date` when it was last looked over.
pub(super) fn title(name: &str, section: u8, date: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let name = escape(&name.to_uppercase());
    format!(".TH {name} {section} {date} \"git-fast {version}\" \"git-fast manual\"\n.nh\n.ad l\n")
}

/// The body of a page. Headings of the first two levels become sections, deeper ones subsections.
pub(super) fn body(markdown: &str) -> String {
    let mut page = String::new();
    let mut lines = markdown.lines().peekable();
    // Behind a heading and in a list, man(7) starts a paragraph by itself.
    let mut fresh = false;
    while let Some(line) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        if let Some((level, text)) = heading(line) {
            let request = if level <= 2 { "SH" } else { "SS" };
            let text = if level <= 2 { text.to_uppercase() } else { text.to_owned() };
            let _ = writeln!(page, ".{request} {}", inline(&text));
            fresh = true;
            continue;
        }
        if line.starts_with("```") {
            open_block(&mut page, &mut fresh);
            for code in lines.by_ref().take_while(|line| !line.starts_with("```")) {
                let _ = writeln!(page, "{}", guarded(&escape(code)));
            }
            page.push_str(".EE\n.RE\n");
            continue;
        }
        if let Some(line) = line.strip_prefix("    ") {
            open_block(&mut page, &mut fresh);
            let _ = writeln!(page, "{}", guarded(&escape(line)));
            while let Some(code) = lines.next_if(|line| line.starts_with("    ")) {
                let _ = writeln!(page, "{}", guarded(&escape(&code[4..])));
            }
            page.push_str(".EE\n.RE\n");
            continue;
        }
        if line.starts_with('|') {
            let mut rows = vec![cells(line)];
            while let Some(row) = lines.next_if(|line| line.starts_with('|')) {
                rows.push(cells(row));
            }
            table(&mut page, &rows);
            fresh = false;
            continue;
        }
        let mut text = line.to_owned();
        let starts = |line: &str| {
            line.trim().is_empty()
                || line.starts_with("- ")
                || line.starts_with(": ")
                || line.starts_with('|')
                || line.starts_with("```")
                || heading(line).is_some()
        };
        while let Some(more) = lines.next_if(|line| !starts(line)) {
            let _ = write!(text, " {}", more.trim());
        }
        if let Some(text) = text.strip_prefix("- ") {
            page.push_str(".IP \\(bu 2\n");
            fill(&mut page, text);
        } else if let Some(text) = text.strip_prefix(": ") {
            fill(&mut page, text);
        } else if lines.peek().is_some_and(|line| line.starts_with(": ")) {
            let _ = write!(page, ".TP\n{}\n", guarded(&inline(&text)));
        } else {
            page.push_str(if fresh { "" } else { ".PP\n" });
            fill(&mut page, &text);
        }
        fresh = false;
    }
    page
}

fn open_block(page: &mut String, fresh: &mut bool) {
    page.push_str(if *fresh { ".RS 4\n.EX\n" } else { ".PP\n.RS 4\n.EX\n" });
    *fresh = false;
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    line.get(level..)?.strip_prefix(' ').filter(|_| level > 0).map(|text| (level, text))
}

fn cells(row: &str) -> Vec<String> {
    row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// Each row is an item: its first cells are the term, the last one says what it is. (tbl(1) is not everywhere, and no
/// terminal is as wide as our tables.)
fn table(page: &mut String, rows: &[Vec<String>]) {
    let is_rule = |row: &[String]| row.iter().all(|cell| cell.bytes().all(|byte| b"-: ".contains(&byte)));
    let [head, rows @ ..] = rows else { return };
    let term = |row: &[String]| {
        let cells = row[..row.len() - 1].iter().filter(|cell| !cell.is_empty());
        cells.map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    if !head.iter().all(String::is_empty) {
        let _ = writeln!(page, ".TP\n\\fI{}\\fR", escape(&term(head)));
        fill(page, &format!("*{}*", head[head.len() - 1]));
    }
    for row in rows.iter().filter(|row| !is_rule(row)) {
        let _ = writeln!(page, ".TP\n{}", guarded(&inline(&term(row))));
        fill(page, &row[row.len() - 1]);
    }
}

/// Fills lines with the words of one paragraph.
fn fill(page: &mut String, text: &str) {
    let mut line = String::new();
    for word in inline(text).split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && line.len() + 1 + word.len() > WIDTH {
            let _ = writeln!(page, "{}", guarded(&line));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        let _ = writeln!(page, "{}", guarded(&line));
    }
}

/// `code` and **strong** text in bold, *emphasis* underlined, links as their text.
fn inline(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*', '[']) {
        let (before, marked) = rest.split_at(at);
        out.push_str(&escape(before));
        let (mark, font) = match marked.as_bytes() {
            [b'`', ..] => ("`", "\\fB"),
            [b'*', b'*', ..] => ("**", "\\fB"),
            [b'*', ..] => ("*", "\\fI"),
            _ => ("[", ""),
        };
        let inside = &marked[mark.len()..];
        if mark == "["
            && let Some((text, link)) = inside.split_once("](")
            && let Some((_, after)) = link.split_once(')')
            && !text.contains(']')
        {
            out.push_str(&inline(text));
            rest = after;
        } else if mark != "["
            && let Some((text, after)) = inside.split_once(mark).filter(|(text, _)| !text.is_empty())
        {
            let _ = write!(out, "{font}{}\\fR", escape(text));
            rest = after;
        } else {
            out.push_str(mark);
            rest = inside;
        }
    }
    out + &escape(rest)
}

fn escape(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-").replace('…', "...").replace('→', "\\(->");
    // In ASCII these would be quotation marks and accents to groff.
    text.replace('\'', "\\(aq").replace('^', "\\(ha").replace('`', "\\(ga").replace('~', "\\(ti")
}

/// A line of text that does not look like a request.
fn guarded(line: &str) -> String {
    if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line.to_owned() }
}
