"""An answer in the making: what was said so far, by whom, on what, and what it cost."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from vulkn_app import leads, llm
from vulkn_app.agents import AgentForm
from vulkn_app.conversations import brains, prompt, translation
from vulkn_app.conversations.brains import Brain
from vulkn_app.conversations.checks import Checks, Mistake
from vulkn_app.conversations.events import TurnEvents
from vulkn_app.conversations.grounding import Evidence, Source, links
from vulkn_app.conversations.language import Language, of_burst
from vulkn_app.conversations.ledger import Ledger
from vulkn_app.conversations.secrecy import instructions
from vulkn_app.conversations.tools import MOST_STEPS, Workbench
from vulkn_app.db import AgentKey
from vulkn_app.knowledge.index import Hit
from vulkn_app.llm import Ask, Finished, Line, Step, Token, ToolCall, smalltalk
from vulkn_app.llm.patience import Patience
from vulkn_app.skills.base import Memory, Turn
from vulkn_app.skills.memory import ContactMemory

# A turn that failed this often is answered without a model; after twice as often it is left to a person.
MODEL_ATTEMPTS = 3
CURATED = "curated"


class Draft:
    """One turn's. `write` says it; keeping.py keeps it."""

    def __init__(
        self,
        agent: AgentKey,
        opened: dict[str, Any],
        *,
        scratch: Memory | None = None,
        voice: AgentForm | None = None,
        stored: asyncio.Future[dict[str, Any]] | None = None,
    ) -> None:
        """With a `scratch` memory it is the playground's: skills change nothing. There a `voice` that was not saved
        may speak. With `stored`, `opened` is what that is expected to bring (ahead.py)."""
        self.agent = agent
        self.opened = opened
        self.scratch = scratch
        self.voice = voice
        self._stored = stored
        self.ask: Ask | None = None
        self.rehearsing = False  # no model is talking
        self.question = "\n".join(opened["burst"])
        self.said: list[str] = []
        self.ledger = Ledger()
        self.sources: list[dict[str, str]] = []
        self.figures: list[dict[str, Any]] = []
        self.outcome = "unknown"
        self.alert: dict[str, Any] | None = None
        self.language: Language = "es"
        self.brain: Brain
        self.bench: Workbench
        self._events = TurnEvents()
        self._known: tuple[int, Evidence] | None = None  # with how many results of tools
        self._passed: Checks | None = None  # what the last round's words went through

    @property
    def text(self) -> str:
        return "".join(self.said)

    @property
    def may_ask_a_model(self) -> bool:
        return self.opened["tries"] <= MODEL_ATTEMPTS and self.opened["mode"] == "full"

    @property
    def in_shadow(self) -> bool:
        """Whether a person sends it, or not. The playground hears everything."""
        return self.scratch is None and self.brain.agent.shadow

    @property
    def settled(self) -> bool:
        """Whether the next turn finds what this one did, and the words of this one."""
        memory = self.bench.turn.memory
        same = isinstance(memory, ContactMemory) and memory.known == self.opened["memory"]
        return same and self.may_ask_a_model and not self.in_shadow and not self.bench.handoff

    @cached_property
    def asks(self) -> bool:
        """Whether it is more than small talk or somebody's details."""
        return not (smalltalk.kind_of(self.question) or leads.signals(self.question).leaves_details)

    @property
    def grounds(self) -> Evidence | None:
        """What its figures and promises may stand on; none for what was ready to be said."""
        return self._evidence(self.ask) if self.ask else None

    def clock(self) -> int:
        return self.ledger.clock()

    async def write(self, events: TurnEvents) -> None:
        """Says the answer, piece by piece as it may be shown."""
        self._events = events
        self.brain = await brains.brain(
            self.agent, self.opened["brain"], word=prompt.prefix, whole_limit=prompt.WHOLE_KNOWLEDGE
        )
        if self.voice:
            self.brain = await brains.spoken_by(self.brain, self.voice, word=prompt.prefix)
        if self.in_shadow:
            self._events = TurnEvents()  # nobody reads along
        self.language = of_burst(self.opened["burst"], previous=self.opened["language"])
        self.bench = Workbench(self.brain, self._turn())
        if entry := self.brain.knowledge.exact(self.question):
            await self._kept()
            self._say_ready(entry.text, CURATED, [{"entry_id": str(entry.id), "title": entry.title}])
            return
        without = not self.may_ask_a_model or llm.rehearsal_only(self.brain.order)
        if without and (ready := await self._rehearsed()):
            self._say_ready(ready, llm.REHEARSAL, [])
            return
        await self._ask()

    async def _kept(self) -> None:
        """Before anything is shown or done: its message is stored."""
        if self._stored:
            self.opened, self._stored = await self._stored, None
            self.bench.turn = replace(self.bench.turn, turn_id=UUID(self.opened["turn_id"]))

    # ---- asking a model -----------------------------------------------------------------------------------

    async def _ask(self) -> None:
        """One regeneration; then what is surely true."""
        ask, patience, finished = await self._worded(), Patience(), None
        self.ask = ask
        for last in (False, True):
            try:
                finished = await self._converse(ask, patience)
                break
            except Mistake as mistake:
                self.bench.trace.append({"check": mistake.kind})
                self._show(mistake.release)
                ask = replace(ask, correction=mistake.correction, shown=self.text)
                patience.spoken = bool(self.said)
                if last:
                    self._show(self._instead(mistake))
        if not self.text.strip():  # it called tools until nobody let it
            _, _, finished = await self._round(replace(ask, ready=self.bench.say), patience, models=False)
        self._judge(finished, ask)

    async def _rehearsed(self) -> str:
        """What a skill does here by itself, without a model."""
        self.rehearsing = True
        await self._kept()
        result = await self.bench.rehearse()
        return result.say if result else ""

    def _instead(self, mistake: Mistake) -> str:
        """A tool's own sentence is true; else what is not known is left to the team."""
        if self.bench.say and not self.said:
            return self.bench.say
        return mistake.instead(self.language, business=self.brain.business, after_words=bool(self.said))

    async def _converse(self, ask: Ask, patience: Patience) -> Finished | None:
        """Rounds of words and tools until there is only an answer. Raises Mistake."""
        finished = None
        for step in range(MOST_STEPS + 1):
            calls, said, finished = await self._round(ask, patience, models=self.may_ask_a_model)
            if not calls or step == MOST_STEPS:
                break
            results = await self.bench.use(calls)
            ask = replace(
                ask,
                steps=(*ask.steps, Step(said, tuple(calls), results)),
                ready=self.bench.say,
                may_call=step + 1 < MOST_STEPS and self.bench.handoff is None,
            )
        return finished

    async def _round(
        self, ask: Ask, patience: Patience, *, models: bool
    ) -> tuple[list[ToolCall], str, Finished | None]:
        checks = self._passed = self._checks(ask)
        calls: list[ToolCall] = []
        said: list[str] = []
        finished: Finished | None = None
        stream = llm.stream(ask, models=models, patience=patience, without=self._rehearsed)
        async with aclosing(stream) as items:
            try:
                async for item in items:
                    await self._kept()
                    if isinstance(item, Token):
                        said.append(item.text)
                        self._show(item.text if item.ours else checks.feed(item.text))
                    elif isinstance(item, ToolCall):
                        calls.append(item)
                    else:
                        self.ledger.count(item)
                        finished = item if isinstance(item, Finished) else finished
                if not (finished and finished.provider == llm.REHEARSAL):
                    self._show(checks.finish())
            except Mistake as mistake:
                if finished is None:
                    self.ledger.count_broken(ask, "".join(said), mistake.kind)
                raise
        return calls, "".join(said), finished

    async def _worded(self) -> Ask:
        found = await self._found(prompt.FOUND_ENTRIES)
        lines = [await one.skill.context(self.bench.turn, one.config) for one in self.brain.skills]
        return prompt.build(
            self.brain,
            question=self.question,
            history=_lines(self.opened["history"]),
            found=found,
            language=self.language,
            now=self.bench.turn.now,
            skills=lines,
        )

    async def _found(self, limit: int) -> list[Hit]:
        found = await self.brain.find(self.question, limit=limit, language=self.language)
        wanted = self.may_ask_a_model and translation.wanted(self.brain, self.question, found, self.language)
        if not (wanted and self.asks):
            return found
        await self._kept()
        return await translation.find(
            self.agent,
            self.brain,
            self.question,
            found,
            language=self.language,
            limit=limit,
            ledger=self.ledger,
        )

    def _checks(self, ask: Ask) -> Checks:
        """Made anew for each round: what the tools said since the last one counts too."""
        return Checks(
            self._evidence(ask),
            self.language,
            known_words=(self.brain.business, self.brain.agent.name),
            told=instructions(self.brain.agent.name, self.brain.business),
            done=lambda: self.bench.done,
        )

    def _evidence(self, ask: Ask) -> Evidence:
        """The same for every look at it until a tool has said more."""
        known = len(self.bench.results)
        if self._known is None or self._known[0] != known:
            self._known = known, self._gathered(ask)
        return self._known[1]

    def _gathered(self, ask: Ask) -> Evidence:
        now = prompt.now_line(self.brain, self.bench.turn.now)
        tools = [
            Source("tool", "", "", "\n".join((result.text, *result.facts))) for result in self.bench.results
        ]
        earlier = [
            Source("customer" if line.role == "user" else "said", "", "", line.text) for line in ask.history
        ]
        return Evidence(
            self.brain.facts,
            *tools,
            *earlier,
            Source("customer", "", "", self.question),
            Source("now", "", "", now),
            today=prompt.today(self.brain, self.bench.turn.now),
            preferred=[str(entry.entry_id) for entry in ask.evidence],
        )

    def _turn(self) -> Turn:
        contact_id = UUID(self.opened["contact_id"])
        return Turn(
            agent=self.agent,
            conversation_id=UUID(self.opened["conversation_id"]),
            contact_id=contact_id,
            turn_id=UUID(self.opened["turn_id"]),
            channel=self.opened["channel"],
            language=self.language,
            timezone=self.brain.timezone,
            now=datetime.now(UTC),
            words=self.question,
            memory=self.scratch or ContactMemory(self.agent, contact_id, dict(self.opened["memory"])),
            playground=self.scratch is not None,
            look_up=lambda asked: self.brain.knowledge.search(asked, limit=8, language=self.language),
        )

    # ---- what was said ------------------------------------------------------------------------------------

    def _show(self, text: str) -> None:
        if text:
            self.ledger.first_word()
            self.said.append(text)
            self._events.put("delta", {"text": text})

    def _say_ready(self, text: str, provider: str, sources: list[dict[str, str]]) -> None:
        self._show(text)
        self.ledger.count(Finished(provider, provider, "ready"))
        self.sources = sources
        self.outcome = "answered"

    def _judge(self, finished: Finished | None, ask: Ask) -> None:
        """What the answer stands on. A quoting provider names its entries; a model's figures name theirs, and
        it had the best ones before it."""
        known = [e for e in ask.evidence if e.score >= ask.enough]
        used = [e for e in ask.evidence if finished and e.entry_id in finished.sources]
        asked = self.asks
        if finished is None:
            asked, used = True, []
        elif finished.provider == llm.REHEARSAL:
            asked = finished.stop_reason in ("unknown", "broke_off", "received")
            if finished.stop_reason in ("broke_off", "received"):
                self.alert = {"kind": "received", "key": self.opened["turn_id"]}
        else:
            used = used or known[:3]
            self.figures = self._linked(ask)
        if not self.alert and (trouble := llm.disabled()):
            key = ",".join(f"{name}:{why}" for name, why in sorted(trouble.items()))
            day = f"{self.bench.turn.now:%Y-%m-%d}"
            self.alert = {"kind": "provider", "key": f"{day} {key}"[:200], "detail": trouble}
        self.sources = [{"entry_id": str(e.entry_id), "title": e.title} for e in used]
        did = bool(self.bench.results) and finished is not None
        self.outcome = "answered" if used or did else "unknown" if asked else "small_talk"

    def _linked(self, ask: Ask) -> list[dict[str, Any]]:
        """The answer's figures with their sources: found on its way out, unless it was said in several pieces."""
        if self._passed and self._passed.shown == self.text:
            return self._passed.links
        return links(self.text, self._evidence(ask))


def _lines(history: list[list[str]]) -> tuple[Line, ...]:
    return tuple(Line("user" if sender == "visitor" else "assistant", body) for sender, body in history)
