//! How wide git takes the terminal to be.

/// `COLUMNS`, else what the terminal on standard output says, else 80.
pub fn columns() -> usize {
    let told = std::env::var_os("COLUMNS").and_then(|text| number(text.as_encoded_bytes()));
    told.or_else(known_columns).unwrap_or(80)
}

/// What the terminal on standard output says, if it does.
pub fn known_columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

/// What a text begins with, as C's `atoi` has it; `None` unless that is more than zero.
fn number(text: &[u8]) -> Option<usize> {
    let start = text.iter().position(|byte| !matches!(byte, b' ' | b'\t'..=b'\r'))?;
    let text = text[start..].strip_prefix(b"+").unwrap_or(&text[start..]);
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    let number =
        digits.fold(0i64, |sum, digit| sum.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
    usize::try_from(number as i32).ok().filter(|columns| *columns > 0)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_what_atoi_takes_for_them() {
        for (text, expected) in [
            ("40", Some(40)),
            (" \t+40x", Some(40)),
            ("", None),
            ("x", None),
            ("0", None),
            ("-5", None),
            ("++5", None),
            ("+-5", None),
            ("4294967336", Some(40)),
            ("99999999999999999999", None),
        ] {
            assert_eq!(number(text.as_bytes()), expected, "{text}");
        }
    }
}
