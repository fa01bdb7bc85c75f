"""The inbox: the list, the open conversation, and a person's replies."""

import time
from uuid import UUID, uuid4

import reflex as rx

from models.conversations import ConversationStatus
from state import sending
from state.inbox_draft import DraftState
from state.inbox_template import InboxTemplateState
from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app import agents
from vulkn_app.channels.whatsapp import board, replying
from vulkn_app.conversations import inbox, threads
from vulkn_app.conversations.contents import Ad
from vulkn_app.conversations.inbox import ReplyForm
from vulkn_app.conversations.rows import ConversationRow, HandoffRow, MessageRow, PastRow
from vulkn_app.conversations.threads import Channel, Filter
from vulkn_app.errors import NotFound

STEP = 30
FILTERS: dict[str, Filter] = {"all": "all", "human": "human", "unread": "unread"}
CHANNELS: dict[str, Channel] = {"web": "web", "whatsapp": "whatsapp"}
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
    past: int = 0
    ad: Ad | None = None
    past_rows: list[PastRow] = []
    clock: int = 0  # the minute: what is left of a window is worded again
    agent_live: bool = True  # asked only while there is no conversation to show
    has_whatsapp: bool = False

    filter: str = "all"
    channel: str = ""
    search: str = ""
    draft_id: str = ""
    quoting: MessageRow | None = None  # what the reply that is being written answers
    sending: bool = False
    problem: str = ""

    _limit: int = STEP

    @rx.var
    def can_react(self) -> bool:
        """To a customer's message, where what we send arrives."""
        chat = self.conversation
        return bool(chat and chat.channel == "whatsapp" and not chat.shut and not chat.away)

    @rx.event
    @role("member")
    async def load(self):
        """The address says which conversation is open, so that "back" works on a phone."""
        await self._watch(InboxState.ring)
        wanted = self.router.url.query_parameters.get("c", "")
        if wanted != self.open_id:
            self.open_id, self.draft_id, self.problem = wanted, uuid4().hex, ""
            self.conversation, self.messages, self.answering, self.handoff = None, [], False, None
            self.past, self.past_rows, self.ad, self.quoting = 0, [], None, None
        self.has_whatsapp = bool(await board.numbers(await self._member()))
        await self._look()

    @rx.event
    @role("member")
    async def tick(self):
        """A minute went by, or a window closed."""
        self.clock = int(time.time() // 60)
        if self.open_id:
            await self._look_at_thread()

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
    async def pick_channel(self, channel: str):
        self.channel, self._limit = CHANNELS.get(channel, ""), STEP
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
            self.draft_id, self.quoting = uuid4().hex, None
            await self._look()

    @rx.event
    @role("member")
    async def quote(self, message_id: str):
        """The next reply answers this message; it is seen above what is written."""
        found = next((one for one in self.messages if str(one.id) == message_id), None)
        self.quoting = found if found and not found.revoked else None
        return rx.set_focus("reply-text")

    @rx.event
    @role("member")
    async def quote_nothing(self):
        self.quoting = None

    @rx.event
    @role("member")
    async def send_again(self, message_id: str):
        """What surely did not arrive is said once more, and only once however often one clicks."""
        failed = next((one for one in self.messages if str(one.id) == message_id), None)
        if failed is None or failed.sending is None or not failed.sending.again:
            return
        again = {"text": failed.text, "draft": f"again {failed.id}", "reply_to": str(failed.reply_to or "")}
        self.problem = await self._attempt(self._reply(again))
        await self._look()

    @rx.event
    @role("member")
    async def react(self, message_id: str, emoji: str):
        await replying.react(await self._member(), UUID(message_id), emoji)
        await self._look()

    @rx.event
    @role("member")
    async def see_past(self):
        """Read once, when somebody wants to see it."""
        if self.open_id and not self.past_rows:
            self.past_rows = await threads.past(await self._member(), UUID(self.open_id))

    @rx.event
    @role("member")
    async def open_templates(self):
        return InboxTemplateState.begin(self.open_id)

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
        found = await threads.list_conversations(
            await self._member(),
            filter=FILTERS.get(self.filter, "all"),
            channel=CHANNELS.get(self.channel, ""),
            search=self.search,
            limit=self._limit,
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
        self.handoff, self.past, self.ad = thread.handoff, thread.past, thread.ad
        messages = [sending.explained(message) for message in thread.messages]
        if messages != self.messages:
            self.messages = messages
        await (await self.get_state(DraftState))._look_at(self.open_id)
