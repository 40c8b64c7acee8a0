//! The commit-graph as its headers tell it (gitformat-commit-graph(5)): how many commits, and whether it has
//! changed-path filters. Nothing else of it is read.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::packs::chunk_table;

/// What there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Graph {
    /// Commits in all layers.
    pub commits: u32,
    /// Layers of a chain; 1 for a single file.
    pub layers: u32,
    /// Every layer has changed-path filters.
    pub changed_paths: bool,
}

/// Looks at `objects/info`; `None` when there is no commit-graph, or none that can be read.
pub(crate) fn read(objects: &Path) -> Option<Graph> {
    let info = objects.join("info");
    if let Some((commits, changed_paths)) = layer(&info.join("commit-graph")) {
        return Some(Graph { commits, layers: 1, changed_paths });
    }
    let chain = fs::read_to_string(info.join("commit-graphs/commit-graph-chain")).ok()?;
    let mut graph = Graph { commits: 0, layers: 0, changed_paths: true };
    for hash in chain.lines() {
        let (commits, changed_paths) = layer(&info.join(format!("commit-graphs/graph-{hash}.graph")))?;
        graph.commits = graph.commits.saturating_add(commits);
        graph.layers += 1;
        graph.changed_paths &= changed_paths;
    }
    (graph.layers > 0).then_some(graph)
}

fn layer(path: &Path) -> Option<(u32, bool)> {
    let mut file = File::open(path).ok()?;
    let mut head = [0; 8];
    file.read_exact(&mut head).ok()?;
    if !head.starts_with(b"CGPH") {
        return None;
    }
    let chunks = chunk_table(&file, 8, head[6]).ok()?;
    let (_, fanout, _) = chunks.iter().find(|(id, _, _)| id == b"OIDF")?;
    let mut last = [0; 4];
    file.read_exact_at(&mut last, fanout.checked_add(255 * 4)?).ok()?;
    Some((u32::from_be_bytes(last), chunks.iter().any(|(id, _, _)| id == b"BIDX")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by changing the bytes of a real one.
    #[test]
    fn a_chunk_at_the_end_of_all_offsets() {
        let dir = tempfile::tempdir().unwrap();
        let info = dir.path().join("info");
        fs::create_dir(&info).unwrap();
        let header = [&b"CGPH\x01\x01\x01\0"[..], b"OIDF", &u64::MAX.to_be_bytes(), &[0; 12]].concat();
        fs::write(info.join("commit-graph"), header).unwrap();
        assert_eq!(read(dir.path()), None);
    }
}
