"""Which organization a widget belongs to and where it may stand, kept for a moment in this process."""

import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from psycopg.rows import class_row

from vulkn_app import live
from vulkn_app.db import AgentKey, as_system
from vulkn_app.errors import NotAllowed, NotFound

KEPT = 1000
SLUG = re.compile("[a-z0-9-]{3,40}")  # as the table has it; anything else never reaches the database
FRESH = 30.0  # seconds; a change rings the doorbell and is seen at once


@dataclass(frozen=True)
class Tenant:
    """A business as its widget sees it."""

    org_id: UUID
    slug: str
    name: str
    timezone: str
    branding: dict[str, Any]
    allowed_origins: list[str]
    channel_id: UUID
    agent_name: str
    live: bool
    greeting_es: str
    greeting_en: str
    whatsapp: bool

    @property
    def agent(self) -> AgentKey:
        return AgentKey(self.org_id)

    def allows(self, origin: str | None, *, own: str) -> bool:
        """Whether a page at `origin` may carry this widget.

        No list means anywhere; our own pages always may; `*.sol.mx` names every site below sol.mx. A
        request without Origin is no browser's cross-site request."""
        if not self.allowed_origins or origin is None or origin == own:
            return True
        host = urlsplit(origin).hostname or ""
        return any(_matches(allowed, origin, host) for allowed in self.allowed_origins)


_tenants: OrderedDict[str, tuple[float, Tenant]] = OrderedDict()


async def tenant(slug: str) -> Tenant:
    """Raises NotFound for a business that is not there, suspended (with a gentler word) or leaving."""
    found = _tenants.get(slug)
    if found and time.monotonic() - found[0] < FRESH:
        return found[1]
    if not SLUG.fullmatch(slug):
        raise NotFound("unknown_business")
    async with (
        as_system("vulkn_engine") as connection,
        connection.cursor(row_factory=class_row(Tenant)) as cursor,
    ):
        row = await (await cursor.execute("select * from app.resolve_widget(%s)", (slug,))).fetchone()
        if row is None:
            _tenants.pop(slug, None)
            paused = await connection.execute("select app.widget_paused(%s)", (slug,))
            raise NotFound("business_paused" if await paused.fetchone() == (True,) else "unknown_business")
    _tenants[slug] = (time.monotonic(), row)
    while len(_tenants) > KEPT:
        _tenants.popitem(last=False)
    return row


async def at(slug: str, origin: str | None, *, own: str) -> Tenant:
    """The tenant, if its widget may stand at `origin`."""
    found = await tenant(slug)
    if not found.allows(origin, own=own):
        raise NotAllowed("foreign_origin")
    return found


def forget(ring: live.Ring) -> None:
    """An organization, its agent or a channel of it changed: look again."""
    if ring.kind not in ("agent", "organization", "channel"):
        return
    for slug, (_, known) in list(_tenants.items()):
        if known.org_id == ring.org_id:
            del _tenants[slug]


def _matches(allowed: str, origin: str, host: str) -> bool:
    if allowed.startswith("*."):
        return host.endswith(allowed[1:])
    if "://" in allowed:
        return origin.rstrip("/").lower() == allowed.rstrip("/").lower()
    return host == allowed.lower()
