"""Who is signed in in this tab, and the authority that every handler asks for."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

import reflex as rx
from reflex.event import run_script

from state import arriving, fanout
from vulkn_app import auth, llm, organizations
from vulkn_app.db import Member
from vulkn_app.errors import NotAllowed
from vulkn_app.organizations import Place

Handler = TypeVar("Handler", bound=Callable[..., Any])
# "person": signed in, in an organization or not. The last three are of VULKN's own people, state/guard.py says which.
Role = Literal["person", "member", "admin", "owner", "administrator", "platform", "standing"]
# A whole new page: nothing of another organization stays in the browser.
ENTER = run_script("location.assign('/app/')")
# Where somebody founds an organization who is in none.
WITHOUT_PLACE = "/onboarding/"


def role(least: Role | None) -> Callable[[Handler], Handler]:
    """Who may call an event handler: a role and those above it, or None for anybody.

    Stands under `@rx.event`. The guard lets nothing through that does not carry it."""

    def mark(handler: Handler) -> Handler:
        handler.__vulkn_role__ = least  # pyright: ignore[reportFunctionMemberAccess]
        return handler

    return mark


def cookie_of(state: rx.State) -> str:
    """The session id of the socket this event came on: the server's own view of the headers, which the
    browser's script can neither read nor set."""
    return sid_in(state.router.headers.cookie or "")


def sid_in(cookies: str) -> str:
    """The session id in a `Cookie` header."""
    for part in cookies.split(";"):
        name, _, value = part.strip().partition("=")
        if name == auth.COOKIE:
            return value
    return ""


class MemberMixin(rx.State, mixin=True):
    """For states that act as the signed-in person."""

    async def _member(self) -> Member:
        """Asked anew in every handler, so a changed role or an ended session counts at once."""
        return await auth.member(cookie_of(self))

    async def _as_member(self, act: Callable[[Member], Awaitable[object]]) -> None:
        """For `_attempt`: that nobody can say who this is, is one more thing that a form tells."""
        await act(await self._member())

    async def _watch(self, handler: Any) -> None:
        """From now on `handler` of this tab runs whenever something changes in the organization."""
        member = await self._member()
        fanout.watch(member.org_id, self.router.session.client_token, handler)
        await arriving.instead(self, handler)


_for = role  # inside the class below, `role` is the person's


class SessionState(MemberMixin, rx.State):
    """The one state that every page may ask about the person."""

    ready: bool = False
    user_id: str = ""
    user_name: str = ""
    user_email: str = ""
    org_id: str = ""
    org_name: str = ""
    org_slug: str = ""
    org_timezone: str = ""
    role: str = ""
    places: list[Place] = []
    rehearsal: bool = False
    suspended: bool = False
    # Of support alone: what the banner says. Empty for everybody else.
    standing: str = ""
    standing_until: datetime | None = None

    @rx.var
    def has_a_choice(self) -> bool:
        """Whether there is another organization to look at."""
        return len(self.places) > 1

    @rx.event
    @_for(None)
    async def load(self):
        """The courtesy at a page's door; the guard and the services decide."""
        person = await auth.read(cookie_of(self))
        if person is None or person.org_id is None:
            self.ready = False
            return rx.redirect(self._elsewhere(person))
        self.user_id, self.user_name, self.user_email = str(person.user_id), person.name, person.email
        self.org_id, self.org_name, self.org_slug = str(person.org_id), person.org_name, person.org_slug
        self.org_timezone, self.role = person.org_timezone, person.role
        self.suspended = person.suspended
        self.standing = person.standing.mode if person.standing else ""
        self.standing_until = person.until if person.standing else None
        self.places = [] if person.standing else await organizations.of_person(person.user_id)
        self.rehearsal = llm.rehearsal_only()
        self.ready = True

    def _elsewhere(self, person: auth.Person | None) -> str:
        if person is None:
            return f"/login/?next={self.router.url.path}"
        return "/admin/" if person.over or person.platform else WITHOUT_PLACE

    @rx.event
    @_for("member")
    async def look_at(self, org_id: str):
        """Another of the person's organizations."""
        (await self._member()).must_be_theirs()
        if not await auth.look_at(cookie_of(self), UUID(org_id)):
            raise NotAllowed
        return ENTER
