//! A mount namespace for one script: small and read-only file systems that nobody else sees.

use std::path::Path;

use bstr::ByteSlice;

use super::Environment;

/// Runs `script` with these arguments in a mount namespace of its own; what it prints, or why that can't be done here.
pub(crate) fn run(env: &Environment, script: &str, arguments: &[&Path]) -> Result<String, String> {
    // Whoever is not root may mount something in a user namespace, where there are such.
    let rights: &[&str] = match rustix::process::geteuid().is_root() {
        true => &["--mount"],
        false => &["--user", "--map-root-user", "--mount"],
    };
    let mut command = env.command("unshare", env.path(), rights);
    command.args(["sh", "-c", script, "sh"]).args(arguments);
    let output = env.run(command);
    let (said, errors) = (output.stdout.to_str_lossy(), output.stderr.to_str_lossy());
    if errors.starts_with("unshare: ") || said.starts_with("not here") {
        return Err(format!("{said}{errors}"));
    }
    assert_eq!(output.code, 0, "{said}{errors}");
    Ok(said.into_owned())
}
