"""What administrators do for organizations, and what comes of it outside."""

import httpx
import psycopg
import pytest

from models.organizations import OrganizationStatus, Plan
from tests.administrators.conftest import WHY, Helper
from tests.factories import Business, a_business
from vulkn_app import flags, organizations, team
from vulkn_app.administrators import desk, operations, switches
from vulkn_app.administrators.desk import NewOrganization
from vulkn_app.channels import tenants
from vulkn_app.errors import BadInput, Conflict, NotAllowed, NotFound

pytestmark = pytest.mark.usefixtures("deployment")


async def test_organizations_are_found_by_name_and_paged(helper: Helper, database_url: str) -> None:
    who = await helper.prove()
    with psycopg.connect(database_url, autocommit=True) as admin:
        for number in range(3):
            slug = a_business(database_url).slug
            admin.execute(
                "update organizations set name = %s where slug = %s", (f"Óptica 100% {number}", slug)
            )

    first = await desk.list_organizations(who, search="óptica 100%", size=2)
    second = await desk.list_organizations(who, search="óptica 100%", size=2, page=2)

    assert (first.total, len(first.rows), len(second.rows)) == (3, 2, 1)
    assert {row.name for row in first.rows + second.rows} == {f"Óptica 100% {number}" for number in range(3)}
    assert (await desk.list_organizations(who, search="100_")).total == 0  # no wildcard of SQL's


async def test_health_is_counted_and_nothing_measured_is_no_zero(helper: Helper, business: Business) -> None:
    who = await helper.prove()
    helper.root("update outbox set state = 'failed' where false")
    helper.root(
        "insert into outbox (org_id, kind, dedupe_key, state, finished_at) values (%s, 'answer', 'x', 'failed', now())",
        business.org_id,
    )

    [row] = (await desk.list_organizations(who, search=business.slug)).rows

    assert (row.errors, row.answered, row.grounded, row.last_message_at, row.members) == (
        1,
        None,
        None,
        None,
        1,
    )


async def test_a_new_organization_is_ready_for_its_owner(helper: Helper) -> None:
    who = await helper.prove()
    form = NewOrganization(name="Taller Díaz", slug="taller-diaz-7", email=" Dueno@Taller.MX ")

    made = await desk.provision(who, form)

    seen = await team.preview(made.invite_url.rpartition("=")[2])
    assert seen
    assert (seen.org_name, seen.email, seen.role) == ("Taller Díaz", "dueno@taller.mx", "owner")
    assert made.embed == organizations.embed("taller-diaz-7")
    with pytest.raises(Conflict):
        await desk.provision(who, form)
    with pytest.raises(Conflict):
        await desk.provision(who, NewOrganization(name="x", slug="admin", email="a@b.mx"))
    with pytest.raises(BadInput):
        await desk.provision(who, NewOrganization(name="x", slug="otro-mas", email="sin arroba"))


async def test_a_pause_is_said_gently_and_ends(
    helper: Helper, business: Business, http: httpx.AsyncClient
) -> None:
    who = await helper.prove()
    config = f"/api/widget/{business.slug}/config"
    assert (await http.get(config)).status_code == 200

    await desk.set_status(who, business.org_id, OrganizationStatus.SUSPENDED, WHY)
    tenants._tenants.clear()  # other processes hear the bell
    answer = await http.get(config)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "business_paused")
    assert "más tarde" in answer.json()["error"]["message"]
    page = await http.get(f"/c/{business.slug}")
    assert (page.status_code, "Ahora no atendemos" in page.text, business.slug in page.text) == (
        404,
        True,
        False,
    )
    assert helper.root("select count(*) > 0 from knowledge_entries where org_id = %s", business.org_id) == [
        (True,)
    ]

    with pytest.raises(NotFound):  # it is that already
        await desk.set_status(who, business.org_id, OrganizationStatus.SUSPENDED, WHY)
    await desk.set_status(who, business.org_id, OrganizationStatus.ACTIVE, WHY)
    assert (await http.get(config)).status_code == 200


async def test_a_plan_is_changed_with_a_reason(helper: Helper, business: Business) -> None:
    who = await helper.prove()

    await desk.set_plan(who, business.org_id, Plan.BUSINESS, WHY)

    assert helper.root("select plan from organizations where id = %s", business.org_id) == [("business",)]
    logged, _ = await desk.log_page(who)
    assert any(WHY.reason in row.detail and row.action == "organization.plan" for row in logged)


async def test_an_organization_s_own_word_goes_before_everybody_s(helper: Helper, business: Business) -> None:
    who, other = await helper.prove(), a_business(helper.url)
    assert await flags.on(business.org_id, "question_translation")

    await switches.say(who, "question_translation", "off")
    await switches.say(who, "question_translation", "on", business.org_id)
    flags.forget()

    assert await flags.on(business.org_id, "question_translation")
    assert not await flags.on(other.org_id, "question_translation")
    [general] = await switches.everybody(who)
    [own] = await switches.of_organization(who, business.org_id)
    assert (general.said, general.on_for, own.said, own.default) == ("off", 1, "on", False)
    await switches.say(who, "question_translation", "default")
    await switches.say(who, "question_translation", "default", business.org_id)
    flags.forget()
    assert await flags.on(other.org_id, "question_translation")
    with pytest.raises(BadInput):
        await switches.say(who, "no_such_flag", "on")


async def test_what_died_is_seen_and_comes_back_once(helper: Helper, business: Business) -> None:
    who = await helper.prove()
    helper.root(
        "insert into outbox (org_id, kind, dedupe_key, state, attempt, finished_at, error) values"
        " (%(o)s, 'answer', 'dead', 'failed', 6, now(), 'refused'), (%(o)s, 'answer', 'perhaps', 'unknown', 1, now(), '')".replace(
            "%(o)s", f"'{business.org_id}'"
        )
    )
    helper.root(
        "insert into whatsapp_events (org_id, key, kind, at, payload, state, problem, finished_at) values"
        " (%s, 'k', 'message', now(), '{\"text\": \"SECRETO\"}', 'failed', 'lost', now())",
        business.org_id,
    )
    helper.root(
        "set search_path = queue;"
        " insert into procrastinate_jobs (queue_name, task_name, status) values ('default', 'remind', 'failed')"
    )
    [(job,)] = helper.root("select id from queue.procrastinate_jobs where status = 'failed'")

    rows = [row for row in await operations.dead(who) if row.org_slug in (business.slug, "")]
    assert {(row.queue, row.state, row.replayable) for row in rows} == {
        ("outbox", "failed", True),
        ("outbox", "unknown", False),
        ("events", "failed", True),
        ("jobs", "failed", True),
    }
    assert "SECRETO" not in str(rows)

    [dead] = [row for row in rows if row.replayable and row.queue == "outbox"]
    assert [await operations.replay(who, "outbox", dead.id) for _ in range(2)] == [1, 0]
    assert await operations.replay(who, "events") >= 1
    assert await operations.replay(who, "jobs", str(job)) == 1
    states = {(row.queue, row.state) for row in await operations.queues(who)}
    assert {("outbox", "ready"), ("outbox", "unknown"), ("events", "ready"), ("jobs", "todo")} <= states


async def test_models_are_shown_with_what_failed(helper: Helper, business: Business) -> None:
    who = await helper.prove()
    for call, failure in enumerate((None, "overloaded")):
        helper.root(
            "insert into usage_events (org_id, call, provider, model, cost_micro_usd, failure) values (%s, %s, 'claude', 'm', 5000, %s)",
            business.org_id,
            call,
            failure,
        )

    claude = next(row for row in await operations.providers(who) if row.key == "claude")

    assert (claude.calls, claude.failed_percent, claude.cost) == (2, 50, "0.01")


async def test_nobody_else_gets_an_answer(business: Business, helper: Helper) -> None:
    owner = desk.Administrator(business.owner.user_id, b"x")

    for refused in (
        desk.list_organizations(owner),
        desk.set_plan(owner, business.org_id, Plan.BUSINESS, WHY),
        operations.queues(owner),
        operations.replay(owner, "outbox"),
        switches.everybody(owner),
    ):
        with pytest.raises(NotAllowed):
            await refused
