"""What tests of sending look at."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.connected import Chat, Line, a_chat, a_number
from tests.factories import Business, a_business
from tests.fakes.graph import FakeGraph
from vulkn_app.channels import outbox
from vulkn_app.channels.whatsapp import sending  # noqa: F401 - registers its senders

Rows = Callable[..., list[tuple]]
Queue = Callable[..., UUID]
OUTBOX = "select state, error, attempt - deferred from outbox where id = %s"
DELIVERIES = "select part, state, error_code from message_deliveries where outbox_id = %s order by part"


async def deliver() -> None:
    """All that is due."""
    while await outbox.deliver_due():
        pass


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def line(deployment: None, database_url: str, business: Business, fake_graph: FakeGraph) -> Line:
    """Nothing of another test is due any more."""
    with psycopg.connect(database_url) as admin:
        admin.execute("update outbox set state = 'cancelled' where state in ('ready', 'sending')")
    return a_number(database_url, business)


@pytest.fixture
def chat(database_url: str, line: Line) -> Chat:
    return a_chat(database_url, line)


@pytest.fixture
def rows(database_url: str) -> Iterator[Rows]:
    with psycopg.connect(database_url, autocommit=True) as admin:

        def found(query: str, *values: object) -> list[tuple]:
            cursor = admin.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []

        yield found


@pytest.fixture
def queued(database_url: str) -> Queue:
    """Puts a message of ours and its outbox row there, as a turn's end does."""

    def put(chat: Chat, text: str = "Cuesta $650.", *, kind: str = "answer", **more: Any) -> UUID:
        sender = more.pop("sender", {"answer": "agent", "reminder": "agent"}.get(kind, "human"))
        key, payload = more.pop("key", uuid4().hex), more.pop("payload", {})
        with psycopg.connect(database_url, autocommit=True) as admin:
            names = ["org_id", "conversation_id", "sender", "body", *more]
            values = [chat.line.agent.org_id, chat.id, sender, text, *more.values()]
            if sender == "human":
                names.append("author_id")
                row = admin.execute(
                    "select user_id from memberships where org_id = %s", (chat.line.agent.org_id,)
                ).fetchone()
                assert row
                values.append(row[0])
            marks = ", ".join(["%s"] * len(values))
            message = admin.execute(
                f"insert into messages ({', '.join(names)}) values ({marks}) returning id".encode(), values
            ).fetchone()
            assert message
            outbox = admin.execute(
                "insert into outbox (org_id, kind, dedupe_key, conversation_id, message_id, payload)"
                " values (%s, %s, %s, %s, %s, %s) returning id",
                (chat.line.agent.org_id, kind, key, chat.id, message[0], Jsonb(payload)),
            ).fetchone()
            assert outbox
            return outbox[0]

    return put


@pytest.fixture
def now_due(rows: Rows) -> Callable[[], None]:
    """What waits is due."""

    def make() -> None:
        rows("update outbox set available_at = now() where state = 'ready'")
        rows("update conversations set paced_until = null")
        rows("update whatsapp_numbers set paced_until = null")

    return make
