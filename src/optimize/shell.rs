//! Words of a POSIX shell, for commands that people paste into one and those that are scheduled.

use bstr::ByteSlice;

/// A word that stands for this text, in quotes only where it takes them.
pub(super) fn word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    String::from_utf8_lossy(&quoted(text.as_bytes())).into_owned()
}

/// A word that stands for these bytes, in quotes.
pub(super) fn quoted(bytes: &[u8]) -> Vec<u8> {
    [b"'".as_slice(), &bytes.replace("'", "'\\''"), b"'"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_a_shell_makes_of_them() {
        for text in ["plain/v1.0", "", " ", "it's", "$HOME `x` \"y\" \\", "*?[a]~", "a\nb", "\u{fc}"] {
            let script = format!("printf %s {}", word(text));
            let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stdout), text, "{script}");
        }
        assert_eq!(word("refs/pull"), "refs/pull");
    }
}
