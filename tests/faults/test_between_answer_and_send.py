"""On a channel that does not stream an answer is sent by itself: once, whoever dies when."""

import asyncio
import hashlib
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from aiohttp import web

from tests.factories import Business, a_business
from tests.fakes.llm import FakeLLM
from tests.faults.processes import environment, script
from tests.waiting import until
from vulkn_app.conversations import engine
from vulkn_app.conversations.engine import Inbound
from vulkn_app.conversations.events import TurnEvents
from vulkn_app.db import AgentKey
from vulkn_app.settings import settings

pytestmark = pytest.mark.slow
ANSWER = "La limpieza dental cuesta $650 pesos y dura 40 minutos."
VISITOR = hashlib.sha256(b"5215512345678").digest()
KILLED = -signal.SIGKILL

# A message comes in, and the process dies: before its answer is stored, or after it and before it is sent.
DIES = """
import asyncio, os, signal, sys
from uuid import UUID
from vulkn_app.conversations import engine, keeping
from vulkn_app.db import AgentKey

def die():
    os.kill(os.getpid(), signal.SIGKILL)

async def main(org, visitor, when):
    if when == "before":
        async def store(draft):
            assert draft.text
            die()
        keeping.store = store
    inbound = engine.Inbound(AgentKey(UUID(org)), bytes.fromhex(visitor), "wamid.1", "¿Cuánto cuesta?", "whatsapp")
    async for _ in (await engine.receive(inbound)).read():
        pass
    die()

asyncio.run(main(*sys.argv[1:]))
"""
# What a process does by the clock once it is back.
COMES_BACK = """
import asyncio, sys
import httpx
from vulkn_app.channels import outbox
from vulkn_app.conversations import engine
from vulkn_app.db import database

async def send(delivery):
    async with httpx.AsyncClient() as http:
        await http.post(sys.argv[1], json={"key": delivery.dedupe_key, "message": str(delivery.message_id)})
    return "wamid." + delivery.dedupe_key

async def main():
    outbox.register("answer", send)
    await engine.sweep()
    await outbox.deliver_due()
    await database.close()

asyncio.run(main())
"""


class Phone:
    """The other side: what it was sent."""

    def __init__(self) -> None:
        self.got: list[dict[str, str]] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.got.append(await request.json())
        return web.Response()


@pytest.fixture
async def phone() -> AsyncIterator[Phone]:
    phone = Phone()
    app = web.Application()
    app.router.add_post("/", phone.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    phone.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield phone
    await runner.cleanup()


@pytest.fixture
def business(database_url: str) -> Business:
    """With a conversation on WhatsApp."""
    business = a_business(database_url)
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "with channel as (insert into channels (org_id, agent_id, kind, external_id)"
            "   select org_id, id, 'whatsapp', %(phone)s from agents where org_id = %(org)s returning id),"
            " contact as (insert into contacts (org_id) values (%(org)s) returning id)"
            " insert into conversations (org_id, channel_id, contact_id, visitor_hash)"
            " select %(org)s, channel.id, contact.id, %(visitor)s from channel, contact",
            {"org": business.org_id, "visitor": VISITOR, "phone": uuid4().hex},
        )
    return business


@pytest.fixture
def rows(database_url: str, business: Business) -> Callable[[str], list[tuple]]:
    def found(query: str) -> list[tuple]:
        with psycopg.connect(database_url) as admin:
            return admin.execute(query.encode(), {"org": business.org_id}).fetchall()

    return found


async def ended(source: str, env: dict[str, str], *arguments: str) -> int:
    return await asyncio.to_thread(script(source, env, *arguments).wait, 120)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_process_killed_between_answer_and_send_is_followed_by_exactly_one_send(
    database_url: str,
    business: Business,
    fake_llm: FakeLLM,
    phone: Phone,
    rows: Callable[[str], list[tuple]],
    tmp_path: Path,
    when: str,
) -> None:
    fake_llm.fixed = ANSWER
    env = environment(database_url, fake_llm.url, tmp_path, BURST_PATIENCE="0.01")

    assert await ended(DIES, env, str(business.org_id), VISITOR.hex(), when) == KILLED
    assert phone.got == []
    assert rows("select state from outbox where org_id = %(org)s") == (
        [] if when == "before" else [("ready",)]
    )
    with psycopg.connect(database_url, autocommit=True) as admin:  # the dead one's lease has ended
        admin.execute(
            "update turns set lease_until = now() - interval '1 second' where org_id = %s", (business.org_id,)
        )
    assert await asyncio.gather(*(ended(COMES_BACK, env, phone.url) for _ in range(2))) == [0, 0]
    assert await ended(COMES_BACK, env, phone.url) == 0

    [(answer,)] = rows("select id from messages where org_id = %(org)s and sender = 'agent'")
    assert [sent["message"] for sent in phone.got] == [str(answer)]
    assert rows("select state, attempt from outbox where org_id = %(org)s") == [("sent", 1)]
    assert rows("select count(*) from usage_events where org_id = %(org)s") == [(1,)]


async def received(business: Business, name: str, text: str) -> TurnEvents:
    return await engine.receive(Inbound(AgentKey(business.org_id), VISITOR, name, text, "whatsapp"))


async def read(events: TurnEvents) -> str:
    return b"".join([piece async for piece in events.read()]).decode()


async def test_what_comes_while_a_draft_is_made_is_answered_together_with_it(
    deployment: None,
    business: Business,
    fake_llm: FakeLLM,
    rows: Callable[[str], list[tuple]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "burst_patience", 0.01)
    fake_llm.fixed = ANSWER
    fake_llm.first_token = 2.0
    first = await received(business, "wamid.1", "¿Cuánto cuesta la limpieza?")
    await until(lambda: _asked(fake_llm))
    second = await received(business, "wamid.2", "¿Y cuánto dura?")
    told = [await read(first), await read(second)]

    assert "withdrawn" in told[0]
    assert ANSWER in told[1].replace('"}\n\nevent: delta\ndata: {"text":"', "")
    assert "¿Cuánto cuesta la limpieza?\\n¿Y cuánto dura?" in fake_llm.requests[1].raw
    assert rows("select state from turns where org_id = %(org)s order by created_at") == [
        ("superseded",),
        ("done",),
    ]
    assert rows("select body from messages where org_id = %(org)s and sender = 'agent'") == [(ANSWER,)]
    assert rows("select count(*) from outbox where org_id = %(org)s") == [(1,)]


async def _asked(fake: FakeLLM) -> bool:
    return bool(fake.requests)
