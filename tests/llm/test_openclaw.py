"""The optional gateway: an agent of somebody's own, which is given words and nothing else."""

import pytest

from tests.fakes.llm import FakeLLM
from tests.llm.asking import answer, ask
from vulkn_app import llm
from vulkn_app.llm import FailureKind, Step, ToolCall, ToolSpec
from vulkn_app.settings import settings

CLAW = ("openclaw",)
TOOL = ToolSpec("slots", "Free hours.", {"type": "object", "properties": {}})


async def test_it_is_asked_last(openclaw_too: FakeLLM) -> None:
    openclaw_too.will(fault="529", on="anthropic")
    openclaw_too.will(fault="500", on="openai")

    answered = await answer()

    assert llm.providers() == ["claude", "openai", "openclaw", "rehearsal"]
    assert answered.names == ["claude", "openai", "openclaw"]
    assert answered.finished.model == "openclaw"


async def test_it_gets_the_prompt_and_nothing_else(openclaw_too: FakeLLM) -> None:
    step = Step("Miro. ", (ToolCall("a", "slots", {"day": "lunes"}),), ("Hay lugar a las 10.",))

    await answer(ask(order=CLAW, tools=(TOOL,), steps=(step,)))

    body = openclaw_too.requests[-1].body
    assert set(body) == {"model", "stream", "stream_options", "max_tokens", "messages"}
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert set(body["messages"][1]) == {"role", "content"}
    assert "Hay lugar a las 10." in body["messages"][1]["content"]
    assert "slots" not in openclaw_too.requests[-1].raw


async def test_nothing_tells_it_whose_conversation_it_is(openclaw_too: FakeLLM) -> None:
    await answer(ask(order=CLAW))

    headers = openclaw_too.requests[-1].headers
    assert headers["authorization"] == "Bearer claw-fake"
    assert not [name for name in headers if "openclaw" in name or "session" in name]


async def test_without_a_token_no_authorization_is_sent(
    openclaw_too: FakeLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "openclaw_token", None)

    answered = await answer(ask(order=CLAW))

    assert answered.failed[0].kind is FailureKind.UNAUTHORIZED
    assert "authorization" not in openclaw_too.requests[-1].headers


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/"])
async def test_its_address_may_be_given_with_or_without_a_path(
    openclaw_too: FakeLLM, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(settings, "openclaw_base_url", openclaw_too.url + ending)

    assert (await answer(ask(order=CLAW))).names == ["openclaw"]


async def test_it_goes_on_with_a_sentence(openclaw_too: FakeLLM) -> None:
    openclaw_too.will(fault="no_stop", text="El corte cuesta", on="anthropic")
    openclaw_too.will(text=" 250 pesos.", on="openclaw")

    answered = await answer(ask(order=("claude", "openclaw")))

    assert answered.text == "El corte cuesta 250 pesos."
