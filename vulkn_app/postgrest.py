"""Answers of Supabase's REST interface (PostgREST), in our errors."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import httpx
from postgrest import APIError
from pydantic import BeforeValidator
from supabase import AsyncClient

from vulkn_app import clients
from vulkn_app.db import Member
from vulkn_app.errors import (
    PLAN_FULL,
    BadInput,
    Conflict,
    DatabaseAway,
    NotAllowed,
    NotFound,
    PlanFull,
    SignedOut,
    VulknError,
)

# https://docs.postgrest.org/en/v13/references/errors.html and PostgreSQL's appendix A.
_SIGNED_OUT = ("PGRST301", "PGRST302", "PGRST303", "401")
_AWAY = ("PGRST000", "PGRST001", "PGRST002", "PGRST003", "08", "40", "53", "55", "57", "58")
# What app.keep_within_plan says: of an error it does not know, the local server passes on nothing but the words.
_FULL = re.compile(r"the plan has room for (\d+) (\w+)$")
_BAD_INPUT = ("22", "23", "PGRST102", "PGRST103")


def _instant(value: object) -> object:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


# The local server writes "2026-11-22 16:14:27.38+00", which pydantic does not take for a moment.
Instant = Annotated[datetime, BeforeValidator(_instant)]


async def of(member: Member) -> AsyncClient:
    """The REST interface with the member's own rights, the same ones that db.py gives them."""
    standing = member.standing
    if standing is None:
        return await clients.supabase(member.token)
    return await clients.supabase(member.token, support=standing.key, only_looks=standing.reading)


@contextmanager
def told(*, taken: str = "conflict") -> Iterator[None]:
    """Turns what the call inside raises into the project's errors; `taken` names a duplicate's sentence."""
    try:
        yield
    except APIError as problem:
        raise ours(problem, taken=taken) from problem
    except httpx.HTTPError as problem:
        raise DatabaseAway from problem


def ours(problem: APIError, *, taken: str = "conflict") -> VulknError:
    """An error this does not know is `error`: the general sentence, nothing of the database's words."""
    code = problem.code or ""
    if code == "23505":
        return Conflict(taken)
    full = _FULL.search(problem.message or "")
    if code == PLAN_FULL or full:
        return PlanFull(full[2], full[1]) if full else PlanFull.told(problem.details)
    if code in ("42501", "403"):
        return NotAllowed()
    if code in ("PGRST116", "404"):
        return NotFound()
    if code.startswith(_SIGNED_OUT):
        return SignedOut()
    if code.startswith(_AWAY) or (len(code) == 3 and code.startswith("5")):
        return DatabaseAway()
    if code.startswith(_BAD_INPUT):
        return BadInput()
    return VulknError()
