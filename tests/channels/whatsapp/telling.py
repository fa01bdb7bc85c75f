"""What Meta tells of the owner's phone and of accounts, through the webhook's own path."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.channels.whatsapp.meta import LUCIA, Body, Line, a_message, happens

OWNER = "5215550001111"


async def tell(line: Line, field: str, value: Body, *, time: int | None = None, waba: str = "") -> int:
    value = {"metadata": {"phone_number_id": line.number, "display_phone_number": OWNER}, **value}
    entry: Body = {"id": waba or line.waba, "changes": [{"field": field, "value": value}]}
    entry["time"] = time or int(datetime.now(UTC).timestamp())
    return await happens(json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode())


async def news(line: Line, field: str, value: Body, *, waba: str = "") -> None:
    """Of an account: no number is named."""
    entry: Body = {"id": waba or line.waba, "changes": [{"field": field, "value": value}]}
    entry["time"] = int(datetime.now(UTC).timestamp())
    await happens(json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode())


def an_echo(text: str = "Claro, te espero a las 4", *, id: str = "", ago: int = 0, **more: Any) -> Body:
    stamp = str(int(datetime.now(UTC).timestamp()) - ago)
    one: Body = {"from": OWNER, "to": LUCIA["wa_id"], "to_user_id": LUCIA["user_id"]}
    one |= {"id": id or f"wamid.{uuid4().hex}", "timestamp": stamp, "type": "text", "text": {"body": text}}
    return one | more


async def echo(line: Line, *echoes: Body) -> None:
    await tell(line, "smb_message_echoes", {"contacts": [LUCIA], "message_echoes": list(echoes)})


async def write(line: Line, text: str) -> None:
    value = {"contacts": [LUCIA], "messages": [a_message(text)]}
    await tell(line, "messages", value)


def status(line: Line) -> list[tuple[Any, ...]]:
    return line.rows("select status, handoff_reason, unread from conversations where org_id = :org")


# ---- echoes --------------------------------------------------------------------------------------------------
