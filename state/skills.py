"""The skills: which there are, the form of the one that is open, and what was published of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

import reflex as rx
from pydantic import BaseModel

from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app import i18n
from vulkn_app.analytics import usage
from vulkn_app.errors import NotFound
from vulkn_app.skills import fields, governance
from vulkn_app.skills.catalogue import ALL
from vulkn_app.skills.faults import faults
from vulkn_app.skills.fields import Fault, Field
from vulkn_app.skills.governance import SkillCard

FORMS: Mapping[str, tuple[Field, ...]] = {
    key: fields.fields_of(skill.config.model_json_schema()) for key, skill in ALL.items()
}
DRAFT, PUBLISH = "draft", "publish"
SAID = {DRAFT: "skills.draft_saved", PUBLISH: "skills.published_now"}


class CardRow(BaseModel):
    """A skill in the catalogue. `ready`: published, or what every agent begins with."""

    key: str
    tier: str
    in_plan: bool
    enabled: bool
    ready: bool
    version: int
    unpublished: bool


class ChangeRow(BaseModel):
    """One field in which the draft is not what is published."""

    title: str
    before: str
    after: str


class VersionRow(BaseModel):
    number: int
    at: datetime
    current: bool


class SkillsState(MemberMixin, SpeakingMixin, rx.State):
    loaded: bool = False
    cards: list[CardRow] = []
    plan: str = ""

    open_key: str = ""
    cells: dict[str, str] = {}
    rows: dict[str, list[dict[str, str]]] = {}  # by the list's path
    wrong: dict[str, Fault] = {}
    wrong_rows: list[str] = []  # the rows in which something is
    changes: list[ChangeRow] = []
    versions: list[VersionRow] = []
    form_key: int = 0
    saving: bool = False
    problem: str = ""

    _meaning: str = DRAFT

    @rx.event
    @role("member")
    async def load(self):
        """`?skill=…` opens one."""
        await self._watch(SkillsState.ring)
        await self._look()
        if (wanted := self.router.url.query_parameters.get("skill", "")) in ALL:
            await self._show(wanted)

    @rx.event
    @role("member")
    async def ring(self):
        """What somebody is typing stays."""
        await self._look()

    @rx.event
    @role("member")
    async def open(self, key: str):
        await self._show(key)

    @rx.event
    @role("member")
    async def close(self):
        self.open_key = ""

    @rx.event
    @role("admin")
    async def switch(self, key: str, on: bool):
        await governance.enable(await self._member(), key, bool(on))
        await self._look()
        return await self._saved("skills.switched_on" if on else "skills.switched_off")

    @rx.event
    @role("admin")
    async def add_row(self, path: str):
        field, held = self._list(path)
        if field.most is None or len(held) < field.most:
            row = f"n{uuid4().hex[:8]}"
            cells, deeper = fields.written(field.fields, {}, under=f"{path}.{row}.")
            self.rows = self.rows | {path: [*held, {**cells, "id": row}]} | deeper

    @rx.event
    @role("admin")
    async def drop_row(self, path: str, row: str):
        _, held = self._list(path)
        kept = [each for each in held if each["id"] != row]
        others = {name: rows for name, rows in self.rows.items() if not name.startswith(f"{path}.{row}.")}
        self.rows = others | {path: kept}

    @rx.event
    @role("admin")
    async def mean(self, meaning: str):
        """Which of the form's two buttons was pressed: it comes before the form does."""
        self._meaning = PUBLISH if meaning == PUBLISH else DRAFT

    @rx.event
    @role("admin")
    async def save(self, form: dict[str, str]):
        self.saving = True
        yield
        said = SAID[self._meaning]
        self.problem = await self._attempt(self._save(form))
        self.saving = False
        if not self.problem:
            await self._look()
            await self._show(self.open_key)
            yield await self._saved(said)

    @rx.event
    @role("admin")
    async def roll_back(self, number: int):
        await governance.roll_back(await self._member(), self.open_key, int(number))
        await self._look()
        await self._show(self.open_key)
        return await self._saved("skills.rolled_back")

    async def _save(self, form: Mapping[str, str]) -> None:
        """What is wrong stands at its field, what was typed stays."""
        if self.open_key not in ALL:  # none is open
            raise NotFound
        skill, form_fields = ALL[self.open_key], FORMS[self.open_key]
        ids = {name: [row["id"] for row in rows] for name, rows in self.rows.items()}
        config = fields.read(form_fields, form, ids)
        self.wrong = faults(skill, form_fields, config, ids)
        self.wrong_rows = _around(self.wrong)
        if self.wrong:
            raise governance.SkillProblem({})
        call = governance.publish if self._meaning == PUBLISH else governance.save_draft
        await call(await self._member(), skill.key, config)

    async def _show(self, key: str) -> None:
        """The sheet's fields read their first values when `form_key` changes."""
        found = await self._card(key)
        self.cells, self.rows = fields.written(FORMS[key], found.config)
        self.wrong, self.wrong_rows, self.problem, self._meaning = {}, [], "", DRAFT
        self.changes = await self._changes(found)
        self.versions = [
            VersionRow(
                number=row["version"],
                at=row["published_at"],
                current=row["version"] == found.version,
            )
            for row in await governance.versions(await self._member(), key)
        ]
        self.open_key = key
        self.form_key += 1

    async def _look(self) -> None:
        member = await self._member()
        self.cards = [_row(card) for card in await governance.catalogue(member)]
        self.plan = (await usage.this_month(member)).plan
        self.loaded = True

    async def _card(self, key: str) -> SkillCard:
        cards = await governance.catalogue(await self._member())
        found = next((card for card in cards if card.key == key and card.in_plan), None)
        if found is None:
            raise NotFound
        return found

    async def _changes(self, card: SkillCard) -> list[ChangeRow]:
        if card.published is None or not card.unpublished:
            return []
        language = await self._language()
        return [
            ChangeRow(
                title=i18n.t(field.title, language),
                before=_worded(field, card.published.get(field.name), language),
                after=_worded(field, card.config.get(field.name), language),
            )
            for field in FORMS[card.key]
            if card.published.get(field.name) != card.config.get(field.name)
        ]

    def _list(self, path: str) -> tuple[Field, list[dict[str, str]]]:
        """A list of the open form, and its rows. Raises NotFound."""
        field = fields.list_at(FORMS.get(self.open_key, ()), path)
        if field is None or path not in self.rows:
            raise NotFound
        return field, self.rows[path]


def option_key(option: str) -> str:
    """The locale key of an option that has words of its own; "" for one that speaks for itself."""
    key = f"skills.option_{option.lower()}"
    return key if key in i18n.catalogue("es") else ""


def _around(places: Iterable[str]) -> list[str]:
    """Everything that these places stand in."""
    parts = [place.split(".") for place in places]
    return sorted({".".join(part[:length]) for part in parts for length in range(1, len(part) + 1)})


def _row(card: SkillCard) -> CardRow:
    ready = card.published is not None
    return CardRow(
        key=card.key,
        tier=card.tier,
        in_plan=card.in_plan,
        enabled=card.enabled and ready and card.in_plan,
        ready=ready,
        version=card.version,
        unpublished=ready and card.unpublished,
    )


def _worded(field: Field, value: Any, language: i18n.Language) -> str:
    """A value in one line, for people to compare."""
    if isinstance(value, bool):
        return i18n.t("skills.yes" if value else "skills.no", language)
    if field.kind == "rows":
        return "; ".join(_row_worded(field, row, language) for row in value or []) or "—"
    if isinstance(value, list):
        return ", ".join(_option(str(item), language) for item in value) or "—"
    return _option(str(value), language) if value not in (None, "") else "—"


def _row_worded(field: Field, row: Mapping[str, Any], language: i18n.Language) -> str:
    said = [_worded(each, row.get(each.name), language) for each in field.fields if row.get(each.name)]
    return " · ".join(text[:60] for text in said[:4])


def _option(value: str, language: i18n.Language) -> str:
    key = option_key(value)
    return i18n.t(key, language) if key else value
