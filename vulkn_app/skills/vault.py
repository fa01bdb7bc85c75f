"""Secrets of an owner's own services: put in by an admin, never shown again, opened only where they are sent."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import psycopg.errors
from pydantic import BaseModel, Field, SecretStr, field_validator

from vulkn_app import secrets
from vulkn_app.db import AgentKey, Member, as_agent, as_person
from vulkn_app.errors import NotAllowed, NotFound

SET = "select app.skill_secret_set(%s, %s, %s)"
REMOVE = "select app.skill_secret_remove(%s, %s)"
NAMES = "select name, updated_at from app.skill_secret_names(%s)"
SEALED = "select name, sealed from app.skill_secrets where org_id = %s and name = any(%s)"
NAME = r"^[a-z][a-z0-9_]{0,39}$"


class SecretForm(BaseModel):
    """A name that actions refer to, and the value, which goes into a header as it is."""

    name: str = Field(pattern=NAME)
    value: SecretStr = Field(min_length=6, max_length=2_000)

    @field_validator("value")
    @classmethod
    def _fits_a_header(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if not text.isascii() or not text.isprintable():
            raise ValueError("letters, digits and signs only")
        return value


class SecretRow(BaseModel):
    """That it is set, and since when."""

    name: str
    updated_at: datetime


async def put(member: Member, form: SecretForm) -> None:
    """Replaces what was there. Admins only, never in an impersonation."""
    member.must_be_theirs()
    sealed = secrets.encrypt(form.value.get_secret_value(), belongs_to=_owner(member.org_id, form.name))
    try:
        async with as_person(member) as connection:
            await connection.execute(SET, (member.org_id, form.name, sealed))
    except psycopg.errors.InsufficientPrivilege as problem:
        raise NotAllowed from problem


async def remove(member: Member, name: str) -> None:
    """Raises NotFound when it was not there."""
    member.must_be_theirs()
    try:
        async with as_person(member) as connection:
            cursor = await connection.execute(REMOVE, (member.org_id, name))
            row = await cursor.fetchone()
    except psycopg.errors.InsufficientPrivilege as problem:
        raise NotAllowed from problem
    if not row or not row[0]:
        raise NotFound


async def listed(member: Member) -> list[SecretRow]:
    async with as_person(member) as connection:
        cursor = await connection.execute(NAMES, (member.org_id,))
        return [SecretRow(name=name, updated_at=moment) for name, moment in await cursor.fetchall()]


async def opened(agent: AgentKey, names: Collection[str]) -> dict[str, str]:
    """The secrets that are set, of those asked for. Raises secrets.Unreadable after a change of the key."""
    if not names:
        return {}
    async with as_agent(agent) as connection:
        cursor = await connection.execute(SEALED, (agent.org_id, list(names)))
        rows = await cursor.fetchall()
    return {
        name: secrets.decrypt(bytes(sealed), belongs_to=_owner(agent.org_id, name)) for name, sealed in rows
    }


def _owner(org_id: UUID, name: str) -> str:
    """Ciphertext moved to another organization or another name does not open."""
    return f"skill secret {org_id} {name}"
