"""What an attacker, a bad line or a restarted database sends our way: nothing breaks for the others."""

import asyncio
import logging
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from reflex_base.event import Event

from tests.factories import Visitor, a_business
from vulkn_app import llm, logs
from vulkn_app.channels import webchat
from vulkn_app.conversations import engine
from vulkn_app.db import AgentKey, as_system, engine_call


@pytest.fixture
async def visitor(http: httpx.AsyncClient, database_url: str) -> Visitor:
    someone = Visitor(http, a_business(database_url).slug)
    await someone.open()
    return someone


@pytest.mark.parametrize("slug", ["a%00b", "%00", "%F0%9F%98%80", "A" * 5000, "a%0Ab", "%27%3B--"])
async def test_an_address_that_cannot_be_a_business_is_not_found(http: httpx.AsyncClient, slug: str) -> None:
    assert (await http.get(f"/api/widget/{slug}/config")).status_code == 404
    assert (await http.post(f"/api/widget/{slug}/messages", content=b"{}")).status_code == 404
    assert (await http.get(f"/c/{slug}")).status_code == 404


@pytest.mark.parametrize("path", ["messages", "sessions", "events", "feedback"])
async def test_a_body_that_breaks_off_is_the_senders_mistake(
    served: str, visitor: Visitor, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    address = urlsplit(served)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        f"POST /api/widget/{visitor.slug}/{path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n"
        f"authorization: Bearer {visitor.token}\r\n\r\nzz\r\n".encode()
    )
    async with asyncio.timeout(10):
        head = await reader.readline()
    writer.close()

    assert b" 400 " in head
    assert "api.failed" not in "".join(capsys.readouterr())


async def test_a_turn_that_could_not_open_leaves_nobody_waiting(visitor: Visitor, database_url: str) -> None:
    with psycopg.connect(database_url) as admin:
        row = admin.execute("select org_id from conversations where id = %s", (visitor.conversation_id,))
        found = row.fetchone()
    assert found
    too_long = engine.Inbound(AgentKey(found[0]), webchat.visitor_hash(visitor.token), "x" * 300, "hola")

    for _ in range(2):
        with pytest.raises(psycopg.errors.CheckViolation):
            await engine.receive(too_long)


async def test_a_turn_that_cannot_be_swept_does_not_hold_up_the_others(
    served: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, waiting = (
        left_unanswered(database_url, text) for text in ("rompe esto", "¿Hay estacionamiento?")
    )
    real = llm.stream

    def stream(ask: llm.Ask, **options: Any):
        if ask.question == "rompe esto":
            raise RuntimeError
        return real(ask, **options)

    monkeypatch.setattr(llm, "stream", stream)

    await engine.sweep()

    assert (answers(database_url, broken), answers(database_url, waiting)) == (0, 1)


async def test_a_database_that_was_restarted_costs_no_request(deployment: None, database_url: str) -> None:
    await asyncio.gather(*(engine_call("select pg_sleep(0.2)", ()) for _ in range(8)))
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid, 1000) from pg_stat_activity"
            " where datname = current_database() and usename = 'vulkn_engine'"
        )

    async with as_system("vulkn_engine") as connection:
        assert await (await connection.execute("select 1")).fetchone() == (1,)
    assert await engine_call("select 1", ()) == 1


async def test_a_visitors_history_is_not_kept_by_any_cache(visitor: Visitor) -> None:
    answer = await visitor.http.get(
        f"/api/widget/{visitor.slug}/messages", headers={"authorization": f"Bearer {visitor.token}"}
    )

    assert answer.headers["cache-control"] == "no-store"


def test_a_log_line_cannot_be_forged() -> None:
    line = logs.scrub(None, "", {"path": "/c/a\n2026 [error] forged \x1b[2J\x00", "n": 5})

    assert line == {"path": "/c/a 2026 [error] forged  [2J ", "n": 5}
    assert logs.scrub(None, "", {"exception": "a\nb"}) == {"exception": "a\nb"}


def test_an_event_that_reflex_cannot_place_leaves_no_cookie_in_the_logs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logs.set_up_logs()
    event = Event(
        name="gone.away", router_data={"cookie": "vk_sid=abc"}, payload={"text": "mi secreto", "n": "\n"}
    )

    logging.getLogger("reflex_base.event").error(f"Error processing event queue entry for {event}:")

    assert "gone.away" in caplog.text
    assert not any(word in caplog.text for word in ("abc", "secreto"))


def left_unanswered(url: str, text: str) -> UUID:
    """A turn whose process died."""
    business = a_business(url)
    with psycopg.connect(url) as admin:
        values = {"org": business.org_id, "text": text, "external": uuid4().hex}
        admin.execute(
            """
            with c as (insert into contacts (org_id) values (%(org)s) returning id),
            v as (
              insert into conversations (org_id, channel_id, contact_id)
              select %(org)s, ch.id, c.id from channels ch, c where ch.org_id = %(org)s returning id)
            insert into messages (org_id, conversation_id, sender, body, external_id, seq)
            select %(org)s, v.id, 'visitor', %(text)s, %(external)s, 1 from v
            """,
            values,
        )
        admin.execute(
            "with t as (insert into turns (org_id, conversation_id, message_id, lease_until) select org_id, conversation_id,"
            " id, now() - interval '1 minute' from messages where org_id = %(org)s returning id, message_id)"
            " update messages m set turn_id = t.id from t where m.id = t.message_id",
            values,
        )
    return business.org_id


def answers(url: str, org_id: UUID) -> int:
    with psycopg.connect(url) as admin:
        found = admin.execute(
            "select 1 from messages where org_id = %s and sender = 'agent'", (org_id,)
        ).fetchall()
    return len(found)
