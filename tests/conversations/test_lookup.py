"""Trying the search: what is found, whether it is enough, what a model would read, and what customers asked."""

import psycopg
import pytest

from tests.conversing import a_conversation
from tests.factories import Business, a_business
from vulkn_app.conversations import lookup, prompt


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


def write(url: str, business: Business, title: str, body: str, **more: object) -> None:
    values = {"org_id": business.org_id, "title": title, "body": body, **more}
    with psycopg.connect(url) as admin:
        admin.execute(
            f"insert into knowledge_entries ({', '.join(values)}) values ({', '.join(['%s'] * len(values))})".encode(),
            list(values.values()),
        )


@pytest.mark.parametrize(
    ("question", "verdict", "answers"),
    [
        ("cuanto cuesta la limpiesa dental", "sure", True),
        ("¿quién ganó el mundial de 1986?", "unsure", False),
        ("zzyzx qwrtp", "nothing", False),
        ("hola, buenas tardes", "pleasantry", True),
    ],
)
async def test_the_verdict_is_what_the_agent_would_do(
    business: Business, deployment: None, question: str, verdict: str, answers: bool
) -> None:
    seen = await lookup.look_up(business.owner, question)

    assert (seen.answers, seen.verdict in (verdict, "nothing")) == (answers, True)


async def test_an_exact_answer_is_told_as_such(
    business: Business, deployment: None, database_url: str
) -> None:
    write(database_url, business, "¿Aceptan perros?", "Sí, con correa.", exact=True)

    assert (await lookup.look_up(business.owner, "aceptan perros")).verdict == "exact"


async def test_the_words_that_matched_are_named_misspelt_ones_too(
    business: Business, deployment: None
) -> None:
    seen = await lookup.look_up(business.owner, "cuanto cuesta la limpiesa de zzyzx")

    assert seen.found[0].hit.title == "Precio de la limpieza dental"
    assert "limpiesa" in seen.found[0].words
    assert "zzyzx" not in seen.found[0].words


async def test_the_evidence_is_all_the_knowledge_or_what_was_found(
    business: Business, deployment: None, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database_url, business, "Mascotas", "Solo perros guía.")
    whole = await lookup.look_up(business.owner, "precio de la limpieza dental")

    monkeypatch.setattr(prompt, "WHOLE_KNOWLEDGE", 10)
    write(database_url, business, "Wifi", "Gratis.")
    found = await lookup.look_up(business.owner, "precio de la limpieza dental")

    assert whole.whole
    assert "Solo perros guía." in whole.evidence
    assert not found.whole
    assert "<found>\n## Precio de la limpieza dental" in found.evidence
    assert "Solo perros guía." not in found.evidence


async def test_an_edit_counts_at_the_next_question(
    business: Business, deployment: None, database_url: str
) -> None:
    before = await lookup.look_up(business.owner, "¿tienen alberca climatizada?")
    write(database_url, business, "Alberca climatizada", "Sí, de 7 a 21 horas.")
    after = await lookup.look_up(business.owner, "¿tienen alberca climatizada?")

    assert (before.answers, after.answers) == (False, True)


async def test_the_language_can_be_chosen(business: Business, deployment: None) -> None:
    heard = await lookup.look_up(business.owner, "how much is the cleaning, please?")
    told = await lookup.look_up(business.owner, "how much is the cleaning, please?", language="es")

    assert (heard.language, told.language) == ("en", "es")


async def test_real_questions_come_newest_first_each_once_and_small_talk_not(
    business: Business, deployment: None, database_url: str
) -> None:
    for question, outcome in (
        ("¿Tienen alberca?", "unknown"),
        ("hola", "small_talk"),
        ("¿Cuánto cuesta la limpieza?", "answered"),
        ("¿Tienen alberca?", "unknown"),
    ):
        a_conversation(database_url, business, question, "…", outcome=outcome)

    asked = await lookup.recently_asked(business.owner)

    assert [(row.question, row.outcome) for row in asked] == [
        ("¿Tienen alberca?", "unknown"),
        ("¿Cuánto cuesta la limpieza?", "answered"),
    ]


async def test_another_business_questions_are_not_shown(
    business: Business, deployment: None, database_url: str
) -> None:
    a_conversation(database_url, a_business(database_url), "¿Tienen alberca?", outcome="unknown")

    assert await lookup.recently_asked(business.owner) == []
