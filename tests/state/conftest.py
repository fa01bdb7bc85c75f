"""A browser tab without a browser: the state tree Reflex keeps for it, with a signed-in person's cookie."""

import json
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import uuid4

import psycopg
import pytest
import reflex as rx
from reflex.istate.data import RouterData
from reflex.state import State

from state.session import SessionState
from tests.plugins.people import SignIn
from vulkn_app import auth, secrets
from vulkn_app.db import Member

Page = TypeVar("Page", bound=rx.State)
# `page(OverviewState, member, path)`: that page's state in a tab of its own, after the session was read.
OpenPage = Callable[..., Awaitable[Any]]


@pytest.fixture
def page(signed_in: SignIn, database_url: str) -> OpenPage:
    async def open_page(kind: type[Page], member: Member, path: str = "/app/") -> Page:
        root = State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
        root.router = RouterData.from_router_data(
            {
                "token": str(uuid4()),
                "headers": {
                    "cookie": f"{auth.COOKIE}={_cookie(database_url, signed_in(member))}",
                    "origin": "http://here.test",
                },
                "pathname": path.partition("?")[0],
                "asPath": path,
                "query": dict(part.split("=", 1) for part in path.partition("?")[2].split("&") if part),
            }
        )
        await run(SessionState.load, await root.get_state(SessionState))
        return await root.get_state(kind)

    return open_page


async def run(handler: Any, state: rx.State, *arguments: Any) -> list[Any]:
    """What a click does; gives the events that it sends back."""
    sent = handler.fn(state, *arguments)
    if hasattr(sent, "__aiter__"):
        return [event async for event in sent if event is not None]
    return [event for event in [await sent] if event is not None]


def _cookie(url: str, member: Member) -> str:
    sid = uuid4().hex
    key = auth.cookie_key(sid)
    tokens = json.dumps({"access": member.token, "refresh": "", "expires_at": time.time() + 600})
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "insert into app.web_sessions (id_hash, user_id, tokens, expires_at)"
            " values (%s, %s, %s, now() + interval '1 day')",
            (key, member.user_id, secrets.encrypt(tokens, belongs_to=f"session:{key.hex()}")),
        )
    return sid
