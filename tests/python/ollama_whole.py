"""The ollama SDK against tiers that speak OpenAI's API and answer by what a request holds."""

import base64
import json
import sys

from ollama import Client, ResponseError

client = Client(host=sys.argv[1])
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
RESULTS = {"Paris": "sunny", "Oslo": "snowing"}


def weather(city: str) -> str:
    """The weather in a city.

    Args:
        city: The city
    """
    return RESULTS[city]


def asked(prompt, **more):
    return client.chat(model="chat", messages=[{"role": "user", "content": prompt}], **more)


def chats():
    answer = asked("Hello", options={"temperature": 0, "num_ctx": 4096})
    assert (answer.message.content, answer.done_reason) == ("Hello from the tier.", "stop"), answer
    assert (answer.prompt_eval_count, answer.eval_count) == (9, 4), answer
    assert "".join(piece.message.content for piece in asked("Hello", stream=True)) == "Hello from the tier."
    assert client.generate(model="chat", prompt="Hello").response == "Hello from the tier."
    assert "".join(piece.response for piece in client.generate(model="chat", prompt="Hello", stream=True)).endswith("tier.")
    assert client.generate(model="chat").done_reason == "load"


def tools_pictures_and_schemas():
    for stream in (False, True):
        messages = [{"role": "user", "content": "The weather in both?"}]
        answer = client.chat(model="chat", messages=messages, tools=[weather], stream=stream)
        turns = [piece.message for piece in (answer if stream else [answer])]
        calls = [call for turn in turns for call in turn.tool_calls or []]
        assert [call.function.arguments["city"] for call in calls] == ["Paris", "Oslo"], calls
        messages.append({"role": "assistant", "content": "", "tool_calls": calls})
        for call in calls:
            messages.append({"role": "tool", "tool_name": call.function.name, "content": weather(**call.function.arguments)})
        final = client.chat(model="chat", messages=messages, tools=[weather])
        assert final.message.content == "It is sunny and snowing.", final
    seen = client.chat(model="chat", messages=[{"role": "user", "content": "What?", "images": [PNG]}])
    assert seen.message.content == "A small picture.", seen
    schema = {"type": "object", "properties": {"colour": {"type": "string"}}}
    assert json.loads(asked("Colour?", format=schema).message.content) == {"colour": "blue"}


def embeddings_and_models():
    answer = client.embed(model="vectors", input=["one", "three"])
    assert [list(vector) for vector in answer.embeddings] == [[3.0, 1.0, -0.5], [5.0, 1.0, -0.5]], answer
    assert list(client.embeddings(model="vectors", prompt="one").embedding) == [3.0, 1.0, -0.5]
    assert {"chat", "vectors"} <= {model.model for model in client.list().models}
    assert "completion" in client.show("chat").capabilities


def refused(status, ask):
    try:
        ask()
    except ResponseError as error:
        assert error.status_code == status, error
        return error.error
    raise AssertionError("no error came")


def errors():
    assert "nobody" in refused(404, lambda: client.chat(model="nobody", messages=[{"role": "user", "content": "x"}]))
    assert "raw" in refused(400, lambda: client.generate(model="chat", prompt="x", raw=True))
    # An error inside a stream has no status of its own: the SDK's own mark for that is -1.
    assert "broke off" in refused(-1, lambda: list(asked("break", stream=True)))


def failover():
    said = client.chat(model="flaky", messages=[{"role": "user", "content": "Hello"}])
    assert said.message.content == "Hello from the tier.", said


for step in (chats, tools_pictures_and_schemas, embeddings_and_models, errors, failover):
    step()
