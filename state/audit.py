"""The audit page: who did what, when VULKN's support came in, and whether it may."""

from typing import cast
from uuid import UUID

import reflex as rx

from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from state.table import SIZE, TableMixin
from vulkn_app import audit
from vulkn_app.audit import Entry, Session, Who
from vulkn_app.errors import NotFound

ENTITIES = (
    "agents",
    "knowledge_entries",
    "leads",
    "conversations",
    "contacts",
    "memberships",
    "invitations",
    "organizations",
    "channels",
    "bookings",
    "page",
)


class AuditState(TableMixin, MemberMixin, SpeakingMixin, rx.State):
    rows: list[Entry] = []
    who: str = ""
    entity: str = ""
    session: str = ""
    sessions: list[Session] = []
    allowed: bool = True
    whole: bool = True
    checked: bool = False

    _checking: bool = False

    @rx.event
    @role("admin")
    async def load(self):
        await self._watch(AuditState.ring)
        await self._look()
        return AuditState.check

    @rx.event(background=True)
    @role("admin")
    async def check(self):
        """In the background: a log of years takes a while, and the page is used meanwhile."""
        async with self:
            if self._checking:
                return
            self._checking, member = True, await self._member()
        try:
            whole = await audit.whole(member)
            async with self:
                self.whole, self.checked = whole, True
        finally:
            async with self:
                self._checking = False

    @rx.event
    @role("admin")
    async def ring(self):
        """The check ends with a line that is lost."""
        await self._look()
        return None if self.checked else AuditState.check

    @rx.event
    @role("admin")
    async def pick_who(self, who: str):
        await self._narrow(who=who if who in audit.KINDS else "", session="")

    @rx.event
    @role("admin")
    async def pick_entity(self, entity: str):
        await self._narrow(entity=entity if entity in ENTITIES else "")

    @rx.event
    @role("admin")
    async def pick_session(self, session: str):
        await self._narrow(session=str(UUID(session)) if session else "", who="", entity="")

    @rx.event
    @role("owner")
    async def allow(self, allowed: bool):
        """Looks again even when it is refused, so that the switch tells the truth."""
        try:
            await audit.allow_support(await self._member(), bool(allowed))
        finally:
            await self._look()
        return await self._saved("audit.allowed" if self.allowed else "audit.refused")

    async def _look(self) -> None:
        member = await self._member()
        if member.role == "member":
            raise NotFound
        seen = await audit.page(
            member,
            who=cast(Who, self.who) if self.who else None,
            entity=self.entity,
            session=UUID(self.session) if self.session else None,
            page=self.page,
            size=SIZE,
        )
        self.rows, self.total = seen.rows, seen.total
        found = await audit.support(member)
        self.sessions, self.allowed, self.loaded = found.sessions, found.allowed, True
