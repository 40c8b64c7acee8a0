//! Any bytes for each of those that read what may be damaged or hostile, see `git_fast::readers`; the first byte says
//! for which. Seeds: `GIT_FAST_READER_SEEDS=fuzz/corpus/readers cargo test readers` leaves real files there.
//!
//! Built without cargo-fuzz this is a program that reads the files it is given: what a fuzzer has found, played again.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| git_fast::readers::read(data));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    for file in std::env::args_os().skip(1) {
        git_fast::readers::read(&std::fs::read(file)?);
    }
    Ok(())
}
