"""An organization's knowledge, read and ready to be asked."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from psycopg import AsyncConnection

from vulkn_app.db import as_operator
from vulkn_app.i18n import Language
from vulkn_app.knowledge.index import Entry, Hit, Index
from vulkn_app.knowledge.words import words

# The order is part of the prompt's cached prefix: the same entries must give the same bytes.
_ENTRIES = """
    select id, title, body, language, examples, source, exact
    from knowledge_entries
    where org_id = %s and status = 'active'
    order by language desc, title collate "C", id
"""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that an organization knows at one moment, with its index. Never changes: share it freely."""

    entries: tuple[Entry, ...]
    index: Index
    curated: Mapping[str, Entry] = field(default_factory=dict)

    @classmethod
    def build(cls, entries: tuple[Entry, ...]) -> "Knowledge":
        """CPU work, about 0.25 ms an entry: in a thread when there are many."""
        return cls(entries, Index.build(entries), _curated(entries))

    def exact(self, question: str) -> Entry | None:
        """The entry that its owner wants given word for word to this very question."""
        return self.curated.get(_asked(question)) if self.curated else None

    def search(self, question: str, *, limit: int = 5, language: Language | None = None) -> list[Hit]:
        return self.index.search(question, limit=limit, language=language)

    @property
    def size(self) -> int:
        """Characters of all titles and texts: decides whether the whole of it fits the prompt."""
        return sum(len(entry.title) + len(entry.text) for entry in self.entries)


def _curated(entries: tuple[Entry, ...]) -> Mapping[str, Entry]:
    return {_asked(said): e for e in entries if e.exact for said in (e.title, *e.examples)}


def _asked(question: str) -> str:
    """A question without accents, case and punctuation."""
    return " ".join(words(question))


async def read_entries(connection: AsyncConnection, org_id: UUID) -> tuple[Entry, ...]:
    """The active entries, in an order that stays; in a transaction that others read in too."""
    cursor = await connection.execute(_ENTRIES, (org_id,))
    return tuple(
        Entry(entry_id, title, text, language, tuple(examples), source, exact)
        for entry_id, title, text, language, examples, source, exact in await cursor.fetchall()
    )


async def read_as_operator(org_id: UUID) -> Knowledge:
    """Read and indexed anew, for somebody at the shell; the agent's own is kept by conversations.brains."""
    async with as_operator(org_id) as connection:
        entries = await read_entries(connection, org_id)
    return await asyncio.to_thread(Knowledge.build, entries)
