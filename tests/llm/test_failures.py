"""What each failure is called and what follows from it: every entry of the table, over real HTTP."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tests.fakes.llm import STATUSES, FakeLLM
from tests.llm.asking import answer, ask
from vulkn_app import llm
from vulkn_app.llm import FailureKind
from vulkn_app.llm.failures import ROWS, TABLE, Then, from_error
from vulkn_app.settings import settings

K = FailureKind
NEXT = ["claude", "openai"]  # the next provider answers
ALONE = ["claude", "rehearsal"]  # no other model is asked

# What the provider does, what it is called, who is asked then.
BY_STATUS = {
    400: (K.REFUSED_REQUEST, ALONE),
    401: (K.UNAUTHORIZED, NEXT),
    402: (K.UNPAID, NEXT),
    403: (K.UNAUTHORIZED, NEXT),
    404: (K.UNKNOWN_MODEL, NEXT),
    405: (K.UNKNOWN_MODEL, NEXT),
    408: (K.TIMEOUT, NEXT),
    409: (K.SERVER_ERROR, NEXT),
    413: (K.CONTEXT_TOO_LONG, ALONE),
    422: (K.REFUSED_REQUEST, ALONE),
    429: (K.RATE_LIMITED, NEXT),
    500: (K.SERVER_ERROR, NEXT),
    502: (K.SERVER_ERROR, NEXT),
    503: (K.OVERLOADED, NEXT),
    504: (K.TIMEOUT, NEXT),
    529: (K.OVERLOADED, NEXT),
}
BY_NAME = {
    "rate_limit_error": (K.RATE_LIMITED, NEXT),
    "rate_limit_exceeded": (K.RATE_LIMITED, NEXT),
    "overloaded_error": (K.OVERLOADED, NEXT),
    "overloaded": (K.OVERLOADED, NEXT),
    "timeout_error": (K.TIMEOUT, NEXT),
    "api_error": (K.SERVER_ERROR, NEXT),
    "server_error": (K.SERVER_ERROR, NEXT),
    "authentication_error": (K.UNAUTHORIZED, NEXT),
    "permission_error": (K.UNAUTHORIZED, NEXT),
    "invalid_api_key": (K.UNAUTHORIZED, NEXT),
    "billing_error": (K.UNPAID, NEXT),
    "insufficient_quota": (K.UNPAID, NEXT),
    "not_found_error": (K.UNKNOWN_MODEL, NEXT),
    "model_not_found": (K.UNKNOWN_MODEL, NEXT),
    "request_too_large": (K.CONTEXT_TOO_LONG, ALONE),
    "context_length_exceeded": (K.CONTEXT_TOO_LONG, ALONE),
    "invalid_request_error": (K.REFUSED_REQUEST, ALONE),
    "content_filter": (K.DECLINED, ALONE),
}
BY_WORDS = {
    "Your credit balance is too low to access the API.": (K.UNPAID, NEXT),
    "Check your plan and billing details.": (K.UNPAID, NEXT),
    "You exceeded your current quota.": (K.UNPAID, NEXT),
    "prompt is too long: 210000 tokens > 200000 maximum": (K.CONTEXT_TOO_LONG, ALONE),
    "exceeds the model's context length": (K.CONTEXT_TOO_LONG, ALONE),
    "does not fit the context window": (K.CONTEXT_TOO_LONG, ALONE),
    "This model's maximum context is 8192 tokens": (K.CONTEXT_TOO_LONG, ALONE),
    "too many tokens in the prompt": (K.CONTEXT_TOO_LONG, ALONE),
    "messages.0.content: bad": (K.REFUSED_REQUEST, ALONE),
}
BY_BEHAVIOUR = {
    "drop": (K.CONNECTION, NEXT),
    "drop_mid": (K.CUT_OFF, NEXT),
    "empty": (K.EMPTY, NEXT),
    "no_stop": (K.CUT_OFF, NEXT),
    "refusal": (K.DECLINED, ALONE),
}
Expected = tuple[FailureKind, list[str]]


async def follows(fake: FakeLLM, **step: Any) -> Expected:
    """What Claude's failure was called, and who was asked."""
    fake.will(on="anthropic", **step)
    answered = await answer()
    (failed,) = answered.failed
    return failed.kind, answered.names


@pytest.mark.parametrize(("status", "expected"), BY_STATUS.items(), ids=map(str, BY_STATUS))
async def test_a_status_without_a_name(openai_too: FakeLLM, status: int, expected: Expected) -> None:
    assert await follows(openai_too, fault=str(status), type="") == expected


@pytest.mark.parametrize(("name", "expected"), BY_NAME.items(), ids=BY_NAME)
async def test_an_error_event_after_the_ok(openai_too: FakeLLM, name: str, expected: Expected) -> None:
    assert await follows(openai_too, fault="error_first", type=name) == expected


@pytest.mark.parametrize(("name", "expected"), BY_NAME.items(), ids=BY_NAME)
async def test_a_name_counts_more_than_its_status(openai_too: FakeLLM, name: str, expected: Expected) -> None:
    status = "400" if name == "invalid_request_error" else "500"

    assert await follows(openai_too, fault=status, type=name) == expected


@pytest.mark.parametrize(("words", "expected"), BY_WORDS.items(), ids=BY_WORDS)
async def test_a_bad_request_is_told_apart_by_its_words(
    openai_too: FakeLLM, words: str, expected: Expected
) -> None:
    assert await follows(openai_too, fault="400", message=words) == expected


@pytest.mark.parametrize(("fault", "expected"), BY_BEHAVIOUR.items(), ids=BY_BEHAVIOUR)
async def test_what_no_error_tells(openai_too: FakeLLM, fault: str, expected: Expected) -> None:
    assert await follows(openai_too, fault=fault, text="una respuesta de varias palabras") == expected


async def test_a_silence(openai_too: FakeLLM, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "llm_first_token_timeout", timedelta(seconds=1.5))

    assert await follows(openai_too, fault="hang") == (K.TIMEOUT, NEXT)


async def test_a_closed_port(openai_too: FakeLLM, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "anthropic_base_url", "http://127.0.0.1:9")

    assert await follows(openai_too) == (K.CONNECTION, NEXT)


@pytest.mark.parametrize("name", BY_NAME)
async def test_the_other_dialect_names_it_alike(openai_too: FakeLLM, name: str) -> None:
    openai_too.will(on="openai", fault="error_first", type=name)

    answered = await answer(ask(order=("openai",)))

    assert answered.failed[0].kind is BY_NAME[name][0]


def test_every_entry_of_the_table_is_tried_here() -> None:
    words = {phrase for phrase in BY_WORDS for row in TABLE for part in row.words if part in phrase.lower()}

    assert set(BY_STATUS) == {status for row in TABLE for status in row.statuses}
    assert set(BY_NAME) == {name for row in TABLE for name in row.names}
    assert words == set(BY_WORDS) - {"messages.0.content: bad"}
    assert all(any(part in phrase.lower() for phrase in words) for row in TABLE for part in row.words)
    assert set(ROWS) == set(FailureKind)
    assert set(BY_STATUS) <= {status for status, _, _ in STATUSES.values()}


@pytest.mark.parametrize(
    ("then", "kinds"),
    [
        (Then.DISABLE, {K.UNAUTHORIZED, K.UNPAID, K.UNKNOWN_MODEL}),
        (Then.COMPACT, {K.REFUSED_REQUEST, K.CONTEXT_TOO_LONG}),
        (Then.STOP, {K.DECLINED}),
    ],
)
def test_everything_else_advances(then: Then, kinds: set[FailureKind]) -> None:
    assert {row.kind for row in TABLE if row.then is then} == kinds


def test_what_nobody_named_is_the_providers_trouble() -> None:
    assert from_error("¿?", status=418).kind is K.SERVER_ERROR
    assert from_error({"error": {"code": 503, "message": "busy"}}).kind is K.OVERLOADED


@pytest.mark.parametrize(
    ("said", "seconds"), [("30", 30), ("2.5", 3), ("soon", None), ("", None), ("1e999", None)]
)
def test_a_wait_in_seconds(said: str, seconds: int | None) -> None:
    assert from_error({}, status=429, headers={"retry-after": said}).retry_after == seconds


def test_a_wait_until_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)

    wait = from_error({}, status=429, headers={"retry-after": later}).retry_after

    assert wait
    assert 60 < wait <= 91


async def test_a_wait_is_respected(openai_too: FakeLLM) -> None:
    openai_too.will(on="anthropic", fault="429", retry_after=1200)

    await answer()

    breaker = llm._breakers.of("claude", "", usual=True)
    assert breaker.resting
    assert breaker._open_until - breaker._clock() > 600


async def test_no_message_of_a_provider_is_logged(
    openai_too: FakeLLM, capsys: pytest.CaptureFixture[str]
) -> None:
    openai_too.will(on="anthropic", fault="401", message="the key sk-ant-do-not-tell is not valid")

    await answer()

    told = capsys.readouterr()
    assert "llm.disabled" in told.out + told.err
    assert "do-not-tell" not in json.dumps([told.out, told.err])
