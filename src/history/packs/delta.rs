//! Deltas in packs: instructions to make an object from another one. The format is that of gitformat-pack(5),
//! "Deltified representation".

/// Objects larger than this are not made here.
pub(super) const LARGE: usize = 64 << 20;

/// Makes the object that `delta` describes from `base`; `None` for anything but a delta for this very base.
pub(crate) fn apply(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
    let mut rest = delta;
    if size(&mut rest)? != base.len() as u64 {
        return None;
    }
    let len = usize::try_from(size(&mut rest)?).ok().filter(|len| *len <= LARGE)?;
    let mut out = Vec::with_capacity(len);
    while let Some((&instruction, after)) = rest.split_first() {
        rest = after;
        let bytes = if instruction & 0x80 != 0 {
            let offset = number(&mut rest, instruction & 0x0f)?;
            let count = match number(&mut rest, instruction >> 4 & 0x07)? {
                0 => 0x1_0000,
                count => count,
            };
            base.get(offset..)?.get(..count)?
        } else if instruction != 0 {
            let (bytes, after) = rest.split_at_checked(usize::from(instruction))?;
            rest = after;
            bytes
        } else {
            return None;
        };
        if out.len() + bytes.len() > len {
            return None;
        }
        out.extend_from_slice(bytes);
    }
    (out.len() == len).then_some(out)
}

/// Seven bits per byte, the lowest first; all bytes but the last have the top bit set.
fn size(rest: &mut &[u8]) -> Option<u64> {
    let mut size = 0;
    for shift in (0..63).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        size |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(size);
        }
    }
    None
}

/// A number of whose bytes, the lowest first, only those are there whose bit in `present` is set.
fn number(rest: &mut &[u8], present: u8) -> Option<usize> {
    let mut number = 0;
    for byte in 0..4 {
        if present >> byte & 1 != 0 {
            let (&value, after) = rest.split_first()?;
            *rest = after;
            number |= usize::from(value) << (8 * byte);
        }
    }
    Some(number)
}
