//! Commits whose authors have padded names, or unusual zones: real histories have some, and one of them is no reason to
//! leave a whole answer to git.

use super::World;
use super::formats::PLACEHOLDERS;
use crate::support::repository::args;
use crate::support::trace::Served;

/// Each line is what an `author` header says, and how the `committer` header ends. `\t` is a tab to sed.
const PEOPLE: &[(&str, &str)] = &[
    ("A U Thor  <author@example.com> 1600000000 +0200", "1600000000 +0200"),
    (r"Tab\t <tab@example.com> 1600000100 -0500", "1600000100 -0500"),
    (r"Mixed \t \t <mixed@example.com> 1600000200 +0000", "1600000200 +0000"),
    ("  <nobody@example.com> 1600000300 +0530", "1600000300 +0530"),
    ("Ünï  <latin@example.com> 1600000400 +0530", "1600000400 +0530"),
    ("Vijay <long@example.com> 1600000500 +051800", "1600000500 +051800"),
    ("Zero <zero@example.com> 1600000600 -0000", "1600000600 -0000"),
    ("Short <short@example.com> 1600000700 +530", "1600000700 -5"),
    ("Nines  <nines@example.com> 1600000800 -999999", "1600000800 +999999"),
    ("Zeros < zeros@example.com > 1600000900 +000530", "1600000900 -000030"),
    ("Early  <early@example.com> 134217728 -9999", "134217728 +9999"),
    ("Late  <late@example.com> 17179869183 +0100", "17179869183 -0100"),
];

fn world() -> World {
    let mut script = String::from(
        "git init -q . && printf 'Proper <proper@example.com> <author@example.com>\\n' >.mailmap && git add .mailmap\n\
         git commit -qm first\n",
    );
    for (number, (author, time)) in PEOPLE.iter().enumerate() {
        script.push_str(&format!(
            "echo {number} >f && git add f && git commit -qm 'number {number}\n\nbody\n\nSigned-off-by: A <a@b>'\n\
             git update-ref HEAD $(git cat-file commit HEAD |\n\
             sed -e 's/^author .*/author {author}/' -e 's/^\\(committer .*>\\) .*/\\1 {time}/' |\n\
             git hash-object -t commit -w --stdin --literally)\n",
        ));
    }
    script.push_str("git tag -a -m tag v1 HEAD~3 && git-optimize index build\n");
    World::with(&script)
}

#[test]
fn padded_names_and_unusual_zones() {
    let world = world();
    for placeholder in PLACEHOLDERS {
        world.native(&[&format!("--format=%H {placeholder}")]);
    }
    for format in ["oneline", "short", "medium", "full", "fuller", "reference", "email", "mboxrd"] {
        world.native(&[&format!("--pretty={format}")]);
        world.native(&[&format!("--pretty={format}"), "--graph", "--no-mailmap"]);
    }
    // Mails in Latin-1 are git's.
    for format in ["oneline", "short", "medium", "full", "fuller", "reference", "format:%an %cn %s"] {
        world.native(&[&format!("--pretty={format}"), "--encoding=ISO-8859-1"]);
    }
    for date in [
        "default",
        "local",
        "iso",
        "iso-local",
        "iso-strict",
        "rfc",
        "short",
        "raw",
        "raw-local",
        "unix",
        "human",
    ] {
        world.native(&[&format!("--date={date}"), "--format=fuller"]);
    }
    for words in [
        &["--date=format:%Y-%m-%d %H:%M:%S %z", "--format=%ad|%cd"][..],
        &["--date=relative", "--format=%ad|%cd"],
        &["--name-status"],
        &["--oneline", "--", "f"],
        &["--reverse", "--format=%an <%ae> %aI"],
        &["--since=2020-09-13", "--format=%an"],
        &["-3"],
    ] {
        world.native(words);
    }
    // The header as it is, and orders by a date that the index has not got.
    world.by_git(&["--format=raw"]);
    world.by_git(&["--author-date-order", "--format=%an"]);
    for filter in
        ["--author=U Thor  <", "--author=Thor <", "--author=Proper", "--committer=-5$", "--author=Vijay"]
    {
        world.served(&[filter, "--format=%an"]);
    }
    for words in [&["-s"][..], &["-sne"], &["-c"], &["-w40,2,4"]] {
        let ours = world.env.fastlog(&world.dir, &args(&[&["--shortlog"], words].concat()), None);
        let theirs = world.env.git(&world.dir, &[&["shortlog"], words, &["HEAD"]].concat());
        assert_eq!(
            String::from_utf8_lossy(&ours.0.stdout),
            String::from_utf8_lossy(&theirs.stdout),
            "{words:?}"
        );
        assert_eq!(ours.1.expect("a trace").served, Served::Native, "{words:?}");
    }
}

/// What is off in any other way is git's, as before.
#[test]
fn people_who_are_off_in_other_ways() {
    for author in [
        "  A U Thor <author@example.com> 1600000000 +0200",
        r"A U Thor\v <author@example.com> 1600000000 +0200",
        r"A U Thor\r <author@example.com> 1600000000 +0200",
        "A U Thor<author@example.com> 1600000000 +0200",
        "A < U <author@example.com> 1600000000 +0200",
        "A U Thor  <author@example.com>  1600000000 +0200",
        "A U Thor  <author@example.com> 1600000000 +0200 ",
        "A U Thor  <author@example.com> 1600000000 0200",
        "A U Thor  <author@example.com> 1600000000 +02:00",
        "A U Thor  <author@example.com> 1600000000 +9999999",
        "A U Thor  <author@example.com> 100 -0500",
        "A U Thor  <author@example.com> 17179869184 +0000",
        r"A U Thor  <author@example.com> 1600000000 +0000\nauthor B  <b@example.com> 1600000000 +0000",
        r"A U Thor  <author@example.com> 1600000000 +0000\nencoding ISO-8859-1",
    ] {
        let world = World::with(&format!(
            "git init -q . && git commit -q --allow-empty -m first && git commit -q --allow-empty -m second\n\
             git update-ref HEAD $(git cat-file commit HEAD | sed 's/^author .*/author {author}/' |\n\
             git hash-object -t commit -w --stdin --literally)\n\
             git-optimize index build\n"
        ));
        for words in [&["--format=%H %an <%ae> %ad"][..], &["--oneline"], &["--date=raw"], &["--format=raw"]]
        {
            world.by_git(words);
        }
    }
}
