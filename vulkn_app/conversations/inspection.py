"""What the agent would say, looked at from every side: the same way as a customer's, and nobody is told.

Whoever asks counts what it cost (`playground.count`)."""

from dataclasses import dataclass
from typing import Any

from vulkn_app import llm
from vulkn_app.conversations import playground
from vulkn_app.conversations.draft import CURATED, Draft
from vulkn_app.conversations.events import TurnEvents
from vulkn_app.conversations.grounding import claims_action, claims_booking, clauses, promises, ungrounded
from vulkn_app.conversations.secrecy import Revealed, Secrecy, instructions
from vulkn_app.db import AgentKey
from vulkn_app.i18n import Language


@dataclass(frozen=True)
class Inspected:
    """An answer and what is wrong with it. `sources`: ids of the entries behind it; `worded`: by a model, so that its
    words alone say what it is; `tooled`: a skill did something for it; `loose`: figures that nothing stands behind;
    `promised`, `claimed`: what nobody allowed or did."""

    text: str
    language: Language = "es"
    outcome: str = "answered"
    handoff: str = ""
    sources: frozenset[str] = frozenset()
    worded: bool = False
    tooled: bool = False
    loose: tuple[str, ...] = ()
    promised: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()
    revealed: bool = False
    calls: tuple[dict[str, Any], ...] = ()

    @property
    def cost_micro_usd(self) -> int:
        return sum(call["cost_micro_usd"] for call in self.calls)


async def inspect(agent: AgentKey, question: str) -> Inspected:
    """A conversation that begins and ends with this question."""
    trial = playground.Playground.of(agent)
    draft = Draft(agent, await trial.opened(agent, question), scratch=trial.memory)
    await draft.write(TurnEvents())
    return _inspected(draft)


def _inspected(draft: Draft) -> Inspected:
    handoff, evidence = draft.bench.handoff, draft.grounds
    sentences = clauses.sentences(draft.text)
    return Inspected(
        text=draft.text,
        language=draft.language,
        outcome="handoff" if handoff else draft.outcome,
        handoff=handoff.reason if handoff else "",
        sources=frozenset(filter(None, (s["entry_id"] for s in (*draft.sources, *draft.figures)))),
        worded=_worded(draft),
        tooled=bool(draft.bench.results),
        loose=tuple(figure.text for figure in ungrounded(draft.text, evidence)) if evidence else (),
        promised=tuple(filter(None, (promises.unfounded(one, evidence) for one in sentences)))
        if evidence
        else (),
        claimed=_claimed(draft),
        revealed=_reveals(draft),
        calls=tuple(draft.ledger.calls),
    )


def _claimed(draft: Draft) -> tuple[str, ...]:
    booked = ["booked"] if claims_booking(draft.text, draft.language) else []
    said = {*booked, *claims_action(draft.text, draft.language)}
    return tuple(sorted(said - draft.bench.done))


def _worded(draft: Draft) -> bool:
    """Whether a model had the last word."""
    return bool(draft.ledger.calls) and draft.ledger.calls[-1]["provider"] not in (llm.REHEARSAL, CURATED)


def _reveals(draft: Draft) -> bool:
    """Whether it tells what the agent was told. Our own sentences are no model's."""
    if not _worded(draft):
        return False
    secrecy = Secrecy(instructions(draft.brain.agent.name, draft.brain.business))
    try:
        secrecy.feed(draft.text)
        secrecy.finish()
    except Revealed:
        return True
    return False
