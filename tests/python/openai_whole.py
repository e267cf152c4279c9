"""The openai SDK against tiers that answer by what a request holds: chat, Responses, embeddings, models, errors."""

import json
import sys

from openai import APIError, BadRequestError, NotFoundError, OpenAI

endpoint = sys.argv[1]
client = OpenAI(base_url=f"{endpoint}/v1", api_key="unused", max_retries=0)
PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
SCHEMA = {"type": "object", "properties": {"colour": {"type": "string"}}}
RESULTS = {"Paris": "sunny", "Oslo": "snowing"}


def chat(prompt, **more):
    return client.chat.completions.create(model="chat", messages=[{"role": "user", "content": prompt}], **more)


def chats():
    answer = chat("Hello")
    assert answer.choices[0].message.content == "Hello from the tier.", answer
    text, usage = "", None
    for chunk in chat("Hello", stream=True, stream_options={"include_usage": True}):
        text += chunk.choices[0].delta.content or "" if chunk.choices else ""
        usage = chunk.usage or usage
    assert (text, usage.total_tokens) == ("Hello from the tier.", 13), (text, usage)

    tools = [{"type": "function", "function": {"name": "weather", "parameters": PARAMETERS}}]
    messages = [{"role": "user", "content": "The weather in both?"}]
    turn = client.chat.completions.create(model="chat", messages=messages, tools=tools).choices[0].message
    messages.append(turn)
    for call in turn.tool_calls:
        result = RESULTS[json.loads(call.function.arguments)["city"]]
        messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    final = client.chat.completions.create(model="chat", messages=messages, tools=tools)
    assert final.choices[0].message.content == "It is sunny and snowing.", final

    picture = [{"type": "text", "text": "What?"}, {"type": "image_url", "image_url": {"url": PNG}}]
    assert chat(picture).choices[0].message.content == "A small picture."
    form = {"type": "json_schema", "json_schema": {"name": "c", "schema": SCHEMA}}
    assert json.loads(chat("Colour?", response_format=form).choices[0].message.content) == {"colour": "blue"}


def responses():
    answer = client.responses.create(model="chat", input="Hello", instructions="Be brief.")
    assert (answer.output_text, answer.status) == ("Hello from the tier.", "completed"), answer
    assert answer.usage.total_tokens == 13 and answer.usage.input_tokens_details.cached_tokens == 0, answer
    kinds, text = [], ""
    for event in client.responses.create(model="chat", input="Hello", stream=True):
        assert event.sequence_number == len(kinds), event
        kinds.append(event.type)
        text += event.delta if event.type == "response.output_text.delta" else ""
    assert (text, kinds[0], kinds[-1]) == ("Hello from the tier.", "response.created", "response.completed"), kinds
    with client.responses.stream(model="chat", input="Hello") as stream:
        assert stream.get_final_response().output_text == "Hello from the tier."

    assert client.responses.input_tokens.count(model="chat", input="Hello").input_tokens > 0

    tools = [{"type": "function", "name": "weather", "parameters": PARAMETERS, "strict": False}]
    items = [{"role": "user", "content": "The weather in both?"}]
    with client.responses.stream(model="chat", input=items, tools=tools) as stream:
        turn = stream.get_final_response()
    calls = [item for item in turn.output if item.type == "function_call"]
    assert len(calls) == 2, turn
    items += turn.output
    for call in calls:
        result = RESULTS[json.loads(call.arguments)["city"]]
        items.append({"type": "function_call_output", "call_id": call.call_id, "output": result})
    final = client.responses.create(model="chat", input=items, tools=tools)
    assert final.output_text == "It is sunny and snowing.", final

    picture = [{"type": "input_text", "text": "What?"}, {"type": "input_image", "image_url": PNG, "detail": "auto"}]
    answer = client.responses.create(model="chat", input=[{"role": "user", "content": picture}])
    assert answer.output_text == "A small picture.", answer
    form = {"format": {"type": "json_schema", "name": "c", "schema": SCHEMA}}
    assert json.loads(client.responses.create(model="chat", input="Colour?", text=form).output_text)["colour"] == "blue"


def completions():
    ask = {"model": "chat", "prompt": "def f(x):\n    ", "suffix": "\n", "max_tokens": 20}
    answer = client.completions.create(**ask)
    assert answer.choices[0].text == "return x + 1" and answer.usage.total_tokens == 13, answer
    text, usage = "", None
    for chunk in client.completions.create(**ask, stream=True, stream_options={"include_usage": True}):
        text += chunk.choices[0].text if chunk.choices else ""
        usage = chunk.usage or usage
    assert (text, usage.total_tokens) == ("return x + 1", 13), (text, usage)
    for chunk in client.completions.create(**ask, stream=True):
        assert chunk.choices and not chunk.usage, chunk
    raw = client.completions.with_raw_response.create(**{**ask, "model": "flaky"})
    assert raw.headers["x-changeover-tier"] == "second" and raw.parse().choices[0].text == "return x + 1"


def embeddings_and_models():
    for more in ({}, {"encoding_format": "float"}):
        answer = client.embeddings.create(model="vectors", input=["one", "three"], **more)
        assert [item.embedding for item in answer.data] == [[3.0, 1.0, -0.5], [5.0, 1.0, -0.5]], answer
    assert {model.id for model in client.models.list()} >= {"chat", "vectors", "small"}
    assert client.models.retrieve("chat").id == "chat"


def refused(kind, ask):
    try:
        ask()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__} came")


def errors():
    refused(NotFoundError, lambda: client.chat.completions.create(model="nobody", messages=[{"role": "user", "content": "x"}]))
    hosted = refused(
        BadRequestError, lambda: client.responses.create(model="chat", input="x", tools=[{"type": "web_search"}])
    )
    assert "web_search" in hosted.message, hosted
    blind = refused(BadRequestError, lambda: client.responses.create(
        model="small", input=[{"role": "user", "content": [{"type": "input_image", "image_url": PNG, "detail": "auto"}]}]
    ))
    assert "images" in blind.message, blind
    # The SDK hands on what ends a stream of this kind, and raises nothing.
    *_, error, last = client.responses.create(model="chat", input="break", stream=True)
    assert (error.type, last.type) == ("error", "response.failed"), (error, last)
    assert "broke off" in error.message and last.response.error.code == "stream_interrupted", last
    refused(APIError, lambda: list(chat("break", stream=True)))


def failover():
    raw = client.responses.with_raw_response.create(model="flaky", input="Hello")
    assert raw.headers["x-changeover-tier"] == "second" and raw.parse().output_text == "Hello from the tier."
    events = list(client.responses.create(model="flaky", input="Hello", stream=True))
    assert events[-1].response.output_text == "Hello from the tier.", events[-1]


for step in (chats, responses, completions, embeddings_and_models, errors, failover):
    step()
