//! What to do about figures that stand out: commands that can be run as they stand. Those without a directory are for
//! the top of the worktree.

use serde::{Deserialize, Serialize};

use super::Report;
use super::checkout::{Checkout, Directory};
use super::refs::Refs;
use crate::optimize::run::space::size;
use crate::optimize::shell;

/// A blob of this size is worth a rule of its own.
const LARGE_BLOB: u64 = 10_000_000;
/// How many directories a sparse checkout is recommended of.
const CONES: usize = 3;

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Advice {
    pub(super) reason: String,
    pub(super) command: String,
}

/// Recommendations, each with the command that carries it out.
pub(super) fn advice(report: &Report) -> Vec<Advice> {
    let (figures, checkout) = (&report.history, &report.checkout);
    let mut advice = Vec::new();
    let mut add = |reason: String, command: String| advice.push(Advice { reason, command });
    let url = shell::word(&report.url);
    let large: Vec<_> = figures.blobs.largest.iter().filter(|blob| blob.size >= LARGE_BLOB).collect();
    if figures.blobs.total > 4 * checkout.bytes.max(250_000_000) {
        let reason = format!(
            "old versions of files are {}, the checkout is {}: new clones can leave them out",
            size(figures.blobs.total),
            size(checkout.bytes)
        );
        add(reason, format!("git optimize clone --filter=blob:none {url}"));
    } else if !large.is_empty() {
        let reason = format!(
            "{} blobs are of {} and more: new clones can leave them out",
            large.len(),
            size(LARGE_BLOB)
        );
        add(reason, format!("git optimize clone --filter=blob:limit=10m {url}"));
    }
    if checkout.files >= 50_000 || checkout.bytes >= 1_000_000_000 {
        let cones = cones(checkout);
        let listed: Vec<String> = cones
            .iter()
            .map(|dir| format!("{} ({} in {} files)", dir.path, size(dir.bytes), dir.files))
            .collect();
        let names: Vec<String> = cones.iter().map(|dir| shell::word(&dir.path)).collect();
        if !cones.is_empty() {
            let reason = format!(
                "the checkout is {} in {} files, most of it in {}: keep those of them that you work on",
                size(checkout.bytes),
                checkout.files,
                listed.join(", ")
            );
            // git takes these for patterns, unless it is told that they are none.
            let special = cones.iter().any(|dir| dir.path.contains(['*', '?', '[', ']', '\\']));
            let checks = if special { " --skip-checks" } else { "" };
            add(reason, format!("git sparse-checkout set --cone{checks} -- {}", names.join(" ")));
        }
    }
    for extension in figures.extensions.iter().filter(|sum| sum.media && sum.bytes >= 100_000_000).take(3) {
        let name = &extension.extension;
        let reason = format!(
            "{} versions of *.{name} are {}: they do not delta well",
            extension.blobs,
            size(extension.bytes)
        );
        add(reason.clone(), format!("git lfs migrate import --include=\"*.{name}\"  # rewrites history"));
        add(
            format!("*.{name}: no more tries to delta them"),
            format!("echo '*.{name} -delta' >> .gitattributes"),
        );
    }
    if large.iter().any(|blob| blob.size >= 50_000_000) {
        let reason = "blobs of 50 MB and more are held in memory to be compared".to_owned();
        add(reason, "git config core.bigFileThreshold 50m".to_owned());
    }
    if figures.commits.count >= 500_000 {
        add(
            format!("{} commits: a build machine needs the last few", figures.commits.count),
            format!("git clone --depth=50 {url}"),
        );
    }
    if figures.commits.count >= 10_000 && report.storage.graph_commits == 0 {
        add("there is no commit-graph".to_owned(), "git optimize --task commit-graph".to_owned());
    }
    if report.storage.packs > 50 || report.storage.loose > 6700 {
        let reason = format!("{} packs and {} loose objects", report.storage.packs, report.storage.loose);
        add(reason, "git optimize run".to_owned());
    }
    if report.refs.count >= 25_000 {
        let (reason, command) = fewer_refs(&report.refs, &url);
        add(format!("{} refs, {reason}", report.refs.count), command);
    }
    for (needed, key, value, reason) in [
        (checkout.files >= 10_000, "core.untrackedCache", "true", "git status looks into every directory"),
        (checkout.files >= 10_000, "index.version", "4", "a smaller index is read faster"),
        (
            checkout.files >= 50_000 && report.has_watcher,
            "core.fsmonitor",
            "true",
            "git status looks at every file",
        ),
    ] {
        if needed && !report.configured.iter().any(|known| known == key) {
            add(format!("{} files: {reason}", checkout.files), format!("git config {key} {value}"));
        }
    }
    advice
}

/// The largest directories that leave something out: where nearly all is in one, those in it.
fn cones(checkout: &Checkout) -> Vec<&Directory> {
    // Names that are not text can't be given as they are.
    let named = |dir: &&Directory| !dir.path.contains('\u{fffd}');
    let directories = || checkout.largest_directories.iter().filter(named);
    let top: Vec<&Directory> = directories().filter(|dir| !dir.path.contains('/')).collect();
    let inside = match top.first() {
        Some(first) if first.bytes >= checkout.bytes / 10 * 9 => format!("{}/", first.path),
        _ => return top.into_iter().take(CONES).collect(),
    };
    let below: Vec<&Directory> = directories().filter(|dir| dir.path.starts_with(&inside)).collect();
    if below.is_empty() { top } else { below }.into_iter().take(CONES).collect()
}

/// Which refs need not be listed to everybody, and how they are left out.
fn fewer_refs(refs: &Refs, url: &str) -> (String, String) {
    match () {
        () if refs.most_below_count >= refs.count / 2 => (
            format!("{} of them below {}: each fetch lists them all", refs.most_below_count, refs.most_below),
            // The setting may have several values.
            format!("git config --add transfer.hideRefs {}  # on the server", shell::word(&refs.most_below)),
        ),
        () if refs.tags >= refs.count / 2 => (
            format!("{} of them tags: new clones can do without", refs.tags),
            format!("git clone --no-tags {url}"),
        ),
        () => ("which new clones need not have all".to_owned(), format!("git clone --single-branch {url}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimize::report::checkout::Directory;
    use crate::optimize::report::figures::{Extension, Large};

    /// The commands that are recommended.
    fn commands(change: impl FnOnce(&mut Report)) -> Vec<String> {
        let mut report = Report { url: "/srv/x.git".to_owned(), ..Report::default() };
        change(&mut report);
        advice(&report).into_iter().map(|advice| advice.command).collect()
    }

    fn blob_of(size: u64) -> impl FnOnce(&mut Report) {
        move |report| {
            report.history.blobs.largest = vec![Large { size, ..Large::default() }];
        }
    }

    #[test]
    fn what_stands_out_gets_the_command_that_helps_and_nothing_else_does() {
        assert!(commands(|_| ()).is_empty());
        assert!(commands(blob_of(9_999_999)).is_empty());
        assert_eq!(commands(blob_of(10_000_000)), ["git optimize clone --filter=blob:limit=10m /srv/x.git"]);
        let huge = commands(blob_of(50_000_000));
        assert_eq!(huge[1..], ["git config core.bigFileThreshold 50m"]);
        let old_versions = commands(|report| {
            report.history.blobs.total = 1_000_000_001;
            report.url = "https://example.org/x.git?a&b".to_owned();
        });
        assert_eq!(old_versions, ["git optimize clone --filter=blob:none 'https://example.org/x.git?a&b'"]);
        let film = |media| Extension { extension: "mp4".to_owned(), blobs: 3, bytes: 100_000_000, media };
        assert!(commands(|report| report.history.extensions = vec![film(false)]).is_empty());
        assert_eq!(
            commands(|report| report.history.extensions = vec![film(true)]),
            [
                "git lfs migrate import --include=\"*.mp4\"  # rewrites history",
                "echo '*.mp4 -delta' >> .gitattributes"
            ]
        );
        assert_eq!(
            commands(|report| report.history.commits.count = 500_000),
            ["git clone --depth=50 /srv/x.git", "git optimize --task commit-graph"]
        );
        let with_graph = |report: &mut Report| {
            report.history.commits.count = 10_000;
            report.storage.graph_commits = 10_000;
        };
        assert!(commands(with_graph).is_empty());
        assert_eq!(commands(|report| report.storage.packs = 51), ["git optimize run"]);
        assert_eq!(commands(|report| report.storage.loose = 6701), ["git optimize run"]);
    }

    #[test]
    fn refs_that_most_do_without_are_named() {
        let refs = |below: u64, tags| {
            let below = move |report: &mut Report| {
                report.refs.count = 25_000;
                report.refs.most_below = "refs/pull$x".to_owned();
                report.refs.most_below_count = below;
                report.refs.tags = tags;
            };
            commands(below)
        };
        assert_eq!(refs(20_000, 0), ["git config --add transfer.hideRefs 'refs/pull$x'  # on the server"]);
        assert_eq!(refs(9_000, 14_000), ["git clone --no-tags /srv/x.git"]);
        assert_eq!(refs(9_000, 0), ["git clone --single-branch /srv/x.git"]);
        assert!(commands(|report| report.refs.count = 24_999).is_empty());
    }

    #[test]
    fn a_large_checkout_gets_cones_and_settings_that_are_not_made_yet() {
        let large = |report: &mut Report| {
            report.checkout.files = 50_000;
            report.has_watcher = true;
            let directory = |path: &str, bytes| Directory { path: path.to_owned(), files: 1, bytes };
            report.checkout.bytes = 1100;
            report.checkout.largest_directories = vec![
                directory("it's docs", 900),
                directory("it's docs/img", 800),
                directory("src", 100),
                directory("\u{fffd}", 90),
            ];
        };
        let settings = [
            "git config core.untrackedCache true",
            "git config index.version 4",
            "git config core.fsmonitor true",
        ];
        let all = commands(large);
        assert_eq!(all[0], "git sparse-checkout set --cone -- 'it'\\''s docs' src");
        assert_eq!(all[1..], settings);
        let mut report = Report::default();
        large(&mut report);
        assert_eq!(
            advice(&report)[0].reason,
            "the checkout is 1.1 kB in 50000 files, most of it in it's docs (900 B in 1 files), src (100 B in 1 files): \
             keep those of them that you work on"
        );
        report.checkout.bytes = 1000;
        assert_eq!(advice(&report)[0].command, "git sparse-checkout set --cone -- 'it'\\''s docs/img'");
        let set = |report: &mut Report| {
            large(report);
            report.configured = vec!["core.untrackedCache".to_owned(), "index.version".to_owned()];
        };
        assert_eq!(commands(set)[1..], settings[2..]);
        let unwatched = |report: &mut Report| {
            large(report);
            report.has_watcher = false;
        };
        assert_eq!(commands(unwatched)[1..], settings[..2]);
    }
}
