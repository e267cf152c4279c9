//! Figures of the last hour, second by second, for the screens' charts.
//!
//! Fed from the journal; kept in memory alone. What a longer time needs is in the database's rollups.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use contract::{
    rpc::{Metric, SeriesRequest},
    view::{Series, SeriesLine},
};
use domain::event::{Attempt, Event, RequestEnd, RequestResult, Stamped};

/// How many seconds are kept.
const KEPT: i64 = 3600;
/// Times to the first token kept for each second and chain; more are left out.
const SAMPLES: usize = 64;

/// The figures.
#[derive(Debug)]
pub struct Figures {
    inner: Mutex<Inner>,
    /// Nothing was measured before this second.
    since: i64,
}

#[derive(Debug, Default)]
struct Inner {
    seconds: VecDeque<Second>,
}

#[derive(Debug, Default)]
struct Second {
    at: i64,
    chains: BTreeMap<String, ChainSecond>,
}

#[derive(Debug, Default)]
struct ChainSecond {
    /// Requests answered, by tier.
    requests: BTreeMap<String, f64>,
    /// Failed tries, by class.
    errors: BTreeMap<String, f64>,
    /// Output tokens, by tier.
    tokens: BTreeMap<String, f64>,
    first_token_ms: Vec<f64>,
}

impl Figures {
    /// Figures from `now_ms` on.
    #[must_use]
    pub fn new(now_ms: i64) -> Self {
        Self { inner: Mutex::default(), since: now_ms / 1000 }
    }

    /// Takes in an event of the journal.
    pub fn add(&self, stamped: &Stamped) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        match &stamped.event {
            Event::Attempt(attempt) => add_attempt(inner.chain(stamped.at_ms, &attempt.chain), attempt),
            Event::Request(RequestEnd {
                chain, tier: Some(tier), result: RequestResult::Answered, ..
            }) => {
                *inner.chain(stamped.at_ms, chain).requests.entry(tier.clone()).or_default() += 1.0;
            }
            _ => {}
        }
    }

    /// The share of a chain's answers that each tier gave in the last minute.
    #[must_use]
    pub fn traffic(&self, chain: &str, now_ms: i64) -> BTreeMap<String, f64> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counts = BTreeMap::<String, f64>::new();
        for second in inner.seconds.iter().rev().take_while(|s| s.at > now_ms / 1000 - 60) {
            for (tier, n) in second.chains.get(chain).into_iter().flat_map(|c| &c.requests) {
                *counts.entry(tier.clone()).or_default() += n;
            }
        }
        let sum: f64 = counts.values().sum();
        counts.into_iter().map(|(tier, n)| (tier, n / sum)).collect()
    }

    /// The lines of a chart that ends at `now_ms`; its marks are in the database.
    #[must_use]
    pub fn series(&self, request: &SeriesRequest, now_ms: i64) -> Series {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let range = (request.range_ms / 1000).clamp(2, KEPT);
        let points = i64::from(request.points.clamp(2, 2000)).min(range);
        let step = range / points;
        let end = now_ms / 1000 / step * step;
        let start = end - points * step;
        let wanted = |chain: &str| request.of.as_deref().is_none_or(|of| of == chain);
        let mut buckets: Vec<ChainSecond> = (0..points).map(|_| ChainSecond::default()).collect();
        for second in inner.seconds.iter().filter(|s| s.at >= start && s.at < end) {
            let Some(bucket) =
                usize::try_from((second.at - start) / step).ok().and_then(|i| buckets.get_mut(i))
            else {
                continue;
            };
            for (_, figures) in second.chains.iter().filter(|(chain, _)| wanted(chain)) {
                bucket.merge(figures);
            }
        }
        let unmeasured = usize::try_from((self.since - start) / step).unwrap_or(0);
        Series {
            at_ms: (0..points).map(|i| (start + i * step) * 1000).collect(),
            lines: lines(request.metric, &buckets, step, unmeasured),
            marks: vec![],
        }
    }
}

impl Inner {
    fn chain(&mut self, at_ms: i64, chain: &str) -> &mut ChainSecond {
        let at = at_ms / 1000;
        // Events come nearly in order; one that is late counts into the newest second.
        if self.seconds.back().is_none_or(|s| s.at < at) {
            self.seconds.push_back(Second { at, ..Second::default() });
            while self.seconds.front().is_some_and(|s| s.at <= at - KEPT) {
                self.seconds.pop_front();
            }
        }
        let newest = self.seconds.len() - 1;
        self.seconds[newest].chains.entry(chain.to_owned()).or_default()
    }
}

fn add_attempt(second: &mut ChainSecond, attempt: &Attempt) {
    if let Some(class) = attempt.failure {
        *second.errors.entry(class.word().to_owned()).or_default() += 1.0;
        return;
    }
    if let Some(ms) = attempt.first_token_ms
        && second.first_token_ms.len() < SAMPLES
    {
        second.first_token_ms.push(ms);
    }
    #[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^52")]
    if let Some(tokens) = attempt.tokens_out {
        *second.tokens.entry(attempt.tier.clone()).or_default() += tokens as f64;
    }
}

impl ChainSecond {
    fn merge(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.requests, &other.requests),
            (&mut self.errors, &other.errors),
            (&mut self.tokens, &other.tokens),
        ] {
            for (name, n) in theirs {
                *mine.entry(name.clone()).or_default() += n;
            }
        }
        self.first_token_ms.extend(&other.first_token_ms);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a step is at most an hour of seconds")]
fn lines(metric: Metric, buckets: &[ChainSecond], step: i64, unmeasured: usize) -> Vec<SeriesLine> {
    let per_second = |pick: fn(&ChainSecond) -> &BTreeMap<String, f64>| {
        let names: std::collections::BTreeSet<&String> =
            buckets.iter().flat_map(|b| pick(b).keys()).collect();
        let value =
            |b: &ChainSecond, name: &String| Some(pick(b).get(name).copied().unwrap_or(0.0) / step as f64);
        let line = |name: &String| SeriesLine {
            name: name.clone(),
            unit: "/s".into(),
            values: buckets
                .iter()
                .enumerate()
                .map(|(at, b)| value(b, name).filter(|_| at >= unmeasured))
                .collect(),
        };
        names.into_iter().map(line).collect()
    };
    match metric {
        Metric::Requests => per_second(|b| &b.requests),
        Metric::Errors => per_second(|b| &b.errors),
        Metric::Tokens => per_second(|b| &b.tokens),
        Metric::FirstToken => [("p50", 0.5), ("p95", 0.95)]
            .map(|(name, q)| SeriesLine {
                name: name.into(),
                unit: "ms".into(),
                values: buckets.iter().map(|b| quantile(&b.first_token_ms, q)).collect(),
            })
            .into(),
        Metric::GpuUtilisation | Metric::GpuMemory | Metric::GpuTemperature | Metric::GpuPower => vec![],
    }
}

/// The nearest-rank quantile; none of nothing.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank among a few thousand samples"
)]
fn quantile(samples: &[f64], q: f64) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (q * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(at_ms: i64, tier: &str) -> Stamped {
        let event = Event::Request(RequestEnd {
            request: "r".into(),
            chain: "chat".into(),
            tier: Some(tier.into()),
            simulated: false,
            result: RequestResult::Answered,
            first_tier_ok: true,
            attempts: 1,
            stream: false,
            total_ms: 1.0,
        });
        Stamped { seq: 1, at_ms, event }
    }

    fn request(range_ms: i64, points: u32) -> SeriesRequest {
        SeriesRequest { metric: Metric::Requests, of: Some("chat".into()), range_ms, points }
    }

    #[test]
    fn requests_are_counted_per_second_and_tier() {
        let figures = Figures::new(0);
        for at_ms in [95_100, 95_900, 97_000] {
            figures.add(&answered(at_ms, "gpu"));
        }
        figures.add(&answered(97_500, "cpu"));
        let series = figures.series(&request(10_000, 10), 100_000);
        assert_eq!(series.at_ms.first(), Some(&90_000));
        assert_eq!(series.lines.len(), 2);
        let gpu: Vec<_> = series.lines[1].values.iter().map(|v| v.unwrap()).collect();
        assert_eq!(gpu, [0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 1.0, 0.0, 0.0]);
        assert_eq!(figures.traffic("chat", 100_000)["gpu"], 0.75);
    }

    #[test]
    fn before_the_start_nothing_was_measured() {
        let figures = Figures::new(96_000);
        figures.add(&answered(97_000, "gpu"));
        let series = figures.series(&request(10_000, 10), 100_000);
        let measured: Vec<bool> = series.lines[0].values.iter().map(Option::is_some).collect();
        assert_eq!(measured, [false, false, false, false, false, false, true, true, true, true]);
    }

    #[test]
    fn what_is_older_than_an_hour_is_forgotten() {
        let figures = Figures::new(0);
        figures.add(&answered(1_000, "gpu"));
        figures.add(&answered(1_000 + KEPT * 1000, "gpu"));
        assert_eq!(figures.inner.lock().unwrap().seconds.len(), 1);
    }

    #[test]
    fn quantiles_are_ranks_of_what_was_measured() {
        let samples: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(quantile(&samples, 0.5), Some(50.0));
        assert_eq!(quantile(&samples, 0.95), Some(95.0));
        assert_eq!(quantile(&[], 0.5), None);
    }
}
