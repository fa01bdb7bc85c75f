"""What goes on for the whole platform at once is stopped by nothing that one organization may write about itself."""

import pytest
from psycopg import errors

from tests.isolation.tenants import Tenants
from tests.isolation.world import uid

A, B = uid("org A"), uid("org B")
SHADOW = "update agents set shadow_since = %s, shadow_until = %s where org_id = %s"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "america/mexico_city", "UTC+99:99", "posixrules\n"])
def test_no_organization_goes_by_a_clock_that_nobody_knows(tenants: Tenants, zone: str) -> None:
    with pytest.raises(errors.CheckViolation):
        tenants.person("owner A", "update organizations set timezone = %s where id = %s", zone, A)

    tenants.root("update impersonation_sessions set ended_at = now() where ended_at is null")
    assert len(tenants.person("helper", "select * from app.admin_organizations('', '', 10, 0)")) == 3
    tenants.agent(None, "select app.claim_look('1 minute')")


def test_every_clock_that_can_be_chosen_is_known(tenants: Tenants) -> None:
    from vulkn_app.places import COUNTRIES

    for zone in {zone for country in COUNTRIES.values() for zone, _ in country.zones}:
        done = tenants.person("owner A", "update organizations set timezone = %s where id = %s", zone, A)
        assert done == [(1,)]


@pytest.mark.parametrize(
    ("since", "until"), [("-infinity", "now"), ("now", "infinity"), ("-infinity", "infinity")]
)
def test_a_shadow_has_a_beginning_and_an_end(tenants: Tenants, since: str, until: str) -> None:
    with pytest.raises(errors.CheckViolation):
        tenants.person("owner A", SHADOW, since, until, A)


def test_one_shadow_that_cannot_end_holds_up_no_other(tenants: Tenants) -> None:
    tenants.root("update agents set shadow_since = null, shadow_until = null")
    tenants.person("owner A", SHADOW, "4713-01-01 BC", "now", A)
    tenants.person("owner B", SHADOW, "2026-01-01", "now", B)

    ended = {row[0] for row in tenants.agent(None, "select app.shadow_over()")}

    assert ended == {A, B}
    assert tenants.root("select count(*) from agents where shadow_until is not null") == [(0,)]
