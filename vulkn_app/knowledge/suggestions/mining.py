"""From questions to suggestions: grouped, counted by people, worded without anybody's details, never one that was
rejected.

Pure: `mine` gets all it needs and touches nothing. What an answer says comes word for word from a person of the
business; where nobody answered, the draft is empty."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from vulkn_app.i18n import Language
from vulkn_app.knowledge.suggestions.grouping import groups
from vulkn_app.knowledge.suggestions.masking import masked
from vulkn_app.knowledge.suggestions.topics import Space, Vector, centre, product, terms
from vulkn_app.knowledge.words import fold, guess_language, telling_words
from vulkn_app.llm.smalltalk import contact_in, kind_of

LEAST_PEOPLE = 2
MOST = 30  # suggestions of one look
PHRASINGS = 12
EVIDENCE = 60
LONGEST = 300  # characters of a question that are read
LIKE_SETTLED = 0.8  # likeness to what was rejected or approved before
_FIGURE = re.compile(r"[-+]?[$€£]?\d+(?:[.,:/]\d+)*%?")
_TOKEN = re.compile(rf"{_FIGURE.pattern}|[^\W\d_]+|[$€£%]")
_WAIT = re.compile(
    r"\b(un momento|un segundo|permitame|permiteme|dejame (?:ver|revisar|checar|preguntar)|ahorita (?:le|te)|en seguida|"
    r"enseguida|one moment|one second|just a moment|let me (?:check|see|ask)|hold on)\b"
)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked. `reply`: what a person of the business then wrote; `known`: details of who asked; `beside`:
    what else waited for that reply, asked before it if this one `came_last`."""

    id: UUID
    person: UUID
    text: str
    at: datetime
    unknown: bool = True
    language: Language | None = None
    reply: str = ""
    known: tuple[str, ...] = ()
    beside: str = ""
    came_last: bool = True


@dataclass(frozen=True, slots=True)
class Settled:
    """A suggestion that a person decided on: what it asked and how it was worded."""

    question: str
    phrasings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that several people asked."""

    key: str
    question: str
    language: Language
    phrasings: tuple[str, ...]
    people: int
    unanswered: int
    first_at: datetime
    last_at: datetime
    evidence: tuple[UUID, ...]
    draft: str = ""
    draft_id: UUID | None = None  # the question that it answered
    texts: tuple[str, ...] = field(default=(), repr=False)


def mine(questions: Sequence[Question], settled: Sequence[Settled] = ()) -> list[Found]:
    """What most people asked first. Seconds of CPU for two thousand questions: in a thread."""
    asked = [question for question in questions if is_question(question.text)]
    space = Space([question.text[:LONGEST] for question in asked])
    gathered = [[asked[number] for number in group] for group in groups([q.text[:LONGEST] for q in asked])]
    found = [_found(space, group) for group in gathered if len({q.person for q in group}) >= LEAST_PEOPLE]
    closed = [_Closed(space, each) for each in settled]
    fresh = [each for each in found if each.question and not any(c.covers(space, each) for c in closed)]
    return sorted(fresh, key=lambda each: (-each.people, -len(each.evidence), each.key))[:MOST]


def is_question(text: str) -> bool:
    """Whether there is something in it that an entry could answer: not a pleasantry, not somebody's phone."""
    if kind_of(text) or not terms(text[:LONGEST]):
        return False
    return not (contact_in(text).address and len(telling_words(masked(text))) < 2)


def key_of(text: str) -> str:
    """The same for texts that differ in case, accents, spaces and punctuation only; figures and currencies count."""
    return hashlib.sha256(" ".join(_TOKEN.findall(fold(text))).encode()).hexdigest()[:32]


def _found(space: Space, group: Sequence[Question]) -> Found:
    """The question in the words that are nearest to everybody's, in the language that most of them used."""
    middle = centre([space.vector(question.text[:LONGEST]) for question in group])
    spoken = {question.id: question.language or guess_language(question.text) for question in group}
    english = sum(language == "en" for language in spoken.values())
    language: Language = "en" if 2 * english > len(spoken) else "es"
    wording = _wordings(space, middle, group)
    in_language = [text for text, of in wording if spoken[of.id] == language]
    title = in_language[0] if in_language else ""
    draft = _draft(group)
    newest = sorted(group, key=lambda question: question.at, reverse=True)
    return Found(
        key=key_of(title),
        question=title,
        language=language,
        phrasings=tuple(text for text, _ in wording[:PHRASINGS]),
        people=len({question.person for question in group}),
        unanswered=sum(question.unknown for question in group),
        first_at=newest[-1].at,
        last_at=newest[0].at,
        evidence=tuple(question.id for question in newest[:EVIDENCE]),
        draft=_reply(draft) if draft else "",
        draft_id=draft.id if draft else None,
        texts=tuple(question.text[:LONGEST] for question in group),
    )


def _wordings(space: Space, middle: Vector, group: Iterable[Question]) -> list[tuple[str, Question]]:
    """Each way of asking once, without anybody's details; the most typical first, a whole question before a word."""
    best: dict[str, tuple[float, str, Question]] = {}
    for question in group:
        text = masked(question.text, question.known)
        if not terms(text):
            continue
        typical = product(space.vector(text), middle) + 0.1 * ("?" in text) - 0.3 * (len(text.split()) < 3)
        key = key_of(text)
        if key not in best or best[key][0] < typical:
            best[key] = (typical, text, question)
    ranked = sorted(best.values(), key=lambda found: (-found[0], len(found[1]), found[1]))
    return [(text, question) for _, text, question in ranked]


def _draft(group: Iterable[Question]) -> Question | None:
    """The newest real answer among the replies; "one moment" is none."""
    answered = [
        question for question in group if _says_something(question.reply) and _is_replied_to(question)
    ]
    return max(answered, key=lambda question: question.at, default=None)


def _is_replied_to(question: Question) -> bool:
    """Where two questions wait, a reply is to the one whose words it has, to both, or else to the last."""
    if not is_question(question.beside):
        return True
    of = terms(question.reply).keys()
    return bool(of & terms(question.text).keys()) or (
        question.came_last and not of & terms(question.beside).keys()
    )


def _says_something(reply: str) -> bool:
    words = telling_words(reply)
    return len(words) >= 2 and not kind_of(reply) and not (len(words) < 8 and _WAIT.search(fold(reply)))


def _reply(question: Question) -> str:
    """Word for word, but for the name of who was answered."""
    text = question.reply
    for detail in question.known:
        for word in (detail, *detail.split()):
            if len(word) > 2:
                text = re.sub(rf",?\s*(?<!\w){re.escape(word)}(?!\w)", "", text, flags=re.IGNORECASE)
    return text.strip(" ,")[:4000]


class _Closed:
    """What a person decided once: the same question, however it is worded now, is not asked of them again."""

    def __init__(self, space: Space, settled: Settled) -> None:
        texts = (settled.question, *settled.phrasings)
        self._keys = {key_of(text) for text in texts}
        self._figures = _figures(settled.question)
        self._middle = centre([space.vector(text) for text in texts])

    def covers(self, space: Space, found: Found) -> bool:
        """Other figures are another question: 50 off is not 500 off."""
        if found.key in self._keys:
            return True
        if _figures(found.question) != self._figures:
            return False
        middle = centre([space.vector(text) for text in found.texts])
        return product(middle, self._middle) >= LIKE_SETTLED


def _figures(text: str) -> frozenset[str]:
    return frozenset(_FIGURE.findall(fold(text)))
