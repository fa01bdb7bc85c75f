"""The team page, driven through its handlers."""

from typing import Literal
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest

from state.account import AccountState
from state.team import TeamState
from tests.factories import Business, a_business
from tests.state.conftest import OpenPage, run
from vulkn_app import team
from vulkn_app.db import Member
from vulkn_app.errors import NotAllowed


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


async def test_an_invited_person_joins_with_the_link(
    page: OpenPage, business: Business, database_url: str
) -> None:
    people = await page(TeamState, business.owner)
    email, user_id = somebody(database_url)

    await run(TeamState.invite, people, {"email": email, "role": "member"})
    token = parse_qs(urlsplit(people.invite_link).query)["invite"][0]
    (message,) = parse_qs(urlsplit(people.invite_message).query)["text"]
    assert message.endswith(people.invite_link)
    await team.accept(user_id, token)

    await run(TeamState.load, people)
    assert [(person.role, person.me) for person in people.members] == [("owner", True), ("member", False)]
    assert people.invitations == []


async def test_the_page_at_the_door_names_the_business(page: OpenPage, business: Business) -> None:
    people = await page(TeamState, business.owner)
    await run(TeamState.invite, people, {"email": "nueva@persona.mx", "role": "admin"})
    token = people.invite_link.rpartition("=")[2]
    door = await page(AccountState, business.owner, f"/signup/?invite={token}")

    await run(AccountState.load, door)

    assert (door.invited_to, door.email, door.invite_gone) == ("Clínica Sol", "nueva@persona.mx", False)


async def test_a_wrong_invitation_is_said_at_the_door(page: OpenPage, business: Business) -> None:
    door = await page(AccountState, business.owner, "/signup/?invite=guessed&e=wrong_credentials")

    await run(AccountState.load, door)

    assert (door.invite_gone, door.invited_to) == (True, "")
    assert door.problem == "Correo o contraseña incorrectos."


async def test_nobody_is_invited_as_owner(page: OpenPage, business: Business) -> None:
    people = await page(TeamState, business.owner)

    await run(TeamState.invite, people, {"email": "nueva@persona.mx", "role": "owner"})

    assert (people.invite_link, bool(people.problem)) == ("", True)


@pytest.mark.parametrize("email", ["", "nadie", "a@b", "dos@x.mx, tres@y.mx", "a b@c.mx"])
async def test_what_is_no_address_is_refused(page: OpenPage, business: Business, email: str) -> None:
    people = await page(TeamState, business.owner)

    await run(TeamState.invite, people, {"email": email, "role": "member"})

    assert people.problem == "Ese correo no es válido."


async def test_a_withdrawn_invitation_no_longer_works(
    page: OpenPage, business: Business, database_url: str
) -> None:
    people = await page(TeamState, business.owner)
    email, user_id = somebody(database_url)
    await run(TeamState.invite, people, {"email": email, "role": "member"})
    token = people.invite_link.rpartition("=")[2]

    await run(TeamState.withdraw, people, str(people.invitations[0].id))

    assert people.invitations == []
    with pytest.raises(NotAllowed):
        await team.accept(user_id, token)


async def test_the_last_owner_stays_owner(page: OpenPage, business: Business) -> None:
    people = await page(TeamState, business.owner)

    await run(TeamState.set_role, people, str(business.owner.user_id), "member")

    assert people.problem == "El negocio necesita al menos una persona dueña."
    assert people.members[0].role == "owner"


async def test_a_plain_member_changes_nobody(page: OpenPage, business: Business, database_url: str) -> None:
    luis = joined(database_url, business, "member")
    people = await page(TeamState, luis)

    await run(TeamState.set_role, people, str(luis.user_id), "owner")
    assert people.problem
    with pytest.raises(NotAllowed):
        await team.remove(luis, business.owner.user_id)

    assert {person.role for person in people.members} == {"owner", "member"}
    assert people.invitations == []


async def test_somebody_who_was_removed_is_gone(
    page: OpenPage, business: Business, database_url: str
) -> None:
    luis = joined(database_url, business, "admin")
    people = await page(TeamState, business.owner)
    await run(TeamState.ask_to_leave, people, str(luis.user_id), "Luis")

    await run(TeamState.remove, people)

    assert [person.me for person in people.members] == [True]
    assert people.leaving == ""


async def test_one_s_own_name_is_kept(page: OpenPage, business: Business) -> None:
    people = await page(TeamState, business.owner)

    await run(TeamState.save_profile, people, {"profile_name": "Ana Beltrán"})

    await run(TeamState.load, people)
    assert people.members[0].name == "Ana Beltrán"


def somebody(url: str) -> tuple[str, UUID]:
    """An account without an organization."""
    user_id, email = uuid4(), f"{uuid4().hex[:8]}@persona.mx"
    with psycopg.connect(url) as admin:
        admin.execute("insert into auth.users (id, email) values (%s, %s)", (user_id, email))
        admin.execute("insert into profiles (user_id, email, name) values (%s, %s, 'Luis')", (user_id, email))
    return email, user_id


def joined(url: str, business: Business, role: Literal["admin", "member"]) -> Member:
    _, user_id = somebody(url)
    with psycopg.connect(url) as admin:
        admin.execute(
            "insert into memberships (org_id, user_id, role) values (%s, %s, %s)",
            (business.org_id, user_id, role),
        )
    return Member(user_id, business.org_id, role)
