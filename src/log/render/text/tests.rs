//! Against `git column` (widths) and `git log --format` (wrapping, fields).

use super::super::oracle::{Random, Repository};
use super::*;
use crate::repo::git::installed_is;

#[test]
fn every_character_is_as_wide_as_gits() {
    if !installed_is((2, 47), (2, 51), "widths") {
        return;
    }
    let repository = Repository::new([]);
    let characters: Vec<char> = ('\u{20}'..='\u{10ffff}').filter(|&character| character != '\n').collect();
    // Two columns of 10, the second of which shows where the first one ended.
    let mut input = String::new();
    for character in &characters {
        input.push('|');
        input.push(*character);
        input.push_str("\nxxxxxxxxx\n");
    }
    let arguments = ["column", "--mode=row,nodense", "--width=25", "--padding=1"];
    let output = repository.run(&arguments, &[], input.as_bytes());
    let mut lines = 0;
    for (line, character) in output.split(|&byte| byte == b'\n').zip(&characters) {
        let text = line.strip_suffix(b"xxxxxxxxx").expect("the second column");
        let item = format!("|{character}");
        let blanks = text.strip_prefix(item.as_bytes()).expect("the first column").len();
        assert_eq!(width(item.as_bytes()), 10 - blanks, "U+{:04X}", u32::from(*character));
        lines += 1;
    }
    assert_eq!(lines, characters.len());
}

/// Pieces that make texts in which something happens.
const PIECES: &[&[u8]] = &[
    b" ",
    b" ",
    b" ",
    b" ",
    b"  ",
    b"\t",
    b"\n",
    b"\n",
    b"\n\n",
    b"\n\n\n",
    b"\n ",
    b"\n* ",
    b"\r\n",
    b"\r",
    b"a",
    b"in",
    b"word",
    b"Another",
    b"overlongwordthatneverfits",
    b"1",
    b"-",
    b"\x1b[31m",
    b"\x1b[m",
    b"\x1b[1;32m",
    b"\x1b[1",
    b"\x1b",
    b"\x01",
    b"\x7f",
    b"\xc2\x85",
    "\u{e9}".as_bytes(),
    "e\u{301}".as_bytes(),
    "\u{65e5}\u{672c}".as_bytes(),
    "\u{1f600}".as_bytes(),
    "\u{200b}".as_bytes(),
    "\u{ad}".as_bytes(),
    "\u{ff21}".as_bytes(),
    b"\x0b",
    b"\x0c",
    "\u{a0}".as_bytes(),
];
const BROKEN: &[&[u8]] = &[
    b"\xff",
    b"\xc3",
    b"\xe6\x97",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    b"\xf4\x90\x80\x80",
    b"\xef\xbf\xbe",
    b"\xf0\x80\x80\x80",
];

fn text(random: &mut Random, single_line: bool) -> Vec<u8> {
    let broken = random.below(8) == 0;
    let mut text = Vec::new();
    for _ in 0..random.below(24) {
        let piece = if broken && random.below(8) == 0 { random.pick(BROKEN) } else { random.pick(PIECES) };
        if !single_line || !piece.iter().any(|byte| b"\r\n\t\x0b\x0c".contains(byte)) {
            text.extend_from_slice(piece);
        }
    }
    text
}

/// A repository with a commit for each text (after a subject, so that git keeps it as it is). UTF-8 throughout: git
/// must not take the messages to be in need of conversion.
fn repository(texts: &[Vec<u8>]) -> Repository {
    let messages: Vec<Vec<u8>> = texts.iter().map(|text| [b"s\n\n|", text.as_slice()].concat()).collect();
    Repository::new(messages.iter().map(|message| ("1 +0000".to_string(), message.as_slice())))
}

fn texts(random: &mut Random, single_line: bool) -> (Vec<Vec<u8>>, Repository, Vec<Vec<u8>>) {
    let texts: Vec<Vec<u8>> = (0..500).map(|_| text(random, single_line)).collect();
    let repository = repository(&texts);
    let bodies = repository.log("%b", &[], &[]);
    assert_eq!(bodies.len(), texts.len());
    (texts, repository, bodies)
}

fn show(text: &[u8]) -> String {
    text.escape_ascii().to_string()
}

#[test]
fn wrapping_is_gits() {
    let mut random = Random::seeded();
    let (_, repository, bodies) = texts(&mut random, false);
    let mut changed = 0;
    for _ in 0..60 {
        let (width, indent1, indent2) = (random.below(40), random.below(12), random.below(12));
        let format = format!("%w({width},{indent1},{indent2})%b");
        for (body, expected) in bodies.iter().zip(repository.log(&format, &[], &[])) {
            let mut ours = Vec::new();
            wrap(body, width, indent1, indent2, &mut ours);
            assert_eq!(show(&ours), show(&expected), "{format} of {}", show(body));
            changed += usize::from(ours != *body);
        }
    }
    assert!(changed > 1000, "{changed}");
}

#[test]
fn fields_are_gits() {
    let mut random = Random::seeded();
    let (_, repository, bodies) = texts(&mut random, true);
    let before =
        ["", "  ", "x    ", "\x1b[31m  \x1b[m   ", "m   ", " \x1b[38;5;123m ", "   \x1b[1;38;5;123m "];
    let mut cut = 0;
    for _ in 0..120 {
        let (sign, align) = random.pick(&[
            ("<", Align::Left),
            (">", Align::Right),
            (">>", Align::RightSteal),
            ("><", Align::Center),
        ]);
        let (word, trunc) = random.pick(&[
            ("", None),
            (",trunc", Some(Trunc::Right)),
            (",ltrunc", Some(Trunc::Left)),
            (",mtrunc", Some(Trunc::Middle)),
        ]);
        let prefix = random.pick(&before);
        let to = 1 + random.below(30) as i64;
        let (bar, columns) =
            if random.below(3) == 0 { ("|", to - super::width(prefix.as_bytes()) as i64) } else { ("", to) };
        let quoted = prefix.replace('\x1b', "%x1b");
        let format = format!("{quoted}%{sign}{bar}({to}{word})%b");
        for (body, expected) in bodies.iter().zip(repository.log(&format, &[], &[])) {
            let mut ours = [b"kept ", prefix.as_bytes()].concat();
            field(body, columns, align, trunc, 5, &mut ours);
            assert_eq!(show(&ours[5..]), show(&expected), "{} of {}", show(format.as_bytes()), show(body));
            cut += usize::from(super::width(body) as i64 > columns);
        }
    }
    assert!(cut > 1000, "{cut}");
}
