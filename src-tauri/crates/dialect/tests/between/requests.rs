//! Requests, from every kind of client to every kind of upstream.

use dialect::{
    client::{Asked, Dialect},
    edit::{CapName, Edits},
    exchange::{
        Format, Image, ImageSource, Message, Part, Request, Sampling, Tool, ToolCall, ToolChoice, ToolResult,
        Turn,
    },
    openai::habits::Habits,
    wire::Wire,
};
use proptest::{collection::vec, option, prelude::*};
use serde_json::{Value, json};

use crate::{CLIENTS, UPSTREAMS};

fn words() -> impl Strategy<Value = String> {
    "[a-z][a-zé🙂\"\\\\\n{}<>]{0,7}( [a-z]{1,5}){0,2}"
}

/// One exchange: what the user says, with a picture or without, and what the model does then.
fn turns() -> impl Strategy<Value = Vec<Message>> {
    let picture = "iVBORw0KGgoA[A-Za-z0-9+/]{4}".prop_map(|data| {
        let source = ImageSource::Base64 { media_type: "image/png".into(), data };
        Part::Image(Image { source, detail: None })
    });
    let user = (words(), option::of(picture)).prop_map(|(text, picture)| {
        Message::User([Some(Part::Text(text)), picture].into_iter().flatten().collect())
    });
    let calls = vec(("[a-z]{1,6}", words(), words()), 1..3);
    let done = prop_oneof![
        words().prop_map(|text| vec![Message::Assistant(Turn {
            parts: vec![Part::Text(text)],
            ..Turn::default()
        })]),
        (option::of(words()), calls).prop_map(|(text, calls)| called(text, calls)),
    ];
    (user, done).prop_map(|(user, done)| [vec![user], done].concat())
}

/// A turn that calls tools, and their results.
fn called(text: Option<String>, calls: Vec<(String, String, String)>) -> Vec<Message> {
    let mut turn = Turn { parts: text.map(Part::Text).into_iter().collect(), ..Turn::default() };
    let mut results = Vec::new();
    for (name, word, result) in calls {
        let arguments = json!({ "a": word }).to_string();
        // Told apart once all of the conversation is there.
        turn.tool_calls.push(ToolCall { id: String::new(), name: name.clone(), arguments });
        results.push(Message::Tool(ToolResult {
            name: Some(name),
            parts: vec![Part::Text(result)],
            ..ToolResult::default()
        }));
    }
    std::iter::once(Message::Assistant(turn)).chain(results).collect()
}

/// Gives each call an id, and its result the same.
fn numbered(messages: &mut [Message]) {
    let (mut made, mut answered) = (0, 0);
    for message in messages {
        match message {
            Message::Assistant(turn) => {
                for call in &mut turn.tool_calls {
                    call.id = format!("call_{made}");
                    made += 1;
                }
            }
            Message::Tool(result) => {
                result.call_id = format!("call_{answered}");
                answered += 1;
            }
            _ => {}
        }
    }
}

prop_compose! {
    /// A request that every dialect can carry.
    fn request()(
        (system, turns, last) in (option::of(words()), vec(turns(), 0..3), words()),
        tools in vec(("[a-z]{1,8}", option::of(words())), 0..3),
        (max_tokens, temperature, stop) in (1u32..4000, option::of(0u8..=8), vec("[a-z]{1,5}", 0..3)),
        (formed, stream, choice) in (any::<bool>(), any::<bool>(), 0u8..4),
        effort in option::of(prop_oneof![Just("none"), Just("low"), Just("medium"), Just("high")]),
    ) -> Request {
        let mut messages: Vec<Message> = system.map(|it| Message::System(vec![Part::Text(it)])).into_iter().collect();
        messages.extend(turns.concat());
        messages.push(Message::User(vec![Part::Text(last)]));
        numbered(&mut messages);
        let parameters = || Some(json!({ "type": "object", "properties": { "a": { "type": "string" } } }));
        let mut tools: Vec<Tool> = tools.into_iter()
            .map(|(name, description)| Tool { name, description, parameters: parameters(), strict: None }).collect();
        tools.dedup_by(|a, b| a.name == b.name);
        let schema = json!({ "type": "object", "properties": { "b": { "type": "number" } } });
        let format = if formed { Format::Schema { name: "answer".into(), schema, strict: Some(true) } } else { Format::Text };
        let sampling = Sampling { temperature: temperature.map(|it| f64::from(it) / 8.0), ..Sampling::default() };
        let tool_choice = match (choice, tools.first()) {
            (1, Some(_)) => Some(ToolChoice::Auto),
            (2, Some(_)) => Some(ToolChoice::Required),
            (3, Some(tool)) => Some(ToolChoice::Named(tool.name.clone())),
            _ => None,
        };
        reasoning(Request { model: "m".into(), messages, tools, tool_choice, format, stop, sampling,
            max_tokens: Some(max_tokens), effort: effort.map(Into::into), stream, stream_usage: stream, ..Request::default() })
    }
}

/// The request with what reasoning needs before the pickiest, which are Claude's models: room for it, a temperature left to
/// the server, and no call that must be made or was made by somebody who sealed nothing.
fn reasoning(mut request: Request) -> Request {
    if request.effort.is_some() {
        request.max_tokens = request.max_tokens.map(|it| it + 8192);
        request.sampling.temperature = None;
        request.tool_choice = request.tool_choice.filter(|it| *it == ToolChoice::Auto);
        for message in &mut request.messages {
            if let Message::Assistant(turn) = message {
                turn.tool_calls.clear();
                if turn.parts.is_empty() {
                    turn.parts.push(Part::Text("well".into()));
                }
            }
        }
        request.messages.retain(|it| !matches!(it, Message::Tool(_)));
    }
    request
}

/// The request as a client of that dialect sends it, and what of it that dialect has a word for.
fn sent(dialect: Dialect, request: &Request) -> (Request, Asked) {
    let mut request = request.clone();
    if dialect == Dialect::Responses {
        request.stop.clear();
    }
    if dialect == Dialect::OllamaChat {
        request.tool_choice = None;
    }
    let body = match dialect {
        Dialect::Messages => {
            let request = Request { model: "claude-sonnet-4-5".into(), ..request.clone() };
            dialect::anthropic::write_request(&request).unwrap().body.to_bytes()
        }
        Dialect::Responses => dialect::responses::write_request(&request).unwrap(),
        Dialect::OllamaChat => dialect::ollama::write_request(&request).unwrap().body.to_bytes(),
        _ => dialect::openai::write_request(&request, CapName::MaxCompletionTokens),
    };
    (request, Asked::read(dialect, body).unwrap())
}

/// What a request asks, in nobody's words.
fn meant(request: &Request) -> Value {
    let mut said = Vec::new();
    for message in &request.messages {
        match message {
            Message::System(parts) => said.extend(parts.iter().map(|part| json!(["system", content(part)]))),
            Message::User(parts) => said.extend(parts.iter().map(|part| json!(["user", content(part)]))),
            Message::Assistant(turn) => {
                said.extend(turn.parts.iter().map(|part| json!(["assistant", content(part)])));
                for call in &turn.tool_calls {
                    let arguments: Value = serde_json::from_str(&call.arguments).unwrap();
                    said.push(json!(["call", call.id, call.name, arguments]));
                }
            }
            Message::Tool(result) => {
                let parts: Vec<Value> = result.parts.iter().map(content).collect();
                said.push(json!(["result", result.call_id, parts]));
            }
        }
    }
    let tools = request
        .tools
        .iter()
        .map(|it| json!([it.name, it.description.as_deref().unwrap_or_default(), it.parameters]));
    let schema =
        if let Format::Schema { schema, .. } = &request.format { schema.clone() } else { Value::Null };
    let effort = match (request.thinking_budget, request.effort.as_deref()) {
        (Some(tokens), _) => effort_of(&tokens.into()),
        (None, effort) => json!(effort.filter(|it| *it != "none")),
    };
    json!({ "said": said, "tools": tools.collect::<Vec<_>>(), "choice": format!("{:?}", request.tool_choice),
        "effort": effort, "max": request.max_tokens, "temperature": request.sampling.temperature, "stop": request.stop, "schema": schema })
}

/// The word for a budget of reasoning in tokens; not to reason is the same as to say nothing of it.
fn effort_of(tokens: &Value) -> Value {
    match tokens.as_u64() {
        None | Some(0) => Value::Null,
        Some(1024) => "low".into(),
        Some(2048) => "medium".into(),
        Some(4096) => "high".into(),
        Some(other) => json!(["a budget of no word", other]),
    }
}

fn content(part: &Part) -> Value {
    match part {
        Part::Text(text) => json!(text),
        Part::Image(image) => json!({ "image": image.source.to_url() }),
        Part::Other(kind, value) => json!([kind, value]),
    }
}

/// What an upstream understands of a body.
fn understood(wire: Wire, body: &[u8]) -> Value {
    let value = || serde_json::from_slice(body).unwrap();
    match wire {
        Wire::Anthropic => meant(&dialect::anthropic::read_request(body).unwrap()),
        Wire::Ollama => meant(&dialect::ollama::read_chat(body).unwrap()),
        Wire::Gemini => gemini(&value()),
        Wire::Bedrock => bedrock(&value()),
        _ => meant(&dialect::openai::read_request(body).unwrap()),
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn gemini(body: &Value) -> Value {
    let image = |data: &Value| {
        format!("data:{};base64,{}", data["mimeType"].as_str().unwrap(), data["data"].as_str().unwrap())
    };
    let mut said: Vec<Value> =
        list(&body["systemInstruction"]["parts"]).iter().map(|it| json!(["system", it["text"]])).collect();
    for turn in list(&body["contents"]) {
        let role = if turn["role"] == "model" { "assistant" } else { "user" };
        for part in list(&turn["parts"]) {
            said.push(if let Some(call) = part.get("functionCall") {
                json!(["call", call["id"], call["name"], call["args"]])
            } else if let Some(result) = part.get("functionResponse") {
                json!(["result", result["id"], [result["response"]["output"]]])
            } else if let Some(data) = part.get("inlineData") {
                json!([role, { "image": image(data) }])
            } else {
                json!([role, part["text"]])
            });
        }
    }
    let tools = list(&body["tools"][0]["functionDeclarations"]);
    let tools = tools.iter().map(|it| {
        json!([it["name"], it["description"].as_str().unwrap_or_default(), it["parametersJsonSchema"]])
    });
    let config = &body["generationConfig"];
    let choice = &body["toolConfig"]["functionCallingConfig"];
    let choice = match (choice["mode"].as_str(), choice["allowedFunctionNames"][0].as_str()) {
        (_, Some(name)) => Some(ToolChoice::Named(name.into())),
        (Some("AUTO"), _) => Some(ToolChoice::Auto),
        (Some("ANY"), _) => Some(ToolChoice::Required),
        _ => None,
    };
    json!({ "said": said, "tools": tools.collect::<Vec<_>>(), "choice": format!("{choice:?}"), "max": config["maxOutputTokens"],
        "effort": effort_of(&config["thinkingConfig"]["thinkingBudget"]),
        "temperature": config["temperature"], "stop": list(&config["stopSequences"]), "schema": config["responseJsonSchema"] })
}

fn bedrock(body: &Value) -> Value {
    let image = |it: &Value| {
        format!(
            "data:image/{};base64,{}",
            it["format"].as_str().unwrap(),
            it["source"]["bytes"].as_str().unwrap()
        )
    };
    let mut said: Vec<Value> = list(&body["system"]).iter().map(|it| json!(["system", it["text"]])).collect();
    for turn in list(&body["messages"]) {
        for block in list(&turn["content"]) {
            said.push(if let Some(call) = block.get("toolUse") {
                json!(["call", call["toolUseId"], call["name"], call["input"]])
            } else if let Some(result) = block.get("toolResult") {
                let parts: Vec<Value> =
                    list(&result["content"]).iter().map(|it| it["text"].clone()).collect();
                json!(["result", result["toolUseId"], parts])
            } else if let Some(picture) = block.get("image") {
                json!([turn["role"], { "image": image(picture) }])
            } else {
                json!([turn["role"], block["text"]])
            });
        }
    }
    let tools = list(&body["toolConfig"]["tools"]);
    let tools = tools.iter().map(|it| {
        let spec = &it["toolSpec"];
        json!([spec["name"], spec["description"].as_str().unwrap_or_default(), spec["inputSchema"]["json"]])
    });
    let choice = &body["toolConfig"]["toolChoice"];
    let choice = match (choice["tool"]["name"].as_str(), choice.get("any"), choice.get("auto")) {
        (Some(name), ..) => Some(ToolChoice::Named(name.into())),
        (_, Some(_), _) => Some(ToolChoice::Required),
        (.., Some(_)) => Some(ToolChoice::Auto),
        _ => None,
    };
    let schema = body.pointer("/outputConfig/textFormat/structure/jsonSchema/schema").and_then(Value::as_str);
    let schema: Value = schema.map(|it| serde_json::from_str(it).unwrap()).unwrap_or_default();
    let config = &body["inferenceConfig"];
    json!({ "said": said, "tools": tools.collect::<Vec<_>>(), "choice": format!("{choice:?}"), "max": config["maxTokens"],
        "effort": effort_of(&body["additionalModelRequestFields"]["thinking"]["budget_tokens"]),
        "temperature": config["temperature"], "stop": list(&config["stopSequences"]), "schema": schema })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_request_asks_the_same_of_every_upstream(request in request()) {
        for dialect in CLIENTS {
            for (wire, model) in UPSTREAMS {
                let mut request = request.clone();
                if wire == Wire::Ollama {
                    request.tool_choice = None;
                }
                // The descriptions that a conversation with calls needs there are made up where it brings none.
                if wire == Wire::Bedrock && request.tools.is_empty() {
                    request.messages.retain(|it| matches!(it, Message::System(_) | Message::User(_)));
                }
                let (expected, asked) = sent(dialect, &request);
                // vLLM's models may all reason.
                let habits = Habits::of("vllm").filter(|_| wire == Wire::OpenAi);
                let edits = Edits { model: Some(model.into()), habits, ..Edits::default() };
                let prepared = wire.prepare(&asked, &edits);
                prop_assert!(prepared.is_ok(), "{dialect:?} to {wire:?}: {prepared:?}");
                let prepared = prepared.unwrap();
                prop_assert_eq!(&prepared.dropped, &Vec::<String>::new(), "{:?} to {:?}", dialect, wire);
                prop_assert_eq!(understood(wire, &prepared.body.to_bytes()), meant(&expected), "{:?} to {:?}", dialect, wire);
            }
        }
    }
}
