"""A process is killed at each step of a turn, on a channel that streams and on one that does not; two others come back.

Every customer has one answer, one settled turn and, where answers are sent, one sending."""

import asyncio
import hashlib
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.factories import Business, a_business
from tests.fakes.llm import FakeLLM
from tests.faults.processes import environment
from vulkn_app.settings import ROOT

pytestmark = pytest.mark.slow
ANSWER = "La limpieza dental cuesta $650 pesos y dura 40 minutos."
# Forks a process for each case, which never gets past its step, then two that come back when the leases have ended.
# Nothing is connected before the fork; loading the product once for all of them is what makes this test quick.
SOURCE = """
import asyncio, json, os, signal, sys
from uuid import UUID
import psycopg
from vulkn_app.channels import outbox
from vulkn_app.conversations import brains, draft, engine, keeping
from vulkn_app.db import AgentKey, database, engine_call

org, cases, admin_url = UUID(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3]
at = ""

def die():
    os.kill(os.getpid(), signal.SIGKILL)

async def dying_call(query, arguments):
    name = query.split("app.")[1].split("(")[0]
    if at == f"before {name}":
        die()
    answer = await engine_call(query, arguments)
    if at == f"after {name}":
        die()
    return answer

brain, show, worded = brains.brain, draft.Draft._show, draft.Draft._worded

async def dying_brain(*arguments, **named):
    if at == "at the brain":
        die()
    return await brain(*arguments, **named)

async def dying_question(self):
    ask = await worded(self)
    if at == "at the question":
        die()
    return ask

def dying_word(self, text):
    show(self, text)
    if at == "at a word" and text:
        die()

async def dies(visitor, channel):
    inbound = engine.Inbound(AgentKey(org), bytes.fromhex(visitor), "in.1", "hola", channel)
    async for _ in (await engine.receive(inbound)).read():
        pass

async def comes_back():
    async def send(delivery):
        return "wamid." + delivery.dedupe_key

    outbox.register("answer", send)
    while await engine.sweep():
        pass
    while await outbox.deliver_due():
        pass
    await database.close()

def forked(work):
    if child := os.fork():
        return child
    try:
        asyncio.run(work())
    finally:
        os._exit(0)

def ended(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

engine.engine_call = keeping.engine_call = dying_call
brains.brain, draft.Draft._show, draft.Draft._worded = dying_brain, dying_word, dying_question
ends = []
for visitor, channel, at in cases:
    ends.append(ended(forked(lambda: dies(visitor, channel))))
at = ""
with psycopg.connect(admin_url, autocommit=True) as admin:
    admin.execute("update turns set lease_until = now() - interval '1 second' where org_id = %s", (org,))
back = [ended(child) for child in [forked(comes_back) for _ in range(2)]]
print(json.dumps([ends, back]))
"""
STEPS = (
    "after turn_open", "before turn_begin", "after turn_begin", "at the brain", "at the question", "at a word",
    "before turn_kept", "after turn_kept",
)  # fmt: skip
CHANNELS = ("web", "whatsapp")


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url, plan="business")


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
    env = environment(database_url, fake_llm.url, tmp_path, BURST_PATIENCE="0.1")
    cases = [(channel, step) for channel in CHANNELS for step in STEPS]
    visitors = [hashlib.sha256(f"{channel} {step}".encode()).digest() for channel, step in cases]
    for (channel, _), visitor in zip(cases, visitors, strict=True):
        a_chat(database_url, business, channel, visitor)

    told = json.dumps([(v.hex(), channel, step) for v, (channel, step) in zip(visitors, cases, strict=True)])
    ended = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SOURCE, str(business.org_id), told, database_url,
        env=env, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(ended.communicate(), 200)

    assert json.loads(output.splitlines()[-1]) == [[-signal.SIGKILL] * len(cases), [0, 0]]
    rows = rows_of(database_url, business)
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
