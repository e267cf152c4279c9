//! Writes a report with every kind of incident, to be looked at: `target/tmp/report.html`.

use std::path::Path;

use store::{Commit, IncidentRow, RequestMinute, Store};

const HOUR_MS: i64 = 3_600_000;
const START_MS: i64 = 1_790_000_000_000;

fn incident(id: i64, tier: &str, words: [&str; 2], offsets: [i64; 2], ends: [Option<i64>; 2]) -> IncidentRow {
    let began_ms = START_MS + id * 5 * HOUR_MS;
    let at = |offset: i64| began_ms + offset;
    IncidentRow {
        id,
        chain: "chat".into(),
        tier: tier.into(),
        simulated: false,
        kind: "outage".into(),
        severity: id % 4,
        state: if ends[1].is_some() { "closed" } else { "open" }.into(),
        title: words[0].into(),
        cause: words[1].into(),
        advice: String::new(),
        began_ms,
        detected_ms: at(offsets[0]),
        assessed_ms: Some(at(offsets[1])),
        failed_over_ms: ends[0].map(at),
        restored_ms: ends[1].map(at),
        closed_ms: ends[1].map(at),
        saved: 120,
        failed: 2,
        relapses: 0,
        ..IncidentRow::default()
    }
}

#[tokio::test]
async fn a_full_page_is_written() {
    let refused = ["chat: vllm-gpu1 is down, vllm-gpu2 answers", "10.0.0.7:8000 refused the connection"];
    let slow = ["chat: vllm-gpu1 answers too slowly, cpu answers", "no token within 15 s"];
    let standby = ["chat: laptop is down, no traffic affected", "laptop.local did not resolve"];
    let whole = ["chat: no tier answers", "every tier refused the connection"];
    let incidents = vec![
        incident(1, "vllm-gpu1", refused, [120, 120], [Some(150), Some(24_300)]),
        incident(2, "vllm-gpu1", slow, [15_020, 15_020], [Some(15_400), Some(48_000)]),
        incident(3, "laptop", standby, [9_800, 9_800], [None, Some(33_000)]),
        incident(4, "vllm-gpu1", refused, [4_000, 4_000], [Some(38_500), Some(96_000)]),
        incident(5, "all tiers", whole, [800, 800], [None, Some(41_000)]),
        incident(6, "vllm-gpu2-with-a-very-long-name", refused, [100, 100], [Some(180), Some(5 * HOUR_MS)]),
        incident(7, "vllm-gpu1", refused, [100, 100], [Some(130), None]),
    ];
    let requests = |result: &str, count| RequestMinute {
        minute: START_MS / 60_000 + 5,
        chain: "chat".into(),
        tier: "vllm-gpu1".into(),
        simulated: false,
        result: result.into(),
        count,
        first_tier_ok: count * 97 / 100,
    };
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let requests = vec![requests("answered", 48_211), requests("failed", 14)];
    store.commit(&Commit { incidents, requests, ..Commit::default() }).await.unwrap();
    let report = operations::reports::report(
        &store,
        (START_MS, START_MS + 48 * HOUR_MS),
        false,
        &operations::reports::Terms::default(),
    )
    .await
    .unwrap();
    let page = operations::reports::html(&report).unwrap();
    for part in ["vllm-gpu1", "4 of 6", "99.97 %", "going on", "target missed", "5 h 0 min"] {
        assert!(page.contains(part), "{part} is missing");
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join("report.html"), page).unwrap();
    std::fs::write(folder.join("report.pdf"), operations::reports::pdf(&report).unwrap()).unwrap();
}
