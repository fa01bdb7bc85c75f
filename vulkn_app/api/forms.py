"""What somebody typed into a form at the door, kept while the form is shown again.

Addresses end up in histories and in proxies' logs, so nothing about a person stands in them: it travels in a
cookie that lives for minutes, that script cannot read and that only the page's own socket sends back."""

import base64
from http.cookies import CookieError, SimpleCookie

from fastapi import Response
from pydantic import BaseModel, Field, ValidationError

from vulkn_app.texts import Line

COOKIE = "vk_form"
SEEN_BY = "/_event"
KEPT = 600  # seconds


class Typed(BaseModel):
    """One page's fields. A password is never among them."""

    page: str = ""
    email: Line = Field(default="", max_length=254)
    name: Line = Field(default="", max_length=120)


def keep(answer: Response, typed: Typed, *, secure: bool) -> None:
    value = base64.urlsafe_b64encode(typed.model_dump_json(exclude_defaults=True).encode()).decode()
    answer.set_cookie(
        COOKIE, value, max_age=KEPT, path=SEEN_BY, httponly=True, secure=secure, samesite="strict"
    )


def forget(answer: Response, *, secure: bool) -> None:
    answer.delete_cookie(COOKIE, path=SEEN_BY, httponly=True, secure=secure, samesite="strict")


def typed(cookies: str, page: str) -> Typed:
    """What was typed on this page, out of the socket's Cookie header; empty fields when there is nothing."""
    try:
        morsel = SimpleCookie(cookies).get(COOKIE)
        found = Typed.model_validate_json(base64.urlsafe_b64decode(morsel.value)) if morsel else Typed()
    except (CookieError, ValidationError, ValueError):
        return Typed()
    return found if found.page.strip("/") == page.strip("/") else Typed()
