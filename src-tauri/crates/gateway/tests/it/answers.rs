//! What answers say of who gave them, in every client's dialect; and what clients hear when nobody can.

use std::sync::Arc;

use domain::{Admin, Chain, Health, Snapshot, Tier, chain::Degrade};
use resilience::gate::Gate;
use serde_json::Value;

use crate::{
    client::{Reply, send},
    script::{Upstream, error, good, nobody, streamed},
    world::{World, chain, tier},
};

/// A call, and its body without `stream`.
const CLIENTS: [(&str, &str); 5] = [
    ("/v1/chat/completions", r#""messages":[{"role":"user","content":"Hi"}]"#),
    ("/v1/responses", r#""input":"Hi""#),
    ("/v1/messages", r#""max_tokens":9,"messages":[{"role":"user","content":"Hi"}]"#),
    ("/api/chat", r#""messages":[{"role":"user","content":"Hi"}]"#),
    ("/api/generate", r#""prompt":"Hi""#),
];

async fn ask(world: &World, (path, body): (&str, &str), stream: bool) -> Reply {
    let head = format!("POST {path} HTTP/1.1\r\ncontent-type: application/json");
    let body = format!(r#"{{"model":"chat","stream":{stream},{body}}}"#);
    send(world.addr, &head, body.as_bytes()).await.reply().await
}

/// The backup of a chain whose first tier is gone.
fn backup(up: &Upstream) -> Tier {
    let degrade = Degrade { notice: Some("The backup answers".into()), ..Degrade::default() };
    Tier { degrade, ..tier("cpu", up.addr) }
}

async fn marked(tiers: Vec<Tier>, mark_body: bool) -> World {
    let chain = Chain { mark_body, ..chain(tiers) };
    World::over(Snapshot { chains: vec![Arc::new(chain)], ..Snapshot::default() }).await
}

#[tokio::test]
async fn every_answer_says_in_its_headers_who_gave_it() {
    for client in CLIENTS {
        for stream in [false, true] {
            let script = if stream { streamed(&["Hello"]) } else { good("Hello") };
            let (first, second) =
                (Upstream::play(vec![script.clone()]).await, Upstream::play(vec![script]).await);
            let world = World::of(vec![tier("gpu", first.addr), backup(&second)]).await;
            let reply = ask(&world, client, stream).await;
            let of = |reply: &Reply, name: &str| reply.header(&format!("x-changeover-{name}")).to_owned();
            let said =
                |reply: &Reply| ["tier", "backend", "attempts", "mode", "notice"].map(|name| of(reply, name));
            assert_eq!(said(&reply), ["gpu", "vllm/model-gpu", "1", "full", ""], "{client:?}");
            let world = World::of(vec![tier("gpu", nobody().await), backup(&second)]).await;
            let reply = ask(&world, client, stream).await;
            let expected = ["cpu", "vllm/model-cpu", "2", "degraded", "The backup answers"];
            assert_eq!(said(&reply), expected, "{client:?}");
            let id = of(&reply, "request-id");
            let explained = world.get(&format!("/v1/changeover/requests/{id}")).await.json();
            assert_eq!(explained["tier"], "cpu");
            assert_eq!(of(&reply, "simulated"), "", "only simulated answers are marked as such");
            let world = World::of(vec![tier("gpu", nobody().await)]).await;
            let reply = ask(&world, client, stream).await;
            assert_eq!(said(&reply), ["", "", "1", "emergency", ""], "{client:?}");
            assert_eq!(of(&reply, "request-id").len(), 36);
            // Where the SDKs of OpenAI and of Anthropic show it; a provider's own stays (see whole.rs).
            for name in ["x-request-id", "request-id"] {
                assert_eq!(reply.header(name), of(&reply, "request-id"), "{client:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_equal_second_server_answers_in_full() {
    let up = Upstream::play(vec![good("Hello")]).await;
    let equal = Tier { capability_weight: Some(1.0), ..tier("gpu2", up.addr) };
    let world = World::of(vec![tier("gpu", nobody().await), equal]).await;
    let reply = ask(&world, CLIENTS[0], false).await;
    assert_eq!((reply.header("x-changeover-tier"), reply.header("x-changeover-mode")), ("gpu2", "full"));
}

/// The first JSON object of a stream, whichever its frames.
fn first_frame(body: &str) -> Value {
    let data = |line: &str| {
        let line = line.strip_prefix("data:").unwrap_or(line).trim();
        line.starts_with('{').then(|| serde_json::from_str(line).unwrap())
    };
    body.lines().find_map(data).unwrap_or_else(|| panic!("{body}"))
}

#[tokio::test]
async fn the_body_says_it_too_where_the_chain_wants_that_and_only_there() {
    for client in CLIENTS {
        for stream in [false, true] {
            let script = if stream { streamed(&["Hel", "lo"]) } else { good("Hello") };
            let up = Upstream::play(vec![script]).await;
            let object = async |mark_body, tiers| {
                let reply = ask(&marked(tiers, mark_body).await, client, stream).await;
                assert_eq!(reply.status, 200, "{client:?}");
                let once = usize::from(mark_body);
                assert_eq!(reply.body.matches("_backend").count(), once, "{client:?} {}", reply.body);
                if stream { first_frame(&reply.body) } else { reply.json() }
            };
            let tiers = vec![tier("gpu", nobody().await), backup(&up)];
            let said = object(true, tiers.clone()).await;
            let mark = [&said["_backend"], &said["_degraded"], &said["_notice"]];
            assert_eq!(mark, [&Value::from("vllm/model-cpu"), &true.into(), &"The backup answers".into()]);
            let said = object(true, vec![tier("gpu", up.addr)]).await;
            assert_eq!((&said["_degraded"], said.get("_notice")), (&false.into(), None), "{client:?}");
            object(false, tiers).await;
        }
    }
}

#[tokio::test]
async fn a_hard_failure_names_each_tier_and_what_still_works_in_every_dialect() {
    for client in CLIENTS {
        for stream in [false, true] {
            let up = Upstream::play(vec![error("500 Oops", "", "x")]).await;
            let drained = tier("drained", up.addr);
            let chat = chain(vec![tier("gpu", nobody().await), drained, tier("cpu", up.addr)]);
            let code = Chain { name: "code".into(), aliases: vec![], ..chain(vec![tier("other", up.addr)]) };
            let dead = Chain { name: "dead".into(), aliases: vec![], ..chain(vec![tier("gone", up.addr)]) };
            let chains = [chat, code, dead].map(Arc::new).into();
            let world = World::over(Snapshot { chains, ..Snapshot::default() }).await;
            world.states["drained"].send_modify(|s| (s.gate, s.admin) = (Gate::Shut, Admin::Draining));
            world.states["gone"].send_modify(|s| s.health = Health::Down);
            let reply = ask(&world, client, stream).await;
            // Anthropic has a status of its own for it.
            let status = if client.0 == "/v1/messages" { 529 } else { 503 };
            assert_eq!((reply.status, reply.header("retry-after")), (status, "30"), "{client:?}");
            assert_eq!(reply.header("x-should-retry"), "false");
            let error = reply.json()["error"].clone();
            let message = error["message"].as_str().or(error.as_str()).unwrap();
            for part in [
                "gpu (",
                "refused",
                "drained (draining)",
                "cpu (500",
                "In service: `code`.",
                "Ask again in 30 s.",
            ] {
                assert!(message.contains(part), "{part}: {message}");
            }
            assert!(!message.contains("dead"), "what does not work is not suggested: {message}");
        }
    }
}
