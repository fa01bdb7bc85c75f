"""The inbox: the list, the open conversation, and a person's replies."""

from uuid import UUID, uuid4

import reflex as rx

from models.conversations import ConversationStatus
from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app import agents
from vulkn_app.conversations import inbox, threads
from vulkn_app.conversations.inbox import ReplyForm
from vulkn_app.conversations.rows import ConversationRow, HandoffRow, MessageRow
from vulkn_app.conversations.threads import Filter
from vulkn_app.errors import NotFound

STEP = 30
FILTERS: dict[str, Filter] = {"all": "all", "human": "human", "unread": "unread"}
SAID = {"human": "inbox.taken", "open": "inbox.given_back", "closed": "inbox.closed_now"}


class InboxState(MemberMixin, SpeakingMixin, rx.State):
    loaded: bool = False
    rows: list[ConversationRow] = []
    more_to_see: bool = False
    open_id: str = ""
    conversation: ConversationRow | None = None
    messages: list[MessageRow] = []
    answering: bool = False
    handoff: HandoffRow | None = None
    agent_live: bool = True  # asked only while there is no conversation to show

    filter: str = "all"
    search: str = ""
    draft_id: str = ""
    sending: bool = False
    problem: str = ""

    _limit: int = STEP

    @rx.event
    @role("member")
    async def load(self):
        """The address says which conversation is open, so that "back" works on a phone."""
        await self._watch(InboxState.ring)
        wanted = self.router.url.query_parameters.get("c", "")
        if wanted != self.open_id:
            self.open_id, self.draft_id, self.problem = wanted, uuid4().hex, ""
            self.conversation, self.messages, self.answering, self.handoff = None, [], False, None
        await self._look()

    @rx.event
    @role("member")
    async def ring(self):
        await self._look()

    @rx.event
    @role("member")
    async def pick_filter(self, filter: str):
        self.filter, self._limit = FILTERS.get(filter, "all"), STEP
        await self._look_at_list()

    @rx.event
    @role("member")
    async def find(self, words: str):
        self.search, self._limit = str(words)[:100], STEP
        await self._look_at_list()

    @rx.event
    @role("member")
    async def see_more(self):
        self._limit = min(self._limit + STEP, threads.MOST_CONVERSATIONS)
        await self._look_at_list()

    @rx.event
    @role("member")
    async def send(self, form: dict[str, str]):
        """The form brings the draft's id: a second click is the same message."""
        if not form.get("text", "").strip():
            return
        self.sending = True
        yield
        self.problem = await self._attempt(self._reply(form))
        self.sending = False
        if not self.problem:
            self.draft_id = uuid4().hex
            await self._look()

    @rx.event
    @role("member")
    async def hand(self, status: str):
        """To a person, back to the agent, or closed."""
        to = ConversationStatus(status)
        await inbox.set_status(await self._member(), UUID(self.open_id), to)
        await self._look()
        return await self._saved(SAID[to.value])

    async def _reply(self, form: dict[str, str]) -> None:
        said = ReplyForm.model_validate(form)
        await inbox.reply(await self._member(), UUID(self.open_id), said)

    async def _look(self) -> None:
        if self.open_id:
            await self._look_at_thread()
        await self._look_at_list()

    async def _look_at_list(self) -> None:
        filter = FILTERS.get(self.filter, "all")
        found = await threads.list_conversations(
            await self._member(), filter=filter, search=self.search, limit=self._limit
        )
        if found != self.rows:
            self.rows = found
        if not found:
            self.agent_live = (await agents.current(await self._member())).live
        self.more_to_see = self._limit <= len(found) < threads.MOST_CONVERSATIONS
        self.loaded = True

    async def _look_at_thread(self) -> None:
        try:
            thread = await threads.thread(await self._member(), UUID(self.open_id))
        except (NotFound, ValueError):
            self.open_id, self.conversation, self.messages, self.handoff = "", None, [], None
            return
        self.conversation, self.answering = thread.conversation, thread.answering
        self.handoff = thread.handoff
        if thread.messages != self.messages:
            self.messages = thread.messages
