//! What is let in, and how the rest is turned away.

use std::{sync::Arc, time::Duration};

use domain::{Chain, Snapshot, Tier};
use gateway::bind;
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_util::task::TaskTracker;

use crate::{
    client::{Reply, send},
    script::{Upstream, good, nobody},
    world::{ASK, World, chain, tier},
};

async fn idle() -> World {
    World::of(vec![tier("gpu", nobody().await)]).await
}

async fn ask(world: &World, head: &str) -> Reply {
    send(world.addr, head, b"").await.reply().await
}

fn error(reply: &Reply) -> Value {
    reply.json()["error"].clone()
}

#[tokio::test]
async fn what_is_not_a_request_is_told_so() {
    let world = idle().await;
    for bad in ["", "hello", "[1]", "{\"model\":\"chat\"", "{\"messages\":[]}", "{\"model\":\"chat\"}"] {
        let reply = world.post(bad).await;
        assert_eq!(reply.status, 400, "{bad}");
        assert_eq!(error(&reply)["type"], "invalid_request_error");
        assert!(!reply.header("x-changeover-request-id").is_empty());
    }
}

#[tokio::test]
async fn an_unknown_model_is_answered_with_the_chains_there_are() {
    let mut only = chain(vec![tier("gpu", nobody().await)]);
    only.aliases = vec!["gpt-4o".into()];
    let world = World::over(Snapshot { chains: vec![Arc::new(only)], ..Snapshot::default() }).await;
    let reply = world.post(&ASK.replace("\"chat\"", "\"other\"")).await;
    assert_eq!((reply.status, error(&reply)["code"].as_str()), (404, Some("model_not_found")));
    assert!(error(&reply)["message"].as_str().unwrap().contains("`chat`"));
}

#[tokio::test]
async fn a_request_that_is_too_large_is_answered_and_not_kept() {
    let world = idle().await;
    let large = vec![b' '; 33 * 1024 * 1024];
    let head = "POST /v1/chat/completions HTTP/1.1\r\ncontent-type: application/json";
    let reply = send(world.addr, head, &large).await.reply().await;
    assert_eq!((reply.status, error(&reply)["code"].as_str()), (413, Some("request_too_large")));
    let waiting = format!("{head}\r\nexpect: 100-continue\r\ncontent-length: 99999999");
    let reply = timeout(Duration::from_secs(2), ask_raw(&world, &waiting)).await.unwrap();
    assert_eq!(reply.status, 413);
}

/// Sends a head alone.
async fn ask_raw(world: &World, head: &str) -> Reply {
    crate::client::raw(world.addr, &format!("{head}\r\nhost: {}\r\n\r\n", world.addr)).await.reply().await
}

#[tokio::test]
async fn unknown_routes_and_methods_are_answered_in_shape() {
    let world = idle().await;
    let reply = world.get("/v1/nothing").await;
    assert_eq!((reply.status, error(&reply)["code"].as_str()), (404, Some("unknown_route")));
    let reply = world.get("/v1/chat/completions").await;
    assert_eq!((reply.status, reply.header("allow")), (405, "POST, OPTIONS"));
    assert_eq!(ask(&world, "DELETE /v1/models HTTP/1.1").await.status, 405);
    let reply = ask(&world, "OPTIONS /v1/chat/completions HTTP/1.1\r\norigin: http://localhost:3000").await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (204, "http://localhost:3000"));
    assert!(reply.header("access-control-allow-headers").contains("authorization"));
    let asked = "authorization,content-type,x-stainless-lang,anthropic-dangerous-direct-browser-access";
    let head = format!(
        "OPTIONS /v1/chat/completions HTTP/1.1\r\norigin: http://localhost:3000\r\naccess-control-request-headers: {asked}"
    );
    assert_eq!(ask(&world, &head).await.header("access-control-allow-headers"), asked);
}

#[tokio::test]
async fn what_anthropics_clients_look_for_in_vain_is_told_in_their_shape() {
    let only = Chain { aliases: vec![], ..chain(vec![tier("gpu", nobody().await)]) };
    let world = World::over(Snapshot { chains: vec![Arc::new(only)], ..Snapshot::default() }).await;
    let batches = world.get("/v1/messages/batches").await;
    let version = "anthropic-version: 2023-06-01";
    let model = ask(&world, &format!("GET /v1/models/other HTTP/1.1\r\n{version}")).await;
    for reply in [batches, model] {
        let body = reply.json();
        assert_eq!((reply.status, &body["type"]), (404, &"error".into()), "{body}");
        assert_eq!(body["error"]["type"], "not_found_error");
    }
    let head = format!("POST /messages HTTP/1.1\r\n{version}");
    assert_eq!(send(world.addr, &head, b"{}").await.reply().await.json()["type"], "error");
}

#[tokio::test]
async fn the_small_calls_answer() {
    let world = idle().await;
    let models = world.get("/v1/models").await.json();
    let names: Vec<_> =
        models["data"].as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap()).collect();
    assert_eq!(names, ["chat", "gpt-4o"]);
    assert_eq!(world.get("/healthz").await.json()["status"], "ok");
    assert_eq!(world.get("/").await.status, 200);
    let reply = ask(&world, "HEAD / HTTP/1.1").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, ""));
}

#[tokio::test]
async fn foreign_hosts_and_pages_are_refused() {
    let world = idle().await;
    for head in [
        "GET /v1/models HTTP/1.1\r\nhost: evil.example",
        "GET /healthz HTTP/1.1\r\norigin: https://evil.example",
    ] {
        let reply = ask(&world, head).await;
        assert_eq!((reply.status, error(&reply)["code"].as_str()), (403, Some("foreign_origin")));
        assert!(!reply.headers.contains_key("access-control-allow-origin"));
    }
}

#[tokio::test]
async fn a_client_key_is_asked_for_where_there_are_any() {
    use sha2::{Digest, Sha256};
    let up = Upstream::play(vec![good("Hello")]).await;
    let chains = vec![Arc::new(chain(vec![tier("gpu", up.addr)]))];
    let world = World::over(Snapshot {
        chains,
        client_keys: vec![Sha256::digest("k1").into()],
        ..Snapshot::default()
    })
    .await;
    let reply = world.post(ASK).await;
    assert_eq!((reply.status, error(&reply)["code"].as_str()), (401, Some("invalid_api_key")));
    let head = "POST /chat/completions HTTP/1.1\r\nauthorization: Bearer k1";
    assert_eq!(send(world.addr, head, ASK.as_bytes()).await.reply().await.status, 200);
    assert_eq!(ask(&world, "GET /v1/models HTTP/1.1\r\nx-api-key: k2").await.status, 401);
    assert_eq!(ask(&world, "GET /healthz HTTP/1.1").await.status, 200);
}

#[tokio::test]
async fn a_circle_is_broken() {
    let mut up = Upstream::play(vec![good("Hello")]).await;
    let world = World::of(vec![tier("gpu", up.addr)]).await;
    world.post(ASK).await;
    let got = up.request().await;
    let hop = got.head.lines().find_map(|l| l.strip_prefix("x-changeover-hop: ")).unwrap();
    let head = |hops: &str| format!("POST /v1/chat/completions HTTP/1.1\r\nx-changeover-hop: {hops}");
    let other = hop.replace("chat", "code");
    assert_eq!(send(world.addr, &head(&other), ASK.as_bytes()).await.reply().await.status, 200);
    let been = format!("{other}, {hop}");
    let reply = send(world.addr, &head(&been), ASK.as_bytes()).await.reply().await;
    assert_eq!((reply.status, error(&reply)["code"].as_str()), (508, Some("loop_detected")));
    assert_eq!(reply.header("x-should-retry"), "false");
}

/// Sends a request through the chain `chat`, whose tier leads back to this endpoint and asks for `model` there.
async fn round(model: &str, fallback: bool) -> (Reply, u32) {
    let up = Upstream::play(vec![good("Hello")]).await;
    // Where the tiers lead is known only once the endpoint listens: a relay in between tells them.
    let between = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = between.local_addr().unwrap();
    let back = |name: &str, model: &str| Tier { model: model.into(), ..tier(name, here) };
    let mut chat = vec![back("back", model)];
    if fallback {
        chat.push(tier("cpu", up.addr));
    }
    let chat = Chain { aliases: vec!["alias".into()], ..chain(chat) };
    let code = Chain { name: "code".into(), aliases: vec![], ..chain(vec![back("code-back", "chat")]) };
    let chains = vec![Arc::new(chat), Arc::new(code)];
    let mut world = World::over(Snapshot { chains, ..Snapshot::default() }).await;
    let target = world.addr;
    let tasks = TaskTracker::new();
    let inner = tasks.clone();
    let carry = tasks.spawn(async move {
        while let Ok((mut client, _)) = between.accept().await {
            inner.spawn(async move {
                let mut server = TcpStream::connect(target).await.unwrap();
                tokio::io::copy_bidirectional(&mut client, &mut server).await.ok();
            });
        }
    });
    let reply = world.post(ASK).await;
    carry.abort();
    let attempts = world.ends_by_now().iter().map(|end| end.attempts).sum();
    (reply, attempts)
}

#[tokio::test]
async fn a_chain_that_points_at_itself_is_refused_at_once() {
    for model in ["chat", "alias"] {
        let (reply, attempts) = round(model, false).await;
        assert_eq!((reply.status, error(&reply)["code"].as_str()), (508, Some("loop_detected")), "{model}");
        assert_eq!(reply.header("x-should-retry"), "false");
        assert_eq!(attempts, 1, "{model}: it goes round once");
    }
    let (reply, attempts) = round("code", false).await;
    assert_eq!((reply.status, attempts), (508, 2), "through a second chain");
    let (reply, _) = round("chat", true).await;
    assert_eq!((reply.status, reply.header("x-changeover-tier")), (200, "cpu"));
}

#[tokio::test]
async fn a_taken_port_is_told_as_such() {
    let world = idle().await;
    let error = bind(world.addr).await.unwrap_err();
    assert_eq!(error.source.kind(), std::io::ErrorKind::AddrInUse);
    assert_eq!(error.to_string(), format!("cannot listen on {}", world.addr));
}

#[tokio::test]
async fn a_single_model_is_found_by_its_name() {
    let mut named = chain(vec![tier("gpu", nobody().await)]);
    named.aliases = vec!["meta/llama".into(), "my model".into()];
    let world = World::over(Snapshot { chains: vec![Arc::new(named)], ..Snapshot::default() }).await;
    for (path, id) in [
        ("/v1/models/chat", "chat"),
        ("/models/chat", "chat"),
        ("/v1/models/meta/llama", "meta/llama"),
        ("/v1/models/meta%2Fllama", "meta/llama"),
        ("/v1/models/my%20model", "my model"),
    ] {
        let reply = world.get(path).await;
        let model = reply.json();
        assert_eq!((reply.status, model["id"].as_str()), (200, Some(id)), "{path}");
        assert_eq!(
            (model["object"].as_str(), model["owned_by"].as_str()),
            (Some("model"), Some("changeover"))
        );
        assert!(model["created"].is_i64());
    }
    for path in ["/v1/models/other", "/v1/models/*", "/v1/models/%ff"] {
        let reply = world.get(path).await;
        assert_eq!((reply.status, error(&reply)["code"].as_str()), (404, Some("model_not_found")), "{path}");
    }
    assert_eq!(world.get("/v1/models/").await.json()["object"], "list");
    assert_eq!(ask(&world, "DELETE /v1/models/chat HTTP/1.1").await.status, 405);
}

#[tokio::test]
async fn errors_name_ten_chains_and_count_the_rest() {
    let gone = nobody().await;
    let named = |name: String| {
        let tier = tier(&format!("t-{name}"), gone);
        Arc::new(domain::Chain { name, aliases: vec![], ..chain(vec![tier]) })
    };
    let first = Arc::new(chain(vec![tier("gpu", gone)]));
    let first = Arc::new(domain::Chain { aliases: vec![], ..(*first).clone() });
    let chains = std::iter::once(first).chain((1..=12).map(|n| named(format!("c{n}")))).collect();
    let world = World::over(Snapshot { chains, ..Snapshot::default() }).await;
    let reply = world.post(&ASK.replace("\"chat\"", "\"other\"")).await;
    let message = error(&reply)["message"].as_str().unwrap().to_owned();
    assert!(message.contains("`chat`, `c1`") && message.ends_with("`c9` and 3 more."), "{message}");
    let reply = world.post(ASK).await;
    let message = error(&reply)["message"].as_str().unwrap().to_owned();
    assert!(message.contains("In service: `c1`, ") && message.contains("`c10` and 2 more."), "{message}");
}

#[tokio::test]
async fn a_second_host_is_refused() {
    let world = idle().await;
    let host = format!("host: {}", world.addr);
    for second in [host.as_str(), "host: evil.example"] {
        let reply = ask(&world, &format!("GET /v1/models HTTP/1.1\r\n{host}\r\n{second}")).await;
        assert_eq!((reply.status, error(&reply)["code"].as_str()), (400, Some("invalid_host")), "{second}");
    }
}
