//! `git optimize stats`: the ring of [`crate::cli::metrics`], summed up for each command.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::cli::StatsOptions;
use super::context::Context;
use super::said;
use crate::cli::metrics::{self, COMMANDS, Record};
use crate::cli::trace::{CacheUse, IndexUse, Served};
use crate::repo::NotExact;

/// One command, summed up. Times in microseconds; where git took over, they end there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Summary {
    pub(super) command: &'static str,
    pub(super) count: usize,
    errors: usize,
    native: usize,
    assisted: usize,
    git: usize,
    /// The share of invocations for which the index could be used, 0 to 1.
    index_hit_rate: f64,
    /// How often an answer was looked for among the remembered ones.
    cache_lookups: usize,
    /// The share of those for which it was there; nothing where there were none.
    cache_hit_rate: Option<f64>,
    min_us: u32,
    mean_us: u64,
    pub(super) p50_us: u32,
    pub(super) p95_us: u32,
    pub(super) p99_us: u32,
    pub(super) max_us: u32,
    peak_memory_kb: u32,
}

impl Summary {
    fn cache_percent(&self) -> String {
        self.cache_hit_rate.map_or("-".to_owned(), |rate| format!("{:.0}%", rate * 100.0))
    }

    /// For a report: who answered, and what was there already.
    pub(super) fn rates(&self) -> String {
        let share = |count: usize| 100.0 * count as f64 / self.count as f64;
        format!(
            "{} runs, native {:.0}%, assisted {:.0}%, git {:.0}%, index {:.0}%, cache {}",
            self.count,
            share(self.native),
            share(self.assisted),
            share(self.git),
            self.index_hit_rate * 100.0,
            self.cache_percent(),
        )
    }
}

pub(super) fn run(options: &StatsOptions) -> ExitCode {
    said::answer(answer(options))
}

fn answer(options: &StatsOptions) -> Result<String, NotExact> {
    let context = Context::open()?;
    let location = context.session()?.location().map_err(Context::fails)?;
    let summaries = location.map(|location| summaries(&location.dir, options.since)).unwrap_or_default();
    Ok(match () {
        () if options.json => serde_json::to_string_pretty(&summaries).unwrap_or_default() + "\n",
        () if options.prometheus => prometheus(&summaries),
        () => text(&summaries),
    })
}

/// What is recorded in the index directory `dir`, of all time or the last so much.
pub(super) fn summaries(dir: &Path, since: Option<Duration>) -> Vec<Summary> {
    let mut records = metrics::read(dir);
    if let Some(since) = since {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let from = now.saturating_sub(since).as_millis() as u64;
        records.retain(|record| record.time >= from);
    }
    (0..COMMANDS.len()).filter_map(|command| sum(&records, command)).collect()
}

fn sum(records: &[Record], command: usize) -> Option<Summary> {
    let records: Vec<&Record> =
        records.iter().filter(|record| usize::from(record.command) == command).collect();
    let mut times: Vec<u32> = records.iter().map(|record| record.wall_us).collect();
    times.sort_unstable();
    let (min, max) = (*times.first()?, *times.last()?);
    let count = times.len();
    // Nearest rank.
    let rank = |percent: usize| times[(count * percent).div_ceil(100).saturating_sub(1)];
    let served = |by: Served| records.iter().filter(|record| record.served == by).count();
    let hits =
        records.iter().filter(|record| !matches!(record.index, IndexUse::None | IndexUse::Rejected)).count();
    let cache = |by: CacheUse| records.iter().filter(|record| record.cache == by).count();
    let (found, missed) = (cache(CacheUse::Hit), cache(CacheUse::Miss));
    Some(Summary {
        command: COMMANDS[command],
        count,
        errors: records.iter().filter(|record| record.failed).count(),
        native: served(Served::Native),
        assisted: served(Served::Assisted),
        git: served(Served::Git),
        index_hit_rate: hits as f64 / count as f64,
        cache_lookups: found + missed,
        cache_hit_rate: (found + missed > 0).then(|| found as f64 / (found + missed) as f64),
        min_us: min,
        mean_us: times.iter().map(|time| u64::from(*time)).sum::<u64>() / count as u64,
        p50_us: rank(50),
        p95_us: rank(95),
        p99_us: rank(99),
        max_us: max,
        peak_memory_kb: records.iter().map(|record| record.memory_kb).max().unwrap_or(0),
    })
}

fn text(summaries: &[Summary]) -> String {
    if summaries.is_empty() {
        return "nothing is recorded\n".to_owned();
    }
    let ms = |us: u64| format!("{:.1}", Duration::from_micros(us).as_secs_f64() * 1e3);
    let mut text = format!(
        "{:<11} {:>7} {:>6} {:>7} {:>8} {:>6} {:>5} {:>5}  {:>8} {:>8} {:>8} {:>8} {:>8} {:>9} (ms) {:>8}\n",
        "command",
        "count",
        "errors",
        "native",
        "assisted",
        "git",
        "index",
        "cache",
        "min",
        "mean",
        "p50",
        "p95",
        "p99",
        "max",
        "memory"
    );
    for it in summaries {
        let _ = writeln!(
            text,
            "{:<11} {:>7} {:>6} {:>7} {:>8} {:>6} {:>4.0}% {:>5}  {:>8} {:>8} {:>8} {:>8} {:>8} {:>9}      {:>5} MB",
            it.command,
            it.count,
            it.errors,
            it.native,
            it.assisted,
            it.git,
            it.index_hit_rate * 100.0,
            it.cache_percent(),
            ms(it.min_us.into()),
            ms(it.mean_us),
            ms(it.p50_us.into()),
            ms(it.p95_us.into()),
            ms(it.p99_us.into()),
            ms(it.max_us.into()),
            it.peak_memory_kb / 1000,
        );
    }
    text.push_str("Where git took over, the time ends there.\n");
    text
}

/// A label, its value, and the number that they stand by.
type Labelled = (&'static str, &'static str, f64);

/// <https://prometheus.io/docs/instrumenting/exposition_formats/>, text format 0.0.4.
fn prometheus(summaries: &[Summary]) -> String {
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, rows: Vec<(String, f64)>| {
        let _ = writeln!(text, "# HELP git_fast_{name} {help}\n# TYPE git_fast_{name} {kind}");
        for (labels, value) in rows {
            let _ = writeln!(text, "git_fast_{name}{{{labels}}} {value}");
        }
    };
    let each = |value: &dyn Fn(&Summary) -> f64| -> Vec<(String, f64)> {
        summaries.iter().map(|it| (format!("command=\"{}\"", it.command), value(it))).collect()
    };
    let labelled = |rows: &dyn Fn(&Summary) -> Vec<Labelled>| -> Vec<(String, f64)> {
        let of = |it: &Summary| -> Vec<(String, f64)> {
            let label = |(name, value, number): (&str, &str, f64)| {
                (format!("command=\"{}\",{name}=\"{value}\"", it.command), number)
            };
            rows(it).into_iter().map(label).collect()
        };
        summaries.iter().flat_map(of).collect()
    };
    // The ring forgets, so nothing here is a counter.
    let served = labelled(&|it| {
        let by = [("native", it.native), ("assisted", it.assisted), ("git", it.git)];
        by.into_iter().map(|(served, count)| ("served", served, count as f64)).collect()
    });
    family("recorded_invocations", "gauge", "Invocations in the ring, by who answered.", served);
    family("recorded_errors", "gauge", "Invocations in the ring that failed.", each(&|it| it.errors as f64));
    family(
        "index_hit_ratio",
        "gauge",
        "Share of invocations that used the index.",
        each(&|it| it.index_hit_rate),
    );
    let hits =
        summaries.iter().filter_map(|it| Some((format!("command=\"{}\"", it.command), it.cache_hit_rate?)));
    family("cache_hit_ratio", "gauge", "Share of lookups that found a remembered answer.", hits.collect());
    let seconds = |us: u32| f64::from(us) / 1e6;
    let quantiles = labelled(&|it| {
        let at = [
            ("0", it.min_us),
            ("0.5", it.p50_us),
            ("0.95", it.p95_us),
            ("0.99", it.p99_us),
            ("1", it.max_us),
        ];
        at.into_iter().map(|(quantile, us)| ("quantile", quantile, seconds(us))).collect()
    });
    family("duration_seconds", "gauge", "Wall-clock time, until git took over where it did.", quantiles);
    let memory = each(&|it| f64::from(it.peak_memory_kb) * 1000.0);
    family("peak_memory_bytes", "gauge", "Largest resident memory.", memory);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks() {
        let record = |wall_us| Record {
            command: 0,
            served: Served::Native,
            index: if wall_us > 50 { IndexUse::Fresh } else { IndexUse::None },
            cache: CacheUse::ALL[wall_us as usize % 3],
            failed: wall_us == 7,
            time: 0,
            wall_us,
            memory_kb: wall_us * 10,
        };
        let records: Vec<Record> = (1..=100).rev().map(record).collect();
        let it = sum(&records, 0).expect("there are some");
        assert_eq!((it.min_us, it.p50_us, it.p95_us, it.p99_us, it.max_us), (1, 50, 95, 99, 100));
        assert_eq!((it.mean_us, it.count, it.errors, it.native, it.git), (50, 100, 1, 100, 0));
        assert!((it.index_hit_rate - 0.5).abs() < 1e-9 && it.peak_memory_kb == 1000);
        // 1, 4 … 100 are hits, 2, 5 … 98 are not.
        assert_eq!((it.cache_lookups, it.cache_hit_rate), (67, Some(34.0 / 67.0)));
        assert!(sum(&records, 1).is_none());
    }
}
