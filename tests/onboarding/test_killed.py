"""The process dies in the middle of a step: all of it is there afterwards, or nothing, and the guide goes on."""

import asyncio
import sys
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.faults.processes import environment
from vulkn_app.db import Member
from vulkn_app.onboarding import business, progress, questions
from vulkn_app.onboarding.business import BusinessForm
from vulkn_app.onboarding.progress import Step
from vulkn_app.settings import ROOT

# Forks a process for each step, which dies when the step's work is done and its mark is not.
SOURCE = """
import asyncio, os, signal, sys
from uuid import UUID
from vulkn_app.db import Member
from vulkn_app.onboarding import business, questions, voice
from vulkn_app.onboarding.business import BusinessForm
from vulkn_app.onboarding.voice import VoiceForm

user, org, agent = (UUID(argument) for argument in sys.argv[1:])
owner = Member(user, org, "owner")

async def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

async def step(name):
    business.mark = questions.mark = voice.mark = die
    if name == "business":
        await business.change(owner, BusinessForm(name="Otra"))
    if name == "knowledge":
        await questions.answer(owner, {"cleaning": {"es": "cuesta $1", "en": ""}})
    if name == "agent":
        await voice.save(owner, agent, VoiceForm.model_validate({"name": "Otra", "hours_es": "nunca"}))

for name in ("business", "knowledge", "agent"):
    child = os.fork()
    if not child:
        asyncio.run(step(name))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL, name
"""


@pytest.mark.slow
async def test_a_step_that_was_cut_off_left_nothing_and_can_be_done_again(
    deployment: None, database_url: str, tmp_path: Path
) -> None:
    user_id = uuid4()
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("insert into auth.users (id, email) values (%s, 'ana@luna.test')", [user_id])
        admin.execute("insert into profiles (user_id, email) values (%s, 'ana@luna.test')", [user_id])
        founded = await business.found(user_id, BusinessForm(name="Dental Luna", industry="dentist"))
        assert founded
        owner = Member(user_id, founded.id, "owner")
        agent = admin.execute("select id from agents where org_id = %s", [founded.id]).fetchone()
        before = _all(admin, founded.id)
        assert agent

        ids = [str(user_id), str(founded.id), str(agent[0])]
        env = environment(database_url, "http://127.0.0.1:9", tmp_path)
        dying = await asyncio.create_subprocess_exec(sys.executable, "-c", SOURCE, *ids, cwd=ROOT, env=env)

        assert await asyncio.wait_for(dying.wait(), 120) == 0
        assert _all(admin, founded.id) == before
        await questions.answer(owner, {"cleaning": {"es": "cuesta $740", "en": ""}})
        guide = await progress.read(owner)
    assert guide
    assert guide.step is Step.AGENT


def _all(admin: psycopg.Connection, org_id: object) -> list[tuple]:
    return admin.execute(
        "select o.name, g.step, g.marks, g.answers, a.name,"
        " (select count(*) from knowledge_entries k where k.org_id = o.id),"
        " (select count(*) from audit_log l where l.org_id = o.id)"
        " from organizations o join onboardings g on g.org_id = o.id join agents a on a.org_id = o.id where o.id = %s",
        [org_id],
    ).fetchall()
