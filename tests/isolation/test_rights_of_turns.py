"""One question, one answer: what the engine's functions promise, also when called twenty times at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from tests.isolation.tenants import Tenants, at_once, done_or_waiting, new_id
from tests.isolation.world import token, uid

A, B = uid("org A"), uid("org B")
VISITOR = token("a browser")
CALLS = [{"call": 1, "provider": "rehearsal", "model": "", "input_tokens": 5, "output_tokens": 7,
                "cache_read_tokens": 0, "cache_write_tokens": 0, "cost_micro_usd": 12, "latency_ms": 3}]  # fmt: skip


def _arrive(tenants: Tenants, org: str = "A", visitor: bytes = VISITOR) -> Any:
    return tenants.agent(
        None,
        "select app.widget_session(%s, %s, %s, 'es', '/')",
        uid(f"org {org}"),
        uid(f"channels {org}"),
        visitor,
    )[0][0]


def _open(
    tenants: Tenants, message: str = "m1", *, org: str = "A", lease: str = "1 minute", quiet: str = "0"
) -> Any:
    return tenants.agent(
        None,
        "select app.turn_open(%s, %s, %s, 'hola', %s::interval, %s::interval, '2 seconds', null, 20, 1000)",
        uid(f"org {org}"),
        VISITOR,
        message,
        lease,
        quiet,
    )[0][0]


def _close(tenants: Tenants, turn: Any, *, org: str = "A", **more: object) -> Any:
    draft = {"text": "buenas", "language": "es", "outcome": "answered", "calls": CALLS, "lead": None, **more}
    return tenants.agent(
        None,
        "select app.turn_close(%s, %s, %s, %s)",
        uid(f"org {org}"),
        turn["turn_id"],
        turn["attempt"],
        Jsonb(draft),
    )[0][0]


def _count(tenants: Tenants, table: str) -> int:
    return tenants.number(f"select count(*) from {table} where org_id = %s", A)


def test_a_panel_opened_twenty_times_at_once_is_one_conversation(tenants: Tenants) -> None:
    before = _count(tenants, "conversations"), _count(tenants, "contacts")

    answers = at_once(20, lambda _: _arrive(tenants)["conversation_id"])

    assert len(set(answers)) == 1
    assert (_count(tenants, "conversations"), _count(tenants, "contacts")) == (before[0] + 1, before[1] + 1)


def test_a_panel_opened_meanwhile_finds_the_first_ones_conversation(tenants: Tenants) -> None:
    panel = "select app.widget_session(%s, %s, %s, 'es', '/') ->> 'conversation_id'"
    with ThreadPoolExecutor(1) as thread, psycopg.connect(tenants.url) as connection:
        tenants.become(connection, "vulkn_engine")
        first = connection.execute(panel, (A, uid("channels A"), VISITOR)).fetchone()
        second = thread.submit(_arrive, tenants)
        done_or_waiting(tenants, second)
        connection.commit()

        assert first == (second.result(10)["conversation_id"],)


def test_twenty_times_the_same_message_at_once_is_one_turn(tenants: Tenants) -> None:
    _arrive(tenants)
    before = _count(tenants, "messages"), _count(tenants, "turns"), _count(tenants, "leads")

    answers = at_once(20, lambda _: _open(tenants))

    assert sorted(answer["state"] for answer in answers) == ["run", *["wait"] * 19]
    after = _count(tenants, "messages"), _count(tenants, "turns"), _count(tenants, "leads")
    assert after == tuple(number + 1 for number in before)


def test_the_same_message_meanwhile_waits_for_the_first(tenants: Tenants) -> None:
    _arrive(tenants)
    with ThreadPoolExecutor(1) as thread, psycopg.connect(tenants.url) as connection:
        tenants.become(connection, "vulkn_engine")
        connection.execute(
            "select app.turn_open(%s, %s, 'm1', 'hola', '1 minute', '0', '0', null, 20, 1000)", (A, VISITOR)
        )
        second = thread.submit(_open, tenants)
        done_or_waiting(tenants, second)
        connection.commit()

        assert second.result(10)["state"] == "wait"


def test_opening_and_closing_a_turn_lock_in_one_order(tenants: Tenants) -> None:
    conversation = _arrive(tenants)["conversation_id"]
    turn = _open(tenants)
    with ThreadPoolExecutor(1) as thread, psycopg.connect(tenants.url) as connection:
        connection.execute("select 1 from conversations where id = %s for update", (conversation,))
        closing = thread.submit(_close, tenants, turn)
        done_or_waiting(tenants, closing)
        free = connection.execute(
            "select 1 from turns where id = %s for update skip locked", (turn["turn_id"],)
        )

        assert free.fetchall() == [(1,)]
        connection.commit()
        assert closing.result(10)["stored"] is True


def test_twenty_closings_and_retries_at_once_store_one_answer(tenants: Tenants) -> None:
    _arrive(tenants)
    turn = _open(tenants)
    before = _count(tenants, "messages"), _count(tenants, "usage_events"), _count(tenants, "audit_log")

    answers = at_once(20, lambda number: _open(tenants) if number % 2 else _close(tenants, turn))

    closings = answers[::2]
    assert [closing["stored"] for closing in closings].count(True) == 1
    assert len({closing["id"] for closing in closings}) == 1
    assert {answer["state"] for answer in answers[1::2]} <= {"wait", "done"}
    after = _count(tenants, "messages"), _count(tenants, "usage_events"), _count(tenants, "audit_log")
    assert after == tuple(number + 1 for number in before)
    assert _open(tenants)["text"] == "buenas"


def test_many_messages_at_once_are_numbered_without_gaps(tenants: Tenants) -> None:
    conversation = _arrive(tenants)["conversation_id"]
    say = (
        "insert into messages (org_id, conversation_id, sender, body, author_id, external_id)"
        " values (%s, %s, 'human', 'hola', %s, 'twice') on conflict do nothing"
    )

    def write(number: int) -> object:
        if number % 2:
            return tenants.person("member A", say, A, conversation, uid("member A"))
        return _close(tenants, _open(tenants, f"m{number}"))

    at_once(20, write)

    numbers = tenants.root("select seq from messages where conversation_id = %s order by seq", conversation)
    assert [seq for (seq,) in numbers] == list(range(1, 22))
    assert tenants.root("select last_seq from conversations where id = %s", conversation) == [(21,)]


def test_an_attempt_that_lost_its_lease_stores_nothing(tenants: Tenants) -> None:
    _arrive(tenants)
    lost = _open(tenants, lease="-1 second")
    taken = _open(tenants)

    assert (taken["state"], taken["attempt"]) == ("run", 2)
    assert _close(tenants, lost)["stored"] is False
    assert _close(tenants, taken)["stored"] is True


def test_a_dead_turn_is_claimed_by_one_of_many(tenants: Tenants) -> None:
    _arrive(tenants)
    _open(tenants, lease="-1 second")

    claimed = at_once(
        10, lambda _: tenants.agent(None, "select * from app.claim_stale_turns(5, '1 minute', 6)")
    )

    assert sum(len(rows) for rows in claimed) == 1


def test_an_answer_to_a_conversation_that_is_gone_is_dropped_quietly(tenants: Tenants) -> None:
    conversation = _arrive(tenants)["conversation_id"]
    turn = _open(tenants)
    assert tenants.person("admin A", "delete from conversations where id = %s", conversation) == [(1,)]

    assert _close(tenants, turn)["stored"] is False


def test_a_turn_that_learns_nothing_leaves_the_score(tenants: Tenants) -> None:
    conversation = _arrive(tenants)["conversation_id"]
    score = "select score from leads where conversation_id = %s"
    for number, lead in enumerate((None, {}, {"reasons": ["price"]})):
        assert _close(tenants, _open(tenants, f"m{number}"), lead=lead)["stored"]

    assert tenants.root(score, conversation) == [(0,)]
    _close(tenants, _open(tenants, "m9"), lead={"score": 70, "email": "a@b.test"})
    assert tenants.root(score, conversation) == [(70,)]


def test_a_visitor_of_one_business_is_nobody_at_another(tenants: Tenants) -> None:
    _arrive(tenants)
    mine = _close(tenants, _open(tenants))["id"]
    rate = "select app.rate_answer(%s, %s, %s, 1::smallint, null)"

    assert _open(tenants, org="B") == {"state": "refused"}
    assert tenants.agent(None, "select app.visitor_messages(%s, %s, null)", B, VISITOR) == [(None,)]
    assert tenants.agent(None, rate, B, VISITOR, mine) == [(False,)]
    assert tenants.agent(None, rate, A, token("another browser"), mine) == [(False,)]
    assert tenants.agent(None, rate, A, VISITOR, mine) == [(True,)]


def test_a_turn_of_one_business_is_not_closed_in_the_name_of_another(tenants: Tenants) -> None:
    _arrive(tenants)
    turn = _open(tenants)

    assert _close(tenants, turn, org="B")["stored"] is False
    assert tenants.number("select count(*) from turns where org_id = %s and state = 'running'", A) == 2


def test_a_person_who_took_over_is_not_interrupted(tenants: Tenants) -> None:
    conversation = _arrive(tenants)["conversation_id"]
    tenants.person("member A", "update conversations set status = 'human' where id = %s", conversation)

    assert _open(tenants)["state"] == "handoff"
    assert _open(tenants)["state"] == "handoff"
    assert new_id(tenants.root("select count(*) from turns where conversation_id = %s", conversation)) == 0
