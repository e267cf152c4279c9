//! A stream that breaks after its first content is continued by the next tier, where the chain says so.

use std::{sync::Arc, time::Duration};

use domain::{
    Chain, FailureClass, ProviderKind, Snapshot, Tier, chain::OnBrokenStream, event::RequestResult,
};
use serde_json::Value;

use crate::{
    client::Reply,
    script::{DONE, ROLE, STOP, Script, Step, Upstream, end, error, head, piece, streamed, text},
    world::{ASK_STREAM, World, chain, tier},
};

const SSE: &str = "text/event-stream";

async fn world(tiers: Vec<Tier>) -> World {
    let chain = Chain { on_broken_stream: OnBrokenStream::Resume, ..chain(tiers) };
    World::over(Snapshot { chains: vec![Arc::new(chain)], ..Snapshot::default() }).await
}

/// `one two `, and then this.
fn begun(rest: Vec<Step>) -> Script {
    [vec![head(SSE), piece(ROLE), piece(&text("one ")), piece(&text("two "))], rest].concat()
}

/// The text of a stream, which must be one whole answer.
fn whole(reply: &Reply) -> String {
    assert!(reply.status == 200 && reply.whole, "{reply:?}");
    assert!(reply.body.ends_with(DONE), "{}", reply.body);
    let chunks: Vec<Value> = reply
        .body
        .split("\n\n")
        .filter_map(|frame| frame.strip_prefix("data: "))
        .filter(|data| *data != "[DONE]")
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    let of = |path: &str| chunks.iter().filter_map(|it| it.pointer(path)).filter(|it| !it.is_null()).count();
    assert_eq!(of("/choices/0/delta/role"), 1, "one role: {}", reply.body);
    assert_eq!(of("/choices/0/finish_reason"), 1, "one finish reason: {}", reply.body);
    assert!(chunks.iter().all(|it| it["id"] == chunks[0]["id"]), "one id: {}", reply.body);
    chunks.iter().filter_map(|it| it["choices"][0]["delta"]["content"].as_str()).collect()
}

#[tokio::test]
async fn however_a_stream_breaks_the_client_sees_one_answer() {
    use FailureClass as F;
    let fault = "data: {\"error\":{\"message\":\"boom\",\"type\":\"server_error\"}}\n\n";
    for (rest, class) in [
        (vec![Step::Reset], F::CutStream),
        (vec![end()], F::CutStream),
        (vec![piece("data: {\"choices\":[{\"del"), end()], F::CutStream),
        (vec![piece(DONE), end()], F::CutStream),
        (vec![piece(fault), piece(DONE), end()], F::StreamError),
        (vec![piece("data: {]\n\n"), Step::Hang], F::Malformed),
        (vec![Step::Hang], F::IdleTimeout),
    ] {
        let first = Upstream::play(vec![begun(rest)]).await;
        let mut second = Upstream::play(vec![streamed(&["three ", "four"])]).await;
        let mut gpu = tier("gpu", first.addr);
        gpu.timeouts.idle = Duration::from_millis(300);
        let mut world = world(vec![gpu, tier("cpu", second.addr)]).await;
        let reply = world.post(ASK_STREAM).await;
        assert_eq!(whole(&reply), "one two three four");
        assert!(
            reply.body.contains(": changeover tier=cpu attempts=2 mode=degraded resumed\n"),
            "{}",
            reply.body
        );
        assert_eq!(world.outcome("gpu").await.failure.unwrap().class, class);
        assert!(world.outcome("cpu").await.failure.is_none());
        let (attempts, end) = world.told().await;
        assert_eq!(
            (attempts[0].tokens_out, attempts[0].resumes, attempts[1].resumes),
            (Some(2), false, true)
        );
        assert_eq!((end.result, end.tier.as_deref()), (RequestResult::Answered, Some("cpu")));
        assert!(!end.first_tier_ok);
        let served = [world.served().await, world.served().await];
        assert_eq!(served.map(|it| it.tier.unwrap()), ["gpu", "cpu"], "a change-over for the history");
        let asked: Value = serde_json::from_slice(&second.request().await.body).unwrap();
        assert_eq!(asked["messages"][1]["content"], "one two", "{asked}");
        assert_eq!(asked["continue_final_message"], true);
    }
}

#[tokio::test]
async fn what_the_next_tier_says_again_is_taken_out() {
    for again in [&["one two ", "three"][..], &["on", "e t", "wo three"]] {
        let first = Upstream::play(vec![begun(vec![Step::Reset])]).await;
        let second = Upstream::play(vec![streamed(again)]).await;
        let mut other = tier("cpu", second.addr);
        other.provider = ProviderKind::Other;
        let reply = world(vec![tier("gpu", first.addr), other]).await.post(ASK_STREAM).await;
        assert_eq!(whole(&reply), "one two three");
    }
}

#[tokio::test]
async fn a_tier_that_refuses_to_go_on_by_itself_is_asked_in_words() {
    let first = Upstream::play(vec![begun(vec![Step::Reset])]).await;
    let refusal = error("400 Bad Request", "", "invalid_request_error");
    let mut second = Upstream::play(vec![refusal, streamed(&["three"])]).await;
    let mut world = world(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    assert_eq!(whole(&world.post(ASK_STREAM).await), "one two three");
    second.request().await;
    let asked: Value = serde_json::from_slice(&second.request().await.body).unwrap();
    assert_eq!(asked["messages"].as_array().unwrap().len(), 3);
    assert_eq!(
        (&asked["messages"][1]["content"], &asked["messages"][2]["role"]),
        (&"one two ".into(), &"user".into())
    );
    assert!(asked.get("continue_final_message").is_none());
    let classes =
        [world.outcome("cpu").await, world.outcome("cpu").await].map(|it| it.failure.map(|f| f.class));
    assert_eq!(classes, [Some(FailureClass::ClientMistake), None], "a refusal blames nobody");
}

#[tokio::test]
async fn a_continuation_may_fail_and_break_in_its_turn() {
    let up = [
        Upstream::play(vec![begun(vec![Step::Reset])]).await,
        Upstream::play(vec![error("500 Oops", "", "x")]).await,
        Upstream::play(vec![vec![head(SSE), piece(ROLE), piece(&text("three ")), Step::Reset]]).await,
        Upstream::play(vec![streamed(&["four"])]).await,
    ];
    let names = ["a", "b", "c", "d"];
    let tiers = names.iter().zip(&up).map(|(name, up)| tier(name, up.addr)).collect();
    let mut world = world(tiers).await;
    assert_eq!(whole(&world.post(ASK_STREAM).await), "one two three four");
    let (attempts, end) = world.told().await;
    let told: Vec<_> = attempts.iter().map(|it| (it.tier.as_str(), it.failure.is_some())).collect();
    assert_eq!(told, [("a", true), ("b", true), ("c", true), ("d", false)]);
    assert_eq!(end.result, RequestResult::Answered);
}

#[tokio::test]
async fn when_nobody_can_go_on_the_stream_ends_in_an_error() {
    let first = Upstream::play(vec![begun(vec![Step::Reset])]).await;
    let second = Upstream::play(vec![error("500 Oops", "", "x")]).await;
    let mut world = world(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    let reply = world.post(ASK_STREAM).await;
    let said = format!("{ROLE}{}{}", text("one "), text("two "));
    let rest = reply.body.strip_prefix(&said).unwrap_or_else(|| panic!("{}", reply.body));
    let event: Value = serde_json::from_str(rest.strip_prefix("data: ").unwrap().trim_end()).unwrap();
    assert_eq!(event["error"]["code"], "stream_interrupted");
    let message = event["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("gpu") && message.contains("cpu") && !reply.body.contains("[DONE]"),
        "{message}"
    );
    assert_eq!(world.told().await.1.result, RequestResult::Failed);
}

/// A first tier that sends this and breaks: it must not be continued.
async fn stays_broken(first: Script, body: &str) -> Reply {
    let first = Upstream::play(vec![first]).await;
    let second = Upstream::play(vec![streamed(&["never"])]).await;
    let mut world = world(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    let reply = world.post(body).await;
    assert!(world.is_quiet("cpu"), "it was continued: {}", reply.body);
    assert!(reply.body.contains("stream_interrupted") && !reply.body.contains("[DONE]"), "{}", reply.body);
    assert_eq!(world.told().await.1.result, RequestResult::Failed);
    reply
}

#[tokio::test]
async fn tool_calls_reasoning_formats_and_several_answers_are_never_continued() {
    let delta = |delta: &str| format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{delta}}}]}}\n\n");
    let call = delta(r#"{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{"}}]}"#);
    let reply = stays_broken(begun(vec![piece(&call), Step::Reset]), ASK_STREAM).await;
    assert_eq!(reply.body.matches("tool_calls").count(), 1);
    let thought = delta(r#"{"reasoning_content":"hm"}"#);
    stays_broken(vec![head(SSE), piece(&thought), Step::Reset], ASK_STREAM).await;
    let json = ASK_STREAM.replacen('{', r#"{"response_format":{"type":"json_object"},"#, 1);
    stays_broken(begun(vec![Step::Reset]), &json).await;
    stays_broken(begun(vec![Step::Reset]), &ASK_STREAM.replacen('{', r#"{"n":2,"#, 1)).await;
}

#[tokio::test]
async fn what_was_sent_counts_against_the_clients_cap() {
    let ask = |cap: u32| ASK_STREAM.replacen('{', &format!("{{\"max_tokens\":{cap},"), 1);
    let first = Upstream::play(vec![begun(vec![Step::Reset])]).await;
    let mut second = Upstream::play(vec![streamed(&["three"])]).await;
    let tiers = vec![tier("gpu", first.addr), tier("cpu", second.addr)];
    let mut capped = world(tiers).await;
    assert_eq!(whole(&capped.post(&ask(10)).await), "one two three");
    let asked: Value = serde_json::from_slice(&second.request().await.body).unwrap();
    assert_eq!(asked["max_tokens"], 8);

    let reply = capped.post(&ask(2)).await;
    assert_eq!(whole(&reply), "one two ");
    assert!(reply.body.contains("\"finish_reason\":\"length\""), "{}", reply.body);
    capped.told().await;
    assert_eq!(capped.told().await.0.len(), 1, "nobody had to go on");
}

#[tokio::test]
async fn an_ollama_tier_goes_on_and_one_is_continued() {
    let line = |text: &str, end: &str| {
        piece(&format!("{{\"model\":\"l\",\"message\":{{\"content\":\"{text}\"}},{end}}}\n"))
    };
    let good = vec![line("three", "\"done\":false"), line("", "\"done\":true,\"done_reason\":\"stop\"")];
    let good = [vec![head("application/x-ndjson")], good, vec![end()]].concat();
    let cut = vec![
        head("application/x-ndjson"),
        line("one ", "\"done\":false"),
        line("two ", "\"done\":false"),
        Step::Reset,
    ];
    for (first, second, ollama) in [(begun(vec![Step::Reset]), good, 1), (cut, streamed(&["three"]), 0)] {
        let up = [Upstream::play(vec![first]).await, Upstream::play(vec![second]).await];
        let mut tiers = vec![tier("gpu", up[0].addr), tier("cpu", up[1].addr)];
        tiers[ollama].provider = ProviderKind::Ollama;
        assert_eq!(whole(&world(tiers).await.post(ASK_STREAM).await), "one two three");
    }
}

#[tokio::test]
async fn a_client_that_waits_for_the_continuation_is_kept_alive_and_may_hang_up() {
    let first = Upstream::play(vec![begun(vec![Step::Reset])]).await;
    let mut second = Upstream::play(vec![vec![Step::Hang]]).await;
    let mut world = world(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    let mut call = world.call(ASK_STREAM).await;
    call.until("two ").await;
    second.request().await;
    call.until(": keep-alive").await;
    drop(call);
    second.left().await;
    assert_eq!(world.outcome("cpu").await.failure.unwrap().class, FailureClass::ClientGone);
    assert_eq!(world.told().await.1.result, RequestResult::ClientGone);
}

#[tokio::test]
async fn a_whole_stop_needs_no_other_tier() {
    let up = Upstream::play(vec![begun(vec![piece(STOP), Step::Reset])]).await;
    let mut world = world(vec![tier("gpu", up.addr), tier("cpu", up.addr)]).await;
    assert_eq!(whole(&world.post(ASK_STREAM).await), "one two ");
    assert_eq!(world.told().await.1.attempts, 1);
}

#[tokio::test]
async fn an_answer_that_must_be_a_call_is_not_gone_on_with_as_text() {
    let first = Upstream::play(vec![begun(vec![Step::Reset])]).await;
    let second = Upstream::play(vec![streamed(&["three"])]).await;
    let world = world(vec![tier("gpu", first.addr), tier("cpu", second.addr)]).await;
    let tools = r#"{"tool_choice":"required","tools":[{"type":"function","function":{"name":"f"}}],"model":"#;
    let reply = world.post(&ASK_STREAM.replace("{\"model\":", tools)).await;
    assert!(reply.body.contains("\"error\"") && !reply.body.contains("three"), "{}", reply.body);
    assert_eq!(second.connections(), 0);
}
