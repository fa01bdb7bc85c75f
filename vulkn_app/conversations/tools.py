"""Running the tools that a model calls, or that a skill chooses where there is no model."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from pydantic import ValidationError

from vulkn_app.conversations import prompt
from vulkn_app.conversations.brains import Brain
from vulkn_app.errors import DatabaseAway
from vulkn_app.llm import ToolCall
from vulkn_app.skills.base import Choice, Handoff, ToolProblem, ToolResult, Turn, Wanted

log = structlog.get_logger()

MOST_STEPS = 6  # rounds of tools in one turn
TIMEOUT = 8.0  # seconds for one tool
LONGEST_RESULT = 6_000  # characters that a model reads

UNKNOWN = "There is no tool of this name."
BROKEN = "The arguments were not valid JSON. Call it again."
FAILED = "The tool did not work. Nothing was done. Say so in one sentence and offer that a person takes over."


@dataclass
class Workbench:
    """What the tools of one turn did."""

    brain: Brain
    turn: Turn
    results: list[ToolResult] = field(default_factory=list)
    trace: list[dict[str, Any]] = field(default_factory=list)

    @property
    def done(self) -> frozenset[str]:
        """What the answer may say was done."""
        done = {name for result in self.results for name in result.done}
        return (
            frozenset(done | {"booked"}) if any(result.booked for result in self.results) else frozenset(done)
        )

    @property
    def handoff(self) -> Handoff | None:
        return next((result.handoff for result in reversed(self.results) if result.handoff), None)

    @property
    def say(self) -> str:
        """What to say when no model is left to word it: the last tool's own sentence."""
        return next((result.say for result in reversed(self.results) if result.say), "")

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What the customer is asked to choose from, if that is what the last tool did."""
        return self.results[-1].choices if self.results else ()

    @property
    def wants(self) -> Wanted:
        """What the last tool asks the customer for."""
        return self.results[-1].wants if self.results else ""

    async def use(self, calls: Sequence[ToolCall]) -> tuple[str, ...]:
        """One fenced text a call, in order. One after the other: the second may build on the first."""
        return tuple([fenced((await self.run(call)).text) for call in calls])

    async def run(self, call: ToolCall) -> ToolResult:
        """Never raises but for a database that is away: what went wrong is a result the model can read."""
        started = time.perf_counter()
        result, how = await self._run(call)
        milliseconds = round((time.perf_counter() - started) * 1000)
        self.trace.append({"tool": call.name[:80], "ms": milliseconds, "how": how})
        self.results.append(result)
        return result

    async def rehearse(self) -> ToolResult | None:
        """The tool that some skill chooses by itself; None: no skill has anything to do here."""
        for one in self.brain.skills:
            if choice := await one.skill.rehearse(self.turn, one.config):
                return await self.run(ToolCall("rehearsed", *choice))
        return None

    async def _run(self, call: ToolCall) -> tuple[ToolResult, str]:
        owner = self.brain.toolbox.owners.get(call.name)
        if owner is None:
            return ToolResult(UNKNOWN), "unknown"
        if call.arguments is None:
            return ToolResult(BROKEN), "broken"
        one, tool = owner
        try:
            arguments = tool.arguments.model_validate(call.arguments)
            async with asyncio.timeout(TIMEOUT):
                return await tool.run(self.turn, one.config, arguments), "done"
        except ValidationError as problem:
            wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in problem.errors()[:5])
            return ToolResult(f"These arguments are not right: {wrong}"), "invalid"
        except ToolProblem as problem:
            told = ToolResult(problem.words, say=problem.say, choices=problem.choices, wants=problem.wants)
            return told, "refused"
        except DatabaseAway:
            raise
        except Exception as problem:  # noqa: BLE001 - a tool's boundary: the customer gets an answer all the same
            log.error(
                "tool.failed",
                tool=call.name[:80],
                kind=type(problem).__name__,
                org=str(self.turn.agent.org_id),
            )
            return ToolResult(FAILED), "failed"


def fenced(text: str) -> str:
    """As data: nothing in it can close the fence."""
    return f"<tool>\n{prompt.data(text[:LONGEST_RESULT])}\n</tool>"
