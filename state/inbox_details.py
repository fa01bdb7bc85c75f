"""Beside the open conversation: where it came from, how to reach the person, what it cost."""

from uuid import UUID

import reflex as rx

from state.session import MemberMixin, role
from vulkn_app.analytics import whatsapp_costs
from vulkn_app.analytics.whatsapp_costs import ConversationCost
from vulkn_app.conversations import details
from vulkn_app.conversations.details import Details


class InboxDetailsState(MemberMixin, rx.State):
    is_open: bool = False
    found: Details | None = None
    cost: ConversationCost = ConversationCost()

    @rx.event
    @role("member")
    async def begin(self, conversation_id: str):
        self.is_open, self.found = True, None
        yield
        member = await self._member()
        self.cost = await whatsapp_costs.of_conversation(member, UUID(conversation_id))
        self.found = await details.details(member, UUID(conversation_id))

    @rx.event
    @role("member")
    async def close(self):
        self.is_open = False
