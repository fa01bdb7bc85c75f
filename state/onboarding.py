"""The guide: where one is, what is behind, and the way from step to step.

What a step itself does is in its own state, which tells here (`VISITS`) what is read when one comes to it."""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from pydantic import BaseModel
from reflex.event import run_script

from state.prefs import SpeakingMixin
from state.session import MemberMixin, SessionState, cookie_of, role
from vulkn_app import auth
from vulkn_app.errors import BadInput, SignedOut
from vulkn_app.onboarding import progress
from vulkn_app.onboarding.progress import Step


@dataclass(frozen=True)
class Visit:
    """`loads`: handlers that run when one comes to the step; `rings`: when something changed in the organization;
    `begins`: for somebody who is in no organization yet."""

    loads: tuple[Any, ...] = ()
    rings: tuple[Any, ...] = ()
    begins: tuple[Any, ...] = ()


VISITS: dict[Step, Visit] = {}
TO_THE_TOP = run_script("scrollTo(0, 0)")


class StepRow(BaseModel):
    """A step in the line above: `how` it was left, "" for one that was not."""

    number: int
    key: str
    how: str = ""


class OnboardingState(MemberMixin, SpeakingMixin, rx.State):
    ready: bool = False
    entering: bool = False  # the step is being read: nothing of it is shown or typed into before it is there
    founded: bool = False
    email: str = ""
    step: int = 1
    steps: list[StepRow] = []

    @rx.var
    def percent(self) -> int:
        """How much is behind, skipped or done."""
        return round(100 * sum(step.how != "" for step in self.steps) / len(Step))

    @rx.event
    @role("person")
    async def load(self):
        person = await auth.read(cookie_of(self))
        if person is None:
            raise SignedOut
        self.email, self.founded = person.email, person.org_id is not None
        if not self.founded:
            self._show(Step.BUSINESS, {})
            self.ready = self.entering = True
            return [*VISITS[Step.BUSINESS].begins, OnboardingState.begun]
        wanted = self.router.url.query_parameters.get("step", "")
        return await self._enter(Step(int(wanted)) if wanted in set("123456") else None)

    @rx.event
    @role("person")
    async def begun(self):
        """The empty form stands; what is typed from now on stays."""
        self.entering = False

    @rx.event
    @role("admin")
    async def go(self, number: int):
        """To a step that one has been at, or past the one that is done."""
        step = _step(number)
        await progress.go(await self._member(), step)
        return await self._enter(step)

    @rx.event
    @role("admin")
    async def skip(self):
        await progress.skip(await self._member(), _step(self.step))
        return await self._enter(None)

    @rx.event
    @role("admin")
    async def finish(self):
        """Of a step that is done by what happened elsewhere."""
        await progress.finish(await self._member(), _step(self.step))
        return await self._enter(None)

    @rx.event
    @role("member")
    async def follow(self):
        """After a step's own state saved it."""
        return await self._enter(None)

    @rx.event
    @role("member")
    async def listen(self):
        await self._watch(OnboardingState.ring)
        self.entering = False
        return TO_THE_TOP

    @rx.event
    @role("member")
    async def ring(self):
        return list(VISITS[_step(self.step)].rings)

    async def _enter(self, wanted: Step | None) -> Any:
        """Where the organization is, or the `wanted` step; out of here for whom there is nothing to do."""
        member = await self._member()
        known = await progress.read(member)
        if known is None or member.role == "member":
            return rx.redirect("/app/")
        self._show(wanted or known.step, known.marks)
        self.ready = self.entering = True
        return [SessionState.load, *VISITS[_step(self.step)].loads, OnboardingState.listen]

    def _show(self, step: Step, marks: dict[Step, Any]) -> None:
        self.step = int(step)
        self.steps = [StepRow(number=each, key=each.name.lower(), how=marks.get(each, "")) for each in Step]


def _step(number: int) -> Step:
    try:
        return Step(int(number))
    except ValueError as problem:
        raise BadInput from problem
