//! A timer and a service for the user's systemd: systemd.timer(5), systemd.service(5).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Entry, Interval, home, id, output_of, shell_word, write};

pub(super) fn install(entry: &Entry) -> Result<String, String> {
    let (service, timer) = files(&entry.repository)?;
    write(&service, service_text(entry)?.as_bytes())?;
    write(&timer, timer_text(entry).as_bytes())?;
    let name = format!("{}.timer", name(&entry.repository));
    let text = format!("systemd: wrote {} and its service", timer.display());
    if !has_session() {
        return Ok(format!(
            "{text}\nthere is no user session of systemd here; in one, run:\n  systemctl --user daemon-reload\n  systemctl --user enable --now {name}"
        ));
    }
    systemctl(&["daemon-reload"])?;
    systemctl(&["enable", "--now", &name])?;
    Ok(format!("{text}, and started it"))
}

pub(super) fn remove(repository: &Path) -> Result<String, String> {
    let (service, timer) = files(repository)?;
    if !service.exists() && !timer.exists() {
        return Ok("systemd: nothing is installed".to_owned());
    }
    let session = has_session();
    if session {
        systemctl(&["disable", "--now", &format!("{}.timer", name(repository))])?;
    }
    for file in [&timer, &service] {
        match std::fs::remove_file(file) {
            Err(err) if err.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("{}: {err}", file.display()));
            }
            _ => {}
        }
    }
    if session {
        systemctl(&["daemon-reload"])?;
    }
    Ok("systemd: removed".to_owned())
}

pub(super) fn show(repository: &Path) -> Result<Option<String>, String> {
    let (service, timer) = files(repository)?;
    let texts = [timer, service].map(|file| {
        std::fs::read_to_string(&file).map(|text| format!("# {}\n{}", file.display(), text.trim_end())).ok()
    });
    let texts: Vec<String> = texts.into_iter().flatten().collect();
    Ok((!texts.is_empty()).then(|| texts.join("\n")))
}

/// Whether a systemd answers for this user.
pub(super) fn has_session() -> bool {
    let mut command = Command::new("systemctl");
    let quiet = command.args(["--user", "show-environment"]).stdin(Stdio::null()).stdout(Stdio::null());
    quiet.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn systemctl(args: &[&str]) -> Result<(), String> {
    output_of(Command::new("systemctl").arg("--user").args(args).stdin(Stdio::null()), "systemctl").map(drop)
}

fn name(repository: &Path) -> String {
    format!("git-optimize-{}", id(repository))
}

fn files(repository: &Path) -> Result<(PathBuf, PathBuf), String> {
    let config = match std::env::var_os("XDG_CONFIG_HOME").filter(|dir| !dir.is_empty()) {
        Some(dir) => PathBuf::from(dir),
        None => home()?.join(".config"),
    };
    let base = config.join("systemd/user").join(name(repository));
    Ok((base.with_extension("service"), base.with_extension("timer")))
}

fn service_text(entry: &Entry) -> Result<String, String> {
    let mut script = b"cd ".to_vec();
    script.extend(shell_word(&entry.repository)?);
    script.extend_from_slice(b" && PATH=");
    script.extend(shell_word(&entry.git_dir)?);
    script.extend_from_slice(b":\"$PATH\" exec ");
    script.extend(shell_word(&entry.program)?);
    let script = String::from_utf8(script).map_err(|_| "a path is not UTF-8".to_owned())?;
    let script = format!("{script} {}", entry.arguments().join(" "));
    Ok(format!(
        "[Unit]\nDescription=git optimize in {}\n\n[Service]\nType=oneshot\n\
         # Nothing to do, skipped and locked are no failures.\nSuccessExitStatus=2 3 4\n\
         Nice=10\nIOSchedulingClass=idle\nExecStart=/bin/sh -c {}\n",
        entry.repository.display().to_string().replace('%', "%%"),
        quote(&script),
    ))
}

/// A word of a unit file: in double quotes, with specifiers and variables escaped.
fn quote(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    format!("\"{escaped}\"")
}

fn timer_text(entry: &Entry) -> String {
    let minute = entry.minute;
    let when = match entry.interval {
        Interval::Hourly => format!("*-*-* *:{minute:02}:00"),
        Interval::Daily(hour) => format!("*-*-* {hour:02}:{minute:02}:00"),
        Interval::Weekly(hour) => format!("Sun *-*-* {hour:02}:{minute:02}:00"),
    };
    format!(
        "[Unit]\nDescription=git optimize in {}\n\n[Timer]\nOnCalendar={when}\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n",
        entry.repository.display().to_string().replace('%', "%%"),
    )
}
