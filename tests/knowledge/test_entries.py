"""The editor's calls, with people's own tokens against the real REST interface."""

import dataclasses
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from tests.factories import Business, a_business
from vulkn_app.db import Member
from vulkn_app.errors import Conflict, DatabaseAway, NotAllowed, NotFound, SignedOut
from vulkn_app.knowledge import changes, entries
from vulkn_app.knowledge.entries import EntryForm, Filters
from vulkn_app.settings import settings


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def owner(business: Business, signed_in) -> Member:
    return signed_in(business.owner)


@pytest.fixture
def stranger(database_url: str, business: Business, signed_in) -> Member:
    """Somebody else's owner, who knows our organization's id."""
    other = a_business(database_url, knowledge=())
    return dataclasses.replace(signed_in(other.owner), org_id=business.org_id)


async def an_entry(member: Member, title: str = "Wifi") -> UUID:
    return (await entries.create(member, EntryForm(title=title, body="Hay wifi gratis."))).id


async def test_a_stranger_sees_and_changes_nothing(owner: Member, stranger: Member) -> None:
    entry_id = await an_entry(owner)

    assert (await entries.list_entries(stranger)).total == 0
    with pytest.raises(NotFound):
        await entries.get(stranger, entry_id)
    with pytest.raises(NotFound):
        await entries.change(stranger, entry_id, EntryForm(title="Hola", body="x"))
    with pytest.raises(NotFound):
        await changes.set_status(stranger, [entry_id], "archived")
    with pytest.raises(NotFound):
        await changes.delete(stranger, [entry_id])
    with pytest.raises(NotAllowed):
        await entries.create(stranger, EntryForm(title="Spam", body="x"))


async def test_what_is_written_can_be_read(owner: Member) -> None:
    form = EntryForm(
        title=" Precio\n del  corte ", body="$200\r\nsin cita\x00 ", examples=["cuánto es", "", "cuánto es"]
    )

    row = await entries.create(owner, form)

    assert (row.title, row.body, row.examples) == ("Precio del corte", "$200\nsin cita", ["cuánto es"])
    assert await entries.get(owner, row.id) == row


async def test_a_title_is_taken_once_a_language(owner: Member) -> None:
    entry_id = await an_entry(owner, "Mascotas")
    await entries.create(owner, EntryForm(title="Mascotas", body="Pets", language="en"))

    with pytest.raises(Conflict, match="title_taken"):
        await an_entry(owner, "Mascotas")
    with pytest.raises(Conflict, match="title_taken"):
        await entries.change(owner, entry_id, EntryForm(title="Horario", body="x"))


@pytest.mark.parametrize(
    ("search", "titles"),
    [
        ("horario", {"Horario"}),
        ("ESTACIONAMIENTO gratuito", {"Estacionamiento"}),
        ("sabado", {"Horario"}),
        ("sábados", {"Horario"}),
        ("limpieza horario", set()),
        ("limpieza dental 100%", set()),
        ("minutos 40", {"Precio de la limpieza dental"}),
        ("uno", set()),
        ('",)(*%_\\', {"Horario", "Precio de la limpieza dental", "Estacionamiento", "Opening hours"}),
    ],
)
async def test_search_finds_words_in_title_or_text(owner: Member, search: str, titles: set[str]) -> None:
    found = await entries.list_entries(owner, Filters(search=search))

    assert {row.title for row in found.rows} == titles


async def test_pages_have_the_total(owner: Member) -> None:
    first = await entries.list_entries(owner, size=3)
    second = await entries.list_entries(owner, size=3, page=2)
    beyond = await entries.list_entries(owner, size=3, page=9)

    assert (len(first.rows), first.total) == (3, 4)
    assert (len(second.rows), second.total) == (1, 4)
    assert beyond.rows == []
    assert (await entries.list_entries(owner, Filters(language="en"))).total == 1


async def test_an_archived_entry_leaves_the_list_until_it_is_restored(owner: Member) -> None:
    entry_id = await an_entry(owner)

    assert (await changes.set_status(owner, [entry_id], "archived")).count == 1
    assert (await entries.list_entries(owner, Filters(search="wifi"))).total == 0
    assert (await entries.list_entries(owner, Filters(search="wifi", status="archived"))).total == 1
    await changes.set_status(owner, [entry_id], "active")
    assert (await entries.list_entries(owner, Filters(search="wifi"))).total == 1


async def test_a_plain_member_cannot_delete(owner: Member) -> None:
    entry_id = await an_entry(owner)

    with pytest.raises(NotAllowed):
        await changes.delete(dataclasses.replace(owner, role="member"), [entry_id])
    assert (await changes.delete(owner, [entry_id])).count == 1
    with pytest.raises(NotFound):
        await entries.get(owner, entry_id)


async def test_nothing_chosen_is_not_found(owner: Member) -> None:
    with pytest.raises(NotFound):
        await changes.set_status(owner, [], "archived")
    with pytest.raises(NotFound):
        await changes.delete(owner, [uuid4()])


async def test_a_token_that_is_not_ours_is_signed_out(owner: Member) -> None:
    forged = dataclasses.replace(owner, token=owner.token[:-4] + "AAAA")

    with pytest.raises(SignedOut):
        await entries.list_entries(forged)


async def test_without_the_server_it_says_so(owner: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "supabase_url", "http://127.0.0.1:9")

    with pytest.raises(DatabaseAway):
        await entries.list_entries(owner)
    with pytest.raises(DatabaseAway):
        await an_entry(owner, "Otra")


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " ", "body": "x"},
        {"title": "x" * 201, "body": "x"},
        {"title": "x", "body": "\x00"},
        {"title": "x", "body": "x" * 20_001},
        {"title": "x", "body": "x", "language": "fr"},
        {"title": "x", "body": "x", "examples": [str(n) for n in range(41)]},
    ],
)
def test_a_form_refuses_what_the_table_refuses(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EntryForm.model_validate(wrong)


def test_a_text_field_gives_one_example_a_line() -> None:
    form = EntryForm.model_validate({"title": "x", "body": "y", "examples": "uno\n\n dos \nuno"})

    assert form.examples == ["uno", "dos"]
