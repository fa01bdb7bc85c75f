"""A form that is complete becomes a row of the business's."""

from psycopg.types.json import Jsonb

from vulkn_app import leads, live
from vulkn_app.db import as_agent
from vulkn_app.skills.base import Turn
from vulkn_app.skills.filling import Filling

STORE = """
    insert into intake_answers (org_id, contact_id, conversation_id, filling, form, answers)
    values (%s, %s, %s, %s, %s, %s)
    on conflict (org_id, filling) do update set answers = excluded.answers, form = excluded.form
"""
NOTE = "select app.note_lead(%s, %s, %s)"


async def store(turn: Turn, filling: Filling) -> None:
    """One transaction: the answers, and what they tell about the lead. The same filling again is the same row."""
    org_id, form, answers = turn.agent.org_id, filling.form, filling.answers
    told = [
        {"key": q.key, "question": q.prompt(turn.language), "answer": answers[q.key]} for q in form.questions
    ]
    known = {
        q.kind: answers[q.key] for q in form.questions if q.kind in ("phone", "email") and answers[q.key]
    }
    lead = known | {"score": min(100, sum(leads.POINTS[key] for key in known)), "reasons": sorted(known)}
    async with as_agent(turn.agent) as connection:
        where = (org_id, turn.contact_id, turn.conversation_id, filling.id, form.title_es)
        await connection.execute(STORE, (*where, Jsonb(told)))
        if known:
            await connection.execute(NOTE, (org_id, turn.conversation_id, Jsonb(lead)))
    live.publish(live.Ring(org_id, "lead", turn.conversation_id))
