"""What the agent used this month, against what the plan includes."""

from datetime import date

from pydantic import BaseModel
from sqlalchemy import text

from vulkn_app.db import Member, as_member
from vulkn_app.errors import NotFound

USAGE = text("select * from app.plan_of_mine(:org_id)")
MICRO = 1_000_000
NEAR = 80  # percent from which on an owner should know


class Usage(BaseModel):
    """One month on the organization's own clock. A limit of None is none; costs are in dollars: all of it, of which
    the models, of which WhatsApp."""

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


async def this_month(member: Member) -> Usage:
    """Raises NotFound for an organization that is not the member's."""
    async with as_member(member) as session:
        row = (await session.execute(USAGE, {"org_id": member.org_id})).mappings().first()
    if row is None:
        raise NotFound
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
    )


def dollars(micro: int, *, digits: int = 4) -> str:
    return f"{micro / MICRO:.{digits}f}"


def _share(used: int, most: int | None) -> int:
    """Percent, rounded down: 100 only when it is used up."""
    return used * 100 // most if most else 0
