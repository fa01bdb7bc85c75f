"""Postal addresses: a kind of street, a name, a number; told by their words, wherever they stand together."""

from vulkn_app.conversations.grounding.numbers import Number
from vulkn_app.conversations.grounding.scan import Figure, Read, Scan
from vulkn_app.conversations.grounding.words import (
    CURRENCIES,
    DOOR_WORDS,
    MONTHS,
    NAME_LINKS,
    STREETS,
    STREETS_AFTER,
    UNITS,
    WEEKDAYS,
    word_set,
)

_LONGEST_NAME = 6
_PLACED = word_set("en at in on sobre")
_QUARTERS = word_set("col colonia")
_DOOR_LINKS = frozenset(("#", "-", "no"))
_NUMBER_SIGNS = frozenset(("#", "no", "num", "numero", "n"))


def street(scan: Scan, at: int) -> Read:
    """ "Av. Insurgentes Sur 1234", "Carrera 7 # 45-10", "calle durango 45", "Col. Roma"."""
    word = scan.words[at]
    name_at = at + 1 + (scan.word(at + 1) == "." and scan.glued(at + 1))
    names, after = _name(scan, name_at, strict=word not in STREETS)
    if word not in _QUARTERS:
        numbers, after = _door(scan, after)
        names += numbers
        if names and not numbers and not any(scan.capital(n) for n in range(name_at, after)):
            return None  # "la calle principal" says nothing that could be wrong
    return (_figure(scan, at, after, names), after) if names else None


def door(scan: Scan, at: int, found: Number) -> Read:
    """A number with its street: "123 Main Street" or "en Orizaba 142"."""
    if found.spoken or found.value != int(found.value) or found.after != at + 1:
        return None
    return _door_first(scan, at) or _door_last(scan, at)


def zip_code(scan: Scan, at: int) -> Read:
    """ "C.P. 06700"."""
    tail = scan.words[at : at + 5]
    for opening in (["c", ".", "p", "."], ["cp", "."], ["cp"], ["zip", "code"], ["zip"]):
        after = at + len(opening)
        if tail[: len(opening)] == opening and scan.word(after).isdigit():
            return _figure(scan, at, after + 1, [scan.word(after)]), after + 1
    return None


def standing_together(tokens: list[str], words: list[str]) -> bool:
    """Whether all tokens stand near each other in a text's words."""
    wanted, reach = set(tokens), len(tokens) + 5
    anchor = next((t for t in tokens if t[0].isdigit()), tokens[0])
    places = [n for n, word in enumerate(words) if word == anchor]
    return any(wanted <= set(words[max(0, n - reach) : n + reach]) for n in places)


def _name(scan: Scan, at: int, *, strict: bool) -> tuple[list[str], int]:
    """A street's name; `strict`: in capitals. "5 de Mayo" and "7" are names too."""
    names: list[str] = []
    after = at
    for n in range(at, at + _LONGEST_NAME):
        word = scan.word(n)
        if word in NAME_LINKS and names:
            continue
        if word.isdigit() and scan.word(n + 1) == "de" and scan.capital(n + 2):
            names, after = [*names, word], n + 1
        elif not word.isalpha() or word in DOOR_WORDS or word in NAME_LINKS or word in _NUMBER_SIGNS:
            if not (word in NAME_LINKS and n == at):
                break
        elif scan.capital(n) or (not strict and _leads_to_door(scan, n)):
            names, after = [*names, word], n + 1
        else:
            break
    return names, after


def _leads_to_door(scan: Scan, at: int) -> bool:
    """Whether a number follows within three plain words: "calle durango norte 45"."""
    for n in range(at + 1, at + 4):
        word = scan.word(n)
        if word.isdigit():
            follows = scan.word(n + 1)
            return follows not in UNITS and follows not in CURRENCIES and follows != "%"
        if not word.isalpha() and word not in ("#", "."):
            return False
    return False


def _door(scan: Scan, at: int) -> tuple[list[str], int]:
    """ "1234", "# 45-10", "No. 12", ", 45"."""
    n = at
    while scan.word(n) in _NUMBER_SIGNS or (scan.word(n) in (".", ",") and n - at < 3):
        n += 1
    numbers: list[str] = []
    after = at
    while scan.word(n).isdigit() and not _counts(scan, n) and len(numbers) < 3:
        numbers, after = [*numbers, scan.word(n)], n + 1
        n += 1
        while scan.word(n) in _DOOR_LINKS or (scan.word(n) == "." and scan.word(n - 1) in _NUMBER_SIGNS):
            n += 1
    return numbers, after


def _counts(scan: Scan, at: int) -> bool:
    follows = scan.word(at + 1)
    return follows in UNITS or follows in CURRENCIES or follows in ("%", "am", "pm", "de")


def _door_first(scan: Scan, at: int) -> Read:
    names: list[str] = []
    for n in range(at + 1, at + 6):
        word = scan.word(n)
        if names and word in STREETS_AFTER:
            return _figure(scan, at, n + 1, [scan.words[at], *names]), n + 1
        ordinal = n == at + 1 and word.isdigit()
        if not (ordinal or (word.isalpha() and scan.capital(n)) or word in ("th", "st", "nd", "rd", ".")):
            return None
        names += [word] if word != "." else []
    return None


def _door_last(scan: Scan, at: int) -> Read:
    first = at
    names: list[str] = []
    while first > at - 5 and scan.word(first - 1).isalpha():
        word = scan.word(first - 1)
        if scan.capital(first - 1) and word not in MONTHS and word not in WEEKDAYS:
            names.insert(0, word)
        elif word not in NAME_LINKS or not scan.capital(first - 2):
            break
        first -= 1
    before = scan.word(first - 1)
    comma = scan.word(at + 1) == ","
    placed = before in _PLACED and len(scan.words[at]) > 1
    if not names or not (placed or scan.word(at + 1 + comma) in DOOR_WORDS):
        return None
    return _figure(scan, first, at + 1, [*names, scan.words[at]]), at + 1


def _figure(scan: Scan, first: int, after: int, tokens: list[str]) -> Figure:
    return scan.figure("address", first, after, " ".join(sorted(set(tokens))))
