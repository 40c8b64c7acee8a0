//! git's boolean values, as configuration and placeholders have them.

/// Reads a boolean: git's words in any case, nothing (false), or a number as C writes them, with a unit.
///
/// `None` for what git calls a bad boolean.
pub(super) fn parse(value: &[u8]) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
    if is(&["true", "yes", "on"]) {
        return Some(true);
    }
    if is(&["false", "no", "off", ""]) {
        return Some(false);
    }
    Some(parse_number(value)? != 0)
}

/// The size of a number within 32 bits: white space, a sign, an octal, decimal or hexadecimal number, and `k`, `m` or `g`.
fn parse_number(value: &[u8]) -> Option<u64> {
    let spaces = value.iter().take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).count();
    let value = &value[spaces..];
    let value = value.strip_prefix(b"-").or(value.strip_prefix(b"+")).unwrap_or(value);
    let (value, factor) = match value.last()? {
        b'k' | b'K' => (&value[..value.len() - 1], 1 << 10),
        b'm' | b'M' => (&value[..value.len() - 1], 1 << 20),
        b'g' | b'G' => (&value[..value.len() - 1], 1 << 30),
        _ => (value, 1),
    };
    let (digits, radix) = match value {
        [b'0', b'x' | b'X', digits @ ..] => (digits, 16),
        [b'0', ..] => (value, 8),
        _ => (value, 10),
    };
    if !digits.first()?.is_ascii_alphanumeric() {
        return None;
    }
    let number = u64::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?;
    number.checked_mul(factor).filter(|&number| number <= i32::MAX as u64)
}
