"""The exam as its panel shows it: on the agent's page and in the guide."""

import asyncio
from contextlib import suppress
from typing import Literal
from urllib.parse import quote

import reflex as rx
from pydantic import BaseModel

from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app import live
from vulkn_app.onboarding import exam
from vulkn_app.onboarding.exam import Exam, ExamRow

FOLLOWED = 600  # seconds; an exam takes two minutes at most
LOOKS = 5  # seconds between two looks where the bell is not heard

Verdict = Literal["waiting", "passed", "failed"]
Change = Literal["", "better", "worse"]


class AnswerRow(BaseModel):
    """A question of the exam. `fix`: where its answer is put right; `change`: against the last exam."""

    number: int
    kind: str
    language: str
    question: str
    answer: str
    reasons: list[str]
    verdict: Verdict
    change: Change
    fix: str
    missing: bool


class ExamState(MemberMixin, SpeakingMixin, rx.State):
    loaded: bool = False
    # "": none yet; "unknown": nothing to ask about
    state: str = ""
    score: int = 0
    before: int = -1
    answered: int = 0
    total: int = 0
    good: bool = False
    may: bool = False
    why: str = ""
    rows: list[AnswerRow] = []
    all_shown: bool = False
    starting: bool = False
    problem: str = ""
    asking: bool = False
    saving: bool = False

    _following: bool = False

    @rx.var
    def percent(self) -> int:
        return self.answered * 100 // self.total if self.total else 0

    @rx.var
    def failed(self) -> int:
        return sum(row.verdict == "failed" for row in self.rows)

    @rx.event
    @role("member")
    async def load(self):
        await self._look()
        if self.state in ("waiting", "running"):
            return ExamState.follow

    @rx.event
    @role("member")
    async def begin(self):
        self.starting = True
        yield
        self.problem = await self._attempt(self._as_member(exam.begin))
        self.starting, self.all_shown = False, False
        yield
        await self._look()
        if not self.problem:
            yield ExamState.follow

    @rx.event(background=True)
    @role("member")
    async def follow(self):
        """Looks with every ring until the exam is over: the page that shows it need not know of it."""
        async with self:
            if self._following:
                return
            self._following, member = True, await self._member()
        rung = asyncio.Event()
        try:
            with live.listening(member.org_id, lambda ring: rung.set() if ring.kind == "exam" else None):
                async with asyncio.timeout(FOLLOWED):
                    while await self._goes_on():
                        with suppress(TimeoutError):
                            await asyncio.wait_for(rung.wait(), LOOKS)
                        rung.clear()
        except TimeoutError:
            pass
        finally:
            async with self:
                self._following = False

    @rx.event
    @role("member")
    async def show_all(self, shown: bool):
        self.all_shown = bool(shown)

    @rx.event
    @role("admin")
    async def ask_why(self, asking: bool):
        self.asking, self.problem = bool(asking), ""

    @rx.event
    @role("admin")
    async def override(self, form: dict[str, str]):
        self.saving = True
        yield
        reason = str(form.get("reason", ""))
        self.problem = await self._attempt(self._as_member(lambda member: exam.override(member, reason)))
        self.saving = False
        if not self.problem:
            self.asking = False
            await self._look()
            yield await self._saved("exam.overridden")

    async def _goes_on(self) -> bool:
        async with self:
            await self._look()
            return self.state in ("waiting", "running")

    async def _look(self) -> None:
        member = await self._member()
        found = await exam.latest(member)
        if found is None:
            self.state = "" if await exam.something_known(member) else "unknown"
            self.rows, self.loaded, self.may = [], True, False
            return
        self._show(found)
        self.may = await exam.may_go_live(member)
        self.loaded = True

    def _show(self, found: Exam) -> None:
        self.state, self.answered, self.total = found.state, found.answered, found.total
        self.score, self.good = found.score or 0, found.good
        self.before = -1 if found.score_before is None else found.score_before
        self.why = found.override_reason or ""
        rows = [_row(row) for row in found.rows]
        # What is to be mended first, then the rest as it was asked.
        self.rows = sorted(rows, key=lambda row: (row.verdict != "failed", row.number))


def _row(row: ExamRow) -> AnswerRow:
    change: Change = ""
    if row.before is not None and row.passed is not None and row.before != row.passed:
        change = "better" if row.passed else "worse"
    return AnswerRow(
        number=row.number,
        kind=row.kind,
        language=row.language,
        question=row.question,
        answer=row.answer,
        reasons=row.reasons,
        verdict="waiting" if row.passed is None else "passed" if row.passed else "failed",
        change=change,
        fix=_fix(row),
        missing=row.missing,
    )


def _fix(row: ExamRow) -> str:
    """The editor with the question filled in: as one more way to ask for an entry, or as a new one."""
    asked = quote(row.question[:200], safe="")
    if row.entries and row.rule == "answer":
        return f"/app/knowledge/?entry={row.entries[0].id}&ask={asked}"
    return f"/app/knowledge/?new={asked}"
