use store::{ChangeoverRow, Commit, RequestMinute};

use super::*;

/// The target for API routing in these tests.
const TARGET_MS: i64 = 30_000;

fn incident(id: i64) -> IncidentRow {
    IncidentRow {
        id,
        chain: "chat".into(),
        tier: "gpu".into(),
        simulated: false,
        kind: "outage".into(),
        severity: 2,
        state: "closed".into(),
        title: "chat: gpu is down, cpu answers".into(),
        cause: "connection refused".into(),
        advice: "start it".into(),
        began_ms: 1_000_000,
        detected_ms: 1_000_000,
        assessed_ms: Some(1_000_000),
        failed_over_ms: None,
        restored_ms: None,
        closed_ms: None,
        saved: 0,
        failed: 0,
        ..IncidentRow::default()
    }
}

/// Began 0, detected after 1.5 s, assessed 0.2 s later, failed over 2.3 s later, restored 26 s later.
fn worked_example() -> IncidentRow {
    IncidentRow {
        detected_ms: 1_001_500,
        assessed_ms: Some(1_001_700),
        failed_over_ms: Some(1_004_000),
        restored_ms: Some(1_030_000),
        ..incident(1)
    }
}

#[test]
fn the_parts_are_differences_and_add_up_to_the_rto() {
    let recovery = Recovery::of(worked_example(), TARGET_MS);
    assert_eq!(recovery.detect_ms, 1_500);
    assert_eq!(recovery.assess_ms, Some(200));
    assert_eq!(recovery.fail_over_ms, Some(2_300));
    assert_eq!(recovery.restore_ms, Some(26_000));
    assert_eq!(recovery.rto_ms(), Some(30_000), "1,500 + 200 + 2,300 + 26,000");
    assert_eq!(recovery.service_ms, Some(4_000), "answered again 4 s after the first evidence");
    assert_eq!(recovery.within_target, Some(true));
}

#[test]
fn the_target_is_for_the_time_without_an_answer_and_exact() {
    let service = |ms: i64| {
        let row =
            IncidentRow { failed_over_ms: Some(1_000_000 + ms), restored_ms: Some(9_000_000), ..incident(1) };
        Recovery::of(row, TARGET_MS).within_target
    };
    assert_eq!(service(30_000), Some(true), "the tier itself took hours, but answers came");
    assert_eq!(service(30_001), Some(false));
}

#[test]
fn without_a_waiting_request_there_is_no_fail_over_and_no_service_time() {
    let row = IncidentRow { restored_ms: Some(1_020_000), assessed_ms: Some(1_000_500), ..incident(1) };
    let recovery = Recovery::of(row, TARGET_MS);
    assert_eq!((recovery.fail_over_ms, recovery.service_ms, recovery.within_target), (None, None, None));
    assert_eq!(recovery.restore_ms, Some(19_500), "from the assessment");
    assert_eq!(recovery.rto_ms(), Some(20_000), "detection took nothing here, assessment 500");
}

#[test]
fn when_no_tier_answered_the_service_was_out_until_the_end() {
    let row =
        IncidentRow { tier: crate::incidents::ALL_TIERS.into(), restored_ms: Some(1_045_000), ..incident(1) };
    let recovery = Recovery::of(row, TARGET_MS);
    assert_eq!((recovery.service_ms, recovery.within_target), (Some(45_000), Some(false)));
}

#[test]
fn an_incident_that_goes_on_has_no_rto_yet() {
    let recovery = Recovery::of(IncidentRow { failed_over_ms: Some(1_002_000), ..incident(1) }, TARGET_MS);
    assert_eq!((recovery.restore_ms, recovery.rto_ms()), (None, None));
    assert_eq!(recovery.service_ms, Some(2_000));
}

fn requests(minute: i64, simulated: bool, result: &str, count: i64, first_tier_ok: i64) -> RequestMinute {
    let (chain, tier, result) = ("chat".to_owned(), "gpu".to_owned(), result.to_owned());
    RequestMinute { minute, chain, tier, simulated, result, count, first_tier_ok }
}

fn moved(seq: i64, at_ms: i64, cause: &str, direction: &str, simulated: bool) -> ChangeoverRow {
    let (direction, cause) = (direction.to_owned(), cause.to_owned());
    ChangeoverRow {
        seq,
        at_ms,
        chain: "chat".into(),
        simulated,
        direction,
        to_tier: "cloud".into(),
        cause,
        ..ChangeoverRow::default()
    }
}

async fn store_with(commit: Commit) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    store.commit(&commit).await.unwrap();
    (dir, store)
}

/// Minute 16 to 17 is 960,000 to 1,079,999.
fn figures() -> Commit {
    let second = IncidentRow { id: 2, began_ms: 1_050_000, detected_ms: 1_050_500, ..worked_example() };
    let second = IncidentRow {
        assessed_ms: Some(1_050_500),
        failed_over_ms: Some(1_051_000),
        restored_ms: Some(1_060_000),
        ..second
    };
    let going_on = IncidentRow { state: "open".into(), detected_ms: 1_099_000, ..incident(3) };
    let practice = IncidentRow { simulated: true, restored_ms: Some(9_000_000), ..incident(4) };
    let long_ago = IncidentRow { began_ms: 10, restored_ms: Some(9_000_000), ..incident(5) };
    Commit {
        incidents: vec![worked_example(), second, going_on, practice, long_ago],
        requests: vec![
            requests(16, false, "answered", 90, 80),
            requests(17, false, "answered", 7, 7),
            requests(17, false, "failed", 3, 1),
            requests(17, false, "client_mistake", 50, 50),
            requests(17, false, "client_gone", 50, 50),
            requests(17, true, "failed", 1_000, 0),
            requests(15, false, "failed", 1_000, 0),
            requests(18, false, "failed", 1_000, 0),
        ],
        changeovers: vec![
            moved(1, 1_000_000, "refused", "over", false),
            moved(2, 1_000_001, "recovered", "back", false),
            moved(3, 1_000_002, "rate_limited", "over", false),
            moved(4, 1_000_003, "refused", "over", false),
            moved(5, 1_000_004, "refused", "over", true),
            moved(6, 1_080_000, "refused", "over", false),
        ],
        ..Commit::default()
    }
}

#[tokio::test]
async fn a_report_is_computed_from_the_rows_of_its_period_and_kind() {
    let (_dir, store) = store_with(figures()).await;
    let report = report(&store, (960_000, 1_080_000), false, &Terms::default()).await.unwrap();
    assert_eq!(report.requests, 100);
    assert_eq!(report.availability, Some(0.97));
    assert_eq!(report.first_tier_alone, Some(0.88));
    assert_eq!(report.mttd_ms, Some(1_000), "(1,500 + 500) / 2: the one that goes on does not count");
    assert_eq!(report.mtta_ms, Some(100), "(200 + 0) / 2");
    assert_eq!(report.mttr_ms, Some(20_000), "(30,000 + 10,000) / 2");
    assert_eq!(report.recoveries.iter().map(|r| r.incident.id).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(report.incidents, 3);
    assert_eq!(report.by_cause, [("refused".to_owned(), 2), ("rate_limited".to_owned(), 1)]);

    let practice = super::report(&store, (960_000, 1_080_000), true, &Terms::default()).await.unwrap();
    assert_eq!((practice.requests, practice.availability), (1_000, Some(0.0)));
    assert_eq!(practice.recoveries.len(), 1);

    let everything = super::report(&store, (i64::MIN, i64::MAX), false, &Terms::default()).await.unwrap();
    assert!(everything.requests >= report.requests, "a period without ends is one too");
    let nothing = super::report(&store, (1, 2), false, &Terms::default()).await.unwrap();
    let none = (nothing.requests, nothing.availability, nothing.mttr_ms, nothing.by_cause.len());
    assert_eq!(none, (0, None, None, 0));
}

#[tokio::test]
async fn chains_and_tiers_have_figures_of_their_own_and_the_budget_can_be_overspent() {
    let attempts = |tier: &str, result: &str, count| store::AttemptMinute {
        minute: 16,
        chain: "chat".into(),
        tier: tier.into(),
        simulated: false,
        result: result.into(),
        count,
        tokens_in: 0,
        tokens_out: 0,
    };
    let attempts = vec![attempts("gpu", "ok", 30), attempts("gpu", "refused", 10), attempts("cpu", "ok", 5)];
    let requests = vec![requests(16, false, "answered", 9_995, 9_000), requests(16, false, "failed", 5, 0)];
    let (_dir, store) = store_with(Commit { attempts, requests, ..Commit::default() }).await;
    let report = report(&store, (960_000, 1_080_000), false, &Terms::default()).await.unwrap();
    let chain = &report.chains[0];
    assert_eq!((chain.chain.as_str(), chain.requests, chain.availability), ("chat", 10_000, Some(0.9995)));
    let left = chain.budget_left.unwrap();
    assert!((left - 0.5).abs() < 1e-9, "5 of 10 failures that are allowed: {left}");
    let tiers: Vec<_> = report.tiers.iter().map(|t| (t.tier.as_str(), t.attempts, t.availability)).collect();
    assert_eq!(tiers, [("cpu", 5, Some(1.0)), ("gpu", 40, Some(0.75))]);

    let (_dir, store) = store_with(figures()).await;
    let report = super::report(&store, (960_000, 1_080_000), false, &Terms::default()).await.unwrap();
    assert!(report.chains[0].budget_left.unwrap() < 0.0, "3 failures of 100 are 30 times the budget");
    let held: Vec<_> = report.targets.iter().map(|t| (t.component, t.measured_ms, t.held)).collect();
    assert_eq!(held[0], ("API routing, RTO", Some(4_000), Some(true)));
    assert_eq!(held[1], ("Model serving, RTO", Some(30_000), Some(true)));
    assert_eq!(held[2], ("Conversation history, RTO", None, None));
}

#[tokio::test]
async fn a_report_on_paper_has_its_figures_and_survives_hostile_text() {
    let hostile = IncidentRow { title: "a</text>&\u{1}b".into(), chain: "<svg>".into(), ..worked_example() };
    let many = (2..60).map(|id| IncidentRow { id, ..worked_example() });
    let incidents = std::iter::once(hostile).chain(many).collect();
    let (_dir, store) = store_with(Commit { incidents, ..figures() }).await;
    let file = pdf(&report(&store, (0, 2_000_000), false, &Terms::default()).await.unwrap()).unwrap();
    assert!(file.starts_with(b"%PDF-1."));
    let text = String::from_utf8_lossy(&file);
    let sheets = text.matches("/MediaBox").count();
    assert!((2..8).contains(&sheets), "{sheets} sheets");

    let (_dir, store) = store_with(Commit::default()).await;
    let empty = pdf(&report(&store, (0, 1), true, &Terms::default()).await.unwrap()).unwrap();
    assert!(empty.len() > 1_000, "an empty period is a report too");
}

#[tokio::test]
async fn the_week_ends_now_and_knows_the_worst_recovery() {
    let (_dir, store) = store_with(figures()).await;
    let week = week(&store, 1_079_000, false).await.unwrap();
    assert_eq!((week.requests, week.failovers), (1_100, 3));
    assert_eq!(week.worst_rto_ms, Some(8_999_990));
    let much_later = super::week(&store, 1_079_000 + 8 * 86_400_000, false).await.unwrap();
    assert_eq!(much_later, Week::default());
}

/// The heights of all rectangles of this colour in a page.
fn heights_of(page: &str, colour: &str) -> Vec<i32> {
    page.split("<rect")
        .filter(|rect| rect.contains(colour))
        .filter_map(|rect| rect.split_once(" height=\"")?.1.split_once('"')?.0.parse().ok())
        .collect()
}

#[tokio::test]
async fn the_chart_of_a_single_incident_draws_its_bar() {
    let (_dir, store) = store_with(Commit { incidents: vec![worked_example()], ..Commit::default() }).await;
    let page = html(&report(&store, (0, 2_000_000), false, &Terms::default()).await.unwrap()).unwrap();
    // The legend's square, then the bar; on an axis of one row its height was negative.
    let heights = heights_of(&page, "#93B4D9");
    assert_eq!(heights.len(), 2, "{page}");
    assert!(heights[1] > 10, "{heights:?}");
}

#[tokio::test]
async fn an_export_says_what_it_is_and_runs_nothing() {
    let hostile = IncidentRow {
        title: r#"<script>alert(1)</script>"#.into(),
        cause: r#"=HYPERLINK("http://evil","a")"#.into(),
        chain: "a</svg>&b".into(),
        tier: "+1".into(),
        ..worked_example()
    };
    let (_dir, store) = store_with(Commit { incidents: vec![hostile], ..Commit::default() }).await;
    let report = report(&store, (0, 2_000_000), false, &Terms::default()).await.unwrap();

    let page = html(&report).unwrap();
    assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    assert!(!page.contains("<script") && !page.contains("a</svg>&b") && !page.contains("http://evil\""));
    assert!(!page.contains("src=") && !page.contains("url("), "it must need nothing else");
    assert_eq!(page.matches("<svg").count(), 2, "the scatter and the bars");

    let table = csv(&report).unwrap();
    let lines: Vec<_> = table.split("\r\n").collect();
    assert!(lines[0].starts_with("incident,state,severity,kind,chain,tier"), "{table}");
    assert!(lines[1].starts_with("1,closed,P2,outage,a</svg>&b,'+1,false,"), "{table}");
    assert!(lines[1].contains(r#","'=HYPERLINK(""http://evil"",""a"")","#), "{table}");
    assert!(lines[1].contains("1970-01-01T00:16:40Z,1970-01-01T00:16:41.5Z"), "{table}");
    assert!(lines[1].ends_with("1500,200,2300,26000,30000,4000,0,0,0"), "{table}");
}

#[tokio::test]
async fn an_empty_report_is_a_page_too() {
    let (_dir, store) = store_with(Commit::default()).await;
    let report = report(&store, (0, 1), true, &Terms::default()).await.unwrap();
    let page = html(&report).unwrap();
    assert!(page.contains("No incident began in this period.") && page.contains("Simulated tiers only"));
    assert!(!page.contains("<svg"));
}

fn tries(tier: &str, result: &str, [count, tokens_in, tokens_out]: [i64; 3]) -> store::AttemptMinute {
    store::AttemptMinute {
        minute: 16,
        chain: "chat".into(),
        tier: tier.into(),
        simulated: false,
        result: result.into(),
        count,
        tokens_in,
        tokens_out,
    }
}

/// The chain `chat` with a price at both tiers that have one.
fn priced() -> Terms {
    let price = |input, output| Some(Price { input, output });
    let tiers = vec![
        ("gpu".to_owned(), price(1.0, 2.0)),
        ("cloud".to_owned(), price(10.0, 30.0)),
        ("cpu".to_owned(), None),
    ];
    let chat =
        ChainTerms { name: "chat".into(), changed_ms: Some(1_000_003), tiers, ..ChainTerms::default() };
    Terms { revision: 7, availability: 0.9, routing_rto_ms: 3_000, chains: vec![chat], ..Terms::default() }
}

#[tokio::test]
async fn a_report_is_held_against_the_targets_and_prices_that_the_operator_set() {
    let attempts = vec![
        tries("gpu", "ok", [10, 1_000_000, 1_000_000]),
        tries("cloud", "ok", [2, 200_000, 100_000]),
        tries("cloud", "cut_stream", [1, 100_000, 0]),
        tries("cpu", "ok", [1, 5, 5]),
    ];
    let (_dir, store) = store_with(Commit { attempts, ..figures() }).await;
    let report = super::report(&store, (960_000, 1_080_000), false, &priced()).await.unwrap();
    assert_eq!((report.revision, report.availability_target), (7, 0.9));
    let held: Vec<_> = report.targets.iter().map(|t| (t.target_ms, t.held)).collect();
    assert_eq!(held[0], (3_000, Some(false)), "4 s without an answer are too long now");
    assert_eq!(held[5], (300_000, Some(true)), "no change of the preferences can be lost");
    let within: Vec<_> = report.recoveries.iter().map(|r| r.within_target).collect();
    assert_eq!(within, [None, Some(true), Some(false)]);
    let chain = &report.chains[0];
    assert_eq!((chain.failed, chain.budget.round()), (3, 10.0));
    assert!((chain.budget_left.unwrap() - 0.7).abs() < 1e-9, "{chain:?}");
    let order: Vec<_> = report.tiers.iter().map(|t| (t.tier.as_str(), t.cost)).collect();
    assert_eq!(order, [("gpu", Some(3.0)), ("cloud", Some(6.0)), ("cpu", None)], "in the chain's order");
    let cost = report.cost.as_ref().unwrap();
    assert_eq!((cost.total, cost.fallback, cost.wasted), (9.0, 5.0, 1.0));
    assert!((cost.instead - 0.4).abs() < 1e-9, "what the GPU would have cost for the same tokens");
    assert_eq!(cost.unpriced, ["chat/cpu"]);
    let proof = &report.evidence[0];
    assert_eq!((proof.proven_ms, proof.stale), (Some(1_000_003), false), "{proof:?}");

    let mut changed = priced();
    changed.chains[0].changed_ms = Some(1_000_004);
    let report = super::report(&store, (960_000, 1_080_000), false, &changed).await.unwrap();
    assert!(
        report.evidence[0].stale && report.evidence[0].why.contains("changed on"),
        "{:?}",
        report.evidence
    );
    let page = html(&report).unwrap();
    for words in ["stale", "5.60 USD", "chat/cpu", "target missed", "against revision 7"] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn the_longest_start_is_held_against_the_target_for_preferences() {
    let started = |seq, at_ms, ms: i64| store::EventRow {
        seq,
        at_ms,
        kind: "started".into(),
        chain: None,
        tier: None,
        simulated: false,
        durable: true,
        body: format!(r#"{{"type":"started","version":"1","in_force_ms":{ms}}}"#),
    };
    let events = vec![started(1, 10, 90_000_000), started(2, 1_000, 120), started(3, 1_001, 80)];
    let (_dir, store) = store_with(Commit { events, ..Commit::default() }).await;
    let report = report(&store, (100, 2_000), true, &Terms::default()).await.unwrap();
    let target = report.targets.iter().find(|t| t.component == "Preferences, RTO").unwrap();
    assert_eq!((target.measured_ms, target.held), (Some(120), Some(true)));
}
