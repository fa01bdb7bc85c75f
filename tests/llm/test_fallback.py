"""Who answers when somebody cannot, and what the customer sees of it."""

import asyncio

import pytest
from pydantic import SecretStr, ValidationError

from tests.fakes.llm import FakeLLM
from tests.llm.asking import PRICE, answer, ask
from vulkn_app import llm
from vulkn_app.llm import FailureKind, Language, Token
from vulkn_app.settings import Settings, settings

LONG = "una respuesta que tiene bastantes palabras para romperse"


@pytest.mark.usefixtures("no_model")
async def test_without_a_key_rehearsal_answers() -> None:
    answered = await answer()

    assert llm.providers() == ["rehearsal"]
    assert llm.rehearsal_only()
    assert answered.names == ["rehearsal"]
    assert PRICE.text in answered.text


async def test_an_empty_key_is_no_key(fake_llm: FakeLLM, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "anthropic_api_key", SecretStr(" "))

    assert llm.providers() == ["rehearsal"]


@pytest.mark.parametrize("fault", ["429", "529", "500", "401", "drop", "error_first", "empty", "no_stop"])
async def test_before_the_first_token_the_switch_is_not_seen(openai_too: FakeLLM, fault: str) -> None:
    openai_too.will(fault=fault, on="anthropic", text="")
    openai_too.will(text="Cuesta 250 pesos.", on="openai")

    answered = await answer()

    assert llm.providers() == ["claude", "openai", "rehearsal"]
    assert answered.names == ["claude", "openai"]
    assert answered.text == "Cuesta 250 pesos."


@pytest.mark.parametrize("fault", ["drop_mid", "error_mid", "no_stop"])
async def test_after_it_the_next_provider_goes_on(openai_too: FakeLLM, fault: str) -> None:
    openai_too.will(fault=fault, text=LONG, on="anthropic")
    openai_too.will(text=" y sigue hasta el final.", on="openai")

    answered = await answer()

    shown = answered.text.removesuffix(" y sigue hasta el final.")
    assert shown not in ("", answered.text)
    assert LONG.startswith(shown)
    last = openai_too.requests[-1].body["messages"][-1]
    assert last["role"] == "user"
    assert f"<interrupted_answer>\n{shown}\n</interrupted_answer>" in last["content"]


async def test_a_broken_answer_that_nobody_can_finish_ends_honestly(fake_llm: FakeLLM) -> None:
    fake_llm.will(fault="drop_mid", text=LONG)

    answered = await answer()

    assert answered.finished.stop_reason == "broke_off"
    assert answered.text.startswith("una respuesta")
    assert "se cortó mi respuesta" in answered.text
    assert PRICE.text not in answered.text


@pytest.mark.parametrize("fault", ["refusal", "413", "400"])
async def test_a_refused_question_is_not_asked_of_another_model(openai_too: FakeLLM, fault: str) -> None:
    openai_too.will(fault=fault, on="anthropic")

    answered = await answer()

    assert answered.names == ["claude", "rehearsal"]
    assert PRICE.text in answered.text


async def test_what_a_failed_provider_used_is_billed(openai_too: FakeLLM) -> None:
    openai_too.will(fault="error_mid", text=LONG, on="anthropic")

    (failed,) = (await answer()).failed

    assert failed.kind is FailureKind.OVERLOADED
    assert failed.usage.cache_write_tokens > 0
    assert failed.cost_micro_usd > 0


@pytest.mark.usefixtures("impatient")
async def test_with_every_provider_hanging_the_customer_still_gets_words(openclaw_too: FakeLLM) -> None:
    for name in ("anthropic", "openai", "openclaw"):
        openclaw_too.will(fault="hang", on=name)

    answered = await answer()

    assert answered.names == ["claude", "openai", "openclaw", "rehearsal"]
    assert {failed.kind for failed in answered.failed} == {FailureKind.TIMEOUT}
    assert PRICE.text in answered.text


async def test_the_deployment_says_who_is_asked_first(
    openclaw_too: FakeLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "llm_order", ("openclaw", "claude"))

    answered = await answer()

    assert llm.providers() == ["openclaw", "claude", "rehearsal"]
    assert answered.names == ["openclaw"]


async def test_an_organization_may_ask_others_first_or_leave_some_out(openclaw_too: FakeLLM) -> None:
    order = ("openai", "openai", "nobody", "claude")
    openclaw_too.will(fault="529", on="openai")
    openclaw_too.will(fault="529", on="anthropic")

    answered = await answer(ask(order=order))

    assert llm.providers(order) == ["openai", "claude", "rehearsal"]
    assert answered.names == ["openai", "claude", "rehearsal"]


async def test_an_organization_may_choose_a_model_of_each_provider(openclaw_too: FakeLLM) -> None:
    chosen = {"claude": "claude-sonnet-5-5", "openai": "gpt-5", "openclaw": "openclaw:front-desk"}
    openclaw_too.will(fault="500", on="anthropic")
    openclaw_too.will(fault="500", on="openai")

    answered = await answer(ask(models=chosen))

    assert [request.body["model"] for request in openclaw_too.requests] == list(chosen.values())
    assert [failed.model for failed in answered.failed] == ["claude-sonnet-5-5", "gpt-5"]


@pytest.mark.parametrize(
    ("told", "order"),
    [("openai, claude", ("openai", "claude")), ("claude", ("claude",)), ("", ())],
)
def test_the_order_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, told: str, order: tuple[str, ...]
) -> None:
    monkeypatch.setenv("LLM_ORDER", told)

    assert Settings(_env_file=None).llm_order == order  # pyright: ignore[reportCallIssue]


def test_a_provider_that_nobody_knows_is_a_mistake_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_ORDER", "claude,gemini")

    with pytest.raises(ValidationError):
        Settings(_env_file=None)  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize(
    ("language", "words"), [("es", "¡Recibimos tu mensaje!"), ("en", "We received your message!")]
)
async def test_a_question_that_nobody_can_answer_is_received(
    fake_llm: FakeLLM, language: Language, words: str
) -> None:
    fake_llm.will(fault="529")

    failing = await answer(ask(evidence=(), language=language))
    resting = await answer(ask(evidence=(), language=language))

    for answered in (failing, resting):
        assert answered.text.startswith(words)
        assert answered.finished.stop_reason == "received"
    assert resting.failed == []


@pytest.mark.usefixtures("no_model")
async def test_without_a_model_nobody_is_promised_a_person() -> None:
    assert (await answer(ask(evidence=()))).finished.stop_reason == "unknown"


async def test_a_model_that_refuses_is_no_reason_to_promise_a_person(fake_llm: FakeLLM) -> None:
    fake_llm.will(fault="refusal")

    assert (await answer(ask(evidence=()))).finished.stop_reason == "unknown"


@pytest.mark.parametrize(
    "question", ["hola", "gracias", "quiero hablar con una persona", "soy Ana, 5512345678"]
)
async def test_small_talk_needs_no_model_and_no_promise(fake_llm: FakeLLM, question: str) -> None:
    fake_llm.will(fault="529")

    assert (await answer(ask(question, evidence=()))).finished.stop_reason != "received"


@pytest.mark.parametrize("shown", ["", "Listo, tu cita"])
async def test_what_a_tool_already_did_is_said_without_a_model(fake_llm: FakeLLM, shown: str) -> None:
    fake_llm.will(fault="529")

    answered = await answer(ask(ready="Tu cita quedó para el lunes a las 10.", shown=shown))

    assert answered.text.endswith("Tu cita quedó para el lunes a las 10.")
    assert answered.finished.stop_reason == "ready"


async def test_a_patience_remembers_over_a_turns_steps_that_something_was_said(fake_llm: FakeLLM) -> None:
    patience = llm.Patience()

    fake_llm.will(tool="slots")
    await answer(patience=patience)
    assert not patience.spoken
    await answer(patience=patience)
    assert patience.spoken


async def test_a_visitor_who_leaves_ends_the_call(fake_llm: FakeLLM) -> None:
    fake_llm.gap = 0.02
    fake_llm.will(text="palabra " * 200)
    items = llm.stream(ask())

    assert isinstance(await anext(items), Token)
    await items.aclose()  # pyright: ignore[reportAttributeAccessIssue]

    async with asyncio.timeout(5):
        await fake_llm.someone_left.wait()
