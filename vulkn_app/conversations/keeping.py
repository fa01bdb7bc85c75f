"""An answer that was said is kept, with what it cost and what it means for the lead."""

import asyncio
from dataclasses import asdict
from typing import Any
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb

from vulkn_app import leads
from vulkn_app.conversations.draft import Draft
from vulkn_app.db import engine_call
from vulkn_app.errors import DatabaseAway, NotFound
from vulkn_app.settings import settings
from vulkn_app.skills.handoff import waits

log = structlog.get_logger()

CLOSE = "select app.turn_kept(%s, %s, %s, %s, %s)"
COUNT_LOST = "select app.count_lost(%s, %s, %s, %s, %s)"
CLOSE_TRIES = 4


async def store(draft: Draft) -> dict[str, Any]:
    """Once, however often it is tried: the message is on the visitor's screen already. State `lost`: another
    attempt has the turn. Raises NotFound where the conversation is gone."""
    turn = (draft.agent.org_id, UUID(draft.opened["turn_id"]), draft.opened["attempt"])
    document = Jsonb(_document(draft))
    for attempt in range(CLOSE_TRIES):
        try:
            stored = await engine_call(CLOSE, (*turn, document, settings.turn_reserve_micro_usd))
        except DatabaseAway:
            if attempt == CLOSE_TRIES - 1:
                raise
            await asyncio.sleep(2**attempt)
        else:
            # The conversation was deleted, the message was edited, or another process answered.
            if not stored["stored"]:
                lost = (*turn, draft.opened["channel"], Jsonb(draft.ledger.calls))
                there = await engine_call(COUNT_LOST, lost)
                if stored["state"] == "lost" and not there:
                    raise NotFound
            return stored
    raise DatabaseAway


def _document(draft: Draft) -> dict[str, Any]:
    handoff = draft.bench.handoff
    document: dict[str, Any] = {
        "text": draft.text,
        "language": draft.language,
        "sources": draft.sources,
        "figures": draft.figures,
        "outcome": "handoff" if handoff else draft.outcome,
        "first_token_ms": draft.ledger.first_token_ms,
        "latency_ms": draft.clock(),
        "calls": draft.ledger.calls,
        "lead": leads.signals(
            draft.question, country=draft.brain.agent.country, industry=draft.brain.agent.industry
        ).as_json(),
        "trace": draft.bench.trace,
    }
    if draft.in_shadow:
        document["shadow"] = waits(draft.language)
    if handoff:
        document["handoff"] = {"reason": handoff.reason, "summary": handoff.summary}
    if draft.alert:
        document["alert"] = draft.alert
    if draft.opened["channel"] != "web":
        document["deliver"] = {"channel": draft.opened["channel"]}
        if choices := draft.bench.choices:
            document["deliver"]["choices"] = [asdict(choice) for choice in choices]
        if wants := draft.bench.wants:
            document["deliver"]["wants"] = wants
    return document


def log_done(draft: Draft, stored: dict[str, Any]) -> None:
    log.info(
        "turn.done",
        org=str(draft.agent.org_id),
        conversation=draft.opened["conversation_id"],
        turn=draft.opened["turn_id"],
        state=stored["state"],
        outcome=draft.outcome,
        provider=draft.ledger.calls[-1]["provider"] if draft.ledger.calls else "",
        tools=len(draft.bench.results),
        first_token_ms=draft.ledger.first_token_ms,
        latency_ms=draft.clock(),
    )
