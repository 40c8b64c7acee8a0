//! The tokenizer for `git status`'s command line.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use bstr::{BStr, ByteSlice};

use super::table::{self, Entry, Kind};
use super::{Refusal, StatusOptions};
use crate::cli::options::{Value, split_long};

/// A command line, split into what is git's and what is ours.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// What `git status` would understand, or why only git can.
    pub status: Result<StatusOptions, Refusal>,
    /// Our own options, for clap.
    pub own: Vec<OsString>,
    /// The command line without our own options.
    pub git_args: Vec<OsString>,
    /// Whether it says in which format to print, whoever answers.
    pub names_format: bool,
}

/// Splits and classifies `args` (without the program's name).
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Parsed {
    let mut tokens = args.into_iter();
    let mut parsed = Parsed {
        status: Ok(StatusOptions::default()),
        own: Vec::new(),
        git_args: Vec::new(),
        names_format: false,
    };
    while let Some(arg) = tokens.next() {
        let bytes = arg.as_bytes().as_bstr();
        if bytes == "--" {
            let rest: Vec<_> = tokens.by_ref().collect();
            parsed.paths(&rest);
            parsed.git_args.push(arg);
            parsed.git_args.extend(rest);
            break;
        }
        if !bytes.starts_with(b"-") || bytes.len() == 1 {
            parsed.paths(std::slice::from_ref(&arg));
            parsed.git_args.push(arg);
        } else if bytes.starts_with(b"--") {
            parsed.long(arg, &mut tokens);
        } else {
            parsed.short(arg);
        }
    }
    parsed
}

impl Parsed {
    fn refuse(&mut self, reason: Refusal) {
        if self.status.is_ok() {
            self.status = Err(reason);
        }
    }

    fn paths(&mut self, paths: &[OsString]) {
        if let Ok(options) = &mut self.status {
            options.paths.extend_from_slice(paths);
        }
    }

    fn apply(&mut self, entry: &Entry, value: Option<&BStr>) {
        self.names_format |= table::FORMATS.contains(&entry.name);
        if entry.kind == Kind::Git {
            return self.refuse(Refusal::new(format!("option {}", entry.name)));
        }
        if let Ok(options) = &mut self.status
            && let Err(reason) = (entry.apply)(options, value)
        {
            self.status = Err(reason);
        }
    }

    fn long(&mut self, arg: OsString, tokens: &mut impl Iterator<Item = OsString>) {
        let bytes = arg.as_bytes().as_bstr();
        let (name, value) = split_long(bytes);
        let text = name.to_str().unwrap_or_default();
        let entry = table::find(text).or_else(|| {
            if let Ok(options) = &mut self.status {
                options.abbreviated = true;
            }
            table::find_abbreviated(text)
        });
        let Some(entry) = entry else {
            self.refuse(Refusal::new(format!("option {bytes}")));
            return self.git_args.push(arg);
        };
        if entry.kind == Kind::Own {
            self.own.push(arg.clone());
            if entry.value == Value::Required && value.is_none() {
                self.own.extend(tokens.next());
            }
            return;
        }
        if entry.value == Value::None && value.is_some() {
            self.refuse(Refusal::new(format!("option {bytes}")));
        } else {
            self.apply(entry, value);
        }
        self.git_args.push(arg);
    }

    /// One or more options behind one dash; the last one may have a value.
    fn short(&mut self, arg: OsString) {
        let letters = &arg.as_bytes()[1..];
        for (at, letter) in letters.iter().enumerate() {
            let name = format!("-{}", *letter as char);
            let Some(entry) = table::find(&name) else {
                self.refuse(Refusal::new(format!("option {}", arg.as_bytes().as_bstr())));
                break;
            };
            if entry.kind == Kind::Own {
                return self.own.push(OsString::from_vec(name.into_bytes()));
            }
            let value = letters[at + 1..].as_bstr();
            if entry.value == Value::Optional && !value.is_empty() {
                self.apply(entry, Some(value));
                break;
            }
            self.apply(entry, None);
        }
        self.git_args.push(arg);
    }
}
