//! Against `git log --format='%(trailers…)'`.

use super::super::oracle::{Random, Repository};
use super::*;
use crate::repo::git::{ANY, installed_is};

const LINES: &[&str] = &[
    "Signed-off-by: A <a@b>\n",
    "Signed-off-by: B\n",
    "Signed-off-by:C\n",
    "signed-off-by: d\n",
    "(cherry picked from commit 1234)\n",
    "(cherry picked from commit\n",
    "Key: value\n",
    "Key : spaced  \n",
    "Key:\n",
    "Key: \n",
    "key:lower\n",
    "Other-Key\t:\ttabs\t\n",
    "No separator here\n",
    "two words: value\n",
    "URL http://x: y\n",
    ": none\n",
    "-: dash\n",
    "K9: v: w\n",
    " folded\n",
    "\tfolded: too\n",
    "  \n",
    "\t\n",
    "\r\n",
    "\n",
    "\n",
    "\n",
    "# comment\n",
    "# comment: key\n",
    "#\n",
    "---\n",
    "--- x\n",
    "Conflicts:\n",
    "\tpath\n",
    "Key: value\r\n",
    "# ------------------------ >8 ------------------------\n",
    "diff --git a b\n",
    "Sch\u{fc}ssel: x\n",
    "Key= value\n",
    "Key: a , b\n",
    " # indented\n",
    "Conflicts:",
    "Last: one",
    "subject\n",
    "body text\n",
    "body text\n",
    "Key#: x\n",
    "Key: \u{a0}x\u{a0}\n",
    "Helped-by: X\n",
    "Key: %(trailers)\n",
];

const OPTIONS: &[&str] = &[
    "",
    "only",
    "only=true",
    "only=no",
    "only=0",
    "only=2",
    "only=",
    "unfold",
    "unfold=false",
    "key=key",
    "key=Key:",
    "key=Signed-off-by",
    "key=OTHER-KEY",
    "key=",
    "key= key",
    "valueonly",
    "keyonly",
    "valueonly=no",
    "separator=X",
    "separator=%x2C%x20",
    "separator=%n",
    "separator=a%%b%q%",
    "separator=%x2",
    "separator=",
    "separator",
    "key_value_separator=Z",
    "key_value_separator=",
    "key_value_separator",
    "key_value_separator=%x3D",
    "keyonly=off",
];

const BAD: &[&str] =
    &["foo", "key", " only", "only ", "only=1x", "only=maybe", "Only", "", "keyonly=9999999999", "="];

fn message(random: &mut Random) -> Vec<u8> {
    let mut message = String::from(random.pick(&[
        "subject\n",
        "subject\n\n",
        "subject\n\nbody\n\n",
        "\n \nKey: x\n\n",
        "",
    ]));
    for _ in 0..random.below(9) {
        message.push_str(random.pick(LINES));
    }
    // A tail that looks like trailers more often than chance would have it.
    if random.below(2) == 0 {
        message.push('\n');
        for _ in 0..1 + random.below(5) {
            let line = if random.below(3) == 0 { random.below(LINES.len()) } else { random.below(20) };
            message.push_str(LINES[line]);
        }
    }
    message.into_bytes()
}

#[test]
fn trailers_are_gits() {
    if !installed_is((2, 47), ANY, "trailers") {
        return;
    }
    let mut random = Random::seeded();
    let messages: Vec<Vec<u8>> = (0..2000).map(|_| message(&mut random)).collect();
    let repository =
        Repository::new(messages.iter().map(|message| ("1 +0000".to_string(), message.as_slice())));
    let mut found = 0;
    for round in 0..120 {
        let mut words: Vec<&str> = match OPTIONS.get(round) {
            Some(&option) => vec![option],
            None => (0..1 + random.below(4)).map(|_| random.pick(&OPTIONS[1..])).collect(),
        };
        if round >= OPTIONS.len() && random.below(8) == 0 {
            // Printed as it is, but what other placeholders make of its percent signs isn't ours.
            words.retain(|word| !word.contains('%'));
            words.push(random.pick(BAD));
        }
        let options = words.join(",");
        let placeholder = format!("%(trailers:{options})");
        let parsed = parse_options(options.as_bytes());
        let answers = repository.log(&format!("x{placeholder}y"), &[], &[]);
        assert_eq!(answers.len(), messages.len());
        for (message, expected) in messages.iter().zip(answers) {
            let mut ours = b"x".to_vec();
            match &parsed {
                Some(parsed) => format(message, parsed, &mut ours),
                None => ours.extend_from_slice(placeholder.as_bytes()),
            }
            ours.push(b'y');
            found += usize::from(ours.len() > 2);
            assert_eq!(
                ours.escape_ascii().to_string(),
                expected.escape_ascii().to_string(),
                "{placeholder} of {}",
                message.escape_ascii()
            );
        }
    }
    assert!(found > 10_000, "{found}");
}

#[test]
fn option_lists_are_gits() {
    if !installed_is((2, 47), (2, 48), "options of trailers") {
        return;
    }
    let repository =
        Repository::new([("1 +0000".to_string(), b"s\n\nKey: v\n f\nOther-Key: w\n".as_slice())]);
    let message = b"s\n\nKey: v\n f\nOther-Key: w\n";
    for options in [
        ",",
        ",,",
        "only,",
        "only,,",
        ",only",
        "only,,unfold",
        "key=,",
        "separator=,",
        "separator,",
        "key=key,only=no",
        "only=no,key=key",
        "only=TRUE",
        "only=Yes",
        "only=on",
        "only=-1",
        "only=1k",
        "only=0x0",
        "only=+1",
        "only=0x",
        "only=x",
        "only=08",
        "only=07",
        "only= 1",
        "only=\t-0",
        "only=1 ",
        "only=k",
        "only=+",
        "only=-+1",
        "only=2g",
        "only=1G",
        "only=2147483648",
        "only=-2147483648",
        "only=0x7fffffff",
        "separator=a,separator=b",
        "key=key,key=other-key",
        "unfold,foo",
        "key=key::",
        "key",
        "separator=%n%x41%x4g",
    ]
    .iter()
    .chain(BAD)
    {
        let placeholder = format!("%(trailers:{options})");
        let expected = repository.log(&placeholder, &[], &[]).concat();
        let mut ours = Vec::new();
        match parse_options(options.as_bytes()) {
            Some(parsed) => format(message, &parsed, &mut ours),
            None => ours.extend_from_slice(placeholder.as_bytes()),
        }
        assert_eq!(ours.escape_ascii().to_string(), expected.escape_ascii().to_string(), "{options:?}");
    }
}
