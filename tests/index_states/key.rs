//! The key that the index is authenticated with: damaged, exchanged or lost, beside an index that is whole.

use std::fs;

use super::Row;
use super::fixture::Fixture;
use super::foreign::Foreign;
use super::places::set_mode;
use crate::support::damage::replace;
use crate::support::trace::Served;

/// Whatever becomes of the key, the index that it vouched for is not believed any more, and there is a new one soon.
pub(crate) const ROWS: &[Row] = &[
    ("no key", Served::Native, |it| replace(&it.key(), None)),
    ("an empty key", Served::Native, |it| replace(&it.key(), Some(b""))),
    ("half a key", Served::Native, |it| changed(it, |bytes| bytes.truncate(bytes.len() / 2))),
    ("a key without its last byte", Served::Native, |it| changed(it, |bytes| bytes.truncate(47))),
    ("one byte more than a key", Served::Native, |it| changed(it, |bytes| bytes.push(0))),
    ("a key that names no place", Served::Native, |it| changed(it, |bytes| bytes[8] = b'?')),
    ("a key of zeros", Served::Native, |it| changed(it, |bytes| bytes.fill(0))),
    ("one bit of the key flipped", Served::Native, |it| changed(it, |bytes| bytes[40] ^= 1)),
    ("the key of another repository", Served::Native, |it| Foreign::new("sha1").give_key(it)),
    ("key and index of another repository", Served::Native, |it| {
        let other = Foreign::new("sha1");
        other.give_index(it);
        other.give_key(it);
    }),
    ("a key that cannot be read", Served::Native, |it| {
        it.env.drop_privileges();
        set_mode(&it.key(), 0o000);
    }),
    ("a directory in its place", Served::Git, |it| {
        replace(&it.key(), None);
        fs::create_dir(it.key()).expect("just removed");
    }),
    ("a named pipe in its place", Served::Git, |it| {
        replace(&it.key(), None);
        it.env.run(it.env.command("mkfifo", &it.dir, &[it.key()])).success("mkfifo");
    }),
];

fn changed(it: &Fixture, change: fn(&mut Vec<u8>)) {
    let mut bytes = fs::read(it.key()).expect("there is a key");
    change(&mut bytes);
    replace(&it.key(), Some(&bytes));
}
