# The steps of .ci/run, one by one, and what is done by hand.

# All that CI does.
ci:
    .ci/run

fmt:
    cargo fmt --check

clippy:
    cargo clippy --locked --all-targets -- -D warnings

doc:
    RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps

test:
    cargo test

# The tests that need more than Rust and git, when .ci/tools has installed it.
test-tools:
    cargo test --test main -- --ignored prompt completions install pre_commit systemd cannot_map browser launchd real_cron examples
    GIT_FAST_KILL_TRIALS=300 cargo test --test main killed_at_random_instants

# Licences, advisories and sources of the dependencies (cargo install cargo-deny).
deny:
    cargo deny --all-features check

# The differential test for as long as it takes, against a release build: just diff 100000 7
diff cases seed:
    cargo build --release
    GIT_FAST_TEST_BIN_DIR=target/release GIT_FAST_DIFF_CASES={{cases}} GIT_FAST_DIFF_SEED={{seed}} cargo test --test main answers_are

# The state machine of git faststatus for as long as it takes: just status 1000 7
status cases seed:
    cargo build --release
    GIT_FAST_TEST_BIN_DIR=target/release GIT_FAST_STATUS_CASES={{cases}} GIT_FAST_STATUS_SEED={{seed}} cargo test --test main status_is

# Generated command lines on a repository of yours, which is only read: just diff-repository ~/src/linux 1000
diff-repository path cases:
    cargo build --release
    GIT_FAST_TEST_BIN_DIR=target/release GIT_FAST_TEST_REPO={{path}} GIT_FAST_DIFF_CASES={{cases}} cargo test --test main answers_are

# Measures against git and writes docs/BENCHMARKS*.md and docs/plots anew, on generated repositories and on those that are
# given (30 GB of disk in target/; against gitoxide, too, after `cargo install gitoxide`): just bench ~/src/git ~/src/linux
bench *repositories: gen300k
    cargo bench --bench compare -- --output docs/BENCHMARKS.md {{repositories}} target/bench/gen300k
    cargo bench --bench optimize -- --output docs/BENCHMARKS-optimize.md {{repositories}} target/bench/gen300k
    cargo bench --bench status -- --quick 20 --output docs/BENCHMARKS-status.md --files 10000,100000,1000000
    cargo bench --bench ladder -- --budget 3 --quick 6 --output docs/BENCHMARKS-sizes.md {{repositories}}

# The generated repository of 300,000 commits that the tables have besides real ones.
gen300k:
    test -d target/bench/gen300k || cargo bench --bench generate -- --commits 300000 --files 40000 --size 1GB target/bench/gen300k

# Any bytes for whatever reads what may be damaged (cargo install cargo-fuzz): just fuzz readers 600
fuzz target seconds:
    GIT_FAST_READER_SEEDS=fuzz/corpus/readers cargo test --test main readers
    RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none {{target}} -- -max_total_time={{seconds}}

# Programs, manual pages and completions below a prefix: just install ~/.local
install prefix:
    make install PREFIX={{prefix}}

# A Debian package in target/debian (cargo install cargo-deb).
deb:
    cargo deb --locked

# The same, installed here (as root) and held against what `make install` installs.
deb-check *options:
    .ci/deb {{options}}

# Whether the compiler accepts the source for macOS, or another target. No C compiler for it is needed: nothing is linked.
check-target target="aarch64-apple-darwin":
    rustup target add {{target}}
    CC_{{replace(target, "-", "_")}}=true AR_{{replace(target, "-", "_")}}=true cargo check --locked --lib --bins --target {{target}}

# What the tests run besides git, on Debian and as root.
tools:
    .ci/tools
