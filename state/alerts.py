"""The bell: what a person should look at, on whatever page they are."""

from uuid import UUID

import reflex as rx

from state import fanout
from state.session import MemberMixin, role
from vulkn_app.conversations import alerts
from vulkn_app.conversations.alerts import AlertRow


class AlertsState(MemberMixin, rx.State):
    unseen: int = 0
    rows: list[AlertRow] = []
    is_open: bool = False
    loaded: bool = False

    @rx.event
    @role("member")
    async def begin(self):
        """A page that is read again shows itself, and not the list that lay over it."""
        self.is_open = False
        await self._look()

    @rx.event
    @role("member")
    async def ring(self):
        await self._look()

    @rx.event
    @role("member")
    async def open(self):
        self.is_open = True
        await self._look()

    @rx.event
    @role("member")
    async def close(self):
        self.is_open = False

    @rx.event
    @role("member")
    async def see(self, alert_id: str):
        await alerts.see(await self._member(), UUID(alert_id))
        await self._look()

    @rx.event
    @role("member")
    async def see_all(self):
        await alerts.see(await self._member())
        await self._look()

    @rx.event
    @role("member")
    async def follow(self, alert_id: str):
        """Somebody goes where the alert leads: it is seen, and the list is in the way."""
        self.is_open = False
        await alerts.see(await self._member(), UUID(alert_id))
        await self._look()

    async def _look(self) -> None:
        member = await self._member()
        self.unseen = await alerts.unseen(member)
        if self.is_open:
            found = await alerts.newest(member)
            if found != self.rows:
                self.rows = found
            self.loaded = True


fanout.also(AlertsState.ring)
