"""Beside the open conversation: where it came from, how to reach the person, what it cost."""

from uuid import UUID

import reflex as rx

from state.session import MemberMixin, role
from vulkn_app.conversations import details
from vulkn_app.conversations.details import Details


class InboxDetailsState(MemberMixin, rx.State):
    is_open: bool = False
    found: Details | None = None

    @rx.event
    @role("member")
    async def begin(self, conversation_id: str):
        self.is_open, self.found = True, None
        yield
        self.found = await details.details(await self._member(), UUID(conversation_id))

    @rx.event
    @role("member")
    async def close(self):
        self.is_open = False
