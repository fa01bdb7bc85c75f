"""The channels: the website's code, WhatsApp's numbers, and how they are."""

from uuid import UUID

import reflex as rx

from state.arriving import half_done
from state.leaving import LeavingMixin
from state.prefs import SpeakingMixin
from state.session import MemberMixin, SessionState, role
from vulkn_app.channels.whatsapp import board, connect, signup, trying
from vulkn_app.channels.whatsapp.board import NumberRow
from vulkn_app.channels.whatsapp.connect import ConnectForm
from vulkn_app.channels.whatsapp.signup import SignupForm
from vulkn_app.channels.whatsapp.trying import TestForm
from vulkn_app.settings import settings

# What connecting again mends, what is mended at Meta, what only has to be looked at again.
RECONNECT = {
    "token", "permission", "partner_removed", "offboarded", "disconnected", "deleted", "not_registered",
    "phone_idle",
}  # fmt: skip
PAYMENT = {"payment"}
AT_META = {
    "blocked", "restricted", "violation", "disabled", "quality", "flagged", "name_declined", "spam", "review_rejected",
    "locked", "limit", "setup", "country", "meta",
}  # fmt: skip


@half_done("wants", "problem")
class ChannelsState(MemberMixin, SpeakingMixin, LeavingMixin, rx.State):
    loaded: bool = False
    chat_url: str = ""
    webhook: str = ""
    verify_token: str = ""
    prepared: bool = True
    signup_app: str = ""
    signup_config: str = ""
    graph_version: str = ""
    numbers: list[NumberRow] = []
    from_guide: bool = False  # one came from the guide and goes back there

    wants: bool = False
    form_key: int = 0
    given_number: str = ""
    given_waba: str = ""
    connecting: bool = False
    problem: str = ""
    checking: str = ""
    testing: str = ""

    @rx.var
    def connected(self) -> bool:
        """Whether there is a number that was not disconnected."""
        return any(number.problem != "disconnected" for number in self.numbers)

    @rx.event
    @role("member")
    async def load(self):
        await self._watch(ChannelsState.ring)
        session = await self.get_state(SessionState)
        home = (settings.vulkn_public_url or self.router.url.origin).rstrip("/")
        self.chat_url = f"{home}/c/{session.org_slug}"
        self.webhook = f"{home}/api/webhooks/whatsapp"
        token = settings.whatsapp_verify_token
        may = session.role in ("owner", "admin")
        self.verify_token = token.get_secret_value() if token and may else ""
        self.prepared = bool(token and settings.whatsapp_app_secret)
        if signup.available() and settings.whatsapp_signup_config:
            self.signup_app, self.signup_config = (
                settings.whatsapp_app_id or "",
                settings.whatsapp_signup_config,
            )
            self.graph_version = settings.whatsapp_graph_version
        self.from_guide = self.router.url.query_parameters.get("from") == "onboarding"
        await self._look()

    @rx.event
    @role("member")
    async def ring(self):
        """What somebody is typing stays."""
        await self._look()

    @rx.event
    @role("admin")
    async def begin(self, channel_id: str = ""):
        """A new number, or one that has to be connected again."""
        known = next((number for number in self.numbers if str(number.channel_id) == channel_id), None)
        self.given_number = known.phone_number_id if known else ""
        self.given_waba = known.waba if known else ""
        self.wants, self.problem = True, ""
        self.form_key += 1

    @rx.event
    @role("admin")
    async def leave_form(self):
        self.wants = False

    @rx.event
    @role("admin")
    async def connect(self, form: dict[str, str]):
        """The token is read once, here, and kept by nobody but the vault."""
        self.connecting = True
        yield
        self.problem = await self._attempt(self._connect(form))
        self.connecting = False
        if not self.problem:
            self.wants = False
            await self._look()
            yield await self._saved("channels.connected_now")

    @rx.event
    @role("admin")
    async def finish_signup(self, form: dict[str, str]):
        """What Meta's own window brought."""
        self.connecting = True
        yield
        self.problem = await self._attempt(self._finish(form))
        self.connecting = False
        if not self.problem:
            self.wants = False
            await self._look()
            yield await self._saved("channels.connected_now")

    @rx.event
    @role("admin")
    async def check(self, channel_id: str):
        """Asks Meta how the number is."""
        self.checking = channel_id
        yield
        trouble = await self._attempt(
            self._as_member(lambda member: connect.recheck(member, UUID(channel_id)))
        )
        self.checking = ""
        yield rx.toast.error(trouble) if trouble else await self._saved("channels.checked_now")
        await self._look()

    @rx.event
    @role("admin")
    async def send_test(self, channel_id: str, form: dict[str, str]):
        """One message to the phone of whoever is asking."""
        self.testing = channel_id
        yield
        trouble = await self._attempt(self._test(channel_id, form))
        self.testing = ""
        yield rx.toast.error(trouble) if trouble else await self._saved("channels.test_sent")
        await self._look()

    @rx.event
    @role("admin")
    async def pause(self, channel_id: str, paused: bool):
        await board.pause(await self._member(), UUID(channel_id), bool(paused))
        await self._look()
        return await self._saved("channels.paused_now" if paused else "channels.resumed_now")

    @rx.event
    @role("admin")
    async def disconnect(self):
        await connect.disconnect(await self._member(), UUID(self._left()))
        await self._look()
        return await self._saved("channels.disconnected_now")

    async def _connect(self, form: dict[str, str]) -> None:
        """Ids are copied with blanks around and in them."""
        brought = {name: "".join(str(value).split()) for name, value in form.items() if value}
        await connect.connect(await self._member(), ConnectForm.model_validate(brought))

    async def _test(self, channel_id: str, form: dict[str, str]) -> None:
        await trying.send(await self._member(), UUID(channel_id), TestForm.model_validate(form))

    async def _finish(self, form: dict[str, str]) -> None:
        await signup.finish(await self._member(), SignupForm.model_validate(form))

    async def _look(self) -> None:
        found = await board.numbers(await self._member())
        if found != self.numbers:
            self.numbers = found
        self.loaded = True
