"""Dates: "15 de marzo", "15/03", "March 15th", "2026-03-15", weekdays, "mañana"."""

from vulkn_app.conversations.grounding.numbers import Number
from vulkn_app.conversations.grounding.scan import Read, Scan
from vulkn_app.conversations.grounding.words import (
    DAYS,
    MONTHS,
    RANGE_WORDS,
    UNITS,
    WEEKDAYS,
    WEEKDAYS_SHORT,
    WISHES,
    word_set,
)

_ORDINALS = word_set("st nd rd th ero er")
_BEFORE_DAY = word_set("el dia al del desde hasta on until by fecha the")
_BEFORE_MONTH = word_set("en de desde hasta para in since until by from")
_LETTERS = {"l": "mon", "j": "thu", "v": "fri", "s": "sat", "d": "sun"}
# Too common as other words to stand for a month alone.
_MONTH_NAMES = frozenset(word for word in MONTHS if len(word) > 4 or word in ("mayo", "june", "july"))


def written(scan: Scan, at: int) -> Read:
    """ "15/03", "15/03/2026", "15-03-2026", "2026-03-15"; the day first unless it cannot be."""
    parts = scan.words[at].split("/")
    after = at + 1
    if len(parts) == 1 and scan.word(at + 1) in ("-", ".") and scan.glued(at + 1) and scan.glued(at + 2):
        parts = [scan.words[at], scan.word(at + 2), scan.word(at + 4)]
        after = at + 5
        if scan.word(at + 3) != scan.word(at + 1) or not all(part.isdigit() for part in parts):
            return None
    if not 2 <= len(parts) <= 3:
        return None
    if len(parts) == 2 and not (len(parts[0]) == len(parts[1]) == 2 or scan.word(at - 1) in _BEFORE_DAY):
        return None
    year = ""
    if len(parts) == 3:
        if len(parts[0]) == 4:
            parts.reverse()
        year = parts[2] if len(parts[2]) == 4 else f"20{parts[2]}"
    day, month = int(parts[0]), int(parts[1])
    if month > 12:
        day, month = month, day
    return _day(scan, at, after, day, month, year)


def counted(scan: Scan, at: int, found: Number) -> Read:
    """A number that a month follows, or that a weekday or "día" comes before."""
    day, after = int(found.value), found.after
    if not 1 <= found.value <= 31 or found.value != day:
        return None
    if scan.word(after) in _ORDINALS or scan.word(after) in ("º", "°"):
        after += 1
    month_at = after + (scan.word(after) in ("de", "of", "del"))
    month_at += scan.word(month_at) in ("the", "mes")
    if month := MONTHS.get(scan.word(month_at), 0):
        return _day(scan, at, *_with_year(scan, month_at + 1, day, month))
    before = scan.word(at - 1)
    ordinal = after > found.after and before == "the" and not scan.noun(after)
    named = before in WEEKDAYS and not found.spoken and scan.word(after) not in UNITS
    if not (before == "dia" or ordinal or named):
        return None
    return scan.figure("date", at, after, f"--{day:02}"), after


def month(scan: Scan, at: int) -> Read:
    """ "March 15th", "marzo 15"; or a month alone after "en", "hasta", "since"."""
    value = MONTHS[scan.words[at]]
    if scan.words[at] in ("may", "march", "mar", "set", "dec") and not scan.capital(at):
        return None
    day_at = at + 1 + (scan.word(at + 1) == "the") + (scan.word(at + 1) == ".")
    found = scan.number(day_at)
    if found and 1 <= found.value <= 31 and not found.spoken and ":" not in scan.word(day_at):
        after = found.after + (scan.word(found.after) in _ORDINALS)
        return _day(scan, at, *_with_year(scan, after, int(found.value), value))
    if scan.word(at - 1) in _BEFORE_MONTH and scan.words[at] in _MONTH_NAMES:
        return scan.figure("date", at, at + 1, f"{value:02}"), at + 1
    return None


def weekday(scan: Scan, at: int) -> Read:
    """One weekday, or all of a range ("mon-fri")."""
    first = _weekday(scan, at)
    if not first or scan.word(at - 1) in WISHES:
        return None
    scan.opening = True
    last_at = at + 1 + (scan.word(at + 1) == "." and scan.glued(at + 1))
    if scan.word(last_at) in RANGE_WORDS:
        last_at += 1 + (scan.word(last_at + 1) in ("los", "el"))
        if last := _weekday(scan, last_at):
            return scan.figure("date", at, last_at + 1, f"{first}-{last}"), last_at + 1
    return scan.figure("date", at, at + 1, first), at + 1


def letters(scan: Scan, at: int) -> Read:
    """ "L-V", "L a S"."""
    last = _LETTERS.get(scan.word(at + 2), "")
    if not last or scan.word(at + 1) not in ("-", "a") or not (scan.capital(at) and scan.capital(at + 2)):
        return None
    scan.opening = True
    return scan.figure("date", at, at + 3, f"mon-{last}"), at + 3


def whole_week(scan: Scan, at: int) -> Read:
    """ "todos los días", "every day", "entre semana", "weekends"."""
    three = " ".join(scan.words[at : at + 3])
    if three in ("todos los dias", "seven days a"):
        return scan.figure("date", at, at + 3, "mon-sun"), at + 3
    if three in ("fines de semana",):
        return scan.figure("date", at, at + 3, "sat-sun"), at + 3
    two = " ".join(scan.words[at : at + 2])
    if two in ("every day", "entre semana"):
        return scan.figure("date", at, at + 2, "mon-sun" if two == "every day" else "mon-fri"), at + 2
    known = {"daily": "mon-sun", "diario": "mon-sun", "weekdays": "mon-fri", "weekends": "sat-sun"}
    if value := known.get(scan.words[at]):
        return scan.figure("date", at, at + 1, value), at + 1
    return None


def relative(scan: Scan, at: int) -> Read:
    """ "mañana", "pasado mañana", "tomorrow"; the caller asks whether an hour stands by it."""
    word = scan.words[at]
    if word == "pasado":
        return (scan.figure("date", at, at + 2, "+2"), at + 2) if scan.word(at + 1) == "manana" else None
    if word == "manana" and scan.word(at - 1) in ("la", "esta", "media"):
        return None
    if word in ("hoy", "today", "tonight"):
        return scan.figure("date", at, at + 1, "+0"), at + 1
    return scan.figure("date", at, at + 1, "+1"), at + 1


def days_of(value: str) -> list[str]:
    """The weekdays that a weekday value names; none for other dates."""
    first, _, last = value.partition("-")
    if first not in DAYS:
        return []
    begin = DAYS.index(first)
    length = (DAYS.index(last) - begin) % 7 if last else 0
    return [DAYS[(begin + n) % 7] for n in range(length + 1)]


def _weekday(scan: Scan, at: int) -> str:
    word = scan.word(at)
    if day := WEEKDAYS.get(word):
        return day
    if word not in WEEKDAYS_SHORT or not scan.capital(at):
        return ""
    behind = scan.word(at + 1)[:1]
    tied = (behind in (".", "-", ":", "/") and scan.glued(at + 1)) or behind.isdigit()
    return WEEKDAYS_SHORT[word] if tied or (scan.word(at - 1) == "-" and scan.glued(at)) else ""


def _with_year(scan: Scan, after: int, day: int, month: int) -> tuple[int, int, int, str]:
    at = after + (scan.word(after) in ("de", "del", ",", "of"))
    word = scan.word(at)
    if len(word) == 4 and word.isdigit() and word[:2] in ("19", "20"):
        return at + 1, day, month, word
    return after, day, month, ""


def _day(scan: Scan, at: int, after: int, day: int, month: int, year: str) -> Read:
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    return scan.figure("date", at, after, f"{month:02}-{day:02}", year), after
