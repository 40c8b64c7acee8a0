//! How much each figure is of concern, and what to do about those that stand out.
//!
//! The reference is git-sizer (<https://github.com/github/git-sizer>, `sizes/output.go`): it divides each figure by
//! a value that is still fine, and gives a star for each whole time that fits. The values below are its own. It looks
//! at the largest checkout of the whole history; here it is that of HEAD.

use serde::{Deserialize, Serialize};

use super::Report;
use crate::optimize::run::space::size;

/// As many stars as git-sizer shows before it gives up counting.
const MOST_STARS: u64 = 30;
/// A blob of this size is worth a rule of its own.
const LARGE_BLOB: u64 = 10_000_000;

/// What one figure is, and how much of a concern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Level {
    pub(super) group: String,
    pub(super) name: String,
    pub(super) value: u64,
    /// In bytes, not a plain number.
    pub(super) bytes: bool,
    /// The value from which on there is one star.
    pub(super) reference: u64,
    /// How many times `reference` fits into `value`; 30 and more are 30.
    pub(super) stars: u64,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Advice {
    pub(super) reason: String,
    pub(super) command: String,
}

pub(super) fn levels(report: &Report) -> Vec<Level> {
    let (figures, checkout) = (&report.history, &report.checkout);
    let largest = |kind: &super::figures::Kind| kind.largest.first().map_or(0, |large| large.size);
    [
        ("overall", "commits", figures.commits.count, false, 500_000),
        ("overall", "size of commits", figures.commits.total, true, 250_000_000),
        ("overall", "trees", figures.trees.count, false, 1_500_000),
        ("overall", "size of trees", figures.trees.total, true, 2_000_000_000),
        ("overall", "blobs", figures.blobs.count, false, 1_500_000),
        ("overall", "size of blobs", figures.blobs.total, true, 10_000_000_000),
        ("overall", "annotated tags", report.refs.annotated_tags, false, 25_000),
        // git-sizer's 1.001: a tag of a tag is the first that is worth a star.
        ("overall", "depth of tags", report.refs.tag_depth, false, 2),
        ("overall", "references", report.refs.count, false, 25_000),
        ("biggest", "commit", largest(&figures.commits), true, 50_000),
        ("biggest", "parents of a commit", figures.parents, false, 10),
        ("biggest", "entries of a directory", checkout.most_entries, false, 1000),
        ("biggest", "blob", largest(&figures.blobs), true, 10_000_000),
        ("history", "depth", figures.depth, false, 500_000),
        ("checkout", "directories", checkout.directories, false, 2000),
        ("checkout", "path depth", checkout.depth, false, 10),
        ("checkout", "path length", checkout.path_length, true, 100),
        ("checkout", "files", checkout.files, false, 50_000),
        ("checkout", "size of files", checkout.bytes, true, 1_000_000_000),
        ("checkout", "links", checkout.links, false, 25_000),
        ("checkout", "submodules", checkout.submodules, false, 100),
    ]
    .into_iter()
    .map(|(group, name, value, bytes, reference)| Level {
        group: group.to_owned(),
        name: name.to_owned(),
        value,
        bytes,
        reference,
        stars: (value / reference).min(MOST_STARS),
    })
    .collect()
}

/// Recommendations, each with the command that carries it out.
pub(super) fn advice(report: &Report) -> Vec<Advice> {
    let (figures, checkout) = (&report.history, &report.checkout);
    let mut advice = Vec::new();
    let mut add = |reason: String, command: String| advice.push(Advice { reason, command });
    let url = report.url.as_deref().unwrap_or("<url>");
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
        let cones: Vec<&str> = checkout
            .largest_directories
            .iter()
            .filter(|dir| !dir.path.contains('/'))
            .map(|dir| dir.path.as_str())
            .take(3)
            .collect();
        let sum: u64 = checkout
            .largest_directories
            .iter()
            .filter(|dir| cones.contains(&dir.path.as_str()))
            .map(|dir| dir.bytes)
            .sum();
        let reason = format!(
            "the largest directories ({}) are {}: check out only what you work on",
            cones.join(", "),
            size(sum)
        );
        add(reason, "git sparse-checkout set --cone <directory>...".to_owned());
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
        add(
            format!("{} refs: each fetch lists them all", report.refs.count),
            "git config transfer.hideRefs <prefix>  # on the server".to_owned(),
        );
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimize::report::checkout::Directory;
    use crate::optimize::report::figures::{Extension, Large};

    /// The commands that are recommended.
    fn commands(change: impl FnOnce(&mut Report)) -> Vec<String> {
        let mut report = Report::default();
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
        assert_eq!(commands(blob_of(10_000_000)), ["git optimize clone --filter=blob:limit=10m <url>"]);
        let huge = commands(blob_of(50_000_000));
        assert_eq!(huge[1..], ["git config core.bigFileThreshold 50m"]);
        let old_versions = commands(|report| {
            report.history.blobs.total = 1_000_000_001;
            report.url = Some("https://example.org/x.git".to_owned());
        });
        assert_eq!(old_versions, ["git optimize clone --filter=blob:none https://example.org/x.git"]);
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
            ["git clone --depth=50 <url>", "git optimize --task commit-graph"]
        );
        let with_graph = |report: &mut Report| {
            report.history.commits.count = 10_000;
            report.storage.graph_commits = 10_000;
        };
        assert!(commands(with_graph).is_empty());
        assert_eq!(commands(|report| report.storage.packs = 51), ["git optimize run"]);
        assert_eq!(commands(|report| report.storage.loose = 6701), ["git optimize run"]);
        assert_eq!(
            commands(|report| report.refs.count = 25_000),
            ["git config transfer.hideRefs <prefix>  # on the server"]
        );
    }

    #[test]
    fn a_large_checkout_gets_cones_and_settings_that_are_not_made_yet() {
        let large = |report: &mut Report| {
            report.checkout.files = 50_000;
            report.has_watcher = true;
            let directory = |path: &str, bytes| Directory { path: path.to_owned(), files: 1, bytes };
            report.checkout.largest_directories =
                vec![directory("docs", 900), directory("docs/img", 800), directory("src", 100)];
        };
        let settings = [
            "git config core.untrackedCache true",
            "git config index.version 4",
            "git config core.fsmonitor true",
        ];
        let all = commands(large);
        assert_eq!(all[0], "git sparse-checkout set --cone <directory>...");
        assert_eq!(all[1..], settings);
        let mut report = Report::default();
        large(&mut report);
        assert!(advice(&report)[0].reason.contains("(docs, src) are 1.0 kB"), "{:?}", advice(&report)[0]);
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

    /// A star for each whole time that git-sizer's value fits in, 30 at most.
    #[test]
    fn stars_are_those_of_git_sizer() {
        let stars = |bytes| {
            let mut report = Report::default();
            report.history.blobs.total = bytes;
            let levels = levels(&report);
            levels.iter().find(|level| level.name == "size of blobs").map(|level| level.stars)
        };
        let found = [0, 9_999_999_999, 10_000_000_000, 25_000_000_000, u64::MAX].map(stars);
        assert_eq!(found, [0, 0, 1, 2, 30].map(Some));
    }
}
