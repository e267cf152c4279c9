//! Same dialect on both sides: the client's body with only the named fields changed.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    claude,
    client::Asked,
    edit::{self, Edits},
    error::{BadRequest, Unfit},
    fields::scan,
    origin::{MARK, Origin, unmarked},
    peek::Peek,
    wire::Prepared,
};

/// Reads what routing needs of a request.
pub(super) fn peek(body: &[u8]) -> Result<Peek, BadRequest> {
    let mut peek = Peek::read_watching(body, b"")?;
    // Every answer tells its usage here.
    peek.stream_usage = true;
    let mut json = false;
    let mut pictures = false;
    let _ = scan(body, b"", |name, value| match name {
        "output_config" | "output_format" => {
            json |= memchr::memmem::find(value.text, b"\"json_schema\"").is_some();
        }
        "messages" => pictures = memchr::memmem::find(value.text, b"\"image\"").is_some(),
        _ => {}
    });
    peek.wants_json = json;
    peek.has_images = pictures;
    Ok(peek)
}

/// The body with the edits made, and what had to give way to them.
pub(super) fn rewrite(asked: &Asked, edits: &Edits) -> Result<Prepared, Unfit> {
    let cleaned = without_foreign_thoughts(&asked.body, edits.origin.as_ref());
    let read = cleaned.map(|body| Asked::read(asked.dialect, body)).transpose()?;
    let asked = read.as_ref().unwrap_or(asked);
    let name = edits.model.as_deref().unwrap_or(&asked.peek.model);
    // A model that thinks takes no temperature but its own.
    let thinking = edit::field(&asked.body, "thinking");
    let thinks = thinking.as_ref().is_some_and(|it| it["type"] != "disabled");
    let takes_sampling = !thinks && claude::of(name).is_none_or(|model| model.sampling);
    let plain = Edits {
        system_note: None,
        force_usage: false,
        temperature: edits.temperature.filter(|_| takes_sampling).map(|it| it.clamp(0.0, 1.0)),
        ..edits.clone()
    };
    let mut body = edit::rewrite(&asked.body, &asked.peek, &plain)?;
    let mut dropped = Vec::new();
    if let Some(thinking) = thinking.filter(|it| it["type"] == "enabled") {
        // The thoughts of a continuation reach nobody; a budget for them may be more than is left of the cap, and no
        // model that thinks goes on from its own words.
        let less = if edits.continuing.is_some() {
            Some(json!({ "type": "disabled" }))
        } else {
            less_thinking(&thinking, &asked.peek, edits)
                .inspect(|_| dropped.push("thinking.budget_tokens".to_owned()))
        };
        if let Some(thinking) = less {
            body = edit::set(&body.to_bytes(), &[("thinking", thinking)])?;
        }
    }
    if let Some(note) = &edits.system_note {
        body = with_note(&body.to_bytes(), note).into();
    }
    Ok(Prepared { body, dropped })
}

/// The client's wish to have the model think, cut down to a tier's cap on tokens, which must be larger than the budget;
/// none where it fits. A client's own cap may be smaller, by a word of its own (`anthropic-beta`).
fn less_thinking(thinking: &Value, peek: &Peek, edits: &Edits) -> Option<Value> {
    let cap = edits.max_tokens_cap.filter(|cap| peek.max_tokens.is_none_or(|own| own > *cap))?;
    let wanted = thinking["budget_tokens"].as_u64().filter(|wanted| *wanted >= u64::from(cap))?;
    Some(match claude::budget(u32::try_from(wanted).unwrap_or(u32::MAX), cap) {
        Some(budget) => json!({ "type": "enabled", "budget_tokens": budget }),
        None => json!({ "type": "disabled" }),
    })
}

/// The body without reasoning that another kind of tier made, which this API would refuse; none where there is none.
fn without_foreign_thoughts(body: &[u8], origin: Option<&Origin>) -> Option<Bytes> {
    // Another kind of tier leaves a mark, or no signature at all.
    let signs: [&[u8]; 3] = [MARK.as_bytes(), b"\"signature\":\"\"", b"\"signature\": \"\""];
    signs.iter().find(|sign| memchr::memmem::find(body, sign).is_some())?;
    let mut all: Value = serde_json::from_slice(body).ok()?;
    let messages = all.get_mut("messages")?.as_array_mut()?;
    for message in messages.iter_mut() {
        if let Some(Value::Array(blocks)) = message.get_mut("content") {
            blocks.retain_mut(|block| is_own(block, origin));
        }
    }
    messages.retain(|message| message.get("content").is_none_or(|it| it != &json!([])));
    Some(all.to_string().into())
}

/// Whether a block may go to this API; its mark is taken off.
fn is_own(block: &mut Value, origin: Option<&Origin>) -> bool {
    let field = match block.get("type").and_then(Value::as_str) {
        Some("thinking") => "signature",
        Some("redacted_thinking") => "data",
        _ => return true,
    };
    let Some(Value::String(text)) = block.get_mut(field) else { return true };
    match unmarked(text, origin).map(ToOwned::to_owned) {
        Some(own) => *text = own,
        None => return false,
    }
    true
}

/// Puts a note at the end of the system prompt, whose first block may mean something to the provider.
fn with_note(body: &Bytes, note: &str) -> Bytes {
    let mut system = None;
    let mut open = 0;
    let _ = scan(body, b"", |name, value| {
        if open == 0 {
            open = body.iter().position(|b| *b == b'{').map_or(0, |at| at + 1);
        }
        if name == "system" {
            system = Some((value.range.clone(), value.parse::<Value>().unwrap_or_default()));
        }
    });
    let (range, changed) = match system {
        None => (open..open, format!("\"system\":{},", Value::from(note))),
        Some((range, Value::Array(mut blocks))) => {
            blocks.push(json!({ "type": "text", "text": note }));
            (range, Value::from(blocks).to_string())
        }
        Some((range, Value::String(text))) if !text.is_empty() => {
            (range, Value::from(format!("{text}\n\n{note}")).to_string())
        }
        Some((range, _)) => (range, Value::from(note).to_string()),
    };
    let before = body.get(..range.start).unwrap_or_default();
    let after = body.get(range.end..).unwrap_or_default();
    [before, changed.as_bytes(), after].concat().into()
}
