"""Somebody who is signed in and belongs to no organization: what they may do about it."""

import reflex as rx

from state.prefs import SpeakingMixin
from state.session import ENTER, cookie_of, role
from vulkn_app import auth, organizations
from vulkn_app.errors import SignedOut


class OutsideState(SpeakingMixin, rx.State):
    address: str = ""
    saving: bool = False
    problem: str = ""

    @rx.event
    @role("person")
    async def load(self):
        person = await self._person()
        self.address, self.problem = person.email, ""
        if person.org_id:
            return rx.redirect("/app/")

    @rx.event
    @role("person")
    async def found(self, form: dict[str, str]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._found(form.get("business", "")))
        self.saving = False
        if not self.problem:
            yield ENTER

    async def _person(self) -> auth.Person:
        person = await auth.read(cookie_of(self))
        if person is None:
            raise SignedOut
        return person

    async def _found(self, name: str) -> None:
        """Whoever is in one already, by another tab or an invitation, founds no second one here."""
        person = await self._person()
        if person.org_id is None:
            await organizations.found(person.user_id, name)
