//! Settings that git reads, and refuses when they are bad, before it knows what the question needs.
//!
//! Only whether a value is one that git takes without a word is decided here; what is not listed, git ignores.

use bstr::{BStr, ByteSlice};

use super::render::color;
use crate::repo::NotExact;
use crate::repo::config::{Config, parse_bool, parse_color_when, parse_int};

/// Sections of which git reads variables in which a missing value is an error.
const READ_SECTIONS: &[&str] =
    &["attr.", "author.", "color.", "committer.", "core.", "diff.", "format.", "log.", "push.", "user."];

/// Hands over when a setting is one that git complains about.
pub(crate) fn check(config: &Config) -> Result<(), NotExact> {
    match config.iter().find(|(key, value)| !is_good(key, *value)) {
        Some((key, _)) => Err(format!("bad value for '{key}'").into()),
        None => Ok(()),
    }
}

fn is_good(key: &BStr, value: Option<&BStr>) -> bool {
    let Ok(name) = key.to_str() else { return true };
    let boolean = || parse_bool(value).is_some();
    let number = || value.and_then(parse_int);
    let word = |words: &[&str]| value.is_some_and(|value| words.iter().any(|word| value == *word));
    let list = |words: &[&str]| {
        value.is_some_and(|value| {
            value.split_str(",").all(|part| words.iter().any(|word| part == word.as_bytes()))
        })
    };
    let unsigned = || number().is_some_and(|number| number >= 0);
    // As C has it.
    let int = || number().filter(|number| i32::try_from(number.unsigned_abs()).is_ok());
    let color = || value.is_some_and(|value| color::parse(value).is_some());
    match name {
        "advice.graftfiledeprecated"
        | "color.pager"
        | "commitgraph.readchangedpaths"
        | "core.commitgraph"
        | "core.bare"
        | "core.filemode"
        | "core.ignorecase"
        | "core.ignorestat"
        | "core.multipackindex"
        | "core.precomposeunicode"
        | "core.prefersymlinkrefs"
        | "core.preloadindex"
        | "core.protecthfs"
        | "core.protectntfs"
        | "core.quotepath"
        | "core.sparsecheckout"
        | "core.sparsecheckoutcone"
        | "core.symlinks"
        | "core.trustctime"
        | "core.usereplacerefs"
        | "core.warnambiguousrefs"
        | "diff.autorefreshindex"
        | "diff.indentheuristic"
        | "diff.mnemonicprefix"
        | "diff.noprefix"
        | "diff.relative"
        | "diff.suppressblankempty"
        | "diff.trustexitcode"
        | "feature.experimental"
        | "feature.manyfiles"
        | "fetch.writecommitgraph"
        | "format.encodeemailheaders"
        | "gc.writecommitgraph"
        | "grep.column"
        | "grep.extendedregexp"
        | "grep.fullname"
        | "grep.linenumber"
        | "index.skiphash"
        | "index.sparse"
        | "log.follow"
        | "log.showroot"
        | "pack.readreverseindex"
        | "pack.usebitmapboundarytraversal"
        | "pack.usesparse"
        | "sparse.expectfilesoutsideofpatterns"
        | "user.useconfigonly" => boolean(),
        "color.advice" | "color.diff" | "color.grep" | "color.ui" | "diff.color" => {
            parse_color_when(value).is_some()
        }
        "core.bigfilethreshold"
        | "core.deltabasecachelimit"
        | "core.packedgitlimit"
        | "core.packedgitwindowsize"
        | "pack.packsizelimit" => unsigned(),
        "commitgraph.changedpathsversion"
        | "commitgraph.generationversion"
        | "core.maxtreedepth"
        | "diff.context"
        | "diff.interhunkcontext"
        | "format.filenamemaxlength"
        | "index.version" => int().is_some_and(|number| number >= 0),
        "diff.renamelimit" | "diff.statgraphwidth" | "diff.statnamewidth" => int().is_some(),
        "core.compression" | "core.loosecompression" | "pack.compression" => {
            number().is_some_and(|n| (-1..=9).contains(&n))
        }
        "branch.autosetupmerge" => boolean() || word(&["always", "inherit", "simple"]),
        "branch.autosetuprebase" => word(&["never", "local", "remote", "always"]),
        "core.autocrlf" => boolean() || word(&["input"]),
        "core.checkstat" => word(&["default", "minimal"]),
        "core.commentchar" | "core.commentstring" => {
            value.is_some_and(|value| !value.is_empty() && !value.contains(&b'\n'))
        }
        "core.createobject" => word(&["rename", "link"]),
        "core.disambiguate" => word(&["none", "commit", "committish", "tree", "treeish", "blob"]),
        "core.fsync" => word(&["all", "none", "committed", "added", "default"]),
        "core.fsyncmethod" => word(&["fsync", "writeout-only", "batch"]),
        "core.logallrefupdates" => value.is_some() && boolean() || word(&["always"]),
        // git says that it is deprecated.
        "core.fsyncobjectfiles" => false,
        "core.safecrlf" => boolean() || word(&["warn"]),
        "core.whitespace" => value.is_some_and(is_good_whitespace),
        "core.attributesfile"
        | "core.excludesfile"
        | "core.hookspath"
        | "diff.orderfile"
        | "mailmap.file" => {
            // The home of another user may be unknown.
            value.is_some_and(|value| !value.starts_with(b"~") || value.starts_with(b"~/"))
        }
        "diff.algorithm" => word(&["myers", "default", "minimal", "patience", "histogram"]),
        "diff.colormoved" => {
            boolean() || word(&["plain", "blocks", "zebra", "default", "dimmed-zebra", "dimmed_zebra"])
        }
        "diff.colormovedws" => list(&[
            "no",
            "ignore-space-change",
            "ignore-space-at-eol",
            "ignore-all-space",
            "allow-indentation-change",
        ]),
        "diff.dirstat" => list(&["changes", "lines", "files", "noncumulative", "cumulative"]),
        "diff.ignoresubmodules" => word(&["all", "untracked", "dirty", "none"]),
        "diff.renames" => boolean() || word(&["copies", "copy"]),
        "diff.submodule" => word(&["log", "short", "diff"]),
        "diff.wserrorhighlight" => list(&["none", "default", "all", "old", "new", "context"]),
        "fetch.negotiationalgorithm" => word(&["default", "noop", "consecutive", "skipping"]),
        "i18n.commitencoding" | "i18n.logoutputencoding" | "mailmap.blob" => value.is_some(),
        "format.pretty" => value.is_some_and(|value| !value.is_empty()),
        "grep.patterntype" => word(&["default", "basic", "extended", "fixed", "perl"]),
        "log.diffmerges" => list(&[
            "off",
            "none",
            "on",
            "first-parent",
            "1",
            "separate",
            "m",
            "combined",
            "c",
            "dense-combined",
            "cc",
            "remerge",
            "r",
        ]),
        "push.default" => word(&["nothing", "matching", "simple", "upstream", "tracking", "current"]),
        // Unknown extensions, and known ones that change what is stored.
        "extensions.noop" | "extensions.objectformat" | "extensions.partialclone" => value.is_some(),
        "extensions.preciousobjects" | "extensions.worktreeconfig" => boolean(),
        "extensions.refstorage" => word(&["files"]),
        _ if name.starts_with("extensions.") => false,
        _ if name.starts_with("advice.") => boolean(),
        _ if name.starts_with("color.grep.") => color() && is_grep_slot(name),
        _ if ["color.advice.", "color.decorate.", "color.diff.", "diff.color."]
            .iter()
            .any(|prefix| name.starts_with(prefix)) =>
        {
            color()
        }
        _ if name.starts_with("diff.") && name.ends_with(".binary") => boolean() || word(&["auto"]),
        _ if name.starts_with("diff.")
            && [".cachetextconv", ".trustexitcode"].iter().any(|end| name.ends_with(end)) =>
        {
            boolean()
        }
        _ => value.is_some() || !must_have_value(name),
    }
}

/// Only what is plainly good.
fn is_good_whitespace(value: &BStr) -> bool {
    const WORDS: &[&str] = &[
        "trailing-space",
        "space-before-tab",
        "indent-with-non-tab",
        "cr-at-eol",
        "blank-at-eol",
        "blank-at-eof",
    ];
    value.split_str(",").all(|word| {
        let word = word.trim();
        let word = word.strip_prefix(b"-").unwrap_or(word);
        let width = word.strip_prefix(b"tabwidth=").and_then(|width| parse_int(width.as_bstr()));
        WORDS.iter().any(|known| word == known.as_bytes())
            || width.is_some_and(|width| (1..64).contains(&width))
    })
}

fn is_grep_slot(name: &str) -> bool {
    const SLOTS: &[&str] = &[
        "context",
        "filename",
        "function",
        "linenumber",
        "column",
        "match",
        "matchcontext",
        "matchselected",
        "selected",
        "separator",
    ];
    name.strip_prefix("color.grep.").is_some_and(|slot| SLOTS.contains(&slot))
}

/// Where no value at all is an error. `log.*` that may be booleans are read elsewhere.
fn must_have_value(name: &str) -> bool {
    const BOOLEANS: &[&str] = &["log.abbrevcommit", "log.decorate", "log.mailmap", "log.showsignature"];
    READ_SECTIONS.iter().any(|section| name.starts_with(section)) && !BOOLEANS.contains(&name)
}
