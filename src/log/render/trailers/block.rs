//! Where the trailers of a message are: the last paragraph, if enough of it looks like trailers.

use bstr::ByteSlice;

/// What `git commit --verbose` puts before the diff; a message that still has it ends there.
const SCISSORS: &[u8] = b"# ------------------------ >8 ------------------------\n";
/// Lines that git writes itself. One of them makes a paragraph a block of trailers even if up to three quarters of
/// it are something else.
const GENERATED: [&[u8]; 2] = [b"Signed-off-by: ", b"(cherry picked from commit "];

/// White space as git's own character classes have it.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Lines up to the first of which only white space is left are the same as none.
fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|&byte| is_space(byte))
}

fn is_comment(line: &[u8]) -> bool {
    line.starts_with(b"#")
}

/// The position of the colon after the key, if the line starts with one: letters, digits and `-`, then blanks.
pub(super) fn find_separator(line: &[u8]) -> Option<usize> {
    let key = line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
    let blanks = line[key..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    (key > 0 && line.get(key + blanks) == Some(&b':')).then_some(key + blanks)
}

/// The bytes of the trailer block, with the line break of its last line; empty if there is none.
pub(super) fn find_block(message: &[u8]) -> &[u8] {
    let mut text = message;
    while let Some(line) = text.lines_with_terminator().next()
        && is_blank(line)
    {
        text = &text[line.len()..];
    }
    let text = &text[..end_of_log(text)];
    &text[start_of_block(text)..]
}

/// Where the message proper ends: before a tail of empty lines, comments, and an old-style list of conflicts.
fn end_of_log(text: &[u8]) -> usize {
    let cutoff = if text.starts_with(SCISSORS) {
        0
    } else {
        text.find_iter(SCISSORS).find(|&at| text[at - 1] == b'\n').unwrap_or(text.len())
    };
    // 0 stands for "none", as in git: a message that starts with a comment isn't all tail.
    let mut tail = 0;
    let mut in_conflicts = false;
    let mut at = 0;
    for line in text.lines_with_terminator() {
        if at >= cutoff {
            break;
        }
        let starts_conflicts = line == b"Conflicts:\n";
        in_conflicts |= starts_conflicts;
        if starts_conflicts || is_comment(line) || line[0] == b'\n' {
            if tail == 0 {
                tail = at;
            }
        } else if !(in_conflicts && line[0] == b'\t') && tail != 0 {
            tail = 0;
            in_conflicts = false;
        }
        at += line.len();
    }
    if tail == 0 { cutoff } else { tail }
}

/// Where the block starts in a text that ends with it; the text's length if the last paragraph isn't one.
fn start_of_block(text: &[u8]) -> usize {
    // The first paragraph is the title, whatever it looks like.
    let mut title = 0;
    for line in text.lines_with_terminator() {
        if !is_comment(line) && is_blank(line) {
            break;
        }
        title += line.len();
    }
    let mut count = Count::default();
    let mut seen_text = false;
    let mut end = text.len();
    while end > 0 {
        let start = text[..end - 1].rfind_byte(b'\n').map_or(0, |newline| newline + 1);
        if start < title {
            break;
        }
        let line = &text[start..end];
        if is_comment(line) {
            count.other_line();
        } else if !is_blank(line) {
            seen_text = true;
            count.line(line);
        } else if seen_text {
            return if count.is_block() { end } else { text.len() };
        }
        end = start;
    }
    text.len()
}

/// What a paragraph is made of, read backwards.
#[derive(Default)]
struct Count {
    trailers: usize,
    others: usize,
    /// Indented lines: they belong to the line before them, which is still to come.
    indented: usize,
    generated: bool,
}

impl Count {
    fn line(&mut self, line: &[u8]) {
        if GENERATED.iter().any(|prefix| line.starts_with(prefix)) {
            self.trailers += 1;
            self.indented = 0;
            self.generated = true;
        } else if find_separator(line).is_some() {
            self.trailers += 1;
            self.indented = 0;
        } else if is_space(line[0]) {
            self.indented += 1;
        } else {
            self.others += 1;
            self.other_line();
        }
    }

    /// The indented lines so far continue no trailer.
    fn other_line(&mut self) {
        self.others += std::mem::take(&mut self.indented);
    }

    fn is_block(&self) -> bool {
        let others = self.others + self.indented;
        self.generated && self.trailers * 3 >= others || self.trailers > 0 && others == 0
    }
}

/// The lines of a block without comments, each trailer with the indented lines that continue it.
pub(super) fn items(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = block;
    std::iter::from_fn(move || {
        let mut length = rest.lines_with_terminator().next()?.len();
        if find_separator(rest).is_some() {
            let following = rest[length..].lines_with_terminator();
            length += following.take_while(|line| is_space(line[0])).map(<[u8]>::len).sum::<usize>();
        }
        let (item, after) = rest.split_at(length);
        rest = after;
        Some(item)
    })
    .filter(|item| !is_comment(item))
}
