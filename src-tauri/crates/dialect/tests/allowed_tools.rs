//! A choice among some of the tools: tiers that have no word for it are offered those alone.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use dialect::{
    client::{Asked, Dialect},
    edit::Edits,
    error::Unfit,
    wire::{Prepared, Wire},
};
use serde_json::{Value, json};

/// Three tools and this choice, as a client of that dialect sends them.
fn asked(dialect: Dialect, mode: &str, allowed: &[&str]) -> Asked {
    let schema = json!({ "type": "object" });
    let names = ["read", "write", "run"];
    let body = if dialect == Dialect::Responses {
        let allowed: Vec<Value> =
            allowed.iter().map(|name| json!({ "type": "function", "name": name })).collect();
        json!({
            "model": "m", "input": "Hi",
            "tools": names.map(|name| json!({ "type": "function", "name": name, "parameters": schema })),
            "tool_choice": { "type": "allowed_tools", "mode": mode, "tools": allowed },
        })
    } else {
        let function =
            |name: &str| json!({ "type": "function", "function": { "name": name, "parameters": schema } });
        let allowed: Vec<Value> = allowed.iter().map(|name| function(name)).collect();
        json!({
            "model": "m", "messages": [{ "role": "user", "content": "Hi" }], "tools": names.map(function),
            "tool_choice": { "type": "allowed_tools", "allowed_tools": { "mode": mode, "tools": allowed } },
        })
    };
    Asked::read(dialect, body.to_string().into()).unwrap()
}

fn prepared(wire: Wire, asked: &Asked) -> Result<Prepared, Unfit> {
    wire.prepare(asked, &Edits { model: Some("claude-sonnet-4-5".into()), ..Edits::default() })
}

fn written(wire: Wire, asked: &Asked) -> Value {
    serde_json::from_slice(&prepared(wire, asked).unwrap().body.to_bytes()).unwrap()
}

#[test]
fn the_tools_are_narrowed_and_the_mode_is_kept() {
    for dialect in [Dialect::Chat, Dialect::Responses] {
        for (mode, choice) in [("auto", "auto"), ("required", "any")] {
            let asked = asked(dialect, mode, &["run", "read"]);
            assert_eq!(asked.peek.forces_tool, mode == "required", "{dialect:?}");
            let body = written(Wire::Anthropic, &asked);
            let names: Vec<&str> =
                body["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
            assert_eq!(names, ["read", "run"], "{dialect:?}");
            assert_eq!(body["tool_choice"]["type"], choice, "{body}");
        }
    }
    let one = written(Wire::OpenAi, &asked(Dialect::Responses, "required", &["write"]));
    assert_eq!(
        (&one["tool_choice"], one["tools"].as_array().unwrap().len()),
        (&"required".into(), 1),
        "{one}"
    );
    let local = written(Wire::Ollama, &asked(Dialect::Chat, "auto", &["write"]));
    assert_eq!(local["tools"][0]["function"]["name"], "write", "{local}");
    assert!(local["tools"].get(1).is_none() && local.get("format").is_none(), "{local}");
}

#[test]
fn the_clients_own_dialect_gets_it_as_it_came() {
    let asked = asked(Dialect::Chat, "auto", &["run"]);
    let body = Wire::OpenAi.prepare(&asked, &Edits::default()).unwrap().body;
    assert_eq!(body.to_bytes(), asked.body);
}

#[test]
fn what_no_tier_can_carry_is_named() {
    for dialect in [Dialect::Chat, Dialect::Responses] {
        let nothing = prepared(Wire::Anthropic, &asked(dialect, "required", &["other"]));
        assert!(
            matches!(nothing, Err(Unfit::CannotCarry(what)) if what[0].contains("tool_choice")),
            "{dialect:?}"
        );
        let wrong = prepared(Wire::Anthropic, &asked(dialect, "perhaps", &["run"]));
        assert!(
            matches!(wrong, Err(Unfit::Bad(bad)) if bad.param.as_deref().unwrap().ends_with(".mode")),
            "{dialect:?}"
        );
    }
    let mut body: Value = serde_json::from_slice(&asked(Dialect::Responses, "auto", &["run"]).body).unwrap();
    body["tools"][0] = json!({ "type": "web_search" });
    let hosted = Asked::read(Dialect::Responses, body.to_string().into()).unwrap();
    let hosted = prepared(Wire::Anthropic, &hosted);
    assert!(matches!(hosted, Err(Unfit::CannotCarry(what)) if what == ["tools of type web_search"]));
}
