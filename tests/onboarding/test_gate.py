"""An agent opens for the first time after its exam, or with somebody's reason; the rule is the database's own."""

from uuid import UUID, uuid4

import psycopg
import pytest

from state.agent import AgentState
from state.onboarding_live import OnboardingLiveState
from tests.factories import a_business
from tests.plugins.people import SignIn
from tests.state.conftest import OpenPage, page, run
from vulkn_app import agents, organizations
from vulkn_app.db import Member
from vulkn_app.errors import Conflict
from vulkn_app.onboarding import business, exam, progress
from vulkn_app.onboarding.business import BusinessForm
from vulkn_app.onboarding.progress import How, Step

__all__ = ["page"]


@pytest.fixture
async def owner(signed_in: SignIn, database_url: str) -> Member:
    user_id = uuid4()
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("insert into auth.users (id, email) values (%s, %s)", [user_id, f"{user_id}@luna.test"])
        admin.execute(
            "insert into profiles (user_id, email) values (%s, %s)", [user_id, f"{user_id}@luna.test"]
        )
    founded = await business.found(user_id, BusinessForm(name="Luna"))
    assert founded
    return signed_in(Member(user_id, founded.id, "owner"))


def examined(url: str, org_id: UUID, score: int) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "insert into exams (org_id, seed, state, total, answered, passed, score, finished_at)"
            " values (%s, 1, 'done', 20, 20, %s, %s, now())",
            [org_id, score // 5, score],
        )


async def opened(owner: Member) -> bool:
    agent = await agents.current(owner)
    await agents.set_live(owner, agent.id, True)
    return (await agents.current(owner)).live


@pytest.mark.parametrize("score", [None, 75])
async def test_without_a_good_exam_it_stays_shut(owner: Member, database_url: str, score: int | None) -> None:
    if score is not None:
        examined(database_url, owner.org_id, score)

    with pytest.raises(Conflict, match="exam_first"):
        await opened(owner)

    guide = await progress.read(owner)
    assert guide
    assert not guide.opened
    assert (await agents.current(owner)).live is False


async def test_a_good_exam_opens_it_and_the_guide_is_over(owner: Member, database_url: str) -> None:
    examined(database_url, owner.org_id, 80)

    assert await opened(owner)

    guide = await progress.read(owner)
    assert guide
    assert (guide.opened, guide.step, guide.marks[Step.LIVE]) == (True, Step.LIVE, How.DONE)


async def test_a_reason_opens_it_and_stands_in_the_audit_log(owner: Member, database_url: str) -> None:
    examined(database_url, owner.org_id, 60)

    await exam.override(owner, "Mañana es la feria y contesto yo lo demás.")

    assert await opened(owner)
    with psycopg.connect(database_url) as admin:
        noted = admin.execute(
            "select actor_id from audit_log where org_id = %s and entity = 'exams' and detail::text like '%%feria%%'",
            [owner.org_id],
        ).fetchall()
    assert noted == [(owner.user_id,)]


async def test_who_was_open_once_may_open_again_whatever_came_since(owner: Member, database_url: str) -> None:
    examined(database_url, owner.org_id, 95)
    await opened(owner)
    agent = await agents.current(owner)
    await agents.set_live(owner, agent.id, False)
    examined(database_url, owner.org_id, 10)

    assert await opened(owner)


async def test_organizations_from_before_and_those_an_operator_spares_are_not_asked(
    owner: Member, signed_in: SignIn, database_url: str
) -> None:
    old = signed_in(a_business(database_url, live=False).owner)

    assert await opened(old)
    await organizations.lead_nobody(owner.org_id)
    assert await opened(owner)


async def test_the_agents_own_switch_obeys_and_says_where_the_exam_is(
    page: OpenPage, owner: Member, database_url: str
) -> None:
    settings = await page(AgentState, owner)
    await run(AgentState.load, settings)

    await run(AgentState.go_live, settings, True)
    assert (settings.refused, settings.agent.live) == (True, False)

    examined(database_url, owner.org_id, 90)
    await run(AgentState.go_live, settings, True)
    assert (settings.refused, settings.agent.live) == (False, True)


async def test_it_is_celebrated_once(page: OpenPage, owner: Member, database_url: str) -> None:
    examined(database_url, owner.org_id, 90)
    live = await page(OnboardingLiveState, owner, "/onboarding/")
    await run(OnboardingLiveState.load, live)
    assert (live.live, live.celebrating) == (False, False)

    await run(OnboardingLiveState.open, live)
    assert (live.live, live.celebrating, live.problem) == (True, True, "")
    assert live.chat_url in live.message_url.replace("%3A", ":").replace("%2F", "/")
    assert live.code.startswith("data:image/svg+xml")

    await run(OnboardingLiveState.load, live)  # a reload
    assert (live.live, live.celebrating) == (True, False)
