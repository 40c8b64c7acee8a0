//! git's colour language (the values of `color.*` variables and of `%C(…)`) to ANSI sequences, and the default
//! colours of `git log`. Whether colours are used at all is decided by the caller: see [`When`].

#[cfg(test)]
mod tests;

use super::boolean;

/// Ends every coloured stretch.
pub const RESET: &[u8] = b"\x1b[m";
/// `color.diff.commit`: the `commit …` line.
pub const COMMIT: &[u8] = b"\x1b[33m";
/// `color.decorate.branch`.
pub const DECORATE_BRANCH: &[u8] = b"\x1b[1;32m";
/// `color.decorate.remoteBranch`.
pub const DECORATE_REMOTE_BRANCH: &[u8] = b"\x1b[1;31m";
/// `color.decorate.tag`.
pub const DECORATE_TAG: &[u8] = b"\x1b[1;33m";
/// `color.decorate.stash`.
pub const DECORATE_STASH: &[u8] = b"\x1b[1;35m";
/// `color.decorate.HEAD`.
pub const DECORATE_HEAD: &[u8] = b"\x1b[1;36m";
/// `color.decorate.grafted`.
pub const DECORATE_GRAFTED: &[u8] = b"\x1b[1;34m";
/// `log.graphColors`: the columns of `--graph`, in turn.
pub const GRAPH_COLUMNS: [&[u8]; 12] = [
    b"\x1b[31m",
    b"\x1b[32m",
    b"\x1b[33m",
    b"\x1b[34m",
    b"\x1b[35m",
    b"\x1b[36m",
    b"\x1b[1;31m",
    b"\x1b[1;32m",
    b"\x1b[1;33m",
    b"\x1b[1;34m",
    b"\x1b[1;35m",
    b"\x1b[1;36m",
];

/// A `--color=` argument or the value of `color.ui`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// `never`, or a false boolean.
    Never,
    /// `always`.
    Always,
    /// `auto`, or a true boolean: colours if the output is a terminal (or git's pager) and `TERM` isn't `dumb`.
    Auto,
}

impl When {
    /// Reads the value of a configuration variable; `None` stands for a variable without `=`.
    ///
    /// Returns `None` for what git rejects with `bad boolean config value`.
    pub fn parse_config(value: Option<&[u8]>) -> Option<When> {
        let Some(value) = value else { return Some(When::Auto) };
        for (word, when) in [("never", When::Never), ("always", When::Always), ("auto", When::Auto)] {
            if value.eq_ignore_ascii_case(word.as_bytes()) {
                return Some(when);
            }
        }
        Some(if boolean::parse(value)? { When::Auto } else { When::Never })
    }

    /// Whether to colour, given that the output is a terminal or git's pager and that `TERM` isn't `dumb`.
    pub fn resolve(self, terminal: bool) -> bool {
        match self {
            When::Never => false,
            When::Always => true,
            When::Auto => terminal,
        }
    }
}

/// One of the two colours of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Color {
    /// `normal`: leave it as it is.
    Normal,
    /// One of the codes 30–39 and 90–97 (for the foreground).
    Ansi(u8),
    /// 16–255.
    Palette(u8),
    /// `#rrggbb`.
    Rgb(u8, u8, u8),
}

/// Turns a colour value (`bold red`, `#ff0000 ul`, `reset`) into the sequence that git prints.
///
/// Empty output for an empty value and for `normal`. `None` is what git rejects with `invalid color value`.
pub fn parse(spec: &[u8]) -> Option<Vec<u8>> {
    let mut reset = false;
    // Bit n: code n. All codes are below 32, and git prints them in ascending order.
    let mut attributes = 0u32;
    let mut colors: [Option<Color>; 2] = [None; 2];
    for word in
        spec.split(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).filter(|word| !word.is_empty())
    {
        if word.eq_ignore_ascii_case(b"reset") {
            reset = true;
        } else if let Some(color) = parse_color(word) {
            *colors.iter_mut().find(|slot| slot.is_none())? = Some(color);
        } else {
            attributes |= 1 << parse_attribute(word)?;
        }
    }

    let mut codes: Vec<u8> = Vec::new();
    let mut first = !reset;
    let mut separate = |codes: &mut Vec<u8>| {
        if !std::mem::replace(&mut first, false) {
            codes.push(b';');
        }
    };
    for code in (0..32).filter(|code| attributes >> code & 1 == 1) {
        separate(&mut codes);
        codes.extend_from_slice(code.to_string().as_bytes());
    }
    for (color, background) in colors.into_iter().zip([0, 10]) {
        let text = match color {
            None | Some(Color::Normal) => continue,
            Some(Color::Ansi(code)) => (code + background).to_string(),
            Some(Color::Palette(index)) => format!("{};5;{index}", 38 + background),
            Some(Color::Rgb(red, green, blue)) => format!("{};2;{red};{green};{blue}", 38 + background),
        };
        separate(&mut codes);
        codes.extend_from_slice(text.as_bytes());
    }
    if codes.is_empty() && !reset {
        return Some(codes);
    }
    Some([b"\x1b[", codes.as_slice(), b"m"].concat())
}

/// Reads a colour word; letters' case doesn't matter.
fn parse_color(word: &[u8]) -> Option<Color> {
    const NAMES: [&str; 8] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
    let word = word.to_ascii_lowercase();
    match word.as_slice() {
        b"normal" => return Some(Color::Normal),
        b"default" => return Some(Color::Ansi(39)),
        [b'#', digits @ ..] => return parse_rgb(digits),
        _ => {}
    }
    let (name, base) = match word.strip_prefix(b"bright") {
        Some(name) => (name, 90),
        None => (word.as_slice(), 30),
    };
    if let Some(index) = NAMES.iter().position(|color| color.as_bytes() == name) {
        return Some(Color::Ansi(base + index as u8));
    }
    let number: i64 = std::str::from_utf8(&word).ok()?.parse().ok()?;
    match number {
        -1 => Some(Color::Normal),
        0..=7 => Some(Color::Ansi(30 + number as u8)),
        8..=15 => Some(Color::Ansi(90 + number as u8 - 8)),
        16..=255 => Some(Color::Palette(number as u8)),
        _ => None,
    }
}

/// The digits of `#rrggbb` or `#rgb`.
fn parse_rgb(digits: &[u8]) -> Option<Color> {
    let digit = |at: usize| (digits[at] as char).to_digit(16).map(|value| value as u8);
    match digits.len() {
        3 => Some(Color::Rgb(digit(0)? * 17, digit(1)? * 17, digit(2)? * 17)),
        6 => {
            let pair = |at: usize| Some(digit(at)? * 16 + digit(at + 1)?);
            Some(Color::Rgb(pair(0)?, pair(2)?, pair(4)?))
        }
        _ => None,
    }
}

/// Reads an attribute word (lower case only) and returns its code.
fn parse_attribute(word: &[u8]) -> Option<u8> {
    let (name, off) = match word.strip_prefix(b"no") {
        Some(rest) => (rest.strip_prefix(b"-").unwrap_or(rest), true),
        None => (word, false),
    };
    let (on_code, off_code) = match name {
        b"bold" => (1, 22),
        b"dim" => (2, 22),
        b"italic" => (3, 23),
        b"ul" => (4, 24),
        b"blink" => (5, 25),
        b"reverse" => (7, 27),
        b"strike" => (9, 29),
        _ => return None,
    };
    Some(if off { off_code } else { on_code })
}
