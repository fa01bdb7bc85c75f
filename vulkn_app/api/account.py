"""Signing in and out: plain form posts, because only an HTTP answer can set an httpOnly cookie."""

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from vulkn_app import auth, limits, organizations, team
from vulkn_app.api.answers import address, own_origin
from vulkn_app.errors import NotAllowed, VulknError
from vulkn_app.settings import settings

router = APIRouter(prefix="/api/auth", tags=["account"], include_in_schema=False)

Text = Annotated[str, Form(max_length=254)]
Password = Annotated[str, Form(max_length=200)]
Optional = Annotated[str, Form(max_length=500)]

HOME = "/app/"


@router.post("/login")
async def login(request: Request, email: Text, password: Password, next: Optional = HOME) -> RedirectResponse:
    try:
        _same_site(request)
        await limits.spend(limits.SIGN_INS, "sign_in", email.lower())
        await limits.spend(limits.ADDRESS_SESSIONS, "sign_in", address(request))
        signed_in = await auth.sign_in(email=email.strip().lower(), password=password)
        await _found_what_was_promised(signed_in)
    except VulknError as problem:
        return _back("/login/", problem, email=email, next=next)
    return await _enter(request, signed_in, next)


@router.post("/signup")
async def signup(
    request: Request, name: Text, email: Text, password: Password, business: Optional = "", invite: Optional = ""
) -> RedirectResponse:
    """A new account with its own business, or, with `invite`, in the business that sent the invitation."""
    try:
        _same_site(request)
        await limits.spend(limits.ADDRESS_SESSIONS, "sign_up", address(request))
        if not invite and not business.strip():
            raise NotAllowed("business_missing")
        signed_in = await auth.sign_up(
            name=name.strip(), email=email.strip().lower(), password=password, business=business.strip()
        )
        if invite:
            await team.accept(signed_in.user_id, invite)
        else:
            await organizations.found(signed_in.user_id, business.strip())
    except VulknError as problem:
        return _back("/signup/", problem, email=email, name=name, business=business, invite=invite)
    return await _enter(request, signed_in, HOME)


@router.post("/join")
async def join(request: Request, invite: Optional) -> RedirectResponse:
    """An invitation accepted by somebody who already has an account and is signed in."""
    try:
        _same_site(request)
        person = await auth.read(_sid(request))
        if person is None:
            return RedirectResponse(f"/login/?{urlencode({'next': f'/signup/?invite={invite}'})}", 303)
        org_id = await team.accept(person.user_id, invite)
        await auth.look_at(_sid(request), org_id)
    except VulknError as problem:
        return _back("/signup/", problem, invite=invite)
    return RedirectResponse(HOME, 303)


@router.post("/logout")
async def logout(request: Request) -> RedirectResponse:
    _same_site(request)
    await auth.sign_out(_sid(request))
    answer = RedirectResponse("/login/", 303)
    answer.delete_cookie(auth.COOKIE, path="/")
    return answer


@router.post("/reset")
async def reset(request: Request, email: Text) -> RedirectResponse:
    """Always the same answer: whether an address has an account is nobody's business."""
    try:
        _same_site(request)
        await limits.spend(limits.RESETS, "reset", email.lower())
        await auth.ask_reset(email=email.strip().lower(), back_to=f"{own_origin(request)}/reset/")
    except VulknError as problem:
        if problem.status >= 500 or problem.status == 429:
            return _back("/reset/", problem, email=email)
    return RedirectResponse("/reset/?sent=1", 303)


@router.post("/password")
async def password(request: Request, token_hash: Optional, password: Password) -> RedirectResponse:
    try:
        _same_site(request)
        signed_in = await auth.set_password(token_hash=token_hash, password=password)
    except VulknError as problem:
        keep = {"token_hash": token_hash} if problem.code in ("weak_password", "same_password") else {}
        return _back("/reset/", problem, **keep)
    return await _enter(request, signed_in, HOME)


def _same_site(request: Request) -> None:
    """Browsers send this header with every request, and no page can forge it (Fetch Metadata, W3C)."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise NotAllowed("cross_site")


def _sid(request: Request) -> str:
    return request.cookies.get(auth.COOKIE, "")


async def _found_what_was_promised(signed_in: auth.SignedIn) -> None:
    """The sign-up was cut off between the account and its organization: finish it now."""
    person = await auth.read(signed_in.sid)
    if person and person.org_id is None and signed_in.business:
        await organizations.found(person.user_id, signed_in.business)


async def _enter(request: Request, signed_in: auth.SignedIn, next: str) -> RedirectResponse:
    old = _sid(request)
    answer = RedirectResponse(_safe(next), 303)
    answer.set_cookie(
        auth.COOKIE,
        signed_in.sid,
        httponly=True,
        secure=own_origin(request).startswith("https://"),
        samesite="lax",
        path="/",
        max_age=int(settings.session_lifetime.total_seconds()),
    )
    if old:  # never two sessions in one browser, never one that somebody else planted
        await asyncio.shield(auth.sign_out(old))
    return answer


def _safe(next: str) -> str:
    """Only a path of our own: //host and /\\host lead elsewhere."""
    return next if next.startswith("/") and not next.startswith(("//", "/\\")) else HOME


def _back(page: str, problem: VulknError, **kept: str) -> RedirectResponse:
    query = urlencode({"e": problem.code, **{key: value for key, value in kept.items() if value}})
    return RedirectResponse(f"{page}?{query}", 303)
