//! What is left of a provider's rate limits, by the headers of its answers (WIRE section 1.7).

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

/// The figures in an answer's headers; absent where there are none. Negative ones, which some proxies send for "not
/// known", are none.
#[must_use]
pub fn quota(headers: &HeaderMap, at_ms: i64) -> Option<Quota> {
    let figure = |names: &[&str]| {
        names.iter().find_map(|name| headers.get(*name)?.to_str().ok()?.trim().parse::<u64>().ok())
    };
    let quota = Quota {
        at_ms,
        requests_left: figure(&REQUESTS_LEFT),
        requests_limit: figure(&REQUESTS_LIMIT),
        tokens_left: figure(&TOKENS_LEFT),
        tokens_limit: figure(&TOKENS_LIMIT),
    };
    (quota.requests_left.is_some() || quota.tokens_left.is_some()).then_some(quota)
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
}
