"""Conversations for tests of what people see of them, put there as the superuser."""

from datetime import timedelta
from uuid import UUID

import psycopg

from tests.factories import Business


def a_conversation(
    url: str,
    business: Business,
    *said: str,
    name: str | None = None,
    email: str | None = None,
    score: int = 0,
    ago: timedelta = timedelta(),
    outcome: str | None = None,
    latency_ms: int = 900,
) -> UUID:
    """What visitor and agent said in turns, the visitor first; `outcome` makes a finished turn of the first question."""
    with psycopg.connect(url) as admin:
        org = business.org_id
        contact = _one(
            admin,
            "insert into contacts (org_id, name, email) values (%s, %s, %s) returning id",
            org,
            name,
            email,
        )
        conversation = _one(
            admin,
            "insert into conversations (org_id, channel_id, contact_id)"
            " select %s, id, %s from channels where org_id = %s returning id",
            org,
            contact,
            org,
        )
        messages = [
            _one(
                admin,
                "insert into messages (org_id, conversation_id, sender, body) values (%s, %s, %s, %s) returning id",
                org,
                conversation,
                ("visitor", "agent")[place % 2],
                text,
            )
            for place, text in enumerate(said)
        ]
        admin.execute(
            "insert into leads (org_id, contact_id, conversation_id, score) values (%s, %s, %s, %s)",
            (org, contact, conversation, score),
        )
        if outcome:
            admin.execute(
                "with t as (insert into turns"
                " (org_id, conversation_id, message_id, state, outcome, latency_ms, lease_until, created_at)"
                " values (%s, %s, %s, 'done', %s, %s, now(), now() - %s) returning id, message_id)"
                " update messages m set turn_id = t.id from t where m.id = t.message_id",
                (org, conversation, messages[0], outcome, latency_ms, ago),
            )
        for table in ("conversations", "messages"):
            column = "id" if table == "conversations" else "conversation_id"
            admin.execute(
                f"update {table} set created_at = now() - %s where {column} = %s".encode(),
                (ago, conversation),
            )
        admin.execute(
            "update conversations set last_message_at = now() - %s where id = %s", (ago, conversation)
        )
    return conversation


def _one(admin: psycopg.Connection, statement: str, *values: object) -> UUID:
    row = admin.execute(statement.encode(), values).fetchone()
    assert row
    return row[0]
