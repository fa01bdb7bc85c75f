"""Connections to other people's servers, one of each a process, closed when the process ends."""

import httpx
from supabase import AsyncClient, AsyncClientOptions, acreate_client

from vulkn_app.errors import NotAllowed
from vulkn_app.settings import settings
from vulkn_app.tls import authorities

_http: httpx.AsyncClient | None = None
_looking: httpx.AsyncClient | None = None

# Read by app.imp_session() out of request.headers.
SUPPORT = "x-vulkn-support"


def http() -> httpx.AsyncClient:
    """The shared client, whose connections are kept."""
    global _http
    if _http is None or _http.is_closed:
        _http = httpx.AsyncClient(
            verify=authorities(),
            timeout=settings.outside_call_timeout.total_seconds(),
            follow_redirects=False,
        )
    return _http


def looking() -> httpx.AsyncClient:
    """The shared client of whoever may only look: it changes nothing and says so before anything is sent."""
    global _looking
    if _looking is None or _looking.is_closed:
        _looking = httpx.AsyncClient(
            verify=authorities(),
            timeout=settings.outside_call_timeout.total_seconds(),
            follow_redirects=False,
            event_hooks={"request": [_refuse_changes]},
        )
    return _looking


async def _refuse_changes(request: httpx.Request) -> None:
    if request.method not in ("GET", "HEAD"):
        raise NotAllowed("support_reads_only")


async def supabase(token: str | None = None, *, support: str = "", only_looks: bool = False) -> AsyncClient:
    """Supabase as the person `token` belongs to, or as nobody (sign-in, sign-up, reset). `support`: the key of an
    administrator's session in a client's organization."""
    assert settings.supabase_url
    assert settings.supabase_publishable_key
    client = await acreate_client(
        settings.supabase_url,
        settings.supabase_publishable_key,
        options=AsyncClientOptions(
            auto_refresh_token=False,
            persist_session=False,
            httpx_client=looking() if only_looks else http(),
        ),
    )
    if support:
        client.options.headers[SUPPORT] = support  # for its REST alone: the auth part has its headers already
    if token:
        client.postgrest.auth(token)
    return client


async def close() -> None:
    global _http, _looking
    for client in (_http, _looking):
        if client is not None:
            await client.aclose()
    _http = _looking = None
