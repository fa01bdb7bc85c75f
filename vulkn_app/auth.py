"""Signing in: Supabase Auth knows the password, we keep the session.

The browser holds one random id in an httpOnly cookie; app.web_sessions holds its hash and the
person's Supabase tokens, encrypted. Who a person is and their role are read on every call, so a
changed role or an ended session counts from the next statement on.
"""

import asyncio
import hashlib
import json
import secrets as random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import httpx
from psycopg.rows import dict_row
from supabase import AsyncClient, AuthApiError, AuthError, AuthWeakPasswordError
from supabase_auth.errors import AuthRetryableError, AuthUnknownError
from supabase_auth.types import Session as SupabaseSession

from vulkn_app import clients, secrets
from vulkn_app.db import Member, Standing, as_system
from vulkn_app.errors import AuthAway, BadInput, Conflict, NotAllowed, SignedOut, TooMuch, VulknError
from vulkn_app.settings import settings


def cookie_name(public_url: str | None) -> str:
    """Over https with the prefix that keeps other subdomains from planting one (RFC 6265bis §4.1.3.2)."""
    return "__Host-vk_sid" if (public_url or "").startswith("https://") else "vk_sid"


COOKIE = cookie_name(settings.vulkn_public_url)
REFRESH_AHEAD = 60  # seconds before the access token ends; refresh tokens can be used once
MIN_PASSWORD = 8  # characters: NIST SP 800-63B §5.1.1.2
MAX_PASSWORD = 72  # bytes: bcrypt, and so Supabase Auth, reads no further

_refreshing: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()


@dataclass(frozen=True)
class Person:
    """Who a cookie belongs to, with their place in the organization they are looking at (or none).

    `platform`: a platform administrator; `proved`: who showed the second factor in this session. `standing`: they
    stand in a client's organization until `until`. `over`: they did, and it ended; they have no place till they left."""

    key: bytes
    user_id: UUID
    email: str
    name: str
    locale: str
    org_id: UUID | None
    org_slug: str
    org_name: str
    org_timezone: str
    role: str
    tokens: bytes = field(repr=False)
    suspended: bool = False
    platform: bool = False
    proved: bool = False
    standing: Standing | None = None
    over: bool = False
    until: datetime | None = None


@dataclass(frozen=True)
class SignedIn:
    """What the endpoint needs after a sign-in: the cookie's value, and who it is."""

    sid: str = field(repr=False)
    user_id: UUID


def cookie_key(sid: str) -> bytes:
    """What the database knows of a cookie: a leak of the table gives no usable cookie."""
    return hashlib.sha256(sid.encode()).digest()


async def sign_up(*, name: str, email: str, password: str) -> SignedIn:
    """A new account, signed in; it belongs to no organization yet."""
    _check(password)
    anyone = await clients.supabase()
    with _told():
        answer = await anyone.auth.sign_up(
            {"email": email, "password": password, "options": {"data": {"name": name}}}
        )
    if answer.session is None:
        raise Conflict("confirm_email")
    return await _start(answer.session)


async def sign_in(*, email: str, password: str) -> SignedIn:
    if _too_long(password):
        raise NotAllowed("wrong_credentials")
    anyone = await clients.supabase()
    with _told():
        answer = await anyone.auth.sign_in_with_password({"email": email, "password": password})
    if answer.session is None:
        raise NotAllowed("wrong_credentials")
    return await _start(answer.session)


async def sign_out(sid: str) -> None:
    """Ends our session, and Supabase's refresh token with it when the auth server answers."""
    person = await read(sid)
    async with as_system("vulkn_web") as connection:
        await connection.execute("select app.session_end(%s)", (cookie_key(sid),))
    if person is None:
        return
    with suppress(AuthError, httpx.HTTPError, VulknError):
        anyone = await clients.supabase()
        await anyone.auth.admin.sign_out(tokens_of(person)["access"], "local")


async def ask_reset(*, email: str, back_to: str) -> None:
    """Sends the link, if there is such an account: the answer is the same when there is not."""
    anyone = await clients.supabase()
    with _told():
        await anyone.auth.reset_password_for_email(email, {"redirect_to": back_to})


async def set_password(*, token_hash: str, password: str) -> SignedIn:
    """Changes the password with the token of a reset link; every other session of the person ends."""
    _check(password)
    anyone = await clients.supabase()
    with _told():
        answer = await anyone.auth.verify_otp({"token_hash": token_hash, "type": "recovery"})
        if answer.session is None:
            raise NotAllowed("link_expired")
        await _change_password(anyone, password)
        async with as_system("vulkn_web") as connection:
            await connection.execute("select app.sessions_end_all(%s)", (answer.session.user.id,))
        fresh = await anyone.auth.sign_in_with_password(
            {"email": answer.session.user.email or "", "password": password}
        )
        assert fresh.session
        await anyone.auth.admin.sign_out(fresh.session.access_token, "others")
    return await _start(fresh.session)


async def read(sid: str) -> Person | None:
    """Who this cookie is now, or None when it is nobody's (any more)."""
    if not sid:
        return None
    key = cookie_key(sid)
    async with as_system("vulkn_web") as connection, connection.cursor(row_factory=dict_row) as cursor:
        row = await (await cursor.execute("select * from app.session_read(%s)", (key,))).fetchone()
    if row is None:
        return None
    return _person(key, row)


def support_key(session: UUID) -> str:
    """What Supabase REST gets to know a session by: nobody has it but this deployment, and nothing keeps it."""
    return secrets.keyed_hash(str(session), purpose="support session").hex()


def _person(key: bytes, row: dict[str, Any]) -> Person:
    session, live = row["standing"], row["mode"] is not None
    return Person(
        key=key,
        user_id=row["user_id"],
        email=row["email"],
        name=row["name"],
        locale=row["locale"],
        org_id=row["org_id"],
        org_slug=row["org_slug"] or "",
        org_name=row["org_name"] or "",
        org_timezone=row["org_timezone"] or "",
        role=row["role"] or "",
        tokens=bytes(row["tokens"]),
        suspended=row["org_status"] == "suspended",
        platform=row["platform"],
        proved=row["proved"],
        standing=Standing(session, row["mode"], support_key(session)) if live else None,
        over=session is not None and not live,
        until=row["until"],
    )


async def member(sid: str) -> Member:
    """The authority of a signed-in person in their organization. Raises SignedOut, NotAllowed."""
    person = await read(sid)
    if person is None:
        raise SignedOut
    if person.org_id is None:
        raise NotAllowed("support_over" if person.over else "no_organization")
    token = await access_token(person)
    return Member(person.user_id, person.org_id, person.role, token, person.standing)  # pyright: ignore[reportArgumentType] - checked by the table


async def look_at(sid: str, org_id: UUID) -> bool:
    """Switches the session to another of the person's organizations; False if it is not theirs."""
    async with as_system("vulkn_web") as connection:
        cursor = await connection.execute("select app.session_look_at(%s, %s)", (cookie_key(sid), org_id))
        row = await cursor.fetchone()
    return bool(row and row[0])


async def access_token(person: Person) -> str:
    """A Supabase access token that lives long enough for one call, refreshed under a lock when not."""
    tokens = tokens_of(person)
    if tokens["expires_at"] - time.time() > REFRESH_AHEAD:
        return tokens["access"]
    lock = _refreshing.setdefault(person.key, asyncio.Lock())
    async with lock:  # shielded: the old refresh token is used up before the new one is kept
        return await asyncio.shield(_refresh(person.key))


async def _refresh(key: bytes) -> str:
    async with as_system("vulkn_web") as connection:
        cursor = await connection.execute("select tokens from app.session_read(%s)", (key,))
        row = await cursor.fetchone()
    if row is None:
        raise SignedOut
    tokens = _open_tokens(bytes(row[0]), key)
    if tokens["expires_at"] - time.time() > REFRESH_AHEAD:  # another call was faster
        return tokens["access"]
    try:
        fresh = await _next_tokens(tokens["refresh"])
    except AuthAway:
        if tokens["expires_at"] > time.time():
            return tokens["access"]
        raise
    except SignedOut:
        async with as_system("vulkn_web") as connection:
            await connection.execute("select app.session_end(%s)", (key,))
        raise
    async with as_system("vulkn_web") as connection:
        await connection.execute("select app.session_tokens(%s, %s)", (key, _seal_tokens(fresh, key)))
    return fresh.access_token


async def _next_tokens(refresh: str) -> SupabaseSession:
    """SignedOut when the auth server does not know this refresh token (any more)."""
    anyone = await clients.supabase()
    try:
        with _told():
            answer = await anyone.auth.refresh_session(refresh)
    except (BadInput, NotAllowed) as problem:
        raise SignedOut from problem
    if answer.session is None:
        raise SignedOut
    return answer.session


def _check(password: str) -> None:
    """Whether an account may have it."""
    if len(password) < MIN_PASSWORD:
        raise BadInput("weak_password")
    if _too_long(password):
        raise BadInput("password_too_long")


def _too_long(password: str) -> bool:
    return len(password.encode(errors="replace")) > MAX_PASSWORD


async def _change_password(signed_in: AsyncClient, password: str) -> None:
    try:
        await signed_in.auth.update_user({"password": password})
    except AuthApiError as problem:
        if problem.code != "same_password":  # who typed the one they had is in all the same
            raise


async def _start(session: SupabaseSession) -> SignedIn:
    sid = random.token_urlsafe(32)
    key = cookie_key(sid)
    metadata = session.user.user_metadata or {}
    async with as_system("vulkn_web") as connection:
        await connection.execute(
            "select app.session_start(%s, %s, %s, %s, %s)",
            (
                key,
                session.user.id,
                str(metadata.get("name") or ""),
                _seal_tokens(session, key),
                datetime.now(UTC) + settings.session_lifetime,
            ),
        )
    return SignedIn(sid, UUID(session.user.id))


def _seal_tokens(session: SupabaseSession, key: bytes) -> bytes:
    expires_at = session.expires_at or int(time.time()) + session.expires_in
    kept = {"access": session.access_token, "refresh": session.refresh_token, "expires_at": expires_at}
    return secrets.encrypt(json.dumps(kept), belongs_to=f"session:{key.hex()}")


def _open_tokens(sealed: bytes, key: bytes) -> dict:
    return json.loads(secrets.decrypt(sealed, belongs_to=f"session:{key.hex()}"))


def tokens_of(person: Person) -> dict:
    return _open_tokens(person.tokens, person.key)


# https://supabase.com/docs/guides/auth/debugging/error-codes
_WORDS: dict[str, Callable[[], VulknError]] = {
    "invalid_credentials": lambda: NotAllowed("wrong_credentials"),
    "user_already_exists": lambda: Conflict("email_taken"),
    "email_exists": lambda: Conflict("email_taken"),
    "email_not_confirmed": lambda: Conflict("confirm_email"),
    "email_address_invalid": lambda: BadInput("email_invalid"),
    "validation_failed": lambda: BadInput("email_invalid"),
    "otp_expired": lambda: NotAllowed("link_expired"),
    "session_not_found": SignedOut,
    "session_expired": SignedOut,
    "refresh_token_not_found": SignedOut,
    "refresh_token_already_used": SignedOut,
    "over_request_rate_limit": TooMuch,
    "over_email_send_rate_limit": TooMuch,
}


@contextmanager
def _told() -> Iterator[None]:
    """What the auth server answers, in our errors."""
    try:
        yield
    except (AuthError, httpx.HTTPError) as problem:
        raise _ours(problem) from problem


def _ours(problem: Exception) -> VulknError:
    if isinstance(problem, AuthWeakPasswordError):
        return BadInput("weak_password")
    if isinstance(problem, httpx.HTTPError | AuthRetryableError | AuthUnknownError):
        return AuthAway()
    if isinstance(problem, AuthApiError):
        if problem.status >= 500:
            return AuthAway()
        return _WORDS.get(problem.code or "", VulknError)()
    return VulknError()
