"""The provider on loopback says what the real ones would: the SDK's own models read it."""

import anthropic
import httpx

from tests.fakes.llm import FakeLLM
from vulkn_app.llm import claude

KNOWLEDGE = (
    "<knowledge>\n## Horario\nAbrimos de 9 a 19.\n\n## Precio del corte\nCuesta 250 pesos.\n</knowledge>"
)


def question(text: str) -> anthropic.types.MessageParam:
    return {"role": "user", "content": text}


async def test_it_answers_with_the_entry_that_was_asked_for(fake_llm: FakeLLM) -> None:
    message = await claude.open_client().messages.create(
        model="claude", max_tokens=9, system=KNOWLEDGE, messages=[question("¿Cuánto cuesta el corte?")]
    )

    assert [block.type for block in message.content] == ["text"]
    assert getattr(message.content[0], "text", "") == "Cuesta 250 pesos."
    assert message.stop_reason == "end_turn"


async def test_what_nobody_told_it_it_does_not_know(fake_llm: FakeLLM) -> None:
    message = await claude.open_client().messages.create(
        model="claude", max_tokens=9, system=KNOWLEDGE, messages=[question("¿Venden helados?")]
    )

    assert getattr(message.content[0], "text", "") == "No tengo esa información."


async def test_a_tool_call_streams_in_the_apis_order(fake_llm: FakeLLM) -> None:
    fake_llm.will(text="Miro la agenda.", tool="slots", arguments={"day": "lunes"})

    stream = claude.open_client().messages.stream(
        model="claude", max_tokens=9, messages=[question("¿Hay lugar el lunes?")]
    )
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
