//! The operator's hand over the real program: commands, the command line, restarts, ends by themselves.

use std::time::Duration;

use harness::{Daemon, ModelServer, Script, daemon::header, wait::eventually};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(30);

/// Two chains over two servers: `chat` with a first and a second tier, `other` with one tier of the first model.
struct World {
    daemon: Daemon,
    first: ModelServer,
    second: ModelServer,
}

async fn world() -> World {
    let (first, second) = (ModelServer::saying("one").await, ModelServer::saying("two").await);
    let daemon = Daemon::with_config(&format!(
        "version: 1
chains:
  - name: chat
    tiers:
      - {{ name: first, provider: other, model: big, url: '{one}' }}
      - {{ name: second, provider: other, model: small, url: '{two}' }}
  - name: other
    tiers: [{{ name: only, provider: other, model: big, url: '{one}' }}]
",
        one = first.url(),
        two = second.url()
    ))
    .await;
    let up = |c: &Value| c["serving"] == "first" && c["armed"] == true;
    daemon.until_chain("chat", "the chain is up", PATIENCE, up).await;
    World { daemon, first, second }
}

impl World {
    async fn order(&self, name: &str, request: Value) -> Value {
        self.daemon.rpc(name, request.clone()).await.unwrap_or_else(|e| panic!("{name} {request}: {e}"))
    }

    async fn refused(&self, name: &str, request: Value) -> Value {
        self.daemon.rpc(name, request).await.unwrap_err()
    }

    /// The tier that answers `chat` now.
    async fn tier(&self) -> String {
        self.daemon.ask("chat").await.1
    }

    async fn chain(&self) -> Value {
        let overview = self.daemon.overview().await;
        overview["chains"].as_array().unwrap().iter().find(|c| c["name"] == "chat").cloned().unwrap()
    }
}

#[tokio::test]
async fn a_pin_holds_at_once_over_a_restart_and_until_it_is_released() {
    let mut w = world().await;
    let pin = json!({"chain": "chat", "tier": "second", "only": true, "for_ms": null, "why": "first drifts"});
    w.order("order.pin", pin).await;
    assert_eq!(w.tier().await, "second");
    let chain = w.chain().await;
    assert_eq!((&chain["armed"], &chain["serving"]), (&json!(false), &json!("second")), "{chain}");
    assert_eq!(chain["not_armed"], "pinned to second alone");

    w.daemon.kill().await;
    w.daemon.start().await;
    assert_eq!(w.tier().await, "second");
    w.second.script(Script::Status(500, "{}".into()));
    let response = w.daemon.chat("chat", false).await;
    assert_eq!(response.status(), 503);
    let text = response.text().await.unwrap();
    assert!(text.contains("pinned the chain to `second` alone"), "{text}");

    let page = w.order("order.unpin", json!({"chain": "chat", "why": "found it"})).await;
    assert_eq!(w.tier().await, "first");
    let recent = page["recent"].as_array().unwrap();
    let told: Vec<_> =
        recent.iter().map(|r| (r["what"].as_str().unwrap(), r["why"].as_str().unwrap())).collect();
    assert_eq!(told, [("pin released", "found it"), ("pinned, alone, until released", "first drifts")]);
    let again = w.refused("order.unpin", json!({"chain": "chat"})).await;
    assert_eq!(again["code"], "not_found");
}

#[tokio::test]
async fn a_pin_that_only_prefers_lets_the_others_answer_and_ends_by_itself() {
    let w = world().await;
    w.order("order.pin", json!({"chain": "chat", "tier": "second", "for_ms": 1500})).await;
    assert_eq!((w.tier().await, w.chain().await["armed"].clone()), ("second".into(), json!(true)));
    w.second.script(Script::Status(500, "{}".into()));
    assert_eq!(w.tier().await, "first");
    let ended = eventually("the pin ends", PATIENCE, || async {
        let page = w.order("orders", Value::Null).await;
        page["pins"].as_array().unwrap().is_empty().then_some(page)
    })
    .await;
    assert_eq!(ended["recent"][0]["what"], "pin expired");
    assert_eq!(w.tier().await, "first");
}

#[tokio::test]
async fn a_pin_whose_time_ran_out_while_the_program_was_off_does_not_come_back() {
    let mut w = world().await;
    w.order("order.pin", json!({"chain": "chat", "tier": "second", "for_ms": 1})).await;
    w.daemon.kill().await;
    w.daemon.start().await;
    assert_eq!(w.tier().await, "first");
}

#[tokio::test]
async fn drained_and_disabled_tiers_get_no_request_until_they_are_enabled() {
    let mut w = world().await;
    for to in ["drain", "disable"] {
        let switch = |to| json!({"chain": "chat", "tier": "first", "to": to, "why": "new driver"});
        w.order("order.switch", switch(to)).await;
        let before = w.first.seen().len();
        for stream in [false, true] {
            assert_eq!(header(&w.daemon.chat("chat", stream).await, "x-changeover-tier"), "second");
        }
        w.daemon.kill().await;
        w.daemon.start().await;
        assert_eq!(w.tier().await, "second");
        assert_eq!(w.first.seen().len(), before, "{to}");
        w.order("order.switch", switch("enable")).await;
        assert_eq!(w.tier().await, "first");
    }
    let unknown = w.refused("order.switch", json!({"chain": "chat", "tier": "third", "to": "drain"})).await;
    assert_eq!(
        (&unknown["code"], &unknown["remedy"]),
        (&json!("not_found"), &json!("its tiers are first, second"))
    );
    let idle = w.refused("order.switch", json!({"chain": "chat", "tier": "first", "to": "enable"})).await;
    assert_eq!(idle["code"], "conflict");
}

#[tokio::test]
async fn traffic_is_failed_over_and_back_by_hand_and_the_journal_says_who() {
    let w = world().await;
    w.order("order.failover", json!({"chain": "chat", "why": "rehearsal"})).await;
    assert_eq!(w.tier().await, "second");
    let chain = w.chain().await;
    assert_eq!(chain["tiers"][0]["order"]["kind"], "set_aside", "{chain}");
    assert_eq!(chain["armed"], true, "the first tier still answers when the second cannot");
    let moved = eventually("the change-over is on record", PATIENCE, || async {
        w.daemon.changeovers().await.into_iter().next()
    })
    .await;
    assert_eq!(
        (&moved["trigger"], &moved["direction"], &moved["to"]),
        (&json!("operator"), &json!("over"), &json!("second"))
    );
    w.order("order.failback", json!({"chain": "chat"})).await;
    assert_eq!(w.tier().await, "first");
    assert_eq!(w.refused("order.failback", json!({"chain": "chat"})).await["code"], "conflict");
    assert!(w.daemon.incidents().await.is_empty(), "an order is no incident");
    let alone = w.refused("order.failover", json!({"chain": "other"})).await;
    assert!(alone["message"].as_str().unwrap().contains("no other tier"), "{alone}");
}

#[tokio::test]
async fn a_maintenance_window_keeps_traffic_away_and_ends_by_itself() {
    let w = world().await;
    let to_ms = w.daemon.overview().await["at_ms"].as_i64().unwrap() + 2500;
    let window = json!({"chain": "chat", "tier": "first", "to_ms": to_ms, "why": "new GPU"});
    let page = w.order("order.maintenance", window).await;
    assert_eq!((&page["windows"][0]["open"], &page["windows"][0]["tier"]), (&json!(true), &json!("first")));
    assert_eq!(w.tier().await, "second");
    w.daemon.until_chain("chat", "the window ends", PATIENCE, |c| c["tiers"][0]["may_serve"] == true).await;
    assert_eq!(w.tier().await, "first");
    assert!(w.daemon.incidents().await.is_empty());

    let later = json!({"chain": "chat", "from_ms": to_ms + 3_600_000, "to_ms": to_ms + 7_200_000});
    let page = w.order("order.maintenance", later).await;
    assert_eq!((&page["windows"][0]["open"], w.tier().await), (&json!(false), "first".into()));
    let id = &page["windows"][0]["id"];
    let page = w.order("order.maintenance_end", json!({"id": id})).await;
    assert!(page["windows"].as_array().unwrap().is_empty());
    let backwards = w.refused("order.maintenance", json!({"chain": "chat", "to_ms": 5})).await;
    assert_eq!(backwards["code"], "bad_request");
}

#[tokio::test]
async fn a_retired_model_is_out_of_every_chain_and_its_running_answers_are_cut() {
    let mut w = world().await;
    w.first.script(Script::Say("word ".repeat(400)));
    w.first.pace(Duration::from_millis(50));
    let mut running = w.daemon.chat("other", true).await;
    assert!(running.chunk().await.unwrap().is_some());
    let page = w.order("order.retire", json!({"model": "big", "why": "it leaks names"})).await;
    assert_eq!(page["retired"][0]["tiers"], json!(["chat/first", "other/only"]));
    let mut rest = String::new();
    while let Some(piece) = running.chunk().await.unwrap() {
        rest.push_str(&String::from_utf8_lossy(&piece));
    }
    assert!(rest.contains("the operator retired its model") && !rest.contains("[DONE]"), "{rest}");

    let before = w.first.seen().len();
    assert_eq!(w.tier().await, "second");
    let refused = w.daemon.chat("other", false).await;
    assert_eq!(refused.status(), 503);
    assert!(refused.text().await.unwrap().contains("its model was retired"));
    let incident = w.daemon.incidents().await.remove(0);
    assert_eq!((&incident["kind"], &incident["state"]), (&json!("safety"), &json!("open")), "{incident}");
    assert!(incident["cause"].as_str().unwrap().contains("it leaks names"), "{incident}");

    w.daemon.kill().await;
    w.daemon.start().await;
    assert_eq!(w.tier().await, "second");
    assert_eq!(w.first.seen().len(), before);
    w.first.pace(Duration::ZERO);
    w.order("order.unretire", json!({"model": "big"})).await;
    assert_eq!(w.tier().await, "first");
    assert_eq!(w.daemon.incidents().await[0]["state"], "closed");
    let typo = w.refused("order.retire", json!({"model": "bigg"})).await;
    assert_eq!((&typo["code"], &typo["remedy"]), (&json!("not_found"), &json!("the models are big, small")));
}

#[tokio::test]
async fn the_command_line_gives_every_order_and_says_who_answers() {
    let w = world().await;
    let said = async |arguments: &[&str]| {
        let (good, said) = w.daemon.command_line(arguments).await;
        assert!(good, "{arguments:?}: {said}");
        said
    };
    let pinned = said(&["pin", "chat", "second", "--for", "15m", "--only", "--why", "first drifts"]).await;
    assert!(
        pinned.contains("chat: second answers; failover is NOT armed: pinned to second alone"),
        "{pinned}"
    );
    let status = said(&["status"]).await;
    assert!(status.contains("pinned, alone: chat/second until 20"), "{status}");
    assert!(status.contains("by kim (command line): first drifts"), "{status}");
    said(&["unpin", "chat"]).await;
    assert!(said(&["drain", "chat", "first", "--wait"]).await.contains("no answer is running"));
    assert_eq!(w.tier().await, "second");
    said(&["enable", "chat", "first"]).await;
    said(&["disable", "chat", "first", "--replica", &w.first.url()]).await;
    assert_eq!(w.tier().await, "second");
    said(&["enable", "chat", "first", "--replica", &w.first.url()]).await;
    assert!(said(&["failover", "chat"]).await.contains("chat: second answers"));
    assert!(said(&["failback", "chat"]).await.contains("chat: first answers; failover is armed"));
    said(&["maintenance", "chat", "--tier", "first", "--for", "1h", "--why", "cables"]).await;
    assert_eq!(w.tier().await, "second");
    assert!(said(&["status"]).await.contains("maintenance 1: chat/first"));
    said(&["maintenance-end", "1"]).await;
    said(&["retire", "big", "--why", "unsafe"]).await;
    assert_eq!(w.tier().await, "second");
    said(&["unretire", "big"]).await;
    assert_eq!(w.tier().await, "first");
    let json: Value = serde_json::from_str(&said(&["status", "--json"]).await).unwrap();
    assert_eq!(json["orders"]["recent"][0]["actor"], "kim (command line)");
    let (good, wrong) = w.daemon.command_line(&["pin", "chat", "third"]).await;
    assert!(!good && wrong.contains("its tiers are first, second"), "{wrong}");
}
