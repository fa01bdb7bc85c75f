"""Words and meaning together: two rankings made one by reciprocal rank (Cormack, Clarke and Büttcher 2009)."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from vulkn_app.i18n import Language
from vulkn_app.knowledge import embeddings, vectors
from vulkn_app.knowledge.embeddings import Vector
from vulkn_app.knowledge.index import ANSWERABLE, Entry, Hit, Index, hit_of
from vulkn_app.settings import settings

RANKS = 60  # the paper's constant
CANDIDATES = 25
MANY = 1_000  # entries


async def find(
    index: Index,
    entries: Sequence[Entry],
    known: Mapping[UUID, Vector],
    question: str,
    *,
    limit: int,
    language: Language | None,
) -> list[Hit]:
    """As `Index.search`, with what entries mean; by the words alone where there are no vectors."""
    asked = await embeddings.of_question(question) if known else None
    if asked is None:
        return index.search(question, limit=limit, language=language)
    spoken = index.search(question, limit=CANDIDATES, language=language)
    if len(known) > MANY:
        meant = await asyncio.to_thread(vectors.nearest, known, asked, CANDIDATES)
    else:
        meant = vectors.nearest(known, asked, CANDIDATES)
    return _fused(spoken, meant, {entry.id: entry for entry in entries})[:limit]


def _fused(spoken: list[Hit], meant: list[tuple[UUID, float]], entries: Mapping[UUID, Entry]) -> list[Hit]:
    ranks: dict[UUID, float] = {}
    for ranking in ([hit.entry_id for hit in spoken], [entry_id for entry_id, _ in meant]):
        for rank, entry_id in enumerate(ranking, start=1):
            ranks[entry_id] = ranks.get(entry_id, 0.0) + 1 / (RANKS + rank)
    scores = {hit.entry_id: hit.score for hit in spoken}
    for entry_id, cosine in meant:
        scores[entry_id] = max(scores.get(entry_id, 0.0), _sureness(cosine))
    best = sorted(ranks, key=lambda entry_id: (-ranks[entry_id], str(entry_id)))
    return [hit_of(entries[entry_id], scores[entry_id]) for entry_id in best if entry_id in entries]


def _sureness(cosine: float) -> float:
    """A cosine on the scale of the words' score: the one that is enough there is ANSWERABLE here."""
    enough = settings.embeddings_enough
    if cosine < enough:
        return max(0.0, cosine) * ANSWERABLE / enough
    return ANSWERABLE + (cosine - enough) * (1 - ANSWERABLE) / (1 - enough)
