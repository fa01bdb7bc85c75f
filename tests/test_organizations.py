"""Founding a business: its short name, and whose it is."""

import re
from uuid import uuid4

import psycopg
import pytest

from tests.factories import a_business
from vulkn_app import organizations
from vulkn_app.channels import tenants, webchat
from vulkn_app.errors import BadInput, NotAllowed
from vulkn_app.llm import smalltalk

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Clínica Sueños & Cía.", "clinica-suenos-cia"),
        ("  Sushi   Ñam!! ", "sushi-nam"),
        ("API", "api-negocio"),
        ("Yo", "yo-negocio"),
        ("x" * 80, "x" * 40),
        ("a" * 39 + " b", "a" * 39),
    ],
)
def test_a_name_becomes_a_short_name(name: str, slug: str) -> None:
    assert organizations.slug_for(name) == slug


@pytest.mark.parametrize("name", ["寿司", "🍣", "---", "admin", "ß", "A", "Ω Ω", "e\u0301", "www"])
def test_every_name_gets_a_valid_short_name(name: str) -> None:
    slug = organizations.slug_for(name)

    assert SLUG.fullmatch(slug)
    assert slug not in organizations.RESERVED


@pytest.mark.usefixtures("deployment")
async def test_a_second_business_of_the_same_name_gets_a_number(database_url: str) -> None:
    person, name = a_business(database_url).owner.user_id, f"Café {uuid4().hex[:6]}"

    first, second = [await organizations.found(person, name) for _ in range(2)]

    assert second.slug == f"{first.slug}-2"
    with psycopg.connect(database_url) as admin:
        owned = admin.execute(
            "select role from memberships where user_id = %s and org_id = %s", [person, second.id]
        ).fetchone()
    assert owned == ("owner",)


@pytest.mark.usefixtures("deployment")
async def test_somebody_without_an_account_founds_nothing() -> None:
    with pytest.raises((NotAllowed, psycopg.errors.ForeignKeyViolation)):
        await organizations.found(uuid4(), "Fantasma")


@pytest.mark.usefixtures("deployment")
async def test_a_business_needs_a_name(database_url: str) -> None:
    person = a_business(database_url).owner.user_id

    for name in ("", " \x00 ", "x" * 121):
        with pytest.raises(BadInput):
            await organizations.found(person, name)


@pytest.mark.usefixtures("deployment")
async def test_a_new_business_greets_in_both_languages_and_suggests_what_can_be_answered(
    database_url: str,
) -> None:
    founded = await organizations.found(a_business(database_url).owner.user_id, "Pan 100% Bueno")

    shown = webchat.config(await tenants.tenant(founded.slug))

    assert "Pan 100% Bueno" in shown["greeting"]["es"]
    assert "Pan 100% Bueno" in shown["greeting"]["en"]
    assert all(2 <= len(chips) <= 3 for chips in shown["suggestions"].values())
    answers = {smalltalk.kind_of(chip) for chips in shown["suggestions"].values() for chip in chips}
    assert answers == {"who", "person"}
