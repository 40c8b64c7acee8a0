//! Names, messages and paths as they are found in the wild, and worse.

use fastrand::Rng;

/// Words of the subjects: some are also regular expressions, options or revisions.
pub(crate) const WORDS: &[&str] = &[
    "fix",
    "add",
    "remove",
    "the",
    "parser",
    "index",
    "log",
    "walk",
    "Fix",
    "ADD",
    "a.c",
    "a*c",
    "aac",
    "x+y",
    "(group)",
    "[bracket]",
    "back\\slash",
    "v1.0",
    "HEAD",
    "--all",
    "naïve",
    "日本語",
    "ß",
    "é",
    "e\u{301}",
    "tab",
    "cache",
    "bug",
    "bug-42",
    "#17",
    "100%",
    "%H",
    "{brace}",
    "a|b",
    "^start",
    "end$",
    "🦀",
    "İstanbul",
];

/// Who writes: name and e-mail address, as bytes of the header.
pub(crate) const PEOPLE: &[(&[u8], &[u8])] = &[
    (b"A U Thor", b"author@example.com"),
    (b"C O Mitter", b"committer@example.com"),
    (b"Ren\xc3\xa9 Sch\xc3\xb6n", b"rene@example.org"),
    (b"Ren\xe9 Latin", b"latin1@example.org"),
    ("山田太郎".as_bytes(), b"taro@example.jp"),
    (b"", b"nobody@example.com"),
    (b"No Mail", b""),
    (b"", b""),
    (b"Old Name", b"old@example.com"),
    (b"Upper Case", b"Author@Example.COM"),
    (b"\"Quoted, Person\"", b"quoted @ space"),
    (b"dot. name.", b"a.b+c@example.com"),
    (b"Very Long Name Of A Person Who Has Many Given Names And Titles", b"long@example.com"),
];

/// A mailmap that touches some of [`PEOPLE`]; some of its lines are broken.
pub(crate) const MAILMAP: &[u8] = b"# people\nProper Name <author@example.com>\nNew Name <new@example.com> <old@example.com>\n\
    <rene@example.com> <rene@example.org>\nTaro <taro@example.jp> \xe5\xb1\xb1\xe7\x94\xb0\xe5\xa4\xaa\xe9\x83\x8e <taro@example.jp>\n\
    broken line\n<only@mail>\nSomeone <someone@x> Nobody <NOBODY@example.com>\n";

/// Paths of the trees. Some are prefixes of others, so that files become directories and back.
pub(crate) const PATHS: &[&[u8]] = &[
    b"README",
    b"Makefile",
    b"src",
    b"src/main.c",
    b"src/lib.c",
    b"src/lib",
    b"src/lib/a.c",
    b"src/lib/b.c",
    b"src/a.c",
    b"src/a/b/c/d.txt",
    b"doc/index.txt",
    b"doc/Index.txt",
    b"doc",
    b"a",
    b"a/b",
    b"a/b/c",
    b"b",
    b"with space",
    b"dir with space/file",
    b"quo\"te",
    b"tab\there",
    b"new\nline",
    b"\xc3\xa9t\xc3\xa9/\xc3\xa9.txt",
    b"latin\xe9",
    b"\xff\xfe/raw",
    b"*.c",
    b"[x]",
    b"-dash",
    b":colon",
    b"x.c",
    b"zz/1",
    b"zz/2",
    b"zz/3",
    b".mailmap",
    b".gitattributes",
    b"sub",
    "日本/語".as_bytes(),
];

/// A commit message and, where it is not UTF-8, the name for its `encoding` header.
pub(crate) fn message(rng: &mut Rng) -> (Vec<u8>, Option<&'static str>) {
    match rng.u8(0..40) {
        0 => (Vec::new(), None),
        1 => (b"\n\n\n".to_vec(), None),
        2 => (b"caf\xe9 \xe0 la carte\n\nd\xe9j\xe0 vu\n".to_vec(), Some("ISO-8859-1")),
        3 => (b"\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0\n".to_vec(), Some("windows-1251")),
        4 => (b"\x83e\x83X\x83g\n\nbody\n".to_vec(), Some("Shift_JIS")),
        5 => (b"caf\xe9 without a header\n".to_vec(), None),
        6 => (subject(rng).into_bytes(), Some(ENCODINGS[rng.usize(0..ENCODINGS.len())])),
        7 => (b"caf\xe9 that is wrong in its encoding\n".to_vec(), Some("Big5")),
        8 => (b"mixed \xff\xfe\x80 bytes\n\nbody \xc3\n".to_vec(), None),
        9 => (b"before\0after\n\nbody\n".to_vec(), None),
        10 => (b"colour \x1b[31mred\x1b[m and bell \x07\n".to_vec(), None),
        11 => (b"carriage\r\n\r\nreturns\r\nin the body\r\n".to_vec(), None),
        12 => (b"\n\n   leading blank lines\n\nbody\n".to_vec(), None),
        13 => (b"   \n\t\n".to_vec(), None),
        14 => (b"naive\xe9\n".to_vec(), Some("latin1")),
        _ => (plain_message(rng).into_bytes(), None),
    }
}

/// Of text that is ASCII, mostly.
const ENCODINGS: &[&str] = &["UTF-8", "iso-8859-8", "Windows-1255", "koi8-r", "EUC-KR", ""];

fn plain_message(rng: &mut Rng) -> String {
    let mut text = subject(rng);
    for _ in 0..[0, 0, 0, 0, 1, 2][rng.usize(0..6)] {
        text.push('\n');
        text.push_str(&subject(rng));
    }
    for _ in 0..[0, 0, 1, 1, 2, 4][rng.usize(0..6)] {
        text.push_str("\n\n");
        for _ in 0..rng.usize(1..4) {
            text.push_str(["", "  ", "\t", "- ", "> "][rng.usize(0..5)]);
            text.push_str(&subject(rng));
            text.push_str(["\n", "\n", "\n", " \n", ""][rng.usize(0..5)]);
        }
    }
    if rng.u8(0..3) == 0 {
        text.push_str("\n\n");
        for _ in 0..rng.usize(1..4) {
            text.push_str(TRAILERS[rng.usize(0..TRAILERS.len())]);
        }
    }
    text.push_str(["\n", "\n", "\n", "", "\n\n\n"][rng.usize(0..5)]);
    text
}

const TRAILERS: &[&str] = &[
    "Signed-off-by: A U Thor <author@example.com>\n",
    "Signed-off-by: C O Mitter <committer@example.com>\n",
    "Co-authored-by: 山田太郎 <taro@example.jp>\n",
    "Fixes: #42\n",
    "fixes: bug-42\n",
    "Change-Id: I0123456789\n  continued here\n",
    "Link:https://example.com/1\n",
    "(cherry picked from commit 0123456789012345678901234567890123456789)\n",
    "not a trailer at all\n",
    "Empty:\n",
];

/// A few words.
pub(crate) fn subject(rng: &mut Rng) -> String {
    let count = [1, 2, 3, 4, 6, 8, 25][rng.usize(0..7)];
    let words: Vec<&str> = (0..count).map(|_| WORDS[rng.usize(0..WORDS.len())]).collect();
    words.join([" ", " ", " ", "  "][rng.usize(0..4)])
}

/// Quotes a path as `git fast-import` reads it.
pub(crate) fn quote_path(path: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'"'];
    for &byte in path {
        match byte {
            b'"' | b'\\' => quoted.extend([b'\\', byte]),
            b' '..=b'~' => quoted.push(byte),
            _ => quoted.extend(format!("\\{byte:03o}").bytes()),
        }
    }
    quoted.push(b'"');
    quoted
}
