"""Connections to other people's servers, one of each a process, closed when the process ends."""

import httpx
from supabase import AsyncClient, AsyncClientOptions, acreate_client

from vulkn_app.settings import settings

_http: httpx.AsyncClient | None = None


def http() -> httpx.AsyncClient:
    """The shared client: a new one costs 72 ms of TLS set-up, blocking (see LIBRARIES in decisions/0003)."""
    global _http
    if _http is None or _http.is_closed:
        _http = httpx.AsyncClient(
            timeout=settings.outside_call_timeout.total_seconds(), follow_redirects=False
        )
    return _http


async def supabase(token: str | None = None) -> AsyncClient:
    """Supabase as the person `token` belongs to, or as nobody (sign-in, sign-up, reset)."""
    assert settings.supabase_url
    assert settings.supabase_publishable_key
    client = await acreate_client(
        settings.supabase_url,
        settings.supabase_publishable_key,
        options=AsyncClientOptions(
            auto_refresh_token=False,
            persist_session=False,
            httpx_client=http(),
        ),
    )
    if token:
        client.postgrest.auth(token)
    return client


async def close() -> None:
    global _http
    if _http is not None:
        await _http.aclose()
    _http = None
