"""Trying the agent out: what a customer would be told, and everything the answer stands on."""

from contextlib import aclosing
from typing import Any
from uuid import uuid4

import reflex as rx
from pydantic import BaseModel

from state.alerts import AlertsState
from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app import i18n
from vulkn_app.agents import AgentForm
from vulkn_app.analytics.usage import dollars
from vulkn_app.conversations.playground import Playground, Tried
from vulkn_app.conversations.rows import StepRow, steps_of
from vulkn_app.errors import VulknError
from vulkn_app.skills.memory import ScratchMemory

LONGEST = 2_000
MOST = 40  # answers on the page


class EvidenceRow(BaseModel):
    id: str
    title: str
    text: str
    score: str


class FigureRow(BaseModel):
    """A figure of the answer and where it stands. `entry_id` when that is the knowledge."""

    text: str
    title: str
    kind: str
    entry_id: str


class CallRow(BaseModel):
    provider: str
    model: str
    failure: str
    read: int
    wrote: int
    cached: int
    cost: str


class Why(BaseModel):
    """Times in milliseconds, money in dollars."""

    outcome: str
    handoff: str
    evidence: list[EvidenceRow]
    figures: list[FigureRow]
    tools: list[StepRow]
    calls: list[CallRow]
    cost: str
    first_ms: int
    total_ms: int


class TrialRow(BaseModel):
    """One question and its answer, or why there is none."""

    asked: str
    answer: str = ""
    failed: str = ""
    why: Why | None = None


class TrialMixin(MemberMixin, SpeakingMixin, rx.State, mixin=True):
    """A trial conversation in one tab."""

    trials: list[TrialRow] = []
    answering: bool = False
    asked: str = ""
    said: str = ""  # of the answer that is under way
    waiting: list[str] = []  # what was written since: answered next

    # What a trial remembers between two questions; the browser is never told.
    _history: list[list[str]] = []
    _spoken: str | None = None
    _kept: dict[str, dict[str, Any]] = {}
    _run: str = ""

    @rx.event
    @role("member")
    async def start_over(self):
        self.trials, self.waiting, self.answering = [], [], False
        self.asked = self.said = self._run = ""
        self._history, self._spoken, self._kept = [], None, {}

    @rx.event
    @role("member")
    async def ask(self, form: dict[str, str]):
        """Comes after what was typed before it, so the answer is of the voice that the page shows."""
        if text := str(form.get("text", "")).strip()[:LONGEST]:
            self.waiting = [*self.waiting, text][:MOST]
            return type(self).answer
        return None

    @rx.event(background=True)
    @role("member")
    async def answer(self):
        """In the background: the tab goes on listening while the answer comes."""
        async with self:
            if self.answering or not self.waiting:
                return
            run = uuid4().hex
            self.answering, self._run = True, run
        try:
            while await self._answer_next(run):
                pass
        finally:
            async with self:
                if self._run == run:
                    self.answering, self._run = False, ""

    async def _answer_next(self, run: str) -> bool:
        """Whether there may be one more."""
        async with self:
            if self._run != run or not self.waiting:
                return False
            playground = Playground(
                await self._member(),
                history=[list(line) for line in self._history],
                language=self._spoken,
                memory=ScratchMemory({skill: dict(kept) for skill, kept in self._kept.items()}),
                voice=await self._voice(),
            )
            self.asked, self.said, self.waiting = self.waiting[0], "", self.waiting[1:]
            text = self.asked
        try:
            async with aclosing(playground.stream(text)) as pieces:
                async for item in pieces:
                    async with self:
                        if self._run != run:  # started over, or somebody else sits here now
                            return False
                        self._take(item, playground)
        except VulknError as problem:
            async with self:
                if self._run == run:
                    words = i18n.sentence(problem.code, await self._language(), **problem.values)
                    self._end(TrialRow(asked=self.asked, answer=self.said, failed=words))
        return True

    async def _voice(self) -> AgentForm | None:
        """None: as it was saved."""
        return None

    def _take(self, item: str | Tried, playground: Playground) -> None:
        if isinstance(item, str):
            self.said += item
            return
        self._end(TrialRow(asked=self.asked, answer=item.text, why=why(item)))
        self._history = playground.history
        self._spoken, self._kept = playground.language, playground.memory.kept

    def _end(self, trial: TrialRow) -> None:
        self.trials = [*self.trials[1 - MOST :], trial]
        self.asked = self.said = ""


class PlaygroundState(TrialMixin, rx.State):
    @rx.event
    @role("member")
    async def load(self):
        """Coming back begins where one left off."""
        await self._watch(AlertsState.ring)


def why(tried: Tried) -> Why:
    """What the page shows of an answer's grounds."""
    return Why(
        outcome="handoff" if tried.handoff else tried.outcome,
        handoff=tried.handoff,
        evidence=[
            EvidenceRow(id=str(e.entry_id), title=e.title, text=e.text[:280], score=f"{e.score:.2f}")
            for e in tried.evidence
        ],
        figures=[
            FigureRow(
                text=figure["text"],
                title=figure["title"],
                kind=figure["source_kind"],
                entry_id=figure["entry_id"] or "",
            )
            for figure in tried.figures
        ],
        tools=steps_of(tried.trace),
        calls=[_call(call) for call in tried.calls],
        cost=dollars(tried.cost_micro_usd),
        first_ms=tried.first_token_ms or 0,
        total_ms=tried.latency_ms,
    )


def _call(call: dict[str, Any]) -> CallRow:
    return CallRow(
        provider=call["provider"],
        model=call["model"],
        failure=call["failure"] or "",
        read=call["input_tokens"],
        wrote=call["output_tokens"],
        cached=call["cache_read_tokens"],
        cost=dollars(call["cost_micro_usd"]),
    )
