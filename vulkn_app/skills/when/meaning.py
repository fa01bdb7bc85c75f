"""What a customer's words say about a moment: the answer, and the scene it is read in."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal, TypeAlias

Language = Literal["es", "en"]
Asked = Literal["date", "time"]
# From when until when the doors are open: how "a las 5" is known to be in the afternoon.
Opening = tuple[time, time]
# `When` has fields of these names.
_Date = date
_Time = time


class Doubt(StrEnum):
    """Why the words may mean another moment; a booking asks before it relies on one."""

    MERIDIEM = "meridiem"  # "a las 5" without morning or afternoon
    WEEKDAY = "weekday"  # "viernes 7 de enero" when the coming 7 January is no Friday
    WEEK = "week"  # "el próximo viernes": this week's or the next one's
    ORDER = "order"  # "3/4" in English
    SEVERAL = "several"  # more than one day or hour named
    NO_SUCH_DAY = "no_such_day"  # "31 de abril"
    FORTNIGHT = "fortnight"  # "en quince días" is two weeks for many


@dataclass(frozen=True)
class Scene:
    """Where and when the words were written."""

    now: datetime  # in the business's time zone
    language: Language
    day_first: bool  # 3/4 is 3 April
    opening: Opening | None = None
    asked: Asked | None = None

    @property
    def today(self) -> date:
        return self.now.date()


@dataclass(frozen=True)
class Day:
    """A day, or the days from `first` until `last`, named by the tokens from `start` to `end`."""

    first: date
    last: date | None = None
    start: int = 0
    end: int = 0
    doubt: Doubt | None = None
    # The other days the same words may mean.
    others: tuple[date, ...] = ()
    refused: bool = False
    # "el 5" says no month: in "del 5 al 9 de marzo" the second day's month is meant.
    loose: bool = False


# A pattern over the symbols of a reading, and the day it stands for (None: not this rule's business).
Rule: TypeAlias = tuple[str, Callable[[re.Match[str], Scene], Day | None]]


@dataclass(frozen=True)
class Clock:
    """An hour, or the hours between `earliest` and `latest`."""

    at: time | None = None
    earliest: time | None = None
    latest: time | None = None
    start: int = 0
    end: int = 0
    # No word said whether it is morning or afternoon.
    open: bool = False
    about: bool = False
    refused: bool = False
    # The part of the day a whole message speaks of: it tells which 5 is meant, and yields to an hour.
    part: str = ""
    day: date | None = None


@dataclass(frozen=True)
class When:
    """The moment a text names. All empty for a text that names none."""

    date: _Date | None = None
    date_to: _Date | None = None  # the last day, when `date` is the first of several
    time: _Time | None = None
    earliest: _Time | None = None
    latest: _Time | None = None
    duration: timedelta | None = None
    flexible: bool = False
    # What is named is what does not suit: "el viernes no puedo".
    refused: bool = False
    recurring: bool = False
    doubts: frozenset[Doubt] = frozenset()
    # Other readings of the same words, for the question that settles a doubt.
    other_dates: tuple[_Date, ...] = ()
    other_times: tuple[_Time, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def ambiguous(self) -> bool:
        return bool(self.doubts)

    @property
    def named(self) -> bool:
        """Whether the text speaks of a moment at all."""
        return bool(self.spans)

    @property
    def one_day(self) -> bool:
        return self.date is not None and self.date_to is None
