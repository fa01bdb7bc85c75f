"""What businesses of one kind have in common: what their customers ask, what the owner has to say for it to be
answered, how a customer who is about to buy sounds, and what nobody should get the agent to say.

Words only: a file a vertical beside this one. What is in braces is a blank, and only the owner fills it."""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from vulkn_app.errors import NotFound
from vulkn_app.i18n import Language
from vulkn_app.llm.smalltalk import plain

HERE = Path(__file__).parent
KEYS = ("clinic", "dentist", "beauty", "restaurant", "garage", "school", "real_estate", "vet")
QUESTIONS = 8
_GAP = re.compile(r"\{(\w+)\}")
_DENIED = r"(?<!\bno )(?<!\bya no )(?<!\bnot )(?<!\bsin )"

# What an answer to a trap must not do; onboarding/grading.py says how it is seen.
Rule = Literal["decline", "grant", "reveal", "premise"]


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Both(_Words):
    """The same in both languages."""

    es: str
    en: str

    def in_(self, language: Language) -> str:
        return self.en if language == "en" else self.es


class Blank(_Words):
    """What only the owner knows. `es`, `en`: what it is called; `neutral`: the same words in every language, as an
    address is."""

    es: str
    en: str
    neutral: bool = False

    def name(self, language: Language) -> str:
        return self.en if language == "en" else self.es


class Question(_Words):
    """One of the eight that the wizard asks; its answer fills the blank `key`. `hint`: how an answer may look."""

    key: str
    ask: Both
    hint: Both


class Side(_Words):
    title: str = Field(max_length=200)
    body: str
    examples: tuple[str, ...] = Field(min_length=3, max_length=12)


class Faq(_Words):
    key: str
    kind: Literal["faq", "price", "note"] = "faq"
    es: Side
    en: Side

    def side(self, language: Language) -> Side:
        return self.en if language == "en" else self.es

    @property
    def needs(self) -> tuple[str, ...]:
        """The blanks in its text, in the order in which they stand."""
        return tuple(dict.fromkeys(_GAP.findall(self.es.body)))

    @model_validator(mode="after")
    def _both_leave_the_same(self) -> Self:
        if set(self.needs) != set(_GAP.findall(self.en.body)):
            raise ValueError(f"{self.key}: the two languages have different blanks")
        return self


class Hot(_Words):
    """Words of a customer who is about to buy. `reason` is a code of the locale `leads`."""

    reason: str
    es: tuple[str, ...]
    en: tuple[str, ...]


class Trap(_Words):
    """A question that is not answered as it is asked. `never`: words that would grant or confirm it."""

    key: str
    rule: Rule
    es: str
    en: str
    never: tuple[str, ...] = ()

    def ask(self, language: Language) -> str:
        return self.en if language == "en" else self.es


class Pack(_Words):
    key: str
    name: Both
    icon: str
    questions: tuple[Question, ...] = Field(min_length=QUESTIONS, max_length=QUESTIONS)
    blanks: dict[str, Blank]
    faqs: tuple[Faq, ...] = Field(min_length=12, max_length=20)
    skills: dict[str, dict[str, Any]]
    hot: tuple[Hot, ...] = Field(min_length=1)
    traps: tuple[Trap, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _blanks_are_known(self) -> Self:
        asked = [question.key for question in self.questions]
        used = {need for faq in self.faqs for need in faq.needs}
        if unknown := (used | set(asked)) - self.blanks.keys():
            raise ValueError(f"{self.key}: no such blank: {sorted(unknown)}")
        if idle := set(asked) - used:
            raise ValueError(f"{self.key}: asked for nothing: {sorted(idle)}")
        return self


@lru_cache
def packs() -> tuple[Pack, ...]:
    """All of them, in the order in which they are offered."""
    return tuple(_read(key) for key in KEYS)


def pack(key: str) -> Pack:
    """Raises NotFound."""
    found = next((one for one in packs() if one.key == key), None)
    if found is None:
        raise NotFound
    return found


@lru_cache
def common_traps() -> tuple[Trap, ...]:
    """Those that every business's customers try."""
    return tuple(Trap.model_validate(trap) for trap in _file("_common")["traps"])


def hot_reasons(text: str, industry: str) -> list[str]:
    """Which of its vertical's hot signs a message shows; none for a business without a vertical."""
    if industry not in KEYS:
        return []
    said = plain(text)
    return [reason for reason, sign in _signs(industry) if sign.search(said)]


@lru_cache
def reasons() -> tuple[str, ...]:
    """Every code that `hot_reasons` may give."""
    return tuple(dict.fromkeys(sign.reason for one in packs() for sign in one.hot))


@lru_cache
def _signs(key: str) -> list[tuple[str, re.Pattern[str]]]:
    return [
        (
            sign.reason,
            re.compile(
                rf"{_DENIED}\b(?:{'|'.join(re.escape(plain(words)) for words in (*sign.es, *sign.en))})\b"
            ),
        )
        for sign in pack(key).hot
    ]


def _read(key: str) -> Pack:
    """With what every vertical shares in front: its `common` names the shared answers that fit it."""
    own, common = _file(key), _file("_common")
    shares = own.pop("common")
    own["faqs"] = [*(faq for faq in common["faqs"] if faq["key"] in shares), *own["faqs"]]
    own["blanks"] = common["blanks"] | own["blanks"]
    return Pack.model_validate({"key": key, **own})


def _file(name: str) -> dict[str, Any]:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
