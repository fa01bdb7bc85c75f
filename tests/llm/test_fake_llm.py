"""The provider on loopback says what the real ones would: the SDK's own models read it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import anthropic
import httpx
import pytest

from tests.fakes.llm import FakeLLM
from tests.llm.asking import answer, ask
from vulkn_app.llm import Step, ToolSpec

KNOWLEDGE = (
    "<knowledge>\n## Horario\nAbrimos de 9 a 19.\n\n## Precio del corte\nCuesta 250 pesos.\n</knowledge>"
)


CALL: anthropic.types.MessageParam = {
    "role": "assistant",
    "content": [{"type": "tool_use", "id": "a", "name": "slots", "input": {}}],
}
RESULT: anthropic.types.MessageParam = {
    "role": "user",
    "content": [{"type": "tool_result", "tool_use_id": "a", "content": "10"}],
}


@pytest.fixture
async def sdk(fake_llm: FakeLLM) -> AsyncIterator[anthropic.AsyncAnthropic]:
    http = anthropic.DefaultAioHttpClient()
    async with anthropic.AsyncAnthropic(api_key="k", base_url=fake_llm.url, http_client=http) as client:
        yield client


def question(text: str) -> anthropic.types.MessageParam:
    return {"role": "user", "content": text}


async def test_it_answers_with_the_entry_that_was_asked_for(sdk: anthropic.AsyncAnthropic) -> None:
    message = await sdk.messages.create(
        model="claude", max_tokens=9, system=KNOWLEDGE, messages=[question("¿Cuánto cuesta el corte?")]
    )

    assert [block.type for block in message.content] == ["text"]
    assert getattr(message.content[0], "text", "") == "Cuesta 250 pesos."
    assert message.stop_reason == "end_turn"


async def test_what_nobody_told_it_it_does_not_know(sdk: anthropic.AsyncAnthropic) -> None:
    message = await sdk.messages.create(
        model="claude", max_tokens=9, system=KNOWLEDGE, messages=[question("¿Venden helados?")]
    )

    assert getattr(message.content[0], "text", "") == "No tengo esa información."


async def test_a_tool_call_streams_in_the_apis_order(
    fake_llm: FakeLLM, sdk: anthropic.AsyncAnthropic
) -> None:
    fake_llm.will(text="Miro la agenda.", tool="slots", arguments={"day": "lunes"})

    stream = sdk.messages.stream(model="claude", max_tokens=9, messages=[question("¿Hay lugar el lunes?")])
    async with stream as events:
        order = [event.type async for event in events if event.type in ORDER]
        message = await events.get_final_message()

    assert list(dict.fromkeys(order)) == ORDER
    assert message.stop_reason == "tool_use"
    (tool,) = [block for block in message.content if block.type == "tool_use"]
    assert (tool.name, tool.input) == ("slots", {"day": "lunes"})


ORDER = [
    "message_start",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
]


async def test_it_is_told_what_to_do_over_http(fake_llm: FakeLLM) -> None:
    async with httpx.AsyncClient(base_url=fake_llm.url) as http:
        await http.post("/__faults", json=[{"fault": "429", "retry_after": 7}])
        await http.post("/__reply", json={"text": "Siempre esto."})
        ask = {"model": "gpt", "messages": [{"role": "user", "content": "¿?"}]}
        headers = {"authorization": "Bearer k"}
        refused = await http.post("/v1/chat/completions", json=ask, headers=headers)
        answered = await http.post("/v1/chat/completions", json=ask, headers=headers)
        received = (await http.get("/__requests")).json()

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "7")
    assert answered.json()["choices"][0]["message"]["content"] == "Siempre esto."
    assert [request["body"] for request in received] == [ask, ask]


async def test_in_the_mode_tools_it_calls_one_and_answers_with_what_it_said(fake_llm: FakeLLM) -> None:
    fake_llm.tool = ""
    schema = {
        "type": "object",
        "properties": {"kind": {"enum": ["corte", "tinte"]}, "people": {"type": "integer"}, "note": {}},
        "required": ["kind", "people"],
    }
    asked = ask(tools=(ToolSpec("slots", "Free hours.", schema),))

    first = await answer(asked)
    step = Step(first.text, tuple(first.calls), ("<result>\nHay lugar a las 10.\n</result>",))
    second = await answer(replace(asked, steps=(step,)))

    assert [call.arguments for call in first.calls] == [{"kind": "corte", "people": 1}]
    assert second.calls == []
    assert second.text == "Hay lugar a las 10."


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([{"role": "assistant", "content": "hola"}], "first message"),
        ([question("a"), question("b")], "alternate"),
        ([question("a"), {"role": "assistant", "content": "b"}], "prefill"),
        ([question("a"), CALL, question("b")], "without `tool_result`"),
        ([question("a"), CALL, RESULT], "must define tools"),
    ],
)
async def test_what_the_api_would_refuse_it_refuses(
    sdk: anthropic.AsyncAnthropic, messages: list[anthropic.types.MessageParam], words: str
) -> None:
    with pytest.raises(anthropic.BadRequestError, match=words):
        await sdk.messages.create(model="claude", max_tokens=9, messages=messages)
