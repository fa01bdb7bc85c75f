"""The vectors of an organization's entries: kept in the database, compared in this process."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from heapq import nlargest
from operator import mul
from uuid import UUID

from psycopg import AsyncConnection

from vulkn_app.db import AgentKey, as_agent
from vulkn_app.errors import DatabaseAway
from vulkn_app.knowledge import embeddings
from vulkn_app.knowledge.embeddings import BATCH, EmbeddingsAway, Vector
from vulkn_app.knowledge.index import Entry

_READ = "select entry_id, digest, vector from knowledge_vectors where org_id = %s"
# An entry that went meanwhile is not there to belong to.
_KEEP = """
    insert into knowledge_vectors as v (org_id, entry_id, digest, vector)
    select k.org_id, k.id, made.digest, made.vector::real[]
    from unnest(%(ids)s::uuid[], %(digests)s::text[], %(vectors)s::text[]) as made (id, digest, vector)
    join knowledge_entries k on k.org_id = %(org_id)s and k.id = made.id
    on conflict (org_id, entry_id) do update set digest = excluded.digest, vector = excluded.vector
"""

_tending: dict[UUID, asyncio.Task[None]] = {}


async def read(connection: AsyncConnection, org_id: UUID, entries: Sequence[Entry]) -> dict[UUID, Vector]:
    """Those that are up to date; nothing without a model."""
    if not embeddings.configured():
        return {}
    wanted = {entry.id: embeddings.digest(entry) for entry in entries}
    cursor = await connection.execute(_READ, (org_id,))
    return {
        entry_id: embeddings.unit(vector)
        for entry_id, digest, vector in await cursor.fetchall()
        if wanted.get(entry_id) == digest
    }


def tend(agent: AgentKey, entries: Sequence[Entry], known: dict[UUID, Vector]) -> None:
    """Has what is missing made, beside whatever goes on, and adds it to `known`; once at a time an organization."""
    if agent.org_id in _tending or len(known) >= len(entries) or not embeddings.ready():
        return
    _tending[agent.org_id] = task = asyncio.create_task(_tend(agent, entries, known))
    task.add_done_callback(lambda _: _tending.pop(agent.org_id, None))


async def tended(org_id: UUID) -> None:
    """Returns when nothing is under way."""
    if task := _tending.get(org_id):
        await asyncio.wait([task])


async def _tend(agent: AgentKey, entries: Sequence[Entry], known: dict[UUID, Vector]) -> None:
    """What was made before something failed stays; the next question tries on."""
    missing = [entry for entry in entries if entry.id not in known]
    with contextlib.suppress(EmbeddingsAway, DatabaseAway):
        for start in range(0, len(missing), BATCH):
            some = missing[start : start + BATCH]
            made = await embeddings.of_entries(some)
            await _keep(agent, some, made)
            known.update(zip((entry.id for entry in some), made, strict=True))


def nearest(vectors: Mapping[UUID, Vector], to: Vector, limit: int) -> list[tuple[UUID, float]]:
    """By cosine, the nearest first. 40 ms for 10,000 entries of 256 numbers: in a thread when there are many."""
    alike = {
        entry_id: sum(map(mul, vector, to)) for entry_id, vector in vectors.items() if len(vector) == len(to)
    }
    return nlargest(limit, alike.items(), key=lambda found: found[1])


async def _keep(agent: AgentKey, entries: Sequence[Entry], made: Sequence[Vector]) -> None:
    row = {
        "org_id": agent.org_id,
        "ids": [entry.id for entry in entries],
        "digests": [embeddings.digest(entry) for entry in entries],
        "vectors": ["{" + ",".join(map(repr, vector)) + "}" for vector in made],
    }
    async with as_agent(agent) as connection:
        await connection.execute(_KEEP, row)
