//! Tables of states in which an index, or the repository beside it, can be found. In each of them git-fastlog
//! answers as git does, says at most one line more, and does not panic; building the index again never makes
//! an answer wrong.

mod files;
mod fixture;
mod foreign;
mod gone_bad;
mod history;
mod key;
mod mounted;
mod places;

use std::fmt::Write as _;

use fixture::Fixture;

use crate::support::trace::Served;

/// A name; who answers a plain question when the index has had a moment to repair itself; and what happens to a
/// repository whose index has just been built.
type Row = (&'static str, Served, fn(&mut Fixture));

/// Plays each row on a repository of its own: asks, and nothing but that must bring the index back to use where it can
/// be used at all. Then builds the index and asks again.
fn play(rows: &[Row]) {
    let mut failures = String::new();
    let mut add = |name: &str, when: &str, found: Vec<String>| {
        for failure in found {
            let _ = writeln!(failures, "== {name}, {when}: {failure}");
        }
    };
    for (name, served, happen) in rows {
        let mut fixture = Fixture::new();
        happen(&mut fixture);
        add(name, "at once", fixture.ask());
        add(name, "by itself", fixture.comes_to(*served).into_iter().collect());
        let build = fixture.env.optimize(&fixture.dir, &["index", "build"]);
        if build.panicked() || build.timed_out {
            add(name, "building", vec![String::from_utf8_lossy(&build.stderr).into_owned()]);
        }
        add(name, "after building the index again", fixture.ask());
        add(name, "after building the index again", fixture.comes_to(*served).into_iter().collect());
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn files_of_the_index_are_hurt() {
    files::each_file_in_each_way();
}

#[test]
fn damaged_files_of_the_index_are_repaired() {
    files::repaired_by_being_asked();
}

#[test]
fn other_things_are_in_the_place_of_the_index() {
    play(files::REPLACED);
}

#[test]
fn the_key_of_the_index_is_hurt() {
    play(key::ROWS);
}

#[test]
fn the_index_is_somewhere_else() {
    play(places::ROWS);
}

#[test]
fn nothing_can_be_written() {
    play(places::UNWRITABLE);
}

#[test]
fn the_disk_is_full() {
    mounted::full();
}

#[test]
fn there_is_no_room_for_the_answer() {
    mounted::no_room_for_the_answer();
}

#[test]
fn the_file_system_is_mounted_read_only() {
    mounted::read_only();
}

#[test]
fn history_is_rewritten() {
    play(history::REWRITTEN);
}

#[test]
fn history_is_incomplete_or_replaced() {
    play(history::INCOMPLETE);
}

#[test]
fn a_commit_goes_bad_after_it_was_indexed() {
    gone_bad::is_answered_from_the_index_and_found_by_verify();
}

#[test]
fn a_commit_goes_away_when_nothing_leads_to_it() {
    gone_bad::is_no_fault_where_nothing_leads_to_it();
}

#[test]
fn the_repository_is_odd() {
    play(history::ODD);
}
