//! Lists of changes, compared with `git log --name-only` and its like on random histories.

use std::borrow::Cow;
use std::os::unix::fs::PermissionsExt;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::hash::oid;

use super::{Changes, Rules};
use crate::index::{History, Paths, Pos};
use crate::log::options::{ChangeList, LogOptions, parse};
use crate::log::paths::tests::classes::{make_history, path_segments, read_history, trees};
use crate::log::paths::tests::seed;
use crate::log::paths::{Environment, Pathspec, Place};
use crate::log::render::changes::Listing;
use crate::log::render::pretty::{Environment as FormatEnvironment, Placement, parse_format};
use crate::log::sources::{Decorations, Note, Sources};
use crate::repo::testing::{Sandbox, Seed};

/// Every abbreviation has this length: there are few objects.
struct Digits(usize);

impl Sources for Digits {
    fn abbrev_len(&self, _: &oid) -> usize {
        self.0
    }

    fn decorations(&self, _: &oid) -> Option<&Decorations> {
        None
    }

    fn mailmap<'a>(&'a self, name: &'a BStr, email: &'a BStr) -> (Cow<'a, BStr>, Cow<'a, BStr>) {
        (name.into(), email.into())
    }

    fn notes(&self, _: &oid) -> Vec<Note> {
        Vec::new()
    }
}

const FORMATS: &[&str] = &[
    "oneline",
    "medium",
    "short",
    "raw",
    "reference",
    "%s",
    "%H",
    "format:%h",
    "format:",
    "tformat:",
    "format:%h%n",
];

fn options(arguments: &[&str]) -> LogOptions {
    parse(arguments.iter().map(|argument| (*argument).into())).log.unwrap()
}

/// A git that always works in this repository.
fn git_in(sandbox: &Sandbox) -> std::path::PathBuf {
    let script = format!(
        "#!/bin/sh\nHOME={home} GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null exec git -C {repo} \"$@\"\n",
        home = sandbox.path("home").display(),
        repo = sandbox.path("repo").display(),
    );
    sandbox.write("bin/git", script.as_bytes());
    let path = sandbox.path("bin/git");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn lists_are_those_of_git_log() {
    let mut seed = Seed::new(seed());
    let mut renamed = 0;
    for round in 0..2 {
        let sandbox = Sandbox::new();
        make_history(&sandbox, &mut seed, 30);
        let git = git_in(&sandbox);
        let segment = read_history(&sandbox);
        let history = History::new([&segment]).unwrap();
        let segments = path_segments(&history, &trees(&sandbox, &history), &[0, 20, 30], 0);
        let paths = Paths::new(&segments).unwrap();
        if round == 1 {
            // The settings of a submodule hide its changes.
            let path = seed.pick(&["a", "sub", "ab"]);
            let hidden = format!("[submodule \"x\"]\n\tpath = {path}\n\turl = x\n\tignore = all\n");
            sandbox.write("repo/.gitmodules", hidden.as_bytes());
        }
        for case in 0..10 {
            let settings = [
                ("core.quotePath", seed.pick(&["true", "false"])),
                ("diff.renames", seed.pick(&["true", "true", "false", "copies"])),
                ("log.showRoot", seed.pick(&["true", "true", "false"])),
            ];
            for (key, value) in settings {
                sandbox.git("repo", &["config", key, value]);
            }
            let format = seed.pick(FORMATS);
            let pretty = format!("--pretty={format}");
            let mut arguments = vec![pretty.as_str(), seed.pick(&["--name-only", "--name-status", "--raw"])];
            arguments.extend(
                ["-z", "--first-parent", "--no-renames", "--no-abbrev", "--abbrev=9"]
                    .into_iter()
                    .filter(|_| seed.below(4) == 0),
            );
            let specs: Vec<BString> = match seed.below(3) {
                0 => vec![seed.pick(&["a*", "sub", ":!a", "*b", ":(icase)SUB/", "ab/"]).into()],
                _ => Vec::new(),
            };
            let about = format!("round {round} case {case}: {arguments:?} {specs:?} {settings:?}");
            let options = options(&arguments);
            assert!(options.assisted.is_none(), "{about}");

            let config = sandbox.config(&sandbox.path("repo/.git"));
            let rules = Rules::resolve(&options, &config).unwrap();
            let pathspec = (!specs.is_empty())
                .then(|| Pathspec::parse(&specs, &Place::default(), Environment::default()).unwrap());
            let digits = Digits(match &options.abbrev {
                None => 7,
                Some(crate::log::options::AbbrevArg::Digits(digits)) => *digits,
                Some(_) => 40,
            });
            let listing = Listing {
                list: options.changes.unwrap(),
                nul: options.nul,
                quote_high: config.bool("core.quotePath").unwrap().unwrap_or(true),
            };
            let mut changes = Changes::new(&history, &paths, pathspec.as_ref(), &specs, rules, &git);
            let spec = parse_format(format.into(), &[]).unwrap();
            let compiled = spec.compile(&FormatEnvironment { notes: false, columns: 80 }).unwrap();

            let walk = ["log", "--all", "--full-history", "--sparse", "--topo-order"];
            let first_parent = options.first_parent.then_some("--first-parent");
            let limits: Vec<&str> =
                ["--"].into_iter().chain(specs.iter().map(|s| s.to_str().unwrap())).collect();
            let ids = [&walk[..], &["--format=%H"], first_parent.as_slice(), &limits].concat();
            let ids: Vec<ObjectId> =
                sandbox.git("repo", &ids).lines().map(|hex| ObjectId::from_hex(hex).unwrap()).collect();
            let positions: Vec<Pos> = ids.iter().map(|id| history.lookup(id).unwrap()).collect();
            // In two parts, as a long answer is.
            let (first, second) = positions.split_at(positions.len() / 2);
            let byte = if options.nul { 0 } else { b'\n' };
            let mut found = Vec::new();
            for part in [first, second] {
                changes.prepare(part.iter().map(|pos| (*pos, None))).unwrap();
                for pos in part {
                    if !found.is_empty() || *pos != positions[0] {
                        found.extend((compiled.placement() == Placement::Separator).then_some(byte));
                    }
                    let id = history.oid(*pos).to_string();
                    let alone = ["log", "-1", "--no-walk", &pretty, &id];
                    let nul = options.nul.then_some("-z");
                    let abbrev = arguments.iter().copied().filter(|argument| argument.contains("abbrev"));
                    let alone: Vec<&str> = alone.into_iter().chain(nul).chain(abbrev).collect();
                    found.extend_from_slice(&sandbox.git("repo", &alone));
                    let gap = compiled.gap_before_changes();
                    changes.push_list(*pos, &listing, &digits, gap, &mut found);
                    if let Some(judged) = changes.judged.get(pos) {
                        renamed += judged.iter().filter(|change| change.target.is_some()).count();
                    }
                }
            }
            let whole = [&walk[..], &arguments, &limits].concat();
            let expected = sandbox.git("repo", &whole);
            assert_eq!(found.as_bstr(), expected.as_bstr(), "{about}");
        }
    }
    assert!(renamed > 0, "no renames were found");
}

/// `--parents` shows the differences to parents that were found beyond commits that don't matter, or to none.
#[test]
fn simplified_parents_count() {
    let mut seed = Seed::new(seed());
    let sandbox = Sandbox::new();
    make_history(&sandbox, &mut seed, 60);
    let git = git_in(&sandbox);
    let segment = read_history(&sandbox);
    let history = History::new([&segment]).unwrap();
    let segments = path_segments(&history, &trees(&sandbox, &history), &[0, 60], 0);
    let paths = Paths::new(&segments).unwrap();
    let options = options(&["--raw", "--no-abbrev"]);
    let rules = Rules::resolve(&options, &sandbox.config(&sandbox.path("repo/.git"))).unwrap();
    let listing = Listing { list: ChangeList::Raw, nul: false, quote_high: true };
    let mut shown = 0;
    for spec in ["a*", "sub", "*b", "[A-Z]*", ":!a"] {
        let specs = [BString::from(spec)];
        let pathspec = Pathspec::parse(&specs, &Place::default(), Environment::default()).unwrap();
        let walk = ["log", "--all", "--parents", "--full-history", "--format=commit %H %P"];
        let commits = sandbox.git("repo", &[&walk[..], &["--", spec]].concat());
        let mut changes = Changes::new(&history, &paths, Some(&pathspec), &specs, rules, &git);
        let mut found = BString::default();
        for commit in commits.lines() {
            let ids = commit.split_str(b" ").skip(1).filter(|id| !id.is_empty());
            let positions: Vec<Pos> =
                ids.map(|id| history.lookup(&ObjectId::from_hex(id).unwrap()).unwrap()).collect();
            changes.prepare([(positions[0], Some(&positions[1..]))].into_iter()).unwrap();
            found.extend_from_slice(commit);
            found.push(b'\n');
            changes.push_list(positions[0], &listing, &Digits(40), true, &mut found);
            shown += changes.judged.len();
        }
        let expected = sandbox.git("repo", &[&walk[..], &["--raw", "--no-abbrev", "--", spec]].concat());
        assert_eq!(found, expected, "{spec}");
    }
    assert!(shown > 0, "no parents were simplified");
}

#[test]
fn several_lists_are_for_git() {
    assert_eq!(options(&["--raw", "--raw"]).changes, Some(ChangeList::Raw));
    assert!(options(&["--raw", "--raw"]).assisted.is_none());
    for arguments in
        [["--raw", "--name-only"], ["--name-status", "--name-only"], ["--name-only", "-p"], ["--raw", "-C"]]
    {
        assert!(options(&arguments).assisted.is_some(), "{arguments:?}");
    }
}
