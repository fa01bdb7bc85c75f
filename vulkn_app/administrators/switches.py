"""Flags as administrators set them: everybody's default, and an organization's own word before it."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from vulkn_app import flags, live
from vulkn_app.administrators.desk import Administrator, administering
from vulkn_app.errors import BadInput

Said = Literal["on", "off", "default"]


class FlagRow(BaseModel):
    """`said` at this level; `default` is what holds without it."""

    key: str
    said: Said
    default: bool
    on_for: int = 0
    off_for: int = 0


async def everybody(who: Administrator) -> list[FlagRow]:
    async with administering(who) as connection:
        rows = {
            row[0]: row[1:]
            for row in await (await connection.execute("select * from app.admin_flags()")).fetchall()
        }
    return [
        FlagRow(
            key=key,
            said=_said(rows.get(key, (None,))[0]),
            default=flags.DEFAULT[key],
            on_for=rows.get(key, (None, 0, 0))[1],
            off_for=rows.get(key, (None, 0, 0))[2],
        )
        for key in flags.FLAGS
    ]


async def of_organization(who: Administrator, org_id: UUID) -> list[FlagRow]:
    async with administering(who) as connection:
        row = await (await connection.execute("select app.admin_org_flags(%s)", (org_id,))).fetchone()
    said = row[0] if row else {}
    general = {row.key: row for row in await everybody(who)}
    return [FlagRow(key=key, said=_said(said.get(key)), default=_holds(general[key])) for key in flags.FLAGS]


async def say(who: Administrator, key: str, said: Said, org_id: UUID | None = None) -> None:
    if key not in flags.FLAGS:
        raise BadInput
    value = {"on": True, "off": False, "default": None}[said]
    async with administering(who) as connection:
        await connection.execute("select app.admin_set_flag(%s, %s, %s)", (org_id, key, value))
    if org_id is None:
        flags.forget()
    else:
        live.publish(live.Ring(org_id, "flag"))


def _holds(row: FlagRow) -> bool:
    return row.default if row.said == "default" else row.said == "on"


def _said(value: bool | None) -> Said:
    return "default" if value is None else "on" if value else "off"
