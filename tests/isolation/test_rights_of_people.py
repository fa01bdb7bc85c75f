"""Founding, inviting, leaving, speaking: what people may do to each other and to their organization."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg import errors

from tests.isolation.tenants import Tenants, at_once, done_or_waiting, new_id
from tests.isolation.world import token, uid

A, B, C = uid("org A"), uid("org B"), uid("org C")
INVITE = "select app.invite(%s, %s, %s, %s)"
ACCEPT = "select app.accept_invitation(%s)"
SET_ROLE = "update memberships set role = %s where user_id = %s"
refused = errors.InsufficientPrivilege


def test_a_founder_owns_what_they_founded(tenants: Tenants) -> None:
    org = new_id(tenants.person("stranger", "select app.create_organization('New', 'new-org')"))

    assert tenants.person("stranger", "select id from organizations") == [(org,)]
    assert tenants.person("stranger", "select count(*) from agents join channels using (org_id)") == [(1,)]
    assert tenants.root("select role from memberships where org_id = %s", org) == [("owner",)]


def test_nobody_founds_without_signing_in_or_under_a_taken_or_ugly_address(tenants: Tenants) -> None:
    with pytest.raises(refused):
        tenants.person(None, "select app.create_organization('New', 'new-org')")
    with pytest.raises(errors.UniqueViolation):
        tenants.person("stranger", "select app.create_organization('New', 'org-a')")
    with pytest.raises(errors.CheckViolation):
        tenants.person("stranger", "select app.create_organization('New', 'Ñ no')")

    assert tenants.number("select count(*) from organizations") == 3


def test_only_admins_of_this_organization_invite(tenants: Tenants) -> None:
    for who in ("member A", "admin B", "stranger", None, "helper"):
        with pytest.raises(refused):
            tenants.person(who, INVITE, A, "new@x.test", "member", token("t"))
    with pytest.raises(refused):
        tenants.person(
            "writer", INVITE, A, "new@x.test", "member", token("t"), session=uid("session writing")
        )

    assert tenants.person("admin A", INVITE, A, "new@x.test", "member", token("t"))


def test_nobody_is_invited_as_an_owner_or_twice(tenants: Tenants) -> None:
    with pytest.raises(errors.CheckViolation):
        tenants.person("owner A", INVITE, A, "new@x.test", "owner", token("t"))
    with pytest.raises(errors.UniqueViolation):
        tenants.person("owner A", INVITE, A, "Member.A@x.test", "member", token("t"))


def test_an_invitation_opens_once_for_the_person_it_names(tenants: Tenants) -> None:
    tenants.person("admin A", INVITE, A, "Invitee@x.test", "member", token("t"))

    for who, key in (("stranger", "t"), (None, "t"), ("invitee", "another")):
        with pytest.raises(refused):
            tenants.person(who, ACCEPT, token(key))
    assert tenants.person("invitee", ACCEPT, token("t")) == [(A,)]
    with pytest.raises(refused):
        tenants.person("invitee", ACCEPT, token("t"))

    assert tenants.role_of("invitee", "A") == "member"


def test_an_accepted_invitation_does_not_bring_a_removed_person_back(tenants: Tenants) -> None:
    tenants.person("admin A", INVITE, A, "invitee@x.test", "admin", token("t"))
    tenants.person("invitee", ACCEPT, token("t"))
    tenants.person("owner A", "delete from memberships where user_id = %s", uid("invitee"))

    with pytest.raises(refused):
        tenants.person("invitee", ACCEPT, token("t"))

    assert tenants.role_of("invitee", "A") is None


def test_an_old_invitation_is_closed(tenants: Tenants) -> None:
    tenants.person("admin A", INVITE, A, "invitee@x.test", "member", token("t"))
    tenants.root(
        "update invitations set expires_at = now() - interval '1 second' where email = 'invitee@x.test'"
    )

    assert tenants.person(None, "select * from app.invitation_preview(%s)", token("t")) == []
    with pytest.raises(refused):
        tenants.person("invitee", ACCEPT, token("t"))


def test_twenty_acceptances_at_once_make_one_place(tenants: Tenants) -> None:
    tenants.person("admin A", INVITE, A, "invitee@x.test", "member", token("t"))

    answers = at_once(20, lambda _: tenants.person("invitee", ACCEPT, token("t")))

    assert answers.count([(A,)]) == 1
    assert set(map(str, answers)) == {str([(A,)]), "42501"}


def test_only_owners_change_roles(tenants: Tenants) -> None:
    for who in ("admin A", "member A", "multi", "owner B"):
        assert tenants.person(who, SET_ROLE, "owner", uid(who)) == [(1 if who == "owner B" else 0,)]

    assert tenants.role_of("admin A", "A") == "admin"
    assert tenants.person("owner A", SET_ROLE, "admin", uid("member A")) == [(1,)]


def test_admins_remove_members_but_no_admin_and_no_owner(tenants: Tenants) -> None:
    remove = "delete from memberships where org_id = %s and user_id = %s"

    assert tenants.person("admin A", remove, A, uid("owner A")) == [(0,)]
    assert tenants.person("admin B", remove, B, uid("multi")) == [(0,)]
    assert tenants.person("member A", remove, A, uid("spare A")) == [(0,)]
    assert tenants.person("admin A", remove, A, uid("spare A")) == [(1,)]


def test_anybody_may_leave_except_the_last_owner(tenants: Tenants) -> None:
    assert tenants.person("member A", "delete from memberships where user_id = %s", uid("member A")) == [(1,)]
    with pytest.raises(errors.CheckViolation):
        tenants.person("owner A", "delete from memberships where user_id = %s", uid("owner A"))
    with pytest.raises(errors.CheckViolation):
        tenants.person("owner A", SET_ROLE, "member", uid("owner A"))


def test_two_owners_who_demote_each_other_at_once_leave_one(tenants: Tenants) -> None:
    for level in ("read committed", "repeatable read"):
        first, second = "owner C", "admin C"
        tenants.root(
            "update memberships set role = 'owner' where user_id = any (%s)", [uid(first), uid(second)]
        )
        with ThreadPoolExecutor(1) as thread, psycopg.connect(tenants.url) as connection:
            _demote(tenants, connection, first, second, level)
            answer = thread.submit(_demote_at_once, tenants, second, first, level)
            done_or_waiting(tenants, answer)
            connection.commit()
            assert answer.result(10) in ("23514", "40001")

        assert (
            tenants.number("select count(*) from memberships where org_id = %s and role = 'owner'", C) == 1
        ), level


def _demote(tenants: Tenants, connection: psycopg.Connection, who: str, whom: str, level: str) -> None:
    connection.execute(f"set transaction isolation level {level}".encode())
    tenants.become(connection, "vulkn_web", who)
    connection.execute(SET_ROLE, ("member", uid(whom)))


def _demote_at_once(tenants: Tenants, who: str, whom: str, level: str) -> str | None:
    try:
        with psycopg.connect(tenants.url) as connection:
            _demote(tenants, connection, who, whom, level)
    except psycopg.Error as refusal:
        return refusal.sqlstate
    return None


def test_people_do_not_speak_as_the_agent_or_as_each_other(tenants: Tenants) -> None:
    say = "insert into messages (org_id, conversation_id, sender, body, author_id) values (%s, %s, %s, 'hola', %s)"
    here = (A, uid("conversations A"))

    for sender, author in (
        ("agent", "member A"),
        ("visitor", "member A"),
        ("system", "member A"),
        ("human", "owner A"),
    ):
        with pytest.raises(refused):
            tenants.person("member A", say, *here, sender, uid(author))

    assert tenants.person("member A", say, *here, "human", uid("member A")) == [(1,)]


def test_a_message_is_never_rewritten_or_removed_by_people(tenants: Tenants) -> None:
    for statement in (
        "update messages set body = 'x'",
        "delete from messages",
        "update messages set rating = 1",
    ):
        with pytest.raises(refused):
            tenants.person("owner A", statement)


def test_a_row_stays_in_its_organization_even_between_two_of_one_person(tenants: Tenants) -> None:
    tenants.root("update memberships set role = 'owner' where user_id = %s", uid("multi"))

    for table in (
        "agents",
        "channels",
        "contacts",
        "conversations",
        "leads",
        "knowledge_entries",
        "memberships",
    ):
        with pytest.raises(refused):
            tenants.person("multi", f"update {table} set org_id = %s where org_id = %s", B, A)


def test_people_see_colleagues_and_change_only_themselves(tenants: Tenants) -> None:
    seen = {name for (name,) in tenants.person("member A", "select name from profiles")}

    assert seen == {"owner A", "admin A", "member A", "spare A", "multi"}
    assert tenants.person("owner A", "update profiles set name = 'X'") == [(1,)]
    with pytest.raises(refused):
        tenants.person("owner A", "update profiles set email = 'owner.b@x.test'")


def test_nobody_reads_the_token_of_an_invitation(tenants: Tenants) -> None:
    with pytest.raises(refused):
        tenants.person("owner A", "select token_hash from invitations")


def test_a_phone_number_is_not_taken_over_by_writing_it_down(tenants: Tenants) -> None:
    with pytest.raises(refused):
        tenants.person("owner A", "update channels set external_id = '15550001111'")
    with pytest.raises(refused):
        tenants.person(
            "owner A",
            "insert into channels (org_id, agent_id, kind, external_id) values (%s, %s, 'whatsapp', '15550001111')",
            A,
            uid("agents A"),
        )
