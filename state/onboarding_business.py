"""Step 1: the business, founded here or looked over again."""

from typing import Any

import reflex as rx
from reflex.event import run_script

from state import arriving
from state.onboarding import VISITS, OnboardingState, Visit
from state.prefs import SpeakingMixin
from state.session import MemberMixin, cookie_of, role
from vulkn_app import auth, organizations, places
from vulkn_app.errors import SignedOut, VulknError
from vulkn_app.onboarding import business
from vulkn_app.onboarding.business import BusinessForm
from vulkn_app.onboarding.progress import Step
from vulkn_app.settings import settings

# A whole new page: the tab was of somebody without an organization, and now is of one in it. By another address: a
# browser that is still fetching this one for the page that is shown lets the second request for it wait, up to 20 s.
AGAIN = run_script("location.assign('/onboarding/?founded')")
BROWSER = "Intl.DateTimeFormat().resolvedOptions().timeZone + '|' + navigator.language"


def host_of(origin: str) -> str:
    """As people read an address aloud: without the protocol."""
    return (settings.vulkn_public_url or origin).partition("://")[2].rstrip("/")


class BusinessState(MemberMixin, SpeakingMixin, rx.State):
    form_key: int = 0
    name: str = ""
    slug: str = ""
    free: str = ""  # "yes", "no", or "" while nothing can be said
    own: bool = False  # the address is typed, no longer made from the name
    industry: str = ""
    country: str = places.DEFAULT
    zone: str = ""
    zones: list[list[str]] = []
    currency: str = ""
    host: str = ""
    saving: bool = False
    problem: str = ""

    @rx.event
    @role("person")
    async def begin(self):
        """Nothing is known yet but what the browser says of the place where it is."""
        self.name = self.slug = self.free = self.industry = self.problem = ""
        self.own = False
        self.host = host_of(self.router.url.origin)
        self._settle(places.COUNTRIES[places.DEFAULT])
        self.form_key += 1
        return rx.call_script(BROWSER, callback=BusinessState.guessed)

    @rx.event
    @role("person")
    async def guessed(self, told: str):
        zone, _, locale = str(told)[:120].partition("|")
        country, zone = places.guess(zone, locale)
        self._settle(country, zone)
        await arriving.instead(self, OnboardingState.begun)

    @rx.event
    @role("admin")
    async def load(self):
        known = await business.read(await self._member())
        self.name, self.slug, self.industry, self.problem = known.name, known.slug, known.industry, ""
        self.host = host_of(self.router.url.origin)
        self._settle(places.COUNTRIES.get(known.country, places.COUNTRIES[places.DEFAULT]), known.timezone)
        self.currency = known.currency
        self.form_key += 1

    @rx.event
    @role("person")
    async def name_typed(self, name: str):
        """The address follows the name until somebody types one of their own."""
        self.name = str(name)[: organizations.LONGEST_NAME]
        if self.own:
            return
        self.slug, self.free = "", ""
        if self.name.strip():
            self.slug, self.free = await organizations.free_slug(self.name), "yes"

    @rx.event
    @role("person")
    async def type_own(self):
        self.own = True

    @rx.event
    @role("person")
    async def slug_typed(self, slug: str):
        self.slug, self.problem = str(slug)[:60], ""
        try:
            checked = organizations.checked_slug(self.slug)
        except VulknError:
            self.free = "no" if self.slug else ""
            return
        self.free = "yes" if await organizations.is_free(checked) else "no"

    @rx.event
    @role("person")
    async def pick_country(self, code: str):
        self._settle(places.COUNTRIES.get(str(code), places.COUNTRIES[places.DEFAULT]))

    @rx.event
    @role("person")
    async def pick_zone(self, zone: str):
        self.zone = str(zone)

    @rx.event
    @role("person")
    async def pick_currency(self, currency: str):
        self.currency = str(currency)

    @rx.event
    @role("person")
    async def found(self, form: dict[str, Any]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._found(form))
        self.saving = False
        if not self.problem:
            yield AGAIN

    @rx.event
    @role("admin")
    async def save(self, form: dict[str, Any]):
        self.saving = True
        yield
        self.problem = await self._attempt(
            self._as_member(lambda member: business.change(member, self._form(form)))
        )
        self.saving = False
        if not self.problem:
            yield OnboardingState.follow

    async def _found(self, form: dict[str, Any]) -> None:
        person = await auth.read(cookie_of(self))
        if person is None:
            raise SignedOut
        await business.found(person.user_id, self._form(form))

    def _form(self, form: dict[str, Any]) -> BusinessForm:
        return BusinessForm(
            name=str(form.get("name", "")),
            slug=self.slug if self.own else "",
            industry=str(form.get("industry", "")),
            country=self.country,
            timezone=self.zone,
            currency=self.currency,
        )

    def _settle(self, country: places.Country, zone: str = "") -> None:
        self.country, self.currency = country.code, country.currency
        self.zones = [list(pair) for pair in country.zones]
        self.zone = zone if zone in dict(country.zones) else country.zones[0][0]


VISITS[Step.BUSINESS] = Visit(loads=(BusinessState.load,), begins=(BusinessState.begin,))
