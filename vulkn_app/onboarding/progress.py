"""How far an organization is. A step's mark is written in the transaction that does the step's work, so a process that
dies leaves either both or neither, and the guide goes on at the same place on any device."""

from enum import IntEnum, StrEnum
from typing import Any

from psycopg import AsyncConnection
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from vulkn_app.db import Member, as_member
from vulkn_app.errors import NotAllowed


class Step(IntEnum):
    BUSINESS = 1
    KNOWLEDGE = 2
    AGENT = 3
    CHANNELS = 4
    EXAM = 5
    LIVE = 6


class How(StrEnum):
    DONE = "done"
    SKIPPED = "skipped"


class Progress(BaseModel):
    """`step`: where to go on. `opened`: its agent went live once, and the guide is over."""

    step: Step
    marks: dict[Step, How] = {}
    answers: dict[str, Any] = {}
    opened: bool = False


READ = text(
    "select step, marks, answers, opened_at is not null as opened from onboardings where org_id = :org_id"
)
# What was done stays done, whoever passes by later.
MARK = """
    update onboardings set step = %(next)s, marks = marks || case
      when %(how)s::text = 'skipped' and marks -> %(key)s::text ->> 'how' = 'done' then '{}'
      else jsonb_build_object(%(key)s::text, jsonb_build_object('how', %(how)s::text, 'at', now())) end
    where org_id = %(org_id)s
"""
GO = text("update onboardings set step = :step where org_id = :org_id")


async def read(member: Member) -> Progress | None:
    """None for an organization that is not led."""
    async with as_member(member) as session:
        row = (await session.execute(READ, {"org_id": member.org_id})).mappings().one_or_none()
    if row is None:
        return None
    marks = {Step(int(key)): How(mark["how"]) for key, mark in row["marks"].items()}
    return Progress.model_validate({**row, "marks": marks})


async def mark(
    transaction: AsyncSession | AsyncConnection[Any], member: Member, step: Step, how: How = How.DONE
) -> None:
    """In the caller's transaction: `step` is over, the next one comes."""
    values = {
        "org_id": member.org_id,
        "key": str(int(step)),
        "how": how.value,
        "next": int(min(step + 1, Step.LIVE)),
    }
    if isinstance(transaction, AsyncSession):
        changed(await (await transaction.connection()).exec_driver_sql(MARK, values))
    else:
        changed(await transaction.execute(MARK, values))


async def skip(member: Member, step: Step) -> None:
    async with as_member(member) as session:
        await mark(session, member, step, How.SKIPPED)


async def finish(member: Member, step: Step) -> None:
    """For a step whose work is other people's or was done elsewhere: a page that carries the widget, an exam."""
    async with as_member(member) as session:
        await mark(session, member, step)


async def go(member: Member, step: Step) -> None:
    """Back, or on to a step that was seen before."""
    async with as_member(member) as session:
        changed(await session.execute(GO, {"org_id": member.org_id, "step": int(step)}))


def changed(result: Any) -> None:
    """The policy hides from an update what a person may not change: no row is a refusal."""
    if result.rowcount != 1:
        raise NotAllowed
