"""The forms that a customer finished, for the people of the business to read."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from vulkn_app.db import Member, as_member

MOST = 20
OF_LEAD = text("""
    select f.id, f.form, f.updated_at as at, f.answers from intake_answers f
    join leads l on l.org_id = f.org_id and l.contact_id = f.contact_id
    where f.org_id = :org_id and l.id = :lead_id order by f.updated_at desc, f.id limit :most
""")


class Answered(BaseModel):
    """One question as it was asked; an answer that was skipped is empty."""

    question: str
    answer: str


class FilledForm(BaseModel):
    id: UUID
    form: str
    at: datetime
    answers: list[Answered]


async def of_lead(member: Member, lead_id: UUID) -> list[FilledForm]:
    """The newest first, each with its last corrections."""
    asked = {"org_id": member.org_id, "lead_id": lead_id, "most": MOST}
    async with as_member(member) as session:
        found = await session.execute(OF_LEAD, asked)
        return [FilledForm.model_validate(dict(row)) for row in found.mappings()]
