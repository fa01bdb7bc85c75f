"""The bell, driven through its handlers."""

import json
from uuid import UUID

import psycopg

from state.alerts import AlertsState
from tests.conversing import a_conversation
from tests.factories import Business, a_business
from tests.state.conftest import OpenPage, run


def an_alert(
    url: str, business: Business, kind: str, key: str, conversation: UUID | None = None, **detail: object
) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "insert into alerts (org_id, kind, key, conversation_id, detail) values (%s, %s, %s, %s, %s)",
            (business.org_id, kind, key, conversation, json.dumps(detail)),
        )


async def test_the_bell_counts_what_nobody_has_seen_in_this_business(
    page: OpenPage, database_url: str
) -> None:
    business, other = a_business(database_url), a_business(database_url)
    an_alert(database_url, business, "limit", "2026-11:50", percent=50)
    an_alert(database_url, other, "limit", "2026-11:50", percent=50)
    bell = await page(AlertsState, business.owner)

    await run(AlertsState.ring, bell)

    assert bell.unseen == 1
    assert bell.rows == []


async def test_a_hand_over_names_who_why_and_where(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    conversation = a_conversation(database_url, business, "Quiero hablar con alguien", name="Luis")
    an_alert(database_url, business, "handoff", "h", conversation, reason="asked")
    bell = await page(AlertsState, business.owner)

    await run(AlertsState.open, bell)

    (alert,) = bell.rows
    assert (alert.who, alert.reason, alert.conversation_id) == ("Luis", "asked", conversation)


async def test_what_was_seen_is_counted_no_more_and_stays_in_the_list(
    page: OpenPage, database_url: str
) -> None:
    business = a_business(database_url)
    for bar in (50, 80):
        an_alert(database_url, business, "limit", f"2026-11:{bar}", percent=bar)
    bell = await page(AlertsState, business.owner)
    await run(AlertsState.open, bell)
    eighty = next(row for row in bell.rows if row.percent == 80)

    await run(AlertsState.see, bell, str(eighty.id))
    assert (bell.unseen, [row.percent for row in bell.rows]) == (1, [50, 80])
    await run(AlertsState.see_all, bell)

    assert (bell.unseen, [row.seen for row in bell.rows]) == (0, [True, True])


async def test_another_business_s_alert_stays_unseen(page: OpenPage, database_url: str) -> None:
    theirs = a_business(database_url)
    an_alert(database_url, theirs, "limit", "2026-11:50", percent=50)
    with psycopg.connect(database_url) as admin:
        row = admin.execute("select id from alerts where org_id = %s", (theirs.org_id,)).fetchone()
    assert row
    bell = await page(AlertsState, a_business(database_url).owner)

    await run(AlertsState.see, bell, str(row[0]))

    with psycopg.connect(database_url) as admin:
        seen = admin.execute("select seen_at from alerts where id = %s", (row[0],)).fetchone()
    assert seen == (None,)


async def test_a_page_that_is_read_again_has_no_list_over_it(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    an_alert(database_url, business, "limit", "2026-11:50", percent=50)
    bell = await page(AlertsState, business.owner)
    await run(AlertsState.open, bell)

    await run(AlertsState.begin, bell)

    assert not bell.is_open
    assert bell.unseen == 1
