"""The whole web process in this one: pages' states, guard, edge and API, without a build and without a port."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

import psycopg
import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from tests.factories import Business
from tests.plugins.database import SECRET_KEY
from vulkn_app import auth, garbage, limits, secrets
from vulkn_app.settings import settings

ROOT_STATE = "reflex___state____state"


@pytest.fixture(scope="module")
def dashboard(database_url: str) -> Iterator[TestClient]:
    """A running app over this module's database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "database_url", database_url)
        patch.setattr(settings, "vulkn_secret_key", SecretStr(SECRET_KEY))
        patch.setattr(settings, "worker_inside", False)
        patch.setattr(settings, "anthropic_api_key", None)
        patch.setattr(settings, "openai_api_key", None)
        # This process goes on to other tests, and what they leave behind must be seen.
        patch.setattr(garbage, "settle", lambda: None)
        limits.forget()
        from vulkn_app.vulkn_app import app

        with TestClient(app(), base_url="http://127.0.0.1:8000") as client:
            yield client


def a_session(url: str, business: Business) -> str:
    """A signed-in owner's cookie, as the login endpoint would have set it."""
    sid = uuid4().hex
    key = auth.cookie_key(sid)
    tokens = json.dumps({"access": "x", "refresh": "x", "expires_at": time.time() + 86_400})
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "insert into app.web_sessions (id_hash, user_id, tokens, expires_at) values (%s, %s, %s, now() + interval '1 day')",
            (key, business.owner.user_id, secrets.encrypt(tokens, belongs_to=f"session:{key.hex()}")),
        )
    return sid


@dataclass
class Tab:
    """One browser tab, as far as the socket is concerned (engine.io 4, socket.io 5). `page`: its name, which
    a page keeps when its line is back."""

    client: TestClient
    sid: str | None = None
    cookies: str = ""
    path: str = "/app/"
    token: str = field(default_factory=lambda: str(uuid4()))
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    router_data: dict[str, Any] = field(default_factory=dict)
    page: str = field(default_factory=lambda: uuid4().hex)

    def __enter__(self) -> Self:
        headers: dict[str, Any] = {"upgrade": "websocket"}  # TestClient leaves it out, engine.io insists
        session = f"{auth.COOKIE}={self.sid}" if self.sid else ""
        if cookies := "; ".join(filter(None, (session, self.cookies))):
            headers["cookie"] = cookies.encode("latin-1")
        url = f"/_event/?EIO=4&transport=websocket&token={self.token}"
        self._connection = self.client.websocket_connect(url, headers=headers)
        self._socket = self._connection.__enter__()
        self._socket.receive_text()
        told = {"vars": {f"{ROOT_STATE}.state___arriving____arriving_state.page_rx_state_": self.page}}
        hello = {"name": f"{ROOT_STATE}.hydrate_and_load", "payload": told, "router_data": self._router()}
        self._socket.send_text("40/_event," + json.dumps({"event": hello}))
        while not (answer := self._socket.receive_text()).startswith("40/_event"):
            self.heard.append(answer)
        self._line = json.loads(answer.split(",", 1)[1])["sid"]
        return self

    def __exit__(self, *why: object) -> None:
        """Says good-bye as a browser does, and waits until the server has noticed: till then the token is taken."""
        self._socket.send_text("41/_event,")
        self._gone()
        self._connection.__exit__(None, None, None)

    def _gone(self) -> None:
        from vulkn_app.vulkn_app import app

        manager = app.event_namespace._token_manager  # pyright: ignore[reportOptionalMemberAccess]
        waiting = threading.Event()
        while self._line in manager.sid_to_token:
            waiting.wait(0.01)

    def send(self, handler: str, **payload: Any) -> None:
        """`handler` is the full name in Reflex's registry."""
        event = {"name": handler, "payload": payload, "router_data": self._router()}
        self._socket.send_text("42/_event," + json.dumps(["event", event]))

    def until(self, reached: Callable[["Tab"], bool], messages: int = 60) -> None:
        """Reads what comes until `reached`."""
        for _ in range(messages):
            if reached(self):
                return
            self._hear(self._socket.receive_text())
        raise AssertionError(f"not reached; heard {self.heard[-3:]}")

    def var(self, name: str, *, of: str = "") -> Any:
        """The last value the browser got for a var, by its name without Reflex's suffix; `of`: a part of its
        state's name, where several have such a var."""
        for state, values in self.state.items():
            for key, value in values.items() if of in state else ():
                if key.removesuffix("_rx_state_") == name:
                    return value
        return None

    @property
    def redirects(self) -> list[str]:
        return [event["payload"]["path"] for event in self.events if event["name"] == "_redirect"]

    def _router(self) -> dict[str, Any]:
        return {"pathname": self.path, "asPath": self.path, **self.router_data}

    def _hear(self, message: str) -> None:
        self.heard.append(message)
        if message == "2":
            self._socket.send_text("3")
            return
        if not message.startswith("42/_event,"):
            return
        name, update, *_ = json.loads(message.split(",", 1)[1])
        if name != "event":
            return
        for state, values in (update.get("delta") or {}).items():
            self.state.setdefault(state, {}).update(values)
        self.events += update.get("events") or []
