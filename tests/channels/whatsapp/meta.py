"""Meta's side of the webhook, for tests: deliveries, their signatures, and a business with a connected number."""

import hashlib
import hmac
import itertools
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from tests.factories import Business, a_business
from vulkn_app import secrets
from vulkn_app.channels.whatsapp import receive, work
from vulkn_app.channels.whatsapp.numbers import belongs_to
from vulkn_app.conversations import engine
from vulkn_app.db import AgentKey

SECRET = "vulkn-test-app-secret"
VERIFY_TOKEN = "the word on both sides"
WEBHOOK = "/api/webhooks/whatsapp"
DATA = Path(__file__).parent.parent.parent / "data"
# In the samples; each test's line has its own.
SAMPLE_NUMBER, SAMPLE_WABA = "106540352242922", "102290129340398"
LUCIA = {
    "user_id": "MX.13491208655302741918",
    "wa_id": "5215512345678",
    "profile": {"name": "Lucía Hernández"},
}
_numbers = itertools.count(1)
Body = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A business's connected number."""

    url: str
    business: Business
    channel_id: UUID
    number: str
    waba: str

    @property
    def agent(self) -> AgentKey:
        return AgentKey(self.business.org_id)

    def rows(self, query: str, *values: object) -> list[tuple]:
        """As the superuser; `:org` is this business."""
        with psycopg.connect(self.url) as admin:
            asked = query.replace(":org", f"'{self.business.org_id}'").encode()
            return admin.execute(asked, values or None).fetchall()

    def run(self, statement: str, *values: object) -> None:
        with psycopg.connect(self.url) as admin:
            admin.execute(statement.replace(":org", f"'{self.business.org_id}'").encode(), values or None)

    def said(self) -> list[tuple[str, str]]:
        """Who said what, in order."""
        return [
            (who, text)
            for who, text in self.rows(
                "select sender, body from messages where org_id = :org order by created_at, seq"
            )
        ]

    def states(self) -> dict[str, str]:
        """What became of each event, by its key."""
        return dict(self.rows("select key, state from whatsapp_events where org_id = :org"))


def a_line(url: str, business: Business | None = None) -> Line:
    business = business or a_business(url, plan="pro")
    number, waba = f"9{next(_numbers):014}", f"8{next(_numbers):014}"
    with psycopg.connect(url) as admin:
        row = admin.execute(
            "insert into channels (org_id, agent_id, kind, external_id)"
            " select org_id, id, 'whatsapp', %s from agents where org_id = %s returning id",
            (number, business.org_id),
        ).fetchone()
        assert row
        admin.execute(
            "insert into whatsapp_numbers (org_id, channel_id, waba, state) values (%s, %s, %s, 'active')",
            (business.org_id, row[0], waba),
        )
    return Line(url, business, row[0], number, waba)


def give_token(line: Line, token: str = "EAAtest") -> None:
    sealed = secrets.encrypt(
        token, belongs_to=belongs_to(line.business.org_id, line.channel_id, "access_token")
    )
    line.run(
        "insert into app.channel_secrets (org_id, channel_id, name, sealed) values (:org, %s, 'access_token', %s)",
        line.channel_id,
        sealed,
    )


def a_message(
    text: str = "", *, id: str = "", ago: float = 0, person: Body | None = None, **more: Any
) -> Body:
    """One item of `messages`; `more` is any other type's."""
    who = LUCIA if person is None else person
    names = {"from": who.get("wa_id"), "from_user_id": who.get("user_id")}
    made = {
        "id": id or f"wamid.{next(_numbers)}.{time.monotonic_ns()}",
        "timestamp": str(int(time.time() - ago)),
    }
    made |= {name: told for name, told in names.items() if told}
    return {**made, **({"type": "text", "text": {"body": text}} if text else {}), **more}


def a_value(line: Line, *messages: Body, person: Body | None = None, **more: Any) -> Body:
    who = LUCIA if person is None else person
    metadata = {"display_phone_number": "5215550001111", "phone_number_id": line.number}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "contacts": [who]}
    return {**value, **({"messages": list(messages)} if messages else {}), **more}


def a_delivery(*values: tuple[Line, Body] | tuple[Line, Body, str]) -> bytes:
    """One entry a value; the third of a value is its field, `messages` if there is none."""
    entries = [
        {"id": line.waba, "changes": [{"value": value, "field": field[0] if field else "messages"}]}
        for line, value, *field in values
    ]
    return json.dumps({"object": "whatsapp_business_account", "entry": entries}, ensure_ascii=False).encode()


def delivery(line: Line, *messages: Body, person: Body | None = None, **more: Any) -> bytes:
    return a_delivery((line, a_value(line, *messages, person=person, **more)))


def signature(raw: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}


async def happens(raw: bytes) -> int:
    """Delivered, handled, answered. Returns how many events were news."""
    news = await receive.take(raw)
    await work.due()
    await engine.drain(20)
    return news


def samples() -> list[Body]:
    return [json.loads(row) for row in (DATA / "whatsapp_samples.jsonl").read_text().splitlines()]


def payloads() -> list[Body]:
    return [json.loads(row) for row in (DATA / "whatsapp_payloads.jsonl").read_text().splitlines()]


def for_line(body: Body, line: Line, *, now: bool = True) -> bytes:
    """A sample as if it were this line's; `now`: its moments are today's, in their order."""
    raw = json.dumps(body, ensure_ascii=False)
    raw = raw.replace(SAMPLE_NUMBER, line.number).replace(SAMPLE_WABA, line.waba)
    if now:
        shift = int(time.time()) - 1795449900 - 60
        for moment in sorted({*range(1795449600, 1795449901, 10), 1795449900}):
            raw = raw.replace(f'"{moment}"', f'"{moment + shift}"')
    return raw.encode()
