"""Real conversations of many people with several businesses at once: nothing lost, nothing crossed.

The file holds fifty conversations (CC0, tests/data/README.md); each is had with three businesses, so the
same words meet different knowledge at the same moment. `VULKN_REPLAY=FILE.jsonl` replays another set of
the same shape."""

import asyncio
import json
import os
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from limits import parse

from tests.factories import Business, Visitor, a_business
from vulkn_app import limits
from vulkn_app.texts import clean

FILE = Path(os.environ.get("VULKN_REPLAY", Path(__file__).parent / "data/dialogs_cc0.jsonl"))
BUSINESSES = 3
AT_ONCE = 20

pytestmark = pytest.mark.slow


def conversations() -> list[list[str]]:
    rows = [json.loads(line) for line in FILE.read_text().splitlines()]
    said = [
        [clean(turn["text"]).strip()[:4000] for turn in row["turns"] if turn["role"] == "user"]
        for row in rows
    ]
    return [[text for text in texts if text] for texts in said if any(texts)]


def canary(number: int) -> str:
    return f"canario-{number}-plumas"


def businesses(url: str) -> list[Business]:
    """Each knows the same things, signed with its own word."""
    topics = ("Citas", "Horario", "Cancelaciones", "Odontología", "Ayuda con tu nombre y correo", "Saludos")
    return [
        a_business(
            url, knowledge=[(topic, f"{topic}: todo sobre esto. {canary(n)}", "es") for topic in topics]
        )
        for n in range(BUSINESSES)
    ]


async def converse(
    http: httpx.AsyncClient, slug: str, texts: list[str], gate: asyncio.Semaphore
) -> tuple[UUID, str]:
    """One visitor's whole conversation; returns its id and everything the visitor read."""
    visitor = Visitor(http, slug)
    async with gate:
        await visitor.open()
        for text in texts:
            answer = await visitor.ask(text)
            assert answer.names[-1] == "done", answer
        history = await visitor.history()
    assert [m["text"] for m in history if m["sender"] == "visitor"] == texts
    assert [m["sender"] for m in history] == ["visitor", "agent"] * len(texts)
    return UUID(visitor.conversation_id), " ".join(m["text"] for m in history)


async def test_real_conversations_are_answered_whole_and_apart(
    http: httpx.AsyncClient, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ADDRESS_MESSAGES", parse("1000000/minute"))
    monkeypatch.setattr(limits, "ADDRESS_SESSIONS", parse("1000000/minute"))
    monkeypatch.setattr(limits, "VISITOR_MESSAGES", parse("1000000/minute"))
    spoken, places, gate = conversations(), businesses(database_url), asyncio.Semaphore(AT_ONCE)

    had = await asyncio.gather(
        *(converse(http, place.slug, texts, gate) for texts in spoken for place in places)
    )

    read = [text for _, text in had]
    for number in range(len(places)):
        own, others = read[number :: len(places)], [c for c in range(BUSINESSES) if c != number]
        assert any(canary(number) in text for text in own)
        assert not any(canary(other) in text for text in own for other in others)
    assert len({conversation for conversation, _ in had}) == len(spoken) * len(places)
    turns = sum(len(texts) for texts in spoken)
    for place in places:
        assert counted(database_url, place.org_id) == (2 * turns, turns, turns, len(spoken), len(spoken), 0)


def counted(url: str, org_id: UUID) -> tuple[int, ...]:
    """Messages, finished turns, usage rows, conversations, leads; the first broken audit row (0: none)."""
    with psycopg.connect(url) as admin:
        row = admin.execute(
            """
            select (select count(*) from messages where org_id = %(org)s),
                   (select count(*) from turns where org_id = %(org)s and state = 'done'),
                   (select count(*) from usage_events where org_id = %(org)s),
                   (select count(*) from conversations where org_id = %(org)s),
                   (select count(*) from leads where org_id = %(org)s),
                   app.audit_verify(%(org)s)
            """,
            {"org": org_id},
        ).fetchone()
    assert row
    return row
