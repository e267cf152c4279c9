"""The vendors' SDKs in a stream that breaks in the middle and is continued by another server: they see one answer."""

import sys

from anthropic import Anthropic
from ollama import Client
from openai import OpenAI

endpoint = sys.argv[1]
hello = [{"role": "user", "content": "Hello"}]


def messages():
    client = Anthropic(base_url=endpoint, api_key="unused", max_retries=0)
    with client.messages.stream(model="claude", max_tokens=50, messages=hello) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_message()
    assert [block.text for block in final.content] == ["one two three four"], final
    assert (final.id, final.stop_reason) == ("msg_up", "end_turn"), final
    assert final.usage.output_tokens == 4, final
    assert kinds.count("message_start") == kinds.count("message_stop") == 1, kinds


def responses():
    client = OpenAI(base_url=f"{endpoint}/v1", api_key="unused", max_retries=0)
    kinds = []
    with client.responses.stream(model="gpt", input="Hello") as stream:
        for event in stream:
            kinds.append(event.type)
        final = stream.get_final_response()
    assert (final.output_text, final.status, final.id) == ("one two three four", "completed", "resp_up"), final
    assert len(final.output) == 1 and final.usage.output_tokens == 4, final
    assert kinds.count("response.created") == kinds.count("response.completed") == 1, kinds


def ollama():
    client = Client(host=endpoint)
    pieces = list(client.chat(model="llama", messages=hello, stream=True))
    assert "".join(piece.message.content for piece in pieces) == "one two three four", pieces
    assert [piece.done for piece in pieces].count(True) == 1 and pieces[-1].eval_count == 4, pieces[-1]


messages()
responses()
ollama()
