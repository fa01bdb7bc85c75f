"""Tools in both dialects: what a model asks for, and how it is told what came of it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.fakes.llm import FakeLLM
from tests.llm.asking import ASK, Answer, answer, ask, collected
from vulkn_app.llm import Ask, FailureKind, Step, ToolCall, ToolSpec, claude
from vulkn_app.llm.patience import Patience

SCHEMA = {"type": "object", "properties": {"day": {"type": "string"}}, "required": ["day"]}
SLOTS = ToolSpec("slots", "Free hours of a day.", SCHEMA)
BOOK = ToolSpec("book", "Books a slot.", {"type": "object", "properties": {"slot": {"type": "string"}}})
TOOLED = ask("¿Hay lugar el lunes?", tools=(SLOTS, BOOK))

CLAUDE, OPENAI = ("claude",), ("openai",)
both = pytest.mark.parametrize("order", [CLAUDE, OPENAI], ids=["claude", "openai"])


def stepped(answered: Answer, *results: str, **changes: Any) -> Ask:
    """The question again, with what came of the calls."""
    step = Step(answered.text, tuple(answered.calls), results)
    return replace(TOOLED, steps=(*changes.pop("before", ()), step), **changes)


@both
async def test_a_call_comes_after_the_words_and_before_the_end(
    openai_too: FakeLLM, order: tuple[str, ...]
) -> None:
    openai_too.will(text="Miro la agenda.", tool="slots", arguments={"day": "lunes ñ"})

    answered = await answer(replace(TOOLED, order=order))

    assert answered.text == "Miro la agenda."
    assert [(call.name, call.arguments) for call in answered.calls] == [("slots", {"day": "lunes ñ"})]
    assert answered.items[-2] is answered.calls[0]
    assert answered.finished.stop_reason == "tool_use"
    assert answered.names == [*order]


@both
async def test_several_calls_at_once_keep_their_order(openai_too: FakeLLM, order: tuple[str, ...]) -> None:
    openai_too.will(
        tools=[
            {"name": "slots", "arguments": {"day": "lunes"}},
            {"name": "book", "json": ""},
            {"name": "slots", "arguments": {"day": "martes"}},
        ]
    )

    answered = await answer(replace(TOOLED, order=order))

    told = [(call.name, call.arguments) for call in answered.calls]
    assert told == [("slots", {"day": "lunes"}), ("book", {}), ("slots", {"day": "martes"})]
    assert len({call.id for call in answered.calls}) == 3


@both
@pytest.mark.parametrize("broken", ['{"day": "lun', "[1]", "null", "lunes"])
async def test_arguments_that_are_no_object_are_none(
    openai_too: FakeLLM, order: tuple[str, ...], broken: str
) -> None:
    openai_too.will(tools=[{"name": "slots", "json": broken}])

    answered = await answer(replace(TOOLED, order=order))

    assert [call.arguments for call in answered.calls] == [None]
    assert answered.finished.stop_reason == "tool_use"


@pytest.mark.parametrize("legacy", ["function", "no_ids", "no_index", "whole"])
async def test_an_old_server_is_understood(openai_too: FakeLLM, legacy: str) -> None:
    calls = [{"name": "slots", "arguments": {"day": "lunes"}}, {"name": "book", "arguments": {"slot": "a"}}]
    wanted = calls[:1] if legacy == "function" else calls
    openai_too.will(tools=wanted, legacy=legacy)

    answered = await answer(replace(TOOLED, order=OPENAI))

    assert [{"name": call.name, "arguments": call.arguments} for call in answered.calls] == wanted
    assert all(call.id for call in answered.calls)


async def test_calls_that_all_have_the_same_index_are_told_apart_by_their_ids(openai_too: FakeLLM) -> None:
    def chunk(delta: Any, finish: str | None = None) -> str:
        return f"data: {json.dumps({'choices': [{'delta': delta, 'finish_reason': finish}]})}\n\n"

    def call(name: str, day: str) -> Any:
        function = {"name": "slots", "arguments": json.dumps({"day": day})}
        return {"tool_calls": [{"index": 0, "id": name, "function": function}]}

    raw = chunk(call("a", "lunes")) + chunk(call("b", "martes")) + chunk({}, "stop") + "data: [DONE]\n\n"
    openai_too.will(raw=raw)

    answered = await answer(replace(TOOLED, order=OPENAI))

    assert [call.arguments for call in answered.calls] == [{"day": "lunes"}, {"day": "martes"}]
    assert answered.finished.stop_reason == "tool_use"


@both
async def test_what_came_of_it_goes_back_and_the_answer_comes(
    openai_too: FakeLLM, order: tuple[str, ...]
) -> None:
    openai_too.will(text="Miro la agenda.", tool="slots", arguments={"day": "lunes"})
    first = await answer(replace(TOOLED, order=order))

    second = await answer(stepped(first, "<result>\nHay lugar a las 10.\n</result>", order=order))

    assert second.text == "Hay lugar a las 10."
    assert second.failed == []
    assert "<result>" in json.dumps(openai_too.requests[-1].body["messages"][-1])


@both
async def test_another_provider_goes_on_with_the_tools_of_the_first(
    openai_too: FakeLLM, order: tuple[str, ...]
) -> None:
    """Its ids are not theirs: the fake refuses a result without its call as the real ones do."""
    other = OPENAI if order == CLAUDE else CLAUDE
    openai_too.will(tools=[{"name": "slots", "id": "¿?"}, {"name": "book", "id": "¿?"}], legacy="no_ids")
    first = await answer(replace(TOOLED, order=order))

    second = await answer(stepped(first, "Hay lugar a las 10.", "Reservado.", order=other))

    assert second.names == [*other]
    assert second.text == "Hay lugar a las 10. Reservado."


async def test_a_call_with_broken_arguments_can_be_answered(fake_llm: FakeLLM) -> None:
    fake_llm.will(tools=[{"name": "slots", "json": "{"}])
    first = await answer(TOOLED)

    second = await answer(stepped(first, "The arguments were no JSON object."))

    (asked,) = fake_llm.requests[-1].body["messages"][-2]["content"]
    assert asked["input"] == {}
    assert second.failed == []


async def test_two_steps_in_a_row_keep_every_id_apart(fake_llm: FakeLLM) -> None:
    fake_llm.will(tool="slots")
    first = await answer(TOOLED)
    fake_llm.will(tool="book")
    then = stepped(first, "Hay lugar.")
    second = await answer(then)

    third = await answer(stepped(second, "Reservado.", before=then.steps))

    assert third.text == "Reservado."
    said = fake_llm.requests[-1].body["messages"]
    assert [message["role"] for message in said] == ["user", "assistant", "user", "assistant", "user"]


async def test_thoughts_before_a_call_go_back_as_they_were(fake_llm: FakeLLM) -> None:
    fake_llm.will(thought="El cliente quiere el lunes.", text="Miro.", tool="slots")
    first = await answer(TOOLED)

    second = await answer(stepped(first, "Hay lugar."))

    sent = fake_llm.requests[-1].body["messages"][-2]["content"]
    assert [block["type"] for block in sent] == ["thinking", "text", "tool_use"]
    assert sent[0]["thinking"] == "El cliente quiere el lunes."
    assert sent[2]["id"] == first.calls[0].id
    assert "quiere el lunes" not in first.text
    assert second.text == "Hay lugar."


async def test_thoughts_are_not_sent_to_another_model(openai_too: FakeLLM) -> None:
    openai_too.will(thought="El cliente quiere el lunes.", tool="slots")
    first = await answer(TOOLED)

    await answer(stepped(first, "Hay lugar.", models={"claude": "claude-sonnet-5-5"}))
    await answer(stepped(first, "Hay lugar.", order=OPENAI))

    assert "quiere el lunes" not in openai_too.requests[-2].raw + openai_too.requests[-1].raw


async def test_tools_are_part_of_the_cached_prefix_whatever_their_order(fake_llm: FakeLLM) -> None:
    first = await answer(TOOLED)
    second = await answer(replace(TOOLED, tools=(BOOK, SLOTS), question="¿y el martes?", context="Hoy."))
    third = await answer(replace(TOOLED, may_call=False, question="¿y el jueves?"))

    assert first.finished.cache_write_tokens > 0
    assert second.finished.cache_read_tokens == first.finished.cache_write_tokens
    assert third.finished.cache_read_tokens == first.finished.cache_write_tokens
    raw = [request.raw for request in fake_llm.requests]
    assert raw[0][: raw[0].index('"messages"')] == raw[1][: raw[1].index('"messages"')]
    assert raw[0].index('"tools"') < raw[0].index('"system"')


async def test_without_a_system_prompt_the_last_tool_carries_the_cache_mark(fake_llm: FakeLLM) -> None:
    await answer(replace(TOOLED, system=()))

    tools = fake_llm.requests[0].body["tools"]
    assert [tool.get("cache_control") for tool in tools] == [None, {"type": "ephemeral"}]


@both
async def test_a_model_may_be_kept_from_calling(openai_too: FakeLLM, order: tuple[str, ...]) -> None:
    await answer(replace(TOOLED, order=order, may_call=False))

    choice = openai_too.requests[-1].body["tool_choice"]
    assert choice == ({"type": "none"} if order == CLAUDE else "none")
    assert len(openai_too.requests[-1].body["tools"]) == 2


async def test_who_gets_no_tools_is_told_what_was_found(fake_llm: FakeLLM) -> None:
    fake_llm.will(text="Miro la agenda.", tool="slots")
    first = await answer(TOOLED)

    await answer(stepped(first, "<result>\nHay lugar a las 10.\n</result>", tools=()))

    body = fake_llm.requests[-1].body
    assert "tools" not in body
    (message,) = body["messages"]
    assert "<result>\nHay lugar a las 10.\n</result>" in message["content"]
    assert "<interrupted_answer>\nMiro la agenda.\n</interrupted_answer>" in message["content"]


@both
async def test_a_call_that_breaks_off_is_never_made(openai_too: FakeLLM, order: tuple[str, ...]) -> None:
    openai_too.will(fault="no_stop", text="Miro la agenda.", tool="slots", arguments={"day": "lunes"})

    answered = await answer(replace(TOOLED, order=order))

    assert answered.calls == []
    assert answered.failed[0].kind is FailureKind.CUT_OFF


@both
async def test_a_correction_is_the_last_word(openai_too: FakeLLM, order: tuple[str, ...]) -> None:
    openai_too.will(tool="slots")
    first = await answer(replace(TOOLED, order=order))

    await answer(replace(TOOLED, order=order, correction="Say it without a price."))
    without_step = openai_too.requests[-1].body["messages"][-1]
    await answer(stepped(first, "Hay lugar.", order=order, correction="Say it without a price."))
    with_step = openai_too.requests[-1].body["messages"][-1]

    assert without_step["role"] == with_step["role"] == "user"
    assert without_step["content"].endswith("Say it without a price.")
    assert json.dumps(with_step["content"]).rstrip('"}]').endswith("Say it without a price.")


async def test_rehearsal_ignores_tools() -> None:
    answered = await answer(replace(ASK, tools=(SLOTS,)), models=False)

    assert answered.calls == []
    assert answered.finished.stop_reason == "answered"


async def test_a_model_that_pauses_is_asked_to_go_on(fake_llm: FakeLLM) -> None:
    fake_llm.will(pause=True, text="Busco.")
    fake_llm.will(text=" Ya está.")

    answered = await collected(claude.stream(ASK, Patience()))

    assert answered.text == "Busco. Ya está."
    assert answered.finished.stop_reason == "end_turn"
    assert answered.finished.cache_write_tokens == answered.finished.cache_read_tokens > 0
    paused = fake_llm.requests[-1].body["messages"][-1]
    assert paused["role"] == "assistant"
    assert [block["type"] for block in paused["content"]] == ["text", "server_tool_use"]


async def test_a_model_that_only_pauses_is_given_up(openai_too: FakeLLM) -> None:
    for _ in range(5):
        openai_too.will(pause=True, on="anthropic")

    answered = await answer()

    assert answered.names == ["claude", "openai"]


def test_every_call_of_a_step_has_a_result() -> None:
    with pytest.raises(AssertionError):
        Step("", (ToolCall("a", "slots", {}),), ())
