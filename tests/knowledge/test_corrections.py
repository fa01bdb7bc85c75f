"""From an answer that was wrong to an entry that is right."""

import json
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.conversing import a_conversation
from tests.factories import Business, a_business
from vulkn_app.conversations import threads
from vulkn_app.db import Member
from vulkn_app.errors import Conflict, NotFound
from vulkn_app.knowledge.suggestions import corrections, looking
from vulkn_app.knowledge.suggestions.reviewing import Answer

pytestmark = pytest.mark.usefixtures("deployment")


def a_wrong_answer(
    url: str, business: Business, *, stands: bool = True, name: str = "Luis"
) -> tuple[UUID, UUID]:
    """The customer is told a wrong price. Gives the answer and the entry that it stood on."""
    conversation = a_conversation(
        url,
        business,
        f"Hola, soy {name}, ¿cuánto cuesta la limpieza?",
        "Cuesta $650.",
        name=name,
        outcome="answered",
    )
    with psycopg.connect(url, autocommit=True) as admin:
        found = admin.execute(
            "select id, title from knowledge_entries where org_id = %s and title like 'Precio%%'",
            (business.org_id,),
        ).fetchone()
        assert found
        sources = [{"entry_id": str(found[0]), "title": found[1]}] if stands else []
        answer = admin.execute(
            "update messages set sources = %s where conversation_id = %s and sender = 'agent' returning id",
            (json.dumps(sources), conversation),
        ).fetchone()
        assert answer
    return answer[0], found[0]


def entry(url: str, entry_id: UUID) -> tuple[str, str, list[str]]:
    with psycopg.connect(url) as admin:
        row = admin.execute(
            "select title, body, examples from knowledge_entries where id = %s", (entry_id,)
        ).fetchone()
    assert row
    return row[0], row[1], row[2]


async def test_the_sheet_has_the_question_the_answer_and_what_it_stood_on(database_url: str) -> None:
    business = a_business(database_url)
    answer, stood_on = a_wrong_answer(database_url, business)

    case = await corrections.case(business.owner, answer)

    assert case.question == "Hola, soy Luis, ¿cuánto cuesta la limpieza?"
    assert (case.answer, case.title) == ("Cuesta $650.", "¿cuánto cuesta la limpieza?")
    assert [each.id for each in case.stood_on] == [stood_on]


async def test_correcting_changes_the_entry_marks_the_message_and_is_in_the_log(database_url: str) -> None:
    business = a_business(database_url)
    answer, stood_on = a_wrong_answer(database_url, business)
    right = Answer(title="Precio de la limpieza dental", body="La limpieza cuesta $700.")

    await corrections.correct(business.owner, answer, stood_on, right)
    await corrections.correct(business.owner, answer, stood_on, right)  # the same again changes nothing

    assert entry(database_url, stood_on) == (right.title, right.body, ["¿cuánto cuesta la limpieza?"])
    case = await corrections.case(business.owner, answer)
    thread = await threads.thread(business.owner, case.conversation_id)
    assert [message.wrong for message in thread.messages] == [False, True]
    with psycopg.connect(database_url) as admin:
        logged = admin.execute(
            "select distinct entity from audit_log where org_id = %s and actor_id = %s order by 1",
            (business.org_id, business.owner.user_id),
        ).fetchall()
    assert {"knowledge_entries", "knowledge_corrections"} <= {entity for (entity,) in logged}


async def test_an_answer_that_stood_on_nothing_becomes_a_new_entry(database_url: str) -> None:
    business = a_business(database_url)
    answer, _ = a_wrong_answer(database_url, business, stands=False)

    made = await corrections.correct(
        business.owner, answer, None, Answer(title="Limpieza profunda", body="$900")
    )

    assert entry(database_url, made) == ("Limpieza profunda", "$900", ["¿cuánto cuesta la limpieza?"])


async def test_a_title_that_is_taken_changes_nothing(database_url: str) -> None:
    business = a_business(database_url)
    answer, _ = a_wrong_answer(database_url, business)

    with pytest.raises(Conflict, match="title_taken"):
        await corrections.correct(business.owner, answer, None, Answer(title="Horario", body="x"))

    case = await corrections.case(business.owner, answer)
    thread = await threads.thread(business.owner, case.conversation_id)
    assert not any(message.wrong for message in thread.messages)


async def test_only_an_entry_that_the_answer_stood_on_can_be_corrected_by_it(database_url: str) -> None:
    business, other = a_business(database_url), a_business(database_url)
    answer, _ = a_wrong_answer(database_url, business)
    _, theirs = a_wrong_answer(database_url, other)

    for entry_id in (theirs, uuid4()):
        with pytest.raises(NotFound):
            await corrections.correct(business.owner, answer, entry_id, Answer(title="x", body="y"))


async def test_nobody_else_sees_or_corrects_it(database_url: str) -> None:
    business, other = a_business(database_url), a_business(database_url)
    answer, stood_on = a_wrong_answer(database_url, business)
    before = entry(database_url, stood_on)

    for who in (other.owner, Member(other.owner.user_id, business.org_id)):
        with pytest.raises(NotFound):
            await corrections.case(who, answer)
        with pytest.raises(NotFound):
            await corrections.correct(who, answer, stood_on, Answer(title="x", body="y"))

    assert entry(database_url, stood_on) == before


async def test_what_a_visitor_said_is_no_answer_to_correct(database_url: str) -> None:
    business = a_business(database_url)
    a_conversation(database_url, business, "¿Qué tal?")
    with psycopg.connect(database_url) as admin:
        row = admin.execute("select id from messages where org_id = %s", (business.org_id,)).fetchone()
    assert row

    with pytest.raises(NotFound):
        await corrections.case(business.owner, row[0])


async def test_a_corrected_answer_is_not_suggested_again(database_url: str) -> None:
    business = a_business(database_url)
    answers = [a_wrong_answer(database_url, business, name=name) for name in ("Luis", "Eva")]
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "update messages set rating = -1 where org_id = %s and sender = 'agent'", (business.org_id,)
        )
        admin.execute(
            "update turns t set answer_id = m.id from messages m where m.conversation_id = t.conversation_id"
            " and m.sender = 'agent' and t.org_id = %s",
            (business.org_id,),
        )
    assert await looking.look(business.org_id) == 1

    for answer, stood_on in answers:
        right = Answer(title="Precio de la limpieza dental", body="La limpieza cuesta $700.")
        await corrections.correct(business.owner, answer, stood_on, right)

    assert await looking.look(business.org_id) == 0
