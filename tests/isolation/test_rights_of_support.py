"""Impersonation: with a reason, a second factor and an end; seen by the owner; never more than it says."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg import errors

from tests.isolation.tenants import Tenants, done_or_waiting, new_id
from tests.isolation.world import support_key, token, uid

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


def _cookie(tenants: Tenants, who: str, *, proved: bool = True) -> bytes:
    """A session of the dashboard; its hash."""
    hashed = token(f"cookie {new_id(tenants.root('select gen_random_uuid()'))}")
    tenants.root(
        "insert into app.web_sessions (id_hash, user_id, tokens, expires_at, proved_at)"
        " values (%s, %s, 'x', '2099-01-01', case when %s then now() end)",
        hashed,
        uid(who),
        proved,
    )
    return hashed


STAND = "select app.session_stands_in(%s, %s, sha256(%s))"
WRITE = "select app.impersonation_write(%s, %s)"
PLACE = "select org_id, mode, standing from app.session_read(%s)"


def test_a_session_belongs_to_the_cookie_in_which_the_factor_was_shown(tenants: Tenants) -> None:
    session = _begin(tenants)
    proved, unproved = _cookie(tenants, "helper"), _cookie(tenants, "helper", proved=False)

    for cookie, who in ((unproved, "helper"), (_cookie(tenants, "writer"), "helper"), (proved, "writer")):
        with pytest.raises(refused):
            tenants.person(who, STAND, cookie, session, b"a key")
    assert tenants.person("helper", STAND, proved, session, b"a key") == [(True,)]
    assert tenants.person(None, PLACE, proved) == [(A, "read", session)]
    assert tenants.person(None, PLACE, unproved)[0][2] is None


def test_an_ended_session_leaves_its_cookie_nowhere(tenants: Tenants) -> None:
    session, cookie = _begin(tenants), _cookie(tenants, "helper")
    tenants.root("insert into memberships values (%s, %s, 'owner')", B, uid("helper"))
    tenants.person("helper", STAND, cookie, session, b"a key")
    tenants.person("helper", "select app.impersonation_stop(%s)", session)

    assert tenants.person(None, PLACE, cookie) == [(None, None, session)]
    tenants.person("helper", "select app.session_leaves(%s)", cookie)
    assert tenants.person(None, PLACE, cookie) == [(B, None, None)]


def test_writing_is_another_session_with_the_same_end(tenants: Tenants) -> None:
    session, cookie = _begin(tenants), _cookie(tenants, "helper")
    tenants.person("helper", STAND, cookie, session, b"a key")

    with pytest.raises(errors.InvalidParameterValue):
        tenants.person("helper", WRITE, cookie, "org-b")
    for who, aal in (("writer", "aal2"), ("helper", "aal1")):
        with pytest.raises(refused):
            tenants.person(who, WRITE, cookie, "org-a", aal=aal)
    writing = new_id(tenants.person("helper", WRITE, cookie, "org-a"))

    ends = "select expires_at from impersonation_sessions where id = %s"
    assert writing != session
    assert tenants.root(ends, session) == tenants.root(ends, writing)
    assert tenants.person("helper", READ, session=session) == []
    assert tenants.person("helper", READ, session=writing) == [(A,)]
    # The cookie still names the first one: that one is over, and nothing writes through it.
    with pytest.raises(refused):
        tenants.person("helper", WRITE, cookie, "org-a")


def test_the_owner_s_switch_ends_it_at_the_next_statement_and_keeps_the_next_one_out(
    tenants: Tenants,
) -> None:
    session = _begin(tenants, "write")
    with tenants.open_transaction("helper", session=session) as connection:
        before = connection.execute(READ).fetchall()
        tenants.person("owner A", "select app.support_allow(%s, false)", A)
        after = connection.execute(READ).fetchall()
    assert (before, after) == ([(A,)], [])

    with pytest.raises(errors.InvalidParameterValue):
        tenants.person("helper", START, A, "ticket 4711, the hours", "read", 30)
    tenants.person("owner A", "select app.support_allow(%s, true)", A)
    assert tenants.person("helper", READ, session=session) == []
    # The switch alone is enough, also where no row of the session was ended.
    other = _begin(tenants)
    tenants.root("update organizations set support_allowed = false where id = %s", A)
    assert tenants.person("helper", READ, session=other) == []


@pytest.mark.parametrize("how", ["the owner's switch", "another browser", "the shell"])
def test_what_ends_while_writing_is_asked_for_does_not_begin_again(tenants: Tenants, how: str) -> None:
    session, cookie = _begin(tenants), _cookie(tenants, "helper")
    tenants.person("helper", STAND, cookie, session, b"a key")
    ends = {
        "the owner's switch": ("owner A", "select app.support_allow(%s, false)", A),
        "another browser": ("helper", "select app.impersonation_stop(%s)", session),
        "the shell": (None, "select app.revoke_admin(%s)", "helper@x.test"),
    }
    who, statement, about = ends[how]

    with psycopg.connect(tenants.url) as ending, ThreadPoolExecutor(1) as threads:
        tenants.become(ending, "vulkn_web" if who else "vulkn_maint", who)
        assert ending.execute(statement.encode(), (about,)).fetchone() != (False,)
        asked = threads.submit(tenants.person, "helper", WRITE, cookie, "org-a")
        done_or_waiting(tenants, asked)
        ending.commit()
        with pytest.raises(refused):
            asked.result(10)

    assert tenants.root("select 1 from impersonation_sessions where ended_at is null") == []


def test_only_an_owner_turns_the_switch(tenants: Tenants) -> None:
    session = _begin(tenants, "write")

    for who, standing in (
        ("admin A", ""),
        ("member A", ""),
        ("owner B", ""),
        ("helper", ""),
        ("helper", session),
    ):
        with pytest.raises(refused):
            tenants.person(who, "select app.support_allow(%s, false)", A, session=standing)
    assert tenants.root("select support_allowed from organizations where id = %s", A) == [(True,)]


def test_support_sees_no_other_door_of_the_platform_from_inside(tenants: Tenants) -> None:
    session = _begin(tenants, "write")

    for statement in (
        "select * from app.admin_organizations('', '', 10, 0)",
        f"select app.admin_set_plan('{A}', 'business', 'a long enough reason')",
        f"select app.admin_set_status('{A}', 'suspended', 'a long enough reason')",
        "select app.admin_replay('outbox', '')",
        "select app.admin_provision('New', 'new-org', 'a@b.test', sha256('x'))",
        "select * from app.admin_log_page(10, 0)",
    ):
        for who, standing, aal in (
            ("helper", session, "aal2"),
            ("helper", "", "aal1"),
            ("owner A", "", "aal2"),
            (None, "", "aal2"),
        ):
            with pytest.raises(refused):
                tenants.person(who, statement, session=standing, aal=aal)


def test_what_administrators_do_stands_in_both_logs(tenants: Tenants) -> None:
    tenants.root("update impersonation_sessions set ended_at = now() where ended_at is null")
    tenants.person("helper", "select app.admin_set_status(%s, 'suspended', 'did not pay for months')", A)
    tenants.person("helper", "select app.admin_set_plan(%s, 'pro', 'they asked for it')", A)
    tenants.person("helper", "select app.admin_set_flag(%s, 'question_translation', false)", A)

    theirs = tenants.person(
        "owner A", "select action, entity, actor_id from audit_log where actor_kind = 'platform'"
    )
    ours = tenants.person("writer", "select action, org_slug from app.admin_log_page(10, 0)")

    assert theirs.count(("update", "organizations", uid("helper"))) == 2
    assert ("update", "flags", uid("helper")) in theirs
    assert {("organization.suspended", "org-a"), ("organization.plan", "org-a"), ("flag", "org-a")} <= set(
        ours
    )


def test_no_row_of_an_organization_comes_out_of_the_list_of_organizations(tenants: Tenants) -> None:
    """What is written, by whom and from which number is nobody's business at /admin."""
    seen = tenants.person("helper", "select to_jsonb(x)::text from app.admin_organizations('', '', 100, 0) x")
    dead = tenants.person("helper", "select to_jsonb(x)::text from app.admin_dead('', 100) x")

    words = " ".join(row[0] for row in seen + dead)
    assert "org-a" in words
    for secret in ("SECRET", "@visitor.test", "@x.test", "hola"):
        assert secret not in words


def test_what_was_perhaps_sent_is_not_replayed(tenants: Tenants) -> None:
    tenants.root("update outbox set state = 'failed', finished_at = now() where org_id = %s", A)
    tenants.root("update outbox set state = 'unknown', finished_at = now() where org_id = %s", B)

    assert tenants.person("helper", "select app.admin_replay('outbox', '')") == [(1,)]
    assert tenants.root("select distinct state from outbox where org_id in (%s, %s) order by 1", A, B) == [
        ("ready",),
        ("unknown",),
    ]
    assert tenants.person("helper", "select app.admin_replay('outbox', '')") == [(0,)]


def test_a_key_in_the_header_counts_for_its_person_and_no_longer_than_its_session(tenants: Tenants) -> None:
    def sees(who: str, header: str) -> list[object]:
        with tenants.open_transaction(who) as connection:
            connection.execute(
                "select set_config('role', 'authenticated', true),"
                " set_config('request.headers', jsonb_build_object('x-vulkn-support', %s::text)::text, true)",
                (header,),
            )
            return [
                row[0] for row in connection.execute("select distinct org_id from public.messages").fetchall()
            ]

    tenants.root("insert into memberships values (%s, %s, 'owner')", B, uid("helper"))
    assert sees("helper", support_key("reading")) == [A]
    assert sees("owner B", support_key("reading")) == []
    assert sees("helper", str(uid("session reading"))) == []
    tenants.root("update impersonation_sessions set ended_at = now() where id = %s", uid("session reading"))
    assert sees("helper", support_key("reading")) == []
