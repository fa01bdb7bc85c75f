"""A model of embeddings behind any server that speaks OpenAI's `/embeddings`; without EMBEDDINGS_* there is none.

Nothing waits for it: a question that gets no vector in time is searched by its words alone, and a server that failed
is left alone for a while."""

import hashlib
import math
import time
from array import array
from collections.abc import Sequence
from datetime import timedelta

import httpx
import structlog

from vulkn_app import clients
from vulkn_app.knowledge.index import Entry
from vulkn_app.settings import settings

log = structlog.get_logger()

Vector = array  # of "f", of length 1

BATCH = 64  # entries a request
LONGEST = 6_000  # characters of an entry that count
REST = 30.0  # seconds
LONGEST_VECTOR = 4_096

_resting_until = 0.0


class EmbeddingsAway(Exception):
    """No vectors now."""


def configured() -> bool:
    return bool(settings.embeddings_base_url and settings.embeddings_model)


def ready() -> bool:
    return configured() and time.monotonic() >= _resting_until


def length() -> int:
    """Of a vector; nothing without a model."""
    return (settings.embeddings_dimensions or LONGEST_VECTOR) if configured() else 0


def digest(entry: Entry) -> str:
    """Changes with the words, the model and how long its vectors are."""
    made_of = f"{settings.embeddings_model}\n{settings.embeddings_dimensions}\n{_words(entry)}"
    return hashlib.sha256(made_of.encode()).hexdigest()


async def of_question(question: str) -> Vector | None:
    """None when there is no model, or it does not answer at once."""
    if not ready() or not question.strip():
        return None
    try:
        return (await _embedded([question[:LONGEST]], settings.embeddings_question_timeout))[0]
    except EmbeddingsAway:
        return None


async def of_entries(entries: Sequence[Entry]) -> list[Vector]:
    """Raises EmbeddingsAway."""
    return await _embedded([_words(entry) for entry in entries], settings.outside_call_timeout)


async def _embedded(texts: list[str], patience: timedelta) -> list[Vector]:
    global _resting_until
    try:
        return await _asked(texts, patience)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError) as problem:
        _resting_until = time.monotonic() + REST
        log.warning("embeddings.away", kind=type(problem).__name__)
        raise EmbeddingsAway from problem


async def _asked(texts: list[str], patience: timedelta) -> list[Vector]:
    body: dict[str, object] = {"model": settings.embeddings_model, "input": texts, "encoding_format": "float"}
    if settings.embeddings_dimensions:
        body["dimensions"] = settings.embeddings_dimensions
    key = settings.embeddings_api_key
    answer = await clients.http().post(
        f"{str(settings.embeddings_base_url).rstrip('/')}/embeddings",
        json=body,
        headers={"authorization": f"Bearer {key.get_secret_value()}"} if key else {},
        timeout=patience.total_seconds(),
    )
    answer.raise_for_status()
    rows = sorted(answer.json()["data"], key=lambda row: row["index"])
    if len(rows) != len(texts):
        raise ValueError("not one vector a text")
    return [unit(row["embedding"]) for row in rows]


def unit(numbers: Sequence[float]) -> Vector:
    """Of length 1, so that a product is a cosine."""
    length = math.sqrt(sum(number * number for number in numbers))
    if not length or not math.isfinite(length):
        raise ValueError("no direction")
    return array("f", [number / length for number in numbers])


def wake() -> None:
    """Forgets that the server failed."""
    global _resting_until
    _resting_until = 0.0


def _words(entry: Entry) -> str:
    return "\n".join((entry.title, *entry.examples, entry.text))[:LONGEST]
