//! What is left of a provider's rate limits, by the headers of its answers (WIRE section 1.7).

use std::time::{Duration, SystemTime};

use domain::stats::Quota;
use http::HeaderMap;

/// Names of the same figure, the commonest first.
const REQUESTS_LEFT: [&str; 3] = [
    "x-ratelimit-remaining-requests",
    "anthropic-ratelimit-requests-remaining",
    "x-ratelimit-remaining-req-minute",
];
const REQUESTS_LIMIT: [&str; 3] =
    ["x-ratelimit-limit-requests", "anthropic-ratelimit-requests-limit", "x-ratelimit-limit-req-minute"];
const TOKENS_LEFT: [&str; 3] = [
    "x-ratelimit-remaining-tokens",
    "anthropic-ratelimit-tokens-remaining",
    "x-ratelimit-remaining-tokens-minute",
];
const TOKENS_LIMIT: [&str; 3] =
    ["x-ratelimit-limit-tokens", "anthropic-ratelimit-tokens-limit", "x-ratelimit-limit-tokens-minute"];

/// When a limit is whole again; of tokens the longest of those that are counted apart.
const REQUESTS_RESET: [&str; 3] =
    ["x-ratelimit-reset-requests", "anthropic-ratelimit-requests-reset", "x-ratelimit-reset"];
const TOKENS_RESET: [&str; 4] = [
    "x-ratelimit-reset-tokens",
    "anthropic-ratelimit-tokens-reset",
    "anthropic-ratelimit-input-tokens-reset",
    "anthropic-ratelimit-output-tokens-reset",
];
/// A limit by the minute is whole again after no more than that.
const BY_MINUTE: [&str; 2] = ["x-ratelimit-remaining-req-minute", "x-ratelimit-remaining-tokens-minute"];

/// The figures in an answer's headers; absent where there are none. Negative ones, which some proxies send for "not
/// known", are none.
#[must_use]
pub fn quota(headers: &HeaderMap, at_ms: i64) -> Option<Quota> {
    // Most servers say nothing of limits, and a dozen names need not be looked up to see that.
    let says = |name: &http::HeaderName| {
        ["x-ratelimit-", "anthropic-ratelimit-"].iter().any(|start| name.as_str().starts_with(start))
    };
    if !headers.keys().any(says) {
        return None;
    }
    let figure = |names: &[&str]| {
        names.iter().find_map(|name| headers.get(*name)?.to_str().ok()?.trim().parse::<u64>().ok())
    };
    let quota = Quota {
        at_ms,
        requests_left: figure(&REQUESTS_LEFT),
        requests_limit: figure(&REQUESTS_LIMIT),
        tokens_left: figure(&TOKENS_LEFT),
        tokens_limit: figure(&TOKENS_LIMIT),
        spent_for: None,
    };
    let spent_for = spent_for(headers, &quota);
    (quota.requests_left.is_some() || quota.tokens_left.is_some()).then_some(Quota { spent_for, ..quota })
}

/// How long nothing is left of a limit; none where something is, or where that is not said.
fn spent_for(headers: &HeaderMap, quota: &Quota) -> Option<Duration> {
    if quota.requests_left != Some(0) && quota.tokens_left != Some(0) {
        return None;
    }
    let now = SystemTime::now();
    let reset = |names: &[&str]| {
        names.iter().filter_map(|name| span(headers.get(*name)?.to_str().ok()?.trim(), now)).max()
    };
    let minute = || {
        let spent = |name: &str| headers.get(name).is_some_and(|value| value.as_bytes() == b"0");
        BY_MINUTE.iter().any(|name| spent(name)).then_some(Duration::from_secs(60))
    };
    let requests = (quota.requests_left == Some(0)).then(|| reset(&REQUESTS_RESET)).flatten();
    let tokens = (quota.tokens_left == Some(0)).then(|| reset(&TOKENS_RESET)).flatten();
    requests.max(tokens).or_else(minute)
}

/// How long from `now` until a reset.
fn span(text: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    if let Ok(at) = humantime::parse_rfc3339_weak(text) {
        return Some(at.duration_since(now).unwrap_or_default());
    }
    go_span(text)
}

/// `2m59.56s`, `12ms`, `1h0m0s`.
fn go_span(text: &str) -> Option<Duration> {
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let (number, behind) = rest.split_at(digits);
        let letters = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, next) = behind.split_at(letters);
        let seconds = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * seconds;
        rest = next;
    }
    Duration::try_from_secs_f64(total).ok().filter(|_| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse().unwrap(), v.parse().unwrap())).collect()
    }

    #[test]
    fn each_providers_names_are_read() {
        let openai = headers(&[
            ("x-ratelimit-remaining-requests", "59"),
            ("x-ratelimit-limit-requests", "60"),
            ("x-ratelimit-remaining-tokens", "149984"),
        ]);
        let found = quota(&openai, 5).unwrap();
        assert_eq!((found.requests_left, found.requests_limit), (Some(59), Some(60)));
        assert_eq!((found.tokens_left, found.tokens_limit, found.at_ms), (Some(149_984), None, 5));
        let anthropic = headers(&[("anthropic-ratelimit-tokens-remaining", "80000")]);
        assert_eq!(quota(&anthropic, 0).unwrap().tokens_left, Some(80_000));
        let mistral = headers(&[("x-ratelimit-remaining-req-minute", "3")]);
        assert_eq!(quota(&mistral, 0).unwrap().requests_left, Some(3));
    }

    #[test]
    fn nonsense_and_unknown_are_none() {
        assert_eq!(quota(&HeaderMap::new(), 0), None);
        for text in ["-1", "many", "", "1.5e9x"] {
            assert_eq!(quota(&headers(&[("x-ratelimit-remaining-requests", text)]), 0), None, "{text}");
        }
        assert_eq!(
            quota(&headers(&[("x-ratelimit-limit-requests", "60")]), 0),
            None,
            "a limit alone says nothing"
        );
    }

    #[test]
    fn a_spent_limit_tells_for_how_long() {
        let spent = |pairs: &[(&'static str, &'static str)]| quota(&headers(pairs), 0).unwrap().spent_for;
        let seconds = |it| Some(Duration::from_secs(it));
        let left = ("x-ratelimit-remaining-requests", "0");
        assert_eq!(spent(&[left, ("x-ratelimit-reset-requests", "6m0s")]), seconds(360));
        assert_eq!(
            spent(&[("x-ratelimit-remaining-requests", "1"), ("x-ratelimit-reset-requests", "6m0s")]),
            None
        );
        assert_eq!(spent(&[left]), None, "it may be whole again at any moment");
        assert_eq!(spent(&[("x-ratelimit-remaining-tokens-minute", "0")]), seconds(60));
        let far = [
            ("anthropic-ratelimit-tokens-remaining", "0"),
            ("anthropic-ratelimit-output-tokens-reset", "2999-01-01T00:00:00Z"),
        ];
        assert!(spent(&far) > seconds(3600));
    }

    #[test]
    fn spans_come_in_many_forms() {
        let now = SystemTime::UNIX_EPOCH;
        for (text, ms) in [
            ("12ms", Some(12)),
            ("7.66s", Some(7660)),
            ("2m59.5s", Some(179_500)),
            ("1h0m0s", Some(3_600_000)),
            ("30", Some(30_000)),
            ("1970-01-01T00:00:02Z", Some(2000)),
            ("", None),
            ("soon", None),
            ("5 s", None),
            ("-3", None),
            ("1e400", None),
            ("5", Some(5000)),
        ] {
            assert_eq!(span(text, now).map(|it| it.as_millis()), ms, "{text}");
        }
    }
}
