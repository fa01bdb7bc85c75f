"""What a person should look at: a limit near, a customer handed over, something that did not work."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from models.effects import AlertKind
from vulkn_app import live
from vulkn_app.db import Member, as_member

SHOWN = 30

COUNT = text("select count(*) from alerts where org_id = :org_id and seen_at is null")
LIST = text("""
    select a.id, a.kind, a.detail, a.conversation_id, a.created_at as at, a.seen_at is not null as seen,
           coalesce(nullif(k.name, ''), nullif(k.email, ''), k.phone, '') as who
    from alerts a
    left join conversations c on c.org_id = a.org_id and c.id = a.conversation_id
    left join contacts k on k.org_id = c.org_id and k.id = c.contact_id
    where a.org_id = :org_id
    order by (a.seen_at is null) desc, a.created_at desc limit :limit
""")
SEEN = text("""
    update alerts set seen_at = now()
    where org_id = :org_id and seen_at is null and (cast(:id as uuid) is null or id = :id)
""")


class AlertRow(BaseModel):
    """One alert. `percent` of a limit, `reason` of a hand-over; of a skill, `what` went wrong in it; `subject` is
    what else it names: a provider, an action, a service, a template. Of WhatsApp's kinds `what` is a word of the locale
    `problems`, or `why` one of `delivery`."""

    id: UUID
    kind: AlertKind
    who: str
    conversation_id: UUID | None
    at: datetime
    seen: bool
    percent: int = 0
    reason: str = ""
    skill: str = ""
    what: str = ""
    why: str = ""
    subject: str = ""


async def unseen(member: Member) -> int:
    async with as_member(member) as session:
        return int((await session.execute(COUNT, {"org_id": member.org_id})).scalar_one())


async def newest(member: Member) -> list[AlertRow]:
    """Those nobody has seen first."""
    async with as_member(member) as session:
        found = await session.execute(LIST, {"org_id": member.org_id, "limit": SHOWN})
        return [_row(dict(row)) for row in found.mappings()]


async def see(member: Member, alert_id: UUID | None = None) -> None:
    """One, or all there are: nobody of the team is told of it again."""
    async with as_member(member) as session:
        await session.execute(SEEN, {"org_id": member.org_id, "id": alert_id})
    live.publish(live.Ring(member.org_id, "alert"))


def _row(row: dict[str, Any]) -> AlertRow:
    detail = row.pop("detail")
    words: dict[str, Any] = {
        name: str(detail.get(name, ""))[:40] for name in ("reason", "skill", "what", "why")
    }
    if "event" in detail:  # something that Meta told could not be handled
        words["what"] = "event"
    subject = str(detail.get("provider") or detail.get("subject") or "")[:120]
    return AlertRow(**row, **words, percent=detail.get("percent", 0), subject=subject)
