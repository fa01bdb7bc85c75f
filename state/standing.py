"""What somebody of VULKN may do from the banner of a session: leave it, or be allowed to change things."""

import reflex as rx
from reflex.event import run_script

from state.prefs import SpeakingMixin
from state.session import cookie_of, role
from vulkn_app import auth
from vulkn_app.administrators import standing
from vulkn_app.errors import SignedOut

LEAVE = run_script("location.assign('/admin/')")
AGAIN = run_script("location.reload()")


class StandingState(SpeakingMixin, rx.State):
    asking: bool = False
    saving: bool = False
    problem: str = ""

    @rx.event
    @role("standing")
    async def leave(self):
        await standing.leave(await self._person())
        return LEAVE

    @rx.event
    @role("standing")
    async def begin(self):
        self.asking, self.problem = True, ""

    @rx.event
    @role("standing")
    async def keep(self):
        self.asking = False

    @rx.event
    @role("standing")
    async def write(self, form: dict[str, str]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._write(str(form.get("slug", ""))[:60]))
        self.saving = False
        if not self.problem:
            yield AGAIN

    async def _write(self, slug: str) -> None:
        await standing.allow_writing(await self._person(), slug)

    async def _person(self) -> auth.Person:
        person = await auth.read(cookie_of(self))
        if person is None:
            raise SignedOut
        return person
