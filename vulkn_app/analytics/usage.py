"""What the agent used this month, against what the plan includes."""

from datetime import date, datetime, time

from pydantic import BaseModel
from sqlalchemy import text

from vulkn_app.analytics.forecast import last_day, soonest
from vulkn_app.db import Member, as_member
from vulkn_app.errors import NotFound
from vulkn_app.written import number

USAGE = text("select * from app.plan_of_mine(:org_id)")
# Both on the organization's own clock.
CLOCK = text("""
    select now() at time zone timezone as now, created_at at time zone timezone as founded, timezone
    from organizations where id = :org_id
""")
TALKS = text("""
    select count(distinct conversation_id) from turns
    where org_id = :org_id and mode = 'full' and created_at >= cast(:month as timestamp) at time zone :timezone
""")
MICRO = 1_000_000
NEAR = 80  # percent from which on an owner should know


class Usage(BaseModel):
    """One month on the organization's own clock. A limit of None is none; costs are in dollars: all of it, of which
    the models, of which WhatsApp. `talks`: the conversations in which a model answered; `lasts_until`: when the first
    of the limits is reached at this pace, None when none is this month."""

    plan: str
    month: date
    turns: int
    most_turns: int | None
    cost: str
    models: str
    whatsapp: str
    most_cost: str | None
    percent: int
    near: bool
    over: bool
    talks: int = 0
    lasts_until: date | None = None


async def this_month(member: Member) -> Usage:
    """Raises NotFound for an organization that is not the member's."""
    async with as_member(member) as session:
        row = (await session.execute(USAGE, {"org_id": member.org_id})).mappings().first()
        if row is None:
            raise NotFound
        clock = (await session.execute(CLOCK, {"org_id": member.org_id})).mappings().one()
        month = {"org_id": member.org_id, "month": row["month"], "timezone": clock["timezone"]}
        talks = (await session.execute(TALKS, month)).scalar_one()
    began, now = max(datetime.combine(row["month"], time.min), clock["founded"]), clock["now"]
    percent = max(
        _share(row["turns"], row["monthly_turns"]), _share(row["cost_micro_usd"], row["monthly_micro_usd"])
    )
    return Usage(
        plan=row["plan"],
        month=row["month"],
        turns=row["turns"],
        most_turns=row["monthly_turns"],
        cost=dollars(row["cost_micro_usd"], digits=2),
        models=dollars(row["cost_micro_usd"] - row["whatsapp_micro_usd"], digits=2),
        whatsapp=dollars(row["whatsapp_micro_usd"], digits=2),
        most_cost=None if row["monthly_micro_usd"] is None else dollars(row["monthly_micro_usd"], digits=2),
        percent=min(percent, 100),
        near=percent >= NEAR,
        over=percent >= 100,
        talks=talks,
        lasts_until=soonest(
            last_day(row["turns"], row["monthly_turns"], began=began, now=now),
            last_day(row["cost_micro_usd"], row["monthly_micro_usd"], began=began, now=now),
        ),
    )


def dollars(micro: int, *, digits: int = 4) -> str:
    return number(micro / MICRO, digits=digits)


def _share(used: int, most: int | None) -> int:
    """Percent, rounded down: 100 only when it is used up."""
    return used * 100 // most if most else 0
