"""A tab whose line was lost comes back as itself.

Reflex gives a socket a new token while the old one's is still taken, and with it an empty state: right for a tab that
was doubled, wrong for a phone, whose lost line the server notices two minutes later."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from state.arriving import is_back
from state.session import sid_in


def keep(namespace: Any) -> None:
    """From now on for every line of this `EventNamespace`."""
    connect = namespace.on_connect

    async def on_connect(sid: str, environ: dict[str, Any], boot: Any = None) -> None:
        if isinstance(boot, Mapping) and is_back(boot.get("event")):
            await _let_go(namespace, environ)
        await connect(sid, environ, boot)

    namespace.on_connect = on_connect


async def _let_go(namespace: Any, environ: dict[str, Any]) -> None:
    """Takes the token from the line that is lost: where the same session asks for it, and nobody else."""
    token = next(iter(parse_qs(environ.get("QUERY_STRING", "")).get("token", [])), "")
    lost = namespace._token_manager.token_to_socket.get(token)
    known = namespace._static_router_data.get(lost.sid) if lost else None
    session = sid_in(environ.get("HTTP_COOKIE", ""))
    if lost and known and session and session == sid_in(known["headers"].get("cookie", "")):
        await namespace._token_manager.disconnect_token(token, lost.sid)
        await namespace.disconnect(lost.sid)  # whatever it still says is of a page that has gone on
