"""One sheet, two languages: both are saved or neither, and nobody writes over somebody else."""

import dataclasses
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from tests.factories import a_business
from vulkn_app.db import Member
from vulkn_app.errors import BadInput, Conflict, NotAllowed, NotFound
from vulkn_app.knowledge import entries, pairs
from vulkn_app.knowledge.pairs import PairForm

SPANISH = {"title_es": "Mascotas", "body_es": "Son bienvenidas."}
ENGLISH = {"title_en": "Pets", "body_en": "They are welcome.", "examples_en": "dogs\ncats"}


@pytest.fixture
def owner(database_url: str, signed_in) -> Member:
    return signed_in(a_business(database_url, knowledge=()).owner)


async def saved(member: Member, fields: dict[str, str], entry_id: UUID | None = None) -> UUID:
    return await pairs.save(member, PairForm.read(fields), entry_id)


async def told(member: Member, entry_id: UUID) -> dict[str, tuple[str, str]]:
    return {side.language: (side.title, side.status) for side in await pairs.sides(member, entry_id)}


async def test_what_both_have_in_common_is_written_to_both(owner: Member) -> None:
    await saved(owner, SPANISH | ENGLISH | {"kind": "note", "valid_until": "2027-01-31", "exact": "on"})

    rows = (await entries.list_entries(owner)).rows
    assert {(row.language, row.kind, row.valid_until, row.exact) for row in rows} == {
        ("es", "note", date(2027, 1, 31), True),
        ("en", "note", date(2027, 1, 31), True),
    }
    assert rows[0].twin_id == rows[1].twin_id is not None


async def test_a_translation_is_added_and_taken_off_and_written_again(owner: Member) -> None:
    entry_id = await saved(owner, SPANISH)
    assert await told(owner, entry_id) == {"es": ("Mascotas", "active")}

    await saved(owner, SPANISH | ENGLISH, entry_id)
    assert await told(owner, entry_id) == {"es": ("Mascotas", "active"), "en": ("Pets", "active")}
    await saved(owner, SPANISH, entry_id)
    assert await told(owner, entry_id) == {"es": ("Mascotas", "active"), "en": ("Pets", "archived")}
    await saved(owner, SPANISH | ENGLISH | {"title_en": "Animals"}, entry_id)

    assert await told(owner, entry_id) == {"es": ("Mascotas", "active"), "en": ("Animals", "active")}


async def test_when_one_language_cannot_be_saved_neither_is(owner: Member) -> None:
    await saved(owner, {"title_en": "Pets", "body_en": "No."})

    with pytest.raises(Conflict, match="title_taken"):
        await saved(owner, SPANISH | ENGLISH)

    assert [row.title for row in (await entries.list_entries(owner)).rows] == ["Pets"]


async def test_an_older_state_is_not_saved_over_a_newer_one(owner: Member) -> None:
    entry_id = await saved(owner, SPANISH)

    with pytest.raises(Conflict, match="meanwhile"):
        await pairs.save(owner, PairForm.read(SPANISH), entry_id, datetime(2026, 1, 1, tzinfo=UTC))


async def test_a_stranger_saves_nothing(owner: Member, database_url: str, signed_in) -> None:
    entry_id = await saved(owner, SPANISH)
    stranger = dataclasses.replace(signed_in(a_business(database_url).owner), org_id=owner.org_id)

    with pytest.raises(NotFound):
        await saved(stranger, SPANISH, entry_id)
    with pytest.raises(NotFound):
        await pairs.sides(stranger, entry_id)
    with pytest.raises(NotAllowed):
        await saved(stranger, ENGLISH)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title_es": "Mascotas"}, "half_written"),
        ({"title_es": "Aviso", "body_es": "2x1 hoy", "kind": "note"}, "offer_without_end"),
        (SPANISH | {"valid_from": "2027-02-01", "valid_until": "2027-01-01"}, "dates_reversed"),
    ],
)
def test_what_is_not_ready_says_why(fields: dict[str, str], code: str) -> None:
    with pytest.raises(BadInput, match=code):
        PairForm.read(fields)


@pytest.mark.parametrize(
    "more",
    [{"valid_until": "2027-01-01"}, {"no_end": "on"}, {"kind": "faq"}, {"body_es": "Cerramos el lunes."}],
)
def test_an_offer_with_an_end_or_none_on_purpose_is_ready(more: dict[str, str]) -> None:
    fields = {"title_es": "Aviso", "body_es": "2x1 en cortes", "kind": "note"}

    assert PairForm.read(fields | more).sides
