"""Is the process there, can it work, what does it count."""

import asyncio
from typing import LiteralString

import httpx
import psycopg
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from vulkn_app import clients
from vulkn_app.db import as_system
from vulkn_app.errors import VulknError
from vulkn_app.settings import settings

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz")
async def readyz() -> JSONResponse:
    """503 while any part that answers customers or signs people in is away; says which."""
    names = ("database", "queue", "auth")
    found = await asyncio.gather(_database(), _queue(), _auth())
    parts = dict(zip(names, found, strict=True))
    ready = all(parts.values())
    state = {name: "ok" if up else "away" for name, up in parts.items()}
    return JSONResponse({"status": "ok" if ready else "away", **state}, 200 if ready else 503)


@router.get("/metrics")
async def metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _database() -> bool:
    return await _answers("select 1")


async def _queue() -> bool:
    return await _answers("select 1 from pg_catalog.pg_namespace where nspname = 'queue'")


async def _answers(statement: LiteralString) -> bool:
    try:
        async with as_system("vulkn_engine") as connection:
            return await (await connection.execute(statement)).fetchone() is not None
    except (VulknError, psycopg.Error):
        return False


async def _auth() -> bool:
    key = settings.supabase_publishable_key or ""
    try:
        answer = await clients.http().get(
            f"{settings.supabase_url}/auth/v1/health", headers={"apikey": key}, timeout=3
        )
    except httpx.HTTPError:
        return False
    return answer.is_success
