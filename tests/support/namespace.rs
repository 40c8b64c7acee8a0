//! A mount namespace for one script: small and read-only file systems that nobody else sees.

use std::path::Path;

use bstr::ByteSlice;

use super::{Environment, left_out, need};

/// Runs `script` with these arguments in a mount namespace of its own; what it prints, or `None` where `what` can't be
/// tested.
#[track_caller]
pub(crate) fn run(env: &Environment, what: &str, script: &str, arguments: &[&Path]) -> Option<String> {
    // Whoever is not root may mount something in a user namespace, where there are such.
    let rights: &[&str] = match rustix::process::geteuid().is_root() {
        true => &["--mount"],
        false => &["--user", "--map-root-user", "--mount"],
    };
    need("unshare", "util-linux");
    let mut command = env.command("unshare", env.path(), rights);
    command.args(["sh", "-c", script, "sh"]).args(arguments);
    let output = env.run(command);
    let (said, errors) = (output.stdout.to_str_lossy(), output.stderr.to_str_lossy());
    if errors.starts_with("unshare: ") || said.starts_with("not here") {
        let hint = "it needs a mount namespace: CAP_SYS_ADMIN for root, else user namespaces (kernel.unprivileged_userns_clone)";
        left_out(what, &format!("{hint}: {said}{errors}"));
        return None;
    }
    assert_eq!(output.code, 0, "{said}{errors}");
    Some(said.into_owned())
}
