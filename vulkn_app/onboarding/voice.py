"""Step 3: how the agent is called, how it speaks and when the business is open."""

from typing import cast
from uuid import UUID

from pydantic import Field
from sqlalchemy import text

from vulkn_app import agents, live
from vulkn_app.agents import AgentForm
from vulkn_app.db import Member, as_member
from vulkn_app.i18n import Language
from vulkn_app.onboarding import questions
from vulkn_app.onboarding.progress import Step, mark
from vulkn_app.texts import Text

FIRST = text("select coalesce(branding ->> 'language', 'es') from organizations where id = :org_id")
BEGINS = text("""
    update organizations set branding = branding || jsonb_build_object('language', cast(:language as text))
    where id = :org_id
""")


class VoiceForm(AgentForm):
    """What the agent's own page has, the language in which it begins, and the opening hours in both."""

    language: Language = "es"
    hours_es: Text = Field("", max_length=questions.LONGEST)
    hours_en: Text = Field("", max_length=questions.LONGEST)


async def first_language(member: Member) -> str:
    """In which one it greets whoever does not say which they read."""
    async with as_member(member) as session:
        return (await session.execute(FIRST, {"org_id": member.org_id})).scalar_one()


async def save(member: Member, agent_id: UUID, form: VoiceForm) -> None:
    """Voice, first language, hours and the step's mark: all or nothing."""
    async with as_member(member) as session:
        await agents.speak(session, member, agent_id, form)
        await session.execute(BEGINS, {"language": form.language, "org_id": member.org_id})
        raw = await (await session.connection()).get_raw_connection()
        connection = cast(
            "questions.Connection", raw.driver_connection
        )  # the same transaction, in psycopg's words
        await questions.set_hours(connection, member, {"es": form.hours_es, "en": form.hours_en})
        await mark(session, member, Step.AGENT)
    for kind in ("agent", "organization", "knowledge"):
        live.publish(live.Ring(member.org_id, kind))
