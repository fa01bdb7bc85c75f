"""The door of /admin: nobody sees anything behind it before they showed their second factor in this session."""

import reflex as rx
from reflex.event import run_script

from state import fanout
from state.prefs import SpeakingMixin
from state.session import cookie_of, role
from state.table import TableMixin
from vulkn_app import auth
from vulkn_app.administrators import desk, factor, standing
from vulkn_app.administrators.desk import Administrator
from vulkn_app.errors import SignedOut

AGAIN = run_script("location.reload()")
LEFT = run_script("location.assign('/admin/?over=1')")


class AdministratorMixin(rx.State, mixin=True):
    """For states that act as a platform administrator."""

    async def _administrator(self) -> Administrator:
        """Asked anew in every handler: a revoked administrator or a factor that was reset counts at once."""
        return await desk.of(cookie_of(self))


class DeskTableMixin(TableMixin, mixin=True):
    """A long list of the administrators': the same handlers, for other people."""

    @rx.event
    @role("platform")
    async def find(self, words: str):
        await self._narrow(search=str(words)[:100])

    @rx.event
    @role("platform")
    async def turn(self, by: int):
        await self._turn(by)


class AdminState(SpeakingMixin, rx.State):
    """`picture` and `by_hand` are there for whoever enrols, until the first code was right."""

    known: bool = False
    proved: bool = False
    enrolling: bool = False
    picture: str = ""
    by_hand: str = ""
    name: str = ""
    email: str = ""
    over: bool = False
    saving: bool = False
    problem: str = ""

    @rx.event
    @role("administrator")
    async def load(self):
        person = await self._person()
        if person.over:  # what was stood in has ended: left behind here, so that there is no second surprise
            await standing.leave(person)
            return LEFT
        fanout.forget(self.router.session.client_token)  # the page before this one may have been a business's
        self.over = bool(self.router.url.query_parameters.get("over"))
        self.name, self.email = person.name, person.email
        self.proved = person.proved or await factor.claimed(person)
        if self.proved:
            self.enrolling, self.picture, self.by_hand = False, "", ""
        elif not await factor.enrolled(person):
            taught = await factor.enrol(person)
            self.enrolling, self.picture, self.by_hand = True, taught.picture, taught.by_hand
        self.known = True

    @rx.event
    @role("administrator")
    async def prove(self, form: dict[str, str]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._prove(str(form.get("code", ""))[:20]))
        self.saving = False
        if not self.problem:
            self.picture = self.by_hand = ""
            yield AGAIN

    async def _prove(self, code: str) -> None:
        await factor.prove(await self._person(), code)

    async def _person(self) -> auth.Person:
        person = await auth.read(cookie_of(self))
        if person is None:
            raise SignedOut
        return person
