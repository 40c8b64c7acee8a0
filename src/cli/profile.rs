//! `--profile-cpu FILE` and `--profile-memory FILE`, which have to come first on the command line.
//!
//! They are in programs that were built with the features of these names, and cost nothing in others. What is measured
//! ends with this process, or where it becomes git.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;

use super::usage_error;

const OPTIONS: [&str; 2] = ["--profile-cpu", "--profile-memory"];

/// What is under way.
static RUNNING: Mutex<Option<Profiles>> = Mutex::new(None);

#[derive(Default)]
struct Profiles {
    #[cfg(feature = "profile-cpu")]
    cpu: Option<(pprof::ProfilerGuard<'static>, PathBuf)>,
    #[cfg(feature = "profile-memory")]
    memory: Option<dhat::Profiler>,
}

/// Runs `program` with the arguments of this process (without its name), measured if they ask for that.
pub fn run(program: impl FnOnce(Vec<OsString>) -> ExitCode) -> ExitCode {
    let mut args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let mut profiles = None;
    while let Some((option, file)) = asked(&mut args) {
        let Some(file) = file else { return usage_error(&format!("{option} needs the name of a file")) };
        if let Err(reason) = profiles.get_or_insert_with(Profiles::default).start(option, file) {
            return usage_error(&format!("{option}: {reason}"));
        }
    }
    if profiles.is_none() {
        return program(args);
    }
    if let Ok(mut running) = RUNNING.lock() {
        *running = profiles;
    }
    let code = program(args);
    finish();
    code
}

/// Writes what was measured. This has to happen before this process becomes another program: the timer would survive,
/// and end that.
pub fn finish() {
    if let Ok(mut running) = RUNNING.lock()
        && let Some(profiles) = running.take()
        && let Err(reason) = profiles.write()
    {
        let _ = writeln!(std::io::stderr(), "warning: no profile: {reason}");
    }
}

/// Takes the first argument if it is one of ours, with its value.
fn asked(args: &mut Vec<OsString>) -> Option<(&'static str, Option<PathBuf>)> {
    let first = args.first()?.to_str()?;
    let (option, attached) = OPTIONS.into_iter().find_map(|option| match first.strip_prefix(option)? {
        "" => Some((option, None)),
        rest => Some((option, Some(PathBuf::from(rest.strip_prefix('=')?)))),
    })?;
    args.remove(0);
    let file = attached.or_else(|| (!args.is_empty()).then(|| args.remove(0).into()));
    Some((option, file))
}

impl Profiles {
    #[cfg_attr(not(any(feature = "profile-cpu", feature = "profile-memory")), expect(unused_variables))]
    fn start(&mut self, option: &str, file: PathBuf) -> Result<(), String> {
        #[cfg(feature = "profile-cpu")]
        if option == "--profile-cpu" {
            self.cpu = Some((cpu::start()?, file));
            return Ok(());
        }
        #[cfg(feature = "profile-memory")]
        if option == "--profile-memory" {
            self.memory = Some(dhat::Profiler::builder().file_name(file).build());
            return Ok(());
        }
        let feature = option.trim_start_matches('-');
        Err(format!(
            "this program was built without it; in a checkout of git-fast, cargo install --path . --locked --features {feature} makes one with it"
        ))
    }

    fn write(self) -> Result<(), String> {
        // Dropping it writes its file.
        #[cfg(feature = "profile-memory")]
        drop(self.memory);
        #[cfg(feature = "profile-cpu")]
        if let Some((guard, file)) = self.cpu {
            cpu::write(&guard, &file)?;
        }
        Ok(())
    }
}

#[cfg(feature = "profile-cpu")]
mod cpu {
    use std::path::Path;

    use pprof::{ProfilerGuard, ProfilerGuardBuilder};

    /// Samples per second of processor time. A prime number: nothing that happens regularly falls between them.
    const FREQUENCY: i32 = 997;

    pub(super) fn start() -> Result<ProfilerGuard<'static>, String> {
        // Where a signal comes while the unwinder or the loader is at work, unwinding could wait for itself.
        let builder = ProfilerGuardBuilder::default().frequency(FREQUENCY);
        builder.blocklist(&["libc", "libgcc", "pthread", "vdso"]).build().map_err(|err| err.to_string())
    }

    pub(super) fn write(guard: &ProfilerGuard<'_>, file: &Path) -> Result<(), String> {
        let report = guard.report().build().map_err(|err| err.to_string())?;
        if report.data.is_empty() {
            return Err("it was too short for a single sample".into());
        }
        let out = std::fs::File::create(file).map_err(|err| format!("{}: {err}", file.display()))?;
        report.flamegraph(out).map_err(|err| err.to_string())
    }
}
