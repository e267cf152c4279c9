//! Requests: the exchange model to bytes. The model and whether a stream is wanted stand in the URL, not here.

use serde_json::{Map, Value, json};

use super::{NO_SIGNATURE, parted_id};
use crate::{
    carry::{Lost, Turns, arguments, document, effort_of},
    error::Unfit,
    exchange::{
        Format, Image, ImageSource, Message, Part, Request, Sealed, ToolCall, ToolChoice, ToolResult, Turn,
    },
    wire::Prepared,
};

/// The kinds of pictures that are read there: <https://ai.google.dev/gemini-api/docs/image-understanding>, and the words
/// of its refusal of all others, "MIME type must be image/png, image/jpeg, image/webp, image/heic, or image/heif". A GIF is
/// none of them.
const PICTURES: [&str; 5] = ["image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"];

/// At most this many texts end an answer.
const MOST_STOPS: usize = 5;

/// Writes a request.
///
/// # Errors
/// Something in it shapes the answer and has no word here; all of it is named.
pub fn write_request(request: &Request) -> Result<Prepared, Unfit> {
    let mut lost = Lost::default();
    lost.usual(request);
    let mut body = Map::new();
    conversation(request, &mut body, &mut lost);
    tools(request, &mut body, &mut lost);
    let config = config(request, &mut lost);
    if !config.is_empty() {
        body.insert("generationConfig".into(), config.into());
    }
    lost.finish(body)
}

fn conversation(request: &Request, body: &mut Map<String, Value>, lost: &mut Lost) {
    let mut all = Turns::default();
    let mut calls: Vec<&ToolCall> = Vec::new();
    for message in &request.messages {
        match message {
            Message::System(parts) => all.instruct(content(parts, lost), lost),
            Message::User(parts) => all.say("user", content(parts, lost)),
            Message::Assistant(turn) => {
                calls.extend(&turn.tool_calls);
                all.say("model", spoken(turn, lost));
            }
            Message::Tool(result) => all.say("user", tool_result(result, &calls, lost)),
        }
    }
    if all.ends_with("model") && !continues(&request.model) {
        lost.note("a conversation that ends with the assistant's words");
    }
    if !all.system.is_empty() {
        body.insert("systemInstruction".into(), json!({ "parts": std::mem::take(&mut all.system) }));
    }
    body.insert("contents".into(), all.written("parts"));
}

/// Whether a model continues its own last turn; newer ones refuse.
fn continues(model: &str) -> bool {
    ["gemini-1", "gemini-2", "gemini-3-", "gemini-3.0", "gemini-3.1", "gemini-3.5-flash", "gemma"]
        .iter()
        .any(|start| model.contains(start))
        && !model.contains("3.5-flash-lite")
}

fn content(parts: &[Part], lost: &mut Lost) -> Vec<Value> {
    parts.iter().filter_map(|part| piece(part, lost)).collect()
}

fn piece(part: &Part, lost: &mut Lost) -> Option<Value> {
    match part {
        Part::Text(text) => (!text.is_empty()).then(|| json!({ "text": text })),
        Part::Image(Image { source: ImageSource::Base64 { media_type, data }, .. }) => {
            if !PICTURES.contains(&media_type.as_str()) {
                lost.note(format!("images of type {media_type}"));
            }
            Some(inline(media_type, data))
        }
        Part::Image(Image { source: ImageSource::Url(url), .. }) => {
            // Only what Google itself keeps is fetched there.
            if !url.starts_with("gs://") && !url.contains("generativelanguage.googleapis.com/") {
                lost.note("images by URL");
            }
            Some(json!({ "fileData": { "fileUri": url } }))
        }
        Part::Other(kind, value) => {
            let Some((media_type, data)) = document(value).map(|it| (it.0, it.1)).or_else(|| audio(value))
            else {
                lost.note(format!("content of type {kind}"));
                return None;
            };
            Some(inline(&media_type, &data))
        }
    }
}

fn inline(media_type: &str, data: &str) -> Value {
    json!({ "inlineData": { "mimeType": media_type, "data": data } })
}

/// Sound, in `OpenAI`'s words.
fn audio(value: &Value) -> Option<(String, String)> {
    let word = |path: &str| value.pointer(path).and_then(Value::as_str);
    Some((format!("audio/{}", word("/input_audio/format")?), word("/input_audio/data")?.to_owned()))
}

/// A turn of the model. The first call must bear a signature; one that another tier made has none.
fn spoken(turn: &Turn, lost: &mut Lost) -> Vec<Value> {
    let mut parts = content(&turn.parts, lost);
    let signature = turn.sealed.iter().find_map(|sealed| match sealed {
        Sealed::Signature(signature) => Some(signature),
        Sealed::Redacted(_) => None,
    });
    if let (Some(signature), Some(Value::Object(last))) = (signature, parts.last_mut()) {
        last.insert("thoughtSignature".into(), signature.clone().into());
    }
    for (index, call) in turn.tool_calls.iter().enumerate() {
        let Some(args) = arguments(&call.arguments) else {
            lost.note("tool call arguments that are not a JSON object");
            continue;
        };
        let (id, signature) = parted_id(&call.id);
        let mut part = json!({ "functionCall": { "id": id, "name": call.name, "args": args } });
        let signature = signature.or_else(|| (index == 0).then(|| NO_SIGNATURE.to_owned()));
        if let (Some(fields), Some(signature)) = (part.as_object_mut(), signature) {
            fields.insert("thoughtSignature".into(), signature.into());
        }
        parts.push(part);
    }
    parts
}

/// A tool's result is told by the tool's name; pictures in it follow as parts of their own.
fn tool_result(result: &ToolResult, calls: &[&ToolCall], lost: &mut Lost) -> Vec<Value> {
    // The latest call of that id: some clients count from 0 in every turn.
    let called = calls.iter().rev().find(|call| call.id == result.call_id);
    let name = result.name.clone().or_else(|| called.map(|call| call.name.clone()));
    let Some(name) = name else {
        lost.note("a tool's result without its call");
        return Vec::new();
    };
    let texts: Vec<&str> = result
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let field = if result.is_error { "error" } else { "output" };
    let response = json!({ field: texts.join("\n") });
    let id = parted_id(&result.call_id).0;
    let mut parts = vec![json!({ "functionResponse": { "id": id, "name": name, "response": response } })];
    let others = result.parts.iter().filter(|part| !matches!(part, Part::Text(_)));
    parts.extend(others.filter_map(|part| piece(part, lost)));
    parts
}

fn tools(request: &Request, body: &mut Map<String, Value>, lost: &mut Lost) {
    if request.tools.is_empty() {
        return;
    }
    let declarations: Vec<Value> = request.tools.iter().map(declaration).collect();
    body.insert("tools".into(), json!([{ "functionDeclarations": declarations }]));
    let config = match &request.tool_choice {
        None => return,
        Some(ToolChoice::Auto) => json!({ "mode": "AUTO" }),
        Some(ToolChoice::Never) => json!({ "mode": "NONE" }),
        Some(ToolChoice::Required) => json!({ "mode": "ANY" }),
        Some(ToolChoice::Named(name)) => json!({ "mode": "ANY", "allowedFunctionNames": [name] }),
        Some(ToolChoice::Other(kind)) => return lost.note(format!("tool_choice of type {kind}")),
    };
    body.insert("toolConfig".into(), json!({ "functionCallingConfig": config }));
}

fn declaration(tool: &crate::exchange::Tool) -> Value {
    let mut body = json!({ "name": tool.name });
    if let Some(fields) = body.as_object_mut() {
        let description = tool.description.clone().map(|it| ("description".to_owned(), it.into()));
        let schema = tool.parameters.clone().map(|it| ("parametersJsonSchema".to_owned(), it));
        fields.extend(description.into_iter().chain(schema));
    }
    body
}

fn config(request: &Request, lost: &mut Lost) -> Map<String, Value> {
    let sampling = &request.sampling;
    if request.stop.len() > MOST_STOPS {
        lost.note(format!("more than {MOST_STOPS} stop texts"));
    }
    if sampling.min_p.is_some() {
        lost.left_out("min_p");
    }
    let (media_type, schema) = match &request.format {
        Format::Text => (None, None),
        Format::Json => (Some(Value::from("application/json")), None),
        Format::Schema { schema, .. } => (Some("application/json".into()), Some(schema.clone())),
    };
    let all = [
        ("maxOutputTokens", request.max_tokens.map(Value::from)),
        ("temperature", sampling.temperature.map(Value::from)),
        ("topP", sampling.top_p.map(Value::from)),
        ("topK", sampling.top_k.map(Value::from)),
        ("seed", sampling.seed.map(Value::from)),
        ("presencePenalty", sampling.presence_penalty.map(Value::from)),
        ("frequencyPenalty", sampling.frequency_penalty.map(Value::from)),
        ("stopSequences", Some(&request.stop).filter(|it| !it.is_empty()).map(|it| json!(it))),
        ("responseMimeType", media_type),
        ("responseJsonSchema", schema),
        ("thinkingConfig", thinking(request)),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Models of generation 2.5 are told a budget, later ones a level, and earlier ones nothing.
fn thinking(request: &Request) -> Option<Value> {
    let budget = request.thinking_budget;
    let effort = request.effort.as_deref().or_else(|| budget.map(effort_of))?;
    let model = request.model.as_str();
    if ["gemini-1", "gemini-2.0", "gemma"].iter().any(|it| model.contains(it)) {
        return None;
    }
    let shown = effort != "none";
    if model.contains("2.5") {
        let budget = match (budget, effort) {
            (Some(budget), _) => budget,
            (None, effort) => crate::carry::budget_of(effort),
        };
        return Some(json!({ "thinkingBudget": budget, "includeThoughts": shown }));
    }
    let level = match effort {
        "none" | "minimal" => "MINIMAL",
        "low" => "LOW",
        "medium" => "MEDIUM",
        "xhigh" | "max" => "XHIGH",
        _ => "HIGH",
    };
    Some(json!({ "thinkingLevel": level, "includeThoughts": shown }))
}
