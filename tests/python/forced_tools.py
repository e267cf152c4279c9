"""The openai SDK makes every kind of tier call a tool: a named one and any, streamed and not."""

import json
import sys

from openai import OpenAI

endpoint, kinds = sys.argv[1], sys.argv[2].split(",")
client = OpenAI(base_url=f"{endpoint}/v1", api_key="unused", max_retries=0)
CITY = {"type": "object", "properties": {"city": {"$ref": "#/$defs/City"}}, "required": ["city"], "$defs": {"City": {"type": "string"}}}
TOOLS = [
    {"type": "function", "function": {"name": "weather", "description": "Tells it.", "parameters": CITY}},
    {"type": "function", "function": {"name": "clock", "parameters": {"type": "object", "properties": {}}}},
]
NAMED = {"type": "function", "function": {"name": "weather"}}


def whole(kind, choice):
    raw = client.chat.completions.with_raw_response.create(
        model=kind, messages=[{"role": "user", "content": "In Paris?"}], tools=TOOLS, tool_choice=choice
    )
    answer = raw.parse().choices[0]
    assert answer.finish_reason == "tool_calls" and not answer.message.content, answer
    (call,) = answer.message.tool_calls
    return call.function.name, call.function.arguments, raw.headers.get("x-changeover-notice", "")


def streamed(kind, choice):
    name, arguments, finish = "", "", None
    for chunk in client.chat.completions.create(
        model=kind, messages=[{"role": "user", "content": "In Paris?"}], tools=TOOLS, tool_choice=choice, stream=True
    ):
        for part in chunk.choices:
            finish = part.finish_reason or finish
            assert not part.delta.content, chunk
            for call in part.delta.tool_calls or []:
                name += call.function.name or ""
                arguments += call.function.arguments or ""
    assert finish == "tool_calls", finish
    return name, arguments


for kind in kinds:
    for choice in (NAMED, "required"):
        name, arguments, notice = whole(kind, choice)
        assert (name, json.loads(arguments)) == ("weather", {"city": "Paris"}), (kind, name, arguments)
        assert ("tool_choice" in notice) == (kind == "ollama"), (kind, notice)
        name, arguments = streamed(kind, choice)
        assert (name, json.loads(arguments)) == ("weather", {"city": "Paris"}), (kind, name, arguments)
