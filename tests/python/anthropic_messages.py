"""Anthropic's SDK as a client: every kind of tier behind it, whole, streamed, with tools, a picture and an error."""

import json
import sys

from anthropic import APIStatusError, Anthropic

endpoint, chains = sys.argv[1], sys.argv[2].split(",")
client = Anthropic(base_url=endpoint, api_key="unused", max_retries=0)
hello = [{"role": "user", "content": "Hello"}]
tools = [{"name": name, "description": "d", "input_schema": {"type": "object"}} for name in ("f", "g")]


def whole(chain):
    answer = client.messages.create(model=chain, max_tokens=50, system="S", messages=hello)
    assert answer.stop_reason == "end_turn", answer
    assert answer.content[-1].text == "Hello there you", answer
    assert answer.usage.output_tokens > 0, answer


def streamed(chain):
    with client.messages.stream(model=chain, max_tokens=50, messages=hello) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert text == final.content[-1].text == "Hello there you", (text, final)
    assert final.stop_reason == "end_turn" and final.usage.output_tokens > 0, final


def tool_round_trip(chain):
    with client.messages.stream(model=chain, max_tokens=50, messages=hello, tools=tools) as stream:
        asked = stream.get_final_message()
    assert asked.stop_reason == "tool_use", asked
    calls = [block for block in asked.content if block.type == "tool_use"]
    assert [(call.name, call.input) for call in calls] == [("f", {"a": 1}), ("g", {"b": [2]})], calls
    results = [{"type": "tool_result", "tool_use_id": call.id, "content": call.name} for call in calls]
    turns = [*hello, {"role": "assistant", "content": asked.content}, {"role": "user", "content": results}]
    answer = client.messages.create(model=chain, max_tokens=50, messages=turns, tools=tools)
    assert answer.content, answer


def picture(chain):
    source = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
    content = [{"type": "image", "source": source}, {"type": "text", "text": "What?"}]
    turns = [{"role": "user", "content": content}]
    assert client.messages.create(model=chain, max_tokens=50, messages=turns).content


step = sys.argv[3]
for chain in chains:
    if step == "text":
        whole(chain)
        streamed(chain)
        picture(chain)
    else:
        tool_round_trip(chain)

if step == "text":
    counted = client.messages.count_tokens(model="anthropic", messages=hello)
    assert counted.input_tokens == 1234, counted
    try:
        client.messages.create(model="no-such-chain", max_tokens=50, messages=hello)
    except APIStatusError as error:
        assert error.status_code == 404 and error.body["error"]["type"] == "not_found_error", error.body
    else:
        raise AssertionError("an unknown model was answered")
print(json.dumps("good"))
