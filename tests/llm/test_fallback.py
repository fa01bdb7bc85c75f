"""Who answers when somebody cannot, and what the customer sees of it."""

import asyncio

import pytest
from pydantic import SecretStr

from tests.fakes.llm import FakeLLM
from tests.llm.asking import PRICE, Answer, answer, ask
from vulkn_app import llm
from vulkn_app.llm import FailureKind, Token
from vulkn_app.llm.asks import ProviderFailed
from vulkn_app.llm.breaker import Breaker
from vulkn_app.llm.patience import Watch
from vulkn_app.settings import settings

LONG = "una respuesta que tiene bastantes palabras para romperse"


def names(answered: Answer) -> list[str]:
    return [*(failed.provider for failed in answered.failed), answered.finished.provider]


@pytest.mark.usefixtures("no_model")
async def test_without_a_key_rehearsal_answers() -> None:
    answered = await answer()

    assert llm.providers() == ["rehearsal"]
    assert llm.rehearsal_only()
    assert names(answered) == ["rehearsal"]
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
    assert names(answered) == ["claude", "openai"]
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

    assert names(answered) == ["claude", "rehearsal"]
    assert PRICE.text in answered.text


async def test_what_a_failed_provider_used_is_billed(openai_too: FakeLLM) -> None:
    openai_too.will(fault="error_mid", text=LONG, on="anthropic")

    (failed,) = (await answer()).failed

    assert failed.kind is FailureKind.OVERLOADED
    assert failed.usage.cache_write_tokens > 0
    assert failed.cost_micro_usd > 0


@pytest.mark.usefixtures("impatient")
async def test_with_every_provider_hanging_the_customer_still_gets_words(openai_too: FakeLLM) -> None:
    openai_too.will(fault="hang", on="anthropic")
    openai_too.will(fault="hang", on="openai")

    answered = await answer()

    assert [failed.kind for failed in answered.failed] == [FailureKind.TIMEOUT, FailureKind.TIMEOUT]
    assert PRICE.text in answered.text


async def test_a_provider_that_failed_is_left_alone(fake_llm: FakeLLM) -> None:
    fake_llm.will(fault="529")

    first, second = await answer(), await answer()

    assert names(first) == ["claude", "rehearsal"]
    assert names(second) == ["rehearsal"]
    assert len(fake_llm.requests) == 1


async def test_a_visitor_who_leaves_ends_the_call(fake_llm: FakeLLM) -> None:
    fake_llm.gap = 0.02
    fake_llm.will(text="palabra " * 200)
    items = llm.stream(ask())

    assert isinstance(await anext(items), Token)
    await items.aclose()  # pyright: ignore[reportAttributeAccessIssue]

    async with asyncio.timeout(5):
        await fake_llm.someone_left.wait()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_cooldowns_grow_and_end_with_a_success() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    waits = []
    for _ in range(4):
        breaker.failed(ProviderFailed(FailureKind.OVERLOADED))
        began = clock.now
        while not breaker.allows():
            clock.now += 1
        waits.append(clock.now - began)
    breaker.succeeded()
    breaker.failed(ProviderFailed(FailureKind.OVERLOADED))

    assert waits == [30, 60, 300, 300]
    clock.now += 30
    assert breaker.allows()


def test_after_a_cooldown_only_one_question_probes() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    breaker.failed(ProviderFailed(FailureKind.TIMEOUT))
    clock.now = 31

    assert [breaker.allows(), breaker.allows()] == [True, False]
    clock.now += 26
    assert breaker.allows()


def test_one_hiccup_is_forgiven_and_two_are_not() -> None:
    breaker = Breaker(Clock())

    breaker.failed(ProviderFailed(FailureKind.SERVER_ERROR))
    assert breaker.allows()
    breaker.failed(ProviderFailed(FailureKind.SERVER_ERROR))
    assert not breaker.allows()


@pytest.mark.parametrize(
    "kind", [FailureKind.REFUSED_REQUEST, FailureKind.CONTEXT_TOO_LONG, FailureKind.EMPTY]
)
def test_a_bad_question_says_nothing_about_the_provider(kind: FailureKind) -> None:
    breaker = Breaker(Clock())

    for _ in range(3):
        breaker.failed(ProviderFailed(kind))

    assert breaker.allows()


def test_a_longer_retry_after_is_respected_up_to_five_minutes() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    breaker.failed(ProviderFailed(FailureKind.RATE_LIMITED, retry_after=86_400))

    clock.now = 299
    assert not breaker.allows()
    clock.now = 300
    assert breaker.allows()


async def test_a_watch_ends_one_wait_and_leaves_the_task_unharmed() -> None:
    watch, now = Watch(), asyncio.get_running_loop().time
    await watch.wait(asyncio.sleep(0), now() + 60)

    with pytest.raises(TimeoutError):
        await watch.wait(asyncio.Event().wait(), now() + 0.02)

    task = asyncio.current_task()
    assert task
    assert not task.cancelling()


async def test_a_deadline_may_move_back_and_forth() -> None:
    watch, now = Watch(), asyncio.get_running_loop().time
    await watch.wait(asyncio.sleep(0), now() + 0.02)
    await watch.wait(asyncio.sleep(0.05), now() + 60)

    with pytest.raises(TimeoutError):
        await watch.wait(asyncio.Event().wait(), now() + 0.02)


async def test_a_cancelled_turn_is_cancelled_and_not_late() -> None:
    async def turn() -> None:
        await Watch().wait(asyncio.Event().wait(), asyncio.get_running_loop().time() + 60)

    task = asyncio.create_task(turn())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
