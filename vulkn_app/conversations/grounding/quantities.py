"""Numbers that promise something: "15 minutos", "3 años de garantía", "850" after "cuesta"."""

from vulkn_app.conversations.grounding import times
from vulkn_app.conversations.grounding.numbers import Number, shown
from vulkn_app.conversations.grounding.scan import Read, Scan
from vulkn_app.conversations.grounding.words import CURRENCIES, IDLE_ONES, META_NOUNS, UNITS, word_set

# What stands alone below is a choice, a day, a joke; not a price.
_SMALL = 31
_ORDINALS = word_set("st nd rd th º ª ° er do ra ro to")
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
    for length, words in ((2, "media hora"), (2, "half hour"), (3, "half an hour"), (3, "hora y media")):
        if scan.words[at : at + length] == words.split():
            value = "90" if words == "hora y media" else "30"
            return scan.figure("number", at, at + length, value, "minute"), at + length
    return None


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
        unit = scan.words[after].rstrip("s") if counted and found.value < 100 else ""
        return scan.figure("number", at, after, value, unit), after
    if _in_a_name(scan, at, found) or not _matters(scan, at, found, counted=counted):
        return None
    return scan.figure("number", at, after, value), after


def uncounted(scan: Scan, after: int) -> bool:
    """Whether nothing that a number could count stands behind it."""
    return scan.word(after) not in UNITS and scan.word(after) not in CURRENCIES and not scan.noun(after)


def _in_a_name(scan: Scan, at: int, found: Number) -> bool:
    """ "B12", "COVID-19", "Plan 2024"."""
    if not scan.glued(at):
        return scan.words[at].isdigit() and 1900 <= found.value <= 2100
    before = scan.word(at - 1)
    return before.isalpha() or (before == "-" and scan.glued(at - 1) and scan.word(at - 2).isalpha())


def _matters(scan: Scan, at: int, found: Number, *, counted: bool) -> bool:
    if found.spoken:  # "mil quinientos", but not the "mil" of "mil gracias"
        return found.after - at > 1 and found.value > 99
    return found.value > 99 or found.value != int(found.value) or (counted and found.value > 1)
