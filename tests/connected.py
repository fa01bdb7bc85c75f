"""Connected numbers and people on WhatsApp, put there as the superuser."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg

from tests.factories import Business
from tests.fakes.graph import TOKEN
from tests.plugins.database import SECRET_KEY
from vulkn_app import secrets
from vulkn_app.channels.whatsapp.numbers import belongs_to
from vulkn_app.db import AgentKey
from vulkn_app.settings import settings

PHONE = "5215512345678"
WABA = "102290129340398"


@dataclass(frozen=True)
class Line:
    """A number of a business."""

    agent: AgentKey
    channel_id: UUID
    phone_number_id: str


@dataclass(frozen=True)
class Chat:
    """One person's conversation there."""

    line: Line
    id: UUID
    contact_id: UUID
    visitor: bytes


def a_number(
    url: str, business: Business, *, token: str = TOKEN, mode: str = "cloud", state: str = "active"
) -> Line:
    """Needs a `deployment`, whose key seals the token."""
    assert settings.vulkn_secret_key
    assert settings.vulkn_secret_key.get_secret_value() == SECRET_KEY
    phone_number_id = str(uuid4().int)[:15]
    with psycopg.connect(url) as admin:
        channel = _one(
            admin,
            "insert into channels (org_id, agent_id, kind, external_id)"
            " select org_id, id, 'whatsapp', %s from agents where org_id = %s returning id",
            (phone_number_id, business.org_id),
        )
        admin.execute(
            "insert into whatsapp_numbers (org_id, channel_id, waba, mode, state) values (%s, %s, %s, %s, %s)",
            (business.org_id, channel, WABA, mode, state),
        )
        sealed = secrets.encrypt(token, belongs_to=belongs_to(business.org_id, channel, "access_token"))
        admin.execute(
            "insert into app.channel_secrets (org_id, channel_id, name, sealed)"
            " values (%s, %s, 'access_token', %s)",
            (business.org_id, channel, sealed),
        )
    return Line(AgentKey(business.org_id), channel, phone_number_id)


def a_chat(
    url: str,
    line: Line,
    *,
    phone: str = PHONE,
    bsuid: str = "",
    window: timedelta | None = timedelta(hours=23),
    opted_out: bool = False,
    status: str = "open",
) -> Chat:
    """`window`: for how long WhatsApp takes any message yet; None: nobody wrote."""
    org, visitor = line.agent.org_id, hashlib.sha256(uuid4().bytes).digest()
    with psycopg.connect(url) as admin:
        contact = _one(
            admin,
            "insert into contacts (org_id, name, phone, opted_out_at)"
            " values (%s, 'Lucía', %s, case when %s then now() end) returning id",
            (org, phone or None, opted_out),
        )
        for kind, value in (("phone", phone), ("bsuid", bsuid)):
            if value:
                admin.execute(
                    "insert into contact_identities (org_id, contact_id, kind, key, value)"
                    " values (%s, %s, %s, %s, %s) on conflict do nothing",
                    (org, contact, kind, value, value),
                )
        conversation = _one(
            admin,
            "insert into conversations (org_id, channel_id, contact_id, visitor_hash, window_until, status)"
            " values (%s, %s, %s, %s, now() + %s, %s) returning id",
            (org, line.channel_id, contact, visitor, window, status),
        )
        admin.execute(
            "insert into leads (org_id, contact_id, conversation_id) values (%s, %s, %s)",
            (org, contact, conversation),
        )
    return Chat(line, conversation, contact, visitor)


def _one(admin: psycopg.Connection, statement: str, values: tuple) -> UUID:
    row = admin.execute(statement.encode(), values).fetchone()
    assert row
    return row[0]
