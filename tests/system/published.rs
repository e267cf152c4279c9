//! The sixteen scenarios of a published benchmark of failover (two tiers, a timeout of 30 s), each with what its client
//! must get. Waits are a tenth or less of the published ones, and so are the times that they are held against.

use std::time::Duration;

use harness::{
    Daemon, ModelServer,
    daemon::header,
    raw_server::{RawServer, Step, answer, chunk, end, role, stop, stream, stream_head, text, whole},
};
use serde_json::{Value, json};
use tokio::time::Instant;

/// The published timeout of 30 s, scaled.
const TIMEOUT: Duration = Duration::from_millis(1500);

/// A reset throws away what has not been read yet, so it waits for that.
const CUT: [Step; 2] = [Step::Pause(Duration::from_millis(300)), Step::Reset];

/// A primary and a fallback that play these, and what the client of a stream gets: the text, who answered first, and how
/// long it took.
struct Bench {
    daemon: Daemon,
    primary: RawServer,
    fallback: RawServer,
}

struct Got {
    status: u16,
    tier: String,
    body: String,
    request: String,
    took: Duration,
}

impl Bench {
    async fn of(primary: Vec<Vec<Step>>, fallback: Vec<Vec<Step>>) -> Self {
        let (primary, fallback) = (RawServer::playing(primary).await, RawServer::playing(fallback).await);
        let times = format!(
            "timeouts: {{ connect: 1s, first_token: {0}ms, idle: {0}ms, total: 30s }}, retry: {{ attempts: 2, backoff: 50ms }}, probe: {{ kind: off }}",
            TIMEOUT.as_millis()
        );
        let tier = |name: &str, url: String| {
            format!("{{ name: {name}, provider: vllm, model: m, url: '{url}', {times} }}")
        };
        let yaml = format!(
            "version: 1\nchains:\n  - {{ name: chat, deadline: 20s, on_broken_stream: resume, tiers: [{}, {}] }}\n",
            tier("primary", primary.url()),
            tier("fallback", fallback.url())
        );
        Self { daemon: Daemon::with_config(&yaml).await, primary, fallback }
    }

    async fn ask(&self, streamed: bool) -> Got {
        let began = Instant::now();
        let response = self.daemon.chat("chat", streamed).await;
        let (status, tier) = (response.status().as_u16(), header(&response, "x-changeover-tier"));
        let request = header(&response, "x-changeover-request-id");
        let body = response.text().await.unwrap();
        Got { status, tier, body, request, took: began.elapsed() }
    }
}

impl Got {
    /// The text of a whole stream.
    fn said(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.body);
        assert!(self.body.trim_end().ends_with("data: [DONE]"), "{}", self.body);
        assert_eq!(self.body.matches("\"finish_reason\":\"").count(), 1, "{}", self.body);
        let frames = self.body.split("\n\n").filter_map(|it| it.strip_prefix("data: "));
        let chunks = frames.filter_map(|it| serde_json::from_str::<Value>(it).ok());
        chunks.filter_map(|it| Some(it["choices"][0]["delta"]["content"].as_str()?.to_owned())).collect()
    }
}

fn tokens(range: std::ops::RangeInclusive<usize>) -> Vec<String> {
    range.map(|n| format!("t{n} ")).collect()
}

fn sixty() -> String {
    tokens(1..=60).concat()
}

/// A stream of the first `count` tokens of sixty, and then this.
fn first_tokens(count: usize, rest: Vec<Step>) -> Vec<Step> {
    let words = tokens(1..=count).into_iter().map(|word| chunk(&text(&word)));
    [stream_head(), chunk(&role())].into_iter().chain(words).chain(rest).collect()
}

/// The tokens that are left.
fn the_rest(from: usize) -> Vec<Step> {
    let words = tokens(from..=60);
    stream(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

fn all() -> Vec<Step> {
    the_rest(1)
}

fn error(line: &str, headers: &str, code: &str) -> Vec<Step> {
    whole(
        line,
        headers,
        &format!(r#"{{"error":{{"message":"no","type":"t","param":null,"code":"{code}"}}}}"#),
    )
}

fn limited(headers: &str) -> Vec<Step> {
    error("429 Too Many Requests", headers, "rate_limit_exceeded")
}

/// What breaks before the first token: the fallback gives the whole answer, within this time.
async fn unseen(primary: Vec<Vec<Step>>, within: Duration) -> (Bench, Got) {
    let bench = Bench::of(primary, vec![all()]).await;
    let got = bench.ask(true).await;
    assert_eq!((got.said(), got.tier.as_str()), (sixty(), "fallback"));
    assert!(got.took < within, "{:?}", got.took);
    (bench, got)
}

const AT_ONCE: Duration = Duration::from_millis(1200);

#[tokio::test]
async fn scenario_1_a_rate_limit_that_asks_for_two_seconds() {
    let (bench, _) = unseen(vec![limited("retry-after: 2\r\n"), all()], AT_ONCE).await;
    assert_eq!(bench.primary.asked(), 1);
    assert_eq!(bench.ask(true).await.tier, "fallback", "the primary is left alone for as long as it asked");
    assert_eq!(bench.primary.asked(), 1);
}

#[tokio::test]
async fn scenario_2_a_rate_limit_that_lasts() {
    let (bench, _) = unseen(vec![limited("")], AT_ONCE).await;
    for _ in 0..3 {
        assert_eq!(bench.ask(true).await.said(), sixty());
    }
    assert_eq!(bench.primary.asked(), 1, "nobody else asks it in vain");
}

#[tokio::test]
async fn scenario_3_one_error_500() {
    unseen(vec![error("500 Internal Server Error", "", "x"), all()], AT_ONCE).await;
}

#[tokio::test]
async fn scenario_4_an_error_503_that_lasts() {
    let (bench, _) = unseen(vec![error("503 Service Unavailable", "", "overloaded")], AT_ONCE).await;
    for _ in 0..9 {
        assert_eq!(bench.ask(true).await.said(), sixty());
    }
    assert!(bench.primary.asked() <= 5, "five failures open the breaker: {}", bench.primary.asked());
}

#[tokio::test]
async fn scenario_5_a_reset_before_the_headers() {
    unseen(vec![vec![Step::Reset]], AT_ONCE).await;
}

#[tokio::test]
async fn scenario_6_silence() {
    let (bench, _) = unseen(vec![vec![Step::Hang]], TIMEOUT * 2).await;
    assert_eq!(bench.primary.asked(), 1, "a silent host is not asked again");
}

#[tokio::test]
async fn scenario_7_a_first_token_after_two_thirds_of_the_timeout_and_after_more() {
    let late =
        |by: Duration| [vec![stream_head(), chunk(&role()), Step::Pause(by)], all()[2..].to_vec()].concat();
    let bench = Bench::of(vec![late(TIMEOUT * 2 / 3)], vec![all()]).await;
    let got = bench.ask(true).await;
    assert_eq!((got.said(), got.tier.as_str()), (sixty(), "primary"));
    unseen(vec![late(TIMEOUT * 3)], TIMEOUT * 2).await;
}

#[tokio::test]
async fn scenario_8_a_cut_at_token_40_of_60() {
    let bench = Bench::of(vec![first_tokens(40, CUT.to_vec())], vec![the_rest(41)]).await;
    let got = bench.ask(true).await;
    assert_eq!(got.said(), sixty(), "no token is lost or doubled");
    assert!(got.took < AT_ONCE, "{:?}", got.took);
    let asked: Value = serde_json::from_slice(&bench.fallback.bodies()[0]).unwrap();
    assert!(asked["messages"][1]["content"].as_str().unwrap().ends_with("t40"), "{asked}");
}

#[tokio::test]
async fn scenario_9_a_stall_after_20_tokens() {
    let bench = Bench::of(vec![first_tokens(20, vec![Step::Hang])], vec![the_rest(21)]).await;
    let got = bench.ask(true).await;
    assert_eq!(got.said(), sixty());
    assert!(got.took < TIMEOUT * 2, "{:?}", got.took);
    assert_eq!(bench.primary.left(), 1, "the stalled server was let go");
}

#[tokio::test]
async fn scenario_10_a_malformed_chunk() {
    let bad = vec![chunk("data: {\"choices\":[{\n\n"), chunk(&stop()), end()];
    let bench = Bench::of(vec![first_tokens(20, bad)], vec![the_rest(21)]).await;
    assert_eq!(bench.ask(true).await.said(), sixty());
}

#[tokio::test]
async fn scenario_11_no_end_mark() {
    let finish = stop().replace("data: [DONE]\n\n", "");
    let bench = Bench::of(vec![first_tokens(60, vec![chunk(&finish), end()])], vec![all()]).await;
    let got = bench.ask(true).await;
    assert_eq!((got.said(), got.tier.as_str(), bench.fallback.asked()), (sixty(), "primary", 0));
    // Without a finish reason it was cut, and somebody else ends it.
    let bench = Bench::of(vec![first_tokens(30, vec![end()])], vec![the_rest(31)]).await;
    assert_eq!(bench.ask(true).await.said(), sixty());
}

#[tokio::test]
async fn scenario_12_a_prompt_that_is_too_long_for_the_primary() {
    let (bench, _) = unseen(vec![error("400 Bad Request", "", "context_length_exceeded")], AT_ONCE).await;
    let asked = bench.primary.asked();
    assert_eq!((asked, bench.ask(true).await.tier.as_str()), (1, "fallback"));
    assert_eq!(bench.primary.asked(), 2, "that says nothing of the next prompt");
}

#[tokio::test]
async fn scenario_13_a_prompt_that_the_filter_refuses() {
    let bench = Bench::of(vec![error("400 Bad Request", "", "content_filter")], vec![all()]).await;
    let got = bench.ask(true).await;
    assert_eq!((got.status, bench.primary.asked(), bench.fallback.asked()), (400, 1, 0));
    assert!(got.body.contains("content_filter"), "{}", got.body);
}

#[tokio::test]
async fn scenario_14_a_cut_and_a_fallback_that_refuses_prefill() {
    let refusal = error("400 Bad Request", "", "invalid_request_error");
    let bench = Bench::of(vec![first_tokens(40, CUT.to_vec())], vec![refusal, the_rest(41)]).await;
    let got = bench.ask(true).await;
    assert_eq!(got.said(), sixty());
    assert!(got.took < AT_ONCE, "{:?}", got.took);
    let asked: Value = serde_json::from_slice(&bench.fallback.bodies()[1]).unwrap();
    assert_eq!(asked["messages"].as_array().unwrap().last().unwrap()["role"], "user");
}

#[tokio::test]
async fn scenario_15_flapping_and_back_on_the_primary_within_30_seconds() {
    let mut primary = ModelServer::saying("primary").await;
    let fallback = ModelServer::saying("fallback").await;
    let probe = "probe: { kind: http, path: /health, every: 1s, timeout: 1s, down_after: 2, up_after: 2 }";
    let yaml = format!(
        "version: 1\nchains:\n  - name: chat\n    tiers:\n      - {{ name: primary, provider: vllm, model: m, url: '{}', {probe} }}\n      - {{ name: fallback, provider: vllm, model: m, url: '{}', {probe} }}\n",
        primary.url(),
        fallback.url()
    );
    let daemon = Daemon::with_config(&yaml).await;
    for _ in 0..3 {
        primary.stop().await;
        for _ in 0..5 {
            assert_eq!(daemon.ask("chat").await.0, "fallback");
        }
        primary.start().await;
        for _ in 0..5 {
            daemon.ask("chat").await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    let repaired = Instant::now();
    daemon
        .until_chain("chat", "the primary serves in full again", Duration::from_secs(40), |c| {
            c["mode"] == "full"
        })
        .await;
    assert_eq!(daemon.ask("chat").await.1, "primary");
    // The default times: hold and ramp, however often it flapped.
    assert!(repaired.elapsed() < Duration::from_secs(30), "{:?}", repaired.elapsed());
}

#[tokio::test]
async fn scenario_16_the_fallback_is_accounted_for_as_such() {
    let good = whole("200 OK", "", &answer("from the fallback"));
    let bench = Bench::of(vec![error("500 Oops", "", "x")], vec![good]).await;
    let got = bench.ask(false).await;
    let body: Value = serde_json::from_str(&got.body).unwrap();
    assert_eq!(
        (&body["usage"]["prompt_tokens"], &body["usage"]["completion_tokens"]),
        (&json!(3), &json!(4))
    );
    let path = format!("{}/v1/changeover/requests/{}", bench.daemon.endpoint, got.request);
    let explained: Value = reqwest::get(path).await.unwrap().json().await.unwrap();
    let tries = explained["attempts"].as_array().unwrap();
    assert_eq!(tries.len(), 2, "{explained}");
    assert_eq!((&tries[0]["tier"], &tries[0]["failure"]), (&json!("primary"), &json!("server_error")));
    assert_eq!((&tries[1]["tier"], &tries[1]["failure"]), (&json!("fallback"), &Value::Null));
    assert_eq!(explained["tier"], "fallback");
    // Events are committed in batches.
    let change = harness::wait::eventually("the change-over", Duration::from_secs(5), || async {
        bench.daemon.changeovers().await.pop()
    });
    let change = change.await;
    assert_eq!((&change["from"], &change["to"]), (&json!("primary"), &json!("fallback")), "{change}");
}
