"""What is to be sent is sent once, whoever dies in between."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.conversing import a_conversation
from tests.factories import Business, a_business
from vulkn_app.channels import outbox
from vulkn_app.channels.outbox import Delivery, NotSent

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Delivery]:
    """What the other side got."""
    got: list[Delivery] = []

    async def take(delivery: Delivery) -> str:
        got.append(delivery)
        return f"wamid.{delivery.dedupe_key}"

    monkeypatch.setitem(outbox._senders, "answer", take)
    return got


def due(url: str, business: Business, *, key: str = "", conversation: object = None) -> str:
    key = key or uuid4().hex
    with psycopg.connect(url) as admin:
        admin.execute(
            "insert into outbox (org_id, kind, dedupe_key, conversation_id) values (%s, 'answer', %s, %s)",
            (business.org_id, key, conversation),
        )
    return key


def states(url: str, business: Business) -> list[tuple]:
    with psycopg.connect(url) as admin:
        return admin.execute(
            "select state, attempt from outbox where org_id = %s order by created_at", (business.org_id,)
        ).fetchall()


async def test_twenty_workers_send_a_row_once(
    deployment: None, business: Business, database_url: str, sent: list[Delivery]
) -> None:
    key = due(database_url, business)

    await asyncio.gather(*(outbox.deliver_due() for _ in range(20)))

    assert [delivery.dedupe_key for delivery in sent] == [key]
    assert states(database_url, business) == [("sent", 1)]


async def test_what_was_surely_not_sent_is_tried_again(
    deployment: None,
    business: Business,
    database_url: str,
    sent: list[Delivery],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def busy(delivery: Delivery) -> str:
        raise NotSent("429", again=True, wait=3600)

    due(database_url, business)
    working = outbox._senders["answer"]
    monkeypatch.setitem(outbox._senders, "answer", busy)
    await outbox.deliver_due()
    assert states(database_url, business) == [("ready", 1)]
    monkeypatch.setitem(outbox._senders, "answer", working)
    await outbox.deliver_due()
    assert states(database_url, business) == [("ready", 1)]
    with psycopg.connect(database_url) as admin:
        admin.execute("update outbox set available_at = now()")

    await outbox.deliver_due()

    assert states(database_url, business) == [("sent", 2)]


@pytest.mark.parametrize(
    ("problem", "state"), [(NotSent("404", again=False), "failed"), (OSError(), "unknown")]
)
async def test_what_failed_for_good_or_nobody_knows_is_a_persons(
    deployment: None,
    business: Business,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    problem: Exception,
    state: str,
) -> None:
    async def breaks(delivery: Delivery) -> str:
        raise problem

    monkeypatch.setitem(outbox._senders, "answer", breaks)
    due(database_url, business)
    await outbox.deliver_due()
    await outbox.deliver_due()

    assert states(database_url, business) == [(state, 1)]
    with psycopg.connect(database_url) as admin:
        alerts = admin.execute("select kind from alerts where org_id = %s", (business.org_id,)).fetchall()
    assert alerts == [("delivery",)]


async def test_an_answer_is_not_sent_where_a_person_took_over(
    deployment: None, business: Business, database_url: str, sent: list[Delivery]
) -> None:
    conversation = a_conversation(database_url, business, "hola")
    due(database_url, business, conversation=conversation)
    with psycopg.connect(database_url) as admin:
        admin.execute("update conversations set status = 'human' where id = %s", (conversation,))

    await outbox.deliver_due()

    assert sent == []
    assert states(database_url, business) == [("cancelled", 0)]


DIES = """
import asyncio, os, signal, sys
from vulkn_app.channels import outbox
from vulkn_app.settings import settings
settings.database_url, settings.vulkn_secret_key = sys.argv[1], __import__("pydantic").SecretStr(sys.argv[2])

async def dies(delivery):
    os.kill(os.getpid(), signal.SIGKILL)

outbox.register("answer", dies)
asyncio.run(outbox.deliver_due())
"""


async def test_a_process_killed_while_it_sends_is_not_followed_by_a_second_send(
    deployment: None, business: Business, database_url: str, sent: list[Delivery]
) -> None:
    from tests.plugins.database import SECRET_KEY

    due(database_url, business)
    killed = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", DIES, database_url, SECRET_KEY],
        cwd=ROOT,
        env=os.environ,
        check=False,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL
    await outbox.deliver_due()
    assert states(database_url, business) == [("sending", 1)]
    with psycopg.connect(database_url) as admin:
        admin.execute("update outbox set lease_until = now() - interval '1 second'")

    await outbox.deliver_due()

    assert sent == []
    assert states(database_url, business) == [("unknown", 1)]
