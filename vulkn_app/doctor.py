"""`vulkn doctor`: what is configured, what answers, and how to mend what does not."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Literal

import httpx
import psycopg
import typer
from redis.asyncio import Redis
from redis.exceptions import RedisError

from vulkn_app.db import login_dsn
from vulkn_app.local import environment, frontend
from vulkn_app.local.children import run
from vulkn_app.local.failure import StackFailed
from vulkn_app.local.folder import DataFolder
from vulkn_app.local.supabase import node
from vulkn_app.migrate import LOGINS, MigrationFailed, pending
from vulkn_app.settings import settings

MARKS = {"ok": "✓", "note": "·", "problem": "✗"}


@dataclass(frozen=True)
class Finding:
    part: str
    state: Literal["ok", "note", "problem"]
    says: str
    mend: str = ""


def main(*, as_json: bool) -> int:
    """0 if nothing must be mended."""
    findings = asyncio.run(examine())
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            typer.echo(f"{MARKS[finding.state]} {finding.part}: {finding.says}")
            if finding.mend:
                typer.echo(f"    → {finding.mend}")
    return 1 if any(finding.state == "problem" for finding in findings) else 0


async def examine() -> list[Finding]:
    """Looks at everything; starts and changes nothing."""
    findings = [_data_folder(), _secret_key(), *_models(), _whatsapp(), _transcription()]
    checks: list[Callable[[], Awaitable[Finding]]] = [_node, _dashboard, _redis]
    if settings.database_url:
        checks = [_database, *checks]
    if settings.supabase_url:
        checks = [_auth, *checks]
    return [*findings, *await asyncio.gather(*(check() for check in checks))]


def _data_folder() -> Finding:
    folder = DataFolder(settings.vulkn_data_dir)
    if not settings.embedded:
        return Finding(
            "stack",
            "ok",
            f"DATABASE_URL and SUPABASE_URL are set; nothing embedded. Data folder {folder.path}.",
        )
    stack = folder.running()
    if stack is None:
        return Finding(
            "stack", "note", f"embedded, not running. Data folder {folder.path}.", "./vulkn up starts it"
        )
    environment.use(stack, folder.keys())
    return Finding("stack", "ok", f"embedded, running at {stack.public_url}. Data folder {folder.path}.")


def _secret_key() -> Finding:
    if settings.vulkn_secret_key:
        return Finding("secret key", "ok", "VULKN_SECRET_KEY is known")
    if settings.embedded:
        return Finding("secret key", "note", "none yet; ./vulkn up makes one")
    return Finding(
        "secret key",
        "problem",
        "VULKN_SECRET_KEY is not set",
        "set it to 32 random bytes, and never change it",
    )


def _models() -> list[Finding]:
    """In the order in which they are asked."""
    known = _providers()
    asked = [name for name in dict.fromkeys(settings.llm_order) if name in known]
    found = [
        Finding("model", "note", f"{known[name].says}: configured, never asked", f"add {name} to LLM_ORDER")
        for name in known
        if name not in asked
    ]
    rehearsal = "no key: rehearsal mode, answers come from the business's own entries only"
    return [known[name] for name in asked] + found or [
        Finding("model", "note", rehearsal, "set ANTHROPIC_API_KEY for Claude")
    ]


def _providers() -> dict[str, Finding]:
    known = {}
    if settings.anthropic_api_key:
        known["claude"] = Finding("model", "ok", f"Claude, {settings.anthropic_model}")
    if settings.openai_api_key:
        at = f"{settings.openai_model} at {settings.openai_base_url}"
        known["openai"] = Finding("model", "ok", f"OpenAI-compatible, {at}")
    if settings.openclaw_base_url:
        at = f"{settings.openclaw_model} at {settings.openclaw_base_url}"
        mend = "whoever it answers speaks to an agent with that gateway's rights: give it no tools"
        known["openclaw"] = Finding("model", "note", f"OpenClaw gateway, {at}, words only", mend)
    return known


def _whatsapp() -> Finding:
    if not settings.whatsapp_app_secret:
        mend = "set WHATSAPP_APP_SECRET to the app secret that Meta shows under App settings, Basic"
        return Finding("whatsapp", "note", "no app secret: every delivery of Meta's is refused (401)", mend)
    if not settings.whatsapp_verify_token:
        mend = "set WHATSAPP_VERIFY_TOKEN, and type the same word at Meta"
        return Finding("whatsapp", "note", "no verify token: Meta cannot connect the webhook (403)", mend)
    return Finding(
        "whatsapp", "ok", "deliveries at /api/webhooks/whatsapp are checked against the app secret"
    )


def _transcription() -> Finding:
    if not settings.transcription_base_url:
        mend = "set TRANSCRIPTION_BASE_URL and TRANSCRIPTION_API_KEY to have them in words"
        return Finding("voice notes", "note", "not transcribed: customers are asked to write", mend)
    at = f"{settings.transcription_model} at {settings.transcription_base_url}"
    return Finding("voice notes", "ok", f"transcribed by {at}")


async def _database() -> Finding:
    assert settings.database_url
    try:
        missing = await pending(settings.database_url)
    except MigrationFailed as failure:
        return Finding("database", "problem", str(failure), "check DATABASE_URL, and that the server runs")
    if missing:
        return Finding("database", "problem", f"{len(missing)} migrations are not applied", "./vulkn migrate")
    refused = [login for login in LOGINS if not await _opens(login_dsn(login))]
    if refused:
        mend = "./vulkn migrate, with the VULKN_SECRET_KEY of the other processes"
        return Finding("database", "problem", f"these roles cannot log in: {', '.join(refused)}", mend)
    return Finding("database", "ok", "answers, all migrations applied, all roles log in")


async def _opens(dsn: str) -> bool:
    try:
        async with await psycopg.AsyncConnection.connect(dsn, connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


async def _auth() -> Finding:
    key = settings.supabase_publishable_key or ""
    try:
        async with httpx.AsyncClient(timeout=5) as http:
            answer = await http.get(f"{settings.supabase_url}/auth/v1/health", headers={"apikey": key})
    except httpx.HTTPError as error:
        return Finding(
            "sign-in", "problem", f"does not answer ({type(error).__name__})", "check SUPABASE_URL"
        )
    if answer.status_code in (401, 403):
        return Finding("sign-in", "problem", "refuses our key", "check SUPABASE_PUBLISHABLE_KEY")
    if not answer.is_success:
        return Finding(
            "sign-in", "problem", f"answers HTTP {answer.status_code}", "look at the project's status"
        )
    return Finding("sign-in", "ok", "answers")


async def _node() -> Finding:
    try:
        version = await run([node(), "--version"], within=timedelta(seconds=20))
    except StackFailed as failure:
        return Finding("node", "problem", str(failure), "remove .venv and run ./vulkn doctor again")
    return Finding("node", "ok", version.strip())


async def _dashboard() -> Finding:
    if await asyncio.to_thread(frontend.fresh):
        return Finding("dashboard", "ok", "built")
    return Finding(
        "dashboard", "note", "not built from the sources as they are now; ./vulkn up and serve build it"
    )


async def _redis() -> Finding:
    if not settings.redis_url:
        return Finding("redis", "note", "not configured: one web process")
    client = Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=5)
    try:
        await client.execute_command("PING")
    except RedisError as error:
        return Finding("redis", "problem", f"does not answer ({type(error).__name__})", "check REDIS_URL")
    finally:
        await client.aclose()
    return Finding("redis", "ok", "answers")
