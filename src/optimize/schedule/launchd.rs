//! An agent for launchd (macOS): launchd.plist(5). Only its text is tested; it has not run on a Mac.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Entry, Interval, home, id, output_of, write};

pub(super) fn install(entry: &Entry) -> Result<String, String> {
    let file = file(&entry.repository)?;
    write(&file, text(entry).as_bytes())?;
    let text = format!("launchd: wrote {}", file.display());
    if !cfg!(target_os = "macos") {
        return Ok(format!(
            "{text}\nthere is no launchd here; on a Mac, run: launchctl load {}",
            file.display()
        ));
    }
    // One that is loaded already has to go first; that there is none is no failure.
    let _ = launchctl("unload", &file);
    launchctl("load", &file)?;
    Ok(format!("{text}, and loaded it"))
}

pub(super) fn remove(repository: &Path) -> Result<String, String> {
    let file = file(repository)?;
    if !file.exists() {
        return Ok("launchd: nothing is installed".to_owned());
    }
    if cfg!(target_os = "macos") {
        let _ = launchctl("unload", &file);
    }
    std::fs::remove_file(&file).map_err(|err| format!("{}: {err}", file.display()))?;
    Ok("launchd: removed".to_owned())
}

pub(super) fn show(repository: &Path) -> Result<Option<String>, String> {
    let file = file(repository)?;
    Ok(std::fs::read_to_string(&file).ok().map(|text| format!("{}\n{}", file.display(), text.trim_end())))
}

fn launchctl(verb: &str, file: &Path) -> Result<(), String> {
    output_of(Command::new("launchctl").arg(verb).arg(file).stdin(Stdio::null()), "launchctl").map(drop)
}

fn label(repository: &Path) -> String {
    format!("io.git-fast.optimize.{}", id(repository))
}

fn file(repository: &Path) -> Result<PathBuf, String> {
    Ok(home()?.join("Library/LaunchAgents").join(format!("{}.plist", label(repository))))
}

fn text(entry: &Entry) -> String {
    let string = |text: &str| format!("<string>{}</string>", escape(text));
    let mut arguments = vec![entry.program.display().to_string()];
    arguments.extend(entry.arguments());
    let arguments: Vec<String> =
        arguments.iter().map(|argument| format!("\t\t{}\n", string(argument))).collect();
    let field = |name: &str, value: u8| format!("\t\t<key>{name}</key><integer>{value}</integer>\n");
    let mut when = field("Minute", entry.minute);
    match entry.interval {
        Interval::Hourly => {}
        Interval::Daily(hour) => when.push_str(&field("Hour", hour)),
        Interval::Weekly(hour) => {
            when.push_str(&field("Hour", hour));
            when.push_str(&field("Weekday", 0));
        }
    }
    let path = format!("{}:/usr/bin:/bin", entry.git_dir.display());
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n<dict>\n\
         \t<key>Label</key>{}\n\t<key>ProgramArguments</key>\n\t<array>\n{}\t</array>\n\
         \t<key>WorkingDirectory</key>{}\n\t<key>EnvironmentVariables</key>\n\t<dict>\n\t\t<key>PATH</key>{}\n\t</dict>\n\
         \t<key>StartCalendarInterval</key>\n\t<dict>\n{when}\t</dict>\n\t<key>ProcessType</key>{}\n</dict>\n</plist>\n",
        string(&label(&entry.repository)),
        arguments.concat(),
        string(&entry.repository.display().to_string()),
        string(&path),
        string("Background"),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_list() {
        let entry = Entry {
            repository: "/Users/x/a & b".into(),
            program: "/opt/git-optimize".into(),
            git_dir: "/opt/bin".into(),
            tasks: vec!["index"],
            interval: Interval::Weekly(2),
            minute: 30,
        };
        let text = text(&entry);
        for part in [
            "<string>/Users/x/a &amp; b</string>",
            "<string>--task=index</string>",
            "<key>Weekday</key><integer>0</integer>",
            "<key>Minute</key><integer>30</integer>",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }
}
