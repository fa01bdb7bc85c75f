"""Shadow mode: the agent writes its answers, a person sends them; for some hours, to see how good they are."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from vulkn_app import live
from vulkn_app.conversations.inbox import carried
from vulkn_app.db import Member, as_member, as_system
from vulkn_app.errors import BadInput, Conflict, NotAllowed, NotFound
from vulkn_app.i18n import Language
from vulkn_app.texts import Text

USUAL_HOURS, MOST_HOURS = 48, 24 * 14
NOT_CARRIED = "VK004"

READ = text(
    "select shadow_since as since, shadow_until as until, live from agents where org_id = :org_id order by id limit 1"
)
SCORE = text("select app.shadow_score(:org_id, :since)")
LAST = text("""
    select detail from alerts where org_id = :org_id and kind = 'shadow' order by created_at desc limit 1
""")
BEGIN = text("""
    update agents set shadow_since = now(), shadow_until = now() + :hours where org_id = :org_id returning 1
""")
END = text("""
    update agents set shadow_since = null, shadow_until = null
    where org_id = :org_id and shadow_since is not null returning 1
""")
DRAFT = text("""
    select d.id, d.body, d.language, d.created_at as at, d.sources,
      exists (select from messages n where n.org_id = d.org_id and n.conversation_id = d.conversation_id
              and n.sender = 'visitor' and n.seq > d.after_seq) as newer
    from shadow_drafts d where d.org_id = :org_id and d.conversation_id = :id and d.state = 'waiting'
""")
SEND = text("select app.shadow_send(:org_id, :draft, :words)")
DISCARD = text("select app.shadow_discard(:org_id, :draft)")


class Score(BaseModel):
    """`percent`: of what was decided, how much went out as it was; None while nothing was."""

    sent: int = 0
    edited: int = 0
    discarded: int = 0
    waiting: int = 0

    @property
    def percent(self) -> int | None:
        decided = self.sent + self.edited + self.discarded
        return self.sent * 100 // decided if decided else None


class Shadow(BaseModel):
    """Whether it is on, until when, and how it goes; off, how it went the last time (None: never)."""

    on: bool
    live: bool
    until: datetime | None = None
    score: Score | None = None


class DraftRow(BaseModel):
    """An answer that waits for a person. `newer`: the customer has written since, another one is coming."""

    id: UUID
    body: str
    language: Language
    at: datetime
    sources: list[dict[str, Any]] = []
    newer: bool


class SendForm(BaseModel):
    """What a person made of a draft."""

    text: Text = Field(min_length=1, max_length=4000)


class DraftGone(Conflict):
    """Somebody was quicker, or the customer wrote again."""

    code = "shadow_gone"


async def read(member: Member) -> Shadow:
    async with as_member(member) as session:
        asked = {"org_id": member.org_id}
        agent = (await session.execute(READ, asked)).mappings().one_or_none()
        if agent is None:
            raise NotFound
        if agent["since"]:
            found = (await session.execute(SCORE, {**asked, "since": agent["since"]})).scalar_one()
            return Shadow(on=True, live=agent["live"], until=agent["until"], score=Score(**found))
        last = (await session.execute(LAST, asked)).scalar_one_or_none()
    return Shadow(on=False, live=agent["live"], score=Score(**last) if last else None)


async def begin(member: Member, hours: int = USUAL_HOURS) -> None:
    """From the next message on. Raises NotAllowed for who may not set the agent up."""
    if not 1 <= hours <= MOST_HOURS:
        raise BadInput
    await _set(member, BEGIN, hours=timedelta(hours=hours))


async def end(member: Member) -> None:
    """Before its hour: the agent answers by itself from the next message on."""
    await _set(member, END)


async def draft(member: Member, conversation_id: UUID) -> DraftRow | None:
    async with as_member(member) as session:
        found = await session.execute(DRAFT, {"org_id": member.org_id, "id": conversation_id})
        row = found.mappings().one_or_none()
    return DraftRow.model_validate(dict(row)) if row else None


async def send(member: Member, draft_id: UUID, words: str | None = None) -> None:
    """As it is, or as `words`; once, whoever taps first. Raises DraftGone, WindowClosed, ChannelAway, NotFound."""
    said = SendForm(text=words).text if words is not None else None
    asked = {"org_id": member.org_id, "draft": draft_id, "words": said}
    try:
        async with as_member(member) as session:
            became = (await session.execute(SEND, asked)).scalar_one()
    except DBAPIError as problem:
        became = _refusal(problem)
    if became in ("gone", "newer"):
        raise DraftGone("shadow_newer" if became == "newer" else None)
    if carried(became):
        live.publish(live.Ring(member.org_id, "outbox"))
    live.publish(live.Ring(member.org_id, "message"))


async def discard(member: Member, draft_id: UUID) -> None:
    async with as_member(member) as session:
        if not (await session.execute(DISCARD, {"org_id": member.org_id, "draft": draft_id})).scalar_one():
            raise DraftGone
    live.publish(live.Ring(member.org_id, "message"))


async def over() -> int:
    """The worker's: what has had its hours ends, and the team is told how it went."""
    async with as_system("vulkn_engine") as connection:
        ended = await (await connection.execute("select app.shadow_over()")).fetchall()
    for (org_id,) in ended:
        live.publish(live.Ring(org_id, "agent"))
    return len(ended)


async def _set(member: Member, statement: Any, **values: object) -> None:
    async with as_member(member) as session:
        # The policy hides from an update what a person may not change: no row is a refusal.
        if (await session.execute(statement, {"org_id": member.org_id, **values})).first() is None:
            raise NotAllowed
    live.publish(live.Ring(member.org_id, "agent"))


def _refusal(problem: DBAPIError) -> str:
    """Why the channel did not take it; the transaction is undone."""
    original = problem.orig
    if isinstance(original, psycopg.Error) and original.sqlstate == NOT_CARRIED:
        return original.diag.message_detail or "away"
    raise problem
