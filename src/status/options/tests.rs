use std::ffi::OsString;

use super::*;

fn read(words: &[&str]) -> Parsed {
    parse(words.iter().map(OsString::from))
}

#[test]
fn short_options_come_in_bundles() {
    let parsed = read(&["-sbuno", "-z"]);
    let options = parsed.status.unwrap();
    assert_eq!(options.format, Some(Format::Short));
    assert_eq!((options.branch, options.untracked, options.nul), (Some(true), Some(Untracked::No), true));
    assert_eq!(read(&["-us"]).status.unwrap_err(), Refusal::new("-u=s"));
}

#[test]
fn options_are_abbreviated_as_long_as_it_is_plain_which() {
    let parsed = read(&["--por=2", "--bra", "--unt=all", "--no-ren", "--ign=matching"][..4]);
    let options = parsed.status.unwrap();
    assert_eq!((options.format, options.branch), (Some(Format::PorcelainV2), Some(true)));
    assert_eq!((options.untracked, options.renames), (Some(Untracked::All), Some(false)));
    assert!(options.abbreviated && parsed.names_format);
    assert!(!read(&["--porcelain", "-u2"]).status.unwrap().abbreviated);
}

#[test]
fn our_own_options_are_not_told_to_git() {
    let parsed = read(&["--threads", "2", "-s", "--json", "--threads=3", "--", "--json"]);
    assert_eq!(parsed.own, ["--threads", "2", "--json", "--threads=3"]);
    assert_eq!(parsed.git_args, ["-s", "--", "--json"]);
    assert_eq!(parsed.status.unwrap().paths, ["--json"]);
}

#[test]
fn what_is_not_known_is_for_git() {
    for words in [
        &["--igno"][..],
        &["--sho"],
        &["--verb"],
        &["--porc=3"],
        &["--short=1"],
        &["--bra=1"],
        &["--jso"],
        &["-x"],
        &["-v"],
        &["--column=bogus"],
        &["-ux"],
        &["-uall="],
    ] {
        assert!(read(words).status.is_err(), "{words:?}");
        assert_eq!(read(words).git_args, words);
    }
}
