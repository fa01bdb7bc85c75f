"""A vertical is taken over in one act, invents nothing, and is taken over once."""

from collections.abc import Callable

import psycopg
import pytest

from tests.factories import Business, a_business
from vulkn_app import verticals
from vulkn_app.db import Member
from vulkn_app.errors import NotAllowed, NotFound
from vulkn_app.knowledge import attention, pairs, validity
from vulkn_app.knowledge.pairs import PairForm
from vulkn_app.leads import HOT, signals
from vulkn_app.onboarding import packs
from vulkn_app.onboarding.packs import Adopted
from vulkn_app.skills.catalogue import ALL
from vulkn_app.skills.intake_forms import IntakeConfig

ANSWERS = {
    "hours": "lunes a viernes de 9:00 a 19:00",
    "address": "Av. Juárez 120, Puebla.",
    "cleaning": "cuesta $650 y dura 40 minutos",
    "cleaning_en": "it costs $650 and takes 40 minutes",
}
Rows = Callable[..., list[tuple]]


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url, knowledge=())


@pytest.fixture
def rows(database_url: str, business: Business) -> Rows:
    def ask(statement: str) -> list[tuple]:
        with psycopg.connect(database_url) as admin:
            return admin.execute(statement.encode(), {"org": business.org_id}).fetchall()

    return ask


def entries(rows: Rows) -> dict[tuple[str, str], tuple[str, str]]:
    """By title and language: state and text."""
    statement = "select title, language, status, body from knowledge_entries where org_id = %(org)s"
    return {(title, language): (status, body) for title, language, status, body in rows(statement)}


@pytest.mark.parametrize("key", verticals.KEYS)
def test_a_pack_can_be_used_as_it_stands(key: str) -> None:
    pack = packs.pack(key)

    assert 12 <= len(pack.faqs) <= 20
    assert len({faq.key for faq in pack.faqs}) == len(pack.faqs)
    for language in ("es", "en"):
        titles = [faq.side(language).title for faq in pack.faqs]
        assert len(set(titles)) == len(titles)
    for skill, config in pack.skills.items():
        ALL[skill].config.model_validate(packs.configured(skill, config))


@pytest.mark.parametrize("key", verticals.KEYS)
def test_no_pack_holds_a_figure_that_an_owner_did_not_say(key: str) -> None:
    """What is answered comes from the owner: a price, an hour, a phone in a body would be made up."""
    bodies = [faq.side(language).body for faq in packs.pack(key).faqs for language in ("es", "en")]

    assert [body for body in bodies if any(letter.isdigit() for letter in body)] == []


async def test_an_answer_is_known_only_when_the_owner_filled_it(
    business: Business, deployment: None, rows: Rows
) -> None:
    adopted = await packs.adopt(business.owner, "dentist", ANSWERS)

    found = entries(rows)
    assert found["Horario", "es"] == ("active", "Nuestro horario: lunes a viernes de 9:00 a 19:00.")
    assert found["Limpieza dental", "es"] == (
        "active",
        "La limpieza dental: cuesta $650 y dura 40 minutos.",
    )
    assert found["Teeth cleaning", "en"][0] == "active"
    assert ("Opening hours", "en") not in found  # said in Spanish alone
    assert found["Where we are", "en"] == ("active", "Our address: Av. Juárez 120, Puebla.")
    assert found["Implantes", "es"] == (
        "draft",
        "Un implante dental: [falta: costo de un implante].",
    )
    states = [status for status, _ in found.values()]
    assert (adopted.active, adopted.drafts) == (states.count("active"), states.count("draft"))
    assert (await attention.counts(business.owner, validity.today("UTC"))).drafts == adopted.drafts


async def test_taken_over_again_nothing_changes(business: Business, deployment: None, rows: Rows) -> None:
    await packs.adopt(business.owner, "dentist", ANSWERS)
    log = "select count(*) from audit_log where org_id = %(org)s"
    before, count = entries(rows), rows(log)

    again = await packs.adopt(business.owner, "dentist", ANSWERS)

    assert again == Adopted()
    assert (entries(rows), rows(log)) == (before, count)


async def test_another_answer_fills_its_blank_and_what_was_written_around_it_stays(
    business: Business, deployment: None, rows: Rows, database_url: str
) -> None:
    await packs.adopt(business.owner, "dentist", ANSWERS)
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "update knowledge_entries set body = body || ' Pregunta por Luis.'"
            " where org_id = %s and title = 'Implantes'",
            (business.org_id,),
        )

    more = await packs.adopt(business.owner, "dentist", ANSWERS | {"implant": "desde $12,000"})

    assert more == Adopted(active=1)
    assert entries(rows)["Implantes", "es"] == (
        "active",
        "Un implante dental: desde $12,000. Pregunta por Luis.",
    )


async def test_filling_the_last_blank_in_the_editor_is_enough(
    business: Business, deployment: None, rows: Rows
) -> None:
    await packs.adopt(business.owner, "dentist", {})
    [(entry_id,)] = rows("select id from knowledge_entries where org_id = %(org)s and title = 'Garantía'")
    half = {"title_es": "Garantía", "body_es": "Un año. [falta: qué no cubre]", "examples_es": ""}

    await pairs.save(business.owner, PairForm.read(half), entry_id)
    assert entries(rows)["Garantía", "es"][0] == "draft"
    await pairs.save(business.owner, PairForm.read(half | {"body_es": "Un año."}), entry_id)

    assert entries(rows)["Garantía", "es"] == ("active", "Un año.")


async def test_what_the_owner_deleted_is_not_brought_again(
    business: Business, deployment: None, rows: Rows, database_url: str
) -> None:
    await packs.adopt(business.owner, "dentist", ANSWERS)
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "delete from knowledge_entries where org_id = %s and title = 'Horario'", (business.org_id,)
        )

    assert await packs.adopt(business.owner, "dentist", ANSWERS) == Adopted()
    assert ("Horario", "es") not in entries(rows)


async def test_the_owners_own_words_under_a_title_stand(database_url: str, deployment: None) -> None:
    business = a_business(database_url, knowledge=[("Horario", "Solo con cita.", "es")])

    await packs.adopt(business.owner, "dentist", ANSWERS)

    with psycopg.connect(database_url) as admin:
        found = admin.execute(
            "select body from knowledge_entries where org_id = %s and title = 'Horario'", (business.org_id,)
        ).fetchall()
    assert found == [("Solo con cita.",)]


async def test_choosing_another_vertical_takes_back_what_nobody_touched(
    business: Business, deployment: None, rows: Rows
) -> None:
    await packs.adopt(business.owner, "dentist", ANSWERS)

    await packs.adopt(business.owner, "vet", {})

    found = entries(rows)
    assert ("Implantes", "es") not in found
    assert found["Horario", "es"][0] == "active"  # the owner said it
    assert ("Esterilización", "es") in found
    assert rows("select industry from organizations where id = %(org)s") == [("vet",)]


async def test_skills_begin_within_the_plan_and_what_was_set_up_stays(
    business: Business, deployment: None, rows: Rows, database_url: str
) -> None:
    with psycopg.connect(database_url) as admin:
        admin.execute("update organizations set plan = 'free' where id = %s", (business.org_id,))

    adopted = await packs.adopt(business.owner, "garage", {})

    assert adopted.skills == ("lead_capture",)
    state = "select key, enabled, published is not null from agent_skills where org_id = %(org)s order by key"
    assert rows(state) == [
        ("booking", False, False),
        ("intake", False, False),
        ("lead_capture", True, True),
    ]


async def test_booking_waits_until_there_is_something_to_book(
    business: Business, deployment: None, rows: Rows, database_url: str
) -> None:
    assert "booking" not in (await packs.adopt(business.owner, "dentist", {})).skills
    other = a_business(database_url, knowledge=())
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "insert into services (org_id, name_es, minutes) values (%s, 'Limpieza', 40)", (other.org_id,)
        )

    assert "booking" in (await packs.adopt(other.owner, "dentist", {})).skills


async def test_only_who_runs_the_business_takes_a_vertical_over(
    business: Business, deployment: None, rows: Rows, database_url: str
) -> None:
    stranger = Member(a_business(database_url).owner.user_id, business.org_id, "owner")
    worker = Member(business.owner.user_id, business.org_id, "member")
    for nobody in (stranger, worker):
        with pytest.raises(NotAllowed):
            await packs.adopt(nobody, "dentist", ANSWERS)
    with pytest.raises(NotFound):
        await packs.adopt(business.owner, "circus", ANSWERS)

    assert entries(rows) == {}


@pytest.mark.parametrize(
    ("industry", "words", "reason"),
    [
        ("dentist", "Hola, me duele la muela desde ayer", "pain"),
        ("garage", "mi coche no prende y estoy en la calle", "breakdown"),
        ("restaurant", "queremos una mesa para 12", "group"),
        ("school", "quiero inscribir a mi hijo en primaria", "enroll"),
        ("real_estate", "¿cuándo lo puedo ver?", "visit"),
        ("vet", "My dog is vomiting since last night", "pet_sick"),
    ],
)
def test_who_is_about_to_buy_is_hot_in_their_vertical_alone(industry: str, words: str, reason: str) -> None:
    assert reason in signals(words, industry=industry).reasons
    assert signals(words, industry=industry).score >= HOT
    assert signals(words).score < HOT


def test_who_has_no_pain_any_more_is_not_hot() -> None:
    assert signals("ya no me duele la muela, gracias", industry="dentist").score < HOT


@pytest.mark.parametrize(
    "words",
    [
        "quiero apartar una mesa para 6 el viernes a las 8pm",
        "¿me apartas mesa para el viernes?",
        "Hola, quisiera una mesa para 4 mañana",
        "¿Tienen mesa para hoy?",
        "Can I get a table for two tonight?",
    ],
)
def test_whoever_wants_a_table_is_asked_for_when(words: str) -> None:
    [form] = IntakeConfig.model_validate(verticals.pack("restaurant").skills["intake"]).forms

    assert form.begins_with(words)
    assert not form.begins_with("¿tienen mesas afuera?")
