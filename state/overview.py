"""How the business is doing: figures and the newest conversations, live."""

import reflex as rx

from state.session import MemberMixin, SessionState, role
from vulkn_app.analytics import report
from vulkn_app.analytics.report import Day, Question, Start
from vulkn_app.conversations import threads
from vulkn_app.conversations.rows import ConversationRow
from vulkn_app.onboarding import progress

RECENT = 6
NOTHING = "—"


class OverviewState(MemberMixin, rx.State):
    loaded: bool = False
    part: str = "morning"
    today: int = 0
    week: int = 0
    week_before: int = 0
    alone: str = NOTHING
    hot: int = 0
    speed: str = NOTHING
    unanswered: int = 0
    days: list[Day] = []
    questions: list[Question] = []
    recent: list[ConversationRow] = []
    start: Start = Start(knows=True, tried=True, live=True)
    guide_step: int = 0  # where the guide goes on; 0 for whom there is none

    @rx.var
    def new_here(self) -> bool:
        """Whether the first steps take the place of figures that would all be zero."""
        return self.guide_step == 0 and not (self.start.knows and self.start.tried and self.start.live)

    @rx.event
    @role("member")
    async def load(self):
        await self._watch(OverviewState.ring)
        await self._look()

    @rx.event
    @role("member")
    async def ring(self):
        await self._look()

    async def _look(self) -> None:
        member = await self._member()
        zone = (await self.get_state(SessionState)).org_timezone
        seen = await report.overview(member, zone=zone)
        self.part = report.part_of_day(zone)
        self.today, self.week, self.week_before = seen.today, seen.week, seen.week_before
        self.hot, self.unanswered = seen.hot, seen.unanswered
        self.alone = NOTHING if seen.alone is None else f"{seen.alone} %"
        self.speed = _seconds(seen.answer_ms)
        self.days, self.questions, self.start = seen.days, seen.questions, seen.start
        guide = None if member.role == "member" else await progress.read(member)
        self.guide_step = guide.step if guide and not guide.opened else 0
        self.recent = await threads.list_conversations(member, limit=RECENT)
        self.loaded = True


def _seconds(milliseconds: int | None) -> str:
    if milliseconds is None:
        return NOTHING
    return "< 0.1 s" if milliseconds < 100 else f"{milliseconds / 1000:.1f} s"
