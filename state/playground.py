"""Trying the agent out: what a customer would be told, and everything the answer stands on."""

from typing import Any
from uuid import uuid4

import reflex as rx
from pydantic import BaseModel

from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app import i18n
from vulkn_app.analytics.usage import dollars
from vulkn_app.conversations.playground import Playground, Tried
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


class ToolRow(BaseModel):
    """A tool that was called, or a check that the answer did not pass (`how` is then `check`)."""

    name: str
    ms: int
    how: str


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
    tools: list[ToolRow]
    calls: list[CallRow]
    cost: str
    first_ms: int
    total_ms: int


class TrialRow(BaseModel):
    """One question and its answer; `why` once it is complete."""

    id: str
    asked: str
    answer: str = ""
    failed: str = ""
    why: Why | None = None


class PlaygroundState(MemberMixin, SpeakingMixin, rx.State):
    trials: list[TrialRow] = []
    answering: bool = False

    # What a trial remembers between two questions; the browser is never told.
    _history: list[list[str]] = []
    _spoken: str | None = None
    _kept: dict[str, dict[str, Any]] = {}
    _run: str = ""

    @rx.event
    @role("member")
    async def load(self):
        """Coming back begins where one left off; an answer that was under way then is not coming any more."""
        self.answering = False
        self.trials = [trial for trial in self.trials if trial.why]

    @rx.event
    @role("member")
    async def start_over(self):
        self.trials, self.answering, self._run = [], False, ""
        self._history, self._spoken, self._kept = [], None, {}

    @rx.event(background=True)
    @role("member")
    async def ask(self, form: dict[str, str]):
        """In the background: the tab goes on listening while the answer comes."""
        text = str(form.get("text", "")).strip()[:LONGEST]
        async with self:
            if not text or self.answering:
                return
            playground = Playground(
                await self._member(),
                history=[list(line) for line in self._history],
                language=self._spoken,
                memory=ScratchMemory({skill: dict(kept) for skill, kept in self._kept.items()}),
            )
            run = uuid4().hex
            self.answering, self._run = True, run
            self.trials = [*self.trials[-MOST:], TrialRow(id=run, asked=text)]
        try:
            async for item in playground.stream(text):
                async with self:
                    if not self._is(run):
                        return
                    self._take(item, playground)
        except VulknError as problem:
            async with self:
                if self._is(run):
                    self._fail(i18n.sentence(problem.code, await self._language()))
        finally:
            async with self:
                if self._is(run):
                    self.answering = False

    def _is(self, run: str) -> bool:
        """Whether the page still waits for this answer: it was not started over, and nobody else sits here."""
        return self._run == run and bool(self.trials)

    def _take(self, item: str | Tried, playground: Playground) -> None:
        last = self.trials[-1]
        if isinstance(item, str):
            changed = last.model_copy(update={"answer": last.answer + item})
        else:
            changed = last.model_copy(update={"answer": item.text, "why": why(item)})
            self._history = playground.history
            self._spoken, self._kept = playground.language, playground.memory.kept
        self.trials = [*self.trials[:-1], changed]

    def _fail(self, words: str) -> None:
        self.trials = [*self.trials[:-1], self.trials[-1].model_copy(update={"failed": words})]


def why(tried: Tried) -> Why:
    """What the page shows of an answer's grounds."""
    return Why(
        outcome=tried.outcome,
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
        tools=[_tool(step) for step in tried.trace],
        calls=[_call(call) for call in tried.calls],
        cost=dollars(tried.cost_micro_usd),
        first_ms=tried.first_token_ms or 0,
        total_ms=tried.latency_ms,
    )


def _tool(step: dict[str, Any]) -> ToolRow:
    if "check" in step:
        return ToolRow(name=str(step["check"]), ms=0, how="check")
    return ToolRow(name=str(step.get("tool", "")), ms=int(step.get("ms", 0)), how=str(step.get("how", "")))


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
