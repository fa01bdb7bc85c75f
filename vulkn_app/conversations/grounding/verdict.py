"""Whether a figure may be said where it stands, and what it stands on."""

from enum import Enum
from typing import Any, NamedTuple

from vulkn_app.conversations.grounding import clauses
from vulkn_app.conversations.grounding.closing import is_weekday, told_open
from vulkn_app.conversations.grounding.evidence import WEAK, Evidence, Source
from vulkn_app.conversations.grounding.figures import figures
from vulkn_app.conversations.grounding.scan import LEX, Figure
from vulkn_app.conversations.grounding.words import DAYS, fold


class Say(Enum):
    YES = "yes"
    NO = "no"
    LATER = "later"  # its sentence must be read to the end


class Verdict(NamedTuple):
    """`leans`: it is so because of the sentence, and would not be of a part of it."""

    say: Say
    source: Source | None = None
    leans: bool = False


_YES, _NO, _LATER = Verdict(Say.YES), Verdict(Say.NO), Verdict(Say.LATER)


def judge(figure: Figure, text: str, evidence: Evidence, *, ended: bool) -> Verdict:
    """`text` is what there is of the answer; `ended`: nothing will follow it."""
    source = evidence.find(figure) or _near_a_name(figure, text, evidence)
    if source and is_weekday(figure):
        opened = evidence.find(figure._replace(unit="open"))
        if source.kind not in WEAK and (opened is None or opened.kind in WEAK):
            return _on_a_closed_day(figure, text, source, ended=ended)
    if source and figure.kind == "price":
        whole = ended or clauses.sentence_of(text, figure.start, figure.end).ended
        if evidence.misplaced(figure, text, source, ended=whole):
            return _NO if whole else _LATER  # what follows may yet name the right thing
    near = figure.kind == "date" and figure.value[0] == "+"  # the hour beside it is what is promised
    if (source and (near or source.kind not in WEAK)) or figure.value == "+0":
        return Verdict(Say.YES, source)
    if not source and not _harmless_if_asked(figure):
        return _NO
    sentence = clauses.sentence_of(text, figure.start, figure.end)
    if not sentence.ended and not ended:
        return _LATER
    if clauses.asked(sentence) or clauses.denied(sentence):
        return Verdict(Say.YES, source, leans=True) if source or _asked_only(figure, sentence) else _NO
    if not source:
        return _NO
    if figure.kind in ("price", "percent"):
        return Verdict(Say.YES, source, leans=True) if clauses.repeated(sentence) else _NO
    if not clauses.promised(sentence):
        return Verdict(Say.YES, source, leans=True)
    within = evidence.open_at(figure) if figure.kind == "hour" else None
    return Verdict(Say.YES, within) if within else _NO


def ungrounded(text: str, evidence: Evidence) -> list[Figure]:
    """The figures of a whole answer that nothing stands behind."""
    return [f for f in figures(text) if judge(f, text, evidence, ended=True).say is not Say.YES]


def links(text: str, evidence: Evidence) -> list[dict[str, Any]]:
    """Each figure of an answer with its source, as it is stored beside the message."""
    found = ((figure, judge(figure, text, evidence, ended=True).source) for figure in figures(text))
    return [link(figure, source) for figure, source in found if source]


def link(figure: Figure, source: Source) -> dict[str, Any]:
    return {
        "text": figure.text,
        "kind": figure.kind,
        "start": figure.start,
        "end": figure.end,
        "source_kind": source.kind,
        "entry_id": source.id if source.kind == "entry" else None,
        "title": source.title,
    }


def _on_a_closed_day(figure: Figure, text: str, source: Source, *, ended: bool) -> Verdict:
    """The sources name the day only to say that they are closed."""
    sentence = clauses.sentence_of(text, figure.start, figure.end)
    if not sentence.ended and not ended:
        return _LATER
    told = told_open(figure, sentence.text, sentence.start, sentence.end)
    if told and not clauses.asked(sentence) and not clauses.denied(sentence):
        return _NO
    return Verdict(Say.YES, source, leans=True)


def _near_a_name(figure: Figure, text: str, evidence: Evidence) -> Source | None:
    """ "Orizaba 142" without a word that makes it an address: a number is known by the name before it."""
    if figure.kind != "number" or figure.unit:
        return None
    before = LEX.findall(fold(text[max(0, figure.start - 30) : figure.start]))
    if not before or not before[-1].isalpha() or len(before[-1]) < 4:
        return None
    return evidence.place([figure.text, before[-1]])


def _harmless_if_asked(figure: Figure) -> bool:
    """ "¿Te queda bien el martes?" promises nothing; nor does "no es gratis"."""
    weekday = figure.kind == "date" and figure.value[:3] in DAYS
    return weekday or figure.value == "free"


def _asked_only(figure: Figure, sentence: clauses.Sentence) -> bool:
    return clauses.asked(sentence) or figure.value == "free"
