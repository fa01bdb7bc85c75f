"""An organization's knowledge, read and ready to be asked."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from psycopg import AsyncConnection

from vulkn_app.db import as_operator
from vulkn_app.i18n import Language
from vulkn_app.knowledge import embeddings, hybrid, vectors
from vulkn_app.knowledge.embeddings import Vector
from vulkn_app.knowledge.index import Entry, Hit, Index
from vulkn_app.knowledge.planted import order_in, without_orders
from vulkn_app.knowledge.validity import HOLDS
from vulkn_app.knowledge.words import words

# The order is part of the prompt's cached prefix: the same entries must give the same bytes.
_ENTRIES = (
    """
    select k.id, k.title, k.body, k.language, k.examples, k.source, k.exact
    from knowledge_entries k join organizations o on o.id = k.org_id
    where k.org_id = %(org_id)s and k.status = 'active' and
"""
    + HOLDS
    + """order by k.language desc, k.title collate "C", k.id"""
)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that an organization knows at one moment, with its index. Never changes, but that vectors are added as
    they are made: share it freely."""

    entries: tuple[Entry, ...]
    index: Index
    curated: Mapping[str, Entry] = field(default_factory=dict)
    vectors: dict[UUID, Vector] = field(default_factory=dict)

    @classmethod
    def build(
        cls,
        entries: tuple[Entry, ...],
        like: "Knowledge | None" = None,
        vectors: dict[UUID, Vector] | None = None,
    ) -> "Knowledge":
        """CPU work, about 0.2 ms an entry, less for those that `like` has too: in a thread when there are many."""
        return cls(
            entries, Index.build(entries, like.index if like else None), _curated(entries), vectors or {}
        )

    def exact(self, question: str) -> Entry | None:
        """The entry that its owner wants given word for word to this very question."""
        return self.curated.get(_asked(question)) if self.curated else None

    def search(self, question: str, *, limit: int = 5, language: Language | None = None) -> list[Hit]:
        return self.index.search(question, limit=limit, language=language)

    async def find(self, question: str, *, limit: int = 5, language: Language | None = None) -> list[Hit]:
        """As `search`, with what is meant too where there is a model of embeddings that answers at once."""
        return await hybrid.find(
            self.index, self.entries, self.vectors, question, limit=limit, language=language
        )

    @property
    def weight(self) -> int:
        """Bytes of memory, roughly, those of vectors yet to be made included."""
        return self.index.size + 4 * embeddings.length() * len(self.entries)

    @property
    def size(self) -> int:
        """Characters of all titles and texts: decides whether the whole of it fits the prompt."""
        return sum(len(entry.title) + len(entry.text) for entry in self.entries)


def _curated(entries: tuple[Entry, ...]) -> Mapping[str, Entry]:
    return {_asked(said): e for e in entries if e.exact for said in (e.title, *e.examples)}


def _asked(question: str) -> str:
    """A question without accents, case and punctuation."""
    return " ".join(words(question))


async def read_entries(
    connection: AsyncConnection,
    org_id: UUID,
    now: datetime | None = None,
    *,
    like: Iterable[Entry] = (),
) -> tuple[Entry, ...]:
    """The active entries that hold today, in an order that stays; in a transaction that others read in too. Without
    what gives the model orders: nobody's knowledge has any. `like`: what was read before, which is not looked at again."""
    cursor = await connection.execute(_ENTRIES, {"org_id": org_id, "now": now or datetime.now(UTC)})
    read = [
        Entry(entry_id, title, text, language, tuple(examples), source, exact)
        for entry_id, title, text, language, examples, source, exact in await cursor.fetchall()
    ]
    return await asyncio.to_thread(lambda: tuple(_without_orders(read, frozenset(like))))


def _without_orders(entries: Iterable[Entry], known: frozenset[Entry]) -> Iterator[Entry]:
    """About 0.1 ms an entry that is new."""
    for entry in entries:
        if entry in known or not order_in("\n\n".join((entry.title, entry.text, *entry.examples))):
            yield entry
        elif not order_in(entry.title) and (text := without_orders(entry.text)):
            examples = tuple(example for example in entry.examples if not order_in(example))
            yield replace(entry, text=text, examples=examples)


async def read_as_operator(org_id: UUID) -> Knowledge:
    """Read and indexed anew, for somebody at the shell; the agent's own is kept by conversations.brains."""
    async with as_operator(org_id) as connection:
        entries = await read_entries(connection, org_id)
        known = await vectors.read(connection, org_id, entries)
    return await asyncio.to_thread(Knowledge.build, entries, None, known)
