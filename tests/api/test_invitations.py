"""Joining a business by the link that somebody in it made."""

import asyncio
from collections.abc import Callable

import psycopg
import pytest
from limits import parse

from tests.api.browser import Browser, an_email
from vulkn_app import auth, limits, team
from vulkn_app.db import Member
from vulkn_app.team import Invited

NewBrowser = Callable[[], Browser]


@pytest.fixture
async def owner(new_browser: NewBrowser) -> Member:
    browser = new_browser()
    await browser.sign_up(an_email(), business="Café Luna")
    return await auth.member(browser.sid)


@pytest.mark.parametrize("role", ["admin", "member"])
async def test_a_sign_up_with_an_invitation_joins_with_its_role(
    browser: Browser, owner: Member, role: Invited
) -> None:
    email = an_email()
    invite = await team.invite(owner, email=email.upper(), role=role)

    told = await browser.sign_up(email, invite=invite)

    joined = await auth.member(browser.sid)
    assert told.location == "/app/"
    assert (joined.org_id, joined.role) == (owner.org_id, role)


async def test_an_invitation_is_for_the_address_it_was_made_for(
    new_browser: NewBrowser, owner: Member
) -> None:
    email = an_email()
    invite = await team.invite(owner, email=email, role="admin")

    stranger = await new_browser().sign_up(an_email(), invite=invite)
    invited = await new_browser().sign_up(email, invite=invite)

    assert stranger.problem == "invitation_invalid"
    assert stranger.cookie == ""
    assert invited.location == "/app/"
    assert len(await team.members(owner)) == 2


async def test_an_invitation_works_once(new_browser: NewBrowser, owner: Member) -> None:
    email = an_email()
    invite = await team.invite(owner, email=email, role="member")
    await new_browser().sign_up(email, invite=invite)

    assert await team.preview(invite) is None
    assert (await new_browser().sign_up(an_email(), invite=invite)).problem == "invitation_invalid"


async def test_two_who_use_it_at_the_same_moment_are_one_member(
    new_browser: NewBrowser, owner: Member
) -> None:
    email, tabs = an_email(), [new_browser() for _ in range(4)]
    await tabs[0].sign_up(email, business="Mi negocio")
    for tab in tabs[1:]:
        await tab.sign_in(email)
    invite = await team.invite(owner, email=email, role="member")

    told = await asyncio.gather(*[tab.post("join", invite=invite) for tab in tabs])

    assert sorted(answer.problem for answer in told) == ["", *["invitation_invalid"] * 3]
    assert len(await team.members(owner)) == 2


async def test_somebody_with_an_account_joins_with_it_and_sees_the_new_team(
    browser: Browser, owner: Member
) -> None:
    email = an_email()
    await browser.sign_up(email, business="Mi negocio")
    invite = await team.invite(owner, email=email, role="admin")

    told = await browser.post("join", invite=invite)

    joined = await auth.member(browser.sid)
    assert told.location == "/app/"
    assert (joined.org_id, joined.role) == (owner.org_id, "admin")


async def test_whoever_is_not_signed_in_comes_back_to_the_invitation_after_it(
    browser: Browser, owner: Member
) -> None:
    email = an_email()
    await browser.sign_up(email, business="Mi negocio")
    await browser.post("logout")
    invite = await team.invite(owner, email=email, role="member")

    asked = await browser.post("join", invite=invite)
    landed = await browser.sign_in(email, next=asked.query["next"])

    assert asked.path == "/login/"
    assert landed.location == f"/signup/?invite={invite}"
    assert (await browser.post("join", invite=invite)).location == "/app/"


async def test_guessing_at_invitations_ends_soon(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ADDRESS_SESSIONS", parse("5/minute"))

    joins = [(await browser.post("join", invite=f"guess-{n}")).problem for n in range(6)]
    limits.forget()
    sign_ups = [(await browser.sign_up(an_email(), invite=f"guess-{n}")).problem for n in range(6)]

    assert joins[-1] == "too_many_attempts"
    assert sign_ups == ["invitation_invalid"] * 5 + ["too_many_attempts"]


async def test_an_invitation_ends_after_its_days(browser: Browser, owner: Member, database_url: str) -> None:
    email = an_email()
    invite = await team.invite(owner, email=email, role="member")
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "update invitations set expires_at = now() - interval '1 second' where email = %s", (email,)
        )

    assert (await browser.sign_up(email, invite=invite)).problem == "invitation_invalid"


async def test_the_links_token_is_not_in_the_database(owner: Member, database_url: str) -> None:
    invite = await team.invite(owner, email=an_email(), role="member")

    with psycopg.connect(database_url) as admin:
        rows = admin.execute("select i::text from invitations i").fetchall()
    assert rows
    assert not any(invite in row for (row,) in rows)
