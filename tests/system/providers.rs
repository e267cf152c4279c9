//! Providers with an API of their own, as tiers: what a client of another dialect gets from each of them.

use std::time::Duration;

use harness::{
    Daemon, ModelServer,
    daemon::header,
    provider::{Provider, Say},
    wait::eventually,
};
use serde_json::{Value, json};

/// Provider, key, model.
pub(crate) const KINDS: [(&str, &str, &str); 4] = [
    ("anthropic", "sk-ant-test", "claude-sonnet-4-5"),
    ("gemini", "AIza-test", "gemini-2.5-flash"),
    ("bedrock", "AKIDEXAMPLE:secret:session", "anthropic.claude-sonnet-4-5-v1:0"),
    ("azure", "azure-test", "gpt"),
];

pub(crate) struct World {
    pub provider: Provider,
    backup: ModelServer,
    pub daemon: Daemon,
}

/// A chain for each kind, and behind each a server that speaks Chat Completions.
pub(crate) async fn world(say: Say) -> World {
    let provider = Provider::saying(say).await;
    let backup = ModelServer::saying("from the backup").await;
    let mut yaml = "version: 1\nchains:\n".to_owned();
    let mut daemon = Daemon::new();
    for (kind, key, model) in KINDS {
        yaml.push_str(&format!(
            "  - name: {kind}\n    tiers:\n      - {{ name: first, provider: {kind}, url: \"{}\", model: \"{model}\", key: \"env:KEY_{kind}\", probe: {{ kind: off }}, retry: {{ attempts: 0 }} }}\n      - {{ name: second, provider: vllm, url: \"{}\", model: m }}\n",
            provider.url(),
            backup.url()
        ));
        daemon.env(&format!("KEY_{kind}"), key);
    }
    daemon.write_config(&yaml);
    daemon.start().await;
    for (kind, ..) in KINDS {
        let limit = Duration::from_secs(30);
        daemon.until_chain(kind, "the chain is ready", limit, |chain| !chain["tiers"].is_null()).await;
    }
    World { provider, backup, daemon }
}

async fn ask(world: &World, body: Value) -> Value {
    let response = world.daemon.post("/v1/chat/completions", body.to_string()).await;
    let (status, tier) = (response.status(), header(&response, "x-changeover-tier"));
    let body: Value = response.json().await.unwrap();
    assert!(status.is_success() && tier == "first", "{status} by {tier:?}: {body}");
    body
}

fn hi(kind: &str) -> Value {
    json!({"model": kind, "messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "Hi"}]})
}

fn with(mut body: Value, fields: Value) -> Value {
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

/// The texts of a Chat Completions stream put together, and the whole of it.
async fn stream(world: &World, kind: &str) -> (String, String) {
    let body = with(hi(kind), json!({"stream": true, "stream_options": {"include_usage": true}}));
    let all = world.daemon.post("/v1/chat/completions", body.to_string()).await.text().await.unwrap();
    let chunks =
        all.lines().filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok());
    let text = chunks.filter_map(|it| Some(it.pointer("/choices/0/delta/content")?.as_str()?.to_owned()));
    (text.collect(), all)
}

#[tokio::test]
async fn each_provider_answers_whole_and_in_a_stream_with_its_usage() {
    let world = world(Say::Thought("Let me see".into(), "Hello there you".into())).await;
    for (kind, ..) in KINDS {
        let answer = ask(&world, hi(kind)).await;
        let message = &answer["choices"][0]["message"];
        assert_eq!(message["content"], "Hello there you", "{kind}: {answer}");
        assert_eq!(answer["choices"][0]["finish_reason"], "stop", "{kind}");
        assert_eq!(answer["usage"]["prompt_tokens"], 15, "{kind}: {answer}");
        assert_eq!(answer["usage"]["completion_tokens"], 7, "{kind}: {answer}");
        assert_eq!(answer["usage"]["prompt_tokens_details"]["cached_tokens"], 4, "{kind}: {answer}");
        if kind != "azure" {
            assert_eq!(message["reasoning_content"], "Let me see", "{kind}: {answer}");
        }
        let (text, all) = stream(&world, kind).await;
        assert_eq!(text, "Hello there you", "{kind}: {all}");
        assert!(
            all.contains("\"finish_reason\":\"stop\"") && all.ends_with("data: [DONE]\n\n"),
            "{kind}: {all}"
        );
        assert!(all.contains("\"prompt_tokens\":15"), "{kind}: {all}");
    }
}

#[tokio::test]
async fn tools_are_called_side_by_side_and_their_results_go_back() {
    let calls = vec![("f".to_owned(), json!({"a": 1})), ("g".to_owned(), json!({"b": [2]}))];
    let world = world(Say::Calls(calls)).await;
    let tools = json!({"tools": [
        {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}},
        {"type": "function", "function": {"name": "g", "parameters": {"type": "object"}}}]});
    for (kind, ..) in KINDS {
        world.provider.say(Say::Calls(vec![("f".into(), json!({"a": 1})), ("g".into(), json!({"b": [2]}))]));
        let answer = ask(&world, with(hi(kind), tools.clone())).await;
        let message = answer["choices"][0]["message"].clone();
        assert_eq!(answer["choices"][0]["finish_reason"], "tool_calls", "{kind}: {answer}");
        let calls = message["tool_calls"].as_array().unwrap().clone();
        let said: Vec<(&str, Value)> = calls
            .iter()
            .map(|call| {
                let arguments = call["function"]["arguments"].as_str().unwrap();
                (call["function"]["name"].as_str().unwrap(), serde_json::from_str(arguments).unwrap())
            })
            .collect();
        assert_eq!(said, [("f", json!({"a": 1})), ("g", json!({"b": [2]}))], "{kind}");
        let body = with(hi(kind), json!({"stream": true})).as_object().unwrap().clone();
        let body = with(Value::Object(body), tools.clone());
        let all = world.daemon.post("/v1/chat/completions", body.to_string()).await.text().await.unwrap();
        assert!(
            all.contains("\"finish_reason\":\"tool_calls\"") && all.contains("\"name\":\"g\""),
            "{kind}: {all}"
        );

        world.provider.say(Say::text("done"));
        let mut body = with(hi(kind), tools.clone());
        let messages = body["messages"].as_array_mut().unwrap();
        messages.push(message);
        for (call, result) in calls.iter().zip(["one", "two"]) {
            messages.push(json!({"role": "tool", "tool_call_id": call["id"], "content": result}));
        }
        let answer = ask(&world, body).await;
        assert_eq!(answer["choices"][0]["message"]["content"], "done", "{kind}: {answer}");
        let sent = world.provider.last().body.to_string();
        assert!(sent.contains("one") && sent.contains("two"), "{kind}: {sent}");
        if kind == "gemini" {
            assert!(sent.contains("\"thoughtSignature\":\"c2ln+/0=\""), "what it sealed comes back: {sent}");
        }
    }
}

#[tokio::test]
async fn pictures_and_schemas_go_in_each_providers_words() {
    let world = world(Say::text("{\"a\":1}")).await;
    for (kind, ..) in KINDS {
        let picture =
            json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}});
        let messages = json!([{"role": "user", "content": [{"type": "text", "text": "What?"}, picture]}]);
        let format = json!({"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object", "title": "wanted"}}});
        ask(&world, json!({"model": kind, "messages": messages, "response_format": format})).await;
        let call = world.provider.last();
        let (picture, schema) = match kind {
            "anthropic" => ("/messages/0/content/1/source/data", "/output_config/format/schema/title"),
            "gemini" => ("/contents/0/parts/1/inlineData/data", "/generationConfig/responseJsonSchema/title"),
            "bedrock" => (
                "/messages/0/content/1/image/source/bytes",
                "/outputConfig/textFormat/structure/jsonSchema/schema",
            ),
            _ => ("/messages/0/content/1/image_url/url", "/response_format/json_schema/schema/title"),
        };
        let at = |path| call.body.pointer(path).and_then(Value::as_str).unwrap_or_default();
        assert!(at(picture).ends_with("iVBORw0KGgo="), "{kind}: {}", call.body);
        assert!(at(schema).contains("wanted"), "{kind}: {}", call.body);
        assert!(
            call.path.starts_with("/v1/")
                || call.path.contains(if kind == "azure" { "/openai/v1/" } else { "/model" })
        );
    }
    let bedrock = world.provider.calls().into_iter().find(|it| it.path.starts_with("/model/")).unwrap();
    assert_eq!(bedrock.path, "/model/anthropic.claude-sonnet-4-5-v1%3A0/converse");
    assert_eq!(bedrock.headers["x-amz-security-token"], "session");
}

#[tokio::test]
async fn a_provider_that_fails_is_followed_by_the_next_tier_and_one_that_breaks_off_says_so() {
    let world = world(Say::Status(500)).await;
    for (kind, ..) in KINDS {
        world.provider.say(Say::Status(429));
        let response = world.daemon.post("/v1/chat/completions", hi(kind).to_string()).await;
        assert_eq!(header(&response, "x-changeover-tier"), "second", "{kind}");
        assert!(response.text().await.unwrap().contains("from the backup"));
    }
    assert!(!world.backup.seen().is_empty());
    let world = self::world(Say::Fails("one two three ".into())).await;
    for (kind, ..) in KINDS {
        for say in [Say::Fails("one two three ".into()), Say::Cut("one two three ".into())] {
            world.provider.say(say.clone());
            let fresh = || async {
                let (text, all) = stream(&world, kind).await;
                (text == "one two three ").then_some(all)
            };
            let all = eventually("the first tier is asked again", Duration::from_secs(90), fresh).await;
            assert!(all.contains("stream_interrupted"), "{kind} {say:?}: {all}");
            assert!(
                !all.contains("[DONE]") && !all.contains("\"finish_reason\":\"stop\""),
                "{kind} {say:?}: {all}"
            );
        }
    }
}

#[tokio::test]
async fn what_a_model_sealed_goes_back_to_its_tier_and_to_no_other() {
    let world = world(Say::Thought("hm".into(), "Hello".into())).await;
    let body = |chain: &str, turns: Value| {
        json!({"model": chain, "max_tokens": 5000, "thinking": {"type": "enabled", "budget_tokens": 2000}, "messages": turns})
            .to_string()
    };
    let hi = json!({"role": "user", "content": "Hi"});
    let answer = world.daemon.post("/v1/messages", body("bedrock", json!([hi]))).await;
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["content"][0]["type"], "thinking", "{answer}");
    let turns = json!([hi, {"role": "assistant", "content": answer["content"]}, hi]);
    for (chain, stays) in [("bedrock", true), ("anthropic", false), ("gemini", false), ("azure", false)] {
        let response = world.daemon.post("/v1/messages", body(chain, turns.clone())).await;
        assert_eq!(header(&response, "x-changeover-tier"), "first", "{chain}");
        let sent = world.provider.last().body.to_string();
        assert_eq!(sent.contains("\"signature\":\"c2ln\""), stays, "{chain}: {sent}");
        assert!(!sent.contains("co1."), "{chain}: {sent}");
    }
}

#[tokio::test]
async fn a_messages_client_is_answered_by_every_kind_of_tier() {
    let world = world(Say::text("Hello there")).await;
    let body = |chain: &str, stream: bool| {
        json!({"model": chain, "max_tokens": 50, "stream": stream, "system": "S", "messages": [{"role": "user", "content": "Hi"}]})
            .to_string()
    };
    for (kind, ..) in KINDS {
        let response = world.daemon.post("/v1/messages", body(kind, false)).await;
        assert_eq!(header(&response, "x-changeover-tier"), "first", "{kind}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["content"], json!([{"type": "text", "text": "Hello there"}]), "{kind}: {answer}");
        assert_eq!(
            (&answer["stop_reason"], &answer["usage"]["input_tokens"]),
            (&"end_turn".into(), &11.into()),
            "{kind}: {answer}"
        );
        let all = world.daemon.post("/v1/messages?beta=true", body(kind, true)).await.text().await.unwrap();
        assert!(
            all.starts_with("event: message_start\n") && all.contains("\"text\":\"Hello \""),
            "{kind}: {all}"
        );
        assert!(all.ends_with("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"), "{kind}: {all}");
    }
    let counted = world.daemon.post("/v1/messages/count_tokens", body("anthropic", false)).await;
    assert_eq!(counted.json::<Value>().await.unwrap(), json!({"input_tokens": 1234}));
    let estimated = world.daemon.post("/v1/messages/count_tokens", body("gemini", false)).await;
    assert!(header(&estimated, "x-changeover-notice").contains("estimated"));
    assert!(estimated.json::<Value>().await.unwrap()["input_tokens"].as_u64().unwrap() > 10);
    let unknown = world.daemon.post("/v1/messages", body("nothing", false)).await;
    assert_eq!(unknown.status(), 404);
    let error: Value = unknown.json().await.unwrap();
    assert_eq!(
        (&error["type"], &error["error"]["type"]),
        (&"error".into(), &"not_found_error".into()),
        "{error}"
    );
}
