"""Turns for tests of skills: a real contact in a real conversation, nothing of the engine."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg

from tests.conversing import a_conversation
from tests.factories import Business
from vulkn_app.db import AgentKey
from vulkn_app.i18n import Language
from vulkn_app.skills.base import LookUp, Memory, Turn
from vulkn_app.skills.memory import ContactMemory, ScratchMemory

A_SUNDAY = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # noon in Mexico City


def a_turn(
    url: str,
    business: Business,
    words: str = "hola",
    *,
    language: Language = "es",
    playground: bool = False,
    now: datetime = A_SUNDAY,
    conversation_id: UUID | None = None,
    look_up: LookUp | None = None,
) -> Turn:
    """A contact who just wrote `words`; with `conversation_id`, the contact of that conversation."""
    conversation_id = conversation_id or a_conversation(url, business, words)
    with psycopg.connect(url) as admin:
        found = admin.execute(
            "select contact_id from conversations where id = %s", (conversation_id,)
        ).fetchone()
    assert found
    agent = AgentKey(business.org_id)
    memory: Memory = ScratchMemory() if playground else ContactMemory(agent, found[0])
    asking: dict[str, Any] = {"look_up": look_up} if look_up else {}
    return Turn(
        agent=agent,
        conversation_id=conversation_id,
        contact_id=found[0],
        turn_id=uuid4(),
        channel="web",
        language=language,
        timezone="America/Mexico_City",
        now=now,
        words=words,
        memory=memory,
        playground=playground,
        **asking,
    )


def a_loose_turn(
    words: str = "hola",
    *,
    language: Language = "es",
    now: datetime = A_SUNDAY,
    look_up: LookUp | None = None,
) -> Turn:
    """Words without a database, for skills that need none."""
    nobody = UUID(int=7)
    asking: dict[str, Any] = {"look_up": look_up} if look_up else {}
    return Turn(
        agent=AgentKey(nobody),
        conversation_id=nobody,
        contact_id=nobody,
        turn_id=nobody,
        channel="web",
        language=language,
        timezone="America/Mexico_City",
        now=now,
        words=words,
        memory=ScratchMemory(),
        **asking,
    )
