# The steps of .ci/run, one by one, and what is done by hand.

# All that CI does.
ci: fmt clippy doc test

fmt:
    cargo fmt --check

clippy:
    cargo clippy --locked --all-targets -- -D warnings

doc:
    RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps

test:
    cargo test

# Licences, advisories and sources of the dependencies (cargo install cargo-deny).
deny:
    cargo deny check

# The differential test for as long as it takes, against a release build: just diff 100000 7
diff cases seed:
    cargo build --release
    GIT_FAST_TEST_BIN_DIR=target/release GIT_FAST_DIFF_CASES={{cases}} GIT_FAST_DIFF_SEED={{seed}} cargo test --test main answers_are

# Generated command lines on a repository of yours, which is only read: just diff-repository ~/src/linux 1000
diff-repository path cases:
    cargo build --release
    GIT_FAST_TEST_BIN_DIR=target/release GIT_FAST_TEST_REPO={{path}} GIT_FAST_DIFF_CASES={{cases}} cargo test --test main answers_are

# Measures against git and writes docs/BENCHMARKS.md: just bench ~/src/git ~/src/linux
bench +repositories:
    cargo bench --bench compare -- --output docs/BENCHMARKS.md {{repositories}}

# Opens the index from arbitrary bytes (cargo install cargo-fuzz).
fuzz:
    cargo fuzz run --sanitizer none open_index
