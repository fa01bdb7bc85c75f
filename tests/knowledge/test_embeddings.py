"""Meaning beside words: an optional server of embeddings, and every way it can be away."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from tests.factories import Business, a_business
from tests.fakes.embeddings import FakeEmbeddings, fake_embeddings
from vulkn_app import clients
from vulkn_app.conversations import brains, lookup, prompt
from vulkn_app.db import AgentKey
from vulkn_app.knowledge import embeddings, vectors
from vulkn_app.knowledge.index import Entry
from vulkn_app.knowledge.search import Knowledge
from vulkn_app.settings import settings

QUESTION = "¿puedo llevar a mi cuadrúpedo?"


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeEmbeddings]:
    async with fake_embeddings() as fake:
        monkeypatch.setattr(settings, "embeddings_base_url", fake.url)
        monkeypatch.setattr(settings, "embeddings_model", "meaning-1")
        embeddings.wake()
        yield fake
        embeddings.wake()
        await clients.close()


@pytest.fixture
def business(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Business:
    """One that knows too much for the prompt."""
    monkeypatch.setattr(prompt, "WHOLE_KNOWLEDGE", 10)
    found = a_business(database_url)
    write(database_url, found, "Animales", "Toda mascota entra con correa.")
    return found


def write(url: str, business: Business, title: str, body: str) -> None:
    with psycopg.connect(url) as admin:
        admin.execute(
            "insert into knowledge_entries (org_id, title, body) values (%s, %s, %s)"
            " on conflict (org_id, language, title) do update set body = excluded.body",
            (business.org_id, title, body),
        )


def kept(url: str, business: Business) -> int:
    with psycopg.connect(url) as admin:
        row = admin.execute(
            "select count(*) from knowledge_vectors where org_id = %s", (business.org_id,)
        ).fetchone()
    return row[0] if row else -1


async def titles(business: Business) -> list[str]:
    return [found.hit.title for found in (await lookup.look_up(business.owner, QUESTION)).found]


async def tended(business: Business) -> None:
    """The agent's next turn has the vectors made beside it."""
    await lookup.look_up(business.owner, "hola")
    await vectors.tended(business.org_id)


async def test_what_no_word_says_is_found_by_its_meaning(
    business: Business, deployment: None, server: FakeEmbeddings
) -> None:
    assert "Animales" not in await titles(business)

    await tended(business)
    seen = await lookup.look_up(business.owner, QUESTION)

    assert (seen.found[0].hit.title, seen.verdict) == ("Animales", "sure")
    assert server.requests[-1]["dimensions"] == settings.embeddings_dimensions


async def test_only_what_changed_is_made_again(
    business: Business, deployment: None, server: FakeEmbeddings, database_url: str
) -> None:
    await tended(business)
    server.requests.clear()

    write(database_url, business, "Animales", "Toda mascota entra dormida.")
    await tended(business)

    assert [text for text in server.texts if "\n" in text] == ["Animales\nToda mascota entra dormida."]


async def test_a_deleted_entry_takes_its_vector_along(
    business: Business, deployment: None, server: FakeEmbeddings, database_url: str
) -> None:
    await tended(business)
    before = kept(database_url, business)

    with psycopg.connect(database_url) as admin:
        admin.execute(
            "delete from knowledge_entries where org_id = %s and title = 'Animales'", (business.org_id,)
        )

    assert kept(database_url, business) == before - 1
    assert "Animales" not in await titles(business)


@pytest.mark.parametrize("fault", [500, 401, 3.0])
async def test_a_server_that_fails_or_hangs_leaves_the_words(
    business: Business,
    deployment: None,
    server: FakeEmbeddings,
    fault: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "embeddings_question_timeout", timedelta(seconds=0.1))
    await tended(business)
    server.faults.append(fault)

    found = await lookup.look_up(business.owner, "¿cuánto cuesta la limpieza dental?")
    asked = len(server.requests)
    again = await lookup.look_up(business.owner, "¿cuánto cuesta la limpieza dental?")

    assert found.found[0].hit.title == again.found[0].hit.title == "Precio de la limpieza dental"
    assert len(server.requests) == asked, "it is left alone for a while"


async def test_knowledge_that_fits_the_prompt_needs_no_vectors(
    database_url: str, deployment: None, server: FakeEmbeddings
) -> None:
    business = a_business(database_url)

    await tended(business)

    assert server.requests == []


async def test_without_a_server_nothing_is_kept(
    business: Business, deployment: None, database_url: str
) -> None:
    await tended(business)

    assert kept(database_url, business) == 0
    assert (await brains_of(business)).vectors == {}


async def brains_of(business: Business) -> Knowledge:
    agent = AgentKey(business.org_id)
    found = await brains.brain(agent, 0, word=prompt.prefix, whole_limit=prompt.WHOLE_KNOWLEDGE)
    return found.knowledge


async def test_vectors_of_another_length_are_not_compared() -> None:
    mine = {uuid4(): embeddings.unit([1, 0, 0])}

    assert vectors.nearest(mine, embeddings.unit([1, 0]), 5) == []


@pytest.mark.parametrize("words", ["title", "text", "examples"])
def test_the_digest_changes_with_the_words(words: str) -> None:
    entry = Entry(uuid4(), "título", "texto", "es", ("ejemplo",))
    changed = {"title": "otro", "text": "otro", "examples": ("otro",)}[words]

    assert embeddings.digest(entry) != embeddings.digest(
        Entry(**{**{n: getattr(entry, n) for n in Entry.__slots__}, words: changed})
    )
