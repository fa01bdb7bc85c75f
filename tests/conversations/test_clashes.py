"""Which entries contradict each other, and who may see and settle it."""

import dataclasses
from uuid import UUID

import psycopg
import pytest

from tests.factories import a_business
from vulkn_app.conversations import clashes, contradictions
from vulkn_app.conversations.clashes import Text
from vulkn_app.db import Member
from vulkn_app.errors import BadInput, NotFound
from vulkn_app.knowledge import changes, entries
from vulkn_app.knowledge.entries import EntryForm


def between(*said: tuple[str, str], kind: str = "faq", twin: bool = False) -> list[tuple[str, str]]:
    """What the first says and what the others do where they differ."""
    texts = [
        Text(UUID(int=n), title, body, "es", kind, UUID(int=99) if twin else None)
        for n, (title, body) in enumerate(said)
    ]
    twins = [(texts[0].id, texts[1].id)] if twin else []
    found = clashes.find({text.id: clashes.claims(text) for text in texts}, twins)
    return [(clash.here, clash.there) for clash in found]


@pytest.mark.parametrize(
    ("one", "other", "figures"),
    [
        (("Limpieza dental", "Cuesta $650."), ("Precios", "Limpieza dental: $700"), ("$650", "$700")),
        (("Corte", "El corte dura 30 minutos"), ("Corte (2)", "45 minutos"), ("30 minutos", "45 minutos")),
        (("Anticipo", "Pedimos 30 % de anticipo"), ("Anticipo (2)", "50 %"), ("30 %", "50 %")),
        (
            ("Horario", "Lunes a viernes de 9:00 a 19:00"),
            ("¿A qué hora abren?", "Los viernes de 10:00 a 19:00"),
            ("9:00 - 19:00", "10:00 - 19:00"),
        ),
        (
            ("Whitening", "It costs $1,200 pesos"),
            ("Prices", "Whitening: $1,500 pesos"),
            ("$1,200 pesos", "$1,500 pesos"),
        ),
    ],
)
def test_different_figures_for_the_same_thing(
    one: tuple[str, str], other: tuple[str, str], figures: tuple[str, str]
) -> None:
    assert between(one, other) == [figures]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Corte", "$200"), ("Corte de niño", "$150")),
        (("Limpieza dental", "$650 y dura 40 minutos"), ("Precios", "Limpieza dental $650, resina $900")),
        (("Limpieza", "$650.00 MXN"), ("Limpieza (2)", "650 pesos")),
        (("Curso", "$100 USD"), ("Curso (2)", "$1,800 MXN")),
        (
            ("Horario", "Lunes a viernes de 9 am a 7 pm"),
            ("Horario (2)", "De lunes a viernes de 9:00 a 19:00"),
        ),
        (("Horario", "Lunes de 9:00 a 19:00"), ("Horario de la cocina", "Lunes de 13:00 a 21:00")),
        (("Anticipo", "Pedimos 30 %"), ("Anticipo para eventos", "Pedimos 50 %")),
        (("Dirección", "Av. Juárez 45"), ("Teléfono", "55 1234 5678")),
    ],
)
def test_what_only_looks_like_it(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert between(one, other) == []


def test_a_price_table_needs_no_sign() -> None:
    assert between(("Menú", "| Rollo California | 120 |"), ("Rollo California", "125"), kind="price") == [
        ("120", "125")
    ]


def test_two_languages_of_one_answer_give_the_same_figures() -> None:
    assert between(("Envío", "Cuesta 99 pesos"), ("Shipping", "It costs 120 pesos"), twin=True) == [
        ("99 pesos", "120 pesos")
    ]
    assert between(("Envío", "Cuesta 99 pesos"), ("Shipping", "It costs $99"), twin=True) == []


def test_an_import_gone_wrong_is_told_in_bounded_time_and_number() -> None:
    texts = [(f"Corte ({n})", f"El corte cuesta ${n + 1}") for n in range(400)]

    assert len(between(*texts)) == clashes.MOST


@pytest.fixture
def owner(database_url: str, signed_in) -> Member:
    return signed_in(a_business(database_url, knowledge=()).owner)


async def two_prices(owner: Member) -> tuple[UUID, UUID]:
    one = await entries.create(owner, EntryForm(title="Corte", body="$200", kind="price"))
    other = await entries.create(owner, EntryForm(title="Corte de pelo", body="El corte: $250"))
    return one.id, other.id


async def test_it_ends_when_one_is_corrected_archived_or_over(owner: Member, database_url: str) -> None:
    one, other = await two_prices(owner)
    assert set(await contradictions.of(owner)) == {one, other}

    done = await changes.set_status(owner, [one], "archived")
    assert await contradictions.of(owner) == {}
    assert done.id
    await changes.undo(owner, done.id)
    assert set(await contradictions.of(owner)) == {one, other}
    with psycopg.connect(database_url) as admin:
        admin.execute("update knowledge_entries set valid_until = '2026-01-01' where id = %s", (other,))
    assert await contradictions.of(owner) == {}
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "update knowledge_entries set valid_until = null, body = 'El corte: $200' where id = %s", (other,)
        )

    assert await contradictions.of(owner) == {}


async def test_settled_figures_are_not_told_again_but_others_are(owner: Member, database_url: str) -> None:
    one, other = await two_prices(owner)
    with pytest.raises(BadInput, match="reason_missing"):
        await contradictions.settle(owner, other, one, "  ")

    await contradictions.settle(owner, other, one, "Son dos sucursales")

    assert await contradictions.of(owner) == {}
    with psycopg.connect(database_url) as admin:
        audited = admin.execute(
            "select actor_id from audit_log where org_id = %s and entity = 'knowledge_dismissals'",
            (owner.org_id,),
        ).fetchall()
    assert audited == [(owner.user_id,)]
    await entries.change(owner, other, EntryForm(title="Corte de pelo", body="El corte: $300"))
    assert set(await contradictions.of(owner)) == {one, other}


async def test_a_stranger_sees_and_settles_nothing(owner: Member, database_url: str, signed_in) -> None:
    one, other = await two_prices(owner)
    await contradictions.of(owner)
    stranger = dataclasses.replace(signed_in(a_business(database_url).owner), org_id=owner.org_id)

    assert await contradictions.of(stranger) == {}
    with pytest.raises(NotFound):
        await contradictions.settle(stranger, one, other, "porque sí")
