//! Seeded format strings, texts and names.

/// A splitmix64 sequence.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(super) fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

const LITERALS: [&str; 16] = [
    "a", " ", "  ", "|", "x y", "é", "日本", "e\u{301}", "\t", "-", "%%", "%n", "%n%n", "%x20", "%x09",
    "%x00",
];

const PLACEHOLDERS: [&str; 44] = [
    "H", "h", "T", "t", "P", "p", "e", "s", "f", "b", "B", "N", "S", "m", "n", "d", "D", "x41", "s", "s",
    "h", "an", "an", "aN", "ae", "aE", "al", "aL", "ad", "aD", "at", "ai", "aI", "as", "ar", "ah", "cn",
    "cE", "cl", "cd", "b", "gD", "gs", "gE",
];

const SPECIAL: [&str; 22] = [
    "(decorate)",
    "(decorate:prefix=<,suffix=>)",
    "(decorate:separator=%x2c%n,pointer==,tag=)",
    "(decorate:tag=T%%%x29,prefix)",
    "(decorate:pointer=,suffix=,prefix=)",
    "(decorate:foo=1)",
    "(trailers)",
    "(trailers:only)",
    "(trailers:key=Signed-off-by,valueonly,separator=%x2c )",
    "(trailers:unfold,only=no)",
    "(trailers:key_value_separator=%x3a%x3a)",
    "(trailers:bogus)",
    "(nothing)",
    "C(auto)",
    "C(auto)",
    "Cred",
    "Cgreen",
    "Cblue",
    "Creset",
    "C(bold yellow)",
    "C(always,ul red)",
    "C(auto,blue reverse)",
];

const MALFORMED: [&str; 32] = [
    "%g",
    "%gx",
    "%w(",
    "%w(x)",
    "%w(1,2,3,)",
    "%w(1,2,3,4)",
    "%w(-1)",
    "%w( 3 )",
    "%<(",
    "%<(0)",
    "%<(-3)",
    "%<(5,)",
    "%<(5, trunc)",
    "%<(99999)",
    "%<",
    "%>",
    "%<5",
    "%C",
    "%Cx",
    "%C(",
    "%x4",
    "%xzz",
    "%a",
    "%az",
    "%c",
    "%q",
    "%",
    "%+w(9)",
    "%-",
    "%<|(-200)",
    "%<()",
    "%(",
];

/// A format string: mostly sensible, with every modifier, and some nonsense.
pub(super) fn format_string(random: &mut Random) -> String {
    let mut text = String::from(if random.one_in(3) { "format:" } else { "tformat:" });
    for _ in 0..random.below(9) + 1 {
        match random.below(12) {
            0..3 => text.push_str(random.pick(&LITERALS)),
            3 => text.push_str(&wrap(random)),
            4 if random.one_in(2) => text.push_str(random.pick(&MALFORMED)),
            4 => text.push_str(&soup(random)),
            5..7 => {
                text.push_str(&padding(random));
                if random.one_in(8) {
                    text.push_str(random.pick(&LITERALS));
                }
                while random.one_in(4) {
                    text.push_str(random.pick(&["%Cred", "%C(auto)", "%C(bold)", "%C(always,green)"]));
                }
                placeholder(random, &mut text);
            }
            _ => placeholder(random, &mut text),
        }
    }
    text
}

fn placeholder(random: &mut Random, text: &mut String) {
    text.push('%');
    if random.one_in(5) {
        text.push_str(random.pick(&["+", "-", " "]));
    }
    text.push_str(if random.one_in(4) { random.pick(&SPECIAL) } else { random.pick(&PLACEHOLDERS) });
}

/// Characters that mean something, in no order.
fn soup(random: &mut Random) -> String {
    let characters: Vec<char> = "%%%%<<>>||(((),,,,+- wCxnhsdbaD0123456789trunc)".chars().collect();
    (0..random.below(12) + 2).map(|_| random.pick(&characters)).collect()
}

fn wrap(random: &mut Random) -> String {
    let mut number = |limit| random.below(limit);
    match number(5) {
        0 => "%w()".into(),
        1 => format!("%w({})", number(60)),
        2 => format!("%w({},{})", number(60), number(9)),
        3 => format!("%w(,{},+{})", number(9), number(9)),
        _ => format!("%w({}, {},{})", number(60), number(9), number(9)),
    }
}

fn padding(random: &mut Random) -> String {
    let align = random.pick(&["<", ">", ">>", "><", "<|", ">|", ">>|", "><|"]);
    let width = match random.below(6) {
        0 => random.below(5).to_string(),
        1 => format!(" {} ", random.below(70)),
        2 => format!("-{}", random.below(110)),
        _ => random.below(70).to_string(),
    };
    let truncate = random.pick(&["", "", ",trunc", ",ltrunc", ",mtrunc"]);
    format!("%{align}({width}{truncate})")
}

/// A line of a commit message, without its newline.
pub(super) fn line(random: &mut Random) -> Vec<u8> {
    const WORDS: [&[u8]; 25] = [
        b"word",
        b"a",
        b"Longer-word",
        b"the",
        b"of",
        b"x.y..z",
        b"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
        b"caf\xc3\xa9",
        b"e\xcc\x81",
        b"\xf0\x9f\x98\x80",
        b"\xe2\x80\x8b",
        b"(paren)",
        b"100%",
        b"\t",
        b"a\tb",
        b"  ",
        b"-",
        b".",
        b"_u_",
        b"#1",
        b"\"q\"",
        b"\\n",
        b"\xc2\xa0",
        b"end.",
        b"=?",
    ];
    let ascii = random.one_in(3);
    let mut line = Vec::new();
    if random.one_in(8) {
        line.extend_from_slice(random.pick(&[b"From ".as_slice(), b">From x ", b">> From ", b">>From"]));
    }
    if random.one_in(6) {
        line.extend_from_slice(random.pick(&[b"\t".as_slice(), b"  ", b"   \t", b" "]));
    }
    let longest = if random.one_in(8) { 40 } else { 8 };
    for index in 0..random.below(longest) {
        if index > 0 {
            line.push(b' ');
        }
        if random.one_in(60) {
            line.extend_from_slice(random.pick(&[
                b"\xff".as_slice(),
                b"\xe9t",
                b"\x01",
                b"\x1b[31mred\x1b[m",
                b"\xc3",
            ]));
        } else {
            let word = random.pick(&WORDS);
            line.extend_from_slice(if ascii && !word.is_ascii() { b"plain" } else { word });
        }
    }
    if random.one_in(6) {
        line.extend_from_slice(random.pick(&[b" ".as_slice(), b"\r", b"  \t", b"\t\r"]));
    }
    line
}

/// A commit message.
pub(super) fn message(random: &mut Random) -> Vec<u8> {
    let mut text = Vec::new();
    match random.below(14) {
        0 => return text,
        1 => return b"\n\n \n".to_vec(),
        2 => text.extend_from_slice(b"\n  \n\n"),
        3 => return line(random),
        _ => {}
    }
    let paragraphs = random.below(4) + 1;
    for _ in 0..paragraphs {
        for _ in 0..if random.one_in(2) { 1 } else { random.below(4) + 1 } {
            text.extend(line(random));
            text.push(b'\n');
        }
        text.extend_from_slice(random.pick(&[b"\n".as_slice(), b"\n", b"\n", b" \n\n", b"\r\n"]));
    }
    if random.one_in(3) {
        for _ in 0..random.below(3) + 1 {
            text.extend_from_slice(random.pick(&[
                b"Signed-off-by: A U Thor <a@example.com>\n".as_slice(),
                b"Fixes: #12\n",
                b"Reviewed-by: \xe6\x97\xa5 <n@example.com>\n continued\n",
                b"Acked-by : x\n",
            ]));
        }
    }
    if random.one_in(25) {
        let at = random.below(text.len());
        text[at] = 0;
    }
    text
}
