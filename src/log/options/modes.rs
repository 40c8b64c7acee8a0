//! Options that mean something else, or only something, beside one of our own: with `--shortlog` those of
//! `git shortlog`, with `--last-modified` those of `git last-modified`.

use bstr::{BStr, ByteSlice};

use super::Refusal;
use super::table::{Entry, Kind, nothing, number};
use crate::cli::options::{Value, options};

/// What is asked for; each but the first is one of our own options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Commits, as `git log` shows them.
    #[default]
    Log,
    /// `--shortlog`.
    Shortlog,
    /// `--last-modified`.
    LastModified,
}

impl Mode {
    /// Those that have options of their own.
    pub const SPECIAL: [Mode; 2] = [Mode::Shortlog, Mode::LastModified];

    /// The option that asks for it.
    pub fn word(self) -> &'static str {
        match self {
            Mode::Log => "",
            Mode::Shortlog => "--shortlog",
            Mode::LastModified => "--last-modified",
        }
    }

    /// What is looked up before the table of `git log`.
    pub fn table(self) -> &'static [Entry] {
        match self {
            Mode::Log => &[],
            Mode::Shortlog => SHORTLOG,
            Mode::LastModified => LAST_MODIFIED,
        }
    }

    /// Whether this option, its own or one of `git log`, is understood.
    pub fn takes(self, entry: &Entry) -> bool {
        let own = self.table().iter().any(|known| std::ptr::eq(known, entry));
        match self {
            Mode::Log => true,
            Mode::Shortlog => own || matches!(entry.kind, Kind::Select | Kind::Not | Kind::Grep),
            Mode::LastModified => own || entry.kind == Kind::Not,
        }
    }

    /// The letters of an argument such as `-sn`, if that is how this mode writes several options in one.
    pub fn bundle(self, arg: &BStr) -> Option<&[u8]> {
        let letters = arg.strip_prefix(b"-").filter(|letters| letters.len() > 1)?;
        let is_flag = |letter: &u8| {
            self.table()
                .iter()
                .any(|entry| entry.value == Value::None && entry.name.as_bytes() == [b'-', *letter])
        };
        letters.iter().all(is_flag).then_some(letters)
    }
}

/// What `git shortlog` takes besides revisions and limits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShortlogOptions {
    /// `-s`: numbers only.
    pub summary: bool,
    /// `-n`: most commits first.
    pub numbered: bool,
    /// `-e`: with addresses.
    pub email: bool,
    /// `--group=author`, also the default.
    pub by_author: bool,
    /// `-c`, `--group=committer`.
    pub by_committer: bool,
    /// `-w`: width, and indent of the first line and of the others, in columns.
    pub wrap: Option<(usize, usize, usize)>,
}

/// What `git last-modified` takes besides revisions and paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastModifiedOptions {
    /// `-r`: what is inside directories.
    pub recursive: bool,
    /// `-t`: with `-r`, directories as well.
    pub trees: bool,
}

/// git's own width and indents.
const WRAP: (usize, usize, usize) = (76, 6, 9);

fn group(o: &mut ShortlogOptions, value: &BStr) -> Result<(), Refusal> {
    match value.as_bytes() {
        b"author" => o.by_author = true,
        b"committer" => o.by_committer = true,
        _ => return Err(Refusal::new(format!("--group={value}"))),
    }
    Ok(())
}

fn wrap(value: Option<&BStr>) -> Result<(usize, usize, usize), Refusal> {
    let Some(value) = value else { return Ok(WRAP) };
    let refused = || Refusal::new(format!("-w{value}"));
    let mut numbers = value.split_str(",").map(|text| -> Result<usize, Refusal> {
        let plain = !text.is_empty() && text.len() <= 4 && text.iter().all(u8::is_ascii_digit);
        plain.then(|| text.to_str().ok()?.parse().ok()).flatten().ok_or_else(refused)
    });
    let width = numbers.next().transpose()?.unwrap_or(WRAP.0);
    let first = numbers.next().transpose()?.unwrap_or(WRAP.1);
    let others = numbers.next().transpose()?.unwrap_or(WRAP.2);
    // What git makes of no width, or of indents that are wider, is its own.
    if numbers.next().is_some() || first >= width || others >= width {
        return Err(refused());
    }
    Ok((width, first, others))
}

/// `git shortlog`.
pub static SHORTLOG: &[Entry] = options! {
    "-s" None Select |o, _, _| { o.shortlog.summary = true; Ok(()) };
    "--summary" None Select |o, _, _| { o.shortlog.summary = true; Ok(()) };
    "-n" None Select |o, _, _| { o.shortlog.numbered = true; Ok(()) };
    "--numbered" None Select |o, _, _| { o.shortlog.numbered = true; Ok(()) };
    "-e" None Select |o, _, _| { o.shortlog.email = true; Ok(()) };
    "--email" None Select |o, _, _| { o.shortlog.email = true; Ok(()) };
    "-c" None Select |o, _, _| { o.shortlog.by_committer = true; Ok(()) };
    "--committer" None Select |o, _, _| { o.shortlog.by_committer = true; Ok(()) };
    "--group" Required Select |o, v, _| group(&mut o.shortlog, v.unwrap_or_default());
    "-w" Optional Select |o, v, _| { o.shortlog.wrap = Some(wrap(v)?); Ok(()) };
    // git shortlog reads counts before --no-walk, wherever they stand: they say nothing of it.
    "-<number>" Required Select |o, v, _| { o.max_count = Some(number(v)?); Ok(()) };
    "--max-count" Required Select |o, v, _| { o.max_count = Some(number(v)?); Ok(()) };
    "--source" None Git nothing;
    "--no-source" None Git nothing;
    "--graph" None Git nothing;
    "--boundary" None Git nothing;
    "--left-right" None Git nothing;
    "--children" None Git nothing;
    "--parents" None Git nothing;
    "--follow" None Git nothing;
    // It goes by other refs than in `git log`.
    "--simplify-by-decoration" None Git nothing;
};

/// `git last-modified`.
pub static LAST_MODIFIED: &[Entry] = options! {
    "-r" None Select |o, _, _| { o.last_modified.recursive = true; Ok(()) };
    "--recursive" None Select |o, _, _| { o.last_modified.recursive = true; Ok(()) };
    "-t" None Select |o, _, _| { o.last_modified.trees = true; Ok(()) };
    "--show-trees" None Select |o, _, _| { o.last_modified.trees = true; Ok(()) };
    "-z" None Select |o, _, _| { o.nul = true; Ok(()) };
    "--max-depth" Required Git nothing;
};
