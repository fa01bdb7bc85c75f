"""Step 1: the business. Founding it makes organization, agent, web channel and guide in one transaction; coming back
changes what may be changed (the address may not: it stands in printed codes and on websites)."""

from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import text

from vulkn_app import live, organizations, places, verticals
from vulkn_app.db import Member, as_member
from vulkn_app.errors import NotFound
from vulkn_app.onboarding.progress import Step, changed, mark
from vulkn_app.organizations import Organization, Profile
from vulkn_app.texts import Line

# The verticals that there is a pack for, and whoever is none of them.
OTHER = "other"
INDUSTRIES = (*verticals.KEYS, OTHER)

READ = text("select name, slug, industry, country, timezone, currency from organizations where id = :org_id")
CHANGE = text("""
    update organizations
    set name = :name, industry = :industry, country = :country, timezone = :timezone, currency = :currency
    where id = :org_id
""")


class BusinessForm(BaseModel):
    name: Line = ""
    slug: str = Field(default="", max_length=60)
    industry: str = Field(default="", max_length=40)
    country: str = places.DEFAULT
    timezone: str = ""
    currency: str = ""

    def profile(self) -> Profile:
        """A country's first clock and its own money stand for what was not said."""
        country = places.COUNTRIES.get(self.country, places.COUNTRIES[places.DEFAULT])
        industry = self.industry if self.industry in INDUSTRIES else ""
        zone, currency = self.timezone or country.zones[0][0], self.currency or country.currency
        return Profile(industry, self.country, zone, currency)


async def found(user_id: UUID, form: BusinessForm) -> Organization | None:
    """None for a person who is in an organization by now: by another tab, a second click or an invitation."""
    return await organizations.found_first(user_id, form.name, slug=form.slug, profile=form.profile())


async def read(member: Member) -> BusinessForm:
    async with as_member(member) as session:
        row = (await session.execute(READ, {"org_id": member.org_id})).mappings().one_or_none()
    if row is None:
        raise NotFound
    return BusinessForm.model_validate(dict(row))


async def change(member: Member, form: BusinessForm) -> None:
    profile, name = form.profile(), organizations.checked_name(form.name)
    places.check(profile.country, profile.timezone, profile.currency)
    values = {"name": name, "org_id": member.org_id, "industry": profile.industry, "country": profile.country}
    values |= {"timezone": profile.timezone, "currency": profile.currency}
    async with as_member(member) as session:
        changed(await session.execute(CHANGE, values))
        await mark(session, member, Step.BUSINESS)
    live.publish(live.Ring(member.org_id, "organization"))
