//! Formats and date modes for generated command lines.

use std::ffi::OsString;

use fastrand::Rng;

/// One option that says how a commit is shown.
pub(crate) fn option(rng: &mut Rng) -> Vec<OsString> {
    match rng.u8(0..10) {
        0..=2 => {
            let name = BUILT_IN[rng.usize(0..BUILT_IN.len())];
            vec![format!("{}{name}", ["--format=", "--pretty="][rng.usize(0..2)]).into()]
        }
        3..=6 => vec![format!("--format={}", template(rng)).into()],
        7 => vec![format!("--pretty=format:{}", template(rng)).into()],
        _ => vec![format!("--date={}", DATES[rng.usize(0..DATES.len())]).into()],
    }
}

const BUILT_IN: &[&str] = &[
    "oneline",
    "short",
    "medium",
    "full",
    "fuller",
    "reference",
    "email",
    "mboxrd",
    "raw",
    "mine",
    "tformat:%h",
    "format:",
    "tformat:",
    "format:%h%n",
    "one",
    "fulle",
    "em",
    "mb",
];

const DATES: &[&str] = &[
    "relative",
    "local",
    "default",
    "iso",
    "iso8601",
    "iso-strict",
    "rfc",
    "rfc2822",
    "short",
    "raw",
    "human",
    "unix",
    "iso-local",
    "short-local",
    "raw-local",
    "relative-local",
    "human-local",
    "default-local",
    "rfc-local",
    "format:%Y-%m-%d %H:%M:%S %z %Z",
    "format-local:%c %x %X %s",
    "format:%a %A %b %B %j %U %%",
    "auto:iso",
    "format:",
    "iso-strict-local",
    "unix-local",
];

const PLACEHOLDERS: &[&str] = &[
    "H",
    "h",
    "T",
    "t",
    "P",
    "p",
    "an",
    "aN",
    "ae",
    "aE",
    "al",
    "aL",
    "ad",
    "aD",
    "ar",
    "at",
    "ai",
    "aI",
    "as",
    "ah",
    "cn",
    "cN",
    "ce",
    "cE",
    "cl",
    "cL",
    "cd",
    "cD",
    "cr",
    "ct",
    "ci",
    "cI",
    "cs",
    "ch",
    "d",
    "D",
    "S",
    "e",
    "s",
    "f",
    "b",
    "B",
    "N",
    "GG",
    "G?",
    "gD",
    "gd",
    "gn",
    "ge",
    "gs",
    "m",
    "n",
    "%",
    "x41",
    "x00",
    "xe9",
    "xZ",
    "Cred",
    "Cgreen",
    "C(bold blue)",
    "C(auto)",
    "C(always,red)",
    "C(auto,yellow)",
    "Creset",
    "C(bad",
    "C(yellow ul)",
    "w(20,2,4)",
    "w(0)",
    "w(40)",
    "<(20)",
    "<(10,trunc)",
    "<(10,ltrunc)",
    "<(10,mtrunc)",
    "<|(30)",
    ">(20)",
    ">>(12)",
    "><(20)",
    ">|(30)",
    "><|(25)",
    "trailers",
    "(trailers)",
    "(trailers:only)",
    "(trailers:key=Signed-off-by)",
    "(trailers:unfold)",
    "(trailers:key=Fixes,valueonly,separator=%x2C)",
    "(trailers:only=false,key_value_separator=%x3A)",
    "(describe)",
    "(describe:tags=true)",
    "(decorate)",
    "(decorate:prefix=<,suffix=>,separator=;)",
    "(decorate:pointer=~)",
    "q",
    "aX",
    "(nope)",
    "",
    "G",
];

const LITERALS: &[&str] = &[" ", " ", "|", ", ", "é", "日", "<", ">", "\t", " - ", "\n", ":"];

/// A template: mostly the placeholders that people use, in any order.
fn template(rng: &mut Rng) -> String {
    const COMMON: usize = 30;
    let mut text = String::new();
    for _ in 0..rng.usize(1..7) {
        text.push_str(match rng.u8(0..16) {
            0 => "%+",
            1 => "%-",
            2 => "% ",
            _ => "%",
        });
        let name = match rng.u8(0..3) {
            0 => ["H", "h", "an", "s", "ad", "B", "b", "d", "cI"][rng.usize(0..9)],
            1 => PLACEHOLDERS[rng.usize(0..COMMON)],
            _ => PLACEHOLDERS[rng.usize(0..PLACEHOLDERS.len())],
        };
        text.push_str(name);
        if rng.bool() {
            text.push_str(LITERALS[rng.usize(0..LITERALS.len())]);
        }
    }
    text
}
