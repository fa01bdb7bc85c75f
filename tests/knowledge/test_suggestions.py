"""Looking through the conversations, and a person's decision, on the real database under the real rights."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.asking import DOGS, ask
from tests.conversing import a_conversation
from tests.factories import Business, a_business
from vulkn_app.db import Member
from vulkn_app.errors import Conflict, NotFound
from vulkn_app.knowledge.suggestions import looking, reviewing
from vulkn_app.knowledge.suggestions.reviewing import Answer, Reason, SuggestionRow

pytestmark = pytest.mark.usefixtures("deployment")
REPLY = "Claro, los perros con correa son bienvenidos por $150."


def rows(url: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as admin:
        cursor = admin.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def dogs(url: str, business: Business, reply: str = "") -> None:
    for text in DOGS:
        ask(url, business, text, reply=reply)


async def only(business: Business) -> SuggestionRow:
    (row,) = (await reviewing.board(business.owner)).rows
    return row


async def test_what_nobody_could_answer_waits_with_its_people_and_its_conversations(
    database_url: str,
) -> None:
    business = a_business(database_url)
    dogs(database_url, business)

    assert await looking.look(business.org_id) == 1

    row = await only(business)
    assert (row.people, row.times, row.unanswered, row.draft) == (3, 3, 3, "")
    assert {each.text for each in row.asked} == {*DOGS}
    assert await reviewing.waiting(business.owner) == 1


async def test_one_customer_is_not_enough(database_url: str) -> None:
    business = a_business(database_url)
    ask(database_url, business, DOGS[0])

    assert await looking.look(business.org_id) == 0


async def test_what_was_answered_from_the_knowledge_is_not_missing(database_url: str) -> None:
    business = a_business(database_url)
    for text in ("¿A qué hora abren?", "a que hora abren hoy", "horario por favor"):
        ask(database_url, business, text, outcome="answered")

    assert await looking.look(business.org_id) == 0


async def test_the_draft_is_what_a_person_wrote_and_says_where(database_url: str) -> None:
    business = a_business(database_url)
    for text in DOGS[:2]:
        ask(database_url, business, text)
    where = ask(database_url, business, DOGS[2], reply=f"Hola Luis. {REPLY}", name="Luis Gómez")

    await looking.look(business.org_id)

    row = await only(business)
    assert row.draft == f"Hola. {REPLY}"
    assert row.draft_in == where


async def test_approving_makes_an_entry_with_the_customers_phrases_in_one_transaction_with_its_audit(
    database_url: str,
) -> None:
    business = a_business(database_url)
    dogs(database_url, business, REPLY)
    await looking.look(business.org_id)
    row = await only(business)

    entry = await reviewing.approve(business.owner, row.id)

    kept = "select title, body, language, examples, kind from knowledge_entries where id = %s"
    ((title, body, language, examples, kind),) = rows(database_url, kept, entry)
    assert (title, body, language, kind) == (row.question, REPLY, "es", "faq")
    assert {title, *examples} == {each[:1].upper() + each[1:] for each in DOGS}
    decided = "select state, entry_id, decided_by from knowledge_suggestions where id = %s"
    assert rows(database_url, decided, row.id) == [("approved", entry, business.owner.user_id)]
    log = "select entity from audit_log where org_id = %s and actor_id = %s order by seq"
    logged = [entity for (entity,) in rows(database_url, log, business.org_id, business.owner.user_id)]
    assert logged == ["knowledge_entries", "knowledge_suggestions"]
    assert (await reviewing.board(business.owner)).rows == []


async def test_a_person_s_own_words_replace_question_and_draft(database_url: str) -> None:
    business = a_business(database_url)
    dogs(database_url, business)
    await looking.look(business.org_id)
    row = await only(business)

    with pytest.raises(Conflict, match="no_answer_yet"):
        await reviewing.approve(business.owner, row.id)
    with pytest.raises(Conflict, match="title_taken"):
        await reviewing.approve(business.owner, row.id, Answer(title="Horario", body="x"))
    entry = await reviewing.approve(
        business.owner, row.id, Answer(title="Dogs", body="Welcome!", language="en")
    )

    kept = "select title, body, language from knowledge_entries where id = %s"
    assert rows(database_url, kept, entry) == [("Dogs", "Welcome!", "en")]


async def test_two_who_approve_at_once_make_one_entry(database_url: str) -> None:
    business = a_business(database_url)
    dogs(database_url, business, REPLY)
    await looking.look(business.org_id)
    row = await only(business)

    both = await asyncio.gather(
        *(reviewing.approve(business.owner, row.id) for _ in range(2)), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in both) == ["NotFound", "UUID"]


async def test_what_was_rejected_stays_away_and_its_reason_is_kept(database_url: str) -> None:
    business = a_business(database_url)
    dogs(database_url, business)
    await looking.look(business.org_id)
    row = await only(business)

    await reviewing.reject(business.owner, row.id, Reason(reason="No aceptamos animales"))
    ask(database_url, business, "¿se permite entrar con mi perrito?")
    ask(database_url, business, "puedo llevar perros a la terraza")

    assert await looking.look(business.org_id) == 0
    decided = "select state, reason, decided_by from knowledge_suggestions where org_id = %s"
    assert rows(database_url, decided, business.org_id) == [
        ("rejected", "No aceptamos animales", business.owner.user_id)
    ]
    with pytest.raises(NotFound):
        await reviewing.approve(business.owner, row.id, Answer(title="Perros", body="Sí"))


async def test_looking_again_adds_to_the_same_suggestion(database_url: str) -> None:
    business = a_business(database_url)
    dogs(database_url, business)
    await looking.look(business.org_id)
    before = await only(business)
    ask(database_url, business, "¿los perros pueden entrar a la terraza?", reply=REPLY)

    await asyncio.gather(looking.look(business.org_id), looking.look(business.org_id))

    after = await only(business)
    assert (after.id, after.people, after.draft) == (before.id, 4, REPLY)


async def test_a_new_entry_that_answers_it_takes_the_suggestion_away(database_url: str) -> None:
    business = a_business(database_url)
    dogs(database_url, business)
    assert await looking.look(business.org_id) == 1

    rows(
        database_url,
        "insert into knowledge_entries (org_id, title, body, examples) values (%s, %s, %s, %s)",
        business.org_id, "¿Puedo llevar a mi perro?", "Los perros son bienvenidos en la terraza.", [*DOGS[1:]],
    )  # fmt: skip

    assert await looking.look(business.org_id) == 0


async def test_what_is_deleted_is_no_evidence_any_more(database_url: str) -> None:
    business = a_business(database_url)
    dogs(database_url, business)
    await looking.look(business.org_id)

    rows(database_url, "delete from conversations where org_id = %s", business.org_id)

    assert (await only(business)).asked == []
    assert await looking.look(business.org_id) == 0


async def test_what_was_asked_long_ago_is_left_alone(database_url: str) -> None:
    business = a_business(database_url)
    for text in DOGS:
        ask(database_url, business, text, ago=timedelta(days=120))

    assert await looking.look(business.org_id) == 0


async def test_customers_of_another_business_are_nobody_here(database_url: str) -> None:
    business, other = a_business(database_url), a_business(database_url)
    ask(database_url, business, DOGS[0])
    for text in DOGS[1:]:
        ask(database_url, other, text, reply=REPLY)

    await looking.look(business.org_id)
    await looking.look(other.org_id)

    theirs = await only(other)
    assert (await reviewing.board(business.owner)).rows == []
    for act in (reviewing.approve(business.owner, theirs.id),
                reviewing.reject(business.owner, theirs.id, Reason(reason="no"))):  # fmt: skip
        with pytest.raises(NotFound):
            await act


async def test_a_stranger_sees_nothing(database_url: str) -> None:
    business = a_business(database_url)
    dogs(database_url, business)
    await looking.look(business.org_id)
    stranger = Member(uuid4(), business.org_id)

    assert await reviewing.waiting(stranger) == 0
    for act in (reviewing.board(stranger), reviewing.look_now(stranger)):
        with pytest.raises(NotFound):
            await act


async def test_a_question_that_a_person_answered_by_hand_counts_too(database_url: str) -> None:
    business = a_business(database_url)
    for text in DOGS:
        conversation = a_conversation(database_url, business, text)
        rows(
            database_url,
            "insert into messages (org_id, conversation_id, sender, body, author_id) values (%s, %s, 'human', %s, %s)",
            business.org_id, conversation, REPLY, business.owner.user_id,
        )  # fmt: skip

    await looking.look(business.org_id)

    row = await only(business)
    assert (row.people, row.unanswered, row.draft) == (3, 0, REPLY)


WIFI = ("¿Cuál es la clave del wifi?", "tienen wifi para clientes?", "me pasan la contraseña del wifi")
FREE = "Adelante, sin problema, es gratis."
BOTH = "Perros sí; del wifi pide la clave en caja."
OF_WIFI = "El wifi es SolClientes."


@pytest.mark.parametrize(
    ("said", "dogs_draft", "wifi_draft"),
    [
        (("dogs", "wifi", REPLY), REPLY, ""),  # it speaks of the first one
        (("dogs", "wifi", OF_WIFI), "", OF_WIFI),
        (("dogs", "wifi", BOTH), BOTH, BOTH),
        (("dogs", "wifi", FREE), "", FREE),  # nobody can tell: people answer what was said last
        (("dogs", REPLY, "wifi", FREE), REPLY, FREE),
        (("dogs", "porfa", FREE, "wifi"), FREE, ""),
        (("dogs", "wifi", f">0 {FREE}"), FREE, ""),  # quoted
        (("dogs", "wifi", f">0 {FREE}", f">1 {REPLY}"), FREE, REPLY),
    ],
)
async def test_a_reply_is_the_draft_of_the_question_that_it_answers(
    database_url: str, said: tuple[str, ...], dogs_draft: str, wifi_draft: str
) -> None:
    business = a_business(database_url)
    for text in (*DOGS[:2], *WIFI[:2]):
        a_conversation(database_url, business, text)
    talk(database_url, business, *said)

    await looking.look(business.org_id)

    drafts = {
        "wifi" in row.question.lower(): row.draft for row in (await reviewing.board(business.owner)).rows
    }
    assert drafts == {False: dogs_draft, True: wifi_draft}


def talk(url: str, business: Business, *said: str) -> None:
    """A visitor's questions and a person's replies; `>0` quotes the first message."""
    conversation, asked = a_conversation(url, business), {"dogs": DOGS[2], "wifi": WIFI[2], "porfa": "porfa"}
    ids: list[object] = []
    for text in said:
        quoted = ids[int(text[1])] if text.startswith(">") else None
        author = None if text in asked else business.owner.user_id
        values = (business.org_id, conversation, asked.get(text, text.lstrip(">01 ")), author, quoted)
        ((made,),) = rows(
            url,
            "insert into messages (org_id, conversation_id, sender, body, author_id, reply_to_id)"
            f" values (%s, %s, '{'human' if author else 'visitor'}', %s, %s, %s) returning id",
            *values,
        )
        ids.append(made)


async def test_the_weekly_look_is_done_once_by_whoever_comes_first(database_url: str) -> None:
    business = a_business(database_url)
    dogs(database_url, business)
    await looking.due()  # gives every organization its Monday
    due = "update knowledge_looks set due_at = case when org_id = %s then now() else now() + interval '1 day' end"
    rows(database_url, due, business.org_id)

    looked = await asyncio.gather(*(looking.due() for _ in range(4)))

    assert sorted(looked) == [0, 0, 0, 1]
    assert (await only(business)).people == 3
    ((day, hour, ahead),) = rows(
        database_url,
        "select extract(isodow from due_at at time zone timezone)::int, extract(hour from due_at at time zone timezone)::int,"
        " due_at > now() from knowledge_looks l join organizations o on o.id = l.org_id where o.id = %s",
        business.org_id,
    )
    assert (day, hour, ahead) == (1, 6, True)
    assert await looking.due() == 0


async def test_a_look_whose_process_died_is_done_by_another_when_its_lease_is_over(database_url: str) -> None:
    business = a_business(database_url)
    await looking.due()
    taken = "update knowledge_looks set due_at = now() + case when org_id = %s then interval '0' else '1 day' end, lease_until = "
    rows(database_url, taken + "now() + interval '5 minutes'", business.org_id)
    assert await looking.due() == 0

    rows(database_url, taken + "now() - interval '1 second'", business.org_id)

    assert await looking.due() == 1


async def test_one_business_that_cannot_be_looked_through_holds_up_no_other(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, business = a_business(database_url), a_business(database_url)
    await looking.due()
    rows(
        database_url,
        "update knowledge_looks set due_at = now() + case when org_id = any (%s) then interval '0' else '1 day' end",
        [broken.org_id, business.org_id],
    )
    really = looking.look

    async def look(org_id: object) -> int:
        if org_id == broken.org_id:
            raise RuntimeError
        return await really(business.org_id)

    monkeypatch.setattr(looking, "look", look)

    assert await looking.due() == 1


async def test_looking_early_leaves_the_weekly_look_where_it_is(database_url: str) -> None:
    business = a_business(database_url)
    before = await reviewing.board(business.owner)

    await reviewing.look_now(business.owner)

    after = await reviewing.board(business.owner)
    assert (before.looked_at, after.next_at) == (None, before.next_at)
    assert after.looked_at is not None


async def test_a_member_decides_as_well_as_an_owner(database_url: str) -> None:
    business = a_business(database_url)
    dogs(database_url, business, REPLY)
    await looking.look(business.org_id)
    demote = "alter table memberships disable trigger keep_owner; update memberships set role = 'member' where user_id = '{}'"
    rows(database_url, demote.format(business.owner.user_id))

    assert await reviewing.approve(replace(business.owner, role="member"), (await only(business)).id)
