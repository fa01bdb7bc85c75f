"""How far a contact is with the forms they began: kept for seven days, whichever channel they write on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from vulkn_app.skills.base import Turn
from vulkn_app.skills.form import Question
from vulkn_app.skills.intake_forms import Form, IntakeConfig

KEY = "intake"
KEPT = 7  # days
LARGEST = 40_000  # characters of all that is kept of a contact; the row holds 64 KB


@dataclass(frozen=True)
class Filling:
    """One form. `open`: the next message may be an answer; `done`: it is stored already."""

    id: UUID
    form: Form
    answers: dict[str, str] = field(default_factory=dict)
    asking: str = ""
    open: bool = True
    done: bool = False

    @property
    def next(self) -> Question | None:
        return next((question for question in self.form.questions if question.key not in self.answers), None)

    @property
    def asked(self) -> Question | None:
        return self.form.question(self.asking)

    @property
    def under_way(self) -> bool:
        return self.open and not self.done

    def answered(self, key: str, value: str) -> "Filling":
        return replace(self, answers=self.answers | {key: value})

    def as_state(self) -> dict[str, Any]:
        return vars(self) | {"id": str(self.id), "form": self.form.key}


@dataclass(frozen=True)
class Papers:
    """The forms that a contact began, the one they were at last before the others. Only that one may be open."""

    fillings: tuple[Filling, ...] = ()

    @property
    def current(self) -> Filling | None:
        return self.fillings[0] if self.fillings else None

    @property
    def correctable(self) -> tuple[Filling, ...]:
        """While one is under way, "cambia mi nombre" is about that one."""
        return self.fillings[:1] if self.current and self.current.under_way else self.fillings

    def of(self, form: Form) -> Filling | None:
        return next((filling for filling in self.fillings if filling.form.key == form.key), None)

    def with_top(self, filling: Filling) -> "Papers":
        others = [each for each in self.fillings if each.form.key != filling.form.key]
        return Papers((filling, *(replace(each, open=False) for each in others)))


async def recall(turn: Turn, config: IntakeConfig) -> Papers:
    """What the owner took out meanwhile is forgotten; new questions are still to be asked."""
    state = await turn.memory.recall(KEY)
    kept = state.get("fillings", [state] if "answers" in state else [])
    # Before there were several forms, a filling did not name its own.
    found = [(config.form(one.get("form", config.forms[0].key)), one) for one in kept]
    return Papers(tuple(_filling(form, one) for form, one in found if form))


async def remember(turn: Turn, papers: Papers) -> None:
    """What was touched last is kept longest where there is not room for all."""
    kept = [filling.as_state() for filling in papers.fillings]
    while len(kept) > 1 and len(json.dumps(kept, ensure_ascii=False)) > LARGEST:
        kept.pop()
    await turn.memory.remember(KEY, {"fillings": kept}, days=KEPT)


def _filling(form: Form, kept: Mapping[str, Any]) -> Filling:
    answers = {key: value for key, value in kept["answers"].items() if form.question(key)}
    asking = kept["asking"] if form.question(kept["asking"]) else ""
    filling = Filling(UUID(kept["id"]), form, answers, asking, kept["open"], kept["done"])
    if filling.open and not asking and (question := filling.next):
        filling = replace(filling, asking=question.key)
    return filling
