//! How long an error says to wait, in whatever header: never beyond all reason, never a failure of our own.
#![no_main]

use std::time::{Duration, SystemTime};

use dialect::fault::classify;
use libfuzzer_sys::fuzz_target;

const HEADERS: [&str; 8] = [
    "retry-after",
    "retry-after-ms",
    "x-ratelimit-reset",
    "x-ratelimit-reset-requests",
    "x-ratelimit-reset-tokens",
    "anthropic-ratelimit-requests-reset",
    "date",
    "x-should-retry",
];

fuzz_target!(|input: (u16, u8, &str, &str, u32)| {
    let (status, which, first, second, now) = input;
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now.into());
    let name = HEADERS[usize::from(which) % HEADERS.len()];
    let header = |asked: &str| match asked {
        "retry-after" if name != "retry-after" => Some(second.to_owned()),
        asked => (asked == name).then(|| first.to_owned()),
    };
    let fault = classify(status, &header, b"{}", now);
    if let Some(wait) = fault.retry_after {
        assert!(SystemTime::now().checked_add(wait).is_some(), "{wait:?}");
    }
});
