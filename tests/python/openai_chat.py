"""The openai SDK against the practice chain: whole, streamed, and with the first tier failing."""

import json
import sys
import urllib.request

from openai import APIStatusError, OpenAI

endpoint, admin, token = sys.argv[1:]
client = OpenAI(base_url=f"{endpoint}/v1", api_key="unused", max_retries=0)
messages = [{"role": "user", "content": "Hello"}]


def command(name, request):
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    body = json.dumps(request).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{admin}/rpc/{name}", body, headers)) as answer:
        return json.load(answer)


def whole():
    raw = client.chat.completions.with_raw_response.create(model="practice", messages=messages)
    answer = raw.parse()
    assert answer.choices[0].finish_reason == "stop", answer
    assert answer.usage.completion_tokens > 0, answer
    return raw.headers["x-changeover-tier"], answer.choices[0].message.content


def streamed():
    raw = client.chat.completions.with_raw_response.create(model="practice", messages=messages, stream=True)
    text, finish = "", None
    for chunk in raw.parse():
        if chunk.choices:
            text += chunk.choices[0].delta.content or ""
            finish = chunk.choices[0].finish_reason or finish
    assert finish == "stop", finish
    return raw.headers["x-changeover-tier"], text


for ask in (whole, streamed):
    tier, text = ask()
    assert tier == "gpu" and "simulated" in text, (tier, text)

command("practice.set", {"name": "gpu", "failing": True})
for ask in (whole, streamed):
    tier, text = ask()
    assert tier == "second-gpu" and "second GPU" in text, (tier, text)

assert "practice" in [model.id for model in client.models.list()]

# The practice servers make no vectors: the error says so, in the SDK's own kind.
try:
    client.embeddings.create(model="practice", input="x")
except APIStatusError as error:
    assert error.body["message"], error
else:
    raise AssertionError("servers that make no vectors answered")
