"""Who the administrators are: decided at the server's shell alone."""

from datetime import datetime
from typing import LiteralString

from psycopg.rows import class_row
from pydantic import BaseModel

from vulkn_app.db import as_system
from vulkn_app.errors import NotFound


class AdministratorRow(BaseModel):
    email: str
    granted_at: datetime
    factor: bool


async def grant(email: str) -> None:
    """NotFound when nobody signed up with that address."""
    await _change("select app.grant_admin(%s)", email)


async def revoke(email: str) -> None:
    """Counts from the next statement on; whatever they stood in is over."""
    await _change("select app.revoke_admin(%s)", email)


async def reset_factor(email: str) -> None:
    """For who lost their phone: the next entry to /admin enrols another one."""
    await _change("select app.reset_factor(%s)", email)


async def everybody() -> list[AdministratorRow]:
    async with (
        as_system("vulkn_maint") as connection,
        connection.cursor(row_factory=class_row(AdministratorRow)) as cursor,
    ):
        return await (await cursor.execute("select * from app.list_admins()")).fetchall()


async def _change(statement: LiteralString, email: str) -> None:
    async with as_system("vulkn_maint") as connection:
        cursor = await connection.execute(statement, (email.strip(),))
        if await cursor.fetchone() != (True,):
            raise NotFound
