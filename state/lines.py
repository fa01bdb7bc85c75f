"""A tab whose line was lost comes back as itself.

Reflex gives a socket a new token while the old one's is still taken, and with it an empty state: right for a tab that
was doubled, wrong for a phone, whose lost line the server notices two minutes later."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from state.arriving import page_of
from state.session import sid_in


def keep(namespace: Any) -> None:
    """From now on for every line of this `EventNamespace`."""
    connect, disconnect = namespace.on_connect, namespace.on_disconnect
    pages: dict[str, str] = {}  # whose line each is

    async def on_connect(sid: str, environ: dict[str, Any], boot: Any = None) -> None:
        if page := page_of(boot.get("event") if isinstance(boot, Mapping) else None):
            await _let_go(namespace, environ, pages, page)
            pages[sid] = page
        try:
            await connect(sid, environ, boot)
        except BaseException:  # a line that was refused says no good-bye
            pages.pop(sid, None)
            raise

    def on_disconnect(sid: str) -> Any:
        pages.pop(sid, None)
        return disconnect(sid)

    namespace.on_connect, namespace.on_disconnect = on_connect, on_disconnect


async def _let_go(namespace: Any, environ: dict[str, Any], pages: Mapping[str, str], page: str) -> None:
    """Takes the token from the line that is lost: where the same page in the same session asks for it."""
    token = next(iter(parse_qs(environ.get("QUERY_STRING", "")).get("token", [])), "")
    lost = namespace._token_manager.token_to_socket.get(token)
    known = namespace._static_router_data.get(lost.sid) if lost else None
    session = sid_in(environ.get("HTTP_COOKIE", ""))
    if not (lost and known and session and pages.get(lost.sid) == page):
        return
    if session == sid_in(known["headers"].get("cookie", "")):
        await namespace._token_manager.disconnect_token(token, lost.sid)
        await namespace.disconnect(lost.sid)  # whatever it still says is of a page that has gone on
