//! Generated patterns on generated names: which of them git ignores. No pattern is left to git.
//!
//! `GIT_FAST_PATTERN_SEED` replays, `GIT_FAST_PATTERN_ROUNDS` runs for longer.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;
use fastrand::Rng;

use super::{git_status, repository, same_native};
use crate::support::Environment;

const ROUNDS: u64 = 30;
const PIECES: &[&str] = &[
    "a",
    "b",
    "ab",
    "A",
    "*",
    "**",
    "?",
    "/",
    "/",
    "/",
    "[ab]",
    "[!a]",
    "[^b]",
    "[a-c]",
    "[]a]",
    "[a-]",
    "[[:alpha:]]",
    "[[:digit:][:upper:]]",
    "[\\]]",
    "[a",
    "\\",
    "\\*",
    "\\a",
    " ",
    "\\ ",
    ".",
    "-",
    "#",
    "!",
    "\u{e9}",
    "\u{fe}",
    "1",
    "\t",
    "\r",
    "[a-\\c]",
    "[!]a]",
    "[[.a.]]",
    "{a,b}",
    "**/",
    "/**",
    "/**/",
    "*/",
    "[/]",
    "a/b",
    "a/**/b",
];
const NAMES: &[&[u8]] = &[
    b"a",
    b"b",
    b"ab",
    b"A",
    b"aa",
    b"abc",
    b"[a",
    b"]",
    b"\\",
    b"*",
    b" ",
    b"a ",
    b"#",
    b"!",
    b"-",
    b".a",
    b"\xe9",
    "\u{e9}".as_bytes(),
    b"1",
    b"a\tb",
    b"a\r",
    b"{a,b}",
    b"\xc3",
];

fn path(rng: &mut Rng) -> PathBuf {
    let depth = [1, 1, 2, 2, 3, 4][rng.usize(0..6)];
    (0..depth).map(|_| Path::new(OsStr::from_bytes(NAMES[rng.usize(0..NAMES.len())]))).collect()
}

fn pattern(rng: &mut Rng) -> Vec<u8> {
    let mut text = Vec::new();
    if rng.u8(0..4) == 0 {
        text.push(b'!');
    }
    if rng.u8(0..4) == 0 {
        text.push(b'/');
    }
    for _ in 0..rng.usize(1..5) {
        let piece = PIECES[rng.usize(0..PIECES.len())];
        // Not all of them are UTF-8.
        if piece == "\u{fe}" { text.push(0xe9) } else { text.extend_from_slice(piece.as_bytes()) }
    }
    if rng.u8(0..4) == 0 {
        text.push(b'/');
    }
    text
}

#[test]
fn generated_patterns() {
    let number = |name: &str, default: u64| {
        env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
    };
    let (seed, rounds) = (number("GIT_FAST_PATTERN_SEED", 11), number("GIT_FAST_PATTERN_ROUNDS", ROUNDS));
    let env = Environment::new();
    let dir = repository(&env, "true");
    for round in seed..seed + rounds {
        let mut rng = Rng::with_seed(round);
        for _ in 0..15 {
            let full = dir.join(path(&mut rng));
            let _ = full.parent().map(fs::create_dir_all);
            let _ = fs::write(full, "x");
        }
        let mut written = Vec::new();
        for _ in 0..3 {
            let place = if rng.bool() { PathBuf::new() } else { path(&mut rng) };
            let mut lines: Vec<Vec<u8>> = (0..rng.usize(1..4)).map(|_| pattern(&mut rng)).collect();
            if rng.u8(0..8) == 0 {
                lines.push(b"*".to_vec());
            }
            let file = dir.join(place).join(".gitignore");
            if fs::write(&file, lines.join(&b'\n')).is_ok() {
                written.push((file, lines.join(&b'\n')));
            }
        }
        for words in [
            &["-z", "--ignored"][..],
            &["-z", "-uall", "--ignored=matching"],
            &["-z", "-unormal", "--ignored=matching"],
        ] {
            // The difference is worth nothing without the patterns.
            let their = git_status(&env, &dir, words);
            let our = env.run(env.ours("git-faststatus", &dir, words));
            if our.stdout != their.stdout {
                for (file, text) in &written {
                    eprint(&format!("{}: {:?}", file.display(), text.as_bstr()));
                }
                eprint(&format!("replay: GIT_FAST_PATTERN_SEED={round} GIT_FAST_PATTERN_ROUNDS=1"));
            }
            same_native(&env, &dir, words);
        }
        for entry in fs::read_dir(&dir).expect("our own directory").flatten() {
            if entry.file_name() != ".git" {
                let path = entry.path();
                let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            }
        }
    }
}

#[allow(clippy::print_stderr, reason = "a seed that nobody sees replays nothing")]
fn eprint(text: &str) {
    eprintln!("{text}");
}
