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
fn our_own_options_are_not_told_to_git() {
    let parsed = read(&["--threads", "2", "-s", "--json", "--threads=3", "--", "--json"]);
    assert_eq!(parsed.own, ["--threads", "2", "--json", "--threads=3"]);
    assert_eq!(parsed.git_args, ["-s", "--", "--json"]);
    assert_eq!(parsed.status.unwrap().paths, ["--json"]);
}

#[test]
fn what_is_not_known_is_for_git() {
    for words in [&["--porc"][..], &["--short=1"], &["-x"], &["-v"], &["--column=bogus"], &["-u2"]] {
        assert!(read(words).status.is_err(), "{words:?}");
        assert_eq!(read(words).git_args, words);
    }
}
