"""The pages at the door: what their address says (an error's code, an invitation), and what was typed into a form
that came back."""

import reflex as rx

from state.prefs import SpeakingMixin
from state.session import role
from vulkn_app import i18n, team
from vulkn_app.api import forms


class AccountState(SpeakingMixin, rx.State):
    """One state for /login, /signup and /reset: each is a native form and keeps nothing."""

    problem: str = ""
    email: str = ""
    name: str = ""
    next: str = "/app/"
    invite: str = ""
    invited_to: str = ""
    invite_gone: bool = False
    sent: bool = False
    token_hash: str = ""

    @rx.event
    @role(None)
    async def load(self):
        query = dict(self.router.url.query_parameters)
        code = query.get("e", "")
        self.problem = i18n.sentence(code, await self._language()) if code else ""
        self.next = query.get("next", "/app/")
        typed = forms.typed(self.router.headers.cookie or "", self.router.url.path) if code else forms.Typed()
        self.email, self.name = typed.email, typed.name
        self.sent, self.token_hash = query.get("sent") == "1", query.get("token_hash", "")
        await self._read_invitation(query.get("invite", ""))

    async def _read_invitation(self, token: str) -> None:
        self.invite, self.invited_to, self.invite_gone = token, "", False
        if not token:
            return
        preview = await team.preview(token)
        self.invite_gone = preview is None
        if preview:
            self.invited_to, self.email = preview.org_name, self.email or preview.email
