"""Standing in a client's shoes, through the same services as everybody: what is seen, refused, noted, and how it ends."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import jwt
import psycopg
import pytest

from models.leads import LeadStage
from tests.administrators.conftest import WHY, Helper
from tests.factories import Business, a_business
from vulkn_app import audit, auth, clients, leads, secrets, team
from vulkn_app.administrators import desk, standing
from vulkn_app.channels.whatsapp import connect
from vulkn_app.channels.whatsapp.connect import ConnectForm
from vulkn_app.conversations.playground import Playground
from vulkn_app.db import Member, Standing, as_member, as_person
from vulkn_app.errors import BadInput, Conflict, NotAllowed
from vulkn_app.knowledge import exports
from vulkn_app.local.supabase import Supabase
from vulkn_app.settings import settings
from vulkn_app.skills import vault
from vulkn_app.skills.vault import SecretForm


@pytest.fixture(autouse=True)
def rest(deployment: None, local_supabase: Supabase, monkeypatch: pytest.MonkeyPatch) -> Supabase:
    monkeypatch.setattr(settings, "supabase_url", local_supabase.url)
    monkeypatch.setattr(
        settings, "supabase_publishable_key", local_supabase.keys.publishable_key.get_secret_value()
    )
    return local_supabase


@pytest.fixture
def lead(business: Business, database_url: str) -> str:
    with psycopg.connect(database_url, autocommit=True) as admin:
        contact, conversation = uuid4(), uuid4()
        channel = admin.execute("select id from channels where org_id = %s", (business.org_id,)).fetchone()
        assert channel
        admin.execute(
            "insert into contacts (id, org_id, name) values (%s, %s, 'María')", (contact, business.org_id)
        )
        admin.execute(
            "insert into conversations (id, org_id, channel_id, contact_id, visitor_hash) values (%s, %s, %s, %s, sha256(%s))",
            (conversation, business.org_id, channel[0], contact, contact.bytes),
        )
        row = admin.execute(
            "insert into leads (org_id, contact_id, conversation_id) values (%s, %s, %s) returning id",
            (business.org_id, contact, conversation),
        ).fetchone()
    assert row
    return str(row[0])


def signed(member: Member, rest: Supabase) -> str:
    """The access token that Supabase Auth would give this person."""
    now = int(time.time())
    claims = {"sub": str(member.user_id), "role": "authenticated", "aud": "authenticated"}
    secret = rest.keys.jwt_secret.get_secret_value()
    return jwt.encode(claims | {"iat": now, "exp": now + 600}, secret, algorithm="HS256")


def with_token(helper: Helper, rest: Supabase) -> None:
    """Their cookie's sealed tokens become real ones."""
    access = signed(Member(helper.user_id, uuid4()), rest)
    sealed = secrets.encrypt(
        json.dumps({"access": access, "refresh": "x", "expires_at": time.time() + 600}),
        belongs_to=f"session:{auth.cookie_key(helper.sid).hex()}",
    )
    helper.root(
        "update app.web_sessions set tokens = %s where id_hash = %s", sealed, auth.cookie_key(helper.sid)
    )


async def inside(helper: Helper, business: Business, rest: Supabase, *, writing: bool = False) -> Member:
    with_token(helper, rest)
    await helper.prove()
    member = await helper.stand_in(business)
    if writing:
        await standing.allow_writing(await helper.person(), business.slug)
        member = await auth.member(helper.sid)
    return member


async def test_pages_show_the_client_through_both_ways_to_the_data(
    helper: Helper, business: Business, lead: str, rest: Supabase
) -> None:
    member = await inside(helper, business, rest)

    assert (member.org_id, member.role) == (business.org_id, "admin")
    assert [str(row.id) for row in (await leads.list_leads(member)).rows] == [lead]  # through Supabase REST
    async with as_member(member) as session:  # through our own connection
        connection = await session.connection()
        found = await connection.exec_driver_sql("select distinct org_id from conversations")
        assert found.scalars().all() == [business.org_id]
    assert {person.email for person in await team.members(member)} == {f"{business.slug}@sol.test"}


async def test_reading_changes_nothing_and_says_so(
    helper: Helper, business: Business, lead: str, rest: Supabase
) -> None:
    member = await inside(helper, business, rest)

    async def by_sql() -> None:
        async with as_person(member) as connection:
            await connection.execute("update leads set notes = 'x'")

    async def by_orm() -> None:
        async with as_member(member) as session:
            connection = await session.connection()
            await connection.exec_driver_sql("update agents set name = 'x'")

    lead_id = (await leads.list_leads(member)).rows[0].id
    refusals = [
        by_sql(),
        by_orm(),
        leads.move(member, lead_id, LeadStage.WON),
        Playground(member).ask("¿A qué hora abren?"),
    ]
    for refused in refusals:
        with pytest.raises(NotAllowed) as said:
            await refused
        assert said.value.code == "support_reads_only"
    assert helper.root("select stage, notes from leads where id = %s", lead) == [("new", "")]


@pytest.mark.parametrize("writing", [False, True])
async def test_some_things_support_never_does(
    helper: Helper, business: Business, rest: Supabase, *, writing: bool
) -> None:
    member = await inside(helper, business, rest, writing=writing)
    number = ConnectForm(phone_number_id="1234567890", waba="1234567890", token="x" * 40)  # pyright: ignore[reportArgumentType]

    for refused in (
        team.invite(member, email="a@b.mx", role="member"),
        team.set_role(member, business.owner.user_id, team.Role.MEMBER),
        team.remove(member, business.owner.user_id),
        team.change_profile(member, team.ProfileForm(name="x")),
        vault.put(member, SecretForm(name="a_key", value="1234567890")),  # pyright: ignore[reportArgumentType]
        vault.remove(member, "a_key"),
        exports.export(member, "todo.csv"),
        connect.connect(member, number),
        connect.disconnect(member, uuid4()),
        audit.allow_support(member, allowed=True),
    ):
        with pytest.raises(NotAllowed) as said:
            await refused
        assert said.value.code == "support_never"


async def test_writing_is_confirmed_by_name_and_ends_when_reading_would_have(
    helper: Helper, business: Business, lead: str, rest: Supabase
) -> None:
    await inside(helper, business, rest)
    ends = helper.root("select expires_at from impersonation_sessions where org_id = %s", business.org_id)

    with pytest.raises(BadInput):
        await standing.allow_writing(await helper.person(), "another-one")
    await standing.allow_writing(await helper.person(), f" {business.slug.upper()} ")
    member = await auth.member(helper.sid)
    lead_id = (await leads.list_leads(member)).rows[0].id
    await leads.move(member, lead_id, LeadStage.CONTACTED)

    assert helper.root("select stage from leads where id = %s", lead) == [("contacted",)]
    sessions = helper.root(
        "select mode, expires_at, ended_at is null from impersonation_sessions where org_id = %s order by started_at",
        business.org_id,
    )
    assert [(mode, is_open) for mode, _, is_open in sessions] == [("read", False), ("write", True)]
    assert {until for _, until, _ in sessions} == {ends[0][0]}


async def test_the_log_is_checked_also_where_that_takes_longer_than_a_page_may(
    business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chain of some years: the call of a page is cut off by then."""
    monkeypatch.setattr(settings, "database_call_timeout", timedelta(0))

    assert await audit.whole(business.owner)


async def test_both_sides_know_who_did_what(
    helper: Helper, business: Business, lead: str, rest: Supabase
) -> None:
    member = await inside(helper, business, rest, writing=True)
    await standing.note(await helper.person(), "/app/leads/")
    await leads.move(member, (await leads.list_leads(member)).rows[0].id, LeadStage.WON)
    await standing.leave(await helper.person())

    seen = await audit.page(business.owner, who="support")
    theirs = await audit.support(business.owner)
    assert ("view", "page", "/app/leads/") in {(row.action, row.entity, row.page) for row in seen.rows}
    assert ("update", "leads") in {(row.action, row.entity) for row in seen.rows}
    assert {row.who for row in seen.rows} == {"Ana"}
    newest = theirs.sessions[0]
    assert (newest.mode, newest.reason, newest.pages, newest.writes) == ("write", WHY.reason, 1, 1)
    assert newest.ended_at
    assert await audit.whole(business.owner)

    ours = {row.action for row in (await desk.log_page(await desk.of(helper.sid)))[0]}
    assert {"support.start", "support.write", "support.view", "support.update", "support.stop"} <= ours


async def test_the_owner_is_told_in_the_dashboard(helper: Helper, business: Business, rest: Supabase) -> None:
    await inside(helper, business, rest)

    alert = helper.root("select kind, detail ->> 'subject' from alerts where org_id = %s", business.org_id)
    assert alert == [("support", WHY.reason)]


async def test_the_switch_ends_what_is_open_and_refuses_what_would_begin(
    helper: Helper, business: Business, rest: Supabase
) -> None:
    member = await inside(helper, business, rest, writing=True)

    await audit.allow_support(business.owner, allowed=False)

    assert (await leads.list_leads(member)).rows == []
    async with as_person(member) as connection:
        assert await (await connection.execute("select 1 from conversations")).fetchall() == []
    person = await helper.person()
    assert (person.standing, person.over, person.org_id) == (None, True, None)
    with pytest.raises(NotAllowed):
        await auth.member(helper.sid)
    await standing.leave(person)
    with pytest.raises(NotAllowed) as refused:
        await helper.stand_in(business)
    assert refused.value.code == "support_refused"

    await audit.allow_support(business.owner, allowed=True)  # what ended stays ended
    assert (await leads.list_leads(member)).rows == []


async def test_only_owners_turn_the_switch(business: Business, database_url: str) -> None:
    other = a_business(database_url)
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "insert into memberships (org_id, user_id, role) values (%s, %s, 'admin')",
            (business.org_id, other.owner.user_id),
        )

    for who in (Member(other.owner.user_id, business.org_id, "owner"),):
        with pytest.raises(NotAllowed):
            await audit.allow_support(who, allowed=False)


async def test_time_and_revocation_end_it_and_nothing_of_their_own_is_shown_instead(
    helper: Helper, business: Business, rest: Supabase
) -> None:
    await inside(helper, business, rest)
    helper.root(
        "update impersonation_sessions set started_at = now() - interval '40 minutes', expires_at = now() where org_id = %s",
        business.org_id,
    )

    person = await helper.person()
    assert (person.standing, person.over, person.org_id) == (None, True, None)
    await standing.leave(person)
    assert (await helper.person()).org_name == "Negocio propio"

    await helper.stand_in(business)
    helper.root("update app.platform_admins set revoked_at = now() where user_id = %s", helper.user_id)
    person = await helper.person()
    assert (person.over, person.platform, person.org_id) == (True, False, None)


async def test_one_at_a_time_and_no_business_of_their_own_meanwhile(
    helper: Helper,
    business: Business,
    rest: Supabase,
    database_url: str,
    another_browser: Callable[[Helper], Helper],
) -> None:
    await inside(helper, business, rest)
    other = another_browser(helper)
    helper.root(
        "update app.web_sessions set proved_at = now() where id_hash = %s", auth.cookie_key(other.sid)
    )

    with pytest.raises(Conflict):
        await standing.begin(await desk.of(other.sid), a_business(database_url).org_id, WHY)
    with pytest.raises(NotAllowed):
        await desk.of(helper.sid)  # no administrator's work from inside
    assert (await auth.member(other.sid)).standing is None  # a session belongs to the cookie that began it

    [open_one] = await standing.open_sessions(await desk.of(other.sid))
    await standing.end(await desk.of(other.sid), open_one.id, open_one.org_id)
    assert (await helper.person()).over


async def test_a_session_cannot_be_forged_through_rest(
    helper: Helper, business: Business, lead: str, rest: Supabase, database_url: str
) -> None:
    """The header is worth something only with the key that our server alone can make, and the administrator's own token."""
    member = await inside(helper, business, rest)
    assert member.standing
    stranger = a_business(database_url).owner

    async def sees(token: str, header: str) -> int:
        sb = await clients.supabase(token, support=header)
        return len((await sb.table("leads").select("id").execute()).data)

    admins, key = signed(member, rest), member.standing.key
    assert await sees(admins, key) == 1
    for token, header in (
        (admins, ""),  # their own token alone
        (admins, str(member.standing.session)),  # the id, which the owner's audit shows
        (admins, auth.support_key(uuid4())),
        (admins, "null"),
        (signed(stranger, rest), key),  # somebody else with the right key
        (signed(stranger, rest), str(member.standing.session)),
    ):
        assert await sees(token, header) == 0
    assert await sees(signed(business.owner, rest), "") == 1
    assert await sees(signed(business.owner, rest), "anything") == 0  # whoever says so stands nowhere
    await standing.leave(await helper.person())
    assert await sees(admins, key) == 0


async def test_a_member_made_by_hand_stands_nowhere(
    business: Business, helper: Helper, rest: Supabase
) -> None:
    member = await inside(helper, business, rest)
    assert member.standing
    other = a_business(helper.url)
    forged = [
        Member(helper.user_id, business.org_id, "owner", "", Standing(uuid4(), "write", "")),
        Member(other.owner.user_id, business.org_id, "owner", "", member.standing),
    ]

    for who in forged:
        async with as_member(who) as session:
            connection = await session.connection()
            found = await connection.exec_driver_sql("select count(*) from conversations")
            assert found.scalar_one() == 0


async def test_signing_out_ends_it(
    helper: Helper, business: Business, rest: Supabase, database_url: str
) -> None:
    await inside(helper, business, rest)

    await auth.sign_out(helper.sid)

    assert helper.root(
        "select count(*) from impersonation_sessions where org_id = %s and ended_at is null", business.org_id
    ) == [(0,)]
    assert await auth.read(helper.sid) is None
