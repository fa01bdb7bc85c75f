"""What the organizations that `up` founds by itself have in common: accounts, through the same doors that a customer
uses, and a note of them (mode 0600), written before the first step so that a killed run goes on where it stopped."""

import json
import os
import secrets
from pathlib import Path

from pydantic import BaseModel, Field

from vulkn_app import auth
from vulkn_app.auth import Person, SignedIn
from vulkn_app.errors import Conflict


class Login(BaseModel):
    name: str
    email: str
    password: str = Field(repr=False)


async def account(login: Login) -> SignedIn:
    try:
        return await auth.sign_up(name=login.name, email=login.email, password=login.password)
    except Conflict:
        return await auth.sign_in(email=login.email, password=login.password)


async def person(session: SignedIn) -> Person:
    found = await auth.read(session.sid)
    assert found is not None
    return found


def write(file: Path, note: BaseModel) -> None:
    """Whole or not at all, and never readable by others."""
    half = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(note.model_dump(), out, ensure_ascii=False, indent=2)
    half.replace(file)


def password() -> str:
    """Long enough to be safe, short enough to type from a terminal."""
    return f"{secrets.token_hex(3)}-{secrets.token_hex(3)}-{secrets.token_hex(2)}"
