"""How the chat looks: what is saved, what the typed colour becomes, and the way back."""

import reflex as rx

from state.arriving import half_done
from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app.branding import look
from vulkn_app.branding.look import Look, LookForm
from vulkn_app.contrast import OURS, painted


@half_done("problem")
class LookState(MemberMixin, SpeakingMixin, rx.State):
    loaded: bool = False
    look: Look | None = None
    form_key: int = 0
    device: str = "phone"
    spoken: str = "es"
    saving: bool = False
    problem: str = ""

    color: str = OURS
    letters: str = "#ffffff"
    ratio: str = ""
    plain: str = ""
    on_light: str = OURS
    on_dark: str = OURS

    @rx.event
    @role("member")
    async def load(self):
        await self._watch(LookState.ring)
        self.spoken = await self._language()
        shown = self.look
        await self._read()
        if self.look != shown:  # else what was typed meanwhile stays
            self.form_key += 1

    @rx.event
    @role("member")
    async def ring(self):
        """What somebody is typing stays: only whether there is a way back follows."""
        found = await look.current(await self._member())
        if self.look and found.before != self.look.before:
            self.look = self.look.model_copy(update={"before": found.before})

    @rx.event
    @role("member")
    async def recolour(self, color: str):
        """What becomes of a colour while it is chosen."""
        self._paint(color)

    @rx.event
    @role("member")
    async def show_on(self, device: str):
        self.device = "desk" if device == "desk" else "phone"

    @rx.event
    @role("member")
    async def speak(self, language: str):
        self.spoken = "en" if language == "en" else "es"

    @rx.event
    @role("admin")
    async def save(self, form: dict[str, str]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._save(form))
        self.saving = False
        if not self.problem:
            await self._fill()
            yield await self._saved("look.saved")

    @rx.event
    @role("admin")
    async def go_back(self):
        await look.back(await self._member())
        await self._fill()
        return await self._saved("look.went_back")

    @rx.event
    @role("member")
    async def discard(self):
        """What is saved, in place of what is typed."""
        self.problem = ""
        await self._fill()

    async def _save(self, form: dict[str, str]) -> None:
        await look.save(await self._member(), LookForm.model_validate(form))

    async def _fill(self) -> None:
        await self._read()
        self.form_key += 1

    async def _read(self) -> None:
        self.look = await look.current(await self._member())
        self._paint(self.look.color)
        self.loaded = True

    def _paint(self, color: str) -> None:
        made = painted(color.strip())
        self.color, self.letters = made.accent, made.on_accent
        self.ratio, self.plain = f"{made.ratio:.1f}", f"{made.plain:.1f}"
        self.on_light, self.on_dark = made.on_light, made.on_dark
