"""What a plan has no room for is refused by the tables themselves, and told in a sentence."""

import asyncio

import pytest
from psycopg import Error

from tests.factories import KNOWLEDGE
from tests.plans.planned import as_person, invited, joins, knows, on_plan, root, somebody
from tests.plugins.people import SignIn
from vulkn_app import plans, team
from vulkn_app.errors import Conflict, NotAllowed, PlanFull
from vulkn_app.i18n import sentence
from vulkn_app.knowledge import changes, entries, imports, incoming
from vulkn_app.knowledge.entries import EntryForm
from vulkn_app.knowledge.formats import File
from vulkn_app.skills import governance


@pytest.fixture(autouse=True)
def _here(deployment: None) -> None:
    """Every test acts in its deployment."""


def refused(statement: str, url: str, *values: object, user: object) -> str | None:
    """The SQLSTATE by which a person's own statement was refused."""
    with pytest.raises(Error) as problem:
        as_person(url, user, statement, *values)  # pyright: ignore[reportArgumentType]
    return problem.value.sqlstate


async def test_an_invitation_beyond_the_seats_is_told_with_the_way_up(database_url: str) -> None:
    business = on_plan(database_url, "starter")
    joins(database_url, business)
    await team.invite(business.owner, email="uno@x.test", role="member")

    with pytest.raises(PlanFull) as problem:
        await team.invite(business.owner, email="dos@x.test", role="member")

    said = sentence(problem.value.code, "es", **problem.value.values)
    assert said.startswith("Tu plan permite 3 personas")
    assert "Plan y pagos" in said


async def test_an_invitation_that_is_sent_again_takes_no_second_seat(database_url: str) -> None:
    business = on_plan(database_url, "free")

    await team.invite(business.owner, email="uno@x.test", role="member")
    await team.invite(business.owner, email="uno@x.test", role="admin")

    assert (await plans.room(business.owner))["seats"].used == 2


async def test_an_invitation_that_expired_gives_its_seat_back_until_it_is_sent_again(
    database_url: str,
) -> None:
    business = on_plan(database_url, "free")
    await team.invite(business.owner, email="uno@x.test", role="member")
    root(database_url, "update invitations set expires_at = now() where org_id = %s", business.org_id)
    await team.invite(business.owner, email="dos@x.test", role="member")

    with pytest.raises(PlanFull):
        await team.invite(business.owner, email="uno@x.test", role="member")


async def test_of_two_who_accept_the_last_seat_at_once_one_gets_in(database_url: str) -> None:
    business = on_plan(database_url, "starter")
    joins(database_url, business)
    people = [somebody(database_url) for _ in range(2)]
    tokens = [invited(database_url, business, email) for _, email in people]

    ends = await asyncio.gather(
        *(team.accept(person, token) for (person, _), token in zip(people, tokens, strict=True)),
        return_exceptions=True,
    )

    refusals = [end for end in ends if isinstance(end, BaseException)]
    assert [end for end in ends if end == business.org_id] == [business.org_id]
    assert [(type(end), getattr(end, "code", "")) for end in refusals] == [(Conflict, "team_full")]
    assert (await plans.room(business.owner))["members"].used == 3
    # Who came second keeps the invitation for when there is room.
    accepted = "select count(*) from invitations where org_id = %s and accepted_at is null"
    assert root(database_url, accepted, business.org_id) == [(1,)]


async def test_knowledge_beyond_the_plan_is_refused_to_a_persons_own_token(database_url: str) -> None:
    business = on_plan(database_url, "free")
    knows(database_url, business, 50 - len(KNOWLEDGE))
    statement = "insert into knowledge_entries (org_id, title, body) values (%s, 'Una más', 'Texto')"

    assert refused(statement, database_url, business.org_id, user=business.owner.user_id) == "VK003"


async def test_an_entry_in_the_archive_takes_no_room_and_does_not_come_back_into_none(
    database_url: str,
) -> None:
    business = on_plan(database_url, "free")
    knows(database_url, business, 50 - len(KNOWLEDGE))
    first = "select id from knowledge_entries where org_id = %s order by id limit 1"
    entry = root(database_url, first, business.org_id)[0][0]

    await changes.set_status(business.owner, [entry], "archived")
    knows(database_url, business, 1)
    with pytest.raises(PlanFull):
        await changes.set_status(business.owner, [entry], "active")

    assert (await plans.room(business.owner))["entries"].used == 50


async def test_what_exceeds_a_smaller_plan_can_be_corrected_and_does_not_grow(database_url: str) -> None:
    business = on_plan(database_url, "pro")
    knows(database_url, business, 80)
    root(database_url, "select app.put_plan(%s, 'free', 'test')", business.org_id)

    written = "update knowledge_entries set body = 'Corregido' where org_id = %s"
    changed = as_person(database_url, business.owner.user_id, written, business.org_id)

    assert changed == [(80 + len(KNOWLEDGE),)]
    entries = (await plans.room(business.owner))["entries"]
    assert (entries.used, entries.over, entries.left) == (84, 34, 0)
    one_more = "insert into knowledge_entries (org_id, title, body) values (%s, 'Una más', 'Texto')"
    assert refused(one_more, database_url, business.org_id, user=business.owner.user_id) == "VK003"


async def test_an_import_from_the_shell_writes_all_or_nothing(database_url: str) -> None:
    business = on_plan(database_url, "free")
    csv = "title,text\n" + "".join(f"Dato {n},Texto {n}\n" for n in range(60))
    planned = await imports.plan_as_operator(business.org_id, [File("k.csv", csv.encode())])

    assert await imports.too_many(business.org_id, planned) == 60 - (50 - len(KNOWLEDGE))
    with pytest.raises(PlanFull):
        await imports.apply_as_operator(business.org_id, planned)

    assert (await plans.room(business.owner))["entries"].used == len(KNOWLEDGE)


async def test_a_dry_run_says_how_many_exceed_and_yes_waits_until_they_are_left_out(
    database_url: str,
) -> None:
    business = on_plan(database_url, "free")
    knows(database_url, business, 50 - len(KNOWLEDGE) - 1)
    import_id = await incoming.begin_file(business.owner, "k.csv", b"x")
    entry = '{"title": "Nueva %s", "language": "es", "body": "Texto", "status": "active"}'
    for place in range(3):
        root(
            database_url,
            "insert into knowledge_import_rows (org_id, import_id, place, line, state, entry)"
            " values (%s, %s, %s, 1, 'ok', %s)",
            business.org_id,
            import_id,
            place,
            entry % place,
        )
    root(database_url, "update knowledge_imports set state = 'ready' where id = %s", import_id)

    assert await incoming.too_many(business.owner, import_id) == (2, 50)
    with pytest.raises(PlanFull):
        await incoming.confirm(business.owner, import_id)
    for place in range(2):
        await incoming.leave_out(business.owner, import_id, place, skipped=True)
    await incoming.confirm(business.owner, import_id)

    assert await incoming.too_many(business.owner, import_id) == (0, 50)


async def test_a_second_number_is_refused_to_the_smallest_plan(database_url: str) -> None:
    business = on_plan(database_url, "starter")
    connect = (
        "insert into channels (org_id, agent_id, kind, name, external_id)"
        " select org_id, id, 'whatsapp', 'W', %s from agents where org_id = %s"
    )
    root(database_url, connect, f"1{business.org_id.int % 10**12}", business.org_id)

    with pytest.raises(Error) as problem:
        root(database_url, connect, f"2{business.org_id.int % 10**12}", business.org_id)

    assert problem.value.sqlstate == "VK003"


async def test_a_skill_above_the_plan_pauses_and_comes_back_as_it_was_set_up(database_url: str) -> None:
    business = on_plan(database_url, "starter")
    config = (await _card(business.owner, "reminders")).config
    await governance.publish(business.owner, "reminders", config)
    root(database_url, "select app.put_plan(%s, 'free', 'test')", business.org_id)

    paused = await _card(business.owner, "reminders")
    with pytest.raises(NotAllowed, match="plan_too_small"):
        await governance.enable(business.owner, "reminders", True)
    again = "update agent_skills set published = '{}' where org_id = %s and key = 'reminders'"
    switched = "insert into agent_skills (org_id, key, enabled) values (%s, 'booking', true)"
    assert refused(switched, database_url, business.org_id, user=business.owner.user_id) == "VK003"
    with pytest.raises(Error):
        root(database_url, again, business.org_id)
    root(database_url, "select app.put_plan(%s, 'starter', 'test')", business.org_id)

    back = await _card(business.owner, "reminders")
    assert (paused.in_plan, paused.enabled) == (False, True)
    assert (back.in_plan, back.enabled, back.version, back.published) == (True, True, 1, paused.published)


async def test_nobody_learns_how_much_another_business_has(database_url: str) -> None:
    business, other = on_plan(database_url, "free"), on_plan(database_url, "free")
    query = "select count(*) from app.room_of_mine(%s)"

    with pytest.raises(Error):
        as_person(database_url, business.owner.user_id, query, other.org_id)  # not even as the REST role
    assert await plans.room(business.owner)
    stranger = business.owner.__class__(business.owner.user_id, other.org_id, "owner")
    with pytest.raises(NotAllowed):
        await plans.room(stranger)


async def _card(member: object, key: str) -> governance.SkillCard:
    found = await governance.catalogue(member)  # pyright: ignore[reportArgumentType]
    return next(card for card in found if card.key == key)


async def test_the_editor_tells_it_too_though_it_writes_through_supabase(
    database_url: str, signed_in: SignIn
) -> None:
    business = on_plan(database_url, "free")
    knows(database_url, business, 50 - len(KNOWLEDGE))
    owner = signed_in(business.owner)

    with pytest.raises(PlanFull) as problem:
        await entries.create(owner, EntryForm(title="Una más", body="Texto"))

    assert (problem.value.code, problem.value.values) == ("plan_entries", {"most": "50"})
