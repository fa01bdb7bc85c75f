"""An owner's secrets: put in by admins of that organization, opened by its agent, read back by nobody."""

import pytest
from psycopg import errors

from tests.isolation.tenants import Tenants
from tests.isolation.world import token, uid

A, B = uid("org A"), uid("org B")
SET = "select app.skill_secret_set(%s, 'shop', %s)"
REMOVE = "select app.skill_secret_remove(%s, 'shop')"
NAMES = "select name from app.skill_secret_names(%s) where name = 'shop'"
refused = errors.InsufficientPrivilege


def test_only_admins_of_this_organization_put_in_and_take_out(tenants: Tenants) -> None:
    for who in ("member A", "admin B", "stranger", None, "helper"):
        for statement, values in ((SET, (A, token("s"))), (REMOVE, (A,))):
            with pytest.raises(refused):
                tenants.person(who, statement, *values)

    tenants.person("admin A", SET, A, token("s"))

    assert tenants.person("admin A", NAMES, A) == [("shop",)]
    assert tenants.person("admin A", REMOVE, A) == [(True,)]
    assert tenants.person("admin A", REMOVE, A) == [(False,)]


def test_support_staff_never_touches_them_not_even_in_a_session_that_may_write(tenants: Tenants) -> None:
    session = uid("session writing")
    for statement, values in ((SET, (A, token("s"))), (REMOVE, (A,))):
        with pytest.raises(refused):
            tenants.person("writer", statement, *values, session=session)


def test_nobody_reads_one_back_but_the_agent_of_the_organization(tenants: Tenants) -> None:
    tenants.person("owner A", SET, A, token("s"))
    for who in ("owner A", "owner B", "stranger", None):
        with pytest.raises(refused):
            tenants.person(who, "select sealed from app.skill_secrets")

    found = "select sealed from app.skill_secrets where name = 'shop'"
    assert tenants.agent("A", found) == [(token("s"),)]
    assert tenants.agent("B", found) == []
    assert tenants.person("owner B", NAMES, A) == []
    assert tenants.person("member A", NAMES, A) == []


def test_putting_one_in_is_audited_without_its_value(tenants: Tenants) -> None:
    tenants.person("owner A", SET, A, token("s"))

    rows = tenants.root(
        "select action, entity_id, detail::text from audit_log where org_id = %s and entity = 'skill_secrets'",
        A,
    )
    assert rows == [("update", "shop", "{}")]
