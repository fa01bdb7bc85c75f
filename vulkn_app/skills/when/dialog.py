"""The moment a conversation has come to: what the customer said last about the day, and about the hour."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from vulkn_app.skills.when.meaning import Asked, Doubt, Language, Opening, When
from vulkn_app.skills.when.reading import plain_of
from vulkn_app.skills.when.understanding import understand

_ASKS_TIME = re.compile(
    r"\b(?:what time|which time|time of day|a ?que hora|q hora|que horario|what hour|time (?:do|would|works))"
)
_ASKS_DAY = re.compile(r"\b(?:what day|which day|what date|which date|que (?:dia|fecha)|para cuando|when)\b")
_YES = re.compile(
    r"^\W*(?:si+p?|yes+|yep|yeah|yup|ya|ok(?:ay|ey|is)?|sure|claro|dale|va|vale|perfect[oa]?|great|excelente|genial|listo|"
    r"de acuerdo|correct[oa]?|right|exact(?:o|ly)?|fine|super|bueno|esta bien|me parece|sounds? good|that works|works|"
    r"that(?:'?s| is| will be| would be| sounds| works)? ?(?:all )?(?:good|great|fine|perfect|correct|right|okay|it)|"
    r"confirm\w*|asi es|por favor|please)\b"
)
_NO = re.compile(r"\b(?:no|not|nope|nah|can'?t|cannot|won'?t|tampoco)\b")


@dataclass(frozen=True)
class Said:
    """One message; `customer` is false for what the business answered."""

    text: str
    customer: bool = True


def conversation(
    turns: Sequence[Said],
    *,
    now: datetime,
    timezone: str,
    language: Language | None = None,
    opening: Opening | None = None,
) -> When:
    """The day and the hour that stand at the end of `turns`.

    A later word replaces an earlier one ("mejor a las 4"); what the customer agrees to counts as said.
    """
    agreed, offered = When(), When()
    asked: Asked | None = None
    for said in turns:
        heard = understand(
            said.text, now=now, timezone=timezone, language=language, opening=opening,
            asked=asked if said.customer else None,
        )  # fmt: skip
        if not said.customer:
            offered, asked = heard, _question(said.text)
            continue
        plain = plain_of(said.text)
        if _YES.match(plain) and not _NO.search(plain):
            agreed = _followed(agreed, _proposed(offered))
        agreed, offered = _followed(agreed, heard), When()
    return agreed


def _question(text: str) -> Asked | None:
    plain = plain_of(text)
    day, hour = _ASKS_DAY.search(plain), _ASKS_TIME.search(plain)
    if bool(day) == bool(hour):
        return None
    return "date" if day else "time"


def _proposed(offered: When) -> When:
    """What a plain yes agrees to: one day and one hour, no opening hours and no list to choose from."""
    if Doubt.SEVERAL in offered.doubts:
        return When()
    return When(date=offered.date if offered.one_day else None, time=offered.time)


def _followed(agreed: When, heard: When) -> When:
    """`agreed` with what `heard` says anew; a refused moment is no choice, but no longer agreed either."""
    if heard.refused:
        return replace(agreed, date=None, date_to=None) if heard.date == agreed.date else agreed
    if heard.date:
        agreed = replace(agreed, date=heard.date, date_to=heard.date_to, other_dates=heard.other_dates)
    if heard.time or heard.earliest or heard.latest:
        agreed = replace(agreed, other_times=heard.other_times)
        agreed = replace(agreed, time=heard.time, earliest=heard.earliest, latest=heard.latest)
    return replace(
        agreed,
        duration=heard.duration or agreed.duration,
        flexible=heard.flexible or agreed.flexible,
        doubts=_doubts(agreed, heard),
        spans=heard.spans or agreed.spans,
    )


def _doubts(agreed: When, heard: When) -> frozenset[Doubt]:
    """A doubt about the hour goes with a new hour, one about the day with a new day."""
    settled: set[Doubt] = set()
    if heard.date:
        settled |= {Doubt.WEEKDAY, Doubt.WEEK, Doubt.ORDER, Doubt.FORTNIGHT, Doubt.SEVERAL}
    if heard.time:
        settled |= {Doubt.MERIDIEM, Doubt.SEVERAL}
    return (agreed.doubts - settled) | heard.doubts
