"""The team page: people and their roles, invitations, and one's own profile."""

from typing import cast
from urllib.parse import quote
from uuid import UUID

import reflex as rx

from models.organizations import Role
from state.leaving import LeavingMixin
from state.prefs import SpeakingMixin
from state.session import MemberMixin, SessionState, role
from vulkn_app import i18n, team
from vulkn_app.errors import BadInput
from vulkn_app.settings import settings
from vulkn_app.team import InvitationRow, Invited, MemberRow, ProfileForm


class TeamState(MemberMixin, SpeakingMixin, LeavingMixin, rx.State):
    loaded: bool = False
    members: list[MemberRow] = []
    invitations: list[InvitationRow] = []

    invite_open: bool = False
    invite_link: str = ""
    invite_message: str = ""  # the address that opens WhatsApp with it
    invited: str = ""
    saving: bool = False
    problem: str = ""
    profile_saving: bool = False
    profile_problem: str = ""

    @rx.event
    @role("member")
    async def load(self):
        await self._watch(TeamState.ring)
        await self._look()

    @rx.event
    @role("member")
    async def ring(self):
        await self._look()

    @rx.event
    @role("admin")
    async def begin_invite(self):
        self.invite_open, self.invite_link, self.problem = True, "", ""

    @rx.event
    @role("admin")
    async def close_invite(self):
        self.invite_open, self.invite_link = False, ""

    @rx.event
    @role("admin")
    async def invite(self, form: dict[str, str]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._invite(form))
        self.saving = False
        if not self.problem:
            await self._look()

    @rx.event
    @role("admin")
    async def withdraw(self, invitation_id: str):
        await team.withdraw(await self._member(), UUID(invitation_id))
        await self._look()
        return await self._saved("team.withdrawn")

    @rx.event
    @role("owner")
    async def set_role(self, user_id: str, new_role: str):
        """Looks again even when it is refused, so that the picker tells the truth."""
        self.problem = await self._attempt(team.set_role(await self._member(), UUID(user_id), Role(new_role)))
        await self._look()
        return rx.toast.error(self.problem) if self.problem else await self._saved("team.role_changed")

    @rx.event
    @role("admin")
    async def remove(self):
        await team.remove(await self._member(), UUID(self._left()))
        await self._look()
        return await self._saved("team.removed")

    @rx.event
    @role("member")
    async def save_profile(self, form: dict[str, str]):
        self.profile_saving = True
        yield
        self.profile_problem = await self._attempt(self._save_profile(form))
        self.profile_saving = False
        if not self.profile_problem:
            yield [SessionState.load, await self._saved()]

    async def _invite(self, form: dict[str, str]) -> None:
        wanted = form.get("role", "member")
        if wanted not in ("admin", "member"):
            raise BadInput
        email = form.get("email", "")
        token = await team.invite(await self._member(), email=email, role=cast(Invited, wanted))
        home = (settings.vulkn_public_url or self.router.url.origin).rstrip("/")
        self.invited, self.invite_link = email.strip(), f"{home}/signup/?invite={token}"
        business = (await self.get_state(SessionState)).org_name
        words = i18n.t("team.invite_message", await self._language(), business=business, url=self.invite_link)
        self.invite_message = f"https://wa.me/?text={quote(words)}"

    async def _save_profile(self, form: dict[str, str]) -> None:
        profile = ProfileForm(name=form.get("profile_name", ""), locale=await self._language())
        await team.change_profile(await self._member(), profile)

    async def _look(self) -> None:
        member = await self._member()
        self.members = await team.members(member)
        self.invitations = [] if member.role == "member" else await team.invitations(member)
        self.loaded = True
