"""What a skill is: a configuration that an owner fills in, tools that a model may call, and what both are told.

A skill never chooses whose data it touches: organization, contact and conversation come with the `Turn`,
and a tool's arguments have no field for them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from vulkn_app.db import AgentKey
from vulkn_app.errors import VulknError
from vulkn_app.knowledge.index import Hit
from vulkn_app.llm.asks import Language, ToolSpec

Tier = Literal["free", "starter", "pro", "business"]
TIERS: tuple[Tier, ...] = ("free", "starter", "pro", "business")


class SkillConfig(BaseModel):
    """What the owner sets. The dashboard draws the form from its JSON schema: `title` and `description` of a
    field are keys of the locale `skills`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Arguments(BaseModel):
    """What the model fills in: whatever else it invents is dropped."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Memory(Protocol):
    """What a skill keeps of one contact between turns: a form half filled in, the slots offered last."""

    async def recall(self, skill: str) -> dict[str, Any]:
        """Empty when there is nothing or it is too old."""
        ...

    async def remember(self, skill: str, state: Mapping[str, Any], *, days: int = 7) -> None:
        """An empty state forgets."""
        ...


LookUp = Callable[[str], list[Hit]]


def _knows_nothing(_question: str) -> list[Hit]:
    return []


@dataclass(frozen=True)
class Turn:
    """For whom, where and when a skill works. `words`: the customer's own of this burst; `look_up` asks the
    organization's knowledge."""

    agent: AgentKey
    conversation_id: UUID
    contact_id: UUID
    turn_id: UUID
    channel: str
    language: Language
    timezone: str
    now: datetime
    words: str = field(repr=False)
    memory: Memory
    playground: bool = False
    look_up: LookUp = field(default=_knows_nothing, repr=False)


@dataclass(frozen=True)
class Handoff:
    """That a person takes over once this turn's message is out."""

    reason: str
    summary: str


@dataclass(frozen=True)
class Choice:
    """One of the answers that the customer is offered. A channel with buttons shows `title`, and tapping it is
    saying it; `detail` is the same at length, `id` names it in the record."""

    id: str
    title: str
    detail: str = ""


Wanted = Literal["", "place", "phone"]


@dataclass(frozen=True)
class ToolResult:
    """`text` is what the model reads; `say` what the customer is told when no model is there to word it;
    `facts` count as evidence for the figures of the answer; `choices` are what `say` offers; `wants` is what it asks
    for, where a phone can give that with a tap."""

    text: str
    say: str = ""
    facts: tuple[str, ...] = ()
    booked: UUID | None = None
    done: tuple[str, ...] = ()  # what the answer may now claim: "booked", "cancelled", "sent"
    handoff: Handoff | None = None
    choices: tuple[Choice, ...] = ()
    wants: Wanted = ""


class ToolProblem(VulknError):
    """What the model or the customer can mend: the words are given to the model as the tool's result."""

    code, status = "tool_problem", 422

    def __init__(
        self, words: str, *, say: str = "", choices: tuple[Choice, ...] = (), wants: Wanted = ""
    ) -> None:
        super().__init__()
        self.words = words
        self.say = say
        self.choices = choices
        self.wants: Wanted = wants


C = TypeVar("C", bound=SkillConfig)
A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True)
class Tool(Generic[C, A]):
    name: str
    description: str
    arguments: type[A]
    run: Callable[[Turn, C, A], Awaitable[ToolResult]]

    def spec(self) -> ToolSpec:
        """As a model is told of it. The same bytes every time: it stands in the cached prefix."""
        schema = self.arguments.model_json_schema()
        schema.pop("title", None)
        schema.pop("description", None)
        return ToolSpec(self.name, self.description, schema)


class Skill(Generic[C]):
    """One file a skill, one instance a file. `key` names it for ever: configurations are stored under it."""

    key: str
    tier: Tier
    config: type[C]
    tools: tuple[Tool[C, Any], ...] = ()

    def tools_for(self, config: C) -> tuple[Tool[C, Any], ...]:
        """The tools under this configuration, when the owner's settings decide what they are."""
        return self.tools

    def prompt(self, config: C) -> str:
        """What the model is told of it, byte-stable while the configuration is."""
        raise NotImplementedError

    async def context(self, turn: Turn, config: C) -> str:
        """Lines for this turn only; empty when there is nothing to say."""
        return ""

    async def rehearse(self, turn: Turn, config: C) -> tuple[str, dict[str, Any]] | None:
        """The tool and its arguments that answer the customer when no model is there; None: not its business."""
        return None
