"""A process that sits an exam is killed with SIGKILL; another goes on with what is left, and nothing is stored twice."""

import asyncio
import sys
from pathlib import Path

import psycopg
import pytest

from tests.factories import a_business
from tests.faults.processes import environment
from vulkn_app.onboarding import exam, sitting
from vulkn_app.settings import ROOT

pytestmark = pytest.mark.slow
SOURCE = """
import asyncio
from vulkn_app.onboarding import sitting

answer = sitting._answer

async def slowly(*arguments):
    await asyncio.sleep(0.3)
    await answer(*arguments)

sitting._answer = slowly
asyncio.run(sitting.do_waiting())
"""
ANSWERED = (
    "select number, answered_at, answer from exam_questions where org_id = %s and answered_at is not null"
)
PATIENCE = 60


async def test_an_exam_survives_a_kill(
    database_url: str, deployment: None, no_model: None, tmp_path: Path
) -> None:
    business = a_business(database_url)
    await exam.begin(business.owner)
    env = environment(database_url, "http://127.0.0.1:9", tmp_path, ANTHROPIC_API_KEY="")
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SOURCE, cwd=ROOT, env=env)
    with psycopg.connect(database_url, autocommit=True) as admin:
        async with asyncio.timeout(PATIENCE):
            while len(before := admin.execute(ANSWERED, (business.org_id,)).fetchall()) < 4:
                assert process.returncode is None
                await asyncio.sleep(0.1)
        process.kill()
        await process.wait()
        admin.execute(
            "update exams set lease_until = now() - interval '1 second' where org_id = %s", (business.org_id,)
        )

        assert await sitting.do_waiting() == 1

        after = admin.execute(ANSWERED, (business.org_id,)).fetchall()
        ledger = admin.execute(
            "select count(*) from usage_events where org_id = %s and channel = 'exam'", (business.org_id,)
        ).fetchone()
    assert len(after) == 20
    assert set(before) <= set(after)
    assert ledger
    assert ledger[0] >= 20
    found = await exam.latest(business.owner)
    assert found
    assert (found.state, found.answered) == ("done", 20)
