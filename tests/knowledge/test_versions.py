"""What entries were: kept by the database with every change, undone, brought back, forgotten."""

import dataclasses
from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.factories import Business, a_business
from vulkn_app.db import AgentKey, Member, as_agent
from vulkn_app.errors import Conflict, NotAllowed, NotFound
from vulkn_app.knowledge import changes, entries, versions
from vulkn_app.knowledge.entries import EntryForm, Filters


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url, knowledge=())


@pytest.fixture
def owner(business: Business, signed_in) -> Member:
    return signed_in(business.owner)


@pytest.fixture
def stranger(database_url: str, business: Business, signed_in) -> Member:
    return dataclasses.replace(signed_in(a_business(database_url).owner), org_id=business.org_id)


async def an_entry(member: Member, title: str = "Wifi", body: str = "Hay wifi gratis.") -> UUID:
    return (await entries.create(member, EntryForm(title=title, body=body))).id


async def test_a_change_says_who_what_and_what_was_before(owner: Member) -> None:
    entry_id = await an_entry(owner)
    await entries.change(owner, entry_id, EntryForm(title="Wifi", body="La clave es sol.", kind="note"))
    await changes.set_status(owner, [entry_id], "archived")

    told = [(row.author, row.fields, row.body) for row in await versions.history(owner, entry_id)]

    assert told == [
        ("Ana", ["status"], "La clave es sol."),
        ("Ana", ["body", "kind"], "Hay wifi gratis."),
    ]


async def test_saving_what_is_there_already_is_no_change(owner: Member) -> None:
    entry_id = await an_entry(owner)

    await entries.change(owner, entry_id, EntryForm(title="Wifi", body="Hay wifi gratis."))

    assert await versions.history(owner, entry_id) == []


async def test_going_back_is_one_more_change(owner: Member) -> None:
    entry_id = await an_entry(owner)
    form = EntryForm(title="Internet", body="Ya no hay.", valid_until=date(2030, 1, 31), examples=["red"])
    await entries.change(owner, entry_id, form)
    [first] = await versions.history(owner, entry_id)

    await versions.go_back(owner, first.id)

    now = await entries.get(owner, entry_id)
    assert (now.title, now.body, now.valid_until, now.examples) == ("Wifi", "Hay wifi gratis.", None, [])
    assert [row.title for row in await versions.history(owner, entry_id)] == ["Internet", "Wifi"]


async def test_a_stranger_sees_and_takes_back_nothing(owner: Member, stranger: Member) -> None:
    entry_id, gone = await an_entry(owner), await an_entry(owner, "Fax")
    archived = await changes.set_status(owner, [entry_id], "archived")
    await changes.delete(owner, [gone])
    [version] = await versions.history(owner, entry_id)
    [deleted] = (await versions.deleted(owner)).rows
    assert archived.id

    assert await versions.history(stranger, entry_id) == []
    assert (await versions.deleted(stranger)).rows == []
    with pytest.raises(NotFound):
        await versions.go_back(stranger, version.id)
    with pytest.raises(NotAllowed):
        await versions.bring_back(stranger, deleted.id)
    with pytest.raises(NotAllowed):
        await changes.undo(stranger, archived.id)
    with pytest.raises(NotFound):
        await versions.forget(stranger, gone)
    assert (await entries.get(owner, entry_id)).status == "archived"


async def test_what_was_done_to_many_is_undone_together(owner: Member) -> None:
    ids = [await an_entry(owner, f"Entrada {n}") for n in range(3)]
    await changes.set_status(owner, ids[:1], "archived")

    done = await changes.set_status(owner, ids, "archived")
    assert done.id
    undone = await changes.undo(owner, done.id)

    assert (done.count, undone) == (2, 2)
    archived = await entries.list_entries(owner, Filters(status="archived"))
    assert [row.id for row in archived.rows] == ids[:1]


async def test_undoing_leaves_alone_what_somebody_edited_since(owner: Member) -> None:
    ids = [await an_entry(owner, f"Entrada {n}") for n in range(2)]
    done = await changes.set_review(owner, ids, date(2027, 1, 1))
    await entries.change(owner, ids[0], EntryForm(title="Nueva", body="x", review_by=date(2028, 1, 1)))
    assert done.id

    assert await changes.undo(owner, done.id) == 1

    assert (await entries.get(owner, ids[0])).review_by == date(2028, 1, 1)
    assert (await entries.get(owner, ids[1])).review_by is None


async def test_deleted_entries_come_back_as_who_they_were(owner: Member) -> None:
    ids = [await an_entry(owner, f"Entrada {n}") for n in range(2)]
    done = await changes.delete(owner, ids)
    seen = await versions.deleted(owner, search="ENTRADA 1")
    assert done.id

    assert await changes.undo(owner, done.id) == 2

    assert ([row.title for row in seen.rows], seen.rows[0].days_left) == (["Entrada 1"], 30)
    assert {row.id for row in (await entries.list_entries(owner)).rows} == set(ids)
    assert (await versions.deleted(owner)).total == 0


async def test_a_title_that_was_taken_meanwhile_stays_taken(owner: Member) -> None:
    entry_id = await an_entry(owner)
    await changes.delete(owner, [entry_id])
    await an_entry(owner)
    [deleted] = (await versions.deleted(owner)).rows

    with pytest.raises(Conflict, match="title_taken"):
        await versions.bring_back(owner, deleted.id)


async def test_only_an_admin_forgets_and_then_nothing_is_left(owner: Member, database_url: str) -> None:
    entry_id = await an_entry(owner)
    with pytest.raises(NotFound):
        await versions.forget(owner, entry_id)
    await changes.delete(owner, [entry_id])
    with pytest.raises(NotAllowed):
        await versions.forget(dataclasses.replace(owner, role="member"), entry_id)

    await versions.forget(owner, entry_id)

    assert (await versions.deleted(owner)).total == 0
    with psycopg.connect(database_url) as admin:
        left = admin.execute("select count(*) from knowledge_versions where entry_id = %s", (entry_id,))
        assert left.fetchone() == (0,)


async def test_history_grows_old_and_goes(owner: Member, database_url: str) -> None:
    kept, gone = await an_entry(owner), await an_entry(owner, "Fax")
    await changes.set_status(owner, [kept, gone], "archived")
    await changes.delete(owner, [gone])
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "update knowledge_versions set at = at - interval '31 days' where org_id = %s", (owner.org_id,)
        )

    async with as_agent(AgentKey(owner.org_id)) as connection:
        await connection.execute("select app.knowledge_forget()")

    assert len(await versions.history(owner, kept)) == 1
    assert await versions.history(owner, gone) == []
    assert (await versions.deleted(owner)).total == 0


async def test_an_organization_that_is_purged_takes_its_history_along(
    owner: Member, database_url: str
) -> None:
    await changes.delete(owner, [await an_entry(owner)])

    with psycopg.connect(database_url) as admin:
        admin.execute("delete from organizations where id = %s", (owner.org_id,))
        left = admin.execute("select count(*) from knowledge_versions where org_id = %s", (owner.org_id,))
        assert left.fetchone() == (0,)


async def test_a_change_that_nobody_made_cannot_be_undone(owner: Member) -> None:
    assert await changes.undo(owner, uuid4()) == 0
