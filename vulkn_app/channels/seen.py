"""Whether the widget stands on a site of the business: its own impressions say so."""

from datetime import datetime
from urllib.parse import urlsplit

from pydantic import BaseModel
from sqlalchemy import text

from vulkn_app.db import Member, as_member

# Our own pages are no site: the hosted chat is always there.
LATEST = text("""
    select page, created_at as at from widget_events
    where org_id = :org_id and kind = 'impression' and page like 'http%' and not starts_with(page, :home)
    order by created_at desc limit 1
""")


class Sighting(BaseModel):
    page: str
    at: datetime

    @property
    def site(self) -> str:
        """As people say it: mitienda.mx"""
        return urlsplit(self.page).netloc


async def latest(member: Member, home: str) -> Sighting | None:
    """Where the widget was shown last, outside of `home`."""
    async with as_member(member) as session:
        found = await session.execute(LATEST, {"org_id": member.org_id, "home": f"{home}/"})
        row = found.mappings().first()
    return Sighting.model_validate(dict(row)) if row else None
