"""Connections to providers: kept between questions, made before one is asked, and given up by the other side."""

import asyncio

import pytest

from tests.fakes.llm import FakeLLM
from tests.llm.asking import answer
from vulkn_app import llm
from vulkn_app.llm import FailureKind, wire
from vulkn_app.settings import settings


@pytest.fixture(autouse=True)
async def apart(fake_llm: FakeLLM) -> None:
    """The other end of another test's connections is gone."""


async def test_a_connection_is_kept_between_questions(fake_llm: FakeLLM) -> None:
    await answer()
    await answer()

    first, second = fake_llm.requests
    assert first.peer == second.peer


async def test_one_that_the_provider_gave_up_in_between_costs_nobody_their_answer(fake_llm: FakeLLM) -> None:
    """A load balancer closes an idle connection in the moment in which we use it."""
    await answer()
    fake_llm.will(fault="drop")
    fake_llm.will(text="Cuesta 250 pesos.")

    answered = await answer()

    assert answered.names == ["claude"]
    assert answered.text == "Cuesta 250 pesos."
    kept, dropped, anew = fake_llm.requests
    assert kept.peer == dropped.peer != anew.peer


async def test_it_is_asked_anew_once(fake_llm: FakeLLM) -> None:
    await answer()
    fake_llm.will(fault="drop")
    fake_llm.will(fault="drop")

    answered = await answer()

    assert answered.names == ["claude", "rehearsal"]
    assert answered.failed[0].kind is FailureKind.CONNECTION
    assert len(fake_llm.requests) == 3


async def test_one_that_hangs_up_late_has_read_it_and_is_not_asked_anew(
    fake_llm: FakeLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    await answer()
    fake_llm.will(fault="drop")
    monkeypatch.setattr(wire, "GIVEN_UP_WITHIN", -1.0)

    answered = await answer()

    assert answered.names == ["claude", "rehearsal"]
    assert len(fake_llm.requests) == 2


async def test_an_address_that_is_none_fails_nobody_who_opens_a_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "anthropic_base_url", "http://[nowhere")

    llm.expect()
    await wire.reached()


async def test_a_provider_that_drops_the_first_question_is_not_asked_it_twice(fake_llm: FakeLLM) -> None:
    fake_llm.will(fault="drop")

    answered = await answer()

    assert answered.names == ["claude", "rehearsal"]
    assert len(fake_llm.requests) == 1


async def test_whoever_is_expected_finds_a_connection(fake_llm: FakeLLM) -> None:
    llm.expect()
    await wire.reached()

    await answer()

    (asked,) = fake_llm.requests
    assert [asked.peer] == fake_llm.reached


async def test_many_who_are_expected_make_one(fake_llm: FakeLLM) -> None:
    for _ in range(20):
        llm.expect()
    await wire.reached()
    await answer()
    llm.expect()
    await wire.reached()

    assert len(fake_llm.reached) == 1


async def test_a_connection_that_was_not_used_for_long_is_made_again(
    fake_llm: FakeLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    llm.expect()
    await wire.reached()
    monkeypatch.setattr(wire, "KEPT", 0.0)
    llm.expect()
    await wire.reached()

    assert len(fake_llm.reached) == 2


@pytest.mark.usefixtures("no_model")
async def test_without_a_model_nobody_is_called(fake_llm: FakeLLM) -> None:
    llm.expect()
    await wire.reached()

    assert fake_llm.reached == []


async def test_a_provider_that_does_not_answer_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    left = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            pass
        writer.close()
        left.set()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setattr(settings, "anthropic_base_url", f"http://127.0.0.1:{port}")
        monkeypatch.setattr(wire, "REACHED_WITHIN", 0.05)

        llm.expect()
        await wire.reached()
        await left.wait()


async def test_nor_does_one_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "anthropic_base_url", "http://127.0.0.1:9")

    llm.expect()
    await wire.reached()
