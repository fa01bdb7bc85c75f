"""What an owner deletes is gone: for a while with a way back, for good from every table and every memory."""

from uuid import UUID

import psycopg
import pytest

from tests.factories import Business, a_business
from vulkn_app import live, llm
from vulkn_app.conversations import brains, lookup, prompt
from vulkn_app.conversations.grounding import priced
from vulkn_app.db import AgentKey, Member, as_agent
from vulkn_app.errors import NotAllowed
from vulkn_app.knowledge import changes, incoming, versions
from vulkn_app.knowledge.sources import work
from vulkn_app.llm import claude

pytestmark = pytest.mark.usefixtures("deployment")

WORD = "zafirolunar"
FILE = f"title,text,language\n¿Qué es el {WORD}?,El {WORD} cuesta $90.,es\nOtra {WORD},Nada de {WORD}.,es\n"

# Every table there is, its rows as text: one that comes later is looked through as well. Bytes are told as hex.
TABLES = """
    select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname in ('public', 'app', 'auth')
"""


@pytest.fixture
async def business(database_url: str) -> Business:
    """One that has brought in a document, edited an entry of it, and deleted another one by itself."""
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("delete from knowledge_imports")
        for table in ("knowledge_entries", "knowledge_versions"):  # what the test before left, of another one
            admin.execute(f"delete from {table} t where t::text ilike %s".encode(), (f"%{WORD}%",))
    made = a_business(database_url)
    import_id = await incoming.begin_file(made.owner, "piedras.csv", FILE.encode())
    await work.do_waiting()
    await incoming.confirm(made.owner, import_id)
    await work.do_waiting()
    one, other = [find(database_url, made, title) for title in (f"¿Qué es el {WORD}?", f"Otra {WORD}")]
    async with changes.acting(made.owner) as connection:
        await connection.execute(
            "update knowledge_entries set title = %s, body = %s where id = %s",
            (f"{WORD} hoy", f"{WORD}: $95.", one),
        )
    await changes.delete(made.owner, [other])
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "insert into knowledge_vectors (org_id, entry_id, digest, vector) values (%s, %s, 'x', '{1}')",
            (made.org_id, one),
        )
    return made


def find(url: str, business: Business, title: str) -> UUID:
    with psycopg.connect(url) as admin:
        row = admin.execute(
            "select id from knowledge_entries where org_id = %s and title = %s", (business.org_id, title)
        ).fetchone()
    assert row
    return row[0]


async def the_source(member: Member) -> UUID:
    return (await incoming.sources(member))[0].id


def saying(url: str, word: str = WORD) -> dict[str, int]:
    """The tables with rows that hold the word, in letters or in bytes."""
    found: dict[str, int] = {}
    with psycopg.connect(url) as admin:
        for (table,) in admin.execute(TABLES).fetchall():
            counted = admin.execute(
                f"select count(*) from {table} t where t::text ilike %s or t::text like %s".encode(),
                (f"%{word}%", f"%{word.encode().hex()}%"),
            ).fetchone()
            found |= {table.removeprefix("public."): counted[0]} if counted and counted[0] else {}
    return found


def vectors(url: str, business: Business) -> int:
    with psycopg.connect(url) as admin:
        row = admin.execute(
            "select count(*) from knowledge_vectors where org_id = %s", (business.org_id,)
        ).fetchone()
    return row[0] if row else -1


async def test_a_deleted_source_is_out_of_use_at_once_and_out_of_sight_but_for_its_way_back(
    database_url: str, business: Business
) -> None:
    await incoming.delete_source(business.owner, await the_source(business.owner))

    seen = await lookup.look_up(business.owner, f"¿cuánto cuesta el {WORD}?")
    assert [one.hit.title for one in seen.found if WORD in one.hit.text] == []
    assert saying(database_url) == {"knowledge_versions": 3}
    assert vectors(database_url, business) == 0
    assert {row.days_left for row in (await versions.deleted(business.owner)).rows} == {7}


async def test_a_source_deleted_by_mistake_comes_back_whole(database_url: str, business: Business) -> None:
    change = await incoming.delete_source(business.owner, await the_source(business.owner))
    assert change.id

    assert await changes.undo(business.owner, change.id) == 1

    (source,) = await incoming.sources(business.owner)
    assert (source.name, source.amount) == ("piedras.csv", 1)
    assert find(database_url, business, f"{WORD} hoy")
    again = await incoming.delete_source(business.owner, source.id)
    assert again.count == 1


async def test_after_seven_days_nothing_of_a_source_is_left(database_url: str, business: Business) -> None:
    await changes.delete(business.owner, [find(database_url, business, "Estacionamiento")])
    await incoming.delete_source(business.owner, await the_source(business.owner))
    with psycopg.connect(database_url) as admin:
        admin.execute("update knowledge_versions set at = at - interval '8 days'")

    async with as_agent(AgentKey(business.org_id)) as connection:
        await connection.execute("select app.knowledge_forget()")

    assert saying(database_url) == {}
    assert [row.title for row in (await versions.deleted(business.owner)).rows] == ["Estacionamiento"]


async def test_deleted_for_good_no_table_has_a_word_of_it(database_url: str, business: Business) -> None:
    source = await the_source(business.owner)
    with pytest.raises(NotAllowed):
        await incoming.delete_source(
            Member(business.owner.user_id, business.org_id, "member"), source, for_good=True
        )

    change = await incoming.delete_source(business.owner, source, for_good=True)

    assert (change.count, change.id) == (1, None)
    assert saying(database_url) == {}
    assert vectors(database_url, business) == 0


async def test_an_entry_deleted_for_good_leaves_no_title_in_an_import(
    database_url: str, business: Business
) -> None:
    entry_id = find(database_url, business, f"{WORD} hoy")
    await changes.delete(business.owner, [entry_id])
    deleted = (await versions.deleted(business.owner)).rows

    for row in deleted:
        await versions.forget(business.owner, row.entry_id)

    assert saying(database_url) == {}


async def test_what_lives_keeps_its_history_when_its_source_goes_for_good(
    database_url: str, business: Business
) -> None:
    change = await incoming.delete_source(business.owner, await the_source(business.owner))
    assert change.id
    await changes.undo(business.owner, change.id)
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("update knowledge_entries set source_id = null where org_id = %s", (business.org_id,))

    await incoming.delete_source(business.owner, await the_source(business.owner), for_good=True)

    assert await versions.history(business.owner, find(database_url, business, f"{WORD} hoy"))


async def test_a_purged_organization_leaves_no_word(database_url: str, business: Business) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("select app.retire_org(%s)", (business.org_id,))
        admin.execute("select app.purge_org(%s, interval '0')", (business.org_id,))

    assert saying(database_url) == {}


async def test_the_process_forgets_too_and_so_do_the_others(business: Business) -> None:
    """A brain, the prompts that were sent, and the figures read from texts."""
    live.listen_everywhere(brains.hear)
    await lookup.look_up(business.owner, WORD)
    brain = await brains.brain(AgentKey(business.org_id), 0, word=prompt.prefix, whole_limit=24_000)
    claude._opening("m", 1, (), brain.prefix, may_call=True)
    assert WORD in str(brain.prefix)
    assert priced._places.cache_info().currsize > 0

    await incoming.delete_source(business.owner, await the_source(business.owner), for_good=True)

    assert business.org_id not in brains._brains
    assert claude._opening.cache_info().currsize == 0
    assert priced._places.cache_info().currsize == 0
    rung: list[live.Ring] = []
    live.listen_everywhere(rung.append)
    live._hear(f'["elsewhere", ["{business.org_id}", "{live.FORGOTTEN}", null]]')
    assert rung == [live.Ring(business.org_id, live.FORGOTTEN)]
    live._everywhere.discard(rung.append)
    assert llm.providers()
