"""Signing in and out: plain form posts, because only an HTTP answer can set an httpOnly cookie."""

import asyncio
from typing import Annotated
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from vulkn_app import auth, limits, team
from vulkn_app.api import forms
from vulkn_app.api.answers import address, own_origin, same_site
from vulkn_app.errors import Conflict, NotAllowed, TooMuch, VulknError
from vulkn_app.settings import settings
from vulkn_app.texts import Line

log = structlog.get_logger()

router = APIRouter(prefix="/api/auth", tags=["account"], include_in_schema=False)

Text = Annotated[Line, Form(max_length=254)]
Password = Annotated[str, Form(max_length=200)]
Optional = Annotated[Line, Form(max_length=500)]

HOME = "/app/"
# Who has just signed up founds their business there; somebody who is in one already is sent on.
BEGINNING = "/onboarding/"


@router.post("/login")
async def login(request: Request, email: Text, password: Password, next: Optional = HOME) -> RedirectResponse:
    try:
        same_site(request)
        signed_in = await _sign_in(request, email, password)
    except VulknError as problem:
        typed = forms.Typed(page="/login/", email=email)
        return _back(request, typed, problem, next=next)
    return await _enter(request, signed_in, next)


@router.post("/signup")
async def signup(
    request: Request,
    name: Text,
    email: Text,
    password: Password,
    invite: Optional = "",
) -> RedirectResponse:
    """A new account: with `invite` in the business that sent the invitation, else on its way to found its own."""
    try:
        same_site(request)
        await limits.spend(limits.ADDRESS_SESSIONS, "sign_up", address(request))
        signed_in = await _account(request, name, email, password)
        if invite:
            await auth.look_at(signed_in.sid, await team.accept(signed_in.user_id, invite))
    except VulknError as problem:
        typed = forms.Typed(page="/signup/", email=email, name=name[:120])
        return _back(request, typed, problem, invite=invite)
    return await _enter(request, signed_in, HOME if invite else BEGINNING)


@router.post("/join")
async def join(request: Request, invite: Optional) -> RedirectResponse:
    """An invitation accepted by somebody who already has an account and is signed in."""
    try:
        same_site(request)
        await limits.spend(limits.ADDRESS_SESSIONS, "join", address(request))
        person = await auth.read(_sid(request))
        if person is None:
            return RedirectResponse(f"/login/?{urlencode({'next': f'/signup/?invite={invite}'})}", 303)
        if person.standing or person.over:  # nobody joins anything from inside a client's shoes
            raise NotAllowed("support_never")
        org_id = await team.accept(person.user_id, invite)
        await auth.look_at(_sid(request), org_id)
    except VulknError as problem:
        return _back(request, forms.Typed(page="/signup/"), problem, invite=invite)
    return RedirectResponse(HOME, 303)


@router.post("/logout")
async def logout(request: Request) -> RedirectResponse:
    try:
        same_site(request)
        await auth.sign_out(_sid(request))
    except VulknError as problem:
        return _back(request, forms.Typed(page="/login/"), problem)
    answer = RedirectResponse("/login/", 303)
    answer.delete_cookie(auth.COOKIE, path="/", httponly=True, secure=_https(request), samesite="lax")
    return answer


@router.post("/reset")
async def reset(request: Request, email: Text) -> RedirectResponse:
    """Always the same answer: whether an address has an account is nobody's business."""
    try:
        same_site(request)
        await limits.spend(limits.ADDRESS_SESSIONS, "reset", address(request))
        await limits.spend(limits.RESETS, "reset", email.lower())
        await auth.ask_reset(email=email.lower(), back_to=f"{own_origin(request)}/reset/")
    except VulknError as problem:
        if problem.status >= 500 or problem.status == 429 or problem.code == "cross_site":
            return _back(request, forms.Typed(page="/reset/", email=email), problem)
    return RedirectResponse("/reset/?sent=1", 303)


@router.post("/password")
async def password(request: Request, token_hash: Optional, password: Password) -> RedirectResponse:
    try:
        same_site(request)
        await limits.spend(limits.ADDRESS_SESSIONS, "password", address(request))
        signed_in = await auth.set_password(token_hash=token_hash, password=password)
    except VulknError as problem:
        again = problem.code in ("weak_password", "password_too_long")  # the link has not been used
        return _back(request, forms.Typed(page="/reset/"), problem, token_hash=token_hash if again else "")
    return await _enter(request, signed_in, HOME)


async def _sign_in(request: Request, email: str, password: str) -> auth.SignedIn:
    """As many tries an account as a person needs, whether there is such an account or not."""
    await limits.spend(limits.SIGN_INS, "sign_in", email.lower())
    await limits.spend(limits.ADDRESS_SESSIONS, "sign_in", address(request))
    return await auth.sign_in(email=email.lower(), password=password)


async def _account(request: Request, name: str, email: str, password: str) -> auth.SignedIn:
    """A new account; or the old one of somebody who knows its password: they start again from here."""
    try:
        return await auth.sign_up(name=name, email=email.lower(), password=password)
    except Conflict as taken:
        if taken.code != "email_taken":
            raise
        try:
            return await _sign_in(request, email, password)
        except NotAllowed:
            raise taken from None


def _sid(request: Request) -> str:
    return request.cookies.get(auth.COOKIE, "")


async def _enter(request: Request, signed_in: auth.SignedIn, next: str) -> RedirectResponse:
    old = _sid(request)
    log.info("account.entered", user=str(signed_in.user_id))
    answer = RedirectResponse(_safe(next), 303)
    answer.set_cookie(
        auth.COOKIE,
        signed_in.sid,
        httponly=True,
        secure=_https(request),
        samesite="lax",
        path="/",
        max_age=int(settings.session_lifetime.total_seconds()),
    )
    forms.forget(answer, secure=_https(request))
    if old:  # never two sessions in one browser, never one that somebody else planted
        await asyncio.shield(auth.sign_out(old))
    return answer


def _safe(next: str) -> str:
    """Only a path of our own: //host and /\\host lead elsewhere."""
    return next if next.startswith("/") and not next.startswith(("//", "/\\")) else HOME


def _https(request: Request) -> bool:
    return own_origin(request).startswith("https://")


def _back(request: Request, typed: forms.Typed, problem: VulknError, **kept: str) -> RedirectResponse:
    """The form once more, filled as it was; `kept` stands in the address and so is nothing about a person."""
    code = "too_many_attempts" if isinstance(problem, TooMuch) else problem.code
    log.info("account.refused", page=typed.page, code=code)
    query = urlencode({"e": code, **{key: value for key, value in kept.items() if value}})
    answer = RedirectResponse(f"{typed.page}?{query}", 303)
    forms.keep(answer, typed, secure=_https(request))
    return answer
