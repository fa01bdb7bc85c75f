"""Impersonation: with a reason, a second factor and an end; seen by the owner; never more than it says."""

import pytest
from psycopg import errors

from tests.isolation.tenants import Tenants, new_id
from tests.isolation.world import uid

A, B = uid("org A"), uid("org B")
START = "select app.impersonation_start(%s, %s, %s, %s)"
READ = "select distinct org_id from messages"
refused = errors.InsufficientPrivilege


def _begin(tenants: Tenants, mode: str = "read") -> object:
    tenants.root("update impersonation_sessions set ended_at = now() where ended_at is null")
    return new_id(tenants.person("helper", START, A, "ticket 4711, the hours", mode, 30))


def test_only_platform_admins_with_a_second_factor_stand_in(tenants: Tenants) -> None:
    tenants.root("update impersonation_sessions set ended_at = now() where ended_at is null")

    for who, aal in (("owner B", "aal2"), ("stranger", "aal2"), (None, "aal2"), ("helper", "aal1")):
        with pytest.raises(refused):
            tenants.person(who, START, A, "ticket 4711, the hours", "read", 30, aal=aal)
    tenants.root("update app.platform_admins set revoked_at = now()")
    with pytest.raises(refused):
        tenants.person("helper", START, A, "ticket 4711, the hours", "read", 30)


def test_a_session_needs_a_reason_an_end_within_the_hour_and_is_alone(tenants: Tenants) -> None:
    _begin(tenants)
    with pytest.raises(errors.UniqueViolation):
        tenants.person("helper", START, B, "ticket 4711, the hours", "read", 30)
    tenants.root("update impersonation_sessions set ended_at = now() where ended_at is null")

    for reason, minutes in (
        ("short", 30),
        (" " * 20, 30),
        ("ticket 4711, the hours", 61),
        ("ticket 4711, x", -5),
    ):
        with pytest.raises(errors.CheckViolation):
            tenants.person("helper", START, A, reason, "read", minutes)


def test_reading_shows_one_organization_and_writes_nothing(tenants: Tenants) -> None:
    session = _begin(tenants)

    assert tenants.person("helper", READ, session=session) == [(A,)]
    assert tenants.person("helper", READ) == []
    assert tenants.person("helper", "update leads set notes = 'x'", session=session) == [(0,)]
    assert tenants.person("helper", "update profiles set name = 'x'", session=session) == [(0,)]


def test_the_own_organizations_of_an_administrator_are_out_of_sight_meanwhile(tenants: Tenants) -> None:
    tenants.root("insert into memberships values (%s, %s, 'owner')", B, uid("helper"))
    session = _begin(tenants)

    assert tenants.person("helper", READ, session=session) == [(A,)]
    assert tenants.person("helper", "delete from memberships", session=session) == [(0,)]
    tenants.person("helper", "select app.impersonation_stop(%s)", session)
    assert tenants.person("helper", READ, session=session) == []


def test_standing_in_never_founds_invites_promotes_or_deletes(tenants: Tenants) -> None:
    session = _begin(tenants, "write")

    for statement in (
        "select app.create_organization('New', 'new-org')",
        f"select app.invite('{A}', 'a@b.test', 'member', sha256('x'))",
        f"select app.request_org_deletion('{A}', 'org-a')",
        f"select app.impersonation_start('{B}', 'ticket 4711, more', 'read', 5)",
    ):
        with pytest.raises(refused):
            tenants.person("helper", statement, session=session)
    for statement in (
        "update memberships set role = 'owner'",
        "delete from memberships",
        "delete from invitations",
    ):
        assert tenants.person("helper", statement, session=session) == [(0,)]


def test_the_end_is_felt_inside_an_open_transaction(tenants: Tenants) -> None:
    session = _begin(tenants)
    with tenants.open_transaction("helper", session=session) as connection:
        before = connection.execute(READ).fetchall()
        tenants.root(
            "update impersonation_sessions set started_at = now() - interval '40 minutes',"
            " expires_at = clock_timestamp() where id = %s",
            session,
        )
        after = connection.execute(READ).fetchall()

    assert (before, after) == ([(A,)], [])


def test_a_stopped_or_revoked_session_is_over_at_once(tenants: Tenants) -> None:
    session = _begin(tenants)
    tenants.root("update app.platform_admins set revoked_at = now()")
    assert tenants.person("helper", READ, session=session) == []
    tenants.root("update app.platform_admins set revoked_at = null")

    assert tenants.person("writer", "select app.impersonation_stop(%s)", session) == [(False,)]
    assert tenants.person("helper", "select app.impersonation_stop(%s)", session) == [(True,)]
    assert tenants.person("helper", "select app.impersonation_stop(%s)", session) == [(False,)]
    assert tenants.person("helper", READ, session=session) == []


def test_the_owner_sees_who_stood_in_what_was_shown_and_what_was_changed(tenants: Tenants) -> None:
    session = _begin(tenants, "write")
    tenants.person("helper", "select app.impersonation_note('/app/leads')", session=session)
    assert tenants.person("helper", "update leads set notes = 'mended'", session=session) == [(1,)]

    log = tenants.person(
        "owner A", "select action, entity, actor_kind, actor_id, imp_session, detail from audit_log"
    )

    assert ("view", "page", "impersonation", uid("helper"), session, {}) in log
    assert ("update", "leads", "impersonation", uid("helper"), session, {"keys": ["notes"]}) in log
    reasons = tenants.person("owner A", "select reason from impersonation_sessions where id = %s", session)
    assert reasons == [("ticket 4711, the hours",)]
    assert tenants.person("member A", "select 1 from audit_log") == []
    assert tenants.person("owner B", "select 1 from impersonation_sessions where id = %s", session) == []


def test_nothing_is_noted_without_a_session(tenants: Tenants) -> None:
    for session in ("", uid("session ended"), uid("session never made")):
        with pytest.raises(refused):
            tenants.person("helper", "select app.impersonation_note('/x')", session=session)
