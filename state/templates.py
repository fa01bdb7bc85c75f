"""The templates of a number: what Meta says about each, and ours that can be sent there."""

from uuid import UUID

import reflex as rx
from pydantic import BaseModel

from models.whatsapp import TemplateStatus
from state.arriving import half_done
from state.leaving import LeavingMixin
from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app.channels.whatsapp import board, template_admin, template_shapes
from vulkn_app.channels.whatsapp.board import NumberRow
from vulkn_app.channels.whatsapp.template_admin import TemplateRow
from vulkn_app.channels.whatsapp.template_pack import LOCALES, PACK
from vulkn_app.channels.whatsapp.template_shapes import Preview
from vulkn_app.errors import NotFound
from vulkn_app.i18n import LANGUAGES, Language


class PackRow(BaseModel):
    """One of ours that the number does not have yet in this language."""

    purpose: str
    language: str
    preview: Preview


@half_done("problem", "working")
class TemplatesState(MemberMixin, SpeakingMixin, LeavingMixin, rx.State):
    loaded: bool = False
    numbers: list[NumberRow] = []
    channel_id: str = ""
    rows: list[TemplateRow] = []
    pack: list[PackRow] = []
    language: str = "es"
    working: str = ""
    problem: str = ""

    @rx.event
    @role("member")
    async def load(self):
        await self._watch(TemplatesState.ring)
        self.language = await self._language()
        await self._look()

    @rx.event
    @role("member")
    async def ring(self):
        await self._look()

    @rx.event
    @role("member")
    async def pick_number(self, channel_id: str):
        self.channel_id = channel_id
        await self._look()

    @rx.event
    @role("member")
    async def pick_language(self, language: str):
        self.language = language if language in LANGUAGES else ""
        await self._look()

    @rx.event
    @role("admin")
    async def sync(self):
        """What Meta has."""
        self.working = "sync"
        yield
        self.problem = await self._attempt(
            self._as_member(lambda member: template_admin.sync(member, self._channel()))
        )
        self.working = ""
        yield None if self.problem else await self._saved("templates.synced")
        await self._look()

    @rx.event
    @role("admin")
    async def use(self, purpose: str, language: str):
        """Sends one of ours to Meta."""
        self.working = f"{purpose} {language}"
        yield
        of: Language = "en" if language == "en" else "es"
        self.problem = await self._attempt(
            self._as_member(lambda member: template_admin.create(member, self._channel(), purpose, of))
        )
        self.working = ""
        yield None if self.problem else await self._saved("templates.sent")
        await self._look()

    @rx.event
    @role("admin")
    async def delete(self):
        name = self._left()
        self.problem = await self._attempt(template_admin.delete(await self._member(), self._channel(), name))
        await self._look()
        if not self.problem:
            return await self._saved("templates.deleted")
        return None

    def _channel(self) -> UUID:
        if not self.channel_id:
            raise NotFound
        return UUID(self.channel_id)

    async def _look(self) -> None:
        member = await self._member()
        connected = [one for one in await board.numbers(member) if one.problem != "disconnected"]
        self.numbers = connected
        known = {str(one.channel_id) for one in connected}
        if self.channel_id not in known:
            self.channel_id = str(connected[0].channel_id) if connected else ""
        found = await template_admin.listed(member, UUID(self.channel_id)) if self.channel_id else []
        self.rows = [row for row in found if row.language.startswith(self.language)]
        self.pack = self._ours(found) if self.channel_id else []
        self.loaded = True

    def _ours(self, found: list[TemplateRow]) -> list[PackRow]:
        there = {(row.name, row.language) for row in found if row.status is not TemplateStatus.DRAFT}
        return [
            PackRow(
                purpose=one.purpose,
                language=language,
                preview=template_shapes.preview(one.components(language)),
            )
            for one in PACK.values()
            for language in LANGUAGES
            if language.startswith(self.language) and (one.name, LOCALES[language]) not in there
        ]
