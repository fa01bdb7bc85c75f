"""A process is killed at each step of a turn, on a channel that streams and on one that does not; two others come back.

Every customer has one answer, one settled turn and, where answers are sent, one sending."""

import asyncio
import hashlib
import signal
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.factories import Business, a_business
from tests.fakes.llm import FakeLLM
from tests.faults.processes import environment, script

pytestmark = pytest.mark.slow
ANSWER = "La limpieza dental cuesta $650 pesos y dura 40 minutos."
# One message each; `at` names the step that never returns.
DIES = """
import asyncio, os, signal, sys
from uuid import UUID
from vulkn_app.conversations import brains, draft, engine
from vulkn_app.db import AgentKey, engine_call

at, calls = sys.argv[3], []

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

async def dying_call(query, arguments):
    name = query.split("app.")[1].split("(")[0]
    if at == f"before {name}":
        die()
    answer = await engine_call(query, arguments)
    if at == f"after {name}":
        die()
    return answer

engine.engine_call = draft.engine_call = dying_call
brain, show, asked = brains.brain, draft.Draft._show, draft.Draft._worded

async def dying_brain(*arguments, **named):
    if at == "at the brain":
        die()
    return await brain(*arguments, **named)

async def dying_ask(self):
    ask = await asked(self)
    if at == "at the question":
        die()
    return ask

def dying_show(self, text):
    show(self, text)
    if at == "at a word" and text:
        die()

brains.brain, draft.Draft._show, draft.Draft._worded = dying_brain, dying_show, dying_ask

async def main(org, visitor, _at, channel):
    inbound = engine.Inbound(AgentKey(UUID(org)), bytes.fromhex(visitor), "in.1", "¿Cuánto cuesta?", channel)
    async for _ in (await engine.receive(inbound)).read():
        pass
    die()

asyncio.run(main(*sys.argv[1:]))
"""
COMES_BACK = """
import asyncio
from vulkn_app.channels import outbox
from vulkn_app.conversations import engine
from vulkn_app.db import database

async def send(delivery):
    print("sent", delivery.message_id, flush=True)
    return "wamid." + delivery.dedupe_key

async def main():
    outbox.register("answer", send)
    while n := await engine.sweep():
        print("swept", n, flush=True)
    while await outbox.deliver_due():
        pass
    await database.close()

asyncio.run(main())
"""
STEPS = (
    "after turn_open", "before turn_begin", "after turn_begin", "at the brain", "at the question", "at a word",
    "before turn_close", "after turn_close",
)  # fmt: skip
CHANNELS = ("web", "whatsapp")


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


def a_chat(url: str, business: Business, channel: str, visitor: bytes) -> None:
    with psycopg.connect(url) as admin:
        admin.execute(
            "insert into channels (org_id, agent_id, kind, external_id)"
            " select org_id, id, %(kind)s, %(name)s from agents where org_id = %(org)s",
            {"org": business.org_id, "kind": channel, "name": uuid4().hex},
        ) if channel == "whatsapp" and not admin.execute(
            "select from channels where org_id = %s and kind = %s", (business.org_id, channel)
        ).fetchone() else None
        admin.execute(
            "with contact as (insert into contacts (org_id) values (%(org)s) returning id)"
            " insert into conversations (org_id, channel_id, contact_id, visitor_hash)"
            " select %(org)s, channel.id, contact.id, %(visitor)s from contact,"
            " (select id from channels where org_id = %(org)s and kind = %(kind)s limit 1) channel",
            {"org": business.org_id, "kind": channel, "visitor": visitor},
        )


async def test_whoever_dies_at_whichever_step_each_customer_has_one_answer(
    database_url: str, business: Business, fake_llm: FakeLLM, tmp_path: Path
) -> None:
    fake_llm.fixed = ANSWER
    env = environment(database_url, fake_llm.url, tmp_path, BURST_PATIENCE="0.01")
    cases = [(channel, step) for channel in CHANNELS for step in STEPS]
    visitors = [hashlib.sha256(f"{channel} {step}".encode()).digest() for channel, step in cases]
    for (channel, _), visitor in zip(cases, visitors, strict=True):
        a_chat(database_url, business, channel, visitor)

    # A few at a time: each is a Python of its own.
    few = asyncio.Semaphore(3)

    async def dies(visitor: bytes, channel: str, step: str) -> int:
        async with few:
            arguments = (str(business.org_id), visitor.hex(), step, channel)
            return await asyncio.to_thread(script(DIES, env, *arguments).wait, 120)

    ends = await asyncio.gather(
        *(dies(visitor, *case) for case, visitor in zip(cases, visitors, strict=True))
    )
    rows = rows_of(database_url, business)
    rows("update turns set lease_until = now() - interval '1 second' where org_id = %(org)s returning id")
    returned = [script(COMES_BACK, env) for _ in range(2)]
    back = [await asyncio.to_thread(process.wait, 120) for process in returned]

    assert (set(ends), back) == ({-signal.SIGKILL}, [0, 0])
    answered = rows(
        "select c.visitor_hash, h.kind, count(m.id) filter (where m.sender = 'agent' and m.body = %(answer)s),"
        " count(m.id) filter (where m.sender = 'visitor'),"
        " (select count(*) from turns t where t.conversation_id = c.id and t.state = 'done'),"
        " (select count(*) from turns t where t.conversation_id = c.id),"
        " (select count(distinct u.turn_id) from usage_events u join turns t on t.id = u.turn_id"
        "  where t.conversation_id = c.id),"
        " (select count(*) from outbox o where o.conversation_id = c.id and o.state = 'sent' and o.attempt = 1)"
        " from conversations c join channels h on h.id = c.channel_id"
        " left join messages m on m.conversation_id = c.id where c.org_id = %(org)s group by c.id, h.kind"
    )
    names = {visitor: case for visitor, case in zip(visitors, cases, strict=True)}
    for visitor, kind, *counts in answered:
        assert counts == [1, 1, 1, 1, 1, int(kind == "whatsapp")], names[visitor]
    assert len(answered) == len(cases)


def rows_of(url: str, business: Business) -> Callable[[str], list[tuple]]:
    def found(query: str) -> list[tuple]:
        with psycopg.connect(url, autocommit=True) as admin:
            values = {"org": business.org_id, "answer": ANSWER}
            return admin.execute(query.encode(), values).fetchall()

    return found
