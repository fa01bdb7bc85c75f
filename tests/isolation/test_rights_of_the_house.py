"""The audit log, leaving, dashboard sessions, pooled connections, and the agent's narrow place."""

import json

import psycopg
import pytest
from psycopg import errors

from tests.isolation.tenants import Tenants
from tests.isolation.world import token, uid

A, B = uid("org A"), uid("org B")
VERIFY = "select app.audit_verify(%s)"
refused = errors.InsufficientPrivilege


def test_every_change_by_people_is_in_the_log(tenants: Tenants) -> None:
    before = tenants.number("select count(*) from audit_log where org_id = %s", A)
    changes = (
        "update organizations set name = 'New'",
        "update memberships set role = 'admin' where role = 'member'",
        "delete from invitations",
        "update agents set name = 'New'",
        "update channels set name = 'New'",
        "update knowledge_entries set body = 'PRIVATE'",
        "update leads set notes = 'PRIVATE'",
        "update contacts set email = 'PRIVATE'",
        "update conversations set status = 'human'",
        "delete from leads",
    )
    rows = sum(tenants.person("owner A", change)[0][0] for change in changes)

    assert tenants.number("select count(*) from audit_log where org_id = %s", A) == before + rows
    log = tenants.root("select actor_id, detail from audit_log where org_id = %s and seq > %s", A, before)
    assert {actor for actor, _ in log} == {uid("owner A")}
    assert "PRIVATE" not in json.dumps([detail for _, detail in log])


def test_the_log_is_whole_and_every_tampering_is_found(tenants: Tenants) -> None:
    tenants.person("owner A", "update agents set name = 'New'")
    assert tenants.root(VERIFY, A) == [(0,)]

    for tampering in (
        """update audit_log set detail = '{"x": 1}' where org_id = %s and seq = 3""",
        "update audit_log set actor_id = %s where seq = 4",
        "update audit_log set at = at + interval '1 second' where org_id = %s and seq = 2",
        "delete from audit_log where org_id = %s and seq = 3",
        "delete from audit_log where org_id = %s and seq = (select max(seq) from audit_log l where l.org_id = audit_log.org_id)",
        "delete from audit_log where org_id = %s and seq = 1",
        "update audit_log set entity = 'x' where org_id = %s and seq = 2",
    ):
        with psycopg.connect(tenants.url) as connection:
            connection.execute(tampering.encode(), (A,))
            found = connection.execute(VERIFY, (A,)).fetchone()
            connection.rollback()
        assert found != (0,), tampering


def test_nobody_writes_the_log_by_hand(tenants: Tenants) -> None:
    for statement in (
        "delete from audit_log",
        "update audit_log set action = 'x'",
        "insert into audit_log default values",
    ):
        with pytest.raises(refused):
            tenants.person("owner A", statement)
        with pytest.raises(refused):
            tenants.agent("A", statement)
        with pytest.raises(refused):
            tenants.operator("A", statement)


def test_an_organization_leaves_only_by_its_owner_and_its_name(tenants: Tenants) -> None:
    ask = "select app.request_org_deletion(%s, %s)"
    for who in ("admin B", "owner A", "multi", None):
        with pytest.raises(refused):
            tenants.person(who, ask, B, "org-b")
    with pytest.raises(errors.InvalidParameterValue):
        tenants.person("owner B", ask, B, "org-x")
    tenants.person("owner B", ask, B, "org-b")

    for statement in ("select 1 from messages", "select 1 from organizations", "select 1 from memberships"):
        assert tenants.person("owner B", statement) == []
    assert tenants.agent(None, "select 1 from app.resolve_widget('org-b')") == []


def test_a_purge_leaves_nothing_and_touches_nobody_else(tenants: Tenants) -> None:
    tables = [name for (name,) in tenants.root(
        "select c.oid::regclass::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id'"
        " where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'app'::regnamespace)"
    )]  # fmt: skip
    others = [tenants.root(f"select * from {name} where org_id = %s order by 1, 2", A) for name in tables]
    with pytest.raises(errors.InvalidParameterValue):
        tenants.operator(None, "select app.purge_org(%s, '0 days')", B)
    tenants.person("owner B", "select app.request_org_deletion(%s, 'org-b')", B)
    with pytest.raises(errors.InvalidParameterValue):
        tenants.operator(None, "select app.purge_org(%s)", B)

    tenants.operator(None, "select app.purge_org(%s, '0 days')", B)

    assert [tenants.number(f"select count(*) from {name} where org_id = %s", B) for name in tables] == [
        0
    ] * len(tables)
    assert [
        tenants.root(f"select * from {name} where org_id = %s order by 1, 2", A) for name in tables
    ] == others
    assert tenants.number("select count(*) from app.org_tombstones") == 1
    assert tenants.root(VERIFY, A) == [(0,)]


def test_a_deleted_conversation_stays_counted(tenants: Tenants) -> None:
    gone = tenants.person("admin A", "delete from conversations where id = %s", uid("conversations A"))

    assert gone == [(1,)]
    assert tenants.root("select turn_id, org_id from usage_events where org_id = %s", A) == [(None, A)]
    assert tenants.root("select conversation_id from leads where org_id = %s", A) == [(None,)]


def test_nothing_stays_on_a_pooled_connection(tenants: Tenants) -> None:
    with psycopg.connect(tenants.url, autocommit=True) as connection:
        with connection.transaction():
            tenants.become(connection, "vulkn_engine", "owner A", session=uid("session reading"), org="A")
        left = connection.execute(
            "select current_user = session_user, auth.uid(), app.engine_org(), app.imp_session()"
        ).fetchone()
        connection.execute("set role vulkn_engine")
        after = connection.execute("select 1 from messages").fetchall()

    assert left == (True, None, None, None)
    assert after == []


def test_an_agent_or_operator_without_an_organization_sees_nothing(tenants: Tenants) -> None:
    for table in (
        "organizations",
        "agents",
        "channels",
        "contacts",
        "conversations",
        "messages",
        "knowledge_entries",
    ):
        assert tenants.agent(None, f"select 1 from {table}") == []
        assert tenants.operator(None, f"select 1 from {table}") == []
        assert tenants.agent("A", f"select 1 from {table}") != []


def test_a_cookie_opens_its_own_session_until_it_ends(tenants: Tenants) -> None:
    start = "select app.session_start(%s, %s, 'Ana', 'ciphertext', now() + interval '1 hour')"
    read = "select email, tokens from app.session_read(%s)"
    tenants.person(None, start, token("new"), uid("stranger"))
    tenants.person(None, start, token("old"), uid("invitee"))
    tenants.root("update app.web_sessions set expires_at = now() where id_hash = %s", token("old"))

    assert tenants.person(None, read, token("new")) == [("stranger@x.test", b"ciphertext")]
    assert tenants.person(None, read, token("old")) == []
    assert tenants.person(None, read, token("guess")) == []
    tenants.person(None, "select app.session_end(%s)", token("new"))
    assert tenants.person(None, read, token("new")) == []
    with pytest.raises(refused):
        tenants.person("owner A", "select * from app.web_sessions")
    with pytest.raises(refused):
        tenants.agent("A", read, token("cookie of owner A"))


def test_a_session_looks_only_at_an_organization_of_its_person(tenants: Tenants) -> None:
    look, cookie = "select app.session_look_at(%s, %s)", token("cookie of owner A")

    assert tenants.person(None, look, cookie, B) == [(False,)]
    assert tenants.person(None, look, cookie, A) == [(True,)]
    tenants.root("update app.web_sessions set org_id = %s", B)
    assert tenants.person(None, "select org_id, role from app.session_read(%s)", cookie) == [(A, "owner")]


def test_a_password_reset_ends_every_session_of_that_person_alone(tenants: Tenants) -> None:
    tenants.person(None, "select app.sessions_end_all(%s)", uid("owner A"))

    assert tenants.root("select user_id from app.web_sessions") == [(uid("owner B"),)]


def test_a_pause_of_a_business_or_channel_closes_its_widget(tenants: Tenants) -> None:
    resolve = "select org_id from app.resolve_widget('org-a')"
    assert tenants.agent(None, resolve) == [(A,)]

    tenants.root("update organizations set status = 'suspended' where id = %s", A)

    assert tenants.agent(None, resolve) == []
