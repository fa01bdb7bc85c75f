"""A number is connected by an admin, once in all of VULKN, and every refusal of Meta's is a sentence."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from pydantic import SecretStr, ValidationError

from models.whatsapp import NumberMode, NumberState
from tests.factories import Business, a_business
from tests.fakes.graph import TOKEN, FakeGraph
from vulkn_app import i18n
from vulkn_app.channels.whatsapp import connect, numbers, signup
from vulkn_app.channels.whatsapp.connect import ConnectForm, Health, NumberTaken
from vulkn_app.channels.whatsapp.graph import GraphAway, GraphProblem
from vulkn_app.channels.whatsapp.health import NEEDED
from vulkn_app.channels.whatsapp.refusals import (
    CODES,
    SUBCODES,
    WORDS,
    WhatsAppAway,
    WhatsAppRefused,
    explained,
)
from vulkn_app.db import AgentKey, Member
from vulkn_app.errors import NotAllowed, NotFound
from vulkn_app.settings import settings

WABA = "102290129340398"


@pytest.fixture
def business(deployment: None, database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def number(fake_graph: FakeGraph) -> str:
    one = str(uuid4().int)[:15]
    fake_graph.numbers[WABA] = [one]
    fake_graph.token_facts["scopes"] = list(NEEDED)
    fake_graph.token_facts.pop("granular_scopes", None)
    return one


def a_form(number: str, **more: Any) -> ConnectForm:
    return ConnectForm(**{"phone_number_id": number, "waba": WABA, "token": SecretStr(TOKEN), **more})


def a_member(url: str, business: Business, role: str) -> Member:
    user = uuid4()
    with psycopg.connect(url) as admin:
        admin.execute("insert into auth.users (id, email) values (%s, %s)", (user, f"{user}@sol.test"))
        admin.execute(
            "insert into memberships (org_id, user_id, role) values (%s, %s, %s)",
            (business.org_id, user, role),
        )
    return Member(user, business.org_id)


def sql(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as admin:
        cursor = admin.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


async def connected(business: Business, number: str, **more: Any) -> Health:
    return await connect.connect(business.owner, a_form(number, **more))


async def test_a_number_is_connected_with_its_token_sealed(
    business: Business, number: str, fake_graph: FakeGraph, database_url: str
) -> None:
    fake_graph.templates.append(
        {
            "id": "1",
            "name": "hola",
            "language": "es_MX",
            "category": "UTILITY",
            "status": "APPROVED",
            "components": [],
        }
    )

    health = await connected(business, number)

    assert (health.state, health.quality, health.tier, health.templates) == (
        NumberState.ACTIVE,
        "green",
        "TIER_1K",
        1,
    )
    assert fake_graph.subscribed == [WABA]
    assert fake_graph.registered == {}  # Meta says that it is connected already
    one = await numbers.number(AgentKey(business.org_id), health.channel_id)
    assert (one.token.get_secret_value(), one.phone_number_id) == (TOKEN, number)
    sealed = sql(database_url, "select sealed from app.channel_secrets where org_id = %s", business.org_id)
    assert all(TOKEN.encode() not in bytes(row[0]) for row in sealed)
    acts = sql(
        database_url,
        "select actor_kind, entity from audit_log where org_id = %s and entity in ('channel_secrets', 'whatsapp_numbers')"
        " and actor_id = %s",
        business.org_id,
        business.owner.user_id,
    )
    assert ("user", "channel_secrets") in acts


async def test_a_number_that_is_not_registered_is_with_its_pin(
    business: Business, number: str, fake_graph: FakeGraph
) -> None:
    fake_graph.facts |= {"platform_type": "NOT_APPLICABLE", "status": "PENDING"}

    await connected(business, number, pin=SecretStr("123456"))

    assert fake_graph.registered == {number: "123456"}


async def test_on_the_owner_s_phone_nothing_is_registered_and_the_history_is_asked_for(
    business: Business, number: str, fake_graph: FakeGraph
) -> None:
    fake_graph.facts |= {"is_on_biz_app": True, "status": "PENDING"}

    with pytest.raises(WhatsAppRefused) as refused:
        await connected(business, number)
    assert refused.value.code == "whatsapp_used_in_app"
    await connected(business, number, mode=NumberMode.COEXISTENCE)

    assert fake_graph.registered == {}
    assert fake_graph.synchronized == ["smb_app_state_sync", "history"]


async def test_only_an_admin_connects_and_nothing_is_asked_of_meta_before(
    business: Business, number: str, fake_graph: FakeGraph, database_url: str
) -> None:
    member = a_member(database_url, business, "member")
    stranger = a_business(database_url).owner

    for who in (member, Member(stranger.user_id, business.org_id, "owner")):
        with pytest.raises(NotAllowed):
            await connect.connect(who, a_form(number))

    assert fake_graph.requests == []
    assert await connect.connect(a_member(database_url, business, "admin"), a_form(number))


async def test_a_number_belongs_to_one_business(business: Business, number: str, database_url: str) -> None:
    mine = await connected(business, number)
    other = a_business(database_url)

    with pytest.raises(NumberTaken):
        await connected(other, number)
    assert sql(database_url, "select count(*) from whatsapp_numbers where org_id = %s", other.org_id) == [
        (0,)
    ]
    await connect.disconnect(business.owner, mine.channel_id)

    assert (await connected(other, number)).state is NumberState.ACTIVE


async def test_connected_again_it_is_the_same_channel_with_its_conversations(
    business: Business, number: str, database_url: str
) -> None:
    first = await connected(business, number)
    sql(
        database_url,
        "with k as (insert into contacts (org_id) values (%s) returning id)"
        " insert into conversations (org_id, channel_id, contact_id) select %s, %s, id from k",
        business.org_id,
        business.org_id,
        first.channel_id,
    )
    await connect.disconnect(business.owner, first.channel_id)

    with pytest.raises(numbers.NotConnected):
        await numbers.number(AgentKey(business.org_id), first.channel_id)
    assert sql(
        database_url, "select count(*) from app.channel_secrets where org_id = %s", business.org_id
    ) == [(0,)]
    again = await connected(business, number)

    assert again.channel_id == first.channel_id
    assert sql(
        database_url, "select count(*) from conversations where channel_id = %s", again.channel_id
    ) == [(1,)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"token": SecretStr("EAAwrong-token")}, "whatsapp_token"),
        ({"waba": "99999999"}, "whatsapp_not_in_account"),
    ],
)
async def test_what_was_typed_wrong_is_said_before_anything_is_kept(
    business: Business, number: str, database_url: str, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(WhatsAppRefused) as refused:
        await connected(business, number, **change)

    assert refused.value.code == code
    assert sql(
        database_url, "select count(*) from channels where org_id = %s and kind = 'whatsapp'", business.org_id
    ) == [(0,)]


async def test_a_token_without_its_permissions_is_refused(
    business: Business, number: str, fake_graph: FakeGraph
) -> None:
    fake_graph.token_facts["scopes"] = ["whatsapp_business_messaging"]

    with pytest.raises(WhatsAppRefused, match="whatsapp_permission"):
        await connected(business, number)


async def test_a_token_for_another_account_is_refused(
    business: Business, number: str, fake_graph: FakeGraph
) -> None:
    scope = {"scope": NEEDED[0], "target_ids": ["555555"]}
    fake_graph.token_facts["granular_scopes"] = [scope]

    with pytest.raises(WhatsAppRefused, match="whatsapp_not_in_account"):
        await connected(business, number)


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"on": "number", "code": 100, "subcode": 33}, "whatsapp_wrong_number"),
        ({"on": "debug", "fault": "drop"}, "whatsapp_away"),
        ({"on": "debug", "fault": "500"}, "whatsapp_away"),
        ({"on": "numbers", "code": 200}, "whatsapp_permission"),
    ],
)
async def test_meta_s_no_is_explained(
    business: Business, number: str, fake_graph: FakeGraph, step: dict[str, Any], code: str
) -> None:
    fake_graph.will(**step)

    with pytest.raises((WhatsAppRefused, WhatsAppAway)) as refused:
        await connected(business, number)

    assert refused.value.code == code


async def test_a_step_that_fails_afterwards_stays_visible_and_is_mended_by_a_check(
    business: Business, number: str, fake_graph: FakeGraph, database_url: str
) -> None:
    fake_graph.will(on="subscribe", code=131042)
    with pytest.raises(WhatsAppRefused, match="whatsapp_payment"):
        await connected(business, number)
    ((channel, state, problem),) = sql(
        database_url,
        "select channel_id, state, problem from whatsapp_numbers where org_id = %s",
        business.org_id,
    )
    assert (state, problem) == ("down", "payment")

    health = await connect.recheck(business.owner, channel)

    assert (health.state, health.problem) == (NumberState.ACTIVE, None)


async def test_a_check_finds_the_token_that_was_taken_back(
    business: Business, number: str, fake_graph: FakeGraph, database_url: str
) -> None:
    health = await connected(business, number)
    fake_graph.tokens.clear()

    with pytest.raises(WhatsAppRefused, match="whatsapp_token"):
        await connect.recheck(business.owner, health.channel_id)

    assert sql(
        database_url, "select state, problem from whatsapp_numbers where org_id = %s", business.org_id
    ) == [("reauth", "token")]


async def test_nobody_checks_or_disconnects_somebody_else_s(
    business: Business, number: str, database_url: str
) -> None:
    health = await connected(business, number)
    stranger = a_business(database_url).owner

    for who, error in ((stranger, NotFound), (Member(stranger.user_id, business.org_id), NotAllowed)):
        with pytest.raises(error):
            await connect.disconnect(who, health.channel_id)
        with pytest.raises(error):
            await connect.recheck(who, health.channel_id)
    with pytest.raises(NotFound):
        await connect.disconnect(business.owner, UUID(int=7))


async def test_embedded_signup_s_code_becomes_the_token(
    business: Business, number: str, fake_graph: FakeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = signup.SignupForm(
        code=SecretStr("a code of Meta's window"), event="FINISH", waba=WABA, phone_number_id=number
    )
    with pytest.raises(signup.SignupUnavailable):
        await signup.finish(business.owner, form)
    monkeypatch.setattr(settings, "whatsapp_app_id", "1")
    monkeypatch.setattr(settings, "whatsapp_app_secret", SecretStr("s3cret, another"))
    fake_graph.codes["a code of Meta's window"] = TOKEN

    health = await signup.finish(business.owner, form)

    assert health.state is NumberState.ACTIVE
    exchange = next(one for one in fake_graph.requests if "oauth" in one.path)
    assert (exchange.query, exchange.body["client_secret"]) == ({}, "s3cret")
    with pytest.raises(WhatsAppRefused, match="whatsapp_code_used"):
        await signup.finish(business.owner, form)


@pytest.mark.parametrize(
    "bad", [{"phone_number_id": "../me"}, {"waba": "12"}, {"pin": "12345"}, {"pin": "12a456"}]
)
def test_a_form_with_nonsense_never_reaches_meta(bad: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ConnectForm.model_validate({"phone_number_id": "123456", "waba": WABA, "token": "x" * 20, **bad})


def test_every_refusal_has_its_sentence_in_both_languages() -> None:
    codes = {*CODES.values(), *SUBCODES.values(), *WORDS.values(), "whatsapp_refused", "whatsapp_taken"}

    for language in i18n.LANGUAGES:
        missing = [code for code in codes if f"errors.{code}" not in i18n.catalogue(language)]
        assert missing == []
    assert explained(GraphProblem(133005, 0, 400, "")).code == "whatsapp_pin"
    assert explained(GraphProblem(999, 0, 400, "")).values == {"meta": "999"}
    assert explained(GraphAway("TimeoutError", taken=True)).code == "whatsapp_away"
