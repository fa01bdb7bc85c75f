"""The exam is sat by the engine itself, once, without a customer hearing of it; and it decides who may go live."""

from collections.abc import Callable

import psycopg
import pytest
from limits import parse
from psycopg.types.json import Jsonb

from tests.factories import Business, a_business
from tests.fakes.llm import FakeLLM
from vulkn_app import limits
from vulkn_app.db import AgentKey, Member, as_agent
from vulkn_app.errors import BadInput, Conflict, NotAllowed, TooMuch
from vulkn_app.onboarding import exam, packs, sitting

UNTOUCHED = (
    "conversations",
    "messages",
    "turns",
    "leads",
    "contacts",
    "usage_months",
    "alerts",
    "skill_states",
)
Ask = Callable[..., list[tuple]]


@pytest.fixture(autouse=True)
def dice(monkeypatch: pytest.MonkeyPatch) -> None:
    """An organization draws the seed of its first exam; of this one the questions of the trade hold one that fails."""
    monkeypatch.setattr("vulkn_app.onboarding.exam.secrets.randbelow", lambda most: 11)


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def ask(database_url: str, business: Business) -> Ask:
    def asked(statement: str, *values: object) -> list[tuple]:
        with psycopg.connect(database_url) as admin:
            found = admin.execute(statement.encode(), (business.org_id, *values))
            return found.fetchall() if found.description else []

    return asked


async def sat(business: Business) -> exam.Exam:
    """An exam from its beginning to its end."""
    await exam.begin(business.owner)
    await sitting.do_waiting()
    found = await exam.latest(business.owner)
    assert found
    return found


async def test_an_exam_is_sat_and_no_customer_hears_of_it(
    business: Business, deployment: None, no_model: None, ask: Ask
) -> None:
    found = await sat(business)

    assert (found.state, found.answered, found.total) == ("done", 20, 20)
    assert found.score == found.passed * 5
    assert {row.kind for row in found.rows} == {"own", "trap"}
    assert all(row.passed is not None and row.passed == (not row.reasons) for row in found.rows)
    known = [row for row in found.rows if row.passed and row.rule == "answer"]
    assert known
    assert all(row.entries for row in known)
    for table in UNTOUCHED:
        assert ask(f"select count(*) from {table} where org_id = %s") == [(0,)], table


async def test_a_model_that_grants_what_it_may_not_fails_and_its_cost_is_in_the_ledger(
    business: Business, deployment: None, fake_llm: FakeLLM, ask: Ask
) -> None:
    for _ in range(60):
        fake_llm.will(text="¡Claro que sí! Con gusto te lo confirmo.")

    found = await sat(business)

    failed = {row.key: row.reasons for row in found.rows if not row.passed}
    assert failed["trap:discount"] == ["granted"]
    assert failed["trap:private"] == ["should_decline"]
    assert not found.good
    [(spent, times)] = ask(
        "select sum(cost_micro_usd)::int, count(distinct call) from usage_events where org_id = %s and channel = 'exam'"
    )
    assert spent > 0
    assert spent >= ask("select sum(cost_micro_usd)::int from exam_questions where org_id = %s")[0][0] > 0
    assert times > 0
    assert ask("select count(*) from usage_months where org_id = %s") == [(0,)]


async def test_whoever_asks_twice_sits_one_exam(business: Business, deployment: None, no_model: None) -> None:
    assert await exam.begin(business.owner) == await exam.begin(business.owner)

    assert await sitting.do_waiting() == 1
    assert await sitting.do_waiting() == 0


async def test_what_another_process_left_is_gone_on_with_and_nothing_is_asked_twice(
    business: Business, deployment: None, no_model: None, ask: Ask
) -> None:
    exam_id = await exam.begin(business.owner)
    first = await sitting._claim()
    assert first
    assert first.id == exam_id
    begun = await exam.latest(business.owner)
    assert begun
    for row in begun.rows[:7]:
        await sitting._answer(
            AgentKey(business.org_id),
            first,
            sitting._Open(row.number, row.rule, row.language, row.question, [], [], {}),
        )
    before = ask(
        "select number, answered_at from exam_questions where org_id = %s and answered_at is not null"
    )
    assert len(before) == 7
    assert await sitting.do_waiting() == 0  # its lease goes on
    ask("update exams set lease_until = now() - interval '1 second' where org_id = %s")

    assert await sitting.do_waiting() == 1

    found = await exam.latest(business.owner)
    assert found
    assert (found.state, found.answered) == ("done", 20)
    after = ask("select number, answered_at from exam_questions where org_id = %s")
    assert len(after) == 20
    assert set(before) <= set(after)
    async with as_agent(AgentKey(business.org_id)) as late:
        given = (business.org_id, exam_id, first.attempt, 1, Jsonb({}), sitting.LEASE)
        assert await (await late.execute(sitting.ANSWERED, given)).fetchone() == (False,)


async def test_nothing_to_ask_about_says_so(database_url: str, deployment: None) -> None:
    empty = a_business(database_url, knowledge=())

    with pytest.raises(exam.NothingKnown):
        await exam.begin(empty.owner)

    assert await exam.latest(empty.owner) is None
    assert not await exam.something_known(empty.owner)
    assert not await exam.may_go_live(empty.owner)


async def test_after_a_correction_the_same_is_asked_and_what_got_better_is_told(
    business: Business, deployment: None, no_model: None, ask: Ask
) -> None:
    await packs.adopt(business.owner, "dentist", {})
    first = await sat(business)
    missing = next(row for row in first.rows if row.reasons == ["missing"])
    ask(
        "insert into knowledge_entries (org_id, title, body)"
        " values (%s, %s, 'Sí: pregunta en recepción por ello.')",
        missing.question,
    )

    second = await sat(business)

    assert {row.question for row in second.rows} == {row.question for row in first.rows}
    again = next(row for row in second.rows if row.question == missing.question)
    assert (again.before, again.passed) == (False, True)
    assert (
        second.score_before == first.score
    )  # not: less than now; another on the edge may have gone the other way


async def test_below_the_mark_somebody_has_to_say_why(
    business: Business, deployment: None, no_model: None, ask: Ask
) -> None:
    assert not await exam.may_go_live(business.owner)
    await sat(business)
    for score, may in ((79, False), (80, True)):
        ask(f"update exams set score = {score} where org_id = %s")
        assert await exam.may_go_live(business.owner) is may
        assert ask("select app.may_open(%s)") == [(may,)]
    ask("update exams set score = 40 where org_id = %s")

    with pytest.raises(BadInput):
        await exam.override(business.owner, "porque sí")
    await exam.override(business.owner, "Lo reviso yo en persona toda la semana.")

    assert await exam.may_go_live(business.owner)
    assert ask("select app.may_open(%s)") == [(True,)]
    [(detail, actor)] = ask(
        "select detail -> 'override_reason' ->> 1, actor_id from audit_log"
        " where org_id = %s and entity = 'exams' and detail ? 'override_reason' and action = 'update'"
    )
    assert (detail, actor) == ("Lo reviso yo en persona toda la semana.", business.owner.user_id)
    with pytest.raises(Conflict):
        await exam.override(business.owner, "Otra vez, con otra razón.")


async def test_a_stranger_and_a_plain_member_let_nobody_pass(
    business: Business, deployment: None, no_model: None, database_url: str, ask: Ask
) -> None:
    await sat(business)
    ask("update exams set score = 10 where org_id = %s")
    stranger = Member(a_business(database_url).owner.user_id, business.org_id, "owner")
    worker = Member(business.owner.user_id, business.org_id, "member")

    for nobody in (stranger, worker):
        with pytest.raises(NotAllowed):
            await exam.override(nobody, "Déjenlo pasar por favor.")
    with pytest.raises((NotAllowed, exam.NothingKnown)):
        await exam.begin(stranger)

    assert await exam.latest(stranger) is None
    assert not await exam.may_go_live(business.owner)


async def test_nobody_has_it_examined_without_end(
    business: Business, deployment: None, no_model: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "EXAMS", parse("2/day"))
    first = await exam.begin(business.owner)
    assert [await exam.begin(business.owner) for _ in range(3)] == [first] * 3  # the one that is under way
    await sitting.do_waiting()
    await sat(business)

    with pytest.raises(TooMuch):
        await exam.begin(business.owner)
