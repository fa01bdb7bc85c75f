"""The second factor of administrators: a code of their authenticator (TOTP, RFC 6238), shown in each session anew.

Ours, because the local Supabase has no MFA (docs/decisions/0015). Where Supabase Auth says by its own token that a
session began with a second factor (`aal2`), that counts too."""

import base64
import io
import json
import os
import time
from dataclasses import dataclass
from typing import Any, LiteralString

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from psycopg.rows import dict_row

from vulkn_app import auth, secrets
from vulkn_app.auth import Person
from vulkn_app.db import as_system
from vulkn_app.errors import NotAllowed, TooMuch

STEP = 30  # seconds; with SHA-1 and six digits what every authenticator does
DIGITS = 6
DRIFT = 1  # steps: a phone's clock may be half a minute off (RFC 6238 §5.2)
SECRET = 20  # bytes (RFC 4226 §4)


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator is taught from: a picture to scan, and the same by hand."""

    picture: str
    by_hand: str


async def enrolled(person: Person) -> bool:
    found = await _one("select * from app.factor_of(%s)", person.key)
    return bool(found and found["confirmed"])


async def enrol(person: Person) -> Enrolment:
    """A secret for somebody who has none yet; the same one again until its first code was shown."""
    found = await _one("select * from app.factor_of(%s)", person.key)
    if found and found["confirmed"]:
        raise NotAllowed
    if found:
        secret = _open(person, found["sealed"])
    else:
        secret = os.urandom(SECRET)
        sealed = secrets.encrypt(secret.hex(), belongs_to=_whose(person))
        kept = await _one("select app.factor_enrol(%s, %s) as kept", person.key, sealed)
        if not (kept and kept["kept"]):
            raise NotAllowed
    return Enrolment(_picture(secret, person.email), _by_hand(secret))


async def prove(person: Person, code: str) -> None:
    """Raises NotAllowed("factor_wrong") and, after five tries in a quarter of an hour, TooMuch. A code that was
    taken once is wrong from then on, in whichever session."""
    tried = await _one("select * from app.factor_try(%s)", person.key)
    if tried is None:
        raise NotAllowed
    if tried["wait"]:
        raise TooMuch("too_many_attempts", retry_after=tried["wait"])
    step = _step_of(_open(person, tried["sealed"]), code, after=tried["last_step"])
    shown = step and await _one("select app.factor_shown(%s, %s) as shown", person.key, step)
    if not (shown and shown["shown"]):
        raise NotAllowed("factor_wrong")


async def claimed(person: Person) -> bool:
    """Whether Supabase Auth itself says that this session began with a second factor; then it is proved."""
    if not (person.platform and _assurance(auth.tokens_of(person)["access"]) == "aal2"):
        return False
    shown = await _one("select app.factor_shown(%s, null) as shown", person.key)
    return bool(shown and shown["shown"])


def _step_of(secret: bytes, code: str, *, after: int) -> int | None:
    """Which step this code is of, if it is one that may still be taken."""
    digits = "".join(code.split())
    if not (len(digits) == DIGITS and digits.isascii() and digits.isdigit()):
        return None
    now = int(time.time()) // STEP
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > after and code_at(secret, step) == digits:
            return step
    return None


def code_at(secret: bytes, step: int) -> str:
    return TOTP(secret, DIGITS, SHA1(), STEP).generate(step * STEP).decode()


def _picture(secret: bytes, account: str) -> str:
    """An SVG as an address, dark on light whatever the theme: scanners want it so."""
    address = TOTP(secret, DIGITS, SHA1(), STEP).get_provisioning_uri(account, "VULKN")
    out = io.BytesIO()
    segno.make(address, error="m").save(
        out, kind="svg", omitsize=True, border=3, dark="#1d1d1f", light="#ffffff"
    )
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()


def _by_hand(secret: bytes) -> str:
    text = base64.b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _assurance(token: str) -> str:
    """The claim of a token that came from the auth server itself and was kept sealed since: nobody else wrote it."""
    try:
        payload = token.split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))).get("aal", ""))
    except (IndexError, ValueError, AttributeError):
        return ""


def _whose(person: Person) -> str:
    return f"factor:{person.user_id}"


def _open(person: Person, sealed: bytes) -> bytes:
    return bytes.fromhex(secrets.decrypt(bytes(sealed), belongs_to=_whose(person)))


async def _one(statement: LiteralString, *values: Any) -> dict[str, Any] | None:
    async with as_system("vulkn_web") as connection, connection.cursor(row_factory=dict_row) as cursor:
        return await (await cursor.execute(statement, values)).fetchone()
