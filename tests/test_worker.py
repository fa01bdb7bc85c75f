"""The worker against the real queue."""

import asyncio
import contextlib

import psycopg
import pytest
from procrastinate import App
from procrastinate.testing import InMemoryConnector

from tests.factories import a_business
from vulkn_app import flags, jobs, live, worker
from vulkn_app.conversations import brains


@pytest.mark.slow
async def test_the_worker_answers_what_a_dead_process_left(deployment: None, database_url: str) -> None:
    business = a_business(database_url)
    with psycopg.connect(database_url, autocommit=True) as admin:
        left_unanswered(admin, business.org_id)
    jobs.queue.cache_clear()

    working = asyncio.create_task(worker.work())
    try:
        async with asyncio.timeout(60):
            with live.subscription(business.org_id) as rings:
                while not answered(database_url, business.org_id):
                    await rings.get()
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working

    assert answered(database_url, business.org_id) == 1


async def test_a_worker_of_its_own_hears_what_other_processes_change_and_delete(
    deployment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    bells = (brains.hear, flags.hear)
    for bell in bells:
        live._everywhere.discard(bell)
    heard: list[bool] = []

    async def work() -> None:
        heard.extend(bell in live._everywhere for bell in bells)

    monkeypatch.setattr(worker, "work", work)

    await worker.serve()

    assert heard == [True, True]


def left_unanswered(admin: psycopg.Connection, org_id: object) -> None:
    admin.execute(
        """
        with c as (insert into contacts (org_id) values (%(org)s) returning id),
        v as (
          insert into conversations (org_id, channel_id, contact_id)
          select %(org)s, ch.id, c.id from channels ch, c where ch.org_id = %(org)s returning id)
        insert into messages (org_id, conversation_id, sender, body, external_id, seq)
        select %(org)s, v.id, 'visitor', '¿Hay estacionamiento?', 'left', 1 from v
        """,
        {"org": org_id},
    )
    admin.execute(
        "with t as (insert into turns (org_id, conversation_id, message_id, lease_until)"
        " select org_id, conversation_id, id, now() - interval '1 second' from messages where org_id = %s"
        " returning id, message_id) update messages m set turn_id = t.id from t where m.id = t.message_id",
        (org_id,),
    )


def answered(url: str, org_id: object) -> int:
    with psycopg.connect(url) as admin:
        row = admin.execute(
            "select count(*) from messages where org_id = %s and sender = 'agent'", (org_id,)
        ).fetchone()
    assert row
    return row[0]


def test_what_was_left_is_looked_for_every_five_seconds() -> None:
    """croniter takes the seconds from the last field: in the first they would mean minutes."""
    from croniter import croniter

    queue = App(connector=InMemoryConnector())
    worker.timetable(queue)

    crons = {
        name.partition(":")[0]: task.cron
        for (name, _), task in queue.periodic_registry.periodic_tasks.items()
    }
    times = croniter(crons["answer_what_was_left"], 1_800_000_000)
    first = times.get_next()
    assert times.get_next() - first == 5
