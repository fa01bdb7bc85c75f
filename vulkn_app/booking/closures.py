"""Holidays and other times without appointments."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from psycopg.rows import scalar_row
from pydantic import BaseModel, Field, model_validator

from vulkn_app.booking.setup import saved, setting_up
from vulkn_app.db import Member
from vulkn_app.texts import Line

ADD_CLOSURE = """
  insert into closures (org_id, resource_id, starts, ends, reason)
  values (%(org)s, %(resource)s, %(starts)s, %(ends)s, %(reason)s) returning id
"""
INSIDE = """
  select count(*) from bookings b join organizations o on o.id = b.org_id
  where b.org_id = %(org)s and b.state = 'booked' and (%(resource)s::uuid is null or b.resource_id = %(resource)s)
    and b.starts_at at time zone o.timezone < %(ends)s and b.ends_at at time zone o.timezone > %(starts)s
"""


class ClosureForm(BaseModel):
    """Whole days, the last one included; with hours, from the first day's to the last day's."""

    first: date
    last: date
    begins: time | None = None
    ends: time | None = None
    resource_id: UUID | None = None
    reason: Line = Field(default="", max_length=120)

    @property
    def span(self) -> tuple[datetime, datetime]:
        midnight = time()
        after = datetime.combine(self.last, midnight) + timedelta(days=1)
        return (
            datetime.combine(self.first, self.begins or midnight),
            datetime.combine(self.last, self.ends) if self.ends else after,
        )

    @model_validator(mode="after")
    def _in_order(self) -> "ClosureForm":
        starts, ends = self.span
        if not starts < ends <= starts + timedelta(days=366):
            raise ValueError("ends before it begins, or after a year")
        return self


async def close(member: Member, form: ClosureForm) -> int:
    """How many appointments lie in it: they stay, and somebody should call."""
    starts, ends = form.span
    values = {"org": member.org_id, "resource": form.resource_id, "starts": starts, "ends": ends}
    async with setting_up(member) as connection:
        await saved(connection, ADD_CLOSURE, values | {"reason": form.reason})
        cursor = await connection.cursor(row_factory=scalar_row).execute(INSIDE, values)
        return await cursor.fetchone() or 0


async def open_again(member: Member, closure_id: UUID) -> None:
    async with setting_up(member) as connection:
        asked = {"org": member.org_id, "id": closure_id}
        await saved(
            connection, "delete from closures where org_id = %(org)s and id = %(id)s returning id", asked
        )
