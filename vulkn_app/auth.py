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
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID
from weakref import WeakValueDictionary

import httpx
from supabase import AuthApiError, AuthError, AuthWeakPasswordError
from supabase_auth.errors import AuthRetryableError
from supabase_auth.types import Session as SupabaseSession

from vulkn_app import clients, secrets
from vulkn_app.db import Member, as_system
from vulkn_app.errors import AuthAway, BadInput, Conflict, NotAllowed, SignedOut, VulknError
from vulkn_app.settings import settings

COOKIE = "vk_sid"
REFRESH_AHEAD = 60  # seconds before the access token ends; refresh tokens can be used once
MIN_PASSWORD = 8  # characters: NIST SP 800-63B §5.1.1.2

_refreshing: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()


@dataclass(frozen=True)
class Person:
    """Who a cookie belongs to, with their place in the organization they are looking at (or none)."""

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


@dataclass(frozen=True)
class SignedIn:
    """What the endpoint needs after a sign-in: the cookie's value, and who it is."""

    sid: str = field(repr=False)
    user_id: UUID
    business: str


def cookie_key(sid: str) -> bytes:
    """What the database knows of a cookie: a leak of the table gives no usable cookie."""
    return hashlib.sha256(sid.encode()).digest()


async def sign_up(*, name: str, email: str, password: str, business: str) -> SignedIn:
    """A new account, signed in. `business` travels with the account so that founding it can be resumed."""
    if len(password) < MIN_PASSWORD:
        raise BadInput("weak_password")
    anyone = await clients.supabase()
    details = {"data": {"name": name, "business": business}}
    with _told():
        answer = await anyone.auth.sign_up({"email": email, "password": password, "options": details})
    if answer.session is None:
        raise Conflict("confirm_email")
    return await _start(answer.session)


async def sign_in(*, email: str, password: str) -> SignedIn:
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
    with _told(quiet=True):
        anyone = await clients.supabase()
        await anyone.auth.admin.sign_out(_tokens(person)["access"], "local")


async def ask_reset(*, email: str, back_to: str) -> None:
    """Sends the link, if there is such an account: the answer is the same when there is not."""
    anyone = await clients.supabase()
    with _told():
        await anyone.auth.reset_password_for_email(email, {"redirect_to": back_to})


async def set_password(*, token_hash: str, password: str) -> SignedIn:
    """Changes the password with the token of a reset link; every other session of the person ends."""
    if len(password) < MIN_PASSWORD:
        raise BadInput("weak_password")
    anyone = await clients.supabase()
    with _told():
        answer = await anyone.auth.verify_otp({"token_hash": token_hash, "type": "recovery"})
        if answer.session is None:
            raise NotAllowed("link_expired")
        await anyone.auth.update_user({"password": password})
        fresh = await anyone.auth.sign_in_with_password(
            {"email": answer.session.user.email or "", "password": password}
        )
    assert fresh.session
    async with as_system("vulkn_web") as connection:
        await connection.execute("select app.sessions_end_all(%s)", (fresh.session.user.id,))
    return await _start(fresh.session)


async def read(sid: str) -> Person | None:
    """Who this cookie is now, or None when it is nobody's (any more)."""
    if not sid:
        return None
    key = cookie_key(sid)
    async with as_system("vulkn_web") as connection:
        cursor = await connection.execute("select * from app.session_read(%s)", (key,))
        row = await cursor.fetchone()
    if row is None:
        return None
    user_id, email, name, locale, tokens, org_id, slug, org_name, timezone, role = row
    return Person(
        key=key,
        user_id=user_id,
        email=email,
        name=name,
        locale=locale,
        org_id=org_id,
        org_slug=slug or "",
        org_name=org_name or "",
        org_timezone=timezone or "",
        role=role or "",
        tokens=bytes(tokens),
    )


async def member(sid: str) -> Member:
    """The authority of a signed-in person in their organization. Raises SignedOut, NotAllowed."""
    person = await read(sid)
    if person is None:
        raise SignedOut
    if person.org_id is None:
        raise NotAllowed("no_organization")
    return Member(person.user_id, person.org_id, person.role, await access_token(person))  # pyright: ignore[reportArgumentType] - checked by the table


async def look_at(sid: str, org_id: UUID) -> bool:
    """Switches the session to another of the person's organizations; False if it is not theirs."""
    async with as_system("vulkn_web") as connection:
        cursor = await connection.execute("select app.session_look_at(%s, %s)", (cookie_key(sid), org_id))
        row = await cursor.fetchone()
    return bool(row and row[0])


async def access_token(person: Person) -> str:
    """A Supabase access token that lives long enough for one call, refreshed under a lock when not."""
    tokens = _tokens(person)
    if tokens["expires_at"] - time.time() > REFRESH_AHEAD:
        return tokens["access"]
    lock = _refreshing.setdefault(person.key, asyncio.Lock())
    async with lock:
        return await _refresh(person.key)


async def _refresh(key: bytes) -> str:
    async with as_system("vulkn_web") as connection:
        cursor = await connection.execute("select tokens from app.session_read(%s)", (key,))
        row = await cursor.fetchone()
    if row is None:
        raise SignedOut
    tokens = _open_tokens(bytes(row[0]), key)
    if tokens["expires_at"] - time.time() > REFRESH_AHEAD:  # another call was faster
        return tokens["access"]
    anyone = await clients.supabase()
    with _told():
        answer = await anyone.auth.refresh_session(tokens["refresh"])
    if answer.session is None:
        raise SignedOut
    async with as_system("vulkn_web") as connection:
        await connection.execute("select app.session_tokens(%s, %s)", (key, _seal_tokens(answer.session, key)))
    return answer.session.access_token


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
    return SignedIn(sid, UUID(session.user.id), str(metadata.get("business") or ""))


def _seal_tokens(session: SupabaseSession, key: bytes) -> bytes:
    expires_at = session.expires_at or int(time.time()) + session.expires_in
    kept = {"access": session.access_token, "refresh": session.refresh_token, "expires_at": expires_at}
    return secrets.encrypt(json.dumps(kept), belongs_to=f"session:{key.hex()}")


def _open_tokens(sealed: bytes, key: bytes) -> dict:
    return json.loads(secrets.decrypt(sealed, belongs_to=f"session:{key.hex()}"))


def _tokens(person: Person) -> dict:
    return _open_tokens(person.tokens, person.key)


class _told:
    """Turns the auth server's errors into ours. `quiet`: its opinion does not matter here."""

    # https://supabase.com/docs/guides/auth/debugging/error-codes
    WORDS = {
        "invalid_credentials": lambda: NotAllowed("wrong_credentials"),
        "user_already_exists": lambda: Conflict("email_taken"),
        "email_exists": lambda: Conflict("email_taken"),
        "weak_password": lambda: BadInput("weak_password"),
        "email_address_invalid": lambda: BadInput("email_invalid"),
        "validation_failed": lambda: BadInput("email_invalid"),
        "otp_expired": lambda: NotAllowed("link_expired"),
        "same_password": lambda: BadInput("same_password"),
        "session_not_found": SignedOut,
        "refresh_token_not_found": SignedOut,
        "refresh_token_already_used": SignedOut,
        "over_request_rate_limit": lambda: NotAllowed("too_many_requests"),
    }

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type | None, problem: BaseException | None, trace: object) -> bool:
        if problem is None or isinstance(problem, VulknError):
            return False
        if not isinstance(problem, AuthError | httpx.HTTPError):
            return False
        if self.quiet:
            return True
        raise self._ours(problem) from problem

    def _ours(self, problem: Exception) -> VulknError:
        if isinstance(problem, AuthWeakPasswordError):
            return BadInput("weak_password")
        if isinstance(problem, httpx.HTTPError | AuthRetryableError):
            return AuthAway()
        if isinstance(problem, AuthApiError):
            known = self.WORDS.get(problem.code or "")
            if known:
                return known()
            if problem.status >= 500:
                return AuthAway()
        return NotAllowed("wrong_credentials")
