"""What of the knowledge somebody should look at, counted; and where it came from."""

from datetime import date

from pydantic import BaseModel

from vulkn_app.db import Member
from vulkn_app.knowledge.changes import acting

COUNTS = """
    select count(*) filter (where valid_until < %(today)s), count(*) filter (where review_by <= %(today)s),
      count(*) filter (where valid_from > %(today)s), count(*)
    from knowledge_entries where org_id = %(org)s and status = 'active'
"""
DRAFTS = "select count(*) from knowledge_entries where org_id = %(org)s and status = 'draft'"
SOURCES = """
    select source from knowledge_entries where org_id = %(org)s and source <> ''
    group by source order by count(*) desc, source limit 40
"""


class Attention(BaseModel):
    """`active` counts all active entries, the others those among them that time has caught up with; `drafts` those in
    which something is missing."""

    ended: int = 0
    due: int = 0
    coming: int = 0
    active: int = 0
    drafts: int = 0


async def counts(member: Member, today: date) -> Attention:
    async with acting(member) as connection:
        row = await (await connection.execute(COUNTS, {"org": member.org_id, "today": today})).fetchone()
        unfinished = await (await connection.execute(DRAFTS, {"org": member.org_id})).fetchone()
    ended, due, coming, active = row or (0, 0, 0, 0)
    drafts = unfinished[0] if unfinished else 0
    return Attention(ended=ended, due=due, coming=coming, active=active, drafts=drafts)


async def sources(member: Member) -> list[str]:
    """The files and addresses that entries came from, those of most entries first."""
    async with acting(member) as connection:
        cursor = await connection.execute(SOURCES, {"org": member.org_id})
        return [row[0] for row in await cursor.fetchall()]
