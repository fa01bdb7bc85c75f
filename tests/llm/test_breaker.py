"""Which failures make a provider rest, for how long, and who tries it again."""

from collections.abc import Callable

import pytest

from tests.fakes.llm import FakeLLM
from tests.llm.asking import Clock, answer, ask
from vulkn_app import llm
from vulkn_app.llm import FailureKind
from vulkn_app.llm.asks import ProviderFailed
from vulkn_app.llm.breaker import Breaker, Breakers
from vulkn_app.llm.failures import TABLE

MINUTES = 60.0


def fails(breaker: Breaker, kind: FailureKind, retry_after: int | None = None) -> None:
    breaker.failed(ProviderFailed(kind, retry_after=retry_after))


def rest(breaker: Breaker, clock: Clock) -> float:
    """Seconds until a question is let through."""
    began = clock.now
    while not breaker.allows():
        clock.now += 1
    return clock.now - began


def test_cooldowns_grow_and_end_with_a_success() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    waits = []
    for _ in range(4):
        fails(breaker, FailureKind.OVERLOADED)
        waits.append(rest(breaker, clock))

    breaker.succeeded()
    fails(breaker, FailureKind.OVERLOADED)

    assert waits == [30, 60, 300, 300]
    assert rest(breaker, clock) == 30


def test_failures_of_questions_under_way_together_open_it_once() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    assert all(breaker.allows() for _ in range(10))

    for _ in range(10):
        fails(breaker, FailureKind.OVERLOADED)

    assert rest(breaker, clock) == 30


def test_an_answer_that_began_before_does_not_end_the_rest() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    fails(breaker, FailureKind.RATE_LIMITED)

    breaker.succeeded()

    assert not breaker.allows()


def test_after_a_cooldown_only_one_question_probes() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    fails(breaker, FailureKind.TIMEOUT)
    clock.now = 31

    assert [breaker.allows() for _ in range(5)] == [True, False, False, False, False]
    clock.now += 26
    assert breaker.allows()


def test_a_probe_whose_customer_left_makes_room_for_the_next() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    fails(breaker, FailureKind.TIMEOUT)
    clock.now = 31
    assert breaker.allows()

    breaker.left()

    assert breaker.allows()


def test_a_probe_that_fails_counts_at_once() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    fails(breaker, FailureKind.OVERLOADED)
    rest(breaker, clock)

    fails(breaker, FailureKind.SERVER_ERROR)

    assert rest(breaker, clock) == 60


@pytest.mark.parametrize(
    ("kind", "after"), [(row.kind, row.rests_after) for row in TABLE], ids=[row.kind for row in TABLE]
)
def test_so_many_failures_in_a_row_make_it_rest(kind: FailureKind, after: int) -> None:
    breaker = Breaker(Clock())

    let_through = 0
    while let_through < 4 and breaker.allows():
        let_through += 1
        fails(breaker, kind)

    assert let_through == (after or 4)


def test_a_success_between_them_forgives_a_hiccup() -> None:
    breaker = Breaker(Clock())

    fails(breaker, FailureKind.SERVER_ERROR)
    breaker.succeeded()
    fails(breaker, FailureKind.SERVER_ERROR)

    assert breaker.allows()


def test_a_longer_retry_after_is_respected_up_to_half_an_hour() -> None:
    clock = Clock()
    breaker = Breaker(clock)

    fails(breaker, FailureKind.RATE_LIMITED, retry_after=400)
    assert rest(breaker, clock) == 400
    fails(breaker, FailureKind.RATE_LIMITED, retry_after=86_400)
    assert rest(breaker, clock) == 30 * MINUTES


@pytest.mark.parametrize("kind", [FailureKind.UNAUTHORIZED, FailureKind.UNPAID, FailureKind.UNKNOWN_MODEL])
def test_what_a_person_must_mend_disables_it_for_half_an_hour(kind: FailureKind) -> None:
    clock = Clock()
    breakers = Breakers(clock)
    breaker = breakers.of("claude", "m", usual=True)

    fails(breaker, kind)

    assert breakers.disabled() == {"claude": kind.value}
    assert rest(breaker, clock) == 30 * MINUTES
    breaker.succeeded()
    assert breakers.disabled() == {}


async def test_a_provider_that_failed_is_left_alone(fake_llm: FakeLLM) -> None:
    fake_llm.will(fault="529")

    first, second = await answer(), await answer()

    assert first.names == ["claude", "rehearsal"]
    assert second.names == ["rehearsal"]
    assert len(fake_llm.requests) == 1


@pytest.mark.parametrize(
    ("fault", "reason"), [("401", "unauthorized"), ("403", "unauthorized"), ("402", "unpaid")]
)
async def test_a_refused_key_is_told_to_whoever_asks(openai_too: FakeLLM, fault: str, reason: str) -> None:
    openai_too.will(fault=fault, on="anthropic")

    answered = await answer()

    assert answered.names == ["claude", "openai"]
    assert llm.disabled() == {"claude": reason}


async def test_a_model_that_nobody_serves_is_the_trouble_of_who_chose_it(fake_llm: FakeLLM) -> None:
    fake_llm.will(fault="404")

    theirs = await answer(ask(model="claude-of-my-own"))
    others = await answer()

    assert theirs.names == ["claude", "rehearsal"]
    assert others.names == ["claude"]
    assert llm.disabled() == {"claude/claude-of-my-own": "unknown_model"}


async def test_who_had_no_time_left_is_not_blamed(
    openai_too: FakeLLM, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    blamed: list[FailureKind] = []
    failed: Callable[[Breaker, ProviderFailed], None] = Breaker.failed
    monkeypatch.setattr(Breaker, "failed", lambda self, told: (blamed.append(told.kind), failed(self, told)))
    openai_too.will(fault="hang", on="anthropic")
    openai_too.will(fault="hang", on="openai")

    answered = await answer()

    assert answered.names == ["claude", "openai", "rehearsal"]
    assert blamed == [FailureKind.TIMEOUT]
