"""The guide keeps what was done, wherever it is taken up again, and nothing half."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest

from tests.factories import a_business
from vulkn_app import agents, organizations
from vulkn_app.agents import AgentForm
from vulkn_app.db import Member
from vulkn_app.errors import BadInput, Conflict, NotAllowed
from vulkn_app.onboarding import business, progress, questions, voice
from vulkn_app.onboarding.business import BusinessForm
from vulkn_app.onboarding.progress import How, Step
from vulkn_app.onboarding.voice import VoiceForm
from vulkn_app.organizations import Organization

pytestmark = pytest.mark.usefixtures("deployment")
Founded = tuple[Member, Organization]
Ask = Callable[..., list[tuple]]


@pytest.fixture
def ask(database_url: str) -> Ask:
    def rows(statement: str, *values: object) -> list[tuple]:
        with psycopg.connect(database_url, autocommit=True) as admin:
            found = admin.execute(statement.encode(), values)
            return found.fetchall() if found.description else []

    return rows


@pytest.fixture
def person(ask: Ask) -> Member:
    """Somebody with an account who is in no organization."""
    user_id = uuid4()
    ask("insert into auth.users (id, email) values (%s, %s)", user_id, f"{user_id}@luna.test")
    ask("insert into profiles (user_id, email) values (%s, %s)", user_id, f"{user_id}@luna.test")
    return Member(user_id, uuid4())


@pytest.fixture
async def owner(person: Member) -> Member:
    """Who has just founded a dental practice in Cancún."""
    form = BusinessForm(name="Dental Ñandú", industry="dentist", timezone="America/Cancun")
    founded = await business.found(person.user_id, form)
    assert founded
    return Member(person.user_id, founded.id, "owner")


async def test_founding_makes_business_agent_channel_and_guide_at_once(owner: Member, ask: Ask) -> None:
    made = ask(
        "select o.slug like 'dental-nandu%%', o.industry, o.country, o.timezone, o.currency, a.live, c.kind, g.step"
        " from organizations o join agents a on a.org_id = o.id join channels c on c.org_id = o.id"
        " join onboardings g on g.org_id = o.id where o.id = %s",
        owner.org_id,
    )

    assert made == [(True, "dentist", "MX", "America/Cancun", "MXN", False, "web", 2)]
    guide = await progress.read(owner)
    assert guide
    assert (guide.step, guide.marks) == (Step.KNOWLEDGE, {Step.BUSINESS: How.DONE})


async def test_two_tabs_at_once_found_one_business(person: Member, ask: Ask) -> None:
    """Whichever processes they are at: the database puts them in a line."""
    made = await asyncio.gather(
        *(business.found(person.user_id, BusinessForm(name=name)) for name in ("Luna", "Luna Norte"))
    )

    assert sum(one is not None for one in made) == 1
    assert ask("select count(*) from memberships where user_id = %s", person.user_id) == [(1,)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Europe/Madrid"},
        {"country": "XX"},
        {"currency": "XXX"},
        {"name": " "},
        {"slug": "admin"},
        {"slug": "con espacios"},
    ],
)
async def test_what_nobody_can_pick_founds_nothing(person: Member, wrong: dict[str, str], ask: Ask) -> None:
    with pytest.raises(BadInput):
        await business.found(person.user_id, BusinessForm.model_validate({"name": "Luna", **wrong}))

    assert ask("select from memberships where user_id = %s", person.user_id) == []


async def test_an_address_of_ones_own_is_ones_own_or_refused(person: Member, owner: Member, ask: Ask) -> None:
    mine = f"luna-{uuid4().hex[:8]}"
    [(taken,)] = ask("select slug from organizations where id = %s", owner.org_id)

    with pytest.raises(Conflict, match="slug_taken"):
        await organizations.found(person.user_id, "Luna", slug=taken)
    assert await organizations.is_free(mine)
    founded = await organizations.found(person.user_id, "Luna", slug=mine.upper())

    assert founded.slug == mine
    assert not await organizations.is_free(mine)
    assert (await organizations.free_slug("Dental Ñandú")).startswith("dental-nandu-")


async def test_the_address_stays_when_the_name_changes(owner: Member, ask: Ask) -> None:
    [(before,)] = ask("select slug from organizations where id = %s", owner.org_id)

    await business.change(
        owner, BusinessForm(name="Otra Cosa", slug="otra", country="CO", timezone="America/Bogota")
    )

    after = await business.read(owner)
    assert (after.name, after.slug, after.country, after.currency) == ("Otra Cosa", before, "CO", "COP")


async def test_answers_are_kept_while_they_are_typed_and_known_once_they_are_sent(
    owner: Member, ask: Ask
) -> None:
    answers = {"cleaning": {"es": "cuesta $740 y dura 40 minutos", "en": ""}, "nonsense": {"es": "x"}}

    await questions.note(owner, answers)

    guide = await progress.read(owner)
    assert guide
    assert (guide.step, guide.answers) == (Step.KNOWLEDGE, {"cleaning": answers["cleaning"]})
    assert ask("select from knowledge_entries where org_id = %s", owner.org_id) == []

    outcome = await questions.answer(owner, answers)

    assert outcome.known
    assert outcome.missing
    known = (
        "select status from knowledge_entries where org_id = %s and title = 'Limpieza dental' and body ~ %s"
    )
    assert ask(known, owner.org_id, "cuesta .740") == [("active",)]

    again = {"cleaning": {"es": "cuesta $800 y dura 40 minutos", "en": ""}}
    await questions.note(owner, again)  # as it is typed, before it is sent
    await questions.answer(owner, again)

    assert ask(known, owner.org_id, "cuesta .800") == [("active",)]


async def test_an_entry_that_was_worded_anew_does_not_follow_the_answers(owner: Member, ask: Ask) -> None:
    said = {"cleaning": {"es": "cuesta $740", "en": ""}}
    await questions.answer(owner, said)
    ask(
        "update knowledge_entries set body = 'Pregunta en recepción.'"
        " where org_id = %s and title = 'Limpieza dental'",
        owner.org_id,
    )

    await questions.answer(owner, {"cleaning": {"es": "cuesta $800", "en": ""}})

    kept = ask(
        "select body from knowledge_entries where org_id = %s and title = 'Limpieza dental'", owner.org_id
    )
    assert kept == [("Pregunta en recepción.",)]


async def test_a_business_of_no_vertical_answers_eight_questions_in_two_languages(
    person: Member, ask: Ask
) -> None:
    founded = await business.found(person.user_id, BusinessForm(name="Luna", industry="other"))
    assert founded
    owner = Member(person.user_id, founded.id, "owner")
    entries = "select language, title, body, status from knowledge_entries where org_id = %s order by 1, 2"

    await questions.answer(
        owner, {"payment": {"es": "Con tarjeta.", "en": "By card."}, "where": {"es": "Aquí."}}
    )

    assert ask(entries, founded.id) == [
        ("en", "Ways to pay", "By card.", "active"),
        ("es", "Dónde estamos", "Aquí.", "active"),
        ("es", "Formas de pago", "Con tarjeta.", "active"),
    ]
    assert ask(
        "select count(*) from knowledge_entries where org_id = %s and twin_id is null", founded.id
    ) == [(1,)]

    ask(
        "update knowledge_entries set body = 'Con todo.' where org_id = %s and title = 'Formas de pago'",
        founded.id,
    )
    await questions.answer(owner, {"payment": {"es": "Con tarjeta.", "en": "By card."}, "where": {"es": " "}})

    assert ("es", "Formas de pago", "Con todo.", "active") in ask(entries, founded.id)
    assert ("es", "Dónde estamos", "Aquí.", "archived") in ask(entries, founded.id)


async def test_too_long_an_answer_is_told_and_nothing_is_kept(owner: Member) -> None:
    with pytest.raises(BadInput, match="answer_too_long"):
        await questions.answer(owner, {"cleaning": {"es": "x" * 2001}})

    guide = await progress.read(owner)
    assert guide
    assert (guide.step, guide.answers) == (Step.KNOWLEDGE, {})


async def test_the_voice_its_hours_and_the_mark_are_one_act(owner: Member, ask: Ask) -> None:
    [(agent_id,)] = ask("select id from agents where org_id = %s", owner.org_id)
    form = VoiceForm.model_validate({"name": "Lupita", "hours_es": "lunes a viernes de 9:00 a 19:00"})

    await voice.save(owner, agent_id, form)

    guide = await progress.read(owner)
    assert guide
    assert (guide.step, guide.marks[Step.AGENT]) == (Step.CHANNELS, How.DONE)
    assert guide.answers["hours"]["es"] == form.hours_es
    assert ask("select name from agents where org_id = %s", owner.org_id) == [("Lupita",)]
    hours = ask("select body from knowledge_entries where org_id = %s and title = 'Horario'", owner.org_id)
    assert form.hours_es in hours[0][0]

    with pytest.raises(NotAllowed):  # of another organization: nothing of it happens
        await voice.save(owner, uuid4(), form.model_copy(update={"name": "Otra", "hours_es": "nunca"}))
    assert ask("select answers -> 'hours' ->> 'es' from onboardings where org_id = %s", owner.org_id) == [
        (form.hours_es,)
    ]


async def test_what_was_done_stays_done_and_what_was_skipped_can_be_done(owner: Member) -> None:
    await progress.skip(owner, Step.BUSINESS)
    await progress.skip(owner, Step.KNOWLEDGE)
    await progress.finish(owner, Step.CHANNELS)
    await progress.go(owner, Step.KNOWLEDGE)

    guide = await progress.read(owner)

    assert guide
    assert guide.step is Step.KNOWLEDGE
    assert guide.marks == {Step.BUSINESS: How.DONE, Step.KNOWLEDGE: How.SKIPPED, Step.CHANNELS: How.DONE}


async def test_a_plain_member_and_a_stranger_move_nothing(owner: Member, database_url: str, ask: Ask) -> None:
    stranger = a_business(database_url).owner
    outsider = Member(stranger.user_id, owner.org_id, "owner")
    member = Member(a_business(database_url).owner.user_id, owner.org_id, "member")
    ask(
        "insert into memberships (org_id, user_id, role) values (%s, %s, 'member')",
        owner.org_id,
        member.user_id,
    )

    for who in (outsider, member):
        with pytest.raises(NotAllowed):
            await progress.skip(who, Step.KNOWLEDGE)
        with pytest.raises(NotAllowed):
            await business.change(who, BusinessForm(name="Mía"))
    assert await progress.read(outsider) is None
    guide = await progress.read(member)
    assert guide
    assert guide.step is Step.KNOWLEDGE


async def test_an_organization_from_before_there_was_a_guide_has_none(database_url: str) -> None:
    old = a_business(database_url).owner

    assert await progress.read(old) is None
    with pytest.raises(NotAllowed):
        await progress.finish(old, Step.CHANNELS)
    await agents.change(old, (await _agent(old, database_url)), AgentForm.model_validate({"name": "Sofía"}))


async def _agent(member: Member, url: str):
    with psycopg.connect(url) as admin:
        row = admin.execute("select id from agents where org_id = %s", [member.org_id]).fetchone()
    assert row
    return row[0]
