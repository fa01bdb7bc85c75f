"""What a plan includes: reserved before a model is asked, settled after, and never silence."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import psycopg
import pytest
from limits import parse

from tests.factories import Business, Visitor, a_business
from tests.fakes.llm import FakeLLM
from vulkn_app import limits
from vulkn_app.settings import settings


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def limit(database_url: str) -> Iterator[Callable[..., None]]:
    """Sets limits of the plan that the business is on; the plans are every test's, so they are put back."""
    with psycopg.connect(database_url, autocommit=True) as admin:
        before = admin.execute(
            "select monthly_turns, monthly_micro_usd, daily_visitor_turns from app.plans where key = 'starter'"
        ).fetchone()

        def to(**limits: int) -> None:
            for column, value in limits.items():
                admin.execute(f"update app.plans set {column} = %s where key = 'starter'".encode(), (value,))

        yield to
        admin.execute(
            "update app.plans set (monthly_turns, monthly_micro_usd, daily_visitor_turns) = (%s, %s, %s)"
            " where key = 'starter'",
            before,
        )


def rows(url: str, query: str, business: Business) -> list[tuple]:
    with psycopg.connect(url) as admin:
        return admin.execute(query.encode(), (business.org_id,)).fetchall()


async def visitors(http: httpx.AsyncClient, business: Business, number: int) -> list[Visitor]:
    everybody = [Visitor(http, business.slug) for _ in range(number)]
    for somebody in everybody:
        await somebody.open()
    return everybody


async def test_a_hundred_at_once_at_the_edge_go_over_by_none(
    http: httpx.AsyncClient,
    business: Business,
    fake_llm: FakeLLM,
    database_url: str,
    limit: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "ADDRESS_SESSIONS", parse("1000/minute"))
    for patience in ("llm_connect_timeout", "llm_first_token_timeout"):  # a hundred at once on a busy machine
        monkeypatch.setattr(settings, patience, timedelta(minutes=1))
    limit(monthly_turns=10)
    fake_llm.first_token = 0.2
    everybody = await visitors(http, business, 100)

    answers = await asyncio.gather(*(somebody.ask("¿Hay estacionamiento?") for somebody in everybody))

    assert len(fake_llm.requests) == 10
    assert all(answer["message"]["text"] for answer in answers)
    assert rows(database_url, "select turns from usage_months where org_id = %s", business) == [(10,)]
    alerts = rows(database_url, "select detail ->> 'percent' from alerts where org_id = %s", business)
    assert sorted(alerts) == [("100",), ("50",), ("80",)]


async def test_over_the_limit_knowledge_still_answers_without_a_model(
    http: httpx.AsyncClient,
    business: Business,
    fake_llm: FakeLLM,
    database_url: str,
    limit: Callable[..., None],
) -> None:
    limit(monthly_turns=1)
    [visitor] = await visitors(http, business, 1)

    await visitor.ask("¿Cuánto cuesta una limpieza?")
    second = await visitor.ask("¿Hay estacionamiento?")

    assert len(fake_llm.requests) == 1
    assert "estacionamiento gratuito" in second.text


async def test_what_is_said_without_a_model_uses_nothing_up(
    http: httpx.AsyncClient, business: Business, fake_llm: FakeLLM, database_url: str
) -> None:
    [visitor] = await visitors(http, business, 1)
    await visitor.ask("¿Cuánto cuesta una limpieza?")
    for _ in range(10):
        fake_llm.will(fault="529")

    await visitor.ask("¿Hay estacionamiento?")

    assert len(fake_llm.requests) > 1
    assert rows(database_url, "select turns from usage_months where org_id = %s", business) == [(1,)]


async def test_one_visitor_cannot_use_up_everybodys_month(
    http: httpx.AsyncClient,
    business: Business,
    fake_llm: FakeLLM,
    database_url: str,
    limit: Callable[..., None],
) -> None:
    limit(daily_visitor_turns=2)
    greedy, other = await visitors(http, business, 2)

    for _ in range(4):
        await greedy.ask("¿Hay estacionamiento?")
    assert len(fake_llm.requests) == 2
    await other.ask("¿Hay estacionamiento?")

    assert len(fake_llm.requests) == 3


async def test_a_turn_that_died_gives_its_reservation_back(
    http: httpx.AsyncClient,
    business: Business,
    fake_llm: FakeLLM,
    database_url: str,
    limit: Callable[..., None],
) -> None:
    limit(monthly_turns=1)
    dead, alive = await visitors(http, business, 2)
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "with q as (insert into messages (org_id, conversation_id, sender, body, turn_id)"
            " values (%s, %s, 'visitor', 'hola', gen_random_uuid()) returning org_id, conversation_id, id, turn_id)"
            " insert into turns (id, org_id, conversation_id, message_id, lease_until)"
            " select turn_id, org_id, conversation_id, id, now() + interval '1 hour' from q",
            (business.org_id, dead.conversation_id),
        )
    await alive.ask("¿Hay estacionamiento?")
    assert not fake_llm.requests
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("update turns set lease_until = now() where state = 'running'")

    await alive.ask("¿Y los sábados abren?")

    assert len(fake_llm.requests) == 1


async def test_money_is_a_limit_too(
    http: httpx.AsyncClient,
    business: Business,
    fake_llm: FakeLLM,
    database_url: str,
    limit: Callable[..., None],
) -> None:
    limit(monthly_micro_usd=30_000)  # one turn and a half, as they are reserved
    [visitor] = await visitors(http, business, 1)
    await visitor.ask("¿Hay estacionamiento?")
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("update usage_months set cost_micro_usd = 15000 where org_id = %s", (business.org_id,))

    await visitor.ask("¿Cuánto cuesta una limpieza?")

    assert len(fake_llm.requests) == 1
