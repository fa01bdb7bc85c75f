"""Numbers that promise something: "15 minutos", "3 años de garantía", "850" after "cuesta"."""

from vulkn_app.conversations.grounding import times
from vulkn_app.conversations.grounding.numbers import Number, shown
from vulkn_app.conversations.grounding.scan import Read, Scan
from vulkn_app.conversations.grounding.words import (
    CURRENCIES,
    DOOR_WORDS,
    IDLE_ONES,
    META_NOUNS,
    UNITS,
    word_set,
)

# What stands alone below is a choice, a day, a joke; not a price.
_SMALL = 31
_ORDINALS = word_set("st nd rd th º ª ° er do ra ro to")
# In minutes; the longest of those that begin alike first.
_LENGTHS = [
    (words.split(), minutes)
    for words, minutes in (
        ("hour and a half", "90"),
        ("hora y media", "90"),
        ("couple of hours", "120"),
        ("par de horas", "120"),
        ("half an hour", "30"),
        ("half hour", "30"),
        ("media hora", "30"),
    )
]
_AROUND = word_set("habiles business working calendar laborales")


def measure(scan: Scan, at: int, found: Number) -> Read:
    """A quantity with its unit; time in minutes or months."""
    after, value, count = found.after, found.value, shown(found.value)
    if scan.word(after) in ("y", "and") and scan.word(after + 1) in ("media", "half"):
        value, after = value + 0.5, after + 2
    after += scan.word(after) in _AROUND or (scan.word(after) == "-" and scan.glued(after))  # "two-year"
    if scan.word(after) not in UNITS or (found.value == 1 and found.spoken and scan.word(after) in IDLE_ONES):
        return None
    unit, factor = UNITS[scan.words[after]]
    after += 1
    if scan.word(after) == "y" and scan.word(after + 1) == "media":
        value, after = value + 0.5, after + 2
    return scan.figure("number", at, after, shown(value * factor), unit)._replace(told=count), after


def half(scan: Scan, at: int) -> Read:
    """ "media hora", "half an hour", "hora y media"; and "half past nine"."""
    if read := times.past(scan, at):
        return read
    for words, value in _LENGTHS:
        if scan.words[at : at + len(words)] == words:
            return scan.figure("number", at, at + len(words), value, "minute"), at + len(words)
    return _an_hour(scan, at)


def _an_hour(scan: Scan, at: int) -> Read:
    """ "It takes an hour"; not the rate of "$40 an hour"."""
    before = scan.word(at - 2)
    if scan.words[at] != "hour" or scan.word(at - 1) != "an" or before in CURRENCIES or before[:1].isdigit():
        return None
    return scan.figure("number", at, at + 1, "60", "minute"), at + 1


def bare(scan: Scan, at: int, found: Number) -> Read:
    """A number that no unit follows: a price after "cuesta", otherwise worth checking when it is large."""
    value, after = shown(found.value), found.after
    if (scan.word(after) in _ORDINALS and scan.glued(after)) or scan.word(after) == "%":
        return None
    counted = scan.noun(after) and scan.word(after) not in META_NOUNS
    small = found.value < _SMALL and (found.spoken or counted)
    if scan.priced and not small:
        return scan.figure("price", at, after, value), after
    if scan.source:
        unit = scan.words[after].rstrip("s") if counted and found.value < 100 else _door(scan, at)
        return scan.figure("number", at, after, value, unit), after
    if _in_a_name(scan, at, found) or not _matters(scan, at, found, counted=counted):
        return None
    return scan.figure("number", at, after, value), after


def uncounted(scan: Scan, after: int) -> bool:
    """Whether nothing that a number could count stands behind it."""
    return scan.word(after) not in UNITS and scan.word(after) not in CURRENCIES and not scan.noun(after)


def _door(scan: Scan, at: int) -> str:
    """ "piso 2", "Local 3" of a source: no two hours stand on that."""
    before = at - 1 - (scan.word(at - 1) == ".")
    return "door" if scan.word(before) in DOOR_WORDS else ""


def _in_a_name(scan: Scan, at: int, found: Number) -> bool:
    """ "B12", "COVID-19", "Plan 2024"."""
    if not scan.glued(at):
        return scan.words[at].isdigit() and 1900 <= found.value <= 2100
    before = scan.word(at - 1)
    return before.isalpha() or (before == "-" and scan.glued(at - 1) and scan.word(at - 2).isalpha())


def _matters(scan: Scan, at: int, found: Number, *, counted: bool) -> bool:
    if found.spoken:  # "mil quinientos", "quinientos", but not the "mil" of "mil gracias"
        return found.value > 99 and (found.after - at > 1 or 200 <= found.value < 1000)
    return found.value > 99 or found.value != int(found.value) or (counted and found.value > 1)
