"""What was said on WhatsApp, for tests of what people see of it, put there as the superuser."""

from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from tests.connected import Chat

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0f01f00050001ff"
    "89993d1d0000000049454e44ae426082"
)


def a_message(
    url: str,
    chat: Chat,
    text: str,
    *,
    sender: str = "visitor",
    kind: str = "text",
    content: dict[str, Any] | None = None,
    reply_to: UUID | None = None,
    from_phone: bool = False,
    author: UUID | None = None,
) -> UUID:
    with psycopg.connect(url) as admin:
        return _one(
            admin,
            "insert into messages (org_id, conversation_id, sender, body, kind, content, reply_to_id, from_phone, author_id)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s) returning id",
            (
                chat.line.agent.org_id,
                chat.id,
                sender,
                text,
                kind,
                Jsonb(content or {}),
                reply_to,
                from_phone,
                author,
            ),
        )


def a_file(
    url: str,
    chat: Chat,
    message: UUID,
    kind: str,
    content: bytes | None,
    *,
    filename: str = "",
    transcript: str | None = None,
) -> UUID:
    """Without `content` it is still on its way."""
    org = chat.line.agent.org_id
    with psycopg.connect(url) as admin:
        file = _one(
            admin,
            "insert into message_attachments (org_id, message_id, kind, filename, size, state, transcript)"
            " values (%s, %s, %s, %s, %s, %s, %s) returning id",
            (
                org,
                message,
                kind,
                filename,
                len(content or b""),
                "pending" if content is None else "stored",
                transcript,
            ),
        )
        if content is not None:
            admin.execute("insert into attachment_files values (%s, %s, %s)", (org, file, content))
    return file


def a_delivery(
    url: str, chat: Chat, message: UUID, state: str, *, part: int = 0, code: int | None = None
) -> None:
    with psycopg.connect(url) as admin:
        admin.execute(
            "insert into message_deliveries (org_id, message_id, part, state, error_code) values (%s, %s, %s, %s, %s)",
            (chat.line.agent.org_id, message, part, state, code),
        )


def a_reaction(url: str, chat: Chat, message: UUID, emoji: str, *, side: str = "customer") -> None:
    with psycopg.connect(url) as admin:
        admin.execute(
            "insert into message_reactions (org_id, message_id, side, emoji) values (%s, %s, %s, %s)",
            (chat.line.agent.org_id, message, side, emoji),
        )


def some_past(url: str, chat: Chat, *said: tuple[bool, str]) -> None:
    """(from the business, text), the oldest first."""
    with psycopg.connect(url) as admin:
        for place, (ours, text) in enumerate(said):
            admin.execute(
                "insert into history_messages (org_id, contact_id, external_id, from_business, body, sent_at)"
                " values (%s, %s, %s, %s, %s, now() - interval '30 days' + %s * interval '1 minute')",
                (chat.line.agent.org_id, chat.contact_id, f"past-{chat.id}-{place}", ours, text, place),
            )


def a_template(
    url: str,
    chat: Chat,
    name: str,
    body: str,
    *,
    status: str = "approved",
    language: str = "es_MX",
    **more: Any,
) -> UUID:
    components = more.pop("components", [{"type": "BODY", "text": body}])
    with psycopg.connect(url) as admin:
        return _one(
            admin,
            "insert into whatsapp_templates (org_id, channel_id, name, language, category, status, components, reason)"
            " values (%s, %s, %s, %s, 'utility', %s, %s, %s) returning id",
            (
                chat.line.agent.org_id,
                chat.line.channel_id,
                name,
                language,
                status,
                Jsonb(components),
                more.get("reason", ""),
            ),
        )


def _one(admin: psycopg.Connection, statement: str, values: tuple) -> UUID:
    row = admin.execute(statement.encode(), values).fetchone()
    assert row
    return row[0]
