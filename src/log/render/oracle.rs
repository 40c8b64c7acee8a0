//! What the tests of the renderers share: the real git on one-off repositories, and replayable random cases.

use std::io::Write;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A small generator of random numbers (xorshift64*), the same on every machine for the same seed.
pub(crate) struct Random(u64);

impl Random {
    /// Takes the seed from `GIT_FAST_TEST_SEED`, else from the clock, and prints it for a replay.
    pub(crate) fn seeded() -> Random {
        let seed = match std::env::var("GIT_FAST_TEST_SEED") {
            Ok(seed) => seed.parse().expect("GIT_FAST_TEST_SEED is a number"),
            Err(_) => std::time::UNIX_EPOCH.elapsed().expect("a clock after 1970").as_nanos() as u64,
        };
        // The harness shows it when the test fails.
        #[expect(clippy::print_stderr)]
        {
            eprintln!("replay with GIT_FAST_TEST_SEED={seed}");
        }
        Random(seed | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 11) as usize % limit
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// A bare repository with one line of history.
pub(crate) struct Repository {
    directory: TempDir,
}

impl Repository {
    /// One commit for each pair of an author line's end (`<seconds> <zone>`) and a message.
    pub(crate) fn new<'a>(commits: impl IntoIterator<Item = (String, &'a [u8])>) -> Repository {
        let repository = Repository { directory: tempfile::tempdir().expect("a temporary directory") };
        repository.run(&["init", "--quiet", "--bare", "--initial-branch=main", "."], &[], b"");
        let mut stream = Vec::new();
        for (time, message) in commits {
            write!(
                stream,
                "commit refs/heads/main\nauthor A <a@b> {time}\ncommitter C <c@d> 1 +0000\ndata {}\n",
                message.len()
            )
            .expect("writing to memory");
            stream.extend_from_slice(message);
            stream.push(b'\n');
        }
        repository.run(&["fast-import", "--quiet", "--date-format=raw-permissive"], &[], &stream);
        repository
    }

    /// What git prints; it must succeed.
    pub(crate) fn run(&self, arguments: &[&str], environment: &[(&str, &str)], input: &[u8]) -> Vec<u8> {
        let (success, output, errors) = self.try_run(arguments, environment, input);
        assert!(success, "git {arguments:?}: {}", String::from_utf8_lossy(&errors));
        output
    }

    /// Whether git succeeds, and its two outputs.
    pub(crate) fn try_run(
        &self,
        arguments: &[&str],
        environment: &[(&str, &str)],
        input: &[u8],
    ) -> (bool, Vec<u8>, Vec<u8>) {
        let mut command = Command::new("git");
        command.args(arguments).current_dir(&self.directory).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.directory.path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C.UTF-8").envs(environment.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("git starts");
        let mut stdin = child.stdin.take().expect("a pipe to git");
        let input = input.to_vec();
        let feeder = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().expect("git ends");
        // git may end before it has read everything.
        let _ = feeder.join().expect("the feeding thread ends");
        (output.status.success(), output.stdout, output.stderr)
    }

    /// One answer of `git log --format` for each commit, oldest first.
    pub(crate) fn log(&self, format: &str, more: &[&str], environment: &[(&str, &str)]) -> Vec<Vec<u8>> {
        let format = format!("--format={format}");
        let arguments = [&["log", "--reverse", "-z", &format], more].concat();
        let mut answers: Vec<Vec<u8>> =
            self.run(&arguments, environment, b"").split(|&byte| byte == 0).map(<[u8]>::to_vec).collect();
        answers.pop();
        answers
    }
}
