"""A question that is too long, or that a provider will not take, is made shorter and asked of it again."""

import json
from dataclasses import replace

import pytest

from tests.fakes.llm import FakeLLM
from tests.llm.asking import HOURS, PARKING, PRICE, answer, ask
from vulkn_app import llm
from vulkn_app.llm import Ask, FailureKind, Line, Step, ToolCall, ToolSpec
from vulkn_app.llm.compaction import shapes

HISTORY = tuple(Line(role, f"{role} {n}") for n in range(4) for role in ("user", "assistant"))
FOUND = f"<now>lunes</now>\n<found>\n{PRICE.text}\n{HOURS.text}\n{PARKING.text}\n</found>"
TALK = ask(history=HISTORY, evidence=(PRICE, HOURS, PARKING), context=FOUND)
TOOL = ToolSpec("slots", "Free hours.", {"type": "object", "properties": {}})


def test_first_the_old_half_goes_and_what_was_found_beyond_the_best() -> None:
    _, halved, _ = shapes(TALK)

    assert halved.history == HISTORY[4:]
    assert HOURS.text in halved.context
    assert PARKING.text not in halved.context


def test_then_the_question_stands_alone_with_the_best_entry() -> None:
    *_, alone = shapes(replace(TALK, tools=(TOOL,)))

    assert alone.history == ()
    assert alone.tools == ()
    assert alone.question == TALK.question
    assert "<now>" in alone.context
    assert PRICE.text in alone.context
    assert HOURS.text not in alone.context


def test_a_long_context_goes_altogether() -> None:
    *_, alone = shapes(ask(context="palabra " * 1000))

    assert alone.context == ""


def test_long_results_of_tools_are_cut() -> None:
    step = Step("", (ToolCall("a", "slots", {}),), ("x" * 100_000,))

    *_, alone = shapes(ask(tools=(TOOL,), steps=(step,)))

    assert len(alone.steps[0].results[0]) == 2_000


def test_what_cannot_be_shorter_is_not_asked_twice() -> None:
    assert list(shapes(ask())) == [ask()]


@pytest.mark.parametrize("asked", [TALK, ask(history=HISTORY[:1]), ask(context="palabra " * 1000)])
def test_every_shape_is_shorter_than_the_one_before(asked: Ask) -> None:
    sizes = [len(repr(shape)) for shape in shapes(asked)]

    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == len(sizes) > 1


@pytest.mark.parametrize("fault", ["400", "413", "422"])
@pytest.mark.parametrize("times", [1, 2])
async def test_the_same_provider_takes_it_shorter(openai_too: FakeLLM, fault: str, times: int) -> None:
    for _ in range(times):
        openai_too.will(fault=fault, on="anthropic")
    openai_too.will(text="Cuesta 250 pesos.", on="anthropic")

    answered = await answer(TALK)

    assert answered.names == ["claude"] * (times + 1)
    assert answered.text == "Cuesta 250 pesos."
    sizes = [len(request.raw) for request in openai_too.requests]
    assert sizes == sorted(sizes, reverse=True)


async def test_after_two_shorter_ones_no_model_is_asked(openai_too: FakeLLM) -> None:
    for _ in range(3):
        openai_too.will(fault="413", on="anthropic")

    answered = await answer(TALK)

    assert answered.names == ["claude"] * 3 + ["rehearsal"]
    assert {failed.kind for failed in answered.failed} == {FailureKind.CONTEXT_TOO_LONG}
    assert PRICE.text in answered.text


async def test_a_long_question_says_nothing_about_the_provider(fake_llm: FakeLLM) -> None:
    for _ in range(3):
        fake_llm.will(fault="413")
    await answer(TALK)

    again = await answer()

    assert again.names == ["claude"]
    assert llm.disabled() == {}


async def test_a_server_that_knows_no_tools_answers_without_them(openai_too: FakeLLM) -> None:
    openai_too.will(fault="400", message="this model does not support tools")
    step = Step("", (ToolCall("a", "slots", {}),), ("Hay lugar a las 10.",))

    answered = await answer(ask(tools=(TOOL,), steps=(step,), order=("openai",)))

    assert answered.names == ["openai", "openai"]
    body = openai_too.requests[-1].body
    assert "tools" not in body
    assert "Hay lugar a las 10." in json.dumps(body["messages"], ensure_ascii=False)


async def test_one_that_is_refused_midway_keeps_what_was_shown(fake_llm: FakeLLM) -> None:
    fake_llm.will(fault="error_mid", type="invalid_request_error", text="El corte cuesta muy poco")
    fake_llm.will(text=" poco.")

    answered = await answer(TALK)

    assert answered.names == ["claude", "claude"]
    assert answered.text == "El corte cuesta poco."
