//! Numbers to decimal digits without going through `fmt`: dates are most of what a long log prints.

/// Appends a number of at most two digits as exactly two.
#[inline]
pub(super) fn two(value: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&[b'0' + (value / 10 % 10) as u8, b'0' + (value % 10) as u8]);
}

/// Appends a number, filled up to `width` bytes; with `0` the fill goes between the sign and the digits.
pub(super) fn pad(value: i64, width: usize, fill: u8, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut start = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let negative = value < 0;
    let length = digits.len() - start + usize::from(negative);
    if negative && fill == b'0' {
        out.push(b'-');
    }
    out.resize(out.len() + width.saturating_sub(length), fill);
    if negative && fill != b'0' {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[start..]);
}

/// Appends a zone in git's decimal form with a sign and at least four digits.
pub(super) fn signed_zone(zone: i32, out: &mut Vec<u8>) {
    out.push(if zone < 0 { b'-' } else { b'+' });
    pad(i64::from(zone.unsigned_abs()), 4, b'0', out);
}
