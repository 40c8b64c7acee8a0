//! What is known of encodings by their names. Converting is the C library's, which knows some and not others.

/// Encodings in which each byte of ASCII means itself. The last part of their names is left out: a number, mostly.
const SUPERSETS_OF_ASCII: &[&str] =
    &["us-ascii", "iso-8859-", "iso8859-", "iso_8859-", "latin", "latin-", "windows-125", "cp125", "koi8-"];

/// Encodings in which ASCII means itself but for backslash and tilde, or where it may be a part of another character.
/// Lines, angle brackets and digits are what they are all the same.
const NEARLY: &[&str] =
    &["shift_jis", "shift-jis", "sjis", "cp93", "cp94", "cp95", "euc-", "gbk", "gb2312", "gb18030", "big5"];

/// Whether it is UTF-8, by the two spellings that git itself takes for it, in any case.
pub(crate) fn is_utf8(name: &[u8]) -> bool {
    [b"utf-8".as_slice(), b"utf8"].iter().any(|utf8| name.eq_ignore_ascii_case(utf8))
}

/// Whether it is ISO 8859-1, by names that every iconv knows.
pub(crate) fn is_latin1(name: &[u8]) -> bool {
    [b"iso-8859-1".as_slice(), b"iso8859-1", b"latin1"].iter().any(|latin1| name.eq_ignore_ascii_case(latin1))
}

/// Whether ASCII in this encoding is UTF-8 as it is.
pub(crate) fn keeps_ascii(name: &[u8]) -> bool {
    is_one_of(SUPERSETS_OF_ASCII, name)
}

/// Whether the headers of a commit in this encoding say the same before it is converted and after.
pub(super) fn keeps_headers(name: &[u8]) -> bool {
    // Without a name it is the encoding of the locale.
    name.is_empty() || keeps_ascii(name) || is_one_of(NEARLY, name)
}

fn is_one_of(families: &[&str], name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let rest = |family: &&str| name.strip_prefix(family.as_bytes());
    families.iter().filter_map(rest).any(|rest| rest.len() <= 2 && rest.iter().all(u8::is_ascii_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_what_looks_like_them() {
        for name in
            ["ISO-8859-1", "iso8859-15", "latin1", "Latin-9", "windows-1252", "CP1251", "KOI8-R", "US-ASCII"]
        {
            assert!(keeps_ascii(name.as_bytes()) && keeps_headers(name.as_bytes()), "{name}");
        }
        for name in ["", "Shift_JIS", "EUC-JP", "gbk", "GB18030", "cp932", "Big5"] {
            assert!(!keeps_ascii(name.as_bytes()) && keeps_headers(name.as_bytes()), "{name}");
        }
        // The first two are sets of ISO 646, in which braces are letters.
        for name in ["latin-greek", "iso646-de", "UTF-16", "UTF-7", "ISO-2022-JP", "HZ", "IBM037", "X-none"] {
            assert!(!keeps_headers(name.as_bytes()), "{name}");
        }
    }
}
